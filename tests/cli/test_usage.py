"""How the program is called: commands, settings, help, exit statuses."""

import os
import re
import shutil
import subprocess
import unittest

from program import BIN, COMMANDS, FAILED, KB, NO, OK, USAGE, Case, environment, run

# commands with a setting that they cannot do without
NEEDS = {
    'serve': ('kb', []),
    'index': ('kb', []),
    'check': ('kb', []),
    'preview': ('kb', []),
    'ask': ('kb', ['x']),
    'search': ('kb', ['x']),
    'import': ('kb', ['x']),
    'eval': ('kb', ['x']),
    'report': ('data', []),
    'replay': ('volumes', []),
    'learn': ('kb', []),
    'token': ('data', ['list']),
    'outbox': ('data', ['list']),
    'forget': ('data', ['--due']),
    'backup': ('data', ['make', 'x']),
    'doctor': ('kb', []),
}


class Commands(Case):
    def test_no_command_is_a_wrong_call(self):
        done = self.ends(USAGE)
        for command in COMMANDS:
            self.assertRegex(done.out + done.err, rf'(?m)^\s+{command}\b')

    def test_unknown_command_is_told_with_the_nearest(self):
        for typed, meant in (
            ('serch', 'search'),
            ('aks', 'ask'),
            ('idnex', 'index'),
            ('reprt', 'report'),
            ('hlep', 'help'),
        ):
            done = self.ends(USAGE, typed)
            self.says(done, typed, f'sportello {meant} ?', 'sportello help')
            self.assertEqual(done.out, '')

    def test_unknown_command_like_none_names_none(self):
        done = self.ends(USAGE, 'ornithology')
        self.assertNotIn('?', done.err)
        self.says(done, 'there is no such command: ornithology')

    def test_unknown_setting_is_told_with_the_nearest_and_the_usage(self):
        for command, typed, meant in (
            ('check', '--kbb', '--kb'),
            ('ask', '--langg', '--lang'),
            ('serve', '--lisen', '--listen'),
            ('search', '--catgory', '--category'),
            ('import', '--replce', '--replace'),
            ('eval', '--precison', '--precision'),
            ('report', '--form', '--from'),
            ('token', '--subjct', '--subject'),
            ('index', '--jsn', '--json'),
        ):
            done = self.ends(USAGE, command, typed, 'x')
            self.says(
                done,
                f'sportello {command}: unknown setting {typed}; did you mean {meant}?',
                f'usage: sportello {command}',
            )
            self.assertEqual(done.out, '')

    def test_every_command_takes_json(self):
        for command in [*(entry['name'] for entry in run('help', '--json').json()), *COMMANDS]:
            done = run(command, '--json', '--kbb', 'x')  # what is wrong is another setting, or that something lacks
            self.assertNotIn('unknown setting --json', done.err, command)
            if command not in ('help',):
                self.assertEqual(done.code, USAGE, str(done))

    def test_a_setting_that_is_needed(self):
        for command, (setting, words) in NEEDS.items():
            done = self.ends(USAGE, command, *words)
            self.says(done, f'please give --{setting}', f'usage: sportello {command}')

    def test_a_setting_of_nothing(self):
        """A variable of a script that is not set."""
        for command, setting in (('serve', 'kb'), ('serve', 'data'), ('serve', 'config'), ('serve', 'log'), ('index', 'data'), ('doctor', 'connector')):
            for given in ((f'--{setting}', ''), (f'--{setting}=',)):
                self.says(self.ends(USAGE, command, *given), f'sportello {command}: --{setting} needs a value\n')

    def test_words_that_are_needed_or_too_many(self):
        for command in ('ask', 'search', 'import', 'eval', 'token'):
            self.says(self.ends(USAGE, command), f'usage: sportello {command}')
        for command, args in (
            ('ask', ['--kb', 'x', 'one', 'two']),
            ('check', ['--kb', 'x', 'extra']),
            ('serve', ['extra']),
            ('preview', ['--kb', 'x', 'extra']),
            ('search', ['--kb', 'x', 'one', 'two']),
            ('report', ['--data', 'x', 'extra']),
        ):
            done = self.ends(USAGE, command, *args)
            self.says(done, 'unexpected word: ' + args[-1])

    def test_bad_values_name_what_is_possible(self):
        for command, args, says in (
            ('check', ['--kb', 'x', '--format', 'xml'], 'format takes one of text|json|github|sarif, not "xml"'),
            ('ask', ['--kb', 'x', '--lang', 'fr', 'y'], 'lang takes one of it|en|de, not "fr"'),
            ('search', ['--kb', 'x', '--limit', '0', 'y'], 'a number from 1 to 100 is needed'),
            ('eval', ['--kb', 'x', '--precision', '1.5', 'y'], 'a number from 0 to 1 is needed'),
            ('report', ['--data', 'x', '--by', 'year'], 'by takes one of month|day|hour|weekday-hour|category|channel|lang|audience|article|group'),
            ('serve', ['--threads', 'many'], 'a number from 0 to 256 is needed'),
            ('check', ['--kb'], '--kb needs a value'),
        ):
            self.says(self.ends(USAGE, command, *args), says)

    def test_a_pipe_that_closes_early_is_no_crash(self):
        done = subprocess.run(
            ['sh', '-c', '"$0" help --man | true; "$0" help | head -1', BIN],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            timeout=30,
        )
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, b'')

    @unittest.skipUnless(os.path.exists('/dev/full'), 'no /dev/full here')
    def test_what_a_full_disk_does_not_take_is_told(self):
        for args in (['help'], ['export', '--kb', KB, '--out', '-']):
            with open('/dev/full', 'w') as full:
                done = subprocess.run([BIN, *args], stdout=full, stderr=subprocess.PIPE, env=environment(), timeout=60)
            self.assertEqual(done.returncode, FAILED, args)
            self.assertIn('stdout: ', done.stderr.decode())

    def test_what_was_closed_is_no_file_of_the_service(self):
        process = subprocess.Popen(
            [
                *('sh', '-c', 'exec "$0" serve --kb "$1" --data "$2" --listen 127.0.0.1:0 --encoder none --log "$3" 2>&-'),
                *(BIN, self.kb(), self.path('data'), self.path('access.log')),
            ],
            stdout=subprocess.PIPE,
            env=environment(),
        )
        try:
            self.assertIn(b'listening', process.stdout.readline())
            self.assertEqual(os.readlink(f'/proc/{process.pid}/fd/2'), '/dev/null')
        finally:
            process.terminate()
            process.communicate(timeout=30)


