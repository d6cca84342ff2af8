"""How people write who are in a hurry: corrections, "sì", a question behind "ok", what says nothing said twice, a code nobody explains."""
import unittest

from service import article
from talk import Talk


class InAHurry(Talk):
    on_kb = True

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.service.write("it/pagamento-pagopa/prova-fatto.md", article("prova-fatto", "Un pagamento fatto", "Hai pagato.", category="pagamento-pagopa", questions='["fatto"]'))

    def test_what_is_put_right_takes_the_place_of_what_was_said(self):
        wrong = self.talk("dove trovo la ricevuta del pagamento")
        self.assertDecided(wrong, "answer", None, "ricevuta-dove")
        for correction in ("no scusa, intendevo i codici di errore spid", "i codici di errore spid intendevo", "mi sono sbagliato, i codici di errore spid"):
            self.talk("dove trovo la ricevuta del pagamento")
            self.assertNotEqual(self.say(correction).get("article", {}).get("id"), "ricevuta-dove", correction)
        self.talk("dove trovo la ricevuta del pagamento")
        self.assertEqual(self.say("no scusa, intendevo il codice otp non arriva").get("article", {}).get("id"), "spid-otp-non-arriva")

    def test_what_was_shown_for_it_is_not_shown_again(self):
        for correction in ("no scusa, intendevo la ricevuta", "la ricevuta intendevo", "mi sono sbagliato, la ricevuta"):
            self.talk("dove trovo la ricevuta del pagamento")
            self.assertNotEqual(self.say(correction).get("article", {}).get("id"), "ricevuta-dove", correction)

    def test_of_a_step_it_is_the_step_that_is_put_right(self):
        first = self.talk("Non riesco a entrare in IO: trova la strada giusta")
        self.assertDecided(first, "answer", None, "accesso-io-quale-strada")
        self.assertDecided(self.say("dove trovo la ricevuta del pagamento"), "answer", None, "ricevuta-dove")
        turn = self.say("no scusa, intendevo spid")
        self.assertDecided(turn, "answer", "step", "accesso-io-quale-strada")
        self.assertEqual(turn["step"]["title"], "Passo 2: SPID")

    def test_what_was_not_meant_is_no_correction(self):
        turn = self.talk("dove trovo la ricevuta del pagamento", "non intendevo questo")
        self.assertIn(turn["reason"], ("not-solved", "next-best"))

    def test_yes_after_an_answer_is_thanked_for(self):
        for yes in ("sì", "si", "certo"):
            self.assertDecided(self.talk("dove trovo la ricevuta del pagamento", yes), "none", "thanks")
        self.assertDecided(self.talk("where is my receipt", "yes"), "none", "thanks")
        self.assertDecided(self.talk("sì"), "none", "smalltalk")

    def test_a_question_behind_ok_is_one(self):
        self.talk("dove trovo la ricevuta del pagamento")
        self.assertNotEqual(self.say("ok e come la mando al commercialista")["reason"], "thanks")
        self.assertDecided(self.talk("dove trovo la ricevuta del pagamento", "ok, la mando al commercialista"), "none", "thanks")

    def test_what_says_nothing_is_asked_about_until_it_is_time_for_a_person(self):
        self.assertDecided(self.talk("aiuto"), "clarify", "too-vague")
        self.assertDecided(self.say("non funziona"), "clarify", "too-vague")
        self.assertDecided(self.say("boh"), "none", "smalltalk")
        self.assertDecided(self.say("boh"), "ticket", "no-answer")

    def test_a_code_that_nobody_explains_after_an_answer(self):
        turn = self.talk("mi dice PAA_PAGAMENTO_DUPLICATO", "e errore XYZ_FOO_BAR")
        self.assertDecided(turn, "ticket", "unknown-code")
        self.assertIn("XYZ_FOO_BAR", turn["reply"]["markdown"])

    def test_the_same_answer_again_says_so_and_the_next_best_is_introduced(self):
        first = self.talk("dove trovo la ricevuta del pagamento")
        again = self.say("dove la trovo la ricevuta del pagamento")
        self.assertDecided(again, "answer", "sure", "ricevuta-dove")
        self.assertTrue(again["reply"]["markdown"].startswith("La risposta che ho è ancora questa."), again["reply"]["markdown"][:200])
        self.assertFalse(first["reply"]["markdown"].startswith("La risposta"))
        turn = self.say("non ho risolto")
        if turn["reason"] == "next-best":
            self.assertTrue(turn["reply"]["markdown"].startswith("Mi dispiace. Forse ti serve questo:"))

    def test_done_where_it_is_asked_with_what_result(self):
        self.talk("L'app IO si blocca o si chiude da sola")
        step = self.say("Non stavo pagando")
        self.assertDecided(step, "answer", "step", "io-app-si-chiude")
        turn = self.say("fatto")
        self.assertDecided(turn, "answer", "step-unclear", "io-app-si-chiude")
        self.assertEqual(turn["step"]["number"], step["step"]["number"])

    def test_not_solved_after_a_ticket_was_offered_is_no_detail_to_be_thanked_for(self):
        self.assertDecided(self.talk("ho pagato due volte lo stesso avviso", "voglio una persona", "non ho risolto"), "ticket", "not-solved")

    def test_what_is_only_data_leaves_no_empty_line(self):
        self.talk("ho pagato due volte lo stesso avviso", "voglio una persona", "302001234567890136")
        turn = self.say("l'importo era 35,50 euro")
        self.assertEqual(turn["ticket"]["said"], "ho pagato due volte lo stesso avviso\nl'importo era 35,50 euro")
        self.assertTrue(turn["ticket"]["left_out"])


if __name__ == "__main__":
    unittest.main()
