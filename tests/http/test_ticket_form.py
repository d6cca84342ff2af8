"""A ticket's form: what it is filled in with, how each field is checked, what is told where; and the page of the ticket for its person."""
import datetime
import html
import re
import unittest
import urllib.parse
import zoneinfo

import files
from talk import AT_ONCE, Talk
from test_attachments import form as multipart

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
IBAN = "IT60X0542811101000000123456"
NOTICE = "302001234567890136"
TODAY = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Rome")).date()


class Form(Talk):
    options = AT_ONCE
    on_kb = True

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.agent_token = cls.service.token()

    def post(self, path, **fields):
        return self.client.request("POST", path, urllib.parse.urlencode(fields), FORM)

    def page(self, path, **query):
        reply = self.client.get(path + "?" + urllib.parse.urlencode({"lang": "it", **query}))
        self.assertEqual(reply.status, 200, reply.text)
        return reply.text

    def filled(self, page):
        """Values of the form's fields, by name, where there is one."""
        form = page[page.index('<form class="sp-ticket"' if 'class="sp-ticket"' in page else '<form class="sp-form" method="post"'):]
        form = form[:form.index("</form>")]
        found = dict(re.findall(r'<input id="[a-z-]*f-[a-z_-]+" name="f-([a-z_-]+)"[^>]* value="([^"]+)"', form))
        found.update(re.findall(r'<textarea id="[a-z_-]+" name="(?:f-)?([a-z_-]+)"[^>]*>([^<]+)</textarea>', form))
        return {name: html.unescape(value) for name, value in found.items()}

    def values(self, turn):
        return {field["key"]: field["value"] for field in turn["fields"] if "value" in field}

    def mistakes(self, **fields):
        """The page that tells them: one of its own, which can be got again."""
        reply = self.post("/ticket", **fields)
        self.assertEqual(reply.status, 303, reply.text)
        page = self.client.get(reply["Location"])
        self.assertEqual((page.status, page["Cache-Control"]), (200, "no-store"), page.text)
        self.assertIn('class="error-summary"', page.text)
        return page.text

    def wrong(self, **fields):
        """What is told of the fields, by key."""
        reply = self.client.post("/v1/tickets?check=1", {"lang": "it", "fields": fields})
        return {} if reply.status == 204 else {error["field"]: error["message"] for error in reply.json["errors"]}


class FilledInTest(Form):
    STORY = "ieri ho pagato due volte 35,50 euro di tari"

    def test_by_the_call_and_by_the_pages_with_the_same(self):
        self.talk(self.STORY)
        turn = self.say("voglio un operatore")
        self.assertEqual(turn["decision"], "ticket")
        wanted = {"payment_date": str(TODAY - datetime.timedelta(days=1)), "amount": "35,50", "description": self.STORY}
        self.assertEqual(self.values(turn), wanted)
        self.assertEqual((turn["ticket"]["said"], turn["ticket"]["left_out"]), (self.STORY, False))
        page = self.page(f"/chat/{self.conversation}")
        self.assertEqual(self.filled(page), wanted)
        self.assertIn("Quello che hai già scritto in chat è qui sotto", page)
        self.assertNotIn("non li conserviamo", page)
        self.assertEqual(self.filled(self.page("/ticket", conversation=self.conversation)), wanted)

    def test_personal_data_are_left_out_and_that_is_said(self):
        self.talk(f"ho pagato due volte l'avviso {NOTICE}, scrivetemi a ada@example.com o sul conto {IBAN}")
        turn = self.say("voglio un operatore")
        self.assertTrue(turn["ticket"]["left_out"])
        for page in (self.page(f"/chat/{self.conversation}"), self.page("/ticket", conversation=self.conversation)):
            values = self.filled(page)
            self.assertIn("ho pagato due volte l'avviso", values["description"])
            self.assertNotRegex(str(values), r"ada@|IT60|3020|[<>]")
            self.assertIn("non li conserviamo", page)

    def test_in_english_and_german(self):
        for message, person in (("yesterday I paid 35.50 euros twice", "I want to talk to a person"), ("gestern habe ich zweimal 35,50 Euro bezahlt", "ich will mit einem Menschen sprechen")):
            self.talk(message)
            values = self.values(self.say(person))
            self.assertEqual(values.get("description"), message)
            if "amount" in values:
                self.assertIn(values["amount"], ("35.50", "35,50"))

    def test_what_is_in_doubt_is_not_filled_in(self):
        self.talk("ho pagato 20 euro il 3 marzo e 30 euro il 4 marzo per lo stesso avviso due volte")
        self.assertEqual(set(self.values(self.say("voglio un operatore"))), {"description"})

    def test_the_problem_and_not_what_was_said_of_the_answers(self):
        self.talk("ho pagato due volte lo stesso avviso", "non ho risolto")
        self.assertEqual(self.values(self.say("voglio un operatore"))["description"], "ho pagato due volte lo stesso avviso")

    def test_where_it_is_not_known_what_it_is_about(self):
        turn = self.talk("vedo QZX_9981")
        self.assertEqual((turn["decision"], turn.get("category"), turn["fields"]), ("ticket", None, turn["fields"]))
        self.assertEqual([field["key"] for field in turn["fields"]], ["email", "description"], "what any request needs")
        page = self.page(f"/chat/{self.conversation}")
        self.assertEqual(self.filled(page), {"description": "vedo QZX_9981"})
        self.assertIn("Quello che hai già scritto in chat è qui sotto", page)
        ids = re.findall(r' id="([^"]+)"', page)
        self.assertEqual(sorted(ids), sorted(set(ids)))

    def test_mistakes_do_not_fill_in_anew(self):
        self.talk(self.STORY, "voglio un operatore")
        page = self.mistakes(lang="it", conversation=self.conversation, category="pagamento-pagopa", **{"f-description": "", "f-email": "no"})
        self.assertNotIn(self.STORY, page)


