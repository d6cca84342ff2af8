"""Signing in with a token: the session, its cookie, its ends, and what other sites' pages cannot do in its name."""
import re
import sqlite3
import time
import unittest
import urllib.parse

from service import Service, ServiceTest, running, until

COOKIE = "__Host-sportello"


def form(**fields):
    return urllib.parse.urlencode(fields)


class Browser:
    """As a browser would: it keeps the cookie and says which page asks."""

    def __init__(self, service):
        self.client = service.client()
        self.cookie = None
        self.said = None

    def ask(self, method, path, body=None, site="same-origin", **headers):
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if site:
            headers["Sec-Fetch-Site"] = site
        if self.cookie:
            headers["Cookie"] = f"other=1; {COOKIE}={self.cookie}"
        if isinstance(body, str):
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        reply = self.client.request(method, path, body, headers)
        self.said = reply["Set-Cookie"]
        if self.said and self.said.startswith(COOKIE + "="):
            self.cookie = self.said.split(";")[0].split("=", 1)[1] or None
        return reply

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, site="same-origin", headers=None, **fields):
        return self.ask("POST", path, form(**fields), site, **(headers or {}))

    def sign_in(self, token, **fields):
        reply = self.post("/agent/sign-in", token=token, **fields)
        assert reply.status == 303 and self.cookie, reply.text
        return reply

    def form_token(self, page="/agent/"):
        return re.search(r'name="form_token" value="([0-9a-f]{64})"', self.get(page).text).group(1)


