"""A store that cannot take more: answers go on and say so, tickets are refused and nothing is acknowledged falsely."""
import resource
import unittest

from service import Service, running


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


if __name__ == "__main__":
    unittest.main()
