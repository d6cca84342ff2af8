"""The JSON Schema says what the program accepts: every key, and nothing else."""

import copy
import glob
import json
import os
import re
import unittest

import jsonschema
import yaml

from program import KB, KB_YAML, NO, OK, ROOT, USAGE, Case, article, read, run, write


class Loader(yaml.SafeLoader):
    """YAML as editors' programs read it (1.2's core schema): a day is a text, and so is off."""


Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in rows if 'timestamp' not in tag and 'bool' not in tag]
    for letter, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver('tag:yaml.org,2002:bool', re.compile('^(true|false)$'), list('tf'))  # off is a text


def schema(kind='article', kb=KB, *more):
    done = run('schema', kind, '--kb', kb, *more)
    assert done.code == OK, str(done)
    return json.loads(done.out)


def front(path):
    return yaml.load(re.match(r'---\n(.*?\n)---\n', read(path), re.S).group(1), Loader)


def valid(rules, value):
    return jsonschema.Draft202012Validator(rules).is_valid(value)


FULL = {
    'codes': '[E1]', 'valid_from': '2020-01-01', 'valid_until': '2099-01-01', 'replaced_by': 'otp', 'ended': 'true', 'review_by': '2099-01-01',
    'related': '[otp]', 'competence': 'ente', 'window': '{from: x, wait: 3d, until: 9d}', 'ticket': '{group: l1, fields: [email]}', 'keywords': '[a]',
    'source': '[s]', 'articles': '[otp]', 'reviewed_by': 'x', 'languages': '[it]', 'starts': '2026-01-01T00:00:00Z', 'ends': '2026-01-02T00:00:00Z', 'covers': '{articles: [otp], categories: [accesso], codes: [E1]}',
}


class ArticleSchema(Case):
    @classmethod
    def setUpClass(cls):
        cls.rules = schema()
        jsonschema.Draft202012Validator.check_schema(cls.rules)

    def test_all_articles_are_valid(self):
        paths = glob.glob(os.path.join(KB, '*', '*', '*.md'))
        self.assertGreater(len(paths), 100)
        for path in paths:
            problems = [f'{list(e.path)}: {e.message}' for e in jsonschema.Draft202012Validator(self.rules).iter_errors(front(path))]
            self.assertEqual(problems, [], path)

    def test_mutated_ones_are_not(self):
        good = front(os.path.join(KB, 'it/pagamento-pagopa/pagato-due-volte.md'))
        self.assertTrue(valid(self.rules, good))
        notice = front(os.path.join(KB, 'it/app-io/io-disservizio-accesso-esempio.md'))
        self.assertTrue(valid(self.rules, notice))
        mutations = [
            *({'drop': key} for key in ('id', 'type', 'title', 'category', 'audience', 'status', 'updated')),
            {'id': 'con spazio'}, {'id': ''}, {'id': '../su'}, {'id': ['x']}, {'type': 'faq'}, {'title': ''}, {'title': ['x']},
            {'category': 'non-esiste'}, {'audience': 'citizen'}, {'audience': []}, {'audience': ['citizens']}, {'questions': 'una'},
            {'questions': [['x']]}, {'keywords': {'a': 1}}, {'status': 'live'}, {'updated': '2026-13-01'}, {'updated': 'ieri'},
            {'valid_until': '1/2/2026'}, {'ended': 'forse'}, {'competence': 'nessuno'}, {'window': {'wait': '3d'}},
            {'window': {'from': 'x', 'wait': 'tre giorni'}}, {'window': {'from': 'x', 'untl': '3d'}}, {'ticket': {'group': 'boh'}},
            {'ticket': {'fields': ['boh']}}, {'related': ['con spazio']}, {'questons': ['x']}, {'replaced_by': 'a b'}, {'type': 'notice'},
            {'covers': {'categories': ['boh']}}, {'starts': 'domani'}, {'starts': '2026-01-01'}, {'starts': '2026-01-01T8:00'}, {'articles': 'otp'}, {'articles': ['con spazio']},
        ]
        self.assertGreaterEqual(len(mutations), 30)
        for mutation in mutations:
            bad = copy.deepcopy(good)
            if 'drop' in mutation:
                del bad[mutation['drop']]
            else:
                bad.update(mutation)
            self.assertFalse(valid(self.rules, bad), mutation)

    def check(self, kb):
        return [f for f in run('check', '--kb', kb, '--json').json()['findings'] if f['file'].endswith('tutto.md')]

    def test_every_key_is_accepted_by_the_program_and_no_other(self):
        config = KB_YAML + 'bodies:\n  ente: {name: {it: Ente}, contact: {it: x}}\n'
        kb = self.kb(yaml=config)
        text = article('tutto', 'Tutto', 'Testo.', questions=['a b c', 'd e f', 'g h i'], **FULL).replace('type: qa', 'type: notice')
        path = os.path.join(kb, 'it/accesso/tutto.md')
        write(path, text)
        rules = schema('article', kb)
        self.assertEqual(set(rules['properties']), set(front(path)), 'every key of the schema is tried, and none besides')
        self.assertEqual([f for f in self.check(kb) if f['rule'] == 'unknown-key'], [])
        self.assertTrue(valid(rules, front(path)))
        for inner in ('window', 'ticket', 'covers'):
            self.assertEqual(set(rules['properties'][inner]['properties']), set(front(path)[inner]))
        for key in ('audiences', 'question', 'tags', 'expires', 'wait'):
            write(path, text.replace('owner: ', f'{key}: x\nowner: '))
            self.assertEqual([f['rule'] for f in self.check(kb) if key in f['message']], ['unknown-key'], key)
            self.assertFalse(valid(rules, front(path)))

    def test_what_is_required_is_required_by_the_program(self):
        kb = self.kb()
        rules = schema('article', kb)
        text = article('tutto', 'Tutto', 'Testo.', questions=['a b c', 'd e f', 'g h i'])
        path = os.path.join(kb, 'it/accesso/tutto.md')
        for key in re.findall(r'^(\w+):', text, re.M):
            write(path, re.sub(rf'^{key}:.*\n(  -.*\n)*', '', text, flags=re.M))
            broken = any(f['severity'] == 'error' for f in run('check', '--kb', kb, '--json').json()['findings'])
            self.assertEqual(broken, key in rules['required'], key)
            self.assertEqual(valid(rules, front(path)), key not in rules['required'], key)

    def test_names_of_this_knowledge_base_in_the_editors_language(self):
        rules = schema('article', KB, '--lang', 'de')['properties']
        self.assertEqual(len(rules['category']['enum']), len(rules['category']['enumDescriptions']))
        at = rules['category']['enum'].index('accesso-spid')
        self.assertEqual(rules['category']['enumDescriptions'][at], 'Anmeldung mit SPID')
        self.assertIn('citizen', rules['audience']['items']['enum'])
        self.assertIn('Wer ihn lesen darf', rules['audience']['description'])
        for lang in ('it', 'en', 'de'):
            for key, rule in schema('article', KB, '--lang', lang)['properties'].items():
                self.assertFalse(rule['description'].startswith('schema.'), f'{lang} {key}')

    def test_usage(self):
        self.says(self.ends(USAGE, 'schema', 'altro', '--kb', KB), 'altro')
        self.says(self.ends(USAGE, 'schema'), '--kb')


