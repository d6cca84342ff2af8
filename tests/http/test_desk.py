"""Work at the desk: the queue, replies and answers, escalation and return, masked data, suggestions, flags, drafts."""
import subprocess
import re
import threading
import unittest

import files
from service import PROGRAM, ServiceTest

IBAN = "IT60X0542811101000000123456"
INSIDE = "Verifica nel pannello riservato Minerva che il numero non sia bloccato dal filtro."
MIXED = f"""---
id: codice-strano
type: qa
title: "Il codice strano non arriva"
category: accesso
audience: [citizen]
status: published
updated: 2026-10-01
owner: team-prova
review_by: 2027-10-01
questions:
  - il codice strano non arriva mai
keywords: [strano]
---

Aspetta dieci minuti e chiedi un codice nuovo dal sito del gestore.

> [!agent-l1]
> {INSIDE}
> Aspetta dieci minuti e chiedi un codice nuovo dal sito del gestore.
"""


class Desk(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.tokens = {"ada": cls.service.token(), "bice": cls.service.token(subject="bice"),
                      "carla": cls.service.token(subject="carla"), "capo": cls.service.token(role="manager", subject="capo"),
                      "ed": cls.service.token(role="editor", subject="ed", audience="citizen")}
        cls.service.write("it/accesso/codice-strano.md", MIXED)
        config = cls.service.kb / "kb.yaml"
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("level: 1, service: sportello}", "level: 1, service: sportello, target: 8h}"), encoding="utf-8")

    def setUp(self):
        super().setUp()
        self.ada, self.bice, self.ed = (self.other(self.tokens[who]) for who in ("ada", "bice", "ed"))

    def open(self, client=None, **body):
        body.setdefault("category", "accesso")
        reply = (client or self.client).post("/v1/tickets", body)
        self.assertEqual(reply.status, 201, reply.text)
        self.secret = reply.json["secret"]
        return reply.json["number"]

    def ok(self, reply, status=200):
        self.assertEqual(reply.status, status, reply.text)
        return reply.json

    def answer(self, number, **body):
        return self.client.post(f"/v1/tickets/{number}/replies", body, X_Ticket_Secret=self.secret)

    def test_dossier_of_a_long_conversation(self):
        """Where it began and the last questions; how many are left out is said."""
        conversation = self.ok(self.client.post("/v1/chat", {"message": "mi hanno addebitato due volte"}))["conversation"]
        for i in range(20):
            self.ok(self.client.post("/v1/chat", {"message": f"il codice non arriva, prova {i}", "conversation": conversation}))
        number = self.open(conversation=conversation, message="serve aiuto")
        told = self.ok(self.ada.get(f"/v1/tickets/{number}/dossier?lang=it"))["text"]
        asked = [line for line in told.split("MOSTRATO")[0].splitlines() if line.startswith(("- ", "  ("))]
        self.assertEqual(asked[0], "- mi hanno addebitato due volte")
        self.assertEqual(asked[1], "  (…) messaggi in mezzo, non riportati: 9")
        self.assertEqual(asked[2:], [f"- il codice non arriva, prova {i}" for i in range(9, 20)])

    def test_dossier_of_more_turns_than_are_read(self):
        """The count is of all of them, also of those that nobody reads."""
        for first, from_number in (("mi hanno addebitato due volte", 219), ("ciao", 218)):
            conversation = self.ok(self.client.post("/v1/chat", {"message": first}))["conversation"]
            for i in range(230):
                self.ok(self.client.post("/v1/chat", {"message": f"il codice non arriva, prova {i}", "conversation": conversation}))
            number = self.open(conversation=conversation, message="serve aiuto")
            told = self.ok(self.ada.get(f"/v1/tickets/{number}/dossier?lang=it"))["text"]
            for part in told.split("MOSTRATO"):
                self.assertRegex(part, r"\(…\) messaggi in mezzo, non riportati: 2\d\d\n")
            asked = [line for line in told.split("MOSTRATO")[0].splitlines() if line.startswith(("- ", "  ("))]
            last = [f"- il codice non arriva, prova {i}" for i in range(from_number, 230)]
            begin = ["- mi hanno addebitato due volte"] if from_number == 219 else []
            self.assertEqual(asked, begin + [f"  (…) messaggi in mezzo, non riportati: {from_number}"] + last)

    def test_a_file_is_nothing_that_was_tried(self):
        number = self.open(message="ecco la ricevuta")
        reply = self.client.request("POST", f"/v1/tickets/{number}/attachments", files.png(), {"Content-Type": "image/png", "X-Ticket-Secret": self.secret})
        self.assertEqual(reply.status, 201, reply.text)
        told = self.ok(self.ada.get(f"/v1/tickets/{number}/dossier?lang=it"))["text"]
        self.assertNotIn("GIÀ PROVATO", told)
        self.assertIn("MESSAGGI CON LA PERSONA\n- La persona ha aggiunto un file: si vede in Sportello.\n", told)
        # In the words of who reads, whatever the ticket's language; what agents wrote stays what was tried.
        self.ok(self.ada.patch(f"/v1/tickets/{number}", {"note": "provato il reset"}))
        told = self.ok(self.ada.get(f"/v1/tickets/{number}/dossier?lang=en"))["text"]
        self.assertIn("- The person added a file", told)
        self.assertIn("- provato il reset\n", told)

    def page(self, number):
        reply = self.ada.get(f"/agent/tickets/{number}")
        self.assertEqual(reply.status, 200, reply.text)
        return reply.text

    # ---- the queue ----

    def queued(self, number, query="group=all"):
        found = [t for t in self.ok(self.ada.get("/v1/queue?per_page=100&" + query))["tickets"] if t["number"] == number]
        return found[0] if found else None

    def test_the_queue_tells_who_is_waited_for(self):
        number = self.open(message="non entro")
        ticket = self.queued(number)
        self.assertEqual((ticket["waiting_on"], ticket["state"], ticket["priority"], ticket["overdue"]), ("us", "new", "normal", False))
        self.assertEqual((ticket["about"], ticket["group_name"], ticket["age_minutes"]), ("non entro", "Primo livello", 0))
        self.assertRegex(ticket["due"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.ok(self.ada.post(f"/v1/tickets/{number}/replies", {"text": "Prova di nuovo."}))
        ticket = self.queued(number)
        self.assertEqual((ticket["waiting_on"], ticket["assignee"]), ("citizen", "ada"))
        self.assertNotIn("due", ticket)
        self.ok(self.ada.patch(f"/v1/tickets/{number}", {"state": "solved"}))
        self.assertIsNone(self.queued(number))
        self.assertIsNotNone(self.queued(number, "group=all&state=solved"))

    def test_the_queue_is_of_my_groups(self):
        first, second = self.open(message="a"), self.open(category="pagamenti", message="b")
        self.assertIsNotNone(self.queued(first, ""))
        self.assertIsNone(self.queued(second, ""))
        self.assertIsNotNone(self.queued(second, "group=secondo-livello"))
        self.assertIsNone(self.queued(first, "who=me"))
        self.ok(self.ada.post(f"/v1/tickets/{first}/take", ""))
        self.assertIsNotNone(self.queued(first, "who=me"))
        self.assertIsNone(self.queued(first, "who=nobody"))

    def test_order_high_priority_first(self):
        numbers = [self.open(message=f"ordine {n}") for n in range(3)]
        self.ok(self.ada.patch(f"/v1/tickets/{numbers[2]}", {"priority": "high"}))
        self.ok(self.ada.patch(f"/v1/tickets/{numbers[0]}", {"priority": "low"}))
        order = [t["number"] for t in self.ada.get("/v1/queue?per_page=100").json["tickets"] if t["number"] in numbers]
        self.assertEqual(order, [numbers[2], numbers[1], numbers[0]])

    def test_the_queue_is_cheap_to_look_at_again(self):
        self.open(message="x")
        first = self.ada.get("/v1/queue")
        self.assertEqual(self.ada.get("/v1/queue", If_None_Match=first["ETag"]).status, 304)
        self.open(message="y")
        self.assertEqual(self.ada.get("/v1/queue", If_None_Match=first["ETag"]).status, 200)

    def test_queue_filters_are_checked(self):
        for query, field in (("group=x", "group"), ("state=x", "state"), ("category=x", "category"), ("who=x", "who"), ("wait=x", "wait"),
                             ("page=0", "page"), ("per_page=101", "per_page")):
            self.assertProblem(self.ada.get("/v1/queue?" + query), 400, "bad-value", field=field)

    def test_a_story_in_a_field_is_what_it_is_about(self):
        # No field of this knowledge base is long: the message is the story, and nothing of short fields is.
        number = self.open(fields={"email": "ada@example.com"})
        self.assertNotIn("about", self.queued(number))

    # ---- taking ----

    def test_of_two_who_take_one_gets_it(self):
        number = self.open(message="corsa")
        tag = self.ada.get(f"/v1/tickets/{number}")["ETag"]
        replies = []
        clients = [self.other(self.tokens[who]) for who in ("ada", "bice", "carla")]
        threads = [threading.Thread(target=lambda c=c: replies.append(c.post(f"/v1/tickets/{number}/take", "", If_Match=tag))) for c in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(r.status for r in replies), [200, 412, 412])
        winner = next(r for r in replies if r.status == 200).json["assignee"]
        self.assertEqual(self.ada.get(f"/v1/tickets/{number}").json["assignee"], winner)

    def test_what_somebody_has_is_not_taken_by_chance(self):
        number = self.open(message="mia")
        self.ok(self.ada.post(f"/v1/tickets/{number}/take", ""))
        self.assertProblem(self.bice.post(f"/v1/tickets/{number}/take", ""), 409, "conflict", field="assignee")
        seen = self.bice.get(f"/v1/tickets/{number}")["ETag"]
        self.assertEqual(self.ok(self.bice.post(f"/v1/tickets/{number}/take", "", If_Match=seen))["assignee"], "bice")

    # ---- replies ----

    def test_reply_and_answer(self):
        number = self.open(message="il codice non arriva")
        replied = self.ok(self.ada.post(f"/v1/tickets/{number}/replies", {"text": "Hai provato **adesso**?", "article": "codice-non-arriva"}))
        self.assertEqual((replied["state"], replied["article"], replied["assignee"]), ("waiting", "codice-non-arriva", "ada"))
        seen = self.ok(self.client.get(f"/v1/tickets/{number}?secret={self.secret}"))
        self.assertEqual([(m["from"], m["text"]) for m in seen["messages"]], [("desk", "Hai provato **adesso**?")])
        self.assertIn("<strong>adesso</strong>", seen["messages"][0]["html"])
        self.assertNotIn("ada", str(seen))
        answered = self.ok(self.answer(number, text=f"Sì. Il mio IBAN è {IBAN} <b>"))
        self.assertEqual(answered["state"], "assigned")
        self.assertEqual(answered["messages"][1]["text"], "Sì. Il mio IBAN è <iban> <b>")
        self.assertNotIn("<b>", answered["messages"][1]["html"])

    def test_the_person_says_solved_and_not_solved(self):
        number = self.open(message="x")
        self.assertEqual(self.ok(self.answer(number, solved=True))["state"], "solved")
        self.assertEqual(self.ok(self.answer(number, solved=False, text="no"))["state"], "reopened")
        self.assertEqual(self.ok(self.answer(number, solved=True))["state"], "solved")
        self.assertEqual(self.ok(self.answer(number, solved=True))["state"], "closed")
        self.assertProblem(self.answer(number, text="ancora"), 409, "conflict")
        self.assertProblem(self.ada.post(f"/v1/tickets/{number}/replies", {"text": "ecco"}), 409, "conflict")

    def test_replies_need_the_secret_or_a_token(self):
        number = self.open(message="x")
        for headers in ({}, {"X_Ticket_Secret": "a" * 26}):
            self.assertProblem(self.client.post(f"/v1/tickets/{number}/replies", {"text": "x"}, **headers), 404, "not-found")
        self.assertProblem(self.other(self.tokens["capo"]).post(f"/v1/tickets/{number}/replies", {"text": "x"}), 404, "not-found")
        self.assertProblem(self.ada.post(f"/v1/tickets/{number}/replies", {"text": " "}), 400, "bad-value", field="text")
        self.assertProblem(self.ada.post(f"/v1/tickets/{number}/replies", {"text": "x" * 6001}), 400, "bad-value", field="text")
        self.assertProblem(self.ada.post(f"/v1/tickets/{number}/replies", {"text": "x", "state": "new"}), 400, "bad-value", field="state")

    def test_internal_text_cannot_be_sent(self):
        number = self.open(message="x")
        for text in ("Buongiorno. " + INSIDE, INSIDE.upper(), INSIDE.replace(" ", "\n"), "nel pannello riservato Minerva che il numero non",
                     "Apri il registro zanzibarino e cerca il numero."):
            problem = self.assertProblem(self.ada.post(f"/v1/tickets/{number}/replies", {"text": text}), 422, "internal-text", field="text")
            self.assertTrue(problem["sentence"])
        self.assertIn("Minerva", self.ada.post(f"/v1/tickets/{number}/replies", {"text": "Ecco. " + INSIDE}).json["detail"])
        self.assertNotIn("messages", self.ada.get(f"/v1/tickets/{number}").json)
        for text in ("Aspetta dieci minuti e chiedi un codice nuovo dal sito del gestore.", "Il numero non è bloccato.", "Apri il sito e cerca il numero."):
            self.ok(self.ada.post(f"/v1/tickets/{number}/replies", {"text": text}))

    # ---- up and down ----

    def test_escalate_and_return(self):
        chat = self.client.post("/v1/chat", {"message": "il codice non arriva"}).json
        number = self.open(conversation=chat["conversation"], message="il codice non arriva", fields={"provider": "Uno"})
        self.ok(self.ada.post(f"/v1/tickets/{number}/take", ""))
        dossier = self.ok(self.ada.get(f"/v1/tickets/{number}/dossier?lang=it"))["text"]
        for part in ("il codice non arriva", "codice-non-arriva", "S1-codice-non-arriva-it-", "Gestore: Uno", "- Indirizzo e-mail"):
            self.assertIn(part, dossier)
        self.assertProblem(self.ada.post(f"/v1/tickets/{number}/escalate", {"group": "primo-livello"}), 400, "bad-value", field="group")
        up = self.ok(self.ada.post(f"/v1/tickets/{number}/escalate", {"group": "secondo-livello", "dossier": dossier + "\nHo provato X."}))
        self.assertEqual((up["state"], up["group"], up["level"], up.get("assignee")), ("escalated", "secondo-livello", 2, None))
        self.ok(self.bice.post(f"/v1/tickets/{number}/take", ""))
        self.assertProblem(self.bice.post(f"/v1/tickets/{number}/return", {"article": "nessuno"}), 400, "bad-value", field="article")
        back = self.ok(self.bice.post(f"/v1/tickets/{number}/return", {"article": "codice-non-arriva"}))
        self.assertEqual((back["state"], back["group"], back["level"], back["assignee"]), ("returned", "primo-livello", 1, "ada"))
        events = self.ok(self.ada.get(f"/v1/tickets/{number}/history"))["events"]
        posts = [(e["actor"], e["post"]["kind"]) for e in events if "post" in e]
        self.assertEqual(posts, [("ada", "dossier"), ("bice", "return")])
        self.assertIn("Ho provato X.", str(events))

    def test_returned_though_it_was_never_escalated(self):
        """Its category is level 2's: that finds it was one for level 1, at once, while it has it, and while it waits for the person."""
        for moves in ((), ("take",), ("take", "waiting"), ("take", "solved", "reopened")):
            with self.subTest(moves):
                number = self.open(category="pagamenti", message="una cosa semplice")
                for move in moves:
                    if move == "take":
                        self.ok(self.bice.post(f"/v1/tickets/{number}/take", ""))
                    else:
                        self.ok(self.bice.patch(f"/v1/tickets/{number}", {"state": move}))
                self.assertIn('id="return"', self.bice.get(f"/agent/tickets/{number}").text)
                back = self.ok(self.bice.post(f"/v1/tickets/{number}/return", {"article": "codice-non-arriva"}))
                self.assertEqual((back["state"], back["group"], back["level"], back.get("assignee")), ("returned", "primo-livello", 1, None))
                # Level 1 has it, and sends nothing back to itself.
                self.ok(self.ada.post(f"/v1/tickets/{number}/take", ""))
                self.assertNotIn('id="return"', self.ada.get(f"/agent/tickets/{number}").text)
                self.assertProblem(self.ada.post(f"/v1/tickets/{number}/return", {"article": "codice-non-arriva"}), 409, "conflict", field="state")
                refused = self.assertProblem(self.ada.patch(f"/v1/tickets/{number}", {"state": "returned"}), 409, "conflict", field="state")
                self.assertNotIn("returned", refused["allowed"])
        number = self.open(category="pagamenti", message="un'altra")
        self.ok(self.bice.post(f"/v1/tickets/{number}/take", ""))
        self.assertProblem(self.bice.patch(f"/v1/tickets/{number}", {"state": "returned", "group": "secondo-livello"}), 409, "conflict", field="group")
        back = self.ok(self.bice.patch(f"/v1/tickets/{number}", {"state": "returned"}))
        self.assertEqual((back["group"], back["level"], back.get("assignee")), ("primo-livello", 1, None))

    def test_figures_of_levels(self):
        manager = self.other(self.tokens["capo"])
        before = manager.get("/v1/deflection").json["tickets"]
        number = self.open(message="x")
        self.ok(self.ada.patch(f"/v1/tickets/{number}", {"state": "escalated"}))  # nobody says to whom
        self.assertEqual(self.ada.get(f"/v1/tickets/{number}").json["level"], 2)
        back = self.ok(self.ada.patch(f"/v1/tickets/{number}", {"state": "returned"}))
        self.assertEqual((back["level"], back["group"]), (1, "primo-livello"))
        self.ok(self.ada.patch(f"/v1/tickets/{number}", {"state": "closed"}))
        other = self.open(message="y")
        self.ok(self.ada.post(f"/v1/tickets/{other}/escalate", {"group": "secondo-livello"}))
        self.ok(self.ada.post(f"/v1/tickets/{other}/return", {"article": "ricevuta"}))
        after = manager.get("/v1/deflection").json["tickets"]
        change = {name: after[name] - before[name] for name in ("all", "closed", "closed_level1", "escalated", "preventable")}
        self.assertEqual(change, {"all": 2, "closed": 1, "closed_level1": 1, "escalated": 2, "preventable": 1})

    # ---- masked data ----

    def test_the_page_holds_no_value_before_it_was_asked_for(self):
        number = self.open(category="pagamenti", message="x", fields={"iban": IBAN, "email": "ada.lovelace@example.com"})
        page = self.page(number)
        self.assertNotIn(IBAN, page)
        self.assertNotIn("ada.lovelace", page)
        self.assertIn("••••3456", page)
        self.assertEqual(self.ok(self.ada.post(f"/v1/tickets/{number}/reveal", {"field": "iban"})),
                         {"number": number, "field": "iban", "value": IBAN})
        self.assertProblem(self.ada.post(f"/v1/tickets/{number}/reveal", {"field": "nessuno"}), 404, "not-found", field="field")
        log = self.ok(self.ada.get(f"/v1/tickets/{number}/history"))
        self.assertNotIn(IBAN, str(log))
        self.assertNotIn(IBAN, self.ada.get(f"/v1/tickets/{number}/dossier").text)
        self.assertNotIn(IBAN, self.ada.get("/v1/queue?group=all&per_page=100").text)

    # ---- suggestions, flags, drafts ----

    def test_suggestions(self):
        number = self.open(message="il codice non arriva")
        told = self.ok(self.ada.get(f"/v1/tickets/{number}/suggestions"))
        scores = [a["score"] for a in told["articles"]]
        self.assertEqual(told["articles"][0]["id"], "codice-non-arriva")
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertIn("codice", told["articles"][0]["words"])
        inner = self.open(self.ada, category="interno", message="come si usa il registro zanzibarino")
        first = self.ok(self.ada.get(f"/v1/tickets/{inner}/suggestions"))["articles"][0]
        self.assertEqual((first["id"], first["public"]), ("procedura-riservata", False))
        self.assertNotIn("insert", first)
        mixed = self.open(message="il codice strano non arriva mai")
        first = self.ok(self.ada.get(f"/v1/tickets/{mixed}/suggestions"))["articles"][0]
        self.assertEqual(first["id"], "codice-strano")
        self.assertIn("Aspetta dieci minuti", first["insert"])
        self.assertNotIn("Minerva", first["insert"])
        self.assertEqual(self.ok(self.ada.get(f"/v1/tickets/{self.open()}/suggestions"))["articles"], [])

    def test_flags(self):
        number = self.open(message="x")
        flag = self.ok(self.ada.post("/v1/flags", {"article": "ricevuta", "reason": "outdated", "text": "chiedi a ada@example.com", "ticket": number}), 201)
        self.assertEqual((flag["owner"], flag["text"], flag["actor"], flag["status"]), ("team-prova", "chiedi a <email>", "ada", "open"))
        self.assertProblem(self.client.post("/v1/flags", {"article": "ricevuta", "reason": "wrong"}), 401, "unauthorized")
        self.assertProblem(self.ada.get("/v1/flags"), 403, "forbidden")
        self.assertProblem(self.ada.post("/v1/flags", {"article": "ricevuta", "reason": "brutto"}), 400, "bad-value", field="reason")
        self.assertProblem(self.ada.post("/v1/flags", {"article": "nessuno", "reason": "wrong"}), 400, "bad-value", field="article")
        self.assertIn(flag["id"], [f["id"] for f in self.ok(self.ed.get("/v1/flags"))["flags"]])
        listed = subprocess.run([PROGRAM, "flags", "list", "--data", self.service.data], capture_output=True, text=True)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertIn("ricevuta", listed.stdout)
        self.ok(self.ed.patch(f"/v1/flags/{flag['id']}", {"status": "done", "answer": "corretto"}))
        self.assertProblem(self.ed.patch(f"/v1/flags/{flag['id']}", {"status": "done"}), 409, "conflict")
        self.assertProblem(self.ed.patch("/v1/flags/99999", {"status": "done"}), 404, "not-found")
        done = self.ok(self.ed.get("/v1/flags?status=done"))["flags"]
        self.assertEqual([(f["id"], f["done_by"], f["answer"]) for f in done if f["id"] == flag["id"]], [(flag["id"], "ed", "corretto")])
        self.assertRegex(self.client.get("/metrics").text, r"sportello_article_flags_total [1-9]")
        self.assertIn("Ricevuta", self.page(number))

    def test_draft(self):
        number = self.open(message=f"Perché non arriva il rimborso su {IBAN}? Grazie.")
        self.assertProblem(self.ada.get(f"/v1/tickets/{number}/draft"), 409, "conflict")
        self.ok(self.ada.patch(f"/v1/tickets/{number}", {"note": "nota segreta"}))
        self.ok(self.ada.post(f"/v1/tickets/{number}/replies", {"state": "solved", "text":
                "Gentile Ada Rossi,\n\nil rimborso arriva in **dieci giorni** sul conto IT60X0542811101000000123456.\n\nCordiali saluti\nMario Bianchi"}))
        reply = self.ada.get(f"/v1/tickets/{number}/draft")
        self.assertEqual((reply.status, reply["Content-Type"]), (200, "text/markdown; charset=utf-8"), reply.text)
        name = re.fullmatch(r'attachment; filename="([a-z0-9-]+\.md)"', reply["Content-Disposition"]).group(1)
        for gone in (IBAN, "Rossi", "Bianchi", "segreta", "<iban>"):
            self.assertNotIn(gone, reply.text)
        self.assertIn("status: draft", reply.text)
        self.assertIn("**dieci giorni**", reply.text)
        path = self.service.kb / "it" / "accesso" / name
        path.write_text(reply.text, encoding="utf-8")
        try:
            checked = self.service.command("check", "--kb", str(self.service.kb))
            errors = [line for line in checked.stdout.splitlines() if name in line and " error: " in line]
            self.assertEqual(errors, [])
        finally:
            path.unlink()

    # ---- pages without a script ----

    def form(self, number, **fields):
        from urllib.parse import urlencode
        return self.ada.request("POST", f"/agent/tickets/{number}", urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def revision(self, number):
        return self.ada.get(f"/v1/tickets/{number}").json["revision"]

    def test_what_was_written_for_another_state_waits_for_a_second_look(self):
        """Passed on, answered or returned by a colleague meanwhile: nobody takes it out of level 2's queue without a look, and nothing that was
        written is lost."""
        number = self.open(message="il codice non arriva")
        self.ok(self.ada.post(f"/v1/tickets/{number}/take", ""))
        seen = self.revision(number)
        self.ok(self.bice.post(f"/v1/tickets/{number}/escalate", {"group": "secondo-livello"}))
        for fields in ({"do": "reply", "text": "Provi di nuovo.", "state": "waiting"}, {"do": "solved"}, {"do": "close"},
                       {"do": "escalate", "group": "secondo-livello", "text": "Dossier mio."},
                       {"do": "return", "article": "codice-non-arriva", "text": "Basta l'articolo."}):
            refused = self.form(number, revision=seen, **fields)
            self.assertEqual(refused.status, 412, fields)
            self.assertIn("Qualcuno ha cambiato la richiesta", refused.text)
            self.assertIn(fields.get("text", "").replace("'", "&#39;"), refused.text)
            self.assertIn(f'name="revision" value="{seen + 1}"', refused.text)
        ticket = self.ada.get(f"/v1/tickets/{number}").json
        self.assertEqual((ticket["state"], ticket["revision"], ticket.get("messages")), ("escalated", seen + 1, None))
        # What is only noted on it, and what was seen, goes on.
        for fields in ({"do": "link", "article": "codice-non-arriva"}, {"do": "priority", "priority": "high"},
                       {"do": "flag", "article": "ricevuta", "reason": "unclear"}):
            self.assertEqual(self.form(number, revision=seen, **fields).status, 303, fields)
        now = self.revision(number)
        self.assertEqual(self.form(number, do="reply", text="Provi di nuovo.", state="keep", revision=now).status, 303)

    def test_a_form_that_comes_twice_is_done_once(self):
        """Its reply was lost, and the browser sent it again."""
        number = self.open(message="il codice non arriva")
        steps = [{"do": "reply", "text": "Provi di nuovo.", "state": "keep"}, {"do": "escalate", "group": "secondo-livello", "text": "Dossier."},
                 {"do": "return", "article": "codice-non-arriva", "text": "Basta l'articolo."}]
        for fields in steps:
            seen = self.revision(number)
            first = self.form(number, revision=seen, **fields)
            again = self.form(number, revision=seen, **fields)
            self.assertEqual((first.status, again.status, again["Location"]), (303, 303, first["Location"]), fields)
            self.assertEqual(self.revision(number), seen + 1)
        self.assertEqual(self.form(number, revision=seen, do="return", article="codice-non-arriva", text="Altro.").status, 412)

    def test_pages_by_forms(self):
        number = self.open(message="il codice non arriva", fields={"email": "ada.l@example.com"})
        self.assertIn(f"/agent/tickets/{number}", self.ada.get("/agent/tickets").text)
        taken = self.form(number, do="take", revision=1)
        self.assertEqual((taken.status, taken["Location"]), (303, f"/agent/tickets/{number}?done=take"))
        self.assertEqual(self.form(number, do="take", revision=1).status, 412)
        self.assertIn("codice-non-arriva", self.ada.get(f"/agent/tickets/{number}?suggest=1").text)
        inserted = self.form(number, do="insert", article="codice-non-arriva", text="Ciao.")
        self.assertEqual(inserted.status, 200)
        self.assertRegex(inserted.text, r"(?s)<textarea id=\"reply\"[^>]*>Ciao\.\n\n.*Aspetta cinque minuti")
        self.assertEqual(self.form(number, do="insert", article="procedura-riservata").status, 422)
        self.assertEqual(self.form(number, do="link", article="codice-non-arriva").status, 303)
        refused = self.form(number, do="reply", text="Ecco. " + INSIDE, state="waiting")
        self.assertEqual(refused.status, 422)
        self.assertIn("Ecco. Verifica nel pannello", refused.text)
        shown = self.form(number, do="reveal", field="email")
        self.assertIn("ada.l@example.com", shown.text)
        self.assertNotIn("ada.l@example.com", self.page(number))
        for fields in ({"do": "reply", "text": "Aspetta.", "state": "waiting"}, {"do": "escalate", "group": "secondo-livello", "text": "dossier"},
                       {"do": "return", "article": "codice-non-arriva"}, {"do": "flag", "article": "ricevuta", "reason": "wrong"},
                       {"do": "priority", "priority": "high"}, {"do": "solved"}, {"do": "close"}):
            self.assertEqual(self.form(number, **fields).status, 303, fields)
        self.assertEqual(self.ada.get(f"/v1/tickets/{number}").json["state"], "closed")
        self.assertEqual(self.form(number, do="nothing").status, 400)

    def test_the_persons_page(self):
        from urllib.parse import urlencode
        number = self.open(message="x")
        self.ok(self.ada.post(f"/v1/tickets/{number}/replies", {"text": "Fatto?"}))
        path = f"/ticket/{number}"
        page = self.client.get(f"{path}?key={self.secret}").text
        self.assertIn("Fatto?", page)
        self.assertNotIn("ada", re.sub(r"\b[0-9a-z]{26}\b", "", page.split("<main")[1]))  # not by chance, in a secret
        say = lambda **fields: self.client.request("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(say(key="a" * 26, text="x").status, 404)
        wrong = say(key=self.secret, text=" ")
        self.assertEqual(wrong.status, 303)
        self.assertIn("error-summary", self.client.get(wrong["Location"]).text)
        self.assertEqual(say(key=self.secret, text="Sì, grazie").status, 303)
        self.assertIn("Sì, grazie", self.client.get(f"{path}?key={self.secret}").text)
        self.assertEqual(say(key=self.secret, solved="yes").status, 303)
        self.assertEqual(self.ada.get(f"/v1/tickets/{number}").json["state"], "solved")

    def test_the_pages_are_for_agents(self):
        number = self.open(message="x")
        for path in ("/agent/tickets", f"/agent/tickets/{number}", f"/agent/tickets/{number}/suggestions"):
            self.assertIn(self.client.get(path).status, (303, 401), path)
            self.assertEqual(self.ed.get(path).status, 403, path)
        self.assertEqual(self.ada.get("/agent/tickets/999999").status, 404)


if __name__ == "__main__":
    unittest.main()