class SessionTest(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent = cls.service.token("agent-l1", "agent", "ada")
        cls.reader = cls.service.token("citizen", "reader", "ente")

    def browser(self, token=None):
        browser = Browser(self.service)
        self.addCleanup(browser.client.close)
        if token:
            browser.sign_in(token)
        return browser

    def rows(self, sql, *values):
        with sqlite3.connect(self.service.data / "store.sqlite") as db:
            return db.execute(sql, values).fetchall()


class SignInTest(SessionTest):
    def test_page_needs_no_script_and_is_not_kept(self):
        reply = self.browser().get("/agent/sign-in?next=/agent/")
        self.assertEqual((reply.status, reply["Cache-Control"]), (200, "no-store"))
        self.assertIn('<form class="sp-form" method="post" action="/agent/sign-in">', reply.text)
        self.assertIn('name="next" value="/agent/"', reply.text)
        self.assertIsNone(reply["Set-Cookie"])

    def test_cookie_has_every_flag(self):
        browser = self.browser()
        reply = browser.sign_in(self.agent)
        name, value = browser.said.split(";")[0].split("=", 1)
        self.assertEqual(name, COOKIE)
        self.assertRegex(value, r"^[0-9a-hjkmnp-tv-z]{52}$")
        flags = {flag.strip() for flag in browser.said.split(";")[1:]}
        self.assertEqual(flags, {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"})
        self.assertEqual((reply["Location"], reply["Cache-Control"]), ("/agent/", "no-store"))

    def test_blanks_around_a_pasted_token_do_not_matter(self):
        self.browser().sign_in(f"  {self.agent}\n")

    def test_wrong_token(self):
        for token in ("", "spt_", "x" * 500, self.agent[:-1], self.agent + "0", "spt_" + "0" * 52):
            browser = self.browser()
            reply = browser.post("/agent/sign-in", token=token)
            self.assertEqual((reply.status, browser.said), (422, None), token)
            self.assertIn('role="alert"', reply.text)
            if len(token) > 4:
                self.assertNotIn(token, reply.text)

    def test_session_is_who_the_token_is(self):
        browser = self.browser(self.agent)
        self.assertEqual(browser.get("/v1/tickets").status, 200)
        reply = browser.get("/agent/")
        self.assertEqual(reply.status, 200)
        self.assertIn("<strong>ada</strong>", reply.text)
        self.assertEqual(self.browser(self.reader).get("/v1/tickets").status, 403)
        self.assertEqual(self.browser(self.reader).get("/agent/").status, 403)

    def test_reader_goes_to_the_help_centre(self):
        self.assertEqual(self.browser().sign_in(self.reader)["Location"], "/")

    def test_token_beside_a_cookie_wins(self):
        browser = self.browser(self.agent)
        self.assertEqual(browser.get("/v1/tickets", Authorization="Bearer " + self.reader).status, 403)
        self.assertEqual(browser.get("/v1/tickets", Authorization="Bearer spt_wrong").status, 401)

    def test_id_is_stored_hashed_and_never_the_browsers_own(self):
        browser = self.browser()
        browser.cookie = fixed = "0" * 52
        browser.sign_in(self.agent)
        self.assertNotEqual(browser.cookie, fixed)
        everything = (self.service.data / "store.sqlite").read_bytes() + (self.service.data / "store.sqlite-wal").read_bytes()
        self.assertNotIn(browser.cookie.encode(), everything)
        other = self.browser()
        other.cookie = fixed
        self.assertEqual(other.get("/v1/tickets").status, 401)

    def test_signing_in_again_ends_the_session_before(self):
        browser = self.browser(self.agent)
        before = browser.cookie
        browser.sign_in(self.agent)
        self.assertNotEqual(browser.cookie, before)
        old = self.browser()
        old.cookie = before
        self.assertEqual(old.get("/v1/tickets").status, 401)

    def test_nothing_secret_in_the_log(self):
        browser = self.browser(self.agent)
        browser.get("/agent/")
        log = self.service.log.read_text(encoding="utf-8")
        self.assertNotIn(browser.cookie, log)
        self.assertNotIn(self.agent, log)

    def test_signed_in_pages_are_not_kept(self):
        browser = self.browser(self.agent)
        for path in ("/", "/search?q=spid", "/v1/search?q=spid", "/v1/articles", "/agent/"):
            self.assertEqual(browser.get(path)["Cache-Control"], "no-store", path)
        self.assertNotIn("ada", self.browser().get("/").text)

    def test_other_sites_never_read_what_who_is_signed_in_reads(self):
        self.assertIsNone(self.browser(self.agent).get("/v1/search?q=spid", Origin="https://example.org")["Access-Control-Allow-Origin"])


class NextTest(SessionTest):
    def test_pages_lead_to_signing_in_and_back(self):
        browser = self.browser()
        reply = browser.get("/agent/?q=a%20b&lang=en")
        self.assertEqual(reply.status, 303)
        self.assertEqual(reply["Location"], "/agent/sign-in?next=/agent/%3Fq%3Da%2520b%26lang%3Den&lang=en")
        page = browser.get(reply["Location"]).text
        self.assertIn('value="/agent/?q=a%20b&amp;lang=en"', page)
        self.assertEqual(browser.sign_in(self.agent, next="/agent/?q=a%20b&lang=en")["Location"], "/agent/?q=a%20b&lang=en")

    def test_no_open_redirect(self):
        for there in ("//example.org", "https://example.org/", "/\\example.org", "\\\\example.org", "/%0d%0aX: y\r\nX: y", "javascript:alert(1)",
                      "agent/", "/agent//example.org", "/a b", "/" + "a" * 3000, "/agent/sign-out", "/agent/sign-in", "/\texample.org"):
            reply = self.browser().sign_in(self.agent, next=there)
            self.assertEqual(reply["Location"], "/agent/", there)
            self.assertIsNone(reply["X"], there)

    def test_a_call_is_told_instead(self):
        self.assertProblem(self.browser().get("/v1/tickets"), 401, "unauthorized")

    def test_link_from_elsewhere_asks_once_more(self):
        """The browser keeps a Strict cookie back when another site leads here."""
        browser = self.browser(self.agent)
        cookie, browser.cookie = browser.cookie, None
        reply = browser.get("/agent/?q=1", site="cross-site")
        self.assertEqual((reply.status, reply["Refresh"]), (200, "0; url=/agent/?q=1"))
        browser.cookie = cookie
        self.assertEqual(browser.get("/agent/?q=1").status, 200)

    def test_signed_in_already(self):
        self.assertEqual(self.browser(self.agent).get("/agent/sign-in?next=/agent/x")["Location"], "/agent/x")


class OtherSitesTest(SessionTest):
    TICKET = {"message": "Non riesco ad accedere con SPID", "category": "accesso"}

    def change(self, browser, site, **headers):
        return browser.ask("PATCH", "/v1/tickets/999999", {"state": "closed"}, site, **headers)

    def test_changes_by_cookie_need_our_own_page(self):
        browser = self.browser(self.agent)
        here = f"http://{self.service.host}:{self.service.port}"
        for site, headers in (("cross-site", {}), ("same-site", {}), ("none", {}), (None, {}), (None, {"Origin": "https://example.org"}),
                              (None, {"Origin": "null"}), (None, {"Origin": here + "0"}), (None, {"Origin": here[:-1]}),
                              ("cross-site", {"Origin": here})):
            self.assertProblem(self.change(browser, site, **headers), 403, "forbidden")
            self.assertProblem(browser.ask("POST", "/v1/tickets", self.TICKET, site, **headers), 403, "forbidden")
        for site, headers in (("same-origin", {}), (None, {"Origin": here})):
            self.assertEqual(self.change(browser, site, **headers).status, 404)

    def test_a_token_needs_no_page(self):
        client = self.other(self.agent)
        self.assertEqual(client.patch("/v1/tickets/999999", {"state": "closed"}, Sec_Fetch_Site="cross-site").status, 404)

    def test_signing_in_from_another_site(self):
        for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://example.org"}):
            browser = self.browser()
            reply = browser.post("/agent/sign-in", site=None, headers=headers, token=self.agent)
            self.assertEqual((reply.status, browser.said), (403, None))

    def test_forms_need_their_token(self):
        browser, other = self.browser(self.agent), self.browser(self.agent)
        for token in ({}, {"form_token": ""}, {"form_token": "0" * 64}, {"form_token": other.form_token()}):
            self.assertEqual(browser.post("/agent/sign-out", **token).status, 403)
        self.assertEqual(browser.post("/agent/sign-out", site="cross-site", form_token=browser.form_token()).status, 403)
        self.assertEqual(browser.get("/v1/tickets").status, 200)


class EndTest(SessionTest):
    def test_sign_out(self):
        browser = self.browser(self.agent)
        cookie = browser.cookie
        reply = browser.post("/agent/sign-out", form_token=browser.form_token())
        self.assertEqual((reply.status, reply["Location"]), (303, "/agent/sign-in?done=out"))
        self.assertEqual(browser.said, COOKIE + "=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict")
        self.assertIn('role="status"', browser.get(reply["Location"]).text)
        browser.cookie = cookie
        self.assertProblem(browser.get("/v1/tickets"), 401, "unauthorized")

    def test_sign_out_of_nobody(self):
        for site in ("same-origin", "cross-site"):
            browser = self.browser()
            self.assertEqual((browser.post("/agent/sign-out", site=site).status, browser.said), (303, None))

    def test_a_session_that_is_over_is_not_a_citizens_view(self):
        browser = self.browser()
        browser.cookie = "0" * 52
        self.assertProblem(browser.get("/v1/search?q=spid"), 401, "unauthorized")
        self.assertIn("Max-Age=0", browser.said)
        self.assertEqual(browser.get("/v1/search?q=spid").status, 200)
        browser.cookie = "short"
        self.assertEqual(browser.get("/").status, 200)
        self.assertIsNone(browser.cookie)

    def test_revoked_token_ends_its_sessions(self):
        token = self.service.token("agent-l1", "agent", "carla")
        browser = self.browser(token)
        self.assertEqual(browser.get("/v1/tickets").status, 200)
        number = self.rows("SELECT id FROM tokens WHERE subject = 'carla'")[0][0]
        done = self.service.command("token", "revoke", "--data", self.service.data, "--id", str(number))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(browser.get("/v1/tickets").status, 401)

    def test_expired_token_ends_its_sessions(self):
        token = self.service.token("agent-l1", "agent", "dario")
        browser = self.browser(token)
        with sqlite3.connect(self.service.data / "store.sqlite") as db:
            db.execute("UPDATE tokens SET expires_utc_s = ? WHERE subject = 'dario'", (int(time.time()) - 1,))
        self.assertEqual(browser.get("/v1/tickets").status, 401)

    def test_restart(self):
        with running() as service:
            token = service.token()
            browser = Browser(service)
            browser.sign_in(token)
            service.stop()
            service.start()
            browser.client = service.client()
            self.assertEqual(browser.get("/v1/tickets").status, 200)

    def test_sessions_that_are_over_are_forgotten(self):
        self.browser(self.agent)
        with sqlite3.connect(self.service.data / "store.sqlite") as db:
            db.execute("UPDATE sessions SET until_utc_s = 1")
        self.browser(self.agent)
        self.assertEqual(self.rows("SELECT count(*) FROM sessions"), [(1,)])


class LimitsTest(unittest.TestCase):
    def test_idle(self):
        with running("--session-idle", "2") as service:
            token = service.token()
            idle, busy = Browser(service), Browser(service)
            idle.sign_in(token)
            busy.sign_in(token)
            for _ in range(8):
                time.sleep(0.5)
                self.assertEqual(busy.get("/v1/tickets").status, 200)
            self.assertEqual(idle.get("/v1/tickets").status, 401)

    def test_absolute(self):
        with running("--session-limit", "2") as service:
            browser = Browser(service)
            browser.sign_in(service.token())
            self.assertEqual(browser.get("/v1/tickets").status, 200)
            self.assertIsNotNone(until(lambda: browser.get("/agent/").status == 303, 5, 0.2))
