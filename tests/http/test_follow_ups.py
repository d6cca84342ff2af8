"""What people say between the first question and the last: what points back, thanks with a question behind, second thoughts, what did not help
either. On kb/ itself, by words alone."""
import unittest

from talk import Talk


class FollowUps(Talk):
    on_kb = True

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
        for words in ("quella di credito intendo", "quella per pagare intendo"):
            self.assertDecided(self.talk("la carta è scaduta, come entro in io?"), "answer", None, "cie-scaduta")
            turn = self.say(words)
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


class AskingOn(Talk):
    """After an answer, with nothing of its own in it."""
    on_kb = True
    first = "ho perso il puk della cie"

    def labels(self, turn):
        return [choice["label"] for choice in turn["choices"]]

    def test_it_is_about_what_was_said(self):
        for first, article in ((self.first, "cie-puk-perso"), ("ho pagato due volte lo stesso avviso", "pagato-due-volte"), ("dove trovo la ricevuta del pagamento", "ricevuta-dove")):
            for message in ("e poi?", "cosa devo fare?", "e quindi?", "quanto ci vuole?", "e adesso che faccio?", "quanto tempo ci vuole"):
                self.assertDecided(self.talk(first, message), "answer", "sure", article)

    def test_the_same_text_is_not_said_again(self):
        """Where it is, whose contact it has, what is near to it and a person instead."""
        first = self.talk(self.first)
        for message in ("e poi?", "quanto ci vuole?"):
            self.talk(self.first)
            turn = self.say(message)
            self.assertDecided(turn, "answer", "sure", first["article"]["id"])
            text = turn["reply"]["markdown"]
            self.assertTrue(text.startswith("La risposta che ho è ancora questa."), text)
            self.assertIn("06 4298 5699", text)
            self.assertNotIn("Puoi riavere il PUK in due modi", text)
            others = [choice["article"] for choice in turn["choices"] if choice.get("article")]
            self.assertTrue(0 < len(others) <= 3 and first["article"]["id"] not in others, others)
            self.assertEqual(self.labels(turn)[-1], "Voglio parlare con una persona")
            page = self.client.get(f"/chat/{self.conversation}?lang=it").text
            self.assertIn("La risposta che ho è ancora questa.", page)
            self.assertEqual(page.count("Puoi riavere il PUK in due modi"), 1)
        chosen = [choice["article"] for choice in turn["choices"] if choice.get("article")]
        self.assertDecided(self.say("la prima"), "answer", "chosen", chosen[0])

    def test_who_goes_round_in_circles_is_offered_a_person(self):
        turn = self.talk(self.first, "e poi?", "e quindi?", "e adesso?")
        self.assertDecided(turn, "ticket", "not-solved")

    def test_after_the_offer_of_a_request_it_is_about_that(self):
        for message in ("e adesso?", "quanto ci vuole?", "cosa devo fare?"):
            self.assertDecided(self.talk("dove trovo la ricevuta del pagamento", "voglio una persona", message), "ticket", "accepted")


class AskingOfIt(Talk):
    """What it costs, where it goes, what it takes: with no thing of its own, of what was answered."""
    on_kb = True

    def test_it_is_answered_of_what_was_said(self):
        for first, article, messages in (
            ("come chiedo la carta d'identità elettronica", "cie-richiedere", ("quanto costa?", "dove devo andare?", "quali documenti servono?", "e se non arriva?", "e se non ce l'ho?")),
            ("come chiedo il rimborso di un pagamento fatto per sbaglio", "rimborso-pagopa", ("dove lo mando?", "che documenti devo allegare?", "e se non mi rispondono?")),
            ("ho perso il puk della cie", "cie-puk-perso", ("quanto costa?", "quali documenti servono?", "e se non ce l'ho?")),
            ("i lost the puk of my identity card", "cie-puk-perso", ("how much does it cost?", "which documents do i need?", "what if i don't have it?")),
            ("ich habe den puk meiner karte verloren", "cie-puk-perso", ("was kostet das?", "welche unterlagen brauche ich?", "und wenn ich ihn nicht habe?")),
        ):
            for message in messages:
                self.assertDecided(self.talk(first, message), "answer", "sure", article)

    def test_what_the_editors_name_beside_it_may_say_it_better(self):
        self.assertDecided(self.talk("dove pago un avviso pagopa?", "quanto costa?"), "answer", "sure", "pagopa-commissioni")
        self.assertDecided(self.talk("posso avere lo spid dall'estero?", "quanto costa?"), "answer", "sure", "spid-cos-e-livelli")

    def test_with_a_thing_of_its_own_it_is_about_that(self):
        self.assertDecided(self.talk("come chiedo la carta d'identità elettronica", "quanto costa la commissione di un pagamento?"), "answer", None, "pagopa-commissioni")
        self.assertDecided(self.talk("come attivo le credenziali cie livello 2?", "serve il lettore?"), "answer", None, "cie-computer")
        turn = self.talk("come chiedo il rimborso di un pagamento fatto per sbaglio", "altra domanda: quanto costa?")
        self.assertNotEqual(turn.get("article", {}).get("id"), "rimborso-pagopa")

    def test_with_nothing_answered_before_it_is_asked_of_what(self):
        self.assertDecided(self.talk("quali documenti servono?"), "clarify")


