"""Training: modules and quizzes by their calls and pages, what a changed article opens again, and what nobody may see before they answered."""
import csv
import io
import re
import sqlite3
import unittest

from service import ServiceTest, article, running, Service, until
from test_session import Browser

SECRET = ("Verdemare", "Rossofuoco")  # words of explanations: seen by who answered, and by nobody else
QUIZ = f"""
## Quiz

### Chi manda il codice?

- [ ] Lo sportello
- [x] Il gestore
- [ ] Il Comune

Lo manda il gestore. {SECRET[0]}. Leggi: [il codice](uno#dettagli).

### Che cosa si controlla?

Scegli con calma.

- [x] Il campo
- [ ] La batteria
- [x] La posta

Campo e posta. Leggi: [il codice](uno).

### Chi cambia la password?

- [x] Il gestore della password
- [ ] Noi

Solo lui. {SECRET[1]}. Leggi: [la password](due).

### Che cosa sa il secondo livello?

- [x] La parola Zaffiro
- [ ] Nulla

Leggi: [il secondo livello](profondo).
"""
RIGHT = {"Chi manda il codice?": ["Il gestore"], "Che cosa si controlla?": ["Il campo", "La posta"],
         "Chi cambia la password?": ["Il gestore della password"], "Che cosa sa il secondo livello?": ["La parola Zaffiro"]}


def module(id, articles, body, audience="agent-l1, agent-l2", quiz=QUIZ, **more):
    return article(id, f"Modulo {id}", body + "\n" + quiz, "interno", audience, articles=f"[{', '.join(articles)}]", **more).replace(
        "type: qa", "type: training")


ONE = "Il codice lo manda il gestore.\n\n## Dettagli\n\nGuarda il campo.\n\nGuarda anche la posta.\n"


def fill(service):
    config = (service.kb / "kb.yaml").read_text(encoding="utf-8")
    service.write("kb.yaml", config.replace("    reads: [citizen]\n", "    reads: [citizen]\n  agent-l2:\n    name: {it: Secondo livello}\n"
                                            "    reads: [citizen, agent-l1]\n", 1))
    service.write("it/accesso/uno.md", article("uno", "Il codice", ONE))
    service.write("it/accesso/due.md", article("due", "La password", "La cambia il gestore.\n"))
    service.write("it/accesso/tre.md", article("tre", "Solo da leggere", "Da leggere e basta.\n"))
    service.write("it/interno/profondo.md", article("profondo", "Il secondo livello Smeraldo", "Zaffiro.\n", "interno", "agent-l2"))
    service.write("it/interno/modulo.md", module("modulo", ["uno", "due", "profondo", "tre"], "Un'ora."))
    service.write("it/interno/alto.md", module("alto", ["profondo"], "Per il secondo livello: Topazio.", "agent-l2",
                                               QUIZ[:10] + QUIZ[QUIZ.index("### Che cosa sa"):]))


