"""The program as a person at a terminal has it: run a command, look at what it says and how it ends.

SPORTELLO_BIN names the program; without it the build folder's is taken.
"""

import http.client
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import indexed  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.path.abspath(os.environ.get('SPORTELLO_BIN', os.path.join(ROOT, 'build', 'sportello')))
KB = os.path.join(ROOT, 'kb')
EVAL = os.path.join(os.path.dirname(ROOT), 'shared', 'eval')
# Sanitizers and machines under load are slow.
TIMEOUT_S = 720 if os.environ.get('SPORTELLO_SLOW') else 120

OK, NO, USAGE, FAILED = 0, 1, 2, 3
COMMANDS = ['serve', 'index', 'check', 'preview', 'new', 'edit', 'publish', 'retire', 'ask', 'search', 'schema', 'import', 'export', 'eval', 'report', 'replay', 'learn', 'gaps', 'diff', 'token', 'audit', 'flags', 'outbox', 'forget', 'backup', 'doctor', 'help', 'version']


def _in_memory():
    """Where folders of tests are: in memory when there is room, as every index build waits for the disk."""
    try:
        room = os.statvfs('/dev/shm')
        if 'TMPDIR' not in os.environ and os.access('/dev/shm', os.W_OK) and room.f_bavail * room.f_frsize > 300 << 20:
            return '/dev/shm'
    except OSError:
        pass
    return None  # the system's choice


def temporary():
    return tempfile.mkdtemp(prefix='sportello-cli-', dir=_in_memory())


_cache = None


def cache():
    """A cache folder of this test run, so that nobody's own is used."""
    global _cache
    if not _cache:
        holder = tempfile.TemporaryDirectory(prefix='sportello-cli-cache-', dir=_in_memory())
        _cache = holder  # removed when the interpreter ends
    return _cache.name


def environment(lang='en', **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith(('LC_', 'LANG', 'SPORTELLO_'))}
    env.update(LC_ALL=lang, XDG_CACHE_HOME=cache(), **more)
    return env


class Done:
    """How a command ended: code, out, err."""

    def __init__(self, args, code, out, err):
        self.args, self.code, self.out, self.err = args, code, out, err

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        call = ' '.join(map(str, self.args))
        return f'sportello {call}\nexit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}'


ENCODING = ('serve', 'index', 'ask', 'search', 'eval', 'diff')


def words_only(args):
    """The same call without the sentence encoder, unless it names one: most tests are about something else."""
    if args and args[0] in ENCODING and '--encoder' not in args:
        return [args[0], '--encoder', 'none', *args[1:]]
    return list(args)


def run(*args, lang='en', cwd=None, env=None, stdin=''):
    args = words_only(args)
    done = subprocess.run(
        [BIN, *map(str, args)],
        input=stdin.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=env or environment(lang),
        timeout=TIMEOUT_S,
    )
    return Done(args, done.returncode, done.stdout.decode('utf-8', 'replace'), done.stderr.decode('utf-8', 'replace'))


