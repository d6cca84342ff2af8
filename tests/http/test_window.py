"""Too early, too late: articles that hold for a time counted from a day which the person is asked for."""
import html
import re
import signal
import unittest
import urllib.parse

from service import Service, article, running
from talk import AT_ONCE, Talk

DAY = "2021-03-10"  # a Wednesday
LOST = "il mio acquisto non compare"
RECEIPT = "dove resta la quietanza zanzibarina"


def put_articles(service):
    service.write("it/pagamenti/acquisto.md", article(
        "acquisto", "Un acquisto non compare", "Prima guarda la lista.\n\n## Troppo tardi\n\nPuoi ancora scrivere al negozio.", category="pagamenti",
        questions=f'["{LOST}"]', window='{from: "data dell\'acquisto", wait: 3d, until: 120d}'))
    service.write("en/pagamenti/acquisto.md", article(
        "acquisto", "A purchase is missing", "Look at the list first.", category="pagamenti",
        questions='["my purchase is missing"]', window='{from: "date of the purchase", wait: 3d, until: 120d}'))
    service.write("it/pagamenti/quietanza.md", article(
        "quietanza", "La quietanza zanzibarina", "Arriva da sola.", category="pagamenti", questions=f'["{RECEIPT}"]',
        window='{from: "giorno del versamento", wait: 1d}'))
    service.write("it/pagamenti/sette.md", article(
        "sette", "Il modulo turchino", "Si compila in fretta.", category="pagamenti", questions='["come mando il modulo turchino"]',
        window='{from: "data del messaggio", wait: 0d, until: 7d}'))
    service.write("it/pagamenti/turchina.md", article(
        "turchina", "La tassa turchina pagata due volte", "Scrivi all'ufficio.", category="pagamenti",
        questions='["ho pagato due volte la tassa turchina"]', window='{from: "data del pagamento", wait: 3d, until: 120d}'))


