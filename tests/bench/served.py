"""The agents' search and pages over HTTP, beside what bounds them: Xapian's own query alone, and libmicrohttpd with a body of that size."""
import glob
import os
import re
import statistics
import subprocess
import tempfile
import urllib.parse
import urllib.request

import measure

DIFFERENT = 1000
ALONE = os.path.join(measure.ROOT, 'tests', 'bench', 'xapian_alone.py')


def queries(most):
    """What agents type: the first three or four words of people's questions."""
    found = {' '.join(q.split()[:n]).lower() for q in measure.corpus_questions() for n in (3, 4)}
    return sorted((q for q in found if re.fullmatch('[a-z ]{8,30}', q)), key=measure.hash_of)[:most]


def paths_file(folder, paths):
    file, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(file, 'w', encoding='utf-8') as out:
        out.writelines(path + '\n' for path in paths)
    return name


def body_size(address, path, token=None):
    headers = {'Authorization': f'Bearer {token}'} if token else {}
    with urllib.request.urlopen(urllib.request.Request(address + path, headers=headers), timeout=10) as reply:
        return len(reply.read())


def in_turn(ours, paths, connections, env):
    """Rates of ours and of the bare server with bodies of the same mean size, so that both see the same machine."""
    with open(paths, encoding='utf-8') as file:
        some = file.read().split('\n')[:40]
    size = int(statistics.mean(body_size(ours.address, path, env.get('BENCH_TOKEN')) for path in some if path))
    pairs = []
    with measure.Server([measure.BARE, str(measure.THREADS), str(size)]) as bare:
        for _ in range(measure.ROUNDS):
            pairs.append([measure.wrk(server.address, connections, '', script='paths', BENCH_PATHS=paths, **env) for server in (ours, bare)])
    return size, pairs


def row(start, size, connections, pairs):
    (ours, late), (bare, bare_late) = ([measure.median(column) for column in zip(*(pair[i] for pair in pairs))] for i in (0, 1))
    ratios = [a[0] / b[0] for a, b in pairs]
    measure.say(f'  {start}: {ours:,.0f}/s of {bare:,.0f}/s')
    return (f'| {start} | {size} | {connections} | {ours:,.0f} | {late:.2f} | {bare:,.0f} | {bare_late:.2f} | '
            f'{measure.median(ratios):.3f} ({min(ratios):.3f}–{max(ratios):.3f}) |')


def xapian_alone(data, words):
    """Both processors' queries a second together, and the later p99 in milliseconds."""
    index = sorted(glob.glob(os.path.join(data, 'index', 'g-*', 'agent-l1', 'words')))[-1]
    runs = [subprocess.Popen([ALONE, index, words, str(measure.SECONDS)], stdout=subprocess.PIPE, text=True) for _ in range(measure.THREADS)]
    told = [run.communicate()[0].split() for run in runs]
    return sum(float(rate) for rate, _ in told), max(float(late) for _, late in told)


def search_rows(folder, kbs):
    lines = ["### Agent search over HTTP", '', "Total, facets, 20 hits with snippets and reasons, as an agent of the first level. Beside it libmicrohttpd "
             "with a body of that size, and Xapian's own query for any of the words alone, the best 20 with their data, in as many processes as "
             'there are processors.', '',
             '| articles and queries | bytes | connections | searches/s | p99 ms | bare libmicrohttpd/s | p99 ms | ratio (min–max of rounds) |',
             '| --- | --- | --- | --- | --- | --- | --- | --- |']
    alone = []
    for name, kb in kbs:
        data = tempfile.mkdtemp(dir=folder)
        token = subprocess.run([measure.SPORTELLO, 'token', 'add', '--data', data, '--subject', 'bench', '--role', 'agent', '--audience', 'agent-l1'],
                               check=True, stdout=subprocess.PIPE, text=True).stdout.strip().split('\n')[-1]
        with measure.Server([measure.SPORTELLO, 'serve', '--encoder', 'none', '--kb', kb, '--data', data, '--listen', '127.0.0.1:0',
                           '--threads', str(measure.THREADS)]) as ours:
            for what, most in (('40 queries again and again', 40), (f'{DIFFERENT:,} different queries', DIFFERENT))[:1 if measure.SMOKE else 2]:
                words = queries(most)
                paths = paths_file(folder, ['/v1/search?q=' + urllib.parse.quote(q) for q in words])
                size, pairs = in_turn(ours, paths, 16, {'BENCH_TOKEN': token})
                lines.append(row(f'{name}, {what}', size, 16, pairs))
                if measure.SMOKE:
                    continue
                rate, late = xapian_alone(data, paths_file(folder, words))
                ratio = measure.median([pair[0][0] for pair in pairs]) / rate
                alone.append(f"Xapian's query alone, {name}, {what}: {rate:,.0f}/s, p99 {late:.2f} ms; ours to it {ratio:.2f}.")
            resident = ours.resident_kb()
    return lines + [''] + alone + ['', f'{resident / 1024:.0f} MB resident after all of it.', '']


def page_paths(address):
    """The home page and the articles' pages that it and search list, by what they are."""
    with urllib.request.urlopen(address + '/v1/search?per_page=40', timeout=10) as reply:
        articles = sorted(set(re.findall(r'"url":"(/a/[^"]+)"', reply.read().decode())))
    return [('home page', ['/']), (f'{len(articles)} article pages', articles)]


def page_rows(folder, kb):
    lines = ['### Help centre and article pages, kb/', '', '| page | bytes | connections | pages/s | p99 ms | bare libmicrohttpd/s | p99 ms | ratio (min–max of rounds) |',
             '| --- | --- | --- | --- | --- | --- | --- | --- |']
    with measure.Server([measure.SPORTELLO, 'serve', '--encoder', 'none', '--kb', kb, '--data', tempfile.mkdtemp(dir=folder), '--listen', '127.0.0.1:0',
                       '--threads', str(measure.THREADS)]) as ours:
        for name, paths in page_paths(ours.address):
            size, pairs = in_turn(ours, paths_file(folder, paths), 16, {})
            lines.append(row(name, size, 16, pairs))
    return lines + ['']
