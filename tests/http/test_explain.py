"""POST /v1/chat with "explain": why it was decided so, for those who write articles or answer people."""
import unittest

from service import ServiceTest

QUESTION = "non ricevo il codice di conferma"
# Only agents read these: an article of theirs, and a block of everybody's article.
SEALED = ("zanzibarino", "quokkarino", "procedura-riservata")
# Slips, so that what was typed is no sealed word itself.
SLIPS = ("il registro zanzibarinno", "registro quokkarrino", "come si usa il registro", "cerca l'operazione nel registro",
         "non trovo la ricevuta del pagamento")


class Explain(ServiceTest):
    @classmethod
    def prepare(cls):
        roles = ("agent", "editor", "manager", "admin", "reader")
        cls.tokens = {role: cls.service.token(role=role, subject=role) for role in roles}
        cls.citizen_editor = cls.service.token(audience="citizen", role="editor", subject="redazione")

    def ask(self, token, message, **more):
        reply = self.other(token).post("/v1/chat", {"message": message, "explain": True, **more})
        self.assertEqual(reply.status, 200, reply.text)
        return reply.json

    def test_who_may(self):
        for role in ("agent", "editor", "manager", "admin"):
            turn = self.ask(self.tokens[role], QUESTION)
            self.assertEqual(turn["explain"]["reason"], turn["reason"], role)
        reply = self.other(self.tokens["reader"]).post("/v1/chat", {"message": QUESTION, "explain": True})
        problem = self.assertProblem(reply, 403, "forbidden", field="explain")
        self.assertIn("editor", problem["detail"])
        reply = self.client.post("/v1/chat", {"message": QUESTION, "explain": True})
        self.assertProblem(reply, 401, "unauthorized", field="explain")
        self.assertIn("Bearer", reply["WWW-Authenticate"])

    def test_nothing_is_recorded_of_a_refusal(self):
        def replies():
            lines = self.client.get("/metrics").text.splitlines()
            return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("sportello_decisions_total"))
        before = replies()
        self.client.post("/v1/chat", {"message": QUESTION, "explain": True})
        self.assertEqual(replies(), before)
        self.client.post("/v1/chat", {"message": QUESTION})
        self.assertEqual(replies(), before + 1)

    def test_without_it_nothing_changes(self):
        for body in ({"message": QUESTION}, {"message": QUESTION, "explain": False}, {"message": QUESTION, "explain": None}):
            for client in (self.client, self.other(self.tokens["agent"])):
                reply = client.post("/v1/chat", body)
                self.assertEqual(reply.status, 200, reply.text)
                self.assertNotIn("explain", reply.json)
        reply = self.client.post("/v1/chat", {"message": "ciao", "explain": "yes"})
        self.assertProblem(reply, 400, "wrong-type", field="explain")

    def test_the_turn_is_the_same_and_goes_on(self):
        plain = self.other(self.tokens["agent"]).post("/v1/chat", {"message": QUESTION}).json
        turn = self.ask(self.tokens["agent"], QUESTION)
        self.assertIs(turn["recorded"], True)
        for member in ("decision", "reason", "confidence", "lang", "category", "reply", "choices", "related"):
            self.assertEqual(turn[member], plain[member])
        more = self.ask(self.tokens["agent"], "grazie", conversation=turn["conversation"])
        self.assertEqual((more["reason"], more["explain"]["cues"]), ("thanks", [{"cue": cue, "words": ["grazie"]} for cue in ("thanks", "closing", "opening", "ending")]))

    def test_as_described(self):
        document = self.client.get("/openapi.json").json
        schema = document["components"]["schemas"]["Explanation"]
        first = self.ask(self.tokens["agent"], "buongiorno, mi esce PAA_PAGAMENTO_DUPLICATO sul pagamentto")
        follow = self.ask(self.tokens["agent"], "e il rimborso?", conversation=first["conversation"])
        for told in (first["explain"], follow["explain"], self.ask(self.tokens["agent"], "???")["explain"]):
            self.check(schema, told, "explain")

    def check(self, schema, value, where):
        if "enum" in schema:
            self.assertIn(value, schema["enum"], where)
        if isinstance(value, list):
            for i, item in enumerate(value):
                self.check(schema["items"], item, f"{where}[{i}]")
        if isinstance(value, dict):
            self.assertLessEqual(set(schema["required"]), set(value), where)
            self.assertLessEqual(set(value), set(schema["properties"]), where)
            for name, item in value.items():
                self.check(schema["properties"][name], item, f"{where}.{name}")

    def test_what_it_tells(self):
        told = self.ask(self.tokens["editor"], "non ricevo piu il codicce di conferma")["explain"]
        words = {word["word"]: word for word in told["words"]}
        self.assertEqual((words["codicce"]["corrected"], words["codicce"]["known"]), ("codice", True))
        first = told["candidates"][0]
        self.assertEqual((first["id"], first["phrasing"]["text"]), ("codice-non-arriva", QUESTION))
        self.assertTrue(0.5 < first["phrasing"]["cosine"] < 1)
        self.assertIn("questions", {word["word"]: word for word in first["words"]}["ricevo"]["places"])
        self.assertTrue(0 < told["threshold"] < 1)
        self.assertEqual((told["precision"], told["vectors"]), (0.9, "absent"))

    def test_in_the_language_asked_for(self):
        agent = self.other(self.tokens["agent"])
        for lang, start in (("it", "Risposta data"), ("en", "Answered")):
            reply = agent.post("/v1/chat?lang=" + lang, {"message": QUESTION, "explain": True})
            self.assertTrue(reply.json["explain"]["why"].startswith(start), reply.text)

    def test_read_after_what_was_shown_before(self):
        first = self.ask(self.tokens["agent"], "mi hanno addebitato due volte")
        self.assertEqual(first["decision"], "answer")
        self.assertNotIn("earlier", first["explain"])
        told = self.ask(self.tokens["agent"], "e il rimborso?", conversation=first["conversation"])["explain"]
        self.assertEqual((told["earlier"], told["searched"]), ("Ho pagato due volte lo stesso avviso", "e il rimborso?"))
        earlier = {word["word"]: word["earlier"] for word in told["words"]}
        self.assertEqual((earlier["rimborso"], earlier["pagato"]), (False, True))

    def test_sealed(self):
        for message in SLIPS:
            turn = self.ask(self.citizen_editor, message)
            for word in SEALED:
                self.assertNotIn(word, str(turn).lower(), message)
        told = " ".join(str(self.ask(self.tokens["agent"], message)) for message in SLIPS)
        for word in SEALED:
            self.assertIn(word, told)

    def test_from_another_sites_page(self):
        """Cross-origin calls go without a token, so no other page can have one."""
        reply = self.client.post("/v1/chat", {"message": QUESTION, "explain": True}, Origin="https://example.org")
        self.assertProblem(reply, 401, "unauthorized")


if __name__ == "__main__":
    unittest.main()
