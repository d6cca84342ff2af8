"""The volumes of the reference, or a share of them, replayed."""
import json
import os
import subprocess
import sys
import tempfile

from measure import ROOT, SMOKE, SPORTELLO, Server, load, say

sys.path.insert(0, os.path.join(ROOT, 'tests'))

import indexed  # noqa: E402


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
        if SMOKE:
            indexed.put_in(data)
        found, cpu, peak = play(volumes, share, '--data', data)
        verified(data)
        return found, replay_row(name, found, cpu, peak, store_mb(data))


def play_over_http(volumes, share):
    with tempfile.TemporaryDirectory() as data:
        kb = os.path.join(ROOT, 'kb')
        indexed.put_in(data)
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
