"""A folder or a file of the knowledge base that may not be read: named, and the rest goes on."""

import os
import shutil
import subprocess
import unittest

from program import BIN, Case, environment, read, words_only

NOBODY = 65534
FOLDER, FILE = 'it/pagamento', 'it/accesso/procedura-interna.md'


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
        return subprocess.run([self.program, *words_only(args)], env={**environment(), 'XDG_CACHE_HOME': self.path('cache')}, capture_output=True, text=True,
                              cwd=self.folder, timeout=120, **who)

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


if __name__ == '__main__':
    unittest.main()
