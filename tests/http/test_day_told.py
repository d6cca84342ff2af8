"""A message that is nothing but a day, where no day was asked for: a detail of what is talked of, with a request that has it a tap away."""
import unittest

from service import article
from talk import Talk

OPEN = "Apri una richiesta con questa data"


class DayTold(Talk):
    @classmethod
    def prepare(cls):
        cls.service.write("it/pagamenti/doppio-elsewhere.md", article(
            "doppio-elsewhere", "Il rimborso lo decide l'ente", "Scrivi all'ente.", category="pagamenti", competence="ente", questions='["chi mi rimborsa"]'))
        kb = cls.service.kb / "kb.yaml"
        text = kb.read_text(encoding="utf-8")
        if "bodies:" not in text:
            kb.write_text(text + "\nbodies:\n  ente:\n    name: {it: Ente}\n    contact: {it: \"Cerca l'ente sull'avviso.\"}\n    letter: {it: \"Scrivo per questo: {said}\"}\n", encoding="utf-8")

    def test_after_an_answer_it_is_taken_down_and_a_request_offered(self):
        for day, told in (("il 3 marzo", "3 marzo"), ("15/07/2021", "giovedì 15 luglio 2021"), ("ieri", "**"), ("l'ho pagato il 3 marzo", "3 marzo")):
            turn = self.talk("ho pagato due volte lo stesso avviso", day)
            self.assertDecided(turn, "clarify", "day-told")
            self.assertIn(told, turn["reply"]["markdown"])
            self.assertEqual([choice["label"] for choice in turn["choices"]], [OPEN, "Voglio parlare con una persona"])
            self.assertEqual(turn["category"], "pagamenti")

    def test_a_tap_opens_the_request_with_it(self):
        turn = self.talk("ho pagato due volte lo stesso avviso", "15/07/2021", OPEN)
        self.assertDecided(turn, "ticket", "person")
        self.assertEqual(turn["ticket"]["said"], "ho pagato due volte lo stesso avviso\n15/07/2021")

    def test_it_changes_nothing_of_where_the_conversation_stands(self):
        turn = self.talk("ho pagato due volte lo stesso avviso", "il 3 marzo", "non ho risolto")
        self.assertEqual(turn["reason"] in ("not-solved", "next-best"), True, turn["reason"])
        self.assertDecided(self.talk("ho pagato due volte lo stesso avviso", "il 3 marzo", "grazie"), "none", "thanks")
        turn = self.talk("ho pagato due volte lo stesso avviso", "grazie", "non ho risolto")
        self.assertIn(turn["reason"], ("not-solved", "next-best"))

    def test_where_another_body_decides_no_request_is_offered(self):
        turn = self.talk("chi mi rimborsa", "il 3 marzo")
        self.assertDecided(turn, "clarify", "day-told")
        self.assertNotIn(OPEN, [choice["label"] for choice in turn["choices"]])
        self.assertIn("il 3 marzo", turn["letter"]["text"])

    def test_alone_it_is_asked_what_happened(self):
        for message in ("il 3 marzo", "15/07/2021"):
            turn = self.talk(message)
            self.assertDecided(turn, "clarify", "day-told")
            self.assertIn("Che cosa è successo?", turn["reply"]["markdown"])
            self.assertGreater(len(turn["choices"]), 1)
        self.assertDecided(self.say("ho pagato due volte lo stesso avviso"), "answer", None, "pagamento-doppio")

    def test_a_question_back_stays_open(self):
        asked = self.talk("password, ricevuta, codice")
        self.assertDecided(asked, "clarify", "choices")
        turn = self.say("il 3 marzo")
        self.assertDecided(turn, "clarify", "day-told")
        self.assertEqual([choice.get("article") for choice in turn["choices"][:2]], [choice.get("article") for choice in asked["choices"][:2]])
        self.assertIn("quale di questi", turn["reply"]["markdown"])
        self.assertDecided(self.say("la prima"), "answer", "chosen", asked["choices"][0]["article"])
        # It is no second question back, after which there would be a person.
        self.talk("password, ricevuta, codice", "il 3 marzo")
        self.assertDecided(self.say("non funziona"), "clarify", "too-vague")

    def test_after_a_ticket_was_offered_it_belongs_to_it(self):
        self.assertDecided(self.talk("ho pagato due volte lo stesso avviso", "voglio una persona", "il 3 marzo"), "ticket", "details")

    def test_a_day_that_is_none_and_days_without_end(self):
        turn = self.talk("ho pagato due volte lo stesso avviso", "31/02/2021")
        self.assertDecided(turn, "clarify", "day-told")
        self.assertIn("non esiste nel calendario", turn["reply"]["markdown"])
        self.assertDecided(self.say("28/02/2021"), "clarify", "day-told")
        self.assertDecided(self.say("27/02/2021"), "ticket", "details")

    def test_what_says_more_is_read_as_ever(self):
        self.assertNotEqual(self.talk("ho pagato due volte lo stesso avviso", "e per il 3 marzo?")["reason"], "day-told")
        self.assertNotEqual(self.talk("ho pagato due volte lo stesso avviso", "il 3 marzo non ricevevo il codice")["reason"], "day-told")
        self.assertDecided(self.talk("ho pagato due volte lo stesso avviso", "il 3 marzo voglio parlare con un operatore"), "ticket", "person")

    def test_the_page_tells_it_again_as_it_was(self):
        turn = self.talk("ho pagato due volte lo stesso avviso", "il 3 marzo")
        page = self.client.get(f"/chat/{self.conversation}?lang=it").text
        self.assertIn(turn["reply"]["html"].strip(), page)
        self.assertIn(f'value="{OPEN}"', page)

    def test_in_the_language_of_the_dialogue(self):
        turn = self.talk("i do not receive the confirmation code", "3. März")
        self.assertDecided(turn, "clarify", "day-told")
        self.assertEqual((turn["lang"], turn["choices"][0]["label"]), ("en", "Open a request with this date"))
        self.assertDecided(self.say("Open a request with this date"), "ticket", "person")


class OnTheWay(Talk):
    on_kb = True

    def test_through_a_procedure_it_leads_back_to_it(self):
        first = self.talk("ho pagato ma per l'ente risulta da pagare")
        self.assertIn("step", first)
        turn = self.say("l'ho pagato il 3 marzo")
        self.assertDecided(turn, "clarify", "day-told")
        self.assertEqual([choice.get("kind") for choice in turn["choices"]], ["return", None])
        self.assertIn("step", self.say(turn["choices"][0]["value"]))

    def test_the_last_day_that_was_told_is_filled_in(self):
        turn = self.talk("come scarico la ricevuta in pdf", "il 3 marzo 2021", "anzi il 4 marzo 2021", OPEN)
        self.assertEqual(turn["decision"], "ticket")
        self.assertEqual({field["key"]: field.get("value") for field in turn["fields"]}["payment_date"], "2021-03-04")


if __name__ == "__main__":
    unittest.main()
