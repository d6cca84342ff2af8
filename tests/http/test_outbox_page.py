"""What another system did not take, on a page: who may see it, why it is there, and once more."""
import html
import json
import re
import signal
import sqlite3
import unittest

from connected import Connected
from service import ServiceTest, until
from test_session import Browser

PATH = "/agent/outbox"
ROLES = ("reader", "agent", "editor", "manager", "admin")


def entries(page):
    return [int(number) for number in re.findall(r'data-entry="(\d+)"', page)]


class Refused(unittest.TestCase):
    """The other system refuses what is opened."""

    def setUp(self):
        self.desk = Connected("servicenow", "name: desk-uno\n")
        self.tokens = {role: self.desk.service.token("agent-l1", role, role) for role in ROLES}
        self.desk.__enter__()
        self.addCleanup(self.desk.__exit__)

    def browser(self, role="admin"):
        browser = Browser(self.desk.service)
        self.addCleanup(browser.client.close)
        browser.sign_in(self.tokens[role])
        return browser

    def give_up(self, count, status=422):
        """Numbers of tickets that were refused."""
        before = self.desk.ready()["dead"]
        self.desk.other.refuse = status
        numbers = [self.desk.open(f"numero {i}")["number"] for i in range(count)]
        self.assertIsNotNone(until(lambda: self.desk.ready()["dead"] == before + count, 20))
        self.desk.other.refuse = None
        return numbers

    def ids(self):
        return {e["ticket"]: e["id"] for e in json.loads(self.desk.outbox("list", "--dead"))}

    def noted(self):
        admin = self.desk.service.client(self.tokens["admin"])
        found = admin.get("/v1/audit?action=outbox-resend").json["entries"]
        admin.close()
        return [(e["subject"], e["object"], e["detail"]) for e in reversed(found)]

    def test_what_each_attempt_came_to(self):
        def kind_of(number):
            return next((e.get("cause_kind") for e in json.loads(self.desk.outbox("list")) if e["ticket"] == number), None)
        # What is given up at once, and then what is tried again: the last ones wait behind nothing of their own.
        for status, kind in ((400, "value"), (413, "large"), (418, "refused"), (302, "moved"), (429, "busy"), (503, "fault")):
            self.desk.other.refuse = status
            number = self.desk.open()["number"]
            self.assertIsNotNone(until(lambda: kind_of(number) == kind, 20), (status, self.desk.outbox()))
        self.desk.other.refuse = None
        self.desk.until_empty()
        self.desk.other.stop()
        number = self.desk.open()["number"]
        self.assertIsNotNone(until(lambda: kind_of(number) == "network", 20), self.desk.outbox())

    def test_list_and_resend(self):
        browser = self.browser()
        page = browser.get(PATH)
        self.assertEqual((page.status, entries(page.text)), (200, []))
        self.assertIn("Niente da rimandare", page.text)
        self.assertNotIn('action="/agent/outbox"', page.text)
        self.assertIn("Nessun invio abbandonato", browser.get("/agent/tickets?lang=it").text)

        first, second, third = self.give_up(3)
        ids = self.ids()
        page = browser.get(PATH + "?lang=it").text
        self.assertEqual(entries(page), [ids[first], ids[second], ids[third]])
        for text in (f'href="/agent/tickets/{first}?lang=it"', "ServiceNow (desk-uno)", "non accetta uno dei valori", "HTTP 422", "3 invii abbandonati"):
            self.assertIn(text, page)
        self.assertRegex(page, r"<dt>Tentativi</dt><dd>1</dd>")
        self.assertRegex(page, r"<dt>In attesa dal</dt><dd>\d+ \w+ \d{4}, ore")
        self.assertIn("3 invii abbandonati", browser.get("/agent/tickets?lang=it").text)
        self.assertIn("does not accept one of the values", browser.get(PATH + "?lang=en").text)

        token = browser.form_token(PATH)
        reply = browser.post(PATH, form_token=token, do="one", id=ids[first], lang="en")
        self.assertEqual((reply.status, reply["Location"]), (303, "/agent/outbox?done=one&lang=en"))
        self.assertIn('role="status">It will be sent again.', browser.get(reply["Location"]).text)
        self.desk.until_empty()
        self.assertEqual([len(self.desk.other.of(n)) for n in (first, second, third)], [1, 0, 0])
        # What is gone already is said, and nothing is sent twice.
        self.assertEqual(browser.post(PATH, form_token=token, do="one", id=ids[first])["Location"], "/agent/outbox?done=none")
        self.assertEqual(browser.post(PATH, form_token=token, do="all")["Location"], "/agent/outbox?done=all")
        self.assertIsNotNone(until(lambda: self.desk.ready()["dead"] == 0, 10))
        self.desk.until_empty()
        self.assertEqual([len(self.desk.other.of(n)) for n in (first, second, third)], [1, 1, 1])
        self.assertEqual(self.noted(), [("admin", f"outbox:{ids[first]}", f"ticket:{first}"), ("admin", "outbox", "")])
        self.assertIn("Niente da rimandare", browser.get(PATH + "?lang=it").text)

    def test_never_all_by_leaving_something_out(self):
        [number] = self.give_up(1)
        id = self.ids()[number]
        browser = self.browser()
        token = browser.form_token(PATH)
        for fields in ({}, {"do": "one"}, {"id": id}, {"do": "one", "id": "0"}, {"do": "one", "id": "-1"}, {"do": "one", "id": f"{id}x"},
                       {"do": "all", "id": id}, {"do": "drop", "id": id}):
            self.assertEqual(browser.post(PATH, form_token=token, **fields).status, 400, fields)
        self.assertEqual((self.ids(), self.noted()), ({number: id}, []))

    def test_who_may(self):
        [number] = self.give_up(1)
        id = self.ids()[number]
        for role in (None, *ROLES):
            client = self.desk.service.client(self.tokens.get(role))
            wanted = 303 if role is None else 200 if role == "admin" else 403
            page = client.get(PATH)
            self.assertEqual(page.status, wanted, role)
            if role != "admin":
                self.assertNotIn("data-entry", page.text)
                form = client.request("POST", PATH, f"do=one&id={id}", {"Content-Type": "application/x-www-form-urlencoded"})
                self.assertIn(form.status, (303, 401, 403), role)
            queue = client.get("/agent/tickets")
            self.assertEqual("/agent/outbox" in queue.text, role == "admin", role)
            client.close()
        self.assertEqual((self.ids(), self.noted()), ({number: id}, []))

    def test_admin_of_a_partner(self):
        """Somebody of another house sees what was passed to them alone."""
        config = self.desk.service.kb / "kb.yaml"
        text = config.read_text(encoding="utf-8")
        self.desk.service.stop()
        config.write_text(text.replace("\nfields:\n", "\n  banca: {name: {it: Banca, en: Bank}, level: partner}\nfields:\n"), encoding="utf-8")
        made = self.desk.service.command("token", "add", "--data", self.desk.service.data, "--kb", self.desk.service.kb, "--audience", "agent-l1",
                                         "--role", "admin", "--subject", "socio", "--group", "banca")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.desk.service.start()
        [number] = self.give_up(1)
        client = self.desk.service.client(made.stdout.strip())
        self.assertEqual(client.get(PATH).status, 403)
        self.assertNotIn("/agent/outbox", client.get("/agent/tickets").text)
        self.assertEqual(client.request("POST", PATH, "do=all", {"Content-Type": "application/x-www-form-urlencoded"}).status, 403)
        client.close()
        self.assertEqual(list(self.ids()), [number])

    def test_other_sites_cannot_send(self):
        [number] = self.give_up(1)
        browser, other = self.browser(), self.browser("agent")
        for token in ({}, {"form_token": ""}, {"form_token": "0" * 64}, {"form_token": other.form_token()}):
            self.assertEqual(browser.post(PATH, do="all", **token).status, 403)
        self.assertEqual(browser.post(PATH, site="cross-site", do="all", form_token=browser.form_token(PATH)).status, 403)
        self.assertEqual(list(self.ids()), [number])

    def test_causes_in_plain_words(self):
        """Each in words of its own, by what it was and not by how the other system words it, and that beside it, not as HTML."""
        self.give_up(1)
        browser = self.browser()
        seen = set()
        for kind, words in ((None, "Non si sa perché"), ("value", "uno dei valori"), ("denied", "non lo permette"), ("credentials", "credenziali"), ("gone", "non c'è più"),
                            ("busy", "era occupato"), ("large", "troppo grande"), ("refused", "rifiutato"), ("fault", "guasto"),
                            ("moved", "porta altrove"), ("odd", "non si capisce"), ("silent", "in tempo"), ("certificate", "certificato"),
                            ("network", "raggiungibile, o la connessione"), ("secret", "segreto"), ("first", "non è mai partita")):
            cause = kind and f"HTTP 500: <b>{kind}"
            with sqlite3.connect(self.desk.service.data / "store.sqlite") as db:
                db.execute("UPDATE outbox SET cause = ?, cause_kind = ? WHERE dead = 1", (cause, kind))
            db.close()
            page = browser.get(PATH + "?lang=it").text
            told = re.search(r'class="agt-cause">(.*?)</p>', page).group(1)
            self.assertIn(words, told.replace("&#39;", "'"), kind)
            seen.add(told)
            self.assertEqual("<details" in page, cause is not None)
        self.assertEqual(len(seen), 16)
        self.assertNotIn("<b>", page)


