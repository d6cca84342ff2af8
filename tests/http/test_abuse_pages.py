"""Pages in the hands of others: what another site's page cannot do in somebody's name, and texts of strangers that stay texts."""
import html
import json
import re
import unittest
import urllib.parse

import files
from safe import is_program, unsafe_in_fragment, unsafe_in_page
from service import ROOT, ServiceTest, article
from test_session import Browser

# Ways of getting a program into a page, as text, as an attribute, as an address.
ATTACKS = ('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>", '</title><script>alert(1)</script>', '</textarea><script>alert(1)</script>',
           '<a href="javascript:alert(1)">x</a>', '[x](javascript:alert(1))', '[x](JaVa&#09;ScRiPt:alert(1))', '<javascript:alert(1)>', '![x](data:text/html,<script>alert(1)</script>)', '<!--><script>alert(1)</script>',
           '{{7*7}} ${7*7} {{{message}}}', '&lt;script&gt;alert(1)&lt;/script&gt;', '<iframe srcdoc="<script>alert(1)</script>">', '<style>*{background:url(//evil.example)}</style>', '<base href="//evil.example/">',
           '<form action="//evil.example"><input name=a>', '`</code><script>alert(1)</script>`', '\u2028</script><script>alert(1)</script>', '<math><mi xlink:href="javascript:alert(1)">')


