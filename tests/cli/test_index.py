"""Building the index: broken articles, crashes, damage, newer data, a knowledge base that is not there."""

import glob
import os
import re
import shutil
import unittest

from program import FAILED, KB_YAML, NO, OK, OTP, Case, Service, article, eventually, read, run, write

BROKEN = OTP.replace('category: accesso', 'category: acesso').replace('Aspetta cinque', 'Aspetta dieci')
OTP_MD = 'it/accesso/otp.md'


class Index(Case):
    def setUp(self):
        super().setUp()
        self.data = self.path('data')
        self.dir = self.kb()

    def index(self, code=OK, *more):
        return self.ends(code, 'index', '--kb', self.dir, '--data', self.data, *more)

    def finds(self, word, article_id=None, code=OK):
        """What a search finds on the same data folder."""
        done = self.ends(code, 'search', '--kb', self.dir, '--data', self.data, '--json', word)
        if article_id:
            self.assertEqual(done.json()['results'][0]['id'], article_id, str(done))
        return done

    def generation(self):
        name = read(os.path.join(self.data, 'index', 'CURRENT')).strip()
        self.assertTrue(os.path.isdir(os.path.join(self.data, 'index', name)), name)
        return name

    def file(self, path):
        return os.path.join(self.dir, path)


class Build(Index):
    def test_json_and_text(self):
        got = self.index(OK, '--json').json()
        self.assertEqual((got['articles'], got['broken']), (4, []))
        self.assertGreaterEqual(got['seconds'], 0)
        self.assertRegex(self.index().out, r'^articles: 4; not readable: 0; \d+\.\d\d s\n$')

    def test_a_second_build_takes_the_place_of_the_first(self):
        self.index()
        first = self.generation()
        self.index()
        self.assertNotEqual(self.generation(), first)
        self.finds('gestore', 'otp')

    def test_changed_added_and_removed_files(self):
        self.index()
        write(self.file(OTP_MD), OTP.replace('gestore', 'fornitore'))
        write(self.file('it/accesso/nuovo.md'), article('nuovo', 'Qualcosa di nuovo', 'Parola astrolabio.'))
        os.remove(self.file('it/pagamento/ricevuta.md'))
        # Without a build: every command looks at the folder first.
        self.finds('fornitore', 'otp')
        self.finds('astrolabio', 'nuovo')
        self.finds('gestore', code=NO)
        self.finds('ricevuta della posta', 'gia-pagato')
        self.assertEqual(self.index(OK, '--json').json()['articles'], 4)

    def test_drafts_and_articles_without_readers_are_not_found(self):
        write(self.file(OTP_MD), OTP.replace('status: published', 'status: draft'))
        self.index()
        self.finds('gestore', code=NO)
        write(self.file(OTP_MD), OTP.replace('status: published', 'status: retired'))
        self.finds('gestore', code=NO)

    def test_a_build_beside_a_running_service(self):
        with Service(self.dir, self.data) as service:

            def total(word):
                status, body = service.call('GET', f'/v1/search?q={word}')
                self.assertEqual(status, 200, body)  # not one request fails
                return body['total']

            self.assertEqual(total('gestore'), 1)
            self.index()
            self.assertEqual(total('gestore'), 1)
            write(self.file('it/accesso/nuovo.md'), article('nuovo', 'Qualcosa di nuovo', 'Parola astrolabio.'))
            self.index()
            self.assertTrue(eventually(lambda: total('astrolabio') == 1))
            for _ in range(4):  # the service cannot follow as fast
                self.index()
                self.index()
                self.assertEqual([total('gestore') for _ in range(4)], [1] * 4)
            code, err = service.stop()
        self.assertEqual(code, OK, err)

    def test_an_empty_knowledge_base(self):
        shutil.rmtree(self.file('it'))
        self.assertEqual(self.index(OK, '--json').json()['articles'], 0)
        self.finds('gestore', code=NO)
        self.assertEqual(run('ask', '--kb', self.dir, '--data', self.data, 'il codice otp non arriva').code, NO)


