"""Known faults speak first while they last: in full once a conversation, then that they last; they end by themselves."""
import datetime
import re
import time
import unittest

from service import article, until
from talk import AT_ONCE, Talk

QUESTION, OTHER = "non ricevo il codice di conferma", "ho dimenticato la password"


def moment(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def notice(id, title, covers, starts, ends):
    return article(id, title, f"Ci stiamo lavorando ({id}).", covers=covers, starts=starts, ends=ends).replace("type: qa", "type: notice")


class Notices(Talk):
    @classmethod
    def prepare(cls):
        cls.service.write("it/accesso/guasto.md", notice("guasto", "Accesso lento", "{categories: [accesso]}", "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"))
        cls.service.write("it/accesso/guasto-codice.md", notice("guasto-codice", "Codice in aumento", "{codes: [PAA_PAGAMENTO_DUPLICATO]}",
                                                               "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"))

    def told(self):
        return float(re.search(r"^sportello_notices_told_total (\S+)$", self.client.get("/metrics").text, re.M).group(1))

    def test_in_full_once_then_short(self):
        before = self.told()
        first = self.say(QUESTION)["reply"]["markdown"]
        self.assertTrue(first.startswith("**Accesso lento**\n\nCi stiamo lavorando (guasto)."), first)
        self.assertLess(first.index("Ci stiamo lavorando"), first.index("Aspetta cinque minuti"))
        second = self.say(OTHER)["reply"]["markdown"]
        self.assertTrue(second.startswith("Avviso ancora in corso: **Accesso lento**."), second)
        self.assertNotIn("Ci stiamo lavorando", second)
        third = self.say("voglio un operatore")["reply"]["markdown"]
        self.assertNotIn("Ci stiamo lavorando", third)
        self.assertEqual(self.told(), before + 1)
        # Another conversation hears it in full.
        self.assertIn("Ci stiamo lavorando", self.talk(OTHER)["reply"]["markdown"])
        self.assertEqual(self.told(), before + 2)

    def test_as_the_answer_it_is_said_once(self):
        before = self.told()
        turn = self.say("accesso lento")
        self.assertEqual(turn["article"]["id"], "guasto")
        self.assertEqual(turn["reply"]["markdown"].count("Ci stiamo lavorando (guasto)"), 1)
        self.assertEqual(turn["reply"]["markdown"].count("Accesso lento"), 1)
        self.assertEqual(self.told(), before + 1)

    def test_the_page_shows_what_was_said(self):
        self.talk(QUESTION, OTHER)
        page = self.client.get(f"/chat/{self.conversation}").text
        self.assertEqual(page.count("Ci stiamo lavorando (guasto)."), 1)
        self.assertEqual(page.count("Avviso ancora in corso"), 1)

    def test_of_a_code(self):
        text = self.say("mi esce PAA_PAGAMENTO_DUPLICATO")["reply"]["markdown"]
        self.assertIn("Ci stiamo lavorando (guasto-codice).", text)
        self.assertNotIn("Ci stiamo lavorando (guasto).", text)
        self.assertIn("Avviso ancora in corso: **Codice in aumento**", self.say("e con paa pagamento duplicato?")["reply"]["markdown"])

    def test_of_a_code_that_no_article_explains(self):
        self.service.write("it/accesso/guasto-nuovo.md", notice("guasto-nuovo", "Errore di oggi", "{codes: [PPT_NUOVO_GUASTO]}",
                                                                "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"))
        self.addCleanup((self.service.kb / "it/accesso/guasto-nuovo.md").unlink)
        self.assertIsNotNone(until(lambda: self.client.get("/a/guasto-nuovo").status == 200, 4))
        for message in ("mi esce PPT_NUOVO_GUASTO", "Errore: ppt_nuovo_guasto."):
            text = self.talk(message)["reply"]["markdown"]
            self.assertIn("**Errore di oggi**\n\nCi stiamo lavorando (guasto-nuovo).\n", text)
            self.assertLess(text.index("(guasto-nuovo)"), text.index("Compila i campi"))
        self.assertNotIn("guasto-nuovo", self.talk("mi esce PPT_ALTRO_GUASTO")["reply"]["markdown"])

    def test_nothing_about_other_things(self):
        self.assertNotIn("Ci stiamo lavorando", self.say("dove trovo la ricevuta del pagamento")["reply"]["markdown"])
        self.assertNotIn("Ci stiamo lavorando", self.talk("buongiorno")["reply"]["markdown"])


class OtherLanguage(Talk):
    """Where the asker's language has no notice, the reply says which one it is in: it is never given as if it were the asker's."""
    @classmethod
    def prepare(cls):
        cls.service.write("it/accesso/guasto.md", notice("guasto", "Accesso lento", "{categories: [accesso]}", "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"))
        cls.service.write("en/accesso/codice-non-arriva.md", article("codice-non-arriva", "The code does not arrive", "Wait five minutes.",
                                                                     questions='["the code does not arrive"]'))

    def test_it_says_so(self):
        first = self.say("the code does not arrive", lang="en")
        self.assertEqual(first["lang"], "en")
        self.assertTrue(first["reply"]["markdown"].startswith("This notice exists only in Italian:\n\n**Accesso lento**\n\nCi stiamo lavorando (guasto)."),
                        first["reply"]["markdown"])
        self.assertIn('<div lang="it">\n<p><strong>Accesso lento</strong></p>', first["reply"]["html"])
        self.assertTrue(first["reply"]["speech"].startswith("This notice exists only in Italian:"), first["reply"]["speech"])
        self.assertTrue(self.say("the code does not arrive", lang="en")["reply"]["markdown"].startswith("Still going on (in Italian): **Accesso lento**."))

    def test_pages_say_so_too(self):
        for path in ("/chat?lang=en", "/?lang=en", "/a/codice-non-arriva?lang=en"):
            page = self.client.get(path).text
            self.assertRegex(page, r'<a href="[^"]*guasto[^"]*" lang="it" hreflang="it">Accesso lento</a>(</strong>)? \(in Italian\)', path)
        self.assertNotIn("(in ", re.search(r"<p><strong>Avviso:.*", self.client.get("/chat").text).group(0))

    def test_until_when(self):
        """With the hour, where it says more than the day; midnight is the end of a day."""
        self.addCleanup(lambda: (self.service.kb / "it/accesso/breve.md").unlink())
        for ends, told in (("2098-05-04T14:30", "4 maggio 2098, ore 14:30"), ("2098-05-05T00:00", "4 maggio 2098"), ("2098-05-04T23:59", "4 maggio 2098")):
            self.service.write("it/accesso/breve.md", notice("breve", "Guasto breve", "{categories: [accesso]}", "2026-01-01T00:00:00Z", ends))
            page = lambda: self.client.get("/c/accesso?lang=it").text  # noqa: E731
            self.assertIsNotNone(until(lambda: f'<span class="notice-until">Fine prevista: {told}</span>' in page(), 5), (ends, re.findall("Fine prevista[^<]*", page())))

    def test_where_there_is_one_it_is_that_one(self):
        self.service.write("en/accesso/guasto.md", notice("guasto", "Login is slow", "{categories: [accesso]}", "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"))
        try:
            found = until(lambda: self.talk("the code does not arrive", lang="en")["reply"]["markdown"].startswith("**Login is slow**"), 4)
            self.assertIsNotNone(found, "the notice in English was not told as it is")
        finally:
            (self.service.kb / "en/accesso/guasto.md").unlink()


class Ends(Talk):
    def test_by_itself(self):
        ends = 6
        self.service.write("it/accesso/breve.md", notice("breve", "Guasto breve", "{categories: [accesso]}", moment(-60), moment(ends)))
        is_told = lambda: "Ci stiamo lavorando" in self.talk(QUESTION)["reply"]["markdown"]  # noqa: E731
        self.assertIsNotNone(until(is_told, 4), "it never began")
        time.sleep(0.5)
        self.assertIsNotNone(until(lambda: not is_told(), ends + 4, 0.2), "it never ended")


class AsOf(Talk):
    """On kb/: its example of a notice, from 7:30 to 11."""
    options = ("--as-of", "2026-09-14T10:59", *AT_ONCE)
    on_kb = True

    def test_its_last_minute(self):
        self.assertIn("Rallentamenti nell'accesso all'app IO", self.say("ho dimenticato la password di spid")["reply"]["markdown"])
        self.assertIn("Avviso ancora in corso", self.say("il codice otp non arriva")["reply"]["markdown"])


class Hours(Talk):
    """On its first and last day too a notice is there from its first to its last hour."""
    options = ("--as-of", "2026-05-01T12:00")

    @classmethod
    def prepare(cls):
        # Without an offset it is the time of the service's zone.
        for id, starts, ends in (("ribollita-ora", "11:30", "12:30"), ("ribollita-dopo", "13:00:00+02:00", "18:00"), ("ribollita-prima", "06:00Z", "09:00:00Z")):
            cls.service.write(f"it/accesso/{id}.md", notice(id, f"Sciopero della {id}", "{articles: [ricevuta]}", f"2026-05-01T{starts}", f"2026-05-01T{ends}"))

    def test_what_is_found(self):
        self.assertEqual([hit["id"] for hit in self.client.get("/v1/search?q=sciopero+ribollita&lang=it").json["results"]], ["ribollita-ora"])
        found = self.client.get("/v1/search?type=notice").json
        self.assertEqual((found["total"], found["facets"]["type"]), (1, [{"value": "notice", "count": 1}]))
        self.assertEqual([one["id"] for one in self.client.get("/v1/articles?type=notice").json["articles"]], ["ribollita-ora"])
        self.assertEqual([one["id"] for one in self.client.get("/v1/suggest?q=scio&lang=it").json["suggestions"]], ["ribollita-ora"])
        for id, status in (("ribollita-ora", 200), ("ribollita-dopo", 404), ("ribollita-prima", 404)):
            self.assertEqual(self.client.get("/v1/articles/" + id).status, status)

    def test_who_works_here_sees_what_is_to_come_and_what_was(self):
        agent = self.other(self.service.token())
        for validity, id in (("upcoming", "ribollita-dopo"), ("ended", "ribollita-prima"), ("current", "ribollita-ora")):
            self.assertEqual([hit["id"] for hit in agent.get(f"/v1/search?type=notice&validity={validity}").json["results"]], [id])

    def test_on_the_terminal(self):
        done = self.service.command("search", "--kb", self.service.kb, "--encoder", "none", "--as-of", "2026-05-01T17:00", "--type", "notice", "--json", "sciopero")
        self.assertIn('"ribollita-dopo"', done.stdout)
        self.assertNotIn('"ribollita-ora"', done.stdout)


class Over(Talk):
    options = ("--as-of", "2026-09-14T11:00", *AT_ONCE)
    on_kb = True

    def test_over(self):
        self.assertNotIn("Rallentamenti", self.say("ho dimenticato la password di spid")["reply"]["markdown"])


if __name__ == "__main__":
    unittest.main()
