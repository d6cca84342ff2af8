#!/usr/bin/env python3
"""Fit how sure an answer is where there are few articles (src/answer/weights_few.h).

usage: fit_few.py FOLDER [--write]
Of each desk of corpus/desks random parts are taken: 10 and 20 articles as they are, 12 and 24 with up to three of their questions as phrasings.
Asked are the questions of these articles, as many of the desk's other ones, its questions without an answer and some of other desks; FOLDER
keeps what was asked (sportello eval --features, with the sentence encoder: some ten minutes of processor the first time). Of such a desk's
questions more have no answer than of one with many articles: FEW_OUT_SHARE of them. To what weights.h says is added what is fitted here, all
of it at FEWEST articles, less the more there are, nothing from MANY on. To be run again after weights.h was fitted anew. Figures printed are
cross-validated over desks. Needs numpy.
"""
import glob
import json
import os
import random
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from fit import CHOICES, G, INPUTS, ROOT, gate, load, own_weights
from sets import import_once, run

DESKS = os.path.join(ROOT, 'corpus', 'desks')
HEADER = os.path.join(ROOT, 'src', 'answer', 'weights_few.h')
FEWEST, MANY = 10, 60  # as in fewness() of src/answer/rank.c
FEW_OUT_SHARE = 0.4
SIZES = {10: 0, 12: 3, 20: 0, 24: 3}  # articles, and phrasings of each at most
FAR, OUT = 12, 40  # questions of other desks, and of this one without an answer
FOLDS, L2 = 8, 50
MODELS = {'few_vectors': 'with_vectors', 'few_tokens': 'with_tokens'}
UNKNOWN = ('WORDING', 'UNANSWERED', 'CLASSIFIER', 'CLASS_MARGIN')  # so few phrasings tell nothing of them
THRESHOLD, CHOICE = 0.62, 0.3  # figures printed


def read(path):
    with open(path, encoding='utf-8') as file:
        return [json.loads(line) for line in file]


def write(path, rows):
    with open(path, 'w', encoding='utf-8') as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + '\n' for row in rows)


def phrasings_of(own, most, rng):
    """Up to so many of each article's questions, and no more than half: {article: texts}."""
    taken = {}
    for question in rng.sample(own, len(own)):
        article = question['articles'][0]
        mine = [q for q in own if q['articles'][0] == article]
        texts = taken.setdefault(article, [])
        if len(question['question']) < 160 and len(texts) < min(most, len(mine) // 2):
            texts.append(question['question'])
    return taken


def make_part(folder, desk, count, most, asked, rng):
    articles = rng.sample(read(os.path.join(DESKS, desk, 'kb.jsonl')), count)
    ids = {a['id'] for a in articles}
    own = [q for q in asked[desk] if q['expect'] == 'answer' and ids & set(q['articles'])]
    others = [q for q in asked[desk] if q['expect'] == 'answer' and not ids & set(q['articles'])]
    phrasings = phrasings_of([q for q in own if q['articles'][0] in ids], most, rng)
    known = {text for texts in phrasings.values() for text in texts}
    own = [q for q in own if q['question'] not in known]
    out = [q for q in asked[desk] if q['expect'] != 'answer']
    lang = articles[0]['lang']
    desks = [d for d in asked if d != desk and asked[d][0]['lang'] == lang]
    far = [rng.choice([q for q in asked[rng.choice(desks)] if q['expect'] == 'answer']) for _ in range(FAR)]
    none = rng.sample(others, min(len(others), len(own))) + rng.sample(out, min(len(out), OUT)) + far
    os.makedirs(folder)
    write(os.path.join(folder, 'articles.jsonl'), [{**a, 'questions': phrasings.get(a['id'], [])} for a in articles])
    write(os.path.join(folder, 'questions.jsonl'), [{**q, 'id': f'{i}'} for i, q in enumerate(own)] + [
        {**q, 'id': f'n{i}', 'articles': [], 'expect': 'ticket' if q['expect'] == 'answer' else q['expect']} for i, q in enumerate(none)])
    return lang


def ask(folder, lang):
    kb = import_once(os.path.join(folder, 'articles.jsonl'), lang, os.path.join(folder, 'kb'))
    run('eval', '--kb', kb, '--data', os.path.join(folder, 'data'), '--encoder', 'e5', '--features', os.path.join(folder, 'features.jsonl'),
        os.path.join(folder, 'questions.jsonl'))


def make_all(folder):
    desks = sorted(d for d in os.listdir(DESKS) if os.path.exists(os.path.join(DESKS, d, 'kb.jsonl')))
    asked = {d: read(os.path.join(DESKS, d, 'questions.jsonl')) for d in desks}

    def make(desk, count, most):
        name = f'{desk}-{count}'
        part = os.path.join(folder, name)
        if not os.path.exists(os.path.join(part, 'features.jsonl')):
            shutil.rmtree(part, ignore_errors=True)
            ask(part, make_part(part, desk, count, most, asked, random.Random(name)))

    with ThreadPoolExecutor(os.cpu_count()) as crew:
        list(crew.map(lambda part: make(*part), [(desk, *size) for desk in desks for size in SIZES.items()]))


class Asked:
    """All questions of all parts, as a model sees them."""

    def __init__(self, folder, model):
        rank = own_weights(model, 'rank')
        rows = []
        for path in sorted(glob.glob(os.path.join(folder, '*', 'features.jsonl'))):
            desk, count = re.fullmatch(r'(.+)-(\d+)', os.path.basename(os.path.dirname(path))).groups()
            for q in load(path, model):
                inputs, order = gate(q, rank.T)
                if len(order):
                    rows.append((desk, int(count), q['r'], bool(q['answerable']), q['right'][order[0]] > 0, q['right'][order[:CHOICES]].any(), inputs))
        self.desk, self.count, self.r, self.answerable, self.first, self.among, self.x = (np.array(column) for column in zip(*rows))
        self.fewness = np.clip(np.log(MANY / self.count) / np.log(MANY / FEWEST), 0, 1)
        self.fold = np.array([sorted(set(self.desk)).index(d) % FOLDS for d in self.desk])
        self.weight = np.zeros(len(rows))
        for count in SIZES:
            for answerable, share in ((True, 1 - FEW_OUT_SHARE), (False, FEW_OUT_SHARE)):
                these = (self.count == count) & (self.answerable == answerable)
                self.weight[these] = share / these.sum()
        self.weight *= len(rows) / self.weight.sum()

    def before(self, model, what):
        weights = own_weights(model, what)
        return (self.x * (weights[:, 0] + self.r[:, None] * weights[:, 1])).sum(1)


def logistic(x, y, weight, before, penalty):
    b = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-(x @ b + before)))
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        b += np.linalg.solve(hessian, x.T @ (weight * (y - p)) - penalty * b)
    return b


