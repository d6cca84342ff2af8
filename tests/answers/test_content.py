#!/usr/bin/env python3
"""What kb/ and corpus/ promise: enough of each kind, in each language, plain to read, and a corpus that measures something."""
import collections
import glob
import json
import os
import re
import statistics
import unicodedata
import unittest

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Article:
    def __init__(self, path):
        with open(path, encoding='utf-8') as file:
            _, front, body = re.split(r'^---\n', file.read(), maxsplit=2, flags=re.M)
        self.path = os.path.relpath(path, ROOT)
        self.front = yaml.safe_load(front)
        self.body = body
        self.lang = self.path.split(os.sep)[1]

    def is_for(self, audience):
        return audience in self.front['audience']


def articles(lang):
    return [Article(path) for path in sorted(glob.glob(os.path.join(ROOT, 'kb', lang, '*', '*.md')))]


def lines(name):
    with open(os.path.join(ROOT, 'corpus', name), encoding='utf-8') as file:
        return [json.loads(line) for line in file]


def normal(text):
    """As the program compares: without case, accents and punctuation."""
    plain = unicodedata.normalize('NFKD', text.casefold())
    return ' '.join(re.findall(r'\w+', ''.join(c for c in plain if not unicodedata.combining(c))))


def gulpease(body):
    """Lucisano and Piemontese 1988: 89 + (300 sentences - 10 letters) / words, over what everybody reads."""
    body = re.sub(r'^> \[!.*\n(>.*\n?)*', '', body, flags=re.M)
    body = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', body)
    said = []
    for line in body.splitlines():
        line = re.sub(r'^(#+|[-*]|\d+\.|>)\s+', '', line.strip()).replace('**', '')
        if line and not line.startswith('|'):
            said.append(line if line[-1] in '.!?:;' else line + '.')
    text = ' '.join(said)
    words = re.findall(r'\w+', text)
    sentences = len(re.findall(r'[.!?:;]+(?=\s|$)', text))
    return 89 + (300 * sentences - 10 * sum(map(len, words))) / len(words)


class Content(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.by_lang = {lang: articles(lang) for lang in ('it', 'en', 'de')}
        cls.italian = cls.by_lang['it']

    def test_there_is_enough(self):
        self.assertGreaterEqual(len(self.italian), 180)
        for lang in ('en', 'de'):
            self.assertGreaterEqual(len(self.by_lang[lang]), 80, lang)
        self.assertEqual({a.front['id'] for a in self.by_lang['en']}, {a.front['id'] for a in self.by_lang['de']})

    def test_every_type_audience_and_category_is_there(self):
        types = collections.Counter(a.front['type'] for a in self.italian)
        for wanted, least in {'qa': 100, 'use-case': 8, 'procedure': 25, 'training': 5, 'notice': 1}.items():
            self.assertGreaterEqual(types[wanted], least, wanted)
        readers = collections.Counter(who for a in self.italian for who in a.front['audience'])
        for who in ('citizen', 'creditor', 'psp', 'partner', 'agent-l1', 'agent-l2'):
            self.assertGreaterEqual(readers[who], 10, who)
        with open(os.path.join(ROOT, 'kb', 'kb.yaml'), encoding='utf-8') as file:
            categories = yaml.safe_load(file)['categories']
        filed = collections.Counter(a.front['category'] for a in self.italian)
        for category in categories:
            self.assertGreaterEqual(filed[category], 3, category)

    def test_each_has_questions_and_a_source(self):
        for article in sum(self.by_lang.values(), []):
            self.assertIn(len(article.front.get('questions', [])), range(5, 45), article.path)
            self.assertTrue(article.front.get('source'), article.path)

    def test_plain_language(self):
        scores = [gulpease(a.body) for a in self.italian if a.is_for('citizen')]
        self.assertGreaterEqual(statistics.median(scores), 60)
        self.assertGreaterEqual(min(scores), 55)

    def test_what_ended_says_so_and_2021_is_kept(self):
        old = [a for a in self.italian if a.front.get('valid_until')]
        self.assertGreaterEqual(len(old), 15)
        for article in old:
            self.assertTrue(article.front.get('replaced_by') or article.front.get('ended'), article.path)

    def test_notes_for_agents_stand_beside_citizens_text(self):
        self.assertGreaterEqual(sum('[!agent-l1]' in a.body for a in self.italian if a.is_for('citizen')), 40)


class Corpus(unittest.TestCase):
    def test_questions(self):
        questions = lines('questions.it.jsonl')
        self.assertGreaterEqual(len(questions), 1200)
        self.assertGreaterEqual(sum(q['expect'] != 'answer' for q in questions), 300)
        for kind in ('uncovered', 'case', 'human', 'offtopic', 'typo', 'story', 'keyword', 'paraphrase', 'indirect'):
            self.assertGreaterEqual(sum(q['kind'] == kind for q in questions), 25, kind)

    def test_dialogues(self):
        self.assertGreaterEqual(len(lines('dialogues.it.jsonl')), 60)

    def test_labels_name_articles_that_a_citizen_can_read(self):
        readable = {a.front['id'] for a in articles('it') if a.is_for('citizen')}
        for name in ('questions.it.jsonl', 'questions.en.jsonl', 'questions.de.jsonl', 'stories.it.jsonl'):
            for q in lines(name):
                self.assertEqual(set(q['articles']) - readable, set(), q['id'])
                self.assertEqual(q['expect'] == 'answer', bool(q['articles']), q['id'])
        for dialogue in lines('dialogues.it.jsonl'):
            for turn in dialogue['turns']:
                self.assertEqual(set(turn.get('articles', [])) - readable, set(), dialogue['id'])

    def test_ids_and_questions_are_there_once(self):
        for name in ('questions.it.jsonl', 'questions.en.jsonl', 'questions.de.jsonl', 'stories.it.jsonl', 'dialogues.it.jsonl'):
            ids = collections.Counter(q['id'] for q in lines(name))
            self.assertEqual([i for i, count in ids.items() if count > 1], [], name)
        asked = collections.Counter(normal(q['question']) for q in lines('questions.it.jsonl'))
        self.assertEqual([q for q, count in asked.items() if count > 1], [])

    def test_no_question_stands_in_an_article(self):
        for lang in ('it', 'en', 'de'):
            phrasings = {normal(q) for a in articles(lang) for q in [a.front['title'], *a.front.get('questions', [])]}
            repeated = [q['id'] for q in lines(f'questions.{lang}.jsonl') if normal(q['question']) in phrasings]
            self.assertEqual(repeated, [], lang)

    def test_what_is_learned_from_is_not_measured_with(self):
        with open(os.path.join(ROOT, 'kb', 'labelled.jsonl'), encoding='utf-8') as file:
            labelled = [json.loads(line) for line in file]
        known = {a.front['id'] for lang in ('it', 'en', 'de') for a in articles(lang)}
        self.assertEqual([q['id'] for q in labelled if (q['expect'] == 'answer') != bool(q['articles']) or set(q['articles']) - known], [])
        learned = {normal(q['question']) for q in labelled}
        self.assertEqual(len(learned), len(labelled))
        measured = [q for name in ('questions.it', 'questions.en', 'questions.de', 'stories.it') for q in lines(name + '.jsonl')]
        self.assertEqual([q['id'] for q in measured if normal(q['question']) in learned], [])


if __name__ == '__main__':
    unittest.main()
