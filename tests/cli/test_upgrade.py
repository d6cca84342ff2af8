"""Upgrade: a store as any version before left it is opened by this one, with all that was in it; before that, it can be backed up.

Once from each number of a schema as its file is today, and once from stores that the programs of those days left (stores/, stores/made.py).
"""

import base64
import glob
import json
import os
import re
import sqlite3
import struct
import subprocess
import time
import unittest

from preload import preload
from program import BIN, NO, OK, ROOT, Case, Service, environment, read

SCHEMAS = sorted(glob.glob(os.path.join(ROOT, 'src', 'store', 'schema', '*.sql')))
CONVERSATION, SECRET = 'a' * 26, 'b' * 26


def store_of(folder, version):
    """A store of that schema version, with a conversation, an answer that solved, and a ticket; columns that every version has."""
    os.makedirs(folder, mode=0o700)
    path = os.path.join(folder, 'store.sqlite')
    with sqlite3.connect(path) as db:
        db.execute('PRAGMA journal_mode = WAL')
        for schema in SCHEMAS[:version]:
            db.executescript(read(schema))
        assert db.execute('PRAGMA user_version').fetchone() == (version,)
        db.execute('INSERT INTO conversations (number, id, channel, audience, began_utc_s, last_utc_s, last_seq) '
                   "VALUES (1, ?, 'web', 'citizen', 1795521600, 1795521660, 2)", (CONVERSATION,))
        db.execute('INSERT INTO turns (conversation, seq, at_utc_s, question, decision, reason, confidence, article, category, lang) '
                   "VALUES (1, 1, 1795521600, 'il codice otp non arriva', 'answer', 'sure', 0.97, 'otp', 'accesso', 'it')")
        db.execute('INSERT INTO feedback VALUES (1, 2, 1795521660, 1, NULL)')
        db.execute('INSERT INTO tickets (number, secret, state, conversation, category, group_key, level, top_level, lang, message, created_utc_s, updated_utc_s, '
                   "revision) VALUES (1001, ?, 'new', 1, 'accesso', 'l1', 1, 1, 'it', 'non entro', 1795521700, 1795521700, 1)", (SECRET,))
        db.execute("INSERT INTO ticket_values (ticket, position, field, value) VALUES (1001, 0, 'email', 'ada@example.com')")
        db.execute("INSERT INTO ticket_history (ticket, revision, at_utc_s, state, level) VALUES (1001, 1, 1795521700, 'new', 1)")
    db.close()
    os.chmod(path, 0o600)


def rows(folder):
    with sqlite3.connect(os.path.join(folder, 'store.sqlite')) as db:
        found = (db.execute('SELECT id, channel, audience, began_utc_s FROM conversations').fetchall(),
                 db.execute('SELECT question, decision, reason, confidence, article FROM turns').fetchall(),
                 db.execute('SELECT solved FROM feedback').fetchall(),
                 db.execute('SELECT number, secret, state, category, group_key, message, created_utc_s FROM tickets').fetchall(),
                 db.execute('SELECT field, value FROM ticket_values').fetchall())
    db.close()
    return found


