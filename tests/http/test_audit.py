"""The audit log: what is noted, that it only grows, and that nothing about citizens is in it."""
import hashlib
import re
import sqlite3
import unittest

import files
from service import article, running, until
from test_session import SessionTest

INTERNAL = article("solo-operatori", "Solo per operatori", "Parola segreta zufolo.", audience="agent-l1")
MIXED = article("con-blocco", "Per tutti, con un blocco", "Per tutti.\n\n> [!agent-l1]\n> Per operatori: zampogna.")
PUBLIC = article("per-tutti", "Per tutti", "Per tutti e basta.")

MODULE = article("modulo", "Modulo di prova", "Un'ora.\n\n## Quiz\n\n### Chi sa?\n\n- [x] Gli operatori\n- [ ] Nessuno\n\nLeggi: [solo](solo-operatori).\n",
                 "accesso", "agent-l1", articles="[solo-operatori]").replace("type: qa", "type: training")


def rows(service):
    with sqlite3.connect(f"file:{service.data}/store.sqlite?mode=ro", uri=True) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute("SELECT * FROM audit ORDER BY number")]


class AuditTest(SessionTest):
    @classmethod
    def prepare(cls):
        super().prepare()
        for name, text in (("solo-operatori", INTERNAL), ("con-blocco", MIXED), ("per-tutti", PUBLIC)):
            cls.service.write(f"it/accesso/{name}.md", text)

    def noted(self, work, count):
        """Entries that came of it; that no more come is seen by one more that must be the next."""
        before = len(rows(self.service))
        work()
        if not count:
            self.other(self.agent).get("/v1/articles/solo-operatori")
        self.assertIsNotNone(until(lambda: len(rows(self.service)) >= before + max(count, 1), 5))
        new = [{k: v for k, v in row.items() if k in ("subject", "action", "object", "detail")} for row in rows(self.service)[before:]]
        return new[:count] if count else new[:-1]


