"""Other systems' exports: what a reader saw there is what a reader sees here, and nobody sees more."""

import glob
import json
import os
import re
import unittest

from program import NO, OK, USAGE, Case, read, run, write

TEXT = (
    '<h1>Titolo</h1><p>Ciao&nbsp;<b>mondo </b>e <em>altri</em>, <a href="https://x.org/a b">qui</a><br>riga due</p>'
    '<ul><li>uno<ul><li>due</li></ul></li><li><strong>x</strong></li></ul><ol start="3"><li>a</li><li>b</li></ol>'
    '<table><thead><tr><th>A</th><th>B</th></tr></thead><tr><td>1|2</td><td><p>x</p><p>y</p></td></tr></table>'
    '<pre><code>a\n  b</code></pre><blockquote>detto</blockquote><p>in <code>cod`ice</code> &lt;b&gt; *s* a_b</p>'
)
MARKDOWN = '''## Titolo

Ciao **mondo** e *altri*, [qui](https://x.org/a%20b)\\
riga due

- uno
  - due
- **x**

3. a
4. b

| A | B |
| --- | --- |
| 1\\|2 | x y |

```
a
  b
```

> detto

in ``cod`ice`` \\<b> \\*s\\* a_b
'''


def faq_page(*blocks, lang='it-IT'):
    scripts = ''.join(f'<script type="application/ld+json">{b if isinstance(b, str) else json.dumps(b)}</script>' for b in blocks)
    return f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{scripts}</head><body><p>x</p></body></html>'


def question(name, text, **more):
    return {'@type': 'Question', 'name': name, 'acceptedAnswer': {'@type': 'Answer', 'text': text}, **more}


class Formats(Case):
    def bring(self, kind, content, *more, code=OK, kb='new', audience='citizen', name='export'):
        write(self.path(name), content if isinstance(content, (str, bytes)) else json.dumps(content, ensure_ascii=False))
        args = ['--audience', audience] if audience else []
        return self.ends(code, 'import', self.path(name), '--format', kind, '--kb', self.path(kb), *args, *more)

    def files(self, kb='new'):
        root = self.path(kb)
        return {os.path.relpath(p, root): read(p) for p in glob.glob(os.path.join(root, '*', '*', '*.md'))}

    def body(self, html, **more):
        """An answer's HTML as the Markdown that comes of it."""
        self.bring('faqpage', {'@type': 'FAQPage', 'mainEntity': [question('Prova', html)]}, '--replace', kb='one', **more)
        return self.files('one')['it/imported/prova.md'].split('\n---\n\n', 1)[1]


