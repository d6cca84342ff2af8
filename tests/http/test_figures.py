"""GET /v1/deflection."""
import csv
import datetime
import html
import io
import re
import time
import unittest

from service import ServiceTest


class Deflection(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.manager_token = cls.service.token(role="manager", subject="capo")
        cls.agent_token = cls.service.token()
        cls.admin_token = cls.service.token(role="admin", subject="root")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = cls.service.client()
        for solved in (True, None):
            turn = client.post("/v1/chat", {"message": "non ricevo il codice di conferma"}).json
            assert turn["decision"] == "answer", turn
            if solved:
                assert client.post(f"/v1/chat/{turn['conversation']}/feedback", {"solved": True}).status == 200
        turn = client.post("/v1/chat", {"message": "voglio parlare con un operatore", "channel": "app"}).json
        assert client.post("/v1/tickets", {"conversation": turn["conversation"]}).status == 201
        client.post("/v1/chat", {"message": "buongiorno"})
        client.close()

    def setUp(self):
        super().setUp()
        self.manager = self.other(self.manager_token)

    def test_json(self):
        figures = self.manager.get("/v1/deflection?by=month").json
        total = figures["total"]
        self.assertEqual((total["conversations"], total["resolved_confirmed"], total["resolved_assumed"], total["tickets"],
                          total["abandoned"]), (3, 1, 1, 1, 0))
        self.assertEqual(total["self_service_rate"], {"low": 0.3333, "high": 0.6667})
        self.assertEqual(len(figures["rows"]), 1)
        self.assertRegex(figures["rows"][0]["key"], r"^\d{4}-\d\d$")
        self.assertEqual((figures["tickets"]["all"], figures["tickets"]["closed"], figures["tickets"]["first_level_autonomy"]), (1, 0, None))

    def test_by_channel(self):
        rows = self.manager.get("/v1/deflection?by=channel").json["rows"]
        self.assertEqual({row["key"]: row["conversations"] for row in rows}, {"web": 2, "app": 1})

    def test_csv(self):
        reply = self.manager.get("/v1/deflection?by=category", Accept="text/csv")
        self.assertEqual((reply.status, reply["Content-Type"]), (200, "text/csv; charset=utf-8"))
        rows = list(csv.DictReader(io.StringIO(reply.text)))
        self.assertEqual(rows[-1]["category"], "total")
        self.assertEqual((rows[-1]["conversations"], rows[-1]["self_service_low"]), ("3", "0.3333"))

    def test_range(self):
        figures = self.manager.get("/v1/deflection?from=2020-01-01&to=2020-01-31").json
        self.assertEqual((figures["rows"], figures["total"]["conversations"]), ([], 0))
        self.assertEqual(figures["total"]["self_service_rate"], {"low": None, "high": None})
        # Days are those of the service's time zone.
        self.assertEqual((figures["from"], figures["until"]), ("2019-12-31T23:00:00Z", "2020-01-31T23:00:00Z"))
        today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        self.assertEqual(self.manager.get("/v1/deflection?from=2020-01-01").status, 200)
        self.assertEqual(self.manager.get(f"/v1/deflection?to={today}").status, 200)

    def test_bad_parameters(self):
        for query, field in (("by=week", "by"), ("from=yesterday", "from"), ("to=2026-02-30", "to"),
                             ("from=2026-02-02&to=2026-02-01", "from")):
            self.assertProblem(self.manager.get("/v1/deflection?" + query), 400, "bad-value", field=field)

    def test_every_dimension_adds_up(self):
        for by in ("month", "day", "hour", "weekday-hour", "category", "channel", "lang", "audience", "article"):
            figures = self.manager.get(f"/v1/deflection?by={by}").json
            self.assertEqual((figures["by"], sum(row["conversations"] for row in figures["rows"])), (by, 3), by)
            for row in figures["rows"]:
                self.assertEqual(row["conversations"], row["resolved_confirmed"] + row["resolved_assumed"] + row["tickets"] + row["abandoned"])
        groups = self.manager.get("/v1/deflection?by=group").json
        self.assertEqual([row["work"]["tickets"] for row in groups["rows"]], [1])

    def test_a_table_of_two(self):
        figures = self.manager.get("/v1/deflection?by=month&across=channel").json
        self.assertEqual({row["key2"]: row["conversations"] for row in figures["rows"]}, {"web": 2, "app": 1})
        self.assertProblem(self.manager.get("/v1/deflection?by=article&across=group"), 400, "bad-value", field="across")

    def test_filters(self):
        self.assertEqual(self.manager.get("/v1/deflection?channel=app").json["total"]["tickets"], 1)
        self.assertEqual(self.manager.get("/v1/deflection?channel=web&of_lang=it").json["total"]["conversations"], 2)
        self.assertEqual(self.manager.get("/v1/deflection?channel=nowhere").json["total"]["conversations"], 0)

    def test_time_and_turns(self):
        total = self.manager.get("/v1/deflection").json["total"]
        self.assertEqual((total["answered"], total["turns_to_answer"], total["work"]["tickets"]), (2, 1, 1))
        self.assertLess(0, total["time_to_answer_ms"]["p50"])

    def test_rules_of_others(self):
        total = self.manager.get("/v1/deflection?rules=all").json["total"]["rules"]
        # Two were answered and nothing was denied; the ticket stays in its group; 72 hours are not over.
        self.assertEqual({name: (rule["counted"], rule["resolved"]) for name, rule in total.items()},
                         {"intercom": (3, 2), "zendesk": (3, 0), "servicenow": (3, 2), "microsoft": (3, 2)})
        self.assertEqual(list(self.manager.get("/v1/deflection?rules=zendesk").json["total"]["rules"]), ["zendesk"])
        self.assertNotIn("rules", self.manager.get("/v1/deflection").json["total"])
        self.assertProblem(self.manager.get("/v1/deflection?rules=mine"), 400, "bad-value", field="rules")

    def test_before(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        before = self.manager.get(f"/v1/deflection?from={today}&to={today + datetime.timedelta(1)}&compare=before").json["before"]
        self.assertEqual((before["total"]["conversations"], before["rows"]), (0, []))
        later = today + datetime.timedelta(2)
        figures = self.manager.get(f"/v1/deflection?from={later}&to={later + datetime.timedelta(2)}&compare=before").json
        self.assertEqual((figures["total"]["conversations"], figures["before"]["total"]["conversations"]), (0, 3))

    def test_small_counts_do_not_leave_the_house(self):
        figures = self.manager.get("/v1/deflection?by=channel&public=1").json
        self.assertTrue(figures["masked"])
        self.assertEqual({row["conversations"] for row in figures["rows"]} | {figures["total"]["conversations"]}, {None})
        self.assertNotIn("work", figures["total"])
        rows = list(csv.DictReader(io.StringIO(self.manager.get("/v1/deflection?by=channel&public=1&format=csv").text)))
        self.assertEqual({row[name] for row in rows for name in row if name != "channel"}, {""})

    def test_definitions(self):
        for lang, word in (("it", "Conversazioni"), ("en", "Conversations")):
            reply = self.manager.get(f"/v1/deflection/definitions?lang={lang}")
            entries = reply.json.get("definitions") or self.fail(reply.text)
            self.assertEqual(entries[0]["name"], word)
            for entry in entries:
                self.assertNotIn("definition.", entry["name"] + entry["definition"])
            self.assertEqual([entry["id"] for entry in entries if entry["source"]],
                             ["rules.intercom", "rules.zendesk", "rules.servicenow", "rules.microsoft"])
        self.assertProblem(self.client.get("/v1/deflection/definitions"), 401, "unauthorized")

    def test_the_dashboard_defines_its_figures_in_the_same_words(self):
        for lang in ("it", "en"):
            told = {entry["id"]: entry for entry in self.manager.get(f"/v1/deflection/definitions?lang={lang}").json["definitions"]}
            shown = set()
            for view in ("", "topics", "contacts", "work", "rules"):
                page = self.manager.get(f"/dashboard/{view}?lang={lang}").text
                figures = re.findall(r'<section class="ag-box db-figure.*?</section>', page, re.S)
                self.assertTrue(figures, view)
                for figure in figures:
                    defined = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", figure, re.S)
                    self.assertTrue(defined, figure)
                    for name, text in defined:
                        match = [entry for entry in told.values() if entry["name"] == html.unescape(name)]
                        self.assertEqual(len(match), 1, name)
                        self.assertEqual(html.unescape(text.split(" <a ")[0]), match[0]["definition"])
                        self.assertEqual(re.findall(r'href="(.*?)"', text), [match[0]["source"]] if match[0]["source"] else [])
                        shown.add(match[0]["id"])
                tiles = re.findall(r'<li class="ag-box db-tile.*?<h3>(.*?)</h3>.*?</summary><p>(.*?)</p></details>', page, re.S)
                self.assertEqual(len(tiles), 0 if view else 13)
                for name, text in tiles:
                    self.assertIn((html.unescape(name), html.unescape(text)), [(entry["name"], entry["definition"]) for entry in told.values()])
            self.assertLessEqual({"self_service_rate", "received", "preventable", "rules.zendesk", "not_solved"}, shown)

    def test_the_home_page_begins_with_what_solved(self):
        article = self.manager.get("/v1/deflection?by=article").json["rows"][0]["key"]
        links = re.findall(r'href="/a/([\w-]+)', self.client.get("/").text)
        self.assertEqual(links[0], article)
        self.assertGreater(len(links), 1, "others follow, the freshest first")

    def test_is_for_managers(self):
        self.assertProblem(self.client.get("/v1/deflection"), 401, "unauthorized")
        self.assertProblem(self.other(self.agent_token).get("/v1/deflection"), 403, "forbidden")
        self.assertEqual(self.other(self.admin_token).get("/v1/deflection").status, 200)


class Persons(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.manager_token = cls.service.token(role="manager", subject="capo")

    def setUp(self):
        super().setUp()
        self.manager = self.other(self.manager_token)

    def test_who_comes_back_on_another_channel_was_not_helped_before(self):
        def figures(channel):
            return self.manager.get(f"/v1/deflection?by=channel&channel={channel}").json["total"]

        def ask(channel, **more):
            time.sleep(1.01)  # times are of seconds: who comes back does so later
            return client.post("/v1/chat", {"message": "non ricevo il codice di conferma", "channel": channel, **more})

        # A mail system and a telephone system, each with a token: the address is written in two ways.
        client = self.other(self.service.token("citizen", "reader", "centralino"))
        self.assertEqual(ask("mail", person="Ada.Rossi@esempio.it").json["decision"], "answer")
        self.assertEqual((figures("mail")["resolved_assumed"], figures("mail")["returned"]), (1, 0))
        ask("phone", person="grace.bianchi@esempio.it")
        self.assertEqual(figures("mail")["returned"], 0, "another person")
        ask("phone", person=" ada.rossi@ESEMPIO.it")
        mail = figures("mail")
        self.assertEqual((mail["resolved_assumed"], mail["abandoned"], mail["returned"]), (0, 1, 1))
        ask("mail", person="subject:u-1")
        ask("phone", person="subject:u-1")
        self.assertEqual(figures("mail")["returned"], 2)
        admin = self.other(self.service.token(role="admin", subject="root"))
        for person in ("subject:u-1", "ADA.ROSSI@esempio.it"):
            told = admin.post("/v1/forget", {"person": person, "dry_run": True}).json
            self.assertEqual(told["forgotten"]["conversations"], 2, person)
        for file in self.service.data.iterdir():
            if file.is_file():
                self.assertNotRegex(file.read_bytes().lower(), rb"rossi|subject:u-1", file)

    def test_nobody_without_a_token_says_who_they_are(self):
        client = self.other(self.service.token("citizen", "reader", "posta"))
        body = {"message": "non ricevo il codice di conferma", "channel": "sms", "person": "alan@esempio.it"}
        self.assertEqual(client.post("/v1/chat", body).status, 200)
        before = self.manager.get("/v1/deflection?by=channel").json
        self.assertProblem(self.client.post("/v1/chat", body), 401, "unauthorized", field="person")
        self.assertEqual(self.manager.get("/v1/deflection?by=channel").json["rows"], before["rows"], "nothing was counted")
        for person in ("Mario", "", "subject:", "x" * 201):
            self.assertEqual(client.post("/v1/chat", {**body, "person": person}).status, 400, person)


if __name__ == "__main__":
    unittest.main()
