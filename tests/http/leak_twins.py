"""The same request to a service that has everything and to one that has only what this audience may read.

Both must answer alike, and in no byte of the first one's answer may there be a word that is not this audience's.
"""
import gzip
import http.client
import json
import re
import socket
import time
import urllib.parse

from leak_words import pieces

AWAY = {"X-Forwarded-For": "203.0.113.7"}  # as a proxy says it: nobody on this machine
# What differs between any two services, or two moments.
PASSING = (
    (re.compile(r'"(took_us|generation|revision)":-?[0-9.]+'), r'"\1":0'),
    (re.compile(r"\b[0-9a-f]{64}\b"), "VERSION"),
    (re.compile(r"\b[0-9a-z]{26}\b"), "ID"),
    (re.compile(r"urn:sportello:request:[0-9a-f]+"), "REQUEST"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r'("secret":")[^"]*'), r"\1SECRET"),
    (re.compile(r"([?&;]key=)[0-9A-Za-z_-]+"), r"\1KEY"),
    (re.compile(r"\bS1-[0-9A-Za-z%.-]+-[0-9a-f]{12}-[0-9a-z]+"), "RECEIPT"),
)
COUNTED = re.compile(r"^(sportello_\w+)(\{[^}]*\})? .*$", re.M)
TICKETS = ("/tickets", "/ticket/", "/v1/queue")  # where a caller reads again what it wrote before
HEADERS_PASSING = {"date", "x-request-id", "etag", "content-length"}


class Answer:
    def __init__(self, status, headers, body, took_s):
        self.status, self.headers, self.took_s = status, headers, took_s
        names = {k.lower(): v for k, v in headers}
        self.type = names.get("content-type", "")
        self.etag = names.get("etag")
        self.location = names.get("location")
        self.body = gzip.decompress(body) if names.get("content-encoding") == "gzip" and body else body

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def head(self):
        return f"{self.status}\n" + "\n".join(f"{k}: {v}" for k, v in self.headers)

    def plain(self, codes):
        """What must be the same on both sides."""
        lines = [f"{k.lower()}: {v}" for k, v in self.headers if k.lower() not in HEADERS_PASSING]
        text = f"{self.status}\n" + "\n".join(lines) + "\n\n" + self.text
        if "version=0.0.4" in self.type:  # what was counted is of the requests; what is counted is not
            text = "\n".join(sorted(set(COUNTED.sub(r"\1", text).split("\n"))))
        for code in codes:
            text = text.replace(code, "CODE").replace(code[:3] + " " + code[3:], "CODE")
        for pattern, instead in PASSING:
            text = pattern.sub(instead, text)
        return text


class Side:
    """One kept connection."""

    def __init__(self, service, token):
        self.service, self.token = service, token
        self.connection = None

    def ask(self, method, path, body, headers):
        headers = dict(headers)
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.service.host, self.service.port, timeout=60)
            try:
                began = time.perf_counter()
                self.connection.request(method, path, body, headers)
                response = self.connection.getresponse()
                data = response.read()
                took = time.perf_counter() - began
                if response.will_close:
                    self.close()
                return Answer(response.status, response.getheaders(), data, took)
            except (http.client.HTTPException, OSError):
                self.close()
                if attempt == 2:
                    raise

    def raw(self, data):
        """Bytes that are no proper request; whatever comes back until it closes, or nothing more comes."""
        with socket.create_connection((self.service.host, self.service.port), timeout=10) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            got = b""
            while True:
                try:
                    more = connection.recv(65536)
                except (ConnectionResetError, socket.timeout):
                    break
                if not more:
                    break
                got += more
        return got

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None


