#!/usr/bin/env python3
"""Speed and size beside their references, in one run; writes tests/bench/RESULTS.md.

usage: bench.py [--smoke | --readme]
--smoke: a second each, nothing written; shows that the bench itself works
--readme: only put the tables of RESULTS.md into README.md
"""
import glob
import http.client
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('SPORTELLO_BUILD', os.path.join(ROOT, 'build'))
SPORTELLO = os.environ.get('SPORTELLO_BIN', os.path.join(BUILD, 'sportello'))
BARE = os.path.join(BUILD, 'bench', 'bare_http')
QUEUE = os.path.join(BUILD, 'bench', 'encode_queue')
SMOKE = '--smoke' in sys.argv
SECONDS = 1 if SMOKE else 8
ROUNDS = 1 if SMOKE else 3
CONNECTIONS = [1, 16, 64]
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


def wrk(address, connections, bodies):
    """Requests a second and p99 in milliseconds of one run; any error of a socket or a status ends the bench."""
    env = dict(os.environ, BENCH_BODIES=bodies)
    out = subprocess.run(['wrk', '-t1', f'-c{connections}', f'-d{SECONDS}s', '--latency', '-s',
                          os.path.join(ROOT, 'tests', 'bench', 'questions.lua'), address],
                         env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    bad = re.search(r'(Socket errors.*|Non-2xx.*)', out)
    if bad:
        raise SystemExit(f'{address}: {bad.group(1)}')
    rate = float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1))
    value, unit = re.search(r'99%\s+([\d.]+)(us|ms|s)', out).groups()
    return rate, float(value) * {'us': 0.001, 'ms': 1, 's': 1000}[unit]


def timed(command):
    """Seconds and peak resident memory (kB) of one whole process."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f'{" ".join(command)}: exit status {process.returncode}')
    return time.monotonic() - began, usage.ru_maxrss


def article_texts():
    """Title, questions and body of our own Italian articles, to make larger knowledge bases of."""
    found = []
    for path in sorted(glob.glob(os.path.join(ROOT, 'kb', 'it', '*', '*.md'))):
        with open(path, encoding='utf-8') as file:
            _, head, body = file.read().split('---\n', 2)
        title = re.search(r'^title: *"?(.+?)"?$', head, re.M)
        questions = re.search(r'^questions:\n((?:  ?- .*\n)+)', head, re.M)
        if title:
            listed = [q.strip()[2:].strip().strip('"\'') for q in questions.group(1).splitlines()] if questions else []
            found.append((title.group(1), listed, body))
    return found


def make_kb(folder, count):
    """A knowledge base of `count` articles with the words of ours: each mixes the sentences of two articles and has a
    word of its own, so that neither vocabulary nor posting lists are those of copies."""
    texts = article_texts()
    records = os.path.join(folder, f'{count}.jsonl')
    with open(records, 'w', encoding='utf-8') as out:
        for i in range(count):
            a, b = texts[i % len(texts)], texts[(i * 7 + i // len(texts)) % len(texts)]
            own = f'pratica{i}'
            sentences = re.split(r'(?<=[.!?])\s+', a[2])[:8] + re.split(r'(?<=[.!?])\s+', b[2])[i % 5:][:8]
            out.write(json.dumps({'id': f'a{i}', 'lang': 'it', 'title': f'{a[0]} {own}', 'answer': ' '.join(sentences),
                                  'questions': [f'{q} {own}' for q in a[1][:6]]}, ensure_ascii=False) + '\n')
    kb = os.path.join(folder, f'kb{count}')
    subprocess.run([SPORTELLO, 'import', records, '--kb', kb], check=True, stdout=subprocess.DEVNULL)
    return kb


def make_bodies(folder):
    """Questions as people ask them: our labelled corpus and the articles' own phrasings, mixed."""
    questions = [q for _, listed, _ in article_texts() for q in listed]
    for path in sorted(glob.glob(os.path.join(ROOT, 'corpus', 'questions.it.jsonl'))):
        with open(path, encoding='utf-8') as file:
            questions += [json.loads(line)['question'] for line in file if line.strip()]
    questions.sort(key=lambda q: hash_of(q))
    bodies = os.path.join(folder, 'bodies')
    with open(bodies, 'w', encoding='utf-8') as out:
        for question in questions:
            out.write(json.dumps({'message': question}, ensure_ascii=False) + '\n')
    return bodies, len(questions)


def check_rows(kbs):
    lines = ['### The editors\' linter', '', '| articles | seconds | peak memory MB |', '| --- | --- | --- |']
    for name, kb in kbs:
        runs = [timed([SPORTELLO, 'check', '--kb', kb]) for _ in range(ROUNDS)]
        say(f'  check of {name}: {median([s for s, _ in runs]):.2f} s')
        lines.append(f'| {name} | {median([s for s, _ in runs]):.2f} | {median([m for _, m in runs]) / 1024:.0f} |')
    return lines + ['']


