#!/usr/bin/env python3
"""Make ../language_ngrams.c from the sample texts in this folder: python3 ngrams.py > ../language_ngrams.c

Each value is 8 times the natural logarithm of how much likelier the three letters are in one language than in the
mean of all three, within -60 and 60. Kept are the groups that tell most."""
import collections
import math
import pathlib
import re

LANGS = ["it", "en", "de"]
KEEP = 900
SMOOTHING = 0.5


def grams(text):
    for word in re.findall(r"[^\W\d_]+", text.lower().replace("ß", "ss")):
        padded = f"_{word}_"
        for i in range(len(padded) - 2):
            yield padded[i:i + 3]


def literal(gram):
    """C string of Latin-1 bytes; split after an escape, so that no letter goes on with it."""
    text = "".join(c if ord(c) < 128 else f'\\x{ord(c):02X}" "' for c in gram)
    return f'"{text}"'.replace(' ""', "")


def main():
    here = pathlib.Path(__file__).parent
    counts = [collections.Counter(grams((here / f"{lang}.txt").read_text())) for lang in LANGS]
    everything = set().union(*counts)
    totals = [sum(c.values()) + SMOOTHING * len(everything) for c in counts]
    rows = []
    for gram in everything:
        logs = [math.log((c[gram] + SMOOTHING) / total) for c, total in zip(counts, totals)]
        mean = sum(logs) / len(logs)
        values = [max(-60, min(60, round(8 * (x - mean)))) for x in logs]
        seen = sum(c[gram] for c in counts)
        if seen >= 2 and all(ord(c) < 256 for c in gram):
            rows.append((-(max(values) - min(values)) * math.sqrt(seen), gram, values))
    rows = sorted((gram, values) for _, gram, values in sorted(rows)[:KEEP])
    rows.sort(key=lambda row: row[0].encode("latin-1"))
    print("/* How much three letters speak for a language: made by sample/ngrams.py, which says how; do not edit.")
    print("   Order of the values: Italian, English, German. Letters in Latin-1, _ is a word's edge. Sorted by bytes. */")
    print('#include "text/language.h"\n\nconst spi_ngram spi_ngrams[] = {')
    line = "\t"
    for gram, (it, en, de) in rows:
        item = f"{{{literal(gram)}, {{{it}, {en}, {de}}}}}, "
        if len(line) + len(item) > 112:
            print(line.rstrip())
            line = "\t"
        line += item
    print(line.rstrip() + "\n};\n\nconst size_t spi_ngram_count = sizeof(spi_ngrams) / sizeof(spi_ngrams[0]);")


main()
