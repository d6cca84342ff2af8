"""What leaves: rows that come back the same, a table that a spreadsheet may open, a site, and in none of them what its readers may not see."""

import csv
import datetime
import glob
import io
import json
import os
import re
import unittest

import yaml

from program import KB, KB_YAML, NO, OK, SMALL, USAGE, Case, article, read, run, small_kb, write

SECRETS = ['ornitorinco', 'caleidoscopio', 'procedura-interna', 'riservata', 'zibaldone', 'bozzaccia', 'pensionato']
MORE = {
    'it/accesso/bozza.md': article('bozza', 'Bozza bozzaccia', 'x').replace('status: published', 'status: draft'),
    'it/accesso/con-commento.md': article('con-commento', 'Un commento', 'Testo. <!-- zibaldone -->\n\nVedi [otp](otp) e [dentro](procedura-interna).',
                                          related='[otp, procedura-interna]'),
    'it/accesso/vecchio.md': article('vecchio', 'Pagina vecchia', 'Testo pensionato.', replaced_by='otp').replace('status: published', 'status: retired'),
    'it/accesso/scaduto.md': article('scaduto', 'Pagina scaduta', 'Testo.', replaced_by='gia-pagato', valid_until='2021-12-31'),
    'en/accesso/otp.md': article('otp', 'The OTP code does not come', 'The provider sends it. <b>Wait</b>.', questions=['no otp', 'otp missing', 'no code']),
}


def raw(path):
    with open(path, 'rb') as file:
        return file.read()


def articles(kb):
    """Front matter and body of every article, as they mean."""
    found = {}
    for path in glob.glob(os.path.join(kb, '*', '*', '*.md')):
        head, body = re.match(r'---\n(.*?\n)---\n(.*)\Z', read(path), re.S).groups()
        front = yaml.safe_load(head)
        for key in ('starts', 'ends'):
            if key in front:
                front[key] = front[key].astimezone(datetime.timezone.utc)
        found[os.path.relpath(path, kb)] = front, body.strip()
    return found


class Bed(Case):
    def setUp(self):
        super().setUp()
        self.base = small_kb(self.path('kb'), files={**SMALL, **MORE})

    def export(self, kind, *more, code=OK, out='out'):
        return self.ends(code, 'export', '--kb', self.base, '--format', kind, '--out', self.path(out), *more)

    def bytes_of(self, name='out'):
        path = self.path(name)
        names = [path] if os.path.isfile(path) else [os.path.join(d, f) for d, _, files in os.walk(path) for f in files]
        return {os.path.relpath(n, self.folder): raw(n) for n in names}


class Broken(Bed):
    def test_an_article_with_errors_is_named_and_the_rest_comes_out(self):
        """Whoever moves to another system by this does not lose articles without a word."""
        write(os.path.join(self.base, 'it/accesso/rotto.md'), article('rotto', 'Rotto', 'Testo.').replace('type: qa', 'type: boh'))
        write(os.path.join(self.base, 'it/accesso/enorme.md'), article('enorme', 'Enorme', 'Testo lungo. ' * 100000))
        for kind in ('jsonl', 'csv', 'site'):
            with self.subTest(kind):
                done = self.export(kind, code=NO, out=kind)
                for name in ('rotto', 'enorme'):
                    self.says(done, f'it/accesso/{name}.md: has errors, and is missing in what came out')
                self.assertNotIn('otp.md', done.err)
                self.assertIn(b'Non mi arriva il codice OTP', b''.join(self.bytes_of(kind).values()))


