"""The agents' search in a browser, from key press to painted results."""
import json
import os
import re
import shutil
import subprocess
import tempfile

from measure import BUILD, ROOT, SMOKE, SPORTELLO, Server, corpus_questions, hash_of, load, say



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
