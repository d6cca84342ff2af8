"""Where the addresses of articles lead that are retired or over, and that nobody learns of what is not for him."""
import unittest

from service import ServiceTest, article, until


def state(text, **fields):
    """An article's text with other fields in its front matter."""
    lines = [line for line in text.split("\n") if line.split(":")[0] not in fields]
    return "\n".join([lines[0], *(f"{key}: {value}" for key, value in fields.items() if value), *lines[1:]])


def text(id, body="Testo.", audience="citizen", title=None, questions=(), **fields):
    made = state(article(id, title or "Titolo " + id, body, "accesso", audience), **fields)
    if questions:
        made = made.replace("\n---\n", "\nquestions: [" + ", ".join(questions) + "]\n---\n", 1)
    return made


RETIRED = {
    "vecchio": ("nuovo", "citizen"),
    "catena-1": ("catena-2", "citizen"),
    "catena-2": ("catena-3", "citizen"),
    "catena-3": ("nuovo", "citizen"),
    "giro-1": ("giro-2", "citizen"),
    "giro-2": ("giro-1", "citizen"),
    "verso-riservato": ("riservato", "citizen"),
    "riservato-vecchio": ("nuovo", "agent-l1"),
    "attraverso-riservato": ("riservato-vecchio", "citizen"),
    "senza": (None, "citizen"),
    "senza-riservato": (None, "agent-l1"),
    "verso-niente": ("mai-visto", "citizen"),
}


