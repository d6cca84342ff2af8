"""The OpenID Connect provider that people sign in with, made to say every wrong thing (a real one: tests/browser/signin-provider.test.mjs)."""
import base64
import hashlib
import http.server
import json
import threading
import time
import unittest
import urllib.parse

from service import ServiceTest, until
from test_audit import rows
from test_jwt import Ec, Rsa, jwt
from test_session import COOKIE

FLOW = "__Host-sportello-flow"
SECRET = "ge:heim/1+2"


class Provider(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key, self.ec = Rsa("p1"), Ec("p2")
        self.usual()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def usual(self):
        self.keys, self.description, self.status, self.answer, self.given = [self.key, self.ec], {}, 200, {}, None
        self.make = lambda **claims: jwt(self.key, **claims)
        self.claims = {}

    def describe(self):
        return {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/auth?fixed=1", "token_endpoint": self.issuer + "/token",
                "jwks_uri": self.issuer + "/keys", "end_session_endpoint": self.issuer + "/end", **self.description}

    def id_token(self):
        claims = {"iss": self.issuer, "aud": "sportello", "sub": "anna", "groups": ["l1"], "nonce": self.nonce, "profile": None}
        return self.make(**{**claims, **self.claims})


class Handler(http.server.BaseHTTPRequestHandler):
    def reply(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/keys":
            self.reply(200, {"keys": [k.public() for k in self.server.keys]})
        else:
            self.reply(200, self.server.describe())

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.given = (self.headers["Authorization"], self.headers["Content-Type"], dict(urllib.parse.parse_qsl(text)))
        self.reply(self.server.status, {"id_token": self.server.id_token(), "access_token": "x", **self.server.answer})

    def log_message(self, *args):
        pass


class WithProvider(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.provider = Provider()
        cls.addClassCleanup(cls.provider.shutdown)
        (cls.service.folder / "secret").write_text(SECRET + "\n", encoding="utf-8")
        file = cls.service.folder / "identity.yaml"
        file.write_text(f"""
refetch: 1s
skew: 5s
provider:
  issuer: {cls.provider.issuer}
  name: Ente
  client_id: sportello
  client_secret: {{file: secret}}
  groups_claim: groups
  mapping:
    - {{group: l1, role: agent, audience: agent-l1}}
    - {{group: capi, role: admin, audience: agent-l1}}
    - {{group: lettori, role: reader, audience: citizen}}
    - {{group: redazione, role: editor, audience: citizen}}
    - {{group: secondi, role: agent, audience: agent-l1, groups: [secondo-livello]}}
    - {{group: primi, role: agent, audience: agent-l1, groups: [primo-livello]}}
""", encoding="utf-8")
        cls.service.options = ("--identity", file)

    def setUp(self):
        super().setUp()
        self.provider.usual()

    def begin(self, path="/agent/sign-in/provider"):
        reply = self.client.get(path)
        self.assertEqual(reply.status, 303, reply.text)
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(reply["Location"]).query))
        self.provider.nonce = asked["nonce"]
        cookie = reply["Set-Cookie"].split(";")[0]
        self.assertTrue(cookie.startswith(FLOW + "="))
        return asked, cookie

    def come_back(self, cookie, **query):
        reply = self.client.get("/agent/sign-in/callback?" + urllib.parse.urlencode(query), **({"Cookie": cookie} if cookie else {}))
        cookies = reply.headers.get_all("Set-Cookie") or []
        return reply, next((c.split(";")[0] for c in cookies if c.startswith(COOKIE + "=")), None), cookies

    def sign_in(self):
        asked, cookie = self.begin()
        return self.come_back(cookie, code="c1", state=asked["state"])

    def assertRefused(self, what, status=422):
        reply, session, cookies = self.sign_in()
        self.assertEqual((reply.status, session), (status, None), what)
        self.assertIn('role="alert"', reply.text)
        self.assertTrue(any(c.startswith(FLOW + "=;") for c in cookies), what)


class ProviderTest(WithProvider):
    def test_in(self):
        asked, cookie = self.begin("/agent/sign-in/provider?next=/agent/x")
        reply, session, cookies = self.come_back(cookie, code="c1", state=asked["state"])
        self.assertEqual((reply.status, reply["Refresh"], reply["Cache-Control"]), (200, "0; url=/agent/x", "no-store"))
        self.assertEqual(self.client.get("/v1/tickets", Cookie=session).status, 200)
        basic, kind, given = self.provider.given
        quoted = "sportello:" + urllib.parse.quote(SECRET, safe="")
        self.assertEqual(base64.b64decode(basic.split()[1]).decode(), quoted)
        self.assertEqual(kind, "application/x-www-form-urlencoded")
        self.assertEqual((given["grant_type"], given["code"], given["redirect_uri"]), ("authorization_code", "c1", asked["redirect_uri"]))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        self.assertEqual(challenge, asked["code_challenge"])
        self.assertEqual((asked["fixed"], asked["code_challenge_method"], asked["scope"]), ("1", "S256", "openid profile"))
        self.assertEqual(rows(self.service)[-1]["object"], "provider")
        log = self.service.log.read_text(encoding="utf-8") + self.service.stderr()
        for secret in (SECRET, given["code_verifier"], session, cookie.split("=")[1], asked["state"]):
            self.assertNotIn(secret, log)

    def test_other_ways_to_sign(self):
        for key, alg in ((self.provider.ec, "ES256"), (self.provider.key, "PS256")):
            self.provider.make = lambda **claims: jwt(key, alg, **claims)
            self.assertIsNotNone(self.sign_in()[1], alg)

    def test_without_a_kid_one_key_must_be_meant(self):
        self.provider.make = lambda **claims: jwt(self.provider.ec, "ES256", header={"kid": None}, **claims)
        self.assertIsNotNone(self.sign_in()[1])

    def test_what_is_not_believed(self):
        p = self.provider
        now = int(time.time())
        for claims in ({"nonce": "other"}, {"nonce": None}, {"iss": "https://other.example"}, {"aud": "other"}, {"aud": ["sportello", "other"]},
                       {"aud": ["sportello", "other"], "azp": "other"}, {"azp": "other"}, {"exp": now - 60}, {"exp": None}, {"iat": None},
                       {"iat": now + 60}, {"iat": now - 3600, "exp": now + 60}, {"sub": None}, {"sub": ""}, {"nbf": now + 60}):
            p.usual()
            p.claims = claims
            self.assertRefused(claims)
        p.usual()
        for make in (lambda **c: jwt(p.key, "none", sign=lambda *a: b"", **c), lambda **c: jwt(p.key, "HS256", sign=lambda *a: b"x" * 32, **c),
                     lambda **c: jwt(Rsa("p1"), **c), lambda **c: jwt(p.key, "RS512", **c), lambda **c: "", lambda **c: None, lambda **c: "a.b.c"):
            p.make = make
            self.assertRefused("signature")

    def test_several_audiences_with_us_as_the_party(self):
        self.provider.claims = {"aud": ["sportello", "other"], "azp": "sportello"}
        self.assertIsNotNone(self.sign_in()[1])

    def test_who_is_not_mapped(self):
        for groups in ([], ["altri"], None, "altri", {"l1": 1}):
            self.provider.claims = {"groups": groups}
            self.assertRefused(groups, 403)

    def may(self, groups):
        """Which of what each role alone may do is open to them, whether they read what is internal, and the groups of their queue."""
        self.provider.claims = {"groups": groups}
        session = self.sign_in()[1]
        asked = {"agent": "/v1/tickets", "editor": "/v1/flags", "manager": "/v1/deflection", "admin": "/v1/audit"}
        roles = {role for role, path in asked.items() if self.client.get(path, Cookie=session).status == 200}
        inside = self.client.get("/v1/articles/procedura-riservata", Cookie=session).status == 200
        queue = [t["group"] for t in self.client.get("/v1/queue", Cookie=session).json.get("tickets", [])]
        return roles, inside, sorted(set(queue))

    def test_several_groups_give_what_each_gives(self):
        for category in ("accesso", "pagamenti"):
            self.assertEqual(self.client.post("/v1/tickets", {"category": category, "message": "aiuto", "fields": {"email": "a@example.it"}}).status, 201)
        one, two = "primo-livello", "secondo-livello"
        for groups, told in ((["l1"], ({"agent"}, True, [one])), (["primi", "secondi"], ({"agent"}, True, [one, two])),
                             (["redazione"], ({"editor"}, False, [])), (["lettori", "redazione", "secondi"], ({"agent", "editor"}, True, [two])),
                             # Without groups of its own a row gives those that it would give alone.
                             (["secondi", "l1"], ({"agent"}, True, [one, two])), (["redazione", "l1"], ({"agent", "editor"}, True, [one])),
                             (["lettori"], (set(), False, [])), (["lettori", "l1"], ({"agent"}, True, [one]))):
            with self.subTest(groups=groups):
                roles, inside, queue = self.may(groups)
                self.assertEqual((roles, inside, queue), told)
        roles, inside, queue = self.may(["l1", "capi"])
        self.assertEqual(({"admin", "agent"} <= roles, queue), (True, [one, two]), "an admin's queue is everybody's")
        self.assertEqual(self.may("capi")[0], roles)

    def test_answers_to_nobodys_question(self):
        asked, cookie = self.begin()
        for what, jar, query in (("no cookie", None, {"code": "c", "state": asked["state"]}), ("no state", cookie, {"code": "c"}),
                                 ("another state", cookie, {"code": "c", "state": "0" * 64}), ("no code", cookie, {"state": asked["state"], "error": "access_denied"}),
                                 ("another provider", cookie, {"code": "c", "state": asked["state"], "iss": "https://other.example"}),
                                 ("a cookie that is none", FLOW + "=x", {"code": "c", "state": asked["state"]}), ("nothing", None, {})):
            self.provider.given = None
            reply, session, _ = self.come_back(jar, **query)
            self.assertEqual((reply.status, session, self.provider.given), (422, None, None), what)
        other, _ = self.begin()
        self.assertEqual(self.come_back(cookie, code="c", state=other["state"])[0].status, 422)

    def test_code_that_is_not_good(self):
        self.provider.status = 400
        self.assertRefused("code", 422)

    def test_it_fails(self):
        self.provider.status = 500
        self.assertRefused("server", 503)

    def test_new_keys(self):
        new = Rsa("p3")
        self.provider.keys.append(new)
        self.provider.make = lambda **claims: jwt(new, **claims)
        self.assertIsNotNone(until(lambda: self.sign_in()[1], 5, 0.3))

    def test_no_open_redirect(self):
        asked, cookie = self.begin("/agent/sign-in/provider?next=//example.org")
        self.assertEqual(self.come_back(cookie, code="c1", state=asked["state"])[0]["Refresh"], "0; url=/agent/")
        cookie = cookie.split(".")[0] + ".//example.org"
        self.assertEqual(self.come_back(cookie, code="c1", state=asked["state"])[0]["Refresh"], "0; url=/agent/")

    def test_sign_out_leads_on_to_the_provider(self):
        session = self.sign_in()[1]
        page = self.client.get("/agent/", Cookie=session).text
        token = page.split('name="form_token" value="')[1][:64]
        reply = self.client.request("POST", "/agent/sign-out", "form_token=" + token,
                                    {"Cookie": session, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(reply.status, 200)
        self.assertIn(self.provider.issuer + "/end?client_id=sportello&post_logout_redirect_uri=", reply["Refresh"])
        self.assertIn("Max-Age=0", reply["Set-Cookie"])
        self.assertEqual(self.client.get("/v1/tickets", Cookie=session).status, 401)


class DescriptionTest(WithProvider):
    """What was never right is asked for anew a little later."""

    def test_unsafe(self):
        for wrong in ({"issuer": "https://other.example"}, {"token_endpoint": "http://example.org/token"}, {"jwks_uri": None},
                      {"authorization_endpoint": "javascript:alert(1)"}):
            self.provider.description = wrong
            reply = self.client.get("/agent/sign-in/provider")
            self.assertEqual(reply.status, 503, wrong)
            self.assertIn('role="alert"', reply.text)
            time.sleep(2.2)


if __name__ == "__main__":
    unittest.main()
