"""What is said to the offer of a ticket, what its form asks where nobody knows what it is about, and days that are no day of a payment."""
import datetime
import re
import unittest
import urllib.parse
import zoneinfo

from talk import Talk

TODAY = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Rome")).date()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Offer(Talk):
    on_kb = True

    def offered(self, *messages):
        turn = self.talk(*messages)
        self.assertEqual(turn["decision"], "ticket", turn["reply"]["markdown"])
        return turn

    def fields(self, turn):
        return {field["key"]: field.get("value") for field in turn["fields"]}

    def page(self):
        reply = self.client.get(f"/chat/{self.conversation}?lang=it")
        self.assertEqual(reply.status, 200)
        return reply.text


class AnsweredTest(Offer):
    IT, EN, DE = ("ho pagato due volte lo stesso avviso", "voglio una persona"), ("I paid the same notice twice", "I want a person"), \
        ("ich habe denselben Bescheid zweimal bezahlt", "ich möchte mit einem Menschen sprechen")

    def test_no_takes_the_offer_back(self):
        for start, lang, no, words in (
                (self.IT, "it", ("no", "No, grazie!", "non serve", "lascia stare", "no no lasci perdere, grazie", "niente operatore", "non aprire nessuna richiesta"), "non apro nessuna richiesta"),
                (self.EN, "en", ("no", "no thanks", "never mind", "no, don't open a ticket"), "I will not open a request"),
                (self.DE, "de", ("nein", "nein danke", "nicht nötig", "lass es, danke"), "ich öffne keine Anfrage")):
            for message in no:
                self.offered(*start)
                turn = self.say(message)
                self.assertDecided(turn, "none", "declined")
                self.assertEqual((turn["lang"], turn["fields"]), (lang, []), message)
                self.assertIn(words, turn["reply"]["markdown"])
                self.assertNotIn("sp-ticket", self.page(), "no form on the page either")

    def test_yes_opens_the_form_that_was_offered(self):
        for start, yes in ((self.IT, ("sì", "ok apri", "sì grazie", "va bene, apri la richiesta", "procedi pure", "d'accordo")), (self.EN, ("yes", "yes please", "ok, open it")),
                           (self.DE, ("ja", "ja bitte", "gern", "ok, öffnen Sie die Anfrage"))):
            for message in yes:
                offered = self.offered(*start)
                turn = self.say(message)
                self.assertDecided(turn, "ticket", "accepted")
                self.assertEqual((turn["category"], self.fields(turn)), (offered["category"], self.fields(offered)), message)
                self.assertEqual(turn["ticket"]["said"], offered["ticket"]["said"], "yes is no part of the story")
                self.assertIn('class="sp-ticket"', self.page())

    def test_more_than_yes_or_no_is_something_else(self):
        for message, reason in (("no, mi è arrivato un doppio addebito di 35 euro", "details"), ("ok grazie", "thanks"), ("ok", "thanks"), ("no, voglio una persona", "person")):
            self.offered(*self.IT)
            self.assertEqual(self.say(message)["reason"], reason, message)
        for message in ("no, ma come pago con l'app io?", "sì ma come si paga un avviso con l'app io?"):
            self.offered(*self.IT)
            self.assertEqual(self.say(message)["decision"], "answer", message)

    def test_outside_an_offer_they_mean_what_they_did(self):
        self.assertDecided(self.talk("no"), "none", "smalltalk")
        self.assertNotEqual(self.talk("dove trovo la ricevuta del pagamento", "no")["reason"], "declined")
        self.assertDecided(self.talk("dove trovo la ricevuta del pagamento", "sì"), "none", "thanks")
        self.assertDecided(self.talk(*self.IT, "no", "no"), "none", "smalltalk")

    def test_it_can_be_wanted_after_all(self):
        self.offered(*self.IT)
        self.say("no grazie")
        self.assertDecided(self.say("voglio una persona"), "ticket", "person")

    def test_with_a_day_that_was_told_it_is_offered_too(self):
        for message, decision, reason in (("sì", "ticket", "accepted"), ("no", "none", "declined")):
            self.assertDecided(self.talk("dove trovo la ricevuta del pagamento", "ieri"), "clarify", "day-told")
            turn = self.say(message)
            self.assertDecided(turn, decision, reason)
        self.talk("dove trovo la ricevuta del pagamento", "ieri")
        self.assertEqual(self.fields(self.say("sì"))["payment_date"], str(TODAY - datetime.timedelta(days=1)))


