#!/usr/bin/env python3
"""Runs the test suites and counts: unit (TAP programs), fuzz (seeds of the harnesses), cli, http, answers (Python unittest), bench (a second of each), browser (node --test).

usage: run.py [SUITE ...]      all suites without an argument; SUITE/PART: of a suite only the files with that in their name
Prints each failing test with what it said; the last line is `N passed, N failed`, with `, N skipped` where some were.
Files are run as many at a time as there are processors (SPORTELLO_JOBS=1: one after the other), those that mostly wait beside them, unit tests alone.
"""
import concurrent.futures
import fcntl
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'lint'))
sys.dont_write_bytecode = True

import proof  # noqa: E402

BUILD = os.environ.get('SPORTELLO_BUILD', os.path.join(ROOT, 'build'))
TIMEOUT_S = 9000 if os.environ.get('SPORTELLO_SLOW') else 1500
FUZZ_CHANGES = 200
JOBS = int(os.environ.get('SPORTELLO_JOBS', os.cpu_count() or 1))
# What takes minutes comes first, so that nothing is waited for at the end.
LONGEST = ('answers/test_corpus.py', 'bench/bench.py --smoke', 'http/test_leak.py', 'http/test_connectors.py', 'browser/accessibility.test.mjs',
           'browser/dashboard.test.mjs', 'browser/agent-tickets.test.mjs', 'browser/agent.test.mjs', 'browser/training.test.mjs',
           'cli/test_replay.py', 'cli/test_check_asked.py')