class UnknownConversationTest(Form):
    def test_what_happened_is_asked(self):
        unknown = "c" * 26
        page = self.page("/ticket", conversation=unknown, category="accesso-spid")
        label = re.search(r'<label for="f-description">(.*?)</label>', page).group(1)
        self.assertNotIn("facoltativo", label)
        self.assertIn('<a href="#f-description">', self.mistakes(lang="it", conversation=unknown, category="accesso-spid"))
        self.mistakes(lang="it", conversation=unknown)
        self.assertEqual(self.post("/ticket", lang="it", conversation=unknown, category="accesso-spid", **{"f-description": "Non va."}).status, 303)


class MistakesTest(Form):
    """What was written is kept while it is mended: in memory, under a name that is made for it, and not once it was sent."""

    WRONG = {"lang": "it", "category": "pagamento-pagopa", "f-description": "Ho pagato due volte la mora.", "f-email": "ada.non.giusta"}

    def key(self):
        return re.search(r'name="key" value="([a-z0-9]{26})"', self.page("/ticket", category="pagamento-pagopa")).group(1)

    def address(self, **fields):
        reply = self.post("/ticket", **fields)
        self.assertEqual(reply.status, 303, reply.text)
        return reply["Location"]

    def test_the_page_can_be_got_again_until_the_ticket_is_open(self):
        key = self.key()
        address = self.address(key=key, **self.WRONG)
        for _ in range(2):
            page = self.client.get(address).text
            self.assertEqual(self.filled(page), {"description": "Ho pagato due volte la mora.", "email": "ada.non.giusta"})
            self.assertIn('<a href="#f-email">', page)
            self.assertIn(f'name="key" value="{key}"', page)
        later = self.address(key=key, **{**self.WRONG, "f-email": "ancora.no"})
        self.assertEqual(self.filled(self.client.get(later).text)["email"], "ancora.no")
        self.assertEqual(self.filled(self.client.get(address).text)["email"], "ada.non.giusta", "the page before, for who goes back")
        self.assertRegex(self.address(key=key, **{**self.WRONG, "f-email": "ada@example.com"}), r"^/ticket/\d+\?key=")
        for old in (address, later):
            page = self.client.get(old)
            self.assertEqual((page.status, self.filled(page.text)), (200, {}))
            self.assertNotIn("ada", page.text)

    def test_a_link_to_a_form_tells_nothing_to_who_gave_it(self):
        theirs = self.key()
        link = self.address(key=theirs, **{**self.WRONG, "f-email": "esca"})
        key = re.search(r'name="key" value="([a-z0-9]{26})"', self.client.get(link).text).group(1)
        written = self.address(key=key, **{**self.WRONG, "f-email": "zafferano.di.prova"})
        self.assertIn("zafferano", self.client.get(written).text)
        for other in (link, f"/ticket?draft={theirs}", f"/ticket?draft={key}", f"/ticket?category=pagamento-pagopa&draft={key}"):
            self.assertNotIn("zafferano", self.client.get(other).text, other)

    def test_nobody_else_gets_it_and_nothing_of_it_is_on_the_disk(self):
        address = self.address(key=self.key(), **{**self.WRONG, "f-email": "zafferano.di.prova"})
        for other in ("a" * 26, "", "zzz", self.key()):
            page = self.client.get("/ticket?" + urllib.parse.urlencode({"category": "pagamento-pagopa", "draft": other})).text
            self.assertEqual(self.filled(page), {})
            self.assertNotIn("zafferano", page)
        self.assertIn("zafferano", self.client.get(address).text)
        self.assertNotIn("zafferano", address)
        for path in [self.service.log, *self.service.data.rglob("*")]:
            if path.is_file():
                self.assertNotIn(b"zafferano", path.read_bytes(), path)

    def test_a_form_without_a_key_has_one_afterwards(self):
        page = self.mistakes(**self.WRONG)
        self.assertEqual(self.filled(page)["email"], "ada.non.giusta")

    def test_where_there_is_no_room_the_page_is_told_at_once(self):
        fields = {**self.WRONG, "f-email": "x" * 200}
        statuses = {self.post("/ticket", key=f"{i:026d}", **fields).status for i in range(300)}
        self.assertEqual(statuses, {303, 422})
        self.assertIn("Ho pagato due volte la mora.", self.post("/ticket", **self.WRONG).text)