class Help(Case):
    STARTS = {'en': ('usage: ', 'Exit status'), 'it': ('uso: ', 'Stato di uscita'), 'de': ('Aufruf: ', '')}

    def test_every_command_in_every_language(self):
        seen = {}
        for lang in ('it', 'en', 'de'):
            for command in COMMANDS:
                done = self.ends(OK, 'help', command, lang=lang)
                self.assertEqual(done.err, '')
                paragraphs = done.out.strip().split('\n\n')
                self.assertGreaterEqual(len(paragraphs), 4, str(done))
                self.assertIn(f'sportello {command}', paragraphs[0])
                self.assertNotIn('help.', done.out, str(done))  # no key without a text
                seen.setdefault(command, set()).add(paragraphs[1])
                if lang != 'de':
                    self.assertTrue(paragraphs[0].startswith(self.STARTS[lang][0]), paragraphs[0])
                    self.assertIn(self.STARTS[lang][1], paragraphs[-1])
        for command, texts in seen.items():
            self.assertEqual(len(texts), 3, f'{command}: a language repeats another: {texts}')

    def test_language_comes_from_the_environment(self):
        english = self.ends(OK, 'help', lang='en').out
        italian = self.ends(OK, 'help', lang='it_IT.UTF-8').out
        self.assertNotEqual(english, italian)
        self.assertEqual(self.ends(OK, 'help', lang='C').out, english)
        self.assertEqual(self.ends(OK, 'help', lang='fr_FR.UTF-8').out, english)
        env = environment()
        del env['LC_ALL']
        self.assertEqual(run('help', env=dict(env, LANG='it_IT.UTF-8')).out, italian)
        self.assertEqual(run('help', env=dict(env, LANG='it_IT.UTF-8', LC_MESSAGES='en_GB.UTF-8')).out, english)
        self.assertEqual(run('help', env=env).out, english)

    def test_settings_in_the_help_are_settings_of_the_command(self):
        for command in COMMANDS:
            if command == 'help':
                continue
            for setting in re.findall(r'--([a-z-]+)', run('help', command).out.split('\n\n')[0]):
                done = run(command, f'--{setting}')
                self.assertNotIn('unknown setting', done.err, f'{command} --{setting}')

    def test_these_are_all_commands(self):
        self.assertEqual([command['name'] for command in self.ends(OK, 'help', '--json').json()], COMMANDS)

    def test_ways_to_ask_for_help(self):
        general = self.ends(OK, 'help')
        for command in COMMANDS:
            self.assertRegex(general.out, rf'(?m)^  {command} +\S')
        self.assertEqual(self.ends(OK, '--help').out, general.out)
        self.assertEqual(self.ends(OK, '-h').out, general.out)
        for command in COMMANDS:
            if command != 'help':
                self.assertEqual(self.ends(OK, command, '--help').out, self.ends(OK, 'help', command).out)
                self.assertEqual(self.ends(OK, command, '-h').out, self.ends(OK, 'help', command).out)

    def test_help_about_what_is_not(self):
        done = self.ends(USAGE, 'help', 'ornithology')
        self.says(done, 'ornithology')
        self.assertEqual(done.out, '')

    def test_man_page(self):
        for lang in ('it', 'en', 'de'):
            page = self.ends(OK, 'help', '--man', lang=lang).out
            self.assertTrue(page.startswith('.TH SPORTELLO 1 '), page[:80])
            for section in ('NAME', 'SYNOPSIS', 'DESCRIPTION', 'COMMANDS', '"EXIT STATUS"'):
                self.assertIn(f'.SH {section}\n', page)
            for command in COMMANDS:
                self.assertIn(f'.SS {command}\n', page)
            self.assertNotRegex(page, r'(?m)^(usage|uso|Aufruf): ')
            self.assertNotIn('.nf', page)  # lines are filled to the terminal's width
            for line in page.splitlines():  # nothing of a text is taken for a request
                if line.startswith(('.', "'")):
                    self.assertRegex(line, r'^\.(TH|SH|SS|PP|nf|fi)\b')

    @unittest.skipUnless(shutil.which('groff') or shutil.which('man'), 'neither groff nor man is here')
    def test_man_page_is_read_without_complaint(self):
        page = run('help', '--man').out
        tool = ['groff', '-man', '-Tutf8', '-ww', '-k'] if shutil.which('groff') else ['man', '--warnings', '-l', '-']
        done = subprocess.run(
            tool,
            input=page.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=30,
            env=environment('C.UTF-8', MANPAGER='cat'),
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, b'')
        self.assertIn(b'sportello', done.stdout)

    def test_version(self):
        text = self.ends(OK, 'version').out
        self.assertRegex(text, r'^sportello \d+\.\d+\.\d+\n$')
        self.assertEqual(self.ends(OK, '--version').out, text)
        self.assertEqual('sportello ' + self.ends(OK, 'version', '--json').json()['version'] + '\n', text)

    def test_commands_for_machines(self):
        listed = self.ends(OK, 'help', '--json').json()
        self.assertIn('serve', [command['name'] for command in listed])
        self.assertTrue(all(command['usage'] and command['what'] for command in listed))
        for args in (['ask', '--json'], ['--json', 'ask']):
            one = self.ends(OK, 'help', *args).json()
            self.assertEqual(one['name'], 'ask')
            self.assertIn(one['more'], self.ends(OK, 'help', 'ask').out)
        self.assertEqual(self.ends(USAGE, 'help', 'ornithology', '--json').out, '')

    def test_version_takes_no_other_setting(self):
        self.ends(USAGE, 'version', '--jsno')


