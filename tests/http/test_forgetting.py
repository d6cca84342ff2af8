"""What people wrote is gone when its time is over or somebody asks: looked for in every byte of the data folder."""
import json
import sqlite3
import time
import unittest

import files
from connected import Connected
from service import Service, ServiceTest, running, until

DAY_S = 86400
EMAIL, CODE, PHONE, IBAN = "Zelinda.Quokka@esempio.it", "RSSMRA85T10A562S", "+39 333 7654321", "IT60X0542811101000000123456"
# Personal data that no byte of the folder, the log or the figures may ever hold when typed in the chat.
MASKED = ("RSSMRA85T10A562S", "IT60X0542811101000000123456", "4111111111111111", "333 7654321", "3337654321", "zelinda.quokka@esempio.it",
          "301000000000000012", "RF18539007547034")
TALKED = ("Il mio codice fiscale è RSSMRA85T10A562S e zibibbo", "bonifico su IT60 X054 2811 1010 0000 0123 456", "carta 4111 1111 1111 1111",
          "chiamami al +39 333 7654321", "scrivimi a Zelinda.Quokka@esempio.it", "avviso 301000000000000012", "lo iuv è RF18539007547034")
# Words that are nowhere else: one for each place where a text may land.
WORDS = {"message in the chat": "zufolamento", "comment": "zampirone", "message of the ticket": "zuzzurellone", "note": "zazzeruto",
         "assignee": "zimbellando", "comment from the other system": "zoccolaio", "author there": "Zefferina", "name of a file": "zeppelin",
         "reply of an agent": "zefirante", "answer on the page": "zagaglia", "dossier": "zibellino", "return": "zimarra",
         "flag": "zoosafari", "answer to a flag": "zigolando", "cause of a failure": "zodiacale", "what was deleted and not overwritten": "zavorrare"}


def bytes_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found(folder, words):
    """Where which words are, in upper and lower case, as UTF-8 and as UTF-16."""
    hits = []
    for path, data in bytes_of(folder).items():
        low = data.lower()
        for word in words:
            for form in (word.lower().encode(), word.lower().encode("utf-16-le")):
                if form in low:
                    hits.append((path.name, word))
    return hits


def store(data):
    return sqlite3.connect(data / "store.sqlite")


def age(data, days):
    """As if all of it had happened so long ago. The service must not run."""
    connection = store(data)
    for table, column in (("conversations", "began_utc_s"), ("conversations", "last_utc_s"), ("turns", "at_utc_s"), ("feedback", "at_utc_s"),
                          ("tickets", "created_utc_s"), ("tickets", "updated_utc_s"), ("ticket_history", "at_utc_s"), ("ticket_comments", "at_utc_s"),
                          ("attachments", "at_utc_s"), ("walks", "at_utc_s")):
        connection.execute(f"UPDATE {table} SET {column} = {column} - ?", (days * DAY_S,))
    connection.commit()
    connection.close()


def set_up(service, text):
    path = service.kb / "kb.yaml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def figures(service):
    """What report says, but for the moment of it."""
    told = []
    for by in ("category", "channel", "lang", "article"):
        done = service.command("report", "--data", service.data, "--by", by, "--from", "2020-01-01", "--json")
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
    return told


class Masking(ServiceTest):
    def test_the_chat_keeps_no_personal_data(self):
        talk = None
        for message in TALKED:
            body = {"message": message, **({"conversation": talk} if talk else {})}
            reply = self.client.post("/v1/chat", body)
            self.assertEqual(reply.status, 200, reply.text)
            talk = reply.json["conversation"]
        self.client.post(f"/v1/chat/{talk}/feedback", {"solved": False, "comment": TALKED[0] + TALKED[4]})
        self.assertEqual(self.client.post("/v1/tickets", {"conversation": talk, "message": " ".join(TALKED)}).status, 201)
        self.client.get("/search?q=RSSMRA85T10A562S")
        self.client.get("/v1/search?q=zelinda.quokka@esempio.it")
        metrics = self.client.get("/metrics").text
        # The search works: a word beside them is found.
        self.assertTrue(found(self.service.data, ["zibibbo"]))
        wanted = list(MASKED) + ["0542 811", "4111 1111", "054 2811"]
        self.assertEqual(found(self.service.data, wanted), [])
        self.assertEqual([w for w in wanted if w.lower() in metrics.lower() + self.service.log.read_text(encoding="utf-8").lower()], [])