class Window(Talk):
    options = ("--as-of", DAY, *AT_ONCE)

    @classmethod
    def prepare(cls):
        put_articles(cls.service)

    def state(self, *messages, **more):
        turn = self.talk(*messages, **more)
        return turn.get("window", {}).get("state")

    def test_it_is_asked_with_the_answer(self):
        turn = self.say(LOST)
        self.assertDecided(turn, "answer", "window-asked", "acquisto")
        self.assertEqual(turn["window"], {"state": "asked", "from": "data dell'acquisto", "wait_days": 3, "until_days": 120})
        text = turn["reply"]["markdown"]
        self.assertLess(text.index("Prima guarda la lista"), text.index("quando è stato?"))
        self.assertIn("data dell'acquisto", text)

    def test_in_time(self):
        turn = self.talk(LOST, "il 3 marzo")
        self.assertDecided(turn, "answer", "window", "acquisto")
        self.assertEqual({name: turn["window"][name] for name in ("state", "first", "last", "opens", "closes")},
                         {"state": "open", "first": "2021-03-03", "last": "2021-03-03", "opens": "2021-03-06", "closes": "2021-07-01"})
        self.assertIn("hai tempo fino a giovedì 1 luglio 2021", turn["reply"]["markdown"])
        self.assertIn("Prima guarda la lista", turn["reply"]["markdown"])

    def test_too_early(self):
        turn = self.talk(LOST, "ieri")
        self.assertEqual(turn["window"]["state"], "early")
        self.assertIn("da venerdì 12 marzo 2021 fino a mercoledì 7 luglio 2021", turn["reply"]["markdown"])
        self.assertNotIn("Prima guarda", turn["reply"]["markdown"])

    def test_too_late_says_what_is_left(self):
        turn = self.talk(LOST, "il 3 ottobre 2020")
        self.assertEqual(turn["window"]["state"], "late")
        self.assertIn("Mi dispiace", turn["reply"]["markdown"])
        self.assertIn("Puoi ancora scrivere al negozio.", turn["reply"]["markdown"])
        self.assertEqual(turn["choices"], [])

    def test_too_late_without_such_a_section_offers_a_person(self):
        turn = self.talk("come mando il modulo turchino", "2/3/2021")
        self.assertEqual(turn["window"]["state"], "late")
        self.assertEqual([choice["label"] for choice in turn["choices"]], ["Voglio parlare con una persona"])
        self.assertDecided(self.say(turn["choices"][0]["value"]), "ticket", "person")

    def test_the_last_and_the_first_days(self):
        for told, state in (("7/3/2021", "open"), ("8/3/2021", "early"), ("10/11/2020", "open"), ("9/11/2020", "late"), ("oggi", "early")):
            self.assertEqual(self.state(LOST, told), state, told)

    def test_ways_to_say_a_day(self):
        for told, first, last in (("3/3/2021", "2021-03-03", "2021-03-03"), ("l'ho fatto il 3 marzo", "2021-03-03", "2021-03-03"),
                                  ("lunedì scorso", "2021-03-08", "2021-03-08"), ("due settimane fa", "2021-02-21", "2021-02-27"),
                                  ("a gennaio", "2021-01-01", "2021-01-31"), ("2021-03-03", "2021-03-03", "2021-03-03")):
            turn = self.talk(LOST, told)
            self.assertEqual((turn["reason"], turn["window"].get("first"), turn["window"].get("last")), ("window", first, last), told)

    def test_a_month_is_a_range(self):
        self.assertIn("tra venerdì 1 gennaio 2021 e domenica 31 gennaio 2021", self.talk(LOST, "a gennaio")["reply"]["markdown"])
        self.assertEqual(self.state(LOST, "a novembre"), "unsure")
        self.assertIn("Dipende dal giorno", self.talk(LOST, "a novembre")["reply"]["markdown"])
        # Longer than the window: nothing is sure.
        turn = self.talk("come mando il modulo turchino", "a marzo")
        self.assertEqual(turn["window"]["state"], "unsure")
        self.assertNotIn("opens", turn["window"])

    def test_the_day_was_in_the_question(self):
        turn = self.say("ieri ho fatto spesa e il mio acquisto non compare")
        self.assertDecided(turn, "answer", None, "acquisto")
        self.assertNotIn("window-asked", turn["reason"])
        self.assertEqual(turn["window"]["state"], "early")
        text = turn["reply"]["markdown"]
        self.assertIn("Prima guarda la lista", text)
        # It may be a day of something else: which one is counted is said, and can be put right.
        self.assertIn("Si conta da questo: **data dell'acquisto**. Se la data è un'altra, scrivimela.", text)
        turn = self.say("il 3 marzo")
        self.assertEqual((turn["reason"], turn["window"]["state"]), ("window", "open"))
        self.assertNotIn("Si conta da questo", turn["reply"]["markdown"])

    def test_the_day_was_told_with_the_matter(self):
        turn = self.say("ho pagato per sbaglio due volte la tassa turchina il 3 marzo")
        self.assertDecided(turn, "answer", "sure", "turchina")
        self.assertEqual((turn["window"]["state"], turn["window"]["first"]), ("open", "2021-03-03"))
        turn = self.say("ho pagato due volte 54,20 euro di tassa turchina il 3 marzo, verificate")
        self.assertDecided(turn, "ticket", "case")

    def test_days_with_full_stops_and_of_a_week_that_is_named(self):
        for said, first in (("03.03.2021", "2021-03-03"), ("martedì della settimana scorsa", "2021-03-02"), ("il 5 del mese scorso", "2021-02-05"),
                            ("il 3 marzo dell'anno scorso", "2020-03-03")):
            with self.subTest(said=said):
                turn = self.talk(LOST, said)
                self.assertDecided(turn, "answer", "window", "acquisto")
                self.assertEqual((turn["window"]["first"], turn["window"]["last"]), (first, first))

    def test_now_is_no_day_where_it_is_asked_what_can_be_done(self):
        turn = self.talk(LOST, "il 3 marzo 2020", "e adesso che posso fare?")
        self.assertNotEqual(turn.get("window", {}).get("state"), "early")

    def test_too_late_in_the_question_says_what_is_left_once(self):
        turn = self.say("il 3 ottobre 2020 ho fatto spesa e il mio acquisto non compare")
        self.assertEqual(turn["window"]["state"], "late")
        text = turn["reply"]["markdown"]
        self.assertEqual(text.count("Puoi ancora scrivere al negozio."), 1)
        self.assertLess(text.index("in «Troppo tardi»"), text.index("Prima guarda la lista"))
        self.assertEqual(turn["choices"], [])

    def test_the_words_fit_whatever_is_to_be_done(self):
        said = [self.talk(LOST, day)["reply"]["markdown"] for day in ("ieri", "il 3 marzo", "il 3 ottobre 2020", "a novembre", "entro quando?")]
        said += [self.talk(RECEIPT, day)["reply"]["markdown"] for day in ("oggi", "ieri", "entro quando?")]
        said += [self.talk("my purchase is missing", day)["reply"]["markdown"] for day in ("yesterday", "March 3rd", "in November")]
        for text in said:
            self.assertNotRegex(text.lower(), r"chied|\bask", text)

    def test_a_day_to_come_is_asked_again_once(self):
        turn = self.talk(LOST, "20 dicembre 2027")
        self.assertDecided(turn, "answer", "window-again", "acquisto")
        turn = self.say("il 21 dicembre 2027")
        self.assertEqual((turn["reason"], turn["window"]["state"]), ("window", "told"))
        self.assertIn("dopo 3 giorni ed entro 120 giorni", turn["reply"]["markdown"])

    def test_never_asked_twice(self):
        self.talk(LOST, "come recupero la password")
        turn = self.say(LOST)
        self.assertDecided(turn, "answer", "known-phrasing", "acquisto")
        self.assertEqual(turn["window"]["state"], "told")

    def test_what_is_no_day_goes_on_as_ever(self):
        self.assertDecided(self.talk(LOST, "non ricevo il codice di conferma"), "answer", "known-phrasing", "codice-non-arriva")
        self.assertDecided(self.talk(LOST, "voglio un operatore"), "ticket", "person")
        self.assertDecided(self.talk(LOST, "grazie"), "none", "thanks")
        self.assertNotEqual(self.talk(LOST, "il 3 marzo volevo pagare la tassa sui rifiuti al comune")["reason"], "window")

    def test_asked_for_the_times(self):
        for words in ("entro quando posso farlo?", "e fino a quando ho tempo?", "è troppo tardi?"):
            turn = self.talk(LOST, words)
            self.assertEqual((turn["reason"], turn["window"]["state"]), ("window", "told"), words)
            self.assertIn("dopo 3 giorni ed entro 120 giorni", turn["reply"]["markdown"])
            self.assertNotIn("Prima guarda", turn["reply"]["markdown"])

    def test_asked_for_the_times_after_the_day_was_told(self):
        self.talk(LOST, "il 3 marzo")
        turn = self.say("e fino a quando ho tempo?")
        self.assertEqual((turn["reason"], turn["window"]["state"], turn["window"]["closes"]), ("window", "open", "2021-07-01"))
        self.talk(LOST, "ieri")
        self.assertIn("da venerdì 12 marzo 2021", self.say("da quando posso?")["reply"]["markdown"])

    def test_the_times_of_something_else(self):
        self.assertNotEqual(self.talk(LOST, "entro quando si paga la tassa sui rifiuti al comune?")["reason"], "window")
        self.assertNotEqual(self.talk(LOST, "ma entro quando arriva la quietanza zanzibarina?")["reason"], "window")
        self.assertNotIn("window", self.talk("come recupero la password", "entro quando posso farlo?"))

    def test_a_correction(self):
        self.talk(LOST, "il 3 marzo")
        turn = self.say("ah no, era ieri")
        self.assertEqual((turn["reason"], turn["window"]["state"]), ("window", "early"))

    def test_a_day_of_the_month_alone(self):
        for told, day in (("il 3", "2021-03-03"), ("3", "2021-03-03"), ("credo il giorno 28", "2021-02-28"), ("il 10", "2021-03-10"), ("era lunedì 1", "2021-03-01")):
            turn = self.talk(LOST, told)
            self.assertEqual((turn["reason"], turn["window"].get("first"), turn["window"].get("last")), ("window", day, day), told)
        self.assertIn("Se conto da mercoledì 3 marzo 2021", self.talk(LOST, "il 3")["reply"]["markdown"])
        # Where no day was asked for, a number is none.
        self.assertNotEqual(self.talk("come recupero la password", "il 3")["reason"], "window")

    def test_one_of_two_days(self):
        for told, first, last in (("forse il 2 o il 3", "2021-03-02", "2021-03-03"), ("il 2 marzo o il 3", "2021-03-02", "2021-03-03"),
                                  ("tra il 20 e il 25 gennaio", "2021-01-20", "2021-01-25"), ("il 1/3/2021 oppure il 2/3/2021", "2021-03-01", "2021-03-02")):
            turn = self.talk(LOST, told)
            self.assertEqual((turn["reason"], turn["window"].get("first"), turn["window"].get("last")), ("window", first, last), told)
        turn = self.talk(LOST, "il 6 o il 9")
        self.assertEqual(turn["window"]["state"], "unsure")
        self.assertIn("Dipende dal giorno", turn["reply"]["markdown"])

    def test_a_day_that_is_in_no_calendar_is_asked_again_once(self):
        for told in ("31/02/2021", "il 31 febbraio", "il 30/2", "32 gennaio", "2021-02-30"):
            turn = self.talk(LOST, told)
            self.assertDecided(turn, "answer", "window-again", "acquisto")
            self.assertIn("non esiste nel calendario", turn["reply"]["markdown"])
            self.assertNotIn("deve ancora arrivare", turn["reply"]["markdown"])
            self.assertEqual(self.say("il 3")["window"].get("first"), "2021-03-03", told)
        self.talk(LOST, "31/02/2021")
        turn = self.say("31/02/2021")
        self.assertEqual((turn["reason"], turn["window"]["state"]), ("window", "told"))

    def test_who_does_not_know_the_day_is_told_the_times(self):
        for words in ("boh", "non mi ricordo", "non lo so"):
            turn = self.talk(LOST, words)
            self.assertEqual((turn["reason"], turn["window"]["state"]), ("window", "told"), words)
            self.assertIn("dopo 3 giorni ed entro 120 giorni", turn["reply"]["markdown"])

    def test_corrections(self):
        for words, day in (("scusa, era il 2", "2021-03-02"), ("scusa, era il 3 novembre", "2020-11-03"), ("no anzi il 28", "2021-02-28"), ("mi sono sbagliato, era il 2", "2021-03-02")):
            for between in ((), ("grazie",)):
                turn = self.talk(LOST, "il 3 marzo", *between, words)
                self.assertEqual((turn["reason"], turn["window"].get("first")), ("window", day), words)
        self.talk("ieri ho fatto spesa e il mio acquisto non compare")
        self.assertEqual(self.say("scusa, era il 2")["window"].get("first"), "2021-03-02")

    def test_without_an_end(self):
        self.assertEqual(self.talk(RECEIPT, "oggi")["window"]["state"], "early")
        turn = self.talk(RECEIPT, "ieri")
        self.assertEqual(turn["window"]["state"], "open")
        self.assertNotIn("closes", turn["window"])

    def test_in_english(self):
        turn = self.talk("my purchase is missing")
        self.assertIn("date of the purchase", turn["reply"]["markdown"])
        turn = self.say("March 3rd")
        self.assertEqual((turn["lang"], turn["window"]["state"]), ("en", "open"))
        self.assertIn("you have until Thursday 1 July 2021", turn["reply"]["markdown"])
        self.assertEqual(self.say("until when can I do that?")["window"]["closes"], "2021-07-01")

    def test_days_in_english_and_german(self):
        question = "my purchase is missing"
        for words, first, last in (("the 3rd", "2021-03-03", "2021-03-03"), ("the 2nd or the 3rd", "2021-03-02", "2021-03-03"), ("on the 28th", "2021-02-28", "2021-02-28")):
            turn = self.talk(question, words)
            self.assertEqual((turn["lang"], turn["reason"], turn["window"].get("first"), turn["window"].get("last")), ("en", "window", first, last), words)
        self.assertEqual(self.say("sorry, it was the 2nd")["window"].get("first"), "2021-03-02")
        self.assertIn("does not exist in the calendar", self.talk(question, "31/02/2021")["reply"]["markdown"])
        self.assertEqual(self.talk(question, "i don't remember")["window"]["state"], "told")

    def test_an_e_mail_is_not_asked(self):
        turn = self.say(LOST, channel="email")
        self.assertDecided(turn, "answer", "known-phrasing", "acquisto")
        self.assertIn("dopo 3 giorni ed entro 120 giorni", turn["reply"]["markdown"])

    def test_plain_page(self):
        def post(**fields):
            return self.client.post("/chat", urllib.parse.urlencode({"lang": "it", **fields}), Content_Type="application/x-www-form-urlencoded")
        first = post(message=LOST)
        page = self.client.get(first["Location"].split("#")[0]).text
        self.assertRegex(page, r'<input type="date" name="message" max="2021-03-10" required>')
        self.assertIn("quando è stato?", html.unescape(page))
        conversation = re.search(r"/chat/(\w{26})", first["Location"]).group(1)
        page = html.unescape(self.client.get(post(message="2021-03-03", conversation=conversation)["Location"].split("#")[0]).text)
        self.assertIn("hai tempo fino a giovedì 1 luglio 2021", page)
        self.assertNotIn('type="date"', page)


