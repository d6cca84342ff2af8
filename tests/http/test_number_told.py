"""A message that is nothing but somebody's number, where none was asked for: no case by itself; what about it is asked, or taken as said to
what is talked of. The number is repeated nowhere."""
import re
import sqlite3
import unittest

from talk import Talk

NOTICE = "302000000000000112"
IN_GROUPS = "3020 0000 0000 0001 12"
OPEN = "Apri una richiesta"


class NumberTold(Talk):
    on_kb = True

    def assertNowhere(self, turn):
        self.assertNotIn(NOTICE, str(turn))

    def test_alone_it_is_asked_what_about_it_by_the_articles(self):
        for message in (NOTICE, IN_GROUPS, "il numero è " + NOTICE, "codice avviso " + IN_GROUPS, "buongiorno, ecco: " + NOTICE,
            "ho ricevuto l'avviso " + NOTICE, "mi è arrivato questo: " + NOTICE, "mi è arrivata questa " + NOTICE, "mi hanno mandato l'avviso " + NOTICE):
            turn = self.talk(message)
            self.assertDecided(turn, "clarify", "number-told")
            self.assertIn("codice avviso", turn["reply"]["markdown"])
            offered = [choice["article"] for choice in turn["choices"] if "article" in choice]
            self.assertGreaterEqual(len(offered), 3, (message, turn["choices"]))
            self.assertIn("pagopa-pagare-avviso", offered)
            self.assertNowhere(turn)
        chosen = turn["choices"][offered.index("pagopa-pagare-avviso")]
        self.assertDecided(self.say(chosen["label"]), "answer", None, "pagopa-pagare-avviso")

    def test_in_other_languages_too(self):
        for lang, named in (("en", "notice number"), ("de", "Nummer des Zahlungsbescheids")):
            turn = self.talk(NOTICE, lang=lang)
            self.assertDecided(turn, "clarify", "number-told")
            self.assertIn(named, turn["reply"]["markdown"])

    def test_a_number_that_may_be_anything_has_topics_to_choose_from(self):
        for message in ("01234567890123456", "0123 4567 8901"):
            turn = self.talk(message)
            self.assertDecided(turn, "clarify", "number-told")
            self.assertFalse([choice for choice in turn["choices"] if "article" in choice])
        for message in ("12345", "windows11 iphone12", "la ricevuta per l'iban IT60X0542811101000000123456"):
            self.assertNotEqual(self.talk(message)["reason"], "number-told", message)

    def test_whatever_is_between_its_digits_it_is_not_kept(self):
        for message in ("0123 4567 8901", "302.000.000.000.000.112", "il numero è 302 000 000 000 000 112", "302000000000 000112", "302/000/000/000/000/112",
            "RF18 5390 0754 7034", "RF18.5390.0754.7034", "il codice è RF 1853 9007 5470 34", "3 01 000000000000144", "0100 0000 0000 0014 4"):
            self.assertDecided(self.talk(message), "clarify", "number-told")
            with sqlite3.connect(f"file:{self.service.data}/store.sqlite?mode=ro", uri=True) as db:
                (kept,) = db.execute("SELECT question FROM turns ORDER BY conversation DESC, seq DESC LIMIT 1").fetchone()
            self.assertIsNone(re.search(r"\d", kept), (message, kept))
        self.talk("0123 4567 8901", "0123 4567 8901", "0123 4567 8901")
        self.assertNotIn("#", self.say(OPEN)["ticket"].get("said", ""))

    def test_after_an_answer_a_request_is_offered_and_the_topic_stands(self):
        for first in ("quale numero di avviso?", "dove trovo il codice avviso?"):
            turn = self.talk(first, NOTICE)
            self.assertDecided(turn, "clarify", "number-told")
            self.assertEqual([choice["label"] for choice in turn["choices"]], [OPEN, "Voglio parlare con una persona"])
            self.assertNowhere(turn)
        turn = self.say(OPEN)
        self.assertEqual(turn["decision"], "ticket")
        self.assertEqual(turn["category"], "pagamento-pagopa")
        self.assertIn("notice_number", [field["key"] for field in turn["fields"]])
        self.assertEqual(turn["ticket"]["said"], "dove trovo il codice avviso?")
        self.assertDecided(self.talk("dove trovo il codice avviso?", NOTICE, "grazie"), "none", "thanks")

    def test_on_the_way_through_a_procedure_the_step_stays(self):
        step = self.talk("come pago un avviso con io?")
        self.assertDecided(step, "answer", None, "pagopa-pagare-avviso")
        turn = self.say(NOTICE)
        self.assertDecided(turn, "clarify", "number-told")
        self.assertIn("con la guida", turn["reply"]["markdown"])
        self.assertDecided(self.say(step["choices"][1]["label"]), "answer", "step", "pagopa-pagare-avviso")

    def test_what_was_asked_for_or_says_more_is_read_as_ever(self):
        self.assertDecided(self.talk("voglio parlare con un operatore", NOTICE), "ticket", "details")
        turn = self.talk(f"ho pagato l'avviso {NOTICE} di 54,20 euro il 3 marzo e risulta da pagare, controllate")
        self.assertEqual(turn["decision"], "ticket")

    def test_numbers_without_end_lead_to_a_person(self):
        self.talk(NOTICE, NOTICE)
        self.assertEqual(self.say(NOTICE)["decision"], "ticket")


class OpenChoice(Talk):
    def test_an_open_choice_stays_open(self):
        asked = self.talk("password, ricevuta, codice")
        self.assertDecided(asked, "clarify", "choices")
        turn = self.say(NOTICE)
        self.assertDecided(turn, "clarify", "number-told")
        self.assertEqual([choice.get("article") for choice in turn["choices"]], [choice.get("article") for choice in asked["choices"]])
        self.assertIn("quale di questi", turn["reply"]["markdown"])
        self.assertDecided(self.say("la prima"), "answer", "chosen", asked["choices"][0]["article"])


if __name__ == "__main__":
    unittest.main()
