"""The program as it was linked: what Debian and OpenSSF name against memory errors is in it, read from the ELF file itself."""

import glob
import os
import re
import shutil
import subprocess
import unittest

from program import BIN

BUILD = os.path.dirname(BIN)


def tool(*args):
    done = subprocess.run(args, capture_output=True, text=True, errors='replace', timeout=120)
    if done.returncode != 0:
        raise AssertionError(f'{args}: {done.stderr}')
    return done.stdout


def is_looked_at():
    with open(BIN, 'rb') as file:
        return re.search(rb'__(asan|tsan)_init|__gcov_exit', file.read()) is not None


@unittest.skipUnless(shutil.which('readelf'), 'there is no readelf')
@unittest.skipIf(is_looked_at(), 'a build with sanitizers, or that counts lines, is not one to run')
class Hardening(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.header = tool('readelf', '-hW', BIN)
        cls.segments = tool('readelf', '-lW', BIN)
        cls.dynamic = tool('readelf', '-dW', BIN)
        cls.symbols = tool('readelf', '--dyn-syms', '-W', BIN)

    def test_position_independent(self):
        self.assertRegex(self.header, r'Type:\s+DYN')
        self.assertRegex(self.dynamic, r'FLAGS_1.*\bPIE\b')
        self.assertNotRegex(self.dynamic, r'TEXTREL')

    def test_relocations_are_read_only_from_the_start(self):
        self.assertRegex(self.segments, r'GNU_RELRO')
        self.assertRegex(self.dynamic, r'FLAGS_1.*\bNOW\b')

    def test_no_memory_is_to_be_written_and_run(self):
        stack = re.search(r'GNU_STACK\s+(?:0x\S+\s+){5}(\S+)', self.segments)
        self.assertEqual(stack.group(1), 'RW')
        flags = re.findall(r'^\s+LOAD\s+(?:0x\S+\s+){5}([RWE ]{3})', self.segments, re.M)
        self.assertGreaterEqual(len(flags), 4)  # code apart from data that is only read
        self.assertEqual([f for f in flags if 'W' in f and 'E' in f], [])

    def test_it_takes_no_library_from_elsewhere(self):
        self.assertNotRegex(self.dynamic, r'\((RPATH|RUNPATH)\)')

    def test_libmicrohttpd_finds_our_epoll_wait(self):
        """Without it all connections of a thread may wait half a minute (src/http/epoll_rounds.h)."""
        self.assertRegex(self.symbols, r'FUNC\s+GLOBAL\s+DEFAULT\s+\d+ epoll_wait\b')

    def test_stack_and_lengths_are_guarded(self):
        self.assertRegex(self.symbols, r'\b__stack_chk_fail\b')
        guarded = set(re.findall(r'\b__(\w+)_chk\b', self.symbols))
        self.assertGreater(len(guarded), 5, guarded)

    def flags_of(self, *names):
        """The options that an object was compiled with, as its debug information tells."""
        path = os.path.join(BUILD, 'obj', *names)
        if not os.path.exists(path):
            self.skipTest('there are no objects here')
        text = tool('readelf', '-p', '.debug_str', '-p', '.debug_line_str', path)
        found = re.search(r'GNU C.*', text)
        if not found:
            self.skipTest('built without -g')
        return found.group(0).split()

    def test_options_that_no_header_shows(self):
        wanted = ['-fstack-protector-strong', '-fstack-clash-protection', '-ftrivial-auto-var-init=zero', '-fno-delete-null-pointer-checks',
                  '-fno-strict-aliasing']
        if 'X86-64' in self.header:
            wanted.append('-fcf-protection=full')
        for path in (('main.o',), ('http', 'access.o'), ('store', 'sqlite.o'), ('kb', 'markdown.o'), ('index', 'reader.o')):
            flags = self.flags_of(*path)
            self.assertEqual([flag for flag in wanted if flag not in flags], [], path)

    def test_every_object_is_compiled_with_fortify(self):
        """Macros are in no debug information; what they do is: of the calls that can be checked, some are in nearly every part."""
        objects = glob.glob(os.path.join(BUILD, 'lib', '*.a'))
        if not objects:
            self.skipTest('there are no objects here')
        checked = [path for path in objects if '_chk' in tool('readelf', '-sW', path)]
        self.assertGreater(len(checked), len(objects) * 0.7)

    @unittest.skipUnless(shutil.which('objdump'), 'there is no objdump')
    def test_indirect_branches_land_on_marks(self):
        if 'X86-64' not in self.header:
            self.skipTest('marks of this processor are not looked at')
        code = tool('objdump', '-d', '--no-show-raw-insn', '--disassemble=spi_cmd_serve', BIN)
        self.assertRegex(code, r'<spi_cmd_serve>:\n\s+\w+:\s+endbr64')


if __name__ == '__main__':
    unittest.main()
