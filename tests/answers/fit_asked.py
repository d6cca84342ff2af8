#!/usr/bin/env python3
"""What is known beforehand of people's questions (src/index/asked_means.h, asked_turn.h, asked_kinds.h), for the encoder "e5".

usage: fit_asked.py [--write]          needs numpy, a C compiler and a build with the encoder

Means: of the phrasings in kb/, by language. Kinds: logistic regressions that tell each kind of corpus/messages.txt and of the made-up
desks (corpus/desks) from the others, and from the phrasings of kb/ and of BANKING77. Turn: a matrix I + W that is multiplied with a question's centred vector before it is
compared with titles, phrasings and passages. W is learned so that each phrasing of an article finds the article by its other
texts, among all of its knowledge base: contrastive loss (van den Oord et al. 2018, arXiv:1807.03748) over the score that the index
uses (src/index/meaning.c), and that what people ask of the desks finds their articles, with a penalty that keeps W small, then cut to its RANK largest singular values. Knowledge bases: kb/ in three
languages; ten phrasings an intent of BANKING77 and of CLINC150 (both CC BY), where ../shared/eval has them. No test question of any
set is learned from; figures printed are of test questions.
"""
import glob
import json
import os
import re
import sys
import unicodedata

import numpy as np

from engine import DIMENSIONS, ROOT, Engine

EVAL = os.path.join(os.path.dirname(ROOT), 'shared', 'eval')
RANK = 64
SHARPNESS, TEMPERATURE, PENALTY, STEPS, RATE = 10.0, 20.0, 0.01, 300, 0.002
LOOSENESS = 3.0
# Desks that neither this nor fit_encoder.py learns from: fit.py is given what comes out of them, and fit_encoder.py's figures are of them too.
KEPT_APART = ('affitti', 'agricoltura', 'airline-en', 'anagrafe', 'ausweis-de', 'biblioteca', 'bonus',
              'carta', 'condominio', 'corrente', 'firma', 'giustizia', 'landlord-en', 'lavoro',
              'mensa', 'messaggi', 'multe', 'palestra', 'streaming', 'viaggi')
KINDS = ('off-topic', 'case', 'person', 'abuse', 'smalltalk')  # as SP_KIND_… in include/sportello/index.h
TITLE, QUESTION, PASSAGE = range(3)



# ---- texts, as src/encode/normal.c and src/index/passages.c cut them (near enough to learn from) ----

def normal(text):
    text = re.sub(r"[’‘`´]", "'", unicodedata.normalize('NFC', text).lower())
    return re.sub(r'[\s.,;:!?…]+$', '', re.sub(r'\s+', ' ', text).strip())


def pieces(plain):
    out, piece = [], ''
    for sentence in filter(None, map(str.strip, re.split(r'(?<=[.!?:;])\s+|\n+', plain))):
        if piece and len(f'{piece} {sentence}'.encode()) > 250:
            out.append(piece)
            piece = sentence
        else:
            piece = f'{piece} {sentence}'.strip()
    return (out + [piece] if piece else out)[:16]


def plain(markdown):
    markdown = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', markdown)
    return re.sub(r'[ \t]+', ' ', re.sub(r'[*_`#>|]', ' ', markdown))


def listed(head, key):
    found = re.search(rf'^{key}:\n((?:\s+- .*\n)*)', head + '\n', re.M)
    items = re.findall(r'^\s+- (.*)$', found.group(1), re.M) if found else []
    return [re.sub(r'^(["\'])(.*)\1$', r'\2', item.strip()).replace("''", "'") for item in items]


def own(lang):
    """Citizens' articles of kb/ in one language that are in force."""
    articles = []
    for path in sorted(glob.glob(os.path.join(ROOT, 'kb', lang, '*', '*.md'))):
        head, body = open(path, encoding='utf-8').read().split('\n---\n', 1)
        if 'status: published' in head and re.search(r'^audience:.*citizen', head, re.M) and not re.search(r'^valid_until:', head, re.M):
            title = re.search(r'^title: *(.*)$', head, re.M).group(1).strip('"\'')
            articles.append({'id': re.search(r'^id: *(\S+)', head, re.M).group(1), 'title': title, 'questions': listed(head, 'questions'),
                             'pieces': pieces(plain(body))})
    return articles