class Html(Formats):
    def test_all_kinds(self):
        self.assertEqual(self.body(TEXT), MARKDOWN)

    def test_pieces(self):
        for html, markdown in (
            ('solo testo', 'solo testo\n'),
            ('<p>uno</p><p>due</p>', 'uno\n\ndue\n'),
            ('uno<br><br>due', 'uno\n\ndue\n'),
            ('<div><div>a</div>b<span>c</span></div>', 'a\n\nbc\n'),
            ('<h2>T</h2><h4>U</h4>', '## T\n\n#### U\n'),
            ('# no', '\\# no\n'),
            ('<p>1. no</p><p>- no</p><p>&gt; no</p><p>--- no</p>', '1\\. no\n\n\\- no\n\n\\> no\n\n\\--- no\n'),
            ('[a](b) ![c](d) `e` <span>[!agent-l1]</span>', '\\[a\\](b) !\\[c\\](d) \\`e\\` \\[!agent-l1\\]\n'),
            ('wow!<a href="https://x.org">x</a>', 'wow\\![x](https://x.org)\n'),
            ('<a href="javascript:alert(1)">male</a> <a href="/dentro">dentro</a> <a href=" HTTPS://x.org ">x</a>', 'male dentro [x](HTTPS://x.org)\n'),
            ('<a href="mailto:a@b.it">scrivi</a>', '[scrivi](mailto:a@b.it)\n'),
            ('a<script>alert(1)</script><style>p{}</style><form><input></form>b<!-- c -->', 'a\n\nb\n'),
            ('<p>Guarda <img src="a.png" alt="la figura"> qui</p>', 'Guarda la figura qui\n'),
            ('<b></b><i> </i>x', 'x\n'),
            ('<ol><li><p>a</p><p>b</p></li><li>c</li></ol>', '1. a\n\n   b\n2. c\n'),
            ('<ul><li>a</li><ul><li>b</li></ul></ul>', '- a\n  - b\n'),
            ('<table><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></table>', '| a | |\n| --- | --- |\n| b | c |\n'),
            ('<dl><dt>t</dt><dd>d</dd></dl>', '**t**\n\nd\n'),
            ('a&amp;lt;b &euro; &egrave; è', 'a\\&lt;b € è è\n'),
            ('<p>a</p><hr><p>b</p>', 'a\n\n***\n\nb\n'),
            ('<pre>```\nx\n```</pre>', '`````\n```\nx\n```\n`````\n'),
        ):
            with self.subTest(html=html):
                self.assertEqual(self.body(html), markdown)

    def test_what_is_dropped_is_told_with_record_and_field(self):
        done = self.bring('faqpage', {'@type': 'Question', 'name': 'Prova', 'acceptedAnswer': {'text': '<img src="b.png"><iframe src="v"></iframe><a href="x:y">t</a>z'}})
        for part in ('export: question 1: text: the image "b.png"', 'question 1: text: "iframe"', 'question 1: text: the link "x:y"'):
            self.assertIn(part, done.err, str(done))

    def test_no_html_no_script_and_no_marker_ever_comes_in(self):
        nasty = ['<svg onload=alert(1)>', '<<script>x</script>', '&lt;script&gt;x&lt;/script&gt;', '<p title="<script>">x</p>', '[x](javascript:a)',
                 '<blockquote>[!agent-l1]<br>x</blockquote>', '<a href="https://x.org/)%20<script>">x</a>', '<b><script>x</b></script>', '<!--', '<![CDATA[x]]>', '</li></p>']
        for html in nasty:
            with self.subTest(html=html):
                self.body(html + ' fine')
                found = run('check', '--kb', self.path('one'), '--json').json()['findings']
                self.assertEqual([f for f in found if f['rule'] in ('raw-html', 'unsafe-link', 'audience-marker', 'image')], [])

    def test_depth_and_size_are_bounded(self):
        deep = [question('A', '<div>' * 90000 + 'x'), question('B', '<ul><li>' * 50000 + 'x'), question('C', '<b>' * 200000 + 'x'),
                question('D', '<table><tr><td>' * 20000 + 'x'), question('E', '<p>' + 'y' * (1 << 20)), question('F', 'bene')]
        done = self.bring('faqpage', {'@type': 'FAQPage', 'mainEntity': deep}, '--json')
        self.assertEqual(done.json()['read'], 5)
        self.assertIn('question 5: text: the text is too large', done.err)
        self.assertIn('bene', self.files()['it/imported/f.md'])
        nested = '[' * 200000 + ']' * 200000
        self.bring('faqpage', nested, code=NO)

    def test_random_bytes_do_no_harm(self):
        import random

        chance = random.Random(7)
        pieces = ['<', '>', '/', 'ul', 'li', 'table', 'td', 'p', 'b', '"', "'", '&', ';', '#', 'a href=', 'è', ' ', '\n', 'x', '`', '*', '|', '<!--', '-->', ']]>', '\\']
        items = [question(f'Q{n}', ''.join(chance.choice(pieces) for _ in range(chance.randrange(200)))) for n in range(300)]
        self.bring('faqpage', {'@type': 'FAQPage', 'mainEntity': items})
        found = run('check', '--kb', self.path('new'), '--json').json()['findings']
        self.assertEqual([f for f in found if f['rule'] in ('raw-html', 'unsafe-link', 'audience-marker')], [])


