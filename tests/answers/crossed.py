#!/usr/bin/env python3
"""Figures with ranker and confidence fitted on other questions than those that are asked: what is to be expected of questions never seen.

usage: crossed.py --data DIR FEATURES.jsonl...
FEATURES as fit.py wants them, of a build with the encoder; DIR as of sets.py. Each third of the questions is asked of a program whose numbers
were fitted without that third; beside it what the program as it is says of all. Prints a Markdown table. By hand: a quarter of an hour.
Environment: MAKEFLAGS, as for make. Needs numpy.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import sets
from fit import part_of

PARTS = 3
SCORE = os.path.join(sets.EVAL, 'score.py')
SHOWN = ('P@1', 'S@5', 'c@1', 'resolved', 'assisted', 'precision', 'out_recall', 'out_decision')
LABELLED = ['--labelled-folds', '5']
ROWS = [('kb', []), ('io-help', []), ('qa4faq', []), ('qa4faq', LABELLED), ('banking77', []), ('banking77-10', []), ('clinc150', [])]


def build_without(part, features, folder):
    """The program as it is, but for what is fitted."""
    subprocess.run([sys.executable, os.path.join(sets.ROOT, 'tests', 'answers', 'fit.py'), *features, '--without', f'{part}/{PARTS}', '--to', folder], check=True,
                   stdout=subprocess.DEVNULL)
    build = os.path.join(folder, 'build')
    subprocess.run(['make', '-s', '-C', sets.ROOT, 'all', f'BUILD={build}', f'CFLAGS=-iquote {folder}'], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(build, 'sportello')


def questions_of(name):
    _, articles, _, files, _ = sets.SETS[name]
    return [os.path.join(sets.ROOT if articles is None else sets.EVAL, f) for f in files]


def ask(program, name, data, more, run):
    """All questions; what it answered to each goes to run."""
    _, articles, lang, _, precision = sets.SETS[name]
    kb = os.path.join(sets.ROOT, 'kb') if articles is None else sets.import_once(articles, lang, os.path.join(data, name))
    sets.measure(kb, os.path.join(data, f'data-{name}-e5'), 'e5', questions_of(name), precision, '--run', run, *more, program=program)
    with open(run, encoding='utf-8') as lines:
        return {json.loads(line)['id']: line for line in lines}


def score(name, answers, folder):
    run = os.path.join(folder, 'joined')
    with open(run, 'w', encoding='utf-8') as out:
        out.writelines(answers.values())
    done = subprocess.run([sys.executable, SCORE, ','.join(questions_of(name)), run, '--json'], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('--data', required=True)
    options.add_argument('features', nargs='+')
    options = options.parse_args()
    print('| set | fitted on | ' + ' | '.join(SHOWN) + ' |\n' + '| --- ' * (len(SHOWN) + 2) + '|')
    with tempfile.TemporaryDirectory() as folder:
        folders = [os.path.join(folder, str(part)) for part in range(PARTS)]
        programs = [build_without(part, options.features, where) for part, where in enumerate(folders)]
        for name, more in ROWS:
            run = os.path.join(folder, 'run')
            crossed = {}
            for part, program in enumerate(programs):
                crossed.update({i: line for i, line in ask(program, name, options.data, more, run).items() if part_of(i, PARTS) == part})
            for on, answers in (('all', ask(sets.SPORTELLO, name, options.data, more, run)), ('others', crossed)):
                found = score(name, answers, folder)
                print(f'| {name}{", labelled" if more else ""} | {on} | ' + ' | '.join(sets.shown(found.get(f)) for f in SHOWN) + ' |', flush=True)


if __name__ == '__main__':
    main()
