"""Messages sent in a row: read as one where they are one; those that come at the same time one after the other, none lost."""
import threading
import time
import unittest

from service import PATIENCE, running
from talk import Talk


class InARow(Talk):
    options = ()  # ten seconds, as it comes
    on_kb = True

    def test_three_fragments_are_one_question(self):
        self.say("ho un problema")
        self.say("con lo spid")
        turn = self.say("il codice via sms non arriva")
        # By words alone it may not be sure enough to be more than a choice.
        choices = [choice.get("article") for choice in turn["choices"]] if turn["decision"] == "clarify" else [turn["article"]["id"]]
        self.assertIn("spid-otp-non-arriva", choices)

    def test_what_alone_had_no_answer(self):
        self.talk("pagamento", "multa")
        turn = self.say("pagata due volte")
        self.assertEqual(turn["decision"], "answer")
        self.assertEqual(turn["category"], "pagamento-pagopa")

    def test_as_one_message(self):
        for first, second in (("ho dimenticato", "la password di spid"), ("avviso", "già pagato")):
            together = self.talk(f"{first} {second}")
            turn = self.talk(first, second)
            self.assertEqual((turn["decision"], turn.get("article", {}).get("id")), (together["decision"], together.get("article", {}).get("id")), first)

    def test_after_an_answer_a_message_stands_for_itself(self):
        first = self.say("non mi è arrivata la ricevuta")
        self.assertEqual(first["decision"], "answer")
        turn = self.say("ho dimenticato il pin della cie")
        self.assertDecided(turn, "answer", None, "cie-pin-dimenticato")

    def test_a_person_at_once(self):
        self.assertDecided(self.talk("ho un problema", "voglio un operatore"), "ticket", "person")
        self.assertDecided(self.talk("ho un problema", "grazie"), "none", "thanks")

    def test_a_choice_that_is_tapped_quickly(self):
        first = self.say("il mio spid non funziona più")
        self.assertEqual(first["decision"], "clarify")
        choice = first["choices"][2]
        turn = self.say(choice["value"])
        self.assertDecided(turn, "answer", "known-phrasing", choice["article"])

    def test_never_asked_a_third_time(self):
        for messages in (("aiuto", "non funziona", "non va", "boh"), ("pagamento", "multa", "avviso", "soldi")):
            self.conversation = None
            decisions = [self.say(message)["decision"] for message in messages]
            self.assertNotIn(["clarify"] * 3, [decisions[i:i + 3] for i in range(len(decisions) - 2)], messages)

    def test_the_page_shows_each_message_for_itself(self):
        self.talk("ho un problema", "con lo spid", "non mi arriva il codice")
        page = self.client.get(f"/chat/{self.conversation}").text
        for message in ("ho un problema", "con lo spid", "non mi arriva il codice"):
            self.assertIn(f"<p>{message}</p>", page)


class Later(Talk):
    options = ("--join-within", "1")
    on_kb = True

    def test_only_within_that_time(self):
        self.talk("pagamento", "multa")
        self.assertEqual(self.say("pagata due volte")["decision"], "answer")
        # What came too late to be the end of the other is no part of it.
        quick = self.talk("ho dimenticato", "la password di spid")
        self.talk("ho dimenticato")
        time.sleep(2.1)
        late = self.say("la password di spid")
        self.assertNotEqual(late["confidence"], quick["confidence"])


class Order(Talk):
    options = ("--threads", "4")

    def at_once(self, messages):
        """Send them all at the same time, each over its own connection; the replies."""
        clients = [self.other() for _ in messages]
        replies = [None] * len(messages)
        barrier = threading.Barrier(len(messages))

        def send(i):
            barrier.wait()
            replies[i] = clients[i].post("/v1/chat", {"message": messages[i], "conversation": self.conversation})
        threads = [threading.Thread(target=send, args=(i,)) for i in range(len(messages))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30 * PATIENCE)
        return replies

    def test_none_is_lost(self):
        for _ in range(5):
            self.conversation = None
            self.say("buongiorno")
            messages = [f"non ricevo il codice di conferma {i}" for i in range(7)]
            replies = self.at_once(messages)
            self.assertEqual([reply.status for reply in replies], [200] * 7)
            self.assertTrue(all(reply.json["recorded"] for reply in replies))
            page = self.client.get(f"/chat/{self.conversation}").text
            for message in messages:
                self.assertEqual(page.count(f"<p>{message}</p>"), 1, message)

    def test_each_knows_of_those_before_it(self):
        # "non ho risolto" is the next best answer once, then a person: out of order both would be the first.
        for _ in range(10):
            self.conversation = None
            self.say("non ricevo il codice di conferma")
            replies = self.at_once(["non funziona, nemmeno con la password", "non funziona, nemmeno con la password"])
            self.assertEqual(sorted(reply.json["reason"] for reply in replies), ["next-best", "not-solved"])

    def test_other_conversations_do_not_wait(self):
        self.say("buongiorno")
        mine, self.conversation = self.conversation, None
        self.say("buongiorno")
        self.assertNotEqual(self.conversation, mine)
        self.assertTrue(all(reply.status == 200 for reply in self.at_once(["ciao"] * 16)))

    def test_a_client_that_goes_away_leaves_its_place(self):
        self.say("buongiorno")
        for _ in range(20):
            client = self.service.client()
            client.connection.connect()
            body = f'{{"message": "ciao", "conversation": "{self.conversation}"}}'
            client.connection.sock.sendall(f"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            client.close()
        self.assertEqual(self.say("non ricevo il codice di conferma")["decision"], "answer")


class Stop(unittest.TestCase):
    def test_the_service_ends_while_messages_wait(self):
        with running("--threads", "2") as service:
            client = service.client()
            self.addCleanup(client.close)
            conversation = client.post("/v1/chat", {"message": "ciao"}).json["conversation"]
            stop = threading.Event()

            def send():
                other = service.client()
                while not stop.is_set():
                    try:
                        other.post("/v1/chat", {"message": "ciao", "conversation": conversation})
                    except OSError:
                        break
                    except Exception:  # noqa: BLE001 the connection was closed in order
                        break
                other.close()
            threads = [threading.Thread(target=send) for _ in range(8)]
            for thread in threads:
                thread.start()
            time.sleep(0.3)
            self.assertEqual(service.stop(), 0)
            stop.set()
            for thread in threads:
                thread.join(10 * PATIENCE)


if __name__ == "__main__":
    unittest.main()
