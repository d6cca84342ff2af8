"""The agents' search: filters, days, what solved tickets, the page and its pieces; receipts; what others do not get."""
import hashlib
import re
import sqlite3
import time
import unittest
import urllib.parse

from service import ServiceTest, article, running, until, Service

BLOCK = "Testo per tutti con il gettone turchese.\n\n> [!agent-l1]\n> Segreto: il cassetto quarzifero.\n"
STEPS = """Il lettore si accende da solo.

## Passo 1: guarda la spia

Guarda se la spia è verde.

- [È verde](#passo-2-premi)
- [È spenta](#passo-3-chiama)

## Passo 2: premi

Premi il tasto, poi aspetta 3 minuti. Se non basta, chiama.

## Passo 3: chiama

Chiama il gestore.

> [!agent-l1]
> Chiedi sempre il numero ottanidro.
"""


def base36(number):
    return (base36(number // 36) if number >= 36 else "") + "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]


def query(**fields):
    return urllib.parse.urlencode(fields)


class AgentSearch(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.service.write("it/accesso/gettone.md", article("gettone", "Il gettone turchese", BLOCK))
        cls.service.write("it/accesso/futuro.md", article("futuro", "Il gettone futuribile", "Varrà da domani.", valid_from="2090-01-01"))
        cls.service.write("it/accesso/finito.md", article("finito", "Il gettone finito", "Non vale più.", valid_until="2020-01-01", ended="true"))
        cls.service.write("it/accesso/scaduto.md", article("scaduto", "Il gettone scaduto", "Era così.", valid_until="2020-01-01"))
        cls.service.write("it/accesso/lettore.md", article("lettore", "Il lettore ambrato non legge", STEPS).replace("type: qa", "type: procedure"))
        cls.agent = cls.service.token()
        cls.reader = cls.service.token(role="reader", subject="lia")

    def find(self, client, **fields):
        reply = client.get("/v1/search?" + query(**fields))
        self.assertEqual(reply.status, 200, reply.text)
        return reply.json

    def ids(self, client, **fields):
        return [hit["id"] for hit in self.find(client, **fields)["results"]]

    def test_an_unfinished_last_word(self):
        agent = self.other(self.agent)
        # As a whole word it is none: the best that has some.
        self.assertEqual(self.find(agent, q="gettone turch")["results"][0]["missing"], ["turch"])
        self.assertEqual(self.ids(agent, q="turch"), [])
        found = self.find(agent, q="gettone turch", partial="true")
        self.assertEqual([hit["id"] for hit in found["results"]], ["gettone"])
        self.assertIn("<mark>turchese</mark>", found["results"][0]["snippet"])
        self.assertEqual((found["results"][0]["words"], found["results"][0]["missing"]), (["gettone", "turch"], []))
        # A slip of the pen in what is typed so far; a whole word stays what it was.
        self.assertEqual(self.ids(agent, q="trurches", partial="true"), ["gettone"])
        self.assertEqual(self.ids(agent, q="gettone turchese", partial="true"), ["gettone"])
        # A blank behind it: the word is whole.
        self.assertEqual(self.ids(agent, q="turch ", partial="true"), [])
        self.assertProblem(agent.get("/v1/search?partial=yes"), 400, "bad-value", field="partial")

    def test_only_the_sealed_words_are_completed(self):
        self.assertEqual(self.ids(self.client, q="zanzib", partial="true"), [])
        self.assertEqual(self.ids(self.client, q="quarzif", partial="true"), [])
        self.assertEqual(self.ids(self.other(self.agent), q="zanzib", partial="true"), ["procedura-riservata"])
        self.assertEqual(self.ids(self.other(self.agent), q="quarzif", partial="true"), ["gettone"])

    def test_days(self):
        agent = self.other(self.agent)
        self.assertEqual(set(self.ids(agent, q="gettone")), {"gettone", "finito"})
        self.assertEqual(self.ids(agent, q="gettone", validity="current"), ["gettone"])
        self.assertEqual(set(self.ids(agent, q="gettone", validity="ended")), {"finito", "scaduto"})
        self.assertEqual(self.ids(agent, q="gettone", validity="upcoming"), ["futuro"])
        self.assertProblem(agent.get("/v1/search?validity=always"), 400, "bad-value", field="validity")
        for client in (self.client, self.other(self.reader)):
            for validity in ("ended", "upcoming"):
                self.assertProblem(client.get(f"/v1/search?q=gettone&validity={validity}"), 400, "bad-value", field="validity")
            self.assertEqual(self.ids(client, q="gettone", validity="current"), ["gettone"])

    def test_service_and_its_facet(self):
        agent = self.other(self.agent)
        found = self.find(agent, q="gettone", service="sportello")
        self.assertEqual(found["facets"]["service"], [{"value": "sportello", "count": found["total"]}])
        self.assertProblem(agent.get("/v1/search?service=altro"), 400, "bad-value", field="service")

    def test_a_category_of_others_filters_nothing(self):
        """To somebody who sees nothing of it, it is what a category is that nobody has: not in the page, not in what is found."""
        outside = self.other(self.service.token(audience="citizen", subject="zoe"))
        pages = [self.page(outside, "/agent/?" + query(q="gettone", category=key)).replace(key, "KEY") for key in ("interno", "nessuna")]
        self.assertEqual(*pages)
        self.assertIn("Il gettone turchese", pages[0])
        self.assertNotIn("Interno", pages[0])
        inside = self.page(self.other(self.agent), "/agent/?" + query(q="gettone", category="interno"))
        self.assertIn('<option value="interno" selected>', inside)
        self.assertNotIn("Il gettone turchese</", inside)

    def test_a_receipt_opens_what_was_in_force_then(self):
        agent = self.other(self.agent)
        def asked(id, moment):
            version = hashlib.sha256((self.service.kb / f"it/accesso/{id}.md").read_bytes()).hexdigest()[:12]
            code = f"S1-{id}-it-{version}-{moment}"
            statuses = {agent.get("/v1/receipts/" + code).status, 200 if 'id="receipt-title"' in agent.get("/agent/receipts?code=" + code).text else 404}
            self.assertEqual(len(statuses), 1, code)
            return statuses.pop()
        now, in_2019, in_2022 = (base36(at) for at in (int(time.time()), 1560000000, 1650000000))
        self.assertEqual([asked("gettone", at) for at in (now, in_2019, "zzzzzz")], [200, 200, 200])
        self.assertEqual([asked("futuro", at) for at in (now, in_2019, "zzzzzz", base36(3800000000))], [404] * 4, "it was never shown to anybody")
        self.assertEqual([asked("scaduto", at) for at in (in_2019, in_2022, now)], [200, 404, 404])
        self.assertEqual([asked("finito", at) for at in (in_2019, in_2022)], [200, 200], "it goes on being found")

    def page(self, client, path, status=200):
        reply = client.get(path)
        self.assertEqual(reply.status, status, reply.text)
        return reply.text

    def test_page_without_scripts(self):
        agent = self.other(self.agent)
        page = self.page(agent, "/agent/?" + query(q="gettone", id="gettone", of="it"))
        self.assertIn("data-hit", page)
        self.assertIn('aria-current="true"', page)
        self.assertIn("Solo per: Operatori", page)
        self.assertLess(page.index("Solo per: Operatori"), page.rindex("cassetto quarzifero"))
        self.assertIn("con parti interne", page)  # its snippet may be of them
        self.assertIn('<option value="ended">Finiti (2)</option>', page)
        self.assertIn('<option value="upcoming">Non ancora in vigore (1)</option>', page)
        self.assertEqual(agent.get("/agent/")["Cache-Control"], "no-store")

    def test_pieces(self):
        agent = self.other(self.agent)
        part = self.page(agent, "/agent/?" + query(q="gettone turch", part="list"))
        self.assertNotIn("<html", part)
        self.assertIn("Il gettone turchese", part)
        part = self.page(agent, "/agent/?" + query(id="futuro", part="article"))
        self.assertNotIn("si può dire", part)  # not yet
        self.assertIn("in vigore dal 1º gennaio 2090", part)
        self.assertIn("Questo articolo non c", self.page(agent, "/agent/?part=article&id=nessuno"))

    def test_not_for_others(self):
        self.assertEqual(self.client.get("/agent/?q=gettone").status, 303)
        self.assertEqual(self.client.get("/agent/receipts").status, 303)
        self.assertEqual(self.other(self.reader).get("/agent/?q=gettone").status, 403)
        self.assertEqual(self.client.get("/v1/receipts/S1-a-it-000000000000-abcdef").status, 401)

    def test_a_filter_can_be_changed(self):
        page = self.page(self.other(self.agent), "/agent/?" + query(q="gettone", category="pagamenti"))
        self.assertIn("Nessun articolo", page)
        self.assertIn('<option value="pagamenti" selected>Pagamenti (0)</option>', page)
        self.assertRegex(page, r'<option value="accesso">Accesso \(2\)</option>')

    def test_procedure(self):
        part = self.page(self.other(self.agent), "/agent/?part=article&id=lettore")
        self.assertEqual(re.findall(r'data-step="([^"]+)" data-number="(\d)"', part),
                         [("passo-1-guarda-la-spia", "1"), ("passo-2-premi", "2"), ("passo-3-chiama", "3")])
        self.assertIn('href="#passo-3-chiama" data-choice="passo-3-chiama">È spenta <span class="ag-to" lang="it">passo 3</span>', part)
        self.assertEqual(part.count("Passo 2: premi"), 2)  # its title and the script's, not the text's once more

    def test_read_aloud_has_nothing_internal(self):
        agent = self.other(self.agent)
        part = self.page(agent, "/agent/?part=article&id=lettore&read=1")
        self.assertNotIn("ottanidro", part)
        sentences = re.findall(r"^<p>(.*)</p>$", part, re.M)
        self.assertIn("Premi il tasto, poi aspetta 3 minuti.", sentences)
        self.assertIn("Se non basta, chiama.", sentences)
        inside = self.page(agent, "/agent/?part=article&id=procedura-riservata&read=1")
        self.assertIn("non ha un testo da leggere", inside)
        self.assertNotIn("zanzibarino e cerca", inside)

    def test_walk_code(self):
        said = self.client.post("/v1/chat", {"message": "il lettore ambrato non legge", "lang": "it"}).json
        code = said["step"]["code"]
        agent = self.other(self.agent)
        part = self.page(agent, "/agent/?" + query(q=code.lower(), part="list"))
        address = re.search(r'<a href="([^"]+)" data-hit data-open', part).group(1).replace("&amp;", "&")
        self.assertIn("la persona è qui", self.page(agent, address))
        self.assertIn("Nessun passo con questo codice", self.page(agent, "/agent/?part=list&q=" + ("AAAAA2" if code != "AAAAA2" else "AAAAA3")))


class Clients(unittest.TestCase):
    def of(self, service, token=None):
        client = service.client(token)
        self.addCleanup(client.close)
        return client


class Solved(Clients):
    """What solved tickets comes first, within bounds, and says so to those who work here only."""

    def test_order(self):
        service = Service()
        for name in ("uno", "due", "tre"):
            title = "La leva cobaltina è dura" if name != "tre" else "Altro ancora"
            service.write(f"it/accesso/{name}.md", article(name, title, "Si parla della leva cobaltina." if name == "tre" else "Premi piano."))
        agent = service.token()
        with running(service=service):
            client = self.of(service, agent)
            number = []
            for i in range(8):
                made = self.of(service).post("/v1/tickets", {"category": "accesso", "fields": {"provider": "Uno", "email": "a@example.it"}, "message": "leva"})
                self.assertEqual(made.status, 201, made.text)
                number.append(made.json["number"])
            for n in number:
                for change in ({"state": "assigned", "assignee": "ada"}, {"state": "solved", "article": "tre" if n == number[0] else "due"}):
                    done = client.patch(f"/v1/tickets/{n}", change)
                    self.assertEqual(done.status, 200, done.text)
            service.stop()
            service.start()
            client = self.of(service, agent)
            ask = lambda c, extra="": [(h["id"], h.get("solved")) for h in c.get("/v1/search?q=leva+cobaltina&lang=it" + extra).json["results"]]
            self.assertIsNotNone(until(lambda: ask(client)[0] == ("due", 7), 5))
            # Seven tickets do not make up for words that are only in the text.
            self.assertEqual(ask(client), [("due", 7), ("uno", None), ("tre", 1)])
            self.assertEqual({solved for _, solved in ask(self.of(service))}, {None})
            self.assertIn("ha risolto 7 richieste", client.get("/agent/?q=leva+cobaltina").text)
            self.assertEqual(ask(client, "&category=accesso")[0], ("due", 7))


class Receipts(Clients):
    def shown(self, client):
        return client.post("/v1/chat", {"message": "il gettone turchese", "lang": "it"}).json["article"]["receipt"]

    def test_receipts(self):
        service = Service()
        service.write("it/accesso/gettone.md", article("gettone", "Il gettone turchese", BLOCK))
        tokens = {"agent": service.token(), "reader": service.token(role="reader", subject="lia"),
                  "citizen": service.token(audience="citizen", role="agent", subject="eva")}
        with running(service=service):
            receipt = self.shown(self.of(service))
            agent = self.of(service, tokens["agent"])
            ask = lambda code, c=agent: c.get("/v1/receipts/" + urllib.parse.quote(code))
            then = ask(receipt).json
            self.assertEqual((then["code"], then["mended"], then["id"], then["audience"]), (receipt, False, "gettone", "citizen"))
            self.assertIn("gettone turchese", then["markdown"])
            self.assertNotIn("quarzifero", str(then))  # as the citizen saw it
            self.assertEqual(then["now"]["changed"], False)
            as_agent = agent.get(f"/v1/receipts/{receipt}?audience=agent-l1").json
            self.assertIn("quarzifero", as_agent["markdown"])
            self.assertEqual(self.of(service, tokens["citizen"]).get(f"/v1/receipts/{receipt}?audience=agent-l1").status, 404)

            parts = receipt.split("-")
            for typed in (receipt.upper(), " " + receipt.replace("-", "  ") + " ", receipt.replace("-", "–"), receipt[3:],
                          receipt.replace(parts[-2], parts[-2].replace("0", "O").replace("1", "l"))):
                self.assertEqual(ask(typed).json["code"], receipt, typed)
            wrong = parts[-2][:4] + ("0" if parts[-2][4] != "0" else "2") + parts[-2][5:]
            mended = ask(receipt.replace(parts[-2], wrong)).json
            self.assertEqual((mended["code"], mended["mended"]), (receipt, True))
            self.assertEqual(ask(receipt.replace("gettone", "gettona")).json["mended"], True)
            for none in (receipt.replace(parts[-2], "0123456789ab"), "S1", "S1-gettone", "S1-gettone-it", "ciao", "S1-gettone-en-" + "-".join(parts[-2:])):
                self.assertEqual(ask(none).status, 404, none)
            self.assertEqual(ask(receipt, self.of(service)).status, 401)
            self.assertEqual(ask(receipt, self.of(service, tokens["reader"])).status, 403)

            service.write("it/accesso/gettone.md", article("gettone", "Il gettone turchese", BLOCK.replace("Testo per tutti", "Un testo nuovo")))
            self.assertIsNotNone(until(lambda: ask(receipt).json["now"]["changed"], 5))
            later = ask(receipt).json
            self.assertEqual((later["html"], later["version"]), (then["html"], then["version"]))
            marks = [(run["mark"], run["text"].strip()) for place in later["now"]["changes"] for run in place if run["text"].strip()]
            self.assertEqual(marks, [("-", "Testo per tutti con il gettone turchese."), ("+", "Un testo nuovo con il gettone turchese.")])
            page = agent.get("/agent/receipts?code=" + urllib.parse.quote(receipt)).text
            self.assertIn("Testo per tutti", page)
            self.assertIn("Da allora il testo è cambiato", page)
            self.assertNotIn("quarzifero", page)

            (service.kb / "it/accesso/gettone.md").unlink()
            self.assertIsNotNone(until(lambda: not ask(receipt).json["now"]["shown"], 5))
            self.assertEqual(ask(receipt).json["html"], then["html"])
            self.assertIn("non è più mostrato", agent.get("/agent/receipts?code=" + urllib.parse.quote(receipt)).text)

    def test_what_was_internal_stays_so(self):
        service = Service()
        outside = service.token(audience="citizen", role="agent", subject="eva")
        inside = service.token()
        with running(service=service):
            said = self.of(service, inside).post("/v1/chat", {"message": "come si usa il registro zanzibarino", "lang": "it"}).json
            receipt = said["article"]["receipt"]
            self.assertEqual(self.of(service, inside).get("/v1/receipts/" + receipt).json["audience"], "agent-l1")
            reply = self.of(service, outside).get("/v1/receipts/" + receipt)
            made_up = self.of(service, outside).get("/v1/receipts/S1-a-it-0123456789ab-abcdef")
            self.assertEqual((reply.status, reply.json["detail"]), (404, made_up.json["detail"]))


if __name__ == "__main__":
    unittest.main()