def hash_of(text):
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value


def reply_size(address, bodies):
    sizes = []
    with open(bodies, encoding='utf-8') as file:
        for line in list(file)[:100]:
            request = urllib.request.Request(address + '/v1/chat', line.encode(), {'Content-Type': 'application/json'})
            with urllib.request.urlopen(request, timeout=10) as reply:
                sizes.append(len(reply.read()))
    return int(statistics.mean(sizes))


def measure_chat(kb, data, bodies):
    """Rates of chat and of the bare server in turn, so that both see the same machine."""
    rows, serve = {}, [SPORTELLO, 'serve', '--encoder', 'none', '--kb', kb, '--data', data, '--listen', '127.0.0.1:0', '--threads', str(THREADS)]
    with Server(serve) as ours:
        size = reply_size(ours.address, bodies)
        with Server([BARE, str(THREADS), str(size)]) as bare:
            for connections in CONNECTIONS:
                pairs = []
                for _ in range(ROUNDS):
                    chat = wrk(ours.address + '/v1/chat', connections, bodies)
                    limit = wrk(bare.address + '/v1/chat', connections, bodies)
                    pairs.append((chat, limit))
                rows[connections] = pairs
                say(f'  {connections} connections: ' + ', '.join(f'{c[0]:.0f}/s of {b[0]:.0f}/s' for c, b in pairs))
        return rows, size, ours.resident_kb()


def median(values):
    return statistics.median(values)


def chat_table(title, rows, size, resident):
    lines = [f'### {title}', '', f'Reply of {size} bytes at the mean; {resident / 1024:.0f} MB resident after the load.', '',
             '| connections | chat replies/s | p99 ms | bare libmicrohttpd/s | p99 ms | ratio (min–max of rounds) |',
             '| --- | --- | --- | --- | --- | --- |']
    for connections, pairs in rows.items():
        ratios = [c[0] / b[0] for c, b in pairs]
        lines.append(f'| {connections} | {median([c[0] for c, _ in pairs]):,.0f} | {median([c[1] for c, _ in pairs]):.2f} '
                     f'| {median([b[0] for _, b in pairs]):,.0f} | {median([b[1] for _, b in pairs]):.2f} '
                     f'| {median(ratios):.3f} ({min(ratios):.3f}–{max(ratios):.3f}) |')
    return lines + ['']


def index_rows(folder, kbs):
    lines = ['### Index from Markdown', '', '| articles | seconds | peak memory MB | index on disk MB |', '| --- | --- | --- | --- |']
    for name, kb in kbs:
        times, peaks = [], []
        for _ in range(ROUNDS):
            data = tempfile.mkdtemp(dir=folder)
            seconds, peak = timed([SPORTELLO, 'index', '--encoder', 'none', '--kb', kb, '--data', data])
            times.append(seconds)
            peaks.append(peak)
            disk = sum(os.path.getsize(p) for p in glob.glob(data + '/index/**', recursive=True) if os.path.isfile(p))
            shutil.rmtree(data)
        say(f'  index of {name}: {median(times):.2f} s, {median(peaks) / 1024:.0f} MB')
        lines.append(f'| {name} | {median(times):.2f} | {median(peaks) / 1024:.0f} | {disk / 1e6:.1f} |')
    return lines + ['']


def live_times(kb, data, rounds):
    """Milliseconds from an article's save to the reply that shows it."""
    category = sorted(os.listdir(os.path.join(kb, 'it')))[0]
    path = os.path.join(kb, 'it', category, 'bench-live.md')
    took = []
    with Server([SPORTELLO, 'serve', '--encoder', 'none', '--kb', kb, '--data', data, '--listen', '127.0.0.1:0']) as ours:
        host, port = ours.address[7:].split(':')
        connection = http.client.HTTPConnection(host, int(port))
        for i in range(rounds):
            title = f'Prova numero {i}'
            with open(path, 'w', encoding='utf-8') as file:
                file.write(f'---\nid: bench-live\ntype: qa\ntitle: {title}\ncategory: {category}\naudience: [citizen]\n'
                           'status: published\nupdated: 2026-01-01\n---\n\nTesto di prova.\n')
            began = time.monotonic()
            while True:
                connection.request('GET', '/v1/articles/bench-live')
                reply = connection.getresponse()
                body = json.loads(reply.read())
                if reply.status == 200 and body['title'] == title:
                    break
                if time.monotonic() - began > 30:
                    raise SystemExit('a saved article did not become live in 30 s')
            took.append((time.monotonic() - began) * 1000)
            time.sleep(0.15)
    os.remove(path)
    return sorted(took)