class OtherSites(ServiceTest):
    """CSRF: every call that changes something, with the cookie of who is signed in, from a page that is not ours."""
    @classmethod
    def prepare(cls):
        cls.admin = cls.service.token("agent-l1", "admin", "ada")

    def changes(self):
        """(method, path) of every call that changes something: those of the program's own tables."""
        found = []
        for name in ("routes.c", "pages.c"):
            text = (ROOT / "src" / "http" / name).read_text(encoding="utf-8")
            found += re.findall(r'^\t\{"(POST|PATCH|PUT|DELETE)", "([^"]+)"', text, re.M)
        return found

    def test_every_change(self):
        browser = Browser(self.service)
        self.addCleanup(browser.client.close)
        browser.sign_in(self.admin)
        changes = self.changes()
        self.assertGreater(len(changes), 25)
        for method, pattern in changes:
            if pattern == "/agent/sign-in":  # who signs in has no session yet; it has a test of its own
                continue
            path = re.sub(r"\{[^}]+\}", "1", pattern)
            for site, more in (("cross-site", {}), ("same-site", {}), (None, {"Origin": "https://evil.example"}), (None, {"Origin": "null"}), (None, {})):
                types = ("application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "image/png")
                for type in types:
                    reply = browser.ask(method, path, b"{}", site, Content_Type=type, **more)
                    self.assertIn(reply.status, (403, 415), (method, path, site, more, type, reply.text[:200]))
        self.assertEqual(browser.get("/agent/").status, 200)

    def test_signing_in_from_elsewhere(self):
        browser = Browser(self.service)
        self.addCleanup(browser.client.close)
        reply = browser.post("/agent/sign-in", "cross-site", token=self.admin)
        self.assertIsNone(browser.cookie)
        self.assertNotEqual(reply.status, 303)


class StrangersTexts(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent_token = cls.service.token("agent-l1", "agent", 'ada"><script>alert(1)</script>')
        for number, text in enumerate(ATTACKS):
            title = text.replace("\\", "\\\\").replace('"', '\\"').replace("\u2028", " ")
            questions = json.dumps([f"domanda {number} {text}"])
            cls.service.write(f"it/accesso/attacco-{number}.md", article(f"attacco-{number}", title, f"Testo.\n\n{text}\n\n## {text}\n\n| {text.replace('|', '')} |\n| --- |\n| a |", questions=questions,
                                                                      keywords=json.dumps([text])))

    def setUp(self):
        super().setUp()
        self.browser = Browser(self.service)
        self.addCleanup(self.browser.client.close)
        self.browser.sign_in(self.agent_token)

    def assertSafePage(self, reply, status=200):
        self.assertEqual(reply.status, status, reply.text[:300])
        self.assertEqual(unsafe_in_page(reply.text), [])
        self.assertNotIn("<script>alert", reply.text)
        self.assertNotIn(">49<", reply.text)
        self.assertNotIn("unsafe", reply["Content-Security-Policy"])
        self.assertIn("default-src 'self'", reply["Content-Security-Policy"])

    def test_articles(self):
        for number in range(len(ATTACKS)):
            reply = self.client.get(f"/v1/articles/attacco-{number}")
            self.assertEqual((reply.status, unsafe_in_fragment(reply.json["html"])), (200, []), ATTACKS[number])
            self.assertSafePage(self.client.get(f"/a/attacco-{number}"))
        for path in ("/", "/search?q=domanda", "/chat", "/agent/"):
            self.assertSafePage(self.browser.get(path))
        for text in (hit["snippet"] for hit in self.client.get("/v1/search?q=domanda+testo&per_page=50").json["results"]):
            self.assertEqual(unsafe_in_fragment(re.sub("</?(mark|b)>", "", text)), [])

    def test_questions(self):
        for text in ATTACKS:
            reply = self.client.post("/v1/chat", {"message": text}).json
            self.assertEqual(unsafe_in_fragment(reply["reply"]["html"]), [], text)
            self.assertEqual([c for c in reply["choices"] if is_program(c["value"])], [])
            page = self.browser.post("/chat", message=text)
            if page.status == 303:
                page = self.browser.get(page["Location"].split("#")[0])
            self.assertSafePage(page)
            self.assertSafePage(self.browser.get("/search?" + "q=" + re.sub(r"[^A-Za-z0-9]", lambda m: "".join(f"%{b:02X}" for b in m.group(0).encode()), text)))

    def test_tickets(self):
        for text in ATTACKS[::3]:
            ticket = self.client.post("/v1/tickets", {"message": text, "category": "pagamenti", "fields": {"email": "a@example.com"}}).json
            self.assertSafePage(self.browser.get(f"/agent/tickets/{ticket['number']}"))
            self.assertSafePage(self.client.get(f"/ticket/{ticket['number']}?key={ticket['secret']}"))
        self.assertSafePage(self.browser.get("/agent/tickets"))

    # What a file is called by who sends it, and what it is saved as.
    NAMES = (('"><script>alert(1)</script>.png', "script_.png"), ("..\\..\\x.png", "x.png"), ("../../../etc/passwd", "passwd.png"), ("a\r\nX: y.png", "aX_ y.png"), ("%0d%0aX: y", "_0d_0aX_ y.png"),
             ("\u202egnp.exe", "gnp.exe.png"), ("<img src=x onerror=alert(1)>", "_img src=x onerror=alert(1)_.png"), ("a\0b.html", "file.png"), ("\u2028\u2029.png", "png.png"), ('"; filename="x.html', "__ filename=_x.html.png"),
             (".htaccess", "htaccess.png"), ("", "file.png"))

    def send_file(self, ticket, name, salt):
        body = (b'--q7q7\r\nContent-Disposition: form-data; name="file"; filename*=UTF-8\'\'' + "".join(f"%{b:02X}" for b in name.encode()).encode() + b"\r\n\r\n" + files.png(salt=salt)
                + b"\r\n--q7q7--\r\n")
        reply = self.client.request("POST", f"/v1/tickets/{ticket['number']}/attachments?secret={ticket['secret']}", body, {"Content-Type": "multipart/form-data; boundary=q7q7"})
        self.assertEqual(reply.status, 201, (name, reply.text))
        return self.client.get(reply["Location"] + f"?secret={ticket['secret']}")

    def test_file_names(self):
        for number, (name, kept) in enumerate(self.NAMES):
            ticket = self.client.post("/v1/tickets", {}).json
            got = self.send_file(ticket, name, number)
            self.assertEqual((got.status, got["Content-Type"], got["X-Content-Type-Options"], got.body), (200, "image/png", "nosniff", files.png(salt=number)), name)
            self.assertEqual(got["Content-Disposition"], f"attachment; filename=\"{kept}\"; filename*=UTF-8''{urllib.parse.quote(kept)}")
            self.assertIsNone(got["X"])
            self.assertEqual(got["Content-Security-Policy"], "default-src 'none'; sandbox")
            self.assertSafePage(self.browser.get(f"/agent/tickets/{ticket['number']}"))
            page = self.client.get(f"/ticket/{ticket['number']}?key={ticket['secret']}")
            self.assertSafePage(page)
            self.assertIn(f">{html.escape(kept)}</a>", page.text)
        self.assertLess(len(self.send_file(ticket, "a" * 3000 + ".png", 99)["Content-Disposition"]), 400)

    def test_what_an_address_says_is_a_text_too(self):
        for text in ATTACKS[:6]:
            quoted = "".join(f"%{b:02X}" for b in text.encode())
            for path in (f"/{quoted}", f"/a/{quoted}", f"/chat?category={quoted}", f"/ticket?category={quoted}", f"/agent/tickets?group={quoted}", f"/agent/sign-in?next={quoted}", f"/?lang={quoted}", f"/search?type={quoted}"):
                reply = self.browser.ask("GET", path, Accept="text/html")
                self.assertEqual(unsafe_in_page(reply.text), [], path)
                self.assertNotIn("<script>alert", reply.text)


if __name__ == "__main__":
    unittest.main()
