#!/usr/bin/env python3
"""Fit what is counted differently where an article is in another language than the question (src/answer/weights_across.h).

usage: fit_across.py FEATURES.jsonl... [--write]
FEATURES files come from `sportello eval --features` on corpus/questions.en.jsonl and .de.jsonl, with sentence vectors, of a copy of kb/ whose en/ and
de/ have the category pagamento-pagopa alone: with all of them translated no question finds an article in another language. To be run again after
src/answer/weights.h was fitted anew: to the score that it gives, a foreign candidate gets more, as its words cannot fit, and how
sure an answer is in another language is a model of its own. Figures printed are of each file with weights fitted on the others. Needs numpy.
"""
import os
import sys

import numpy as np

from fit import F, FEATURES, G, INPUTS, NEAR, ODDS, OUT_SHARE, load, own_weights, ranked_by

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEADER = os.path.join(ROOT, 'src', 'answer', 'weights_across.h')
CHOICES = 4
OWN_FIRST = {True: 1.25, False: 2.5}  # so much an article of the question's own language is preferred: it is read without effort, and it was the first to be translated
MODEL = {True: 'with_tokens', False: 'with_words'}
RANK = {True: NEAR + ODDS + ['TOKENS', 'BM25', 'TITLE_COVER', 'ANY_COVER'], False: ODDS + ['BM25', 'TITLE_COVER', 'ANY_COVER', 'TAG_COVER']}
GATE = {True: ['MARGIN', 'SOFTMAX', 'NEAR_PHRASE', 'NEAR_ALL', 'TOKENS', 'LENGTH', 'OFF_TOPIC', 'CASE', 'ONE'],
        False: ['MARGIN', 'SOFTMAX', 'BM25', 'TITLE_COVER', 'KNOWN', 'LENGTH', 'ONE']}
RANK_L2, GATE_L2 = 0.003, 0.01


def prepare(paths, vectors):
    weights = own_weights(MODEL[vectors], 'rank')
    questions = []
    for q in load_foreign(paths, vectors):
        x = ranked_by(q['x'])
        q['base'] = x @ (weights[:, 0] + q['r'] * weights[:, 1])
        q['more'] = np.c_[x[:, [F[n] for n in RANK[vectors]]], np.ones(len(x))] * q['is_foreign'][:, None]
        questions.append(q)
    return questions


def load_foreign(paths, vectors):
    """load() of fit.py drops what words do not find; the numbers of foreign candidates are of before."""
    import json
    for path in paths:
        rows = {}
        with open(path, encoding='utf-8') as file:
            for line in file:
                row = json.loads(line)
                rows[row['id']] = row
        for q in load(path, MODEL[vectors]):
            row = rows[q['id']]
            foreign = np.zeros(len(row['candidates']), bool)
            foreign[row['foreign']] = True
            if not vectors:
                foreign = foreign[np.array([c[1 + F['BM25']] > 0 for c in row['candidates']], bool)][:40]
            yield {**q, 'is_foreign': foreign}


def ascend(gradient, count, steps=1500, rate=0.03):
    """Adam."""
    w, moment, second = np.zeros(count), np.zeros(count), np.zeros(count)
    for step in range(1, steps + 1):
        g = gradient(w)
        moment, second = 0.9 * moment + 0.1 * g, 0.999 * second + 0.001 * g ** 2
        w = w + rate * (moment / (1 - 0.9 ** step)) / (np.sqrt(second / (1 - 0.999 ** step)) + 1e-8)
    return w


def fit_rank(questions, vectors):
    """Conditional logit over what is added to the score; the constant is hardly held back."""
    questions = [q for q in questions if q['right'].any()]
    count = questions[0]['more'].shape[1]
    penalty = RANK_L2 * np.r_[np.ones(count - 1), 0.05]

    def gradient(w):
        total = np.zeros(count)
        for q in questions:
            z = q['base'] + q['more'] @ w
            p = np.exp(z - z.max())
            good = p * q['right']
            total += (good / good.sum() - p / p.sum()) @ q['more']
        return total / len(questions) - penalty * w

    w = ascend(gradient, count)
    w[-1] -= OWN_FIRST[vectors]
    return w


