"""sportello token and audit: who may read and do what, and the log of it."""
import json
import sqlite3

from program import KB, NO, OK, USAGE, Case


class Access(Case):
    def setUp(self):
        super().setUp()
        self.data = self.path('data')

    def token(self, code, *args):
        return self.ends(code, 'token', *args, '--data', self.data)

    def audit(self, code, *args):
        return self.ends(code, 'audit', *args, '--data', self.data)

    def add(self, *args, code=OK):
        return self.token(code, 'add', '--subject', 'ada', '--role', 'agent', *args)

    def listed(self):
        return self.token(OK, 'list', '--json').json()

    def tamper(self, *statements):
        """As who may write the file can: the triggers are no obstacle to them."""
        db = sqlite3.connect(f'{self.data}/store.sqlite')
        for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER {name}')
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.close()


class Tokens(Access):
    def test_groups_and_times(self):
        self.add('--audience', 'agent-l2', '--group', 'l2-accesso,l2-pagopa', '--group', 'l2-accesso', '--days', '2', '--kb', KB)
        token = self.listed()[0]
        self.assertEqual((token['audience'], token['groups'], token['revoked']), ('agent-l2', ['l2-accesso', 'l2-pagopa'], False))
        self.assertLess(token['created'], token['expires'])
        self.assertNotIn('revoked_at', token)
        self.assertIn('l2-accesso,l2-pagopa', self.token(OK, 'list').out)
        self.assertEqual(self.token(OK, 'revoke', '--id', token['id'], '--json').json(), {'id': token['id'], 'revoked': True})
        token = self.listed()[0]
        self.assertTrue(token['revoked'])
        self.assertGreaterEqual(token['revoked_at'], token['created'])

    def test_of_several_audiences_the_one_that_reads_the_others(self):
        for given in (('--audience', 'creditor,agent-l1,citizen'), ('--audience', 'creditor', '--audience', 'agent-l1')):
            self.add(*given, '--kb', KB)
            self.assertEqual(self.listed()[-1]['audience'], 'agent-l1')

    def test_no_audience_takes_the_place_of_two(self):
        refused = self.add('--audience', 'creditor,psp', '--kb', KB, code=NO)
        self.assertIn('reads: [creditor, psp]', refused.err)
        self.assertEqual(self.listed(), [])

    def test_several_need_the_knowledge_base(self):
        self.assertIn('--kb', self.add('--audience', 'creditor,psp', code=NO).err)

    def test_unknown_names(self):
        self.assertIn('agent-l9', self.add('--audience', 'agent-l9', '--kb', KB, code=NO).err)
        self.assertIn('l2-nessuno', self.add('--audience', 'agent-l2', '--group', 'l2-nessuno', '--kb', KB, code=NO).err)
        self.assertEqual(self.listed(), [])


class Audit(Access):
    def setUp(self):
        super().setUp()
        for _ in range(5):
            self.add('--audience', 'agent-l1')

    def check(self, code, *args):
        return json.loads(self.audit(code, 'verify', '--json', *args).out)

    def assertFault(self, fault, number, until, *args):
        found = self.check(NO, *args)
        self.assertEqual((found['whole'], found['fault'], found['number'], found['until']), (False, fault, number, until))

    def test_tokens_are_noted(self):
        self.token(OK, 'revoke', '--id', '2')
        entries = self.audit(OK, 'list', '--json').json()
        self.assertEqual([(e['number'], e['action'], e['object']) for e in entries[:2]], [(6, 'token-revoke', 'token:2'), (5, 'token-add', 'token:5')])
        self.assertEqual(entries[1]['detail'], 'agent agent-l1 ada')
        self.assertTrue(entries[0]['subject'].startswith('os:'))
        self.assertEqual(len(self.audit(OK, 'list').out.splitlines()), 6)
        self.assertEqual(self.audit(OK, 'list', '--json', '--action', 'token-revoke').json(), entries[:1])
        self.assertEqual(self.audit(OK, 'list', '--json', '--subject', 'nobody').json(), [])
        self.assertEqual(self.audit(OK, 'list', '--json', '--to', '2020-01-01').json(), [])
        self.assertEqual(self.audit(OK, 'list', '--json', '--from', '2020-01-01').json(), entries)
        self.token(NO, 'revoke', '--id', '99')
        self.assertEqual(self.check(OK)['entries'], 6)

    def test_whole(self):
        found = self.check(OK)
        self.assertEqual((found['whole'], found['entries']), (True, 5))
        self.assertRegex(found['head'], r'^5:[0-9a-f]{64}$')
        self.assertIn(found['head'], self.audit(OK, 'verify').out)
        self.add('--audience', 'agent-l1')
        self.check(OK, '--head', found['head'])

    def test_changed(self):
        for column, value in (('subject', "'x'"), ('at_utc_s', '1'), ('action', "'x'"), ('object', "'x'"), ('detail', "'x'"), ('hash', "'x'"),
                              ('subject', "subject || char(0)")):
            with self.subTest(column):
                self.data = self.path('data-' + column + str(len(value)))
                for _ in range(5):
                    self.add('--audience', 'agent-l1')
                self.tamper(f'UPDATE audit SET {column} = {value} WHERE number = 3')
                self.assertFault('changed', 3, 3)
                self.assertIn('3', self.audit(NO, 'verify').out)

    def test_a_border_moved_between_two_fields(self):
        self.tamper("UPDATE audit SET object = object || detail, detail = '' WHERE number = 2")
        self.assertFault('changed', 2, 2)

    def test_missing(self):
        self.tamper('DELETE FROM audit WHERE number IN (2, 3)')
        self.assertFault('missing', 2, 3)

    def test_missing_and_numbered_anew(self):
        self.tamper('DELETE FROM audit WHERE number = 2', 'UPDATE audit SET number = number - 1 WHERE number > 2',
                    'UPDATE audit_head SET number = 4')
        self.assertFault('changed', 2, 2)

    def test_cut_off(self):
        self.tamper('DELETE FROM audit WHERE number > 3')
        self.assertFault('cut-off', 4, 5)

    def test_cut_off_with_its_head(self):
        noted = self.check(OK)['head']
        self.tamper('DELETE FROM audit WHERE number > 3',
                    'UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit WHERE number = 3)')
        self.assertEqual(self.check(OK)['entries'], 3)
        self.assertFault('cut-off', 4, 5, '--head', noted)

    def test_written_anew(self):
        noted = self.check(OK)['head']
        self.tamper('DELETE FROM audit', "UPDATE audit_head SET number = 0, hash = printf('%064d', 0)")
        for _ in range(6):
            self.add('--audience', 'agent-l2')
        self.check(OK)
        self.assertFault('forged', 5, 5, '--head', noted)

    def test_bad_head(self):
        for head in ('5', 'x:' + '0' * 64, '5:' + '0' * 63, '5:' + 'G' * 64):
            self.audit(USAGE, 'verify', '--head', head)

    def test_words(self):
        self.audit(USAGE)
        self.audit(USAGE, 'erase')
        self.ends(USAGE, 'audit', 'verify')
        self.audit(USAGE, 'list', '--from', 'x')
