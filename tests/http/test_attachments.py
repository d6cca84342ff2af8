"""Files of tickets: what is taken, what is left of them, who may see them."""
import http.client
import os
import re
import uuid

import files
from service import ServiceTest

BOUNDARY = "----grenze"


def form(*parts):
    """multipart/form-data: (name, file name or None, bytes)."""
    body = b""
    for name, file_name, data in parts:
        body += f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"".encode()
        body += f"; filename=\"{file_name}\"\r\nContent-Type: image/png".encode() if file_name is not None else b""
        body += b"\r\n\r\n" + data + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


class Attachments(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent_token = cls.service.token()
        kb = cls.service.kb / "kb.yaml"
        kb.write_text(kb.read_text(encoding="utf-8") + "attachments: {max: 3, max_mb: 1}\nretention: {attachments: 180d}\n", encoding="utf-8")

    def setUp(self):
        super().setUp()
        self.agent = self.other(self.agent_token)
        self.ticket = self.client.post("/v1/tickets", {"category": "accesso", "message": "allego"}).json
        self.path = f"/v1/tickets/{self.ticket['number']}/attachments"
        self.mine = {"X-Ticket-Secret": self.ticket["secret"]}

    def send(self, data, name=None, client=None, **headers):
        """By an agent, who is not counted, unless said otherwise."""
        headers = {"Content-Type": "application/octet-stream", **headers}
        if name:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return (client or self.agent).request("POST", self.path, data, headers)

    def add(self, data, name=None, **headers):
        reply = self.send(data, name, **headers)
        self.assertEqual(reply.status, 201, reply.text)
        return reply.json

    def stored(self, id):
        return (self.service.data / "attachments" / id).read_bytes()

    # ---- what is taken ----

    def test_each_kind(self):
        for data, type, ending in ((files.png(), "image/png", "png"), (files.JPEG, "image/jpeg", "jpg"), (files.pdf(), "application/pdf", "pdf")):
            file = self.add(data, "La%20mia%20foto." + ending)
            self.assertEqual((file["type"], file["name"], file["by"]), (type, "La mia foto." + ending, "ada"))
            reply = self.agent.get(f"{self.path}/{file['id']}")
            self.assertEqual((reply.status, reply["Content-Type"], reply.body), (200, type, data))
        self.ticket = self.client.post("/v1/tickets", {}).json
        self.path = f"/v1/tickets/{self.ticket['number']}/attachments"
        for data, type in ((files.webp(), "image/webp"), (files.GIF, "image/gif")):
            file = self.add(data)
            self.assertEqual((file["type"], self.stored(file["id"])), (type, data))

    def test_what_tells_more_than_the_picture_is_taken_out(self):
        for data, clean in ((files.png_with_secrets(), files.png()), (files.gif_with_secrets(), files.GIF)):
            self.assertIn(files.SECRET, data)
            self.assertEqual(self.stored(self.add(data)["id"]), clean)
        self.assertEqual(self.stored(self.add(files.webp(files.SECRET, files.SECRET))["id"]), files.webp())

    def test_a_photo_keeps_its_orientation_alone(self):
        for little, orientation in ((False, 6), (True, 3)):
            kept = self.stored(self.add(files.jpeg_with_secrets(orientation, little))["id"])
            exif = files.segment(0xE1, b"Exif\0\0" + files.tiff(orientation)[:-len(files.SECRET)])
            self.assertEqual(kept, files.JPEG[:20] + exif + files.JPEG[20:])
        upright = self.stored(self.add(files.jpeg_with_secrets(1))["id"])
        self.assertEqual(upright, files.JPEG)

    def test_what_is_not_what_it_says_is_refused(self):
        page = b"<!doctype html><script>alert(1)</script>" + b" " * 100
        svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
        cases = {
            "kind": (page, svg, b"<?xml version='1.0'?>" + svg, b"\x89PNG\r\n" + page, b"GIF99a" + page, b"RIFF\x40\0\0\0WAVE" + bytes(80),
                     files.pdf(head=b"%PDF-x\n"), b" " + files.pdf(), files.pdf(head=b"%PDF-1.4\n<script>alert(1)</script>\n"), b"PK\3\4" + bytes(60),
                     b"\xff\xd7\xff" + files.JPEG[3:], b"MZ" + bytes(200)),
            "broken": (files.png()[:-20], files.png().replace(b"IDAT", b"IDAX"), files.png()[:40], files.JPEG[:-2], files.JPEG[:60], files.JPEG[:20],
                       files.webp()[:-4], files.GIF[:-1], files.GIF[:20], files.pdf()[:-8], b"\x89PNG\r\n\x1a\n" + page, b"\xff\xd8\xff\xe0" + page,
                       b"%PDF-1.7\n" + b"x" * 300),
            "large": (files.png(60000, 60000), files.png(29000, 29000)),
            "active": (files.pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), files.pdf(b"/Names<</EmbeddedFiles 3 0 R>>"),
                       files.pdf(b"/OpenAction<</S/Launch/F(a.exe)>>")),
            "more": (files.pdf(trailer=b"\nPK\3\4" + bytes(40)), files.pdf(b" " * 1200, b"\n<html>")),
            "empty": (b"",),
        }
        texts = {"kind": "JPEG, PNG, WebP, GIF o PDF", "broken": "incompleto o rovinato", "large": "troppi punti", "active": "programmi o altri file",
                 "more": "Dopo la fine", "empty": "Non c'è nessun file"}
        for why, all in cases.items():
            for data in all:
                reply = self.send(data, "foto.png", **{"Content-Type": "image/png", "Accept-Language": "it"})
                problem = self.assertProblem(reply, 422, "invalid-fields", field="file")
                self.assertIn(texts[why], problem["message"], data[:60])
        self.assertNotIn("attachments", self.agent.get(self.path.rsplit("/", 1)[0]).json)
        self.assertFalse((self.service.data / "attachments").exists() and
                         [f for f in (self.service.data / "attachments").iterdir() if page in f.read_bytes()])

    def test_messages_are_in_the_readers_language(self):
        said = {self.send(b"x", **{"Accept-Language": lang}).json["message"] for lang in ("it", "en")}
        self.assertEqual(len(said), 2)

    def test_names_are_made_harmless(self):
        for given, kept in (("..%2F..%2Fetc%2Fpasswd", "passwd.png"), ("C%3A%5Cfoto.PNG", "foto.PNG"), ("%E2%80%AEgnp.exe", "gnp.exe.png"),
                            ("a%0D%0AX-Y%3A%20b.png", "aX-Y_ b.png"), (".htaccess", "htaccess.png"), ("", "file.png"), ("x%22%3B.png", "x__.png"),
                            ("%2E%2E", "file.png"), ("citt%C3%A0%20%F0%9F%98%80.png", "città 😀.png"), ("n" * 300 + ".png", "n" * 94 + ".png")):
            self.ticket = self.client.post("/v1/tickets", {}).json
            self.path = f"/v1/tickets/{self.ticket['number']}/attachments"
            self.assertEqual(self.add(files.png(), given)["name"], kept)

    # ---- how much ----

    def test_so_many_and_so_large(self):
        big = files.pdf(trailer=b"\n" + b" " * (1 << 20))
        self.assertProblem(self.send(big), 422, "invalid-fields", field="file")
        for salt in range(3):
            self.add(files.png(salt=salt))
        problem = self.assertProblem(self.send(files.png()), 409, "conflict", field="file")
        self.assertIn("3", problem["message"])
        self.assertEqual(len(self.agent.get(self.path.rsplit("/", 1)[0]).json["attachments"]), 3)

    def test_a_body_that_is_too_large_is_refused_before_it_is_read(self):
        for headers in ({"Content-Length": str(50 << 20)}, {"Content-Length": str(50 << 20), "Expect": "100-continue"}):
            connection = http.client.HTTPConnection(self.service.host, self.service.port, timeout=20)
            connection.putrequest("POST", self.path)
            for name, value in {**headers, **self.mine, "Content-Type": "image/png"}.items():
                connection.putheader(name, value)
            connection.endheaders()  # not one byte of the body
            self.assertEqual(connection.getresponse().status, 413)
            connection.close()
        connection = http.client.HTTPConnection(self.service.host, self.service.port, timeout=20)

        def pieces():
            for _ in range(24):
                yield b"x" * 65536
        connection.request("POST", self.path, pieces(), {**self.mine, "Content-Type": "image/png", "Transfer-Encoding": "chunked"}, encode_chunked=True)
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()

    def test_strangers_are_refused_before_the_body_is_read(self):
        for headers in ({}, {"X-Ticket-Secret": "a" * 26}):
            connection = http.client.HTTPConnection(self.service.host, self.service.port, timeout=20)
            connection.putrequest("POST", self.path)
            for name, value in {**headers, "Content-Length": str(5 << 20), "Content-Type": "image/png"}.items():
                connection.putheader(name, value)
            connection.endheaders()
            self.assertEqual(connection.getresponse().status, 404)
            connection.close()

    def test_a_closed_ticket_takes_none(self):
        for state in ("assigned", "solved", "closed"):
            self.assertEqual(self.agent.patch(self.path.rsplit("/", 1)[0], {"state": state}).status, 200)
        self.assertProblem(self.send(files.png()), 409, "conflict", field="file")

    def test_sent_twice_it_is_stored_once(self):
        key = str(uuid.uuid4())
        first = self.send(files.png(), **{"Idempotency-Key": key})
        second = self.send(files.png(), **{"Idempotency-Key": key})
        self.assertEqual((first.status, second.status, second["Idempotency-Replayed"]), (201, 200, "true"))
        self.assertEqual(first.json["id"], second.json["id"])
        self.assertProblem(self.send(files.JPEG, **{"Idempotency-Key": key}), 422, "idempotency-key-reused")
        self.assertProblem(self.send(files.JPEG, **{"Idempotency-Key": "a b"}), 400, "bad-value")

    # ---- who ----

    def test_the_person_sends_sees_and_removes(self):
        reply = self.send(files.png(), "mia.png", self.client, **self.mine)
        self.assertEqual((reply.status, reply.json["by"]), (201, "citizen"))
        address = reply["Location"]
        for reply in (self.client.get(address, X_Ticket_Secret=self.ticket["secret"]), self.client.get(f"{address}?secret={self.ticket['secret']}")):
            self.assertEqual((reply.status, reply.body), (200, files.png()))
            self.assertEqual((reply["X-Content-Type-Options"], reply["Content-Security-Policy"]), ("nosniff", "default-src 'none'; sandbox"))
            self.assertEqual(reply["Content-Disposition"], "attachment; filename=\"mia.png\"; filename*=UTF-8''mia.png")
            self.assertEqual(reply["Cache-Control"], "no-store")
        status = self.client.get(self.path.rsplit("/", 1)[0], X_Ticket_Secret=self.ticket["secret"]).json
        self.assertEqual([file["name"] for file in status["attachments"]], ["mia.png"])
        for stranger in ({}, {"X-Ticket-Secret": "a" * 26}):
            self.assertProblem(self.client.request("GET", address, headers=stranger), 404, "not-found")
            self.assertProblem(self.client.request("DELETE", address, headers=stranger), 404, "not-found")
        other = self.client.post("/v1/tickets", {}).json
        self.assertProblem(self.client.get(address.replace(str(self.ticket["number"]), str(other["number"])), X_Ticket_Secret=other["secret"]),
                           404, "not-found")
        id = address.rsplit("/", 1)[1]
        self.assertEqual(self.client.request("DELETE", address, headers=self.mine).status, 204)
        self.assertFalse((self.service.data / "attachments" / id).exists())
        self.assertProblem(self.client.request("DELETE", address, headers=self.mine), 404, "not-found")
        self.assertProblem(self.client.get(address, X_Ticket_Secret=self.ticket["secret"]), 404, "not-found")

    def test_the_tickets_tag_changes_with_its_files(self):
        path = self.path.rsplit("/", 1)[0]
        before = self.agent.get(path)["ETag"]
        self.add(files.png())
        self.assertEqual(self.agent.get(path, If_None_Match=before).status, 200)

    def test_ids_lead_nowhere_else(self):
        for id in ("..%2Fperson.key", "..%2Fstore.sqlite", "%2Fetc%2Fpasswd", ".", "x" * 300):
            self.assertEqual(self.agent.get(f"{self.path}/{id}").status, 404)

    def test_what_is_stored_is_for_the_service_alone(self):
        id = self.add(files.png())["id"]
        folder = self.service.data / "attachments"
        self.assertEqual([os.stat(path).st_mode & 0o777 for path in (folder, folder / id, self.service.data / "person.key")], [0o700, 0o600, 0o600])

    # ---- without JavaScript ----

    def page(self, data=files.png(), name="foto.png", fields=(), **headers):
        body, more = form(("lang", None, b"it"), *fields, ("file", name, data))
        return self.client.request("POST", f"/ticket/{self.ticket['number']}/attachments?key={self.ticket['secret']}", body, {**more, **headers})

    def test_by_the_form_of_the_page(self):
        address = f"/ticket/{self.ticket['number']}?key={self.ticket['secret']}"
        page = self.client.get(address).text
        for text in ("File allegati", "Lo vedono solo le persone che seguono la richiesta", "dopo 180 giorni", "Fino a 3 file", "1 MB",
                     'enctype="multipart/form-data"'):
            self.assertIn(text, page)
        key = re.search(r'name="idempotency" value="(\w+)"', page).group(1).encode()
        for _ in range(2):  # an impatient second tap
            reply = self.page(fields=(("idempotency", None, key),))
            self.assertEqual((reply.status, reply["Location"]), (303, address + "&lang=it#files" if "lang" in reply["Location"] else address + "#files"))
        page = self.client.get(address).text
        self.assertEqual(page.count("foto.png</a>"), 1)
        remove = re.search(r'action="([^"]+/remove[^"]*)"', page).group(1).replace("&amp;", "&")
        reply = self.client.request("POST", remove, "lang=it", {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(reply.status, 303)
        self.assertNotIn("foto.png</a>", self.client.get(address).text)

    def test_what_is_wrong_stands_on_the_page(self):
        reply = self.page(b"<html>", "a.png")
        self.assertEqual(reply.status, 303, "a page of its own: going back asks nobody whether to send the file again")
        reply = self.client.get(reply["Location"])
        self.assertRegex(reply.text, r'(?s)role="alert"[^>]*>.*JPEG, PNG, WebP, GIF o PDF.*<h1>')
        self.assertIn("Non c&#39;è nessun file", self.client.get(self.page(b"", "")["Location"]).text)
        self.assertEqual(self.client.request("POST", f"/ticket/{self.ticket['number']}/attachments?key=" + "a" * 26, *form(("file", "a", b"x"))).status, 404)

    def test_broken_forms(self):
        good, headers = form(("file", "a.png", files.png()))
        for body in (good[:-60], good.replace(b"\r\n\r\n", b"\r\n", 1), b"", b"--\r\n", good.replace(b"name=", b"nome=")):
            reply = self.agent.request("POST", self.path, body, headers)
            self.assertIn(reply.status, (400, 422), body[:80])
        self.assertProblem(self.agent.request("POST", self.path, good, {"Content-Type": "multipart/form-data"}), 400, "bad-request")
        mark = f"--{BOUNDARY}".encode()
        for body in (mark + b"\r\n" + mark + b"\r\n" + good, good.replace(b"\r\n\r\n", b"\r\n" + mark + b"\r\n" + mark + b"\r\n\r\n", 1)):
            self.assertProblem(self.agent.request("POST", self.path, body, headers), 400, "bad-request")
        two, headers = form(("file", "a.png", files.png()), ("file", "b.png", files.png()))
        self.assertProblem(self.agent.request("POST", self.path, two, headers), 400, "bad-request")


class NoFiles(ServiceTest):
    @classmethod
    def prepare(cls):
        kb = cls.service.kb / "kb.yaml"
        kb.write_text(kb.read_text(encoding="utf-8") + "attachments: {max: 0}\n", encoding="utf-8")

    def test_none_are_taken_nor_asked_for(self):
        ticket = self.client.post("/v1/tickets", {}).json
        reply = self.client.request("POST", f"/v1/tickets/{ticket['number']}/attachments", files.png(),
                                    {"X-Ticket-Secret": ticket["secret"], "Content-Type": "image/png"})
        self.assertProblem(reply, 409, "conflict")
        self.assertNotIn('type="file"', self.client.get(f"/ticket/{ticket['number']}?key={ticket['secret']}").text)


class Flood(ServiceTest):
    def test_so_many_a_minute_of_all_citizens(self):
        codes = []
        for i in range(40):
            if i % 5 == 0:
                ticket = self.client.post("/v1/tickets", {}).json
            reply = self.client.request("POST", f"/v1/tickets/{ticket['number']}/attachments", files.png(salt=i),
                                        {"X-Ticket-Secret": ticket["secret"], "Content-Type": "image/png"})
            codes.append(reply.status)
        self.assertEqual(codes[:30], [201] * 30)
        self.assertIn(429, codes)
        self.assertTrue(reply["Retry-After"])
