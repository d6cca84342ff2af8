"""Procedures one step at a time: POST /v1/chat, the plain page, GET /v1/walks/{code}, and what a ticket tells of them."""
import html
import re
import signal
import unittest
import urllib.parse

from service import Service, ServiceTest, article, running, until

CHOICES = """Quasi sempre e' un permesso.

## Passo 1: guarda i permessi

Apri le impostazioni. Leggi anche [la fine](#passo-4-fatto).

- [Erano spente e le ho accese](#passo-4-fatto)
- [Erano già accese](#passo-2-riavvia)

## Passo 2: riavvia

Riavvia il telefono.

- [Sì, ora arrivano](#passo-4-fatto)
- [No, niente](#passo-3-reinstalla)

## Passo 3: reinstalla

Togli l'app e mettila di nuovo.

- [Ora arrivano](#passo-4-fatto)
- [Non arrivano ancora](#passo-5-scrivici)

## Passo 4: fatto

Bene.

## Passo 5: scrivici

Apri una richiesta da qui.

> [!agent-l1]
> Scala solo se il registro lo dice.
"""
LINE = """## Prima: prendi la scheda

La trovi nel cassetto.

## Poi: girala

Il numero sta dietro.

## Infine: leggi il numero

Sono nove cifre.
"""
THREE = """## Guarda il conto

- [Ho una ricevuta](#salvala)
- [Ho solo un addebito](#aspetta)
- [Non c'è niente](#riprova)

## Salvala

Bene.

## Aspetta

Un'ora.

## Riprova

Adesso.
"""
PAID = "il versamento della quota non va a buon fine"
NOTICES = "non mi arrivano le notifiche"
CARD = "dove sta il numero della scheda"
FIRST, SECOND = "passo-1-guarda-i-permessi", "passo-2-riavvia"


def procedure(id, title, body, question, **more):
    text = article(id, title, body, questions=f'["{question}"]', **more)
    return text.replace("type: qa", "type: procedure")


def put_articles(service):
    service.write("it/accesso/notifiche.md", procedure("notifiche", "Non arrivano le notifiche", CHOICES, NOTICES))
    service.write("it/accesso/numero-scheda.md", procedure("numero-scheda", "Il numero della scheda", LINE, CARD))
    service.write("it/accesso/quota.md", procedure("quota", "Il versamento della quota", THREE, PAID))
    service.write("it/accesso/un-passo.md", procedure("un-passo", "Un passo solo", "## Un passo\n\nSolo questo.", "quanti passi servono qui"))
    service.write("it/interno/operatore.md", procedure("operatore", "Registro zanzibarino passo passo", "## Uno\n\nApri.\n\n## Due\n\nChiudi.",
                                                       "passi del registro zanzibarino", category="interno", audience="agent-l1"))


