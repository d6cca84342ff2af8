"""Replies to first messages are remembered: nobody may notice, but by how soon they come."""
import re
import sqlite3
import unittest

from service import ServiceTest, article, until
from talk import AT_ONCE
from test_notices import moment, notice

QUESTION = "non ricevo il codice di conferma"


class Openings(ServiceTest):
    options = AT_ONCE

    @classmethod
    def prepare(cls):
        cls.agent = cls.service.token()
        cls.service.write("it/accesso/trapano.md", article("trapano", "Come si accende il trapano", "Premi.\n\n> [!agent-l1]\n> Solo per operatori: zampogna."))

    def say(self, message, client=None, **more):
        reply = (client or self.client).post("/v1/chat", {"message": message, **more})
        self.assertEqual(reply.status, 200, reply.text)
        return reply.json

    def metric(self, name):
        found = re.search(rf"^sportello_{name} (\S+)$", self.client.get("/metrics").text, re.M)
        return float(found.group(1)) if found else 0

    def recalled(self, work):
        before = self.metric("chat_recalled_total")
        work()
        return self.metric("chat_recalled_total") - before

    @staticmethod
    def told(turn):
        """All but what each reply has of its own."""
        turn = dict(turn)
        turn.pop("conversation")
        if "article" in turn:
            turn["article"] = dict(turn["article"], receipt=turn["article"]["receipt"].rsplit("-", 1)[0])
        return turn

    def test_the_same_reply_counted_and_stored_as_before(self):
        names = ('decisions_total{decision="answer",reason="known-phrasing"}', "chat_by_words_total", 'chat_stage_seconds_count{stage="decide"}',
                 'chat_stage_seconds_count{stage="reply"}', 'chat_stage_seconds_count{stage="store"}')
        first, before = self.say(QUESTION), [self.metric(name) for name in names]
        turns = []
        self.assertEqual(self.recalled(lambda: turns.extend(self.say(QUESTION, channel="app") for _ in range(3))), 3)
        self.assertEqual([self.metric(name) for name in names], [value + 3 for value in before])
        self.assertEqual(len({turn["conversation"] for turn in [first, *turns]}), 4)
        for turn in turns:
            self.assertEqual(self.told(turn), self.told(first))
            self.assertIs(turn["recorded"], True)
            self.assertEqual(self.other(self.agent).get("/v1/receipts/" + turn["article"]["receipt"]).status, 200)
            # It goes on as any conversation does.
            again = self.say("non ho risolto", conversation=turn["conversation"])
            self.assertNotEqual(again["reason"], "no-answer")
        with sqlite3.connect(f"file:{self.service.data}/store.sqlite?mode=ro", uri=True) as db:
            rows = [list(db.execute("SELECT question, decision, reason, article, category, offered, lang, confidence FROM turns WHERE conversation = "
                                    "(SELECT number FROM conversations WHERE id = ?) ORDER BY seq LIMIT 1", [turn["conversation"]])) for turn in [first, *turns]]
        self.assertEqual(len(rows[0]), 1)
        self.assertEqual(rows, [rows[0]] * 4)

    def test_what_is_somebodys_is_not_remembered(self):
        for message in ("sono RSSMRA80A01H501U e non ricevo il codice", "scrivetemi a mario.rossi@example.com, non ricevo il codice"):
            self.assertEqual(self.recalled(lambda message=message: [self.say(message) for _ in range(2)]), 0, message)
        first = self.say(QUESTION)["conversation"]
        self.assertEqual(self.recalled(lambda: [self.say(QUESTION, conversation=first) for _ in range(2)]), 0)
        agent = self.other(self.agent)
        self.assertEqual(self.recalled(lambda: [self.say(QUESTION, agent, explain=True) for _ in range(2)]), 0)

    def test_readers_stay_apart(self):
        """And what is noted each time that it is read is read each time."""
        agent, message = self.other(self.agent), "come si accende il trapano"
        for _ in range(3):
            self.assertNotIn("zampogna", self.say(message)["reply"]["markdown"])
            self.assertIn("zampogna", self.say(message, agent)["reply"]["markdown"])
        self.assertEqual(self.recalled(lambda: self.say(message)), 1)
        self.assertEqual(self.recalled(lambda: self.say(message, agent)), 0)

        def noted():
            with sqlite3.connect(f"file:{self.service.data}/store.sqlite?mode=ro", uri=True) as db:
                return db.execute("SELECT count(*) FROM audit WHERE action = 'article-read' AND object = 'it/trapano'").fetchone()[0]
        self.assertIsNotNone(until(lambda: noted() == 4, 5))

    def test_languages_categories_and_channels(self):
        told = [self.told(self.say("ok", **more)) for more in ({"lang": "it"}, {"lang": "en"}, {"lang": "it"}, {"lang": "en"})]
        self.assertEqual(told[:2], told[2:])
        self.assertEqual([turn["lang"] for turn in told], ["it", "en"] * 2)
        self.say("vorrei parlare con un operatore")
        for more in ({"category": "accesso"}, {"category": "pagamenti"}, {"channel": "email"}):
            self.assertEqual(self.recalled(lambda more=more: self.say("vorrei parlare con un operatore", **more)), 0, more)
            self.assertEqual(self.recalled(lambda more=more: self.say("vorrei parlare con un operatore", **more)), 1, more)

    def test_an_article_and_the_configuration_that_change(self):
        said = lambda: self.say("dove sta la lavagna magica")["reply"]["markdown"]  # noqa: E731
        for text in ("Al primo piano.", "Al secondo piano."):
            self.service.write("it/accesso/lavagna.md", article("lavagna", "Dove sta la lavagna magica", text))
            self.assertIsNotNone(until(lambda text=text: text in said(), 5), text)
            self.assertEqual(self.recalled(said), 1)
        (self.service.kb / "it/accesso/lavagna.md").unlink()
        self.assertIsNotNone(until(lambda: "piano" not in said(), 5))
        group = lambda: self.say("voglio un operatore", category="accesso")["ticket"]["group_name"]  # noqa: E731
        before = group()
        self.assertIsNotNone(until(lambda: self.recalled(group) == 1, 5))  # once the index of before the change is settled
        path = self.service.kb / "kb.yaml"
        yaml = path.read_text(encoding="utf-8")
        self.service.write("kb.yaml", yaml.replace(before, "Gruppo rinominato"))
        self.assertIsNotNone(until(lambda: group() == "Gruppo rinominato", 5))
        self.service.write("kb.yaml", yaml)
        self.assertIsNotNone(until(lambda: group() == before, 5))


class Notices(ServiceTest):
    options = AT_ONCE

    @classmethod
    def prepare(cls):
        cls.service.write("it/accesso/breve.md", notice("breve", "Guasto breve", "{categories: [accesso]}", moment(4), moment(7)))

    def test_begins_and_ends_in_what_is_remembered(self):
        is_told = lambda: "Ci stiamo lavorando" in self.client.post("/v1/chat", {"message": QUESTION}).json["reply"]["markdown"]  # noqa: E731
        self.assertFalse(is_told())
        self.assertIsNotNone(until(is_told, 8, 0.1), "it never began")
        self.assertTrue(is_told())
        self.assertIsNotNone(until(lambda: not is_told(), 8, 0.1), "it never ended")
        self.assertFalse(is_told())
        recalled = float(re.search(r"^sportello_chat_recalled_total (\S+)$", self.client.get("/metrics").text, re.M).group(1))
        self.assertGreater(recalled, 10)


if __name__ == "__main__":
    unittest.main()
