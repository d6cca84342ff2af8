"""Skeletons: right but for what only the editor knows, and never over anything that is there."""

import os
import stat
import subprocess
import unittest

from program import NO, OK, USAGE, Case, read, run, write

TYPES = ['qa', 'procedure', 'use-case', 'training', 'notice']
LANGS = ['it', 'en', 'de']
MARKS = {'it': '[DA COMPLETARE', 'en': '[TO BE WRITTEN', 'de': '[NOCH SCHREIBEN'}


class NewArticle(Case):
    def findings(self, kb):
        done = run('check', '--kb', kb, '--json')
        return done.code, done.json()['findings']

    def test_a_skeleton_of_each_type_and_language_needs_only_its_editor(self):
        kb = self.kb()
        for lang in LANGS:
            for kind in TYPES:
                name = f'nuovo-{kind}-{lang}'
                done = self.ends(OK, 'new', kind, name, '--kb', kb, '--category', 'accesso', '--lang', lang, '--audience', 'citizen')
                path = os.path.join(kb, lang, 'accesso', f'{name}.md')
                self.assertEqual(done.out.strip(), path)
                text = read(path)
                self.assertIn(f'\nid: {name}\ntype: {kind}\n', text)
                self.assertIn('\nstatus: draft\n', text)
                self.assertIn(MARKS[lang], text)
                self.assertNotIn('{{', text)
        code, findings = self.findings(kb)
        ours = [f for f in findings if '/nuovo-' in f['file']]
        # A draft may wait for its text: nothing here is an error, nothing but placeholders is found (and originals that lack).
        self.assertEqual(code, OK)
        self.assertEqual({f['severity'] for f in ours}, {'warning'})
        self.assertLessEqual({f['rule'] for f in ours}, {'placeholder', 'no-original'})
        for lang in LANGS:
            for kind in TYPES:
                self.assertTrue([f for f in ours if f['file'].endswith(f'nuovo-{kind}-{lang}.md') and f['rule'] == 'placeholder'])

    def test_placeholders_keep_it_from_being_published(self):
        kb = self.kb()
        self.ends(OK, 'new', 'qa', 'nuovo', '--kb', kb, '--category', 'accesso', '--audience', 'citizen', '--title', 'Ornitorinco blu')
        path = os.path.join(kb, 'it/accesso/nuovo.md')
        write(path, read(path).replace('status: draft', 'status: published'))
        code, findings = self.findings(kb)
        self.assertEqual(code, NO)
        ours = [f for f in findings if f['rule'] == 'placeholder']
        lines = read(path).splitlines()
        self.assertEqual([f['line'] for f in ours], [n for n, line in enumerate(lines, 1) if '[DA COMPLETARE' in line])
        for finding in ours:
            self.assertEqual(finding['severity'], 'error')
            self.assertTrue(lines[finding['line'] - 1][finding['column'] - 1 :].startswith('[DA COMPLETARE'))
        self.ends(NO, 'search', '--kb', kb, 'ornitorinco')

    def test_a_filled_skeleton_is_clean(self):
        kb = self.kb()
        self.ends(OK, 'new', 'procedure', 'nuovo', '--kb', kb, '--category', 'accesso', '--audience', 'citizen,agent-l1',
                  '--title', 'Un titolo: con "segni"', '--owner', 'redazione')
        path = os.path.join(kb, 'it/accesso/nuovo.md')
        text, number = read(path).replace('status: draft', 'status: published'), 0
        self.assertIn('audience: [citizen, agent-l1]\n', text)
        while '[DA COMPLETARE' in text:
            start = text.index('[DA COMPLETARE')
            number += 1
            text = text[:start] + f'Testo numero {number}' + text[text.index(']', start) + 1 :]
        write(path, text)
        code, findings = self.findings(kb)
        self.assertEqual((code, [f for f in findings if f['file'].endswith('nuovo.md')]), (OK, []))
        hit = self.ends(OK, 'search', '--kb', kb, '--json', 'segni').json()['results'][0]
        self.assertEqual((hit['id'], hit['title']), ('nuovo', 'Un titolo: con "segni"'))

    def test_without_an_audience_nobody_may_read_it_and_check_says_so(self):
        kb = self.kb()
        self.ends(OK, 'new', 'qa', 'nuovo', '--kb', kb, '--category', 'accesso')
        self.assertIn('audience: [] # citizen, agent-l1\n', read(os.path.join(kb, 'it/accesso/nuovo.md')))
        code, findings = self.findings(kb)
        self.assertEqual((code, [f['rule'] for f in findings if f['severity'] == 'error']), (NO, ['no-audience']))

    def test_nothing_is_overwritten_and_mistakes_are_named(self):
        kb = self.kb()
        before = read(os.path.join(kb, 'it/accesso/otp.md'))
        for args, says in (
            (('qa', 'otp', '--category', 'accesso'), 'otp.md'),
            (('qa', 'otp', '--category', 'pagamento'), 'otp.md'),
            (('qa', 'nuovo', '--category', 'acceso'), 'did you mean "accesso"'),
            (('qa', 'nuovo', '--category', 'accesso', '--audience', 'citizens'), 'did you mean "citizen"'),
            (('qa', '../fuori', '--category', 'accesso'), '../fuori'),
            (('qa', 'su/giu', '--category', 'accesso'), 'su/giu'),
        ):
            with self.subTest(args=args):
                self.says(self.ends(NO, 'new', *args, '--kb', kb), says)
        self.assertEqual(read(os.path.join(kb, 'it/accesso/otp.md')), before)
        self.assertFalse(os.path.exists(self.path('fuori.md')))
        self.says(self.ends(USAGE, 'new', 'faq', 'x', '--kb', kb, '--category', 'accesso'), 'faq')
        self.says(self.ends(USAGE, 'new', 'qa', 'x', '--kb', kb), '--category')
        self.ends(USAGE, 'new', 'qa')

    def test_the_same_id_in_another_language_is_a_translation(self):
        kb = self.kb()
        self.ends(OK, 'new', 'qa', 'otp', '--kb', kb, '--category', 'accesso', '--lang', 'en', '--audience', 'citizen')
        self.assertTrue(os.path.exists(os.path.join(kb, 'en/accesso/otp.md')))


