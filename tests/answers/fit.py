#!/usr/bin/env python3
"""Fit the ranker's and the gate's numbers (src/answer/weights.h) on labelled sets.

usage: fit.py FEATURES.jsonl... [--left-out] [--write | --without K/N --to FOLDER]
FEATURES files come from `sportello eval --features`, one a set; each set weighs the same, so that no desk's habits
become everybody's; but files named desk-… (of those that are kept apart, fit_asked.py) a fiftieth of it, as they are many.
NAME-labelled (of `--labelled-folds`: a desk between no phrasings and many; of kb/ that thin.py made) and NAME share what one weighs. Files named …-folds (of `--labelled-folds`) tell how sure an answer is where questions are known that no article answers: with them and with
other files where such are known, that gate is fitted; the others are not. Figures printed are by cross-validation over questions, and with a
whole set left out; weights written are fitted on all of it. Needs numpy.
"""
import argparse
import json
import os
import re
import zlib

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, 'src')
HEADER = os.path.join('answer', 'weights.h')


def names_in(path, macro):
    text = open(os.path.join(ROOT, path), encoding='utf-8').read().split('#define ' + macro)[1].split('typedef enum')[0]
    return re.findall(r'\bX\((\w+)', text.split('(X)', 1)[1])


FEATURES = names_in('include/sportello/index.h', 'SP_FEATURES_LIST')
INPUTS = names_in('src/answer/rank.h', 'SPI_GATE_LIST')
F = {name: i for i, name in enumerate(FEATURES)}
G = {name: i for i, name in enumerate(INPUTS)}
NEAR = ['NEAR_PHRASE', 'NEAR_TITLE', 'NEAR_PASSAGE', 'NEAR_ALL', 'CLASSIFIER', 'NEAR_FEW']
TOKENS = ['TOKENS', 'TOKENS_ALL']
ODDS = ['WORD_ODDS', 'PAIR_ODDS']
MODELS = ('with_words', 'with_vectors', 'with_tokens', 'with_unanswered')
CHOICES = 4
FIXED = {'EXACT': 8.0, 'CODE': 8.0}  # too rare in the sets: set by hand
UNSEEN = ('human', 'smalltalk', 'gibberish', 'abuse')  # kinds that are decided before any candidate is looked at
DESK_SHARE = 0.02
OUT_SHARE = 0.2  # of what people ask, so much has no answer
MOST, DESK_MOST = 1500, 150  # questions of one set, of a desk
TARGETS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.999)


def unused(model):
    """Features that a model has not."""
    return {'with_words': NEAR + TOKENS, 'with_vectors': TOKENS}.get(model, [])


def own_weights(model, what):
    """Those that the program has: [at one phrasing, a step] of each feature or input."""
    text = open(os.path.join(FOLDER, HEADER), encoding='utf-8').read().split(f'static const model {model} = ')[1].split('};\n')[0]
    row = next(line for line in text.split('\n') if line.strip().startswith('.' + what))
    return np.array([[float(v) for v in pair.split(',')] for pair in re.findall(r'\{([-\d.e]+, ?[-\d.e]+)\}', row)])


def part_of(question_id, parts):
    return zlib.crc32(question_id.encode()) % parts


def load(path, model):
    questions = []
    with open(path, encoding='utf-8') as file:
        for line in file:
            row = json.loads(line)
            if row.get('kind') in UNSEEN:
                continue
            table = np.array(row['candidates'], dtype=float).reshape(-1, 1 + len(FEATURES))
            if model == 'with_words':
                table = table[table[:, 1 + F['BM25']] > 0][:40]
            table[:, [1 + F[n] for n in unused(model)]] = 0
            row['candidates'] = None
            is_folds, knows = path.endswith('-folds.jsonl'), bool(row['has_unanswered'])
            questions.append({**row, 'right': table[:, 0], 'x': table[:, 1:], 'set': path, 'ranks': not is_folds,
                              'gates': knows if model == 'with_unanswered' else not is_folds,
                              'r': float(table[:, 1 + F['WORDING']].any()) if model == 'with_words' else np.log2(max(row['phrasings'], 1)) / 4, 'model': model})
    return questions


def thin(questions, seed=1):
    """At most MOST of each set."""
    rng = np.random.RandomState(seed)
    by_set = {}
    for q in questions:
        by_set.setdefault(q['set'], []).append(q)
    kept = []
    for path, rows in by_set.items():
        most = DESK_MOST if os.path.basename(path).startswith('desk-') else MOST
        # questions without an answer are few: keep them all
        out = [q for q in rows if not q['answerable']]
        more = [q for q in rows if q['answerable']]
        kept += out + ([more[i] for i in rng.permutation(len(more))[:most]] if len(more) > most else more)
    return kept


