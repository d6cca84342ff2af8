"""`check --since REV`: what a change brought, and nothing else. Each test makes a git history of a small folder."""

import os
import shutil
import subprocess
import unittest

from program import FAILED, KB_YAML, NO, OK, Case, article, environment, read, run, write

Q = ('prima domanda', 'seconda domanda', 'quarta domanda', 'quinta domanda', 'terza domanda')
A = 'it/accesso/prova.md'


class Since(Case):
    def setUp(self):
        super().setUp()
        self.where = self.kb()
        self.git('init', '-q')
        self.commit()

    def git(self, *args):
        settings = ['user.name=E', 'user.email=e@example.org', 'commit.gpgsign=false', 'init.defaultBranch=main']
        command = ['git'] + [part for setting in settings for part in ('-c', setting)]
        done = subprocess.run([*command, *args], cwd=self.folder, env=environment(HOME=self.folder), capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def commit(self):
        self.git('add', '-A')
        self.git('commit', '-q', '-m', 'x')

    def put(self, text, path=A):
        write(os.path.join(self.where, path), text)

    def prova(self, body='Testo.', **more):
        self.put(article('prova', 'Prova', body, **{'questions': Q, **more}))

    def since(self, code, rev='HEAD', *args):
        """The rules and files of what is told."""
        done = self.ends(code, 'check', '--kb', self.where, '--since', rev, '--json', *args)
        self.found = done.json()['findings']
        return [(f['rule'], os.path.relpath(f['file'], self.where), f['line']) for f in self.found]

    def test_nothing_changed_nothing_told_whatever_is_wrong(self):
        self.prova('Leggi [x](manca).', keywrods='[x]')
        self.commit()
        self.assertEqual(self.since(OK), [])
        self.ends(NO, 'check', '--kb', self.where)

    def test_a_new_mistake_is_told_and_an_old_one_that_moved_is_not(self):
        self.prova('Leggi [x](manca).')
        self.commit()
        self.prova('Prima riga.\n\nLeggi [x](manca).\n\nLeggi [y](manca-altro).')
        text = read(os.path.join(self.where, A)).replace('updated: 2026-09-01', 'updated: 2026-10-01')
        self.put(text)
        line = text[: text.index('[y]')].count('\n') + 1
        self.assertEqual(self.since(NO), [('broken-link', A, line)])

    def test_of_the_same_twice_the_one_on_a_new_line_is_told(self):
        self.prova('Vedi [qui](manca), uno.')
        self.commit()
        self.prova('Nuovo: vedi [qui](manca), due.\n\nVedi [qui](manca), uno.')
        found = [f for f in self.since(NO) if f[0] == 'broken-link']
        line = read(os.path.join(self.where, A)).split('Nuovo')[0].count('\n') + 1
        self.assertEqual(found, [('broken-link', A, line)])

    def test_a_mistake_that_a_change_elsewhere_makes(self):
        self.prova('Leggi [x](otp).')
        self.commit()
        os.remove(os.path.join(self.where, 'it/accesso/otp.md'))
        self.assertEqual([f[:2] for f in self.since(NO)], [('broken-link', A)])

    def test_a_new_untracked_file_is_part_of_the_change(self):
        self.prova('Leggi [x](manca).')
        self.assertEqual([f[:2] for f in self.since(NO)], [('broken-link', A)])

    def test_an_article_that_moved_is_known_by_its_id(self):
        self.prova('Leggi [x](manca).')
        self.commit()
        text = read(os.path.join(self.where, A))
        os.remove(os.path.join(self.where, A))
        self.put(text.replace('category: accesso', 'category: pagamento'), 'it/pagamento/prova.md')
        self.assertEqual(self.since(OK), [])
        self.put(text, 'it/pagamento/prova.md')  # now one thing is wrong that was not
        self.assertEqual([f[:2] for f in self.since(NO)], [('category-folder', 'it/pagamento/prova.md')])

    def test_a_text_that_changed_without_its_date(self):
        self.prova('Testo.')
        self.commit()
        self.prova('Testo nuovo.')
        text = read(os.path.join(self.where, A))
        self.assertEqual(self.since(OK), [('updated-not-moved', A, text[: text.index('updated:')].count('\n') + 1)])
        self.assertEqual(self.found[0]['severity'], 'warning')
        self.put(text.replace('2026-09-01', '2026-09-02'))
        self.assertEqual(self.since(OK), [])
        self.put(text.replace('Testo nuovo.', 'Testo.').replace('title: "Prova"', 'title: "Altro"'))
        self.assertEqual([f[0] for f in self.since(OK)], ['updated-not-moved'])

    def test_what_no_reader_sees_needs_no_new_date(self):
        self.prova('Testo  \ncon altro.  \n\n- uno')
        self.commit()
        text = read(os.path.join(self.where, A))
        self.put(text.replace('altro.  ', 'altro.').replace('- "prima', '- "una prima'))
        self.assertEqual(self.since(OK), [])
        self.put(text.replace('Testo  \n', 'Testo\n'))  # the line break goes: that is seen
        self.assertEqual([f[0] for f in self.since(OK)], ['updated-not-moved'])

    def test_the_rule_of_the_date_can_be_switched(self):
        self.prova('Testo.')
        self.commit()
        self.prova('Testo nuovo.')
        write(os.path.join(self.where, 'kb.yaml'), KB_YAML + 'check: {rules: {updated-not-moved: error}}\n')
        self.assertEqual([f[0] for f in self.since(NO)], ['updated-not-moved'])

    def test_more_questions_are_no_new_advice_and_fewer_are(self):
        self.prova(questions=Q[:1])
        self.commit()
        self.prova(questions=Q[:2])
        self.assertEqual(self.since(OK), [])
        self.commit()
        self.prova(questions=Q[:1])
        self.assertEqual([f[0] for f in self.since(OK)], ['few-questions'])
        self.assertEqual(self.found[0]['severity'], 'advice')

    HARD = (
        "L'amministrazione competente, subordinatamente all'espletamento delle verifiche procedimentali "
        "precedentemente disciplinate, provvederà conseguentemente all'autorizzazione dell'erogazione "
        "dell'indennizzo complessivamente riconosciuto, fatte salve ulteriori determinazioni amministrative "
        'eventualmente sopravvenute nel corso del procedimento istruttorio originariamente instaurato.'
    )

    def dated(self, body, day):
        self.prova(body)
        self.put(read(os.path.join(self.where, A)).replace('2026-09-01', day))

    def test_a_text_that_became_hard_to_read_blocks_and_one_that_was_does_not(self):
        easy = ' Vai al sito. Apri la pagina. Leggi il testo. Premi il tasto blu.' * 3
        self.dated(easy, '2026-09-01')
        self.commit()
        self.dated(self.HARD + ' ' + self.HARD, '2026-09-02')
        self.assertEqual([f[0] for f in self.since(NO)], ['readability'])
        self.assertEqual(self.found[0]['severity'], 'error')
        self.ends(OK, 'check', '--kb', self.where)  # by itself it only advises
        self.commit()
        self.assertEqual(self.since(OK), [])
        self.dated(self.HARD + ' ' + self.HARD + ' Vai al sito. Premi il tasto.', '2026-09-03')
        self.assertEqual(self.since(OK), [])  # hard still, but better
        self.commit()
        self.dated(self.HARD + ' ' + self.HARD, '2026-09-04')
        self.assertEqual([f[0] for f in self.since(NO)], ['readability'])

    def test_a_higher_threshold_makes_no_text_worse(self):
        self.dated('Quando il pagamento risulta registrato, conserva la ricevuta e aspetta qualche giorno. ' * 5, '2026-09-01')
        self.commit()
        write(os.path.join(self.where, 'kb.yaml'), KB_YAML + 'check: {readability: {it: 100}}\n')
        self.assertIn('readability', self.ends(OK, 'check', '--kb', self.where).out)
        self.assertEqual(self.since(OK), [])

    def test_an_acronym_more_blocks_and_is_the_one_that_is_told(self):
        self.dated('Compila il modello QZX.', '2026-09-01')
        self.commit()
        self.dated('Compila il modello QZX.\n\nPoi manda il WKJ.', '2026-09-02')
        text = read(os.path.join(self.where, A))
        line = text[: text.index('WKJ')].count('\n') + 1
        self.assertEqual(self.since(NO), [('unexplained-acronym', A, line)])
        self.assertEqual(self.found[0]['severity'], 'error')
        self.commit()
        self.dated('Compila il modello QZX.\n\nPoi manda il modulo.', '2026-09-03')
        self.assertEqual(self.since(OK), [])

    def test_a_new_article_is_measured_like_any(self):
        self.dated(self.HARD + ' ' + self.HARD, '2026-09-02')
        self.assertEqual([f[0] for f in self.since(NO)], ['readability'])

    def test_a_mistake_in_kb_yaml(self):
        write(os.path.join(self.where, 'kb.yaml'), KB_YAML + 'chek: {}\n')
        self.assertEqual([f[:2] for f in self.since(NO)], [('unknown-key', 'kb.yaml')])
        self.commit()
        self.assertEqual(self.since(OK), [])

    def test_where_the_branch_left(self):
        self.git('checkout', '-q', '-b', 'lavoro')
        self.prova('Leggi [x](manca).')
        self.commit()
        self.git('checkout', '-q', 'main')
        self.put(article('terza', 'Prova', 'Testo.', questions=('a b', 'c d', 'e f')), 'it/accesso/terza.md')
        self.commit()
        self.git('checkout', '-q', 'lavoro')
        self.assertEqual([f[:2] for f in self.since(NO, 'main...')], [('broken-link', A)])

    def test_the_folder_may_be_the_repository(self):
        shutil.rmtree(self.path('.git'))
        self.folder, outer = self.where, self.folder
        self.git('init', '-q')
        self.commit()
        self.prova('Leggi [x](manca).')
        self.assertEqual([f[:2] for f in self.since(NO)], [('broken-link', A)])
        self.folder = outer

    def test_what_cannot_be_says_what_to_do_and_leaves_nothing_behind(self):
        place = self.path('tmp')
        os.mkdir(place)

        def fails(kb, rev, *said):
            done = run('check', '--kb', kb, '--since', rev, env=environment(TMPDIR=place))
            self.assertEqual((done.code, done.out), (FAILED, ''), str(done))
            self.says(done, *said)

        fails(self.where, 'nessuna', 'nessuna', 'git log')
        shutil.copytree(self.where, self.path('altro'))
        fails(self.path('altro'), 'HEAD', 'was not there', 'later')
        fails(self.path('manca'), 'HEAD', '--kb')
        self.assertEqual(run('check', '--kb', self.where, '--since', 'HEAD', env=environment(TMPDIR=place)).code, OK)
        self.assertEqual(os.listdir(place), [])
        os.rmdir(place)
        fails(self.where, 'HEAD', 'TMPDIR')


if __name__ == '__main__':
    unittest.main()