def records(path, most=None):
    articles, rng = [], np.random.RandomState(5)
    for row in map(json.loads, open(path, encoding='utf-8')):
        questions = row.get('questions') or []
        if most:
            questions = list(rng.permutation(questions)[:most])
        articles.append({'id': row['id'], 'title': row['title'], 'questions': questions, 'pieces': pieces(row['answer'])})
    return articles


# ---- what is compared ----

class Base:
    """A knowledge base's rows, centred by kind, and its questions: its own phrasings, or such as it does not have."""

    def __init__(self, encoder, articles, asked=None, questions=None):
        texts, kinds, owners = [], [], []
        for number, article in enumerate(articles):
            rows = [(TITLE, normal(article['title']))] + [(QUESTION, normal(q)) for q in article['questions']] + \
                   [(PASSAGE, f'{article["title"]}. {p}') for p in article['pieces']]
            for kind, text in rows:
                texts.append(text), kinds.append(kind), owners.append(number)
        self.ids = {a['id']: i for i, a in enumerate(articles)}
        self.kinds, self.owners, self.count = np.array(kinds), np.array(owners), len(articles)
        raw = np.zeros((len(texts), DIMENSIONS), np.float32)
        for is_question in (True, False):
            at = np.flatnonzero((self.kinds != PASSAGE) == is_question)
            if len(at):
                raw[at] = encoder.encode([texts[i] for i in at], is_question)
        self.asked = raw[self.kinds == QUESTION].mean(0) if asked is None else asked
        self.raw, self.rows = raw, raw.copy()
        for kind in range(3):
            if (self.kinds == kind).any():
                self.rows[self.kinds == kind] -= raw[self.kinds == kind].mean(0)
        self.rows /= np.linalg.norm(self.rows, axis=1, keepdims=True) + 1e-9
        self.phrasings = np.flatnonzero(self.kinds == QUESTION)
        self.asks = self.centred(raw[self.phrasings])
        self.right, self.itself = self.owners[self.phrasings], self.phrasings
        if questions:
            self.vectors = encoder.encode([normal(q['question']) for q in questions], True)
            self.asks, self.itself = self.centred(self.vectors), None
            self.right = np.array([self.ids[q['articles'][0]] for q in questions])
        order = np.argsort(self.owners, kind='stable')
        self.order, self.starts = order, np.searchsorted(self.owners[order], np.arange(self.count))
        self.sizes = np.bincount(self.owners, minlength=self.count)

    def centred(self, vectors):
        vectors = vectors - self.asked
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def score(self, questions, but=None):
        dots = questions @ self.rows.T
        if but is not None:
            dots[np.arange(len(dots)), but] = -1
        near = np.exp(SHARPNESS * (dots - 1))
        return near, np.add.reduceat(near[:, self.order], self.starts, axis=1)

    def figures(self, vectors, right, turn):
        asked = self.centred(vectors)
        asked = asked + asked @ turn.T
        _, sums = self.score(asked / np.linalg.norm(asked, axis=1, keepdims=True))
        top = np.argsort(-np.log(sums / np.sqrt(self.sizes)), 1)[:, :5]
        return np.mean([t[0] in r for t, r in zip(top, right)]), np.mean([bool(set(t) & set(r)) for t, r in zip(top, right)])


def gradient(base, turn, some):
    """Of the mean log share of the right article, by the turn; each phrasing against all texts but itself."""
    asked = base.asks[some]
    turned = asked + asked @ turn.T
    length = np.linalg.norm(turned, axis=1, keepdims=True)
    turned /= length
    near, sums = base.score(turned, None if base.itself is None else base.itself[some])
    score = np.log(sums / np.sqrt(base.sizes)) / SHARPNESS * TEMPERATURE
    share = np.exp(score - score.max(1, keepdims=True))
    share /= share.sum(1, keepdims=True)
    wanted = np.zeros_like(share)
    wanted[np.arange(len(some)), base.right[some]] = 1
    by_dot = ((wanted - share) / len(some) * TEMPERATURE / sums)[:, base.owners] * near
    by_turned = by_dot @ base.rows
    by_turned = (by_turned - (by_turned * turned).sum(1, keepdims=True) * turned) / length
    return by_turned.T @ asked


