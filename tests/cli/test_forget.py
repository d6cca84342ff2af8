"""sportello forget: what is due, and what somebody asks for. (Every byte of it: tests/http/test_forgetting.py.)"""

import os
import sqlite3
import unittest

from program import FAILED, NO, OK, USAGE, Case, run, write

DAY_S = 86400
KB = '''languages: [it]
audiences: {citizen: {name: Cittadini}}
categories: {accesso: {name: Accesso, fields: [email]}}
fields: {email: {label: E-mail, validate: email, max: 100, keep: 30d}}
'''


class Forget(Case):
    def setUp(self):
        super().setUp()
        self.data, self.kb = self.path('data'), self.path('kb')
        write(os.path.join(self.kb, 'kb.yaml'), KB + 'retention: {conversations: 100d, tickets: 100d}\n')
        self.ends(OK, 'token', 'add', '--subject', 'a', '--audience', 'agent-l1', '--data', self.data)
        with sqlite3.connect(self.store()) as db:
            now = db.execute("SELECT CAST(strftime('%s', 'now') AS INTEGER)").fetchone()[0]
            for number, days in ((1, 10), (2, 50), (3, 200)):
                at = now - days * DAY_S
                db.execute("INSERT INTO conversations (number, id, channel, audience, began_utc_s, last_utc_s, last_seq) VALUES (?, ?, 'web', 'citizen', ?, ?, 1)",
                           (number, f'conversazione{number}', at, at))
                db.execute("INSERT INTO turns (conversation, seq, at_utc_s, question, decision, reason, confidence, lang) "
                           "VALUES (?, 1, ?, ?, 'ticket', 'person', 0, 'it')", (number, at, f'domanda{number}'))
                db.execute("INSERT INTO tickets (number, secret, state, conversation, category, level, top_level, lang, message, created_utc_s, updated_utc_s, "
                           "revision) VALUES (?, ?, 'new', ?, 'accesso', 1, 1, 'it', ?, ?, ?, 1)", (1000 + number, f's{number}', number, f'testo{number}', at, at))
                db.execute("INSERT INTO ticket_history (ticket, revision, at_utc_s, state, level) VALUES (?, 1, ?, 'new', 1)", (1000 + number, at))
                db.execute("INSERT INTO ticket_values (ticket, position, field, value) VALUES (?, 0, 'email', ?)", (1000 + number, f'p{number}@esempio.it'))
        db.close()

    def shows(self, done, *parts):
        for part in parts:
            self.assertIn(part, done.out, str(done))

    def store(self):
        return os.path.join(self.data, 'store.sqlite')

    def forget(self, code, *args, **more):
        return self.ends(code, 'forget', '--data', self.data, *args, **more)

    def texts(self):
        with open(self.store(), 'rb') as file:
            data = file.read()
        words = [f'{word}{n}' for n in (1, 2, 3) for word in ('domanda', 'testo')] + [f'p{n}@esempio.it' for n in (1, 2, 3)]
        return {word for word in words if word.encode() in data}

    def test_what_is_due(self):
        due = ('--due', '--kb', self.kb)
        before = self.ends(OK, 'report', '--data', self.data, '--from', '2020-01-01', '--json').out
        counted = self.forget(OK, *due, '--dry-run', '--json').json()
        told = self.forget(OK, *due, '--json').json()
        self.assertEqual(counted['forgotten'], told['forgotten'])
        self.assertEqual({name: n for name, n in told['forgotten'].items() if n},
                         {'conversations': 1, 'questions': 1, 'tickets': 1, 'field_values': 2})
        self.assertEqual((counted['bytes_gone'], told['bytes_gone']), (False, True))
        self.assertEqual(self.texts(), {'domanda1', 'testo1', 'p1@esempio.it', 'domanda2', 'testo2'})
        self.assertEqual(self.ends(OK, 'report', '--data', self.data, '--from', '2020-01-01', '--json').out, before)
        self.shows(self.forget(OK, *due), 'There is nothing to delete')

    def test_one_of_each(self):
        self.shows(self.forget(OK, '--ticket', '1001'), 'Deleted:', 'tickets: 1', 'questions: 1', '1001')
        self.shows(self.forget(OK, '--conversation', 'conversazione2'), '1002', '(--ticket)')
        self.assertEqual(self.texts(), {'testo2', 'p2@esempio.it', 'domanda3', 'testo3', 'p3@esempio.it'})
        self.forget(OK, '--person', 'P2@esempio.it')
        done = run('forget', '--data', self.data, '--person', '-', stdin='p3@esempio.it\n')
        self.assertEqual(done.code, OK, done)
        self.assertEqual(self.texts(), set())

    def test_nothing_of_that_name(self):
        for args in (('--ticket', '9'), ('--conversation', 'x'), ('--person', 'nessuno@esempio.it')):
            self.forget(NO, *args)
        self.forget(NO, '--person', 'nessuno@esempio.it', '--dry-run')

    def test_wrong_calls(self):
        for args in ((), ('--due',), ('--ticket', '1', '--person', 'a@b.it'), ('--ticket', '0'), ('--person', 'Mario Rossi'), ('--person', ''),
                     ('--due', '--kb', self.kb, '--ticket', '1')):
            self.forget(USAGE, *args)
        self.assertEqual(len(self.texts()), 9)
        self.assertIn(run('forget', '--data', self.data, '--due', '--kb', self.path('none')).code, (NO, FAILED))

    def test_italian(self):
        done = run('forget', '--data', self.data, '--ticket', '1001', lang='it_IT')
        self.shows(done, 'Cancellati:', 'domande: 1')

    def test_what_an_agent_passed(self):
        with sqlite3.connect(self.store()) as db:
            for article in ('uno', 'due'):
                db.execute("INSERT INTO training (subject, module, article, audience, version, content, questions, score, at_utc_s) "
                           "VALUES ('zuleika', 'modulo', ?, 'agent-l1', 'v', 'c', 'q', 2, 1)", (article,))
        db.close()
        self.assertEqual(self.forget(OK, '--agent', 'zuleika', '--dry-run', '--json').json(), {'forgotten': {'training': 2}, 'dry_run': True})
        self.assertEqual(self.forget(OK, '--agent', 'zuleika', '--json').json(), {'forgotten': {'training': 2}, 'dry_run': False})
        self.forget(NO, '--agent', 'zuleika')
        self.forget(NO, '--agent', 'nessuno')
        with sqlite3.connect(self.store()) as db:
            self.assertEqual(db.execute("SELECT count(*) FROM training").fetchone(), (0,))
            self.assertEqual(db.execute("SELECT action, object, detail FROM audit WHERE action = 'data-delete'").fetchall(),
                             [('data-delete', 'training', '')])
        db.close()
        self.assertNotIn(b'zuleika', b''.join(open(os.path.join(self.data, name), 'rb').read() for name in os.listdir(self.data) if name.startswith('store')))

    def test_a_deletion_is_noted(self):
        self.forget(OK, '--person', 'p1@esempio.it')
        with sqlite3.connect(self.store()) as db:
            self.assertEqual(db.execute("SELECT object, detail FROM audit WHERE action = 'data-delete'").fetchall(), [('person', '1001')])
        db.close()


class Settings(Case):
    def check(self, more):
        kb = self.path('kb')
        write(os.path.join(kb, 'kb.yaml'), KB + more)
        return run('check', '--kb', kb)

    def test_good_ones(self):
        done = self.check('retention: {conversations: 1d, feedback: 2d, tickets: 99999d, comments: 48h, attachments: 5d}\nattachments: {max: 0, max_mb: 20}\n')
        self.assertEqual(done.code, OK, done)

    def test_wrong_ones_are_told(self):
        for more, told in (('retention: {ticket: 5d}', 'tickets'), ('retention: {tickets: 2y}', '2y'), ('retention: {tickets: 0d}', '0d'),
                           ('retention: {tickets: 36h}', '36h'), ('retention: 5d', 'retention'), ('attachments: {max: 21}', '21'),
                           ('attachments: {max_mb: 0}', '0'), ('attachments: {max_mb: 5MB}', '5MB'), ('attachments: {maxmb: 5}', 'max_mb')):
            done = self.check(more + '\n')
            self.assertIn(told, done.out, done)


if __name__ == '__main__':
    unittest.main()
