"""The other system says no: to one entry, which must not keep the others back, or to all, which must not die of it."""
import json
import signal
import time
import unittest
import uuid

from connected import QUICK, SECRETS, Connected
from service import until
from stand_in import moment


def opened(desk):
    """A ticket that is on both sides: its number here, its record there."""
    number = desk.open()["number"]
    desk.until_empty()
    [record] = desk.other.of(number)
    return number, record


class OneAlone(unittest.TestCase):
    """403 for one entry: a rule about mandatory data, a closed record, a firewall that dislikes a word."""

    def test_others_go_on(self):
        for kind in ("servicenow", "zendesk", "webhook"):
            with self.subTest(kind), Connected(kind, quick=QUICK.replace("pause: 1s", "pause: 3s")) as desk:
                desk.open()
                desk.until_empty()
                desk.other.rule = lambda body: 403 if b"parola vietata" in body else None
                bad = desk.open("questa ha una parola vietata")["number"]
                self.assertIsNotNone(until(lambda: "403" in desk.outbox(), 10))
                good = [desk.open()["number"] for _ in range(3)]
                of = (lambda n: desk.other.of(f"{n}/1")) if kind == "webhook" else desk.other.of
                self.assertIsNotNone(until(lambda: all(len(of(number)) == 1 for number in good), 2), desk.ready())
                # The others were taken: so it is this one, and an operator sees it.
                self.assertIsNotNone(until(lambda: desk.ready()["dead"] == 1, 20))
                self.assertEqual(desk.ready()["state"], "up")
                [dead] = json.loads(desk.outbox("list", "--dead"))
                self.assertEqual(dead["ticket"], bad)
                desk.other.rule = None
                desk.outbox("resend", str(dead["id"]))
                desk.until_empty()
                self.assertEqual(len(of(bad)), 1)

    def test_many_at_once(self):
        """Records that were closed there, say: what is for others does not wait a pause for each of them."""
        with Connected("servicenow", quick=QUICK.replace("pause: 1s", "pause: 60s")) as desk:
            numbers = [desk.open()["number"] for _ in range(5)]
            desk.until_empty()
            desk.other.rule = lambda body: 403 if b"nota vietata" in body else None
            desk.other.gone = True
            for number in numbers:
                desk.change(number, note="nota vietata")
            good = [desk.open()["number"] for _ in range(3)]
            desk.other.gone = False
            self.assertIsNotNone(until(lambda: all(len(desk.other.of(number)) == 1 for number in good), 20), desk.ready())
            # The last one is there a moment before it is noted here that it is.
            until(lambda: desk.ready()["waiting"] == 5, 10)
            self.assertEqual(desk.ready()["state"], "up")
            self.assertEqual((desk.ready()["dead"], desk.ready()["waiting"]), (0, 5))

    def test_rule_of_servicenow(self):
        """403 too, with its reason: no right mends that, so it is told at once, and waits for nobody else to be taken."""
        for why in ("Data Policy Exception:\n The following fields are mandatory: Resolution code",
                    "Operation against file 'incident' was aborted by Business Rule 'Closed'"):
            with self.subTest(why), Connected("servicenow", quick=QUICK.replace("pause: 1s", "pause: 600s")) as desk:
                number, record = opened(desk)
                desk.other.rule = lambda body, why=why: (403, why) if b'"state":"6"' in body else None
                desk.change(number, state="solved")
                self.assertIsNotNone(until(lambda: desk.ready()["dead"] == 1, 10), desk.outbox())
                [dead] = json.loads(desk.outbox("list", "--dead"))
                self.assertEqual((dead["ticket"], dead["cause_kind"], desk.ready()["state"]), (number, "value", "up"))
                self.assertIn(why[:21], dead["cause"])
                desk.other.rule = None
                desk.outbox("resend", "--dead")
                desk.until_empty()
                self.assertEqual(record["state"], "6")

    def test_table_that_does_not_keep_who_it_is(self):
        """A field that a table lacks is left out of a query: then the oldest of all records comes, which is somebody else's."""
        with Connected("servicenow", "table: u_custom\n") as desk:
            desk.other.tables.append("u_custom")
            desk.other.unknown = {"correlation_id", "correlation_display"}
            for i in range(2):
                desk.other.records.append({"sys_id": f"{i}" * 32, "number": f"ALTRO{i}", "sys_class_name": "u_custom", "state": "1", "hold_reason": "",
                                           "sys_created_on": moment(time.time() - 9000 + i), "sys_updated_on": moment(time.time() - 9000)})
            others = [dict(record) for record in desk.other.records]
            desk.other.plan.append("cut")
            number = desk.open()["number"]
            self.assertIsNotNone(until(lambda: desk.ready()["dead"] == 1, 20), desk.outbox())
            [dead] = json.loads(desk.outbox("list", "--dead"))
            self.assertIn("u_custom do not keep correlation_id", dead["cause"])
            told = desk.open()["number"]
            desk.until_empty()
            lines = [line for line in desk.service.log_lines() if line.get("ticket") == told]
            self.assertIn("do not keep correlation_id", lines[0]["cause"])
            desk.change(number, state="solved", note="nota")
            time.sleep(1)
            self.assertEqual(desk.other.records[:2], others)
            self.assertEqual(len(desk.other.records), 3)

    def test_two_at_the_same_row(self):
        """409, Zendesk's DatabaseConflict: that passes, and may have been made all the same."""
        for kind in ("servicenow", "zendesk"):
            with self.subTest(kind), Connected(kind) as desk:
                desk.other.plan.append("409")
                number = desk.open()["number"]
                desk.until_empty()
                self.assertEqual(len(desk.other.of(number)), 1)
                self.assertEqual((desk.other.faults["409"], desk.ready()["dead"]), (1, 0))
                # It was looked for before it was put there again, and after.
                self.assertEqual([method for method, path, *_ in desk.other.requests if method == "POST" or f"={number}" in
                                  path.replace("%3D", "=")], ["POST", "GET", "POST", "GET"])

    def test_first_of_all_after_a_start(self):
        """Nothing was taken yet, so it may be our rights: told, all wait once, and then the others go first."""
        with Connected("servicenow") as desk:
            desk.other.rule = lambda body: 403 if b"vietata" in body else None
            desk.open("vietata")
            good = [desk.open()["number"] for _ in range(3)]
            self.assertIsNotNone(until(lambda: all(len(desk.other.of(number)) == 1 for number in good), 20), desk.ready())
            self.assertIsNotNone(until(lambda: desk.ready()["dead"] == 1, 20))

    def test_no_right_at_all(self):
        """403 for everything: told, asked for now and then, nothing dies, and nothing is lost when the right is there."""
        with Connected("servicenow") as desk:
            desk.open()
            desk.until_empty()
            desk.other.refuse = 403
            numbers = [desk.open()["number"] for _ in range(5)]
            self.assertIsNotNone(until(lambda: desk.ready()["state"] == "paused", 10))
            asked = sum(method == "POST" for method, *_ in desk.other.requests)
            time.sleep(2.5)
            # One try a pause, not one an entry.
            self.assertLessEqual(sum(method == "POST" for method, *_ in desk.other.requests) - asked, 4)
            self.assertEqual((desk.ready()["dead"], desk.ready()["waiting"]), (0, 5))
            desk.other.refuse = None
            desk.until_empty()
            self.assertEqual([len(desk.other.of(number)) for number in numbers], [1] * 5)


    def test_right_that_was_given_back_and_a_reload(self):
        """What was set aside goes with the reload, not when its pause is over: which system works again is told, and so it must."""
        for kind in ("servicenow", "webhook"):
            with self.subTest(kind), Connected(kind, quick=QUICK.replace("pause: 1s", "pause: 600s")) as desk:
                desk.open()
                desk.until_empty()
                desk.other.refuse = 403
                numbers = [desk.open()["number"] for _ in range(3)]
                self.assertIsNotNone(until(lambda: desk.ready()["state"] == "paused", 10))
                desk.other.refuse = None
                desk.service.process.send_signal(signal.SIGHUP)
                desk.until_empty()
                of = (lambda n: desk.other.of(f"{n}/1")) if kind == "webhook" else desk.other.of
                self.assertEqual([len(of(number)) for number in numbers], [1] * 3)

    def test_one_set_aside_while_all_works_and_a_reload(self):
        with Connected("servicenow", quick=QUICK.replace("pause: 1s", "pause: 600s")) as desk:
            desk.open()
            desk.until_empty()
            desk.other.plan.append("403")
            desk.open()
            self.assertIsNotNone(until(lambda: "403" in desk.outbox(), 10))
            self.assertEqual((desk.ready()["state"], desk.waiting()), ("up", 1))
            desk.service.process.send_signal(signal.SIGHUP)
            desk.until_empty()

    def test_long_without_credentials(self):
        """The time that credentials were wrong is none in which the entry failed: a hiccup right after does not end it."""
        with Connected("servicenow", quick=QUICK.replace("give_up: 1h", "give_up: 5s")) as desk:
            desk.other.refuse = 401
            number = desk.open()["number"]
            self.assertIsNotNone(until(lambda: desk.ready()["state"] == "paused", 10))
            time.sleep(6)
            desk.other.plan.append("503")
            desk.other.refuse = None
            self.assertIsNotNone(until(lambda: desk.other.of(number) or desk.ready()["dead"], 10))
            self.assertEqual((desk.other.faults["503"], desk.ready()["dead"], len(desk.other.of(number))), (1, 0, 1))