class CheckedTest(Form):
    def test_amounts(self):
        for amount in ("1.234,50", "1,234.50", "12,5", "€ 3", "0,01"):
            self.assertEqual(self.wrong(amount=amount), {}, amount)
        for amount, words in (("0", "maggiore di zero"), ("0,00", "maggiore di zero"), ("-5", "maggiore di zero"), ("120,555", "due cifre per i centesimi"),
                              ("tanti", "Non è un importo")):
            self.assertIn(words, self.wrong(amount=amount).get("amount", ""), amount)

    def test_a_payment_is_not_to_come(self):
        tomorrow, long_ago = TODAY + datetime.timedelta(days=1), TODAY - datetime.timedelta(days=400)
        for field in ("payment_date", "transaction_date"):
            self.assertEqual(self.wrong(**{field: str(TODAY)}), {})
            self.assertEqual(self.wrong(**{field: long_ago.strftime("%d/%m/%Y")}), {})
            for day in (str(tomorrow), tomorrow.strftime("%d/%m/%Y"), "2099-01-01"):
                self.assertIn("deve ancora venire", self.wrong(**{field: day}).get(field, ""), day)
        self.talk("ho pagato due volte")
        fields = {field["key"]: field for field in self.say("voglio un operatore")["fields"]}
        self.assertEqual((fields["payment_date"]["type"], fields["payment_date"]["latest"]), ("date", str(TODAY)))
        self.assertIn(f'max="{TODAY}"', self.page("/ticket", category="pagamento-pagopa"))

    def test_eighteen_digits_are_not_told_to_be_counted(self):
        self.assertEqual(self.wrong(notice_number=NOTICE), {})
        for number in ("302001234567890137", "3020 0123 4567 8901 37"):
            message = self.wrong(notice_number=number)["notice_number"]
            self.assertIn("una non torna", message)
        self.assertIn("Sono 18 cifre", self.wrong(notice_number="30200123456789013")["notice_number"])