class FaqPage(Formats):
    def test_blocks_graph_languages_days(self):
        page = faq_page(
            {'@context': 'https://schema.org', '@graph': [{'@type': 'WebPage', 'name': 'x'}, {'@type': 'FAQPage', 'dateModified': '2026-03-04T10:00:00Z',
             'mainEntity': [question('Come &amp; quando pago?', '<p>Così</p>'), question('Wie zahle ich?', 'So', inLanguage='de')]}]},
            '{rotto',
            [question('Come & quando pago?', '<p>Così</p>'), {'@type': ['Question'], 'name': 'Terza', 'acceptedAnswer': [{'text': 'lista'}], 'url': 'https://x.org/3'}],
            {'@type': 'Product', 'name': 'non una domanda'},
        )
        done = self.bring('faqpage', page, '--json')
        files = self.files()
        self.assertEqual(set(files), {'it/imported/come-quando-pago.md', 'de/imported/wie-zahle-ich.md', 'it/imported/terza.md'})
        self.assertIn('title: "Come & quando pago?"\n', files['it/imported/come-quando-pago.md'])
        self.assertIn('updated: 2026-03-04\n', files['it/imported/come-quando-pago.md'])
        self.assertIn('source:\n  - "https://x.org/3"\n', files['it/imported/terza.md'])
        self.assertIn('JSON-LD 2: script:', done.err)

    def test_escaped_html_is_undone(self):
        self.assertEqual(self.body('&lt;p&gt;uno &lt;b&gt;due&lt;/b&gt;&lt;/p&gt;'), 'uno **due**\n')

    def test_pages_without_questions(self):
        self.says(self.bring('faqpage', '<html><body>x</body></html>', code=NO), 'JSON-LD')
        self.says(self.bring('faqpage', faq_page({'@type': 'Product'}), code=NO), 'Question')
        self.says(self.bring('faqpage', b'<html>\xff', code=NO), 'UTF-8')

    def test_ids_are_stable_and_differ(self):
        items = [question('Uguale?', 'a'), question('Uguale!', 'b'), question('???', 'c'), question('Così è, se vi pare: ' + 'parola ' * 40, 'd')]
        self.bring('faqpage', {'mainEntity': items})
        first = self.files()
        names = sorted(os.path.basename(p) for p in first)
        self.assertIn('uguale.md', names)
        self.assertIn('uguale-2.md', names)
        self.assertTrue(all(len(n) < 70 for n in names))
        again = self.bring('faqpage', {'mainEntity': items}, '--json')
        self.assertEqual((again.json()['written'], self.files()), (0, first))

    def test_our_own_pages_come_back(self):
        """An exported page with its structured data is such a page."""
        kb = self.kb()
        self.ends(OK, 'export', '--kb', kb, '--format', 'site', '--out', self.path('site'), '--base-url', 'https://x.example')
        self.bring('faqpage', read(self.path('site', 'it/a/otp.html')))
        self.assertIn('Aspetta cinque minuti.', self.files()['it/imported/non-mi-arriva-il-codice-otp.md'])


