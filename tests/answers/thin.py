#!/usr/bin/env python3
"""Copy a knowledge base with half of its articles' phrasings: what people ask of it is farther from them, as it is where editors wrote fewer.

usage: thin.py KB FOLDER
The features of questions asked of the copy (`sportello eval --kb FOLDER --features kb-labelled.jsonl`) stand beside those of the whole in `fit.py`.
Which half is told by each phrasing's own checksum, so that it is the same one each time.
"""
import pathlib
import shutil
import sys
import zlib


def thinned(lines):
    is_question = False
    for line in lines:
        is_item = line.startswith('  - ')
        is_question = line.startswith('questions:') or (is_question and is_item)
        if not (is_question and is_item and zlib.crc32(line.encode()) % 2):
            yield line


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = map(pathlib.Path, sys.argv[1:])
    shutil.copytree(source, target)
    for article in target.rglob('*.md'):
        article.write_text(''.join(thinned(article.read_text(encoding='utf-8').splitlines(keepends=True))), encoding='utf-8')