class NoCategoryTest(Offer):
    def test_an_e_mail_address_is_asked_for(self):
        turn = self.offered("vorrei parlare con una persona")
        if turn.get("category"):
            self.skipTest("it is known what it is about")
        self.assertEqual(list(self.fields(turn)), ["email", "description"])
        page = self.page()
        form = page[page.index('class="sp-ticket"'):page.index("</form>", page.index('class="sp-ticket"'))]
        self.assertEqual(re.findall(r'name="((?:f-)?(?:email|description|message))"', form), ["f-email", "f-description"], "what happened is asked for once")

    def opened(self):
        for message in ("voglio una persona", "passatemi un operatore", "parlare con un umano"):
            turn = self.offered(message)
            if not turn.get("category"):
                return turn
        self.fail("all of them are about something")

    def test_it_is_stored_and_a_wrong_one_is_told_beside_what_was_written(self):
        self.opened()
        send = lambda **fields: self.client.request("POST", "/ticket", urllib.parse.urlencode({"lang": "it", "conversation": self.conversation, "key": "k" * 26, **fields}), FORM)
        reply = send(**{"f-email": "ada.example.com", "f-description": "Vorrei essere richiamata."})
        self.assertEqual(reply.status, 303)
        page = self.client.get(reply["Location"]).text
        self.assertIn("error-summary", page)
        self.assertIn('value="ada.example.com"', page)
        self.assertIn("Vorrei essere richiamata.</textarea>", page)
        reply = send(**{"f-email": "ada@example.com", "f-description": "Vorrei essere richiamata."})
        self.assertRegex(reply["Location"], r"/ticket/\d+\?key=")
        number = re.search(r"/ticket/(\d+)", reply["Location"]).group(1)
        self.assertIn("email", self.other(self.service.token()).get(f"/v1/tickets/{number}").json["fields"])

    def test_by_the_call(self):
        self.opened()
        reply = self.client.post("/v1/tickets", {"conversation": self.conversation, "fields": {"email": "ada@example.com", "description": "Richiamatemi."}})
        self.assertEqual(reply.status, 201, reply.text)


class DueTest(Offer):
    def test_when_something_was_due_is_no_day_of_a_payment(self):
        for story in ("ho una multa da pagare, scadeva il 10 novembre, e mi dà errore", "avviso tari con scadenza 10/11, il pagamento dà errore", "dovevo pagare l'avviso entro il 10 novembre ma dà errore"):
            self.assertEqual(self.fields(self.offered(story, "voglio una persona")).get("payment_date"), None, story)
        for story in ("my pagopa notice was due on November 10 and the payment fails", "the deadline of my pagopa notice was 10 November and the payment fails"):
            self.assertEqual(self.fields(self.offered(story, "I want a person")).get("payment_date"), None, story)
        for story in ("mein pagopa Bescheid war am 10. November fällig und die Zahlung geht nicht", "die Frist für den pagopa Bescheid läuft am 10. November ab, die Zahlung geht nicht"):
            self.assertEqual(self.fields(self.offered(story, "ich möchte mit einem Menschen sprechen")).get("payment_date"), None, story)

    def test_the_day_of_the_payment_beside_it_is(self):
        turn = self.offered("ho pagato due volte lo stesso avviso, scadeva il 10 novembre, l'ho pagato ieri", "voglio una persona")
        self.assertEqual(self.fields(turn)["payment_date"], str(TODAY - datetime.timedelta(days=1)))

    def test_said_by_itself_it_is_taken_down_as_what_it_is(self):
        for first, message, words in (("dove trovo la ricevuta del pagamento", "scadeva il 10 novembre", "scadenza"), ("where is my receipt", "it was due on 10 November", "due on"),
                                      ("wo finde ich meine quittung", "fällig war sie am 10. November", "Frist")):
            first = self.talk(first)
            turn = self.say(message)
            self.assertDecided(turn, "clarify", "day-told")
            self.assertIn(words, turn["reply"]["markdown"])
            self.assertEqual(turn["category"], first["category"])
            turn = self.say(turn["choices"][0]["value"])
            self.assertEqual(turn["decision"], "ticket")
            self.assertIsNone(self.fields(turn)["payment_date"])
            self.assertIn(message, turn["ticket"]["said"])

    def test_what_has_an_answer_of_its_own_is_answered(self):
        self.assertDecided(self.talk("ho un problema con un avviso", "è scaduto ieri"), "answer", None, "avviso-scaduto")


if __name__ == "__main__":
    unittest.main()
