"""A desk whose every text is an attack: names, labels and reasons of kb.yaml, notices, quizzes, whom one turns to, what people type and are
called. All pages that lead from one to another are read, as everybody who may read them; none has a program in it."""
import json
import re
import unittest
import urllib.parse

from safe import unsafe_in_page
from service import ServiceTest, article
from test_session import Browser

MARK = "q7attack"
ATTACK = f'"><script>{MARK}</script><img src=x onerror={MARK}>\'{{{{{{7*7}}}}}}</title></textarea><!--'
QUOTED = json.dumps(ATTACK)
NAMED = f"{{it: {QUOTED}, en: {QUOTED}}}"
LONG = "2099-01-01T00:00:00Z"
QUIZ = f"""Testo.

## Quiz

### Domanda {ATTACK}?

- [x] Giusto {ATTACK}
- [ ] Sbagliato {ATTACK}

Perché {ATTACK}. Leggi: [il codice](codice-non-arriva).
"""
WALK = f"""Testo {ATTACK}

## Passo 1 {MARK}

Fai {ATTACK}

- [Sì {MARK}](#passo-2)
- [No {MARK}](#passo-3)

## Passo 2

Bene {ATTACK}

## Passo 3

Male.
"""
SKIP = re.compile(r"^/(static/|widget\.js|openapi\.json|agent/sign-out|figures\.csv|figures\.jsonld|dashboard/csv/)")


def hostile(config):
    """The same kb.yaml with every text that people read replaced."""
    config = re.sub(r"\b(name|description|label|why): \{[^}]*\}", lambda found: f"{found.group(1)}: {NAMED}", config)
    config = config.replace("options: [Uno, Due]", f"options: [{QUOTED}, Due]")
    return config + f"""
open_data: true
bodies:
  altri:
    name: {NAMED}
    contact: {NAMED}
    letter: {NAMED}
synonyms:
  it:
    - [ricevuta, {json.dumps('quietanza ' + ATTACK)}]
"""


