"""The editors' linter: each finding a line `file:line:col: severity: message [rule]`, all of them in one run."""

import os
import re
import unittest

from program import FAILED, KB, KB_YAML, NO, OK, OTP, USAGE, Case, article, run, write

Q = ('prima domanda', 'seconda domanda', 'terza domanda', 'quarta domanda', 'quinta domanda')
LINE = re.compile(
    r'^(?P<file>.+):(?P<line>\d+):(?P<col>\d+): (?P<severity>[^:]+): (?P<message>.+) \[(?P<rule>[a-z0-9-]+)\]$'
)


class Check(Case):
    def findings(self, kb, code):
        """Findings of the JSON, after a look at whether the text says the same."""
        done = self.ends(code, 'check', '--kb', kb, '--json')
        result = done.json()
        text = self.ends(code, 'check', '--kb', kb)
        lines = [LINE.match(line) for line in text.out.splitlines()]
        self.assertNotIn(None, lines, str(text))
        keys = ('file', 'rule', 'severity', 'message')
        self.assertEqual(
            [{k: m[k] for k in keys} | {'line': int(m['line']), 'column': int(m['col'])} for m in lines],
            result['findings'],
        )
        return result['findings']

    def errors(self, kb):
        return [f for f in self.findings(kb, NO) if f['severity'] == 'error']

    def one(self, text, rule, place, path='it/accesso/prova.md', severity='error', encoding='utf-8'):
        """An article with one thing wrong gives that one finding, in the line where `place` stands."""
        kb = self.kb()
        line = text[: text.index(place)].count('\n') + 1
        write(os.path.join(kb, path), text if encoding == 'utf-8' else text.encode(encoding))
        found = self.findings(kb, NO if severity == 'error' else OK)
        mine = [f for f in found if f['severity'] != 'advice']
        self.assertEqual([(f['rule'], f['line'], f['severity']) for f in mine], [(rule, line, severity)], found)
        self.assertEqual(os.path.normpath(mine[0]['file']), os.path.join(kb, path))
        self.assertGreaterEqual(mine[0]['column'], 1)
        return mine[0]


