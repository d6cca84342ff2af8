"""A folder or a file of the knowledge base that may not be read: named, and the rest goes on."""

import json
import os
import shutil
import subprocess
import unittest

from program import BIN, Case, environment, read, run, words_only, write

NOBODY = 65534
FOLDER, FILE, OPEN = 'it/pagamento', 'it/accesso/procedura-interna.md', 'it/accesso/otp.md'


class Closed(Case):
    def setUp(self):
        super().setUp()
        self.folder_kb = self.kb()
        self.program = BIN
        os.mkdir(self.path('cache'))
        if os.geteuid() == 0:  # for root nothing is closed: somebody else runs it, from where they may
            self.program = shutil.copy(BIN, self.path('sportello'))
            os.chmod(self.program, 0o755)
            for base, folders, names in os.walk(self.folder):
                for name in ('.', *folders, *names):
                    os.chown(os.path.join(base, name), NOBODY, NOBODY)
        os.chmod(os.path.join(self.folder_kb, FOLDER), 0)
        os.chmod(os.path.join(self.folder_kb, FILE), 0)

    def tearDown(self):
        os.chmod(os.path.join(self.folder_kb, FOLDER), 0o700)

    def run_as_other(self, *args):
        who = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []} if os.geteuid() == 0 else {}
        return subprocess.run([self.program, *words_only(args)], env={**environment(), 'XDG_CACHE_HOME': self.path('cache'), 'HOME': self.folder}, capture_output=True, text=True,
                              cwd=self.folder, timeout=120, **who)

    def test_a_closed_repository_is_not_one_that_is_not_there(self):
        """"Put it under git" would be the wrong remedy."""
        os.makedirs(self.path('.git'))
        os.chmod(self.path('.git'), 0)
        self.addCleanup(os.chmod, self.path('.git'), 0o700)
        for args in (('check', '--kb', self.folder_kb, '--since', 'HEAD'), ('diff', '--kb', self.folder_kb, '--since', 'HEAD', '--encoder', 'none', self.questions())):
            done = self.run_as_other(*args)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn(self.path('.git') + ' cannot be read; check its permissions', done.stderr)
            self.assertNotIn('git init', done.stderr)

    def questions(self):
        write(self.path('domande.jsonl'), '{"id": "1", "question": "non arriva il codice", "lang": "it", "expect": "answer", "articles": ["otp"]}\n')
        return self.path('domande.jsonl')

    def test_export(self):
        for form, out in (('jsonl', 'rows.jsonl'), ('csv', 'rows.csv'), ('site', 'site')):
            with self.subTest(form):
                done = self.run_as_other('export', '--kb', self.folder_kb, '--format', form, '--out', self.path(out))
                self.assertEqual(done.returncode, 1, done.stderr)
                for path in (FOLDER, FILE):
                    self.assertIn(f'{path}: cannot be read, and is missing', done.stderr)
                self.assertTrue(os.path.exists(self.path(out)))
        self.assertEqual(len(read(self.path('rows.jsonl')).splitlines()), 1)  # what is left

    def test_check_asked(self):
        plain = self.run_as_other('check', '--kb', self.folder_kb)
        asked = self.run_as_other('check', '--kb', self.folder_kb, '--asked')
        self.assertEqual((plain.returncode, asked.returncode), (1, 1), asked.stderr)
        for line in plain.stdout.splitlines():
            self.assertIn(line, asked.stdout)
        self.assertIn(f'{FOLDER}:1:1: error: The folder', asked.stdout)

    def git(self, *args):
        settings = ['user.name=E', 'user.email=e@example.org', 'commit.gpgsign=false', 'safe.directory=*']
        command = ['git'] + [part for setting in settings for part in ('-c', setting)]
        done = subprocess.run([*command, *args], cwd=self.folder_kb, env=environment(HOME=self.folder), capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def with_history(self):
        """All was committed when it could be read; then one line more of an article that can be."""
        for path in (FOLDER, FILE):
            os.chmod(os.path.join(self.folder_kb, path), 0o700)
        self.git('init', '-q')
        self.git('add', '-A')
        self.git('commit', '-q', '-m', 'x')
        with open(os.path.join(self.folder_kb, OPEN), 'a', encoding='utf-8') as file:
            file.write('\n\n\nUna riga in più.   \n')
        if os.geteuid() == 0:
            for base, folders, names in os.walk(self.folder_kb):
                for name in ('.', *folders, *names):
                    os.chown(os.path.join(base, name), NOBODY, NOBODY)
        for path in (FOLDER, FILE):
            os.chmod(os.path.join(self.folder_kb, path), 0)

    def assert_named(self, done):
        for path in (FOLDER, FILE):
            self.assertIn(f'{path}: cannot be read: the rest goes on without it', done.stderr)

    def test_check_since_tells_what_the_change_brought(self):
        self.with_history()
        done = self.run_as_other('check', '--kb', self.folder_kb, '--since', 'HEAD')
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f'{FOLDER}:1:1: error: The folder', done.stdout)
        self.assertNotIn(f'{FOLDER}/', done.stdout)  # no article of it is gone

    def test_check_fix_mends_what_it_can_read(self):
        self.with_history()
        done = self.run_as_other('check', '--kb', self.folder_kb, '--fix')
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f'{FOLDER}:1:1: error: The folder', done.stdout)
        self.assertTrue(read(os.path.join(self.folder_kb, OPEN)).endswith('Una riga in più.\n'))

    def test_diff_compares_the_rest(self):
        self.with_history()
        write(self.path('asked.jsonl'), json.dumps({'id': 'q1', 'lang': 'it', 'question': 'il codice otp non arriva', 'expect': 'answer', 'articles': ['otp']}) + '\n')
        os.chmod(self.path('asked.jsonl'), 0o644)
        done = self.run_as_other('diff', '--kb', self.folder_kb, '--since', 'HEAD', '--json', self.path('asked.jsonl'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_named(done)
        self.assertEqual({row['path']: row['change'] for row in json.loads(done.stdout)['files'] if row['path'] != FILE}, {OPEN: 'changed'})

    def test_edit_and_retire(self):
        done = self.run_as_other('edit', '--kb', self.folder_kb, 'otp')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_named(done)
        self.assertTrue(os.path.exists(os.path.join(self.folder_kb, OPEN.replace('.md', '.draft.md'))))
        os.remove(os.path.join(self.folder_kb, OPEN.replace('.md', '.draft.md')))
        done = self.run_as_other('edit', '--kb', self.folder_kb, 'gia-pagato')
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f'{FOLDER} cannot be read', done.stderr)  # it may be there
        done = self.run_as_other('retire', '--kb', self.folder_kb, 'otp', '--ended')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_named(done)

    def test_learn_and_gaps(self):
        run('token', 'add', '--data', self.path('data'), '--subject', 'x', '--audience', 'citizen')
        if os.geteuid() == 0:
            for base, folders, names in os.walk(self.path('data')):
                for name in ('.', *folders, *names):
                    os.chown(os.path.join(base, name), NOBODY, NOBODY)
        for command in (['learn'], ['gaps', '--patch', '--encoder', 'none']):
            with self.subTest(command):
                done = self.run_as_other(*command, '--kb', self.folder_kb, '--data', self.path('data'))
                self.assertEqual(done.returncode, 1, done.stderr)  # nothing to propose
                self.assert_named(done)


if __name__ == '__main__':
    unittest.main()
