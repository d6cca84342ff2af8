#!/usr/bin/env python3
"""Which directions of token states tell answers apart (src/encode/token_projection.h), for the encoder "e5".

usage: fit_tokens.py [--write]          needs numpy, jax, a C compiler and a build with the encoder; some 20 minutes on two processors

A question is compared with a passage token by token: of each of the question's tokens the largest dot product with one of the
passage's, and the mean of these, weighed (late interaction: Khattab and Zaharia 2020, "ColBERT", arXiv:2004.12832). The engine's last layer
gives the states; their mean is taken away (of questions, of passages), and a matrix cuts them to TOKEN_BYTES directions. It begins as
the principal directions and is learned so that what people ask of the made-up desks (corpus/desks) finds the article that answers it
among all of its desk (softmax over the desk's articles, Adam), with a penalty that keeps it near its beginning, and with tokens of
questions left out at random. So is what a question's token counts: softplus of a linear function of its state. No question of a set that is
measured is learned from; figures printed are of such: P@1 and S@5 by tokens alone.
"""
import ctypes
import glob
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from fit_asked import BUILD, EVAL, ROOT, desks, lines, normal, own, records

DIRECTIONS, STATE = 96, 384
QUESTION_TOKENS, LEFT_OUT, BATCH, STEPS, RATE, PENALTY = 32, 0.15, 16, 300, 0.001, 0.1
HEADER = os.path.join(ROOT, 'src', 'encode', 'token_projection.h')
TAKE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_float), ctypes.c_int)


class Engine:
    """The engine that the program has, with our function that gives tokens, as a shared library of its own."""

    def __init__(self):
        with tempfile.TemporaryDirectory() as folder:
            library = os.path.join(folder, 'e5.so')
            subprocess.run(['cc', '-Ofast', '-mavx2', '-mfma', '-mf16c', '-shared', '-fPIC', '-w', '-I' + os.path.join(ROOT, 'src'),
                            '-I' + os.path.join(ROOT, 'include'), '-I' + os.path.join(BUILD, 'e5'),
                            os.path.join(ROOT, 'src', 'encode', 'engine', 'e5_tokens.c'), '-o', library, '-lm'], check=True)
            self.engine = ctypes.CDLL(library)
        self.engine.e5_open.restype = ctypes.c_void_p
        self.model = ctypes.c_void_p(self.engine.e5_open(os.path.join(BUILD, 'e5', 'e5-small-q4.bin').encode()))

    def states(self, text, question):
        out = []
        take = TAKE(lambda _, __, states, count: out.append(np.ctypeslib.as_array(states, (count, STATE)).astype(np.float16) if count else np.zeros((0, STATE), np.float16)))
        texts = (ctypes.c_char_p * 1)(text.encode()[:1200].decode(errors='ignore').encode())
        vector = np.zeros(STATE, np.float32)
        self.engine.e5_encode(self.model, texts, 1, int(question), vector.ctypes.data_as(ctypes.c_void_p), 128, take, None)
        return out[0]


def unit(x):
    return x / (np.linalg.norm(x, axis=-1, keepdims=True) + 1e-9)


class Desk:
    """Tokens of a desk's passages, and of its questions that have an answer."""

    def __init__(self, engine, articles, questions):
        numbers = {a['id']: i for i, a in enumerate(articles)}
        passages = [(i, engine.states(f'{a["title"]}. {p}', False)) for i, a in enumerate(articles) for p in a['pieces']]
        self.articles, self.passages = len(articles), len(passages)
        self.owner = np.array([i for i, _ in passages], np.int32)
        self.passage = np.concatenate([np.full(len(s), i, np.int32) for i, (_, s) in enumerate(passages)])
        self.tokens = np.concatenate([s for _, s in passages]).astype(np.float32)
        asked = [q for q in questions if q['expect'] == 'answer' and any(a in numbers for a in q['articles'])]
        self.right = [[numbers[a] for a in q['articles'] if a in numbers] for q in asked]
        self.questions = [engine.states(normal(q['question']), True).astype(np.float32) for q in asked]

    def centre(self, means):
        self.questions = [unit(q - means[0]) for q in self.questions]
        self.tokens = unit(self.tokens - means[1])

    def batch(self, some):
        x, there = np.zeros((len(some), QUESTION_TOKENS, STATE), np.float32), np.zeros((len(some), QUESTION_TOKENS), np.float32)
        good = np.zeros((len(some), self.articles), np.float32)
        for b, i in enumerate(some):
            n = min(QUESTION_TOKENS, len(self.questions[i]))
            x[b, :n], there[b, :n], good[b, self.right[i]] = self.questions[i][:n], 1, 1
        return x, there, good


# ---- the model ----

def short(x):
    return x * jax.lax.rsqrt((x * x).sum(-1, keepdims=True) + 1e-8)