class HostileDesk(ServiceTest):
    @classmethod
    def prepare(cls):
        service = cls.service
        kb = service.kb / "kb.yaml"
        kb.write_text(hostile(kb.read_text(encoding="utf-8")), encoding="utf-8")
        title = ATTACK.replace('"', '\\"')
        more = {"reviewed_by": QUOTED, "source": f"[{QUOTED}]", "keywords": f"[{QUOTED}]", "codes": f"[PAA_{MARK}, {QUOTED}]"}

        def hostile_article(*of, **keys):
            return article(*of, **keys, **more).replace("owner: team-prova", f"owner: {QUOTED}")

        service.write("it/accesso/altrove.md", hostile_article("altrove", title, f"Testo {ATTACK}", competence="altri", questions=f"[chi decide sul rimborso, {QUOTED}]",
                                                       window=f"{{from: {QUOTED}, wait: 3d, until: 120d}}", related="[avviso, percorso]"))
        service.write("it/accesso/avviso.md", hostile_article("avviso", "Guasto " + title, f"Guasto {ATTACK}", covers=f"{{categories: [accesso, pagamenti], codes: [PAA_{MARK}]}}", starts="2026-01-01T00:00:00Z",
                                                      ends=LONG).replace("type: qa", "type: notice"))
        service.write("it/accesso/percorso.md", hostile_article("percorso", "Percorso " + title, WALK, questions="[come faccio il percorso]").replace("type: qa", "type: procedure"))
        service.write("it/interno/modulo.md", hostile_article("modulo", "Modulo " + title, QUIZ, "interno", "agent-l1", articles="[codice-non-arriva]").replace("type: qa", "type: training"))
        service.write("it/interno/sbagliato.md", article("sbagliato", title, f"[x](nessuno) {ATTACK}", "interno", "agent-l1", colour=QUOTED, related=f"[{QUOTED}]"))
        cls.tokens = [service.token("agent-l1", role, f"{role} {ATTACK}") for role in ("agent", "editor", "manager", "admin")]

    def talk(self):
        """Conversations and tickets that hold the attack wherever people may put it; addresses to read."""
        found = []
        for first in ("chi decide sul rimborso", "come faccio il percorso", f"voglio una persona {ATTACK}", f"zzz {ATTACK} qqq", f"mi esce PAA_{MARK}", ATTACK):
            reply = self.client.post("/v1/chat", {"message": first}).json
            page = self.browser.post("/chat", message=first)
            self.check("/chat", page if page.status != 303 else self.browser.get(page["Location"].split("#")[0]))
            self.client.post(f"/v1/chat/{reply['conversation']}/feedback", {"solved": False, "comment": ATTACK})
            if page.status == 303:
                found.append(page["Location"].split("#")[0])
        for category, fields in (("accesso", {"provider": ATTACK, "email": "a@example.com"}), ("pagamenti", {"email": "a@example.com"})):
            opened = self.client.post("/v1/tickets", {"message": ATTACK, "category": category, "fields": fields})
            self.assertEqual(opened.status, 201, opened.text)
            ticket = opened.json
            self.client.post(f"/v1/tickets/{ticket['number']}/replies?secret={ticket['secret']}", {"text": ATTACK})
            found += [f"/ticket/{ticket['number']}?key={ticket['secret']}", f"/agent/tickets/{ticket['number']}", f"/agent/tickets/{ticket['number']}/suggestions"]
        form = {"category": "accesso", "message": ATTACK, "provider": ATTACK, "email": ATTACK, "field.email": ATTACK, "field.provider": ATTACK}
        page = self.browser.post("/ticket", **form)
        self.check("/ticket with mistakes", page if page.status != 303 else self.browser.get(page["Location"].split("#")[0]))
        return found

    def check(self, path, reply):
        if not (reply["Content-Type"] or "").startswith("text/html"):
            return []
        self.assertEqual(unsafe_in_page(reply.text), [], path)
        self.assertNotIn(f"<script>{MARK}", reply.text, path)
        self.assertNotIn(f"<img src=x onerror={MARK}", reply.text, path)
        self.assertIsNone(re.search(r"\W49\W*</title", reply.text), path)
        self.assertNotIn("unsafe", reply["Content-Security-Policy"], path)
        self.held += MARK in reply.text
        return re.findall(r'href="([^"]+)"', reply.text)

    def crawl(self, token, starts):
        self.browser = Browser(self.service)
        self.addCleanup(self.browser.client.close)
        if token:
            self.browser.sign_in(token)
        self.held, seen = 0, set()
        waiting = list(starts) + self.talk()
        while waiting and len(seen) < 200:
            path = urllib.parse.urlsplit(waiting.pop(0).replace("&amp;", "&"))
            path = path.path + ("?" + path.query if path.query else "")
            if not path.startswith("/") or path in seen or SKIP.match(path):
                continue
            seen.add(path)
            waiting += self.check(path, self.browser.get(path))
        return seen

    def test_pages(self):
        for id in ("altrove", "avviso", "percorso"):
            self.assertIn(MARK, self.client.get(f"/v1/articles/{id}").json["title"])
        quoted = urllib.parse.quote(ATTACK, safe="")
        starts = ["/", "/search?q=ricevuta", f"/search?q={quoted}", "/chat", "/ticket", "/ticket?category=accesso", "/a/altrove", "/a/avviso", "/a/percorso", "/figures", "/agent/", f"/agent/?q={quoted}", "/agent/tickets",
                  "/agent/training", "/agent/training/modulo", "/agent/training/report", "/agent/receipts", f"/agent/receipts?code={quoted}", "/agent/outbox", "/dashboard/", "/dashboard/gaps", "/editor/",
                  f"/editor/?ask={quoted}", f"/editor/ask?q={quoted}", "/agent/?article=percorso", "/agent/?article=altrove", f"/agent/tickets?group={quoted}", f"/a/{quoted}", f"/c/{quoted}", "/c/accesso", "/c/pagamenti"]
        for token, least in ((None, 10), *((token, 14) for token in self.tokens)):
            seen = self.crawl(token, starts)
            self.assertGreater(self.held, least)

    def test_the_same_as_files(self):
        """The static site of the same articles."""
        out = self.service.folder / "site"
        done = self.service.command("export", "--kb", self.service.kb, "--out", out, "--format", "site")
        self.assertEqual(done.returncode, 1, done.stderr)  # "sbagliato" is missing in it
        pages = [path.read_text(encoding="utf-8") for path in out.rglob("*.html")]
        self.assertGreater(sum(MARK in page for page in pages), 5)
        for page in pages:
            own = re.sub(r'<script src="((\.\./)*static/site\.[0-9a-f]+|search-data)\.js"', '<script src="/x.js"', page)  # a site's own, wherever it is put
            self.assertEqual(unsafe_in_page(own), [])
            self.assertNotIn(f"<script>{MARK}", page)


if __name__ == "__main__":
    unittest.main()
