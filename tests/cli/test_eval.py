"""Measuring answers on labelled questions: figures, runs, and the sets that lie beside the repository."""

import json
import os
import shutil
import subprocess
import sys
import unittest

from program import EVAL, FAILED, OK, Case, WithIndex, lines_file, read, run, small_kb, temporary

QUESTIONS = [
    {
        'id': 'q1',
        'lang': 'it',
        'question': 'il codice otp non arriva',
        'expect': 'answer',
        'articles': ['otp'],
        'kind': 'known',
    },
    {
        'id': 'q2',
        'lang': 'it',
        'question': 'PAA_PAGAMENTO_DUPLICATO',
        'expect': 'answer',
        'articles': ['gia-pagato'],
        'kind': 'code',
    },
    {'id': 'q3', 'lang': 'it', 'question': 'voglio parlare con un operatore', 'expect': 'ticket', 'kind': 'human'},
    {'id': 'q4', 'lang': 'it', 'question': 'ciao', 'expect': 'none', 'kind': 'smalltalk'},
    {
        'id': 'q5',
        'lang': 'it',
        'question': 'mi serve la ricevuta',
        'expect': 'answer',
        'articles': ['gia-pagato'],
        'kind': 'wrong',
    },
]
FIGURES = ['P@1', 'MRR@10', 'S@5', 'c@1', 'resolved', 'assisted', 'wrong', 'precision', 'out_recall', 'out_decision']
SCORE = os.path.join(EVAL, 'score.py')


class Eval(WithIndex):
    @classmethod
    def setUpClass(cls):
        cls.kb_of_class = small_kb(temporary())
        cls.addClassCleanup(shutil.rmtree, cls.kb_of_class, ignore_errors=True)
        super().setUpClass()

    def eval(self, code, rows, *more):
        return self.ends(
            code,
            'eval',
            '--kb',
            self.kb_of_class,
            '--data',
            self.data,
            *more,
            lines_file(self.path('questions.jsonl'), rows),
        )

    def test_figures(self):
        got = self.eval(OK, QUESTIONS, '--json').json()
        self.assertEqual(list(got), ['questions', 'unanswerable'] + FIGURES + ['ece'])
        self.assertEqual((got['questions'], got['unanswerable']), (3, 2))
        self.assertEqual(
            (got['P@1'], got['resolved'], got['wrong'], got['precision']), (0.6667, 0.6667, 0.3333, 0.6667)
        )
        self.assertEqual((got['out_recall'], got['out_decision']), (1, 1))
        self.assertGreaterEqual(got['MRR@10'], 0.6667)
        self.assertEqual(got['c@1'], 0.6667)  # nothing was left unanswered
        self.assertTrue(0 <= got['ece'] <= 1)

    def test_text_has_the_same_figures(self):
        text = dict(line.split() for line in self.eval(OK, QUESTIONS).out.splitlines())
        numbers = self.eval(OK, QUESTIONS, '--json').json()
        self.assertEqual({k: float(v) for k, v in text.items()}, {k: float(v) for k, v in numbers.items()})

    def test_what_cannot_be_counted_is_null(self):
        got = self.eval(OK, QUESTIONS[2:4], '--json').json()
        self.assertIsNone(got['P@1'])
        self.assertEqual(got['out_recall'], 1)
        got = self.eval(OK, QUESTIONS[:1], '--json').json()
        self.assertIsNone(got['out_recall'])
        self.assertEqual(got['P@1'], 1)
        self.assertIn('-', self.eval(OK, QUESTIONS[:1]).out)

    def test_run_is_written(self):
        self.eval(OK, QUESTIONS, '--run', self.path('run.jsonl'))
        rows = [json.loads(line) for line in read(self.path('run.jsonl')).splitlines()]
        self.assertEqual([row['id'] for row in rows], [row['id'] for row in QUESTIONS])
        self.assertEqual([row['decision'] for row in rows], ['answer', 'answer', 'ticket', 'none', 'answer'])
        for row in rows:
            self.assertTrue(0 <= row['confidence'] <= 1)
            self.assertLessEqual(len(row['articles']), 10)
            scores = [article['score'] for article in row['articles']]
            self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertEqual(rows[1]['articles'][0]['id'], 'gia-pagato')

    def test_features_are_written(self):
        self.eval(OK, QUESTIONS, '--features', self.path('features.jsonl'))
        rows = [json.loads(line) for line in read(self.path('features.jsonl')).splitlines()]
        self.assertEqual([row['id'] for row in rows], [row['id'] for row in QUESTIONS])
        self.assertEqual(rows[0]['kind'], 'known')
        widths = {len(candidate) for row in rows for candidate in row['candidates']}
        self.assertEqual(len(widths), 1)
        self.assertIn(1, [candidate[0] for candidate in rows[0]['candidates']])

    def test_several_files_are_one_set(self):
        first, second = lines_file(self.path('a.jsonl'), QUESTIONS[:2]), lines_file(self.path('b.jsonl'), QUESTIONS[2:])
        both = self.ends(OK, 'eval', '--kb', self.kb_of_class, '--data', self.data, '--json', first, second).json()
        self.assertEqual(both, self.eval(OK, QUESTIONS, '--json').json())

    def test_precision_asked_for(self):
        strict = self.eval(OK, QUESTIONS, '--json', '--precision', '0.999').json()
        lenient = self.eval(OK, QUESTIONS, '--json', '--precision', '0.5').json()
        self.assertLessEqual(strict['resolved'] + strict['wrong'], lenient['resolved'] + lenient['wrong'])

    def test_mistakes_name_file_and_line(self):
        for bad, says in (
            ('{"id": "x"', 'column'),
            ({'id': 'x', 'question': 'y'}, '"expect" is missing'),
            ({'id': 'x', 'question': 'y', 'expect': 'maybe'}, '"expect" is "maybe"; known are answer, clarify'),
            ({'question': 'y', 'expect': 'none'}, '"id" is missing'),
            ({'id': 'x', 'question': '', 'expect': 'none'}, ''),
            ({'id': 'x', 'question': 'a' * 2001, 'expect': 'none'}, ''),
            ({'id': 'x', 'question': 'y', 'expect': 'answer', 'articles': 'otp'}, '"articles" must be a list'),
        ):
            with self.subTest(bad=bad):
                done = self.eval(FAILED, [QUESTIONS[0], bad], '--json')
                self.says(done, 'questions.jsonl:2:', says)
                self.assertEqual(done.out, '')

    def test_a_question_that_cannot_be_asked_says_why(self):
        done = self.eval(FAILED, [{'id': 'x', 'question': 'a' * 2001, 'expect': 'none'}])
        self.says(done, 'questions.jsonl:1:', '2001 characters')

    def test_a_run_that_cannot_be_written(self):
        done = self.eval(FAILED, QUESTIONS, '--run', self.path('no', 'folder', 'run.jsonl'))
        self.says(done, 'run.jsonl')

    def test_no_questions(self):
        got = self.eval(OK, [], '--json').json()
        self.assertEqual((got['questions'], got['unanswerable'], got['P@1']), (0, 0, None))

    @unittest.skipUnless(os.path.exists('/dev/full'), 'no /dev/full here')
    def test_a_full_disk(self):
        self.says(self.eval(FAILED, QUESTIONS * 200, '--run', '/dev/full'), '--run', 'No space left')