class BrokenArticle(Index):
    def test_it_is_named_and_the_others_are_served(self):
        write(self.file(OTP_MD), BROKEN)
        done = self.index(NO)
        self.says(done, os.path.join(self.dir, OTP_MD) + ':5: ', 'acesso', 'it is not served')
        self.assertIn('articles: 3; not readable: 1', done.out)
        self.finds('ricevuta', 'ricevuta')
        self.finds('gestore', code=NO)

    def test_its_last_good_version_goes_on(self):
        self.index()
        write(self.file(OTP_MD), BROKEN)
        got = self.index(NO, '--json')
        broken = got.json()['broken']
        self.assertEqual(len(broken), 1)
        self.assertTrue(broken[0]['file'].endswith(OTP_MD))
        self.assertEqual((broken[0]['line'], broken[0]['last_good_serves'], got.json()['articles']), (5, True, 4))
        self.assertIn('acesso', broken[0]['text'])
        self.says(got, OTP_MD + ':5: ', 'its last good version')
        answer = self.ends(
            OK, 'ask', '--kb', self.dir, '--data', self.data, '--json', 'il codice otp non arriva'
        ).json()
        self.assertIn('Aspetta cinque', answer['reply']['markdown'])

    def test_what_its_new_text_takes_from_readers_is_not_served_either(self):
        for name, now in (
            ('no audience', OTP.replace('audience: [citizen]\n', '')),
            ('an empty one', OTP.replace('[citizen]', '[]')),
            ('a mistyped one', OTP.replace('[citizen]', '[citizn]')),
            ('a smaller one, and a mistake elsewhere', BROKEN.replace('[citizen]', '[agent-l1]')),
            ('a draft, and a mistake elsewhere', BROKEN.replace('status: published', 'status: draft')),
            ('retired, and a mistake elsewhere', BROKEN.replace('status: published', 'status: retired')),
        ):
            with self.subTest(name):
                write(self.file(OTP_MD), OTP)
                self.index()
                self.finds('gestore', 'otp')
                self.assertNotEqual(now, OTP)
                write(self.file(OTP_MD), now)
                got = self.index(NO, '--json')
                self.assertEqual((got.json()['broken'][0]['last_good_serves'], got.json()['articles']), (False, 3))
                self.says(got, OTP_MD, 'it is not served')
                self.finds('gestore', code=NO)
                self.assertEqual(self.index(NO, '--json').json()['articles'], 3)  # nor does it come back
        write(self.file(OTP_MD), OTP)
        self.finds('gestore', 'otp')

    def test_a_mistake_and_more_readers(self):
        self.index()
        write(self.file(OTP_MD), BROKEN.replace('[citizen]', '[citizen, agent-l1]'))
        self.assertIs(self.index(NO, '--json').json()['broken'][0]['last_good_serves'], True)

    def test_mended_it_is_live_and_the_exit_status_is_good_again(self):
        self.index()
        write(self.file(OTP_MD), BROKEN)
        self.index(NO)
        write(self.file(OTP_MD), BROKEN.replace('acesso', 'accesso'))
        self.assertEqual(self.index(OK, '--json').json()['broken'], [])
        answer = self.ends(
            OK, 'ask', '--kb', self.dir, '--data', self.data, '--json', 'il codice otp non arriva'
        ).json()
        self.assertIn('Aspetta dieci', answer['reply']['markdown'])

    def test_many_kinds_of_broken(self):
        for number, text in enumerate(
            (
                b'',
                b'\xff\xfe\x00',
                b'---\n',
                b'---\nid: [\n---\n',
                OTP.replace('---', '', 1).encode(),
                b'x' * (1 << 20 | 1),
                b'---\n' + b'a: &a [*a]\n' * 9 + b'---\n',
                OTP.encode()[:40],
            )
        ):
            write(self.file(f'it/accesso/rotto-{number}.md'), text)
        got = self.index(NO, '--json')
        self.assertEqual((got.json()['articles'], len(got.json()['broken'])), (4, 8), str(got))
        for number in range(8):
            self.says(got, f'rotto-{number}.md:')
        self.finds('gestore', 'otp')

    def test_removed_it_is_gone(self):
        self.index()
        write(self.file(OTP_MD), BROKEN)
        self.index(NO)
        os.remove(self.file(OTP_MD))
        self.assertEqual(self.index(OK, '--json').json()['articles'], 3)
        self.finds('gestore', code=NO)

    def test_ask_and_search_name_it_too(self):
        self.index()
        write(self.file(OTP_MD), BROKEN)
        self.says(self.finds('ricevuta'), OTP_MD + ':5: ')