class Rows(Bed):
    def rows(self, *more):
        self.export('jsonl', *more)
        return {(r['id'], r['lang']): r for r in map(json.loads, read(self.path('out')).splitlines())}

    def test_what_others_may_read_is_in_no_file(self):
        for kind in ('jsonl', 'csv'):
            self.export(kind)
            for name, data in self.bytes_of().items():
                for secret in SECRETS:
                    if kind and secret == 'procedura-interna':
                        data = data.replace(b'(procedura-interna)', b'')  # the link that the public text itself names
                    self.assertNotIn(secret.encode(), data.lower(), (name, secret))

    def test_agents_have_theirs_with_the_marks_that_keep_it_so(self):
        rows = self.rows('--audience', 'agent-l1')
        self.assertIn('ornitorinco', rows['procedura-interna', 'it']['answer'])
        self.assertEqual(rows['procedura-interna', 'it']['audience'], ['agent-l1'])
        self.assertIn('> [!agent-l1]\n> Verifica con il sistema caleidoscopio.', rows['ricevuta', 'it']['answer'])
        lines = read(self.path('out'))
        write(self.path('back', 'kb.yaml'), KB_YAML)
        self.ends(OK, 'import', self.path('out'), '--kb', self.path('back'))
        self.ends(NO, 'search', '--kb', self.path('back'), 'caleidoscopio')
        self.ends(OK, 'search', '--kb', self.path('back'), '--audience', 'agent-l1', 'caleidoscopio')
        self.assertNotIn('zibaldone', lines)

    def test_there_and_back_again(self):
        """Our whole knowledge base, as its widest readers have it."""
        self.base = KB
        self.export('jsonl', '--audience', 'agent-l2')
        back = self.path('back')
        write(os.path.join(back, 'kb.yaml'), read(os.path.join(KB, 'kb.yaml')))
        count = len(read(self.path('out')).splitlines())
        self.assertEqual(self.ends(OK, 'import', self.path('out'), '--kb', back, '--json').json(), {'read': count, 'written': count})
        ours, theirs = articles(KB), articles(back)
        self.assertGreater(len(theirs), 150)
        for path, (front, body) in theirs.items():
            want, text = ours[path]
            self.assertEqual(body, text.split("\n## Quiz\n")[0].strip() if want['type'] == 'training' else text, path)  # what is right, nobody reads
            want = {key: value for key, value in want.items() if value}
            if want.get('window', {}).get('wait') == '0d':  # says what no wait at all says
                del want['window']['wait']
            if want['type'] == 'training':  # they are the quiz's
                want.pop('articles', None)
            exported = {front['id'] for front, _ in theirs.values()}
            for names in (want.get('related'), want.get('covers', {}).get('articles')):
                if names:
                    names[:] = [n for n in names if n in exported]
            if not want.get('related', True):
                del want['related']
            self.assertEqual({k: v for k, v in front.items() if k != 'audience'}, {k: v for k, v in want.items() if k != 'audience'}, path)
            self.assertEqual(set(front['audience']), set(want['audience']), path)
        found = self.ends(OK, 'check', '--kb', back, '--json').json()
        self.assertEqual([f for f in found['findings'] if f['severity'] == 'error' and f['rule'] not in ('broken-link', 'broken-successor')], [])
        self.assertEqual(self.ends(OK, 'import', self.path('out'), '--kb', back, '--json').json()['written'], 0)

    def test_day_and_language(self):
        self.assertNotIn(('scaduto', 'it'), self.rows())
        self.assertIn(('scaduto', 'it'), self.rows('--as-of', '2021-06-01'))
        self.assertEqual(list(self.rows('--lang', 'en')), [('otp', 'en')])
        self.assertEqual(self.rows()['con-commento', 'it']['related'], ['otp'])

    def test_to_the_terminal(self):
        done = self.ends(OK, 'export', '--kb', self.base, '--out', '-')
        self.assertEqual(len(done.out.splitlines()), len({json.loads(line)['id'] + json.loads(line)['lang'] for line in done.out.splitlines()}))

    def test_usage(self):
        self.says(self.ends(USAGE, 'export', '--kb', self.base), '--out')
        self.says(self.export('jsonl', '--audience', 'citizens', code=USAGE), 'citizens')
        self.export('jsonl', '--as-of', 'ieri', code=USAGE)
        self.export('xml', code=USAGE)
        self.export('site', '--base-url', 'ftp://x', code=USAGE)


class Table(Bed):
    def test_a_spreadsheet_runs_nothing(self):
        nasty = ['=1+1', '+39 06', '-x', '@SUM(A1)', '\tx', "=cmd|' /C calc'!A0"]
        for n, title in enumerate(nasty):
            write(os.path.join(self.base, f'it/accesso/f{n}.md'),
                  article(f'f{n}', title.replace('\t', '\\t'), '- uno\n- due, "tre"', questions=[title.replace('\t', 'x'), f'altra {n}', f'terza {n}']))
        self.export('csv')
        data = raw(self.path('out'))
        self.assertTrue(data.startswith(b'\xef\xbb\xbfid,lang,title,'))
        rows = list(csv.DictReader(io.StringIO(data.decode('utf-8-sig'), newline='')))
        self.assertEqual(len({len(row) for row in rows}), 1)
        for row in rows:
            for key, value in row.items():
                self.assertFalse(value.startswith(('=', '+', '-', '@', '\t', '\r')), (key, value))
        byid = {row['id']: row for row in rows}
        self.assertEqual(byid['f0']['title'], "'=1+1")
        self.assertEqual(byid['f0']['answer'], '\'- uno\n- due, "tre"')

    def test_it_comes_back(self):
        self.export('csv')
        self.ends(OK, 'import', self.path('out'), '--format', 'csv', '--kb', self.path('new'))
        self.export('jsonl', out='a')
        self.base = self.path('new')
        self.export('jsonl', out='b')
        same = lambda name: sorted((r['id'], r['lang'], r['title'], r['answer'], r.get('questions')) for r in map(json.loads, read(self.path(name)).splitlines()))
        self.assertEqual(same('a'), same('b'))