def ranked_by(x):
    """Features as the ranker takes them: BM25 as a share of the question's best (spi_rank() in src/answer/rank.c)."""
    x = x.copy()
    if len(x):
        x[:, F['BM25']] /= max(x[:, F['BM25']].max(), 1e-9)
    return x


def share_of(path, paths):
    def desk(of):
        return os.path.basename(of).removesuffix('.jsonl').removesuffix('-labelled')
    one = DESK_SHARE if desk(path).startswith('desk-') else 1.0
    return one / sum(desk(other) == desk(path) for other in set(paths))


def packed(questions):
    """Candidates of all questions in one array, padded; and what each question weighs: every set the same."""
    most = max(len(q['right']) for q in questions)
    x = np.zeros((len(questions), most, len(FEATURES)), np.float32)
    right = np.zeros((len(questions), most), np.float32)
    there = np.zeros((len(questions), most), bool)
    for i, q in enumerate(questions):
        n = len(q['right'])
        x[i, :n], right[i, :n], there[i, :n] = ranked_by(q['x']), q['right'], True
    sizes = {}
    for q in questions:
        sizes[q['set']] = sizes.get(q['set'], 0) + 1
    share = {path: share_of(path, sizes) for path in sizes}
    total = sum(share.values())
    return x, right, there, np.array([share[q['set']] / (sizes[q['set']] * total) for q in questions])


def fit_rank(questions, model, steps=500, rate=0.05, l2=3e-4, l2_step=3e-3):
    """Conditional logit: the right candidates' share of a softmax over all of a question's candidates, by Adam on
    features that are scaled to the spread that they have within a question. Returns weights and their change per step of phrasings."""
    questions = [q for q in questions if q['right'].any()]
    x, right, there, weight = packed(questions)
    r = np.array([q['r'] for q in questions], np.float32)
    used = np.array([name not in FIXED and name not in unused(model) for name in FEATURES])
    moves = used
    mean = (x * there[:, :, None]).sum(1) / there.sum(1)[:, None]
    spread = np.sqrt((((x - mean[:, None, :]) ** 2) * there[:, :, None]).sum((0, 1)) / there.sum()) + 1e-6
    xs = (x / spread).astype(np.float32)
    n = len(FEATURES)
    w, moment, second = (np.zeros(2 * n) for _ in range(3))
    free = np.concatenate([used, moves])
    penalty = np.concatenate([np.full(n, l2), np.full(n, l2_step)])
    for step in range(1, steps + 1):
        now = w.astype(np.float32)
        z = np.where(there, xs @ now[:n] + r[:, None] * (xs @ now[n:]), -1e9)
        p = np.exp(z - z.max(1, keepdims=True))
        good = p * right
        p, good = p / p.sum(1, keepdims=True), good / good.sum(1, keepdims=True)
        each = np.matmul((good - p).astype(np.float32)[:, None], xs)[:, 0] * weight[:, None]
        gradient = (np.concatenate([each.sum(0), (each * r[:, None]).sum(0)]) - penalty * w) * free
        moment, second = 0.9 * moment + 0.1 * gradient, 0.999 * second + 0.001 * gradient ** 2
        w += rate * (moment / (1 - 0.9 ** step)) / (np.sqrt(second / (1 - 0.999 ** step)) + 1e-8)
    w = w * free / np.concatenate([spread, spread])
    for name, value in FIXED.items():
        w[F[name]] = value
    return w[:n], w[n:]


def gate(q, rank):
    """The inputs of spi_gate_inputs() in src/answer/rank.c, and the order."""
    z = ranked_by(q['x']) @ (rank[0] + q['r'] * rank[1])
    order = np.argsort(-z, kind='stable')
    inputs = np.zeros(len(INPUTS))
    if not len(order):
        return inputs, order
    top = z[order[0]]
    x, y = q['x'][order[0]], q['x'][order[1]] if len(order) > 1 else None
    share = np.exp(z - top)
    share /= share.sum()
    values = {'TOP': top, 'MARGIN': top - z[order[1]] if len(order) > 1 else top, 'SOFTMAX': share.max(),
              'ENTROPY': -(share * np.log(np.maximum(share, 1e-300))).sum(), 'KNOWN': q['known_share'],
              'LENGTH': np.log1p(q['content_words']), 'ONE_WORD': float(q['content_words'] <= 1), 'ONE': 1.0,
              'OFF_TOPIC': 0, 'CASE': 0}
    for name in ('BM25', 'TITLE_COVER', 'ANY_COVER', 'REVERSE_COVER', 'PHRASE_COSINE', 'GRAM_COSINE', *ODDS, 'WORDING'):
        values[name] = x[F[name]]
    values['ODDS_MARGIN'] = sum(x[F[name]] - y[F[name]] for name in ODDS) if y is not None else 0
    if q['model'] != 'with_words':
        values.update(OFF_TOPIC=q['off_topic'], CASE=q['case'])
        for name in ('NEAR_PHRASE', 'NEAR_PASSAGE', 'NEAR_ALL', 'CLASSIFIER', 'NEAR_FEW'):
            values[name] = x[F[name]]
        values.update(NEAREST_PHRASE=q['nearest_phrase'], NEAREST_PASSAGE=q['nearest_passage'], NEAREST_ALL=q['nearest_all'],
                      NEAR_MARGIN=x[F['NEAR_ALL']] - y[F['NEAR_ALL']] if y is not None else 0, CLASS_MARGIN=q['class_margin'])
    if q['model'] in ('with_tokens', 'with_unanswered'):
        values.update(TOKENS=x[F['TOKENS']], TOKENS_ALL=x[F['TOKENS_ALL']], NEAREST_TOKENS=q['nearest_tokens'],
                      TOKENS_MARGIN=x[F['TOKENS']] - y[F['TOKENS']] if y is not None else 0)
    if q['model'] == 'with_unanswered':
        values['UNANSWERED'] = q['unanswered']
    for name, value in values.items():
        inputs[G[name]] = value
    return inputs, order


