"""When somebody is there, as a person reads it: at closing time, on Saturdays and holidays, when the clocks change."""
import re
import shutil
import unittest

from service import ROOT, Service, running

LANGS = ("it", "en", "de")
PERSON = {"it": "voglio un operatore", "en": "I want to talk to a person", "de": "Ich möchte mit einem Menschen sprechen"}


class Hours(unittest.TestCase):
    """On kb/: the app from 8 to 20, at weekends to 13; pagoPA from 8:30 to 20, on Saturdays to 14."""

    def at(self, moment):
        service = Service("--as-of", moment, "--join-within", "0")
        shutil.rmtree(service.kb)
        for article in ("accesso-cie/cie-pin-dimenticato.md", "accesso-spid/spid-poste.md", "pagamento-pagopa/avviso-gia-pagato.md"):
            (service.kb / "it" / article).parent.mkdir(parents=True)  # a category exists where there is something to read in it
            shutil.copy(ROOT / "kb" / "it" / article, service.kb / "it" / article)
        shutil.copy(ROOT / "kb" / "kb.yaml", service.kb)  # the hours are all in there
        return service

    def whens(self, moment, category, langs=("it",)):
        with running(service=self.at(moment)) as service:
            client = service.client()
            self.addCleanup(client.close)
            told = []
            for lang in langs:
                turn = client.post("/v1/chat", {"message": PERSON[lang], "lang": lang, "category": category}).json
                self.assertEqual((turn["decision"], turn["reason"]), ("ticket", "person"))
                self.assertIn(turn["ticket"]["when"], turn["reply"]["markdown"])
                self.assertIn(turn["ticket"]["when"], turn["reply"]["speech"])
                told.append(turn["ticket"]["when"])
            ticket = client.post("/v1/tickets", {"category": category, "message": "prova", "lang": langs[0]}).json
            self.assertEqual(ticket["when"], told[0])
            page = client.get(f"/ticket/{ticket['number']}?key={ticket['secret']}&lang={langs[0]}").text
            self.assertIn(told[0], re.sub(r"\s+", " ", page))
            return told

    def test_a_working_day(self):
        self.assertEqual(self.whens("2026-11-25T10:00", "accesso-spid", LANGS), ["oggi fino alle 20", "today until 8 pm", "heute bis 20 Uhr"])
        self.assertEqual(self.whens("2026-11-25T07:00", "pagamento-pagopa", LANGS), ["oggi dalle 8:30", "today from 8:30 am", "heute ab 8:30 Uhr"])

    def test_a_minute_before_closing_and_then(self):
        self.assertEqual(self.whens("2026-11-25T19:59", "accesso-spid"), ["oggi fino alle 20"])
        self.assertEqual(self.whens("2026-11-25T20:00", "accesso-spid", LANGS), ["domani dalle 8", "tomorrow from 8 am", "morgen ab 8 Uhr"])

    def test_saturday(self):
        self.assertEqual(self.whens("2026-11-28T13:59", "pagamento-pagopa"), ["oggi fino alle 14"])
        self.assertEqual(self.whens("2026-11-28T14:00", "pagamento-pagopa", LANGS), ["lunedì dalle 8:30", "Monday from 8:30 am", "Montag ab 8:30 Uhr"])
        self.assertEqual(self.whens("2026-11-28T13:00", "accesso-spid"), ["domani dalle 8"])

    def test_holidays(self):
        self.assertEqual(self.whens("2026-12-24T20:30", "pagamento-pagopa"), ["lunedì dalle 8:30"])
        self.assertEqual(self.whens("2026-12-25T10:00", "accesso-spid"), ["domenica dalle 8"])
        self.assertEqual(self.whens("2026-12-08T10:00", "accesso-spid"), ["domani dalle 8"])

    def test_easter_monday(self):
        self.assertEqual(self.whens("2026-04-04T15:00", "pagamento-pagopa", LANGS),
                         ["martedì dalle 8:30", "Tuesday from 8:30 am", "Dienstag ab 8:30 Uhr"])
        self.assertEqual(self.whens("2026-04-06T10:00", "accesso-spid"), ["domani dalle 8"])

    def test_the_nights_when_the_clocks_change(self):
        self.assertEqual(self.whens("2026-03-28T21:00", "accesso-spid"), ["domani dalle 8"])
        self.assertEqual(self.whens("2026-03-29T03:30", "accesso-spid"), ["oggi dalle 8"])
        self.assertEqual(self.whens("2026-10-25T01:30", "accesso-spid"), ["oggi dalle 8"])
        self.assertEqual(self.whens("2026-10-25T12:59", "accesso-spid"), ["oggi fino alle 13"])

    def test_where_it_is_not_known_which_service(self):
        # What holds whichever it is: the app's people are there on Saturday until 13, the others until 14.
        for moment, when in (("2026-11-28T12:30", "oggi fino alle 13"), ("2026-11-28T13:30", "domani dalle 8"), ("2026-11-28T15:00", "lunedì dalle 8:30")):
            with running(service=self.at(moment)) as service:
                client = service.client()
                self.addCleanup(client.close)
                turn = client.post("/v1/chat", {"message": "voglio un operatore"}).json
                self.assertEqual(turn["ticket"]["when"], when, moment)
                self.assertNotIn("a ogni ora", turn["reply"]["markdown"])


if __name__ == "__main__":
    unittest.main()
