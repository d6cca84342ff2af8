"""sportello preview: how it starts, and what can be in its way."""

import re
import signal
import socket
import subprocess
import unittest

from program import BIN, FAILED, OK, Case, environment, write


class Preview(Case):
    def start(self, *args):
        process = subprocess.Popen(
            [BIN, 'preview', '--encoder', 'none', '--listen', '127.0.0.1:0', *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**environment(), 'XDG_CACHE_HOME': self.path('cache')},
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def test_it_says_where_to_look_and_ends(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.start('--kb', self.kb())
            self.assertRegex(process.stdout.readline(), r'^listening on http://127\.0\.0\.1:\d+$')
            self.assertRegex(process.stdout.readline(), r'^Open http://127\.0\.0\.1:\d+/editor/$')
            process.send_signal(number)
            self.assertEqual(process.wait(20), OK)

    def test_its_folder_is_in_the_cache(self):
        process = self.start('--kb', self.kb(), '--json')
        self.assertRegex(process.stdout.readline(), r'^\{"listening":"http://127\.0\.0\.1:\d+"\}$')
        process.terminate()
        self.assertEqual(process.wait(20), OK)
        found = subprocess.run(['find', self.path('cache'), '-name', 'MANIFEST'], capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], r'/sportello/[0-9a-f]{16}/preview/index/g-1/MANIFEST$')
        with open(found[0], encoding='utf-8') as manifest:
            self.assertTrue(re.match(r'sportello-manifest \d+ drafts none\n', manifest.readline()))

    def test_what_is_in_its_way_is_told(self):
        with socket.socket() as taken:
            taken.bind(('127.0.0.1', 0))
            taken.listen()
            address = f'127.0.0.1:{taken.getsockname()[1]}'
            done = self.ends(FAILED, 'preview', '--kb', self.kb(), '--encoder', 'none', '--listen', address)
            self.says(done, address)
        done = self.ends(FAILED, 'preview', '--kb', self.path('nothing'), '--encoder', 'none', '--listen', '127.0.0.1:0')
        self.says(done, 'there is no such folder')
        write(self.path('broken', 'kb.yaml'), 'service: [')
        self.ends(FAILED, 'preview', '--kb', self.path('broken'), '--encoder', 'none', '--listen', '127.0.0.1:0')


if __name__ == '__main__':
    unittest.main()
