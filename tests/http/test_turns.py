"""What people say from turn to turn: a person asked for in odd words, a choice put right, back to what was left, enough of it, the same answer again."""
import unittest

from talk import Talk


class Turns(Talk):
    on_kb = True

    def labels(self, turn):
        return [choice["label"] for choice in turn["choices"]]


class PersonTest(Turns):
    def test_who_asks_for_a_language_is_answered_in_it(self):
        for message, lang in (("do you speak English?", "en"), ("sorry, can we speak English?", "en"), ("sprechen Sie Deutsch?", "de"), ("parlate italiano?", "it")):
            turn = self.talk(message)
            self.assertDecided(turn, "none", "smalltalk")
            self.assertEqual(turn["lang"], lang, message)

    def test_in_odd_words(self):
        for message in ("c'è qualche cristiano con cui posso parlare", "non c'è qualcuno che mi aiuta al telefono?", "voglio un essere umano in carne e ossa", "is there somebody on the phone?",
                        "I want a real human being", "gibt es jemanden, der mir am Telefon hilft?"):
            self.assertDecided(self.talk(message), "ticket", "person")

    def test_in_any_words(self):
        for message in ("vi posso chiamare", "devo parlarvi", "mi date un recapito telefonico", "voglio sentire una voce", "mi deve chiamare qualcuno",
                        "passatemi il responsabile", "preferirei un umano", "basta con ste risposte preimpostate", "basta chatbot", "ho bisogno di qualcuno che mi aiuti",
                        "mi serve assistenza umana subito, ho pagato due volte la stessa multa", "mi metti in linea con qualcuno", "c'è nessuno?", "pronto, c'è qualcuno?",
                        "i need to speak with somebody", "what number can i call", "transfer me to an agent", "no more automated answers",
                        "ich brauche einen Menschen", "verbinden sie mich mit jemandem", "keine automatischen Antworten bitte"):
            self.assertDecided(self.talk(message), "ticket", "person")

    def test_who_speaks_of_others_asks_for_nobody(self):
        for message in ("ho chiamato il numero verde di inps", "mi ha chiamato qualcuno dicendo di essere pagopa", "il mio capo deve pagare un avviso",
                        "posso avere una persona delegata sulla mia app", "una risposta automatica del comune dice che è annullato",
                        "devo essere chiamato dal comune per la cie?", "la voce umana del lettore di schermo non funziona",
                        "c'è nessun costo?", "i called the bank and they know nothing", "welche nummer steht auf dem bescheid"):
            self.assertNotEqual(self.talk(message)["reason"], "person", message)

    def test_who_asks_for_something_else_first_is_answered(self):
        for message in ("no aspetta prima dimmi come si cambia la mail", "prima di tutto come cambio email su io"):
            self.assertDecided(self.talk("voglio parlare con un essere umano", message), "answer", None, "io-email-modificare")

    def test_who_only_has_a_telephone_is_answered(self):
        self.assertNotEqual(self.talk("ho perso il telefono, come proteggo io?")["reason"], "person")


