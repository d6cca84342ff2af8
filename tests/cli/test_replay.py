"""sportello replay: a table of contacts, played by people drawn from labelled questions, into a folder of its own."""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import unittest

import program
from program import FAILED, KB, NO, OK, ROOT, USAGE, Case, run

VOLUMES = os.path.join(ROOT, 'corpus', 'volumes', 'reference.json')
BEHAVIOUR = os.path.join(ROOT, 'corpus', 'volumes', 'behaviour.json')
UNANSWERED = os.path.join(ROOT, 'corpus', 'volumes', 'unanswered.jsonl')
QUESTIONS = os.path.join(ROOT, 'corpus', 'questions.it.jsonl')
ENDS = ('resolved_confirmed', 'resolved_assumed', 'ticket_level1', 'ticket_level2', 'abandoned', 'no_request')
SHARE = 0.0023  # some 2,000 contacts

# The reference's tables, as they are printed: app IO by month and type, pagoPA by channel.
APP_IO = {
    '2021-01': ([36285, 6796, 13922, 66276, 147381, 2890, 13259, 3816], 290625),
    '2021-02': ([20219, 3507, 10340, 37238, 92179, 3425, 8300, 2179], 177387),
    '2021-03': ([13844, 2239, 10472, 28364, 57284, 5337, 6411, 1797], 125748),
    '2021-04': ([7858, 1197, 2920, 13914, 75892, 5570, 4090, 1765], 113206),
}
APP_IO_COLUMNS = [78206, 13739, 37654, 145792, 372736, 17222, 32060, 9557]
PAGOPA = [71777, 34913, 13734, 36473, 6700]


def lines(path):
    with open(path, encoding='utf-8') as file:
        return [json.loads(line) for line in file]


def volumes():
    with open(VOLUMES, encoding='utf-8') as file:
        return json.load(file)


class Table(unittest.TestCase):
    """The data by themselves."""

    def test_every_cell_and_sum_is_the_reference_s(self):
        rows = [r for r in volumes()['volumes'] if r['service'] == 'app-io']
        for month, (cells, total) in APP_IO.items():
            found = [r['contacts'] for r in rows if r['from'] == r['until'] == month]
            self.assertEqual(found, cells)
            self.assertEqual(sum(found), total)
        types = list(dict.fromkeys(r['category'] for r in rows))
        self.assertEqual([sum(r['contacts'] for r in rows if r['category'] == t) for t in types], APP_IO_COLUMNS)
        self.assertEqual(sum(r['contacts'] for r in rows), 706966)
        pagopa = [r for r in volumes()['volumes'] if r['service'] == 'pagopa']
        self.assertEqual([r['contacts'] for r in pagopa], PAGOPA)
        self.assertEqual(sum(PAGOPA[:3]), 120424)
        self.assertEqual(sum(PAGOPA[3:]), 43173)
        self.assertEqual(sum(PAGOPA), 163597)

    def test_services_repeat_total_and_share(self):
        told = {s['service']: (s['contacts'], s['level1']) for s in volumes()['services']}
        self.assertEqual(told, {'app-io': (706966, 0.945), 'pagopa': (163597, 0.9117)})

    def test_every_question_that_nothing_answers_has_a_category(self):
        named = {line['id']: line['category'] for line in lines(UNANSWERED)}
        self.assertEqual(set(named), {q['id'] for q in lines(QUESTIONS) if q['expect'] == 'ticket'})
        with open(os.path.join(KB, 'kb.yaml'), encoding='utf-8') as file:
            known = set(re.findall(r'^  ([a-z-]+):$', file.read(), re.M)) | {'*'}
        self.assertLessEqual(set(named.values()), known)