class TrainingTest(ServiceTest):
    @classmethod
    def prepare(cls):
        fill(cls.service)
        cls.made = 0

    def agent(self, audience="agent-l1", role="agent", subject=None):
        """Somebody new, who passed nothing yet."""
        type(self).made += 1
        self.subject = subject or f"persona{type(self).made}"
        client = self.other(self.service.token(audience, role, self.subject))
        client.subject = self.subject
        return client

    def read(self, client, id="modulo"):
        reply = client.get(f"/v1/training/{id}")
        self.assertEqual(reply.status, 200, reply.text)
        return reply.json

    def part(self, client, about):
        return next(a for a in self.read(client)["articles"] if a["id"] == about)

    def answers(self, part, right=True):
        """Ids of what is chosen: everything right, or nothing of it."""
        return {q["id"]: [c["id"] for c in q["choices"] if (c["text"] in RIGHT[q["title"]]) == right] for q in part["questions"]}

    def answer(self, client, about, right=True, **more):
        part = self.part(client, about)
        body = {"article": about, "version": part["version"], "answers": self.answers(part, right), **more}
        return client.post("/v1/training/modulo/answers", body)

    def passed(self, client, about):
        reply = self.answer(client, about)
        self.assertEqual((reply.status, reply.json["passed"]), (200, True), reply.text)
        return reply.json

    def states(self, client):
        return {a["id"]: a["state"] for a in self.read(client)["articles"]}

    def change(self, id, title, text, **more):
        self.service.write(f"it/accesso/{id}.md", article(id, title, text, **more))
        wanted = self.other(self.service.token("agent-l1", "agent", "guardia"))
        self.assertIsNotNone(until(lambda: self.live(wanted, id, text, more), 5), "the change never came")

    def becomes(self, client, states):
        """What one thread shows already, another may show a moment later."""
        until(lambda: self.states(client) == states, 5)
        self.assertEqual(self.states(client), states)

    def live(self, client, id, text, more):
        reply = client.get(f"/v1/articles/{id}").json
        words = " ".join(text.split())
        return " ".join(reply.get("markdown", "").split()) == words and all(str(v).strip("[]") in str(reply) for v in more.values() if v)


class Modules(TrainingTest):
    def test_list(self):
        found = self.agent().get("/v1/training").json
        self.assertEqual([(m["id"], m["state"], m["percent"], m["quizzes"], m["passed"], m["reopened"], m["changed"]) for m in found["modules"]],
                         [("modulo", "new", 0, 2, 0, 0, [])])
        self.assertEqual(found["open"], 2)

    def test_second_level_has_more(self):
        client = self.agent("agent-l2")
        self.assertEqual([(m["id"], m["quizzes"]) for m in client.get("/v1/training").json["modules"]], [("alto", 1), ("modulo", 3)])

    def test_one(self):
        found = self.read(self.agent())
        self.assertEqual([(a["id"], a["state"], len(a["questions"])) for a in found["articles"]],
                         [("uno", "new", 2), ("due", "new", 1), ("tre", "reading", 0)])
        self.assertIn("Un'ora.", found["html"].replace("’", "'"))
        several = {q["title"]: q["several"] for q in found["articles"][0]["questions"]}
        self.assertEqual(several, {"Chi manda il codice?": False, "Che cosa si controlla?": True})
        self.assertEqual([q.get("html") for q in found["articles"][0]["questions"] if "controlla" in q["title"]], ["<p>Scegli con calma.</p>\n"])

    def test_order_is_the_subject_s_and_stays(self):
        client = self.agent()
        first = self.read(client)
        self.assertEqual(first, self.read(client))
        orders = {str([[c["text"] for c in q["choices"]] for q in self.read(self.agent())["articles"][0]["questions"]]) for _ in range(12)}
        self.assertGreater(len(orders), 1)

    def test_not_there(self):
        client = self.agent()
        for path in ("/v1/training/manca", "/v1/training/uno", "/v1/training/alto"):
            self.assertProblem(client.get(path), 404, "not-found")

    def test_who_may(self):
        for path in ("/v1/training", "/v1/training/modulo"):
            self.assertProblem(self.client.get(path), 401, "unauthorized")
            for audience, role in (("citizen", "reader"), ("agent-l1", "reader"), ("agent-l1", "editor"), ("agent-l1", "manager")):
                self.assertProblem(self.agent(audience, role).get(path), 403, "forbidden")
        self.assertProblem(self.client.post("/v1/training/modulo/answers", {"article": "uno", "answers": {}}), 401, "unauthorized")
        self.assertEqual(self.agent("agent-l1", "admin").get("/v1/training").status, 200)