class Findings(Check):
    def test_a_tab_in_the_front_matter_is_named(self):
        kb = self.kb()
        for text in ('---\nid: prova\nquestions:\n\t- come\n---\n\nTesto.\n', '---\nid: prova\n\ttitle: b\n---\n\nTesto.\n'):
            write(os.path.join(kb, 'it/accesso/prova.md'), text)
            self.assertRegex(run('check', '--kb', kb).out, r'prova\.md:[34]:\d+: error: There is a tab here')

    def test_a_good_folder_has_no_findings(self):
        self.assertEqual(self.findings(self.kb(), OK), [])
        done = run('check', '--kb', self.path('kb'))
        self.assertEqual(done.out, '')
        self.assertIn('articles: 4; errors: 0', done.err)

    def test_unknown_key(self):
        found = self.one(article('prova', 'Prova', 'Testo.', questions=Q, keywrods='[x]'), 'unknown-key', 'keywrods:')
        self.assertIn('keywrods', found['message'])
        self.assertIn('keywords', found['message'])  # the remedy

    def test_unknown_category(self):
        found = self.one(article('prova', 'Prova', 'Testo.', 'acesso', questions=Q), 'unknown-category', 'category:')
        self.assertIn('accesso', found['message'])

    def test_unknown_audience(self):
        found = [
            f
            for f in self._only(article('prova', 'Prova', 'Testo.', audience='citizens', questions=Q))
            if f['rule'] == 'unknown-audience'
        ]
        self.assertEqual([f['line'] for f in found], [6])
        self.assertIn('"citizen"', found[0]['message'])

    def test_missing_title(self):
        text = article('prova', 'Prova', 'Testo.', questions=Q).replace('title: "Prova"\n', '')
        self.assertIn('title', self.one(text, 'missing-field', 'id:')['message'])

    def test_no_audience_is_shown_to_nobody(self):
        text = article('prova', 'Prova', 'Testo.', questions=Q).replace('audience: [citizen]\n', '')
        found = [f for f in self._only(text) if f['rule'] in ('no-audience', 'missing-field')]
        self.assertEqual(len(found), 1, found)
        self.assertIn('audience', found[0]['message'])

    def test_a_file_that_is_not_read_is_told(self):
        kb = self.kb()
        text = article('prova', 'Prova', 'Testo.', questions=Q)
        for name in ('it/accesso/sotto/prova.md', 'it/accesso/sotto/ancora/prova.md', 'it/accesso/prova.MD', 'it/accesso/prova.markdown'):
            write(os.path.join(kb, name), text)
        os.symlink('..', os.path.join(kb, 'it/accesso/sotto/giro'))
        found = [f for f in self.ends(OK, 'check', '--kb', kb, '--json').json()['findings'] if f['rule'] == 'misplaced-file']
        self.assertEqual(sorted(os.path.relpath(f['file'], kb) for f in found),
                         ['it/accesso/prova.MD', 'it/accesso/prova.markdown', 'it/accesso/sotto/ancora/prova.md', 'it/accesso/sotto/prova.md'])

    def _only(self, text):
        kb = self.kb()
        write(os.path.join(kb, 'it/accesso/prova.md'), text)
        return self.errors(kb)

    def test_bad_dates(self):
        self.one(article('prova', 'Prova', 'Testo.', questions=Q, valid_from='2021-02-30'), 'bad-date', 'valid_from')
        self.one(
            article(
                'prova', 'Prova', 'Testo.', questions=Q, valid_from='2021-12-31', valid_until='2021-01-01', ended='true'
            ),
            'date-order',
            'valid_until',
        )

    def test_id_is_the_file_name(self):
        found = self.one(article('altro', 'Prova', 'Testo.', questions=Q), 'id-file-name', 'id:', severity='warning')
        self.assertIn('altro', found['message'])

    def test_category_is_the_folder(self):
        self.one(article('prova', 'Prova', 'Testo.', 'pagamento', questions=Q), 'category-folder', 'category:')

    def test_broken_links(self):
        found = self.one(
            article('prova', 'Prova', 'Testo.\n\nLeggi [questo](nessun-articolo).', questions=Q), 'broken-link', 'Leggi'
        )
        self.assertIn('nessun-articolo', found['message'])
        self.one(article('prova', 'Prova', '## Uno\n\nVai [giù](#due).', questions=Q), 'broken-anchor', 'Vai')
        self.one(article('prova', 'Prova', 'Testo.', questions=Q, related='[nessuno]'), 'broken-related', 'related')
        self.one(
            article('prova', 'Prova', 'Premi [qui](javascript:alert).', questions=Q),
            'unsafe-link',
            'Premi',
            severity='warning',
        )  # it is served, without the link

    def test_unknown_marker_of_a_block(self):
        found = self.one(
            article('prova', 'Prova', 'Testo.\n\n> [!agent-l3]\n> Segreto.', questions=Q), 'audience-marker', '> [!'
        )
        self.assertIn('agent-l1', found['message'])

    def test_a_procedure_that_cannot_be_walked(self):
        text = article('prova', 'Prova', '## Uno\n\n- [Sì](#due)\n- [No](#tre)\n\n## Due\n\nFine.', questions=Q)
        found = self._only(text.replace('type: qa', 'type: procedure'))
        self.assertTrue({f['rule'] for f in found} & {'procedure-missing-step', 'broken-anchor'}, found)
        self.assertIn(text[: text.index('- [No]')].count('\n') + 1, [f['line'] for f in found])

    def test_not_utf8(self):
        self.one(article('prova', 'Prova', 'Testo: caffè.', questions=Q), 'not-utf8', 'Testo', encoding='latin-1')

    def test_broken_front_matter(self):
        kb = self.kb()
        write(os.path.join(kb, 'it/accesso/prova.md'), '---\nid: prova\ntitle: [aperta\n---\n\nTesto.\n')
        write(os.path.join(kb, 'it/accesso/senza.md'), 'Solo testo.\n')
        found = {os.path.basename(f['file']): f for f in self.errors(kb)}
        self.assertIn(found['prova.md']['rule'], ('yaml-syntax', 'front-matter'))
        self.assertIn(found['prova.md']['line'], (3, 4))
        self.assertEqual((found['senza.md']['rule'], found['senza.md']['line']), ('front-matter', 1))

    def test_two_articles_of_one_id(self):
        kb = self.kb()
        write(os.path.join(kb, 'it/pagamento/otp.md'), article('otp', 'Altro', 'Testo.', 'pagamento', questions=Q))
        found = self.errors(kb)
        self.assertEqual({f['rule'] for f in found}, {'duplicate-id'}, found)
        self.assertTrue(any('accesso/otp.md' in f['file'] + f['message'] for f in found))

    def test_all_findings_in_one_run(self):
        kb = self.kb()
        write(
            os.path.join(kb, 'it/accesso/prova.md'),
            article('prova', 'Prova', 'Leggi [x](manca).', 'acesso', 'nessuno', Q, valid_from='mai', keywrods='[x]'),
        )
        write(os.path.join(kb, 'it/pagamento/seconda.md'), article('terza', 'Prova', '', 'pagamento', questions=Q))
        found = self.errors(kb)
        first = {f['rule'] for f in found if f['file'].endswith('prova.md')}
        self.assertLessEqual({'unknown-category', 'unknown-audience', 'bad-date', 'unknown-key'}, first)
        self.assertEqual({f['rule'] for f in found if f['file'].endswith('seconda.md')}, {'empty-body'})
        order = [(f['file'], f['line'], f['column']) for f in found]
        self.assertEqual(order, sorted(order))

    def test_a_broken_link_is_told_beside_other_mistakes_of_the_file(self):
        kb = self.kb()
        write(
            os.path.join(kb, 'it/accesso/prova.md'),
            article('prova', 'Prova', 'Leggi [x](manca).', questions=Q, keywrods='[x]'),
        )
        self.assertEqual({f['rule'] for f in self.errors(kb)}, {'unknown-key', 'broken-link'})

    def test_warnings_alone_are_no_failure(self):
        found = self.one(
            article('prova', 'Prova', 'Testo.', questions=Q, review_by='2022-01-01'),
            'review-overdue',
            'review_by',
            severity='warning',
        )
        self.assertIn('2022-01-01', found['message'])

    def test_messages_in_the_languages_of_the_reader(self):
        kb = self.kb()
        write(os.path.join(kb, 'it/accesso/prova.md'), article('prova', 'Prova', 'Testo.', 'acesso', questions=Q))
        said = {}
        for lang in ('it', 'en', 'de'):
            line = LINE.match(self.ends(NO, 'check', '--kb', kb, '--lang', lang).out.splitlines()[0])
            self.assertTrue(line)
            self.assertEqual(line['rule'], 'unknown-category')
            said[lang] = line['message']
            self.assertEqual(
                self.ends(NO, 'check', '--kb', kb, lang=lang).out,
                self.ends(NO, 'check', '--kb', kb, '--lang', lang).out,
            )
        self.assertEqual(len(set(said.values())), 3, said)

    def test_format_json_is_json(self):
        kb = self.kb()
        self.assertEqual(
            self.ends(OK, 'check', '--kb', kb, '--format', 'json').json(),
            self.ends(OK, 'check', '--kb', kb, '--json').json(),
        )


