#!/usr/bin/env python3
"""The labelled corpus as a whole: no figure may fall below the committed ones (figures.json), and questions lost are named.

After a change that is meant to move them: `python3 tests/answers/test_corpus.py --write`, and commit the file.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPORTELLO = os.environ.get('SPORTELLO_BIN', os.path.join(ROOT, 'build', 'sportello'))
FIGURES = os.path.join(ROOT, 'tests', 'answers', 'figures.json')
DAY = '2026-11-23'  # the corpus is labelled for the knowledge base of this day
HIGHER_IS_BETTER = ['P@1', 'MRR@10', 'S@5', 'c@1', 'resolved', 'precision', 'out_recall', 'out_decision']


def measure(encoder):
    """Figures of the corpus and the ids of the questions whose decision was just right."""
    questions = sorted(glob.glob(os.path.join(ROOT, 'corpus', 'questions*.jsonl')))
    with tempfile.TemporaryDirectory() as data:
        run = os.path.join(data, 'run.jsonl')
        done = subprocess.run([SPORTELLO, 'eval', '--encoder', encoder, '--kb', os.path.join(ROOT, 'kb'), '--data', data, '--as-of', DAY, '--json', '--run', run,
                               *questions], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        decided = {r['id']: r for r in map(json.loads, open(run, encoding='utf-8'))}
    right = []
    for path in questions:
        for q in map(json.loads, open(path, encoding='utf-8')):
            r = decided[q['id']]
            first = r['articles'][0]['id'] if r['articles'] else None
            if q['expect'] == r['decision'] and (q['expect'] != 'answer' or first in q['articles']):
                right.append(q['id'])
    return json.loads(done.stdout), right


def has_encoder():
    """A build without one refuses it by name."""
    done = subprocess.run([SPORTELLO, 'ask', '--kb', os.path.join(ROOT, 'kb', 'nowhere'), '--encoder', 'e5', 'x'], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)
    return 'no sentence encoder' not in done.stderr


class Corpus(unittest.TestCase):
    def test_no_figure_falls_by_words_alone(self):
        self.holds('none')

    def test_no_figure_falls_with_sentence_vectors(self):
        if not has_encoder():
            self.skipTest('this build has no sentence encoder')
        self.holds('e5')

    def holds(self, encoder):
        with open(FIGURES, encoding='utf-8') as file:
            wanted = json.load(file)[encoder]
        figures, right = measure(encoder)
        lost = sorted(set(wanted['right']) - set(right))
        fallen = [f'{name} {wanted["figures"][name]} -> {figures[name]}' for name in HIGHER_IS_BETTER
                  if figures[name] is None or figures[name] < wanted['figures'][name] - 1e-9]
        self.assertFalse(fallen, f'fell: {", ".join(fallen)}; questions lost: {", ".join(lost) or "none"}')

    def test_corpus_is_not_in_the_articles(self):
        said = set()
        for path in glob.glob(os.path.join(ROOT, 'kb', '*', '*', '*.md')):
            with open(path, encoding='utf-8') as file:
                said |= {line.strip().lstrip('- ').strip('"\'').lower() for line in file if line.lstrip().startswith('- ')}
        for path in glob.glob(os.path.join(ROOT, 'corpus', 'questions*.jsonl')):
            for q in map(json.loads, open(path, encoding='utf-8')):
                if q['expect'] == 'answer':
                    self.assertFalse(q['question'].lower() in said, f'{q["id"]} stands in an article')


if __name__ == '__main__':
    if '--write' in sys.argv:
        written = {'day': DAY}
        for name in ('none', 'e5'):
            measured, ids = measure(name)
            written[name] = {'figures': {k: measured[k] for k in HIGHER_IS_BETTER + ['ece']}, 'right': sorted(ids)}
        with open(FIGURES, 'w', encoding='utf-8') as out:
            json.dump(written, out, indent=1, ensure_ascii=False)
            out.write('\n')
        print(json.dumps({name: written[name]['figures'] for name in ('none', 'e5')}))
    else:
        unittest.main()