def fit_logistic(x, r, y, weight, l2=0.02, l2_step=0.1):
    """Newton's method, on scaled inputs; each input's weight may move with r."""
    scale = x.std(axis=0) + 1e-9
    scale[G['ONE']] = 1
    mean = x.mean(axis=0)
    mean[G['ONE']] = 0
    xs = np.hstack([(x - mean) / scale, (x - mean) / scale * r[:, None]])
    n = x.shape[1]
    penalty = np.concatenate([np.full(n, l2), np.full(n, l2_step)])
    penalty[[G['ONE'], n + G['ONE']]] = 1e-4
    w = np.zeros(2 * n)
    for _ in range(40):
        p = 1 / (1 + np.exp(-xs @ w))
        gradient = xs.T @ (weight * (y - p)) - penalty * w
        hessian = (xs * (weight * p * (1 - p))[:, None]).T @ xs + np.diag(penalty + 1e-8)
        w += np.linalg.solve(hessian, gradient)
    a, b = w[:n] / scale, w[n:] / scale
    a[G['ONE']] -= (a * mean).sum() - a[G['ONE']] * mean[G['ONE']]
    b[G['ONE']] -= (b * mean).sum() - b[G['ONE']] * mean[G['ONE']]
    return a, b


def rows(questions, rank):
    x, first, among = [], [], []
    for q in questions:
        inputs, order = gate(q, rank)
        x.append(inputs)
        first.append(bool(len(order)) and q['right'][order[0]] > 0)
        among.append(bool(len(order)) and q['right'][order[:CHOICES]].any())
    return np.array(x), np.array(first, float), np.array(among, float)


def weights_of(questions):
    """Every set the same; within one, what has no answer as much as OUT_SHARE."""
    counts = {}
    for q in questions:
        counts.setdefault(q['set'], [0, 0])[q['answerable']] += 1
    weights, share_of_set = [], {path: share_of(path, counts) for path in counts}
    for q in questions:
        out, answerable = counts[q['set']]
        share = 1.0 if not out else (1 - OUT_SHARE) if q['answerable'] else OUT_SHARE
        weights.append(100 * share_of_set[q['set']] * share / (answerable if q['answerable'] else out))
    return np.array(weights)


def sigmoid(x, r, model):
    return 1 / (1 + np.exp(-(x @ model[0] + r * (x @ model[1]))))


def fit(questions, model):
    rank = fit_rank([q for q in questions if q['ranks']], model)
    questions = [q for q in questions if q['gates']]
    x, first, among = rows(questions, rank)
    r, weight = np.array([q['r'] for q in questions]), weights_of(questions)
    return rank, fit_logistic(x, r, first, weight), fit_logistic(x, r, among, weight)


def predict(questions, models):
    rank, answer, choice = models
    x, first, among = rows(questions, rank)
    r = np.array([q['r'] for q in questions])
    return sigmoid(x, r, answer), first, sigmoid(x, r, choice), among


def cross_validate(questions, model, folds=4):
    result = [np.zeros(len(questions)) for _ in range(4)]
    fold = np.random.RandomState(3).randint(0, folds, len(questions))
    for k in range(folds):
        models = fit(thin([q for q, f in zip(questions, fold) if f != k]), model)
        held = np.flatnonzero(fold == k)
        for out, values in zip(result, predict([questions[i] for i in held], models)):
            out[held] = values
    return result


