"""The agents' search on the terminal; and that what is sealed is sealed."""

import glob
import os
import pty
import subprocess
import unittest
import zlib

from program import BIN, KB, NO, OK, Case, WithIndex, environment, read, run


class Search(WithIndex):
    def test_result(self):
        got = self.search('ricevuta')
        self.assertEqual(list(got), ['total', 'results'])
        self.assertGreaterEqual(got['total'], len(got['results']))
        self.assertLessEqual(len(got['results']), 10)
        first = got['results'][0]
        self.assertEqual(list(first), ['id', 'lang', 'title', 'type', 'category', 'snippet', 'score'])
        self.assertIn('<mark>', first['snippet'])
        scores = [hit['score'] for hit in got['results']]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertTrue(all(0 <= score <= 1 for score in scores))

    def test_a_file_gets_the_words_alone(self):
        done = run('search', '--kb', KB, '--data', self.data, 'ricevuta')
        self.assertIn('ricevuta', done.out)
        self.assertNotIn('\x1b', done.out)

    def test_three_words_find_the_procedure(self):
        for words, wanted in (
            ('codice otp spid', 'spid-otp-non-arriva'),
            ('doppio pagamento rimborso', 'pagato-due-volte'),
            ('puk cie perso', 'cie-puk-perso'),
            ('soldi scalati ricevuta', 'addebito-senza-ricevuta'),
        ):
            self.assertIn(wanted, self.ids(words)[:3], words)

    def test_a_category_that_is_none(self):
        """Said, with those that there are, in the reader's language: nothing found would look like an answer."""
        for lang, words in (('it', 'non ha una categoria «accesso-spit»'), ('en', 'has no category "accesso-spit"'), ('de', 'keine Kategorie „accesso-spit“')):
            done = run('search', '--kb', KB, '--data', self.data, '--category', 'accesso-spit', 'otp', lang=lang)
            self.assertEqual(done.code, NO, str(done))
            for part in (words, 'accesso-spid, '):
                self.assertIn(part, done.err)
        self.assertEqual(run('search', '--kb', KB, '--data', self.data, '--category', 'accesso-spid', 'otp').err, '')

    def test_nothing_found(self):
        got = self.search('qwzrtplxkvbnm')
        self.assertEqual((got['total'], got['results']), (0, []))

    def test_typing_mistakes_are_corrected(self):
        for typed, meant in (('ricevutta', 'ricevuta'), ('cashbak', 'cashback'), ('pagamneto', 'pagamento')):
            got = self.search(typed)
            self.assertEqual(got.get('corrected'), meant, got)
            self.assertGreater(got['total'], 0)
        self.assertNotIn('corrected', self.search('ricevuta'))

    def test_synonyms_of_the_editors(self):
        groups = [line for line in read(os.path.join(KB, 'kb.yaml')).splitlines() if 'telefonino' in line]
        self.assertTrue(groups, 'kb.yaml has no synonyms for telefonino')
        with_synonym, plain = self.ids('telefonino rubato'), self.ids('telefono rubato')
        self.assertIn('io-telefono-rubato', plain[:3])
        self.assertIn('io-telefono-rubato', with_synonym[:3])

    def test_codes_are_one_word(self):
        for code in ('PAA_PAGAMENTO_DUPLICATO', 'paa_pagamento_duplicato'):
            got = self.search(code, '--lang', 'it')
            self.assertEqual(got['results'][0]['id'], 'avviso-gia-pagato')
            self.assertLess(got['total'], 10)  # not everything about a payment

    def test_elision_and_both_apostrophes(self):
        for variants in (
            ("l'avviso", 'l’avviso', 'avviso', 'un avviso', "dell'avviso", "L'AVVISO"),
            ("l'iban", "dell'iban", 'dell’iban', 'iban'),
        ):
            results = [self.search(text)['total'] for text in variants]
            self.assertGreater(results[0], 0, variants)
            self.assertEqual(len(set(results)), 1, dict(zip(variants, results)))

    def test_accents_are_optional(self):
        for variants in (
            ('identità elettronica', 'identita elettronica', "identita' elettronica"),
            ('già pagato', 'gia pagato', "gia' pagato"),
        ):
            results = [self.ids(text) for text in variants]
            self.assertEqual(results[0][0], results[1][0])
            self.assertEqual(results[0], results[1], variants)
            self.assertEqual(results[1], results[2], variants)

    def test_filters(self):
        for setting, value, member in (
            ('--type', 'procedure', 'type'),
            ('--category', 'accesso-spid', 'category'),
            ('--lang', 'de', 'lang'),
        ):
            hits = self.search('codice' if value != 'de' else 'Code', setting, value)['results']
            self.assertTrue(hits)
            self.assertEqual({hit[member] for hit in hits}, {value})
        self.assertEqual(self.search('codice', '--category', 'no-such')['total'], 0)

    def test_limit(self):
        for limit in (1, 3, 100):
            self.assertLessEqual(len(self.search('codice', '--limit', str(limit))['results']), limit)
        self.assertEqual(len(self.search('codice', '--limit', '1')['results']), 1)

    def on_a_terminal(self, *words, **env):
        """What the person sees: the words that were found are bold, where they want colours."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        command = [BIN, 'search', '--kb', KB, '--data', self.data, '--encoder', 'none', *words]
        with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment(TERM='xterm', **env)) as process:
            os.close(theirs)
            seen = b''
            try:
                while got := os.read(ours, 65536):
                    seen += got
            except OSError:  # Linux says so when the other side is closed
                pass
            self.assertEqual(process.wait(60), OK)
        return seen.decode()

    def test_the_terminal_shows_no_markup(self):
        for env, bold in (({}, True), ({'NO_COLOR': '1'}, False)):
            seen = self.on_a_terminal('ricevuta', **env)
            self.assertEqual('\033[1m' in seen, bold)
            for part in ('<mark>', '&#39;', '&quot;', '&amp;'):
                self.assertNotIn(part, seen)
            self.assertRegex(seen, r'(?m)^found: \d+\r$')

    def test_operators_of_the_search_engine_are_words(self):
        for text in (
            'codice AND',
            '"codice',
            'codice*',
            '-codice',
            'title:codice',
            '(codice',
            'NOT codice',
            '+',
            "'",
            '\\',
        ):
            self.search(text)

    # ---- what is not for the reader ----

    def test_agents_content_is_found_by_agents_only(self):
        for words, article in (('tabella codici errore per operatori', 'op-l1-codici-errore'),):
            self.assertIn(article, self.ids(words, '--audience', 'agent-l1'))
            self.assertIn(article, self.ids(words, '--audience', 'agent-l2'))
            for audience in ('citizen', 'creditor', 'psp', 'partner'):
                self.assertNotIn(article, self.ids(words, '--audience', audience, '--limit', '100'), audience)

    def test_second_level_is_not_for_the_first(self):
        only = set(self.ids('', '--audience', 'agent-l2', '--limit', '100', '--category', 'operatori')) - set(
            self.ids('', '--audience', 'agent-l1', '--limit', '100', '--category', 'operatori')
        )
        self.assertTrue(only, 'kb/ has nothing for the second level alone')


class Sealed(Case):
    """On a small knowledge base: each audience's folder holds that audience's words and no others."""

    def setUp(self):
        super().setUp()
        self.data = self.path('data')
        self.ends(OK, 'index', '--kb', self.kb(), '--data', self.data)

    def folder_has(self, audience, *words):
        """Which of the words stand anywhere in the files of an audience, as they are or compressed."""
        folders = glob.glob(os.path.join(self.data, 'index', 'g-*', audience))
        self.assertTrue(folders, f'no index for {audience}')
        found = set()
        for folder in folders:
            for root, _, names in os.walk(folder):
                for name in names:
                    with open(os.path.join(root, name), 'rb') as file:
                        data = _unpacked(file.read())
                    found |= {word for word in words if word.encode() in data}
        return found

    def test_words_of_agents_are_in_no_file_of_the_citizens(self):
        theirs = ('ornitorinco', 'ornitorinc', 'caleidoscopio', 'caleidoscop', 'procedura-interna', 'riservata')
        self.assertEqual(self.folder_has('citizen', *theirs), set())
        self.assertEqual(self.folder_has('citizen', 'gestore', 'otp'), {'gestore', 'otp'})
        self.assertLessEqual(
            {'ornitorinco', 'caleidoscopio', 'procedura-interna'}, self.folder_has('agent-l1', *theirs)
        )

    def test_search_correction_and_completion_do_not_tell_them(self):
        for text in ('ornitorinco', 'ornitorinko', 'caleidoscopio', 'caleidoskopio', 'procedura riservata'):
            done = run('search', '--kb', self.path('kb'), '--data', self.data, '--json', text)
            for word in ('ornitorinco', 'caleidoscopio', 'riservata'):
                self.assertNotIn(word, done.out, text)
            self.assertEqual(
                run('search', '--kb', self.path('kb'), '--data', self.data, '--audience', 'agent-l1', text).code,
                OK,
                text,
            )
        self.assertEqual(run('search', '--kb', self.path('kb'), '--data', self.data, 'ornitorinco').code, NO)

    def test_an_article_that_is_withdrawn_from_citizens_leaves_their_files(self):
        path = self.path('kb', 'it', 'accesso', 'otp.md')
        text = read(path)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text.replace('audience: [citizen]', 'audience: [agent-l1]'))
        self.ends(OK, 'index', '--kb', self.path('kb'), '--data', self.data)
        self.assertEqual(run('search', '--kb', self.path('kb'), '--data', self.data, 'gestore').code, NO)
        self.assertEqual(
            run('search', '--kb', self.path('kb'), '--data', self.data, '--audience', 'agent-l1', 'gestore').code, OK
        )


def _unpacked(data):
    """The bytes, and after them what any raw deflate stream in them unpacks to (texts are stored so)."""
    parts = [data]
    for start in range(len(data)):
        if len(data) - start < 16:
            break
        stream = zlib.decompressobj(-15)
        try:
            out = stream.decompress(data[start : start + 65536], 1 << 16)
        except zlib.error:
            continue
        if len(out) > 24:
            parts.append(out)
    return b'\n'.join(parts)


if __name__ == '__main__':
    unittest.main()