class Walks(ServiceTest):
    @classmethod
    def prepare(cls):
        put_articles(cls.service)
        cls.agent_token = cls.service.token()
        cls.editor_token = cls.service.token(role="editor", subject="edi")

    def setUp(self):
        super().setUp()
        self.conversation = None

    def say(self, message, client=None, **more):
        body = {"message": message, **more}
        if self.conversation:
            body.setdefault("conversation", self.conversation)
        reply = (client or self.client).post("/v1/chat", body)
        self.assertEqual(reply.status, 200, reply.text)
        self.conversation = reply.json["conversation"]
        return reply.json

    def walk(self, *messages, **more):
        for message in messages:
            turn = self.say(message, **more)
        return turn

    def labels(self, turn, kind=None):
        return [choice["label"] for choice in turn["choices"] if kind is None or choice.get("kind") == kind]

    def assertAt(self, turn, number, reason=None):
        self.assertEqual((turn["decision"], turn.get("step", {}).get("number")), ("answer", number), turn)
        if reason:
            self.assertEqual(turn["reason"], reason)

    # ---- the way ----

    def test_first_step(self):
        turn = self.say(NOTICES)
        self.assertEqual((turn["decision"], turn["reason"], turn["article"]["id"]), ("answer", "known-phrasing", "notifiche"))
        step = turn["step"]
        self.assertEqual((step["number"], step["of"], step["anchor"], step["title"], step["last"]),
                         (1, 5, FIRST, "Passo 1: guarda i permessi", False))
        self.assertRegex(step["code"], "^[ACDEFGHJKMNPQRTUVWXY234679]{6}$")
        markdown, page, speech = (turn["reply"][name] for name in ("markdown", "html", "speech"))
        for text in (markdown, page, speech):
            self.assertIn("Quasi sempre", text)
            self.assertIn("Apri le impostazioni", text)
            self.assertNotIn("Riavvia", text)
            self.assertNotIn("Erano spente", text)
        self.assertIn(f'<h2 id="{FIRST}">', page)
        self.assertIn('href="/a/notifiche?lang=it#passo-4-fatto"', page, "other steps are on the article's page")
        self.assertEqual(turn["choices"][0], {"label": "Erano spente e le ho accese", "value": "Erano spente e le ho accese", "kind": "step"})
        self.assertEqual([choice.get("kind") for choice in turn["choices"]], ["step", "step", "person"])

    def test_choices_lead_to_the_end(self):
        self.say(NOTICES)
        self.assertAt(self.say("Erano già accese"), 2, "step")
        self.assertAt(self.say("No, niente"), 3)
        turn = self.say("Ora arrivano")
        self.assertAt(turn, 4)
        self.assertIs(turn["step"]["last"], True, "what stands after it is a branch of its own")
        self.assertEqual(self.labels(turn, "next"), [])
        self.assertEqual(self.client.post(f"/v1/chat/{self.conversation}/feedback", {"solved": True}).status, 200)

    def test_free_words(self):
        for words, number in (("erano gia acese", 2), ("erano spente", 4), ("la seconda", 2), ("2", 2), ("l'ultima", 2), ("la prima", 4),
                              ("mah, mi sa che erano già accese", 2)):
            with self.subTest(words):
                self.conversation = None
                self.say(NOTICES)
                self.assertAt(self.say(words), number)

    def test_yes_and_no(self):
        for words, number in (("sì", 4), ("si", 4), ("no", 3), ("non funziona", 3), ("purtroppo no", 3)):
            with self.subTest(words):
                self.conversation = None
                self.assertAt(self.walk(NOTICES, "erano già accese", words), number)

    def test_of_three_choices_not_working_is_none(self):
        """"non funziona" is not "non c'è niente": who has a charge would be sent to pay again."""
        self.assertAt(self.walk(PAID, "non funziona"), 1, "step-unclear")
        self.assertNotEqual(self.say("non funziona")["reason"], "step-unclear", "once")
        self.conversation = None
        self.assertAt(self.walk(PAID, "non ha funzionato"), 1, "step-unclear")
        self.assertEqual(self.say("non ha funzionato")["reason"], "not-solved")
        self.conversation = None
        self.assertAt(self.walk(PAID, "non c'è niente"), 4)

    def test_nothing_is_a_no_on_the_way(self):
        for start, words, number, reason in ((PAID, "niente", 4, "step"), (PAID, "nulla", 4, "step"), (NOTICES, "niente", 1, "step-unclear")):
            with self.subTest(start + " " + words):
                self.conversation = None
                self.assertAt(self.walk(start, words), number, reason)
        self.conversation = None
        self.assertAt(self.walk(NOTICES, "2", "niente"), 3)

    def test_who_does_not_know_is_asked_once_more(self):
        for words in ("boh", "mah", "non so", "forse"):
            with self.subTest(words):
                self.conversation = None
                self.assertAt(self.walk(PAID, words), 1, "step-unclear")
                self.assertNotEqual(self.say(words)["reason"], "step-unclear", "once")
        self.assertEqual(self.say("grazie")["reason"], "thanks")

    def test_done_after_another_question_is_of_the_step_that_was_left(self):
        for question in ("ho dimenticato la password", "dove trovo la ricevuta del pagamento"):
            self.conversation = None
            self.assertIsNone(self.walk(NOTICES, "2", question).get("step"))
            self.assertAt(self.say("fatto"), 2, "step-again")
        self.conversation = None
        self.assertNotEqual(self.say("fatto")["decision"], "ticket")

    def test_without_choices_one_goes_on(self):
        turn = self.say(CARD)
        self.assertAt(turn, 1)
        self.assertEqual(self.labels(turn), ["Fatto, avanti", "Non funziona", "Voglio parlare con una persona"])
        turn = self.say("Fatto, avanti")
        self.assertAt(turn, 2)
        self.assertEqual(self.labels(turn, "back"), ["Indietro"])
        turn = self.say("ok fatto")
        self.assertAt(turn, 3)
        self.assertEqual((turn["step"]["last"], self.labels(turn, "next")), (True, []))

    def test_back_and_again(self):
        self.walk(NOTICES, "2", "no")
        self.assertAt(self.say("indietro"), 2)
        self.assertAt(self.say("torna indietro"), 1)
        self.assertEqual(self.labels(self.say("indietro"), "back"), [], "before the first there is none")
        self.walk("2", "no")
        self.assertAt(self.say("ricomincia"), 1)

    def test_where_was_i(self):
        self.walk(NOTICES, "2")
        for words in ("dove ero?", "dov'ero rimasto?", "where was I?"):
            turn = self.say(words)
            self.assertAt(turn, 2, "step-again")
            self.assertIn("passo 2 di 5 di «Non arrivano le notifiche»", turn["reply"]["markdown"])

    def test_all_steps(self):
        self.walk(NOTICES, "2")
        turn = self.say("tutti i passi")
        self.assertEqual((turn["decision"], turn["reason"]), ("answer", "step-all"))
        self.assertIn("Togli l'app", turn["reply"]["markdown"])
        self.assertNotIn("step", turn)
        self.assertAt(self.say("No, niente"), 3)

    def test_done_at_the_last_step_ends_it(self):
        for way in ((CARD, "fatto", "fatto"), (NOTICES, "Erano spente e le ho accese")):
            for words in ("fatto", "Fatto, avanti", "sì", "ok fatto", "done"):
                with self.subTest(words, way=way[0]):
                    self.conversation = None
                    self.assertIs(self.walk(*way)["step"]["last"], True)
                    for _ in range(2):
                        turn = self.say(words)
                        self.assertEqual((turn["decision"], turn["reason"], "step" in turn), ("none", "step-end", False))
                    self.assertIn("ultimo passo", turn["reply"]["markdown"])

    def test_a_procedure_that_ended_is_not_begun_again_later(self):
        self.walk(NOTICES, "Erano spente e le ho accese", "ho dimenticato la password")
        turn = self.say("fatto")
        self.assertEqual((turn["decision"], turn["reason"]), ("none", "thanks"))

    def test_an_end_in_between_leaves_the_way_back(self):
        self.walk(NOTICES, "2", CARD, "fatto", "fatto")
        self.assertEqual(self.say("fatto")["reason"], "step-end")
        self.assertAt(self.say("Torna a «Non arrivano le notifiche»"), 2, "step-again")

    def test_one_moment(self):
        self.walk(NOTICES, "2")
        turn = self.say("un attimo, provo")
        self.assertEqual((turn["decision"], turn["reason"]), ("none", "step-wait"))
        self.assertAt(self.say("no"), 3)

    def test_what_is_not_understood(self):
        self.say(NOTICES)
        turn = self.say("qwrtz plgh")
        self.assertAt(turn, 1, "step-unclear")
        self.assertIn("Non ho capito", turn["reply"]["markdown"])
        self.assertNotEqual(self.say("qwrtz plgh")["reason"], "step-unclear", "once")

    def test_another_question_between(self):
        self.walk(NOTICES, "2")
        turn = self.say("ho dimenticato la password")
        self.assertEqual((turn["decision"], turn["article"]["id"]), ("answer", "password-dimenticata"))
        self.assertNotIn("step", turn)
        way = self.labels(turn, "return")
        self.assertEqual(way, ["Torna a «Non arrivano le notifiche»"])
        self.assertAt(self.say(way[0]), 2, "step-again")
        self.assertAt(self.say("no"), 3)

    def test_another_procedure_between(self):
        self.walk(NOTICES, "2")
        turn = self.say(CARD)
        self.assertEqual((turn["article"]["id"], turn["step"]["number"]), ("numero-scheda", 1))
        turn = self.say(self.labels(turn, "return")[0])
        self.assertEqual((turn["article"]["id"], turn["step"]["number"]), ("notifiche", 2))

    def test_asked_again_on_the_way(self):
        self.walk(NOTICES, "2")
        self.assertAt(self.say(NOTICES), 2, "step-again")

    def test_person(self):
        turn = self.say(NOTICES)
        turn = self.say(self.labels(turn, "person")[0])
        self.assertEqual((turn["decision"], turn["reason"]), ("ticket", "person"))
        self.assertEqual(self.labels(turn, "return"), ["Torna a «Non arrivano le notifiche»"])

    # ---- whole ----

    def test_given_whole(self):
        for more in ({"walk": False}, {"channel": "email"}, {"channel": "speech"}):
            self.conversation = None
            turn = self.say(NOTICES, **more)
            self.assertNotIn("step", turn)
            self.assertIn("Riavvia", turn["reply"]["markdown"])
            self.assertEqual(turn["choices"], [])
        self.conversation = None
        self.assertAt(self.say(NOTICES, channel="email", walk=True), 1)

    def test_one_step_is_no_walk(self):
        turn = self.say("quanti passi servono qui")
        self.assertEqual((turn["article"]["id"], "step" in turn, turn["choices"]), ("un-passo", False, []))

    def test_walk_is_a_boolean(self):
        self.assertProblem(self.client.post("/v1/chat", {"message": "ciao", "walk": "no"}), 400, "wrong-type", field="walk")

    # ---- it does not work ----

    def open_ticket(self):
        opened = self.client.post("/v1/tickets", {"conversation": self.conversation, "category": "accesso"})
        self.assertEqual(opened.status, 201, opened.text)
        return self.other(self.agent_token).get(f"/v1/tickets/{opened.json['number']}").json

    def test_ticket_tells_what_was_tried(self):
        turn = self.walk(NOTICES, "2", "no", "non arrivano ancora")
        self.assertAt(turn, 5)
        turn = self.say("non ho risolto")
        self.assertEqual((turn["decision"], turn["reason"]), ("ticket", "not-solved"))
        ticket = self.open_ticket()
        self.assertEqual(ticket["article"], "notifiche")
        self.assertEqual(ticket["note"], "Procedura seguita: «Non arrivano le notifiche» (notifiche). Passi visti: Passo 1: guarda i permessi → "
                         "Passo 2: riavvia → Passo 3: reinstalla → Passo 5: scrivici. Non ha funzionato qui: Passo 5: scrivici.")

    def test_after_all_steps_nothing_else_is_sure(self):
        for number in (1, 2):
            self.service.write(f"it/accesso/scanner-{number}.md", procedure(f"scanner-{number}", f"Lo scanner della stanza {number} fa fogli storti",
                               "## Uno\n\nPulisci.\n\n## Due\n\nRiprova.", f"lo scanner fa uscire fogli storti nella stanza {number}"))
        self.assertIsNotNone(until(lambda: self.client.get("/v1/articles/scanner-2").status == 200, 10))
        for done in ((), ("fatto",)):
            self.conversation = None
            first = self.walk("lo scanner fa uscire fogli storti nella stanza 1", "fatto", *done)
            self.assertEqual(first["decision"], "none" if done else "answer")
            turn = self.say("non ha funzionato")
            self.assertEqual((turn["decision"], turn["reason"]), ("ticket", "not-solved"), done)
            ticket = self.open_ticket()
            self.assertEqual(ticket["article"], "scanner-1")
            self.assertIn("Non ha funzionato qui: Due.", ticket["note"])

    def test_what_only_shares_words_is_no_next_best(self):
        self.service.write("it/accesso/plotter-lento.md", procedure("plotter-lento", "Il plotter stampa lentamente", LINE, "il plotter stampa lentamente i disegni"))
        self.service.write("it/accesso/plotter-carta.md", article("plotter-carta", "Il plotter stampa i disegni a colori", "Nel magazzino.",
                                                                  questions='["il plotter stampa disegni a colori"]'))
        self.assertIsNotNone(until(lambda: self.client.get("/v1/articles/plotter-carta").status == 200, 10))
        turn = self.say("il plotter stampa molto lentamente i disegni")
        self.assertEqual((turn["article"]["id"], turn["step"]["number"]), ("plotter-lento", 1))
        turn = self.say("non funziona")
        self.assertEqual((turn["decision"], turn["reason"]), ("ticket", "not-solved"))

    def test_next_best_once(self):
        for number in (1, 2):
            text = procedure(f"stampante-{number}", f"La stampante della sede {number} lascia righe", "## Uno\n\nPulisci.\n\n## Due\n\nRiprova.",
                             f"la stampante lascia righe nere sul foglio {number}")
            self.service.write(f"it/accesso/stampante-{number}.md", text)
        found = until(lambda: self.client.get("/v1/articles/stampante-2").status == 200, 10)
        self.assertIsNotNone(found)
        first = self.say("la stampante lascia righe nere sul foglio 1")["article"]["id"]
        second = self.say("non funziona")
        self.assertEqual((second["decision"], {first, second["article"]["id"]}), ("answer", {"stampante-1", "stampante-2"}))
        self.assertEqual(self.say("non funziona")["decision"], "ticket")

    def test_ticket_after_a_long_walk_keeps_its_question(self):
        """More steps than are looked back on: what it was about is not lost, in the ticket, its dossier and its form."""
        self.say("dove trovo la ricevuta del pagamento")
        self.say(CARD)
        for _ in range(6):
            self.assertAt(self.walk("fatto", "indietro"), 1)
        form = self.client.get(f"/ticket?conversation={self.conversation}&category=accesso").text
        self.assertIn(CARD, html.unescape(form))
        ticket = self.open_ticket()
        self.assertEqual((ticket["message"], ticket["article"]), (CARD, "numero-scheda"))
        told = self.other(self.agent_token).get(f"/v1/tickets/{ticket['number']}/dossier?lang=it").json["text"]
        self.assertIn("- dove trovo la ricevuta del pagamento\n", told)
        self.assertNotIn("indietro", told)

    def test_ticket_in_the_middle(self):
        self.walk(CARD, "fatto")
        self.assertEqual(self.say("Non funziona")["reason"], "not-solved")
        self.assertIn("Non ha funzionato qui: Poi: girala.", self.open_ticket()["note"])

    def test_person_on_the_way(self):
        self.walk(NOTICES, "2", "voglio parlare con una persona")
        self.assertIn("Si è fermata qui: Passo 2: riavvia.", self.open_ticket()["note"])

    def test_no_walk_no_note(self):
        self.walk("ho dimenticato la password", "voglio parlare con una persona")
        self.assertNotIn("note", self.open_ticket())

    def test_back_from_the_ticket(self):
        self.walk(CARD, "fatto")
        turn = self.say("non funziona")
        self.assertAt(self.say(self.labels(turn, "return")[0]), 2)

    # ---- codes ----

    def code_of(self, *messages):
        return self.walk(*messages)["step"]["code"]

    def test_agent_sees_the_step(self):
        self.say("il mio codice fiscale RSSMRA85T10A562S non va")
        code = self.code_of(NOTICES, "2")
        agent = self.other(self.agent_token)
        seen = agent.get(f"/v1/walks/{code}")
        self.assertEqual((seen.status, seen["Cache-Control"]), (200, "no-store"))
        walk = seen.json
        self.assertEqual((walk["code"], walk["state"], walk["article"]["id"], walk["article"]["changed"]), (code, "going", "notifiche", False))
        self.assertEqual((walk["step"]["number"], walk["step"]["of"], walk["step"]["anchor"], walk["step"]["title"]),
                         (2, 5, SECOND, "Passo 2: riavvia"))
        self.assertIn("Riavvia il telefono", walk["step"]["markdown"])
        self.assertEqual(walk["step"]["choices"], ["Sì, ora arrivano", "No, niente"])
        self.assertEqual([step["number"] for step in walk["visited"]], [1, 2])
        self.assertNotIn("codice fiscale", seen.text)
        self.assertNotIn(self.conversation, seen.text)
        self.say("no")
        self.assertEqual(agent.get(f"/v1/walks/{code[:3]}%20{code[3:].lower()}").json["step"]["number"], 3, "as it is spoken, as it is now")

    def test_agent_reads_the_agents_words(self):
        code = self.code_of(NOTICES, "2", "no", "2")
        self.assertIn("registro", self.other(self.agent_token).get(f"/v1/walks/{code}").json["step"]["markdown"])
        self.assertNotIn("registro", self.say("dove ero")["reply"]["markdown"])

    def test_agents_only(self):
        code = self.code_of(NOTICES)
        self.assertProblem(self.client.get(f"/v1/walks/{code}"), 401, "unauthorized")
        self.assertProblem(self.other(self.editor_token).get(f"/v1/walks/{code}"), 403, "forbidden")

    def test_a_citizen_with_the_agents_article_shows_nothing(self):
        agent = self.other(self.agent_token)
        turn = self.say("passi del registro zanzibarino", client=agent)
        self.assertAt(turn, 1)
        self.conversation = None
        turn = self.say(turn["step"]["code"])
        self.assertEqual((turn["decision"], turn["reason"]), ("none", "no-code"))
        self.assertNotIn("zanzibar", str(turn))

    def test_goes_on_in_another_window(self):
        code = self.code_of(NOTICES, "2")
        first, self.conversation = self.conversation, None
        turn = self.say(f"codice {code[:3].lower()} {code[3:]}")
        self.assertAt(turn, 2, "step-code")
        self.assertNotEqual(self.conversation, first)
        self.assertEqual(turn["step"]["code"], code)
        self.assertAt(self.say("indietro"), 1)
        self.assertEqual(self.other(self.agent_token).get(f"/v1/walks/{code}").json["step"]["number"], 1)

    def test_no_such_code(self):
        turn = self.say("A2C 4EF")
        self.assertEqual((turn["decision"], turn["reason"]), ("none", "no-code"))
        agent = self.other(self.agent_token)
        for code in ("A2C4EF", "AAAAAA", "12", "%00", "K7M2QXK7M2QX"):
            self.assertIn(agent.get(f"/v1/walks/{code}").status, (400, 404), code)

    def test_words_are_no_codes(self):
        turn = self.say("grazie")
        self.assertEqual(turn["reason"], "thanks")

    # ---- the page without scripts ----

    def test_plain_page(self):
        def post(**form):
            reply = self.client.request("POST", "/chat", urllib.parse.urlencode({"lang": "it", "wanted": "it", **form}),
                                        {"Content-Type": "application/x-www-form-urlencoded"})
            self.assertEqual(reply.status, 303)
            return html.unescape(self.client.get(reply["Location"].split("#")[0]).text)

        page = post(message=NOTICES)
        self.conversation = re.search(r'data-conversation="(\w+)"', page).group(1)
        self.assertIn("Passo 1 di 5", page)
        self.assertRegex(page, "Se ci chiami, di' questo codice: [A-Z2-9]{3} [A-Z2-9]{3}")
        self.assertNotIn("Hai risolto?", page)
        page = post(message="Erano già accese", conversation=self.conversation)
        self.assertIn("Passo 2 di 5", page)
        self.assertRegex(page, r'(?s)sp-ways.*value="Indietro"')
        page = post(message="Sì, ora arrivano", conversation=self.conversation)
        self.assertIn("Passo 4 di 5", page)
        self.assertIn("Hai risolto?", page)
        page = post(message="ho dimenticato la password", conversation=self.conversation)
        self.assertIn("password", page)

    def test_learning_takes_the_question_not_the_choice(self):
        self.walk("non mi arrivano le notifiche, uffa", "2", "Sì, ora arrivano")
        self.client.post(f"/v1/chat/{self.conversation}/feedback", {"solved": True})
        done = self.service.command("learn", "--kb", self.service.kb, "--data", self.service.data, "--min", "1")
        self.assertNotIn("ora arrivano", done.stdout)