@unittest.skipUnless(os.path.isdir(EVAL), f'the labelled sets are not here ({EVAL})')
class LabelledSets(Case):
    """Every set that lies beside the repository: import, then check, index, search and eval."""

    LINES = 150  # of the questions; the whole sets are measured elsewhere

    def setUp(self):
        super().setUp()
        self.imported, self.data = self.path('kb'), self.path('data')

    def bring(self, name):
        source = os.path.join(EVAL, name)
        self.rows = [json.loads(line) for line in read(source).split('\n') if line.strip()]
        count = len(self.rows)
        self.assertEqual(
            self.ends(OK, 'import', source, '--kb', self.imported, '--json').json(), {'read': count, 'written': count}
        )
        self.assertEqual(
            self.ends(OK, 'import', source, '--kb', self.imported, '--json').json(), {'read': count, 'written': 0}
        )
        built = self.ends(OK, 'index', '--kb', self.imported, '--data', self.data, '--json').json()
        self.assertEqual((built['articles'], built['broken']), (count, []))

    def check(self):
        checked = run('check', '--kb', self.imported, '--json')
        self.assertEqual([f for f in checked.json()['findings'] if f['severity'] == 'error'], [])
        self.assertEqual((checked.code, checked.json()['articles']), (OK, len(self.rows)))

    def search(self):
        for row in self.rows[0], self.rows[-1]:
            result = self.ends(
                OK,
                'search',
                '--kb',
                self.imported,
                '--data',
                self.data,
                '--json',
                '--lang',
                row['lang'],
                '--',
                row['title'],
            ).json()
            self.assertIn(row['id'], [hit['id'] for hit in result['results']])

    def eval(self, *names):
        files = []
        for name in names:
            lines = [line for line in read(os.path.join(EVAL, name)).split('\n') if line.strip()][: self.LINES]
            files.append(lines_file(self.path(os.path.basename(name)), lines))
        ours = self.ends(
            OK, 'eval', '--kb', self.imported, '--data', self.data, '--json', '--run', self.path('run.jsonl'), *files
        ).json()
        done = subprocess.run(
            [sys.executable, SCORE, ','.join(files), self.path('run.jsonl'), '--json'],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=60,
        )
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        theirs = json.loads(done.stdout)
        for figure in ['questions', 'unanswerable'] + FIGURES:
            if theirs[figure] is None:
                self.assertIsNone(ours[figure])
            else:
                self.assertAlmostEqual(ours[figure], theirs[figure], delta=0.00011, msg=figure)
        return ours

    def every_step(self, kb, *questions):
        self.bring(kb)
        with self.subTest('check'):
            self.check()
        with self.subTest('search'):
            self.search()
        return self.eval(*questions)

    def test_io_help(self):
        figures = self.every_step('io-help/kb.jsonl', 'io-help/questions.jsonl', 'io-help/out.jsonl')
        self.assertGreater(figures['P@1'], 0.2)  # far above chance: a broken index or ranking is noticed
        self.assertGreater(figures['out_recall'], 0.3)

    def test_qa4faq(self):
        self.assertGreater(self.every_step('qa4faq/kb.jsonl', 'qa4faq/questions.jsonl')['P@1'], 0.3)

    def test_clinc150(self):
        self.assertGreater(self.every_step('clinc150/kb.jsonl', 'clinc150/questions.jsonl')['P@1'], 0.6)

    def test_banking77(self):
        self.assertGreater(self.every_step('banking77/kb.jsonl', 'banking77/questions.jsonl')['P@1'], 0.6)

    def test_banking77_with_ten_examples(self):
        self.assertGreater(self.every_step('banking77/kb.10shot.jsonl', 'banking77/questions.jsonl')['P@1'], 0.5)


if __name__ == '__main__':
    unittest.main()