class Answers(TrainingTest):
    def test_right(self):
        client = self.agent()
        result = self.passed(client, "uno")
        self.assertEqual((result["right"], result["questions"], result["module"]["state"], result["module"]["percent"]), (2, 2, "started", 50))
        self.assertEqual([r["right"] for r in result["results"]], [True, True])
        self.assertEqual({"/a/uno?lang=it#dettagli", "/a/uno?lang=it"}, {r["url"] for r in result["results"]})
        self.assertIn(SECRET[0], str(result))
        self.assertEqual(self.states(client), {"uno": "passed", "due": "new", "tre": "reading"})
        self.passed(client, "due")
        self.assertEqual([(m["state"], m["percent"]) for m in client.get("/v1/training").json["modules"]], [("passed", 100)])

    def test_wrong_is_explained_and_kept_nowhere(self):
        client = self.agent()
        result = self.answer(client, "uno", right=False).json
        self.assertEqual((result["passed"], result["right"]), (False, 0))
        titles = {q["id"]: {c["id"]: c["text"] for c in q["choices"]} for q in self.part(client, "uno")["questions"]}
        for r in result["results"]:
            self.assertFalse(r["right"])
            self.assertIn(sorted(titles[r["question"]][c] for c in r["right_choices"]), (["Il gestore"], ["Il campo", "La posta"]))
        self.assertEqual(self.states(client)["uno"], "new")
        with sqlite3.connect(self.service.data / "store.sqlite") as db:
            self.assertEqual(db.execute("SELECT count(*) FROM training WHERE subject = ?", (client.subject,)).fetchone(), (0,))

    def test_part_of_what_is_right_is_wrong(self):
        client = self.agent()
        part = self.part(client, "uno")
        answers = self.answers(part)
        several = next(q["id"] for q in part["questions"] if q["several"])
        for chosen in (answers[several][:1], [c["id"] for q in part["questions"] if q["id"] == several for c in q["choices"]]):
            result = client.post("/v1/training/modulo/answers", {"article": "uno", "answers": {**answers, several: chosen}}).json
            self.assertEqual((result["passed"], result["right"]), (False, 1))

    def test_one_choice_as_text(self):
        client = self.agent()
        part = self.part(client, "due")
        answers = {k: v[0] for k, v in self.answers(part).items()}
        self.assertTrue(client.post("/v1/training/modulo/answers", {"article": "due", "answers": answers}).json["passed"])

    def test_what_cannot_be_marked(self):
        client = self.agent()
        part = self.part(client, "uno")
        good = self.answers(part)
        first = next(iter(good))
        cases = [({"article": "uno", "answers": {}}, 422, "invalid-fields", "answers"),
                 ({"article": "uno", "answers": {first: good[first]}}, 422, "invalid-fields", "answers"),
                 ({"article": "uno", "answers": {**good, first: []}}, 422, "invalid-fields", "answers"),
                 ({"article": "uno", "answers": {**good, "q00000000000": ["x"]}}, 409, "conflict", "answers"),
                 ({"article": "uno", "answers": {**good, first: ["c00000000000"]}}, 400, "bad-value", "answers"),
                 ({"article": "uno", "answers": {**good, first: 1}}, 400, "wrong-type", "answers"),
                 ({"article": "uno", "answers": {**good, first: [["x"]]}}, 400, "wrong-type", "answers"),
                 ({"article": "uno", "answers": []}, 400, "wrong-type", "answers"),
                 ({"article": "tre", "answers": {}}, 404, "not-found", "article"),
                 ({"article": "profondo", "answers": {}}, 404, "not-found", "article"),
                 ({"article": "manca", "answers": {}}, 404, "not-found", "article"),
                 ({"article": "uno", "version": "0" * 64, "answers": good}, 409, "conflict", "version"),
                 ({"answers": good}, 400, "missing-member", "article"),
                 ({"article": "uno"}, 400, "missing-member", "answers"),
                 ({"article": "uno", "answers": good, "score": 2}, 400, "unknown-member", "score")]
        for body, status, kind, field in cases:
            reply = client.post("/v1/training/modulo/answers", body)
            self.assertProblem(reply, status, kind, field=field)
            self.assertNotIn(SECRET[0], reply.text)
        self.assertEqual(self.states(client)["uno"], "new")
        self.assertProblem(client.post("/v1/training/alto/answers", {"article": "profondo", "answers": {}}), 404, "not-found")


