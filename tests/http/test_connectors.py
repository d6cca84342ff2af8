"""Tickets that leave for another system: each once, whatever fails on the way; and what comes back."""
import concurrent.futures
import json
import sqlite3
import time
import unittest

from connected import AUTH, QUICK, SECRETS, Connected
from service import PATIENCE, Service, until
from stand_in import FAULTS, moment

KINDS = ("servicenow", "zendesk", "webhook")


def reference(kind, number):
    return f"{number}/1" if kind == "webhook" else number


class Sending(unittest.TestCase):
    def test_servicenow_record(self):
        more = ("table: sn_customerservice_case\ngroups: {primo-livello: gruppo-sysid}\ncategories: {accesso: login}\n"
                "priorities: {accesso: '2', default: '4'}\nfields: {email: u_mail}\nset: {contact_type: web}\nlang: en\n")
        with Connected("servicenow", more) as desk:
            client = desk.service.client()
            chat = client.post("/v1/chat", {"message": "mi hanno addebitato due volte"}).json
            client.post(f"/v1/chat/{chat['conversation']}/feedback", {"solved": False})
            client.close()
            opened = desk.open("Aiuto, sono ada@example.com", conversation=chat["conversation"],
                               fields={"email": "ada@example.com", "provider": "Uno"})
            desk.until_empty()
            [record] = desk.other.of(opened["number"])
            self.assertEqual((record["sys_class_name"], record["correlation_display"], record["assignment_group"], record["category"],
                              record["priority"], record["u_mail"], record["contact_type"]),
                             ("sn_customerservice_case", "Sportello", "gruppo-sysid", "login", "2", "ada@example.com", "web"))
            self.assertIn(f"Request {opened['number']}: Aiuto, sono", record["short_description"])
            text = record["description"]
            # The question is masked; the field that has a place of its own is not repeated; what was shown and how it went is there.
            self.assertIn("Aiuto, sono <email>", text)
            self.assertNotIn("ada@example.com", text)
            # Names, not keys.
            for line in ("Category: Login", "Group: First level", "Who writes: Citizens", "- Provider: Uno"):
                self.assertIn(line, text)
            self.assertIn("- mi hanno addebitato due volte\n  → pagamento-doppio (did not solve it)", text)
            self.assertTrue(text.endswith(f"[Sportello {opened['number']}/1]"))
            self.assertNotIn(opened["secret"], text)

    def test_a_long_conversation_keeps_where_it_began(self):
        """The first question, the one that a procedure began with, and the last messages; what is in between is counted."""
        from test_walk import CARD, put_articles
        desk = Connected("servicenow")
        put_articles(desk.service)
        with desk:
            client = desk.service.client()
            first = client.post("/v1/chat", {"message": "mi hanno addebitato due volte"}).json

            def say(message):
                reply = client.post("/v1/chat", {"message": message, "conversation": first["conversation"]})
                self.assertEqual(reply.status, 200, reply.text)
                return reply.json
            for _ in range(4):
                say("il codice non arriva")
            self.assertEqual(say(CARD)["step"]["number"], 1)
            for _ in range(10):
                say("fatto")
                say("indietro")
            client.close()
            number = desk.open(conversation=first["conversation"])["number"]
            desk.until_empty()
            [record] = desk.other.of(number)
            told = [line for line in record["description"].splitlines() if line.startswith(("- ", "  ("))]
            self.assertEqual(told[:3], ["- mi hanno addebitato due volte", f"- {CARD}", "  (…) messaggi in mezzo, non riportati: 6"])
            self.assertEqual(told[3:], ["- fatto", "- indietro"] * 9)

    def test_servicenow_change(self):
        with Connected("servicenow", "groups: {secondo-livello: g2}\nset_solved: {close_code: Solved}\n") as desk:
            number = desk.open()["number"]
            desk.change(number, state="waiting", note="ho chiesto il numero")
            desk.change(number, group="secondo-livello")
            desk.change(number, state="solved")
            desk.until_empty()
            [record] = desk.other.of(number)
            self.assertEqual((record["state"], record["assignment_group"], record["close_code"]), ("6", "g2", "Solved"))
            [note] = desk.other.journal
            self.assertEqual((note["element"], note["element_id"]), ("work_notes", record["sys_id"]))
            self.assertIn(f"ho chiesto il numero\n\n[Sportello {number}/2]", note["value"])
            order = [body for method, _, _, body in desk.other.requests if method in ("POST", "PATCH")]
            self.assertEqual([json.loads(body).get("state") for body in order], [None, "3", None, "6"])

    def test_servicenow_resolution(self):
        """An incident is not resolved without a code and notes, as it comes with the product; settings say others."""
        for more, code, notes in (("", "Solution provided", "Risolta in Sportello (segnalazione {n})."), ("lang: en\nset_solved: {close_code: Sua}\n",
                                   "Sua", "Solved in Sportello (request {n}).")):
            with self.subTest(more), Connected("servicenow", more) as desk:
                number = desk.open()["number"]
                desk.change(number, state="solved")
                desk.until_empty()
                [record] = desk.other.of(number)
                self.assertEqual((record["state"], record["close_code"], record["close_notes"]), ("6", code, notes.format(n=number)))

    def test_zendesk_ticket(self):
        more = "groups: {primo-livello: 4711}\npriorities: {default: normal}\nfields: {provider: 360001}\nrequester: email\nprefix: sp-\n"
        with Connected("zendesk", more) as desk:
            number = desk.open(fields={"email": "ada@example.com", "provider": "Due"})["number"]
            desk.change(number, state="assigned", note="la vedo io")
            desk.until_empty()
            [record] = desk.other.of(f"sp-{number}")
            self.assertEqual((record["group_id"], record["priority"], record["custom_fields"], record["requester"], record["status"]),
                             (4711, "normal", [{"id": 360001, "value": "Due"}], {"name": "ada@example.com", "email": "ada@example.com"}, "open"))
            first, note = record["_comments"]
            self.assertEqual((first["public"], note["public"]), (False, False))
            self.assertIn("la vedo io", note["body"])
            keys = [headers["Idempotency-Key"] for method, _, headers, _ in desk.other.requests if method == "POST"]
            self.assertEqual(len(keys), 1)

    def test_zendesk_notes_may_be_public(self):
        with Connected("zendesk", "public_notes: true\n") as desk:
            desk.change(desk.open()["number"], note="scrivici quando vuoi")
            desk.until_empty()
            self.assertEqual([comment["public"] for comment in desk.other.records[0]["_comments"]], [True, True])

    def test_webhook(self):
        with Connected("webhook") as desk:
            number = desk.open(fields={"email": "ada@example.com"})["number"]
            desk.change(number, state="solved", note="fatto")
            desk.until_empty()
            first, second = desk.other.records
            self.assertEqual((first["type"], first["data"]["number"], first["data"]["fields"], second["type"]),
                             ("ticket.opened", number, {"email": "ada@example.com"}, "ticket.changed"))
            self.assertEqual((second["data"]["revision"], second["data"]["state"], second["data"]["note"], second["data"]["actor"]),
                             (2, "solved", "fatto", "ada"))
            self.assertTrue(all(name.startswith("msg_") for name in desk.other.messages))

    def test_webhook_secrets_are_rotated(self):
        """The receiver knows the old or the new one: both signatures are there."""
        for known in (SECRETS[:1], SECRETS[1:]):
            auth = "secrets: [{file: neu}, {env: DESK_SECRET}]\n"
            desk = Connected("webhook", auth=auth, secrets=known)
            (desk.service.folder / "neu").write_text(SECRETS[1] + "\n")
            with desk:
                desk.open()
                desk.until_empty()
                self.assertEqual(len(desk.other.records), 1)

    def test_bearer_token_from_a_file(self):
        for kind in ("servicenow", "zendesk"):
            desk = Connected(kind, auth="auth: {token: {file: gettone}}\n")
            (desk.service.folder / "gettone").write_text("gettone\n")
            with desk:
                number = desk.open()["number"]
                desk.until_empty()
                self.assertEqual(len(desk.other.of(number)), 1)

    def test_none(self):
        service = Service()
        file = service.folder / "connector.yaml"
        file.write_text("connector: none\n")
        service.options = ("--connector", file)
        try:
            client = service.start().client()
            self.assertEqual(client.post("/v1/tickets", {"message": "ciao"}).status, 201)
            self.assertNotIn("connector", client.get("/readyz").json)
            self.assertNotIn("outbox", client.get("/metrics").text)
            client.close()
            self.assertEqual(service.command("outbox", "list", "--data", service.data).stdout, "")
        finally:
            service.remove()

    def test_tickets_from_before_stay(self):
        """Whoever switches a connector on does not send what was never meant to leave, nor changes to it."""
        with Connected("servicenow") as desk:
            desk.service.stop()
            desk.service.options = ()
            desk.service.start()
            old = desk.open("di prima")["number"]
            desk.service.stop()
            desk.service.options = ("--connector", desk.file)
            desk.service.start()
            desk.change(old, note="di dopo")
            new = desk.open("nuova")["number"]
            desk.until_empty()
            self.assertEqual([record["correlation_id"] for record in desk.other.records], [str(new)])


