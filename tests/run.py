#!/usr/bin/env python3
"""Runs the test suites and counts: unit (TAP programs), cli, http, answers (Python unittest), bench (a second of each), browser (node --test).

usage: run.py [SUITE ...]      all suites without an argument
Prints each failing test with what it said; the last line is `N passed, N failed`, with `, N skipped` where some were.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get('SPORTELLO_BUILD', os.path.join(ROOT, 'build'))
TIMEOUT_S = 900


def run(command, **more):
    """Output and exit status of a command; a command that hangs is ended and fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace',
                              timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, **more)
        return done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        out = late.stdout or b''
        return (out.decode(errors='replace') if isinstance(out, bytes) else out) + f'\nno end after {TIMEOUT_S} s\n', 124


def unit():
    for program in sorted(glob.glob(os.path.join(BUILD, 'tests', 'test_*'))):
        if not os.access(program, os.X_OK) or '.' in os.path.basename(program):
            continue
        out, status = run([program], cwd=ROOT)
        passed = len(re.findall(r'^ok \d+', out, re.M))
        failed = len(re.findall(r'^not ok \d+', out, re.M))
        if status != 0 and failed == 0:
            failed = 1  # it crashed, or a sanitizer spoke
        yield os.path.basename(program), passed, failed, 0, out


def python(folder):
    env = dict(os.environ, PYTHONPATH=os.path.join(ROOT, 'tests') + os.pathsep + os.path.join(ROOT, 'tests', folder))
    for module in sorted(glob.glob(os.path.join(ROOT, 'tests', folder, 'test_*.py'))):
        out, status = run([sys.executable, '-B', '-m', 'unittest', '-v', os.path.basename(module)[:-3]],
                          cwd=os.path.join(ROOT, 'tests', folder), env=env)
        ran = re.search(r'^Ran (\d+) tests?', out, re.M)
        bad = sum(int(n) for n in re.findall(r'(?:failures|errors|unexpected successes)=(\d+)', out))
        skipped = sum(int(n) for n in re.findall(r'skipped=(\d+)', out))
        count = int(ran.group(1)) if ran else 0
        if status != 0 and bad == 0:
            bad = 1
        yield f'{folder}/{os.path.basename(module)}', max(count - bad - skipped, 0), bad, skipped, out


def browser():
    # Beside their modules, which make put below the build folder: node looks for them from where a test stands.
    here = os.path.join(BUILD, 'tests', 'browser')
    shutil.copytree(os.path.join(ROOT, 'tests', 'browser'), here, dirs_exist_ok=True, ignore=shutil.ignore_patterns('node_modules'))
    for test in sorted(glob.glob(os.path.join(ROOT, 'tests', 'browser', '*.test.mjs'))):
        out, status = run(['node', '--test', '--test-reporter=tap', os.path.join(here, os.path.basename(test))], cwd=ROOT)
        count = {k: int(n) for k, n in re.findall(r'^# (pass|fail|skipped|cancelled) (\d+)', out, re.M)}
        failed = count.get('fail', 0) + count.get('cancelled', 0)
        if status != 0 and failed == 0:
            failed = 1
        yield f'browser/{os.path.basename(test)}', count.get('pass', 0), failed, count.get('skipped', 0), out


def bench():
    out, status = run([sys.executable, os.path.join(ROOT, 'tests', 'bench', 'bench.py'), '--smoke'], cwd=ROOT)
    yield 'bench/bench.py --smoke', int(status == 0), int(status != 0), 0, out


SUITES = {'unit': unit, 'cli': lambda: python('cli'), 'http': lambda: python('http'), 'answers': lambda: python('answers'),
          'bench': bench, 'browser': browser}


def main():
    wanted = sys.argv[1:] or list(SUITES)
    unknown = [w for w in wanted if w not in SUITES]
    if unknown:
        sys.exit(f'unknown suite {unknown[0]}; known: {" ".join(SUITES)}')
    total = [0, 0, 0]
    for suite in wanted:
        ran = 0
        began = time.time()
        for name, passed, failed, skipped, out in SUITES[suite]():
            ran += passed + failed + skipped
            total = [total[0] + passed, total[1] + failed, total[2] + skipped]
            print(f'{"FAIL" if failed else "ok  "} {name}: {passed} passed, {failed} failed'
                  + (f', {skipped} skipped' if skipped else '') + f' ({time.time() - began:.1f} s)', flush=True)
            began = time.time()
            if failed:
                print('\n'.join('    ' + line for line in out.splitlines()[-200:]), flush=True)
        if ran == 0:
            print(f'FAIL {suite}: ran no test')
            total[1] += 1
    print(f'{total[0]} passed, {total[1]} failed' + (f', {total[2]} skipped' if total[2] else ''))
    sys.exit(1 if total[1] or not total[0] else 0)


if __name__ == '__main__':
    main()
