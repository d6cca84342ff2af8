"""A service on a knowledge base and a data folder of its own, and a small JSON client."""
import contextlib
import gzip
import http.client
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAM = os.path.abspath(os.environ.get("SPORTELLO_BIN", ROOT / "build" / "sportello"))
START_S = 60
# Sanitizers and machines under load are slow; limits of time are multiplied by this.
PATIENCE = 6.0 if os.environ.get("SPORTELLO_SLOW") else 1.0


class Reply:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.raw = body
        self.body = gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)

    def __getitem__(self, name):
        return self.headers.get(name)


class Client:
    """One connection that is kept open."""

    def __init__(self, host, port, token=None, timeout=20):
        self.connection = http.client.HTTPConnection(host, port, timeout=timeout * PATIENCE)
        self.token = token

    def request(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode("utf-8")
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return Reply(response, response.read())

    def get(self, path, **headers):
        return self.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path, body, **headers):
        return self.request("POST", path, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def patch(self, path, body, **headers):
        return self.request("PATCH", path, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def close(self):
        self.connection.close()


class Service:
    def __init__(self, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sportello-http-"))
        self.kb = self.folder / "kb"
        self.data = self.folder / "data"
        self.log = self.folder / "access.log"
        self.options = options
        self.process = None
        self.plain_signals = True
        self.environment = None
        self.host, self.port = "127.0.0.1", 0
        shutil.copytree(HERE / "kb", self.kb)

    def command(self, *args):
        return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=START_S * PATIENCE)

    def arguments(self, listen):
        return ["serve", "--kb", self.kb, "--data", self.data, "--listen", listen, "--encoder", "none", "--log", self.log, *self.options]

    def start(self, listen="127.0.0.1:0"):
        self.errors = open(self.folder / "stderr.txt", "a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [PROGRAM, *self.arguments(listen)], env=self.environment, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            restore_signals=self.plain_signals)
        lines = queue.Queue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()
        try:
            line = lines.get(timeout=START_S * PATIENCE)
        except queue.Empty:
            raise AssertionError("the service did not say that it listens: " + self.stderr())
        match = re.match(r"listening on https?://(.*):(\d+)$", line or "")
        if not match:
            raise AssertionError(f"the service did not start: {line!r} {self.stderr()}")
        self.host, self.port = match.group(1).strip("[]"), int(match.group(2))
        return self

    def _read(self, lines):
        with self.process.stdout as stdout:
            for line in stdout:
                lines.put(line.rstrip("\n"))
        lines.put(None)

    def stderr(self):
        return (self.folder / "stderr.txt").read_text(encoding="utf-8")

    def stop(self, number=signal.SIGTERM):
        """End it; the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(timeout=30 * PATIENCE)
        self.process = None
        self.errors.close()
        return status

    def remove(self):
        """End it in order and take its folder away. A sanitizer's finding, or a leak, shows as an exit status."""
        try:
            status = self.stop()
            if status not in (None, 0):
                raise AssertionError(f"the service ended with status {status}: {self.stderr()[-4000:]}")
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the service did not end: " + self.stderr()[-4000:]) from None
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, token=None, timeout=20):
        return Client(self.host, self.port, token, timeout)

    def token(self, audience="agent-l1", role="agent", subject="ada"):
        done = self.command("token", "add", "--data", self.data, "--audience", audience, "--role", role, "--subject", subject)
        assert done.returncode == 0, done.stderr
        return re.search(r"spt_\S+", done.stdout).group(0)

    def log_lines(self):
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def write(self, path, text):
        """Save as editors do: beside it, then renamed over it."""
        target = self.kb / path
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + "~new")
        beside.write_text(text, encoding="utf-8")
        beside.rename(target)


class ServiceTest(unittest.TestCase):
    """Tests that share one running service."""
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.service = Service(*cls.options)
        cls.addClassCleanup(cls.service.remove)
        cls.prepare()
        cls.service.start()

    @classmethod
    def prepare(cls):
        """Tokens and files that must be there before the start."""

    def setUp(self):
        self.client = self.service.client()
        self.addCleanup(self.client.close)

    def other(self, token=None):
        client = self.service.client(token)
        self.addCleanup(client.close)
        return client

    def assertProblem(self, reply, status, kind, **members):
        self.assertEqual((reply.status, reply["Content-Type"]), (status, "application/problem+json"), reply.text)
        problem = reply.json
        self.assertEqual(problem["type"], "urn:sportello:problem:" + kind)
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["title"])
        self.assertTrue(problem["detail"])
        self.assertEqual(problem["instance"], "urn:sportello:request:" + reply["X-Request-Id"])
        for name, value in members.items():
            self.assertEqual(problem.get(name), value, problem)
        return problem


@contextlib.contextmanager
def running(*options, service=None):
    service = service or Service(*options)
    try:
        yield service.start()
    finally:
        service.remove()


def until(check, limit_s, step_s=0.01):
    """Call check until it says true; seconds that it took, or None when it never did."""
    began = time.monotonic()
    while True:
        if check():
            return time.monotonic() - began
        if time.monotonic() - began > limit_s * PATIENCE:
            return None
        time.sleep(step_s)


def article(id, title, body, category="accesso", audience="citizen", **more):
    """The text of an article file."""
    extra = "".join(f"{key}: {value}\n" for key, value in more.items())
    return (f"---\nid: {id}\ntype: qa\ntitle: \"{title}\"\ncategory: {category}\naudience: [{audience}]\nstatus: published\n"
            f"updated: 2026-11-01\nowner: team-prova\nreview_by: 2027-10-01\n{extra}---\n\n{body}\n")