class All(unittest.TestCase):
    def wait_out(self, kind, status):
        """Nothing dies while the place where tickets go is not there, or leads elsewhere; told as down."""
        with Connected(kind) as desk:
            desk.other.refuse = status
            numbers = [desk.open()["number"] for _ in range(4)]
            self.assertIsNotNone(until(lambda: desk.ready()["state"] == "down", 20), desk.outbox())
            told = desk.ready()
            self.assertEqual((told["dead"], told["waiting"]), (0, 4))
            self.assertIn(f"HTTP {status}", told["cause"])
            desk.other.refuse = None
            desk.until_empty()
            of = (lambda n: desk.other.of(f"{n}/1")) if kind == "webhook" else desk.other.of
            self.assertEqual([len(of(number)) for number in numbers], [1] * 4)
            # It was sent to nobody else.
            self.assertFalse([path for _, path, *_ in desk.other.requests if "sign-in" in path])

    def test_redirected(self):
        for kind in ("servicenow", "zendesk", "webhook"):
            with self.subTest(kind):
                self.wait_out(kind, 302)

    def test_not_there(self):
        for kind in ("servicenow", "zendesk", "webhook"):
            with self.subTest(kind):
                self.wait_out(kind, 404)

    def test_receiver_that_cannot_verify(self):
        """Most of them answer 400 to a signature by a secret that they do not know yet."""
        self.wait_out("webhook", 400)

    def test_record_that_was_deleted_there(self):
        """404 for one record is that record's."""
        with Connected("servicenow") as desk:
            number = desk.open()["number"]
            desk.until_empty()
            desk.other.records.clear()
            desk.change(number, note="una nota")
            self.assertIsNotNone(until(lambda: desk.ready()["dead"] == 1, 10))
            self.assertEqual(desk.ready()["state"], "up")


