"""Other people's FAQs into Markdown: all or nothing, in place, and good enough for every other command."""

import glob
import os
import unittest

from program import FAILED, NO, OK, USAGE, Case, lines_file, read, run, write

ROWS = [
    {
        'id': 'pagare',
        'lang': 'it',
        'title': 'Come pago un avviso?',
        'answer': "Apri l'app e inquadra il codice.\n\nPoi conferma.",
        'questions': ['pagare avviso', 'come si paga'],
        'tags': ['avviso', 'qr'],
        'category': 'Pagamenti & Avvisi',
    },
    {'id': 'pay', 'lang': 'en', 'title': 'How do I pay?', 'answer': 'Open the app: # no heading, <b>no</b> HTML.'},
    {
        'id': 'riservato',
        'lang': 'it',
        'title': 'Procedura interna',
        'answer': 'Chiama il reparto.',
        'audience': 'agent-l1',
    },
]
CSV = '''id;lang;title;answer;questions;tags;category
uno;it;"Il titolo; con separatore";"Riga uno
riga ""due""";prima|seconda;a|b;Varie
due;;Senza lingua;Testo;;;
'''


def articles(kb):
    return {os.path.relpath(path, kb): read(path) for path in glob.glob(os.path.join(kb, '*', '*', '*.md'))}