class WayTest(Turns):
    def test_a_choice_that_is_put_right(self):
        for message in ("anzi no è su carta", "no aspetta, è su carta", "ah no, è su carta"):
            self.talk("come pago un avviso con io", "L'avviso è in un messaggio di IO", "indietro")
            turn = self.say(message)
            self.assertDecided(turn, "answer", "step", "pagopa-pagare-avviso")
            self.assertTrue(turn["step"]["title"].startswith("Passo 3"), (message, turn["step"]))

    def test_a_choice_that_is_put_right_by_its_place(self):
        for message in ("no il primo", "anzi la prima", "no scusa la prima"):
            self.talk("non riesco a pagare")
            first = self.say("il primo")["step"]["title"]
            self.talk("non riesco a pagare")
            self.assertNotEqual(self.say("il secondo")["step"]["title"], first)
            turn = self.say(message)
            self.assertDecided(turn, "answer", "step", "pagamento-non-riuscito")
            self.assertEqual(turn["step"]["title"], first, message)
            self.assertDecided(self.say("indietro"), "answer", "step", "pagamento-non-riuscito")

    def test_a_choice_that_is_put_right_by_the_one_that_was_taken(self):
        for first, way, message, title in (
            ("come pago un avviso con io?", ("è su carta",), "no l'altro", "Passo 2"), ("come pago un avviso con io?", ("la prima",), "no, l'altra", "Passo 3"),
            ("come pago un avviso con io?", ("la seconda",), "no quello prima", "Passo 2"), ("come pago un avviso con io?", ("la prima",), "no quello dopo", "Passo 3"),
            ("non mi arriva il codice otp di spid", ("la seconda",), "no l'altro", "Passo 2"),
            ("non mi arriva il codice otp di spid", ("la prima",), "anzi no quella dopo", "Passo 3"),
            # of more than two, and above the first: which one is asked again
            ("non riesco a entrare in io", ("con spid",), "no l'altro", "Passo 1"), ("come pago un avviso con io?", ("la prima",), "no quello prima", "Passo 1"),
        ):
            self.talk(first, *way)
            turn = self.say(message)
            self.assertEqual((turn["decision"], turn["reason"]), ("answer", "step"), message)
            self.assertTrue(turn["step"]["title"].startswith(title), (message, turn["step"]))

    def test_what_if_i_do_not_have_it_is_asked_of_the_step(self):
        for first, message in (("come pago un avviso con io?", "e se non ce l'ho?"), ("non mi arriva il codice otp di spid", "ma se non ce l'ho?"), ("i don't get the spid otp code", "what if i don't have it?")):
            self.talk(first)
            turn = self.say(message)
            self.assertEqual((turn["decision"], turn["reason"]), ("answer", "step-unclear"), message)

    def test_no_by_itself_and_in_a_choice_stays_what_it_is(self):
        self.talk("come pago un avviso con io", "L'avviso è su carta o in PDF")
        turn = self.say("no non lo legge")
        self.assertFalse(turn["step"]["title"].startswith("Passo 3"), turn["step"])

    def test_back_to_what_is_named(self):
        for message in ("ok grazie. torniamo alle notifiche", "tornando alle notifiche", "torniamo al telefono e alle notifiche"):
            self.talk("non mi arrivano le notifiche dell'app", "quanto costa la commissione di un pagamento?")
            self.assertDecided(self.say(message), "answer", "step-again", "io-notifiche")
        self.talk("non mi arrivano le notifiche dell'app", "quanto costa la commissione di un pagamento?")
        self.assertNotEqual(self.say("torniamo ai rimborsi").get("article", {}).get("id"), "io-notifiche")


    def test_back_to_what_was_talked_of(self):
        for message in ("lascia stare, torniamo a noi. quanto valeva?", "tornando al discorso, quanto valeva?"):
            turn = self.talk("bonus vacanze finito?", "che tempo fa domani?", message)
            self.assertEqual((turn["decision"], turn.get("category")), ("answer", "bonus-vacanze"), message)


class NowhereTest(Turns):
    def test_where_one_was_without_a_procedure(self):
        self.assertDecided(self.talk("dove trovo la ricevuta del pagamento", "grazie", "dove eravamo rimasti? dove ero?"), "answer", "sure", "ricevuta-dove")
        self.assertDecided(self.talk("where is my receipt", "where were we?"), "answer", "sure", "ricevuta-dove")

    def test_back_without_a_procedure(self):
        for first, back in (("dove trovo la ricevuta del pagamento", "indietro"), ("wo finde ich meine quittung", "zurück")):
            self.assertDecided(self.talk(first, back), "clarify", "too-vague")