class NotedTest(AuditTest):
    def test_internal_articles(self):
        agent = self.other(self.agent)
        version = None

        def read_version():
            nonlocal version
            version = agent.get("/v1/articles/solo-operatori").json["version"]
        self.noted(read_version, 1)
        for path in ("/v1/articles/solo-operatori", "/a/solo-operatori"):
            self.assertEqual(self.noted(lambda: self.assertEqual(agent.get(path).status, 200), 1),
                             [{"subject": "ada", "action": "article-read", "object": "it/solo-operatori", "detail": version}], path)
        self.assertEqual(self.noted(lambda: agent.get("/v1/articles/con-blocco"), 1)[0]["object"], "it/con-blocco")

    def test_files_of_people(self):
        """An agent finds them on the ticket's page; who opened which one is noted, what the person does with their own is not."""
        ticket = self.client.post("/v1/tickets", {"category": "accesso", "message": "allego una foto"}).json
        mine = {"X-Ticket-Secret": ticket["secret"]}
        sent = self.client.request("POST", f"/v1/tickets/{ticket['number']}/attachments", files.png(),
                                   {"Content-Type": "image/png", "Content-Disposition": "attachment; filename=scontrino.png", **mine})
        self.assertEqual(sent.status, 201, sent.text)
        agent = self.browser(self.agent)
        pages = []
        self.noted(lambda: pages.append(agent.get(f"/agent/tickets/{ticket['number']}")), 1)
        page = pages[0]
        address = re.search(r'<a href="([^"]*/attachments/[^"]*)" download>scontrino.png</a>', page.text)
        self.assertIsNotNone(address, page.text[-3000:])
        self.assertNotIn(ticket["secret"], page.text)

        def read():
            got = agent.get(address[1])
            self.assertEqual((got.status, got.body), (200, files.png()))
        self.assertEqual(self.noted(read, 1), [{"subject": "ada", "action": "file-read", "object": f"ticket:{ticket['number']}",
                                                "detail": sent.json["id"]}])
        self.assertEqual(self.noted(lambda: self.client.request("GET", address[1], headers=mine), 0), [])

    def test_page_read_again(self):
        """Pages are kept for a while; one that is not for everybody is noted at each reading all the same."""
        agent, citizen = self.other(self.agent), self.other(None)
        pages = []
        self.assertEqual([row["object"] for row in self.noted(lambda: pages.extend(agent.get("/a/con-blocco") for _ in range(3)), 3)],
                         ["it/con-blocco"] * 3)
        self.assertEqual({page.body for page in pages}, {pages[0].body})
        public = [citizen.get("/a/con-blocco") for _ in range(3)]
        self.assertEqual({(page.body, page["ETag"]) for page in public}, {(public[0].body, public[0]["ETag"])})
        self.assertNotEqual(public[0].body, pages[0].body)
        again = citizen.get("/a/con-blocco", If_None_Match=public[0]["ETag"])
        self.assertEqual((again.status, again.body), (304, b""))

    def test_pieces_that_a_search_shows(self):
        """Typing shows the same again and again: it is noted once, by article, without what was typed."""
        ada = self.service.client(self.service.token(subject="cerca"))
        self.addCleanup(ada.close)
        word = "operatori"
        def typed():
            for end in range(3, len(word) + 1):
                self.assertEqual(ada.get(f"/agent/?part=list&q={word[:end]}").status, 200)
            for path in ("/agent/?q=", "/v1/search?q=", "/search?q="):
                reply = ada.get(path + word)
                self.assertIn("solo-operatori", reply.text, path)
        self.noted(typed, 1)
        self.assertEqual(ada.get("/v1/articles/solo-operatori").status, 200)
        self.assertIsNotNone(until(lambda: rows(self.service)[-1]["action"] == "article-read", 5))
        told = [row for row in rows(self.service) if row["subject"] == "cerca" and row["action"] == "search-shown"]
        shown = " ".join(row["detail"] for row in told).split()
        self.assertIn("it/solo-operatori", shown)
        self.assertNotIn("it/per-tutti", shown)
        self.assertEqual(len(shown), len(set(shown)), "each once")
        self.assertEqual({row["object"] for row in told}, {"search"})
        self.assertEqual(self.noted(lambda: ada.get("/v1/search?q=" + word), 0), [])

    def all_public_again(self):
        """Not before the others' tests see it so."""
        self.service.write("it/accesso/per-tutti.md", PUBLIC)
        self.assertIsNotNone(until(lambda: "per-tutti" not in self.other(self.agent).get("/v1/search?q=ciaramella").text, 10))

    def test_a_piece_of_an_article_that_has_more_for_us(self):
        """A hit comes without its Markdown: what a citizen reads of it is compared with the whole article."""
        bea = self.service.client(self.service.token(subject="bea"))
        self.addCleanup(bea.close)
        entry = self.noted(lambda: self.assertIn("con-blocco", bea.get("/v1/search?q=zampogna").text), 1)[0]
        self.assertEqual(entry, {"subject": "bea", "action": "search-shown", "object": "search", "detail": "it/con-blocco"})
        text = PUBLIC.replace("Per tutti e basta.", "Per tutti e basta, ciaramella.\n\n> [!agent-l1]\n> Per operatori: launeddas.")
        self.service.write("it/accesso/per-tutti.md", text)
        self.addCleanup(self.all_public_again)
        self.assertIsNotNone(until(lambda: "per-tutti" in self.other(self.agent).get("/v1/search?q=ciaramella").text, 10))
        entry = self.noted(lambda: self.assertIn("per-tutti", bea.get("/v1/search?q=ciaramella").text), 1)[0]
        self.assertEqual(entry["detail"], "it/per-tutti", "it was public until now")

    def test_what_everybody_reads_is_not_noted(self):
        agent = self.other(self.agent)
        for client in (agent, self.client):
            for path in ("/v1/articles/per-tutti", "/a/per-tutti", "/v1/articles", "/v1/articles/non-esiste"):
                self.assertEqual(self.noted(lambda: client.get(path), 0), [], path)
        self.assertEqual(self.noted(lambda: self.client.get("/v1/articles/con-blocco"), 0), [])
        self.assertEqual(self.noted(lambda: self.client.get("/v1/articles/solo-operatori"), 0), [])

    def test_chat_that_answers_with_one(self):
        def ask():
            reply = self.other(self.agent).post("/v1/chat", {"message": "Solo per operatori"}).json
            self.assertEqual(reply["article"]["id"], "solo-operatori")
        self.assertEqual(self.noted(ask, 1)[0]["object"], "it/solo-operatori")

    def test_training(self):
        self.service.write("it/accesso/modulo.md", MODULE)
        agent = self.other(self.agent)
        self.assertIsNotNone(until(lambda: agent.get("/v1/training").json["modules"], 5))
        for path, objects in (("/v1/training/modulo", ["it/modulo"]), ("/agent/training/modulo", ["it/modulo"]),
                              ("/agent/training/modulo?article=solo-operatori", ["it/solo-operatori"])):
            told = self.noted(lambda: self.assertEqual(agent.get(path).status, 200), 1)
            self.assertEqual([(e["action"], e["object"]) for e in told], [("article-read", o) for o in objects], path)

    def test_receipts(self):
        agent = self.other(self.agent)
        code = agent.post("/v1/chat", {"message": "Solo per operatori"}).json["article"]["receipt"]
        for path in (f"/v1/receipts/{code}", f"/agent/receipts?code={code}"):
            told = self.noted(lambda: self.assertEqual(agent.get(path).status, 200), 1)
            self.assertEqual(told[0]["object"], "it/solo-operatori", path)

    def test_tickets_read_and_forgotten(self):
        agent, admin = self.other(self.agent), self.other(self.service.token("agent-l1", "admin", "capo"))
        opened = [self.client.post("/v1/tickets", {"message": "Non entro", "category": "accesso", "fields": {"email": "tolomeo@example.org"}}).json["number"]
                  for _ in range(2)]
        talk = self.client.post("/v1/chat", {"message": "per tutti"}).json["conversation"]
        for path in (f"/v1/tickets/{opened[0]}", f"/agent/tickets/{opened[0]}"):
            told = self.noted(lambda: self.assertEqual(agent.get(path).status, 200), 1)
            self.assertEqual((told[0]["action"], told[0]["object"]), ("ticket-read", f"ticket:{opened[0]}"), path)
        for ask, object, detail in (
                (lambda: admin.post("/v1/forget", {"person": "tolomeo@example.org", "dry_run": True}), None, None),
                (lambda: admin.post("/v1/forget", {"person": "tolomeo@example.org"}), "person", " ".join(map(str, sorted(opened)))),
                (lambda: admin.request("DELETE", f"/v1/tickets/{opened[0]}"), f"ticket:{opened[0]}", ""),
                (lambda: admin.post("/v1/forget", {"conversation": talk}), "conversation", "")):
            told = self.noted(lambda: self.assertEqual(ask().status, 200), 1 if object else 0)
            self.assertEqual(told, [{"subject": "capo", "action": "data-delete", "object": object, "detail": detail}] if object else [])
        self.assertEqual([word for word in ("tolomeo", talk) if word in str(rows(self.service))], [])

    def test_ticket_changes_by_name_only(self):
        agent = self.other(self.agent)
        number = self.client.post("/v1/tickets", {"message": "Non entro, sono Mario Rossi", "category": "accesso", "fields": {"email": "mario@example.org"}}).json["number"]
        change = {"note": "Mario Rossi ha richiamato", "assignee": "ada"}
        self.assertEqual(self.noted(lambda: self.assertEqual(agent.patch(f"/v1/tickets/{number}", change).status, 200), 1),
                         [{"subject": "ada", "action": "ticket-change", "object": f"ticket:{number}", "detail": "assignee note "}])
        self.assertNotIn("Mario", str(rows(self.service)))

    def test_refused_change_is_no_entry(self):
        self.assertEqual(self.noted(lambda: self.other(self.agent).patch("/v1/tickets/999999", {"state": "closed"}), 0), [])

    def test_signing_in_and_out(self):
        browser = self.browser()
        token = [row for row in self.rows("SELECT id FROM tokens WHERE subject = 'ada'")][0][0]
        self.assertEqual(self.noted(lambda: browser.sign_in(self.agent), 1),
                         [{"subject": "ada", "action": "sign-in", "object": f"token:{token}", "detail": ""}])
        form_token = browser.form_token()
        self.assertEqual(self.noted(lambda: browser.post("/agent/sign-out", form_token=form_token), 1),
                         [{"subject": "ada", "action": "sign-out", "object": "", "detail": ""}])
        self.assertEqual(self.noted(lambda: browser.post("/agent/sign-in", token="spt_wrong"), 1),
                         [{"subject": "", "action": "refused", "object": "token", "detail": "not valid"}])