class TicketPageTest(Form):
    def open(self, **more):
        opened = self.client.post("/v1/tickets", {"category": "accesso-spid", **more}).json
        return f"/ticket/{opened['number']}", opened["secret"], opened["number"]

    def say_there(self, path, key, **fields):
        return self.post(path, key=key, lang="it", **fields)

    def test_hidden_data_are_said_in_words(self):
        path, key, _ = self.open(message=f"Rimborso sul conto {IBAN}")
        self.say_there(path, key, text="Scrivetemi a ada@example.com, avviso " + NOTICE)
        for lang, words in (("it", ("[IBAN nascosto]", "[e-mail nascosta]", "[codice avviso nascosto]")), ("en", ("[IBAN hidden]", "[e-mail address hidden]")),
                            ("de", ("[IBAN verborgen]", "[E-Mail-Adresse verborgen]"))):
            page = self.page(path, key=key, lang=lang)
            for word in words:
                self.assertIn(word, page)
            self.assertNotRegex(page, "&lt;(iban|email|notice-number)&gt;")

    def test_hidden_data_in_the_chat_too(self):
        self.talk("il mio conto è " + IBAN)
        page = self.page(f"/chat/{self.conversation}")
        self.assertIn("il mio conto è [IBAN nascosto]", page)
        self.assertNotIn("&lt;iban&gt;", page)

    def test_only_what_makes_sense_in_a_state(self):
        path, key, _ = self.open(message="Non entro.")
        page = self.page(path, key=key)
        self.assertIn("Ho risolto, grazie", page)
        self.assertNotIn("riapri", page)
        self.assertEqual(self.say_there(path, key, solved="yes").status, 303)
        page = self.page(path, key=key)
        self.assertIn("Non è risolta: riapri", page)
        self.assertNotIn("Ho risolto, grazie", page)
        self.assertEqual(self.say_there(path, key, solved="no", text="Di nuovo.").status, 303)
        self.assertIn("Ho risolto, grazie", self.page(path, key=key))

    def assertToldAtTheField(self, reply, field, words):
        self.assertEqual(reply.status, 303, "a page of its own, which can be got again")
        reply = self.client.get(reply["Location"])
        self.assertEqual((reply.status, reply["Cache-Control"]), (200, "no-store"))
        self.assertIn('data-back=""', reply.text)
        # In another language it is the ticket's page, not the address that was posted to.
        other = html.unescape(re.search(r'href="([^"]+)" hreflang="en" lang="en"', reply.text).group(1))
        self.assertEqual(self.client.get(other).status, 200, other)
        summary = reply.text[reply.text.index('class="error-summary"'):reply.text.index("<h1>")]
        self.assertRegex(html.unescape(summary), rf'<a href="#{field}">[^<]+</a>: [^<]*{words}')
        control = re.search(rf'<(?:input|textarea) id="{field}"[^>]*>', reply.text).group(0)
        self.assertRegex(control, rf'aria-describedby="{field}-error ')
        self.assertIn('aria-invalid="true"', control)
        after = reply.text[reply.text.index(control):]
        self.assertLess(after.index(f'id="{field}-error"'), after.index("<button"), "before the button")

    def test_a_refused_file_is_told_at_its_field_and_first_on_the_page(self):
        path, key, _ = self.open(message="Non entro.")
        body, headers = multipart(("lang", None, b"it"), ("file", "foto.png", b"<!doctype html>"))
        reply = self.client.request("POST", f"{path}/attachments?key={key}", body, headers)
        self.assertToldAtTheField(reply, "file", "JPEG, PNG, WebP, GIF o PDF")
        body, headers = multipart(("lang", None, b"it"), ("file", "foto.png", files.png()))
        self.assertEqual(self.client.request("POST", f"{path}/attachments?key={key}", body, headers).status, 303)

    def test_an_answer_without_a_word_too(self):
        path, key, _ = self.open(message="Non entro.")
        self.assertToldAtTheField(self.say_there(path, key, text=" "), "answer", "")

    def test_what_was_written_is_there_to_be_mended_and_for_nobody_else(self):
        path, key, _ = self.open(message="Non entro.")
        other_path, other_key, _ = self.open(message="Nemmeno io.")
        long = "Anche oggi <b>niente</b>. " * 400
        told = self.say_there(path, key, text=long)
        self.assertToldAtTheField(told, "answer", "6000")
        name = urllib.parse.parse_qs(urllib.parse.urlsplit(told["Location"]).query)["draft"][0]
        self.assertIn(html.escape(long[:60]), self.page(path, key=key, draft=name))
        self.assertIn("at most 6000 characters", self.client.get(f"{path}?key={key}&draft={name}&lang=en").text)
        self.assertNotIn("Anche oggi", self.page(other_path, key=other_key, draft=name))
        self.assertEqual(self.client.get(f"{path}?key={other_key}&draft={name}").status, 404)
        self.assertEqual(self.say_there(path, key, text="Anche oggi.").status, 303)
        self.assertNotIn("error-summary", self.page(path, key=key, draft=name), "gone when it was sent")

    def test_where_there_is_no_room_an_answer_is_told_at_once(self):
        path, key, _ = self.open(message="Non entro.")
        for i in range(300):
            if self.post("/ticket", key=f"{i:026d}", **{"category": "accesso-spid", "f-email": "x" * 200, "lang": "it"}).status == 422:
                break
        reply = self.say_there(path, key, text=" ")
        self.assertEqual(reply.status, 422)
        self.assertIn('class="error-summary"', reply.text)

    def test_nothing_stands_before_the_fields(self):
        path, key, _ = self.open(message="Non entro.")
        for page in (self.page("/ticket"), self.page("/ticket", category="accesso-spid"), self.page(path, key=key)):
            self.assertNotIn("chat-bubble", page)
        self.assertIn("chat-bubble", self.page("/"))

    def test_of_a_ticket_the_problem_is_kept_and_not_that_the_answer_did_not_help(self):
        self.talk("non mi arriva il codice otp di spid", "non ho risolto")
        _, _, number = self.open(conversation=self.conversation)
        self.assertEqual(self.other(self.agent_token).get(f"/v1/tickets/{number}").json["message"], "non mi arriva il codice otp di spid")


if __name__ == "__main__":
    unittest.main()
