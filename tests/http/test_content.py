"""GET /v1/search, /v1/suggest, /v1/articles: what is found, and what does not exist for whom."""
import json
import unittest
import urllib.parse

from service import ServiceTest

CITIZENS_IT = ["bonus-concluso", "codice-non-arriva", "pagamento-doppio", "password-dimenticata", "ricevuta", "tessera-elettronica"]


class Search(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent = cls.service.token()

    def get(self, path, client=None):
        reply = (client or self.client).get(path)
        self.assertEqual(reply.status, 200, reply.text)
        return reply.json

    def test_search(self):
        found = self.get("/v1/search?q=rimborso&lang=it")
        self.assertEqual((found["total"], found["page"], found["per_page"]), (1, 1, 20))
        hit = found["results"][0]
        self.assertEqual((hit["id"], hit["lang"], hit["type"], hit["category"], hit["url"]),
                         ("pagamento-doppio", "it", "qa", "pagamenti", "/a/pagamento-doppio?lang=it"))
        self.assertIn("<mark>", hit["snippet"])
        self.assertGreater(hit["score"], 0)
        self.assertLessEqual(hit["score"], 1)
        self.assertEqual(found["facets"]["category"], [{"value": "pagamenti", "count": 1}])
        self.assertEqual(found["facets"]["type"], [{"value": "qa", "count": 1}])
        self.assertEqual(found["facets"]["lang"], [{"value": "it", "count": 1}])
        self.assertIsInstance(found["took_us"], int)

    def test_everything(self):
        found = self.get("/v1/search?lang=it")
        self.assertEqual(sorted(hit["id"] for hit in found["results"]), CITIZENS_IT)
        self.assertEqual(found["total"], 6)

    def test_pages(self):
        seen = []
        for page in (1, 2, 3, 4):
            found = self.get(f"/v1/search?lang=it&per_page=2&page={page}")
            self.assertEqual((found["total"], found["page"], found["per_page"]), (6, page, 2))
            seen += [hit["id"] for hit in found["results"]]
        self.assertEqual(sorted(seen), CITIZENS_IT)

    def test_filters(self):
        self.assertEqual(self.get("/v1/search?lang=it&category=accesso")["total"], 3)
        self.assertEqual(self.get("/v1/search?lang=it&type=procedure")["total"], 0)
        self.assertEqual(self.get("/v1/search?lang=en")["total"], 2)
        self.assertEqual(self.get("/v1/search?lang=it&audience=citizen")["total"], 6)

    def test_a_filter_left_open_is_none(self):
        """As a form sends it."""
        whole = self.get("/v1/search?q=ricevuta")
        empty = self.get("/v1/search?q=ricevuta&lang=&type=&category=&audience=&service=&validity=")
        self.assertEqual([hit["id"] for hit in empty["results"]], [hit["id"] for hit in whole["results"]])
        self.assertEqual(self.client.get("/v1/articles?lang=&type=&category=&page=&per_page=").json["total"], self.client.get("/v1/articles").json["total"])

    def test_bad_parameters(self):
        for query, field in (("page=0", "page"), ("page=x", "page"), ("per_page=0", "per_page"), ("per_page=101", "per_page"),
                             ("per_page=-1", "per_page"), ("type=faq", "type"), ("category=nessuna", "category"),
                             ("audience=nobody", "audience")):
            self.assertProblem(self.client.get("/v1/search?" + query), 400, "bad-value", field=field)
        self.assertProblem(self.client.get("/v1/search?lang=fr"), 400, "unknown-language", field="lang")
        self.assertProblem(self.client.get("/v1/search?q=%C3%28"), 400, "bad-request")
        self.assertProblem(self.client.get("/v1/search?q=%zz"), 400, "bad-request")
        self.assertProblem(self.client.get("/v1/search?q=" + "a" * 2001), 400, "message-too-long", field="q", count=2001)

    def test_spelling(self):
        found = self.get("/v1/search?q=rimborzo&lang=it")
        self.assertEqual(found["corrected"], "rimborso")
        self.assertEqual([hit["id"] for hit in found["results"]], ["pagamento-doppio"])

    def test_suggest_reads_what_is_seen(self):
        """Letters of another script that look like ours, zero-width characters and marks of direction change nothing."""
        plain = self.get("/v1/suggest?q=ricevut&lang=it")["suggestions"]
        self.assertTrue(plain)
        for typed in ("riсеvut", "ri\u200bce\u00advut", "\u202ericevut\u202c"):
            self.assertEqual(self.get("/v1/suggest?lang=it&q=" + urllib.parse.quote(typed))["suggestions"], plain, ascii(typed))
        self.assertEqual(self.get("/v1/suggest?lang=it&q=" + urllib.parse.quote("\u200b\u200b"))["suggestions"], [])

    def test_suggest(self):
        found = self.get("/v1/suggest?q=ricevut&lang=it")["suggestions"]
        self.assertEqual({item["id"] for item in found}, {"ricevuta"})
        self.assertEqual((found[0]["lang"], found[0]["url"]), ("it", "/a/ricevuta?lang=it"))
        self.assertEqual(self.get("/v1/suggest?q=&lang=it"), {"suggestions": []})
        self.assertEqual(self.get("/v1/suggest"), {"suggestions": []})
        self.assertProblem(self.client.get("/v1/suggest?q=a&limit=21"), 400, "bad-value", field="limit")

    def test_what_a_citizen_may_not_read_does_not_exist(self):
        for word in ("zanzibarino", "quokkarino"):
            found = self.client.get(f"/v1/search?q={word}&lang=it")
            nothing = self.client.get("/v1/search?q=qzxwvkjh&lang=it")
            self.assertEqual(found.json["total"], 0)
            self.assertEqual({**found.json, "took_us": 0}, {**nothing.json, "took_us": 0})
            self.assertEqual(self.get(f"/v1/suggest?q={word[:5]}&lang=it")["suggestions"], [])
            # The correction of a mistake does not give the word away either.
            self.assertNotIn(word, self.client.get(f"/v1/search?q={word[:-1]}x&lang=it").text)
            self.assertNotIn(word, self.client.post("/v1/chat", {"message": "parlami del registro " + word[:-1]}).text)
        self.assertNotIn("interno", json.dumps(self.get("/v1/search?lang=it")["facets"]))
        self.assertProblem(self.client.get("/v1/search?audience=agent-l1"), 400, "bad-value", field="audience",
                           detail="there is no audience of this name")
        self.assertNotIn("procedura-riservata", self.client.get("/v1/articles/codice-non-arriva").text)

    def test_an_agent_finds_it(self):
        agent = self.other(self.agent)
        self.assertEqual([hit["id"] for hit in self.get("/v1/search?q=zanzibarino&lang=it", agent)["results"]], ["procedura-riservata"])
        self.assertEqual([hit["id"] for hit in self.get("/v1/search?q=quokkarino&lang=it", agent)["results"]], ["ricevuta"])
        self.assertEqual(self.get("/v1/search?lang=it", agent)["total"], 7)
        self.assertEqual(self.get("/v1/search?lang=it&audience=agent-l1", agent)["total"], 1)
        self.assertIn("quokkarino", agent.get("/v1/articles/ricevuta?lang=it").text)


class Articles(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent = cls.service.token()

    def test_list(self):
        reply = self.client.get("/v1/articles?lang=it")
        self.assertEqual(reply.status, 200)
        articles = reply.json["articles"]
        self.assertEqual(sorted(item["id"] for item in articles), CITIZENS_IT)
        self.assertEqual(set(articles[0]), {"id", "lang", "title", "type", "category", "updated", "url"})
        self.assertEqual([item["title"] for item in articles], sorted(item["title"] for item in articles))
        self.assertEqual(self.client.get("/v1/articles?lang=it&category=pagamenti").json["total"], 3)
        self.assertProblem(self.client.get("/v1/articles?type=x"), 400, "bad-value", field="type")

    def test_list_not_modified(self):
        reply = self.client.get("/v1/articles?lang=it")
        again = self.client.get("/v1/articles?lang=it", If_None_Match=reply["ETag"])
        self.assertEqual((again.status, again.body, again["ETag"]), (304, b"", reply["ETag"]))
        self.assertEqual(self.client.get("/v1/articles?lang=en", If_None_Match=reply["ETag"]).status, 200)

    def test_article(self):
        reply = self.client.get("/v1/articles/codice-non-arriva?lang=it")
        self.assertEqual((reply.status, reply["Cache-Control"]), (200, "no-cache"))
        self.assertIn("Authorization", reply["Vary"])
        article = reply.json
        self.assertEqual(article["title"], "Non mi arriva il codice via SMS")
        self.assertEqual(article["langs"], ["it", "en"])
        self.assertEqual(article["questions"], ["non ricevo il codice di conferma", "il codice sms non arriva"])
        self.assertEqual([item["id"] for item in article["related"]], ["password-dimenticata"])
        self.assertTrue(article["markdown"].lstrip().startswith("Aspetta cinque minuti"))
        self.assertIn("<p>Aspetta cinque minuti", article["html"])
        self.assertRegex(article["version"], "^[0-9a-f]{64}$")

    def test_not_modified(self):
        reply = self.client.get("/v1/articles/ricevuta?lang=it")
        for tag in (reply["ETag"], '"other", ' + reply["ETag"], reply["ETag"].removeprefix("W/"), "*"):
            again = self.client.get("/v1/articles/ricevuta?lang=it", If_None_Match=tag)
            self.assertEqual((again.status, again.body), (304, b""), tag)
        self.assertEqual(self.client.get("/v1/articles/ricevuta?lang=it", If_None_Match='"other"').status, 200)
        self.assertEqual(self.client.get("/v1/articles/ricevuta?lang=en", If_None_Match=reply["ETag"]).status, 200)

    def test_a_block_for_agents_is_nowhere_for_others(self):
        self.assertNotIn("quokkarino", self.client.get("/v1/articles/ricevuta?lang=it").text)

    def test_language(self):
        self.assertEqual(self.client.get("/v1/articles/ricevuta?lang=en").json["lang"], "en")
        self.assertEqual(self.client.get("/v1/articles/ricevuta", Accept_Language="en-GB,en;q=0.9").json["lang"], "en")
        self.assertEqual(self.client.get("/v1/articles/ricevuta", Accept_Language="fr").json["lang"], "it")
        self.assertEqual(self.client.get("/v1/articles/pagamento-doppio", Accept_Language="en").json["lang"], "it")
        self.assertProblem(self.client.get("/v1/articles/pagamento-doppio?lang=en"), 404, "not-found", field="lang")
        self.assertProblem(self.client.get("/v1/articles/ricevuta?lang=xx"), 400, "unknown-language", field="lang")

    def test_what_is_not_there(self):
        unknown = self.assertProblem(self.client.get("/v1/articles/nessuno"), 404, "not-found")
        for id in ("procedura-riservata", "bonus-scaduto", "%2e%2e%2fkb", "a%2fb"):
            problem = self.assertProblem(self.client.get("/v1/articles/" + id), 404, "not-found")
            self.assertEqual({**problem, "instance": 0}, {**unknown, "instance": 0})
        self.assertEqual(self.other(self.agent).get("/v1/articles/procedura-riservata").status, 200)

    def test_ended(self):
        article = self.client.get("/v1/articles/bonus-concluso").json
        self.assertEqual((article["ended"], article["valid_until"]), (True, "2021-12-31"))


class AsOf(ServiceTest):
    options = ("--as-of", "2021-06-01")

    def test_the_knowledge_base_of_that_day(self):
        self.assertEqual(self.client.get("/v1/articles/bonus-scaduto").status, 200)
        self.assertEqual(self.client.get("/v1/search?q=trombonico&lang=it").json["total"], 1)


if __name__ == "__main__":
    unittest.main()