class Jsonl(Case):
    def setUp(self):
        super().setUp()
        self.new = self.path('new')

    def bring(self, code, rows, *more, name='faq.jsonl'):
        return self.ends(code, 'import', lines_file(self.path(name), rows), '--kb', self.new, *more)

    def test_new_folder(self):
        done = self.bring(OK, ROWS, '--json')
        self.assertEqual(done.json(), {'read': 3, 'written': 3})
        files = articles(self.new)
        self.assertEqual(
            set(files), {'it/pagamenti-avvisi/pagare.md', 'en/imported/pay.md', 'it/imported/riservato.md'}
        )
        text = files['it/pagamenti-avvisi/pagare.md']
        for part in (
            'id: pagare\n',
            'type: qa\n',
            'category: pagamenti-avvisi\n',
            '  - citizen\n',
            '  - pagare avviso\n',
            '  - qr\n',
            'status: published\n',
            "Apri l'app e inquadra il codice.\n\nPoi conferma.\n",
        ):
            self.assertIn(part, text)
        self.assertIn('  - agent-l1\n', files['it/imported/riservato.md'])
        self.assertNotIn('citizen', files['it/imported/riservato.md'])

    def test_what_was_brought_in_works(self):
        self.bring(OK, ROWS)
        found = self.ends(OK, 'check', '--kb', self.new, '--json').json()
        self.assertEqual(found['articles'], 3)
        self.assertEqual([f for f in found['findings'] if f['severity'] == 'error'], [])
        hit = self.ends(OK, 'search', '--kb', self.new, '--json', 'inquadra').json()['results'][0]
        self.assertEqual((hit['id'], hit['lang']), ('pagare', 'it'))
        self.ends(NO, 'search', '--kb', self.new, 'reparto')
        self.ends(OK, 'search', '--kb', self.new, '--audience', 'agent-l1', 'reparto')
        answer = self.ends(OK, 'ask', '--kb', self.new, '--json', 'come pago un avviso').json()
        self.assertEqual((answer['decision'], answer['article']), ('answer', 'pagare'))

    def test_answers_are_text_not_markup(self):
        self.bring(OK, ROWS)
        markdown = self.ends(OK, 'ask', '--kb', self.new, '--json', '--lang', 'en', 'how do i pay').json()['reply'][
            'markdown'
        ]
        self.assertIn('no', markdown)
        self.assertNotIn('<b>', markdown.replace('\\<b>', ''))

    def test_a_byte_order_mark(self):
        path = lines_file(self.path('marked.jsonl'), ROWS)
        write(path, '\ufeff' + read(path))
        self.ends(OK, 'import', path, '--kb', self.new)
        self.assertEqual(len(articles(self.new)), 3)

    def test_an_audience_that_is_not(self):
        self.says(self.bring(USAGE, ROWS[:2], '--audience', 'king'), 'no audience "king"')
        self.assertEqual(articles(self.new), {})
        self.bring(OK, ROWS[:2], '--audience', 'agent-l1')
        before = articles(self.new)
        self.says(self.bring(USAGE, ROWS[:2], '--audience', 'citizen,agent-l1', '--replace'), 'no audience "citizen,agent-l1"')
        self.assertEqual(articles(self.new), before)

    def test_an_audience_of_a_record_that_is_not(self):
        rows = [ROWS[0], {**ROWS[1], 'audience': ['citizen', 'king']}]
        self.says(self.bring(NO, rows), 'faq.jsonl:2: record pay: kb.yaml knows no audience "king"; write one of its audiences (citizen, ')
        self.assertEqual(articles(self.new), {})
        self.bring(OK, ROWS)
        before = articles(self.new)
        self.says(self.bring(NO, rows, '--replace'), 'or add this one to kb.yaml')
        table = self.path('faq.csv')
        write(table, 'id;lang;title;answer;audience\ntre;it;Tre;Testo;citizen\nquattro;it;Quattro;Testo;cittadino\n')
        self.says(self.ends(NO, 'import', table, '--format', 'csv', '--kb', self.new), 'faq.csv:3: record quattro: kb.yaml knows no audience "cittadino"')
        self.assertEqual(articles(self.new), before)
        config = os.path.join(self.new, 'kb.yaml')
        write(config, read(config).replace('audiences:\n', 'audiences:\n  king: {name: Re}\n'))
        self.bring(OK, rows, '--replace')
        self.assertIn('  - king\n', articles(self.new)['en/imported/pay.md'])

    def test_second_import_changes_nothing(self):
        self.bring(OK, ROWS)
        before = articles(self.new), read(os.path.join(self.new, 'kb.yaml'))
        self.assertEqual(self.bring(OK, ROWS, '--json').json(), {'read': 3, 'written': 0})
        self.assertEqual((articles(self.new), read(os.path.join(self.new, 'kb.yaml'))), before)

    def test_second_import_on_another_day_changes_nothing(self):
        self.bring(OK, ROWS[:1])
        path = os.path.join(self.new, 'it/pagamenti-avvisi/pagare.md')
        line = next(line for line in read(path).splitlines() if line.startswith('updated: '))
        older = read(path).replace(line, 'updated: 2026-01-31')
        write(path, older)
        self.assertEqual(self.bring(OK, ROWS[:1], '--json').json(), {'read': 1, 'written': 0})
        self.assertEqual(read(path), older)

    def test_an_article_that_was_changed_stays(self):
        self.bring(OK, ROWS)
        path = os.path.join(self.new, 'it/pagamenti-avvisi/pagare.md')
        mine = read(path) + '\nScritto da noi.\n'
        write(path, mine)
        done = self.bring(NO, ROWS)
        self.says(done, 'faq.jsonl:1:', 'pagare.md', '--replace')
        self.assertEqual(read(path), mine)
        self.assertEqual(self.bring(OK, ROWS, '--replace', '--json').json(), {'read': 3, 'written': 1})
        self.assertNotIn('Scritto da noi', read(path))

    def test_a_folder_that_exists_is_added_to(self):
        self.new = self.kb()
        before = articles(self.new)
        self.bring(OK, ROWS)
        after = articles(self.new)
        self.assertEqual({path: after[path] for path in before}, before)
        self.assertEqual(len(after), len(before) + 3)
        self.assertIn('timezone: Europe/Rome\n', read(os.path.join(self.new, 'kb.yaml')))
        self.ends(OK, 'check', '--kb', self.new)

    def test_defaults_that_are_given(self):
        self.bring(
            OK,
            [{'id': 'x', 'title': 'Titel', 'answer': 'Text.'}],
            '--lang',
            'de',
            '--category',
            'Häufige Fragen',
            '--audience',
            'agent-l1',
        )
        files = articles(self.new)
        self.assertEqual(list(files), ['de/haufige-fragen/x.md'])
        self.assertIn('  - agent-l1\n', files['de/haufige-fragen/x.md'])

    def test_numbers_are_ids_too(self):
        self.bring(OK, [{'id': 182, 'lang': 'it', 'title': 'Quanto costa?', 'answer': 'Nulla.'}])
        self.assertEqual(list(articles(self.new)), ['it/imported/182.md'])
        self.ends(OK, 'check', '--kb', self.new)

    def test_links_that_are_not_safe_do_not_break_the_article(self):
        self.bring(
            OK, [{'id': 'firma', 'lang': 'it', 'title': 'Firma', 'answer': 'Apri [la firma](esempio://firma) ora.'}]
        )
        self.ends(OK, 'check', '--kb', self.new)
        self.ends(OK, 'search', '--kb', self.new, 'firma')

    def test_mistakes_name_the_line_and_write_nothing(self):
        good = ROWS[0]
        for number, (bad, line, says) in enumerate(
            (
                ('{"id": "x", "title": ', 2, 'column'),
                ('[1, 2]', 2, 'a JSON object is needed'),
                ({'title': 'Senza id', 'answer': 'x'}, 2, '"id" is missing'),
                ({'id': 'senza-titolo', 'answer': 'x'}, 2, '"title" is missing'),
                ({'id': 'x', 'title': '', 'answer': 'x'}, 2, '"title" is empty'),
                ({'id': 'x', 'title': 'X', 'lang': 'fr', 'answer': 'x'}, 2, '"lang" is "fr"; known are it, en, de'),
                ({'id': 'x', 'title': 'X', 'questions': 'uno'}, 2, '"questions" must be a list of texts'),
                ({'id': 'x', 'title': 'X', 'tags': [1]}, 2, '"tags" must be a list of texts'),
                ({'id': 'x', 'title': ['X']}, 2, '"title" must be a text'),
                ({'id': 'su/../giu', 'title': 'X', 'answer': 'x'}, 2, 'su/../giu'),
                ({'id': '../../fuori', 'title': 'X', 'answer': 'x'}, 2, '../../fuori'),
                ('{"id": "x", "title": "X", "title": "Y"}', 2, 'duplicate'),
            )
        ):
            with self.subTest(bad=bad):
                self.new = self.path(f'new{number}')
                done = self.bring(NO, [good, bad, ROWS[1]])
                self.says(done, f'faq.jsonl:{line}:', says)
                self.assertEqual(done.out, '')
                self.assertEqual(articles(self.new) if os.path.isdir(self.new) else {}, {}, str(done))
        self.assertFalse(os.path.exists(self.path('fuori.md')))

    def test_not_utf8(self):
        write(self.path('bad.jsonl'), b'{"id": "x", "title": "caff\xe9"}\n')
        self.says(self.ends(NO, 'import', self.path('bad.jsonl'), '--kb', self.new), 'bad.jsonl:1:', 'byte 0xe9')

    def test_empty_lines_and_empty_files(self):
        self.assertEqual(self.bring(OK, ['', ROWS[0], '   ', ''], '--json').json(), {'read': 1, 'written': 1})
        self.assertEqual(self.bring(OK, [], '--json').json(), {'read': 0, 'written': 0})

    def test_the_same_id_twice_in_one_file(self):
        done = run(
            'import', lines_file(self.path('f.jsonl'), [ROWS[0], dict(ROWS[0], answer='Altro.')]), '--kb', self.new
        )
        self.assertEqual(done.code, NO, str(done))
        self.says(done, 'f.jsonl:2:', 'pagare')

    def test_unknown_format(self):
        self.says(self.ends(USAGE, 'import', 'x', '--kb', self.new, '--format', 'xml'), 'jsonl|csv')

    def test_a_folder_that_cannot_be_made(self):
        write(self.path('file'), 'x')
        done = self.ends(FAILED, 'import', lines_file(self.path('f.jsonl'), ROWS), '--kb', self.path('file', 'kb'))
        self.says(done, 'file')


