"""What stands in a data folder: tokens, figures, and data that another version wrote."""

import csv
import io
import os
import re
import sqlite3
import unittest

from program import FAILED, NO, OK, USAGE, Case, Service, run, write

BY = ('month', 'day', 'hour', 'weekday-hour', 'category', 'channel', 'lang', 'audience', 'article')


class Data(Case):
    def setUp(self):
        super().setUp()
        self.data = self.path('data')

    def token(self, code, *args):
        return self.ends(code, 'token', *args, '--data', self.data)

    def report(self, code, *args):
        return self.ends(code, 'report', '--data', self.data, *args)

    def store(self):
        files = [name for name in os.listdir(self.data) if name.endswith(('.db', '.sqlite', '.sqlite3'))]
        self.assertEqual(len(files), 1, os.listdir(self.data))
        return os.path.join(self.data, files[0])


class Tokens(Data):
    def test_add_list_revoke(self):
        added = self.token(
            OK, 'add', '--subject', 'agente-prova', '--audience', 'agent-l1', '--role', 'agent', '--json'
        ).json()
        self.assertEqual(set(added), {'id', 'token'})
        self.assertGreaterEqual(len(added['token']), 32)
        listed = self.token(OK, 'list', '--json').json()
        self.assertEqual(
            [(t['id'], t['subject'], t['role'], t['audience'], t['revoked']) for t in listed],
            [(added['id'], 'agente-prova', 'agent', 'agent-l1', False)],
        )
        self.token(OK, 'revoke', '--id', added['id'])
        self.assertTrue(self.token(OK, 'list', '--json').json()[0]['revoked'])
        self.assertIn('revoked', self.token(OK, 'list').out)

    def test_the_token_is_shown_once_and_only_its_hash_is_kept(self):
        token = self.token(OK, 'add', '--subject', 'prova', '--audience', 'agent-l1').out.strip()
        self.assertRegex(token, r'^\S{32,}$')
        self.assertNotIn(token, self.token(OK, 'list').out + self.token(OK, 'list', '--json').out)
        for root, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(root, name), 'rb') as file:
                    self.assertNotIn(token.encode(), file.read(), name)

    def test_two_tokens_are_different(self):
        args = ('add', '--subject', 'prova', '--audience', 'citizen')
        self.assertNotEqual(self.token(OK, *args).out, self.token(OK, *args).out)

    def test_an_end(self):
        self.token(OK, 'add', '--subject', 'prova', '--audience', 'agent-l1', '--days', '30')
        self.assertRegex(self.token(OK, 'list').out, r'\t20\d\d-\d\d-\d\dT')

    def test_days_that_are_none(self):
        """It is no word for "without an end"."""
        self.says(self.token(USAGE, 'add', '--subject', 'prova', '--audience', 'agent-l1', '--days', '0'), 'a number from 1 to 36500 is needed')

    def test_what_is_missing_or_wrong(self):
        self.says(self.token(USAGE, 'add', '--audience', 'citizen'), 'please give --subject')
        self.says(self.token(USAGE, 'add', '--subject', 'x'), 'please give --audience')
        self.says(self.token(USAGE, 'revoke'), 'please give --id')
        self.says(self.token(USAGE, 'remove'), 'usage: sportello token')
        self.says(
            self.token(USAGE, 'add', '--subject', 'x', '--audience', 'y', '--role', 'king'),
            'reader|agent|editor|manager|admin',
        )
        done = self.token(NO, 'revoke', '--id', '77')
        self.assertTrue(done.err.strip())
        self.assertEqual(self.token(OK, 'list', '--json').json(), [])

    def test_a_token_opens_what_its_audience_may_read(self):
        kb = self.kb()
        token = self.token(OK, 'add', '--subject', 'prova', '--audience', 'agent-l1', '--role', 'agent').out.strip()
        with Service(kb, self.data) as service:
            self.assertEqual(service.call('GET', '/v1/search?q=ornitorinco')[1]['total'], 0)
            opened = {'Authorization': 'Bearer ' + token}
            self.assertEqual(service.call('GET', '/v1/search?q=ornitorinco', headers=opened)[1]['total'], 1)
            self.assertEqual(
                service.call('GET', '/v1/search?q=ornitorinco', headers={'Authorization': 'Bearer x' + token})[0], 401
            )


