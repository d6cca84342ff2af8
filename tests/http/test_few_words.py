"""Messages that say little: what they lack is asked; they are not taken for abuse or small talk, nor for the nearest article."""
import unittest
import urllib.parse

from service import Service, article, until
from talk import AT_ONCE, Talk

VECTORS_WITHIN_S = 60


def with_vectors():
    """However slow the program is made: what is told here is told by meaning, never by words alone for want of time."""
    service = Service(*AT_ONCE, "--encoder-deadline", "10000")
    words_only = service.arguments

    def arguments(listen):
        words = [str(word) for word in words_only(listen)]
        words[words.index("--encoder") + 1] = "e5"
        return words
    service.arguments = arguments
    return service


def start_with_vectors(cls):
    """The service of a class of tests and its client, when all vectors are made."""
    try:
        cls.service.start()
    except AssertionError as why:
        raise unittest.SkipTest(f"this build has no e5: {why}")
    cls.client = cls.service.client()
    cls.addClassCleanup(cls.client.close)
    took = until(lambda: not cls.client.get("/readyz").json["words_only"], VECTORS_WITHIN_S, 0.1)
    assert took is not None, "no vectors"


class ByMeaning(unittest.TestCase):
    """What a message as a whole looks like is told by its sentence vector."""

    @classmethod
    def setUpClass(cls):
        cls.service = with_vectors()
        cls.addClassCleanup(cls.service.remove)
        for id, title in (("patente-aggiungere", "Aggiungere la patente all'app"), ("patente-dati", "Sulla patente nell'app c'è un dato sbagliato"),
                          ("patente-scaduta", "Nell'app vedo la patente scaduta"), ("tombini-insetti", "Dai tombini escono insetti"),
                          ("contratto-decesso", "Cambiare intestatario del contratto dopo un decesso")):
            cls.service.write(f"it/accesso/{id}.md", article(id, title, "Apri Documenti, poi Patente."))
        cls.service.write("it/accesso/contratto-voltura.md", article("contratto-voltura", "La voltura del contratto", "Chiama il gestore.", keywords="[voltura]", questions='["voltura come si fa"]'))
        cls.service.write("it/accesso/accesso-cos-e.md", article("accesso-cos-e", "Accesso", "Con l'accesso entri nell'app.", category="accesso"))
        cls.service.write("it/accesso/accesso-errore.md", article("accesso-errore", "La pagina non funziona e dà errore", "Aspetta un'ora.", category="accesso"))
        start_with_vectors(cls)

    def talk(self, *messages):
        conversation = None
        for message in messages:
            turn = self.client.post("/v1/chat", {"message": message, "conversation": conversation}).json
            conversation = turn["conversation"]
        return turn["decision"], turn["reason"], turn.get("article", {}).get("id")

    def test_what_does_not_say_what_is_wrong_is_asked_about(self):
        for message in ("non funziona", "non funziona niente", "aiuto non riesco", "non va niente"):
            self.assertEqual(self.talk(message)[:2], ("clarify", "too-vague"), message)

    def test_who_does_not_understand_is_asked_what_it_is_about(self):
        for message, lang in (("i do not understand", "en"), ("hello i need help", "en"), ("non ho capito", "it"), ("ciao ho bisogno di aiuto", "it")):
            turn = self.client.post("/v1/chat", {"message": message}).json
            self.assertEqual((turn["decision"], turn["reason"], turn["lang"]), ("clarify", "too-vague", lang), message)

    def test_that_it_did_not_help_before_anything_was_answered(self):
        """Nothing was: it is asked what it is about, and what is found for such words is not offered."""
        for before in ((), ("ciao",)):
            for message in ("non ho risolto", "non ho risolto il problema", "già provato", "buongiorno, non ho ancora risolto"):
                self.assertEqual(self.talk(*before, message)[:2], ("clarify", "too-vague"), message)

    def test_with_what_is_wrong_it_is_answered(self):
        self.assertEqual(self.talk("non riesco a recuperare la password")[::2], ("answer", "password-dimenticata"))
        self.assertEqual(self.talk("ho un problema con la tessera elettronica")[::2], ("answer", "tessera-elettronica"))

    def test_a_right_answer_is_given_whatever_the_message_looks_like(self):
        """A death sounds like nothing of a public service: where an article is about it, it is."""
        self.assertEqual(self.talk("morte del proprietario")[::2], ("answer", "contratto-decesso"))
        self.assertEqual(self.talk("escono scarafaggi dai tombini")[::2], ("answer", "tombini-insetti"))
        for message, reason in (("siete degli incapaci", "abuse"), ("quanto deve lievitare l'impasto della pizza?", "off-topic"),
                                ("voglio parlare con una persona", "person"), ("qwzrtpl xkvbnm", "gibberish")):
            self.assertEqual(self.talk(message)[1], reason, message)

    def test_who_asks_how_is_no_case_though_a_number_is_named(self):
        for message in ("l'avviso 302000000000000112 come lo pago?", "dove aggiungo 302000000000000112 nell'app?"):
            self.assertEqual(self.talk(message)[:2], ("ticket", "no-answer"), message)  # no article here is about it
        self.assertEqual(self.talk("controllate l'avviso 302000000000000112, risulta ancora da pagare")[:2], ("ticket", "case"))

    def test_a_code_that_nobody_knows_is_something(self):
        for message in ("E43", "ciao E43"):
            self.assertEqual(self.talk(message)[0], "clarify", message)
        self.assertNotEqual(self.talk("che vuol dire E43?")[1], "off-topic")

    def test_unknown_words_of_a_sentence_are_no_gibberish(self):
        self.assertNotEqual(self.talk("l'armadio da smaltire è di sopra")[1], "gibberish")

    def test_a_topic_that_is_tapped_is_read_after_what_was_said(self):
        """Its troubles are offered; what it is by itself is no answer to "it does not work"."""
        first = self.client.post("/v1/chat", {"message": "non funziona"}).json
        self.assertIn("Accesso", [choice["label"] for choice in first["choices"]])
        turn = self.client.post("/v1/chat", {"message": "Accesso", "conversation": first["conversation"]}).json
        self.assertEqual((turn["decision"], turn["reason"]), ("clarify", "choices"))
        offered = [choice["article"] for choice in turn["choices"] if "article" in choice]
        self.assertEqual(offered[0], "accesso-errore", offered)

    def test_a_thing_alone_is_asked_about_where_several_articles_are_of_it(self):
        for message in ("ho un problema con la patente", "problema con la patente", "la patente"):
            self.assertEqual(self.talk(message)[0], "clarify", message)
        self.assertEqual(self.talk("come aggiungo la patente")[::2], ("answer", "patente-aggiungere"))
        self.assertEqual(self.talk("non funziona", "la patente è scaduta")[::2], ("answer", "patente-scaduta"))

    def test_a_word_that_some_article_says_too_is_asked_about(self):
        for message in ("decesso", "il contratto", "insetti"):
            self.assertEqual(self.talk(message)[0], "clarify", message)
        self.assertEqual(self.talk("dopo un decesso cambio intestatario")[::2], ("answer", "contratto-decesso"))

    def test_a_word_that_is_an_article_s_keyword_is_answered(self):
        self.assertEqual(self.talk("volture")[::2], ("answer", "contratto-voltura"))

    def test_what_nobody_sees_in_a_message_changes_nothing(self):
        """Letters of another script that look like ours, zero-width characters, marks of direction."""
        plain = self.client.post("/v1/chat", {"message": "non riesco a recuperare la password"}).json
        for message in ("nоn rіesсo а recuperаre lа pаsswоrd", "non\u200b ries\u200dco a recu\u00adperare la pass\u200bword", "\u202enon riesco\u202c a recuperare la password\u200f",
                        "nоn riеsсо а rесuреrаrе lа раsswоrd"):
            turn = self.client.post("/v1/chat", {"message": message}).json
            self.assertEqual([turn[key] for key in ("decision", "reason", "confidence", "lang")], [plain[key] for key in ("decision", "reason", "confidence", "lang")], message)
            self.assertEqual(turn["article"]["id"], plain["article"]["id"])
        search = [self.client.get("/v1/search?lang=it&q=" + urllib.parse.quote(q)).json["results"] for q in ("password dimenticata", "pаsswоrd dіmentісаta", "pass\u200bword dimenti\u00adcata")]
        self.assertTrue(search[0])
        self.assertEqual(search[0], search[1])
        self.assertEqual(search[0], search[2])

    def test_one_word_of_ours_is_no_small_talk(self):
        self.assertNotEqual(self.talk("il codice")[0], "none")

    def test_what_none_of_a_few_articles_is_about_is_neither_answered_nor_a_choice(self):
        """One of so few is always the nearest."""
        for message in ("posso donare dei libri usati alla biblioteca?", "quando riapre la piscina comunale", "dove si fa la revisione della moto"):
            self.assertIn(self.talk(message)[0], ("ticket", "none"), message)

    def test_a_greeting_and_abuse_are_what_they_were(self):
        self.assertEqual(self.talk("salve, eccomi")[0], "none")
        self.assertEqual(self.talk("siete dei ladri")[:2], ("none", "abuse"))


