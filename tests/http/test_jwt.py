"""Tokens that an app's issuer signed: who is recognised by them, and everything that is not believed."""
import base64
import http.server
import json
import threading
import time
import unittest

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from service import Service, ServiceTest, article, until

ISSUER, AUDIENCE = "https://app.example.org", "sportello"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


class Rsa:
    def __init__(self, kid, bits=2048, **more):
        self.kid, self.more = kid, more
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=bits)

    def public(self):
        n = self.key.public_key().public_numbers()
        return {"kty": "RSA", "kid": self.kid, "use": "sig", "n": number(n.n), "e": number(n.e), **self.more}

    def sign(self, alg, data):
        pad = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if alg == "PS256" else padding.PKCS1v15()
        return self.key.sign(data, pad, hashes.SHA256())


class Ec:
    def __init__(self, kid, curve=ec.SECP256R1):
        self.kid, self.key = kid, ec.generate_private_key(curve())

    def public(self):
        n = self.key.public_key().public_numbers()
        size = (n.curve.key_size + 7) // 8
        return {"kty": "EC", "kid": self.kid, "crv": "P-256" if size == 32 else "P-384", "x": number(n.x, size), "y": number(n.y, size)}

    def sign(self, alg, data):
        r, s = utils.decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        size = (self.key.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def jwt(key, alg="RS256", header=None, sign=None, **claims):
    now = int(time.time())
    body = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-17", "iat": now, "exp": now + 300, "profile": "psp", **claims}
    body = {k: v for k, v in body.items() if v is not None}
    head = {"alg": alg, "typ": "JWT", "kid": key.kid, **(header or {})}
    head = {k: v for k, v in head.items() if v is not None}
    data = b64(json.dumps(head).encode()) + "." + b64(json.dumps(body).encode())
    return data + "." + b64((sign or key.sign)(alg, data.encode()))


class Keys(http.server.ThreadingHTTPServer):
    """Publishes keys, and counts how often it is asked."""

    def __init__(self, *keys):
        super().__init__(("127.0.0.1", 0), Handler)
        self.keys, self.asked, self.broken = list(keys), 0, False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/keys"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        body = json.dumps({"keys": [k.public() for k in self.server.keys]}).encode()
        self.send_response(500 if self.server.broken else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


SETTINGS = """
refetch: 1s
skew: 30s
issuers:
  - issuer: {issuer}
    keys_url: {url}
    audience: sportello
    claim: profile
    mapping:
      - {{value: psp, audience: citizen}}
      - {{value: operatore, audience: agent-l1, role: agent}}
      - {{value: interno, audience: agent-l1}}
"""


class Signed(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.rsa, cls.ec = Rsa("r1"), Ec("e1")
        cls.keys = Keys(cls.rsa, cls.ec)
        cls.addClassCleanup(cls.keys.shutdown)
        file = cls.service.folder / "identity.yaml"
        file.write_text(SETTINGS.format(issuer=ISSUER, url=cls.keys.url), encoding="utf-8")
        cls.service.options = ("--identity", file)
        cls.service.write("it/accesso/solo-operatori.md", article("solo-operatori", "Solo per operatori", "Zufolo.", audience="agent-l1"))

    def ask(self, token, path="/v1/articles/solo-operatori"):
        return self.client.get(path, Authorization="Bearer " + token)

    def assertRefused(self, token, why=None):
        reply = self.ask(token)
        problem = self.assertProblem(reply, 401, "unauthorized")
        self.assertEqual(problem["detail"], "the token is not known, was revoked, or has expired", why)
        return reply


class JwtTest(Signed):
    def test_who_has_a_token_of_their_own_is_its_subject_and_nobody_else(self):
        question = {"message": "non ricevo il codice di conferma"}
        manager = self.other(self.service.token("agent-l1", "manager", "capo"))
        returned = lambda: manager.get("/v1/deflection").json["total"]["returned"]
        own = self.other(jwt(self.rsa, sub="u-42"))
        self.assertEqual(own.post("/v1/chat", {**question, "channel": "app"}).json["decision"], "answer")
        self.assertProblem(own.post("/v1/chat", {**question, "person": "subject:u-43"}), 403, "forbidden", field="person")
        self.assertEqual(returned(), 0)
        # The telephone system knows them by the same id; an agent may say for whom they ask.
        for n, who in enumerate((self.service.token("citizen", "reader", "centralino"), jwt(self.rsa, sub="op", profile="operatore"))):
            time.sleep(1.01)  # times are of seconds: who comes back does so later
            self.assertEqual(self.other(who).post("/v1/chat", {**question, "channel": "phone", "person": "subject:u-42"}).status, 200)
            self.assertEqual(returned(), n + 1)

    def test_who_is_recognised(self):
        self.assertEqual(self.ask(jwt(self.rsa, profile="interno")).status, 200)
        self.assertEqual(self.ask(jwt(self.rsa, profile="psp")).status, 404)
        self.assertEqual(self.ask(jwt(self.rsa, profile=["altro", "interno"])).status, 200)

    def test_several_values_give_what_each_gives(self):
        for profile, reads, handles in ((["psp", "interno"], 200, 403), (["psp", "operatore"], 200, 200), (["operatore", "psp"], 200, 200), (["psp"], 404, 403)):
            token = jwt(self.rsa, profile=profile)
            self.assertEqual((self.ask(token).status, self.ask(token, "/v1/tickets").status), (reads, handles), profile)

    def test_chat(self):
        reply = self.client.request("POST", "/v1/chat", {"message": "Solo per operatori"}, {"Authorization": "Bearer " + jwt(self.rsa, profile="interno")})
        self.assertEqual(reply.json["article"]["id"], "solo-operatori")
        self.assertRefused("x" + jwt(self.rsa, profile="interno"))

    def test_roles_only_where_they_are_configured(self):
        self.assertEqual(self.ask(jwt(self.rsa, profile="interno", role="admin", roles=["admin"]), "/v1/tickets").status, 403)
        self.assertEqual(self.ask(jwt(self.rsa, profile="operatore"), "/v1/tickets").status, 200)

    def test_algorithms(self):
        for token in (jwt(self.rsa, "RS256", profile="interno"), jwt(self.rsa, "PS256", profile="interno"), jwt(self.ec, "ES256", profile="interno")):
            self.assertEqual(self.ask(token).status, 200)

    def test_other_algorithms(self):
        public = self.rsa.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

        def with_secret(alg, data):
            h = hmac.HMAC(public, hashes.SHA256())
            h.update(data)
            return h.finalize()
        for alg, sign in (("none", lambda *a: b""), ("None", lambda *a: b""), ("HS256", with_secret), ("RS512", None), ("ES384", None), ("EdDSA", None),
                          ("dir", None), ("", None)):
            self.assertRefused(jwt(self.rsa, alg, sign=sign, profile="interno"), alg)

    def test_a_key_of_another_kind(self):
        self.assertRefused(jwt(self.rsa, "ES256", profile="interno"))
        self.assertRefused(jwt(self.ec, "RS256", profile="interno"))

    def test_header_that_is_not_understood(self):
        self.assertRefused(jwt(self.rsa, header={"crit": ["x"], "x": 1}, profile="interno"))
        # Keys that a token brings along are no keys.
        own = Rsa("own")
        self.assertRefused(jwt(own, header={"jwk": own.public(), "jku": self.keys.url + "/own", "kid": None}, profile="interno"))

    def test_signature(self):
        good = jwt(self.rsa, profile="interno")
        head, body, signature = good.split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        forged = b64(json.dumps({**claims, "profile": "operatore"}).encode())
        flipped = signature[:20] + ("A" if signature[20] != "A" else "B") + signature[21:]
        for token in (f"{head}.{forged}.{signature}", f"{head}.{body}.{flipped}", f"{head}.{body}.", f"{head}.{body}", f"{head}..{signature}",
                      f"{head}.{body}.{signature}.x", "..", "a.b.c", "é.b.c", good + "A" * 5000, "A" * 30000):
            with self.subTest(token[:40]):
                reply = self.client.request("GET", "/v1/articles/solo-operatori", None, {"Authorization": ("Bearer " + token).encode("utf-8")})
                self.assertIn(reply.status, (401, 431), token[:60])
                if reply.status == 431:
                    self.client.close()
        self.assertRefused(jwt(Rsa("r1"), profile="interno"))

    def test_parts_that_are_no_base64url(self):
        """Padding in the middle, groups of one sign, signs of plain base64: the library that reads tokens would end the program."""
        head, body, signature = jwt(self.rsa, profile="interno").split(".")
        for number, part in enumerate((head, body, signature)):
            for wrong in (part[:8] + "=" + part[9:], part + "=", part + "==", part[:4 * (len(part) // 4) - 3], part[:6] + "+/" + part[8:], "=", "A", "====", part[:9] + " " + part[9:]):
                parts = [head, body, signature]
                parts[number] = wrong
                self.assertRefused(".".join(parts), wrong[:20])
        self.assertEqual(self.client.get("/healthz").status, 200)

    def test_claims(self):
        now = int(time.time())
        for wrong in ({"iss": "https://other.example.org"}, {"iss": None}, {"iss": ISSUER + "/"}, {"aud": "other"}, {"aud": None}, {"aud": []},
                      {"exp": now - 60}, {"exp": None}, {"exp": "soon"}, {"exp": str(now + 300)}, {"exp": -1}, {"nbf": now + 120}, {"iat": now + 120},
                      {"nbf": "x"}, {"sub": None}, {"sub": ""}, {"sub": "a\nb"}, {"sub": "x" * 201}, {"sub": 7}, {"profile": "nobody"}, {"profile": None},
                      {"profile": {"interno": 1}}, {"profile": ["nobody"]}):
            self.assertRefused(jwt(self.rsa, **{"profile": "interno", **wrong}), wrong)

    def test_clocks_that_differ_a_little(self):
        now = int(time.time())
        for right in ({"exp": now - 10}, {"nbf": now + 10}, {"iat": now + 10}, {"iat": None}, {"aud": ["other", AUDIENCE]}):
            self.assertEqual(self.ask(jwt(self.rsa, profile="interno", **right)).status, 200, right)

    def test_nothing_of_a_token_is_in_the_log(self):
        token = jwt(self.rsa, profile="interno")
        self.ask(token)
        self.ask(token + "x")
        log = self.service.log.read_text(encoding="utf-8")
        for part in token.split("."):
            self.assertNotIn(part[:40], log)

    def test_our_own_tokens_go_on(self):
        self.assertEqual(self.ask(self.service.token(), "/v1/tickets").status, 200)

    def test_no_way_to_sign_in_with_a_provider_that_is_not_there(self):
        self.assertEqual(self.client.get("/agent/sign-in/provider").status, 404)
        self.assertEqual(self.client.get("/agent/sign-in/callback?code=a&state=b").status, 404)


class RotationTest(Signed):
    def test_a_new_key(self):
        new = Rsa("r2")
        token = jwt(new, profile="interno")
        self.assertRefused(token)
        self.keys.keys.append(new)
        self.assertIsNotNone(until(lambda: self.ask(token).status == 200, 5, 0.2))
        self.keys.keys.remove(self.rsa)
        time.sleep(1.2)
        self.ask(jwt(Rsa("r3"), profile="interno"))
        self.assertRefused(jwt(self.rsa, profile="interno"))
        self.keys.keys.insert(0, self.rsa)
        self.assertIsNotNone(until(lambda: self.ask(jwt(self.rsa, profile="interno")).status == 200, 5, 0.2))

    def test_unknown_keys_do_not_make_us_ask_each_time(self):
        before = self.keys.asked
        began = time.monotonic()
        for i in range(30):
            self.assertRefused(jwt(self.ec, header={"kid": f"x{i}"}, sign=lambda *a: b"x" * 64, alg="ES256", profile="interno"))
        self.assertLessEqual(self.keys.asked - before, time.monotonic() - began + 2)

    def test_keys_that_cannot_be_had_leave_the_old_ones(self):
        self.keys.broken = True
        time.sleep(1.2)
        self.assertRefused(jwt(self.ec, header={"kid": "new"}, sign=lambda *a: b"x" * 64, alg="ES256", profile="interno"))
        self.assertEqual(self.ask(jwt(self.rsa, profile="interno")).status, 200)
        self.keys.broken = False


class FollowedTest(Signed):
    """Who has an app's token follows what they opened with it."""

    def test_its_subject_and_no_other(self):
        own = self.other(jwt(self.rsa, sub="u-1"))
        opened = own.post("/v1/tickets", {"category": "pagamenti", "message": "Il flusso non arriva"}).json
        path = f"/v1/tickets/{opened['number']}"
        self.assertEqual(own.get(path).status, 200)
        self.assertEqual(self.other(jwt(self.rsa, sub="u-1")).get(path).status, 200)
        for other in (jwt(self.rsa, sub="u-2"), jwt(self.rsa, sub="u-1", profile="interno"), self.service.token("citizen", "reader", "u-1")):
            self.assertProblem(self.ask(other, path), 404, "not-found")
        self.assertRefused(jwt(self.rsa, sub="u-1", exp=int(time.time()) - 300))


class SeveralIssuersTest(Signed):
    """Each names its people by itself: u-1 of one is somebody else than u-1 of the other."""

    @classmethod
    def prepare(cls):
        super().prepare()
        file = cls.service.folder / "identity.yaml"
        text = file.read_text(encoding="utf-8")
        cls.others = Keys(Rsa("o1"))
        cls.addClassCleanup(cls.others.shutdown)
        more = SETTINGS.format(issuer="https://other.example.org", url=cls.others.url)
        file.write_text(text + more[more.index("  - issuer"):], encoding="utf-8")

    def test_the_same_subject_of_another_issuer_is_somebody_else(self):
        own = self.other(jwt(self.rsa, sub="u-1"))
        opened = own.post("/v1/tickets", {"category": "pagamenti", "message": "Il flusso non arriva"}).json
        path = f"/v1/tickets/{opened['number']}"
        other = self.other(jwt(self.others.keys[0], iss="https://other.example.org", sub="u-1"))
        self.assertEqual(other.get("/v1/articles").status, 200)
        for client in (own, other):
            self.assertProblem(client.get(path), 404, "not-found")
            self.assertProblem(client.post(path + "/replies", {"text": "Mio?"}), 404, "not-found")
            self.assertEqual(client.get(path + "?secret=" + opened["secret"]).status, 200)


class SettingsTest(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.remove)

    def start(self, text, **files):
        file = self.service.folder / "identity.yaml"
        file.write_text(text, encoding="utf-8")
        for name, content in files.items():
            (self.service.folder / name).write_text(content, encoding="utf-8")
        return self.service.command("serve", "--kb", self.service.kb, "--data", self.service.data, "--listen", "127.0.0.1:0", "--encoder", "none",
                                    "--identity", file)

    ONE = "issuers:\n  - issuer: https://a.example\n    keys_url: https://a.example/keys\n    audience: s\n    claim: p\n    mapping:\n      - {value: x, audience: citizen}\n"

    def test_mistakes_name_their_line(self):
        for wrong, line, text in ((self.ONE + "nonsense: 1\n", 8, "unknown setting nonsense"), (self.ONE.replace("citizen", "nobody"), 7, 'no audience "nobody"'),
                                  (self.ONE.replace("https://a.example/keys", "http://a.example/keys"), 3, "https://"),
                                  (self.ONE.replace("{value: x,", "{value: x, role: king,"), 7, 'no role "king"'),
                                  (self.ONE.replace("    claim: p\n", ""), 2, "`claim:` is missing"), ("skew: 1s\n", 1, "neither"),
                                  (self.ONE.replace("{value: x,", "{value: x, groups: [nessuno],"), 7, 'no group "nessuno"'),
                                  (self.ONE + "skew: 9h\n", 8, "skew is a time"),
                                  ("provider:\n  issuer: https://a.example\n  name: A\n  client_id: s\n  client_secret: geheim\n  mapping: [{group: x, role: agent, audience: agent-l1}]\n",
                                   5, "a secret does not stand in this file")):
            done = self.start(wrong)
            self.assertEqual(done.returncode, 3, (wrong, done.stderr))
            self.assertIn(text, done.stderr)
            self.assertIn(f":{line}:", done.stderr, wrong)
            self.assertNotIn("geheim", done.stderr)

    def test_files_of_keys(self):
        text = self.ONE.replace("keys_url: https://a.example/keys", "keys_file: keys.json")
        for keys in ('{"keys": []}', "no json", json.dumps({"keys": [Rsa("a", 1024).public()]}), json.dumps({"keys": [Ec("a", ec.SECP384R1).public()]}),
                     json.dumps({"keys": [{"kty": "oct", "kid": "a", "k": b64(b"secret" * 8)}]}),
                     json.dumps({"keys": [Rsa("a", use="enc").public()]}), json.dumps({"keys": [Ec("a").public() | {"x": "A=BC"}]}),
                     json.dumps({"keys": [Rsa("a").public() | {"n": "A"}]}), json.dumps({"keys": [Rsa("a", alg="RS512").public()]})):
            done = self.start(text, **{"keys.json": keys})
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn("JWKS", done.stderr)
        self.assertEqual(self.start(text).returncode, 3)


if __name__ == "__main__":
    unittest.main()