class Upgrade(Case):
    def test_from_every_version(self):
        kb = self.kb()
        for version in range(1, len(SCHEMAS) + 1):
            with self.subTest(version=version):
                data = self.path(f'data{version}')
                store_of(data, version)
                before = rows(data)
                if version < len(SCHEMAS):
                    told = self.ends(OK, 'doctor', '--kb', kb, '--data', data, '--encoder', 'none', '--json').json()
                    self.assertIn(('store', 'older'), {(row['check'], row.get('finding')) for row in told['checks']})
                kept = self.path(f'backup{version}')
                self.assertEqual(self.ends(OK, 'backup', 'make', kept, '--data', data, '--json').json()['schema'], version)
                with Service(kb, data) as service:
                    self.assertEqual(service.call('POST', '/v1/chat', {'message': 'risulta pagato'})[0], 200)
                after = rows(data)
                self.assertEqual([table[:len(old)] for table, old in zip(after, before)], list(before))
                self.assertEqual(len(after[0]), 2)
                told = self.ends(OK, 'doctor', '--kb', kb, '--data', data, '--encoder', 'none', '--json').json()
                self.assertIn(('store', 'ok'), {(row['check'], row['state']) for row in told['checks']})
                # The figures know what happened before, too.
                self.ends(OK, 'report', '--data', data, '--verify')
                # And there is a way back: to the version before, with the backup from before.
                self.ends(OK, 'backup', 'restore', kept, '--data', self.path(f'back{version}'))
                self.assertEqual(rows(self.path(f'back{version}')), before)

    def test_a_version_before_does_not_open_what_this_one_wrote(self):
        """As this one does not open what the next one will write."""
        store_of(self.path('data'), len(SCHEMAS))
        with sqlite3.connect(self.path('data', 'store.sqlite')) as db:
            db.execute(f'PRAGMA user_version = {len(SCHEMAS) + 1}')
        db.close()
        told = self.ends(NO, 'doctor', '--kb', self.kb(), '--data', self.path('data'), '--encoder', 'none', '--json').json()
        self.assertIn(('store', 'newer'), {(row['check'], row.get('finding')) for row in told['checks']})


    def test_why_an_entry_is_dead(self):
        """What was stored as a text alone, up to schema 10, is still told for what it was."""
        texts = {'HTTP 400: no': 'value', 'HTTP 403: no': 'denied', 'HTTP 404': 'gone', 'HTTP 409: x': 'busy', 'HTTP 413': 'large', 'HTTP 418': 'refused',
                 'HTTP 503: <b>': 'fault', 'HTTP 302: it leads elsewhere': 'moved', 'HTTP 200, and what came is no JSON object': 'odd',
                 'no answer within 20 s': 'silent', 'the certificate cannot be verified (x)': 'certificate', 'the ticket itself never left': 'first',
                 'a secret cannot be used: x y': 'secret', 'Could not resolve host: x': 'network', 'out of memory': 'unknown'}
        data = self.path('data')
        store_of(data, 10)
        with sqlite3.connect(os.path.join(data, 'store.sqlite')) as db:
            db.executemany("INSERT INTO outbox (connector, ticket, revision, dead, made_utc_s, cause) VALUES ('x', 1001, ?, 1, 1795521600, ?)",
                           [(i + 1, text) for i, text in enumerate(texts)])
        db.close()
        self.ends(OK, 'token', 'add', '--subject', 'ada', '--audience', 'agent-l1', '--data', data)
        listed = self.ends(OK, 'outbox', 'list', '--json', '--data', data).json()
        self.assertEqual({e['cause']: e['cause_kind'] for e in listed}, texts)


STORES = sorted(glob.glob(os.path.join(os.path.dirname(__file__), 'stores', '*.sql')))
HTTP_KB = os.path.join(ROOT, 'tests', 'http', 'kb')


def differences(was, now, where=''):
    """What was answered once and is not any more. More than was answered may be."""
    if isinstance(was, dict) and isinstance(now, dict):
        return [each for name in was for each in (differences(was[name], now[name], f'{where}.{name}') if name in now else [f'{where}.{name} is gone'])]
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        return [each for i, (a, b) in enumerate(zip(was, now)) for each in differences(a, b, f'{where}[{i}]')]
    return [] if was == now else [f'{where}: {was!r} is now {now!r}']