class Service:
    """A running `sportello serve` on a free port. Used with `with`; ends by SIGTERM."""

    def __init__(self, kb, data, *args, env=None, **more):
        self.process = subprocess.Popen(
            [BIN, *words_only(['serve', '--kb', kb, '--data', data, '--listen', '127.0.0.1:0', *map(str, args)])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env or environment(),
            **more,
        )
        self.port = None
        self.heard = b''
        line = self._line(30)
        found = re.search(r'listening on http://127\.0\.0\.1:(\d+)', line)
        if not found:
            self.process.kill()
            out, err = self.process.communicate()
            raise AssertionError(f'serve did not start: {line!r} {out!r} {err.decode(errors="replace")}')
        self.port = int(found.group(1))

    def _line(self, seconds):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        return self.process.stdout.readline().decode() if ready else ''

    def call(self, method, path, body=None, headers=None, raw=False):
        """Status and decoded body of one HTTP call."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=20)
        try:
            kind = {'Content-Type': 'application/json'} if body is not None else {}
            connection.request(
                method, path, json.dumps(body) if body is not None else None, {**kind, **(headers or {})}
            )
            response = connection.getresponse()
            content = response.read()
            if raw:
                return response.status, content
            text = content.decode('utf-8', 'replace')
            return response.status, json.loads(text) if 'json' in (response.getheader('Content-Type') or '') else text
        finally:
            connection.close()

    def hears(self, text, seconds=10):
        """Wait until that stands on stderr."""
        until = time.monotonic() + seconds
        while text not in self.heard.decode('utf-8', 'replace') and time.monotonic() < until:
            if select.select([self.process.stderr], [], [], 0.1)[0]:
                self.heard += os.read(self.process.stderr.fileno(), 65536)
        return text in self.heard.decode('utf-8', 'replace')

    def stop(self, number=signal.SIGTERM):
        """Exit status and what stood on stderr."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            _, err = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, err = self.process.communicate()
            raise AssertionError(f'the service did not end: {err.decode(errors="replace")}') from None
        return self.process.returncode, (self.heard + err).decode('utf-8', 'replace')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.returncode is None:
            self.stop()


def eventually(probe, seconds=10):
    """What probe gives as soon as it is true; its last value when time is over."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.05)


# ---- a small knowledge base ----

KB_YAML = '''\
service:
  name: {it: Prova, en: Trial, de: Probe}
languages: [it, en, de]
timezone: Europe/Rome
answer_precision: 0.90
audiences:
  citizen: {name: {it: Cittadini, en: Citizens, de: Bürger}}
  agent-l1: {name: {it: Operatori, en: Agents, de: Mitarbeiter}, reads: [citizen]}
services:
  app: {name: {it: App, en: App, de: App}}
categories:
  accesso: {name: {it: Accesso, en: Login, de: Anmeldung}, service: app, group: l1, fields: [email]}
  pagamento: {name: {it: Pagamento, en: Payment, de: Zahlung}, service: app, group: l1, fields: [email]}
groups:
  l1: {name: {it: Primo livello, en: First level, de: Erste Ebene}, level: 1, service: app}
fields:
  email:
    label: {it: E-mail, en: E-mail, de: E-Mail}
    why: {it: per rispondere, en: to reply, de: zum Antworten}
    validate: email
'''


def article(slug, title, body, category='accesso', audience='citizen', questions=(), **more):
    """The text of an article file; more keys are written as they are."""
    lines = ['---', f'id: {slug}', 'type: qa', f'title: "{title}"', f'category: {category}', f'audience: [{audience}]']
    if questions:
        lines += ['questions:'] + [f'  - "{q}"' for q in questions]
    lines += ['status: published', 'updated: 2026-09-01', 'owner: team-prova']
    if 'source' not in more:
        lines.append('source: [Regole di prova]')
    lines += [f'{key}: {value}' for key, value in more.items()]
    return '\n'.join(lines + ['---', '', body, ''])


OTP = article(
    'otp',
    'Non mi arriva il codice OTP',
    'Il codice lo manda il gestore. Aspetta cinque minuti.',
    questions=['il codice otp non arriva', "non ricevo l'sms con il codice", 'otp assente', 'codice in ritardo', 'squillo mai sentito'],
    keywords='[one time password]',
)
PAID = article(
    'gia-pagato',
    "L'avviso risulta già pagato",
    "Per l'ente quell'avviso è chiuso. Cerca la ricevuta.",
    'pagamento',
    questions=['pagamento duplicato', 'avviso chiuso', 'risulta pagato', 'duplicato', 'avviso saldato'],
    codes='[PAA_PAGAMENTO_DUPLICATO]',
)
SECRET = article(
    'procedura-interna',
    'Procedura riservata',
    'Chiama il reparto ornitorinco.',
    audience='agent-l1',
    questions=['procedura riservata', 'reparto interno', 'scalata interna', 'chi chiamo dentro', 'reparto ornitorinco'],
)
MIXED = article(
    'ricevuta',
    'Dove trovo la ricevuta',
    'La ricevuta è nella tua posta.\n\n> [!agent-l1]\n> Verifica con il sistema caleidoscopio.',
    'pagamento',
    questions=['mi serve la ricevuta', 'ricevuta persa', 'dove sta la ricevuta', 'quietanza', 'copia della ricevuta'],
)

SMALL = {
    'it/accesso/otp.md': OTP,
    'it/pagamento/gia-pagato.md': PAID,
    'it/accesso/procedura-interna.md': SECRET,
    'it/pagamento/ricevuta.md': MIXED,
}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def small_kb(folder, yaml=KB_YAML, files=None):
    write(os.path.join(folder, 'kb.yaml'), yaml)
    for path, text in (SMALL if files is None else files).items():
        write(os.path.join(folder, path), text)
    return folder


def lines_file(path, rows):
    """A file of one JSON object a line; texts are written as they are."""
    write(path, ''.join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + '\n' for row in rows))
    return path


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = temporary()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def kb(self, **more):
        return small_kb(self.path('kb'), **more)

    def ends(self, code, *args, **more):
        """Run it; it must end with that exit status."""
        done = run(*args, **more)
        self.assertEqual(done.code, code, str(done))
        return done

    def says(self, done, *parts):
        """Each part must stand on stderr."""
        for part in parts:
            self.assertIn(part, done.err, str(done))


class WithIndex(Case):
    """Tests that ask one knowledge base, indexed once for the class."""

    kb_of_class = KB

    @classmethod
    def setUpClass(cls):
        cls.data = temporary()
        cls.addClassCleanup(shutil.rmtree, cls.data, ignore_errors=True)
        if cls.kb_of_class == KB:
            indexed.put_in(cls.data)
            return
        done = run('index', '--kb', cls.kb_of_class, '--data', cls.data)
        if done.code != OK:
            raise AssertionError(str(done))

    def ask(self, text, *more):
        """The decision, and that the exit status goes with it."""
        done = run('ask', '--kb', self.kb_of_class, '--data', self.data, '--json', *more, '--', text)
        self.assertIn(done.code, (OK, NO), str(done))
        answer = done.json()
        self.assertEqual(done.code == OK, answer['decision'] == 'answer', str(done))
        return answer

    def search(self, text, *more):
        """The result, and that the exit status goes with it."""
        done = run('search', '--kb', self.kb_of_class, '--data', self.data, '--json', *more, '--', text)
        self.assertIn(done.code, (OK, NO), str(done))
        result = done.json()
        self.assertEqual(done.code == OK, result['total'] > 0, str(done))
        return result

    def ids(self, text, *more):
        return [hit['id'] for hit in self.search(text, *more)['results']]
