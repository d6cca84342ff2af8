"""Upgrade: a store as any version before left it is opened by this one, with all that was in it; before that, it can be backed up."""

import glob
import os
import sqlite3
import unittest

from program import NO, OK, ROOT, Case, Service, read

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


if __name__ == '__main__':
    unittest.main()
