"""What is asked at each route. A route that the service has and that is not here makes the test fail: add a line.

A line is a script: it gets the twins (leak_twins.py), a random source and what can be asked about (Ammunition), and asks.
`probe` is the script of a route with nothing to itself: every word in every place of its path, query and body.
"""
import base64
import hashlib
import json
import random
import time
import urllib.parse

from leak_kb import AUDIENCES, TYPES

HEADERS = (
    {}, {"Accept": "text/html"}, {"Accept": "application/json;q=0.1, */*"}, {"Accept": "text/csv"}, {"Accept-Language": "en"},
    {"Accept-Language": "de-DE,de;q=0.9,it;q=0.5"}, {"Accept-Language": "*"}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity;q=0"},
    {"Range": "bytes=0-99"}, {"Range": "bytes=-1"}, {"Origin": "https://evil.example"}, {"Forwarded": "for=127.0.0.1;proto=https"},
    {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-Host": "intranet.example"}, {"X-Real-IP": "127.0.0.1"}, {"X-Original-URL": "/readyz"},
    {"X-Audience": "agent-l2"}, {"X-Role": "admin"}, {"Cookie": "audience=agent-l2; session=AAAA; sportello_session=agent-l2"},
    {"X-HTTP-Method-Override": "PUT"}, {"Referer": "http://127.0.0.1/agent/"}, {"If-None-Match": "*"}, {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"User-Agent": "agent-l2"}, {"Cache-Control": "only-if-cached"}, {"Pragma": "no-cache"}, {"Host": "agent-l2.example"},
)
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST", "GET", "TRACE", "PROPFIND", "SEARCH")


class Ammunition:
    """Words, ids and near misses of them, drawn by a seed: first what this audience may not read, then anything."""

    def __init__(self, kb, audience, seed, etags=()):
        self.random = random.Random(f"{seed} {audience}")
        self.kb, self.audience, self.etags = kb, audience, list(etags)
        secrets = list(kb.words.secrets.values())
        self.hidden = [s.word for s in secrets if audience not in s.shown]
        self.random.shuffle(self.hidden)
        self.at = 0
        self.ids = [a.id for a in kb.articles if audience not in a.readers]
        self.open_ids = [a.id for a in kb.articles if audience in a.readers]
        self.categories = [key for key, who, _ in kb.categories if audience not in who]
        self.groups = [key for key, who, _ in kb.groups if audience not in who] or ["nessuno"]
        self.fields = [key for key, who, _ in kb.fields if audience not in who] or ["nessuno"]

    def word(self):
        self.at = (self.at + 1) % len(self.hidden)
        return self.hidden[self.at]

    def near(self, word):
        """Misspelled so that a correction would find it."""
        at = self.random.randrange(1, len(word))
        kind = self.random.randrange(4)
        if kind == 0:
            return word[:at] + word[at + 1:]
        if kind == 1:
            return word[:at] + self.random.choice("aeiorst") + word[at:]
        if kind == 2:
            return word[:at - 1] + word[at] + word[at - 1] + word[at + 1:]
        return word[:at] + self.random.choice("aeiorst") + word[at + 1:]

    def prefix(self, word):
        return word[:self.random.randrange(2, len(word))]

    def text(self):
        """A question that only what is hidden could answer."""
        word = self.word()
        return self.random.choice((
            word, self.near(word), self.prefix(word), f"come apro la pratica {word}", f"il registro {self.near(word)} per il pagamento scaduto",
            f"dove sta il modulo {self.near(word)}", f"ERR_{word.upper()}", f"errore err_{word}", f"{word} {self.word()}", f'"{word}"', f"-{word}",
            f"{word}*", f"title:{word}", f"id:{self.id()}", word.upper(), f"avviso scaduto {self.near(word)}", f"rimborso {word}",
            f"pass{word[:4]}", f"team {word}", f"cellulare {self.near(word)}"))

    def id(self):
        return self.random.choice(self.ids)

    def any_id(self):
        id = self.id()
        return self.random.choice((id, id, id[:self.random.randrange(1, len(id))], self.near(id), id.upper(), id + "x", id + ".md", id + "?lang=it",
                                   self.random.choice(self.open_ids), "../" + id, urllib.parse.quote(id, safe="").replace("-", "%2d")))

    def category(self):
        return self.random.choice((*self.categories, *self.categories, "pagamenti", "accesso", "nessuna"))

    def lang(self):
        return self.random.choice((None, "it", "en", "it", "de", "xx", ""))

    def headers(self):
        choice = self.random.random()
        if choice < 0.15 and self.etags:
            return {"If-None-Match": self.random.choice(self.etags)}
        if choice < 0.2:
            return {"Accept-Language": self.word(), "X-Anything": self.word()}
        return self.random.choice(HEADERS)

    def value(self):
        return self.random.choice((self.text, self.any_id, self.category, lambda: self.random.choice(self.groups), lambda: self.random.choice(self.fields),
                                   lambda: self.random.choice(AUDIENCES), lambda: str(self.random.choice((0, 1, -1, 2 ** 40))),
                                   lambda: base64.b64encode(self.word().encode()).decode()))()


# ---- scripts ----

def search(t, a, path="/v1/search", n=200):
    for _ in range(n):
        pick = a.random.random
        t.get(path, a.headers(), q=a.text() if pick() < 0.9 else None, lang=a.lang() if pick() < 0.6 else None,
              type=a.random.choice((*TYPES, "faq")) if pick() < 0.2 else None, category=a.category() if pick() < 0.2 else None,
              audience=a.random.choice((*AUDIENCES, "agent-l9", a.word())) if pick() < 0.2 else None,
              page=a.random.choice((1, 2, 3, 0, 10000, "x")) if pick() < 0.15 else None,
              per_page=a.random.choice((1, 2, 100, 101)) if pick() < 0.15 else None, as_of="2030-01-01" if pick() < 0.05 else None)


def everything(t, a):
    """All that there is, in pages, with and without each filter."""
    for path in ("/v1/search", "/v1/articles", "/search"):
        for lang in (None, "it", "en"):
            for page in (1, 2, 3, 9):
                t.get(path, lang=lang, page=page, per_page=7)
            for kind in TYPES:
                t.get(path, lang=lang, type=kind)
            for category in [key for key, _, _ in t.kb.categories]:
                t.get(path, lang=lang, category=category, per_page=100)
            for audience in AUDIENCES:
                t.get(path, lang=lang, audience=audience)


def suggest(t, a, n=150):
    for _ in range(n):
        word = a.word()
        q = a.random.choice((a.prefix(word), word, a.near(word), "come apro la pratica " + word[:3], "il registro " + a.prefix(word), "dove", "il", word[:1]))
        t.get("/v1/suggest", a.headers(), q=q, lang=a.lang(), limit=a.random.choice((None, None, 1, 20, 21)))


def articles(t, a):
    for _ in range(120):
        t.get("/v1/articles", a.headers(), lang=a.lang(), type=a.random.choice((None, *TYPES)), category=a.category() if a.random.random() < 0.5 else None,
              page=a.random.choice((None, 1, 2)), per_page=a.random.choice((None, 3, 100)))


def one_article(t, a, pattern="/v1/articles/{}", n=90):
    for id in t.kb.ids():
        for lang in (None, "it", "en"):
            t.get(pattern.format(urllib.parse.quote(id)), lang=lang)
    for _ in range(n):
        t.get(pattern.format(urllib.parse.quote(a.any_id(), safe="%/")), a.headers(), lang=a.lang())


def hidden_like_none(t, a):
    """An id that is hidden and one that nobody has, of the same length, by the same service: one answer."""
    for id in a.ids:
        if t.audience in next(x for x in t.kb.articles if x.id == id).filed or id in a.open_ids:
            continue  # of a retired one those who might have read it are told where it went
        none = "".join(a.random.choice("bcdfg") if c.isalpha() else c for c in id)
        for pattern in ("/v1/articles/{}", "/a/{}", "/c/{}", "/v1/walks/{}", "/static/{}"):
            t.alike(pattern.format(id), pattern.format(none), id, none)
    for category in a.categories:
        none = "q" * len(category)
        for pattern in ("/v1/search?category={}", "/v1/articles?category={}", "/c/{}", "/chat?category={}", "/ticket?category={}"):
            t.alike(pattern.format(category), pattern.format(none), category, none)


def chat(t, a, n=90):
    for number in range(n):
        said, conversation = t.say(a.text(), **options(a))
        for _ in range(a.random.randrange(0, 3)):
            choices = [c["value"] for c in said[0].json.get("choices", [])]
            message = a.random.choice((*choices, a.text(), "e poi?", "non ha funzionato", "sì", "no", "un'altra cosa: " + a.text(), "voglio una persona",
                                       "avanti", "indietro", a.category()))
            said, conversation = t.say(message, conversation, **options(a))
        if conversation and number % 3 == 0:
            t.get((f"/chat/{conversation[0]}", f"/chat/{conversation[1]}"), a.headers())
            feedback(t, a, conversation)
        t.begin(t.route)


def options(a):
    return {k: v for k, v in (("lang", a.random.choice((None, None, "it", "en", "xx"))), ("category", a.category() if a.random.random() < 0.2 else None),
                              ("channel", a.random.choice((None, "app", "phone"))), ("walk", a.random.choice((None, True))),
                              ("explain", a.random.choice((None, None, True)))) if v is not None}


def feedback(t, a, conversation):
    body = {"solved": a.random.choice((True, False)), "comment": a.text()}
    t.ask("POST", tuple(f"/v1/chat/{c}/feedback" for c in conversation), body)


def unknown_feedback(t, a):
    for _ in range(25):
        t.ask("POST", f"/v1/chat/{a.random.choice(('a' * 26, a.word(), a.id()))}/feedback", {"solved": True, "comment": a.word()})


def walk_through(t, a):
    """Procedures step by step, every choice, and back; the code of each walk as a message and by its own address."""
    for question in ["l'applicazione non si apre", "l'applicazione non parte"] + [x.id for x in t.kb.articles if x.id.startswith("procedure-")]:
        for turn in range(4):
            said, conversation = t.say(question, walk=True)
            for _ in range(6):
                choices = [c["value"] for c in said[0].json.get("choices", [])]
                said, conversation = t.say(a.random.choice((*choices, "avanti", "fatto", "indietro", "passo", a.text())), conversation, walk=True)
            if conversation:
                t.get(tuple(f"/chat/{c}" for c in conversation))
    for codes in list(zip(sorted(t.codes[0]), sorted(t.codes[1])))[:10]:
        t.ask("GET", tuple(f"/v1/walks/{c}" for c in codes), likely=False)
    for _ in range(20):
        t.get(f"/v1/walks/{a.random.choice((a.word()[:6].upper(), 'ABC234', a.id()))}", a.headers())


def tickets(t, a, n=70):
    for number in range(n):
        body = {k: v for k, v in (("message", a.text()), ("category", a.category() if a.random.random() < 0.7 else None), ("lang", a.random.choice((None, "it", "en"))),
                                  ("fields", {a.random.choice((*a.fields, "email", "device", a.word())): a.random.choice(("Uno", a.word(), "x@example.it"))}
                                   if a.random.random() < 0.7 else None)) if v is not None}
        if number % 10 == 0:
            body[a.word()] = a.word()
        opened = t.ask("POST", "/v1/tickets", body, {"Idempotency-Key": f"k-{number}"} if number % 4 == 0 else None)
        if all(o.status == 201 for o in opened):
            own = [o.json for o in opened]
            t.get(tuple(f"/v1/tickets/{o['number']}?secret={o['secret']}" for o in own))
            t.get(tuple(f"/ticket/{o['number']}?key={o['secret']}" for o in own))
            t.get(tuple(f"/v1/tickets/{o['number']}" for o in own), a.headers())


def ticket_list(t, a):
    for _ in range(40):
        t.get("/v1/tickets", a.headers(), state=a.random.choice((None, "new", a.word())), group=a.random.choice((None, *a.groups, "primo")),
              category=a.category(), limit=a.random.choice((None, 1, 100)))


def ticket_change(t, a):
    for _ in range(40):
        body = {a.random.choice(("state", "group", "assignee", "note", "article")): a.value()}
        t.ask("PATCH", f"/v1/tickets/{a.random.choice((1, 2, 3, 999, a.word()))}", body, {"If-Match": '"r1"'})


def ticket_page(t, a, n=60):
    for _ in range(n):
        t.get("/ticket", a.headers(), category=a.category(), conversation=a.random.choice((None, "a" * 26, a.word())), lang=a.lang())
        t.form("/ticket", {"category": a.category(), "message": a.text(), f"f-{a.random.choice((*a.fields, 'email'))}": a.value(), "lang": "it"})


def chat_page(t, a, n=70):
    for _ in range(n):
        t.get("/chat", a.headers(), category=a.category(), lang=a.lang())
        said = t.form("/chat", {"message": a.text(), "category": a.category(), "lang": a.random.choice(("it", "en"))})
        places = tuple(s.location for s in said)
        if all(places):
            t.get(tuple(p.split("#")[0] for p in places))
            t.form(tuple(p.split("?")[0].split("#")[0] + "/feedback" for p in places), {"solved": a.random.choice(("yes", "no")), "comment": a.word()})


def article_feedback(t, a):
    for _ in range(70):
        t.form(f"/a/{a.random.choice((a.id(), a.any_id().replace('?', ''), a.random.choice(a.open_ids)))}/feedback",
               {"solved": a.random.choice(("yes", "no")), "comment": a.word(), "lang": "it"})


def category_page(t, a):
    for key in [key for key, _, _ in t.kb.categories]:
        for lang in (None, "it", "en"):
            t.get("/c/" + key, a.headers(), lang=lang)
    for _ in range(60):
        t.get("/c/" + urllib.parse.quote(a.random.choice((a.category(), a.near(a.random.choice(a.categories)), a.id()))), a.headers(), page=a.random.choice((None, 2)))


def page(path):
    def script(t, a):
        for headers in HEADERS:
            t.get(path, headers, lang=a.lang())
    return script


def probe(t, a, n=14):
    """For any route: words and ids in the places of its path, in queries and bodies of any kind."""
    method, pattern = t.route.split(" ", 1)
    for _ in range(n):
        path = pattern
        while "{" in path:
            before, rest = path.split("{", 1)
            path = before + urllib.parse.quote(a.value(), safe="") + rest.split("}", 1)[1]
        path += "?" + urllib.parse.urlencode({a.random.choice(("q", "by", "from", "audience", "category", "group", "id", "article", "lang", "state")): a.value()})
        headers = a.headers()
        body = None
        if method in ("POST", "PATCH", "PUT"):
            body = {a.random.choice(("message", "article", "category", "group", "fields", "text", "reason", a.word())): a.value() for _ in range(3)}
            if a.random.random() < 0.3:
                body, headers = urllib.parse.urlencode(body), {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        t.ask(method, path, body, headers)


def of_articles(t, a):
    """A route that is about one article: each there is, and what is none."""
    pattern = t.route.split(" ", 1)[1]
    for number, id in enumerate(t.kb.ids()):
        t.get(pattern.replace("{id}", urllib.parse.quote(id)), a.headers(), lang=(None, "it", "en")[number % 3])
    probe(t, a)


MOMENTS = ("zzzzzz", "qsj4ao")  # none that can be read (in years), one of years ago


def base36(number):
    return (base36(number // 36) if number >= 36 else "") + "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]


def receipts(t, a):
    """Receipts as they would be of hidden texts: with the right version, at each moment, and with a sign that was heard wrong. Codes that are
    none are counted by the service, which turns who tries too many away: then it is begun anew, so that each is really answered."""
    address = t.route.split(" ", 1)[1]
    opened = refused = 0

    def ask(code, likely):
        query = "" if "{" in address else "?" + urllib.parse.urlencode({"code": code})
        path = address.replace("{code}", urllib.parse.quote(code)) + query
        answer = t.ask("GET", path, None, a.headers(), likely=likely)[0]
        if answer.status == 429:
            t.fresh()
            answer = t.ask("GET", path, None, a.headers(), likely=likely)[0]
            assert answer.status != 429, "a receipt's code was turned away, not answered"
        return answer.status, answer.status == 200 and ("{" in address or 'id="receipt-title"' in answer.text)

    now = base36(int(time.time()))
    for article in t.kb.articles:
        version = hashlib.sha256(article.text(None).encode("utf-8")).hexdigest()[:12]
        code = f"S1-{article.id}-{article.lang}-{version}"
        if t.audience in article.readers:  # what this audience may read has another version where less was written
            opened += ask(f"{code}-{now}", False)[1]
            continue
        status, is_open = ask(f"{code}-{now}", True)
        refused += status in (200, 404) and not is_open
        # What was in force once and is not now opens with a receipt of then, for who might have read it then.
        was_read = t.audience in article.filed and article.id.startswith(("passata", "superata", "sostituita", "ritirata"))
        if status not in (401, 403, 303) and not was_read:  # who may not ask for receipts at all is told so whatever they ask
            place = a.random.randrange(12)
            heard = version[:place] + a.random.choice([c for c in "0123456789abcdef" if c != version[place]]) + version[place + 1:]
            for other in (*(f"{code}-{moment}" for moment in MOMENTS), f"S1-{article.id}-{article.lang}-{heard}-{now}"):
                ask(other, True)
    for other in (article.id, version, f"S1-{a.id()}-it-{'0' * 12}-{now}"):
        ask(other, True)
    if t.sides[0].token and t.agent:
        assert opened > 10 and refused > 10, f"of the codes {opened} opened what may be read and {refused} were refused"


def odd(t, a):
    """Methods, paths and bodies that no route takes."""
    paths = [p.split(" ", 1)[1] for p in t.routes]
    for pattern in paths:
        path = pattern.replace("{id}", a.id()).replace("{category}", a.random.choice(a.categories)).replace("{conversation}", "a" * 26)
        path = "".join(c for c in path if c not in "{}")
        for method in METHODS:
            t.ask(method, urllib.parse.quote(path, safe="/%"), None if method in ("GET", "HEAD", "OPTIONS", "TRACE") else {"message": a.word()}, a.headers())
    for id in a.ids:
        for path in ("/{}", "/kb/it/{}.md", "/it/{}", "/a/{}/", "/a/{}/edit", "/api/{}", "/v1/{}", "/index/{}", "/a/..%2f..%2fkb%2f{}", "/editor/?id={}", "/editor/a/{}",
                     "/agent/{}", "/feed/{}", "/a/{}.json"):
            t.get(path.format(id), a.headers())
    for path in ("/sitemap.xml", "/feed.xml", "/robots.txt", "/export", "/export.jsonl", "/kb.yaml", "/.git/config", "/agent/", "/dashboard/", "/editor/", "/editor/changes",
                 "/search-index.json", "/admin", "/index", "/data", "/versions", "/v1", "/v1/", "//", "/%00", "/*"):
        for method in METHODS[:7]:
            t.ask(method, path, None, a.headers())
    for text in ('{"message":', '{"message":1}', "[]", '{"message":"' + a.word() + '","message":"x"}', '"' + a.word() + '"', "\ufeff{}", "{" * 500):
        for path in ("/v1/chat", "/v1/tickets"):
            t.ask("POST", path, text, {"Content-Type": "application/json"})
            t.ask("POST", path, text, {"Content-Type": "text/plain"})
    for _ in range(10):
        t.garbage(f"GET /a/{a.id()} HTTP/9.9\r\n\r\n".encode())
        t.garbage(f"GET /v1/search?q={a.word()} HTTP/1.1\r\nHost: x\r\nX-A: {a.word()}\r\nContent-Length: -1\r\n\r\n".encode())
        t.garbage(f"{a.word().upper()} / HTTP/1.1\r\nHost: x\r\n\r\n".encode())


def stale_tags(t, a):
    """Tags of the answers that others get, for the addresses they got them from."""
    for address, tag in a.tagged:
        t.get(address, {"If-None-Match": tag})


def no_token(t, a):
    """Secrets in the place of a token."""
    for _ in range(25):
        for path in ("/v1/search?q=avviso", "/v1/tickets", "/readyz", "/"):
            t.ask("GET", path, None, {"Authorization": a.random.choice(("Bearer " + a.word(), "Bearer spt_" + "a" * 40, "Basic " + a.word(), a.word()))})


ROUTES = {
    "POST /v1/chat": chat, "POST /v1/chat/{conversation}/feedback": unknown_feedback, "GET /v1/walks/{code}": walk_through, "GET /v1/search": search,
    "GET /v1/suggest": suggest, "GET /v1/articles": articles, "GET /v1/articles/{id}": one_article, "POST /v1/tickets": tickets, "GET /v1/tickets": ticket_list,
    "GET /v1/tickets/{number}": probe, "PATCH /v1/tickets/{number}": ticket_change, "GET /v1/deflection": probe, "GET /v1/deflection/definitions": probe, "GET /healthz": page("/healthz"),
    "GET /readyz": page("/readyz"), "GET /metrics": probe, "GET /openapi.json": page("/openapi.json"),
    "GET /": page("/"), "GET /c/{category}": category_page, "GET /search": lambda t, a: search(t, a, "/search", 180),
    "GET /a/{id}": lambda t, a: one_article(t, a, "/a/{}", 80), "POST /a/{id}/feedback": article_feedback, "GET /chat": chat_page, "POST /chat": probe,
    "GET /chat/{conversation}": probe, "POST /chat/{conversation}/feedback": probe, "GET /ticket": ticket_page, "POST /ticket": probe, "GET /ticket/{number}": probe,
    "GET /editor/": probe, "GET /editor/changes": probe, "GET /static/{name...}": probe, "GET /widget.js": page("/widget.js"),
}
# The managers' dashboard, and the figures that are for everybody where kb.yaml says so.
ROUTES.update({route: probe for route in ("GET /dashboard/", "GET /dashboard/{view}", "GET /dashboard/csv/{figure}")})
ROUTES.update({"GET /figures": page("/figures"), "GET /figures.csv": page("/figures.csv"), "GET /figures.jsonld": page("/figures.jsonld")})
# The console and what belongs to it.
ROUTES.update({route: probe for route in (
    "GET /agent/", "GET /agent/sign-in", "GET /agent/sign-in/callback", "GET /agent/sign-in/provider", "POST /agent/sign-in", "POST /agent/sign-out",
    "GET /agent/tickets", "GET /agent/tickets/{number}", "GET /agent/tickets/{number}/suggestions", "POST /agent/tickets/{number}",
    "GET /agent/outbox", "POST /agent/outbox", "GET /agent/training", "GET /agent/training/report", "POST /agent/training/{id}", "GET /v1/audit", "POST /v1/replay", "GET /v1/gaps", "GET /v1/gaps/patch", "GET /dashboard/gaps", "GET /v1/flags", "POST /v1/flags", "PATCH /v1/flags/{id}",
    "POST /v1/forget", "GET /v1/queue", "DELETE /v1/tickets/{number}", "POST /v1/tickets/{number}/attachments", "GET /v1/tickets/{number}/attachments/{id}",
    "DELETE /v1/tickets/{number}/attachments/{id}", "GET /v1/tickets/{number}/dossier", "GET /v1/tickets/{number}/draft", "GET /v1/tickets/{number}/history",
    "GET /v1/tickets/{number}/suggestions", "POST /v1/tickets/{number}/escalate", "POST /v1/tickets/{number}/replies", "POST /v1/tickets/{number}/return",
    "POST /v1/tickets/{number}/reveal", "POST /v1/tickets/{number}/take", "GET /v1/training", "GET /v1/training/report", "POST /v1/training/{id}/answers",
    "POST /ticket/{number}", "POST /ticket/{number}/attachments", "POST /ticket/{number}/attachments/{id}/remove")})
ROUTES.update({"GET /agent/training/{id}": of_articles, "GET /v1/training/{id}": of_articles, "GET /v1/receipts/{code}": receipts, "GET /agent/receipts": receipts})
ALSO = {"everything": everything, "hidden like none": hidden_like_none, "odd": odd, "stale tags": stale_tags, "no token": no_token}