class Whom(Talk):
    """A telephone that is asked for: of the body that decides, else a person of ours."""
    on_kb = True

    def test_the_contact_of_who_decides(self):
        for message in ("a chi telefono?", "c'è un numero verde?", "non c'è un numero da chiamare?", "avete un numero?", "voglio telefonare", "a chi posso chiedere"):
            turn = self.talk("ho perso il puk della cie", message)
            self.assertDecided(turn, "answer", "sure", "cie-puk-perso")
            self.assertIn("06 4298 5699", turn["reply"]["markdown"])
            self.assertEqual(turn["choices"][-1]["label"], "Voglio parlare con una persona")
        self.assertIn("Consap", self.talk("il cashback quando arriva", "c'è un numero di telefono?")["reply"]["markdown"])
        for first, message in (("I lost the PUK of my identity card", "is there a phone number?"), ("ich habe den PUK verloren", "wen kann ich anrufen?")):
            self.assertIn("06 4298 5699", self.talk(first, message)["reply"]["markdown"])

    def test_a_person_where_it_is_ours(self):
        for message in ("c'è un numero verde?", "voglio telefonare", "non c'è un numero da chiamare?", "avete un numero?", "posso chiamare qualcuno?"):
            for before in ((), ("dove trovo la ricevuta del pagamento",)):
                turn = self.talk(*before, message)
                told = turn["decision"] == "answer" and turn["article"]["id"] == "scrivere-assistenza"
                self.assertTrue(told or (turn["decision"], turn["reason"]) == ("ticket", "person"), (before, message, turn["reason"], turn.get("article")))

    def test_of_something_else_it_is_another_question(self):
        turn = self.talk("ho perso il puk della cie", "qual è il numero di telefono di poste per lo spid?")
        self.assertTrue(turn["article"]["id"].startswith("spid-"), turn["article"])

    def test_who_wants_a_person_gets_one(self):
        for message in ("voglio un operatore", "voglio parlare con qualcuno al telefono"):
            self.assertDecided(self.talk("ho perso il puk della cie", message), "ticket", "person")


class OnTheWay(Talk):
    """The same beside a step."""
    on_kb = True
    first = "non mi arriva il codice otp di spid"

    def at(self, turn, reason, number):
        self.assertDecided(turn, "answer", reason, "spid-otp-non-arriva")
        self.assertEqual(turn["step"]["number"], number, turn["step"])

    def test_by_its_place_in_other_words(self):
        second = self.talk(self.first, "2")["step"]["number"]
        for message in ("la seconda che hai detto", "quella sotto", "l'ultima", "direi la seconda"):
            self.at(self.talk(self.first, message), "step", second)
        first = self.talk(self.first, "1")["step"]["number"]
        for message in ("quella di sopra", "la prima grazie"):
            self.at(self.talk(self.first, message), "step", first)

    def test_both_and_neither_are_no_choice(self):
        for message in ("tutte e due", "entrambi", "la prima e la seconda"):
            self.at(self.talk(self.first, message), "step-unclear", 1)
        for message in ("nessuna delle due", "nessuno dei due"):
            turn = self.talk(self.first, message)
            self.assertIn(turn["reason"], ("next-best", "not-solved"), message)

    def test_not_understood_once_more_then_it_did_not_help(self):
        for message in ("non ho capito", "non capisco", "cosa devo fare?"):
            self.at(self.talk(self.first, message), "step-unclear", 1)
            self.assertIn(self.say(message)["reason"], ("next-best", "not-solved"), message)

    def test_what_if_it_does_not_work(self):
        self.at(self.talk(self.first, "e se non funziona?"), "step-unclear", 1)
        self.talk("spid funziona ma l'app io non mi fa entrare", "e se non funziona?")
        turn = self.say("e se non funziona?")
        self.assertEqual(turn.get("article", {}).get("id"), "accesso-spid-errore", turn["reason"])
        self.assertEqual(turn["step"]["number"], 3, turn["step"])

    def test_how_long_is_about_the_procedure(self):
        for message in ("quanto ci vuole?", "quanto tempo ci vuole?"):
            self.at(self.talk(self.first, message), "step-again", 1)

    def test_one_word_is_about_the_procedure(self):
        self.talk("spid funziona ma l'app io non mi fa entrare")
        self.assertNotEqual(self.say("il codice").get("category"), "pagamento-pagopa")

    def test_the_same_step_is_not_shown_for_ever(self):
        turns = [self.talk("non mi arrivano le notifiche di io sul telefono")] + [self.say(message) for message in ("quanto ci vuole?", "quando?", "entro quando?")]
        self.assertEqual([turn["reason"] for turn in turns[1:3]], ["step-again", "step-again"])
        self.assertIn(turns[3]["reason"], ("next-best", "not-solved"))


class QuestionBack(Talk):
    def test_neither_did_the_question_back_help(self):
        self.assertDecided(self.talk("ho pagato due volte lo stesso avviso"), "answer")
        self.assertDecided(self.say("un'altra cosa: password, ricevuta, codice"), "clarify", "choices")
        self.assertDecided(self.say("non funziona"), "ticket", "not-solved")


if __name__ == "__main__":
    unittest.main()
