"""GET /v1/gaps, its patches and its page: who may, whose conversations, and that nothing is written into the knowledge base."""
import csv
import io
import subprocess
import unittest
import urllib.parse

from service import ServiceTest
from test_session import Browser

TICKETLESS = "il tornello della piscina comunale non legge il braccialetto"


class GapsTest(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.tokens = {role: cls.service.token("citizen", role, role) for role in ("editor", "manager", "admin", "agent", "reader")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = cls.service.client()
        for _ in range(3):
            turn = client.post("/v1/chat", {"message": TICKETLESS}).json
            assert turn["decision"] in ("ticket", "none"), turn
        for _ in range(2):
            client.post("/v1/chat", {"message": "passwordd dimenticata"})
        client.post("/v1/chat", {"message": "il mio drago sputafuoco si chiama Ermenegildo"})
        client.close()
        inside = cls.service.client(cls.service.token("agent-l1", "agent", "ada"))
        for _ in range(2):
            inside.post("/v1/chat", {"message": "la ghigliottina sotterranea del magazzino è rotta"})
        inside.close()

    def as_role(self, role):
        return self.other(self.tokens[role])

    def test_topics(self):
        reply = self.as_role("editor").get("/v1/gaps")
        self.assertEqual(reply.status, 200, reply.text)
        topic = next(t for t in reply.json["topics"] if TICKETLESS in t["examples"])
        self.assertEqual((topic["conversations"], topic["audience"], topic["lang"]), (3, "citizen", "it"))
        self.assertIn("piscina", topic["words"])
        self.assertIn("piscina", [w["word"] for w in reply.json["missing_words"]])
        self.assertNotIn("ermenegildo", reply.text.lower())
        self.assertEqual(next(w for w in reply.json["missing_words"] if w["word"] == "passwordd")["known"], "password")

    def test_others_conversations_are_not_there(self):
        self.assertNotIn("ghigliottina", self.as_role("admin").get("/v1/gaps").text)
        inside = self.other(self.service.token("agent-l1", "editor", "interna"))
        self.assertIn("ghigliottina", inside.get("/v1/gaps").text)

    def test_who(self):
        for role, status in (("editor", 200), ("manager", 200), ("admin", 200), ("agent", 403), ("reader", 403)):
            self.assertEqual(self.as_role(role).get("/v1/gaps").status, status, role)
        for role, status in (("editor", 200), ("manager", 403), ("admin", 200), ("agent", 403)):
            self.assertEqual(self.as_role(role).get("/v1/gaps/patch?word=piscina&known=codice&asked_in=it").status, status, role)
        self.assertEqual(self.client.get("/v1/gaps").status, 401)

    def test_bad(self):
        editor = self.as_role("editor")
        for query, field in (("from=ieri", "from"), ("to=2026-02-30", "to"), ("from=2026-02-02&to=2026-02-01", "from")):
            self.assertProblem(editor.get("/v1/gaps?" + query), 400, "bad-value", field=field)
        self.assertEqual(editor.get("/v1/gaps?asked_in=xx").status, 400)
        self.assertEqual(editor.get("/v1/gaps/patch?asked_in=it").status, 400)
        self.assertEqual(editor.get("/v1/gaps/patch?word=a&known=b").status, 400)
        self.assertEqual(editor.get("/v1/gaps/patch?asked_in=it&article=non-ce&question=ciao").status, 404)

    def apply_to_copy(self, patch):
        before = {p: p.read_bytes() for p in self.service.kb.rglob("*") if p.is_file()}
        done = subprocess.run(["patch", "-p1", "--dry-run", "-d", self.service.kb], input=patch.encode(), stdout=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode() + patch)
        self.assertEqual(before, {p: p.read_bytes() for p in self.service.kb.rglob("*") if p.is_file()})

    def test_patches(self):
        editor = self.as_role("editor")
        reply = editor.get("/v1/gaps/patch?word=piscina&known=codice&asked_in=it")
        self.assertEqual((reply.status, reply["Content-Type"]), (200, "text/x-diff; charset=utf-8"))
        self.assertIn("attachment", reply["Content-Disposition"])
        self.assertIn("piscina", reply.text)
        self.apply_to_copy(reply.text)
        reply = editor.get(f"/v1/gaps/patch?asked_in=it&article=password-dimenticata&question=" + urllib.parse.quote(TICKETLESS))
        self.assertEqual(reply.status, 200, reply.text)
        self.assertIn("+", reply.text)
        self.apply_to_copy(reply.text)

    def test_articles_with_text_for_others_have_no_patch(self):
        """A patch shows lines around the change."""
        query = "/v1/gaps/patch?asked_in=it&article=ricevuta&question=" + urllib.parse.quote(TICKETLESS)
        self.assertEqual(self.as_role("editor").get(query).status, 404)
        self.assertEqual(self.other(self.service.token("agent-l1", "editor", "interna2")).get(query).status, 200)

    def test_words_that_cannot_stand_in_yaml(self):
        editor = self.as_role("editor")
        for word in ("a: b", "[x", "x\ny", "#", "a" * 100):
            self.assertIn(editor.get("/v1/gaps/patch?known=codice&asked_in=it&word=" + urllib.parse.quote(word)).status, (400, 409, 422), word)

    def test_managers_stay_in_the_dashboard_and_editors_in_the_console(self):
        for role, inside, outside in (("manager", "/dashboard/topics", "/agent/receipts"), ("editor", "/agent/receipts", "/dashboard/topics")):
            page = self.other(self.tokens[role]).get("/dashboard/gaps").text
            self.assertEqual((f'href="{inside}' in page, f'href="{outside}' in page), (True, False), role)
            self.assertRegex(page, r'href="/dashboard/gaps[^"]*" aria-current="page"')

    def test_chart_and_its_csv(self):
        editor = self.other(self.tokens["editor"])
        topics = editor.get("/v1/gaps").json["topics"]
        page = editor.get("/dashboard/gaps").text
        self.assertRegex(page, r'<section [^>]*id="gaps"')
        self.assertIn("<svg", page)
        reply = editor.get("/dashboard/gaps?format=csv")
        self.assertEqual((reply.status, reply["Content-Type"]), (200, "text/csv; charset=utf-8"))
        rows = list(csv.DictReader(io.StringIO(reply.text)))
        self.assertEqual([(row["topic"], int(row["conversations"]), int(row["lost"])) for row in rows],
                         [(topic["id"], topic["conversations"], topic["lost"]) for topic in topics])
        self.assertTrue(rows)
        self.assertEqual(self.other(self.tokens["reader"]).get("/dashboard/gaps?format=csv").status, 403)

    def test_page(self):
        self.assertEqual(self.client.get("/dashboard/gaps", Accept="text/html").status, 303)
        browser = Browser(self.service)
        browser.sign_in(self.tokens["editor"])
        page = browser.get("/dashboard/gaps?lang=it")
        self.assertEqual(page.status, 200)
        self.assertIn(TICKETLESS, page.text)
        self.assertIn("/v1/gaps/patch?", page.text)
        self.assertNotIn("Ermenegildo", page.text)


if __name__ == "__main__":
    unittest.main()