class Guesses(ServiceTest):
    """Of its own: it uses up what may be guessed."""

    @classmethod
    def prepare(cls):
        put_articles(cls.service)
        cls.agent_token = cls.service.token()

    def test_guessing_is_slow(self):
        agent = self.other(self.agent_token)
        statuses = [agent.get(f"/v1/walks/A2C4{a}{b}").status for a in "ACDEFG" for b in "HJKMNPQ"]
        self.assertEqual(set(statuses), {404, 429})
        self.assertLess(statuses.index(429), 40)
        reply = agent.get("/v1/walks/A2C4EF")
        self.assertProblem(reply, 429, "too-many-requests")
        self.assertEqual(reply["Retry-After"], "60")


class Lasting(unittest.TestCase):
    def say(self, service, message, conversation=None, **more):
        client = service.client()
        body = {"message": message, **more, **({"conversation": conversation} if conversation else {})}
        reply = client.post("/v1/chat", body).json
        client.close()
        return reply

    def test_after_kill(self):
        service = Service()
        put_articles(service)
        with running(service=service):
            first = self.say(service, NOTICES)
            second = self.say(service, "2", first["conversation"])
            self.assertEqual(second["step"]["number"], 2)
            service.stop(signal.SIGKILL)
            service.start()
            again = self.say(service, "dove ero?", first["conversation"])
            self.assertEqual((again["step"]["number"], again["step"]["code"]), (2, second["step"]["code"]))
            self.assertEqual(self.say(service, "no", first["conversation"])["step"]["number"], 3)

    def change(self, service, body, title):
        version = self.say(service, NOTICES)["article"]["version"]
        service.write("it/accesso/notifiche.md", procedure("notifiche", title, body, NOTICES))
        self.assertIsNotNone(until(lambda: self.say(service, NOTICES)["article"]["version"] != version, 10))

    def test_changed_article(self):
        service = Service()
        put_articles(service)
        with running(service=service):
            here, gone = ([self.say(service, NOTICES)["conversation"] for _ in range(2)] for _ in range(2))
            for conversation in here + gone:
                self.say(service, "2", conversation)
            for conversation in gone:
                self.say(service, "No, niente", conversation)
            self.change(service, CHOICES.replace("## Passo 1:", "## Prima\n\nRespira.\n\n## Passo 1:")
                        .replace("Passo 3: reinstalla", "Passo 3: aggiorna").replace("passo-3-reinstalla", "passo-3-aggiorna"), "Non arrivano")
            turn = self.say(service, "No, niente", here[0])
            self.assertEqual((turn["reason"], turn["step"]["title"]), ("step", "Passo 3: aggiorna"), "the same heading goes on")
            turn = self.say(service, "dove ero", here[1])
            self.assertEqual((turn["step"]["anchor"], turn["step"]["number"], turn["step"]["of"]), (SECOND, 3, 6))
            for conversation, words in zip(gone, ("Non arrivano ancora", "dove ero")):
                turn = self.say(service, words, conversation)
                self.assertEqual((turn["reason"], turn["step"]["number"]), ("step-changed", 1), turn)
                self.assertIn("aggiornata", turn["reply"]["markdown"])

    def test_a_walk_goes_on_in_its_language_without_a_false_excuse(self):
        service = Service()
        put_articles(service)
        service.write("en/accesso/notifiche.md", procedure("notifiche", "Notifications do not arrive", LINE, "I get no notifications"))
        with running(service=service):
            conversation = self.say(service, NOTICES)["conversation"]
            self.say(service, "2", conversation)
            turn = self.say(service, "where was I?", conversation, lang="en")
            self.assertEqual((turn["reason"], turn["lang"], turn["step"]["anchor"]), ("step-again", "en", SECOND))
            self.assertTrue(turn["reply"]["markdown"].startswith("You were at step 2 of 5"), turn["reply"]["markdown"])
            conversation = self.say(service, CARD)["conversation"]
            turn = self.say(service, "where was I?", conversation, lang="en")
            self.assertIn("only in Italian", turn["reply"]["markdown"], "of what is in no other language it is said")

    def test_what_is_said_to_a_procedure_that_was_taken_away(self):
        service = Service("--threads", "1")  # another would have what was published before for a moment
        put_articles(service)
        with running(service=service):
            conversations = [self.say(service, NOTICES)["conversation"] for _ in range(5)]
            (service.kb / "it/accesso/notifiche.md").unlink()
            self.assertIsNotNone(until(lambda: self.say(service, NOTICES).get("article", {}).get("id") != "notifiche", 10))
            for conversation, words in zip(conversations, ("sì", "indietro", "dove ero rimasto?", "Erano già accese")):
                turn = self.say(service, words, conversation)
                self.assertEqual((turn["decision"], turn["reason"]), ("none", "step-gone"), (words, turn["reply"]))
                self.assertNotIn("article", turn)
                self.assertEqual(self.say(service, PAID, conversation)["decision"], "answer")
            self.assertEqual(self.say(service, CARD, conversations[4])["article"]["id"], "numero-scheda")

    def test_retired_article(self):
        service = Service()
        put_articles(service)
        with running(service=service):
            conversation = self.say(service, NOTICES)["conversation"]
            (service.kb / "it/accesso/notifiche.md").unlink()
            gone = until(lambda: self.say(service, NOTICES).get("article", {}).get("id") != "notifiche", 10)
            self.assertIsNotNone(gone)
            turns = []

            def is_over():
                turns.append(self.say(service, "dove ero", conversation))
                return "step" not in turns[-1]

            # For a moment another worker has what was published before.
            self.assertIsNotNone(until(is_over, 10))
            self.assertNotIn("notifiche", str(turns[-1].get("article")))


if __name__ == "__main__":
    unittest.main()