class Deny(Formats):
    def test_an_audience_must_be_told(self):
        self.says(self.bring('faqpage', {'mainEntity': [question('A', 'b')]}, code=USAGE, audience=None), '--audience')
        self.assertFalse(os.path.exists(self.path('new')))

    def test_limited_articles_need_a_map(self):
        page = {'articles': [{'id': 1, 'title': 'Per tutti', 'body': 'a', 'locale': 'it', 'user_segment_id': None},
                             {'id': 2, 'title': 'Per pochi', 'body': 'b', 'locale': 'it', 'user_segment_id': 77}]}
        done = self.bring('zendesk', page, '--json')
        self.assertEqual((list(self.files()), done.json()['left_out']), (['it/imported/per-tutti.md'], 1))
        self.assertIn('article 2: audience: only the group "77"', done.err)
        write(self.path('map.json'), json.dumps({'audience': {'77': ['agent-l1', 'agent-l2'], 'public': 'citizen'}}))
        self.bring('zendesk', page, '--map', self.path('map.json'), audience=None)
        self.assertIn('audience:\n  - agent-l1\n  - agent-l2\n', self.files()['it/imported/per-pochi.md'])
        self.assertIn('audience:\n  - citizen\n', self.files()['it/imported/per-tutti.md'])

    def test_a_map_that_names_an_audience_that_is_not(self):
        write(self.path('map.json'), '\ufeff' + json.dumps({'audience': {'public': ['citizens']}}))
        done = self.bring('faqpage', {'mainEntity': [question('A', 'b')]}, '--map', self.path('map.json'), code=NO, audience=None)
        self.says(done, 'map.json: record a: kb.yaml knows no audience "citizens"; write one of its audiences (citizen, ')
        self.assertEqual(self.files(), {})

    def test_a_map_that_says_nothing_of_the_public(self):
        write(self.path('map.json'), json.dumps({'audience': {}, 'category': {}}))
        done = self.bring('faqpage', {'mainEntity': [question('A', 'b')]}, '--map', self.path('map.json'), '--json', audience=None)
        self.assertEqual((done.json()['written'], done.json()['left_out']), (0, 1))
        write(self.path('map.json'), '[1')
        self.says(self.bring('faqpage', {'mainEntity': []}, '--map', self.path('map.json'), code=NO), 'map.json:1')


class Zendesk(Formats):
    EXPORT = {
        'categories': [{'id': 9, 'name': 'Pagamenti & Avvisi'}],
        'sections': [{'id': 5, 'name': 'Carte', 'category_id': 9}, {'id': 6, 'name': 'Da sola'}],
        'articles': [
            {'id': 360001, 'title': 'Aggiungere una carta', 'body': '<p>Premi <b>Aggiungi</b></p>', 'locale': 'it', 'section_id': 5, 'draft': False,
             'label_names': ['carta', 'wallet'], 'updated_at': '2026-02-03T10:00:00Z', 'edited_at': '2026-01-02T00:00:00Z', 'user_segment_id': None,
             'html_url': 'https://x.zendesk.com/hc/it/articles/360001',
             'translations': [{'locale': 'it', 'title': 'Aggiungere una carta', 'body': 'x'}, {'locale': 'en-us', 'title': 'Add a card', 'body': '<p>Press Add</p>', 'draft': False},
                              {'locale': 'fr', 'title': 'Ajouter', 'body': 'x'}]},
            {'id': 360002, 'title': 'Bozza', 'body': 'x', 'locale': 'it', 'section_id': 6, 'draft': True},
            {'id': 360003, 'title': 'Vecchia', 'body': 'x', 'locale': 'it', 'outdated': True},
        ],
        'translations': [{'source_id': 360002, 'locale': 'de', 'title': 'Entwurf', 'body': 'y', 'outdated': True}],
    }

    def test_everything(self):
        done = self.bring('zendesk', self.EXPORT)
        files = self.files()
        self.assertEqual(set(files), {'it/pagamenti-avvisi/aggiungere-una-carta.md', 'en/pagamenti-avvisi/aggiungere-una-carta.md',
                                      'it/da-sola/bozza.md', 'de/da-sola/bozza.md', 'it/imported/vecchia.md'})
        card = files['it/pagamenti-avvisi/aggiungere-una-carta.md']
        for part in ('title: Aggiungere una carta\n', 'keywords:\n  - carta\n  - wallet\n', 'status: published\n', 'updated: 2026-01-02\n',
                     'https://x.zendesk.com/hc/it/articles/360001', 'Premi **Aggiungi**\n'):
            self.assertIn(part, card)
        self.assertIn('Press Add', files['en/pagamenti-avvisi/aggiungere-una-carta.md'])
        self.assertIn('status: draft\n', files['it/da-sola/bozza.md'])
        self.assertIn('status: draft\n', files['it/imported/vecchia.md'])
        self.assertIn('status: draft\n', files['de/da-sola/bozza.md'])
        self.assertIn('article 360001 (fr): lang: the language "fr"', done.err)
        self.assertIn('article 360003: outdated:', done.err)
        self.assertEqual(self.bring('zendesk', [self.EXPORT], '--json').json()['written'], 0)
        errors = [f for f in run('check', '--kb', self.path('new'), '--json').json()['findings'] if f['severity'] == 'error']
        self.assertEqual(errors, [])

    def test_a_category_of_ours(self):
        write(self.path('map.json'), json.dumps({'category': {'Pagamenti & Avvisi': 'pagamento'}}))
        self.bring('zendesk', self.EXPORT, '--map', self.path('map.json'))
        self.assertIn('it/pagamento/aggiungere-una-carta.md', self.files())

    def test_not_of_this_format(self):
        self.says(self.bring('zendesk', {'result': []}, code=NO), '"articles"')
        self.says(self.bring('zendesk', '{"articles": [', code=NO), 'export:1:')
        self.bring('zendesk', {'articles': [1, None, {'id': {}}, {'title': 7}]})


