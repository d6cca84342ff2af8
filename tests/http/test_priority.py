"""With which priority a ticket is opened (kb.yaml), and what the other system learns of it."""
import json
import unittest

from connected import Connected
from service import Service


def urgent_kb(service):
    """The test's knowledge base, where payments are urgent."""
    file = service.kb / "kb.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("  pagamenti:\n") == 1
    file.write_text(text.replace("  pagamenti:\n", "  pagamenti:\n    priority: high\n"), encoding="utf-8")


class Priority(unittest.TestCase):
    def test_of_the_category(self):
        service = Service()
        urgent_kb(service)
        try:
            service.start()
            client, agent = service.client(), service.client(service.token())
            low = client.post("/v1/tickets", {"category": "accesso", "message": "non entro"}).json["number"]
            high = client.post("/v1/tickets", {"category": "pagamenti", "message": "ho pagato due volte"}).json["number"]
            self.assertEqual([agent.get(f"/v1/tickets/{n}").json["priority"] for n in (low, high)], ["normal", "high"])
            client.close()
            agent.close()
        finally:
            service.remove()

    def test_leaves(self):
        """By its name where the settings have one for it, else in words; when it is opened, and when somebody changes it."""
        for kind, field in (("servicenow", "urgency"), ("zendesk", "priority")):
            with self.subTest(kind):
                words = {"servicenow": ("1", "3"), "zendesk": ("urgent", "normal")}[kind]
                desk = Connected(kind, f"priorities: {{high: '{words[0]}', default: '{words[1]}'}}\n")
                urgent_kb(desk.service)
                with desk:
                    high, plain = desk.open(category="pagamenti")["number"], desk.open()["number"]
                    desk.until_empty()
                    self.assertEqual([desk.other.of(n)[0][field] for n in (high, plain)], [words[0], words[1]])
                    desk.change(plain, priority="high")
                    desk.change(high, priority="normal")
                    desk.change(high, priority="low")
                    desk.until_empty()
                    self.assertEqual([desk.other.of(n)[0][field] for n in (plain, high)], [words[0], words[1]])
                    told = [j["value"] for j in desk.other.journal] if kind == "servicenow" else \
                        [c["body"] for c in desk.other.of(high)[0]["_comments"][1:]]
                    self.assertEqual([text.splitlines()[0] for text in told], ["Priorità: bassa"])

    def test_webhook(self):
        desk = Connected("webhook")
        urgent_kb(desk.service)
        with desk:
            number = desk.open(category="pagamenti")["number"]
            desk.change(number, priority="low")
            desk.change(number, note="una nota")
            desk.until_empty()
            messages = [json.loads(body)["data"].get("priority") for _, _, _, body in desk.other.requests]
            self.assertEqual(messages, ["high", "low", None])


if __name__ == "__main__":
    unittest.main()