class KbYaml(Index):
    def test_broken_with_nothing_good_before(self):
        write(self.file('kb.yaml'), KB_YAML + 'check: [open\n')
        done = self.index(FAILED)
        self.says(done, 'kb.yaml:')
        self.assertRegex(done.err, r'kb\.yaml:(19|2\d): ')
        self.assertEqual(done.out, '')

    def test_unknown_key_names_line_and_suggestion(self):
        write(self.file('kb.yaml'), KB_YAML.replace('timezone:', 'timezon:'))
        done = run('index', '--kb', self.dir, '--data', self.data)
        self.says(done, 'kb.yaml:4: ', 'timezon', 'timezone"')

    def test_broken_later_the_last_good_one_goes_on(self):
        self.index()
        write(self.file('kb.yaml'), KB_YAML.replace('languages: [it, en, de]', 'languages: it, en'))
        done = run('index', '--kb', self.dir, '--data', self.data)
        self.assertIn(done.code, (OK, NO), str(done))
        self.says(done, 'kb.yaml:3: ', 'the last good one goes on')
        self.finds('gestore', 'otp')

    def test_gone_later_nothing_is_taken_out(self):
        self.index()
        os.remove(self.file('kb.yaml'))
        shutil.move(self.file('it'), self.path('aside'))
        done = run('search', '--kb', self.dir, '--data', self.data, '--json', 'gestore')
        self.says(done, 'kb.yaml')
        if done.code == OK:
            self.assertEqual(done.json()['results'][0]['id'], 'otp')
        else:
            self.assertEqual(done.code, FAILED)

    def test_a_new_audience_gets_its_index(self):
        self.index()
        write(
            self.file('kb.yaml'),
            KB_YAML.replace('audiences:\n', 'audiences:\n  partner: {name: {it: Partner}, reads: [citizen]}\n'),
        )
        self.ends(OK, 'search', '--kb', self.dir, '--data', self.data, '--audience', 'partner', 'gestore')