class ServiceNow(Formats):
    PLAIN = {'number': 'KB0010001', 'sys_id': 'a1', 'short_description': 'Reimpostare la password', 'text': '<p>Premi <i>Reimposta</i></p>', 'kb_category': 'Accesso',
             'workflow_state': 'published', 'valid_to': '2100-01-01', 'language': 'it', 'meta': 'password, accesso', 'sys_updated_on': '2026-04-05 10:11:12',
             'can_read_user_criteria': ''}

    def both(self, record):
        return {key: {'value': value, 'display_value': value.upper() if key in ('workflow_state', 'language') else value, 'link': 'x'} for key, value in record.items()}

    def test_plain_and_both_forms_are_the_same(self):
        self.bring('servicenow', {'result': [self.PLAIN]}, kb='a')
        self.bring('servicenow', {'records': [self.both(self.PLAIN)]}, kb='b')
        self.assertEqual(self.files('a'), self.files('b'))
        text = self.files('a')['it/Accesso/reimpostare-la-password.md']
        for part in ('status: published\n', 'updated: 2026-04-05\n', 'keywords:\n  - password\n  - accesso\n', 'ServiceNow KB0010001', 'Premi *Reimposta*\n'):
            self.assertIn(part, text)
        self.assertNotIn('valid_until', text)

    def test_states_and_ends(self):
        states = {'draft': 'draft', 'review': 'draft', 'published': 'published', 'retired': 'retired', 'outdated': 'retired', 'pending_retirement': 'retired'}
        rows = [{**self.PLAIN, 'number': f'KB{n}', 'sys_id': f's{n}', 'short_description': f'Stato {state}', 'workflow_state': state, 'valid_to': '2027-01-31'}
                for n, state in enumerate(states)]
        self.bring('servicenow', {'result': rows})
        for state, status in states.items():
            text = self.files()[f"it/Accesso/stato-{state.replace('_', '-')}.md"]
            self.assertIn(f'status: {status}\n', text)
            self.assertIn('valid_until: 2027-01-31\n', text)

    def test_old_versions_stay_out_and_translations_share_the_id(self):
        rows = [{**self.PLAIN, 'sys_id': 'old', 'workflow_state': 'outdated', 'text': 'vecchio'}, self.PLAIN,
                {**self.PLAIN, 'number': 'KB2', 'sys_id': 'b2', 'parent': 'a1', 'language': 'en', 'short_description': 'Reset the password'}]
        self.bring('servicenow', rows)
        self.assertEqual(set(self.files()), {'it/Accesso/reimpostare-la-password.md', 'en/Accesso/reimpostare-la-password.md'})
        self.assertNotIn('vecchio', self.files()['it/Accesso/reimpostare-la-password.md'])

    def test_criteria_limit(self):
        done = self.bring('servicenow', [{**self.PLAIN, 'can_read_user_criteria': 'c1,c2'}], '--json')
        self.assertEqual((self.files(), done.json()['left_out']), ({}, 1))

    def test_not_of_this_format(self):
        self.says(self.bring('servicenow', {'articles': []}, code=NO), '"result"')