class Twins:
    def __init__(self, kb, audience, whole, stripped, tokens=(None, None), away=True):
        self.kb, self.audience, self.away = kb, audience, away
        self.sides = (Side(whole, tokens[0]), Side(stripped, tokens[1]))
        self.asked = 0
        self.said = set()  # pieces of words that this caller wrote itself in this script
        self.written = set()  # and in those before: tickets keep them
        self.codes = (set(), set())
        self.found, self.unlike = [], []
        self.per_route = {}
        self.route, self.routes = "", ()
        self.times, self.hidden_first = [], False  # of what is hidden, of what is not there

    def begin(self, route):
        self.written |= self.said
        self.route, self.said = route, set()

    def close(self):
        for side in self.sides:
            side.close()

    def fresh(self):
        """Both services anew, with all that they keep, so that nothing is turned away for how much was asked before."""
        self.close()
        for side in self.sides:
            side.service.stop()
            side.service.start()

    # ---- asking ----

    def ask(self, method, path, body=None, headers=None, likely=True):
        """path and body may hold pairs (one for each side) as {name}: both are given as (text, values) then."""
        headers = {**(AWAY if self.away else {}), **(headers or {})}
        answers = []
        for number, side in enumerate(self.sides):
            own_path, own_body = self._own(path, number), self._own(body, number)
            if isinstance(own_body, (dict, list)):
                own_body = json.dumps(own_body, ensure_ascii=False).encode("utf-8", "surrogatepass")
                headers.setdefault("Content-Type", "application/json")
            elif isinstance(own_body, str):
                own_body = own_body.encode("utf-8", "replace")
            answers.append(side.ask(method, own_path, own_body, headers))
        self._note(method, path, body, headers)
        whole, stripped = answers
        self._check(f"{method} {self._own(path, 0)}", whole, stripped, body, likely)
        return answers

    def get(self, path, headers=None, **query):
        if query:
            path += "?" + urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
        return self.ask("GET", path, None, headers)

    def form(self, path, fields, headers=None):
        pairs = [urllib.parse.urlencode({k: self._own(v, n) for k, v in fields.items()}) for n in (0, 1)]
        return self.ask("POST", path, tuple(pairs), {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def say(self, message, conversation=None, **more):
        body = [{"message": message, **more, **({"conversation": conversation[n]} if conversation else {})} for n in (0, 1)]
        answers = self.ask("POST", "/v1/chat", tuple(body))
        ids = tuple(a.json.get("conversation") for a in answers)
        return answers, ids if all(ids) else conversation

    def alike(self, path, other, word, none):
        """One side alone: what is hidden is answered as what is not there; how long each took is kept."""
        headers = AWAY if self.away else {}
        self.hidden_first = not self.hidden_first  # who asks second finds a warm service
        order = (path, other) if self.hidden_first else (other, path)
        answered = {p: self.sides[0].ask("GET", p, None, headers) for p in order}
        answers = [answered[path], answered[other]]
        self._note("GET", path, None, {})
        plain = [a.plain(self.codes[0]).replace(w, "WORD").replace(urllib.parse.quote(w), "WORD") for a, w in zip(answers, (word, none))]
        self.times.append(tuple(a.took_s for a in answers))
        self._search(path, answers[0].head())
        self._search(path, answers[0].body)
        if plain[0] != plain[1] and 429 not in [a.status for a in answers]:
            self.unlike.append((f"GET {path} and {other}", None, *plain))

    def garbage(self, data):
        got = [side.raw(data) for side in self.sides]
        self.asked += 1
        self.said |= pieces(data.decode("latin-1"))
        self._search("raw request", got[0])

    @staticmethod
    def _own(thing, number):
        return thing[number] if isinstance(thing, tuple) else thing

    def _note(self, method, path, body, headers):
        self.asked += 1
        self.per_route[self.route] = self.per_route.get(self.route, 0) + 1
        for thing in (path, body, "\n".join(headers.values())):
            own = self._own(thing, 0)
            if own:
                self.said |= pieces(own if isinstance(own, str) else json.dumps(own, ensure_ascii=False) if isinstance(own, (dict, list))
                                    else own.decode("utf-8", "replace"))

    # ---- looking ----

    def _codes(self, answers):
        for number, answer in enumerate(answers):
            found = re.findall(r'"code":"([A-Z0-9]{6})"', answer.text)
            self.codes[number].update(found)
            self.codes[number].update(m.replace(" ", "") for m in re.findall(r"\b[A-Z0-9]{3} [A-Z0-9]{3}\b", answer.text))

    def _check(self, what, whole, stripped, body, likely):
        self._codes((whole, stripped))
        self._search(what, whole.head())
        self._search(what, whole.body, deep="text" in whole.type or "json" in whole.type)
        turned_away = 429 in (whole.status, stripped.status)  # by how many guesses there were in the last minute
        if likely and not turned_away and not self.same(whole, stripped):
            self.unlike.append((what, body if not isinstance(body, tuple) else body[0], whole.plain(self.codes[0]), stripped.plain(self.codes[1])))

    def same(self, whole, stripped):
        return whole.plain(self.codes[0]) == stripped.plain(self.codes[1])

    def may_read(self, piece):
        return any(self.audience in secret.shown and (piece in secret.word or secret.word in piece) for secret in self.kb.words.of(piece))

    def _search(self, what, data, deep=True):
        wrote = self.said | self.written if any(place in what for place in TICKETS) else self.said
        for piece in pieces(data, deep):
            if not self.may_read(piece) and not any(piece in said or said in piece for said in wrote):
                secrets = self.kb.words.of(piece)
                self.found.append((what, piece, secrets[0].where if secrets else "?"))