class Changes(TrainingTest):
    def setUp(self):
        super().setUp()
        self.change("uno", "Il codice", ONE)
        self.change("due", "La password", "La cambia il gestore.\n")

    def test_only_its_quiz_opens_again_and_only_for_those_who_passed_it(self):
        ada, other = self.agent(), self.agent()
        for about in ("uno", "due"):
            self.passed(ada, about)
        self.passed(other, "due")
        self.change("uno", "Il codice", ONE.replace("Guarda il campo.", "Guarda il campo e aspetta."))
        self.becomes(ada, {"uno": "reopened", "due": "passed", "tre": "reading"})
        self.assertEqual(self.states(other), {"uno": "new", "due": "passed", "tre": "reading"})
        listed = ada.get("/v1/training").json["modules"][0]
        self.assertEqual((listed["state"], listed["percent"], [c["id"] for c in listed["changed"]]), ("reopened", 50, ["uno"]))
        changes = self.part(ada, "uno")["changes"]
        self.assertEqual([(c["line"], c["text"]) for c in changes if c["line"] != "same"],
                         [("gone", "Guarda il campo."), ("new", "Guarda il campo e aspetta.")])
        self.assertNotIn("changes", self.part(ada, "due"))
        self.passed(ada, "uno")
        self.assertEqual(self.states(ada)["uno"], "passed")

    def test_back_as_it_was_is_passed_again(self):
        ada = self.agent()
        self.passed(ada, "uno")
        self.change("uno", "Il codice", ONE + "\nAncora una cosa.\n")
        self.becomes(ada, {"uno": "reopened", "due": "new", "tre": "reading"})
        self.change("uno", "Il codice", ONE)
        self.becomes(ada, {"uno": "passed", "due": "new", "tre": "reading"})

    def test_what_nobody_reads_opens_nothing(self):
        ada = self.agent()
        self.passed(ada, "uno")
        self.change("uno", "Il codice", ONE.replace("Il codice lo manda il gestore.", "Il codice lo\nmanda  il gestore."), codes="[ERR_NUOVO]")
        self.assertEqual(self.states(ada)["uno"], "passed")

    def test_a_block_for_others_opens_nothing_for_me(self):
        ada, second = self.agent(), self.agent("agent-l2")
        self.passed(ada, "uno")
        self.passed(second, "uno")
        self.service.write("it/accesso/uno.md", article("uno", "Il codice", ONE + "\n> [!agent-l2]\n> Zircone.\n"))
        self.assertIsNotNone(until(lambda: self.states(second)["uno"] == "reopened", 5))
        self.assertEqual(self.states(ada)["uno"], "passed")
        self.assertIn("Zircone", str(self.part(second, "uno")["changes"]))
        self.assertNotIn("Zircone", ada.get("/v1/training/modulo").text)

    def test_new_title_opens_it(self):
        ada = self.agent()
        self.passed(ada, "due")
        self.change("due", "La password nuova", "La cambia il gestore.\n", codes="[ERR_TITOLO]")
        self.assertEqual(self.states(ada)["due"], "reopened")
        self.change("due", "La password", "La cambia il gestore.\n")

    def test_changed_while_answering(self):
        ada = self.agent()
        part = self.part(ada, "uno")
        self.change("uno", "Il codice", ONE + "\nNuova riga.\n")
        reply = ada.post("/v1/training/modulo/answers", {"article": "uno", "version": part["version"], "answers": self.answers(part)})
        self.assertProblem(reply, 409, "conflict", field="version")
        self.assertEqual(self.states(ada)["uno"], "new")

    def test_retired_article_drops_out(self):
        ada = self.agent()
        self.passed(ada, "uno")
        self.service.write("it/accesso/due.md", article("due", "La password", "La cambia il gestore.\n").replace("published", "retired"))
        self.assertIsNotNone(until(lambda: "due" not in self.states(ada), 5))
        listed = ada.get("/v1/training").json["modules"][0]
        self.assertEqual((listed["state"], listed["percent"], listed["quizzes"]), ("passed", 100, 1))
        self.change("due", "La password", "La cambia il gestore.\n")

    def test_another_module_about_the_same_article_is_its_own(self):
        path = "it/interno/secondo.md"
        ada = self.agent()
        self.passed(ada, "due")
        self.service.write(path, module("secondo", ["due"], "Breve.", quiz=QUIZ[:10] + QUIZ[QUIZ.index("### Chi cambia"):QUIZ.index("### Che cosa sa")]))
        self.assertIsNotNone(until(lambda: ada.get("/v1/training/secondo").status == 200, 5))
        self.assertEqual(self.read(ada, "secondo")["state"], "new")
        (self.service.kb / path).unlink()
        self.assertIsNotNone(until(lambda: ada.get("/v1/training/secondo").status == 404, 5))


