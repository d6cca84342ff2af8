"""make install into a folder, and uninstall: the program works from there, and nothing is left behind."""

import glob
import os
import shutil
import subprocess
import unittest
import urllib.request

from program import BIN, OK, ROOT, Case, environment

BUILD = os.path.dirname(BIN)


@unittest.skipUnless(
    os.path.exists(os.path.join(BUILD, 'libsportello.a')) and shutil.which('make'), 'there is no built tree here'
)
class Install(Case):
    def make(self, target):
        """On what is built already (-o all): a test does not build."""
        done = subprocess.run(
            ['make', '-C', ROOT, target, '-o', 'all', f'BUILD={BUILD}', f'DESTDIR={self.folder}', 'PREFIX=/opt/prova'],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            env=environment(),
        )
        self.assertEqual(done.returncode, 0, done.stdout.decode(errors='replace')[-2000:])

    def files(self):
        return {
            os.path.relpath(os.path.join(root, name), self.path('opt', 'prova'))
            for root, _, names in os.walk(self.folder)
            for name in names
        }

    def test_install_and_uninstall(self):
        self.make('install')
        headers = {os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, 'include', 'sportello', '*.h'))}
        model = {'share/sportello/e5-small-q4.bin'} if os.path.exists(os.path.join(BUILD, 'e5', 'e5-small-q4.bin')) else set()
        self.assertEqual(self.files(), {'bin/sportello', 'lib/libsportello.a', 'share/man/man1/sportello.1', 'share/sportello/monitoring/alerts.yaml', 'share/sportello/monitoring/grafana.json'} | headers | model)
        program = self.path('opt', 'prova', 'bin', 'sportello')
        done = subprocess.run([program, 'version'], stdout=subprocess.PIPE, cwd='/', env=environment(), timeout=30)
        self.assertEqual((done.returncode, done.stdout[:10]), (OK, b'sportello '))
        with open(self.path('opt', 'prova', 'share', 'man', 'man1', 'sportello.1'), encoding='utf-8') as page:
            self.assertTrue(page.read().startswith('.TH SPORTELLO 1 '))
        self.serves_from_there(program)
        self.make('uninstall')
        self.assertEqual(self.files(), set())

    def serves_from_there(self, program):
        """Pages and texts are in the program: it needs nothing of the source tree."""
        kb = self.kb()
        self.addCleanup(shutil.rmtree, self.path('data'), ignore_errors=True)
        process = subprocess.Popen(
            [program, 'serve', '--kb', kb, '--data', self.path('data'), '--listen', '127.0.0.1:0'],
            cwd='/',
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        try:
            line = process.stdout.readline().decode()
            self.assertIn('listening on http://127.0.0.1:', line)
            with urllib.request.urlopen(line.split()[-1] + '/', timeout=20) as page:
                self.assertIn(b'<html lang="it"', page.read())
        finally:
            process.terminate()
            process.communicate(timeout=30)
        shutil.rmtree(kb)
        shutil.rmtree(self.path('data'))


if __name__ == '__main__':
    unittest.main()
