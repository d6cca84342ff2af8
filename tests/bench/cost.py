"""What one reply of the chat costs, counted by valgrind and so the same on a busy machine: instructions, allocations, bytes copied."""
import json
import re
import subprocess
import tempfile
import time
import urllib.request

from measure import SMOKE, SPORTELLO, say

QUESTIONS = 5 if SMOKE else 100
READY_S = 300
COUNTERS = {  # what valgrind is to count, and how it says so at the end
    'instructions': (['--tool=callgrind', '--callgrind-out-file=/dev/null'], r'Collected : (\d+)'),
    'allocations': (['--tool=dhat', '--dhat-out-file=/dev/null'], r'Total: +([\d,]+) bytes in ([\d,]+) blocks'),
    'bytes copied': (['--tool=dhat', '--mode=copy', '--dhat-out-file=/dev/null'], r'Total: +([\d,]+) bytes in ([\d,]+) blocks'),
}


def wait_until_ready(address):
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address + '/readyz', timeout=10):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f'{address} is not ready after {READY_S} s')


def ask(address, bodies):
    for body in bodies:
        request = urllib.request.Request(address + '/v1/chat', body, {'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=60) as reply:
            reply.read()


def count(counter, kb, data, bodies, rounds):
    """The whole process's numbers when the questions were asked so many times."""
    options, pattern = COUNTERS[counter]
    with tempfile.TemporaryFile('w+') as told:
        process = subprocess.Popen(['valgrind', *options, SPORTELLO, 'serve', '--sandbox', 'off', '--encoder', 'none', '--kb', kb, '--data', data,
                                    '--listen', '127.0.0.1:0', '--threads', '1', '--log', 'none'],
                                   stdout=subprocess.PIPE, stderr=told, text=True)
        address = 'http://127.0.0.1:' + re.search(r':(\d+)$', process.stdout.readline().strip()).group(1)
        wait_until_ready(address)
        for _ in range(rounds):
            ask(address, bodies)
        process.terminate()
        process.wait(60)
        told.seek(0)
        found = re.search(pattern, told.read())
    if not found:
        raise SystemExit(f'valgrind did not count {counter}')
    return [int(number.replace(',', '')) for number in found.groups()]


def row(name, counter, of):
    """New: the first round. Asked before: each later one."""
    none, once, thrice = of
    values = [((b - a) / QUESTIONS / rounds) for a, b, rounds in ((none, once, 1), (once, thrice, 2))]
    say(f'  {name}, {counter}: {values[0]:,.0f} new, {values[1]:,.0f} asked before')
    return f'| {name} | {counter} | {values[0]:,.0f} | {values[1]:,.0f} |'


def cost_rows(folder, kbs, bodies):
    lines = ['### What a reply costs', '',
             f'A reply of the chat by words, counted by valgrind in the whole process (HTTP, decision, reply and store): {QUESTIONS} questions, never asked and '
             'asked before.', '', '| articles | of each reply | new | asked before |', '| --- | --- | --- | --- |']
    with open(bodies, encoding='utf-8') as file:
        some = [line.encode() for line, _ in zip(file, range(QUESTIONS)) if json.loads(line)]
    for name, kb in kbs:
        data = tempfile.mkdtemp(dir=folder)
        subprocess.run([SPORTELLO, 'index', '--encoder', 'none', '--kb', kb, '--data', data], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for counter in COUNTERS:
            found = list(zip(*(count(counter, kb, data, some, rounds) for rounds in (0, 1, 3))))
            names = {'allocations': ['bytes allocated', 'allocations'], 'bytes copied': ['bytes copied']}.get(counter, [counter])
            lines += [row(name, what, of) for what, of in zip(names, found)]
    return lines + ['']
