"""sportello outbox: what waits, and what an operator does about it."""

import os
import sqlite3
import unittest

from program import FAILED, NO, OK, USAGE, Case


class Outbox(Case):
    """The other system is not there: all of it waits."""

    def setUp(self):
        super().setUp()
        self.data = self.path('data')

    def outbox(self, code, *args, **how):
        return self.ends(code, 'outbox', *args, '--data', self.data, **how)

    def fill(self):
        """Three entries as a service left them: one given up, its change behind it, one that waits."""
        self.ends(OK, 'token', 'add', '--subject', 'a', '--audience', 'agent-l1', '--data', self.data)
        with sqlite3.connect(os.path.join(self.data, 'store.sqlite')) as db:
            for number in (1001, 1002):
                db.execute("INSERT INTO tickets (number, secret, state, level, top_level, lang, message, created_utc_s, updated_utc_s, "
                           "revision) VALUES (?, ?, 'new', 1, 1, 'it', 'non entro', 1795521600, 1795521600, 1)", (number, f'segreto{number}'))
                db.execute("INSERT INTO ticket_history (ticket, revision, at_utc_s, state, level) VALUES (?, 1, 1795521600, 'new', 1)", (number,))
            db.execute("INSERT INTO ticket_history (ticket, revision, at_utc_s, state, level, note) VALUES (1001, 2, 1795521660, 'new', 1, 'nota')")
            db.execute("INSERT INTO ticket_values (ticket, position, field, value) VALUES (1001, 0, 'email', 'ada@example.com')")
            for ticket, revision, dead, cause in ((1001, 1, 1, 'HTTP 400'), (1001, 2, 0, None), (1002, 1, 0, None)):
                db.execute("INSERT INTO outbox (connector, ticket, revision, dead, made_utc_s, cause) VALUES ('servicenow', ?, ?, ?, 1795521600, ?)",
                           (ticket, revision, dead, cause))
        db.close()

    def test_list_and_show(self):
        self.fill()
        listed = self.outbox(OK, 'list', '--json').json()
        self.assertEqual([(e['id'], e['ticket'], e['revision'], e['dead'], e['behind']) for e in listed],
                         [(1, 1001, 1, True, False), (2, 1001, 2, False, True), (3, 1002, 1, False, False)])
        self.assertEqual(listed[0]['made'], '2026-11-24T12:00:00Z')
        self.assertEqual([e['id'] for e in self.outbox(OK, 'list', '--dead', '--json').json()], [1])
        text = self.outbox(OK, 'list').out
        self.assertEqual(len(text.splitlines()), 3)
        self.assertIn('HTTP 400', text)
        shown = self.outbox(OK, 'show', '1', '--json').json()
        self.assertEqual((shown['entry']['cause'], shown['data']['number'], shown['data']['fields']), ('HTTP 400', 1001, {'email': 'ada@example.com'}))
        self.assertEqual(self.outbox(OK, 'show', '2', '--json').json()['data']['note'], 'nota')
        self.assertIn('ada@example.com', self.outbox(OK, 'show', '1').out)
        self.assertNotIn('segreto', self.outbox(OK, 'show', '1').out)
        self.outbox(NO, 'show', '99')

    def test_why_in_the_language_of_who_reads(self):
        """The cause is a word that is told in each language; what the other system said stays as it was."""
        self.fill()
        with sqlite3.connect(os.path.join(self.data, 'store.sqlite')) as db:
            db.execute("UPDATE outbox SET cause_kind = 'silent', cause = 'no answer within 20 s' WHERE id = 1")
        db.close()
        for lang, words in (('it', "L'altro sistema non ha risposto in tempo."), ('de', 'Das andere System hat nicht rechtzeitig geantwortet.')):
            told = self.outbox(OK, 'list', '--dead', lang=lang).out
            self.assertIn(f'{words} [no answer within 20 s]\n', told)
        self.assertEqual(self.outbox(OK, 'show', '1', '--json').json()['entry']['cause_kind'], 'silent')

    def test_resend_and_drop(self):
        self.fill()
        self.outbox(NO, 'resend', '3')  # not dead
        self.assertEqual(self.outbox(OK, 'resend', '--dead', '--json').json(), {'changed': 1})
        self.outbox(NO, 'list', '--dead')
        self.outbox(NO, 'resend', '--dead')
        # With its opening, a ticket's changes go too.
        self.assertEqual(self.outbox(OK, 'drop', '1', '--json').json(), {'changed': 2})
        self.assertEqual([e['id'] for e in self.outbox(OK, 'list', '--json').json()], [3])
        self.outbox(OK, 'drop', '3')
        self.assertEqual(self.outbox(NO, 'list').out, '')
        self.outbox(NO, 'drop', '3')

    def test_each_is_noted(self):
        """As what the page does; what came to nothing is not."""
        self.fill()
        self.outbox(NO, 'resend', '3')
        self.outbox(NO, 'drop', '99')
        self.outbox(OK, 'resend', '1')
        with sqlite3.connect(os.path.join(self.data, 'store.sqlite')) as db:
            db.execute('UPDATE outbox SET dead = 1 WHERE id IN (1, 3)')
        db.close()
        self.outbox(OK, 'drop', '3')
        self.outbox(OK, 'resend', '--dead')
        listed = self.ends(OK, 'audit', 'list', '--json', '--data', self.data).json()
        noted = [e for e in listed if e['action'].startswith('outbox-')]
        self.assertEqual([(e['action'], e['object'], e['detail']) for e in sorted(noted, key=lambda e: e['number'])],
                         [('outbox-resend', 'outbox:1', 'ticket:1001'), ('outbox-drop', 'outbox:3', 'ticket:1002'), ('outbox-resend', 'outbox', '')])
        self.assertTrue(all(e['subject'].startswith('os:') for e in noted), noted)
        self.ends(OK, 'audit', 'verify', '--data', self.data)

    def test_never_all_by_leaving_something_out(self):
        self.fill()
        for words in (('drop',), ('resend',), ('drop', '1', '--dead'), ('drop', 'x'), ('drop', '0'), ('drop', '-1'), ('show',), ('list', '1'), ('purge', '1')):
            self.outbox(USAGE, *words)
        self.assertEqual(len(self.outbox(OK, 'list', '--json').json()), 3)

    def test_no_data(self):
        self.outbox(FAILED, 'list')
        self.ends(USAGE, 'outbox', 'list')


if __name__ == '__main__':
    unittest.main()
