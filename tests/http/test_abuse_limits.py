"""So many requests and connections for each client: who asks too much is told when to come again, and takes nothing from others."""
import contextlib
import socket
import time
import unittest

from abuse import connect, read_all, send, statuses
from service import PATIENCE, ServiceTest, running, until

LIMITS = ("--client-rate", "2", "--client-burst", "10", "--limit-local")


class Rate(ServiceTest):
    """One burst for each test: the service is new in each."""

    def setUp(self):
        context = running(*LIMITS)
        self.service = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        super().setUp()

    @classmethod
    def setUpClass(cls):
        pass

    def spend(self, client, path="/v1/suggest?q=ric", **headers):
        """Ask until it is refused, at most 40 times: the replies' statuses, and the refusal."""
        found = []
        for _ in range(40):
            reply = client.get(path, **headers)
            found.append(reply.status)
            if reply.status == 429:
                return found, reply
        return found, None

    def test_a_burst_and_no_more(self):
        found, refused = self.spend(self.client)
        self.assertGreaterEqual(found.count(200), 10)
        self.assertLessEqual(found.count(200), 10 + 6 * PATIENCE)
        self.assertProblem(refused, 429, "too-many-requests")
        page = self.client.get("/chat")
        self.assertEqual((page.status, page["Content-Type"]), (429, "text/html; charset=utf-8"))
        self.assertProblem(self.client.get("/v1/nothing"), 429, "too-many-requests")
        wait_s = int(refused["Retry-After"])
        self.assertIn(wait_s, (1, 2))
        time.sleep(wait_s)
        self.assertEqual(self.client.get("/healthz").status, 200)

    def test_a_body_that_is_refused_leaves_the_connection_in_order(self):
        self.spend(self.client)
        for _ in range(3):
            self.assertProblem(self.client.post("/v1/chat", {"message": "x" * 20000}), 429, "too-many-requests")

    def test_what_is_said_of_where_it_comes_from_changes_nothing(self):
        """X-Forwarded-For of who is no proxy of ours."""
        self.spend(self.client)
        began_s = time.monotonic()
        found = [self.client.request("GET", "/v1/suggest?q=ric", None, {name: value}).status
                 for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "True-Client-IP", "CF-Connecting-IP")
                 for value in ("203.0.113.7", "203.0.113.8, 203.0.113.9", "for=203.0.113.7")]
        # No more than what two a second give back while they are asked.
        self.assertLessEqual(found.count(200), 1 + 2 * (time.monotonic() - began_s), found)

    def test_who_has_a_token_counts_apart(self):
        agent = self.other(self.service.token())
        self.spend(self.client)
        self.assertEqual(agent.get("/v1/tickets").status, 200)
        found, refused = self.spend(agent, "/v1/tickets")
        self.assertGreaterEqual(found.count(200), 9)
        self.assertProblem(refused, 429, "too-many-requests")
        other = self.other(self.service.token(subject="eva"))
        self.assertEqual(other.get("/v1/tickets").status, 200)

    def test_guessing_tokens_takes_nothing_from_who_asks_without(self):
        found, refused = self.spend(self.client, Authorization="Bearer spt_" + "a" * 52)
        self.assertEqual(set(found[:10]), {401})
        self.assertIsNotNone(refused)
        cookies = [self.client.request("GET", "/v1/suggest?q=ric", None, {"Cookie": "__Host-sportello=" + "b" * 43}).status for _ in range(3)]
        self.assertEqual(set(cookies), {429})
        self.assertEqual(self.client.get("/v1/suggest?q=ric").status, 200)

    def test_pipelined_requests_count_each(self):
        one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        received, _ = send(self.service, one * 30 + one.replace(b"Host", b"Connection: close\r\nHost"))
        found = statuses(received)
        self.assertGreater(found.count(429), 10)
        self.assertGreaterEqual(found.count(200), 10)