class AboutTheAnswerTest(Turns):
    first = "ho perso il puk della cie"

    def test_asked_whether_it_is_so(self):
        for message in ("sicuro?", "sei sicura?", "cosa intendi?", "in che senso?", "come mai"):
            self.assertDecided(self.talk(self.first, message), "answer", None, "cie-puk-perso")

    def test_asked_to_say_it_better(self):
        for message in ("spiegami meglio", "puoi spiegare meglio?", "più semplice per favore", "non si capisce niente", "troppo lungo"):
            self.assertIn(self.talk(self.first, message)["reason"], ("not-solved", "next-best"), message)

    def test_asked_to_say_it_in_another_language(self):
        turn = self.talk(self.first, "can you say it in english?")
        self.assertDecided(turn, "answer", None, "cie-puk-perso")
        self.assertEqual((turn["lang"], turn["article"]["lang"]), ("en", "en"))

    def test_put_right_is_no_goodbye(self):
        self.assertEqual(self.talk("come cambio l'email", "anzi no, la password")["decision"], "answer")
        self.assertDecided(self.talk("come cambio l'email", "anzi no"), "none", "goodbye")


class ShortTest(Turns):
    def test_done_and_nothing_after_an_answer(self):
        for first, done, nothing in (("il qr non si legge", "fatto", "niente"), ("where is my receipt", "done", "nothing"), ("wo finde ich meine quittung", "erledigt", "nichts")):
            self.assertDecided(self.talk(first, done), "none", "thanks")
            self.assertIn(self.talk(first, nothing)["reason"], ("not-solved", "next-best"))

    def test_letters_that_are_drawn_out(self):
        self.assertDecided(self.talk("aiutooo"), "clarify", "too-vague")
        self.assertDecided(self.talk("ciaooooo"), "none", "greeting")
        self.assertDecided(self.talk("dove trovo la ricevuta del pagamento", "grazieee"), "none", "thanks")

    def test_data_alone_are_asked_about(self):
        self.assertDecided(self.talk("mario.rossi@example.com"), "clarify", "number-told")

    def test_now_is_no_day_of_a_payment(self):
        turn = self.talk("ho cambiato banca, e adesso come faccio a mettere la carta nuova per pagare?", "voglio una persona")
        self.assertEqual([field["value"] for field in turn["fields"] if field["key"] == "payment_date" and "value" in field], [])

    def test_what_had_no_answer_may_have_one_after_details(self):
        self.assertDecided(self.talk("come faccio a mettere la roba nuova lì dentro per pagare", "non trovo dove"), "ticket", "no-answer")
        self.assertDecided(self.say("si ma mi da errore"), "ticket", "details")
        self.assertEqual(self.say("carta non abilitata c'è scritto")["decision"], "answer")


class EnoughTest(Turns):
    ARTICLE = "dove trovo la ricevuta del pagamento"

    def test_no_thanks_with_a_word_more(self):
        self.assertDecided(self.talk(self.ARTICLE, "voglio una persona", "no grazie lasci stare, aspetto mio nipote"), "none", "declined")
        self.assertDecided(self.talk("non funziona", "no grazie, riprovo domani"), "none", "thanks")

    def test_never_mind_is_no_small_talk(self):
        for first in ("non funziona", self.ARTICLE):
            self.assertDecided(self.talk(first, "lascia stare"), "none", "goodbye")
        self.assertDecided(self.talk("it does not work", "never mind"), "none", "goodbye")
        self.assertDecided(self.talk("es funktioniert nicht", "lass es gut sein"), "none", "goodbye")

    def test_no_ticket_and_something_else_is_no_detail(self):
        turn = self.talk(self.ARTICLE, "voglio una persona", "no non voglio aprire niente, voglio sapere chi devo chiamare al comune")
        self.assertNotEqual(turn["decision"], "ticket", turn["reason"])
        self.assertDecided(self.talk(self.ARTICLE, "voglio una persona", "non serve, ma quanto costa pagare con pagopa?"), "answer", None, "pagopa-commissioni")

    def test_an_insult_changes_nothing_of_where_one_is(self):
        self.assertDecided(self.talk(self.ARTICLE, "voglio una persona", "siete dei ladri", "sì"), "ticket", "accepted")


