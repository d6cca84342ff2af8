"""A thing that is named instead of another one, another language that is asked for, courtesy in another language, the middle of four choices: on kb/
itself, by words alone."""
import unittest

from talk import Talk


class Instead(Talk):
    on_kb = True

    def test_a_thing_that_is_put_right_takes_the_place_of_the_other_one(self):
        for first, second, article in (("come cambio la mail", "non la mail il numero di telefono", "spid-cambio-numero"),
                                       ("come cambio la mail", "il numero di telefono, non la mail", "spid-cambio-numero"),
                                       ("ho dimenticato la password", "no intendevo il pin della cie", "cie-pin-dimenticato"),
                                       ("mi sono iscritto con infocert e ho dimenticato la password", "scusa non infocert, aruba", "spid-aruba"),
                                       ("mi sono iscritto con infocert e ho dimenticato la password", "no scusa non è infocert è aruba", "spid-aruba"),
                                       ("how to change email", "not the email, the phone number", "spid-cambio-numero"),
                                       ("non riesco a entrare con cie", "scusa intendevo con spid", "accesso-io-quale-strada")):
            self.assertDecided(self.talk(first, second), "answer", "sure", article)

    def test_what_was_put_right_is_not_answered_again(self):
        self.assertDecided(self.talk("mi si e bloccato lo spid"), "answer", None, "spid-bloccata")
        turn = self.say("no anzi la cie")
        self.assertDecided(turn, "answer", "sure", "cie-pin-bloccato")
        self.assertNotIn("spid-bloccata", [choice.get("article") for choice in turn["choices"]])

    def test_the_same_of_another_thing_is_asked_with_and(self):
        for first, second, article in (("forgot my spid password", "and the username?", "spid-nome-utente-dimenticato"),
                                       ("come recupero la password di spid", "e il nome utente?", "spid-nome-utente-dimenticato")):
            alone, after = self.talk(second), self.talk(first, second)
            self.assertDecided(after, "answer", "sure", article)
            self.assertGreater(after["confidence"], alone["confidence"])

    def test_a_question_that_says_all_of_it_is_not_drawn_to_what_was_said(self):
        self.assertDecided(self.talk("ho ricevuto una mail strana da pagopa", "comunque volevo sapere come installo io"), "answer", None, "io-installare")

    def test_what_adds_nothing_gets_no_other_answer(self):
        for message in ("e adesso", "e la tari?"):
            turn = self.talk("non ho ricevuto il rimborso cashback", message)
            self.assertNotEqual(turn.get("article", {}).get("id"), "cashback-acquisto-mancante", message)

    def test_what_is_to_be_done_is_no_thing(self):
        self.assertDecided(self.talk("come aggiungo una carta su io", "e per toglierla?"), "answer", None, "metodo-pagamento-rimuovere")

    def test_the_middle_of_four_is_one_of_two(self):
        offered = [choice["article"] for choice in self.talk("la carta")["choices"] if "article" in choice]
        self.assertEqual(len(offered), 4)
        turn = self.say("quella in mezzo")
        self.assertDecided(turn, "clarify", "choices")
        self.assertEqual([choice["article"] for choice in turn["choices"] if "article" in choice], offered[1:3])
        self.assertDecided(self.say("la seconda"), "answer", "chosen", offered[2])


class OtherLanguage(Talk):
    on_kb = True

    def test_the_same_again_in_the_language_that_is_asked_for(self):
        for message, lang in (("sorry can you say it in english", "en"), ("english please", "en"), ("auf deutsch bitte", "de"), ("in inglese per favore", "en"), ("i don't understand italian", "en")):
            turn = self.talk("ho sbagliato il pin della cie tre volte", message)
            self.assertDecided(turn, "answer", "sure", "cie-pin-bloccato")
            self.assertEqual((turn["lang"], turn["article"]["lang"]), (lang, lang))
        for message in ("in italiano per favore", "e in italiano?"):
            turn = self.talk("how do i enter io with the cie", message)
            self.assertDecided(turn, "answer", "sure", "cie-accesso-io")
            self.assertEqual(turn["article"]["lang"], "it")

    def test_who_does_not_speak_a_language_is_not_answered_in_it(self):
        for message, lang in (("I don't speak Italian", "en"), ("no italian", "en"), ("i am not italian", "en"), ("kein italienisch bitte", "de"),
                              ("ich bin nicht italienisch", "de")):
            self.assertEqual(self.talk("ho sbagliato il pin della cie tre volte", message)["lang"], lang, message)
        for message in ("non in inglese", "non scrivermi in inglese", "dispositivo inglese", "di nascita inglese"):
            self.assertEqual(self.talk("ho sbagliato il pin della cie tre volte", message)["lang"], "it", message)

    def test_in_another_language_it_was_not_told_before(self):
        told = self.talk("I typed the wrong PIN of my identity card three times")["reply"]["markdown"]
        again = self.talk("ho sbagliato il pin della cie tre volte", "english please")["reply"]["markdown"]
        self.assertEqual(again[:200], told[:200])

    def test_a_language_may_be_asked_for_first(self):
        for message, lang in (("english please", "en"), ("parlate inglese?", "en"), ("auf deutsch bitte", "de")):
            for before in ((), ("ciao",)):
                turn = self.talk(*before, message)
                self.assertDecided(turn, "none", "smalltalk")
                self.assertEqual(turn["lang"], lang)

    def test_choices_and_the_offer_of_a_ticket_stay_what_they_are(self):
        offered = [choice.get("article") for choice in self.talk("la carta")["choices"]]
        turn = self.say("english please")
        self.assertDecided(turn, "clarify", "choices")
        self.assertEqual((turn["lang"], [choice.get("article") for choice in turn["choices"]]), ("en", offered))
        turn = self.talk("vorrei un operatore", "english please")
        self.assertDecided(turn, "ticket", "person")
        self.assertEqual(turn["lang"], "en")

    def test_a_question_with_a_language_in_it_is_a_question(self):
        self.assertNotEqual(self.talk("ho perso la cie", "posso fare la denuncia in inglese al comune?")["lang"], "en")

    def test_courtesy_is_understood_in_any_language(self):
        for message, reason in (("thanks", "thanks"), ("danke", "thanks"), ("bye", "goodbye"), ("ok tschüss", "thanks"), ("vielen dank", "thanks")):
            self.assertDecided(self.talk("ho sbagliato il pin della cie tre volte", message), "none", reason)
        self.assertDecided(self.talk("how do i enter io with the cie", "grazie"), "none", "thanks")
        self.assertNotEqual(self.talk("ho sbagliato il pin della cie tre volte", "e prima?")["reason"], "thanks")  # German "prima": splendid

        for message in ("no problem", "no worries"):
            self.assertDecided(self.talk("ho sbagliato il pin della cie tre volte", message), "none", "thanks")
        self.assertDecided(self.talk("Ich habe die PIN der CIE dreimal falsch eingegeben", "prima"), "none", "thanks")

    def test_a_short_question_is_of_the_language_of_its_words(self):
        for first, message, lang in (("how do i enter io with the cie", "come on", "en"), ("Ich habe die PIN der CIE dreimal falsch eingegeben", "via email", "de")):
            self.assertEqual(self.talk(first, message)["lang"], lang, message)
        self.assertEqual(self.talk("how do i enter io with the cie")["lang"], "en")
        self.assertEqual(self.say("e il pin?")["lang"], "it")
        self.assertEqual(self.talk("how do i enter io with the cie", "spid")["lang"], "en")