class Sealed(TrainingTest):
    """What is right is with nobody who did not answer; what is not for a reader is nowhere."""

    def everywhere(self, client):
        paths = ["/v1/training", "/v1/training/modulo", "/v1/articles", "/v1/articles/modulo", "/a/modulo", "/v1/search?q=modulo", "/v1/search?q=gestore",
                 f"/v1/search?q={SECRET[0]}", f"/v1/suggest?q={SECRET[0][:5]}", "/v1/search?q=zaffiro", "/search?q=quiz", "/v1/search?q=batteria",
                 "/c/interno", "/openapi.json", "/metrics", "/v1/search?type=training"]
        return {path: client.get(path).text for path in paths}

    def test_answers_before(self):
        for client in (self.agent(), self.agent("agent-l2"), self.agent("agent-l1", "editor"), self.client):
            for path, text in self.everywhere(client).items():
                for word in SECRET:
                    if f"q={word[:5]}" not in path:
                        self.assertNotIn(word, text, path)
                self.assertNotIn("[x]", text, path)
                if path != "/openapi.json":
                    self.assertNotIn('"right', text, path)
        self.assertEqual(self.agent().get(f"/v1/search?q={SECRET[0]}&lang=it").json["total"], 0)
        self.assertEqual(self.agent().get("/v1/search?q=batteria&lang=it").json["total"], 0)

    def test_choices_say_nothing_by_their_ids(self):
        part = self.part(self.agent(), "uno")
        self.assertEqual({len(c["id"]) for q in part["questions"] for c in q["choices"]}, {12})
        self.assertEqual({frozenset(c) for q in part["questions"] for c in q["choices"]}, {frozenset({"id", "text"})})

    def test_other_audience(self):
        for path, text in self.everywhere(self.agent()).items():
            for word in ("Zaffiro", "Smeraldo", "Topazio", "Che cosa sa il secondo"):
                self.assertNotIn(word, text, path)
        for path, text in self.everywhere(self.client).items():
            self.assertNotIn("Chi manda il codice?", text, path)

    def test_files(self):
        """Nothing of the quiz is in any index."""
        for file in (self.service.data / "index").rglob("*"):
            if file.is_file():
                content = file.read_bytes().lower()
                for word in (*SECRET, "batteria"):
                    self.assertNotIn(word.lower().encode(), content, file)