class NewKb(Case):
    def test_a_starter_is_clean_and_answers(self):
        asks = {'it': ('posso prolungare il prestito', 'rinnovare-prestito'), 'en': ('can I extend a loan', 'renew-a-loan'),
                'de': ('kann ich die Ausleihe verlängern', 'ausleihe-verlaengern')}
        for lang, (question, article) in asks.items():
            with self.subTest(lang=lang):
                kb = self.path(lang)
                files = self.ends(OK, 'new', 'kb', kb, '--lang', lang, '--json').json()['files']
                for name in files:
                    self.assertTrue(os.path.isfile(os.path.join(kb, name)), name)
                found = self.ends(OK, 'check', '--kb', kb, '--json').json()
                self.assertEqual((found['articles'], found['findings']), (5, []))
                types = {line for name in files if name.endswith('.md') for line in read(os.path.join(kb, name)).splitlines() if line.startswith('type: ')}
                self.assertEqual(types, {f'type: {kind}' for kind in TYPES})
                answer = self.ends(OK, 'ask', '--kb', kb, '--json', question).json()
                self.assertEqual((answer['decision'], answer['article']), ('answer', article))

    def test_what_editors_programs_and_ci_look_for(self):
        import json

        import yaml

        kb = self.path('kb')
        self.ends(OK, 'new', 'kb', kb)
        self.assertTrue(os.stat(os.path.join(kb, '.githooks/pre-commit')).st_mode & stat.S_IXUSR)
        subprocess.run(['sh', '-n', os.path.join(kb, '.githooks/pre-commit')], check=True)
        settings = json.loads(read(os.path.join(kb, '.vscode/settings.json')))
        for schema in settings['yaml.schemas']:
            self.assertIn('properties', json.loads(read(os.path.join(kb, schema))))
        steps = yaml.safe_load(read(os.path.join(kb, '.github/workflows/sportello.yml')))['jobs']['check']['steps']
        runs = '\n'.join(step.get('run', '') for step in steps)
        self.assertIn('--format github --since', runs)
        self.assertTrue([step for step in steps if 'upload-sarif' in step.get('uses', '')])
        self.assertIn('sportello check', '\n'.join(yaml.safe_load(read(os.path.join(kb, '.gitlab-ci.yml')))['sportello']['script']))
        self.assertIn('root = true', read(os.path.join(kb, '.editorconfig')))

    def test_a_folder_that_has_one_of_the_files_stays_as_it_is(self):
        kb = self.path('kb')
        write(os.path.join(kb, '.editorconfig'), 'mine\n')
        self.says(self.ends(NO, 'new', 'kb', kb), '.editorconfig')
        self.assertEqual(os.listdir(kb), ['.editorconfig'])
        self.assertEqual(read(os.path.join(kb, '.editorconfig')), 'mine\n')


if __name__ == '__main__':
    unittest.main()