class FloodTest(AuditTest):
    def test_refusals_do_not_flood(self):
        browser = self.browser()
        before = len(rows(self.service))
        for _ in range(60):
            browser.post("/agent/sign-in", token="spt_wrong")
        self.noted(lambda: None, 0)
        self.assertLess(len(rows(self.service)) - before, 45)


class ChainTest(AuditTest):
    def test_hashes_as_documented(self):
        for _ in range(3):
            self.noted(lambda: self.other(self.agent).get("/a/solo-operatori"), 1)
        hash = "0" * 64
        for number, row in enumerate(rows(self.service), 1):
            parts = [str(row["number"]), str(row["at_utc_s"]), row["subject"], row["action"], row["object"], row["detail"]]
            hash = hashlib.sha256(hash.encode() + b"".join(b"%d:%s," % (len(p.encode()), p.encode()) for p in parts)).hexdigest()
            self.assertEqual((row["number"], row["hash"]), (number, hash))
        self.assertEqual(self.rows("SELECT number, hash FROM audit_head"), [(number, hash)])

    def test_tables_refuse(self):
        self.noted(lambda: self.other(self.agent).get("/a/solo-operatori"), 1)
        for sql in ("UPDATE audit SET subject = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE number = 1", "DELETE FROM audit_head",
                    "UPDATE audit_head SET number = 0", "INSERT OR REPLACE INTO audit SELECT 1, 1, 'x', 'x', 'x', 'x', 'x'",
                    "INSERT OR REPLACE INTO audit_head VALUES (1, 0, 'x')"):
            with self.assertRaises(sqlite3.IntegrityError, msg=sql), sqlite3.connect(self.service.data / "store.sqlite") as db:
                db.execute(sql)