class Report(TrainingTest):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.manager = cls.service.token("agent-l2", "manager", "mara")
        cls.low_manager = cls.service.token("agent-l1", "manager", "luca")
        cls.gone = cls.service.token("agent-l1", "agent", "uscita")
        cls.service.command("token", "revoke", "--data", cls.service.data, "--id", "3")
        cls.ada = cls.service.token("agent-l1", "agent", "ada")
        cls.bea = cls.service.token("agent-l2", "agent", "=bea")

    def setUp(self):
        super().setUp()
        ada = self.other(self.ada)
        for about in ("uno", "due"):
            self.passed(ada, about)

    def test_json(self):
        report = self.other(self.manager).get("/v1/training/report").json
        self.assertEqual([(a["subject"], a["audience"], a["current"], a["quizzes"], a["passed"]) for a in report["agents"]],
                         [("=bea", "agent-l2", False, 4, 0), ("ada", "agent-l1", True, 2, 2)])
        self.assertEqual([(m["id"], m["state"], m["open"]) for m in report["agents"][0]["modules"]],
                         [("alto", "new", ["profondo"]), ("modulo", "new", ["uno", "due", "profondo"])])
        self.assertEqual([(g["audience"], g["name"], g["agents"], g["current"]) for g in report["audiences"]],
                         [("agent-l1", "Operatori", 1, 1), ("agent-l2", "Secondo livello", 1, 0)])
        self.assertNotIn("agents", self.other(self.manager).get("/v1/training/report?by=audience").json)

    def test_of_whom_the_manager_may_read(self):
        reply = self.other(self.low_manager).get("/v1/training/report")
        self.assertEqual([a["subject"] for a in reply.json["agents"]], ["ada"])
        self.assertNotIn("alto", reply.text)

    def test_csv(self):
        client = self.other(self.manager)
        reply = client.get("/v1/training/report", Accept="text/csv")
        self.assertEqual(reply["Content-Type"], "text/csv; charset=utf-8")
        rows = list(csv.DictReader(io.StringIO(reply.text)))
        self.assertEqual([(r["subject"], r["module"], r["state"], r["quizzes"], r["passed"]) for r in rows],
                         [("'=bea", "alto", "new", "1", "0"), ("'=bea", "modulo", "new", "3", "0"), ("ada", "modulo", "passed", "2", "2")])
        self.assertRegex(rows[2]["last_passed"], r"^20\d\d-\d\d-\d\d$")
        rows = list(csv.DictReader(io.StringIO(client.get("/v1/training/report?by=audience", Accept="text/csv").text)))
        self.assertEqual([(r["audience"], r["agents"], r["current"]) for r in rows], [("agent-l1", "1", "1"), ("agent-l2", "1", "0")])

    def test_page(self):
        browser = Browser(self.service)
        self.addCleanup(browser.client.close)
        browser.sign_in(self.manager)
        reply = browser.get("/agent/training")
        self.assertEqual((reply.status, reply["Location"]), (303, "/agent/training/report"))
        rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td><td><span[^>]*>(.*?)<', browser.get("/agent/training/report").text)
        self.assertEqual(rows, [("=bea", "Secondo livello", "0 su 4", "0", "Quiz aperti"), ("ada", "Operatori", "2 su 2", "0", "In pari")])
        self.assertEqual(browser.get("/agent/training/modulo").status, 403)

    def test_who_may_and_what(self):
        self.assertProblem(self.other(self.ada).get("/v1/training/report"), 403, "forbidden")
        self.assertProblem(self.client.get("/v1/training/report"), 401, "unauthorized")
        self.assertProblem(self.other(self.manager).get("/v1/training/report?by=moon"), 400, "bad-value", field="by")