def learn(bases):
    rng = np.random.RandomState(0)
    turn, moment, second = (np.zeros((DIMENSIONS, DIMENSIONS), np.float32) for _ in range(3))
    for step in range(1, STEPS + 1):
        g = sum(gradient(b, turn, rng.randint(0, len(b.asks), 64)) for b in bases) / len(bases) - PENALTY * turn
        moment, second = 0.9 * moment + 0.1 * g, 0.999 * second + 0.001 * g * g
        rate = RATE * min(1, (STEPS - step) / STEPS * 2)
        turn += rate * (moment / (1 - 0.9 ** step)) / (np.sqrt(second / (1 - 0.999 ** step)) + 1e-8)
    return turn


def learn_kind(is_kind, rest):
    """Logistic regression by Newton's method; both sides weigh the same. Returns weights and bias."""
    x = np.hstack([np.vstack([is_kind, rest]), np.ones((len(is_kind) + len(rest), 1))])
    y = np.concatenate([np.ones(len(is_kind)), np.zeros(len(rest))])
    weight = np.where(y == 1, 0.5 / len(is_kind), 0.5 / len(rest)) * len(y)
    penalty = np.eye(x.shape[1]) / LOOSENESS
    penalty[-1, -1] = 1e-6
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        w += np.linalg.solve((x * (weight * p * (1 - p))[:, None]).T @ x + penalty, x.T @ (weight * (y - p)) - penalty @ w)
    return w[:-1], w[-1]


def desks(kept_apart=False):
    """Name, language, articles and questions of each made-up desk that is learned from; or of those that are kept apart."""
    for folder in sorted(glob.glob(os.path.join(ROOT, 'corpus', 'desks', '*', ''))):
        if (os.path.basename(folder[:-1]) in KEPT_APART) != kept_apart:
            continue
        questions = [json.loads(line) for line in open(os.path.join(folder, 'questions.jsonl'), encoding='utf-8')]
        yield os.path.basename(folder[:-1]), questions[0]['lang'], records(os.path.join(folder, 'kb.jsonl')), questions


def desk_messages(encoder):
    """Language, kind, vectors. What one desk is asked is off topic for another: only cases and what it could be asked are taken."""
    for _, lang, _, questions in desks():
        for kind in ('case', 'question'):
            texts = [normal(q['question']) for q in questions if kind == ('case' if q['kind'] == 'case' else 'none' if q['kind'] == 'offtopic' else 'question')]
            yield lang, kind, encoder.encode(texts, True)


def kinds_of(encoder, means, bases):
    """Of each kind: weights on an encoder's vector, and a bias for each language."""
    with open(os.path.join(ROOT, 'corpus', 'messages.txt'), encoding='utf-8') as file:
        rows = [line.rstrip('\n').split('\t') for line in file if line.count('\t') == 2]
    messages = encoder.encode([normal(text) for _, _, text in rows], True) - np.array([means[lang] for _, lang, _ in rows])
    asked = np.vstack([base.raw[base.phrasings] - means.get(lang, means['en']) for lang, base in bases.items() if len(base.phrasings) and lang != 'clinc150'])
    for lang, kind, vectors in desk_messages(encoder):
        if kind == 'question':
            asked = np.vstack([asked, vectors - means[lang]])
        else:
            messages = np.vstack([messages, vectors - means[lang]])
            rows += [(kind, lang, None)] * len(vectors)
    learned = []
    for kind in KINDS:
        is_kind = np.array([row[0] == kind for row in rows])
        weights, bias = learn_kind(messages[is_kind], np.vstack([messages[~is_kind], asked]))
        learned.append((weights, {lang: bias - weights @ mean for lang, mean in means.items()}))
    return learned


# ---- the headers ----

def lines(numbers, width, form):
    numbers = [form(n) for n in numbers]
    return ',\n'.join('\t\t' + ', '.join(numbers[i:i + width]) for i in range(0, len(numbers), width)) + ','


def means_header(means):
    text = '''/* Mean vectors of people's own questions to services of this kind, made by the encoder "e5" of the phrasings in kb/. Written by
   tests/answers/fit_asked.py; do not edit by hand. */
#ifndef INDEX_ASKED_MEANS_H
#define INDEX_ASKED_MEANS_H

#define ASKED_DIMENSIONS 384

static const float asked_means[SP_LANG_COUNT][ASKED_DIMENSIONS] = {
'''
    for lang, mean in means.items():
        text += f'\t[SP_LANG_{lang.upper()}] = {{\n{lines(mean, 12, lambda n: f"{n:.4f}f")}\n\t}},\n'
    return text + '};\n\n#endif\n'