class FromThatTime(Case):
    """A store that the program of its day wrote, opened by this one at that time."""

    def left(self, sql):
        """The data folder as it was left, and what was known of it."""
        data = self.path('data' + os.path.basename(sql)[:4])
        os.makedirs(os.path.join(data, 'attachments'), mode=0o700)
        with open(sql[:-4] + '.json', encoding='utf-8') as file:
            known = json.load(file)
        for name, content in known['files'].items():
            with open(os.path.join(data, name), 'wb') as file:
                file.write(base64.b64decode(content))
        path = os.path.join(data, 'store.sqlite')
        with sqlite3.connect(path) as db:
            db.executescript(read(sql))
            self.assertEqual(db.execute('PRAGMA integrity_check').fetchall(), [('ok',)])
            self.assertEqual(db.execute('PRAGMA user_version').fetchone()[0], int(os.path.basename(sql)[:4]))
            until, = db.execute('SELECT max(updated_utc_s) FROM tickets').fetchone()
        db.close()
        os.chmod(path, 0o600)
        return data, known, until

    def clock(self, moment):
        """Of that day: what is kept for a year only, and what counts as solved after a day, must not depend on when this runs."""
        library, offset = self.path('clock.so'), self.path('clock')
        subprocess.run(['gcc', '-shared', '-fPIC', '-O1', '-o', library, os.path.join(ROOT, 'tests', 'faults', 'clock.c')], check=True)
        with open(offset, 'wb') as file:
            file.write(struct.pack('q', moment - int(time.time())))
        return {'LD_PRELOAD': preload(BIN, library), 'CLOCK_FILE': offset}

    def test_all_is_there(self):
        self.assertGreaterEqual(len(STORES), 3)
        for sql in STORES:
            with self.subTest(store=os.path.basename(sql)):
                data, known, until = self.left(sql)
                self.answers_as_then(data, known, environment(**self.clock(until + 60)))
                with sqlite3.connect(os.path.join(data, 'store.sqlite')) as db:
                    self.assertEqual(db.execute('PRAGMA integrity_check').fetchall(), [('ok',)])
                    self.assertEqual(db.execute('PRAGMA foreign_key_check').fetchall(), [])
                    self.assertEqual(self.shape(db), self.shape_of_a_new_one())
                db.close()
                self.ends(OK, 'report', '--data', data, '--verify')

    def answers_as_then(self, data, known, env):
        def get(token, path):
            status, reply = service.call('GET', path, headers={'Authorization': f'Bearer {token}'} if token else {}, raw=True)
            self.assertEqual(status, 200, (path, reply[:300]))
            try:
                return json.loads(reply)
            except ValueError:
                return base64.b64encode(reply).decode()

        with Service(HTTP_KB, data, env=env) as service:
            changed = [(asked['path'], differences(asked['reply'], get(asked['token'], asked['path']))) for asked in known['asked']]
            self.assertEqual([each for each in changed if each[1]], [])
            # A key that was used is used, and what is new is taken.
            self.assertEqual(service.call('POST', '/v1/tickets', {'message': 'nuovo', 'category': 'accesso'})[0], 201)
            body = {'message': 'aiuto numero f, chiamatemi', 'category': 'pagamenti', 'fields': {'email': 'ada5@example.com'}}
            status, again = service.call('POST', '/v1/tickets', body, {'Idempotency-Key': 'chiave-5'})
            self.assertEqual((status, again['number']), (200, 1006))
            self.assertIn(service.call('POST', '/v1/tickets', {**body, 'message': 'altro'}, {'Idempotency-Key': 'chiave-5'})[0], (409, 422))

    def shape(self, db):
        """Its tables, indexes and triggers, as SQLite has them."""
        return sorted((kind, name, ' '.join(re.sub(r'--[^\n]*', '', sql or '').split())) for kind, name, sql in db.execute('SELECT type, name, sql FROM sqlite_schema'))

    def shape_of_a_new_one(self):
        data = self.path('new')
        if not os.path.exists(data):
            self.ends(OK, 'token', 'add', '--subject', 'ada', '--audience', 'agent-l1', '--data', data)
        with sqlite3.connect(os.path.join(data, 'store.sqlite')) as db:
            return self.shape(db)


if __name__ == '__main__':
    unittest.main()
