"""The examples of CommonMark, and the ways in which JSON is taken wrong, as what people send: no crash, no unsafe HTML, the right status."""
import json
import os
import pathlib
import re
import unittest
import urllib.parse

from safe import unsafe_in_fragment, unsafe_in_page
from service import ROOT, ServiceTest, article, until

SPEC = pathlib.Path(os.environ.get("SPORTELLO_BUILD", ROOT / "build")) / "tests/spec/node_modules/commonmark-spec/spec.txt"
MESSAGE_MAX = 2000
JSON = {"Content-Type": "application/json"}


def examples():
    """(number, Markdown) of each; the arrow in them is a tab."""
    text = SPEC.read_text(encoding="utf-8")
    found = re.findall(r"^`{32} example[^\n]*\n(.*?)^\.\n.*?^`{32}$", text, re.M | re.S)
    return list(enumerate((one.replace("→", "\t") for one in found), 1))


class WhatIsUnsafe(unittest.TestCase):
    """The eyes that look at the HTML see what they are there for."""

    def test_found(self):
        for bad in ("<script>x</script>", '<p onclick="x">', '<a href="javascript:x">', '<a href=" JAVA&#x0a;script:x">', '<img src="data:text/html,x">', "<svg onload=x>", '<p style="x">', "<iframe>", "<!-- raw HTML omitted --><b>"):
            self.assertNotEqual(unsafe_in_fragment(bad), [], bad)
        for bad in ("<script>x</script>", '<script src="//evil.example/x"><div onload=x>', '<form action="javascript:x">', "<base href=x>", '<div style="x">'):
            self.assertNotEqual(unsafe_in_page(bad), [], bad)
        self.assertEqual(unsafe_in_fragment('<h2 id="a">T</h2><p>a &lt;b&gt; <a href="https://x.org/" title="t">x</a></p>'), [])
        self.assertEqual(unsafe_in_page('<script src="/static/x.js" defer></script><div class="a">b</div>'), [])


