#!/usr/bin/env python3
"""What phrasings gain: the same questions against the same articles with at most so many phrasings each.

`python3 tests/answers/curve.py` prints a Markdown table; `--write` puts it into README.md between `<!-- curve -->` and
`<!-- /curve -->`. `--encoder none` (or e5) measures with that one only, `--only kb` (or banking77) that set only. Phrasings
are taken in the order in which they stand in the file. By hand, not in the build: with the sentence encoder it takes minutes.
"""
import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPORTELLO = os.path.abspath(os.environ.get('SPORTELLO_BIN', os.path.join(ROOT, 'build', 'sportello')))
BANKING77 = os.path.join(os.path.dirname(ROOT), 'shared', 'eval', 'banking77')
DAY = '2026-11-23'  # the corpus is labelled for the knowledge base of this day
ALL = 1 << 30
# Falling: what is kept of the vectors of one step is what the next one needs.
STEPS = {'kb': [ALL, 15, 10, 5, 3, 1, 0], 'banking77': [10, 5, 3, 1, 0]}
NAMES = {'kb': 'our articles, our questions', 'banking77': 'BANKING77, 10 examples each'}
SHOWN = ['P@1', 'resolved', 'wrong', 'precision']


def say(text):
    print(text, file=sys.stderr, flush=True)


def with_phrasings(text, most):
    """An article's file with at most so many items in its `questions:`; every other line stays."""
    lines, kept, count, inside = text.split('\n'), [], 0, False
    end = next((i for i, line in enumerate(lines) if i > 0 and line.rstrip() in ('---', '...')), 0)
    for i, line in enumerate(lines):
        if i < end and re.match(r'\S', line) and not line.startswith(('- ', '#')):
            inside = line.startswith('questions:')
            if inside and line.split('#')[0].strip() != 'questions:':
                raise SystemExit(f'questions are expected one a line, not {line!r}')
            if inside and most == 0:
                continue
        elif i >= end:
            inside = False
        elif inside:
            count += line.lstrip().startswith('- ')
            if count > most:
                continue
        kept.append(line)
    return '\n'.join(kept)


def make_kb(folder, most):
    """The project's articles, without the labelled questions beside them, which teach what phrasings do."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.path.join(ROOT, 'kb'), folder, ignore=shutil.ignore_patterns('labelled.jsonl'))
    for path in glob.glob(os.path.join(folder, '*', '*', '*.md')):
        with open(path, encoding='utf-8', newline='') as file:
            text = file.read()
        with open(path, 'w', encoding='utf-8', newline='') as file:
            file.write(with_phrasings(text, most))


def make_banking77(folder, most):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    records = folder + '.jsonl'
    examples = os.path.join(BANKING77, 'kb.10shot.jsonl')
    with open(examples, encoding='utf-8') as source, open(records, 'w', encoding='utf-8') as out:
        for record in map(json.loads, source):
            record['questions'] = record['questions'][:most]
            out.write(json.dumps(record, ensure_ascii=False) + '\n')
    subprocess.run(
        [SPORTELLO, 'import', records, '--kb', folder, '--audience', 'citizen'], check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def phrasings(folder):
    """How many an article has on average."""
    files = glob.glob(os.path.join(folder, '*', '*', '*.md'))
    count = 0
    for path in files:
        with open(path, encoding='utf-8') as file:
            head = file.read().split('\n---', 1)[0]
        found = re.search(r'(?ms)^questions:\n(.*?)(?=^[^\s#-]|\Z)', head)
        count += len(re.findall(r'(?m)^\s*- ', found.group(1))) if found else 0
    return count / max(len(files), 1)


def measure(kb, data, encoder, questions):
    done = subprocess.run(
        [SPORTELLO, 'eval', '--kb', kb, '--data', data, '--encoder', encoder, '--as-of', DAY, '--json', *questions],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f'eval --encoder {encoder} failed: {done.stderr.strip()}')
    return json.loads(done.stdout)


def rows_of(name, encoders, folder):
    """(most, on average, {encoder: figures}), the fewest phrasings first."""
    make, questions = {
        'kb': (make_kb, [os.path.join(ROOT, 'corpus', 'questions.it.jsonl')]),
        'banking77': (make_banking77, [os.path.join(BANKING77, 'questions.jsonl')]),
    }[name]
    kb, rows = os.path.join(folder, name), []
    for most in STEPS[name]:
        make(kb, most)
        figures = {}
        for encoder in encoders:
            say(f'{name}, at most {"all" if most == ALL else most}, {encoder}')
            figures[encoder] = measure(kb, os.path.join(folder, f'data-{name}-{encoder}'), encoder, questions)
        rows.append((most, phrasings(kb), figures))
    return rows[::-1]


def shown(value):
    return '–' if value is None else f'{value:.3f}'


def table(name, rows, encoders):
    heads = [f'{figure}, {"words alone" if encoder == "none" else encoder}' for encoder in encoders for figure in SHOWN]
    lines = [
        f'**{NAMES[name]}**', '', f'| phrasings at most | on average | {" | ".join(heads)} |', '| --- ' * (len(heads) + 2) + '|',
    ]
    for most, average, figures in rows:
        cells = [shown(figures[encoder].get(figure)) for encoder in encoders for figure in SHOWN]
        lines.append(f'| {"all" if most == ALL else most} | {average:.1f} | {" | ".join(cells)} |')
    return '\n'.join(lines)


def write_readme(text):
    path = os.path.join(ROOT, 'README.md')
    with open(path, encoding='utf-8') as file:
        readme = file.read()
    now, count = re.subn(
        r'(?s)(<!-- curve -->\n).*?(<!-- /curve -->)', lambda found: f'{found.group(1)}{text}\n{found.group(2)}', readme
    )
    if count != 1:
        raise SystemExit('README.md has no place for it: put the lines <!-- curve --> and <!-- /curve --> where it belongs')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(now)


def main():
    parser = argparse.ArgumentParser(description='What phrasings gain, as a Markdown table.')
    parser.add_argument('--write', action='store_true', help='into README.md, between its markers')
    parser.add_argument('--encoder', action='append', choices=['e5', 'none'], help='only this one')
    parser.add_argument('--only', choices=list(STEPS), help='only this set')
    options = parser.parse_args()
    encoders = options.encoder or ['none', 'e5']
    tables = []
    with tempfile.TemporaryDirectory(prefix='sportello-curve-') as folder:
        for name in [options.only] if options.only else STEPS:
            if name == 'banking77' and not os.path.isdir(BANKING77):
                say(f'{name} is left out: there is no folder {BANKING77}')
                continue
            tables.append(table(name, rows_of(name, encoders, folder), encoders))
    text = '\n\n'.join(tables)
    print(text)
    if options.write:
        write_readme(text)


if __name__ == '__main__':
    main()