class Damage(Index):
    def setUp(self):
        super().setUp()
        self.index()
        self.words = os.path.join(self.data, 'index', self.generation(), 'citizen', 'words')

    def is_rebuilt(self):
        before = self.generation()
        done = self.finds('gestore', 'otp')
        self.says(done, 'the index is built again')
        self.assertNotEqual(self.generation(), before)
        self.assertNotIn('built again', self.finds('gestore', 'otp').err)

    def test_a_file_cut_short(self):
        names = [name for name in os.listdir(self.words) if os.path.getsize(os.path.join(self.words, name)) > 0]
        self.assertIn('postlist.glass', names)
        for name in names:
            if name.endswith('.glass'):
                with self.subTest(file=name):
                    path = os.path.join(self.data, 'index', self.generation(), 'citizen', 'words', name)
                    os.truncate(path, os.path.getsize(path) // 2)
                    self.is_rebuilt()

    def test_a_file_that_is_gone(self):
        os.remove(os.path.join(self.words, 'postlist.glass'))
        self.is_rebuilt()

    def test_a_seal_that_is_gone(self):
        os.remove(os.path.join(os.path.dirname(self.words), 'SEAL'))
        self.is_rebuilt()

    def test_a_whole_index_that_is_gone(self):
        shutil.rmtree(os.path.dirname(self.words))
        self.is_rebuilt()

    def test_rubbish_in_the_place_of_a_file(self):
        path = os.path.join(self.words, 'iamglass')
        write(path, b'\0' * os.path.getsize(path))
        self.is_rebuilt()

    def test_a_manifest_cut_short(self):
        path = os.path.join(self.data, 'index', self.generation(), 'MANIFEST')
        os.truncate(path, os.path.getsize(path) // 2)
        self.is_rebuilt()

    def test_current_names_nothing(self):
        for text in ('', 'g-77\n', 'rubbish\n', '../../x\n'):
            with self.subTest(text=text):
                write(os.path.join(self.data, 'index', 'CURRENT'), text)
                self.finds('gestore', 'otp')
                self.assertRegex(self.generation(), r'^g-\d+$')

    def test_the_index_folder_is_gone(self):
        shutil.rmtree(os.path.join(self.data, 'index'))
        self.finds('gestore', 'otp')

    def test_a_broken_article_and_no_index(self):
        write(self.file(OTP_MD), BROKEN)
        self.index(NO)
        shutil.rmtree(os.path.join(self.data, 'index'))
        done = run('index', '--kb', self.dir, '--data', self.data, '--json')
        self.assertEqual(done.code, NO, str(done))
        self.assertGreaterEqual(done.json()['articles'], 3)
        self.finds('ricevuta', 'ricevuta')

    def test_leftovers_of_a_crash_are_passed_over(self):
        left = os.path.join(self.data, 'index', 'g-99.tmp')
        write(os.path.join(left, 'citizen', 'words', 'postlist.glass'), b'half')
        write(os.path.join(self.data, 'index', 'CURRENT.tmp'), 'g-99\n')
        before = self.generation()
        done = self.finds('gestore', 'otp')
        self.assertNotIn('built again', done.err)
        self.assertEqual(self.generation(), before)
        self.index()
        self.assertFalse(os.path.exists(left))
        self.finds('gestore', 'otp')

    def test_a_generation_that_no_current_names_is_no_obstacle(self):
        left = os.path.join(self.data, 'index', 'g-99')
        write(os.path.join(left, 'citizen', 'SEAL'), 'sportello-index 1\n')
        self.index()
        self.finds('gestore', 'otp')


class NewerData(Index):
    def setUp(self):
        super().setUp()
        self.index()

    def is_refused(self, *says):
        before = {
            path: os.path.getmtime(path)
            for path in glob.glob(os.path.join(self.data, '**'), recursive=True)
            if os.path.isfile(path) and not path.endswith(('LOCK', 'lock'))
        }
        for args in (['index'], ['search', 'gestore'], ['ask', 'gestore'], ['serve', '--listen', '127.0.0.1:0']):
            done = self.ends(FAILED, *args, '--kb', self.dir, '--data', self.data)
            self.says(done, 'newer version', *says)
            self.assertEqual(done.out, '', str(done))
        for path, time in before.items():
            self.assertEqual(os.path.getmtime(path), time, f'{path} was changed')

    def test_a_newer_index(self):
        path = os.path.join(self.data, 'index', self.generation(), 'citizen', 'SEAL')
        write(path, re.sub(r'^sportello-index \d+\n', 'sportello-index 999\n', read(path)))
        self.is_refused('SEAL', '999')

    def test_a_newer_manifest(self):
        path = os.path.join(self.data, 'index', self.generation(), 'MANIFEST')
        first, rest = read(path).split('\n', 1)
        write(path, first.replace(first.split()[1], '999', 1) + '\n' + rest)
        self.is_refused('MANIFEST', '999')

    def test_an_older_index_is_built_again(self):
        path = os.path.join(self.data, 'index', self.generation(), 'citizen', 'SEAL')
        write(path, re.sub(r'^sportello-index \d+\n', 'sportello-index 0\n', read(path)))
        self.says(self.finds('gestore', 'otp'), 'the index is built again')


if __name__ == '__main__':
    unittest.main()
