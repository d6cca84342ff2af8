"""Questions back on kb/, and messages in other languages."""
import json
import unittest

from service import article
from talk import AT_ONCE, Talk

VAGUE = "il mio spid non funziona più"


class Clarify(Talk):
    options = ("--as-of", "2026-11-25", *AT_ONCE)
    on_kb = True

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

    def test_by_its_place_with_words_around(self):
        offered = self.choices(self.say(VAGUE))
        for words, place in (("direi la 2", 1), ("boh la seconda", 1), ("la prima che hai detto", 0), ("la 1 grazie", 0), ("credo che sia la seconda, signorina", 1), ("opzione due", 1), ("mi sa la terza", 2)):
            self.assertDecided(self.talk(VAGUE, words), "answer", "chosen", offered[place])
        for words in ("la seconda volta che provo", "ho provato due volte", "la prima password"):
            self.assertNotEqual(self.talk(VAGUE, words)["reason"], "chosen", words)

    def test_above_and_below(self):
        offered = self.choices(self.say(VAGUE))
        for words, place in (("quella sopra", 0), ("quella di sopra", 0), ("quella in alto", 0), ("quella sotto", -1), ("quella in fondo", -1), ("l'ultima che hai detto", -1), ("la penultima", -2),
                             ("il secondo punto", 1), ("sì la prima", 0)):
            self.assertDecided(self.talk(VAGUE, words), "answer", "chosen", offered[place])

    def test_more_than_one(self):
        """The first is answered, the others are offered, and can be taken by their place too."""
        offered = self.choices(self.say(VAGUE))
        for words, places in (("tutte e due", range(len(offered))), ("entrambe", range(len(offered))), ("tutte", range(len(offered))), ("la prima e la terza", (0, 2)), ("la 2 o la 3", (1, 2)),
                              ("direi la seconda e l'ultima", (1, -1))):
            turn = self.talk(VAGUE, words)
            expected = [offered[place] for place in places]
            self.assertDecided(turn, "answer", "chosen", expected[0])
            self.assertEqual(self.choices(turn), expected[1:], words)
        self.assertDecided(self.say("la prima"), "answer", "chosen", expected[1])
        for words in ("ho due password, entrambe bloccate", "tutte le volte che provo"):
            self.assertNotEqual(self.talk(VAGUE, words)["reason"], "chosen", words)

    def test_none_and_not_known_in_free_words(self):
        for words in ("nessuna", "nessuna di quelle", "nessuna delle due", "nessuno dei due", "non è nessuna di queste", "no"):
            self.assertDecided(self.talk(VAGUE, words), "ticket", "person")
        self.assertDecided(self.talk(VAGUE, "no grazie"), "none")
        for words in ("boh", "non saprei", "non lo so", "sì", "nessuna, è un'altra cosa"):
            self.assertDecided(self.talk(VAGUE, words), "clarify", "too-vague")

    def test_in_other_words(self):
        self.assertDecided(self.talk(VAGUE, "quella del telefono nuovo"), "answer", None, "spid-nuovo-telefono")
        self.assertDecided(self.talk(VAGUE, "quella di register"), "answer", None, "spid-register")

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

    def test_a_topic_that_is_tapped_is_read_after_what_was_said(self):
        """Which of its troubles it is was not said yet; "what pagoPA is" is no answer to "it does not work"."""
        for first in ("non funziona", "ho un problema", "doesn't work", "es funktioniert nicht"):
            topics = [choice for choice in self.talk(first)["choices"] if "pagoPA" in choice["label"]]
            turn = self.say(topics[0]["value"])
            self.assertDecided(turn, "clarify", "choices")
            offered = self.choices(turn)
            self.assertTrue(2 <= len(offered) <= 4, (first, offered))
            self.assertDecided(self.say("la prima" if first.startswith(("non", "ho")) else "1"), "answer", "chosen", offered[0])

    def test_a_topic_by_itself_is_a_question(self):
        self.assertNotEqual(self.say("Pagamento pagoPA")["reason"], "choices")
        self.assertDecided(self.talk("non funziona", "il codice otp di spid non arriva"), "answer", None, "spid-otp-non-arriva")

    def test_another_question_that_is_not_said_yet(self):
        for message in ("ho un'altra domanda", "un'altra cosa", "I have another question"):
            self.assertDecided(self.talk("ho perso il puk della cie", message), "clarify", "too-vague")
            self.assertDecided(self.talk(message), "clarify", "too-vague")

    def test_something_else_instead(self):
        self.assertDecided(self.talk(VAGUE, "altra domanda: ho perso il puk della cie"), "answer", None, "cie-puk-perso")


