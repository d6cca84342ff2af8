#!/usr/bin/env python3
"""Speed and size beside their references, in one run; writes tests/bench/RESULTS.md.

usage: bench.py [--smoke | --readme | --index | --desk | --encoder | --chat | --durable | --served | --cost | --replay [SHARE]]
--smoke: a second each, nothing written; shows that the bench itself works
--readme: only put the tables of RESULTS.md into README.md
--index: only index, start and a saved article, with 100,000 articles too; their sections of RESULTS.md are written anew
--desk: likewise, only the agents' search
--encoder: likewise, only the encoder beside the engine of its wheel as that is installed, and the chat with it
--chat: likewise, only decisions and chat by words alone
--durable: likewise, only tickets and turns of the store beside SQLite's own insert
--served: likewise, only the agents' search and pages over HTTP
--cost: likewise, only what valgrind counts of a reply, and what more connections do
--replay: likewise, only the replay of the reference's volumes, or of a share of them (0 to 1)
"""
import os
import platform
import re
import sys
import tempfile

import asked
import cost
import desk
import encoded
import published
import replayed
import served
from made import make_bodies, make_kb
from measure import BUILD, HAS_E5, KB, ROOT, ROUNDS, SECONDS, SMOKE, load, say


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


def only_durable():
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:  # where data would be, not in memory
        put_section('\n'.join(asked.durable_rows(folder)), 'Durable writes', 'Replay')


def served_rows(folder, kbs, pages_kb):
    return served.search_rows(folder, kbs) + served.page_rows(folder, pages_kb)


def only_served():
    with tempfile.TemporaryDirectory() as folder:
        put_section('\n'.join(served_rows(folder, [('10,000', make_kb(folder, 10000))], KB)), 'Agent search', 'Chat, kb/')


def only_cost():
    with tempfile.TemporaryDirectory() as folder:
        bodies, _ = make_bodies(folder)
        rows = cost.cost_rows(folder, [('kb/', KB), ('10,000', make_kb(folder, 10000))], bodies) + asked.connection_rows(folder, bodies)
        put_section('\n'.join(rows), 'What a reply costs', 'Agent search over')


def only_encoder():
    with tempfile.TemporaryDirectory() as folder:
        put_section('\n'.join(encoded.wheel_rows(folder, make_bodies(folder)[0])), 'The encoder', 'A decision')
        put_section('\n'.join(encoded.encoder_rows(folder)), 'Where a new', 'The encoder')


def only_chat():
    with tempfile.TemporaryDirectory() as folder:
        bodies, _ = make_bodies(folder)
        kbs = [('kb/', KB), ('10,000 articles', make_kb(folder, 10000))]
        put_section('\n'.join(asked.decide_rows(folder, [(name.split(' ')[0], kb) for name, kb in kbs], bodies)), 'A decision', 'Replay')
        put_section('\n'.join(asked.chat_rows(folder, kbs, bodies)), 'Chat, ', 'Chat with')


def only_index():
    with tempfile.TemporaryDirectory() as folder:
        bodies, _ = make_bodies(folder)
        small = [('kb/', KB)]
        kbs = small + [(f'{count:,}', make_kb(folder, count)) for count in (406, 10000, published.LARGEST)]
        put_section('\n'.join(published.index_rows(folder, kbs)), 'Index from', None)
        put_section('\n'.join(published.start_rows(folder, [*small, *kbs[2:]], bodies)), 'Start', 'Index from')
        put_section('\n'.join(published.live_rows(folder, [*small, kbs[2]])), 'A saved', 'The editors')


def only_desk():
    with tempfile.TemporaryDirectory() as folder:
        put_section('\n'.join(desk.desk_rows(folder, [('kb/', KB), ('10,000', make_kb(folder, 10000))])), "The agents' search", 'A saved')


def only_replay():
    share = float(sys.argv[sys.argv.index('--replay') + 1]) if sys.argv[-1] != '--replay' else 1
    with tempfile.TemporaryDirectory() as folder:
        put_section('\n'.join(replayed.replay_rows(folder, share)), 'Replay', "The agents' search")


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


def measure_all():
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
        lines += published.index_rows(folder, [('kb/', KB), ('406', faq), (f'{large:,}', ten)])
        lines += published.start_rows(folder, [('kb/', KB), (f'{large:,}', ten)], bodies)
        lines += published.check_rows([('kb/', KB), (f'{large:,}', ten)])
        lines += published.live_rows(folder, [('kb/', KB), (f'{large:,}', ten)])
        lines += desk.desk_rows(folder, [('kb/', KB), (f'{large:,}', ten)])
        lines += replayed.replay_rows(folder, 0.0002 if SMOKE else 1)
        with tempfile.TemporaryDirectory(dir=BUILD) as disk:
            lines += asked.durable_rows(disk)
        lines += asked.decide_rows(folder, [('kb/', KB), (f'{large:,}', ten)], bodies)
        if HAS_E5 and not SMOKE and platform.machine() == 'x86_64':
            lines += encoded.wheel_rows(folder, bodies)
        lines += encoded.queue_rows(folder, bodies)
        if HAS_E5:
            say('Chat with the sentence encoder')
            lines += encoded.encoder_rows(folder)
        if not SMOKE:
            lines += cost.cost_rows(folder, [('kb/', KB), (f'{large:,}', ten)], bodies) + asked.connection_rows(folder, bodies)
        lines += served_rows(folder, [(f'{large:,}', ten)], KB)
        lines += asked.chat_rows(folder, [('kb/', KB), (f'{large:,} articles', ten)], bodies)
    text = '\n'.join(lines)
    if SMOKE:
        print(text)
        return
    with open(os.path.join(ROOT, 'tests', 'bench', 'RESULTS.md'), 'w', encoding='utf-8') as out:
        out.write(text)
    update_readme()
    say('wrote tests/bench/RESULTS.md and its tables in README.md')


PARTS = {'--readme': update_readme, '--index': only_index, '--desk': only_desk, '--encoder': only_encoder, '--chat': only_chat, '--durable': only_durable,
         '--served': only_served, '--cost': only_cost, '--replay': only_replay}


def main():
    wanted = [name for name in sys.argv[1:] if name != '--smoke']
    if wanted and wanted[0] in ('-h', '--help'):
        say(__doc__.strip())
    elif not wanted:
        measure_all()
    elif wanted[0] in PARTS and len(wanted) <= (2 if wanted[0] == '--replay' else 1):
        PARTS[wanted[0]]()
    else:  # a slip of the keyboard is not to measure for half an hour
        raise SystemExit(__doc__.strip())


if __name__ == '__main__':
    main()