def turn_header(left, right):
    """Both as whole numbers of 8 bits; a scale for each pair."""
    a, b = (np.abs(m).max(0) / 127 for m in (left, right))
    text = f'''/* Which way answers lie from questions, for the encoder "e5": outer products to x from. Written by tests/answers/fit_asked.py;
   do not edit by hand. */
#ifndef INDEX_ASKED_TURN_H
#define INDEX_ASKED_TURN_H

#define ASKED_TURN_RANK {left.shape[1]}
static const float turn_scales[ASKED_TURN_RANK] = {{
{lines(a * b, 8, lambda n: f"{n:.6e}f")}
}};
'''
    for name, matrix, scale in (('from', right, b), ('to', left, a)):
        text += f'static const signed char turn_{name}[ASKED_TURN_RANK][ASKED_DIMENSIONS] = {{\n'
        for r in range(matrix.shape[1]):
            text += '\t{\n' + lines(np.round(matrix[:, r] / scale[r]).astype(int), 32, str) + '\n\t},\n'
        text += '};\n'
    return text + '\n#endif\n'


def kinds_header(kinds):
    text = '''/* How much a question is of a kind, for the encoder "e5": above 0, rather so. Written by tests/answers/fit_asked.py; do not
   edit by hand. */
#ifndef INDEX_ASKED_KINDS_H
#define INDEX_ASKED_KINDS_H

static const float kind_weights[SP_KINDS][ASKED_DIMENSIONS] = {
'''
    for weights, _ in kinds:
        text += '\t{\n' + lines(weights, 12, lambda n: f'{n:.4f}f') + '\n\t},\n'
    text += '};\nstatic const float kind_biases[SP_KINDS][SP_LANG_COUNT] = {\n'
    for _, biases in kinds:
        text += '\t{' + ', '.join(f'[SP_LANG_{lang.upper()}] = {bias:.4f}f' for lang, bias in biases.items()) + '},\n'
    return text + '};\n\n#endif\n'


def tests_of(encoder, base, path):
    rows = [q for q in map(json.loads, open(path, encoding='utf-8')) if q['expect'] == 'answer' and any(a in base.ids for a in q['articles'])]
    return encoder.encode([normal(q['question']) for q in rows], True), [[base.ids[a] for a in q['articles'] if a in base.ids] for q in rows]


def main():
    encoder = Engine()
    bases = {lang: Base(encoder, own(lang)) for lang in ('it', 'en', 'de')}
    means = {lang: base.asked for lang, base in bases.items()}
    for name, lang, articles, questions in desks():
        bases[name] = Base(encoder, articles, means[lang], [q for q in questions if q['expect'] == 'answer'])
    if os.path.isdir(EVAL):
        bases['banking77'] = Base(encoder, records(os.path.join(EVAL, 'banking77', 'kb.10shot.jsonl')))
        bases['clinc150'] = Base(encoder, records(os.path.join(EVAL, 'clinc150', 'kb.jsonl'), 10))
    left, sizes, right = np.linalg.svd(learn(list(bases.values())))
    left, right = left[:, :RANK] * np.sqrt(sizes[:RANK]), right[:RANK].T * np.sqrt(sizes[:RANK])
    turn = left @ right.T
    kinds = kinds_of(encoder, means, bases)
    tests = {'kb/': (bases['it'], os.path.join(ROOT, 'corpus', 'questions.it.jsonl'))}
    if os.path.isdir(EVAL):
        tests['banking77, 10'] = (bases['banking77'], os.path.join(EVAL, 'banking77', 'questions.jsonl'))
        for name in ('io-help', 'qa4faq'):
            base = Base(encoder, records(os.path.join(EVAL, name, 'kb.jsonl')), means['it'])
            tests[name] = (base, os.path.join(EVAL, name, 'questions.jsonl'))
    for name, (base, path) in tests.items():
        vectors, wanted = tests_of(encoder, base, path)
        for what, matrix in (('as they are', np.zeros_like(turn)), ('turned', turn)):
            print(f'{name:14} {what:12} P@1 %.3f  S@5 %.3f' % base.figures(vectors, wanted, matrix))
    if '--write' in sys.argv:
        for name, text in (('asked_kinds.h', kinds_header(kinds)), ('asked_means.h', means_header(means)), ('asked_turn.h', turn_header(left, right))):
            with open(os.path.join(ROOT, 'src', 'index', name), 'w', encoding='utf-8') as out:
                out.write(text)


if __name__ == '__main__':
    main()
