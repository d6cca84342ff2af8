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
        self.assertDecided(self.say("è su carta"), "answer", "step", "pagopa-pagare-avviso")

    def test_yes_and_what_was_done_is_said_of_the_step(self):
        self.assertDecided(self.talk("non ricevo le notifiche di io sul telefono"), "answer", None, "io-notifiche")
        self.assertEqual(self.say("si le ho attivate").get("article", {}).get("id"), "io-notifiche")

    def test_what_is_put_right_by_pointing_is_read_with_what_was_said(self):
        self.assertDecided(self.talk("la carta è scaduta"), "answer", None, "cie-scaduta")
        turn = self.say("quella di credito intendo")
        self.assertNotEqual(turn.get("article", {}).get("id"), "cie-scaduta")
        self.assertTrue({"carta", "carte"} & set(str(turn).lower().split()), turn)
        self.assertIn(turn["decision"], ("answer", "clarify"))

    def test_thanks_before_a_question_say_nothing_of_it(self):
        plain, polite = (self.talk("dove pago un avviso pagopa?", question) for question in ("quanto costa la commissione?", "perfetto, grazie. quanto costa la commissione?"))
        self.assertDecided(plain, "answer", None, "pagopa-commissioni")
        self.assertDecided(polite, "answer", None, "pagopa-commissioni")
        self.assertEqual(plain["confidence"], polite["confidence"])

    def test_second_thoughts_take_a_request_back(self):
        for first, second in (("vorrei parlare con un operatore", "no anzi, prima chiedo al comune"), ("vorrei aprire un ticket", "ci ho ripensato"),
                              ("i want to talk to a person", "actually no, i'll wait"), ("ich möchte mit einem menschen sprechen", "nein, doch nicht")):
            self.assertDecided(self.talk(first, second), "none", "declined")

    def test_neither_did_the_question_back_help(self):
        self.talk("dove trovo la ricevuta?")
        asked = self.say("il codice o la password")
        self.assertEqual(asked["decision"], "clarify", asked["reason"])
        self.assertDecided(self.say("non funziona"), "ticket", "not-solved")

    def test_who_leaves_an_address_is_to_be_reached_there(self):
        for message in ("mario.rossi@example.org", "scrivetemi a mario.rossi@example.org", "333 1234567"):
            self.assertDecided(self.talk("dove trovo la ricevuta?", message), "ticket", "person")


if __name__ == "__main__":
    unittest.main()