class Quotes(Case):
    def test_a_librarys_words_are_a_quote(self):
        """They are in English whatever the reader's language: the sentence around them is not."""
        write(self.path('kb', 'kb.yaml'), KB_YAML)
        write(self.path('kb', 'it', 'accesso', 'a.md'), '---\nid: a\ntitle: "x\n---\nx\n')
        for lang, words in (('it', "non si capisce («found unexpected end of stream»)."), ('de', 'nicht verstehen („found unexpected end of stream“).'),
                            ('en', 'cannot be understood ("found unexpected end of stream").')):
            self.assertIn(words, self.ends(NO, 'check', '--kb', self.path('kb'), lang=lang).out)


class Formats(Check):
    """What continuous integration reads: GitHub's commands, SARIF 2.1.0."""

    def setUp(self):
        super().setUp()
        self.where = self.kb()

    def put(self, body, path='it/accesso/prova.md', **more):
        write(os.path.join(self.where, path), article('prova', 'Prova', body, **{'questions': Q, **more}))

    def lines(self, *args, code=NO, cwd=None):
        return self.ends(code, 'check', '--format', 'github', *args, cwd=cwd or self.folder).out.splitlines()

    def sarif(self, *args, code=NO, cwd=None):
        return self.ends(code, 'check', '--format', 'sarif', *args, cwd=cwd or self.folder).json()

    def test_github_has_one_command_a_finding_by_severity(self):
        self.put('Leggi [x](manca).', review_by='2022-01-01', questions=Q[:2])
        found = [re.fullmatch(r'::(\w+) file=(.*),line=(\d+),col=(\d+),title=(.*?)::(.+)', x) for x in self.lines('--kb', 'kb')]
        self.assertNotIn(None, found)
        self.assertEqual(
            {(m[1], m[2], m[5]) for m in found},
            {
                ('error', 'kb/it/accesso/prova.md', 'broken-link'),
                ('warning', 'kb/it/accesso/prova.md', 'review-overdue'),
                ('notice', 'kb/it/accesso/prova.md', 'few-questions'),
            },
        )
        same = {(f['line'], f['column'], f['message']) for f in self.findings(self.where, NO)}
        self.assertEqual({(int(m[3]), int(m[4]), m[6]) for m in found}, same)

    def test_github_escapes_what_would_end_a_command(self):
        self.put('Leggi [x](<100% sicuro>).', path='it/accesso/a,b:c%.md')
        lines = self.lines('--kb', 'kb')
        link = [x for x in lines if 'title=broken-link' in x]
        self.assertEqual(len(link), 1, lines)
        self.assertTrue(link[0].startswith('::error file=kb/it/accesso/a%2Cb%3Ac%25.md,line='), link)
        self.assertIn('"100%25 sicuro"', link[0].split('::', 2)[2])

    def test_paths_are_those_of_the_working_folder(self):
        self.put('Leggi [x](manca).')
        elsewhere = self.path('altrove')
        os.mkdir(elsewhere)
        os.symlink(self.where, self.path('legame'))
        for kb, cwd, wanted in (
            ('./kb/', self.folder, 'kb/it/accesso/prova.md'),
            (self.where, self.folder, 'kb/it/accesso/prova.md'),
            ('.', self.where, 'it/accesso/prova.md'),
            ('../kb', self.where, 'it/accesso/prova.md'),
            ('legame', self.folder, 'kb/it/accesso/prova.md'),
            ('../kb', elsewhere, os.path.realpath(self.where) + '/it/accesso/prova.md'),
        ):
            self.assertEqual(re.findall('file=([^,]*)', self.lines('--kb', kb, cwd=cwd)[0]), [wanted], kb)
            place = self.sarif('--kb', kb, cwd=cwd)['runs'][0]['results'][0]['locations'][0]['physicalLocation']
            if wanted.startswith('/'):
                self.assertEqual(place['artifactLocation'], {'uri': 'file://' + wanted})
            else:
                self.assertEqual(place['artifactLocation'], {'uri': wanted, 'uriBaseId': '%SRCROOT%'})

    def test_no_findings(self):
        self.assertEqual(self.lines('--kb', 'kb', code=OK), [])
        self.assertEqual(self.valid(self.sarif('--kb', 'kb', code=OK))['results'], [])

    def valid(self, log):
        """Its run, after a look at what SARIF 2.1.0 requires of what is used of it."""
        self.assertEqual(log['version'], '2.1.0')  # 3.13.2
        self.assertTrue(log['$schema'].startswith('https://'))
        self.assertLessEqual(set(log), {'version', '$schema', 'runs'})
        (one,) = log['runs']
        self.assertLessEqual(set(one), {'tool', 'columnKind', 'results'})
        self.assertIn(one['columnKind'], ('utf16CodeUnits', 'unicodeCodePoints'))  # 3.14.17
        driver = one['tool']['driver']
        self.assertTrue(driver['name'])  # 3.19.8
        self.assertRegex(driver['semanticVersion'], r'^\d+\.\d+\.\d+$')
        self.assertRegex(driver['language'], r'^[a-z]{2}$')
        ids = [rule['id'] for rule in driver['rules']]  # 3.49.3
        self.assertEqual(len(ids), len(set(ids)))
        for rule in driver['rules']:
            for part in ('shortDescription', 'fullDescription', 'help'):
                self.message(rule[part])
            self.assertIn(rule['defaultConfiguration']['level'], ('none', 'note', 'warning', 'error'))
            self.assertIsInstance(rule['defaultConfiguration']['enabled'], bool)
        for result in one['results']:
            self.assertEqual(ids[result['ruleIndex']], result['ruleId'])  # 3.27.6
            self.assertIn(result['level'], ('none', 'note', 'warning', 'error'))
            self.message(result['message'])
            (place,) = result['locations']
            where = place['physicalLocation']
            self.assertRegex(where['artifactLocation']['uri'], r"^(file:///)?[A-Za-z0-9._~/%-]+$")  # RFC 3986
            self.assertGreaterEqual(min(where['region']['startLine'], where['region']['startColumn']), 1)
            self.assertTrue(all(isinstance(v, str) for v in result['partialFingerprints'].values()))
        return one

    def message(self, message):
        """3.11: text, in which braces stand for arguments (there are none) unless doubled."""
        self.assertEqual(list(message), ['text'])
        self.assertTrue(message['text'].strip())
        self.assertNotRegex(message['text'].replace('{{', '').replace('}}', ''), '[{}]')

    def test_sarif(self):
        self.put('Leggi [x](manca{0}).\n\nE [y](manca{0}).', path='it/accesso/è qui.md', review_by='2022-01-01', questions=Q[:2])
        one = self.valid(self.sarif('--kb', 'kb'))
        self.assertEqual(
            [(r['ruleId'], r['level'], r['locations'][0]['physicalLocation']['region']['startLine']) for r in one['results']],
            [
                (f['rule'], {'advice': 'note'}.get(f['severity'], f['severity']), f['line'])
                for f in self.findings(self.where, NO)
            ],
        )
        links = [r for r in one['results'] if r['ruleId'] == 'broken-link']
        self.assertEqual(links[0]['locations'][0]['physicalLocation']['artifactLocation']['uri'], 'kb/it/accesso/%C3%A8%20qui.md')
        self.assertIn('"manca{{0}}"', links[0]['message']['text'])
        marks = [r['partialFingerprints']['sportelloFinding/v1'] for r in one['results']]
        self.assertEqual(len(set(marks)), len(marks))
        rules = {rule['id']: rule for rule in one['tool']['driver']['rules']}
        self.assertEqual(rules['broken-link']['defaultConfiguration'], {'enabled': True, 'level': 'error'})
        self.assertFalse(rules['personal-contact']['defaultConfiguration']['enabled'])
        self.assertTrue(all(rule['shortDescription']['text'] != rule['id'] for rule in rules.values()))

    def test_sarif_knows_a_finding_again_when_its_line_moves(self):
        def marks():
            return {r['ruleId']: r['partialFingerprints'] for r in self.sarif('--kb', 'kb')['runs'][0]['results']}

        self.put('Leggi [x](manca).')
        before = marks()
        self.put('Prima.\n\nLeggi [x](manca).')
        self.assertEqual(marks(), before)

    def test_messages_in_the_languages_of_the_reader(self):
        self.put('Leggi [x](manca).')
        said = {self.sarif('--kb', 'kb', '--lang', x)['runs'][0]['results'][0]['message']['text'] for x in ('it', 'en', 'de')}
        self.assertEqual(len(said), 3)

    def test_unknown_format(self):
        self.ends(USAGE, 'check', '--kb', 'kb', '--format', 'xml', cwd=self.folder)