def run(command, **more):
    """Output and exit status of a command; a command that hangs is ended and fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace',
                              timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, **more)
        return done.stdout, done.returncode
    except FileNotFoundError as missing:
        return f'{missing}\n', 127
    except subprocess.TimeoutExpired as late:
        out = late.stdout or b''
        return (out.decode(errors='replace') if isinstance(out, bytes) else out) + f'\nno end after {TIMEOUT_S} s\n', 124


# Each suite gives its files: a name and what runs it, which returns passed, failed, skipped and what was said.

def unit_file(program):
    out, status = run([program], cwd=ROOT)
    passed = len(re.findall(r'^ok \d+', out, re.M))
    failed = len(re.findall(r'^not ok \d+', out, re.M))
    if status != 0 and failed == 0:
        failed = 1  # it crashed, or a sanitizer spoke
    return passed, failed, 0, out


def unit():
    for source in sorted(glob.glob(os.path.join(ROOT, 'tests', 'unit', 'test_*.c')) + glob.glob(os.path.join(ROOT, 'tests', 'unit', 'test_*.cc'))):
        name = os.path.splitext(os.path.basename(source))[0]
        yield name, unit_file, os.path.join(BUILD, 'tests', name)


def python_file(module):
    folder = os.path.dirname(module)
    env = dict(os.environ, PYTHONPATH=os.path.join(ROOT, 'tests') + os.pathsep + folder)
    out, status = run([sys.executable, '-B', '-m', 'unittest', '-v', os.path.basename(module)[:-3]], cwd=folder, env=env)
    ran = re.search(r'^Ran (\d+) tests?', out, re.M)
    bad = sum(int(n) for n in re.findall(r'(?:failures|errors|unexpected successes)=(\d+)', out))
    skipped = sum(int(n) for n in re.findall(r'skipped=(\d+)', out))
    count = int(ran.group(1)) if ran else 0
    if status != 0 and bad == 0:
        bad = 1
    return max(count - bad - skipped, 0), bad, skipped, out


def python(folder):
    for module in sorted(glob.glob(os.path.join(ROOT, 'tests', folder, 'test_*.py'))):
        yield f'{folder}/{os.path.basename(module)}', python_file, module


def browser_file(test):
    out, status = run(['node', '--test', '--test-reporter=tap', test], cwd=ROOT)
    count = {k: int(n) for k, n in re.findall(r'^# (pass|fail|skipped|cancelled) (\d+)', out, re.M)}
    failed = count.get('fail', 0) + count.get('cancelled', 0)
    if status != 0 and failed == 0:
        failed = 1
    return count.get('pass', 0), failed, count.get('skipped', 0), out


def browser():
    # Beside their modules, which make put below the build folder: node looks for them from where a test stands.
    here = os.path.join(BUILD, 'tests', 'browser')
    shutil.copytree(os.path.join(ROOT, 'tests', 'browser'), here, dirs_exist_ok=True, ignore=shutil.ignore_patterns('node_modules'))
    for test in sorted(glob.glob(os.path.join(ROOT, 'tests', 'browser', '*.test.mjs'))):
        yield f'browser/{os.path.basename(test)}', browser_file, os.path.join(here, os.path.basename(test))


def fuzz_file(program, name):
    """The seeds of a harness, and what a few changes make of each."""
    out, status = run([program, f'-changes={FUZZ_CHANGES}', os.path.join(ROOT, 'tests', 'fuzz', 'seeds', name)], cwd=ROOT)
    return int(status == 0), int(status != 0), 0, out


def fuzz():
    for source in sorted(glob.glob(os.path.join(ROOT, 'tests', 'fuzz', 'fuzz_*.c'))):
        name = os.path.basename(source)[5:-2]
        program = os.path.join(BUILD, 'fuzz', 'replay_' + name)
        yield f'fuzz/{name}', lambda program, name=name: fuzz_file(program, name), program


def bench_smoke(command):
    out, status = run([sys.executable, '-B', *command], cwd=ROOT)
    return int(status == 0), int(status != 0), 0, out


def bench():
    yield 'bench/bench.py --smoke', bench_smoke, [os.path.join(ROOT, 'tests', 'bench', 'bench.py'), '--smoke']
    yield 'bench/load_hour.py 8', bench_smoke, [os.path.join(ROOT, 'tests', 'bench', 'load_hour.py'), '8', '8']


SUITES = {'unit': unit, 'fuzz': fuzz, 'cli': lambda: python('cli'), 'http': lambda: python('http'), 'answers': lambda: python('answers'),
          'bench': bench, 'browser': browser}
ALONE = ('unit',)
# What mostly waits (for time limits of other systems) runs beside the others.
WAITING = ('http/test_connectors.py', 'http/test_connectors_refused.py', 'http/test_connectors_soak.py', 'http/test_abuse_slow.py')


def timed(name, test, argument):
    began = time.time()
    return name, *test(argument), time.time() - began


def results(files, jobs):
    """Of each file as it ends."""
    order = sorted(files, key=lambda file: LONGEST.index(file[0]) if file[0] in LONGEST else len(LONGEST))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool, concurrent.futures.ThreadPoolExecutor(1) as beside:
        runs = [(beside if file[0] in WAITING and jobs > 1 else pool).submit(timed, *file) for file in order]
        for done in concurrent.futures.as_completed(runs):
            yield done.result()


def report(total, name, passed, failed, skipped, out, took_s):
    for i, n in enumerate((passed, failed, skipped)):
        total[i] += n
    print(f'{"FAIL" if failed else "ok  "} {name}: {passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else '')
          + f' ({took_s:.1f} s)', flush=True)
    if failed:
        print('\n'.join('    ' + line for line in out.splitlines()[-200:]), flush=True)


def prove(key, suite, result):
    """A suite's row of tests/PROOF.md: of each of its files the last run, as they may be run a few at a time and again after what was mended. Some
    files have a row of their own, so that an older one of all of them stays."""
    with open(os.path.join(BUILD, 'proved.json'), 'a+', encoding='utf-8') as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)
        kept.seek(0)
        proved = json.loads(kept.read() or '{}')
        ran = proved.setdefault(suite, {})
        ran[result[0]] = [*result[1:4], proof.sources()]
        kept.truncate(0)
        json.dump(proved, kept, indent=1)
    there = [file[0] for file in SUITES[suite]()]
    ran = {name: ran[name] for name in there if name in ran}
    passed, failed, skipped = (sum(told[i] for told in ran.values()) for i in range(3))
    failing = [name for name, told in ran.items() if told[1]]
    whole, some = f'{key}, {suite}', f'{key}, {suite}, some files'
    proof.write(whole if len(ran) == len(there) else some, f'{len(ran)} of {len(there)} files: {passed} passed, {failed} failed' + (f' ({", ".join(failing)})' if failing else '')
                + (f', {skipped} skipped' if skipped else '') + f'; files ran at {", ".join(sorted({told[3] for told in ran.values()}))}',
                instead_of=some if len(ran) == len(there) else None)


def files_of(wanted):
    suite, _, part = wanted.partition('/')
    return [file for file in SUITES[suite]() if part in os.path.basename(file[0])]


def main():
    wanted = sys.argv[1:] or list(SUITES)
    unknown = [w for w in wanted if w.split('/')[0] not in SUITES]
    if unknown:
        sys.exit(f'unknown suite {unknown[0]}; known: {" ".join(SUITES)}')
    total = [0, 0, 0]
    files = {suite: files_of(suite) for suite in wanted}
    for suite in wanted:
        if not files[suite]:
            print(f'FAIL {suite}: ran no test')
            total[1] += 1
    for jobs, chosen in ((1, [s for s in wanted if s.split('/')[0] in ALONE]), (JOBS, [s for s in wanted if s.split('/')[0] not in ALONE])):
        for result in results([file for suite in chosen for file in files[suite]], jobs):
            if sum(result[1:4]) == 0:
                result = (result[0], 0, 1, 0, result[4] + '\nran no test', result[5])
            report(total, *result)
            if os.environ.get('SPORTELLO_PROOF'):
                prove(os.environ['SPORTELLO_PROOF'], next(s for s in chosen if result[0] in [file[0] for file in files[s]]).split('/')[0], result)
    said = f'{total[0]} passed, {total[1]} failed' + (f', {total[2]} skipped' if total[2] else '')
    print(said)
    sys.exit(1 if total[1] or not total[0] else 0)


if __name__ == '__main__':
    main()
