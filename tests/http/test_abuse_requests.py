"""Requests that no honest client sends: framing that a proxy would read otherwise, floods, paths and words that want to be something else."""
import json
import re
import time
import unittest
import urllib.parse

from abuse import connect, send, statuses
from safe import unsafe_in_page
from service import PATIENCE, ServiceTest, article

JSON = {"Content-Type": "application/json"}
BODY = b'{"message":"ciao"}'
HIDDEN = b"GET /v1/search?q=hidden HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def chunked(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


class Framing(ServiceTest):
    """Each would be one request to us and another one, or two, to a proxy: it is refused, and nothing that follows it is read."""

    def assertCutOff(self, sent):
        received, closed = send(self.service, sent)
        found = statuses(received)
        self.assertTrue(closed, sent)
        self.assertLessEqual(len(found), 1, (sent, received))
        self.assertNotIn(200, found, sent)
        self.assertNotIn(b"hidden", received)

    def test_lengths(self):
        for lengths in (b"18\r\nContent-Length: 67", b"18\r\nContent-Length: 18", b"18, 18", b"+18", b"-18", b"0x12", b"1 8", b"18446744073709551634", b"", b"18;", b"1e1"):
            self.assertCutOff(POST + b"Content-Length: " + lengths + b"\r\n\r\n" + BODY + HIDDEN)

    def test_a_length_beside_chunks(self):
        body = chunked(BODY)
        for first, second in ((b"Content-Length: %d" % (len(body) + len(HIDDEN)), b"Transfer-Encoding: chunked"), (b"Transfer-Encoding: chunked", b"Content-Length: 4"),
                              (b"Content-Length: 0", b"transfer-encoding: CHUNKED")):
            self.assertCutOff(POST + first + b"\r\n" + second + b"\r\n\r\n" + body + HIDDEN)

    def test_encodings(self):
        for encoding in (b"xchunked", b"identity", b"chunked, identity", b"gzip, chunked", b"chunked, chunked", b"chunked\r\nTransfer-Encoding: identity",
                         b"identity\r\nTransfer-Encoding: chunked", b"\x0bchunked", b"chunked;q=1", b'"chunked"', b"\r\n chunked"):
            self.assertCutOff(POST + b"Transfer-Encoding: " + encoding + b"\r\n\r\n" + chunked(BODY) + HIDDEN)
        self.assertCutOff(POST.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(BODY) + HIDDEN)

    def test_chunks(self):
        for body in (b"ffffffffffffffff12\r\n" + BODY + b"\r\n0\r\n\r\n", b"0x12\r\n" + BODY + b"\r\n0\r\n\r\n", b"-12\r\n" + BODY + b"\r\n0\r\n\r\n",
                     b"12\r\n" + BODY + b"XX0\r\n\r\n", b" 12\r\n" + BODY + b"\r\n0\r\n\r\n", b"12 12\r\n" + BODY + b"\r\n0\r\n\r\n"):
            self.assertCutOff(POST + b"Transfer-Encoding: chunked\r\n\r\n" + body + HIDDEN)

    def test_headers_that_are_none(self):
        for header in (b"Content-Length : 18", b"Transfer-Encoding : chunked", b"X: a\rContent-Length: 67\r\nContent-Length: 18", b"X: a\nContent-Length: 67\r\nContent-Length: 18",
                       b"No colon", b"X y: a", b"X\x01: a", b"X: a\x01b", b"X: \x7f", b"X(: a"):
            self.assertCutOff(POST + header + b"\r\n\r\n" + BODY + HIDDEN)

    def test_hosts(self):
        self.assertCutOff(b"GET /v1/search?q=a HTTP/1.1\r\n\r\n" + HIDDEN)
        self.assertCutOff(b"GET /v1/search?q=a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" + HIDDEN)
        self.assertCutOff(b"GET /v1/search?q=a HTTP/1.1\r\n Host: x\r\n\r\n" + HIDDEN)

    def test_hosts_that_are_none(self):
        for host in (b"a b", b"a/b", b"a\\b", b"x@evil.example", b'"><script>', b"a?b", b"a#b", b"a\tb", b"\xc3\xa0.example", b"a|b", b"a^b"):
            self.assertBadRequest(b"GET /v1/search?q=a HTTP/1.1\r\nHost: " + host + b"\r\n\r\n" + HIDDEN)
            self.assertBadRequest(b"GET /v1/search?q=a HTTP/1.0\r\nHost: " + host + b"\r\nConnection: keep-alive\r\n\r\n" + HIDDEN)
        for host in (b"a.example", b"A.example:8080", b"[::1]:8080", b"127.0.0.1", b"a_b.example", b"xn--p1ai", b""):
            received, _ = send(self.service, b"GET /v1/search?q=a HTTP/1.1\r\nConnection: close\r\nHost: " + host + b"\r\n\r\n")
            self.assertEqual(statuses(received), [200], host)

    def test_what_may_be_there_once(self):
        """Two of it: a proxy looks at one and we at the other."""
        for name, first, second in ((b"Authorization", b"Bearer a", b"Bearer b"), (b"Content-Type", b"application/json", b"text/plain"), (b"Origin", b"https://a.example", b"http://x"),
                                    (b"Sec-Fetch-Site", b"same-origin", b"cross-site"), (b"authorization", b"Bearer a", b"Bearer a")):
            self.assertBadRequest(b"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 18\r\n" + name + b": " + first + b"\r\nX: a\r\n" + name.upper() + b": " + second + b"\r\n\r\n" + BODY + HIDDEN)

    def test_request_lines(self):
        for line in (b"GET\t/v1/search?q=a\tHTTP/1.1", b"GET /v1/search?q=a HTTP/2.0", b"GET /v1/search?q=a HTTP/1.12", b"GET /v1/search?q=a", b"/v1/search HTTP/1.1", b"\x16\x03\x01\x02\x00",
                     b"PRI * HTTP/2.0"):
            self.assertCutOff(line + b"\r\nHost: x\r\n\r\n" + HIDDEN)

    def assertBadRequest(self, sent):
        """It is told what is wrong, once, and the connection is closed."""
        received, closed = send(self.service, sent)
        self.assertEqual((statuses(received), closed), ([400], True), (sent, received))
        self.assertNotIn(b"hidden", received)

    def test_what_is_refused_is_told(self):
        after = b"\r\n\r\n" + chunked(BODY) + HIDDEN
        for header in (b"Content-Length: 18\r\nContent-Length: 18", b"Content-Length: 18\r\nContent-Length: 19", b"Content-Length: 18\r\nTransfer-Encoding: chunked",
                       b"Transfer-Encoding: chunked\r\nContent-Length: 18", b"Content-Length : 18", b"Transfer-Encoding\t: chunked", b"Transfer-Encoding: chunked, chunked"):
            self.assertBadRequest(POST + header + after)
        for size in (b"fffffffffffffffff", b"10000000000000012", b"80000000000000000000000000000012", b"0" * 40 + b"g"):
            received, closed = send(self.service, POST + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n" + HIDDEN)
            self.assertIn((statuses(received), closed), (([400], True), ([413], True)), (size, received))

    def test_lines_that_end_otherwise(self):
        """LF alone, or CR alone, is no end of a line: some proxies see one there, and others none."""
        head = (b"POST /v1/chat HTTP/1.1", b"Host: x", b"Content-Type: application/json", b"Content-Length: 18", b"X:  a  ", b"Empty:", b"")
        whole = b"\r\n".join((*head, b"")) + BODY
        received, _ = send(self.service, whole + HIDDEN.replace(b"Host", b"Connection: close\r\nHost"))
        self.assertEqual(statuses(received), [200, 200], received)
        for end in (b"\n", b"\r", b"\n\r"):
            for at in range(len(head)):
                sent = b"".join(line + (end if i == at else b"\r\n") for i, line in enumerate(head)) + BODY
                received, closed = send(self.service, sent + HIDDEN, timeout=2)
                self.assertIn(statuses(received), ([400],) if end == b"\n" else ([400], []), (sent, received))
                self.assertEqual(closed or end == b"\r" and at == len(head) - 1, True, sent)  # there it waits for the head's end
                self.assertNotIn(b"hidden", received)
        self.assertBadRequest(whole.replace(b"\r\n", b"\n") + HIDDEN)
        for little in (b"GET /v1/search?q=a HTTP/1.0\n\n", b"GET /v1/search?q=a HTTP/1.0\r\n\n", b"GET /v1/search?q=a HTTP/1.0\n\r\n"):
            self.assertBadRequest(little + HIDDEN)
        received, _ = send(self.service, b"GET /v1/search?q=a HTTP/1.0\r\n\r\n")
        self.assertEqual(statuses(received), [200])
        self.assertBadRequest(POST + b"X: a\0b\r\nContent-Length: 18\r\n\r\n" + BODY + HIDDEN)

    def test_lines_that_go_on(self):
        """Of old a header might go on in the next line. The rest is no part of its name."""
        self.assertBadRequest(b"GET /v1/search?q=a HTTP/1.1\r\nHost: x\r\nContent-Lengt: %d\r\n h\r\n\r\n" % len(HIDDEN) + HIDDEN)
        self.assertBadRequest(b"GET /v1/search?q=a HTTP/1.1\r\nHost: x\r\nTransfer-Encodin: chunked\r\n\tg\r\n\r\n" + chunked(BODY) + HIDDEN)
        for header in (b"X: a\r\n b", b"X: a\r\n\tb", b"X: a\r\n ", b"X:\r\n b", b"X: a\r\n b\r\n c"):
            self.assertBadRequest(POST + header + b"\r\nContent-Length: 18\r\n\r\n" + BODY + HIDDEN)
            self.assertBadRequest(POST + b"Content-Length: 18\r\n" + header + b"\r\n\r\n" + BODY + HIDDEN)

    def test_nothing_follows_a_body_in_chunks(self):
        """What stands between chunks may be read in more than one way (LF alone, what comes after ";"): no end of theirs is the beginning of another request."""
        for body in (chunked(BODY), b"12;a=b\r\n" + BODY + b"\r\n0\r\n\r\n", b"12\n" + BODY + b"\n0\n\n", b"12;a\n" + BODY + b"\r\n0\r\n\r\n", b"12\r\n" + BODY + b"\r\n0\r\nX: a\nY: b\r\n\r\n"):
            received, closed = send(self.service, POST + b"Transfer-Encoding: chunked\r\n\r\n" + body + HIDDEN)
            self.assertTrue(closed, body)
            self.assertEqual(len(statuses(received)), 1, (body, received))
            self.assertNotIn(b"hidden", received)
        received, closed = send(self.service, POST + b"Transfer-Encoding:\tChunked\r\n\r\n" + chunked(BODY) + HIDDEN)
        self.assertEqual((statuses(received), closed), ([200], True))

    def test_what_is_in_order_goes_on(self):
        """The same connection serves the second one where the end of the first is beyond doubt."""
        last = HIDDEN.replace(b"Host", b"Connection: close\r\nHost")
        for sent in (POST + b"Content-Length: 18\r\n\r\n" + BODY, POST + b"Content-Length:18\r\n\r\n" + BODY, b"\r\n" + POST + b"Content-Length: 18\r\n\r\n" + BODY,
                     POST + b"X: " + b"a" * 7000 + b"\r\nContent-Length: 18\r\nCookie: a=b; c=\"d\"\r\n\r\n" + BODY):
            received, _ = send(self.service, sent + last)
            self.assertEqual(statuses(received), [200, 200], (sent, received))

    def test_heads_that_come_in_pieces(self):
        head = POST + b"X: " + b"a" * 5000 + b"\r\nY: " + b"b" * 9000 + b"\r\nContent-Length: 18\r\n\r\n"
        for cut in (1, 17, 25, 60, 5000, 5101, 5102, len(head) - 3, len(head) - 1):
            with connect(self.service) as connection:
                for piece in (head[:cut], head[cut:] + BODY):
                    connection.sendall(piece)
                    time.sleep(0.05)
                self.assertEqual(statuses(connection.recv(65536)), [200], cut)

    def test_a_body_where_none_is_wanted_is_no_request(self):
        received, _ = send(self.service, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN)
        self.assertEqual((statuses(received), b"hidden" in received), ([200], False))


class Floods(ServiceTest):
    def took(self, method, path, body=None, headers=None):
        began = time.monotonic()
        reply = self.client.request(method, path, body, headers)
        return reply, time.monotonic() - began

    def test_header_bombs(self):
        one = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        for headers in (b"".join(b"X-%d: 1\r\n" % i for i in range(2000)), b"X: " + b"a" * 60000 + b"\r\n", b"a" * 60000 + b": 1\r\n", b"Cookie: " + b"a=b; " * 8000 + b"\r\n",
                        b"X: a\r\n" + b" b\r\n" * 10000, b"Accept-Language: " + b"it;q=0.1," * 5000 + b"\r\n"):
            received, closed = send(self.service, one + headers + b"\r\n")
            self.assertTrue(closed)
            self.assertIn(statuses(received)[:1], ([], [431], [413]), headers[:20])
        for name, value in (("Accept-Language", "it;q=0.1," * 700), ("Cookie", "; ".join(f"a{i}=b" for i in range(900))), ("Accept-Encoding", "gzip;q=0," * 700),
                            ("If-None-Match", '"x",' * 1500), ("Accept", "text/html;q=0.1," * 400), ("Range", "bytes=" + "0-1," * 1500)):
            reply, took = self.took("GET", "/chat", None, {name: value})
            self.assertIn(reply.status, (200, 304, 431), name)
            self.assertLess(took, 1 * PATIENCE, name)

    def test_many_members(self):
        """Four times as many members take four times as long, not sixteen times. (Names that are chosen to share a place: tests/unit/test_flood.c.)"""
        clock = ~self.service.process.pid << 3 | 2  # the time of processor that the service took, as clock_getcpuclockid() names it

        def least(count, name):
            body = json.dumps({**{name(i): 0 for i in range(count)}, "message": "ciao"}, separators=(",", ":"))
            self.assertLessEqual(len(body), 65536)
            found = []
            for _ in range(7):
                before = time.clock_gettime(clock)
                self.assertEqual(self.client.request("POST", "/v1/chat", body, JSON).status, 200)
                found.append(time.clock_gettime(clock) - before)
            return min(found)

        for name in (lambda i: f"x-{i:07d}", lambda i: "x-" + "Aa" * (i % 4) + "BB" * (3 - i % 4) + f"{i:x}", lambda i: f"x-{i:x}"):
            few, many = least(1000, name), least(4000, name)
            self.assertLess(many, 8 * few + 0.004)
        self.assertProblem(self.client.post("/v1/chat", {f"x-{i:07d}": 0 for i in range(6000)}), 413, "body-too-large")

    def test_parameters(self):
        self.assertProblem(self.client.get("/v1/search?" + "a=1&" * 250), 400, "bad-request")
        self.assertProblem(self.client.get("/v1/search?" + "&".join(f"q{i}={i}" for i in range(200))), 400, "bad-request")
        for many in (b"a=1&" * 1500, b"&" * 7000, b"a&" * 300):
            received, closed = send(self.service, b"GET /v1/search?" + many + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual((statuses(received), closed), ([], True))
        reply = self.client.request("POST", "/chat", "&".join(f"f{i}=x" for i in range(5000)), {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertIn((reply.status, reply["Location"]), ((303, "/chat"), (400, None)))

    def test_parameters_that_there_is_no_room_for(self):
        """A request line whose parameters cannot be kept is cut off at once, and nothing is left of it."""
        lines = [b"GET /v1/search?" + b"&".join([b"a=" + b"x" * wide] * many) + b" HTTP/1.1\r\nHost: x\r\n\r\n"
                 for many, wide in ((250, 60), (250, 80), (200, 120), (100, 280), (1500, 1))]

        def resident_kb():
            with open(f"/proc/{self.service.process.pid}/status", encoding="ascii") as status:
                return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))

        for line in lines * 20:
            received, closed = send(self.service, line)
            self.assertEqual((statuses(received), closed), ([], True), len(line))
        before = resident_kb()
        for line in lines * 100:
            send(self.service, line)
        if PATIENCE == 1:  # a sanitizer keeps what was freed for a while; it tells of leaks itself
            self.assertLess(resident_kb() - before, 4000)

    def test_words_that_take_long(self):
        """What expressions that go back on themselves, nested emphasis and analysis by pieces are slow at; all within what a message may be."""
        words = ("a" * 2000, "a." * 1000, "1" * 2000, "1-" * 1000, "@" * 2000, "a@" * 1000, "a@a." * 500, "+39 " * 500, "(((" * 660, "*_" * 1000, "[" * 2000, "![](" * 500, "`" * 2000, "<" * 2000,
                 "&#" * 1000, "l'" * 1000, "IT60" * 500, "3 marzo " * 250, "non " * 500, "ieri o " * 280, "codice " * 285, "\u0301" * 2000, "e\u0301" * 1000, "\u200d" * 2000, "\ufdfa" * 2000, "\u1e9e" * 2000,
                 "https://" * 250, "PAA_" * 500, "ricevuta? " * 200, "a b c d e f g h " * 125, "\n" * 1000 + "x" + "\n" * 900, "> " * 1000, "- " * 1000, "| " * 1000)
        for text in words:
            reply, took = self.took("POST", "/v1/chat", json.dumps({"message": text}), JSON)
            self.assertEqual(reply.status, 200, (text[:20], reply.text[:200]))
            self.assertLess(took, 1 * PATIENCE, text[:20])
            reply, took = self.took("GET", "/v1/search?q=" + urllib.parse.quote(text[:600]))
            self.assertEqual(reply.status, 200, text[:20])
            self.assertLess(took, 1 * PATIENCE, text[:20])
        self.assertProblem(self.client.post("/v1/chat", {"message": "a" * 60000}), 400, "message-too-long")

    def test_pipelined_without_end(self):
        one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        received, _ = send(self.service, one * 500 + one.replace(b"Host", b"Connection: close\r\nHost"))
        self.assertEqual(statuses(received), [200] * 501)


class Words(ServiceTest):
    """What looks like nothing, like something else, or is a language of its own to some machine behind."""

    def say(self, text):
        reply = self.client.post("/v1/chat", {"message": text})
        self.assertEqual(reply.status, 200, (text, reply.text))
        return reply.json

    def test_signs_that_are_not_seen(self):
        plain = self.say("non ricevo il codice di conferma")
        self.assertEqual(plain["decision"], "answer")
        for sign in ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u202a", "\u2066", "\u2069", "\u200f"):
            hidden = self.say(f"non rice{sign}vo il co{sign}dice di con{sign}ferma{sign}")
            self.assertEqual((hidden["decision"], hidden["article"]["id"]), ("answer", plain["article"]["id"]), ascii(sign))

    def test_forms_of_letters(self):
        plain = self.say("non ricevo il codice di conferma")["article"]["id"]
        for text in ("ｎｏｎ ｒｉｃｅｖｏ ｉｌ ｃｏｄｉｃｅ ｄｉ ｃｏｎｆｅｒｍａ", "NON RICEVO IL CODICE DI CONFERMA", "𝐧𝐨𝐧 𝐫𝐢𝐜𝐞𝐯𝐨 𝐢𝐥 𝐜𝐨𝐝𝐢𝐜𝐞 𝐝𝐢 𝐜𝐨𝐧𝐟𝐞𝐫𝐦𝐚"):
            self.assertEqual(self.say(text)["article"]["id"], plain, text)

    def test_letters_of_other_scripts_are_not_taken_for_ours(self):
        """A name in look-alikes is another name: of articles, audiences and tokens."""
        for id in ("riс\u0435vuta", "ric\u0435vuta", "ｒｉｃｅｖｕｔａ", "RICEVUTA", "ricevuta\u200b", "ricevuta\u202e"):
            self.assertEqual(self.client.get("/v1/articles/" + urllib.parse.quote(id)).status, 404, ascii(id))
        agent = self.service.token()
        for token in (agent.replace("spt_", "ѕpt_"), agent + "\u200b", agent.upper()):
            reply = self.client.request("GET", "/v1/tickets", None, {"Authorization": ("Bearer " + token).encode()})
            self.assertEqual(reply.status, 401)

    def test_bytes_that_are_no_text(self):
        for part in ("%ff", "%c0%af", "%ed%a0%80", "%f4%90%80%80", "%e2%82", "%00", "a%00b"):
            for path in ("/v1/search?q=" + part, "/a/" + part, "/v1/articles/" + part, "/search?q=" + part):
                self.assertEqual(self.client.get(path).status, 400, path)
            self.assertEqual(self.client.request("POST", "/chat", "message=" + part, {"Content-Type": "application/x-www-form-urlencoded"}).status, 303)
        for raw in (b"/v1/search?q=\xff", b"/\xc0\xae\xc0\xae/etc/passwd"):
            received, _ = send(self.service, b"GET " + raw + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            self.assertIn(statuses(received), ([400], [404]), raw)

    def test_paths_that_climb(self):
        up = ("..", "%2e%2e", "%2E.", ".%2e", "..%2f..", "..%5c..", "%252e%252e", "....//", "..;", "%c0%ae%c0%ae", "..%00", "%2e%2e%2f%2e%2e")
        for step in up:
            for path in (f"/{step}/{step}/{step}/etc/passwd", f"/a/{step}/kb.yaml", f"/static/{step}/{step}/kb/kb.yaml", f"/static/{step}%2f{step}%2fkb.yaml",
                         f"/v1/articles/{step}%2f{step}%2fkb.yaml", f"/v1/attachments/{step}%2fsportello.db", f"/agent/{step}/{step}/data", f"/v1/receipts/S1-{step}%2f-it-..%2f..%2f..%2fab-zzzzzz"):
                reply = self.client.get(path)
                self.assertIn(reply.status, (400, 401, 404, 301, 303), path)
                self.assertNotIn("root:", reply.text)
                self.assertNotIn("categories:", reply.text)
        for path in ("//evil.example/", "/\\evil.example", "/agent/sign-in?next=//evil.example", "/agent/sign-in?next=/\\evil.example", "/agent/sign-in?next=https:evil.example"):
            reply = self.client.get(path)
            self.assertNotIn("evil.example", reply["Location"] or "", path)

    def test_database_words(self):
        number = self.client.post("/v1/tickets", {"message": "aiuto"}).json["number"]
        agent = self.other(self.service.token())
        for text in ("'; DROP TABLE tickets; --", "' OR '1'='1", '" OR ""="', "1; ATTACH DATABASE '/tmp/x' AS y", "') UNION SELECT secret FROM tickets --", "%' AND 1=1 --", "\\'; --", "1/**/OR/**/1=1", "x' || (SELECT 1) || '"):
            quoted = urllib.parse.quote(text, safe="")
            self.assertIn(self.say(text)["decision"], ("none", "clarify", "ticket", "answer"))
            for path in (f"/v1/tickets?group={quoted}", f"/v1/tickets?state={quoted}", f"/v1/tickets?before={quoted}", f"/v1/tickets/{quoted}", f"/v1/deflection?by={quoted}", f"/v1/deflection?from={quoted}"):
                reply = agent.get(path)
                self.assertIn(reply.status, (400, 403, 404), path)
                self.assertNotIn("syntax error", reply.text)
                self.assertNotIn("SQL", reply.text.replace(quoted, ""))
            mine = self.client.get(f"/v1/tickets/{number}?secret={quoted}")
            self.assertEqual(mine.status, 404)
            opened = self.client.post("/v1/tickets", {"message": text}, Idempotency_Key=text if text.isascii() else "x")
            self.assertIn(opened.status, (201, 400, 422))
            if opened.status == 201:
                self.assertEqual(agent.get(f"/v1/tickets/{opened.json['number']}").json["message"], text)
        self.assertEqual(agent.get(f"/v1/tickets/{number}").status, 200)

    def test_query_language_words(self):
        """Operators and prefixes of the index are words like others: none opens a field, none fails."""
        plain = self.client.get("/v1/search?q=ricevuta").json["total"]
        for text in ("ricevuta OR", "AND", "NOT ricevuta", "ricevuta NEAR/9999 codice", "title:ricevuta", "XAUDIENCE:agent", "id:procedura-riservata", "Qprocedura-riservata", "*", "ric*", "zanz*", "?", "+ricevuta", "-ricevuta",
                     '"ricevuta', "(ricevuta", "ricevuta)", "[a TO z]", "ricevuta^9", "ricevuta~", "a..z", "$", "XOR XOR", "\\", "ADJ/1", "field:(a OR b)", "{!lucene}x", "%wildcard", "_exists_:x"):
            reply = self.client.get("/v1/search?q=" + urllib.parse.quote(text))
            self.assertEqual(reply.status, 200, text)
            self.assertNotIn("zanzibarino", reply.text)
            self.assertNotIn("procedura-riservata", reply.text.replace(text, ""))
        self.assertGreater(plain, 0)
        self.assertEqual(self.client.get("/v1/search?q=-ricevuta").json["total"], plain)


if __name__ == "__main__":
    unittest.main()