class CommonMark(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.examples = examples()
        for number, text in cls.examples:
            cls.service.write(f"it/accesso/esempio-{number}.md", article(f"esempio-{number}", f"Esempio {number}", text))

    def test_there_are_all(self):
        self.assertEqual(len(self.examples), 652)

    def test_as_articles(self):
        served = 0
        for number, text in self.examples:
            reply = self.client.get(f"/v1/articles/esempio-{number}?lang=it")
            if reply.status == 404:  # 47 have no text of their own, but raw HTML or a line: those are no articles
                continue
            served += 1
            self.assertEqual(reply.status, 200, text)
            self.assertEqual(unsafe_in_fragment(reply.json["html"]), [], text)
            if number % 4 == 0:
                page = self.client.get(f"/a/esempio-{number}?lang=it")
                self.assertEqual((page.status, unsafe_in_page(page.text)), (200, []), text)
        self.assertEqual(served, 605)

    def test_as_messages(self):
        for number, text in self.examples[::2]:
            reply = self.client.post("/v1/chat", {"message": text})
            if text.strip(" \t\r\n"):
                self.assertEqual(reply.status, 200, (text, reply.text))
                self.assertEqual(unsafe_in_fragment(reply.json["reply"]["html"]), [], text)
            else:
                self.assertProblem(reply, 400, "empty-message")

    def test_as_searches(self):
        for number, text in self.examples[::4]:
            words = urllib.parse.quote(text)
            reply = self.client.get("/v1/search?q=" + words)
            self.assertEqual(reply.status, 200, (text, reply.text))
            for hit in reply.json["results"]:
                self.assertEqual(unsafe_in_fragment(hit["snippet"].replace("<mark>", "").replace("</mark>", "")), [], text)
            page = self.client.get("/search?q=" + words)
            self.assertEqual((page.status, unsafe_in_page(page.text)), (200, []), text)


# What is no JSON, after RFC 8259: each kind of mistake once, in a body that would do without it.
MALFORMED = [
    b'', b' ', b'\xef\xbb\xbf', b'\xef\xbb\xbf\xef\xbb\xbf{"message":"a"}', b'\xef\xbb{"message":"a"}', b'{"message":"a"', b'"message":"a"}', b'{"message":"a"}}', b'{"message":"a"}x', b'{"message":"a"}{}', b'{"message":"a",}',
    b'{,"message":"a"}', b'{"message" "a"}', b'{"message"::"a"}', b'{"message":}', b'{"message"}', b'{:"a"}', b'{message:"a"}', b"{'message':'a'}", b'{"message":\'a\'}',
    b'{"message":a}', b'{"message":"a" "b"}', b'{"message":"a";}', b'{1:"a"}', b'{null:"a"}', b'{"message":nul}', b'{"message":True}', b'{"message":NULL}', b'{"message":undefined}',
    b'{"message":NaN}', b'{"message":Infinity}', b'{"message":-Infinity}', b'{"message":+1}', b'{"message":01}', b'{"message":-}', b'{"message":1.}', b'{"message":.1}', b'{"message":1e}',
    b'{"message":1e+}', b'{"message":0x1}', b'{"message":1 2}', b'{"message":1_0}', b'{"message":-01}', b'{"message":2.e3}', b'{"message":1eE2}', b'{"message":\xef\xbc\x91}',
    b'{"message":"\n"}', b'{"message":"\t"}', b'{"message":"\x00"}', b'{"message":"\x1f"}', b'{"message":"\\x41"}', b'{"message":"\\a"}', b'{"message":"\\"}', b'{"message":"\\u12"}',
    b'{"message":"\\u00G0"}', b'{"message":"\\uD800"}', b'{"message":"\\uD800\\u0041"}', b'{"message":"\\uDC00"}', b'{"message":"\\uD800\\uD800"}', b'{"message":"\\U00000041"}',
    b'{"message":"\xff"}', b'{"message":"\xc0\xaf"}', b'{"message":"\xed\xa0\x80"}', b'{"message":"\xf4\x90\x80\x80"}', b'{"message":"\xe2\x82"}', b'{"message":"\xc3"}',
    b'{"\xff":"a"}', b'{"message":"a"/**/}', b'{"message":"a"}//', b'#{"message":"a"}', b'{"message":"a"}\x00', b'{"message":\xc2\xa0"a"}', b'\x0c{"message":"a"}', b'{"message":\x0b"a"}',
    b'{"message":"a","message":"a"}', b'{"message":["a",]}', b'{"message":[,]}', b'{"message":[1 true]}', b'{"message":["a"', b'{"message":"a]}', b'{"message":{"a":"b"}', b'<message/>',
    b'*', b'[', b'{', b'"', b'\\u0022', b']', b'\x00', b'{"message":"' + b'\\' * 301 + b'"}', b'[' * 5000, b'{"a":' * 5000, b'{"message":' + b'[' * 3000 + b']' * 3000 + b'}',
    '{"message":"a"}'.encode("utf-16"), '{"message":"a"}'.encode("utf-16-be"), '{"message":"a"}'.encode("utf-32"), b'{"message":123123e100000}', b'{"message":-1e9999}',
    b'{"message":123456789012345678901234567890}', b'{"message":"a\\u0000b"}', b'{"message\\u0000":"a"}', b'{"x-a\\u0000b":1,"message":"a"}',
]
# JSON that is not what was asked for.
OTHER = [(b'null', "malformed-json"), (b'true', "malformed-json"), (b'1', "malformed-json"), (b'"message"', "malformed-json"), (b'[]', "wrong-type"), (b'["message","a"]', "wrong-type"),
         (b'{}', "missing-member"), (b'{"message":null}', "missing-member"), (b'{"message":1}', "wrong-type"), (b'{"message":[]}', "wrong-type"), (b'{"message":{}}', "wrong-type"),
         (b'{"message":-0}', "wrong-type"), (b'{"message":1.5e-7}', "wrong-type"), (b'{"message":false}', "wrong-type"), (b'{"":"a"}', "unknown-member"),
         (b'{"message":"a","Message":"b"}', "unknown-member"), (b'{"message":"a","__proto__":{}}', "unknown-member"), (b'{"message":""}', "empty-message"),
         (b'{"message":" \\t\\n "}', "empty-message"), (b'{"message":' + b'[' * 1000 + b']' * 1000 + b'}', "wrong-type")]
# JSON as odd as it may be.
ODD = [b' {"message" : "a" } ', b'\xef\xbb\xbf{"message":"a"}', b'\r\n\t{"message":"a"}\n', b'{"\\u006dessage":"a"}', b'{"message":"\\/\\b\\f\\n\\r\\t\\"\\\\ a"}', b'{"message":"\\uD83D\\uDE00 a"}',
       '{"message":"\U0001f600 \uffff \ufdd0 a"}'.encode(), '{"message":"\u2028\u2029a"}'.encode(), b'{"message":"\x7f a"}', b'{"message":"a","lang":null}', b'{"message":"a","x-":[{}]}',
       b'{"x-deep":' + b'[' * 500 + b']' * 500 + b',"message":"a"}', b'{"message":"a","x-n":[0,-0,1e5,1E-2,0.1,-12.5e+3,9007199254740993]}']


class JsonInputs(ServiceTest):
    def send(self, body):
        return self.client.request("POST", "/v1/chat", body, JSON)

    def test_malformed(self):
        for body in MALFORMED:
            reply = self.send(body)
            problem = self.assertProblem(reply, 400, "malformed-json")
            self.assertLessEqual(problem["offset"], len(body), body)

    def test_other_than_asked_for(self):
        for body, kind in OTHER:
            self.assertProblem(self.send(body), 400, kind)

    def test_odd_but_right(self):
        for body in ODD:
            reply = self.send(body)
            self.assertEqual(reply.status, 200, (body, reply.text))
            self.assertEqual(unsafe_in_fragment(reply.json["reply"]["html"]), [])

    def test_the_other_calls_read_it_alike(self):
        agent = self.service.token()
        conversation = self.client.post("/v1/chat", {"message": "la ricevuta"}).json["conversation"]
        number = self.client.post("/v1/tickets", {"message": "aiuto"}).json["number"]
        for method, path in (("POST", "/v1/tickets"), ("POST", f"/v1/chat/{conversation}/feedback"), ("PATCH", f"/v1/tickets/{number}")):
            for body in MALFORMED[::4]:
                reply = self.client.request(method, path, body, {**JSON, "Authorization": "Bearer " + agent})
                self.assertProblem(reply, 400, "malformed-json")
        self.assertIsNotNone(until(lambda: self.client.get("/healthz").status == 200, 5))


if __name__ == "__main__":
    unittest.main()