class StopTest(unittest.TestCase):
    def test_nothing_is_lost_at_a_stop(self):
        with running() as service:
            token = service.token()
            service.write("it/accesso/solo-operatori.md", INTERNAL)
            client = service.client(token)
            self.assertIsNotNone(until(lambda: client.get("/v1/articles/solo-operatori").status == 200, 10))
            for _ in range(200):
                client.get("/v1/articles/solo-operatori")
            service.stop()
            self.assertEqual(sum(row["action"] == "article-read" for row in rows(service)), 201)


class ApiTest(AuditTest):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.admin = cls.service.token("agent-l1", "admin", "capo")

    def test_list(self):
        for _ in range(3):
            self.noted(lambda: self.other(self.agent).get("/a/solo-operatori"), 1)
        admin = self.other(self.admin)
        log = admin.get("/v1/audit").json
        all_rows = rows(self.service)
        self.assertEqual(log["head"], {"number": all_rows[-1]["number"], "hash": all_rows[-1]["hash"]})
        self.assertEqual([e["number"] for e in log["entries"]], [r["number"] for r in reversed(all_rows)])
        self.assertEqual([e["number"] for e in admin.get("/v1/audit?limit=2&before=4").json["entries"]], [3, 2])
        self.assertEqual({e["action"] for e in admin.get("/v1/audit?action=token-add").json["entries"]}, {"token-add"})
        self.assertEqual({e["subject"] for e in admin.get("/v1/audit?subject=ada").json["entries"]}, {"ada"})
        self.assertEqual(admin.get("/v1/audit?to=2020-01-01").json["entries"], [])
        self.assertEqual(admin.get("/v1/audit?from=2020-01-01").json["entries"], log["entries"])
        for query in ("from=x", "to=2026-13-01", "action=nope", "limit=0", "limit=1001", "before=x"):
            self.assertProblem(admin.get("/v1/audit?" + query), 400, "bad-value")