class Figures(Data):
    def setUp(self):
        super().setUp()
        with Service(self.kb(), self.data) as service:
            status, first = service.call('POST', '/v1/chat', {'message': 'il codice otp non arriva', 'channel': 'web'})
            self.assertEqual((status, first['decision']), (200, 'answer'), first)
            service.call('POST', f'/v1/chat/{first["conversation"]}/feedback', {'solved': True})
            service.call('POST', '/v1/chat', {'message': 'PAA_PAGAMENTO_DUPLICATO', 'channel': 'app'})
            service.call('POST', '/v1/chat', {'message': 'ciao', 'channel': 'web'})
            beside = self.report(OK, '--json').json()
            service.stop()
        self.assertEqual(beside, self.report(OK, '--json').json())  # beside a running service as without

    def test_outcomes_add_up(self):
        for by in BY:
            got = self.report(OK, '--by', by, '--json').json()
            total = got['total']
            self.assertEqual(
                total['conversations'],
                total['resolved_confirmed'] + total['resolved_assumed'] + total['tickets'] + total['abandoned'],
                got,
            )
            self.assertEqual(sum(row['conversations'] for row in got['rows']), total['conversations'])
            self.assertEqual(
                (total['conversations'], total['resolved_confirmed'], total['resolved_assumed']), (2, 1, 1), got
            )

    def test_csv_and_text(self):
        for by in BY:
            rows = list(csv.reader(io.StringIO(self.report(OK, '--by', by, '--csv').out)))
            self.assertGreater(len(rows), 1)
            self.assertEqual(len({len(row) for row in rows}), 1, rows)
            self.assertIn('2', self.report(OK, '--by', by).out)
        self.assertIn('accesso', self.report(OK, '--by', 'category', '--csv').out)
        self.assertIn('app', self.report(OK, '--by', 'channel', '--csv').out)
        self.assertIn('otp', self.report(OK, '--by', 'article', '--csv').out)

    def test_text_in_the_languages_of_the_terminal(self):
        said = {self.ends(OK, 'report', '--data', self.data, lang=lang).out for lang in ('it', 'en', 'de')}
        self.assertEqual(len(said), 3)

    def test_a_table_of_two_as_people_and_as_markdown(self):
        text = self.report(OK, '--by', 'month', '--across', 'channel').out
        self.assertRegex(text, r'month +app +web +total')
        self.assertRegex(text, r'TOTAL +1 +1 +2\n')
        lines = self.report(OK, '--by', 'month', '--across', 'channel', '--markdown').out.splitlines()
        self.assertEqual(lines[1], '| --- | ---: | ---: | ---: |')
        self.assertIn('- tickets closed at level 1 / tickets closed: 0 / 0', lines)
        self.says(self.report(FAILED, '--by', 'article', '--across', 'group'), 'counted apart')

    def test_names_as_people_call_them(self):
        text = self.report(OK, '--by', 'month', '--across', 'category', '--kb', self.kb()).out
        self.assertRegex(text, r'month +Login +Payment +total')
        self.assertRegex(text, r'\n(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} ')
        self.assertEqual(self.report(OK, '--by', 'category', '--csv', '--kb', self.kb()).out, self.report(OK, '--by', 'category', '--csv').out)
        self.assertEqual(self.report(FAILED, '--kb', self.path('none')).out, '')
        self.assertNotIn('contacts', self.report(OK, '--by', 'group').out, 'groups have tickets')

    def test_rules_of_others_and_filters(self):
        rules = self.report(OK, '--rules', 'all', '--json').json()['total']['rules']
        self.assertEqual({name: (rule['counted'], rule['resolved']) for name, rule in rules.items()},
                         {'intercom': (2, 2), 'zendesk': (2, 0), 'servicenow': (2, 1), 'microsoft': (2, 2)})
        self.assertIn('zendesk', self.report(OK, '--rules', 'zendesk').out)
        self.assertEqual(self.report(OK, '--channel', 'app', '--json').json()['total']['conversations'], 1)

    def test_small_counts_are_masked_for_others(self):
        got = self.report(OK, '--by', 'channel', '--public', '--json').json()
        self.assertEqual({row['conversations'] for row in got['rows']}, {None})
        self.assertNotIn('1', self.report(OK, '--by', 'channel', '--public', '--csv').out.split('\n', 1)[1])
        self.assertRegex(self.report(OK, '--by', 'channel', '--public').out, r'web +–')

    def test_verified_against_the_log_and_made_anew(self):
        check = self.report(OK, '--verify', '--json').json()
        self.assertEqual((check['contacts'], check['wrong_contacts'], check['wrong_cells']), (2, 0, 0))
        with sqlite3.connect(self.store()) as store:
            store.execute("DELETE FROM ledger_cells WHERE part = 2")
        self.says(self.report(NO, '--verify'), '--rebuild')
        self.assertGreater(self.report(NO, '--verify', '--json').json()['wrong_cells'], 0)
        self.report(OK, '--rebuild')
        self.assertEqual(self.report(OK, '--verify', '--json').json()['wrong_cells'], 0)

    def test_days(self):
        self.assertEqual(self.report(OK, '--to', '2020-12-31', '--json').json()['total']['conversations'], 0)
        self.assertEqual(self.report(OK, '--from', '2020-12-31', '--json').json()['total']['conversations'], 2)
        self.report(OK, '--from', '2020-12-31', '--to', '2020-12-31')
        done = self.report(USAGE, '--from', '2020-12-31', '--to', '2020-12-30', '--json')
        self.says(done, '--from must not be after --to')
        self.assertEqual(done.out, '')
        for bad in ('tomorrow', '2021-13-01', '15/03/2021'):
            self.says(self.report(USAGE, '--from', bad), '2021-03-15')
            self.says(self.report(USAGE, '--to', bad), '2021-03-15')

    def test_no_text_of_what_was_asked_is_in_the_figures(self):
        self.assertIsNone(re.search('otp non arriva|PAA_', self.report(OK, '--json').out))