class MissingFolders(Case):
    def test_a_kb_that_is_not_there(self):
        nowhere = self.path('nowhere')
        for args in (
            ['check'],
            ['index', '--data', self.path('d')],
            ['ask', 'x'],
            ['search', 'x'],
            ['eval', 'x'],
            ['serve', '--data', self.path('d'), '--listen', '127.0.0.1:0'],
        ):
            done = self.ends(FAILED, *args, '--kb', nowhere)
            self.says(done, nowhere)
            self.assertEqual(done.out, '', str(done))

    def test_a_kb_without_kb_yaml(self):
        for args in (['check'], ['index', '--data', self.path('d')], ['ask', 'x']):
            done = self.ends(FAILED, *args, '--kb', self.folder)
            self.says(done, 'kb.yaml')

    def test_a_kb_that_is_a_file(self):
        with open(self.path('file'), 'w', encoding='utf-8') as file:
            file.write('x')
        for args in (['check'], ['ask', 'x']):
            self.says(self.ends(FAILED, *args, '--kb', self.path('file')), 'file')

    def test_input_files_that_are_not_there(self):
        kb = self.kb()
        self.says(self.ends(FAILED, 'import', self.path('none.jsonl'), '--kb', kb), 'none.jsonl')
        self.says(self.ends(FAILED, 'import', self.path('none.csv'), '--format', 'csv', '--kb', kb), 'none.csv')
        self.says(self.ends(FAILED, 'eval', '--kb', kb, self.path('none.jsonl')), 'none.jsonl')
        self.says(self.ends(FAILED, 'report', '--data', self.path('none')), 'none')

    def test_words_of_the_knowledge_base_that_are_not(self):
        kb = self.kb()
        self.says(self.ends(USAGE, 'ask', '--kb', kb, '--audience', 'king', 'x'), 'no audience "king"')
        self.says(
            self.ends(USAGE, 'ask', '--kb', kb, '--as-of', 'yesterday', 'x'), '"yesterday" is no day', '2021-03-15'
        )
        self.says(self.ends(USAGE, 'search', '--kb', kb, '--as-of', '2021-02-30', 'x'), '"2021-02-30" is no day')
        self.says(self.ends(USAGE, 'ask', '--kb', kb, '--encoder', 'magic', 'x'), 'magic')
        self.says(
            self.ends(USAGE, 'serve', '--kb', kb, '--data', self.path('d'), '--as-of', '15.3.2021'),
            '"15.3.2021" is no day',
        )
        done = run('ask', '--kb', kb, '--encoder', 'e5', 'x')
        self.assertIn(done.code, (OK, NO, FAILED), str(done))
        if done.code == FAILED:
            self.says(done, 'e5')


if __name__ == '__main__':
    unittest.main()
