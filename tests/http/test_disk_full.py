"""A store that cannot take more: answers go on and say so, tickets are refused and nothing is acknowledged falsely."""
import errno
import resource
import signal
import sys
import unittest

import files
from service import ROOT, Service, article, running, until

sys.path.append(str(ROOT / "tests" / "faults"))

from soak import Disk  # noqa: E402


class DiskFull(unittest.TestCase):
    """The full disk is a limit on the size of files, set on the running process: writes beyond it fail."""

    def setUp(self):
        service = Service()
        service.plain_signals = False  # SIGXFSZ stays ignored, as Python has it: writes fail instead
        context = running(service=service)
        self.service = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.client = self.service.client()
        self.addCleanup(self.client.close)

    def limit(self, size):
        hard = resource.prlimit(self.service.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.service.process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def say(self, **more):
        reply = self.client.post("/v1/chat", {"message": "non ricevo il codice di conferma", **more})
        self.assertEqual((reply.status, reply.json["decision"]), (200, "answer"))
        return reply.json

    def test_answers_go_on_and_tickets_wait(self):
        first = self.say()
        self.assertIs(first["recorded"], True)
        body, key = {"category": "accesso"}, {"Idempotency_Key": "prima-e-dopo"}

        self.limit(1)
        self.assertIs(self.say()["recorded"], False)
        self.assertIs(self.say(conversation=first["conversation"])["recorded"], False)
        refused = self.client.post("/v1/tickets", body, **key)
        self.assertEqual((refused.status, refused["Content-Type"]), (503, "application/problem+json"))
        self.assertTrue(int(refused["Retry-After"]) > 0)
        feedback = self.client.post(f"/v1/chat/{first['conversation']}/feedback", {"solved": True})
        self.assertEqual(feedback.status, 503)
        state = self.client.get("/readyz").json
        self.assertEqual((state["status"], state["store"]["read"]), ("ready", "ok"))
        self.assertNotEqual(state["store"]["write"], "ok")
        metrics = self.client.get("/metrics").text
        self.assertIn("\nsportello_turns_unrecorded_total 2\n", metrics)
        self.assertIn("\nsportello_store_writes_failed_total 4\n", metrics)

        self.limit(resource.RLIM_INFINITY)
        self.assertIs(self.say()["recorded"], True)
        opened = self.client.post("/v1/tickets", body, **key)
        self.assertEqual(opened.status, 201)
        self.assertEqual(self.client.get("/readyz").json["store"]["write"], "ok")
        self.assertIn("\nsportello_tickets_opened_total 1\n", self.client.get("/metrics").text)


class DiskFails(unittest.TestCase):
    """What a disk that became read-only, full or broken answers, while the service runs and its files are open."""

    def setUp(self):
        service = Service()
        self.disk = Disk(service)
        context = running(service=service)
        self.service = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.client = self.service.client()
        self.addCleanup(self.client.close)

    def send_file(self, ticket, salt):
        return self.client.request("POST", f"/v1/tickets/{ticket['number']}/attachments?secret={ticket['secret']}", files.png(salt=salt), {"Content-Type": "image/png"})

    def assertComeAgain(self, reply, why):
        self.assertEqual((reply.status, reply["Content-Type"]), (503, "application/problem+json"), why)
        self.assertGreater(int(reply["Retry-After"]), 0)

    def test_each_failure_is_told_and_nothing_is_acknowledged(self):
        opened, kept = [], []
        for number, kind in enumerate(Disk.KINDS):
            why = Disk.name(*kind)
            ticket = self.client.post("/v1/tickets", {"message": f"prima {'abcdefgh'[number]}", "category": "accesso"}).json
            opened.append(ticket)
            self.disk.say(*kind)
            for _ in range(3):
                self.assertComeAgain(self.client.post("/v1/tickets", {"message": "x", "category": "accesso"}, Idempotency_Key=f"chiave-{number}"), why)
                self.assertComeAgain(self.send_file(ticket, number), why)
                said = self.client.post("/v1/chat", {"message": "non ricevo il codice di conferma"})
                self.assertEqual((said.status, said.json["decision"], said.json["recorded"]), (200, "answer", False), why)
            self.assertEqual(self.client.get("/v1/search?q=ricevuta").status, 200)
            state = self.client.get("/readyz").json
            self.assertEqual((state["status"], state["store"]["read"], state["store"]["write"] == "ok"), ("ready", "ok", False), why)
            self.disk.say(0, 0)
            self.assertIsNotNone(until(lambda: self.client.post("/v1/tickets", {"message": "x", "category": "accesso"}, Idempotency_Key=f"chiave-{number}").status in (200, 201), 10), why)
            kept.append((self.send_file(ticket, number), number))
            self.assertEqual(kept[-1][0].status, 201, why)
            self.assertEqual(self.client.get("/readyz").json["store"]["write"], "ok")
        self.service.stop(signal.SIGKILL)
        self.service.start()
        client = self.service.client()
        self.addCleanup(client.close)
        self.assertEqual([client.get(f"/v1/tickets/{ticket['number']}?secret={ticket['secret']}").status for ticket in opened], [200] * len(opened))
        for (reply, salt), ticket in zip(kept, opened):
            self.assertEqual(client.get(reply["Location"] + f"?secret={ticket['secret']}").body, files.png(salt=salt))

    def test_an_article_saved_meanwhile_is_live_afterwards(self):
        self.disk.say(errno.EROFS, 3)
        self.service.write("it/accesso/nuovo.md", article("nuovo", "Il nuovo zibaldone", "Testo."))
        found = lambda: [hit["id"] for hit in self.client.get("/v1/search?q=zibaldone&lang=it").json["results"]]  # noqa: E731
        self.assertIsNone(until(lambda: found() == ["nuovo"], 1))
        self.assertEqual(self.client.get("/v1/search?q=ricevuta").status, 200)
        self.disk.say(0, 0)
        self.assertIsNotNone(until(lambda: found() == ["nuovo"], 20))


if __name__ == "__main__":
    unittest.main()
