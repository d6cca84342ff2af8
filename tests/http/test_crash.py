"""kill -9 at any moment: what was acknowledged is there, nothing is there twice, conversations go on."""
import random
import signal
import string
import threading
import time
import unittest

import files
from service import PATIENCE, Service, running


class Crash(unittest.TestCase):
    def crash_under_load(self, service):
        """Open tickets from several connections until the process is killed: {key: number or None when not acknowledged}."""
        asked, lock = {}, threading.Lock()

        def work():
            client = service.client()
            while True:
                # No digits: what looks like a number of somebody is masked.
                key = "".join(random.choices(string.ascii_lowercase, k=32))
                with lock:
                    asked[key] = None
                try:
                    reply = client.post("/v1/tickets", {"message": key, "category": "accesso"}, Idempotency_Key=key)
                    if reply.status == 201:
                        with lock:
                            asked[key] = reply.json["number"]
                except Exception:
                    client.close()
                    return

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        time.sleep(0.4 * PATIENCE)
        service.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
        return asked

    def test_tickets(self):
        service = Service()
        token = service.token()
        with running(service=service):
            for _ in range(3):
                asked = self.crash_under_load(service)
                acknowledged = {key: number for key, number in asked.items() if number}
                self.assertGreater(len(acknowledged), 5)
                service.start()
                agent, client = service.client(token), service.client()
                for key, number in acknowledged.items():
                    reply = agent.get(f"/v1/tickets/{number}")
                    self.assertEqual((reply.status, reply.json.get("message")), (200, key))
                # Whoever got no answer asks again with the same key: one ticket, whether the first came to be or not.
                for key in asked:
                    body = {"message": key, "category": "accesso"}
                    again = client.post("/v1/tickets", body, Idempotency_Key=key)
                    if key in acknowledged:
                        self.assertEqual((again.status, again.json["number"]), (200, acknowledged[key]))
                    else:
                        self.assertIn(again.status, (200, 201))
                        self.assertEqual(client.post("/v1/tickets", body, Idempotency_Key=key).json["number"], again.json["number"])
                messages, before = [], ""
                while True:
                    page = agent.get(f"/v1/tickets?limit=100{before}").json
                    messages += [ticket["message"] for ticket in page["tickets"]]
                    if "next_before" not in page:
                        break
                    before = f"&before={page['next_before']}"
                self.assertEqual(sum(message in asked for message in messages), len(asked))
                self.assertEqual(len(messages), len(set(messages)))
                agent.close()
                client.close()

    def test_files(self):
        """Each file that was acknowledged is there, whole, and nothing else is in the folder."""
        service = Service()
        token = service.token()
        with running(service=service):
            for round in range(3):
                asked, threads = {}, []

                def work(first):
                    client = service.client(token)
                    for i in range(100000):
                        try:
                            if i % 5 == 0:
                                number = client.post("/v1/tickets", {}).json["number"]
                            content = files.png(salt=first + i)
                            reply = client.request("POST", f"/v1/tickets/{number}/attachments", content, {"Content-Type": "image/png"})
                            if reply.status == 201:
                                asked[reply["Location"]] = content
                        except Exception:
                            client.close()
                            return

                for n in range(4):
                    threads.append(threading.Thread(target=work, args=(n * 10000,)))
                    threads[-1].start()
                time.sleep(0.5 * PATIENCE)
                service.stop(signal.SIGKILL)
                for thread in threads:
                    thread.join()
                self.assertGreater(len(asked), 5)
                service.start()
                agent = service.client(token)
                for address, content in asked.items():
                    reply = agent.get(address)
                    self.assertEqual((reply.status, reply.body == content), (200, True))
                listed = set()
                before = ""
                while True:
                    page = agent.get(f"/v1/tickets?limit=100{before}").json
                    listed |= {file["id"] for ticket in page["tickets"] for file in ticket.get("attachments", [])}
                    if "next_before" not in page:
                        break
                    before = f"&before={page['next_before']}"
                self.assertEqual({path.name for path in (service.data / "attachments").iterdir()}, listed)
                self.assertLessEqual({address.rsplit("/", 1)[1] for address in asked}, listed)
                agent.close()

    def test_conversations_survive(self):
        for number in (signal.SIGKILL, signal.SIGTERM):
            with running() as service:
                client = service.client()
                first = client.post("/v1/chat", {"message": "mi hanno addebitato due volte"}).json
                self.assertTrue(first["recorded"])
                client.close()
                service.stop(number)
                service.start()
                client = service.client()
                turn = client.post("/v1/chat", {"message": "voglio parlare con un operatore", "conversation": first["conversation"]}).json
                self.assertEqual((turn["decision"], turn["category"]), ("ticket", "pagamenti"))
                opened = client.post("/v1/tickets", {"conversation": first["conversation"]}).json
                self.assertEqual(opened["category"], "pagamenti")
                client.close()

    def test_commands_beside_the_service_take_nothing_from_it(self):
        """A token made meanwhile, by another process, must not take the service's log away: what is written afterwards would be lost."""
        with running() as service:
            client = service.client()
            self.assertTrue(client.post("/v1/chat", {"message": "mi hanno addebitato due volte"}).json["recorded"])
            token = service.token()
            kept = [client.post("/v1/tickets", {"message": f"dopo il comando {word}", "category": "accesso"}).json["number"]
                    for word in ("uno", "due", "tre")]
            service.command("report", "--data", service.data)
            service.token(subject="bea")
            kept.append(client.post("/v1/tickets", {"message": "dopo il secondo", "category": "accesso"}).json["number"])
            client.close()
            service.stop(signal.SIGKILL)
            service.start()
            agent = service.client(token)
            self.assertEqual([agent.get(f"/v1/tickets/{number}").status for number in kept], [200] * len(kept))
            agent.close()


if __name__ == "__main__":
    unittest.main()