class Site(Bed):
    def test_what_others_may_read_is_in_no_file(self):
        self.export('site', '--base-url', 'https://x.example')
        files = self.bytes_of()
        self.assertGreater(len(files), 15)
        for name, data in files.items():
            self.assertNotIn('procedura-interna', name)
            for secret in SECRETS:
                self.assertNotIn(secret.encode(), data.lower(), (name, secret))
        self.export('site', '--audience', 'agent-l1', out='agents')
        everything = b''.join(self.bytes_of('agents').values()).lower()
        for word in (b'ornitorinco', b'caleidoscopio', b'procedura-interna'):
            self.assertIn(word, everything)
        self.assertNotIn(b'bozzaccia', everything)

    def test_the_same_content_gives_the_same_bytes(self):
        self.export('site')
        first = self.bytes_of()
        self.export('site')
        self.assertEqual(self.bytes_of(), first)
        self.export('site', out='again')
        self.assertEqual({k.split('/', 1)[1]: v for k, v in self.bytes_of('again').items()}, {k.split('/', 1)[1]: v for k, v in first.items()})
        write(os.path.join(self.base, 'it/accesso/otp.md'), SMALL['it/accesso/otp.md'].replace('cinque minuti', 'dieci minuti'))
        self.export('site')
        changed = {name for name, data in self.bytes_of().items() if first.get(name) != data}
        self.assertIn('out/it/a/otp.html', changed)
        self.assertNotIn('out/it/a/gia-pagato.html', changed)
        self.assertNotIn('out/de/index.html', changed)
        self.assertEqual(sorted(os.listdir(self.folder)), ['again', 'kb', 'out'])

    def test_only_a_site_of_ours_is_replaced(self):
        write(self.path('out', 'tesi.doc'), 'importante')
        self.says(self.export('site', code=NO), 'out')
        self.assertEqual(os.listdir(self.path('out')), ['tesi.doc'])
        self.assertEqual(sorted(os.listdir(self.folder)), ['kb', 'out'])

    def test_pages_that_are_gone_lead_to_their_successors(self):
        self.export('site')
        for old, new in (('vecchio', 'otp'), ('scaduto', 'gia-pagato')):
            page = read(self.path('out', f'it/a/{old}.html'))
            target = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page).group(1)
            self.assertEqual(os.path.normpath(os.path.join('it/a', target)), f'it/a/{new}.html')
        self.assertNotIn('vecchio', read(self.path('out', 'it/search-data.js')))

    def test_sitemap_and_structured_data_with_an_address_only(self):
        self.export('site')
        self.assertFalse(os.path.exists(self.path('out', 'sitemap.xml')))
        self.assertNotIn('ld+json', read(self.path('out', 'it/a/otp.html')))
        self.export('site', '--base-url', 'https://x.example/aiuto/')
        urls = re.findall(r'<loc>([^<]+)</loc>', read(self.path('out', 'sitemap.xml')))
        for url in urls:
            self.assertTrue(os.path.isfile(self.path('out', url.removeprefix('https://x.example/aiuto/'))), url)
        self.assertIn('https://x.example/aiuto/it/a/otp.html', urls)
        self.assertEqual(len(urls), len(set(urls)))
        page = read(self.path('out', 'it/a/con-commento.html'))
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S).group(1))
        self.assertIn('href="https://x.example/aiuto/it/a/otp.html"', data['mainEntity'][0]['acceptedAnswer']['text'])

    def test_nothing_leads_to_the_program(self):
        self.export('site', '--contact', 'otp')
        for name, data in self.bytes_of().items():
            if name.endswith('.html'):
                self.assertIsNone(re.search(rb'(href|src|action)="/', data), name)
                self.assertNotIn(b'method="post"', data)
        self.assertIn('../../it/a/otp.html', read(self.path('out', 'it/c/pagamento.html')))
        self.says(self.export('site', '--contact', 'nessuno', code=USAGE), 'nessuno')
        self.says(self.export('site', '--contact', 'procedura-interna', code=USAGE), 'procedura-interna')

    def test_languages_and_days(self):
        self.export('site', '--lang', 'en')
        self.assertEqual(sorted(n for n in os.listdir(self.path('out')) if len(n) == 2), ['en'])
        self.assertIn('Cerca la ricevuta.', read(self.path('out', 'en/a/gia-pagato.html')))  # there in Italian only
        self.export('site', '--as-of', '2021-06-01')
        self.assertIn('Pagina scaduta', read(self.path('out', 'it/search-data.js')))

    def test_search_data_is_a_script_that_sets_a_list(self):
        self.export('site')
        text = read(self.path('out', 'it/search-data.js'))
        rows = json.loads(text.removeprefix('window.sportelloSearch = '))
        self.assertEqual({row['url'] for row in rows}, {'a/otp.html', 'a/gia-pagato.html', 'a/ricevuta.html', 'a/con-commento.html'})


if __name__ == '__main__':
    unittest.main()