def ranked(q, w):
    score = q['base'] + q['more'] @ w
    order = np.argsort(-score, kind='stable')
    return order, score[order]


def inputs(q, w, vectors):
    order, s = ranked(q, w)
    top, second = q['x'][order[0]], q['x'][order[1]] if len(order) > 1 else None
    near = vectors and second is not None
    values = {'TOP': s[0], 'MARGIN': s[0] - s[1] if len(s) > 1 else s[0], 'SOFTMAX': 1 / np.exp(s - s[0]).sum(), 'KNOWN': q['known_share'],
              'LENGTH': np.log1p(q['content_words']), 'OFF_TOPIC': q['off_topic'], 'CASE': q['case'], 'ONE': 1,
              'NEAR_MARGIN': top[F['NEAR_ALL']] - second[F['NEAR_ALL']] if near else 0}
    return np.array([values[n] if n in values else top[F[n]] for n in GATE[vectors]])


def fit_gate(questions, w, vectors, most):
    """Logistic regression: is a right one among the first `most`, where the first is foreign."""
    rows = [q for q in questions if len(q['base']) and q['is_foreign'][ranked(q, w)[0][0]]]
    x = np.array([inputs(q, w, vectors) for q in rows])
    y = np.array([q['right'][ranked(q, w)[0][:most]].any() for q in rows], float)
    out = np.array([not q['answerable'] for q in rows])
    weight = np.where(out, OUT_SHARE / max(out.sum(), 1), (1 - OUT_SHARE) / max((~out).sum(), 1))
    spread = x.std(0) + 1e-6
    spread[-1] = 1
    xs = x / spread
    penalty = GATE_L2 * np.r_[np.ones(x.shape[1] - 1), 0.05]
    return ascend(lambda v: (weight * (y - 1 / (1 + np.exp(-xs @ v)))) @ xs - penalty * v, x.shape[1]) / spread, x, y


def told(questions, w, gate, vectors):
    first = five = answers = right = 0
    asked = [q for q in questions if q['answerable']]
    for q in questions:
        if not len(q['base']):
            continue
        order, _ = ranked(q, w)
        hits = q['right'][order]
        if q['answerable']:
            first, five = first + hits[0], five + hits[:5].any()
        if q['is_foreign'][order[0]] and 1 / (1 + np.exp(-inputs(q, w, vectors) @ gate)) >= 0.6:
            answers, right = answers + 1, right + hits[0]
    return f'P@1 {first / len(asked):.3f} S@5 {five / len(asked):.3f}; at 0.6 {answers:.0f} foreign answers, {right:.0f} right'


def line(name, values, names, used):
    all_values = {n: v for n, v in zip(used, values)}
    return f'\t.{name} = {{' + ', '.join(f'{all_values.get(n, 0):.5g}' for n in names) + '},\n'


def main():
    paths = [a for a in sys.argv[1:] if not a.startswith('--')]
    text = ('/* What is counted differently where an article is in another language than the question. Written by tests/answers/fit_across.py; do not\n'
            '   edit by hand. Weights are in the order of SP_FEATURES_LIST and SPI_GATE_LIST. */\n')
    for vectors in (False, True):
        for path in paths:
            others, here = prepare([p for p in paths if p != path] or [path], vectors), prepare([path], vectors)
            w = fit_rank(others, vectors)
            print('vectors' if vectors else 'words', path, told(here, w, fit_gate(others, w, vectors, 1)[0], vectors))
        questions = prepare(paths, vectors)
        w = fit_rank(questions, vectors)
        answer, choice = (fit_gate(questions, w, vectors, most)[0] for most in (1, CHOICES))
        print('vectors' if vectors else 'words', 'all', told(questions, w, answer, vectors))
        text += (f'static const across across_{"vectors" if vectors else "words"} = {{\n' + line('rank', w[:-1], FEATURES, RANK[vectors]) +
                 f'\t.more = {w[-1]:.5g},\n' + line('answer', answer, INPUTS, GATE[vectors]) + line('choice', choice, INPUTS, GATE[vectors]) + '};\n')
    if '--write' in sys.argv:
        with open(HEADER, 'w', encoding='utf-8') as file:
            file.write(text)


if __name__ == '__main__':
    main()