class Told(unittest.TestCase):
    """Why nothing is sent, on the log, on /readyz and on the page: what has to be done is not the same."""

    def page(self, desk):
        admin = desk.service.client(desk.service.token(role="admin", subject="capo"))
        text = admin.get("/agent/outbox?lang=en").text
        admin.close()
        return text

    def test_receiver_that_is_gone(self):
        with Connected("webhook") as desk:
            desk.other.refuse = 410
            desk.open()
            self.assertIsNotNone(until(lambda: desk.ready()["state"] == "paused", 10))
            self.assertIn("nobody takes anything any more", desk.service.stderr())
            page = self.page(desk)
            self.assertIn("takes nothing at its address any more", page)
            self.assertIn("the address corrected in the settings", page)
            for text in (desk.service.stderr(), page):
                self.assertNotIn("credentials", text)
            desk.other.refuse = None
            desk.until_empty()
            self.assertEqual(desk.ready()["state"], "up")

    def test_secret_that_cannot_be_used(self):
        desk = Connected("webhook", auth="secrets: [{file: segreto}]\n")
        (desk.service.folder / "segreto").write_text(SECRETS[0] + "\n")
        with desk:
            (desk.service.folder / "segreto").write_text("senza prefisso\n")
            desk.open()
            self.assertIsNotNone(until(lambda: desk.ready()["state"] == "paused", 10))
            self.assertIn("our secret for the other system cannot be used", desk.service.stderr())
            [waiting] = json.loads(desk.outbox())
            self.assertIn("segreto: a secret of Standard Webhooks is whsec_", waiting["cause"])
            self.assertIn("our secret cannot be used", self.page(desk))
            (desk.service.folder / "segreto").write_text(SECRETS[0] + "\n")
            desk.until_empty()


