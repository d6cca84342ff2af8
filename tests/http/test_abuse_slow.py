"""Clients that take their time: a byte now and then, replies that are never read, thousands that say nothing. Each is cut off; others
are served meanwhile."""
import concurrent.futures
import resource
import signal
import socket
import subprocess
import time
import unittest

from abuse import connect, read_all, send, statuses
from service import PATIENCE, Service, running, until

HEAD = b"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 30000\r\n\r\n"
MESSAGE = b'{"message":"%s"}' % (b"la ricevuta del pagamento non arriva " * 20)
QUESTION = b"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(MESSAGE), MESSAGE)
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Slow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = running("--idle-timeout", "1", "--request-timeout", "1", "--threads", "2")
        cls.service = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)

    def trickle(self, first, byte, limit_s):
        """Send a byte ten times a second; seconds until the other side closed, None when it never did."""
        with connect(self.service) as connection:
            connection.sendall(first)
            connection.settimeout(0.1)
            began = time.monotonic()
            while time.monotonic() - began < limit_s * PATIENCE:
                try:
                    connection.sendall(byte)
                    if connection.recv(65536) == b"":
                        return time.monotonic() - began
                except TimeoutError:
                    pass
                except ConnectionError:
                    return time.monotonic() - began
            return None

    def is_served(self):
        client = self.service.client()
        began = time.monotonic()
        self.assertEqual(client.post("/v1/chat", {"message": "la ricevuta"}).status, 200)
        client.close()
        return time.monotonic() - began

    def test_what_never_ends(self):
        """Each in a thread of its own: a request line, a header, a body, chunks."""
        chunked = HEAD.replace(b"Content-Length: 30000", b"Transfer-Encoding: chunked")
        tried = [(b"GET /", b"a"), (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ", b"a"), (HEAD + b'{"message":"', b"a"), (chunked, b"1\r\n \r\n")]
        with concurrent.futures.ThreadPoolExecutor(len(tried)) as pool:
            took = list(pool.map(lambda each: self.trickle(*each, 12), tried))
        self.assertNotIn(None, took)
        self.assertGreater(min(took), 1.5)

    def test_silence(self):
        with connect(self.service, 10) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\n")
            began = time.monotonic()
            received, closed = read_all(connection)
            self.assertTrue(closed)
            self.assertLess(time.monotonic() - began, 8 * PATIENCE)

    def test_replies_that_are_never_read(self):
        """Each asks for far more than fits between the two; the service does not wait with a thread, and lets go of them."""
        held = []
        for _ in range(20):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(0.1)
            connection.connect((self.service.host, self.service.port))
            try:
                connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 60)
            except TimeoutError:
                pass
            held.append(connection)
        self.assertLess(self.is_served(), 2 * PATIENCE)
        self.assertIsNotNone(until(lambda: self.open_connections() <= 1, 15, 0.2))
        for connection in held:
            connection.close()

    def open_connections(self):
        client = self.service.client()
        text = client.get("/metrics").text
        client.close()
        return int(float(next(line.split()[1] for line in text.splitlines() if line.startswith("sportello_connections "))))

    def test_many_that_trickle_take_nothing_from_others(self):
        held = [connect(self.service) for _ in range(100)]
        for connection in held:
            connection.sendall(HEAD + b"{")
        for _ in range(5):
            for connection in held:
                try:
                    connection.sendall(b" ")
                except ConnectionError:
                    pass
            self.assertLess(self.is_served(), 2 * PATIENCE)
        for connection in held:
            connection.close()


class Many(unittest.TestCase):
    def test_ten_thousand_that_say_nothing(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        count = min(10000, hard - 600)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        with running("--connections", "10500", "--idle-timeout", "60") as service:
            client = service.client()
            client.post("/v1/chat", {"message": "la ricevuta"})
            before = self.resident_kb(service)
            held = []
            for _ in range(count):
                held.append(connect(service))
            for connection in held[:2000]:  # in the middle of a request
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            worst = 0
            for _ in range(20):
                began = time.monotonic()
                self.assertEqual(client.post("/v1/chat", {"message": "la ricevuta"}).status, 200)
                worst = max(worst, time.monotonic() - began)
            self.assertLess(worst, 1 * PATIENCE)
            grown = (self.resident_kb(service) - before) / count
            self.assertLess(grown, 40 * PATIENCE, "kB a connection")
            for connection in held:
                connection.close()
            client.close()

    @staticmethod
    def resident_kb(service):
        with open(f"/proc/{service.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def test_when_all_places_are_taken_they_come_free_again(self):
        with running("--connections", "16", "--idle-timeout", "1", "--threads", "1") as service:
            held = [connect(service) for _ in range(40)]
            client = service.client(timeout=15)
            self.assertEqual(client.get("/healthz").status, 200)
            client.close()
            for connection in held:
                connection.close()


class Crowds(unittest.TestCase):
    """More at once than there are places, again and again, while one of two threads is at work: it is given more than its share of them, and
    must not stop for it."""

    def setUp(self):
        self.service = Service("--threads", "2", "--connections", "64")
        self.addCleanup(self.remove)
        self.service.start()
        self.put_files_beside_each_other()

    def remove(self):
        if self.service.process:
            self.service.process.kill()
            self.service.process.wait()
            self.service.process = None
            self.service.errors.close()
        self.service.remove()

    def put_files_beside_each_other(self):
        """A connection's number says whose it is. The threads open their files at their first question: let them take every other number, so
        that one thread is given more connections from then on."""
        held = [connect(self.service) for _ in range(40)]
        time.sleep(0.1)
        for connection in held[3::2]:
            connection.close()
        time.sleep(0.1)
        for connection in held[:2]:
            connection.sendall(QUESTION)
            connection.recv(65536)
        for connection in held:
            connection.close()

    def crowd(self):
        asking = [connect(self.service) for _ in range(10)]
        time.sleep(0.03)
        self.service.process.send_signal(signal.SIGSTOP)
        try:
            for connection in asking:
                connection.sendall(QUESTION)
            silent = [connect(self.service) for _ in range(80)]
        finally:
            self.service.process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
        for connection in asking + silent:
            connection.close()

    def answers(self, count):
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            return list(pool.map(lambda _: statuses(send(self.service, HEALTH, timeout=3)[0]), range(count)))

    def ended(self):
        """The exit status after SIGTERM; None: it did not end."""
        self.service.process.send_signal(signal.SIGTERM)
        try:
            return self.service.process.wait(timeout=5 * PATIENCE)
        except subprocess.TimeoutExpired:
            return None

    def test_no_thread_stops(self):
        for _ in range(25):
            self.crowd()
            answered = self.answers(8)
            if answered != [[200]] * 8:
                break
        self.assertEqual((answered, self.ended()), ([[200]] * 8, 0))


if __name__ == "__main__":
    unittest.main()
