"""Labelled questions as further phrasings of their articles: found by them, shown to nobody."""

import json
import os
import signal
import unittest

from program import FAILED, NO, OK, Case, Service, article, eventually, lines_file, run

QUOKKA = {'question': 'quokka zampettante sul tetto', 'lang': 'it', 'expect': 'answer', 'articles': ['otp']}


class Labelled(Case):
    def setUp(self):
        super().setUp()
        self.kb_dir, self.data = self.kb(), self.path('data')

    def labelled(self, *rows):
        return lines_file(self.path('labelled.jsonl'), rows)

    def ask(self, text, *more):
        done = run('ask', '--kb', self.kb_dir, '--data', self.data, '--json', *more, '--', text)
        self.assertIn(done.code, (OK, NO), str(done))
        return done.json()

    def answers(self, text, *more):
        answer = self.ask(text, *more)
        return answer['article'] if answer['decision'] == 'answer' else None

    def test_finds_the_article(self):
        self.assertIsNone(self.answers('quokka zampettante sul tetto'))
        file = self.labelled(QUOKKA)
        self.assertEqual(self.answers('Quokka zampettante sul tetto?', '--labelled', file), 'otp')
        # Also by some of its words, as by the article's own questions.
        self.assertEqual(self.answers('quokka zampettante', '--labelled', file), 'otp')
        # And without the file no more: the article was put again.
        self.assertIsNone(self.answers('quokka zampettante sul tetto'))

    def test_the_knowledge_base_has_its_own(self):
        own = lines_file(os.path.join(self.kb_dir, 'labelled.jsonl'), [QUOKKA])
        self.assertEqual(self.answers('quokka zampettante sul tetto'), 'otp')
        # One that is named takes its place.
        other = self.labelled(dict(QUOKKA, question='vombato girovago'))
        self.assertIsNone(self.answers('quokka zampettante sul tetto', '--labelled', other))
        self.assertEqual(self.answers('vombato girovago', '--labelled', other), 'otp')
        self.assertEqual(self.answers('quokka zampettante sul tetto'), 'otp')
        os.remove(own)
        self.assertIsNone(self.answers('quokka zampettante sul tetto'))

    def test_the_service_follows_the_knowledge_base(self):
        own = os.path.join(self.kb_dir, 'labelled.jsonl')
        with Service(self.kb_dir, self.data) as service:

            def answered():
                return service.call('POST', '/v1/chat', {'message': 'quokka zampettante sul tetto'})[1]['decision'] == 'answer'

            self.assertFalse(answered())
            lines_file(own, [QUOKKA])
            self.assertTrue(eventually(answered))
            with open(own, 'w', encoding='utf-8') as opened:
                opened.write('{')  # what was good goes on
            service.process.send_signal(signal.SIGHUP)
            self.assertTrue(service.hears('labelled.jsonl:1: column'))
            self.assertTrue(answered())
            os.remove(own)
            self.assertTrue(eventually(lambda: not answered()))
            self.assertEqual(service.stop()[0], OK)

    def test_every_command_takes_it(self):
        file = self.labelled(QUOKKA)
        call = ['--kb', self.kb_dir, '--data', self.data, '--labelled', file]
        self.ends(OK, 'index', *call)
        self.ends(OK, 'search', *call, 'quokka')
        questions = lines_file(self.path('q.jsonl'), [dict(QUOKKA, id='1')])
        self.assertEqual(self.ends(OK, 'eval', *call, '--json', questions).json()['P@1'], 1)

    def test_a_changed_file(self):
        file = self.labelled(QUOKKA)
        self.assertEqual(self.answers('quokka zampettante sul tetto', '--labelled', file), 'otp')
        self.labelled(dict(QUOKKA, articles=['ricevuta']))
        self.assertEqual(self.answers('quokka zampettante sul tetto', '--labelled', file), 'ricevuta')
        self.labelled(QUOKKA, dict(QUOKKA, question='vombato girovago'))
        self.assertEqual(self.answers('quokka zampettante sul tetto', '--labelled', file), 'otp')
        self.assertEqual(self.answers('vombato girovago', '--labelled', file), 'otp')

    def test_what_counts(self):
        file = self.labelled(
            {'question': 'dugongo', 'expect': 'ticket'},
            {'question': 'tapiro', 'expect': 'answer', 'articles': []},
            {'question': 'okapi notturno', 'expect': 'answer', 'articles': ['nowhere']},
            {'question': 'bradipo operoso', 'expect': 'answer', 'articles': ['otp']},  # any language
            {'question': 'lama sputacchiante', 'lang': 'de', 'expect': 'answer', 'articles': ['otp']},  # not written in it
            '',
        )
        for text in ('dugongo', 'tapiro', 'okapi notturno', 'lama sputacchiante'):
            self.assertIsNone(self.answers(text, '--labelled', file), text)
        self.assertEqual(self.answers('bradipo operoso', '--labelled', file), 'otp')

    def test_what_no_article_answers_is_no_phrasing(self):
        file = self.labelled(QUOKKA, {'question': 'vombato girovago', 'lang': 'it', 'expect': 'ticket', 'articles': []},
                             {'question': 'che ora fa il vombato', 'expect': 'none'})
        self.assertEqual(self.answers('quokka zampettante sul tetto', '--labelled', file), 'otp')
        self.assertNotEqual(self.ask('vombato girovago', '--labelled', file)['decision'], 'answer')

    def test_several_right_articles(self):
        file = self.labelled(dict(QUOKKA, articles=['otp', 'ricevuta']))
        questions = lines_file(self.path('q.jsonl'), [dict(QUOKKA, id='1')])
        out = self.path('run.jsonl')
        self.ends(OK, 'eval', '--kb', self.kb_dir, '--data', self.data, '--labelled', file, '--run', out, questions)
        with open(out, encoding='utf-8') as got:
            self.assertEqual({a['id'] for a in json.loads(got.read())['articles'][:2]}, {'otp', 'ricevuta'})

    def test_only_for_those_who_may_read_the_article(self):
        file = self.labelled(dict(QUOKKA, articles=['procedura-interna']))
        self.assertIsNone(self.answers('quokka zampettante sul tetto', '--labelled', file))
        self.assertEqual(
            self.answers('quokka zampettante sul tetto', '--labelled', file, '--audience', 'agent-l1'), 'procedura-interna'
        )
        citizen = b''
        for folder, _, names in os.walk(os.path.join(self.data, 'index')):
            if f'{os.sep}citizen' in folder:
                for name in names:
                    with open(os.path.join(folder, name), 'rb') as opened:
                        citizen += opened.read()
        self.assertIn(b'otp', citizen)
        self.assertNotIn(b'quokka', citizen)

    def test_an_ended_article_hands_them_on(self):
        old = article('vecchio', 'Vecchia regola', 'Testo.', replaced_by='otp', valid_until='2020-01-01')
        with open(os.path.join(self.kb_dir, 'it/accesso/vecchio.md'), 'w', encoding='utf-8') as opened:
            opened.write(old)
        file = self.labelled(dict(QUOKKA, articles=['vecchio']))
        self.assertEqual(self.answers('quokka zampettante sul tetto', '--labelled', file), 'otp')

    def test_personal_data_is_masked(self):
        file = self.labelled(dict(QUOKKA, question='quokka di mario.rossi@example.org e IT60X0542811101000000123456'))
        self.ask('quokka', '--labelled', file)
        for folder, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(folder, name), 'rb') as opened:
                    text = opened.read().lower()
                self.assertNotIn(b'rossi', text, name)
                self.assertNotIn(b'x0542811101000000123456', text, name)

    def test_duplicates_change_nothing(self):
        own = dict(QUOKKA, question='Il CODICE otp non arriva!')  # a question of the article already
        first = self.features(self.labelled(QUOKKA))
        again = self.features(self.labelled(QUOKKA, QUOKKA, dict(QUOKKA, question='QUOKKA, zampettante sul tetto?'), own))
        self.assertEqual(again, first)

    def features(self, file):
        questions = lines_file(self.path('q.jsonl'), [dict(QUOKKA, id='1')])
        out = self.path('features.jsonl')
        self.ends(OK, 'eval', '--kb', self.kb_dir, '--data', self.data, '--labelled', file, '--features', out, questions)
        with open(out, encoding='utf-8') as got:
            return json.loads(got.read())

    def test_mistakes_name_file_and_line(self):
        for bad, says in (
            ('{"id": "x"', 'column'),
            ('[]', 'a JSON object is needed'),
            ({'question': 'y', 'articles': ['otp']}, '"expect" is missing'),
            ({'question': 'y', 'expect': 'maybe'}, '"expect" is "maybe"; known are answer, clarify'),
            ({'expect': 'answer', 'articles': ['otp']}, '"question" is missing'),
            (dict(QUOKKA, question=' '), '"question" is empty'),
            (dict(QUOKKA, question='a' * 2001), '2001 characters'),
            (dict(QUOKKA, question=7), '"question" must be a text'),
            (dict(QUOKKA, articles='otp'), '"articles" must be a list'),
            (dict(QUOKKA, articles=[7]), '"articles" must be a list'),
            (dict(QUOKKA, lang='fr'), '"lang" is "fr"'),
        ):
            with self.subTest(bad=bad):
                file = self.labelled(QUOKKA, '', bad)
                for command in (['ask', 'x'], ['index']):
                    done = self.ends(FAILED, *command, '--kb', self.kb_dir, '--data', self.data, '--labelled', file)
                    self.says(done, 'labelled.jsonl:3:', says)
        done = self.ends(FAILED, 'ask', 'x', '--kb', self.kb_dir, '--labelled', self.path('none.jsonl'))
        self.says(done, 'none.jsonl')

    def test_the_service_follows_the_file(self):
        file = self.labelled(QUOKKA)
        with Service(self.kb_dir, self.data, '--labelled', file) as service:

            def answered(text):
                return service.call('POST', '/v1/chat', {'message': text})[1]['decision'] == 'answer'

            self.assertTrue(answered('quokka zampettante sul tetto'))
            self.labelled(dict(QUOKKA, question='vombato girovago'))
            service.process.send_signal(signal.SIGHUP)
            self.assertTrue(eventually(lambda: answered('vombato girovago')))
            self.assertTrue(eventually(lambda: not answered('quokka zampettante sul tetto')))
            self.labelled('{')  # what was good goes on
            service.process.send_signal(signal.SIGHUP)
            self.assertTrue(answered('vombato girovago'))
            with open(os.path.join(self.kb_dir, 'it/accesso/otp.md'), 'a', encoding='utf-8') as opened:
                opened.write('\nAltro testo.\n')
            code, err = service.stop()
        self.assertEqual(code, OK)
        self.assertIn('labelled.jsonl:1: column', err)

    def test_in_the_configuration_file(self):
        with open(self.path('serve.conf'), 'w', encoding='utf-8') as opened:
            opened.write(f'labelled: {self.labelled(QUOKKA)}\n')
        with Service(self.kb_dir, self.data, '--config', self.path('serve.conf')) as service:
            got = service.call('POST', '/v1/chat', {'message': 'quokka zampettante sul tetto'})[1]
            self.assertEqual(got['decision'], 'answer')

    def test_shown_nowhere(self):
        with Service(self.kb_dir, self.data, '--labelled', self.labelled(QUOKKA)) as service:
            self.assertEqual(service.call('GET', '/v1/suggest?q=quok&lang=it')[1], {'suggestions': []})
            for path in ('/v1/articles/otp?lang=it', '/v1/search?q=quokka&lang=it', '/'):
                status, got = service.call('GET', path)
                self.assertEqual(status, 200, path)
                self.assertNotIn('zampettante', json.dumps(got), path)


if __name__ == '__main__':
    unittest.main()
