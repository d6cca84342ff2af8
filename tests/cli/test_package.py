"""What the Debian package holds beside the program: the unit's sandbox, settings that the program knows, scripts that a shell reads."""

import json
import os
import re
import shutil
import socket
import subprocess
import unittest

from program import BIN, OK, ROOT, Case, Service, environment, read

PACKAGE = os.path.join(ROOT, 'src', 'package')
UNIT = os.path.join(PACKAGE, 'sportello.service')


class Unit(Case):
    @unittest.skipUnless(shutil.which('systemd-analyze'), 'there is no systemd-analyze')
    def test_exposure_is_at_most_2(self):
        done = subprocess.run(['systemd-analyze', 'security', '--offline=true', '--no-pager', '--threshold=20', UNIT], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout[-300:] + done.stderr)
        level = re.search(r'Overall exposure level for sportello.service: ([\d.]+)', done.stdout)
        self.assertLessEqual(float(level.group(1)), 2.0)

    @unittest.skipUnless(shutil.which('systemd-analyze'), 'there is no systemd-analyze')
    def test_systemd_understands_it(self):
        """With the program where the unit looks for it; systemd says what it does not know."""
        text = read(UNIT).replace('/usr/bin/sportello serve', f'{BIN} serve').replace('User=sportello\nGroup=sportello\n', '')
        path = self.path('sportello.service')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        done = subprocess.run(['systemd-analyze', 'verify', '--man=no', path], capture_output=True, text=True, timeout=60)
        said = [line for line in done.stderr.splitlines() if 'sportello.service' in line]
        self.assertEqual(said, [])

    def test_the_manager_is_told(self):
        """READY when it serves, STOPPING at the end: what Type=notify waits for."""
        path = self.path('notify')
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(30)
            process = subprocess.Popen([BIN, 'serve', '--encoder', 'none', '--kb', self.kb(), '--data', self.path('data'), '--listen', '127.0.0.1:0'],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(NOTIFY_SOCKET=path))
            try:
                self.assertEqual(manager.recv(100), b'READY=1')
                process.terminate()
                self.assertEqual(manager.recv(100), b'STOPPING=1')
            finally:
                process.terminate()
                process.communicate(timeout=30)


class Settings(Case):
    def config(self, *more):
        """The package's own, with folders of this test."""
        text = read(os.path.join(PACKAGE, 'sportello.conf'))
        text = text.replace('/usr/share/sportello/kb', self.kb()).replace('/var/lib/sportello', self.path('data'))
        path = self.path('sportello.conf')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text + ''.join(line + '\n' for line in more))
        return path

    def test_the_program_knows_them_all(self):
        """Those that are commented out, too."""
        path = self.config()
        text = re.sub(r'(?m)^#(?=[a-z-]+: )', '', read(path))
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        done = self.ends(1, 'doctor', '--config', path, '--encoder', 'none', '--json').json()
        self.assertEqual([row['state'] for row in done['checks'] if row['check'] == 'config'], ['ok'])

    def test_messages_are_json_with_no_word_of_people(self):
        service = Service(self.path('kb'), self.path('data'), '--config', self.config())
        service.call('POST', '/v1/chat', {'message': 'supercalifragili: il codice otp non arriva a ada@example.com'})
        service.call('GET', '/v1/search?q=supercalifragili&lang=it')
        code, err = service.stop()
        self.assertEqual(code, OK, err)
        lines = [json.loads(line) for line in err.splitlines()]
        self.assertGreaterEqual({line['level'] for line in lines}, {'info', 'notice'})
        routes = [line['route'] for line in lines if 'route' in line]
        # Two workers write them: which line is first is not said.
        self.assertEqual(sorted(routes), ['/v1/chat', '/v1/search'])
        self.assertTrue(all(re.fullmatch(r'[0-9a-f]{16}', line['id']) for line in lines if 'route' in line))
        for word in ('supercalifragili', 'ada@', '127.0.0.1'):
            self.assertNotIn(word, err)

    def test_errors_are_json_too(self):
        path = self.config()
        with open(path, 'a', encoding='utf-8') as file:
            file.write('connector: /nirgends.yaml\n')
        done = self.ends(3, 'serve', '--config', path, '--encoder', 'none')
        told = [json.loads(line) for line in done.err.splitlines()][-1]
        self.assertEqual((told['level'], told['source']), ('error', '/nirgends.yaml'))


class Scripts(unittest.TestCase):
    def test_shell_reads_them(self):
        for name in ('postinst', 'prerm', 'postrm', 'deb.sh'):
            done = subprocess.run(['sh', '-n', os.path.join(PACKAGE, name)], capture_output=True, text=True, timeout=20)
            self.assertEqual((done.returncode, done.stderr), (0, ''), name)



class Purge(Case):
    """The script that dpkg runs after removing, on folders of this test, with a debconf that answers as told. (dpkg's own run of it: make try-deb.)"""

    DEBCONF = '''
db_fset() { echo "fset $*" >> "$ASKED"; }
db_input() { echo "input $*" >> "$ASKED"; return 30; }
db_go() { :; }
db_get() { RET=$ANSWER; }
db_purge() { echo purged >> "$ASKED"; }
'''

    def purge(self, how, answer=None):
        """What it said; what it asked."""
        data, settings, debconf = (self.path(name) for name in ('var', 'etc', 'confmodule'))
        os.makedirs(data)
        os.makedirs(settings, exist_ok=True)
        with open(os.path.join(data, 'store.sqlite'), 'w', encoding='utf-8') as file:
            file.write('x')
        if answer is not None:
            with open(debconf, 'w', encoding='utf-8') as file:
                file.write(self.DEBCONF)
        text = read(os.path.join(PACKAGE, 'postrm'))
        for place, ours in (('/var/lib/sportello', data), ('/etc/sportello', settings), ('/usr/share/debconf/confmodule', debconf), ('/run/systemd/system', self.path('none'))):
            self.assertIn(place, text)
            text = text.replace(place, ours)
        asked = self.path('asked')
        open(asked, 'w', encoding='utf-8').close()
        done = subprocess.run(['sh', '-s', how], input=text, capture_output=True, text=True, timeout=20, env=environment(ASKED=asked, ANSWER=answer or ''))
        self.assertEqual(done.returncode, 0, done.stderr)
        stays = os.path.exists(os.path.join(data, 'store.sqlite'))
        shutil.rmtree(data, ignore_errors=True)
        return stays, done.stderr, read(asked).splitlines()

    def test_removing_touches_nothing(self):
        for answer in (None, 'true'):
            self.assertEqual(self.purge('remove', answer), (True, '', []))

    def test_purging_asks_and_only_yes_takes_the_data(self):
        question = ['fset sportello/purge-data seen false', 'input high sportello/purge-data', 'purged']
        self.assertEqual(self.purge('purge', 'true'), (False, '', question))
        stays, said, asked = self.purge('purge', 'false')
        self.assertEqual((stays, asked), (True, question))
        self.assertIn(self.path('var') + ' stays', said)
        self.assertFalse(os.path.exists(self.path('etc')))

    def test_where_nobody_can_be_asked_they_stay(self):
        stays, said, _ = self.purge('purge')
        self.assertTrue(stays)
        self.assertIn(' stays', said)

    def test_the_answer_that_stands_when_none_is_given_is_no(self):
        self.assertRegex(read(os.path.join(PACKAGE, 'templates')), r'(?m)^Template: sportello/purge-data\nType: boolean\nDefault: false$')


if __name__ == '__main__':
    unittest.main()