class AgainTest(Turns):
    def test_the_same_answer_is_not_given_whole_a_third_time(self):
        question = "dove trovo la ricevuta del pagamento"
        for lang, question, words in (("it", "dove trovo la ricevuta del pagamento", "È ancora la stessa risposta"), ("en", "where is my receipt", "It is still the same answer")):
            first = self.talk(question)
            self.say("dove la trovo la ricevuta?" if lang == "it" else "where do I find the receipt of a payment")
            third = self.say("ma la ricevuta dove si trova?" if lang == "it" else "where can I find the receipt?")
            self.assertDecided(third, "answer", "sure", first["article"]["id"])
            self.assertIn(words, third["reply"]["markdown"])
            self.assertLess(len(third["reply"]["markdown"]), len(first["reply"]["markdown"]))
            self.assertEqual(third["article"]["id"], first["article"]["id"])
            others = [choice["article"] for choice in third["choices"] if choice.get("article")]
            self.assertTrue(0 < len(others) <= 3 and first["article"]["id"] not in others, others)
            page = self.client.get(f"/chat/{self.conversation}?lang={lang}").text
            self.assertIn(words, page)
            for label in self.labels(third)[:-1]:
                self.assertIn(label.replace("'", "&#39;"), page)

    def test_one_thing_named_after_what_says_nothing_is_asked_about(self):
        self.assertDecided(self.talk("non va", "l'app"), "clarify")

    def test_a_day_that_was_told_is_not_asked_for_again(self):
        self.talk("mi è arrivata una multa, c'è lo sconto se pago subito?", "l'ho ricevuta il 3 novembre", "e se la pago dopo?")
        self.assertNotEqual(self.say("multa: si paga meno entro cinque giorni?")["reason"], "window-asked")

    def test_what_ends_may_be_still_to_come(self):
        import datetime
        day = datetime.date.today() + datetime.timedelta(days=9)
        months = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
        turn = self.talk("dove trovo la ricevuta del pagamento", f"scade il {day.day} {months[day.month - 1]}")
        self.assertDecided(turn, "clarify", "day-told")
        self.assertIn(str(day.year), turn["reply"]["markdown"])


class ThanksTest(Turns):
    """Thanks that stand before something else, or say what for."""
    first = "dove trovo la ricevuta del pagamento"

    def test_thanks_before_another_trouble(self):
        for message, article in (("ok grazie ho perso il puk", "cie-puk-perso"), ("ok il puk non lo trovo", "cie-puk-perso"), ("grazie, il qr non si legge", "qr-non-si-legge"), ("perfetto. devo cambiare l'email", "io-email-modificare")):
            self.assertDecided(self.talk(self.first, message), "answer", "sure", article)

    def test_what_one_does_next_asks_nothing(self):
        for message in ("ok entro con la cie", "va bene allora vado in comune", "grazie, pago dal tabaccaio", "ok chiamo subito la banca", "grazie infinite, anche da parte sua"):
            self.assertDecided(self.talk(self.first, message), "none", "thanks")

    def test_a_question_behind_thanks(self):
        for first, message in ((self.first, "ok ma dove"), (self.first, "grazie, e quando?"), ("where is my receipt", "ok but where"), ("wo finde ich meine quittung", "ok aber wo")):
            self.assertIn(self.talk(first, message)["decision"], ("answer", "clarify"), message)

    def test_what_the_thanks_are_for(self):
        for message in ("grazie dell'aiuto", "grazie dell'aiuto, chiamo subito la banca", "ok grazie per le informazioni", "vi ringrazio della risposta", "grazie per avermi aiutato", "bravissimi", "ora funziona"):
            self.assertDecided(self.talk(self.first, message), "none", "thanks")
        self.assertDecided(self.talk("where is my receipt", "thanks for your help"), "none", "thanks")
        self.assertDecided(self.talk("wo finde ich meine quittung", "danke für die Hilfe"), "none", "thanks")