class KbYaml(Check):
    def test_unknown_key(self):
        kb = self.kb(yaml=KB_YAML.replace('timezone:', 'timezon:'))
        found = self.errors(kb)
        self.assertEqual(len(found), 1, found)
        self.assertEqual((found[0]['rule'], found[0]['line'], found[0]['column']), ('unknown-key', 4, 1))
        self.assertTrue(found[0]['file'].endswith('kb.yaml'))
        self.assertIn('timezon', found[0]['message'])
        self.assertIn('timezone', found[0]['message'].replace('timezon"', ''))

    def test_unknown_key_inside(self):
        kb = self.kb(yaml=KB_YAML.replace('service: app, group: l1', 'service: app, groupp: l1', 1))
        found = self.errors(kb)
        self.assertEqual([(f['rule'], f['line']) for f in found], [('unknown-key', 12)], found)
        self.assertIn('group', found[0]['message'].replace('groupp', ''))

    def test_names_that_nothing_has(self):
        kb = self.kb(yaml=KB_YAML.replace('group: l1, fields: [email]', 'group: l9, fields: [emial]', 1))
        self.assertEqual(
            {(f['rule'], f['line']) for f in self.errors(kb)}, {('unknown-group', 12), ('unknown-field', 12)}
        )

    def test_broken_yaml_is_a_finding(self):
        kb = self.kb(yaml=KB_YAML + 'check: [open\n')
        found = self.errors(kb)
        self.assertEqual(found[0]['rule'], 'yaml-syntax', found)
        self.assertGreaterEqual(found[0]['line'], 18)

    def test_rules_are_switched(self):
        broken = article('otp', 'Prova', 'Testo.', questions=Q, keywrods='[x]')
        for level, code in (('off', OK), ('advice', OK), ('warning', OK), ('error', NO)):
            kb = self.kb(yaml=KB_YAML + f'check: {{rules: {{unknown-key: {level}}}}}\n')
            write(os.path.join(kb, 'it/accesso/otp.md'), broken)
            found = self.findings(kb, code)
            self.assertEqual([f['severity'] for f in found], [level] if level != 'off' else [])
        write(os.path.join(kb, 'it/accesso/otp.md'), OTP)
        kb = self.kb(yaml=KB_YAML + 'check: {rules: {unknwon-key: off}}\n')
        found = self.errors(kb)
        self.assertEqual(found[0]['rule'], 'unknown-rule')
        self.assertIn('unknown-key', found[0]['message'])

    def test_empty_file(self):
        self.assertTrue(self.errors(self.kb(yaml='')))

    def test_not_there(self):
        kb = self.kb()
        os.remove(os.path.join(kb, 'kb.yaml'))
        self.says(self.ends(FAILED, 'check', '--kb', kb), 'kb.yaml')


class OwnContent(Check):
    def test_the_content_of_this_repository_is_clean(self):
        found = self.ends(OK, 'check', '--kb', KB, '--json').json()
        self.assertEqual([f for f in found['findings'] if f['severity'] in ('error', 'warning')], [])
        italian = sum(name.endswith('.md') for _, _, names in os.walk(os.path.join(KB, 'it')) for name in names)
        self.assertGreaterEqual(italian, 40)
        self.assertGreaterEqual(found['articles'], italian)

    def test_the_linter_changes_nothing(self):
        kb = self.kb()
        before = sorted((root, tuple(names)) for root, _, names in os.walk(self.folder))
        self.ends(OK, 'check', '--kb', kb)
        self.assertEqual(sorted((root, tuple(names)) for root, _, names in os.walk(self.folder)), before)


if __name__ == '__main__':
    unittest.main()
