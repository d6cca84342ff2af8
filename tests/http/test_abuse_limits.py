"""So many requests and connections for each client: who asks too much is told when to come again, and takes nothing from others."""
import socket
import time
import unittest

from abuse import connect, send, statuses
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
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "True-Client-IP", "CF-Connecting-IP"):
            for value in ("203.0.113.7", "203.0.113.8, 203.0.113.9", "for=203.0.113.7"):
                self.assertEqual(self.client.request("GET", "/v1/suggest?q=ric", None, {name: value}).status, 429, (name, value))

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
            self.assertEqual(ask("198.51.100.9", "203.0.113.7"), 429)
            self.assertEqual(ask("203.0.113.7", "203.0.113.8"), 200)
            self.assertEqual(ask("2001:db8::1"), 200)
            self.assertIn(429, [ask(f"2001:db8::{i:x}") for i in range(2, 20)])
            self.assertEqual(ask("2001:db8:0:1::1"), 200)
            self.assertEqual([ask() for _ in range(20)], [200] * 20)
            client.close()

    def test_connections_of_one_address(self):
        with running("--client-connections", "8") as service:
            held = [connect(service) for _ in range(8)]
            for connection in held:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertIn(b" 200 ", connection.recv(4096))
            received, closed = send(service, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual((received, closed), (b"", True))
            for connection in held:
                connection.close()

            def is_back():
                received, _ = send(service, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return statuses(received) == [200]
            self.assertIsNotNone(until(is_back, 5, 0.05))


if __name__ == "__main__":
    unittest.main()
