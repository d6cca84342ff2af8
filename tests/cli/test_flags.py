"""sportello flags: articles that were told to be wrong, and what an editor does about it."""

import os
import sqlite3
import unittest

from program import NO, OK, USAGE, Case


class Flags(Case):
    def setUp(self):
        super().setUp()
        self.data = self.path('data')
        self.ends(OK, 'token', 'add', '--subject', 'a', '--audience', 'agent-l1', '--data', self.data)

    def flags(self, code, *args):
        return self.ends(code, 'flags', *args, '--data', self.data)

    def fill(self):
        with sqlite3.connect(os.path.join(self.data, 'store.sqlite')) as db:
            for article, owner, reason in (('spid-otp', 'team-accesso', 'wrong'), ('iban', 'team-pagamenti', 'outdated')):
                db.execute("INSERT INTO article_flags (article, lang, owner, reason, text, actor, at_utc_s) VALUES (?, 'it', ?, ?, 'vedi', 'ada', 1795521600)",
                           (article, owner, reason))
        db.close()

    def test_list_and_done(self):
        self.flags(NO, 'list')
        self.fill()
        listed = self.flags(OK, 'list', '--json').json()
        self.assertEqual([(f['id'], f['article'], f['reason'], f['status']) for f in listed], [(2, 'iban', 'outdated', 'open'), (1, 'spid-otp', 'wrong', 'open')])
        self.assertIn('it/spid-otp\tteam-accesso\t', self.flags(OK, 'list', '--owner', 'team-accesso').out)
        self.assertNotIn('iban', self.flags(OK, 'list', '--owner', 'team-accesso').out)
        self.flags(OK, 'done', '1', '--by', 'ed', '--answer', 'corretto')
        self.flags(NO, 'done', '1', '--by', 'ed')
        self.flags(NO, 'done', '9', '--by', 'ed')
        done = self.flags(OK, 'list', '--done', '--json').json()
        self.assertEqual([(f['id'], f['done_by'], f['answer']) for f in done], [(1, 'ed', 'corretto')])
        self.assertEqual(len(self.flags(OK, 'list', '--json').json()), 1)

    def test_usage(self):
        for args in (('done', '1'), ('done', 'x', '--by', 'ed'), ('other',)):
            self.flags(USAGE, *args)


if __name__ == '__main__':
    unittest.main()