class OfAnotherTrade(unittest.TestCase):
    """What is off topic for most services is not for one whose editors wrote of it."""

    @classmethod
    def setUpClass(cls):
        cls.service = with_vectors()
        cls.addClassCleanup(cls.service.remove)
        things = ("password", "PIN", "SPID", "carta", "avviso", "ricevuta", "IBAN", "profilo", "e-mail", "codice fiscale", "notifica", "documento", "rimborso", "pagamento", "delega")
        for i, thing in enumerate(things):
            asked = f'["come cambio {thing}", "non trovo {thing}", "{thing} non accettato", "ho perso {thing}", "dove vedo {thing}"]'
            cls.service.write(f"it/accesso/cosa-{i}.md", article(f"cosa-{i}", f"Cambiare {thing} nell'app", "Apri il profilo.", questions=asked))
        cls.service.write("it/accesso/meteo.md", article("meteo", "Le previsioni del tempo", "Guarda la mappa.",
                                                         questions='["che tempo fa domani", "domani piove?", "previsioni meteo per il fine settimana"]'))
        cls.service.write("it/accesso/chi-risponde.md", article("chi-risponde", "Chi risponde qui", "Un programma.", questions='["chi sei", "come ti chiami"]'))
        start_with_vectors(cls)

    def test_a_question_near_to_an_editor_s_phrasings_is_answered(self):
        turn = self.client.post("/v1/chat", {"message": "domani c'è vento?"}).json
        self.assertEqual((turn["decision"], turn.get("article", {}).get("id")), ("answer", "meteo"))

    def test_small_talk_that_is_an_editor_s_phrasing_is_answered(self):
        for message in ("come ti chiami?", "ciao, chi sei?"):
            turn = self.client.post("/v1/chat", {"message": message}).json
            self.assertEqual((turn["decision"], turn.get("article", {}).get("id")), ("answer", "chi-risponde"), message)

    def test_what_no_article_is_about_stays_what_it_is(self):
        for message, reason in (("quanto deve lievitare l'impasto della pizza?", "off-topic"), ("ciao", "greeting"), ("grazie mille", "thanks")):
            self.assertEqual(self.client.post("/v1/chat", {"message": message}).json["reason"], reason, message)