class HasteTest(Turns):
    """Words in haste, and thanks that are denied."""
    first = "dove trovo la ricevuta del pagamento"

    def test_not_in_short_is_not(self):
        for message in ("nn ho risolto niente", "nun ho risolto", "non hai capito", "nn ho capito", "no non va bene", "non mi serve a niente", "nn funziona uguale", "questa cosa l'ho già fatta"):
            self.assertIn(self.talk(self.first, message)["reason"], ("not-solved", "next-best", "window-asked"), message)

    def test_a_person_in_short(self):
        for message in ("vojo parlà co quarcuno", "posso parlare cn qlcuno", "mi passi un cristiano", "basta bot"):
            self.assertDecided(self.talk(self.first, message), "ticket", "person")

    def test_that_it_did_not_help_in_many_words(self):
        for message in ("non ci riesco", "siamo al punto di prima", "il problema persiste", "continua a darmi lo stesso errore", "sempre la stessa storia", "neanche così",
                        "per niente", "risposta inutile", "lo sapevo già", "idem", "purtroppo no", "no ho capito", "no ho risolto"):
            self.assertIn(self.talk(self.first, message)["reason"], ("not-solved", "next-best", "window-asked"), message)
        for message in ("the problem persists", "still getting the error"):
            self.assertIn(self.talk("where is my receipt", message)["reason"], ("not-solved", "next-best", "window-asked"), message)
        self.assertIn(self.talk("wo ist meine quittung", "klappt immer noch nicht")["reason"], ("not-solved", "next-best", "window-asked"))

    def test_no_more_is_wanted(self):
        for message in ("no va bene così", "no no va bene", "no a posto così", "no basta così", "no tutto chiaro", "no niente grazie", "nient'altro", "sono a posto", "no grazie"):
            self.assertDecided(self.talk(self.first, message), "none", "thanks")
        self.assertDecided(self.talk("where is my receipt", "no that's all"), "none", "thanks")
        self.assertDecided(self.talk("wo ist meine quittung", "nein passt schon"), "none", "thanks")
        self.assertDecided(self.talk(self.first, "no"), "ticket", "not-solved")

    def test_what_is_left_on_the_way(self):
        self.assertDecided(self.talk("non arrivano le notifiche", "va be lasciamo stare"), "none")
        self.assertDecided(self.talk("non arrivano le notifiche", "lascia perdere"), "none", "goodbye")

    def test_it_still_does_not_help_after_a_ticket_was_offered(self):
        self.assertDecided(self.talk(self.first, "voglio una persona", "ancora niente"), "ticket", "not-solved")
        self.assertDecided(self.talk(self.first, "voglio una persona", "ok fate voi"), "ticket", "accepted")

    def test_how_long_one_waits(self):
        self.assertDecided(self.talk("l'errore dice che la richiesta risulta già inviata", "quanto aspetto"), "answer", "sure", "errore-richiesta-doppia")

    def test_thanks_that_hold_a_not(self):
        for message in ("grazie, non mi serve altro", "non mi serve altro grazie"):
            self.assertDecided(self.talk(self.first, message), "none", "thanks")


class SignsTest(Turns):
    """Messages without a word."""
    first = "dove trovo la ricevuta del pagamento"

    def test_thanks(self):
        for message in ("👍", "👍🏽", "🙏🙏", "❤️"):
            self.assertDecided(self.talk(self.first, message), "none", "thanks")

    def test_that_it_did_not_help(self):
        for message in ("👎", "😡😡", "???"):
            self.assertIn(self.talk(self.first, message)["reason"], ("not-solved", "next-best"), message)

    def test_of_nothing_that_was_said(self):
        for message in ("👋", "?", "👍", "…"):
            self.assertDecided(self.talk(message), "none", "smalltalk")

    def test_beside_words_they_say_nothing(self):
        self.assertEqual(self.talk(self.first + " 👎")["article"]["id"], self.talk(self.first)["article"]["id"])


if __name__ == "__main__":
    unittest.main()
