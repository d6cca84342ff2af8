"""What people wrote may hold orders to a terminal (colours, titles, links, a cleared screen): they are shown there, not obeyed, and no text looks like a line of ours."""
import os
import pty
import subprocess
import threading
import unittest

from program import BIN, FAILED, NO, OK, Case, environment, words_only

ORDERS = '\x1b[31m\x1b[2J\x1b]0;title\x07\x1b]8;;https://evil.example\x07\x9b31m\x9d0;x\x9c\x08\r\x1b[K\x00'[:-1]
ARTICLE = f'---\nid: ordini\ntype: qa\ntitle: "Ordini"\ncategory: accesso\naudience: [citizen]\nstatus: published\nupdated: 2026-11-01\nquestions: [ordini al terminale]\n---\n\nPerché così: prima{ORDERS}dopo è la fine\n'


def on_terminal(*args):
    """What a terminal gets from stdout and stderr."""
    master, slave = pty.openpty()
    received = []

    def read():
        try:
            while data := os.read(master, 65536):
                received.append(data)
        except OSError:
            pass

    process = subprocess.Popen([BIN, *map(str, words_only(args))], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, env=environment('en'))
    os.close(slave)
    reader = threading.Thread(target=read)
    reader.start()
    code = process.wait(60)
    reader.join(10)
    os.close(master)
    return code, b''.join(received).decode('utf-8')


class Terminal(Case):
    def setUp(self):
        super().setUp()
        self.folder_kb = self.kb()
        os.makedirs(os.path.join(self.folder_kb, 'it', 'accesso'), exist_ok=True)
        self.write('ordini.md', ARTICLE)

    def write(self, name, text):
        with open(os.path.join(self.folder_kb, 'it', 'accesso', name), 'w', encoding='utf-8', newline='') as file:
            file.write(text)

    def assertNoOrders(self, text):
        for allowed in ('\x1b[1m', '\x1b[0m', '\r\x1b[K', '\r\n'):  # bold, our line of progress, and how a terminal ends a line
            text = text.replace(allowed, '')
        self.assertEqual([c for c in text if (ord(c) < 32 and c not in '\n\t') or 127 <= ord(c) < 160], [], repr(text))

    def test_orders_are_shown(self):
        for args in (('ask', '--kb', self.folder_kb, 'ordini al terminale'), ('search', '--kb', self.folder_kb, 'ordini')):
            code, text = on_terminal(*args)
            self.assertEqual(code, 0, text)
            self.assertIn('^[[31m^[[2J^[]0;title^G', text)
            self.assertIn('^[31m^]0;x^\\', text)
            self.assertNoOrders(text)
        self.assertIn('Perché così: prima^[', on_terminal('ask', '--kb', self.folder_kb, 'ordini al terminale')[1])
        self.assertIn('è la fine', on_terminal('ask', '--kb', self.folder_kb, 'ordini al terminale')[1])

    def test_a_pipe_gets_every_byte(self):
        self.assertIn('prima\x1b[31m\x1b[2J', self.ends(OK, 'ask', '--kb', self.folder_kb, 'ordini al terminale').out)

    def test_our_own_are_obeyed(self):
        self.assertIn('\x1b[1m', on_terminal('search', '--kb', self.folder_kb, 'perché')[1])

    def test_mistakes_too(self):
        code, text = on_terminal('check', '--kb', self.folder_kb + ORDERS.replace('\0', ''))
        self.assertEqual(code, 3, text)
        self.assertNoOrders(text)

    def test_a_finding_is_one_line(self):
        self.write('a\nkb.yaml:1:1: error: all is lost [x].md', ARTICLE)
        self.write('chiave.md', ARTICLE.replace('questions:', '"a\\nkb.yaml:2:1: error: all is lost": 1\nquestions:').replace('id: ordini', 'id: chiave'))
        done = self.ends(NO, 'check', '--kb', self.folder_kb)
        self.assertIn('all is lost', done.out)
        for line in done.out.splitlines():
            self.assertTrue(line.startswith(self.folder_kb + '/'), line)

    def test_a_message_is_one_line(self):
        """The log of a service too: a field of an article, or a folder, has a line break and a line of ours in it."""
        self.write('chiave.md', ARTICLE.replace('questions:', '"a\\nsportello: all data was lost\\e[31m": 1\nquestions:').replace('id: ordini', 'id: chiave'))
        done = self.ends(NO, 'index', '--kb', self.folder_kb, '--data', self.path('data'))
        self.assertIn('There is no field "a?sportello: all data was lost?[31m"', done.err)
        done = self.ends(FAILED, 'index', '--kb', self.path('a\nsportello: all data was lost\x1b[31m'), '--data', self.path('data'))
        self.assertIn('a?sportello: all data was lost?[31m', done.err)


if __name__ == '__main__':
    unittest.main()
