"""Questions back on kb/, and messages in other languages."""
import unittest

from talk import AT_ONCE, Talk

VAGUE = "la password spid di poste è bloccata"


class Clarify(Talk):
    options = ("--as-of", "2026-11-25", *AT_ONCE)
    real = True

    def choices(self, turn):
        return [choice["article"] for choice in turn["choices"] if "article" in choice]

    def test_two_to_four_choices_and_none_of_them(self):
        turn = self.say(VAGUE)
        self.assertDecided(turn, "clarify", "choices")
        self.assertTrue(2 <= len(self.choices(turn)) <= 4, turn["choices"])
        self.assertEqual(turn["choices"][-1]["label"], "Nessuna di queste")

    def test_by_its_place(self):
        offered = self.choices(self.say(VAGUE))
        for words, place in (("la seconda", 1), ("2", 1), ("la prima", 0), ("il terzo", 2), ("l'ultima", len(offered) - 1)):
            turn = self.talk(VAGUE, words)
            self.assertDecided(turn, "answer", "chosen", offered[place])

    def test_in_other_words(self):
        self.assertDecided(self.talk(VAGUE, "quella della password dimenticata"), "answer", None, "spid-password-dimenticata")
        self.assertDecided(self.talk(VAGUE, "quella di poste italiane"), "answer", None, "spid-poste")

    def test_a_number_in_a_question_is_no_choice(self):
        self.assertNotEqual(self.talk(VAGUE, "e gli altri quattro?")["reason"], "chosen")

    def test_none_of_these(self):
        self.assertDecided(self.talk(VAGUE, "nessuna di queste"), "ticket", "person")

    def test_never_twice_in_a_row_on_the_same_thing(self):
        for second in ("boh", "non so", "la password", "quello"):
            self.say(VAGUE)
            turn = self.say(second)
            self.assertNotEqual((turn["decision"], turn["reason"]), ("clarify", "choices"), second)
            self.conversation = None

    def test_a_person_when_nothing_helps(self):
        turn = self.talk("aiuto", "non funziona", "boh", "non va")
        self.assertEqual(turn["decision"], "ticket")

    def test_something_else_instead(self):
        self.assertDecided(self.talk(VAGUE, "altra domanda: ho perso il puk della cie"), "answer", None, "cie-puk-perso")


class Languages(Talk):
    options = ("--as-of", "2026-11-25", *AT_ONCE)
    real = True

    def test_answered_in_it_where_there_is_a_text(self):
        for message, lang in (("I forgot my SPID password", "en"), ("Ich habe mein SPID-Passwort vergessen", "de"), ("ho dimenticato la password di spid", "it")):
            turn = self.talk(message)
            self.assertEqual((turn["decision"], turn["lang"], turn["article"]["lang"], turn["article"]["id"]),
                             ("answer", lang, lang, "spid-password-dimenticata"))

    def test_where_there_is_none_it_is_said(self):
        turn = self.talk("I get the error AUTH_ERROR when I pay with my card")
        self.assertEqual((turn["decision"], turn["lang"], turn["article"]["lang"]), ("answer", "en", "it"))
        self.assertTrue(turn["reply"]["markdown"].startswith("This article exists only in Italian:"), turn["reply"]["markdown"][:80])

    def test_languages_that_are_not_spoken(self):
        for message in ("J'ai oublié mon mot de passe, comment faire ?", "He olvidado mi contraseña, ¿qué puedo hacer?",
                        "Pozabil sem geslo, kaj naj naredim?"):
            turn = self.talk(message)
            self.assertDecided(turn, "none", "language")
            self.assertIn("I understand Italian, English and German", turn["reply"]["markdown"])

    def test_a_change_of_language(self):
        self.assertEqual(self.say("ho dimenticato la password di spid")["lang"], "it")
        turn = self.say("I have lost the PUK of my electronic identity card")
        self.assertEqual((turn["lang"], turn.get("article", {}).get("lang")), ("en", "en"))


if __name__ == "__main__":
    unittest.main()