class Restart(unittest.TestCase):
    def test_what_was_asked_outlives_a_kill(self):
        service = Service("--as-of", DAY, *AT_ONCE)
        put_articles(service)
        with running(service=service):
            client = service.client()
            conversation = client.post("/v1/chat", {"message": LOST}).json["conversation"]
            client.close()
            service.stop(signal.SIGKILL)
            client = service.start().client()
            self.addCleanup(client.close)
            turn = client.post("/v1/chat", {"message": "il 3 marzo", "conversation": conversation}).json
            self.assertEqual((turn["reason"], turn["window"]["state"]), ("window", "open"))


class Real(Talk):
    """On kb/, on a day when the Cashback ran."""
    options = ("--as-of", DAY, *AT_ONCE)
    on_kb = True

    def test_cashback(self):
        turn = self.talk("la transazione del cashback non si vede")
        self.assertDecided(turn, "answer", "window-asked", "cashback-transazione-2021")
        self.assertIn("da venerdì 12 marzo 2021", self.say("ieri")["reply"]["markdown"])

    def test_a_fine_is_cheaper_for_five_days(self):
        fine = "multa-importo-ridotto"
        turn = self.talk("multa pagata entro 5 giorni")
        self.assertDecided(turn, "answer", "window-asked", fine)
        self.assertIn("giorno in cui hai ricevuto il verbale", turn["reply"]["markdown"])
        for told, state in (("lunedì", "open"), ("5/3/2021", "open"), ("4/3/2021", "late"), ("mi è arrivata il 5 marzo", "open")):
            turn = self.talk("multa pagata entro 5 giorni", told)
            self.assertDecided(turn, "answer", "window", fine)
            self.assertEqual(turn["window"]["state"], state, told)
        self.assertIn("hai tempo fino a sabato 13 marzo 2021", self.talk("multa pagata entro 5 giorni", "lunedì")["reply"]["markdown"])
        late = self.talk("multa pagata entro 5 giorni", "il 20 febbraio")["reply"]["markdown"]
        self.assertIn("Paga l'importo intero.", late)
        self.assertNotIn("30% in meno", late)

    def test_a_fine_whose_day_was_told_with_the_question(self):
        turn = self.say("Il postino mi ha dato la raccomandata lunedì: fino a quando vale la cifra più bassa?")
        self.assertDecided(turn, "answer", None, "multa-importo-ridotto")
        self.assertEqual((turn["window"]["state"], turn["window"]["closes"]), ("open", "2021-03-13"))
        self.assertIn("Si conta da questo: **giorno in cui hai ricevuto il verbale**", turn["reply"]["markdown"])


if __name__ == "__main__":
    unittest.main()
