"""`check --fix`: what only one thing can be meant by is mended, all else stays byte for byte."""

import os
import stat
import subprocess
import unittest

from program import FAILED, NO, OK, OTP, Case, article, environment, write

Q = ('prima domanda', 'seconda domanda', 'quarta domanda', 'quinta domanda', 'terza domanda')
A = 'it/accesso/prova.md'


class Fix(Case):
    def setUp(self):
        super().setUp()
        self.where = self.kb()

    def put(self, text, path=A):
        write(os.path.join(self.where, path), text)

    def bytes(self, path=A):
        with open(os.path.join(self.where, path), 'rb') as file:
            return file.read()

    def fix(self, code=OK, *args):
        done = self.ends(code, 'check', '--kb', self.where, '--fix', '--json', *args).json()
        return [(m['rule'], m['line']) for m in done['mended']]

    def mends(self, before, after, *rules, code=OK):
        """This text becomes that one, these rules are named, and a second run does nothing."""
        self.put(before)
        self.assertEqual(sorted(rule for rule, _ in self.fix(code)), sorted(rules))
        self.assertEqual(self.bytes().decode(), after)
        self.assertEqual(self.fix(code), [])
        self.assertEqual(self.bytes().decode(), after)

    def stays(self, text, code=OK):
        self.mends(text, text, code=code)

    def prova(self, body='Testo.', **more):
        return article('prova', 'Prova', body, **{'questions': Q, **more})

    # ---- what no reader sees ----

    def test_byte_order_mark_line_ends_and_the_last_one(self):
        text = self.prova('Uno.\n\nDue.')
        self.mends('\ufeff' + text, text, 'byte-order-mark')
        self.mends(text.replace('\n', '\r\n'), text, 'line-ends')
        self.mends(text.replace('Due.\n', 'Due.\r'), text, 'line-ends')
        self.mends(text.rstrip('\n'), text, 'final-line-end')

    def test_blanks_go_but_where_they_mean_something(self):
        text = self.prova('Riga \nsegue.\n\nCapo  \nqui.\n\n- voce\n\n```\ncodice  \n   \n```\n\n    altro codice \n\nFine.')
        self.stays(text.replace('Riga \n', 'Riga\n'))
        blanks = text.replace('qui.\n', 'qui. \t\n').replace('- voce\n', '- voce  \n').replace('owner: team-prova', 'owner: team-prova ')
        self.mends(blanks, text.replace('Riga \n', 'Riga\n'), 'trailing-blanks')

    def test_a_line_of_blanks_becomes_empty(self):
        self.mends(self.prova('Uno.\n   \nDue.'), self.prova('Uno.\n\nDue.'), 'trailing-blanks')

    def test_blanks_in_a_text_of_yaml_stay(self):
        text = self.prova().replace('title: "Prova"', 'title: |\n  Prova  \n  seconda')
        self.stays(text)

    def test_kb_yaml_is_tidied_and_nothing_else_is_done_to_it(self):
        path = os.path.join(self.where, 'kb.yaml')
        with open(path, encoding='utf-8') as file:
            yaml = file.read()
        write(path, (yaml + 'chekc: {}\n').replace('timezone: Europe/Rome\n', 'timezone: Europe/Rome  \r\n'))
        self.assertEqual(sorted(self.fix(NO)), [('line-ends', 4), ('trailing-blanks', 4)])
        self.assertEqual(self.bytes('kb.yaml').decode(), yaml + 'chekc: {}\n')

    # ---- slips of a letter ----

    def test_the_name_of_a_field(self):
        good = self.prova(keywords='[x]')
        for wrong in ('keyword', 'keywrods', 'keywordss', 'kaywords'):
            self.mends(good.replace('keywords', wrong), good, 'unknown-key')
        self.stays(good.replace('keywords', 'kewrds'), NO)

    def test_a_field_that_is_there_is_not_made_twice(self):
        self.stays(self.prova(keywords='[x]', keywrods='[y]'), NO)
        self.stays(self.prova(keywordss='[x]', keywrods='[y]'), NO)

    def test_who_reads_it_and_when_is_never_guessed(self):
        for right, wrong in (('audience', 'audiense'), ('status', 'statsu'), ('updated', 'updatd')):
            self.stays(self.prova().replace(right + ':', wrong + ':'), NO)
        for key in ('valid_form', 'valid_untill', 'review_bye'):
            self.stays(self.prova(**{key: '2030-01-01'}), NO)
        self.stays(article('prava', 'Prova', 'Testo.', questions=Q))  # the file's name is not the id
        self.stays(self.prova().replace('[citizen]', '[citizne]'), NO)
        self.stays(self.prova().replace('category: accesso', 'category: acceso'), NO)

    def test_links_and_related(self):
        good = self.prova('Leggi [uno](ricevuta), [due](<gia-pagato>) e [tre](ricevuta#sezione).', related='["ricevuta"]')
        self.put(good.replace('Dove', 'x'))
        body = article('ricevuta', 'Ricevuta', '## Sezione\n\nTesto.', 'pagamento', questions=('a b', 'c d', 'e f'))
        self.put(body, 'it/pagamento/ricevuta.md')
        wrong = good.replace('(ricevuta)', '(ricevutta)').replace('<gia-pagato>', '<gia-pagatto>')
        wrong = wrong.replace('#sezione', '#sezone').replace('"ricevuta"', '"rcievuta"').replace('"rcievuta"', '"ricveuta"')
        self.mends(wrong, good, 'broken-link', 'broken-link', 'broken-anchor', 'broken-related')

    def test_what_could_be_two_things_or_none_stays(self):
        self.put(OTP.replace('id: otp', 'id: guida-a').replace('otp', 'guida'), 'it/accesso/guida-a.md')
        self.put(OTP.replace('id: otp', 'id: guida-b').replace('otp', 'altra'), 'it/accesso/guida-b.md')
        self.stays(self.prova('Leggi [x](guida-c).'), NO)
        self.stays(self.prova('Leggi [x](opt).'), NO)  # too short to be sure

    def test_a_digit_is_no_slip(self):
        self.put(OTP.replace('id: otp', 'id: guida-1'), 'it/accesso/guida-1.md')
        os.remove(os.path.join(self.where, 'it/accesso/otp.md'))
        self.stays(self.prova('Leggi [x](guida-2).'), NO)
        self.stays(self.prova('## Passo 1\n\nVai a [x](#passo-2).'), NO)

    def test_the_article_itself_is_not_its_own_related(self):
        self.stays(self.prova(related='[prova1]').replace('prova1', 'provva'), NO)

    def test_anchors_of_its_own_and_choices_of_a_procedure(self):
        good = self.prova('## Avvio\n\nVai a [x](#il-caffè).\n\n## Il caffè\n\nFine.')
        self.mends(good.replace('(#il-caffè)', '(#il-cafè)'), good, 'broken-anchor')
        steps = self.prova('## Avvio\n\n- [Sì](#seconda)\n- [No](#terza)\n\n## Seconda\n\nFine.\n\n## Terza\n\nFine.')
        steps = steps.replace('type: qa', 'type: procedure')
        self.mends(steps.replace('(#seconda)', '(#secnda)'), steps, 'procedure-missing-step')

    # ---- the rest ----

    def test_a_question_written_twice_in_its_article(self):
        good = self.prova()
        twice = good.replace('  - "terza domanda"\n', '  - "terza domanda"\n  - Prima, domanda?\n')
        self.mends(twice, good, 'duplicate-question')
        self.stays(good.replace('  - "terza domanda"\n', '  - "terza domanda"\n  - prima domanda # vedi sopra\n'))
        self.stays(good.replace('"terza domanda"\n', '"terza domanda"\n  - prima\n    domanda\n'))
        self.stays(self.prova(questions=(*Q, 'otp assente')))  # another article's: the editor decides

    def test_the_name_of_a_field_shows_a_question_twice(self):
        good = self.prova()
        self.mends(
            good.replace('questions:', 'question:').replace('  - "terza', '  - "prima domanda"\n  - "terza'),
            good, 'unknown-key', 'duplicate-question',
        )

    def test_a_first_level_heading(self):
        good = self.prova('## Uno\n\nTesto.\n\nDue\n---\n\nTesto.')
        wrong = good.replace('## Uno', '# Uno').replace('Due\n---', 'Due\n===')
        self.mends(wrong, good, 'heading-1', 'heading-1')
        step = self.prova('# Uno\n\nTesto.\n\n## Due\n\nFine.').replace('type: qa', 'type: procedure')
        self.stays(step)  # it would become a step

    def test_a_rule_that_is_off_mends_nothing(self):
        write(os.path.join(self.where, 'kb.yaml'), self.bytes('kb.yaml').decode() + 'check: {rules: {heading-1: off}}\n')
        self.stays(self.prova('# Uno\n\nTesto.'))

    def test_what_cannot_be_read_is_left_alone(self):
        for broken in (self.prova('caffè').encode('latin-1'), b'solo testo \n', b'---\nid: [prova \n---\ntesto\n'):
            self.put(broken)
            self.assertEqual(self.fix(NO), [])
            self.assertEqual(self.bytes(), broken)

    def test_what_is_left_is_told(self):
        self.put(self.prova('Leggi [x](ricevutta) e [y](nessuno).'))
        done = self.ends(NO, 'check', '--kb', self.where, '--fix')
        lines = done.out.splitlines()
        self.assertEqual(len(lines), 2, done)
        self.assertIn('mended: "ricevutta" becomes "ricevuta". [broken-link]', lines[0])
        self.assertIn('"nessuno"', lines[1])
        self.says(done, 'mended: 1')

    # ---- the file system ----

    def states(self):
        found = {}
        for root, folders, names in os.walk(self.folder):
            for name in folders + names:
                about = os.lstat(os.path.join(root, name))
                found[os.path.join(root, name)] = (about.st_ino, about.st_mtime_ns, about.st_mode, about.st_size)
        return found

    def test_nothing_to_do_writes_nothing(self):
        self.put(self.prova())
        before = self.states()
        self.assertEqual(self.fix(), [])
        self.assertEqual(self.states(), before)

    def test_only_the_file_that_was_wrong_is_written_with_its_mode(self):
        self.put(self.prova('Testo. '))
        full = os.path.join(self.where, A)
        os.chmod(full, 0o640)
        before = self.states()
        self.fix()
        after = self.states()
        changed = {path for path in after if after[path] != before.get(path)}
        self.assertEqual({path for path in changed if os.path.isfile(path)}, {full})
        self.assertEqual(set(after), set(before))
        self.assertEqual(stat.S_IMODE(os.stat(full).st_mode), 0o640)

    def test_a_link_stays_a_link(self):
        self.put(self.prova('Testo. '), 'it/accesso/vero.txt')
        os.symlink('vero.txt', os.path.join(self.where, A))
        self.assertEqual([rule for rule, _ in self.fix()], ['trailing-blanks'])
        self.assertTrue(os.path.islink(os.path.join(self.where, A)))
        self.assertEqual(self.bytes('it/accesso/vero.txt').decode(), self.prova('Testo.'))

    @unittest.skipIf(os.geteuid() == 0, 'root writes everywhere')
    def test_a_file_that_must_not_be_written_is_an_error(self):
        self.put(self.prova('Testo. '))
        os.chmod(os.path.join(self.where, A), 0o444)
        self.says(self.ends(FAILED, 'check', '--kb', self.where, '--fix'), 'prova.md')

    def test_dry_run_says_it_and_writes_nothing(self):
        self.put(self.prova('Leggi [x](ricevutta). '))
        before = self.states()
        done = self.ends(NO, 'check', '--kb', self.where, '--dry-run', '--json').json()
        self.assertEqual(sorted(m['rule'] for m in done['mendable']), ['broken-link', 'trailing-blanks'])
        self.assertEqual([f['rule'] for f in done['findings']], ['broken-link'])
        self.assertEqual(self.states(), before)

    def test_with_since_only_what_changed_is_mended(self):
        def git(*args):
            subprocess.run(['git', '-c', 'user.name=E', '-c', 'user.email=e@e.it', *args], cwd=self.folder, check=True,
                           env=environment(HOME=self.folder), capture_output=True)

        self.put(self.prova('Testo. '))
        git('init', '-q')
        git('add', '-A')
        git('commit', '-q', '-m', 'x')
        self.assertEqual(self.fix(OK, '--since', 'HEAD'), [])
        self.put(self.prova('Testo nuovo. '))
        self.assertEqual([rule for rule, _ in self.fix(OK, '--since', 'HEAD')], ['trailing-blanks'])


if __name__ == '__main__':
    unittest.main()