class Redirects(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent = cls.service.token()
        cls.path = "it/accesso/{}.md".format
        for id, (successor, audience) in RETIRED.items():
            cls.service.write(cls.path(id), text(id, "Vecchio testo.", audience, status="retired", replaced_by=successor))
        cls.service.write(cls.path("nuovo"), text("nuovo", "Il testo con il trifoglio."))
        cls.service.write("en/accesso/nuovo.md", text("nuovo", "The text with the shamrock."))
        cls.service.write(cls.path("riservato"), text("riservato", "Per gli operatori.", "agent-l1"))
        cls.service.write(cls.path("finito"), text("finito", valid_until="2021-12-31", replaced_by="vecchio"))
        cls.service.write(cls.path("finito-male"), text("finito-male", valid_until="2021-12-31", replaced_by="riservato"))
        cls.service.write(cls.path("futuro"), text("futuro", valid_from="2999-01-01", replaced_by="nuovo"))
        cls.service.write(cls.path("ancora"), text("ancora", "Vale ancora.", valid_until="2999-01-01", replaced_by="nuovo"))
        cls.service.write(cls.path("solo-italiano"), text("solo-italiano", "Solo in italiano."))
        cls.service.write("en/accesso/solo-italiano.md", text("solo-italiano", status="retired", replaced_by="nuovo"))
        cls.service.write("en/accesso/un-tempo.md", text("un-tempo", status="retired"))
        cls.service.write(cls.path("un-tempo"), text("un-tempo", "Resta in italiano."))

    def soon(self, check, what=None):
        self.assertIsNotNone(until(check, 2), what)

    def leads(self, id, to, token=None, query=""):
        reply = self.other(token).get("/a/" + id + query)
        self.assertEqual((reply.status, reply["Location"]), (308, to), reply.text)
        self.assertEqual(reply["Cache-Control"], "no-cache")

    def gone(self, id, token=None):
        client = self.other(token)
        page = client.get("/a/" + id)
        self.assertEqual(page.status, 410)
        for part in ("Questa pagina non serve più", 'role="search"', "noindex"):
            self.assertIn(part, page.text)
        self.assertNotIn("Vecchio", page.text)
        self.assertProblem(client.get("/v1/articles/" + id), 410, "gone")

    def absent(self, id, token=None):
        """As if it had never been."""
        client = self.other(token)
        unknown, page = client.get("/a/mai-stato"), client.get("/a/" + id)
        self.assertEqual((page.status, page.text.replace(id, "mai-stato")), (404, unknown.text))
        wanted = self.assertProblem(client.get("/v1/articles/mai-stato"), 404, "not-found")
        self.assertEqual({**self.assertProblem(client.get("/v1/articles/" + id), 404, "not-found"), "instance": 0}, {**wanted, "instance": 0})

    def test_a_retired_article_leads_to_its_successor(self):
        self.leads("vecchio", "/a/nuovo")
        self.assertEqual(self.client.request("HEAD", "/a/vecchio").status, 308)
        for lang in ("it", "en"):
            self.leads("vecchio", f"/a/nuovo?lang={lang}", query=f"?lang={lang}")
        self.assertIn("shamrock", self.client.get("/a/nuovo?lang=en").text)

    def test_the_call_says_the_same(self):
        for query, to in (("", "nuovo"), ("?lang=it", "nuovo?lang=it"), ("?lang=en", "nuovo?lang=en")):
            reply = self.client.get("/v1/articles/vecchio" + query)
            self.assertEqual((reply.status, reply["Location"]), (308, "/v1/articles/" + to))
            self.assertEqual(self.client.get(reply["Location"]).json["id"], "nuovo")

    def test_a_chain_is_followed_to_its_end(self):
        for id in ("catena-1", "catena-2", "catena-3", "finito"):
            self.leads(id, "/a/nuovo")

    def test_a_circle_comes_to_an_end(self):
        self.gone("giro-1")
        self.gone("giro-2")

    def test_nothing_took_its_place(self):
        self.gone("senza")
        self.gone("verso-niente")

    def test_who_may_not_read_the_successor(self):
        self.gone("verso-riservato")
        self.leads("verso-riservato", "/a/riservato", self.agent)
        self.absent("finito-male")
        self.leads("finito-male", "/a/riservato", self.agent)

    def test_who_might_not_have_read_the_article(self):
        for id in ("riservato-vecchio", "senza-riservato"):
            self.absent(id)
        self.gone("attraverso-riservato")
        self.leads("riservato-vecchio", "/a/nuovo", self.agent)
        self.leads("attraverso-riservato", "/a/nuovo", self.agent)
        self.gone("senza-riservato", self.agent)

    def test_what_is_served_stays_where_it_is(self):
        self.assertIn("Vale ancora.", self.client.get("/a/ancora").text)
        self.assertEqual(self.client.get("/v1/articles/ancora").status, 200)
        self.absent("futuro")
        self.absent("bonus-scaduto")

    def test_one_language_is_retired(self):
        self.leads("solo-italiano", "/a/nuovo?lang=en", query="?lang=en")
        self.assertIn("Solo in italiano.", self.client.get("/a/solo-italiano?lang=it").text)
        self.assertIn("Resta in italiano.", self.client.get("/a/un-tempo?lang=en").text)

    def test_it_is_on_no_list(self):
        for address in ("/v1/articles?per_page=100", "/v1/search?q=vecchio+testo&lang=it&per_page=50", "/c/accesso", "/search?q=vecchio+testo"):
            reply = self.client.get(address)
            self.assertEqual(reply.status, 200)
            for id in RETIRED:
                self.assertNotIn(f'"id":"{id}"', reply.text)
                self.assertNotIn(f"/a/{id}?", reply.text)
        self.service.write(self.path("parente"), text("parente", related="[vecchio, nuovo]"))
        self.soon(lambda: self.client.get("/v1/articles/parente").status == 200)
        self.assertEqual([link["id"] for link in self.client.get("/v1/articles/parente").json["related"]], ["nuovo"])

    def test_its_questions_find_the_successor_of_those_who_could_read_it(self):
        path, next_path = self.path("ombrello"), self.path("parapioggia")
        self.service.write(path, text("ombrello", audience="agent-l1", questions=["dove appendo lo zibibbo"], status="retired", replaced_by="parapioggia"))
        self.service.write(next_path, text("parapioggia", "Altre parole."))
        search = "/v1/search?q=zibibbo&lang=it"
        agent = self.other(self.agent)
        self.soon(lambda: agent.get(search).json["total"] == 1)
        self.assertEqual(agent.get(search).json["results"][0]["id"], "parapioggia")
        self.assertEqual(self.client.get(search).json["total"], 0)

    def test_live_at_once_and_back_again(self):
        path = self.path("mutevole")
        live = text("mutevole", "Eccomi.")
        self.service.write(path, live)
        self.soon(lambda: self.client.get("/a/mutevole").status == 200)
        for fields, status, to in (
            ({"status": "retired", "replaced_by": "nuovo"}, 308, "/a/nuovo"),
            ({"status": "retired", "replaced_by": "ancora"}, 308, "/a/ancora"),
            ({"status": "retired"}, 410, None),
            ({"status": "retired", "audience": "[agent-l1]"}, 404, None),
            ({}, 200, None),
        ):
            self.service.write(path, state(live, **fields))
            self.soon(lambda: (lambda reply: (reply.status, reply["Location"]))(self.client.get("/a/mutevole")) == (status, to), fields)

    def test_a_broken_retired_file_leads_where_it_led(self):
        path = self.path("rotto")
        good = text("rotto", status="retired", replaced_by="nuovo")
        self.service.write(path, good)
        self.soon(lambda: self.client.get("/a/rotto").status == 308)
        self.service.write(path, good.replace("type: qa", "type: nonsense"))
        self.soon(lambda: self.client.get("/readyz").json["broken_count"] == 1)
        self.leads("rotto", "/a/nuovo")
        self.service.write(path, good)
        self.soon(lambda: self.client.get("/readyz").json["broken_count"] == 0)

    def test_after_a_restart(self):
        self.leads("vecchio", "/a/nuovo")
        self.service.stop()
        self.service.start()
        self.client = self.service.client()
        self.leads("vecchio", "/a/nuovo")
        self.gone("senza")

    def test_the_text_that_receipts_name_is_kept(self):
        path = self.path("con-ricevuta")
        live = text("con-ricevuta", "Il testo con la zampogna.", questions=["quando suona la zampogna dorata"])
        self.service.write(path, live)
        self.soon(lambda: self.client.get("/a/con-ricevuta").status == 200)
        version = self.client.get("/v1/articles/con-ricevuta").json["version"]
        self.service.write(path, state(live, status="retired", replaced_by="nuovo"))
        self.soon(lambda: self.client.get("/a/con-ricevuta").status == 308)
        kept = self.service.data / "versions" / version[:2] / version
        self.assertIn("zampogna", kept.read_text(encoding="utf-8"))


class OldQuestions(ServiceTest):
    """The questions of what is over find who took its place, also after several, also in another language."""

    @classmethod
    def prepare(cls):
        over = {"status": "published", "valid_until": "2021-01-01"}
        for id, title, question, fields in (
                ("vino-2019", "Bando dello zibibbo", "dove si coltiva lo zibibbo", {**over, "replaced_by": "vino-2020"}),
                ("vino-2020", "Bando del moscato", "quando matura il moscato", {**over, "replaced_by": "vino-2021"}),
                ("vino-2021", "Bando in corso", "domanda del bando in corso", {}),
                ("erba-1", "Erba luigia", "dove cresce la luigia", {**over, "replaced_by": "erba-2"}),
                ("pianta-1", "Bando delle felci", "dove cresce la felce", {"valid_until": "2999-01-01", "replaced_by": "pianta-2"}),
                ("pianta-2", "Bando dei muschi", "dove cresce il muschio", {}),
                ("erba-3", "Erbe in vaso", "domanda delle erbe in vaso", {})):
            cls.service.write(f"it/accesso/{id}.md", text(id, f"Testo {id}.", title=title, questions=[question], **fields))
        cls.service.write("it/accesso/erba-2.md", text("erba-2", "Testo interno.", "agent-l1", title="Erbe interne", questions=["erbe interne"], **over, replaced_by="erba-3"))
        cls.service.write("en/accesso/vino-2019.md", text("vino-2019", "Over.", title="Heron call", questions=["where does the heron nest"], **over, replaced_by="vino-2020"))
        cls.agent = cls.service.token()

    def found(self, words, token=None):
        return [hit["id"] for hit in self.other(token).get("/v1/search?q=" + words.replace(" ", "+")).json["results"]]

    def test_after_several(self):
        self.assertEqual(self.found("zibibbo"), ["vino-2021"])
        self.assertEqual(self.found("moscato"), ["vino-2021"])
        self.assertEqual(self.client.post("/v1/chat", {"message": "dove si coltiva lo zibibbo"}).json["article"]["id"], "vino-2021")

    def test_what_is_valid_keeps_its_own(self):
        self.assertEqual(self.found("felce"), ["pianta-1"])
        self.assertEqual(self.found("bando felci")[0], "pianta-1")
        for message, id in (("dove cresce la felce", "pianta-1"), ("bando delle felci", "pianta-1"), ("dove cresce il muschio", "pianta-2")):
            turn = self.other().post("/v1/chat", {"message": message}).json
            self.assertEqual((turn["decision"], turn["article"]["id"]), ("answer", id), message)

    def test_in_another_language(self):
        self.assertEqual(self.found("heron nest"), ["vino-2021"])
        turn = self.client.post("/v1/chat", {"message": "where does the heron nest", "lang": "en"}).json
        self.assertEqual((turn["decision"], turn["article"]["id"]), ("answer", "vino-2021"))

    def test_not_by_way_of_what_is_not_for_them(self):
        self.assertEqual(self.found("luigia"), [])
        self.assertEqual(self.found("luigia", self.agent), ["erba-3"])

    def test_a_successor_in_their_language_comes_first(self):
        self.service.write("en/accesso/vino-2021.md", text("vino-2021", "The call that is open.", title="The open call"))
        self.assertIsNotNone(until(lambda: self.client.get("/v1/search?q=heron+nest").json["results"][0]["lang"] == "en", 5))
        self.assertEqual(self.client.get("/v1/search?q=heron+nest").json["total"], 1)
        (self.service.kb / "en/accesso/vino-2021.md").unlink()
        self.assertIsNotNone(until(lambda: self.client.get("/v1/search?q=heron+nest").json["results"][0]["lang"] == "it", 5))


class AsOf(ServiceTest):
    options = ("--as-of", "2021-06-01")

    @classmethod
    def prepare(cls):
        cls.service.write("it/accesso/nuovo.md", text("nuovo"))
        cls.service.write("it/accesso/finito.md", text("finito", "Valeva allora.", questions=["dove cresce la felce"], valid_until="2021-12-31", replaced_by="nuovo"))

    def test_on_a_day_when_it_held_it_is_shown(self):
        self.assertIn("Valeva allora.", self.client.get("/a/finito").text)

    def test_on_a_day_when_it_held_its_questions_were_its_own(self):
        self.assertEqual([hit["id"] for hit in self.client.get("/v1/search?q=felce").json["results"]], ["finito"])


class AsOfLater(AsOf):
    options = ("--as-of", "2022-01-01")

    def test_on_a_day_when_it_held_it_is_shown(self):
        self.assertEqual(self.client.get("/a/finito")["Location"], "/a/nuovo")

    def test_on_a_day_when_it_held_its_questions_were_its_own(self):
        self.assertEqual([hit["id"] for hit in self.client.get("/v1/search?q=felce").json["results"]], ["nuovo"])


if __name__ == "__main__":
    unittest.main()