class Credentials(unittest.TestCase):
    """They change while the service runs: for a while they are wrong. Nobody wants to wait until it is time for the next try."""

    def setUp(self):
        self.desk = Connected("zendesk", "pause: 1h\n", "timeout: 1s\npoll: 1s\nretry: {first: 1s, most: 2s, settle: 2s}\n",
                              "auth: {user: ada@example.com, api_token: {file: parola}}\n")
        self.put("giusta")
        self.admin = self.desk.service.token("agent-l1", "admin", "capo")
        self.desk.__enter__()
        self.addCleanup(self.desk.__exit__)

    def put(self, secret):
        (self.desk.service.folder / "parola").write_text(secret + "\n", encoding="utf-8")

    def reload(self):
        told = self.desk.service.stderr().count("configuration read again")
        self.desk.service.process.send_signal(signal.SIGHUP)
        self.assertIsNotNone(until(lambda: self.desk.service.stderr().count("configuration read again") > told, 10))

    def page(self, path):
        browser = Browser(self.desk.service)
        self.addCleanup(browser.client.close)
        browser.sign_in(self.admin)
        return html.unescape(browser.get(path + "?lang=it").text)

    def tries(self):
        return sum(method == "POST" for method, *_ in self.desk.other.requests)

    def test_right_again(self):
        numbers = [self.desk.open("prima")["number"]]
        self.desk.until_empty()
        self.assertNotIn("in attesa di partire", self.page("/agent/tickets"))
        self.desk.other.password = "nuova"
        numbers += [self.desk.open(f"numero {i}")["number"] for i in range(3)]
        self.assertIsNotNone(until(lambda: self.desk.ready()["state"] == "paused", 10))
        # Who looks at the queue sees that nothing leaves; and, one step on, why, and what is to be done.
        self.assertIn("Zendesk: rifiuta le nostre credenziali, in attesa di partire: 3", self.page("/agent/tickets"))
        page = self.page(PATH)
        for words in ("rifiuta le nostre credenziali", "Va corretto il segreto", "Niente è perso", "HTTP 401"):
            self.assertIn(words, page)
        kinds = {e.get("cause_kind") for e in json.loads(self.desk.outbox("list"))}
        self.assertEqual(kinds - {None}, {"credentials"})
        # Still wrong: one try for each time that somebody asks for it.
        tries = self.tries()
        self.put("altra")
        self.reload()
        self.assertIsNotNone(until(lambda: self.tries() == tries + 1, 10))
        self.put("nuova")
        self.reload()
        self.desk.until_empty()
        self.assertEqual(self.desk.ready()["state"], "up")
        self.assertEqual([len(self.desk.other.of(number)) for number in numbers], [1] * 4)
        self.assertNotIn("HTTP 401", self.page(PATH))

    def test_a_change_that_takes_a_restart_is_told(self):
        self.reload()
        self.assertNotIn("takes a restart", self.desk.service.stderr())
        self.desk.write(self.desk.file.read_text(encoding="utf-8").replace("ada@", "bruno@"))
        self.reload()
        self.assertIsNotNone(until(lambda: f"changed, and takes a restart: {self.desk.file}" in self.desk.service.stderr(), 10))


class NoSystem(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.admin = cls.service.token(role="admin", subject="capo")

    def test_without_a_connector(self):
        page = self.other(self.admin).get(PATH)
        self.assertEqual(page.status, 200)
        self.assertIn("Ora non c'è un sistema", page.text.replace("&#39;", "'"))
        self.assertNotIn("/agent/outbox", self.other(self.admin).get("/agent/tickets").text)


if __name__ == "__main__":
    unittest.main()