class Ours(Case):
    def test_the_files_that_our_editors_use_are_current(self):
        settings = json.loads(read(os.path.join(ROOT, '.vscode/settings.json')))
        for name in settings['yaml.schemas']:
            kind = os.path.basename(name)[:-5]
            self.assertEqual(json.loads(read(os.path.join(ROOT, name))), schema(kind, KB, '--lang', 'it'), 'make schemas')


class ConfigSchema(Case):
    rules = None

    def setUp(self):
        super().setUp()
        self.rules = schema('kb')
        jsonschema.Draft202012Validator.check_schema(self.rules)

    def test_ours_and_starters_are_valid(self):
        paths = [os.path.join(KB, 'kb.yaml'), *glob.glob(os.path.join(ROOT, 'web', 'skeletons', 'kb', '*', 'kb.yaml'))]
        self.assertEqual(len(paths), 4)
        for path in paths:
            problems = [f'{list(e.path)}: {e.message}' for e in jsonschema.Draft202012Validator(self.rules).iter_errors(yaml.load(read(path), Loader))]
            self.assertEqual(problems, [], path)

    def test_keys_are_those_of_the_program(self):
        """Each map of the schema: a key that it lacks is one that the program does not know, and the other way round."""

        def maps(rules, path=()):
            if 'properties' in rules and path[-1:] != ('rules',):
                yield path, set(rules['properties'])
            for key, rule in rules.get('properties', {}).items():
                if rule.get('type') == 'object':
                    yield from maps(rule, (*path, key))
            below = rules.get('additionalProperties')
            if isinstance(below, dict):
                yield from maps(below, (*path, 'accesso' if path[-1:] == ('categories',) else 'nome'))

        tried = 0
        for path, keys in maps(self.rules):
            for key in (*sorted(keys), 'nessuno'):
                kb = {}
                at = kb
                for part in path:
                    at = at.setdefault(part, {})
                at[key] = 'x'
                write(self.path('kb', 'kb.yaml'), yaml.safe_dump(kb))
                found = run('check', '--kb', self.path('kb'), '--json').json()['findings']
                unknown = [f for f in found if f['rule'] in ('unknown-key', 'unknown-language') and f"{key}" in f['message']]
                self.assertEqual(bool(unknown), key == 'nessuno', (path, key, found))
                tried += 1
        self.assertGreater(tried, 50)

    def test_every_rule_that_may_be_set_is_there(self):
        listed = set(re.findall(r'X\(SPI_RULE_\w+, "([\w-]+)", \w+, (?:SERVED|BLOCKS)\b', read(os.path.join(ROOT, 'src/kb/lint/rules.h'))))
        self.assertGreater(len(listed), 30)
        self.assertEqual(set(self.rules['properties']['check']['properties']['rules']['properties']), listed)

    def test_mistakes_are_found(self):
        good = yaml.load(KB_YAML, Loader)
        self.assertTrue(valid(self.rules, good))
        for mutation in ({'languages': []}, {'languages': ['fr']}, {'answer_precision': 2}, {'categories': {}}, {'hours': {'x': {'mon': 'sempre'}}},
                         {'holidays': ['natale']}, {'check': {'rules': {'broken-link': 'maybe'}}}, {'synonyms': {'it': [['uno']]}}, {'categorie': {}}):
            self.assertFalse(valid(self.rules, {**good, **mutation}), mutation)


if __name__ == '__main__':
    unittest.main()
