"""What people say between the first question and the last: what points back, thanks with a question behind, second thoughts, what did not help
either. On kb/ itself, by words alone."""
import unittest

from talk import Talk


class FollowUps(Talk):
    real = True

    def test_what_points_at_a_choice_is_that_choice(self):
        self.assertDecided(self.talk("non mi arriva il codice otp di spid"), "answer", None, "spid-otp-non-arriva")
        turn = self.say("quello via sms")
        self.assertDecided(turn, "answer", "step", "spid-otp-non-arriva")
        self.assertIn("SMS", turn["reply"]["markdown"].splitlines()[0])

    def test_what_asks_on_is_no_choice(self):
        self.assertDecided(self.talk("come pago un avviso con io?"), "answer", None, "pagopa-pagare-avviso")
        self.assertNotEqual(self.say("e con la mia carta?")["reason"], "step")
        self.assertDecided(self.talk("come pago un avviso con io?", "è su carta"), "answer", "step", "pagopa-pagare-avviso")

    def test_yes_and_what_was_done_is_said_of_the_step(self):
        self.assertDecided(self.talk("non ricevo le notifiche di io sul telefono"), "answer", None, "io-notifiche")
        self.assertEqual(self.say("si le ho attivate").get("article", {}).get("id"), "io-notifiche")

    def test_what_is_put_right_by_pointing_is_read_with_what_was_said(self):
        self.assertDecided(self.talk("la carta è scaduta, come entro in io?"), "answer", None, "cie-scaduta")
        turn = self.say("quella di credito intendo")
        named = [turn["article"]["id"]] if "article" in turn else [choice["article"] for choice in turn["choices"] if "article" in choice]
        self.assertTrue(named, turn)
        self.assertFalse([article for article in named if article.startswith("cie-")], named)

    def test_thanks_before_a_question_say_nothing_of_it(self):
        plain, polite = (self.talk("dove pago un avviso pagopa?", question) for question in ("quanto costa la commissione?", "perfetto, grazie. quanto costa la commissione?"))
        self.assertDecided(plain, "answer", None, "pagopa-commissioni")
        self.assertDecided(polite, "answer", None, "pagopa-commissioni")
        self.assertEqual(plain["confidence"], polite["confidence"])

    def test_second_thoughts_take_a_request_back(self):
        for first, second in (("vorrei parlare con un operatore", "no anzi, prima chiedo al comune"), ("vorrei aprire un ticket", "ci ho ripensato"),
                              ("i want to talk to a person", "actually no, i'll wait"), ("ich möchte mit einem menschen sprechen", "nein, doch nicht")):
            self.assertDecided(self.talk(first, second), "none", "declined")

    def test_a_device_is_of_what_was_said(self):
        for first, device in (("l'app si blocca e si chiude da sola", "android"), ("the io app keeps crashing", "iphone 13"), ("die app io stürzt ab", "samsung a12")):
            article = self.talk(first)["article"]["id"]
            self.assertDecided(self.say(device), "answer", "step-unclear", article)
        self.assertDecided(self.talk("come cambio la mail del profilo io?", "ho un samsung a12"), "answer", None, "io-email-modificare")
        self.assertDecided(self.talk("dove vedo la versione di io su android?"), "answer", None, "io-versioni")

    def test_a_question_of_one_word_is_about_what_was_said(self):
        self.assertDecided(self.talk("bonus vacanze, l'albergo non lo accetta"), "answer", None, "bonus-vacanze-finito")
        self.assertEqual(self.say("è obbligato?").get("category"), "bonus-vacanze")

    def test_who_wants_a_request_opened_gets_one(self):
        for message in ("allora aprimi una segnalazione", "apritemi una richiesta", "vabbè parlo con qualcuno?"):
            self.assertDecided(self.talk("ho pagato due volte la stessa multa", message), "ticket", "person")

    def test_good_ends_it(self):
        for first, message in (("dove trovo la ricevuta di un pagamento?", "bene"), ("where do i find the receipt of a payment?", "good"), ("wo finde ich die quittung einer zahlung?", "gut")):
            self.assertDecided(self.talk(first, message), "none", "thanks")

    def test_who_leaves_an_address_is_to_be_reached_there(self):
        for message in ("mario.rossi@example.org", "scrivetemi a mario.rossi@example.org", "333 1234567"):
            self.assertDecided(self.talk("dove trovo la ricevuta di un pagamento?", message), "ticket", "person")


class QuestionBack(Talk):
    def test_neither_did_the_question_back_help(self):
        self.assertDecided(self.talk("ho pagato due volte lo stesso avviso"), "answer")
        self.assertDecided(self.say("un'altra cosa: password o ricevuta"), "clarify", "choices")
        self.assertDecided(self.say("non funziona"), "ticket", "not-solved")


if __name__ == "__main__":
    unittest.main()
