"""What holds for every call: methods, limits, malformed input, headers, compression, CORS, tokens, log."""
import gzip
import json
import re
import socket
import unittest

from service import PATIENCE, ServiceTest, until

JSON = {"Content-Type": "application/json"}


class Protocol(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent_token = cls.service.token()
        cls.admin_token = cls.service.token(role="admin", subject="capo")

    # ---- addresses and methods ----

    def test_unknown_address(self):
        for path in ("/v1/nothing", "/v1", "/v1/", "/v1/chat/", "/v1/articles/", "/V1/chat"):
            self.assertProblem(self.client.get(path), 404, "not-found")

    def test_a_folder_without_its_stroke(self):
        for path, leads in (("/agent", "/agent/"), ("/dashboard?from=2026-01-01&lang=de", "/dashboard/?from=2026-01-01&lang=de")):
            for method in ("GET", "HEAD"):
                reply = self.client.request(method, path)
                self.assertEqual((reply.status, reply["Location"]), (308, leads))
            self.assertEqual(self.client.post(path, {}).status, 404)
        for path in ("/v1", "/static", "//agent", "/dashboard/csv", "/agent%2F"):
            self.assertNotEqual(self.client.get(path).status, 308, path)

    def test_an_address_with_its_host(self):
        """As proxies may ask (RFC 9112, 3.2.2)."""
        for target in (b"http://desk.example/healthz", b"HTTPS://desk.example:1/healthz", b"http://desk.example"):
            answer = self.raw(b"GET " + target + b" HTTP/1.1\r\nHost: desk.example\r\nConnection: close\r\n\r\n")
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        answer = self.raw(b"GET http://desk.example?q=x/healthz HTTP/1.1\r\nHost: desk.example\r\nConnection: close\r\n\r\n")
        self.assertIn(b"text/html", answer)

    def test_wrong_method(self):
        for method, path, allow in (("GET", "/v1/chat", "POST, OPTIONS"), ("DELETE", "/v1/tickets", "GET, HEAD, POST, OPTIONS"),
                                    ("PUT", "/v1/tickets/1", "GET, HEAD, PATCH, DELETE, OPTIONS"), ("POST", "/v1/search", "GET, HEAD, OPTIONS"),
                                    ("PATCH", "/healthz", "GET, HEAD, OPTIONS"), ("BREW", "/v1/chat", "POST, OPTIONS")):
            reply = self.client.request(method, path, b"{}" if method != "GET" else None, JSON)
            problem = self.assertProblem(reply, 405, "method-not-allowed")
            self.assertEqual(reply["Allow"], allow)
            self.assertIn(allow, problem["detail"])

    def test_methods_of_the_whole_service(self):
        reply = self.client.request("OPTIONS", "*")
        self.assertEqual((reply.status, reply.body), (204, b""))
        calls = {method.upper() for path in self.client.get("/openapi.json").json["paths"].values() for method in path if method != "parameters"}
        self.assertEqual(set(reply["Allow"].split(", ")), calls | {"HEAD", "OPTIONS"})
        self.assertIsNone(reply["Access-Control-Allow-Origin"])
        for method, path in (("GET", "*"), ("OPTIONS", "**"), ("OPTIONS", "/*")):
            self.assertEqual(self.client.request(method, path).status, 404, (method, path))

    def test_json_says_that_it_is_utf8(self):
        admin = self.other(self.admin_token)
        paths = [path for path, calls in admin.get("/openapi.json").json["paths"].items() if "get" in calls and "{" not in path]
        told = {path: reply["Content-Type"] for path in paths for reply in [admin.get(path + "?q=ricevuta")]
                if reply.status == 200 and reply["Content-Type"].startswith("application/json")}
        self.assertEqual(told, dict.fromkeys(told, "application/json; charset=utf-8"))
        self.assertLessEqual({"/v1/queue", "/v1/search", "/v1/articles", "/healthz", "/v1/audit"}, set(told))

    def test_head(self):
        for path in ("/v1/articles/ricevuta?lang=it", "/v1/search?q=ricevuta", "/healthz", "/v1/nothing"):
            got, head = self.client.get(path), self.client.request("HEAD", path)
            self.assertEqual((head.status, head.body), (got.status, b""))
            self.assertEqual(head["Content-Type"], got["Content-Type"])
            if "search" not in path and "healthz" not in path:
                self.assertEqual(head["Content-Length"], got["Content-Length"])
        self.assertEqual(self.client.request("HEAD", "/v1/chat").status, 405)

    def test_connection_stays_usable_after_errors(self):
        for _ in range(3):
            self.assertEqual(self.client.post("/v1/chat", "{", Content_Type="application/json").status, 400)
            self.assertEqual(self.client.request("POST", "/v1/chat", b"x" * 70000, JSON).status, 413)
            self.assertEqual(self.client.get("/v1/nothing").status, 404)
            self.assertEqual(self.client.get("/healthz").status, 200)

    # ---- bodies ----

    def test_malformed_json_has_its_position(self):
        for body, line, column in (("{", 1, 1), ('{"message":\n  ciao}', 2, 6), ('{"message": "a",}', 1, 17), ("", 1, 0)):
            problem = self.assertProblem(self.client.post("/v1/chat", body, Content_Type="application/json"), 400, "malformed-json",
                                         line=line, column=column)
            self.assertIn(f"line {line}, column {column}", problem["detail"])
            self.assertIsInstance(problem["offset"], int)

    def test_a_byte_order_mark_is_passed_over(self):
        mark = b"\xef\xbb\xbf"
        reply = self.client.request("POST", "/v1/chat", mark + b'{"message": "ciao"}', JSON)
        self.assertEqual((reply.status, reply.json["decision"]), (200, "none"))
        bad = self.client.request("POST", "/v1/chat", mark + b'{"message": ciao}', JSON)
        self.assertProblem(bad, 400, "malformed-json", line=1, column=16, offset=19)
        for body in (mark, mark + mark + b'{"message": "ciao"}', mark[:2] + b'{"message": "ciao"}'):
            self.assertProblem(self.client.request("POST", "/v1/chat", body, JSON), 400, "malformed-json")

    def test_not_utf8(self):
        reply = self.client.request("POST", "/v1/chat", b'{"message": "\xe9\xff"}', JSON)
        self.assertProblem(reply, 400, "malformed-json")

    def test_deep_nesting(self):
        self.assertProblem(self.client.request("POST", "/v1/chat", b"[" * 60000, JSON), 400, "malformed-json")
        self.assertProblem(self.client.request("POST", "/v1/chat", b'{"message":' + b"[" * 1000 + b"]" * 1000 + b"}", JSON), 400,
                           "wrong-type")

    def test_duplicate_member(self):
        self.assertProblem(self.client.request("POST", "/v1/chat", b'{"message":"a","message":"b"}', JSON), 400, "malformed-json")

    def test_content_type(self):
        for type in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data; boundary=x", ""):
            reply = self.client.request("POST", "/v1/chat", b'{"message":"ciao"}', {"Content-Type": type})
            self.assertProblem(reply, 415, "wrong-content-type")
        for type in ("application/json; charset=utf-8", "Application/JSON"):
            reply = self.client.request("POST", "/v1/chat", b'{"message":"ciao"}', {"Content-Type": type})
            self.assertEqual(reply.status, 200)

    def test_packed_bodies(self):
        """Nothing is unpacked, so that nothing small becomes huge; who sends it is told so."""
        packed = gzip.compress(b'{"message":"ciao"}')
        for path, type in (("/v1/chat", "application/json"), ("/v1/tickets", "application/json"), ("/chat", "application/x-www-form-urlencoded")):
            for encoding in ("gzip", "deflate", "br", "GZIP", "identity, gzip", "gzip, gzip"):
                reply = self.client.request("POST", path, packed, {"Content-Type": type, "Content-Encoding": encoding})
                self.assertEqual((reply.status, reply["Accept-Encoding"]), (415, "identity"), (path, encoding))
        self.assertProblem(reply := self.client.request("POST", "/v1/chat", packed, {**JSON, "Content-Encoding": "gzip"}), 415, "wrong-content-type")
        self.assertIn("Content-Encoding", reply.json["detail"])
        self.assertEqual(self.client.request("POST", "/v1/chat", b'{"message":"ciao"}', {**JSON, "Content-Encoding": "identity"}).status, 200)

    def test_body_over_64_kib(self):
        fits = json.dumps({"message": "ciao", "x-fill": ""})
        body = json.dumps({"message": "ciao", "x-fill": "x" * (65536 - len(fits))})
        self.assertEqual(len(body), 65536)
        self.assertEqual(self.client.request("POST", "/v1/chat", body, JSON).status, 200)
        problem = self.assertProblem(self.client.request("POST", "/v1/chat", body + " ", JSON), 413, "body-too-large")
        self.assertIn("65536", problem["detail"])
        self.assertProblem(self.client.request("POST", "/v1/tickets", b" " * 200000, JSON), 413, "body-too-large")

    def raw(self, *pieces):
        """Send bytes as they are; all that comes back until the other side closes or is silent."""
        with socket.create_connection((self.service.host, self.service.port), timeout=5 * PATIENCE) as connection:
            received = b""
            try:
                for piece in pieces:
                    connection.sendall(piece)
                while True:
                    data = connection.recv(65536)
                    if not data:
                        break
                    received += data
            except (ConnectionError, socket.timeout):
                pass
            return received

    def test_chunked_body_over_64_kib(self):
        head = b"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        chunk = b"2000\r\n" + b" " * 8192 + b"\r\n"
        self.assertTrue(self.raw(head, chunk * 9 + b"0\r\n\r\n").startswith(b"HTTP/1.1 413 "))
        small = b'12\r\n{"message":"ciao"}\r\n0\r\n\r\n'
        self.assertTrue(self.raw(head, small).startswith(b"HTTP/1.1 200 "))
        # Without an end it is cut off at some point.
        self.raw(head, chunk * 1000)
        self.assertEqual(self.client.get("/healthz").status, 200)

    def test_declared_length_far_too_large(self):
        head = b"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n"
        self.assertTrue(self.raw(head).startswith(b"HTTP/1.1 413 "))

    def test_expect_is_refused_before_the_body(self):
        head = (b"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 70000\r\n"
                b"Expect: 100-continue\r\n\r\n")
        self.assertTrue(self.raw(head).startswith(b"HTTP/1.1 413 "))

    def test_address_over_8_kb(self):
        self.assertProblem(self.client.get("/v1/search?q=" + "a" * 8200), 414, "url-too-long")

    def test_many_headers(self):
        reply = self.client.request("GET", "/healthz", headers={f"X-H{i}": "1" for i in range(80)})
        self.assertProblem(reply, 431, "too-many-headers")
        # Over what a connection may take libmicrohttpd answers by itself.
        answer = self.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 100000 + b"\r\n\r\n")
        self.assertTrue(answer == b"" or answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 413 ")), answer[:80])

    def test_half_requests(self):
        for piece in (b"", b"GET", b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{",
                      b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"):
            connection = socket.create_connection((self.service.host, self.service.port), timeout=5 * PATIENCE)
            connection.sendall(piece)
            connection.close()
        self.assertEqual(self.client.get("/healthz").status, 200)

    def test_pipelined_requests(self):
        one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        self.assertEqual(self.raw(one + one + last).count(b"HTTP/1.1 200 OK"), 3)

    def test_http_1_0(self):
        answer = self.raw(b"GET /healthz HTTP/1.0\r\n\r\n")
        self.assertIn(b" 200 ", answer.split(b"\r\n")[0])

    # ---- tokens ----

    def test_bad_tokens(self):
        for value in ("Bearer spt_" + "a" * 52, "Bearer", "Bearer ", "Basic YTpi", "spt_x", "Bearer " + "x" * 5000):
            reply = self.client.get("/v1/search?q=x", Authorization=value)
            self.assertProblem(reply, 401, "unauthorized")
            self.assertTrue(reply["WWW-Authenticate"].startswith("Bearer "))

    def test_good_token(self):
        for scheme in ("Bearer ", "bearer "):
            self.assertEqual(self.client.get("/v1/tickets", Authorization=scheme + self.agent_token).status, 200)

    # ---- headers of replies ----

    def test_security_headers(self):
        for path in ("/v1/search", "/healthz", "/v1/nothing", "/"):
            reply = self.client.get(path)
            self.assertEqual(reply["X-Content-Type-Options"], "nosniff")
            self.assertEqual(reply["Referrer-Policy"], "same-origin")
            self.assertIn("camera=()", reply["Permissions-Policy"])
            self.assertRegex(reply["X-Request-Id"], "^[0-9a-f]{16}$")
            self.assertTrue(reply["Date"])
        for path in ("/", "/chat", "/a/ricevuta", "/agent/sign-in", "/nothing-here"):
            page = self.client.get(path, Accept="text/html")
            self.assertEqual((page["Content-Type"], page["Cross-Origin-Opener-Policy"]), ("text/html; charset=utf-8", "same-origin"), path)
        policy = self.client.get("/")["Content-Security-Policy"]
        self.assertIn("default-src 'self'", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertNotIn("unsafe", policy)

    def test_request_ids_differ(self):
        ids = {self.client.get("/healthz")["X-Request-Id"] for _ in range(50)}
        self.assertEqual(len(ids), 50)

    def test_gzip(self):
        plain = self.client.get("/openapi.json")
        packed = self.client.get("/openapi.json", Accept_Encoding="br;q=1.0, gzip;q=0.8")
        self.assertEqual((plain["Content-Encoding"], packed["Content-Encoding"]), (None, "gzip"))
        self.assertEqual(gzip.decompress(packed.raw), plain.body)
        self.assertLess(len(packed.raw), len(plain.raw) / 3)
        self.assertIn("Accept-Encoding", packed["Vary"])
        for value in ("identity", "gzip;q=0", "gzip;q=0.0", "br"):
            self.assertIsNone(self.client.get("/openapi.json", Accept_Encoding=value)["Content-Encoding"], value)
        # Too small to pay.
        self.assertIsNone(self.client.get("/healthz", Accept_Encoding="gzip")["Content-Encoding"])
        self.assertEqual(self.client.get("/openapi.json", If_None_Match=packed["ETag"]).status, 304)

    def test_gzip_chat(self):
        reply = self.client.post("/v1/chat", {"message": "non ricevo il codice di conferma"}, Accept_Encoding="gzip")
        self.assertEqual((reply["Content-Encoding"], reply.json["decision"]), ("gzip", "answer"))

    # ---- other sites ----

    def test_cors(self):
        for method, path, body in (("GET", "/v1/search?q=x", None), ("GET", "/v1/suggest?q=x", None), ("POST", "/v1/chat", {"message": "ciao"}),
                                   ("POST", "/v1/tickets", {})):
            reply = self.client.request(method, path, body, {"Origin": "https://comune.example"})
            self.assertEqual(reply["Access-Control-Allow-Origin"], "*", path)
            self.assertIsNone(reply["Access-Control-Allow-Credentials"])
            with_token = self.client.request(method, path, body, {"Authorization": "Bearer " + self.agent_token})
            self.assertIsNone(with_token["Access-Control-Allow-Origin"], path)
        self.assertIsNone(self.client.get("/v1/articles")["Access-Control-Allow-Origin"])
        # Errors can be read too.
        self.assertEqual(self.client.post("/v1/chat", {})["Access-Control-Allow-Origin"], "*")

    def test_preflight(self):
        asked = {"Origin": "https://comune.example", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "content-type,idempotency-key"}
        for path in ("/v1/chat", "/v1/chat/" + "a" * 26 + "/feedback", "/v1/tickets"):
            reply = self.client.request("OPTIONS", path, headers=asked)
            self.assertEqual((reply.status, reply.body), (204, b""))
            self.assertEqual((reply["Access-Control-Allow-Origin"], reply["Access-Control-Allow-Methods"]), ("*", "POST"))
            self.assertIn("Content-Type", reply["Access-Control-Allow-Headers"])
            self.assertIn("Idempotency-Key", reply["Access-Control-Allow-Headers"])
            self.assertNotIn("Authorization", reply["Access-Control-Allow-Headers"])
        refused = self.client.request("OPTIONS", "/v1/tickets/1", headers={**asked, "Access-Control-Request-Method": "PATCH"})
        self.assertEqual((refused.status, refused["Access-Control-Allow-Origin"]), (204, None))
        self.assertEqual(self.client.request("OPTIONS", "/v1/deflection")["Allow"], "GET, HEAD, OPTIONS")
        self.assertProblem(self.client.request("OPTIONS", "/v1/nothing"), 404, "not-found")

    # ---- log ----

    def test_log(self):
        reply = self.client.post("/v1/chat", {"message": "mi chiamo Zelinda Prova e scrivo da zelinda@example.com"})
        conversation = reply.json["conversation"]
        self.client.post(f"/v1/chat/{conversation}/feedback", {"solved": False, "comment": "Zelinda"})
        last = self.client.get("/v1/search?q=Zelinda&secret=tombola")
        wanted = {last["X-Request-Id"], reply["X-Request-Id"]}
        found = []

        def logged():
            found[:] = [line for line in self.service.log_lines() if line.get("id") in wanted]
            return len(found) == 2

        self.assertIsNotNone(until(logged, 5))
        chat, search = found
        self.assertEqual((chat["method"], chat["route"], chat["status"]), ("POST", "/v1/chat", 200))
        self.assertEqual((search["method"], search["route"], search["status"]), ("GET", "/v1/search", 200))
        self.assertEqual(chat["bytes"], len(reply.raw))
        self.assertGreater(chat["us"], 0)
        self.assertRegex(chat["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        text = self.service.log.read_text(encoding="utf-8")
        for private in ("Zelinda", "zelinda", "tombola", conversation, self.agent_token):
            self.assertNotIn(private, text)

    def test_log_of_made_up_addresses(self):
        reply = self.client.request("BREW", "/wp-admin/secret-path")
        self.assertEqual(reply.status, 404)
        self.assertIsNotNone(until(lambda: any(line.get("id") == reply["X-Request-Id"] for line in self.service.log_lines()), 5))
        line = next(line for line in self.service.log_lines() if line.get("id") == reply["X-Request-Id"])
        self.assertEqual((line["method"], line["route"], line["status"]), ("OTHER", "-", 404))
        self.assertIsNone(re.search("wp-admin|BREW", self.service.log.read_text(encoding="utf-8")))


class TokensBesideTheService(ServiceTest):
    def test_made_and_revoked_while_it_runs(self):
        token, kept = self.service.token(subject="eva"), self.service.token(subject="ada")
        for each in (token, kept):
            self.assertEqual(self.client.get("/v1/tickets", Authorization="Bearer " + each).status, 200)
        listed = json.loads(self.service.command("token", "list", "--data", self.service.data, "--json").stdout)
        rows = listed["tokens"] if isinstance(listed, dict) else listed
        id = next(row["id"] for row in rows if row["subject"] == "eva")
        done = self.service.command("token", "revoke", "--data", self.service.data, "--id", str(id))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertProblem(self.client.get("/v1/tickets", Authorization="Bearer " + token), 401, "unauthorized")
        self.assertEqual(self.client.get("/v1/tickets", Authorization="Bearer " + kept).status, 200)


if __name__ == "__main__":
    unittest.main()