class Faults(unittest.TestCase):
    """Each fault on the way of one ticket and of one change: there once, in the end."""

    def check(self, kind, fault):
        with Connected(kind) as desk:
            desk.other.plan.append(fault)
            number = desk.open()["number"]
            desk.until_empty()
            self.assertEqual(len(desk.other.of(reference(kind, number))), 1)
            desk.other.plan.append(fault)
            desk.change(number, state="assigned", note="nota unica")
            desk.until_empty()
            self.assertEqual(sum(desk.other.faults.values()), 2)
            notes = {"servicenow": lambda: [entry["value"] for entry in desk.other.journal],
                     "zendesk": lambda: [c["body"] for c in desk.other.records[0]["_comments"][1:]],
                     "webhook": lambda: [m["data"].get("note") for m in desk.other.records[1:]]}[kind]()
            self.assertEqual(len(notes), 1, notes)
            self.assertIn("nota unica", notes[0])
            self.assertEqual(len(desk.other.of(reference(kind, number))), 1)
            if fault == "cut-made" and kind != "webhook":
                self.assertEqual(desk.metrics()["outbox_found_total"], 1)

    def test_each_fault(self):
        """They wait most of the time: several at once."""
        def one(case):
            try:
                self.check(*case)
            except Exception as problem:
                return f"{case}: {problem!r}"
            return None
        with concurrent.futures.ThreadPoolExecutor(9) as pool:
            problems = pool.map(one, [(kind, fault) for fault in FAULTS for kind in KINDS])
            self.assertEqual([problem for problem in problems if problem], [])

    def test_servicenow_attempt_that_arrives_after_all(self):
        """It outlasts the time that one waits: it is not there when it is looked for, and then it is, beside the one sent meanwhile."""
        for rights in (True, False):
            with self.subTest(rights), Connected("servicenow", "set_solved: {close_code: Duplicate}\n") as desk:
                desk.other.plan.append("late")
                if not rights:
                    desk.other.rule = lambda body: 403 if b"work_notes" in body else None
                number = desk.open()["number"]
                desk.until_empty()
                first, second = sorted(desk.other.of(number), key=lambda r: (r["sys_created_on"], r["sys_id"]))
                # The older one is ours, as whenever it is looked for; the other is closed, and says why.
                self.assertEqual((first["state"], second["state"]), ("1", "7" if rights else "1"))
                if rights:
                    self.assertEqual(second["close_code"], "Duplicate")
                    [note] = desk.other.journal
                    self.assertEqual((note["element_id"], note["element"]), (second["sys_id"], "work_notes"))
                    self.assertIn(first["number"], note["value"])
                told = [line for line in desk.service.log_lines() if "two records" in line.get("text", "")]
                self.assertEqual([(line["ticket"], line["cause"]) for line in told], [(number, f"{first['number']} counts, not {second['number']}")])
                self.assertIn("is closed" if rights else "close the second there", told[0]["text"])
                desk.other.rule = None
                desk.change(number, state="solved", note="fatto")
                desk.until_empty()
                self.assertEqual(first["state"], "6")

    def test_zendesk_after_its_keys_are_forgotten(self):
        with Connected("zendesk") as desk:
            desk.other.keys_kept_s = 0
            desk.other.plan.append("cut-made")
            number = desk.open()["number"]
            desk.until_empty()
            self.assertEqual(len(desk.other.of(number)), 1)

    def test_retry_after(self):
        with Connected("servicenow") as desk:
            desk.other.plan.append("429")
            desk.open()
            desk.open()
            self.assertIsNotNone(until(lambda: desk.other.faults["429"] == 1, 5))
            began = time.monotonic()
            desk.until_empty()
            # Nothing, of any ticket, was asked within the second that it wanted.
            self.assertGreater(time.monotonic() - began, 0.7)
            self.assertEqual(sum(method == "POST" for method, *_ in desk.other.requests), 3)

    def test_system_down_for_long(self):
        """Tickets are taken and answered meanwhile; when it is back, all arrive in order, and are told as up again."""
        desk = Connected("servicenow")
        port = desk.other.port
        desk.other.stop()
        with desk:
            opened = [desk.open(f"numero {word}") for word in ("uno", "due", "tre", "quattro")]
            self.assertIsNotNone(until(lambda: desk.ready()["state"] == "down", 20))
            told = desk.ready()
            self.assertEqual((told["waiting"], told["dead"], told["name"]), (4, 0, "servicenow"))
            self.assertTrue(told["cause"])
            metrics = desk.metrics()
            self.assertEqual(metrics['connector_state{connector="servicenow",state="down"}'], 1)
            self.assertGreaterEqual(metrics["outbox_oldest_seconds"], 0)
            self.assertIn("the other system does not work", desk.service.stderr())
            client = desk.service.client()
            self.assertEqual(client.get("/readyz").json["status"], "ready")
            self.assertEqual(client.post("/v1/chat", {"message": "mi hanno addebitato due volte"}).json["decision"], "answer")
            client.close()
            desk.service.stop()
            from stand_in import StandIn
            back = StandIn("servicenow")
            desk.write(desk.file.read_text().replace(str(port), str(back.port)))
            desk.service.start()
            desk.until_empty()
            self.assertEqual(sorted(record["correlation_id"] for record in back.records), sorted(str(o["number"]) for o in opened))
            self.assertEqual(desk.ready()["state"], "up")
            back.stop()

    def test_wrong_credentials_pause_and_kill_nothing(self):
        for kind in ("servicenow", "zendesk"):
            with self.subTest(kind), Connected(kind) as desk:
                desk.other.password = "un'altra"
                numbers = [desk.open()["number"] for _ in range(5)]
                self.assertIsNotNone(until(lambda: desk.ready()["state"] == "paused", 10))
                # One try a second, not one an entry.
                time.sleep(1.5)
                self.assertLess(sum(method == "POST" for method, *_ in desk.other.requests), 5)
                told = desk.ready()
                self.assertEqual((told["waiting"], told["dead"]), (5, 0))
                self.assertIn("401", told["cause"])
                self.assertIn("refuses our credentials", desk.service.stderr())
                desk.other.password = "giusta"
                desk.until_empty()
                self.assertEqual(desk.ready()["state"], "up")
                self.assertEqual([len(desk.other.of(number)) for number in numbers], [1] * 5)

    def test_told_before_there_is_a_ticket(self):
        """What is read back shows it too: that it is not there, or does not know us."""
        for kind in ("servicenow", "zendesk"):
            with self.subTest(kind), Connected(kind) as desk:
                desk.other.password = "un'altra"
                self.assertIsNotNone(until(lambda: desk.ready()["state"] == "paused", 10))
                desk.other.password = "giusta"
                self.assertIsNotNone(until(lambda: desk.ready()["state"] == "up", 10))
                desk.other.gone = True
                self.assertIsNotNone(until(lambda: desk.ready()["state"] == "down", 20))

    def test_secret_is_read_anew(self):
        desk = Connected("servicenow", auth="auth: {user: sportello, password: {file: parola}}\n")
        (desk.service.folder / "parola").write_text("vecchia\n")
        with desk:
            desk.open()
            self.assertIsNotNone(until(lambda: desk.ready()["state"] == "paused", 10))
            (desk.service.folder / "parola").write_text("giusta\n")
            desk.until_empty()
            self.assertEqual(len(desk.other.records), 1)

    def test_secrets_are_in_no_log(self):
        with Connected("servicenow") as desk:
            desk.other.plan.extend(["401", "500", "garbage"])
            desk.open()
            desk.until_empty()
            for text in (desk.service.stderr(), desk.service.log.read_text(), json.dumps(desk.ready()), desk.outbox()):
                self.assertNotIn("giusta", text)
                self.assertNotIn("Z2l1c3Rh", text)

    def test_refused_for_good(self):
        """Told, not repeated; other tickets go on; sent again when somebody has mended it."""
        for status in (400, 422):
            with self.subTest(status), Connected("servicenow") as desk:
                desk.other.refuse = status
                number = desk.open()["number"]
                self.assertIsNotNone(until(lambda: desk.ready()["dead"] == 1, 10))
                desk.other.refuse = None
                other = desk.open()["number"]
                desk.until_empty()
                self.assertEqual((len(desk.other.of(number)), len(desk.other.of(other))), (0, 1))
                metrics = desk.metrics()
                self.assertEqual((metrics['outbox_entries{state="dead"}'], metrics["outbox_dead_total"]), (1, 1))
                errors = [line for line in desk.service.log_lines() if line["level"] == "error"]
                self.assertEqual([line["ticket"] for line in errors], [number])
                self.assertIn(f"HTTP {status}", errors[0]["cause"])
                # A change waits behind its ticket.
                desk.change(number, note="dopo")
                time.sleep(0.5)
                self.assertEqual(desk.waiting(), 1)
                [dead] = json.loads(desk.outbox("list", "--dead"))
                self.assertEqual((dead["ticket"], dead["dead"]), (number, True))
                desk.outbox("resend", str(dead["id"]))
                desk.until_empty()
                self.assertEqual(len(desk.other.of(number)), 1)
                self.assertEqual(len(desk.other.journal), 1)

    def test_given_up_and_there_all_the_same(self):
        """The last attempt arrived, and its answer was lost: sent again by hand, it is looked for first."""
        with Connected("servicenow", quick=QUICK.replace("give_up: 1h", "give_up: 1s")) as desk:
            desk.other.plan.extend(["429", "cut-made"])  # 429 comes with a second to wait
            number = desk.open()["number"]
            self.assertIsNotNone(until(lambda: desk.ready()["dead"] == 1, 20))
            self.assertEqual(len(desk.other.of(number)), 1)
            desk.outbox("resend", "--dead")
            desk.until_empty()
            self.assertEqual(len(desk.other.of(number)), 1)

    def test_gives_up_in_the_end(self):
        quick = QUICK.replace("give_up: 1h", "give_up: 2s")
        with Connected("servicenow", quick=quick) as desk:
            desk.other.refuse = 500
            desk.open()
            self.assertIsNotNone(until(lambda: desk.ready()["dead"] == 1, 20))


