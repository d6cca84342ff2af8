"""What every part of the bench measures with: programs under load, whole processes, rates beside a reference."""
import json
import os
import re
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('SPORTELLO_BUILD', os.path.join(ROOT, 'build'))
SPORTELLO = os.environ.get('SPORTELLO_BIN', os.path.join(BUILD, 'sportello'))
BARE = os.path.join(BUILD, 'bench', 'bare_http')
QUEUE = os.path.join(BUILD, 'bench', 'encode_queue')
DECIDE = os.path.join(BUILD, 'bench', 'decide')
DURABLE = os.path.join(BUILD, 'bench', 'durable')
ENCODER = os.path.join(BUILD, 'bench', 'encoder')
HAS_E5 = os.path.exists(os.path.join(BUILD, 'e5', 'e5-small-q4.bin'))
SMOKE = '--smoke' in sys.argv
SECONDS = 1 if SMOKE else 8
KB = os.path.join(ROOT, 'tests', 'http', 'kb') if SMOKE else os.path.join(ROOT, 'kb')  # what the rows of kb/ are of
ROUNDS = 1 if SMOKE else 3
CONNECTIONS = [1, 16, 64]
REMEMBERED = 800
THREADS = os.cpu_count() or 2


def say(text):
    print(text, flush=True)


class Server:
    """A program that says on which port it listens, ended at the end of the block."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        found = re.search(r':(\d+)$', line.strip())
        if not found:
            raise SystemExit(f'{command[0]} did not start: {line!r}')
        self.address = f'http://127.0.0.1:{found.group(1)}'

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def resident_kb(self):
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as status:
            return int(re.search(r'VmRSS:\s+(\d+)', status.read()).group(1))


def milliseconds(value, unit):
    return float(value) * {'us': 0.001, 'ms': 1, 's': 1000}[unit]


def percentile(out, which):
    return milliseconds(*re.search(rf'{which}%\s+([\d.]+)(us|ms|s)', out).groups())


def run_wrk(address, connections, bodies, script='questions', **more):
    """What wrk says of one run; any error of a socket or a status ends the bench."""
    env = dict(os.environ, BENCH_BODIES=bodies, **more)
    out = subprocess.run(['wrk', '-t1', f'-c{connections}', f'-d{SECONDS}s', '--latency', '-s',
                          os.path.join(ROOT, 'tests', 'bench', f'{script}.lua'), address],
                         env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    bad = re.search(r'(Socket errors.*|Non-2xx.*)', out)
    if bad:
        raise SystemExit(f'{address}: {bad.group(1)}')
    return out


def wrk(address, connections, bodies, **more):
    """Requests a second and p99 in milliseconds of one run."""
    out = run_wrk(address, connections, bodies, **more)
    return float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1)), percentile(out, 99)


def timed(command):
    """Seconds, peak resident memory (kB) and processor seconds of one whole process."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f'{" ".join(command)}: exit status {process.returncode}')
    return time.monotonic() - began, usage.ru_maxrss, usage.ru_utime + usage.ru_stime


def hash_of(text):
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value


def median(values):
    return statistics.median(values)


def corpus_questions():
    with open(os.path.join(ROOT, 'corpus', 'questions.it.jsonl'), encoding='utf-8') as file:
        found = [json.loads(line)['question'].replace('\n', ' ') for line in file if line.strip()]
    return sorted(found, key=hash_of)


def load():
    return ', '.join(f'{value:.1f}' for value in os.getloadavg())
