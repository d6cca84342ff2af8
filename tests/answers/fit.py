#!/usr/bin/env python3
"""Fit the ranker's and the gate's numbers (src/answer/weights.h) on labelled sets.

usage: fit.py FEATURES.jsonl... [--write]
FEATURES files come from `sportello eval --features`, one a set; each set weighs the same, so that no desk's habits
become everybody's. Figures printed are by 5-fold cross-validation over questions; weights written are fitted on all of it.
Needs numpy.
"""
import json
import os
import re
import sys

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEADER = os.path.join(ROOT, 'src', 'answer', 'weights.h')
FEATURES = re.findall(r'X\((\w+), "', open(os.path.join(ROOT, 'include/sportello/index.h'), encoding='utf-8').read().split(
    '#define SP_FEATURES_LIST')[1].split('typedef enum')[0])
F = {name: i for i, name in enumerate(FEATURES)}
CHOICES = 4
FIXED = {'EXACT': 8.0, 'CODE': 8.0, 'VECTOR': 0.0}  # too rare, or absent, in the sets: set by hand


def load(path):
    questions = []
    with open(path, encoding='utf-8') as file:
        for line in file:
            row = json.loads(line)
            table = np.array(row['candidates'], dtype=float).reshape(-1, 1 + len(FEATURES))
            questions.append({'right': table[:, 0], 'x': table[:, 1:], 'words': row['content_words'], 'known': row['known_share'],
                              'kind': row.get('kind'), 'set': path})
    return questions


def ranked_by(x):
    """Features as the ranker takes them: BM25 as a share of the question's best (spi_rank() in src/answer/rank.c)."""
    x = x.copy()
    if len(x):
        x[:, F['BM25']] /= max(x[:, F['BM25']].max(), 1e-9)
    return x


def packed(questions):
    """Candidates of all questions in one array, padded; and what each question weighs: every set the same."""
    most = max(len(q['right']) for q in questions)
    x = np.zeros((len(questions), most, len(FEATURES)))
    right = np.zeros((len(questions), most))
    there = np.zeros((len(questions), most), bool)
    for i, q in enumerate(questions):
        n = len(q['right'])
        x[i, :n], right[i, :n], there[i, :n] = ranked_by(q['x']), q['right'], True
    sizes = {}
    for q in questions:
        sizes[q['set']] = sizes.get(q['set'], 0) + 1
    return x, right, there, np.array([1 / (sizes[q['set']] * len(sizes)) for q in questions])


def fit_rank(questions, steps=400, rate=0.05, l2=1e-4):
    """Conditional logit: the right candidates' share of a softmax over all of a question's candidates, by Adam on
    features that are scaled to the spread that they have within a question."""
    x, right, there, weight = packed([q for q in questions if q['right'].any()])
    free = np.array([name not in FIXED for name in FEATURES])
    mean = (x * there[:, :, None]).sum(1) / there.sum(1)[:, None]
    spread = np.sqrt((((x - mean[:, None, :]) ** 2) * there[:, :, None]).sum((0, 1)) / there.sum()) + 1e-9
    xs = x / spread
    w, moment, second = (np.zeros(len(FEATURES)) for _ in range(3))
    for step in range(1, steps + 1):
        z = np.where(there, xs @ w, -1e9)
        p = np.exp(z - z.max(1, keepdims=True))
        good = p * right
        p, good = p / p.sum(1, keepdims=True), good / good.sum(1, keepdims=True)
        gradient = (np.einsum('qc,qcf->qf', good - p, xs) * weight[:, None]).sum(0) - l2 * w
        gradient *= free
        moment, second = 0.9 * moment + 0.1 * gradient, 0.999 * second + 0.001 * gradient ** 2
        w += rate * (moment / (1 - 0.9 ** step)) / (np.sqrt(second / (1 - 0.999 ** step)) + 1e-8)
        w = np.maximum(w, 0)  # no feature may speak against an article that it fits better
    w = np.where(free, w / spread, 0)
    for name, value in FIXED.items():
        w[F[name]] = value
    return w


def gate(q, w):
    """The inputs of spi_gate_inputs() in src/answer/rank.c, and the order."""
    z = ranked_by(q['x']) @ w
    order = np.argsort(-z, kind='stable')
    if not len(order):
        return np.zeros(12), order
    top, second = z[order[0]], z[order[1]] if len(order) > 1 else 0.0
    x = q['x'][order[0]]
    return np.array([top, top - second, 1 / np.exp(z - top).sum(), x[F['BM25']], x[F['TITLE_COVER']], x[F['ANY_COVER']],
                     x[F['PHRASE_COSINE']], x[F['GRAM_COSINE']], q['known'], np.log1p(q['words']), float(q['words'] <= 1),
                     x[F['VECTOR']]]), order


