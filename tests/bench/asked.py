"""Decisions and chat by words alone, and what is written of them."""
import itertools
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import urllib.request

from made import questions_of
from measure import (BARE, CONNECTIONS, DECIDE, DURABLE, KB, REMEMBERED, ROUNDS, SECONDS, SMOKE, SPORTELLO, THREADS, Server, load, median, percentile,
                     run_wrk, say, wrk)



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


def chat_table(title, rows, size, resident):
    lines = [f'### {title}', '', f'Reply of {size} bytes at the mean; {resident / 1024:.0f} MB resident after the load. {ROUNDS} rounds of {SECONDS} s, ours and its '
             'reference in turn.', '',
             '| connections | chat replies/s | p99 ms | bare libmicrohttpd/s | p99 ms | ratio (min–max of rounds) |',
             '| --- | --- | --- | --- | --- | --- |']
    for connections, pairs in rows.items():
        ratios = [c[0] / b[0] for c, b in pairs]
        lines.append(f'| {connections} | {median([c[0] for c, _ in pairs]):,.0f} | {median([c[1] for c, _ in pairs]):.2f} '
                     f'| {median([b[0] for _, b in pairs]):,.0f} | {median([b[1] for _, b in pairs]):.2f} '
                     f'| {median(ratios):.3f} ({min(ratios):.3f}–{max(ratios):.3f}) |')
    return lines + ['']


def chat_rows(folder, kbs, bodies):
    """Questions in turn that are more than the service remembers, and few enough that it does."""
    few, lines = os.path.join(folder, 'few'), []
    with open(bodies, encoding='utf-8') as file, open(few, 'w', encoding='utf-8') as out:
        out.writelines(itertools.islice(file, REMEMBERED))
    for name, kb in kbs:
        for what, asked in (('', bodies), (f', {REMEMBERED} questions that were asked before', few))[:1 if SMOKE else 2]:
            title = f'Chat, {name}{what}'
            say(title)
            rows, size, resident = measure_chat(kb, tempfile.mkdtemp(dir=folder), asked)
            lines += chat_table(title, rows, size, resident)
    return lines


def connection_rows(folder, bodies):
    """What more connections do to rate and times, of questions that were asked before."""
    few = os.path.join(folder, 'few-again')
    with open(bodies, encoding='utf-8') as file, open(few, 'w', encoding='utf-8') as out:
        out.writelines(itertools.islice(file, REMEMBERED))
    lines = ['### More connections, kb/', '', f'{REMEMBERED} questions that were asked before.', '',
             '| connections | replies/s | p50 ms | p99 ms | resident MB |', '| --- | --- | --- | --- | --- |']
    serve = [SPORTELLO, 'serve', '--encoder', 'none', '--kb', KB, '--data', tempfile.mkdtemp(dir=folder), '--listen', '127.0.0.1:0',
             '--threads', str(THREADS)]
    with Server(serve) as ours:
        for connections in (1, 4, 16, 64, 256, 1024):
            out = run_wrk(ours.address + '/v1/chat', connections, few)
            rate = float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1))
            lines.append(f'| {connections:,} | {rate:,.0f} | {percentile(out, 50):.2f} | {percentile(out, 99):.2f} | {ours.resident_kb() / 1024:.0f} |')
            say('  ' + lines[-1])
    return lines + ['']


def decide_rows(folder, kbs, bodies):
    questions = questions_of(folder, bodies)
    rows = ['### A decision from words alone', '', '| articles | processor time, median us | p99 us | asked again, median us | p99 us | questions |',
            '| --- | --- | --- | --- | --- | --- |']
    for name, kb in kbs:
        done = subprocess.run([DECIDE, kb, tempfile.mkdtemp(dir=folder), questions], check=True, stdout=subprocess.PIPE, text=True)
        found = json.loads(done.stdout)
        say(f'  decision of {name}: {found["median_us"]} us')
        rows.append(f'| {name} | {found["median_us"]} | {found["p99_us"]} | {found["again_median_us"]} | {found["again_p99_us"]} | {found["questions"]} |')
    return rows + ['']


def durable_rows(folder):
    """Each acknowledged after its sync; SQLite alone does the same on the same disk, in turn."""
    data = tempfile.mkdtemp(dir=folder)
    began = load()
    done = subprocess.run([DURABLE, data, str(SECONDS / 4), str(ROUNDS)], check=True, stdout=subprocess.PIPE, text=True)
    shutil.rmtree(data)
    found = json.loads(done.stdout)
    lines = ['### Durable writes', '', 'Of the store, without HTTP; SQLite alone: a row of the same texts with one index, WAL, `synchronous=FULL`, one a commit, in the same '
             f'folder in turn. Keys of tickets begin with the time, as the chat\'s page makes them. So many on their way at once: each is given anew when it is acknowledged, which is after its sync. {ROUNDS} rounds of {SECONDS / 4:g} s; load at '
             f'the start: {began}. Processor: of the writer thread (one at a time: of the process).', '',
             '| what | a second | ratio to SQLite alone | p50 ms | p99 ms | processor us each | kB written each |', '| --- | --- | --- | --- | --- | --- | --- |']
    for name, f in found.items():
        say(f'  {name}: {f["rate"]}/s')
        lines.append(f'| {name} | {f["rate"]:,} | {f["ratio"]:.2f} | {f["p50_us"] / 1000:.2f} | {f["p99_us"] / 1000:.2f} | {f["cpu_us"]} | {f["kb"]} |')
    return lines + ['']