class PhpMyFaq(Formats):
    ESCAPED = '&lt;p&gt;Premi &lt;strong&gt;Vai&lt;/strong&gt;&lt;/p&gt;'
    JSON = [{'faq': {'id': 12, 'language': 'it', 'category': 'Generale >> Carte', 'keywords': 'carta, banca', 'question': 'Come aggiungo?', 'answer': ESCAPED,
                     'author': 'A', 'last_modified': '2026-05-06T01:02:03+02:00'}},
            {'faq': {'id': 12, 'language': 'de', 'category': 'Generale >> Carte', 'keywords': '', 'question': 'Wie geht es?', 'answer': ESCAPED, 'last_modified': '2026-05-06'}}]
    XML = f'''<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<!-- XML output by phpMyFAQ 3.0 -->
<phpmyfaq>
 <article id="12"><language>it</language><category>Generale &gt;&gt; Carte</category><keywords>carta, banca</keywords><question>Come aggiungo?</question>
  <answer>{ESCAPED.replace('&', '&amp;')}</answer><author>A</author><data>2026-05-06T01:02:03+02:00</data></article>
 <article id="12"><language>de</language><category>Generale &gt;&gt; Carte</category><keywords/><question>Wie geht es?</question>
  <answer>{ESCAPED.replace('&', '&amp;')}</answer><author/><data>2026-05-06</data></article>
</phpmyfaq>'''

    def test_both_exports_are_the_same(self):
        self.bring('phpmyfaq', self.JSON, kb='a')
        self.bring('phpmyfaq', self.XML, kb='b')
        self.assertEqual(self.files('a'), self.files('b'))
        self.assertEqual(set(self.files('a')), {'it/Carte/come-aggiungo.md', 'de/Carte/come-aggiungo.md'})
        text = self.files('a')['it/Carte/come-aggiungo.md']
        for part in ('title: Come aggiungo?\n', 'keywords:\n  - carta\n  - banca\n', 'updated: 2026-05-06\n', 'Premi **Vai**\n'):
            self.assertIn(part, text)
        self.assertEqual(self.bring('phpmyfaq', self.XML, '--json', kb='b').json()['written'], 0)

    def test_entities_of_the_file_stay_closed(self):
        write(self.path('segreto'), 'ornitorinco')
        xml = f'<!DOCTYPE phpmyfaq [<!ENTITY x SYSTEM "file://{self.path("segreto")}"><!ENTITY a "aaaaaaaaaa">' + ''.join(
            f'<!ENTITY a{n} "{("&a" + str(n - 1 if n > 1 else "") + ";") * 10}">' for n in range(1, 9)) + ']>' + self.XML.split('?>', 1)[1].replace(
            'Come aggiungo?', 'Come aggiungo? &x; &a8;')
        run('import', self.path('none'), '--format', 'phpmyfaq', '--kb', self.path('new'), '--audience', 'citizen')
        write(self.path('export'), xml)
        run('import', self.path('export'), '--format', 'phpmyfaq', '--kb', self.path('new'), '--audience', 'citizen')
        for text in self.files().values():
            self.assertNotIn('ornitorinco', text)
            self.assertLess(len(text), 5000)

    def test_not_of_this_format(self):
        self.says(self.bring('phpmyfaq', '<phpmyfaq><article>', code=NO), 'not XML')
        self.says(self.bring('phpmyfaq', '<other/>', code=NO), 'phpmyfaq')
        self.says(self.bring('phpmyfaq', {'x': 1}, code=NO), 'list')


if __name__ == '__main__':
    unittest.main()