class TicketState(Talk):
    """How far a request is stands on its own page, for who has its address: the chat says where, and never the state."""
    options = ("--as-of", "2026-11-25", *AT_ONCE)
    on_kb = True

    @classmethod
    def prepare(cls):
        super().prepare()
        for lang in ("en", "de"):  # as in a language that the article is not there in
            (cls.service.kb / lang / "email-pec" / "richiesta-dall-inizio.md").unlink()

    def test_by_the_article_that_tells(self):
        for message in ("a che punto è la mia richiesta 1007?", "a che punto è la mia richiesta?", "a che punto è la richiesta n. 1007"):
            turn = self.talk(message)
            self.assertEqual(turn["decision"] == "answer" and turn["article"]["id"] == "richiesta-dall-inizio" or turn["reason"] == "ticket-state", True, (message, turn["reason"]))

    def test_else_in_few_words(self):
        for message, lang, label, person in (
                ("what's the status of my request 1007", "en", "See how it is going", "I want to talk to a person"),
                ("how far is my ticket 1007?", "en", "See how it is going", "I want to talk to a person"),
                ("Wie ist der Stand meiner Anfrage 1007?", "de", "Stand ansehen", "Ich möchte mit einem Menschen sprechen"),
                ("stato ticket 1007", "it", "Vedi a che punto è", "Voglio parlare con una persona")):
            turn = self.talk(message)
            self.assertDecided(turn, "clarify", "ticket-state")
            self.assertEqual(turn["lang"], lang)
            self.assertIn(label, turn["reply"]["markdown"])
            self.assertEqual([choice["label"] for choice in turn["choices"]], [person])
            self.assertDecided(self.say(turn["choices"][0]["value"]), "ticket", "person")

    def test_the_state_is_not_told(self):
        opened = self.client.post("/v1/tickets", {"category": "app-io", "message": "Non si apre il Taccuino"})
        self.assertEqual(opened.status, 201, opened.text)
        turn = self.say(f"stato ticket {opened.json['number']}")
        self.assertDecided(turn, "clarify", "ticket-state")
        self.assertNotRegex(json.dumps(turn), "Taccuino|Ricevuta|" + opened.json["secret"])

    def test_of_something_else_it_is_another_question(self):
        for message in ("a che punto è il rimborso della richiesta al comune per la mensa", "dove trovo lo stato del pagamento"):
            self.assertNotEqual(self.talk(message)["reason"], "ticket-state", message)


class Languages(Talk):
    options = ("--as-of", "2026-11-27", *AT_ONCE)
    on_kb = True

    def test_how_far_a_request_is_by_the_article_in_each(self):
        for message, lang, words in (("how do I see how my request is going", "en", "A specialist group is looking after it"), ("I have sent a request, what happens now?", "en", "We are waiting for your reply"),
                                     ("ich hab die nummer meiner anfrage verloren", "de", "Eine Fachgruppe kümmert sich darum")):
            turn = self.talk(message)
            self.assertDecided(turn, "answer", None, "richiesta-dall-inizio")
            self.assertEqual(turn["article"]["lang"], lang)
            self.assertIn(words, turn["reply"]["markdown"])

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


class ImportedTest(Talk):
    """Articles as an import makes them: all of one category, and some with the same title."""

    @classmethod
    def prepare(cls):
        for path in sorted((cls.service.kb / "it").rglob("*.md")):
            path.unlink()
        for number, title in enumerate(("Quali ricevute posso vedere?", "Quali ricevute posso vedere?", "Posso salvare le ricevute?", "Dove trovo le ricevute?", "Quali tessere posso vedere?")):
            cls.service.write(f"it/accesso/voce-{number}.md", article(f"voce-{number}", title, f"Testo della voce {number}."))

    def test_choices_that_read_the_same_are_none(self):
        turn = self.talk("le ricevute")
        self.assertDecided(turn, "clarify", "choices")
        labels = [choice["label"] for choice in turn["choices"]]
        self.assertGreater(len(labels), 2)
        self.assertEqual(len(labels), len(set(labels)), labels)

    def test_one_topic_is_none_to_choose_from(self):
        turn = self.talk("aiuto")
        self.assertDecided(turn, "clarify", "too-vague")
        self.assertEqual([choice["label"] for choice in turn["choices"]], ["Voglio parlare con una persona"])
        self.assertNotIn("argomento", turn["reply"]["markdown"])


if __name__ == "__main__":
    unittest.main()