def scores(p, x, there, tokens, passage, owner, passages, articles):
    q, t = short(x @ p['directions']), short(tokens @ p['directions'])
    counts = jax.nn.softplus(x @ p['weight'] + p['bias']) * there
    counts = counts / counts.sum(1, keepdims=True)
    best = jax.ops.segment_max(jnp.einsum('bqd,td->tbq', q, t), passage, passages)
    return jax.ops.segment_max((best * counts[None]).sum(-1), owner, articles).T


@partial(jax.jit, static_argnums=(8, 9))
def loss(p, start, x, there, good, tokens, passage, owner, passages, articles):
    share = jax.nn.log_softmax(scores(p, x, there, tokens, passage, owner, passages, articles) * jnp.exp(p['sharpness']), 1)
    right = -jax.nn.logsumexp(jnp.where(good > 0, share, -1e9), axis=1).mean()
    return right + PENALTY * ((p['directions'] - start) ** 2).sum() / DIRECTIONS


gradient = jax.jit(jax.value_and_grad(loss), static_argnums=(8, 9))
score = jax.jit(scores, static_argnums=(6, 7))


def figures(p, desk):
    first = among = 0
    for at in range(0, len(desk.questions), BATCH):
        some = [min(i, len(desk.questions) - 1) for i in range(at, at + BATCH)]
        x, there, _ = desk.batch(some)
        s = np.asarray(score(p, x, there, desk.tokens, desk.passage, desk.owner, desk.passages, desk.articles))
        for b in range(min(BATCH, len(desk.questions) - at)):
            top = np.argsort(-s[b])[:5]
            first += top[0] in desk.right[at + b]
            among += bool(set(top) & set(desk.right[at + b]))
    return f'P@1 {first / len(desk.questions):.3f} S@5 {among / len(desk.questions):.3f}'


def learn(known, tests, start):
    p = {'directions': jnp.array(start), 'weight': jnp.zeros(STATE), 'bias': jnp.array(1.0), 'sharpness': jnp.array(np.log(20.0))}
    rng, first = np.random.RandomState(0), jnp.array(start)
    moment = second = jax.tree.map(jnp.zeros_like, p)
    began = time.time()
    for step in range(STEPS + 1):
        if step % 50 == 0:
            print(f'{step:4} {time.time() - began:5.0f} s', *(f'| {name} {figures(p, desk)}' for name, desk in tests.items()), flush=True)
        desk = known[rng.randint(len(known))]
        x, there, good = desk.batch(rng.randint(0, len(desk.questions), BATCH))
        there = there * np.maximum(rng.rand(*there.shape) > LEFT_OUT, np.arange(QUESTION_TOKENS)[None] == 0)
        _, g = gradient(p, first, x, there, good, desk.tokens, desk.passage, desk.owner, desk.passages, desk.articles)
        moment = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, moment, g)
        second = jax.tree.map(lambda a, b: 0.99 * a + 0.01 * b * b, second, g)
        n, rate = step + 1, RATE * min(1, (step + 1) / 30) * min(1, (STEPS - step) / STEPS * 2)
        p = jax.tree.map(lambda w, a, b: w - rate * (a / (1 - 0.9 ** n)) / (jnp.sqrt(b / (1 - 0.99 ** n)) + 1e-8), p, moment, second)
    return {name: np.asarray(value) for name, value in p.items()}


def header(means, p):
    scales = np.abs(p['directions']).max(0) / 127
    text = f'''/* Directions of token states that tell answers apart, and what a question's token counts, for the encoder "e5". Written by
   tests/answers/fit_tokens.py; do not edit by hand. */
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


def main():
    engine = Engine()
    known = [Desk(engine, articles, questions) for _, _, articles, questions in desks()]
    tests = {}
    sets = {'kb/': (own('it'), glob.glob(os.path.join(ROOT, 'corpus', 'questions.it.jsonl')))}
    for name in ('io-help', 'qa4faq'):
        if os.path.isdir(os.path.join(EVAL, name)):
            sets[name] = records(os.path.join(EVAL, name, 'kb.jsonl')), [os.path.join(EVAL, name, 'questions.jsonl')]
    for name, (articles, paths) in sets.items():
        tests[name] = Desk(engine, articles, [json.loads(line) for path in paths for line in open(path, encoding='utf-8')])
    means = [np.concatenate([q for d in known for q in d.questions]).mean(0), np.concatenate([d.tokens for d in known]).mean(0)]
    for desk in known + list(tests.values()):
        desk.centre(means)
    sample = np.concatenate([np.concatenate(d.questions) for d in known] + [d.tokens[::8] for d in known])
    start = np.linalg.eigh(sample.T @ sample / len(sample))[1][:, ::-1][:, :DIRECTIONS].astype(np.float32)
    text = header(means, learn(known, tests, start))
    if '--write' in sys.argv:
        with open(HEADER, 'w', encoding='utf-8') as out:
            out.write(text)


if __name__ == '__main__':
    main()
