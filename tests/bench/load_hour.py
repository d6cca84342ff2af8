#!/usr/bin/env python3
"""A service at 70 % of the most it can do, for as long as one likes: nothing of it may grow but its data.

usage: load_hour.py SECONDS [WINDOWS]
Chat, with a search and a ticket now and then, over 64 connections. First the maximum is measured, then the load is held and looked at in so
many windows (20): resident memory, file handles, threads, processor time per request, latency. The second quarter of the windows is compared with the
last: what is used may not have grown. Of a run under five minutes times are not
judged, and no row of tests/PROOF.md is written. Exit status 1 after growth.
"""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'lint')]
sys.dont_write_bytecode = True
SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3600
WINDOWS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
IS_LONG = SECONDS >= 300  # else it only shows that all this works
sys.argv[1:] = []

import made  # noqa: E402
import measure  # noqa: E402
import proof  # noqa: E402

CONNECTIONS = 64
SHARE = 0.7
# What may differ between two quarters though nothing grows. Times stretch with whatever else the machine does.
MEMORY, HANDLES, PROCESSOR, LATENCY = 1.05, 8, 1.25, 2.0
MEMORY_MB, LATENCY_MS = 8, 5


def wrk(address, bodies, seconds, pause_ms=0, start=0, process=None):
    """Requests a second, the median and p99 in milliseconds, replies that were no success, and what the process had towards the end."""
    env = dict(os.environ, BENCH_BODIES=bodies, PACED_MS=str(pause_ms), PACED_FROM=str(start))
    running = subprocess.Popen(['wrk', '-t1', f'-c{CONNECTIONS}', f'-d{seconds}s', '--timeout', '30s', '--latency', '-s', HERE / 'paced.lua', address],
                               stdout=subprocess.PIPE, env=env, text=True)
    time.sleep(0.8 * seconds)
    seen = process.sample() if process else None
    out = running.communicate()[0]
    if running.returncode != 0:
        raise SystemExit(f'wrk: exit status {running.returncode}')
    bad = re.search(r'Non-2xx or 3xx responses: (\d+)', out)
    broken = re.search(r'Socket errors: (.*)', out)
    if broken and re.search(r'(connect|read|timeout) [1-9]', broken.group(1)):
        raise SystemExit(f'requests without a reply: {broken.group(1)}')
    return float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1)), measure.percentile(out, 50), measure.percentile(out, 99), int(bad.group(1)) if bad else 0, seen


class Process:
    def __init__(self, pid):
        self.folder = pathlib.Path(f'/proc/{pid}')

    def sample(self):
        status = (self.folder / 'status').read_text()
        fields = (self.folder / 'stat').read_text().rsplit(')', 1)[1].split()
        ticks = os.sysconf('SC_CLK_TCK')
        return {'memory': int(re.search(r'VmRSS:\s+(\d+)', status).group(1)) / 1024, 'threads': int(re.search(r'Threads:\s+(\d+)', status).group(1)),
                'handles': len(list((self.folder / 'fd').iterdir())), 'cpu_s': (int(fields[11]) + int(fields[12])) / ticks}


def requests_of(address):
    with urllib.request.urlopen(address + '/metrics', timeout=30) as reply:
        return sum(float(line.rsplit(' ', 1)[1]) for line in reply.read().decode().splitlines() if line.startswith('sportello_http_requests_total{'))


def look(process, address, bodies, seconds, pause_ms, start):
    before, asked = process.sample(), requests_of(address)
    rate, p50, p99, bad, seen = wrk(address, bodies, seconds, pause_ms, start, process)
    after, done = process.sample(), requests_of(address) - asked
    row = dict(seen, rate=rate, p50=p50, p99=p99, bad=bad, cpu_us=(after['cpu_s'] - before['cpu_s']) * 1e6 / max(done, 1))
    measure.say(f"{rate:6.0f}/s  {row['memory']:6.1f} MB  {row['handles']:4d} handles  {row['threads']:3d} threads  {row['cpu_us']:5.0f} us  p50 {p50:.1f} ms  p99 {p99:.1f} ms" +
              (f'  {bad} not done' if bad else ''))
    return row


def grown(early, late):
    """What the last quarter has more of than the second."""
    def both(what, pick=statistics.median):
        return pick(row[what] for row in early), pick(row[what] for row in late)
    found = []
    for what, allowed in (('memory', lambda x: x * MEMORY + MEMORY_MB), ('handles', lambda x: x + HANDLES), ('threads', lambda x: x),
                          ('cpu_us', lambda x: x * PROCESSOR), ('p50', lambda x: x * LATENCY + LATENCY_MS), ('p99', lambda x: x * LATENCY + LATENCY_MS)):
        before, after = both(what)
        if what in ('cpu_us', 'p50', 'p99') and not IS_LONG:
            continue
        if after > allowed(before):
            found.append(f'{what}: {before:.1f}, then {after:.1f}')
    return found


def held(folder):
    bodies, count = made.make_bodies(folder)
    command = [measure.SPORTELLO, 'serve', '--kb', os.path.join(measure.ROOT, 'kb'), '--data', os.path.join(folder, 'data'), '--listen', '127.0.0.1:0', '--encoder', 'none']
    with measure.Server(command) as server:
        process = Process(server.process.pid)
        wrk(server.address, bodies, 2)
        most, *_ = wrk(server.address, bodies, max(2, min(10, SECONDS // 10)))
        pause_ms = CONNECTIONS * 1000 / (SHARE * most)
        measure.say(f'at most {most:.0f}/s; {SHARE:.0%} of it for {SECONDS} s, in {WINDOWS} windows')
        rows = [look(process, server.address, bodies, max(1, SECONDS // WINDOWS), pause_ms, 977 * i % count) for i in range(WINDOWS)]
    return most, rows


def main():
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='sportello-load-') as folder:
        most, rows = held(folder)
    quarter = max(1, WINDOWS // 4)
    found = grown(rows[quarter:2 * quarter], rows[-quarter:])
    bad = sum(row['bad'] for row in rows)
    early, late = rows[quarter:2 * quarter], rows[-quarter:]
    said = '; '.join(f"{name} {statistics.median(r[what] for r in early):{form}} → {statistics.median(r[what] for r in late):{form}}{unit}" for name, what, form, unit in (
        ('memory', 'memory', '.0f', ' MB'), ('file handles', 'handles', '.0f', ''), ('threads', 'threads', '.0f', ''), ('processor per request', 'cpu_us', '.0f', ' us'),
        ('p50', 'p50', '.1f', ' ms'), ('p99', 'p99', '.1f', ' ms')))
    said = (f"{(time.monotonic() - began) / 60:.0f} minutes at {statistics.median(r['rate'] for r in rows):.0f}/s of at most {most:.0f}/s, second quarter → last: {said}; "
            f"replies that were no success: {bad}; grown: {', '.join(found) or 'nothing'}")
    measure.say(said)
    if IS_LONG:
        proof.write('make load-hour', said)
    if found or bad:
        sys.exit(1)


if __name__ == '__main__':
    main()