class Pages(TrainingTest):
    def browser(self, audience="agent-l1"):
        browser = Browser(self.service)
        self.addCleanup(browser.client.close)
        type(self).made += 1
        browser.sign_in(self.service.token(audience, "agent", f"pagina{self.made}"))
        return browser

    def fields(self, page, right=True):
        """The form of a quiz, filled in."""
        fields = [(n, v) for n, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)]
        fields = [(n, v) for n, v in fields if n in ("form_token", "article", "version")]
        for name, value, label in re.findall(r'name="(q-\w+)" value="(\w+)" id="tr-\w+"[^>]*><label[^>]*>([^<]*)<', page):
            if any(label in right_ones for right_ones in RIGHT.values()) == right:
                fields.append((name, value))
        return fields

    def send(self, browser, fields):
        from urllib.parse import urlencode
        return browser.ask("POST", "/agent/training/modulo", urlencode(fields))

    def test_take_a_quiz(self):
        browser = self.browser()
        self.assertIn("Quiz aperti: 2.", browser.get("/agent/training").text)
        page = browser.get("/agent/training/modulo")
        self.assertEqual((page.status, page["Cache-Control"]), (200, "no-store"))
        self.assertIn('href="/agent/training/modulo?article=uno"', page.text)
        quiz = browser.get("/agent/training/modulo?article=uno").text
        self.assertIn("Guarda il campo.", quiz)
        self.assertNotIn(SECRET[0], quiz)
        wrong = self.send(browser, self.fields(quiz, right=False))
        self.assertEqual(wrong.status, 200)
        self.assertIn("Risposte giuste: 0 su 2.", wrong.text)
        self.assertIn(SECRET[0], wrong.text)
        right = self.send(browser, self.fields(quiz))
        self.assertIn("Superato.", right.text)
        self.assertIn("Avanti: La password", right.text)
        self.assertIn("1 quiz superati su 2", browser.get("/agent/training").text)

    def test_what_is_missing_is_told_and_what_was_chosen_stays(self):
        browser = self.browser()
        quiz = browser.get("/agent/training/modulo?article=uno").text
        fields = self.fields(quiz)
        one = [f for f in fields if not f[0].startswith("q-")] + [f for f in fields if f[0].startswith("q-")][:1]
        reply = self.send(browser, one)
        self.assertEqual(reply.status, 422)
        self.assertIn('role="alert"', reply.text)
        self.assertIn(f'id="tr-{one[-1][1]}" checked', reply.text)
        self.assertNotIn(SECRET[0], reply.text)

    def test_changed_meanwhile(self):
        browser = self.browser()
        quiz = browser.get("/agent/training/modulo?article=due").text
        fields = [(n, "0" * 64 if n == "version" else v) for n, v in self.fields(quiz)]
        reply = self.send(browser, fields)
        self.assertEqual(reply.status, 409)
        self.assertIn("mentre rispondevi", reply.text)
        self.assertNotIn(SECRET[1], reply.text)

    def test_form_of_another_site(self):
        browser = self.browser()
        quiz = browser.get("/agent/training/modulo?article=due").text
        fields = self.fields(quiz)
        from urllib.parse import urlencode
        self.assertEqual(browser.ask("POST", "/agent/training/modulo", urlencode(fields), "cross-site").status, 403)
        self.assertEqual(self.send(browser, [f for f in fields if f[0] != "form_token"]).status, 403)

    def test_what_is_not_there(self):
        browser = self.browser()
        for path in ("/agent/training/manca", "/agent/training/alto", "/agent/training/modulo?article=profondo", "/agent/training/uno"):
            page = browser.get(path)
            self.assertEqual(page.status, 404, path)
            self.assertNotIn("Smeraldo", page.text)
        self.assertEqual(self.send(browser, [("form_token", browser.form_token()), ("article", "profondo")]).status, 404)

    def test_needs_to_be_signed_in(self):
        reply = self.client.get("/agent/training", Accept="text/html")
        self.assertIn(reply.status, (303, 401))


class Kept(unittest.TestCase):
    def test_over_a_crash_and_a_restart(self):
        import signal
        service = Service()
        fill(service)
        with running(service=service):
            token = service.token("agent-l1", "agent", "ada")
            client = service.client(token)
            part = next(a for a in client.get("/v1/training/modulo").json["articles"] if a["id"] == "due")
            answers = {q["id"]: [c["id"] for c in q["choices"] if c["text"] in RIGHT[q["title"]]] for q in part["questions"]}
            self.assertTrue(client.post("/v1/training/modulo/answers", {"article": "due", "answers": answers}).json["passed"])
            client.close()
            service.stop(signal.SIGKILL)
            service.start()
            client = service.client(token)
            self.assertEqual([m["passed"] for m in client.get("/v1/training").json["modules"]], [1])
            client.close()


if __name__ == "__main__":
    unittest.main()