def live_rows(folder, kbs):
    lines = ['### A saved article, until the reply shows it', '', '| articles | median ms | largest ms | saves |', '| --- | --- | --- | --- |']
    rounds = 5 if SMOKE else 60
    for name, kb in kbs:
        copy = os.path.join(folder, 'live')
        shutil.copytree(kb, copy)
        data = tempfile.mkdtemp(dir=folder)
        subprocess.run([SPORTELLO, 'index', '--encoder', 'none', '--kb', copy, '--data', data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took = live_times(copy, data, rounds)
        shutil.rmtree(copy)
        say(f'  live of {name}: {median(took):.0f} ms, at most {took[-1]:.0f} ms')
        lines.append(f'| {name} | {median(took):.0f} | {took[-1]:.0f} | {rounds} |')
    return lines + ['']


def queue_rows(folder, bodies):
    """What stands in front of the encoder, beside the encoder alone; both are given the same questions."""
    questions = os.path.join(folder, 'questions')
    with open(bodies, encoding='utf-8') as lines, open(questions, 'w', encoding='utf-8') as out:
        out.writelines(json.loads(line)['message'].replace('\n', ' ') + '\n' for line in lines)
    done = subprocess.run([QUEUE, questions, str(SECONDS)], check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    rate = found['queue_rate'] / found['direct_rate']
    say(f'  queue: hit {found["hit_ns"] / 1000:.1f} us, {rate:.3f} of the rate of {found["encoder"]}')
    return ['### In front of the encoder', '', f'Encoder: {found["encoder"]}. Sixteen threads ask; batches of {found["batch_mean"]} at the mean.', '',
            '| figure | value |', '| --- | --- |',
            f'| question asked before, one thread; sixteen | {found["hit_ns"] / 1000:.1f} us; {found["hit_crowd_ns"] / 1000:.1f} us |',
            f'| questions/s, encoder alone in batches of 16 | {found["direct_rate"]:.1f} |',
            f'| questions/s through the queue | {found["queue_rate"]:.1f} |', f'| ratio | {rate:.3f} |',
            f'| ratio, sixteen that arrive together at an idle queue | {found["burst_ratio"]:.3f} |', '']


def processor():
    with open('/proc/cpuinfo', encoding='utf-8') as info:
        return re.search(r'model name\s*: (.+)', info.read()).group(1)


def update_readme():
    """The tables that the README shows are those of RESULTS.md, to the letter."""
    with open(os.path.join(ROOT, 'tests', 'bench', 'RESULTS.md'), encoding='utf-8') as file:
        results = file.read()
    machine = re.search(r'^Machine: .*$', results, re.M).group(0)
    sections = [part for part in re.split(r'(?m)^### ', results)[1:] if part.startswith(('Index', 'A saved', 'Chat, kb/'))]
    shown = '\n'.join([machine, ''] + ['**' + part.replace('\n', '**\n', 1) for part in sections]).rstrip()
    path = os.path.join(ROOT, 'README.md')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    text = re.sub(r'(?s)(<!-- bench -->\n).*?(<!-- /bench -->)', lambda found: f'{found.group(1)}{shown}\n{found.group(2)}', text)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def main():
    if '--readme' in sys.argv:
        update_readme()
        return
    large = 1000 if SMOKE else 10000
    with tempfile.TemporaryDirectory() as folder:
        bodies, count = make_bodies(folder)
        say('making knowledge bases')
        faq, ten = make_kb(folder, 406), make_kb(folder, large)
        lines = ['# Results', '', 'Written by `make bench`. Rates are medians of '
                 f'{ROUNDS} rounds of {SECONDS} s, ours and its reference in turn; use the ratios, the machine is noisy.', '',
                 f'Machine: {processor()}, {os.cpu_count()} processors, {platform.system()} {platform.release()}; load from `wrk` '
                 'on the same machine (one thread of its own).', '',
                 f'{count} different questions in turn (corpus and phrasings); each turn of a conversation is on disk before its '
                 'reply is sent. Encoder: none (words only).', '']
        lines += index_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), ('406', faq), (f'{large:,}', ten)])
        lines += check_rows([('kb/', os.path.join(ROOT, 'kb')), (f'{large:,}', ten)])
        lines += live_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), (f'{large:,}', ten)])
        lines += queue_rows(folder, bodies)
        for title, kb in (('Chat, kb/', os.path.join(ROOT, 'kb')), (f'Chat, {large:,} articles', ten)):
            say(title)
            rows, size, resident = measure_chat(kb, tempfile.mkdtemp(dir=folder), bodies)
            lines += chat_table(title, rows, size, resident)
    text = '\n'.join(lines)
    if SMOKE:
        print(text)
        return
    with open(os.path.join(ROOT, 'tests', 'bench', 'RESULTS.md'), 'w', encoding='utf-8') as out:
        out.write(text)
    update_readme()
    say('wrote tests/bench/RESULTS.md and its tables in README.md')


if __name__ == '__main__':
    main()