def fit_logistic(x, y, weight, l2=0.01, steps=2000):
    scale = x.std(axis=0) + 1e-9
    xs = np.hstack([x / scale, np.ones((len(x), 1))])
    w = np.zeros(xs.shape[1])
    for _ in range(50):  # Newton
        p = 1 / (1 + np.exp(-xs @ w))
        gradient = xs.T @ (weight * (y - p)) - l2 * np.append(w[:-1], 0)
        hessian = (xs * (weight * p * (1 - p))[:, None]).T @ xs + l2 * np.eye(len(w)) + 1e-9 * np.eye(len(w))
        w += np.linalg.solve(hessian, gradient)
    return w[:-1] / scale, w[-1]


def rows(questions, w):
    x, first, among = [], [], []
    for q in questions:
        inputs, order = gate(q, w)
        x.append(inputs)
        first.append(bool(len(order)) and q['right'][order[0]] > 0)
        among.append(bool(len(order)) and q['right'][order[:CHOICES]].any())
    return np.array(x), np.array(first, float), np.array(among, float)


def weights_of(questions):
    sizes = {}
    for q in questions:
        sizes[q['set']] = sizes.get(q['set'], 0) + 1
    return np.array([1000 / sizes[q['set']] for q in questions])


def sigmoid(x, model):
    return 1 / (1 + np.exp(-(x @ model[0] + model[1])))


def cross_validate(questions):
    confidence, first, among_p, among = (np.zeros(len(questions)) for _ in range(4))
    fold = np.arange(len(questions)) % 5
    for k in range(5):
        train = [q for q, f in zip(questions, fold) if f != k]
        held = [i for i, f in enumerate(fold) if f == k]
        w = fit_rank(train)
        x, y, z = rows(train, w)
        answer, choice = fit_logistic(x, y, weights_of(train)), fit_logistic(x, z, weights_of(train))
        hx, hy, hz = rows([questions[i] for i in held], w)
        confidence[held], first[held] = sigmoid(hx, answer), hy
        among_p[held], among[held] = sigmoid(hx, choice), hz
    return confidence, first, among_p, among


def thresholds(confidence, first, weight):
    """Lowest confidence from which all answers together are as right as asked."""
    order = np.argsort(-confidence)
    precision = np.cumsum((first * weight)[order]) / np.cumsum(weight[order])
    table = []
    for target in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.999):
        good = np.nonzero(precision >= target)[0]
        good = good[good >= 20]
        table.append([target, float(confidence[order[good[-1]]]) if len(good) else 0.99])
    for i in range(1, len(table)):
        table[i][1] = max(table[i][1], table[i - 1][1] + 1e-4)
    return table


def report(name, questions, confidence, first, among, table):
    answerable = np.array([q['kind'] not in ('uncovered', 'case', 'human', 'smalltalk', 'offtopic', 'gibberish', 'abuse') for q in questions])
    n = answerable.sum()
    t = dict((a, b) for a, b in table)[0.9]
    answered = confidence >= t
    bins = np.minimum((confidence * 10).astype(int), 9)
    ece = sum(abs(confidence[bins == b].sum() - first[bins == b].sum()) for b in range(10)) / len(confidence)
    print(f'{name}: P@1 {first[answerable].sum() / n:.3f}  S@4 {among[answerable].sum() / n:.3f}  ECE {ece:.3f}  '
          f'at 0.9: answered {answered[answerable].mean():.3f}, right {(first * answered)[answerable].sum() / n:.3f}, '
          f'precision {(first * answered).sum() / max(answered.sum(), 1):.3f}')


def c_array(values):
    return ', '.join(f'{v:.5g}' for v in values)


def write(w, answer, choice, table):
    text = open(HEADER, encoding='utf-8').read()
    head, tail = text.split('/* in the order of SP_FEATURES_LIST */')[0], '\n#endif\n'
    body = f'''/* in the order of SP_FEATURES_LIST */
static const double rank_weights[] = {{{c_array(w)}}};
static const double answer_bias = {answer[1]:.5g};
static const double answer_weights[] = {{{c_array(answer[0])}}};
static const double choice_bias = {choice[1]:.5g};
static const double choice_weights[] = {{{c_array(choice[0])}}};
/* precision asked for, threshold */
static const double thresholds[][2] = {{{', '.join(f'{{{a}, {b:.4f}}}' for a, b in table)}}};
'''
    with open(HEADER, 'w', encoding='utf-8') as out:
        out.write(head + body + tail)


def main():
    paths = [a for a in sys.argv[1:] if not a.startswith('--')]
    questions = [q for path in paths for q in load(path)]
    if not questions:
        sys.exit(__doc__)
    confidence, first, _, among = cross_validate(questions)
    table = thresholds(confidence, first, weights_of(questions))
    for path in paths:
        mine = np.array([q['set'] == path for q in questions])
        report(os.path.basename(path), [q for q in questions if q['set'] == path], confidence[mine], first[mine], among[mine], table)
    w = fit_rank(questions)
    x, y, z = rows(questions, w)
    answer, choice = fit_logistic(x, y, weights_of(questions)), fit_logistic(x, z, weights_of(questions))
    print('rank', dict(zip(FEATURES, np.round(w, 3))))
    print('thresholds', table)
    if '--write' in sys.argv:
        write(w, answer, choice, table)
        print('wrote', os.path.relpath(HEADER, ROOT))


if __name__ == '__main__':
    main()
