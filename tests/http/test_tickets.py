"""/v1/tickets: opening, seeing, listing, changing."""
import json
import unittest
import uuid

from service import ServiceTest, until

IBAN = "IT60X0542811101000000123456"


class Tickets(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent_token = cls.service.token()
        cls.manager_token = cls.service.token(role="manager", subject="capo")

    def setUp(self):
        super().setUp()
        self.agent = self.other(self.agent_token)

    def open(self, **body):
        reply = self.client.post("/v1/tickets", body)
        self.assertEqual(reply.status, 201, reply.text)
        return reply.json

    # ---- opening ----

    def test_open(self):
        reply = self.client.post("/v1/tickets", {"category": "pagamenti", "message": "Aiuto, scrivimi a ada@example.com",
                                                 "fields": {"iban": "it60 x054 2811 1010 0000 0123 456", "email": " "}})
        self.assertEqual(reply.status, 201, reply.text)
        opened = reply.json
        self.assertEqual(reply["Location"], f"/v1/tickets/{opened['number']}")
        self.assertRegex(opened["secret"], "^[A-Za-z0-9]{26}$")
        self.assertEqual((opened["state"], opened["category"], opened["group"], opened["group_name"]),
                         ("new", "pagamenti", "secondo-livello", "Secondo livello"))
        self.assertRegex(opened["created"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertIn(str(opened["number"]), opened["message"])
        self.assertIn(opened["when"], opened["message"])
        ticket = self.agent.get(f"/v1/tickets/{opened['number']}").json
        # The fields keep what they ask for; free text is masked.
        self.assertEqual(ticket["fields"], {"iban": IBAN})
        self.assertEqual(ticket["message"], "Aiuto, scrivimi a <email>")
        self.assertEqual((ticket["level"], ticket["channel"], ticket["audience"], ticket["revision"]), (2, "web", "citizen", 1))

    def test_open_with_nothing(self):
        opened = self.open()
        self.assertEqual(opened["state"], "new")

    def test_open_from_a_conversation(self):
        chat = self.client.post("/v1/chat", {"message": "mi hanno addebitato due volte"}).json
        opened = self.open(conversation=chat["conversation"])
        self.assertEqual((opened["category"], opened["conversation"]), ("pagamenti", chat["conversation"]))
        ticket = self.agent.get(f"/v1/tickets/{opened['number']}").json
        self.assertEqual((ticket["article"], ticket["message"]), ("pagamento-doppio", "mi hanno addebitato due volte"))

    def test_after_an_answer_that_did_not_help_it_says_what_was_asked(self):
        chat = self.client.post("/v1/chat", {"message": "mi hanno addebitato due volte"}).json["conversation"]
        self.client.post("/v1/chat", {"message": "Non ho risolto", "conversation": chat})
        self.client.post("/v1/chat", {"message": "voglio un operatore", "conversation": chat})
        number = self.open(conversation=chat)["number"]
        self.assertEqual(self.agent.get(f"/v1/tickets/{number}").json["message"], "mi hanno addebitato due volte")

    def test_language_of_the_texts(self):
        self.assertIn("Your request is number", self.open(lang="en")["message"])
        self.assertIn("La tua segnalazione", self.open(lang="it")["message"])

    def test_wrong_fields(self):
        reply = self.client.post("/v1/tickets", {"category": "pagamenti", "lang": "en",
                                                 "fields": {"iban": "IT00", "email": "no", "colour": "red", "provider": "Uno"}})
        problem = self.assertProblem(reply, 422, "invalid-fields")
        self.assertEqual(sorted(error["field"] for error in problem["errors"]), ["colour", "email", "iban"])
        self.assertTrue(all(error["message"] and not error["message"].startswith("field.") for error in problem["errors"]))
        italian = self.client.post("/v1/tickets", {"lang": "it", "fields": {"iban": "IT00"}}).json["errors"][0]["message"]
        english = self.client.post("/v1/tickets", {"lang": "en", "fields": {"iban": "IT00"}}).json["errors"][0]["message"]
        self.assertNotEqual(italian, english)

    def test_fields_are_checked_as_they_are_typed(self):
        before = self.open()["number"]
        self.assertEqual(self.client.post("/v1/tickets?check=1", {"fields": {"email": "prova@example.com"}}).status, 204)
        problem = self.assertProblem(self.client.post("/v1/tickets?check=1", {"lang": "it", "fields": {"iban": "IT00"}}), 422, "invalid-fields")
        self.assertEqual([error["field"] for error in problem["errors"]], ["iban"])
        self.assertEqual(self.open()["number"], before + 1, "nothing is stored")

    def test_bad_bodies(self):
        for body, kind, field in (({"fields": []}, "wrong-type", "fields"), ({"fields": {"iban": 5}}, "wrong-type", "fields.iban"),
                                  ({"category": "nessuna"}, "bad-value", "category"), ({"channel": "?"}, "bad-value", "channel"),
                                  ({"lang": "fr"}, "unknown-language", "lang"), ({"filds": {}}, "unknown-member", "filds"),
                                  ({"message": "x" * 2001}, "message-too-long", "message")):
            self.assertProblem(self.client.post("/v1/tickets", body), 400, kind, field=field)
        self.assertProblem(self.client.post("/v1/tickets", {"conversation": "c" * 26}), 404, "not-found", field="conversation")

    # ---- idempotency ----

    def test_a_repeated_request_makes_no_second_ticket(self):
        key, body = str(uuid.uuid4()), {"category": "accesso", "message": "una volta"}
        first = self.client.post("/v1/tickets", body, Idempotency_Key=key)
        second = self.client.post("/v1/tickets", body, Idempotency_Key=key)
        self.assertEqual((first.status, second.status), (201, 200))
        self.assertEqual(first.json, second.json)
        self.assertEqual((first["Idempotency-Replayed"], second["Idempotency-Replayed"]), (None, "true"))
        self.assertEqual(first["Location"], second["Location"])

    def test_a_ticket_of_the_same_person_is_told_to_agents_alone(self):
        first = self.open(category="accesso", fields={"email": "doppia@example.com"})
        second = self.other().post("/v1/tickets", {"category": "accesso", "fields": {"email": "Doppia@example.com"}})
        self.assertEqual(second.status, 201)
        self.assertNotIn("earlier", second.json)  # whoever typed the address need not be its owner
        self.assertNotRegex(second.text, rf"\b{first['number']}\b")
        number, secret = second.json["number"], second.json["secret"]
        for reply in (self.client.get(f"/v1/tickets/{number}?secret={secret}"), self.client.get(f"/ticket/{number}?key={secret}")):
            self.assertEqual(reply.status, 200)
            self.assertNotRegex(reply.text, rf"\b{first['number']}\b")
        self.assertEqual(self.agent.get(f"/v1/tickets/{number}").json["duplicates"], [first["number"]])

    def test_an_open_ticket_is_told_in_its_conversation_alone_and_without_its_secret(self):
        conversation = self.client.post("/v1/chat", {"message": "aiuto"}).json["conversation"]
        first = self.open(category="accesso", conversation=conversation, message="prima")
        again = self.client.post("/v1/tickets", {"category": "accesso", "conversation": conversation, "message": "seconda"})
        self.assertEqual(again.json["earlier"], first["number"])
        another = self.client.post("/v1/chat", {"message": "aiuto"}).json["conversation"]
        others = self.client.post("/v1/tickets", {"category": "accesso", "conversation": another, "message": "terza"})
        self.assertNotIn("earlier", others.json)
        pages = [self.client.get(f"/chat/{conversation}"), self.client.get(f"/chat/{another}"),
                 self.client.get(f"/ticket/{again.json['number']}?key={again.json['secret']}")]
        for reply in (again, others, *pages):
            self.assertLess(reply.status, 300)
            self.assertNotIn(first["secret"], reply.text)

    def test_a_key_with_another_body(self):
        key = str(uuid.uuid4())
        self.assertEqual(self.client.post("/v1/tickets", {"message": "a"}, Idempotency_Key=key).status, 201)
        self.assertProblem(self.client.post("/v1/tickets", {"message": "b"}, Idempotency_Key=key), 422, "idempotency-key-reused")

    def test_keys_are_each_callers_own(self):
        key, body = str(uuid.uuid4()), {"message": "mia"}
        citizen = self.client.post("/v1/tickets", body, Idempotency_Key=key)
        agent = self.agent.post("/v1/tickets", body, Idempotency_Key=key)
        self.assertEqual((citizen.status, agent.status), (201, 201))
        self.assertNotEqual(citizen.json["number"], agent.json["number"])

    def test_bad_keys(self):
        for key in ("", "x" * 129, "a b"):
            self.assertProblem(self.client.post("/v1/tickets", {}, Idempotency_Key=key), 400, "bad-value", field="Idempotency-Key")

    # ---- seeing ----

    def test_a_citizen_sees_the_state_with_the_secret_only(self):
        opened = self.open(category="accesso", message="segreto")
        path = f"/v1/tickets/{opened['number']}"
        for reply in (self.client.get(path + "?secret=" + opened["secret"]), self.client.get(path, X_Ticket_Secret=opened["secret"])):
            self.assertEqual(reply.status, 200)
            self.assertEqual(set(reply.json), {"number", "state", "created", "updated", "category", "group_name"})
        missing = self.assertProblem(self.client.get("/v1/tickets/999999"), 404, "not-found")
        for reply in (self.client.get(path), self.client.get(path + "?secret="), self.client.get(path + "?secret=" + "a" * 26),
                      self.client.get("/v1/tickets/x"), self.client.get("/v1/tickets/0"), self.client.get("/v1/tickets/-1"),
                      self.other(self.manager_token).get(path)):
            problem = self.assertProblem(reply, 404, "not-found")
            self.assertEqual({**problem, "instance": 0}, {**missing, "instance": 0})

    # ---- listing ----

    def test_list(self):
        numbers = [self.open(category="accesso")["number"] for _ in range(3)]
        page = self.agent.get("/v1/tickets?category=accesso&limit=2").json
        self.assertEqual([ticket["number"] for ticket in page["tickets"]], [numbers[2], numbers[1]])
        self.assertEqual(page["next_before"], numbers[1])
        page = self.agent.get(f"/v1/tickets?category=accesso&limit=1&before={numbers[1]}").json
        self.assertEqual([ticket["number"] for ticket in page["tickets"]], [numbers[0]])
        self.assertEqual(self.agent.get("/v1/tickets?state=closed&group=primo-livello").status, 200)
        self.assertEqual(self.agent.get("/v1/tickets?state=&group=&category=&limit=&before=").json, self.agent.get("/v1/tickets").json)

    def test_list_is_for_agents(self):
        reply = self.client.get("/v1/tickets")
        self.assertProblem(reply, 401, "unauthorized")
        self.assertTrue(reply["WWW-Authenticate"].startswith("Bearer"))
        self.assertProblem(self.other(self.manager_token).get("/v1/tickets"), 403, "forbidden")

    def test_list_bad_filters(self):
        for query, field in (("state=open", "state"), ("group=x", "group"), ("category=x", "category"), ("limit=0", "limit"),
                             ("limit=101", "limit"), ("before=x", "before")):
            self.assertProblem(self.agent.get("/v1/tickets?" + query), 400, "bad-value", field=field)

    # ---- changing ----

    def test_change(self):
        number = self.open(category="accesso")["number"]
        path = f"/v1/tickets/{number}"
        tag = self.agent.get(path)["ETag"]
        self.assertEqual(tag, '"r1"')
        reply = self.agent.patch(path, {"state": "assigned", "assignee": "ada", "note": "chiamato", "article": "ricevuta"}, If_Match=tag)
        self.assertEqual((reply.status, reply["ETag"]), (200, '"r2"'), reply.text)
        ticket = reply.json
        self.assertEqual((ticket["state"], ticket["assignee"], ticket["note"], ticket["article"], ticket["revision"]),
                         ("assigned", "ada", "chiamato", "ricevuta", 2))
        self.assertEqual(self.agent.get(path).json, ticket)
        escalated = self.agent.patch(path, {"state": "escalated", "group": "secondo-livello"}).json
        self.assertEqual((escalated["state"], escalated["group"], escalated["level"]), ("escalated", "secondo-livello", 2))

    def test_a_note_is_not_for_the_citizen(self):
        opened = self.open()
        path = f"/v1/tickets/{opened['number']}"
        self.agent.patch(path, {"note": "da tenere riservato"})
        self.assertNotIn("riservato", self.client.get(path + "?secret=" + opened["secret"]).text)

    def test_somebody_else_was_faster(self):
        path = f"/v1/tickets/{self.open()['number']}"
        self.assertEqual(self.agent.patch(path, {"assignee": "bea"}, If_Match='"r1"').status, 200)
        reply = self.agent.patch(path, {"assignee": "ada"}, If_Match='"r1"')
        self.assertProblem(reply, 412, "precondition-failed")
        self.assertEqual(reply["ETag"], '"r2"')
        self.assertEqual(self.agent.patch(path, {"assignee": "ada"}, If_Match='W/"r2"').status, 200)
        self.assertEqual(self.agent.patch(path, {"assignee": "eva"}, If_Match="*").status, 200)
        self.assertProblem(self.agent.patch(path, {"assignee": "ada"}, If_Match="nonsense"), 412, "precondition-failed")

    def test_only_allowed_moves(self):
        path = f"/v1/tickets/{self.open()['number']}"
        problem = self.assertProblem(self.agent.patch(path, {"state": "reopened"}), 409, "conflict", field="state", state="new")
        self.assertIn("assigned", problem["allowed"])
        self.assertNotIn("reopened", problem["allowed"])

    def test_bad_changes(self):
        path = f"/v1/tickets/{self.open()['number']}"
        for body, kind, field in (({"state": "open"}, "bad-value", "state"), ({"group": "x"}, "bad-value", "group"),
                                  ({"article": "x"}, "bad-value", "article"), ({"sate": "closed"}, "unknown-member", "sate"),
                                  ({"note": "x" * 4001}, "bad-value", "note"), ({"state": 1}, "wrong-type", "state")):
            self.assertProblem(self.agent.patch(path, body), 400, kind, field=field)
        self.assertProblem(self.agent.patch(path, {}), 400, "missing-member")
        self.assertProblem(self.agent.patch("/v1/tickets/999999", {"state": "assigned"}), 404, "not-found")
        self.assertProblem(self.client.patch(path, {"state": "assigned"}), 401, "unauthorized")
        self.assertProblem(self.other(self.manager_token).patch(path, {"state": "assigned"}), 403, "forbidden")
        self.assertEqual(self.agent.get(path).json["revision"], 1)


class Followed(ServiceTest):
    @classmethod
    def prepare(cls):
        path = cls.service.kb / "kb.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("audiences:\n", "audiences:\n  creditor: {name: {it: Enti, en: Bodies}, reads: [citizen]}\n"), encoding="utf-8")

    def test_a_token_follows_the_tickets_that_it_opened(self):
        """Creditor entities, providers and partners follow theirs by their token: what the person who has the secret sees, and no others'."""
        own = self.other(self.service.token(audience="creditor", role="reader", subject="ente-uno"))
        other = self.other(self.service.token(audience="creditor", role="reader", subject="ente-due"))
        same_name = self.other(self.service.token(audience="citizen", role="reader", subject="ente-uno"))
        called_citizen = self.other(self.service.token(audience="citizen", role="reader", subject="citizen"))
        manager = self.other(self.service.token(role="manager", subject="capo"))
        opened = own.post("/v1/tickets", {"category": "pagamenti", "message": "Il flusso non arriva"}).json
        path = f"/v1/tickets/{opened['number']}"
        seen = own.get(path)
        self.assertEqual(seen.status, 200, seen.text)
        self.assertEqual(seen.json, self.client.get(path + "?secret=" + opened["secret"]).json)
        self.assertNotIn("secret", seen.json)
        self.assertEqual(own.post(path + "/replies", {"text": "Ora arriva."}).status, 200)
        self.assertEqual(own.get(path).json["messages"][-1]["text"], "Ora arriva.")
        for client in (other, same_name, called_citizen, self.client, manager):
            for reply in (client.get(path), client.post(path + "/replies", {"text": "Non mio."}), client.get(path + "/attachments/1")):
                self.assertIn(reply.status, (401, 403, 404), reply.text)
        self.assertEqual(own.get(path + "/history").status, 403)
        self.assertEqual(own.get("/v1/tickets").status, 403)
        # What nobody's token opened is nobody's by a token.
        of_citizen = self.client.post("/v1/tickets", {"category": "pagamenti", "message": "Aiuto"}).json["number"]
        for client in (own, called_citizen, same_name):
            self.assertProblem(client.get(f"/v1/tickets/{of_citizen}"), 404, "not-found")
        # Another token of the same name and audience is the same caller: tokens are replaced.
        again = self.other(self.service.token(audience="creditor", role="reader", subject="ente-uno"))
        self.assertEqual(again.get(path).status, 200)

    def test_a_revoked_token_follows_nothing(self):
        secret = self.service.token(audience="creditor", role="reader", subject="ente-tre")
        own = self.other(secret)
        opened = own.post("/v1/tickets", {"category": "pagamenti", "message": "Il flusso non arriva"}).json
        path = f"/v1/tickets/{opened['number']}"
        self.assertEqual(own.get(path).status, 200)
        listed = json.loads(self.service.command("token", "list", "--data", self.service.data, "--json").stdout)
        number = next(token["id"] for token in listed if token["subject"] == "ente-tre")
        self.assertEqual(self.service.command("token", "revoke", "--data", self.service.data, "--id", str(number)).returncode, 0)
        self.assertIsNotNone(until(lambda: own.get(path).status == 401 or None, 5))
        self.assertProblem(own.post(path + "/replies", {"text": "Ancora io."}), 401, "unauthorized")


if __name__ == "__main__":
    unittest.main()