class InHaste(Talk):
    on_kb = True

    def test_who_wants_no_machine_gets_a_person(self):
        self.assertDecided(self.talk("la mia identità spid è bloccata", "voglio i miei soldi, mi chiamate voi"), "ticket", "person")
        self.assertDecided(self.talk("the cie pin is blocked", "i don't want a bot"), "ticket", "person")
        for message in ("nn voglio un bot", "passami un umano", "mi fate chiamare", "avete un telefono"):
            self.assertDecided(self.talk("la cie è bloccata", message), "ticket", "person")

    def test_who_speaks_of_calls_and_operators_asks_for_nobody(self):
        for message in ("perché mi chiamate sempre al telefono", "non mi chiamate più", "mi hanno ricontattato per il rimborso",
                        "sono stato ricontattato da un truffatore", "non voglio usare la macchina pos", "dammi i dati della persona fisica",
                        "esiste un operatore che fa pagare con paypal?"):
            self.assertNotEqual(self.talk(message)["reason"], "person", message)
        for message in ("mi chiamate?", "mi chiamate al 3331234567", "vorrei essere ricontattato", "c'è un operatore disponibile?", "c'è qualcuno?", "esiste un operatore",
                        "cerco un operatore", "non voglio parlare con una macchina", "dammi una persona vera"):
            self.assertEqual(self.talk("la cie è bloccata", message)["reason"], "person", message)

    def test_what_was_left_is_left(self):
        self.assertDecided(self.talk("password spid dimenticata", "lascia perdere, dove vedo la ricevuta"), "answer", None, "ricevuta-dove")
        self.assertDecided(self.talk("ho sbagliato il pin della cie tre volte", "va be chiamo il comune"), "none", "thanks")

    def test_what_stands_behind_what_was_left_is_not_lost(self):
        self.assertDecided(self.talk("non funziona", "ok lasciamo perdere. non ricevo le notifiche di io"), "answer", None, "io-notifiche")
        self.assertDecided(self.talk("non funziona", "ok lasciamo perdere"), "none")

    def test_praise_is_thanks(self):
        for message in ("ottima spiegazione", "molto utile"):
            self.assertDecided(self.talk("come esco da io", message), "none", "thanks")

    def test_how_long_ago_is_told_without_saying_ago(self):
        for message in ("10 giorni", "sono passati 10 giorni", "ah, una settimana", "è già passata una settimana"):
            self.assertDecided(self.talk("la ricevuta non è arrivata"), "answer", "window-asked", "ricevuta-non-arrivata")
            self.assertDecided(self.say(message), "answer", "window", "ricevuta-non-arrivata")
        self.talk("la ricevuta non è arrivata")
        self.assertNotEqual(self.say("tra una settimana parto")["reason"], "window")

    def test_who_was_sent_back_gets_a_person(self):
        for message in ("il gestore dice che non dipende da loro", "hanno detto che non possono farci niente", "ma il gestore non mi risponde", "al loro numero non risponde nessuno"):
            self.assertDecided(self.talk("la mia identità spid è bloccata", message), "ticket", "not-solved")
        self.assertDecided(self.talk("come aggiungo una carta su io", "e dove la ritrovo?"), "clarify", "choices")
        self.assertDecided(self.say("la banca dice che non dipende da loro"), "ticket", "not-solved")


if __name__ == "__main__":
    unittest.main()
