#!/usr/bin/env python3
"""What makes the sentence encoder "e5" take people's questions for what answers them (src/encode/question_shifts.h,
src/encode/token_projection.h).

usage: fit_encoder.py [--write]        needs numpy, jax, a C compiler and a build with the encoder; some 15 minutes on two processors

Shifts: numbers that are added to the biases and norms of the encoder's layers where a text is a question (Ben Zaken et al. 2022, "BitFit",
arXiv:2106.10199); its weights stay, and so does what it makes of passages. Projection: a question is compared with a passage token by token:
of each of the question's tokens the largest dot product with one of the passage's, and the mean of these, weighed (late interaction: Khattab
and Zaharia 2020, "ColBERT", arXiv:2004.12832), of states that a matrix cuts to TOKEN_BYTES directions; what a question's token counts is
softplus of a linear function of its state. All is learned together so that what people ask finds the article that answers it among all of
its knowledge base, by tokens, by vectors (the score of src/index/meaning.c) and by both (softmax over the articles, Adam), with penalties that
keep it near its beginning, and with tokens of questions left out at random. Learned from the made-up desks (corpus/desks) and from the
phrasings and labelled questions of kb/, each without what the article was told of the question. No question of a set that is measured, nor
of a desk that is kept apart, is learned from; figures printed are of such: P@1 by tokens, by vectors, by both, and S@5 by both. (1,600 steps on 38 desks were tried: tokens
alone find more, io-help P@1 0.637 for 0.580, but ranked with all that is known of words and phrasings no more than with 800 steps on 24.)
"""
import hashlib
import json
import os
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from engine import DIMENSIONS, ROOT, STATE, VECTORS, Engine
from fit_asked import EVAL, desks, lines, normal, own, records

DIRECTIONS, QUESTION_TOKENS, TITLE_TOKENS = 96, 40, 24
LENGTHS = 16, 24, QUESTION_TOKENS  # questions learned from together are of one of these
TITLES_AGE = 6  # so often a desk is learned from with the same vectors of its titles
BATCH, STEPS, RATE, TOKEN_RATE, LEFT_OUT = 24, int(os.environ.get('STEPS', 800)), 5e-4, 1e-3, 0.1
PENALTY, TOKEN_PENALTY = 1e-4, 0.1
SHARPNESS, TEMPERATURE = 10.0, 20.0  # as in src/index/meaning.c; of a softmax over its scores
OWN_SHARE = {'it': 0.2, 'en': 0.04, 'de': 0.04}  # of the steps, kb/ takes so many
MEAN_STEPS = 20  # over which means of questions are taken
SHIFTS, PROJECTION, FITTED = (os.path.join(ROOT, 'src', 'encode', name) for name in ('question_shifts.h', 'token_projection.h', 'e5_fitted.h'))


def unit(x):
    return x * jax.lax.rsqrt((x * x).sum(-1, keepdims=True) + 1e-8)


# ---- the encoder ----

class Encoder:
    """Its layers as the engine has them, to be differentiated."""

    def __init__(self, engine):
        self.engine = engine
        self.size, self.layers, self.heads, _, _ = engine.shape()
        self.matrices = [jnp.array(engine.matrices(i)) for i in range(6)]
        self.vectors = [jnp.array(engine.vectors(i)) for i in range(len(VECTORS))]
        self.first = engine.first_norm()
        probe = 'a'
        self.prefix = len(engine.tokens(probe, True, 64)) - len(engine.states(probe, True)) - 1

    def batch(self, texts, most):
        x, there = np.zeros((len(texts), most, self.size), np.float32), np.zeros((len(texts), most), np.float32)
        for i, text in enumerate(texts):
            tokens = self.engine.tokens(text, True, most)
            x[i, :len(tokens)], there[i, :len(tokens)] = tokens, 1
        return x, there


def norm(x, weights, bias):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-12) * weights + bias