class Returning(unittest.TestCase):
    def test_servicenow(self):
        with Connected("servicenow") as desk:
            opened = desk.open()
            number = opened["number"]
            desk.until_empty()
            [record] = desk.other.of(number)

            def there(state, text=None, element="comments", **more):
                with desk.other.lock:
                    from stand_in import moment
                    import uuid
                    record.update({"state": state, "sys_updated_on": moment(), "hold_reason": "", **more})
                    if text:
                        desk.other.journal.append({"sys_id": uuid.uuid4().hex, "name": "incident", "element_id": record["sys_id"], "element": element,
                                                   "value": text, "sys_created_on": moment(), "sys_created_by": "bea"})

            there("2", "La stiamo guardando.")
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "assigned", 10))
            there("2", "solo per noi", "work_notes")
            there("3", "Ci serve il numero dell'avviso.", hold_reason="1")
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "waiting", 10))
            there("3", hold_reason="4")
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "escalated", 10))
            self.assertEqual(desk.ticket(number)["level"], 2)
            there("7", "Fatto.")  # from escalated there is no direct way to closed
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "closed", 10))
            texts = ["La stiamo guardando.", "Ci serve il numero dell'avviso.", "Fatto."]
            self.assertIsNotNone(until(lambda: len(desk.ticket(number)["comments"]) == 3, 10))
            self.assertEqual([c["text"] for c in desk.ticket(number)["comments"]], texts)
            told = desk.ticket(number, opened["secret"])
            self.assertEqual((told["state"], [c["text"] for c in told["comments"]]), ("closed", texts))
            # The same again, and after a restart: nothing twice, and nothing goes back out.
            revision = desk.ticket(number)["revision"]
            desk.service.stop()
            desk.service.start()
            there("7")
            time.sleep(2.5 * PATIENCE)
            self.assertEqual((desk.ticket(number)["revision"], len(desk.ticket(number)["comments"])), (revision, 3))
            self.assertEqual(sum(method == "PATCH" for method, *_ in desk.other.requests), 0)

    def test_servicenow_many_that_change_while_they_are_read(self):
        """What changes goes to the end of the list: nothing slips through where it was; of a second in which more change than fit a page, all are read."""
        from stand_in import moment
        with Connected("servicenow") as desk:
            moved, bulk = desk.open()["number"], desk.open()["number"]
            desk.until_empty()
            desk.service.stop()
            with desk.other.lock:
                [ours], [last] = desk.other.of(moved), desk.other.of(bulk)

                def add(count, at_s, name):
                    for i in range(count):
                        desk.other.records.append({"sys_id": f"{name}{i:04}", "number": "", "sys_class_name": "incident", "state": "1", "hold_reason": "",
                                                   "correlation_id": "", "correlation_display": "Sportello", "sys_created_on": moment(),
                                                   "sys_updated_on": moment(time.time() + at_s(i))})
                add(100, lambda i: 100 + i, "a")
                ours.update(state="6", sys_updated_on=moment(time.time() + 400))
                add(240, lambda i: 500, "b")
                last.update(state="6", sys_updated_on=desk.other.records[-1]["sys_updated_on"], sys_id="c" * 32)
                add(20, lambda i: 900 + i, "d")
                first = [row for row in desk.other.records if row["sys_id"] == "a0000"][0]

                def to_the_end(page):
                    if any(row["sys_id"] == "a0000" for row in page):
                        first["sys_updated_on"] = moment(time.time() + 2000)
                        desk.other.after_page = None
                desk.other.after_page = to_the_end
            with sqlite3.connect(desk.service.data / "store.sqlite") as db:
                db.execute("UPDATE ticket_links SET remote = ? WHERE ticket = ?", ("c" * 32, bulk))
            db.close()
            desk.service.start()
            for number in (moved, bulk):
                self.assertIsNotNone(until(lambda number=number: desk.ticket(number)["state"] == "solved", 20), number)
            self.assertFalse([path for _, path, *_ in desk.other.requests if "sysparm_offset" in path])

    def test_zendesk(self):
        with Connected("zendesk") as desk:
            desk.other.export_delay_s = 0
            opened = desk.open()
            number = opened["number"]
            desk.change(number, note="nota nostra")
            desk.until_empty()
            [record] = desk.other.of(number)

            def there(status, text=None, public=True):
                with desk.other.lock:
                    if text:
                        record["_comments"].append({"id": 500 + len(record["_comments"]), "author_id": 9, "body": text, "public": public,
                                                    "created_at": "2026-11-25T10:00:00Z"})
                    record.update({"status": status, "_updated": time.time(), "updated_at": f"2030-01-01T00:00:{len(record['_comments']):02}Z"})

            there("pending", "Dicci quando è successo.")
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "waiting", 10))
            there("hold", "interno", public=False)
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "escalated", 10))
            there("solved", "Risolto.")
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "solved", 10))
            there("open")
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "assigned", 10))
            self.assertIsNotNone(until(lambda: len(desk.ticket(number)["comments"]) == 2, 10))
            self.assertEqual([c["text"] for c in desk.ticket(number, opened["secret"])["comments"]], ["Dicci quando è successo.", "Risolto."])

    def test_comment_just_before_our_change(self):
        """What was said there is not hidden by what we sent a moment later."""
        with Connected("zendesk", quick=QUICK.replace("poll: 1s", "poll: 4s")) as desk:
            desk.other.export_delay_s = 0
            number = desk.open()["number"]
            desk.until_empty()
            [record] = desk.other.of(number)
            with desk.other.lock:
                record["_comments"].append({"id": 900, "author_id": 9, "body": "detto prima", "public": True, "created_at": "2026-11-25T10:00:00Z"})
            desk.change(number, note="nota nostra")
            desk.until_empty()
            self.assertIsNotNone(until(lambda: desk.ticket(number).get("comments"), 15))

    def test_replies_leave_for_the_person_and_dossiers_for_us(self):
        for kind, told in (("zendesk", lambda desk: [(c["body"].splitlines()[0], c["public"]) for c in desk.other.records[0]["_comments"][1:]]),
                           ("servicenow", lambda desk: [(j["value"].splitlines()[0], j["element"] == "comments") for j in desk.other.journal])):
            with self.subTest(kind), Connected(kind) as desk:
                opened = desk.open()
                number = opened["number"]
                agent, person = desk.service.client(desk.token), desk.service.client()
                self.assertEqual(agent.post(f"/v1/tickets/{number}/replies", {"text": "Hai riprovato?"}).status, 200)
                self.assertEqual(person.post(f"/v1/tickets/{number}/replies", {"text": "Sì"}, X_Ticket_Secret=opened["secret"]).status, 200)
                self.assertEqual(agent.patch(f"/v1/tickets/{number}", {"note": "nota nostra"}).status, 200)
                agent.close()
                person.close()
                desk.until_empty()
                self.assertIsNotNone(until(lambda: len(told(desk)) >= 3, 10), told(desk))
                self.assertEqual([public for _, public in told(desk)][-3:], [True, True, False])
                self.assertEqual(told(desk)[-3][0], "Hai riprovato?")

    def test_moved_there_just_before_our_note(self):
        """The answer to a note tells the state too: it is not ours, and not known before it has been taken over."""
        for kind in ("servicenow", "zendesk"):
            with self.subTest(kind), Connected(kind, quick=QUICK.replace("poll: 1s", "poll: 4s")) as desk:
                desk.other.export_delay_s = 0
                number = desk.open()["number"]
                desk.until_empty()
                [record] = desk.other.of(number)
                with desk.other.lock:
                    record.update({"status": "pending", "state": "3", "hold_reason": "1", "sys_updated_on": moment(), "_updated": time.time()})
                desk.change(number, note="nota nostra")
                desk.until_empty()
                self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "waiting", 15), desk.ticket(number))

    def test_moved_there_while_our_change_waits(self):
        """What was done there and taken over here is not undone by what was done before it and arrives late: both sides are the same."""
        for kind, fault in (("servicenow", "cut"), ("servicenow", "cut-made"), ("zendesk", "cut")):
            with self.subTest(kind=kind, fault=fault), Connected(kind, quick=QUICK.replace("settle: 2s", "settle: 8s")) as desk:
                desk.other.export_delay_s = 0
                number = desk.open()["number"]
                desk.until_empty()
                [record] = desk.other.of(number)
                desk.other.plan.append(fault)
                desk.change(number, state="solved", note="nota nostra")
                self.assertIsNotNone(until(lambda: desk.other.faults[fault] == 1, 10))
                with desk.other.lock:
                    if kind == "zendesk":
                        record.update({"status": "pending", "_updated": time.time(), "updated_at": "2030-01-01T00:00:00Z"})
                    else:
                        record.update({"state": "3", "hold_reason": "1", "sys_updated_on": moment()})
                self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "waiting", 7), desk.ticket(number))
                self.assertEqual(desk.waiting(), 1)
                desk.until_empty(30)
                self.assertEqual((record["status"] if kind == "zendesk" else record["state"], desk.ticket(number)["state"]),
                                 ("pending" if kind == "zendesk" else "3", "waiting"))
                notes = [c["body"] for c in record["_comments"]] if kind == "zendesk" else [j["value"] for j in desk.other.journal]
                self.assertEqual(sum("nota nostra" in note for note in notes), 1)
                # What comes after it moves as ever.
                desk.change(number, state="solved")
                desk.until_empty()
                self.assertEqual(record["status"] if kind == "zendesk" else record["state"], "solved" if kind == "zendesk" else "6")

    def test_our_own_change_does_not_come_back(self):
        with Connected("servicenow") as desk:
            number = desk.open()["number"]
            desk.change(number, state="escalated")  # "2" there, which alone would mean assigned
            desk.until_empty()
            time.sleep(2.5 * PATIENCE)
            ticket = desk.ticket(number)
            self.assertEqual((ticket["state"], ticket["revision"]), ("escalated", 2))

    def test_state_of_one_that_was_found(self):
        """Its reply was lost, and somebody worked on it before it was found."""
        with Connected("servicenow") as desk:
            desk.other.plan.append("cut-made")
            number = desk.open()["number"]
            self.assertIsNotNone(until(lambda: desk.other.of(number), 10))
            desk.other.of(number)[0]["state"] = "6"
            desk.until_empty()
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "solved", 10))


