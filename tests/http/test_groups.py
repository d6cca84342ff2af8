"""Groups at the desk: whose queue is whose, which of them a filter names, to whom a ticket may be passed, and what partners see."""
import re
import subprocess
import unittest

from service import ServiceTest

GROUPS = """groups:
  primo-livello: {name: {it: Primo livello, en: First level}, level: 1, service: sportello, passes_to: [secondo-livello, archivio]}
  secondo-livello: {name: {it: Secondo livello, en: Second level}, level: 2, service: sportello}
  archivio: {name: {it: Archivio, en: Archive}, level: 2}
  banca: {name: {it: Banca, en: Bank}, level: partner, passes_to: [secondo-livello]}
  vuoto: {name: {it: Vuoto, en: Empty}, level: 2}
  fornitore: {name: {it: Fornitore, en: Supplier}, level: partner, passes_to: []}
fields:
"""


def options(page, name):
    """Values and names of a choice, and the names of the parts that it is in."""
    select = re.search(rf'<select id="{name}".*?</select>', page, re.S).group(0)
    return re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', select), re.findall(r'<optgroup label="([^"]*)">', select)


class Groups(ServiceTest):
    @classmethod
    def prepare(cls):
        config = cls.service.kb / "kb.yaml"
        text = config.read_text(encoding="utf-8")
        text = re.sub(r"groups:\n.*?\nfields:\n", GROUPS, text, count=1, flags=re.S)
        config.write_text(text, encoding="utf-8")
        cls.tokens = {"ada": cls.service.token(), "capo": cls.service.token(role="admin", subject="capo"),
                      "bice": cls.groups_token("bice", "secondo-livello,archivio"), "banca": cls.groups_token("banca", "banca"),
                      "due": cls.groups_token("due", "banca,fornitore"), "altro": cls.service.token(audience="citizen", subject="altro")}

    @classmethod
    def groups_token(cls, subject, groups):
        done = cls.service.command("token", "add", "--data", cls.service.data, "--kb", cls.service.kb, "--audience", "agent-l1", "--role", "agent",
                                   "--subject", subject, "--group", groups)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def setUp(self):
        super().setUp()
        self.who = {who: self.other(token) for who, token in self.tokens.items()}
        self.number = self.open()

    def open(self):
        reply = self.client.post("/v1/tickets", {"category": "accesso", "message": "non entro", "fields": {"email": "a@example.it"}})
        self.assertEqual(reply.status, 201, reply.text)
        return reply.json["number"]

    def ok(self, reply, status=200):
        self.assertEqual(reply.status, status, reply.text)
        return reply.json

    def queue(self, who, query=""):
        return {t["number"]: t["group"] for t in self.ok(self.who[who].get("/v1/queue?per_page=100" + query))["tickets"]}

    def escalate(self, who, group):
        return self.who[who].post(f"/v1/tickets/{self.number}/escalate", {"group": group})

    def to_bank(self):
        self.ok(self.escalate("ada", "secondo-livello"))
        self.ok(self.escalate("bice", "banca"))

    # ---- queues and their filter ----

    def test_whose_queue(self):
        self.assertEqual(set(self.queue("ada").values()), {"primo-livello"})
        self.assertNotIn(self.number, self.queue("bice"))
        self.ok(self.escalate("ada", "archivio"))
        self.assertEqual(self.queue("bice")[self.number], "archivio")
        self.assertNotIn(self.number, self.queue("ada"))
        self.assertIn(self.number, self.queue("ada", "&group=all"))
        self.assertIn(self.number, self.queue("capo"))

    def test_the_filter_names_mine_and_those_with_something_open(self):
        self.to_bank()
        self.open()
        choices, parts = options(self.who["ada"].get("/agent/tickets").text, "q-group")
        self.assertEqual([value for value, _ in choices][:3], ["", "primo-livello", "all"])
        self.assertRegex(dict(choices)["primo-livello"], r"^Primo livello \([1-9]\d*\)$")
        self.assertIn("banca", [value for value, _ in choices][3:])
        self.assertNotIn("vuoto", [value for value, _ in choices], "it has nothing open")
        self.assertEqual(parts, ["Altri gruppi"])
        chosen, _ = options(self.who["ada"].get("/agent/tickets?group=vuoto").text, "q-group")
        self.assertIn(("vuoto", "Vuoto (0)"), chosen, "what is chosen stays")
        mine, _ = options(self.who["bice"].get("/agent/tickets").text, "q-group")
        self.assertEqual([value for value, _ in mine][:4], ["", "secondo-livello", "archivio", "all"])

    # ---- to whom ----

    def test_only_to_those_that_the_configuration_names(self):
        choices, parts = options(self.who["ada"].get(f"/agent/tickets/{self.number}").text, "escalate-group")
        self.assertEqual(([value for value, _ in choices], parts), (["secondo-livello", "archivio"], ["Secondo livello"]))
        refused = self.assertProblem(self.escalate("ada", "banca"), 409, "conflict", field="group")
        self.assertIn("Banca", refused["detail"])
        self.assertProblem(self.who["ada"].patch(f"/v1/tickets/{self.number}", {"group": "banca"}), 409, "conflict", field="group")
        self.ok(self.escalate("ada", "secondo-livello"))
        choices, parts = options(self.who["bice"].get(f"/agent/tickets/{self.number}").text, "escalate-group")
        self.assertEqual(([value for value, _ in choices], parts), (["archivio", "vuoto", "banca", "fornitore"], ["Secondo livello", "Partner"]))
        self.ok(self.escalate("bice", "fornitore"))
        page = self.who["due"].get(f"/agent/tickets/{self.number}").text
        self.assertNotIn('id="escalate-group"', page, "there is nobody to pass it to")
        self.assertIn("rimandala al primo livello", page)

    def test_a_group_that_is_not_there_is_told(self):
        config = self.service.kb / "kb.yaml"
        text = config.read_text(encoding="utf-8")
        copy = self.service.folder / "other"
        subprocess.run(["cp", "-a", self.service.kb, copy], check=True)
        (copy / "kb.yaml").write_text(text.replace("passes_to: [secondo-livello, archivio]", "passes_to: [nessuno]"), encoding="utf-8")
        done = self.service.command("check", "--kb", copy)
        self.assertIn("unknown-group", done.stdout)
        self.assertEqual(done.returncode, 1)

    # ---- partners ----

    def test_a_partner_sees_what_was_passed_to_them_and_nothing_else(self):
        mine, other = self.number, self.open()
        for who in ("banca", "altro"):
            self.assertEqual(self.queue(who, "&group=all"), self.queue(who))
            for path in (f"/v1/tickets/{mine}", f"/v1/tickets/{mine}/history", f"/v1/tickets/{mine}/dossier", f"/v1/tickets/{mine}/suggestions",
                         f"/v1/tickets/{mine}/draft", f"/v1/tickets/{mine}/attachments/{'a' * 26}", f"/agent/tickets/{mine}",
                         f"/agent/tickets/{mine}/suggestions"):
                self.assertEqual(self.who[who].get(path).status, 404, path)
            for path, body in (("take", ""), ("replies", {"text": "x"}), ("escalate", {"group": "secondo-livello"}), ("reveal", {"field": "email"}),
                               ("return", {"article": "codice-non-arriva"})):
                self.assertEqual(self.who[who].post(f"/v1/tickets/{mine}/{path}", body).status, 404, path)
            self.assertEqual(self.who[who].patch(f"/v1/tickets/{mine}", {"state": "solved"}).status, 404)
            self.assertNotIn(f"/agent/tickets/{mine}", self.who[who].get(f"/agent/?ticket={mine}").text)
            self.assertProblem(self.who[who].get("/v1/queue?group=primo-livello"), 400, "bad-value", field="group")
            self.assertProblem(self.who[who].get("/v1/tickets?group=primo-livello"), 400, "bad-value", field="group")
        self.to_bank()
        self.assertEqual(self.queue("banca"), {n: "banca" for n in self.queue("banca")})
        self.assertIn(mine, self.queue("banca"))
        seen = self.ok(self.who["banca"].get(f"/v1/tickets/{mine}"))
        self.assertEqual(seen["group"], "banca")
        self.assertNotIn("same_person", seen)
        listed = self.ok(self.who["banca"].get("/v1/tickets"))["tickets"]
        self.assertIn(mine, [t["number"] for t in listed])
        self.assertNotIn(other, [t["number"] for t in listed])
        self.assertProblem(self.who["due"].get("/v1/tickets"), 400, "bad-value", field="group")
        nothing = self.who["altro"].get("/agent/tickets").text
        self.assertIn("Nessuna richiesta aperta nei tuoi gruppi.", nothing)
        missing = self.who["altro"].get(f"/agent/tickets/{mine}").text
        self.assertIn('href="/agent/tickets"', missing, "the console's own page, with the way back")
        self.assertNotIn('href="/chat"', missing)
        choices, parts = options(self.who["banca"].get("/agent/tickets").text, "q-group")
        self.assertEqual(([value for value, _ in choices], parts), (["", "banca"], []))

    def test_what_a_partner_passes_on_is_gone(self):
        self.to_bank()
        told = self.ok(self.who["banca"].post(f"/v1/tickets/{self.number}/return", {"article": "codice-non-arriva"}))
        self.assertEqual((told["state"], told["group"]), ("returned", "primo-livello"))
        self.assertEqual(self.who["banca"].get(f"/v1/tickets/{self.number}").status, 404)
        self.assertIn(self.number, self.queue("ada"))


if __name__ == "__main__":
    unittest.main()