def layer(heads, x, there, w, v):
    count, tokens, size = x.shape

    def linear(y, i):
        return y @ w[i].T + v[i]

    def split(i):
        return linear(x, i).reshape(count, tokens, heads, size // heads)

    share = jnp.einsum('bqhd,bkhd->bhqk', split(0), split(1)) / np.sqrt(size // heads) + (1 - there)[:, None, None] * -1e9
    taken = jnp.einsum('bhqk,bkhd->bqhd', jax.nn.softmax(share, -1), split(2)).reshape(count, tokens, size)
    x = norm(x + linear(taken, 3), v[6], v[7])
    return norm(x + linear(jax.nn.gelu(linear(x, 4), approximate=False), 5), v[8], v[9])


def states(fixed, shifts, x, there):
    x = norm(x, *fixed['first']) * there[..., None]
    vectors = [a + d for a, d in zip(fixed['vectors'], shifts)]
    return jax.lax.scan(lambda x, of: (layer(fixed['heads'], x, there, *of), None), x, (fixed['matrices'], vectors))[0]


def pooled(of, there):
    return unit((of * there[..., None]).sum(1))


# ---- a knowledge base and what it is asked ----

class Desk:
    """Its passages' tokens and vectors do not change; those of titles are made again with what was learned so far. Padded, so that desks of
    the same shape share what is compiled."""

    def __init__(self, engine, name, lang, articles, questions):
        self.name, self.lang = name, lang
        numbers = {a['id']: i for i, a in enumerate(articles)}
        pieces = [(i, f'{a["title"]}. {p}') for i, a in enumerate(articles) for p in a['pieces']]
        rows = [engine.states(text, False) for _, text in pieces]
        self.articles, self.pieces = len(articles), len(pieces)
        self.titles = [normal(a['title']) for a in articles]
        self.owner = np.array([i for i, _ in pieces], np.int32)
        self.passage = np.concatenate([np.full(len(r), i, np.int32) for i, r in enumerate(rows)])
        self.tokens = np.concatenate(rows).astype(np.float32)
        vectors = engine.encode([text for _, text in pieces], False)
        vectors = vectors - vectors.mean(0)
        self.vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        asked = [q for q in questions if q['expect'] == 'answer' and any(a in numbers for a in q['articles'])]
        self.right = [[numbers[a] for a in q['articles'] if a in numbers] for q in asked]
        self.questions = [normal(q['question']) for q in asked]

    def pad(self, tokens, pieces, articles):
        def padded(a, count, value):
            return np.concatenate([a, np.full((count - len(a),) + a.shape[1:], value, a.dtype)])
        sizes = np.bincount(self.owner, minlength=self.articles).astype(np.float32) + 1
        # What is padding belongs to a passage and an article that are cut off again.
        self.fixed = {'tokens': padded(self.tokens, tokens, 0), 'passage': padded(self.passage, tokens, pieces),
                      'owner': padded(self.owner, pieces, articles), 'vectors': padded(self.vectors, pieces, 0),
                      'sizes': padded(sizes, articles, 1), 'there': np.arange(articles) < self.articles}

    def lengths(self, encoder):
        most = [len(encoder.engine.tokens(q, True, QUESTION_TOKENS)) for q in self.questions]
        self.of_length = [np.flatnonzero([low < m <= high for m in most]) for low, high in zip((0, *LENGTHS), LENGTHS)]

    def some(self, rng):
        """Questions to learn from together, none much longer than the others, and what is room for the longest."""
        at = rng.choice(len(LENGTHS), p=np.array([len(of) for of in self.of_length]) / len(self.questions))
        return rng.choice(self.of_length[at], BATCH), LENGTHS[at]

    def batch(self, encoder, some, most=QUESTION_TOKENS):
        x, there = encoder.batch([self.questions[i] for i in some], most)
        good = np.zeros((len(some), len(self.fixed['sizes'])), np.float32)
        for b, i in enumerate(some):
            good[b, self.right[i]] = 1
        return x, there, good


def pad(all_desks):
    """In two shapes: desks, and what is larger than any of them."""
    for large in (False, True):
        group = [d for d in all_desks if (d.articles > 90) == large]
        most = [max((getattr(d, what) if what != 'tokens' else len(d.tokens) for d in group), default=0) for what in ('tokens', 'pieces', 'articles')]
        for d in group:
            d.pad(*most)


def own_desk(engine, lang):
    """Phrasings and labelled questions as what is asked: the articles are found by their titles and texts."""
    articles = own(lang)
    asked = [{'question': q, 'expect': 'answer', 'articles': [a['id']]} for a in articles for q in a['questions']]
    if lang == 'it':
        with open(os.path.join(ROOT, 'kb', 'labelled.jsonl'), encoding='utf-8') as file:
            asked += map(json.loads, file)
    return Desk(engine, f'kb-{lang}', lang, articles, asked)


# ---- scores ----

def scores(fixed, p, desk, titles, x, there, left_in, prefix):
    of = states(fixed, p['shifts'], x, there)
    pool = pooled(of, there)
    vector = unit(pool - p['mean'])
    rows = jnp.concatenate([desk['vectors'], titles])
    articles = len(desk['sizes'])
    owners = jnp.concatenate([desk['owner'], jnp.arange(articles)])
    near = jax.ops.segment_sum(jnp.exp(SHARPNESS * (vector @ rows.T - 1)).T, owners, articles + 1)[:-1].T
    by_vector = jnp.where(desk['there'], jnp.log(jnp.maximum(near, 1e-30) / jnp.sqrt(desk['sizes'])) / SHARPNESS * TEMPERATURE, -1e4)
    own_tokens = there[:, prefix:] * (jnp.arange(x.shape[1] - prefix)[None] < there.sum(1, keepdims=True) - prefix - 1) * left_in[:, prefix:]
    q = of[:, prefix:]
    token_mean = (q * own_tokens[..., None]).sum((0, 1)) / own_tokens.sum()
    q = unit(q - p['token_mean'])
    counts = jax.nn.softplus(q @ p['weight'] + p['bias']) * own_tokens
    counts = counts / (counts.sum(1, keepdims=True) + 1e-9)
    tokens = unit(desk['tokens'] @ p['directions'])
    best = jax.ops.segment_max(jnp.einsum('bqd,td->tbq', unit(q @ p['directions']), tokens), desk['passage'], len(desk['owner']) + 1)[:-1]
    best = jnp.maximum(best, -2)  # of padding: not -inf, which times 0 is no number
    by_token = jax.ops.segment_max((best * counts[None]).sum(-1), desk['owner'], articles + 1)[:-1].T
    return jnp.where(desk['there'], by_token, -10), by_vector, pool.mean(0), token_mean


def loss(learned, fixed, p, start, desk, titles, x, there, left_in, good, prefix):
    p = {**p, **learned}
    by_token, by_vector, mean, token_mean = scores(fixed, p, desk, titles, x, there, left_in, prefix)

    def right(score):
        return -jax.nn.logsumexp(jnp.where(good > 0, jax.nn.log_softmax(score, 1), -1e9), axis=1).mean()

    by_token = by_token * jnp.exp(p['sharpness'])
    total = right(by_token) + right(by_vector) + right(by_token + by_vector)
    total += PENALTY * sum((s ** 2).sum() for s in p['shifts']) + TOKEN_PENALTY * ((p['directions'] - start) ** 2).sum() / DIRECTIONS
    return total, (mean, token_mean)


class Learner:
    def __init__(self, engine):
        self.encoder = Encoder(engine)
        e = self.encoder
        self.fixed = {'matrices': e.matrices, 'vectors': e.vectors, 'first': e.first}
        self.heads = e.heads

        def with_heads(function):
            return lambda fixed, *rest: function({**fixed, 'heads': e.heads}, *rest)

        self.states = jax.jit(with_heads(states))
        self.score = jax.jit(with_heads(partial(scores, prefix=e.prefix)))
        self.gradient = jax.jit(jax.value_and_grad(
            lambda learned, fixed, *rest: loss(learned, {**fixed, 'heads': e.heads}, *rest, e.prefix), has_aux=True))
        self.means = {}

    def begin(self, known):
        """Means of questions, and the principal directions of all token states."""
        e, all_asked = self.encoder, []
        for lang in sorted({d.lang for d in known}):
            texts = [q for d in known if d.lang == lang for q in d.questions[::max(1, len(d.questions) // 40)]]
            x, there = e.batch(texts, QUESTION_TOKENS)
            of = np.concatenate([np.asarray(self.states(self.fixed, self.no_shifts(), x[i:i + 32], there[i:i + 32])) for i in range(0, len(x), 32)])
            self.means[lang] = np.asarray(pooled(of, there)).mean(0)
            all_asked.append(of[:, e.prefix:][there[:, e.prefix:] > 0])
        asked = np.concatenate(all_asked)
        self.token_mean = asked.mean(0)
        self.passage_mean = np.concatenate([d.tokens for d in known]).mean(0)
        for d in known:
            d.tokens = np.asarray(unit(d.tokens - self.passage_mean))
        sample = np.concatenate([np.asarray(unit(asked - self.token_mean))] + [d.tokens[::8] for d in known])
        self.start = np.linalg.eigh(sample.T @ sample / len(sample))[1][:, ::-1][:, :DIRECTIONS].astype(np.float32)

    def no_shifts(self):
        return [jnp.zeros_like(v) for v in self.encoder.vectors]

    def p(self, learned, desk):
        return {**learned, 'mean': self.means[desk.lang], 'token_mean': self.token_mean}

    def titles(self, learned, desk):
        """Vectors of the titles as what was learned makes them, without their mean."""
        x, there = self.encoder.batch(desk.titles, TITLE_TOKENS)
        some = -len(x) % 16
        x, there = np.pad(x, ((0, some), (0, 0), (0, 0))), np.pad(there, ((0, some), (0, 0)), constant_values=1)
        made = np.concatenate([np.asarray(pooled(self.states(self.fixed, learned['shifts'], x[i:i + 16], there[i:i + 16]), there[i:i + 16]))
                               for i in range(0, len(x), 16)])[:desk.articles]
        made = made - made.mean(0)
        ret = np.zeros((len(desk.fixed['sizes']), DIMENSIONS), np.float32)
        ret[:desk.articles] = made / np.linalg.norm(made, axis=1, keepdims=True)
        return ret

    def figures(self, learned, desk, most=400):
        titles, first, among = self.titles(learned, desk), np.zeros(3), 0
        chosen = np.random.RandomState(2).permutation(len(desk.questions))[:most]
        for at in range(0, len(chosen), BATCH):
            some = [chosen[min(i, len(chosen) - 1)] for i in range(at, at + BATCH)]
            x, there, _ = desk.batch(self.encoder, some)
            by_token, by_vector, *_ = self.score(self.fixed, self.p(learned, desk), desk.fixed, titles, x, there, np.ones_like(there))
            by_token, by_vector = np.asarray(by_token), np.asarray(by_vector)
            both = by_token * np.exp(float(learned['sharpness'])) + by_vector
            for b in range(min(BATCH, len(chosen) - at)):
                right = desk.right[some[b]]
                first += [s[b].argmax() in right for s in (by_token, by_vector, both)]
                among += bool(set(np.argsort(-both[b])[:5]) & set(right))
        return ' '.join(f'{n / len(chosen):.3f}' for n in (*first, among))

    def learn(self, known, tests, report):
        learned = {'shifts': self.no_shifts(), 'directions': jnp.array(self.start), 'weight': jnp.zeros(STATE), 'bias': jnp.array(1.0),
                   'sharpness': jnp.array(np.log(20.0))}
        rates = {name: RATE if name == 'shifts' else TOKEN_RATE for name in learned}
        moment = second = jax.tree.map(jnp.zeros_like, learned)
        rng, began, losses, titles, ages = np.random.RandomState(0), time.time(), [], {}, {}
        for d in known:
            d.lengths(self.encoder)
        chances = np.array([OWN_SHARE[d.lang] if d.name.startswith('kb-') else 0 for d in known])
        chances[chances == 0] = (1 - chances.sum()) / (chances == 0).sum()
        for step in range(STEPS + 1):
            if step % (STEPS // 4) == 0:
                print(f'{step:4} {time.time() - began:5.0f} s', f'{np.mean(losses[-50:] or [0]):.3f}',
                      *(f'| {d.name} {self.figures(learned, d)}' for d in tests), flush=True)
                report(learned)
            if step == STEPS:
                break
            desk = known[rng.choice(len(known), p=chances)]
            x, there, good = desk.batch(self.encoder, *desk.some(rng))
            if desk.name not in ages or ages[desk.name] == TITLES_AGE:
                ages[desk.name], titles[desk.name] = 0, self.titles(learned, desk)
            ages[desk.name] += 1
            left_in = (rng.rand(*there.shape) > LEFT_OUT).astype(np.float32)
            left_in[:, self.encoder.prefix] = 1
            (value, (mean, token_mean)), g = self.gradient(learned, self.fixed, self.p(learned, desk), self.start, desk.fixed,
                                                           titles[desk.name], x, there, left_in, good)
            losses.append(float(value))
            self.means[desk.lang] = self.means[desk.lang] + (np.asarray(mean) - self.means[desk.lang]) / MEAN_STEPS
            self.token_mean = self.token_mean + (np.asarray(token_mean) - self.token_mean) / MEAN_STEPS
            moment = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, moment, g)
            second = jax.tree.map(lambda a, b: 0.99 * a + 0.01 * b * b, second, g)
            n, slow = step + 1, min(1, (step + 1) / 40) * min(1, (STEPS - step) / STEPS * 2)
            learned = {name: jax.tree.map(lambda w, a, b, rate=rates[name]: w - rate * slow * (a / (1 - 0.9 ** n)) / (jnp.sqrt(b / (1 - 0.99 ** n)) + 1e-8),
                                          learned[name], moment[name], second[name]) for name in learned}
        return jax.tree.map(np.asarray, learned)


# ---- the headers ----

def shifts_header(shifts):
    layers, size, wide = len(shifts[0]), shifts[0].shape[1], shifts[VECTORS.index('in')].shape[1]
    scales = np.stack([np.abs(s).max(1) for s in shifts], 1) / 127 + 1e-12
    text = f'''/* What is added to the encoder's biases and norms for questions, times its scale: of each layer in the order of spi_layer_vector. Written by
   tests/answers/fit_encoder.py; do not edit by hand. */
#ifndef ENCODE_QUESTION_SHIFTS_H
#define ENCODE_QUESTION_SHIFTS_H

#define SHIFT_LAYERS {layers}
#define SHIFT_SIZE {size}
#define SHIFT_WIDE {wide}

static const float shift_scales[SHIFT_LAYERS][SPI_LAYER_VECTORS] = {{
'''
    text += ''.join('\t{' + ', '.join(f'{n:.6e}f' for n in row) + '},\n' for row in scales)
    text += '};\nstatic const signed char shifts[SHIFT_LAYERS][(SPI_LAYER_VECTORS - 1) * SHIFT_SIZE + SHIFT_WIDE] = {\n'
    for at in range(layers):
        whole = np.concatenate([np.round(s[at] / scales[at, i]).astype(int) for i, s in enumerate(shifts)])
        text += '\t{\n' + lines(whole, 32, str) + '\n\t},\n'
    return text + '};\n\n#endif\n'


def projection_header(means, p):
    scales = np.abs(p['directions']).max(0) / 127
    text = f'''/* Directions of token states that tell answers apart, and what a question's token counts, for the encoder "e5". Written by
   tests/answers/fit_encoder.py; do not edit by hand. */
#ifndef ENCODE_TOKEN_PROJECTION_H
#define ENCODE_TOKEN_PROJECTION_H

#define TOKEN_STATE {STATE}
#define TOKEN_BYTES {DIRECTIONS}

static const float token_means[2][TOKEN_STATE] = {{
'''
    for mean in means:
        text += '\t{\n' + lines(mean, 12, lambda n: f'{n:.4f}f') + '\n\t},\n'
    text += '};\n/* Of a question\'s token: softplus of its state, centred and of unit length, times these, and more. */\nstatic const float token_counts[TOKEN_STATE] = {\n'
    text += lines(p['weight'], 12, lambda n: f'{n:.4f}f') + f'\n}};\nstatic const float token_counts_more = {float(p["bias"]):.4f}f;\n\n'
    text += 'static const float token_scales[TOKEN_BYTES] = {\n' + lines(scales, 8, lambda n: f'{n:.6e}f') + '\n};\n'
    text += 'static const signed char token_directions[TOKEN_BYTES][TOKEN_STATE] = {\n'
    for r in range(DIRECTIONS):
        text += '\t{\n' + lines(np.round(p['directions'][:, r] / scales[r]).astype(int), 32, str) + '\n\t},\n'
    return text + '};\n\n#endif\n'


def fitted_header(*headers):
    return f'''/* Stands for what was fitted (question_shifts.h, token_projection.h). Written by tests/answers/fit_encoder.py; do not edit by hand. */
#ifndef ENCODE_E5_FITTED_H
#define ENCODE_E5_FITTED_H

#define SPI_E5_FITTED "{hashlib.sha256(''.join(headers).encode()).hexdigest()[:8]}"

#endif
'''


def tests_of(engine):
    with open(os.path.join(ROOT, 'corpus', 'questions.it.jsonl'), encoding='utf-8') as file:
        yield Desk(engine, 'kb/', 'it', own('it'), [json.loads(line) for line in file])
    for name in ('io-help', 'qa4faq'):
        if os.path.isdir(os.path.join(EVAL, name)):
            with open(os.path.join(EVAL, name, 'questions.jsonl'), encoding='utf-8') as file:
                yield Desk(engine, name, 'it', records(os.path.join(EVAL, name, 'kb.jsonl')), [json.loads(line) for line in file])


def write(path, text):
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text)


def main():
    engine = Engine()
    known = [Desk(engine, *desk) for desk in desks()] + [own_desk(engine, lang) for lang in OWN_SHARE]
    tests = [*tests_of(engine), *(Desk(engine, *desk) for desk in list(desks(kept_apart=True))[::4])]
    learner = Learner(engine)
    learner.begin(known)
    for desk in tests:
        desk.tokens = np.asarray(unit(desk.tokens - learner.passage_mean))
    pad(known)
    for desk in tests:
        pad([desk])

    def report(learned):
        learned = jax.tree.map(np.asarray, learned)
        if '--write' in sys.argv:
            headers = shifts_header(learned['shifts']), projection_header([learner.token_mean, learner.passage_mean], learned)
            for path, text in zip((SHIFTS, PROJECTION, FITTED), (*headers, fitted_header(*headers))):
                write(path, text)

    learner.learn(known, tests, report)


if __name__ == '__main__':
    main()