class OfAllLanguages(Talk):
    """Words that every language has ("otp") are known best in the knowledge base's first one."""

    @classmethod
    def prepare(cls):
        cls.service.write("it/accesso/gettone.md", article("gettone", "Il gettone di accesso", "Aspetta.", category="accesso", questions='["token", "non va il token"]'))
        cls.service.write("en/accesso/gettone.md", article("gettone", "The number that changes", "Wait for the token.", category="accesso"))
        for i in range(3):
            cls.service.write(f"en/accesso/altro-{i}.md", article(f"altro-{i}", f"Token of another kind {i}", "A token.", category="accesso"))

    def test_what_is_sure_in_the_first_is_sure_in_a_translation(self):
        self.assertDecided(self.talk("token"), "answer", "known-phrasing", "gettone")
        turn = self.talk("token", lang="en")
        self.assertDecided(turn, "answer", None, "gettone")
        self.assertEqual((turn["lang"], turn["article"]["lang"]), ("en", "en"))
        turn = self.client.request("POST", "/v1/chat", {"message": "Token?"}, {"Accept-Language": "en"}).json
        self.assertEqual((turn["lang"], turn["article"]["id"], turn["article"]["lang"]), ("en", "gettone", "en"))
        self.assertLess(turn["confidence"], 1)

    def test_what_says_its_language_is_looked_for_in_that(self):
        self.assertEqual(self.talk("kind of token", lang="en")["decision"], "clarify")


class Number(Talk):
    """A telephone number that an article tells; else who asks for one wants a person."""

    @classmethod
    def prepare(cls):
        cls.service.write("it/accesso/gestore.md", article(
            "gestore", "Il numero di telefono del gestore", "Chiama lo 06 0000.", category="accesso", questions='["come chiamo il gestore"]'))

    def test_of_what_is_talked_of(self):
        self.assertDecided(self.talk("come chiamo il gestore", "avete il numero di telefono del gestore?"), "answer", None, "gestore")

    def test_of_nobody(self):
        self.assertDecided(self.talk("avete un numero di telefono?"), "ticket", "person")
        self.assertDecided(self.talk("come chiamo il gestore", "avete un numero per parlare con una persona?"), "ticket", "person")