class OtherData(Data):
    def setUp(self):
        super().setUp()
        self.token(OK, 'add', '--subject', 'prova', '--audience', 'citizen')
        self.dir = self.kb()

    def refused(self, *says):
        with open(self.store(), 'rb') as file:
            before = file.read()
        for args in (['serve', '--kb', self.dir, '--listen', '127.0.0.1:0'], ['report'], ['token', 'list']):
            done = self.ends(FAILED, *args, '--data', self.data)
            self.says(done, os.path.basename(self.store()), *says)
            self.assertEqual(done.out, '', str(done))
        with open(self.store(), 'rb') as file:
            self.assertEqual(file.read(), before)

    def test_a_newer_version_wrote_it(self):
        with sqlite3.connect(self.store()) as db:
            db.execute('PRAGMA user_version = 999')
        db.close()
        self.refused('newer version', '999')

    def test_it_is_no_database(self):
        write(self.store(), b'no database at all, ' * 500)
        self.refused()

    def test_it_is_cut_short(self):
        os.truncate(self.store(), os.path.getsize(self.store()) // 2)
        self.refused('cut short')

    def test_it_is_another_programs(self):
        path = self.store()
        os.remove(path)
        with sqlite3.connect(path) as db:
            db.execute('CREATE TABLE theirs (x)')
        db.close()
        self.refused('another program')

    def test_nothing_is_there(self):
        done = run('report', '--data', self.path('empty'))
        self.assertEqual(done.code, FAILED)
        self.assertIn('empty', done.err)
        self.assertFalse(os.path.exists(self.path('empty')))


if __name__ == '__main__':
    unittest.main()