class Everywhere(unittest.TestCase):
    """A person's words in every place where they may land; the same folder for retention and for deletion on request."""

    def fill(self, desk):
        desk.other.export_delay_s = 0
        client = desk.service.client()
        self.addCleanup(client.close)
        talk = client.post("/v1/chat", {"message": f"{WORDS['message in the chat']} mi hanno addebitato due volte"}).json["conversation"]
        for i in range(40):  # pages of the database are split, and moved rows leave copies
            client.post("/v1/chat", {"message": f"{WORDS['message in the chat']} {i} " + "parola " * 60, "conversation": talk})
        client.post(f"/v1/chat/{talk}/feedback", {"solved": False, "comment": WORDS["comment"]})
        opened = desk.open(WORDS["message of the ticket"], conversation=talk, category="pagamenti", fields={"email": EMAIL, "iban": IBAN})
        number = opened["number"]
        desk.change(number, note=f"{WORDS['note']} richiamare {PHONE}", assignee=WORDS["assignee"])
        self.talk_about(desk, client, number, opened["secret"])
        desk.until_empty()
        sent = client.request("POST", f"/v1/tickets/{number}/attachments", files.png(extra=b""),
                              {"X-Ticket-Secret": opened["secret"], "Content-Type": "image/png",
                               "Content-Disposition": f"attachment; filename={WORDS['name of a file']}.png"})
        self.assertEqual(sent.status, 201, sent.text)
        desk.until_empty()
        record = desk.other.records[0]
        record["_comments"].append({"id": 900, "author_id": 9, "body": f"{WORDS['comment from the other system']} {EMAIL}", "public": True,
                                    "created_at": "2026-11-25T10:00:00Z"})
        record.update({"status": "pending", "_updated": time.time(), "updated_at": "2030-01-01T00:00:01Z"})
        self.assertIsNotNone(until(lambda: desk.ticket(number).get("comments"), 20))
        return number, opened["secret"], talk

    def talk_about(self, desk, client, number, secret):
        """What agents and the person say on the ticket's page, and to whom it goes on."""
        agent, editor = desk.service.client(desk.token), desk.service.client(desk.service.token(role="editor", subject="ed"))
        told = [agent.post(f"/v1/tickets/{number}/replies", {"text": f"Prova con lo {WORDS['reply of an agent']}, {EMAIL}."}),
                client.request("POST", f"/ticket/{number}", f"key={secret}&text={WORDS['answer on the page']}",
                               {"Content-Type": "application/x-www-form-urlencoded"}),
                agent.post(f"/v1/tickets/{number}/return", {"article": "ricevuta", "text": WORDS["return"]}),
                agent.post(f"/v1/tickets/{number}/escalate", {"group": "secondo-livello", "dossier": f"Ha provato lo {WORDS['dossier']}."}),
                agent.post("/v1/flags", {"article": "ricevuta", "reason": "wrong", "text": WORDS["flag"], "ticket": number})]
        told.append(editor.request("PATCH", f"/v1/flags/{told[-1].json.get('id')}", {"status": "done", "answer": WORDS["answer to a flag"]}))
        self.assertEqual([r.status for r in told], [200, 303, 200, 200, 201, 200], [r.text for r in told])
        agent.close()
        editor.close()

    def fill_rest(self, desk, number):
        """Where a test has no other way: what a failed attempt said. The service does not run."""
        connection = store(desk.service.data)
        connection.execute("INSERT INTO outbox (connector, ticket, revision, dead, made_utc_s, cause) SELECT 'zendesk', ?, 99, 1, 0, ?",
                           (number, WORDS["cause of a failure"]))
        connection.execute("UPDATE ticket_comments SET author = ?", (WORDS["author there"],))
        # As a copy that a split page keeps, or a version of the program that did not overwrite.
        connection.execute("PRAGMA secure_delete = OFF")
        for i in range(50):
            connection.execute("INSERT INTO ticket_values VALUES (?, ?, 'x', ?)", (number, 100 + i, WORDS["what was deleted and not overwritten"] * 20))
        connection.execute("DELETE FROM ticket_values WHERE position >= 100")
        connection.commit()
        connection.close()

    def all_words(self):
        return [*WORDS.values(), EMAIL, EMAIL.split("@", 1)[0], IBAN, "7654321"]

    def check_nothing_left(self, desk, number, secret, before):
        data = desk.service.data
        self.assertEqual(found(data, self.all_words()), [])
        png = files.png()
        self.assertEqual([path.name for path, content in bytes_of(data).items() if png in content], [])
        client = desk.service.client()
        self.addCleanup(client.close)
        self.assertEqual(client.get(f"/v1/tickets/{number}", X_Ticket_Secret=secret).status, 404)
        shell = desk.ticket(number)
        self.assertEqual((shell["number"], shell["category"], shell["state"], shell["fields"]), (number, "pagamenti", "waiting", {}))
        self.assertTrue(shell["forgotten"])
        self.assertFalse({"message", "note", "assignee", "comments", "attachments", "duplicates"} & set(shell))
        self.assertEqual(figures(desk.service), before)

    def test_when_its_time_is_over(self):
        with Connected("zendesk") as desk:
            set_up(desk.service, "retention: {conversations: 90d, tickets: 300d}\n")
            number, secret, _ = self.fill(desk)
            desk.service.stop()
            self.fill_rest(desk, number)
            words = self.all_words()
            hits = {word for _, word in found(desk.service.data, words)}
            self.assertEqual(hits, set(words), "each must be there before")
            age(desk.service.data, 400)
            before = figures(desk.service)
            desk.service.start()
            self.assertIsNotNone(until(lambda: not found(desk.service.data, words), 15, 0.2), found(desk.service.data, words))
            self.check_nothing_left(desk, number, secret, before)
            self.assertTrue([line for line in desk.service.log_lines() if line.get("forgotten", {}).get("tickets") == 1])
            # What the other system still holds does not come back.
            record = desk.other.records[0]
            record.update({"_updated": time.time(), "updated_at": "2030-01-01T00:00:09Z"})
            time.sleep(2.5)
            self.assertEqual(found(desk.service.data, words), [])

    def test_on_request_beside_the_service(self):
        with Connected("zendesk") as desk:
            number, secret, _ = self.fill(desk)
            desk.service.stop()
            self.fill_rest(desk, number)
            before = figures(desk.service)
            desk.service.start()
            words = self.all_words()
            self.assertEqual({word for _, word in found(desk.service.data, words)}, set(words))
            done = desk.service.command("forget", "--data", desk.service.data, "--person", EMAIL.upper(), "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            told = json.loads(done.stdout)
            self.assertEqual((told["tickets"], told["bytes_gone"]), ([number], True))
            self.assertEqual([line.split("\t")[:2] for line in told["remote"]], [[str(number), "zendesk"]])
            counts = told["forgotten"]
            self.assertEqual((counts["tickets"], counts["conversations"], counts["questions"], counts["feedback_comments"], counts["field_values"],
                              counts["attachments"], counts["remote_comments"], counts["outbox_entries"]), (1, 1, 41, 1, 2, 1, 1, 1))
            self.check_nothing_left(desk, number, secret, before)
            again = desk.service.command("forget", "--data", desk.service.data, "--person", EMAIL)
            self.assertEqual(again.returncode, 1, again.stdout)

    def test_a_ticket_by_a_call(self):
        with Connected("zendesk") as desk:
            number, secret, _ = self.fill(desk)
            desk.service.stop()
            self.fill_rest(desk, number)
            before = figures(desk.service)
            admin = desk.service.token(role="admin", subject="capo")
            desk.service.start()
            client = desk.service.client(admin)
            self.addCleanup(client.close)
            reply = client.request("DELETE", f"/v1/tickets/{number}")
            self.assertEqual(reply.status, 200, reply.text)
            self.assertEqual((reply.json["tickets"], reply.json["bytes_gone"], reply.json["remote"][0]["connector"]), ([number], True, "zendesk"))
            self.check_nothing_left(desk, number, secret, before)


class Vectors(unittest.TestCase):
    """Questions that were encoded: their vectors and tokens go as well."""

    @staticmethod
    def service():
        service = Service("--encoder", "e5")
        listing = Service.arguments

        def arguments(listen):
            words = [str(word) for word in listing(service, listen)]
            at = words.index("none")
            return words[:at - 1] + words[at + 1:]
        service.arguments = arguments
        return service

    def remembered(self, service):
        path = service.data / "remembered-questions"
        return path.stat().st_size if path.exists() else 0

    def ask(self, service):
        client = service.client()
        talk = client.post("/v1/chat", {"message": "Il cane zoppicante ha mangiato la mia tessera, che faccio adesso?"}).json["conversation"]
        client.close()
        return talk

    def test_they_are_emptied(self):
        service = self.service()
        try:
            try:
                service.start()
            except AssertionError as why:
                raise unittest.SkipTest(f"this build has no e5: {why}")
            talk = self.ask(service)
            service.stop()
            with_question = self.remembered(service)
            if not with_question:
                self.skipTest("nothing is encoded in this build")
            done = service.command("forget", "--data", service.data, "--conversation", talk)
            self.assertEqual((done.returncode, self.remembered(service)), (0, 0), done.stderr)
            # Beside a service that has them in memory.
            service.start()
            talk = self.ask(service)
            self.assertEqual(service.command("forget", "--data", service.data, "--conversation", talk).returncode, 0)
            self.assertIsNotNone(until(lambda: 0 < self.remembered(service) < with_question, 25, 0.2))
            service.stop()
            self.assertLess(self.remembered(service), with_question)
        finally:
            service.remove()


class OnRequest(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent_token = cls.service.token()
        cls.admin_token = cls.service.token(role="admin", subject="capo")
        cls.manager_token = cls.service.token(role="manager", subject="mario")

    def setUp(self):
        super().setUp()
        self.agent, self.admin = self.other(self.agent_token), self.other(self.admin_token)

    def open(self, **body):
        reply = self.client.post("/v1/tickets", body)
        self.assertEqual(reply.status, 201, reply.text)
        return reply.json

    def test_only_who_administers_may(self):
        number = self.open()["number"]
        for client, status, kind in ((self.client, 401, "unauthorized"), (self.agent, 403, "forbidden"), (self.other(self.manager_token), 403, "forbidden")):
            self.assertProblem(client.request("DELETE", f"/v1/tickets/{number}"), status, kind)
            self.assertProblem(client.post("/v1/forget", {"person": EMAIL}), status, kind)
        self.assertProblem(self.admin.request("DELETE", "/v1/tickets/999999"), 404, "not-found")
        self.assertProblem(self.admin.post("/v1/forget", {}), 400, "missing-member")
        self.assertProblem(self.admin.post("/v1/forget", {"person": EMAIL, "conversation": "x"}), 400, "missing-member")
        self.assertProblem(self.admin.post("/v1/forget", {"person": "Mario"}), 400, "bad-value", field="person")
        self.assertProblem(self.admin.post("/v1/forget", {"conversation": "c" * 26}), 404, "not-found")

    def test_dry_run_counts_and_leaves_all(self):
        opened = self.open(category="accesso", message="zirlando", fields={"email": "dry@esempio.it"})
        told = self.admin.post("/v1/forget", {"person": "DRY@esempio.it", "dry_run": True}).json
        self.assertEqual((told["tickets"], told["dry_run"], told["bytes_gone"], told["forgotten"]["field_values"]), ([opened["number"]], True, False, 1))
        self.assertEqual(self.agent.get(f"/v1/tickets/{opened['number']}").json["message"], "zirlando")

    def test_a_conversation_and_its_tickets_that_stay(self):
        chat = self.client.post("/v1/chat", {"message": "mi hanno addebitato due volte lo zigrinato"}).json
        opened = self.open(conversation=chat["conversation"], message="altro")
        told = self.admin.post("/v1/forget", {"conversation": chat["conversation"]}).json
        self.assertEqual((told["tickets_kept"], told["forgotten"]["conversations"], told["forgotten"]["questions"]), ([opened["number"]], 1, 1))
        self.assertEqual(found(self.service.data, ["zigrinato"]), [])
        ticket = self.agent.get(f"/v1/tickets/{opened['number']}").json
        self.assertEqual(ticket["message"], "altro")
        self.assertNotEqual(ticket["conversation"], chat["conversation"])

    def test_other_peoples_tickets_stay(self):
        mine = self.open(category="accesso", message="mia zolfatara", fields={"email": "io@esempio.it"})
        other = self.open(category="accesso", message="sua zeriba", fields={"email": "altra@esempio.it"})
        self.agent.patch(f"/v1/tickets/{other['number']}", {"note": "la conosce io@esempio.it zolla"})
        told = self.admin.post("/v1/forget", {"person": "io@esempio.it"}).json
        self.assertEqual(told["tickets"], [mine["number"]])
        self.assertEqual(told["forgotten"]["mentions"], 2)  # the note as it stands, and its history
        ticket = self.agent.get(f"/v1/tickets/{other['number']}").json
        self.assertEqual((ticket["message"], ticket["fields"], "note" in ticket), ("sua zeriba", {"email": "altra@esempio.it"}, False))
        self.assertEqual(found(self.service.data, ["io@esempio.it", "zolfatara", "zolla"]), [])

    def test_what_is_left_is_not_changed_nor_listed(self):
        number = self.open(category="accesso", message="via")["number"]
        before = self.agent.get(f"/v1/tickets/{number}")["ETag"]
        self.assertEqual(self.admin.request("DELETE", f"/v1/tickets/{number}").status, 200)
        self.assertEqual(self.agent.get(f"/v1/tickets/{number}", If_None_Match=before).status, 200)
        self.assertProblem(self.agent.patch(f"/v1/tickets/{number}", {"note": "ancora"}), 410, "gone")
        self.assertProblem(self.agent.request("POST", f"/v1/tickets/{number}/attachments", files.png(), {"Content-Type": "image/png"}), 410, "gone")
        self.assertNotIn(number, [ticket["number"] for ticket in self.agent.get("/v1/tickets?limit=100").json["tickets"]])
        again = self.admin.request("DELETE", f"/v1/tickets/{number}")
        self.assertEqual((again.status, sum(again.json["forgotten"].values())), (200, 0))


class SamePerson(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent_token = cls.service.token()
        set_up(cls.service, "")
        kb = cls.service.kb / "kb.yaml"
        text = kb.read_text(encoding="utf-8").replace("fields: [provider, email]", "fields: [provider, email, telefono, cf]")
        kb.write_text(text.replace("fields: [iban, email]", "fields: [iban, email, telefono]") + "".join(
            f"  {key}:\n    label: {{it: {key}, en: {key}}}\n    validate: {check}\n    max: 40\n"
            for key, check in (("telefono", "phone"), ("cf", "codice-fiscale"))), encoding="utf-8")

    def setUp(self):
        super().setUp()
        self.agent = self.other(self.agent_token)

    def open(self, **body):
        reply = self.client.post("/v1/tickets", body)
        self.assertEqual(reply.status, 201, reply.text)
        return reply.json

    def seen(self, number):
        ticket = self.agent.get(f"/v1/tickets/{number}").json
        return ticket.get("duplicates"), ticket.get("same_person")

    def test_agents_see_them(self):
        first = self.open(category="accesso", fields={"email": "Doppia@Esempio.it", "telefono": "+39 06 555 1234"})["number"]
        self.assertEqual(self.seen(first), (None, None))
        same = self.open(category="accesso", fields={"email": "doppia@esempio.it"})["number"]
        other = self.open(category="pagamenti", fields={"telefono": "065551234"})["number"]
        stranger = self.open(category="accesso", fields={"email": "altro@esempio.it"})["number"]
        self.assertEqual(self.seen(first), ([same], [other]))
        self.assertEqual(self.seen(same), ([first], None))
        self.assertEqual(self.seen(other), (None, [first]))
        self.assertEqual(self.seen(stranger), (None, None))
        for state in ("assigned", "solved"):
            self.agent.patch(f"/v1/tickets/{same}", {"state": state})
        self.assertEqual(self.seen(first), (None, [other]))

    def test_by_codice_fiscale(self):
        first = self.open(category="accesso", fields={"cf": "rssmra85t10a562s"})["number"]
        second = self.open(category="accesso", fields={"cf": "RSSMRA 85T10 A562S"})["number"]
        self.assertEqual(self.seen(second), ([first], None))

    def test_the_store_has_no_hash_that_can_be_tried_out(self):
        import hashlib
        import hmac
        self.open(category="accesso", fields={"email": "prova@esempio.it"})
        data = b"".join(bytes_of(self.service.data / ".").values())
        plain = hashlib.sha256(b"email:prova@esempio.it").hexdigest()[:32].encode()
        key = (self.service.data / "person.key").read_bytes()
        keyed = hmac.new(key, b"email:prova@esempio.it", hashlib.sha256).hexdigest()[:32].encode()
        self.assertEqual((plain in data, keyed in data, len(key)), (False, True, 32))

    def test_who_types_anothers_address_is_told_nothing(self):
        first = self.open(category="accesso", fields={"email": "vittima@esempio.it"})
        second = self.open(category="accesso", fields={"email": "vittima@esempio.it"})
        for text in (json.dumps(second), self.client.get(f"/v1/tickets/{second['number']}", X_Ticket_Secret=second["secret"]).text,
                     self.client.get(f"/ticket/{second['number']}?key={second['secret']}").text):
            self.assertNotIn(str(first["number"]), text)

    def test_the_same_conversation_is_told(self):
        talk = self.client.post("/v1/chat", {"message": "mi hanno addebitato due volte"}).json["conversation"]
        first = self.open(conversation=talk, category="pagamenti", lang="it")
        self.assertNotIn("earlier", first)
        second = self.open(conversation=talk, category="pagamenti", lang="it")
        self.assertEqual(second["earlier"], first["number"])
        told = f"Hai già una richiesta aperta su questo argomento, la numero {first['number']}"
        self.assertIn(told, second["message"])
        self.assertIn(told, self.client.get(f"/ticket/{second['number']}?key={second['secret']}&lang=it").text)
        self.assertNotIn("earlier", self.open(conversation=talk, category="accesso"))
        for state in ("assigned", "solved"):
            for ticket in (first, second):
                self.agent.patch(f"/v1/tickets/{ticket['number']}", {"state": state})
        self.assertNotIn("earlier", self.open(conversation=talk, category="pagamenti"))


class Retention(unittest.TestCase):
    """Each kind by its own time, and nothing before."""

    def fill(self, service):
        client = service.client()
        talk = client.post("/v1/chat", {"message": "zolfino mi hanno addebitato due volte"}).json["conversation"]
        client.post(f"/v1/chat/{talk}/feedback", {"solved": True, "comment": "zuppiera"})
        opened = client.post("/v1/tickets", {"category": "pagamenti", "message": "zattera", "fields": {"iban": IBAN, "email": EMAIL}}).json
        reply = client.request("POST", f"/v1/tickets/{opened['number']}/attachments", files.png(salt=4242),
                               {"X-Ticket-Secret": opened["secret"], "Content-Type": "image/png"})
        assert reply.status == 201, reply.text
        client.close()
        return opened["number"]

    def left(self, service):
        words = {"zolfino": "conversations", "zuppiera": "feedback", "zattera": "tickets", IBAN: "iban", EMAIL: "email"}
        kept = {words[word] for _, word in found(service.data, words)}
        return kept | ({"attachments"} if any(files.png(salt=4242) in data for data in bytes_of(service.data).values()) else set())

    def test_each_kind_by_its_own_time(self):
        service = Service()
        set_up(service, "retention: {conversations: 200d, feedback: 50d, tickets: 300d, attachments: 20d}\n")
        try:
            service.start()
            self.fill(service)
            service.stop()
            everything = {"conversations", "feedback", "tickets", "iban", "email", "attachments"}
            self.assertEqual(self.left(service), everything)
            # Fields name 30 and 90 days themselves.
            gone = [(10, set()), (15, {"attachments"}), (10, {"iban"}), (20, {"feedback"}), (40, {"email"}), (110, {"conversations"}), (100, {"tickets"})]
            for days, these in gone:
                age(service.data, days)
                before = figures(service)
                done = service.command("forget", "--data", service.data, "--kb", service.kb, "--due", "--dry-run", "--json")
                self.assertEqual(done.returncode, 0, done.stderr)
                would = json.loads(done.stdout)["forgotten"]
                self.assertEqual(self.left(service), everything, "a dry run deletes nothing")
                done = service.command("forget", "--data", service.data, "--kb", service.kb, "--due", "--json")
                self.assertEqual((done.returncode, json.loads(done.stdout)["forgotten"]), (0, would), done.stderr)
                self.assertEqual(sum(would.values()) > 0, bool(these), would)
                everything -= these
                self.assertEqual(self.left(service), everything)
                self.assertEqual(figures(service), before)
        finally:
            service.remove()

    def test_without_a_time_only_what_fields_promise(self):
        service = Service()
        try:
            service.start()
            self.fill(service)
            service.stop()
            age(service.data, 4000)
            service.start()
            self.assertIsNotNone(until(lambda: self.left(service) == {"conversations", "feedback", "tickets", "attachments"}, 15, 0.2), self.left(service))
        finally:
            service.remove()

    def test_a_file_of_a_crash_is_swept_at_the_start(self):
        service = Service()
        try:
            service.start()
            number = self.fill(service)
            service.stop()
            (service.data / "attachments" / "orphan").write_bytes(b"zufolo")
            service.start()
            self.assertEqual(found(service.data, ["zufolo"]), [])
            self.assertIn("attachments", self.left(service))
            agent = service.client(service.token())
            self.assertEqual(len(agent.get(f"/v1/tickets/{number}").json["attachments"]), 1)
            agent.close()
        finally:
            service.remove()

    def test_while_people_write(self):
        """Deleting beside a service under load loses nobody's ticket."""
        with running() as service:
            client = service.client()
            for i in range(30):
                opened = client.post("/v1/tickets", {"category": "accesso", "message": f"numero {i}"})
                self.assertEqual(opened.status, 201)
                if i % 10 == 5:
                    done = service.command("forget", "--data", service.data, "--ticket", str(opened.json["number"]))
                    self.assertEqual(done.returncode, 0, done.stderr)
            client.close()
            agent = service.client(service.token())
            self.assertEqual(len(agent.get("/v1/tickets?limit=100").json["tickets"]), 27)
            agent.close()


if __name__ == "__main__":
    unittest.main()
