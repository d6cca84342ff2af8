"""What a reader may not know of: each place where it showed once, by itself. test_leak.py asks everything."""
import unittest

from service import ServiceTest, article

AWAY = {"X_Forwarded_For": "203.0.113.7"}


def yaml_with(text):
    """The tests' kb.yaml with a group, a field and synonyms that only agents' things have."""
    return (text.replace("group: primo-livello\n    fields: []", "group: gruppo-segreto\n    fields: [campo-segreto, email]")
            .replace("fields:\n  provider:", "fields:\n  campo-segreto:\n    label: {it: Etichetta segreta}\n    why: {it: Perché segreto.}\n    validate: choice\n"
                     "    options: [Uno, Due]\n    max: 40\n    keep: 90d\n  provider:")
            .replace("groups:\n", "groups:\n  gruppo-segreto: {name: {it: Nome segreto}, level: 2, service: sportello}\n"))


class Hidden(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent = cls.service.token()
        cls.service.write("kb.yaml", yaml_with((cls.service.kb / "kb.yaml").read_text(encoding="utf-8"))
                          + "synonyms:\n  it:\n    - [zanzibarino, balalaika]\n    - [rimborso, restituzione]\n")
        cls.service.write("it/accesso/lancio.md", article("lancio", "Il lancio di Mirabolandia", "Si parte.", valid_from="2090-01-01"))
        cls.service.write("it/accesso/in-fondo.md", article("in-fondo", "Un blocco in fondo", "Per tutti.\n\n> [!agent-l1]\n> Solo per operatori."))

    def alike(self, one, other, *words):
        """Two replies that differ in nothing but what was asked."""
        def plain(reply):
            text = reply.text.replace(reply["X-Request-Id"], "")
            for word in words:
                text = text.replace(word, "WORD")
            return reply.status, text
        self.assertEqual(plain(one), plain(other))

    def test_a_category_of_others_is_none(self):
        for path in ("/v1/search?category=", "/v1/articles?category="):
            self.alike(self.client.get(path + "interno"), self.client.get(path + "nessuna"))
            self.assertProblem(self.client.get(path + "interno"), 400, "bad-value", field="category")
            self.assertEqual(self.other(self.agent).get(path + "interno").status, 200)
        said = [self.client.post("/v1/chat", {"message": "la ricevuta", "category": key}) for key in ("interno", "nessuna")]
        self.alike(*said)
        self.assertEqual(said[0].status, 400)
        for path in ("/chat?category=", "/search?q=ricevuta&category="):
            pages = [self.client.get(path + key) for key in ("interno", "nessuna")]
            self.alike(*pages, "interno", "nessuna")

    def test_tickets_know_no_categories_groups_and_fields_of_others(self):
        opened = [self.client.post("/v1/tickets", {"message": "aiuto", "category": key}) for key in ("interno", "nessuna")]
        self.alike(*opened)
        self.assertEqual(opened[0].status, 400)
        for value in ("Uno", "Tre"):
            refused = [self.client.post("/v1/tickets", {"message": "aiuto", "fields": {key: value}}) for key in ("campo-segreto", "campo-nessuno")]
            self.alike(*refused, "campo-segreto", "campo-nessuno")
            self.assertEqual(refused[0].status, 422)
        form = self.client.request("POST", "/ticket", "category=pagamenti&f-email=x&f-campo-segreto=Tre",
                                   {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertNotIn("segret", form.text + form["Location"])
        self.assertNotIn("segret", self.client.get(form["Location"]).text)
        self.assertEqual(self.other(self.agent).post("/v1/tickets", {"message": "x", "category": "interno", "fields": {"campo-segreto": "Uno"}}).json["group"],
                         "gruppo-segreto")

    def test_a_ticket_that_moved_on_names_no_group_of_others(self):
        ticket = self.client.post("/v1/tickets", {"message": "aiuto", "category": "pagamenti"}).json
        own = f"/v1/tickets/{ticket['number']}?secret={ticket['secret']}"
        self.assertEqual(self.client.get(own).json["group_name"], "Secondo livello")
        self.assertEqual(self.other(self.agent).patch(f"/v1/tickets/{ticket['number']}", {"group": "gruppo-segreto"}).status, 200)
        self.assertNotIn("segret", self.client.get(own).text)
        self.assertNotIn("segret", self.client.get(f"/ticket/{ticket['number']}?key={ticket['secret']}").text)

    def test_words_of_another_day_are_no_correction(self):
        found = self.client.get("/v1/search?q=mirabolandiax&lang=it")
        self.assertNotIn("mirabolandia", found.text.replace("mirabolandiax", ""))
        self.assertEqual(self.client.get("/v1/search?q=rimborzo&lang=it").json["corrected"], "rimborso")

    def test_numbers_of_articles_are_not_for_everybody(self):
        state = self.client.get("/readyz", **AWAY).json
        for name in ("articles", "broken_count", "broken", "generation", "published"):
            self.assertNotIn(name, state)
            self.assertIn(name, self.client.get("/readyz").json)
        metrics = self.client.get("/metrics", **AWAY).text
        for name in ("sportello_articles", "sportello_index_generation", "sportello_index_age"):
            self.assertNotIn(name, metrics)
            self.assertIn(name, self.client.get("/metrics").text)
        self.assertIn("sportello_http_requests_total", metrics)

    def test_a_block_at_the_end_leaves_no_trace(self):
        markdown = self.client.get("/v1/articles/in-fondo?lang=it").json["markdown"]
        self.assertTrue(markdown.endswith("Per tutti.\n"), repr(markdown))

    def test_synonyms_of_others_are_in_no_file(self):
        held = {audience: self.words_of(audience) for audience in ("citizen", "agent-l1")}
        self.assertNotIn(b"balalaic", held["citizen"])
        self.assertIn(b"restitu", held["citizen"])
        self.assertIn(b"balala", held["agent-l1"])
        self.assertNotIn(b"balala", held["citizen"])

    def words_of(self, audience):
        folder = next(self.service.data.glob(f"index/g-*/{audience}/words"))
        return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


class Tickets(ServiceTest):
    @classmethod
    def prepare(cls):
        text = (cls.service.kb / "kb.yaml").read_text(encoding="utf-8")
        cls.service.write("kb.yaml", text.replace("services:\n", "  agent-l2:\n    name: {it: Esperti}\n    reads: [citizen, agent-l1]\nservices:\n", 1))
        cls.service.write("it/interno/per-esperti.md", article("per-esperti", "Per esperti", "Procedura.", "interno", "agent-l2"))
        cls.level_1, cls.level_2 = cls.service.token(), cls.service.token("agent-l2")

    def test_an_article_that_only_others_may_read_is_not_named(self):
        number = self.client.post("/v1/tickets", {"message": "aiuto"}).json["number"]
        expert, agent = self.other(self.level_2), self.other(self.level_1)
        linked = expert.patch(f"/v1/tickets/{number}", {"article": "per-esperti"})
        self.assertEqual((linked.status, linked.json.get("article")), (200, "per-esperti"), linked.text)
        for path in (f"/v1/tickets/{number}", "/v1/tickets"):
            self.assertIn("per-esperti", expert.get(path).text)
            self.assertNotIn("per-esperti", agent.get(path).text)


if __name__ == "__main__":
    unittest.main()
