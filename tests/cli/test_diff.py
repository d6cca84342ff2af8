"""The effect of an edit: the same questions asked of a git revision and of the folder, and what came of each."""

import os
import re
import shutil
import subprocess
import unittest

from program import FAILED, KB_YAML, NO, OK, OTP, SMALL, USAGE, Case, Service, article, lines_file, small_kb, temporary, write

MESSAGES = ('squillo mai sentito', 'otp assente', 'codice in ritardo')


def labelled(question, *articles, expect='answer'):
    return {'id': question, 'lang': 'it', 'question': question, 'expect': expect, 'articles': list(articles)}


QUESTIONS = [
    labelled('squillo mai sentito', 'otp'),
    labelled('otp assente', 'otp'),
    labelled('avviso saldato', 'gia-pagato'),
    labelled('quietanza', 'ricevuta'),
    labelled('voglio parlare con un operatore', expect='ticket'),
]


class Diff(Case):
    """A knowledge base in a repository, with its corpus beside it."""

    def setUp(self):
        super().setUp()
        self.kb()
        lines_file(self.path('corpus', 'questions.it.jsonl'), QUESTIONS)
        self.git('init', '-q')
        self.commit()

    def git(self, *args):
        command = ['git', '-c', 'user.name=E', '-c', 'user.email=e@example.com', *args]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def commit(self):
        self.git('add', '-A')
        self.git('commit', '-q', '-m', 'stato')

    def otp(self, *questions, slug='otp', **more):
        return article(slug, 'Non mi arriva il codice OTP', 'Il codice lo manda il gestore. Aspetta.', questions=questions, **more)

    def diff(self, *more, code=OK, since='HEAD'):
        return self.ends(code, 'diff', '--kb', self.path('kb'), '--since', since, '--json', *more).json()

    def effects(self, result):
        return {q['question']: q['effect'] for q in result['questions']}

    # ---- what came of it ----

    def test_nothing_changed(self):
        result = self.diff('--fail-on', 'lost')
        self.assertEqual((result['files'], result['questions']), ([], []))
        self.assertEqual(result['totals']['labelled'], len(QUESTIONS))
        self.assertEqual(result['totals']['right_now'], len(QUESTIONS))
        text = self.ends(OK, 'diff', '--kb', self.path('kb'), '--since', 'HEAD').out
        self.assertIn('No question changes its answer.', text)

    def test_a_question_is_lost(self):
        write(self.path('kb/it/accesso/otp.md'), OTP.replace('  - "squillo mai sentito"\n', ''))
        result = self.diff()
        self.assertEqual(self.effects(result), {'squillo mai sentito': 'lost'})
        lost = result['questions'][0]
        self.assertEqual((lost['before']['decision'], lost['before']['article']), ('answer', 'otp'))
        self.assertNotEqual(lost['now']['decision'], 'answer')
        self.assertGreater(lost['before']['confidence'], lost['now']['confidence'])
        self.assertTrue(lost['file'].endswith('corpus/questions.it.jsonl'), lost)
        self.assertEqual((lost['line'], lost['right']), (1, ['otp']))
        self.assertEqual([(f['path'], f['change']) for f in result['files']], [('it/accesso/otp.md', 'changed')])
        self.assertEqual(result['totals']['right_before'] - 1, result['totals']['right_now'])

    def test_only_lost_questions_fail(self):
        kb = self.path('kb/it/accesso/otp.md')
        write(kb, OTP.replace('  - "squillo mai sentito"\n', ''))
        self.diff('--fail-on', 'lost', code=NO)
        self.diff()
        self.commit()
        write(kb, OTP)
        result = self.diff('--fail-on', 'lost')
        self.assertEqual(self.effects(result), {'squillo mai sentito': 'won'})

    def test_a_question_is_taken_over(self):
        """Where both are right, it is neither won nor lost."""
        both = [labelled('otp assente', 'otp', 'gestore')]
        questions = lines_file(self.path('both.jsonl'), both)
        write(self.path('kb/it/accesso/otp.md'), OTP.replace('  - "otp assente"\n', ''))
        gestore = article('gestore', 'Contatti del gestore', 'Telefona al gestore.', questions=['otp assente', 'telefono gestore'])
        write(self.path('kb/it/accesso/gestore.md'), gestore)
        result = self.diff(questions)
        self.assertEqual(self.effects(result), {'otp assente': 'taken-over'})
        self.assertEqual([result['questions'][0][side]['article'] for side in ('before', 'now')], ['otp', 'gestore'])
        # The same question with another label is lost to that article.
        result = self.diff('--fail-on', 'lost', code=NO)
        self.assertEqual(self.effects(result)['otp assente'], 'lost')
        text = self.ends(OK, 'diff', '--kb', self.path('kb'), '--since', 'HEAD', questions).out
        self.assertRegex(text, r'Taken over by another article: 1\n  "otp assente"\n +otp 0\.\d\d -> gestore 0\.\d\d')

    def test_a_renamed_article_stays_the_same(self):
        """With another id too, and with labels that still name it as it was."""
        os.remove(self.path('kb/it/accesso/otp.md'))
        write(self.path('kb/it/accesso/codice-otp.md'), OTP.replace('id: otp', 'id: codice-otp'))
        result = self.diff('--fail-on', 'lost')
        self.assertEqual(result['questions'], [])
        self.assertEqual(result['totals']['right_now'], len(QUESTIONS))
        renamed = [f for f in result['files'] if f['change'] == 'renamed']
        self.assertEqual(
            [(f['before'], f['path'], f['article_before'], f['article']) for f in renamed],
            [('it/accesso/otp.md', 'it/accesso/codice-otp.md', 'otp', 'codice-otp')],
        )

    def test_a_removed_article_loses_its_questions(self):
        os.remove(self.path('kb/it/accesso/otp.md'))
        result = self.diff('--fail-on', 'lost', code=NO)
        self.assertEqual(self.effects(result), {'squillo mai sentito': 'lost', 'otp assente': 'lost'})
        self.assertEqual([f['change'] for f in result['files']], ['removed'])

    def test_kb_yaml_changes_answers_too(self):
        synonyms = 'synonyms:\n  it:\n    - [quietanza, bolla]\n'
        questions = lines_file(self.path('q.jsonl'), [labelled('bolla', 'ricevuta')])
        before = self.diff(questions)
        self.assertEqual(before['totals']['right_now'], 0)
        write(self.path('kb/kb.yaml'), KB_YAML + synonyms)
        result = self.diff(questions)
        self.assertEqual([(f['path'], f['change']) for f in result['files']], [('kb.yaml', 'changed')])
        self.assertEqual(result['totals']['right_before'], 0)
        self.assertIn('bolla', self.effects(result))

    def test_drafts_do_not_count(self):
        draft = article('gestore', 'Contatti', 'Telefona.', questions=MESSAGES).replace('status: published', 'status: draft')
        write(self.path('kb/it/accesso/gestore.md'), draft)
        result = self.diff('--fail-on', 'lost')
        self.assertEqual((result['questions'], [f['change'] for f in result['files']]), ([], ['added']))

    def test_outcomes_are_remembered_of_a_state_only(self):
        """An edit, the same taken back, the edit again: each time what is true then."""
        kb = self.path('kb/it/accesso/otp.md')
        for _ in range(2):
            write(kb, OTP.replace('  - "squillo mai sentito"\n', ''))
            self.assertEqual(self.effects(self.diff()), {'squillo mai sentito': 'lost'})
            write(kb, OTP)
            self.assertEqual(self.effects(self.diff()), {})

    def test_revisions_before_the_last(self):
        write(self.path('kb/it/accesso/otp.md'), OTP.replace('  - "squillo mai sentito"\n', ''))
        self.commit()
        self.assertEqual(self.effects(self.diff()), {})
        self.assertEqual(self.effects(self.diff(since='HEAD~1')), {'squillo mai sentito': 'lost'})
        self.assertEqual(self.effects(self.diff()), {})

    # ---- whose questions ----

    def test_what_people_asked(self):
        """There nobody knows what is right: no won, no lost."""
        with Service(self.path('kb'), self.path('data')) as service:
            for text in ('squillo mai sentito', 'squillo mai sentito', 'ciao'):
                status, _ = service.call('POST', '/v1/chat', {'message': text, 'channel': 'web'})
                self.assertEqual(status, 200)
        write(self.path('kb/it/accesso/otp.md'), OTP.replace('  - "squillo mai sentito"\n', ''))
        empty = lines_file(self.path('none.jsonl'), [])
        result = self.diff('--data', self.path('data'), '--fail-on', 'lost', empty)
        self.assertEqual(result['totals']['asked'], 1)
        self.assertEqual([(q['question'], q['effect'], q['times'], q['expect']) for q in result['questions']],
                         [('squillo mai sentito', 'changed', 2, None)])
        text = self.ends(OK, 'diff', '--kb', self.path('kb'), '--since', 'HEAD', '--data', self.path('data'), empty).out
        self.assertIn('"squillo mai sentito" (x2)', text)

    def test_an_audience_is_asked_what_it_reads(self):
        questions = lines_file(self.path('q.jsonl'), [labelled('reparto ornitorinco', 'procedura-interna')])
        self.assertEqual(self.diff(questions)['totals']['right_now'], 0)
        self.assertEqual(self.diff('--audience', 'agent-l1', questions)['totals']['right_now'], 1)
        self.ends(USAGE, 'diff', '--kb', self.path('kb'), '--since', 'HEAD', '--audience', 'nessuno')

    def test_another_folder_instead_of_a_revision(self):
        before = self.path('prima')
        for path, text in SMALL.items():
            write(os.path.join(before, path), text)
        write(os.path.join(before, 'kb.yaml'), KB_YAML)
        write(self.path('kb/it/accesso/otp.md'), OTP.replace('  - "squillo mai sentito"\n', ''))
        done = self.ends(OK, 'diff', '--kb', self.path('kb'), '--before', before, '--json')
        self.assertEqual((self.effects(done.json()), done.json()['commit']), ({'squillo mai sentito': 'lost'}, None))

    # ---- how it is told ----

    def test_long_groups_are_cut(self):
        many = [f'parola{i} sconosciuta{i}' for i in range(30)]
        write(self.path('kb/it/accesso/otp.md'), self.otp(*many))
        self.commit()
        write(self.path('kb/it/accesso/otp.md'), self.otp('altro'))
        questions = lines_file(self.path('q.jsonl'), [labelled(q, 'otp') for q in many])
        args = ('diff', '--kb', self.path('kb'), '--since', 'HEAD', questions)
        short = self.ends(OK, *args).out
        self.assertIn('more (--all shows all)', short)
        self.assertEqual(len(re.findall(r'^  "parola', short, re.M)), 10)
        self.assertEqual(len(re.findall(r'^  "parola', self.ends(OK, *args, '--all').out, re.M)), 30)

    def test_three_languages(self):
        write(self.path('kb/it/accesso/otp.md'), OTP.replace('  - "squillo mai sentito"\n', ''))
        for lang, word in (('it', 'Perse'), ('en', 'Lost'), ('de', 'Verloren')):
            done = self.ends(OK, 'diff', '--kb', self.path('kb'), '--since', 'HEAD', '--lang', lang)
            self.assertIn(word, done.out)
            self.assertNotIn('cmd.diff', done.out)

    # ---- what cannot be done ----

    def test_unknown_revision(self):
        done = self.ends(FAILED, 'diff', '--kb', self.path('kb'), '--since', 'nessuna')
        self.says(done, 'nessuna')

    def test_no_repository(self):
        done = self.ends(FAILED, 'diff', '--kb', self.bare(), '--since', 'HEAD')
        self.says(done, 'repository')

    def bare(self):
        """A knowledge base outside the repository."""
        folder = temporary()
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        return small_kb(os.path.join(folder, 'kb'))

    def test_no_questions(self):
        os.remove(self.path('corpus/questions.it.jsonl'))
        done = self.ends(USAGE, 'diff', '--kb', self.path('kb'), '--since', 'HEAD')
        self.says(done, 'corpus/questions.*.jsonl')

    def test_a_broken_line_is_named(self):
        lines_file(self.path('corpus/questions.it.jsonl'), [QUESTIONS[0], '{"question": "x", "expect": "boh"}'])
        done = self.ends(FAILED, 'diff', '--kb', self.path('kb'), '--since', 'HEAD')
        self.says(done, 'questions.it.jsonl:2', 'boh')

    def test_what_is_missing(self):
        self.says(self.ends(USAGE, 'diff', '--kb', self.path('kb')), '--since')
        self.says(self.ends(USAGE, 'diff', '--since', 'HEAD'), '--kb')
        self.ends(USAGE, 'diff', '--kb', self.path('kb'), '--since', 'HEAD', '--fail-on', 'won')


if __name__ == '__main__':
    unittest.main()