class SaidThere(unittest.TestCase):
    def test_zendesk_tells_who_asked_from_the_desk(self):
        """The person answers Zendesk's e-mail: that is no answer of ours."""
        with Connected("zendesk", "requester: email\n") as desk:
            desk.other.export_delay_s, desk.other.end_users = 0, {55}
            opened = desk.open(fields={"email": "ada@example.com"})
            number = opened["number"]
            desk.until_empty()
            [record] = desk.other.of(number)
            with desk.other.lock:
                for name, author, text in ((900, 9, "Quando è successo?"), (901, 55, "Ieri, verso le tre.")):
                    record["_comments"].append({"id": name, "author_id": author, "body": text, "public": True,
                                                "created_at": "2026-11-25T10:00:00Z"})
                record.update({"_updated": time.time(), "updated_at": "2030-01-01T00:00:00Z"})
            self.assertIsNotNone(until(lambda: len(desk.ticket(number).get("messages", [])) == 2, 10))
            for told in (desk.ticket(number), desk.ticket(number, opened["secret"])):
                self.assertEqual([(m["from"], m["text"]) for m in told["messages"]],
                                 [("desk", "Quando è successo?"), ("person", "Ieri, verso le tre.")])
                self.assertEqual([c["text"] for c in told["comments"]], ["Quando è successo?"])
                self.assertNotIn("@person", json.dumps(told))

    def test_zendesk_opening_that_is_public_is_not_said_by_who_asked(self):
        """A ticket with a requester begins, there, with a comment of theirs: the one that we wrote."""
        with Connected("zendesk", "requester: email\npublic_notes: true\n") as desk:
            desk.other.export_delay_s, desk.other.end_users = 0, {55}
            number = desk.open(fields={"email": "ada@example.com"})["number"]
            desk.until_empty()
            [record] = desk.other.of(number)
            with desk.other.lock:
                self.assertEqual([(c["author_id"], c["public"]) for c in record["_comments"]], [(55, True)])
                record["_comments"].append({"id": 901, "author_id": 55, "body": "Ieri.", "public": True, "created_at": "2026-11-25T10:00:00Z"})
                record.update({"_updated": time.time(), "updated_at": "2030-01-01T00:00:00Z"})
            self.assertIsNotNone(until(lambda: desk.ticket(number).get("messages"), 10))
            self.assertEqual([(m["from"], m["text"]) for m in desk.ticket(number)["messages"]], [("person", "Ieri.")])

    def test_who_quotes_us_is_heard(self):
        """An answer by e-mail often carries our own words, mark and all, below or above its own."""
        said = ["Ecco il numero.\n\n> Quando?\n> [Sportello {n}/2]", "Il 23/11 lei scrisse:\n[Sportello {n}/2]\nConfermo.", "[Sportello {n}/2]\r\n\r\nSì."]
        for kind in ("servicenow", "zendesk"):
            with self.subTest(kind), Connected(kind) as desk:
                desk.other.export_delay_s, desk.other.end_users = 0, {55}
                number = desk.open()["number"]
                agent = desk.service.client(desk.token)
                self.assertEqual(agent.post(f"/v1/tickets/{number}/replies", {"text": "Quando?"}).status, 200)
                agent.close()
                desk.until_empty()
                [record] = desk.other.of(number)
                texts = [text.format(n=number) for text in said]
                if kind == "zendesk":
                    texts.append(f"Ieri.\n\nQuando?\n\n[Sportello {number}/2]")
                with desk.other.lock:
                    for i, text in enumerate(texts):
                        record.get("_comments", []).append({"id": 900 + i, "author_id": 55 if i == 3 else 9, "body": text, "public": True,
                                                            "created_at": "2026-11-25T10:00:00Z"})
                        desk.other.journal.append({"sys_id": uuid.uuid4().hex, "name": "incident", "element_id": record.get("sys_id"),
                                                   "element": "comments", "value": text, "sys_created_on": moment(), "sys_created_by": "bea"})
                    record.update({"_updated": time.time(), "updated_at": "2030-01-01T00:00:00Z", "sys_updated_on": moment()})
                heard = [*texts, "Quando?"]
                self.assertIsNotNone(until(lambda: len(desk.ticket(number)["messages"]) >= len(heard), 10), desk.ticket(number)["messages"])
                # Our own reply does not come back as one of theirs.
                self.assertEqual(sorted(m["text"] for m in desk.ticket(number)["messages"]), sorted(heard))

    def test_servicenow_is_asked_for_comments_of_our_records_alone(self):
        """A busy instance has thousands of others': ours came after them."""
        with Connected("servicenow") as desk:
            number, record = opened(desk)
            with desk.other.lock:
                for i in range(6000):
                    desk.other.journal.append({"sys_id": uuid.uuid4().hex, "name": "incident", "element_id": "di-altri", "element": "comments",
                                               "value": f"di altri {i}", "sys_created_on": moment(time.time() - 1), "sys_created_by": "bea"})
                desk.other.journal.append({"sys_id": uuid.uuid4().hex, "name": "incident", "element_id": record["sys_id"], "element": "comments",
                                           "value": "Per te.", "sys_created_on": moment(), "sys_created_by": "bea"})
                record["sys_updated_on"] = moment()
            self.assertIsNotNone(until(lambda: desk.ticket(number).get("comments"), 10))
            self.assertLess(len(desk.other.requests), 100)

    def test_clock_of_the_other_system_is_behind(self):
        """What is said there before its clock reaches the moment of our first look is read too."""
        with Connected("servicenow") as desk:
            number, record = opened(desk)
            with desk.other.lock:
                record.update({"state": "2", "sys_updated_on": moment(time.time() - 3600)})
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "assigned", 10))

    def test_state_that_nobody_mapped(self):
        with Connected("servicenow") as desk:
            number, record = opened(desk)
            with desk.other.lock:
                record.update({"state": "42", "sys_updated_on": moment()})

            def told():
                return [line for line in desk.service.log_lines() if line.get("cause") == "42"]
            self.assertIsNotNone(until(told, 10))
            with desk.other.lock:
                record.update({"state": "2", "sys_updated_on": moment(time.time() + 2)})
            self.assertIsNotNone(until(lambda: desk.ticket(number)["state"] == "assigned", 10))
            self.assertEqual([(line["ticket"], line["level"]) for line in told()], [(number, "warning")])

    def test_long_ticket_arrives_whole(self):
        """ServiceNow keeps 4,000 characters of a description and says nothing of the rest."""
        with Connected("servicenow") as desk:
            client = desk.service.client()
            conversation = None
            for i in range(6):
                body = {"message": f"domanda {i} " + "così lunga " * 150, **({"conversation": conversation} if conversation else {})}
                conversation = client.post("/v1/chat", body).json["conversation"]
            client.close()
            number = desk.open("è " * 900, conversation=conversation)["number"]
            desk.until_empty()
            [record] = desk.other.of(number)
            [note] = desk.other.journal
            self.assertEqual((note["element"], note["element_id"]), ("work_notes", record["sys_id"]))
            self.assertTrue(note["value"].endswith(f"[Sportello {number}/1]"))
            self.assertIn("domanda 5", note["value"])
            self.assertTrue(note["value"].startswith(record["description"]))
            self.assertEqual(len(record["description"]), 4000)


if __name__ == "__main__":
    unittest.main()
