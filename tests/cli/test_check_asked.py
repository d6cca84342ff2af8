"""The linter's second pass: questions that another article answers better, asked of the index."""

import os
import shutil
import subprocess
import unittest

from program import KB, OK, OTP, Case, article, environment, run, temporary, write

RULE = 'better-elsewhere'
ELSEWHERE = 'ho perso il puk della cie'


def findings(done):
    return [f for f in done.json()['findings'] if f['rule'] == RULE]


class BetterElsewhere(Case):
    """Of the whole knowledge base: how rare a word is counts. Always in the same place, as an editor's: what is known of it is kept, and what
    changed is learned alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = temporary()
        cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)

    def setUp(self):
        self.folder = self.place
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(KB, self.path('kb'))
        self.article = self.path('kb/it/cashback-iban/cashback-iban-oggi.md')

    def add(self, question):
        with open(self.article, encoding='utf-8') as file:
            text = file.read()
        write(self.article, text.replace('questions:\n', f'questions:\n  - {question}\n', 1))
        return text[: text.index('questions:')].count('\n') + 2

    def found(self, *more):
        return findings(self.ends(OK, 'check', '--kb', self.path('kb'), '--json', *more))

    def test_our_own_articles_are_clean(self):
        self.assertEqual(self.found(), [])

    def test_a_question_of_another_article(self):
        line = self.add(ELSEWHERE)
        found = self.found()
        self.assertEqual([(f['file'], f['line'], f['severity']) for f in found], [(self.article, line, 'warning')])
        for part in (ELSEWHERE, 'cie-puk-perso'):
            self.assertIn(part, found[0]['message'])

    def test_the_very_phrasing_does_not_speak_for_its_article(self):
        """The same words twice in it are no better."""
        self.add(ELSEWHERE)
        self.add(ELSEWHERE.upper() + '!')
        self.assertEqual(len(self.found()), 2)

    def test_a_question_of_its_own(self):
        self.add('quale conto per il bonifico del cashback')
        self.assertEqual(self.found(), [])

    def test_articles_of_other_readers_do_not_compete(self):
        """What citizens ask may stand in an article for agents as well."""
        self.article = self.path('kb/it/operatori/op-l1-dati-personali.md')
        self.add(ELSEWHERE)
        self.assertEqual(self.found(), [])

    def test_kb_yaml_switches_it(self):
        self.add(ELSEWHERE)
        path = self.path('kb/kb.yaml')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        self.assertNotIn(RULE, text)
        for severity, seen in (('off', []), ('advice', ['advice'])):
            rules = f'rules:\n    {RULE}: {severity}\n'
            write(path, text.replace('rules:\n', rules, 1) if 'rules:\n' in text else f'{text}\ncheck:\n  {rules}')
            self.assertEqual([f['severity'] for f in self.found()], seen)

    def test_since_tells_of_new_questions_only(self):
        def git(*args):
            subprocess.run(['git', '-c', 'user.name=E', '-c', 'user.email=e@example.com', *args], cwd=self.folder, check=True,
                           stdout=subprocess.DEVNULL)
        self.add(ELSEWHERE)
        git('init', '-q')
        git('add', '-A')
        git('commit', '-q', '-m', 'prima')
        self.assertEqual(self.found('--since', 'HEAD'), [])
        self.add('il codice otp dello spid non arriva')
        found = self.found('--since', 'HEAD')
        self.assertEqual(len(found), 1, found)
        self.assertIn('spid-otp-non-arriva', found[0]['message'])

    def test_without_a_cache_the_rest_is_checked(self):
        self.add(ELSEWHERE)
        nowhere = self.path('file')
        write(nowhere, '')
        env = {**environment(), 'XDG_CACHE_HOME': nowhere}
        done = run('check', '--kb', self.path('kb'), '--json', env=env)
        self.assertEqual((done.code, findings(done)), (OK, []), str(done))
        self.says(done, 'not compared')
        self.assertEqual(run('check', '--kb', self.path('kb'), '--asked', env=env).code, 3)


class Large(Case):
    def test_a_large_knowledge_base_is_asked_when_it_is_wanted(self):
        kb = self.kb()
        for i in range(1100):
            text = article(f'voce-{i}', f'Argomento {i}', f'Testo numero {i}.', questions=[f'tema{i} uno', f'tema{i} due', f'tema{i} tre'])
            write(os.path.join(kb, f'it/accesso/voce-{i}.md'), text)
        write(os.path.join(kb, 'it/accesso/otp.md'), OTP.replace('  - "otp assente"', '  - "otp assente"\n  - "tema7 uno due tre"'))
        args = ('check', '--kb', kb, '--json')
        self.assertEqual(findings(run(*args)), [])
        found = findings(run(*args, '--asked'))
        self.assertEqual([os.path.basename(f['file']) for f in found], ['otp.md'], found)


if __name__ == '__main__':
    unittest.main()