class Long(unittest.TestCase):
    def test_reading_that_takes_longer_than_its_interval(self):
        """What waits does not leave one at a time between two looks."""
        with Connected("servicenow") as desk:
            desk.other.password = "un'altra"
            for _ in range(16):
                desk.open()
            self.assertIsNotNone(until(lambda: desk.ready()["state"] == "paused", 10))
            desk.other.after_page = lambda page: time.sleep(1.2)
            before = len(desk.other.requests)
            desk.other.password = "giusta"
            desk.until_empty(60)
            looks = [path for method, path, *_ in desk.other.requests[before:] if method == "GET" and "/incident?" in path]
            self.assertEqual(len(desk.other.records), 16)
            self.assertLess(len(looks), 12)


class Settings(unittest.TestCase):
    def refused(self, text, *words, env=None):
        desk = Connected("servicenow")
        desk.write(text)
        desk.service.environment.update(env or {})
        try:
            with self.assertRaises(AssertionError):
                desk.service.start()
            for word in words:
                self.assertIn(word, desk.service.stderr())
        finally:
            desk.service.process.wait(timeout=10)
            desk.service.process = None
            desk.service.errors.close()
            desk.service.remove()
            desk.other.stop()

    def test_mistakes(self):
        auth = AUTH["servicenow"]
        self.refused("connector: jira\nurl: https://example.com\n", "there is no connector \"jira\"")
        self.refused("url: https://example.com\n", "`connector:` is missing")
        self.refused("connector: servicenow\nurl: http://example.com\n" + auth, "connector.yaml:2:", "https://")
        self.refused("connector: servicenow\nurl: https://example.com\n", "servicenow needs auth")
        self.refused("connector: servicenow\nurl: https://example.com\nauth: {user: a, password: giusta}\n", "connector.yaml:3:",
                     "does not stand in this file")
        self.refused("connector: servicenow\nurl: https://example.com\nauth: {user: a, password: {env: NESSUNA}}\n", "NESSUNA", "not set")
        self.refused("connector: servicenow\nurl: https://example.com\nurll: x\n" + auth, "connector.yaml:3:", "unknown setting urll")
        self.refused("connector: servicenow\nurl: https://example.com\npoll: 5\n" + auth, "poll is a time")
        self.refused("connector: servicenow\nurl: https://example.com\nstates_in: {'2': fatto}\n" + auth, "no state \"fatto\"")
        self.refused("connector: webhook\nurl: https://example.com\nsecrets: [{env: DESK_PASSWORD}]\n", "whsec_")
        self.refused("connector: zendesk\nurl: https://example.com\nfields: {email: mail}\n" + AUTH["zendesk"], "by a number")


if __name__ == "__main__":
    unittest.main()