def fit(asked, y, before):
    """What is added, cross-validated, and the weights of all inputs."""
    spread = asked.x.std(0)
    used = [i for i, name in enumerate(INPUTS) if spread[i] > 1e-6 and name not in UNKNOWN]
    mean, spread = asked.x.mean(0)[used], spread[used]
    x = np.c_[np.ones(len(y)), (asked.x[:, used] - mean) / spread] * asked.fewness[:, None]
    penalty = np.r_[1e-6, np.full(len(used), L2)]
    crossed = before.copy()
    for k in range(FOLDS):
        there = asked.fold != k
        crossed[~there] += x[~there] @ logistic(x[there], y[there], asked.weight[there], before[there], penalty)
    b = logistic(x, y, asked.weight, before, penalty)
    weights = np.zeros(len(INPUTS))
    weights[used] = b[1:] / spread
    weights[G['ONE']] += b[0] - (b[1:] * mean / spread).sum()
    return crossed, weights


def told(asked, answer, choice):
    answers, choices = 1 / (1 + np.exp(-answer)) >= THRESHOLD, 1 / (1 + np.exp(-choice)) >= CHOICE
    for count in SIZES:
        own, none = (asked.count == count) & asked.answerable, (asked.count == count) & ~asked.answerable
        print(f'  {count} articles: resolved {(answers & asked.first)[own].mean():.3f}, a choice with it {(~answers & choices & asked.among)[own].mean():.3f}, '
              f'wrong {(answers & ~asked.first)[own].mean():.3f}; of those without an answer answered {answers[none].mean():.3f}, '
              f'a choice {(~answers & choices)[none].mean():.3f}')


def main():
    folder = next(a for a in sys.argv[1:] if not a.startswith('--'))
    make_all(folder)
    text = ('/* What is added to how sure an answer is, where there are few articles. Written by tests/answers/fit_few.py; do not edit by hand.\n'
            '   Weights are in the order of SPI_GATE_LIST. */\n')
    for name, model in MODELS.items():
        asked = Asked(folder, model)
        answer, choice = asked.before(model, 'answer'), asked.before(model, 'choice')
        print(name, 'before:')
        told(asked, answer, choice)
        (answer, first), (choice, among) = fit(asked, asked.first.astype(float), answer), fit(asked, asked.among.astype(float), choice)
        print(name, 'now:')
        told(asked, answer, choice)
        text += f'static const few {name} = {{\n' + ''.join(
            f'\t.{what} = {{' + ', '.join(f'{v:.5g}' for v in weights) + '},\n' for what, weights in (('answer', first), ('choice', among))) + '};\n'
    if '--write' in sys.argv:
        with open(HEADER, 'w', encoding='utf-8') as file:
            file.write(text)


if __name__ == '__main__':
    main()