class Csv(Case):
    def bring(self, code, text, *more):
        write(self.path('faq.csv'), text)
        return self.ends(code, 'import', self.path('faq.csv'), '--format', 'csv', '--kb', self.path('new'), *more)

    def test_quotes_separators_and_lists(self):
        self.assertEqual(self.bring(OK, CSV, '--json').json(), {'read': 2, 'written': 2})
        files = articles(self.path('new'))
        self.assertEqual(set(files), {'it/Varie/uno.md', 'it/imported/due.md'})
        for part in ('Il titolo; con separatore', '  - prima\n', '  - seconda\n', '  - b\n', 'riga "due"'):
            self.assertIn(part, files['it/Varie/uno.md'])
        self.ends(OK, 'check', '--kb', self.path('new'))

    def test_the_same_with_commas_tabs_byte_order_mark_and_windows_line_ends(self):
        rows = 'id,title,answer\nuno,Titolo,Testo\ndue,"Altro, titolo",Testo\n'
        for text in (
            rows,
            rows.replace('\n', '\r\n'),
            '\ufeff' + rows,
            rows.rstrip('\n'),
            'id\ttitle\tanswer\nuno\tTitolo\tTesto\ndue\tAltro, titolo\tTesto\n',
        ):
            with self.subTest(text=text):
                self.assertEqual(self.bring(OK, text, '--json', '--replace').json()['read'], 2)
                self.assertIn('Altro, titolo', articles(self.path('new'))['it/imported/due.md'])

    def test_mistakes_name_the_line(self):
        for text, line, says in (
            ('id,title\nuno,Uno\ndue,"aperto\n', 3, 'never closed'),
            ('id,title\nuno,Uno\n\n,Senza\n', 4, '"id" is missing or empty'),
            ('id,title\nuno\n', 2, '"title" is missing or empty'),
            ('id,title,lang\nuno,Uno,fr\n', 2, '"lang" is "fr"'),
            ('id,title\nuno,"Uno" x\n', 2, 'after a closing quote'),
            ('id,title,answer\nuno,Uno,"a\nb"\ndue,"Due\n', 4, 'never closed'),
            ('name,title\nuno,Uno\n', 2, '"id" is missing or empty'),
        ):
            with self.subTest(text=text):
                done = self.bring(NO, text)
                self.says(done, f'faq.csv:{line}:', says)
                self.assertEqual(articles(self.path('new')) if os.path.isdir(self.path('new')) else {}, {})

    def test_only_a_head(self):
        self.assertEqual(self.bring(OK, 'id,title\n', '--json').json(), {'read': 0, 'written': 0})
        self.assertEqual(self.bring(OK, '', '--json').json(), {'read': 0, 'written': 0})


if __name__ == '__main__':
    unittest.main()
