#!/usr/bin/env python3
"""How good the answers are, on our own questions and on other people's sets, with the encoder and by words alone.

usage: sets.py [--only NAME,…] [--data DIR] [--write]
Prints a Markdown table; --write puts it into README.md between `<!-- answers -->` and `<!-- /answers -->`. The sets are read where
they lie (../shared/eval beside the project); those that are not there are left out. --data keeps the vectors for the next time. By
hand, not in the build: some twenty minutes on two processors.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPORTELLO = os.path.abspath(os.environ.get('SPORTELLO_BIN', os.path.join(ROOT, 'build', 'sportello')))
EVAL = os.path.join(os.path.dirname(ROOT), 'shared', 'eval')
DAY = '2026-11-23'  # the corpus is labelled for the knowledge base of this day
# Name in the table, articles, their language, questions, precision asked for (None: as kb.yaml says).
SETS = {
    'kb': ('`kb/` with `corpus/` (0.91)', None, None, ['corpus/questions.it.jsonl'], None),
    'io-help': ('io-help, no phrasings', 'io-help/kb.jsonl', 'it', ['io-help/questions.jsonl', 'io-help/out.jsonl'], 0.86),
    'qa4faq': ('qa4faq', 'qa4faq/kb.jsonl', 'it', ['qa4faq/questions.jsonl'], 0.86),
    'banking77': ('banking77', 'banking77/kb.jsonl', 'en', ['banking77/questions.jsonl'], 0.86),
    'banking77-10': ('banking77, 10 phrasings', 'banking77/kb.10shot.jsonl', 'en', ['banking77/questions.jsonl'], 0.86),
    'clinc150': ('clinc150', 'clinc150/kb.jsonl', 'en', ['clinc150/questions.jsonl'], 0.86),
}
SHOWN = {'P@1': 'P@1', 'S@5': 'S@5', 'c@1': 'c@1', 'resolved': 'resolved', 'assisted': 'assisted', 'precision': 'precision',
         'out_recall': 'out_recall', 'out_decision': 'out_decision', 'ece': 'calibration error'}


def run(*words, program=SPORTELLO):
    done = subprocess.run([program, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f'{" ".join(words)}\n{done.stderr.strip()}')
    return done.stdout


def import_once(articles, lang, folder):
    if not os.path.exists(os.path.join(folder, 'kb.yaml')):
        os.makedirs(folder, exist_ok=True)
        run('import', os.path.join(EVAL, articles), '--kb', folder, '--format', 'jsonl', '--audience', 'citizen', '--lang', lang)
    return folder


def measure(kb, data, encoder, questions, precision, *more, program=SPORTELLO):
    asked = [] if precision is None else ['--precision', str(precision)]
    return json.loads(run('eval', '--kb', kb, '--data', data, '--encoder', encoder, '--audience', 'citizen', '--as-of', DAY, '--json', *asked, *more,
                          *questions, program=program))


def row_of(name, encoder, folder, *more):
    _, articles, lang, questions, precision = SETS[name]
    kb = os.path.join(ROOT, 'kb') if articles is None else import_once(articles, lang, os.path.join(folder, name))
    where = ROOT if articles is None else EVAL
    print(f'{name}, {encoder}', file=sys.stderr, flush=True)
    return measure(kb, os.path.join(folder, f'data-{name}-{encoder}'), encoder, [os.path.join(where, q) for q in questions], precision, *more)


def shown(figure):
    return '–' if figure is None else f'{figure:.3f}'


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('--only', default=','.join(SETS))
    options.add_argument('--data')
    options.add_argument('--write', action='store_true')
    options = options.parse_args()
    names = [n for n in options.only.split(',') if SETS[n][1] is None or os.path.exists(os.path.join(EVAL, SETS[n][1]))]
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.data or scratch
        lines = ['| set | encoder | ' + ' | '.join(SHOWN.values()) + ' |', '| --- ' * (len(SHOWN) + 2) + '|']
        for name in names:
            for encoder in ('e5', 'none'):
                figures = row_of(name, encoder, folder)
                lines.append(f'| {SETS[name][0]} | {encoder} | ' + ' | '.join(shown(figures.get(f)) for f in SHOWN) + ' |')
                print(lines[-1], flush=True)
        if 'qa4faq' in names:
            with_labels = [row_of('qa4faq', encoder, folder, '--labelled-folds', '5')['c@1'] for encoder in ('e5', 'none')]
            lines += ['', 'qa4faq with labelled questions of the same desk (`--labelled-folds 5`): c@1 %.3f with e5, %.3f by words alone.' % tuple(with_labels)]
            print(lines[-1])
    if options.write:
        path = os.path.join(ROOT, 'README.md')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        text = re.sub(r'(<!-- answers -->\n).*?(\n<!-- /answers -->)', lambda m: m.group(1) + '\n'.join(lines) + m.group(2), text, flags=re.S)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)


if __name__ == '__main__':
    main()