class Elsewhere(unittest.TestCase):
    def test_on_this_machine_there_is_no_limit_unless_asked_for(self):
        with running("--client-rate", "1", "--client-burst", "1") as service:
            client = service.client()
            self.assertEqual({client.get("/healthz").status for _ in range(50)}, {200})
            client.close()

    def test_behind_a_proxy_of_ours_whom_it_speaks_for_has_the_limit(self):
        with running("--client-rate", "1", "--client-burst", "5", "--trusted-proxy", "127.0.0.1") as service:
            client = service.client()
            ask = lambda *said: client.request("GET", "/healthz", None, {"X-Forwarded-For": ", ".join(said)} if said else None).status  # noqa: E731
            found = [ask("203.0.113.7") for _ in range(30)]
            self.assertEqual(found[:5], [200] * 5)
            self.assertGreater(found.count(429), 15)
            # What the client itself wrote stands in front of what the proxy wrote, and counts for nothing.
            self.assertIn(429, [ask("198.51.100.9", "203.0.113.7") for _ in range(4)])
            self.assertEqual(ask("203.0.113.7", "203.0.113.8"), 200)
            self.assertEqual(ask("2001:db8::1"), 200)
            self.assertIn(429, [ask(f"2001:db8::{i:x}") for i in range(2, 20)])
            self.assertEqual(ask("2001:db8:0:1::1"), 200)
            self.assertEqual([ask() for _ in range(20)], [200] * 20)
            client.close()

class Connections(unittest.TestCase):
    ASK = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

    def hold(self, service, count, source="127.0.0.1"):
        """So many connections that were answered, or were closed without a word: those that were not, and how many were."""
        held, refused = [], 0
        for _ in range(count):
            connection = socket.create_connection((service.host, service.port), 5 * PATIENCE, (source, 0))
            self.addCleanup(connection.close)
            try:
                connection.sendall(self.ASK)
                answer = connection.recv(4096)
            except ConnectionError:
                answer = b""
            self.assertIn(statuses(answer), ([200], []))
            held += [connection] if answer else []
            refused += not answer
        return held, refused

    def test_connections_of_one_address(self):
        with running("--client-connections", "8", "--limit-local") as service:
            held, refused = self.hold(service, 10)
            self.assertEqual((len(held), refused), (8, 2))
            for connection in held:
                connection.close()
            self.assertIsNotNone(until(lambda: self.hold(service, 1)[1] == 0, 5, 0.05))

    def test_one_address_cannot_take_all_places_though_nothing_is_configured(self):
        with running("--limit-local", "--client-rate", "0") as service:
            held, refused = self.hold(service, 300)
            self.assertEqual((len(held), refused), (256, 44))
            self.assertEqual([refused for _, refused in (self.hold(service, 50, f"127.0.0.{i}") for i in (2, 3))], [0, 0])
            told = [line["text"] for line in service.log_lines() if line["level"] == "warning"]
            self.assertEqual(len(told), 1, told)
            self.assertIn("--trusted-proxy", told[0])
            self.assertNotIn("127.0.0", told[0])
            held[0].sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            self.assertIn(b"\nsportello_connections_refused_total 44\n", read_all(held[0])[0])

    def test_many_that_come_at_once_are_not_more(self):
        with running("--client-connections", "8", "--limit-local") as service:
            opened = [connect(service) for _ in range(200)]
            for connection in opened:
                self.addCleanup(connection.close)
                with contextlib.suppress(ConnectionError):
                    connection.sendall(self.ASK)
            answered = []
            for connection in opened:
                with contextlib.suppress(ConnectionError):
                    answered += statuses(connection.recv(4096))
            self.assertEqual(answered, [200] * 8)

    def test_of_few_places_half_at_most(self):
        with running("--connections", "20", "--limit-local") as service:
            self.assertEqual(self.hold(service, 12)[1], 2)

    def test_a_proxy_of_ours_and_this_machine_have_no_limit(self):
        for options in (("--limit-local", "--trusted-proxy", "127.0.0.0/8"), (), ("--limit-local", "--client-connections", "0")):
            with running("--client-rate", "0", *options) as service:
                self.assertEqual(self.hold(service, 300)[1], 0, options)


if __name__ == "__main__":
    unittest.main()