def thresholds(confidence, first, weight):
    """Lowest confidence from which all answers together are as right as asked."""
    order = np.argsort(-confidence)
    precision = np.cumsum((first * weight)[order]) / np.cumsum(weight[order])
    table = []
    for target in TARGETS:
        good = np.nonzero(precision >= target)[0]
        good = good[good >= 20]
        table.append([target, float(confidence[order[good[-1]]]) if len(good) else 0.99])
    for i in range(1, len(table)):
        table[i][1] = max(table[i][1], table[i - 1][1] + 1e-4)
    return table


def report(name, questions, confidence, first, choice, among, table):
    answerable = np.array([q['answerable'] for q in questions])
    n = answerable.sum()
    bins = np.minimum((confidence * 10).astype(int), 9)
    ece = sum(abs(confidence[bins == b].sum() - first[bins == b].sum()) for b in range(10)) / len(confidence)
    print(f'{name:22} P@1 {first[answerable].sum() / n:.3f}  S@4 {among[answerable].sum() / n:.3f}  ECE {ece:.3f}', end='')
    for target, t in table:
        if target in (0.7, 0.8, 0.9, 0.95):
            a = confidence >= t
            right = (first * a)[answerable].sum()
            share, u = right / n, (~a)[answerable].sum()
            kept = (~a)[~answerable].mean() if (~answerable).any() else 1
            print(f' | {target}: resolved {share:.3f} precision {(first * a).sum() / max(a.sum(), 1):.3f} out {kept:.2f} '
                  f'c@1 {(right + u * share) / n:.3f}', end='')
    print()


def pairs(values, steps):
    return ', '.join(f'{{{a:.5g}, {b:.5g}}}' for a, b in zip(values, steps))


def model_text(name, models, table):
    rank, answer, choice = models
    return f'''static const model {name} = {{
	.rank = {{{pairs(*rank)}}},
	.answer = {{{pairs(*answer)}}},
	.choice = {{{pairs(*choice)}}},
	.thresholds = {{{', '.join(f'{{{a}, {b:.4f}}}' for a, b in table)}}},
}};
'''


def cross_validated(name, questions, paths):
    """Figures of each set, and the thresholds."""
    result = cross_validate(questions, name)
    gates = np.array([q['gates'] for q in questions])
    result = [values[gates] for values in result]
    told = [q for q in questions if q['gates']]
    table = thresholds(result[0], result[1], weights_of(told))
    print(name, 'cross-validated', [(a, round(b, 3)) for a, b in table])
    for path in paths:
        mine = np.array([q['set'] == path for q in told])
        if mine.any():
            report(os.path.basename(path), [q for q in told if q['set'] == path], *[v[mine] for v in result], table)
    return table


def left_out(name, questions, paths, table):
    print(name, 'set left out')
    told = [q for q in questions if q['gates']]
    for path in paths:
        stem = os.path.basename(path)[:4]
        mine = [q for q in told if q['set'] == path]
        others = [q for q in questions if os.path.basename(q['set'])[:4] != stem]
        if mine and any(q['gates'] for q in others):
            report(os.path.basename(path), mine, *predict(mine, fit(thin(others), name)), table)


def known_thresholds(name):
    """Of the program as it is."""
    with open(os.path.join(FOLDER, HEADER), encoding='utf-8') as file:
        numbers = file.read().split(f'{name} = {{')[1].split('.thresholds = {')[1].split('\n')[0]
    return [(float(a), float(b)) for a, b in re.findall(r'\{([\d.]+), ([\d.]+)\}', numbers)]


def write(folder, weights):
    path = os.path.join(folder, HEADER)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as out:
        out.write('/* Fitted numbers of the ranker and the gate. Written by tests/answers/fit.py; do not edit by hand. Weights are in the\n'
                  '   order of SP_FEATURES_LIST and SPI_GATE_LIST: with one phrasing an article, and the change with more. */\n' + weights)
    print('wrote', path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('features', nargs='+')
    parser.add_argument('--left-out', action='store_true', help='figures with each whole set left out, too')
    parser.add_argument('--write', action='store_true')
    parser.add_argument('--without', help='K/N: without that part of the questions; figures are not told, thresholds are those of before')
    parser.add_argument('--to', help='folder that is written to, with --without: never the program as it is')
    options = parser.parse_args()
    if options.without and not options.to:
        parser.error('--without needs --to')
    part, parts = map(int, options.without.split('/')) if options.without else (-1, 1)
    weights = ''
    for name in MODELS:
        questions = [q for path in options.features for q in load(path, name) if part_of(q['id'], parts) != part]
        table = known_thresholds(name) if options.without else cross_validated(name, questions, options.features)
        if options.left_out:
            left_out(name, questions, options.features, table)
        models = fit(thin(questions), name)
        print(dict(zip(FEATURES, zip(np.round(models[0][0], 2), np.round(models[0][1], 2)))))
        weights += model_text(name, models, table)
    if options.write or options.without:
        write(options.to or FOLDER, weights)


if __name__ == '__main__':
    main()