class Indexed(Case):
    """An index of kb/ that each test begins with a copy of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = program.temporary()
        program.indexed.put_in(os.path.join(cls.base, 'index'))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.base, ignore_errors=True)
        super().tearDownClass()

    def copy(self, name):
        data = self.path(name)
        shutil.copytree(os.path.join(self.base, 'index'), data)
        return data


class Replay(Indexed):
    def fresh(self, name):
        """A data folder with an index and no store."""
        return self.copy(name)

    def args(self, data, *more, share=SHARE):
        return ['replay', '--volumes', VOLUMES, '--questions', QUESTIONS, '--kb', KB, '--data', data, '--encoder', 'none', '--share', str(share), *more]

    def played(self, data, *more, **options):
        result = self.ends(OK, *self.args(data, '--json', *more, **options)).json()
        return result.pop('run'), result

    def stored(self, data, query):
        with contextlib.closing(sqlite3.connect(f'file:{data}/store.sqlite?mode=ro', uri=True)) as store:
            return store.execute(query).fetchone()[0]

    def test_the_same_seed_gives_the_same_and_every_contact_ends_once(self):
        first = self.fresh('first')
        _, one = self.played(first)
        _, two = self.played(self.fresh('second'))
        self.assertEqual(one, two)
        _, other = self.played(self.fresh('other'), '--seed', '2')
        self.assertNotEqual([one[e] for e in ENDS], [other[e] for e in ENDS])
        rounded = sum(int(r['contacts'] * SHARE + 0.5) for r in volumes()['volumes'])
        self.assertEqual(one['contacts'], rounded)
        self.assertEqual(sum(one[e] for e in ENDS), rounded)
        self.assertEqual(one['stored'], rounded)
        for of in one['services']:
            self.assertEqual(sum(of[e] for e in ENDS), of['contacts'])
            self.assertEqual(sum(c['contacts'] for c in of['categories']), of['contacts'])
        self.assertEqual(self.stored(first, 'SELECT count(*) FROM tickets'), one['ticket_level1'] + one['ticket_level2'])
        self.the_ledger_says_the_same(first, one)
        self.all_times_are_the_table_s(first)
        self.nobody_is_in_it(first)

    def the_ledger_says_the_same(self, data, result):
        total = self.ends(OK, 'report', '--data', data, '--json', '--from', '2020-04-01', '--to', '2022-12-31').json()['total']
        self.assertEqual(total['conversations'], result['contacts'] - result['no_request'])
        self.assertEqual(total['resolved_confirmed'], result['resolved_confirmed'])
        self.assertEqual(total['tickets'], result['ticket_level1'] + result['ticket_level2'])
        self.assertEqual((total['resolved_assumed'], total['abandoned']), (result['resolved_assumed'], result['abandoned']))
        self.ends(OK, 'report', '--data', data, '--verify')

    def all_times_are_the_table_s(self, data):
        first, last = (self.stored(data, f"SELECT datetime({f}(began_utc_s), 'unixepoch', '+2 hours') FROM conversations") for f in ('min', 'max'))
        self.assertGreaterEqual(first, '2020-05-01')
        self.assertLess(last, '2021-05-01 03')

    def nobody_is_in_it(self, data):
        self.assertEqual(self.stored(data, "SELECT count(*) FROM ticket_values WHERE field = 'email' AND value NOT LIKE 'persona%@example.com'"), 0)
        self.assertGreater(self.stored(data, "SELECT count(*) FROM ticket_values WHERE field = 'email'"), 0)

    def cut_off(self, data, share):
        """Killed once some contacts are on disk, and before the last."""
        process = subprocess.Popen([program.BIN, *self.args(data, share=share)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=program.environment())

        def something_stored():
            with contextlib.suppress(sqlite3.Error):
                return process.poll() is not None or self.stored(data, 'SELECT count(*) FROM conversations') > 0

        program.eventually(something_stored, program.TIMEOUT_S)
        process.send_signal(signal.SIGKILL)
        self.assertEqual(process.wait(), -signal.SIGKILL, 'it had ended before it could be killed')
        return self.stored(data, 'SELECT count(*) FROM conversations')

    def test_killed_in_the_middle_it_goes_on_to_the_same_total(self):
        share = SHARE * 2
        _, whole = self.played(self.fresh('whole'), share=share)
        data = self.fresh('cut')
        there = self.cut_off(data, share)
        self.assertLess(there, whole['contacts'])
        self.ends(NO, *self.args(data, share=share))
        self.ends(NO, *self.args(data, '--resume', '--seed', '7', share=share))
        of_run, resumed = self.played(data, '--resume', share=share)
        self.assertEqual(of_run['resumed'], there)
        self.assertEqual(resumed, whole)
        of_run, again = self.played(data, '--resume', share=share)  # nothing is left to do
        self.assertEqual((of_run['resumed'], again), (whole['contacts'], whole))

    def test_a_folder_with_people_s_conversations_is_refused(self):
        data = self.fresh('people')
        with program.Service(KB, data) as service:
            service.call('POST', '/v1/chat', {'message': 'non mi arriva il codice otp'})
        done = self.ends(NO, *self.args(data))
        self.assertIn('fresh', done.err)
        self.assertEqual(self.stored(data, 'SELECT count(*) FROM conversations'), 1)

    def test_a_changed_knowledge_base_is_noticed(self):
        kb = self.path('kb')
        shutil.copytree(KB, kb)
        args = [*self.args(self.fresh('changed'), share=0.0003)]
        args[args.index('--kb') + 1] = kb
        self.ends(OK, *args)
        self.ends(OK, *args, '--resume')
        with open(os.path.join(kb, 'kb.yaml'), 'a', encoding='utf-8') as file:
            file.write('# another one\n')
        self.assertIn('knowledge base', self.ends(NO, *args, '--resume').err)

    def test_text_names_the_reference_and_what_is_assumed(self):
        done = self.ends(OK, *self.args(self.fresh('text'), share=0.0003))
        for words in ('94.50 %', '91.17 %', 'assumptions', 'Cashback Transazioni'):
            self.assertIn(words, done.out)

    def test_mistakes_in_the_files_are_told(self):
        with open(BEHAVIOUR, encoding='utf-8') as file:
            behaviour = json.load(file)
        behaviour['step']['next'] = 0.9
        wrong = self.path('wrong.json')
        with open(wrong, 'w', encoding='utf-8') as file:
            json.dump(behaviour, file)
        done = self.ends(FAILED, *self.args(self.fresh('wrong'), '--behaviour', wrong))
        self.assertRegex(done.err, r'wrong\.json.*"step"')
        done = self.ends(USAGE, 'replay', '--volumes', VOLUMES)
        self.assertIn('--questions', done.err)


class OverHttp(Indexed):
    """Against a running server, which is killed."""

    SHARE = 0.0003  # some 260 contacts

    def fresh(self, name):
        """A data folder with an index and an administrator's token."""
        data = self.copy(name)
        self.token = self.ends(OK, 'token', 'add', '--data', data, '--kb', KB, '--subject', 'replay', '--role', 'admin', '--audience', 'citizen', '--json').json()['token']
        return data

    def client(self, port, *more, share=SHARE):
        """The replay's other end, under way."""
        args = ['replay', '--server', f'http://127.0.0.1:{port}', '--volumes', VOLUMES, '--questions', QUESTIONS, '--kb', KB, '--share', str(share), '--json', *more]
        return subprocess.Popen([program.BIN, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=program.environment(SPORTELLO_TOKEN=self.token))

    def outcome(self, client, status=OK):
        out, err = client.communicate(timeout=program.TIMEOUT_S)
        self.assertEqual(client.returncode, status, err)
        return json.loads(out) if status == OK else err

    def stored(self, data, query):
        with contextlib.closing(sqlite3.connect(f'file:{data}/store.sqlite?mode=ro', uri=True)) as store:
            return store.execute(query).fetchone()[0]

    def whole(self):
        data = self.fresh('whole')
        with program.Service(KB, data, '--replay') as service:
            result = self.outcome(self.client(service.port))
        run = result.pop('run')
        self.assertEqual((run['repeated'], run['resumed']), (0, 0))
        self.assertEqual(result['stored'], result['contacts'])
        self.assertEqual(sum(result[e] for e in ENDS), result['contacts'])
        self.adds_up(data, result)
        here = self.fresh('here')
        for name in ('store.sqlite', 'person.key'):  # an empty store is begun where neither is
            os.remove(os.path.join(here, name))
        in_process = self.ends(OK, 'replay', '--volumes', VOLUMES, '--questions', QUESTIONS, '--kb', KB, '--data', here, '--encoder', 'none', '--share', str(self.SHARE), '--json').json()
        in_process.pop('run')
        self.assertEqual(in_process, result)  # whoever carries their words
        return result

    def adds_up(self, data, result):
        tickets = result['ticket_level1'] + result['ticket_level2']
        self.assertEqual(self.stored(data, 'SELECT count(*) FROM conversations'), result['contacts'])
        self.assertEqual(self.stored(data, 'SELECT count(*) FROM turns'), result['turns'])
        self.assertEqual(self.stored(data, 'SELECT count(*) FROM tickets'), tickets)
        self.assertEqual(self.stored(data, "SELECT count(*) FROM tickets WHERE state = 'closed'"), tickets)
        self.assertEqual(self.stored(data, "SELECT count(*) FROM ticket_history WHERE state = 'closed'"), tickets)
        self.assertEqual(self.stored(data, "SELECT count(*) FROM audit WHERE at_utc_s < unixepoch('now', '-1 day')"), 0)
        total = self.ends(OK, 'report', '--data', data, '--json', '--from', '2020-04-01', '--to', '2022-12-31').json()['total']
        self.assertEqual(total['conversations'], result['contacts'] - result['no_request'])
        self.assertEqual(total['resolved_confirmed'], result['resolved_confirmed'])
        self.assertEqual(total['tickets'], tickets)
        self.assertEqual((total['resolved_assumed'], total['abandoned']), (result['resolved_assumed'], result['abandoned']))
        self.ends(OK, 'report', '--data', data, '--verify')

    def test_killed_in_the_middle_nothing_is_lost_and_nothing_twice(self):
        whole = self.whole()
        data = self.fresh('killed')
        service = program.Service(KB, data, '--replay')
        port, client = service.port, self.client(service.port)
        try:
            for part in (0.3, 0.7):
                there = program.eventually(lambda part=part: self.stored(data, 'SELECT count(*) FROM conversations') >= part * whole['contacts'], program.TIMEOUT_S)
                self.assertTrue(there, 'it does not go on')
                service.process.send_signal(signal.SIGKILL)
                service.process.communicate()
                self.assertIsNone(client.poll(), 'the replay had ended before the server was killed')
                service = program.Service(KB, data, '--replay', '--listen', f'127.0.0.1:{port}')
            result = self.outcome(client)
        finally:
            client.kill()
            service.stop()
        self.assertGreater(result.pop('run')['repeated'], 0)
        self.assertEqual(result, whole)
        self.adds_up(data, result)

    def test_the_client_is_killed_and_goes_on(self):
        share = self.SHARE / 2
        data = self.fresh('resumed')
        with program.Service(KB, data, '--replay') as service:
            client = self.client(service.port, share=share)
            program.eventually(lambda: self.stored(data, 'SELECT count(*) FROM conversations') > 20, program.TIMEOUT_S)
            client.kill()
            client.communicate()
            self.assertIn('--resume', self.outcome(self.client(service.port, share=share), NO))
            self.assertIn('other', self.outcome(self.client(service.port, '--resume', '--seed', '7', share=share), NO))
            result = self.outcome(self.client(service.port, '--resume', share=share))
        self.assertGreater(result['run']['resumed'], 20)
        self.adds_up(data, result)

    def test_a_changed_knowledge_base_is_noticed(self):
        kb = self.path('kb')
        shutil.copytree(KB, kb)
        data = self.fresh('changed')
        with program.Service(kb, data, '--replay') as service:
            client = self.client(service.port)
            program.eventually(lambda: self.stored(data, 'SELECT count(*) FROM conversations') > 20, program.TIMEOUT_S)
            article = next(os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(kb, 'it')) for name in sorted(names) if name.endswith('.md'))
            with open(article, 'a', encoding='utf-8') as file:
                file.write('\nAncora una frase.\n')
            self.assertIn('knowledge base', self.outcome(client, NO))

    def test_nobody_s_conversations_are_mixed_with_made_up_ones(self):
        data = self.fresh('people')
        with program.Service(KB, data) as service:
            service.call('POST', '/v1/chat', {'message': 'non mi arriva il codice otp'})
            self.assertIn('serve --replay', self.outcome(self.client(service.port), FAILED))
        done = self.ends(FAILED, 'serve', '--kb', KB, '--data', data, '--listen', '127.0.0.1:0', '--replay')
        self.assertIn('fresh', done.err)


if __name__ == '__main__':
    unittest.main()
