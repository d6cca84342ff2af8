"""The sentence encoder "e5" of the program, for what is learned with it: vectors, states of tokens, and its own numbers."""
import ctypes
import os
import subprocess
import tempfile

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('SPORTELLO_BUILD', os.path.join(ROOT, 'build'))
DIMENSIONS = STATE = 384
TEXTS_AT_ONCE, BYTES_MAX, TOKENS_MAX = 32, 1200, 128
TAKE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_float), ctypes.c_int)
VECTORS = ('queries', 'keys', 'values', 'out', 'in', 'back', 'attention norm', 'attention norm bias', 'norm', 'norm bias')  # as spi_layer_vector


def cut(text):
    return text.encode()[:BYTES_MAX].decode(errors='ignore').encode()


class Engine:
    def __init__(self):
        with tempfile.TemporaryDirectory() as folder:
            library = os.path.join(folder, 'e5.so')
            sources = [os.path.join(ROOT, 'tests', 'answers', 'engine_numbers.c'), os.path.join(ROOT, 'src', 'encode', 'question_shift.c')]
            subprocess.run(['cc', '-Ofast', '-march=native', '-fopenmp', '-shared', '-fPIC', '-w', '-I' + os.path.join(ROOT, 'src'),
                            '-I' + os.path.join(ROOT, 'include'), '-I' + os.path.join(BUILD, 'e5'), *sources, '-o', library, '-lm'], check=True)
            self.engine = ctypes.CDLL(library)
        self.engine.e5_open.restype = ctypes.c_void_p
        self.model = ctypes.c_void_p(self.engine.e5_open(os.path.join(BUILD, 'e5', 'e5-small-q4.bin').encode()))
        self.made = {}

    def run(self, texts, question, take=None):
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        some = (ctypes.c_char_p * len(texts))(*[cut(t) for t in texts])
        if self.engine.e5_encode(self.model, some, len(texts), int(question), vectors.ctypes.data_as(ctypes.c_void_p), TOKENS_MAX, take, None):
            raise MemoryError
        return vectors

    def encode(self, texts, question):
        """Each text once."""
        new = sorted({t for t in texts if (t, question) not in self.made}, key=len)
        for at in range(0, len(new), TEXTS_AT_ONCE):
            some = new[at:at + TEXTS_AT_ONCE]
            for text, vector in zip(some, self.run(some, question)):
                self.made[text, question] = vector
        return np.array([self.made[t, question] for t in texts])

    def states(self, text, question):
        """Of its tokens, without those of prefix, beginning and end."""
        out = []
        take = TAKE(lambda _, __, states, count: out.append(np.ctypeslib.as_array(states, (count, STATE)).astype(np.float16) if count else
                                                            np.zeros((0, STATE), np.float16)))
        self.run([text], question, take)
        return out[0]

    # ---- its own numbers ----

    def shape(self):
        """Numbers of a state, layers, heads, numbers between, places."""
        return [self.engine.numbers_shape(self.model, i) for i in range(5)]

    def taken(self, function, shape, *which):
        out = np.zeros(shape, np.float32)
        function(self.model, *which, out.ctypes.data_as(ctypes.c_void_p))
        return out

    def matrices(self, which):
        """Of all layers."""
        size, layers, _, wide, _ = self.shape()
        shape = (wide if which == 4 else size, wide if which == 5 else size)
        return np.stack([self.taken(self.engine.numbers_matrix, shape, layer, which) for layer in range(layers)])

    def vectors(self, which):
        size, layers, _, wide, _ = self.shape()
        return np.stack([self.taken(self.engine.numbers_vector, wide if which == 4 else size, layer, which) for layer in range(layers)])

    def first_norm(self):
        weights, bias = np.zeros(STATE, np.float32), np.zeros(STATE, np.float32)
        self.engine.numbers_first_norm(self.model, *(a.ctypes.data_as(ctypes.c_void_p) for a in (weights, bias)))
        return weights, bias

    def tokens(self, text, question, most):
        """What goes into the first layer, before its norm."""
        out = np.zeros((most, STATE), np.float32)
        count = self.engine.numbers_tokens(self.model, cut(text), int(question), most, out.ctypes.data_as(ctypes.c_void_p))
        return out[:count]
