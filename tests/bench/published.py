"""From a folder of Markdown to what is served: index, start, a saved article, the linter."""
import glob
import http.client
import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

from measure import HAS_E5, ROUNDS, SMOKE, SPORTELLO, THREADS, Server, load, median, say, timed


LARGEST = 100000


def index_rows(folder, kbs):
    lines = ['### Index from Markdown', '', f'Words only, all audiences; {THREADS} processors. Load of the machine at the start: {load()}.', '',
             '| articles | seconds | processor seconds | peak memory MB | index on disk MB |', '| --- | --- | --- | --- | --- |']
    for name, kb in kbs:
        runs = []
        datas = [tempfile.mkdtemp(dir=folder) for _ in range(1 if name == f'{LARGEST:,}' else ROUNDS)]
        for data in datas:
            runs.append(timed([SPORTELLO, 'index', '--encoder', 'none', '--kb', kb, '--data', data]))
            disk = sum(os.path.getsize(p) for p in glob.glob(data + '/index/**', recursive=True) if os.path.isfile(p))
        for data in datas: # only now: a file system that has just removed thousands of files is slow to make others
            shutil.rmtree(data)
        seconds, peak, processor_s = (median(column) for column in zip(*runs))
        say(f'  index of {name}: {seconds:.2f} s, {processor_s:.2f} processor s, {peak / 1024:.0f} MB')
        lines.append(f'| {name} | {seconds:.2f} | {processor_s:.2f} | {peak / 1024:.0f} | {disk / 1e6:.1f} |')
    return lines + ['']


def memory_mb(process):
    """Resident: its own, and of mapped files (program, libraries, model)."""
    with open(f'/proc/{process.pid}/status', encoding='ascii') as status:
        text = status.read()
    return tuple(int(re.search(rf'{name}:\s+(\d+)', text).group(1)) / 1024 for name in ('RssAnon', 'RssFile'))


def start_times(kb, data, encoder, bodies):
    """Milliseconds until /readyz says 200, of several starts; memory after the last one answered some questions."""
    took = []
    for _ in range(3 if SMOKE else 9):
        began = time.monotonic()
        with Server([SPORTELLO, 'serve', *encoder, '--kb', kb, '--data', data, '--listen', '127.0.0.1:0']) as ours:
            connection = http.client.HTTPConnection(*ours.address[7:].split(':'))
            while True:
                connection.request('GET', '/readyz')
                reply = connection.getresponse()
                reply.read()
                if reply.status == 200:
                    break
                if time.monotonic() - began > 60:
                    raise SystemExit('the service did not become ready in 60 s')
            took.append((time.monotonic() - began) * 1000)
            with open(bodies, encoding='utf-8') as file:
                for line in itertools.islice(file, 200):
                    connection.request('POST', '/v1/chat', line.encode(), {'Content-Type': 'application/json'})
                    connection.getresponse().read()
            memory = memory_mb(ours.process)
    return sorted(took), memory


def start_rows(folder, kbs, bodies):
    lines = ['### Start, until `/readyz` says yes', '', 'With an index present; memory after 200 questions, one after the other. With the encoder: while it makes '
             f'the vectors of what was indexed by words alone. Load of the machine at the start: {load()}.', '',
             '| articles | median ms | largest ms | own memory MB | mapped files MB (with the encoder: its model) |', '| --- | --- | --- | --- | --- |']
    for name, kb in kbs:
        data = tempfile.mkdtemp(dir=folder)
        subprocess.run([SPORTELLO, 'index', '--encoder', 'none', '--kb', kb, '--data', data], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for with_what, encoder in (('', ['--encoder', 'none']), (', encoder', []))[:2 if HAS_E5 and name == '10,000' else 1]:
            took, (own, mapped) = start_times(kb, data, encoder, bodies)
            say(f'  start with {name}{with_what}: {median(took):.0f} ms, {own:.0f} MB')
            lines.append(f'| {name}{with_what} | {median(took):.0f} | {took[-1]:.0f} | {own:.0f} | {mapped:.0f} |')
        shutil.rmtree(data)
    return lines + ['']


def check_rows(kbs):
    lines = ['### The editors\' linter', '', '| articles | seconds | peak memory MB |', '| --- | --- | --- |']
    for name, kb in kbs:
        runs = [timed([SPORTELLO, 'check', '--kb', kb]) for _ in range(ROUNDS)]
        say(f'  check of {name}: {median([run[0] for run in runs]):.2f} s')
        lines.append(f'| {name} | {median([run[0] for run in runs]):.2f} | {median([run[1] for run in runs]) / 1024:.0f} |')
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
