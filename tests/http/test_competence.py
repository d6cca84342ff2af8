"""Where another body decides: its contact, a text ready to send to it, and no ticket in the wrong house."""
import html
import re
import unittest
import urllib.parse

from service import ROOT
from talk import AT_ONCE, Talk

SPID = "ho dimenticato la password di spid"


class Competence(Talk):
    options = ("--as-of", "2026-11-25", *AT_ONCE)
    on_kb = True

    def test_contact_and_letter(self):
        turn = self.say(SPID)
        self.assertDecided(turn, "answer", None, "spid-password-dimenticata")
        self.assertIn("**Aruba**: 0575 0504", turn["reply"]["markdown"])
        self.assertIn("**TIM**", turn["reply"]["markdown"])
        self.assertEqual(turn["letter"]["to"], "il gestore della tua identità SPID")
        self.assertIn(SPID, turn["letter"]["text"])
        self.assertNotIn("{", turn["letter"]["text"])
        self.assertNotIn("ticket", turn)

    def test_only_the_one_that_was_named(self):
        for words, named in (("con posteid", "Poste Italiane"), ("con aruba", "Aruba"), ("di spiditalia", "Register (SpidItalia)"),
                             ("di TIM id", "TIM")):
            text = self.talk(f"{SPID} {words}")["reply"]["markdown"]
            contacts = re.findall(r"^- \*\*(.*?)\*\*: .*\d", text, re.M)
            self.assertEqual(contacts, [named], words)

    def test_named_some_messages_ago(self):
        turn = self.talk("ho lo spid di poste", "ho dimenticato la password di spid")
        self.assertDecided(turn, "answer")
        self.assertEqual(re.findall(r"^- \*\*(.*?)\*\*: .*\d", turn["reply"]["markdown"], re.M), ["Poste Italiane"])
        self.assertIn("ho lo spid di poste", turn["letter"]["text"])

    def test_a_choice_is_nothing_for_the_letter(self):
        turn = self.talk("il mio spid non funziona più", "la prima")
        self.assertDecided(turn, "answer", "chosen")
        self.assertIn("il mio spid non funziona più", turn["letter"]["text"])
        self.assertNotIn("la prima", turn["letter"]["text"])

    def test_no_personal_data_in_the_letter(self):
        turn = self.say(f"{SPID}, scrivetemi a mario.rossi@example.it")
        self.assertEqual(turn["decision"], "answer")
        self.assertNotIn("example.it", turn["letter"]["text"])
        self.assertNotIn("<email>", turn["letter"]["text"])

    def test_the_problem_and_not_that_the_answer_before_did_not_help(self):
        turn = self.talk("come carico il pdf dell'avviso", "non ho risolto")
        self.assertIn("letter", turn, turn["article"])
        self.assertIn("come carico il pdf dell'avviso", turn["letter"]["text"])
        self.assertNotIn("non ho risolto", turn["letter"]["text"])
        page = html.unescape(self.client.get(f"/chat/{self.conversation}").text)
        self.assertNotRegex(re.search(r'<textarea readonly rows="8"[^>]*>(.*?)</textarea>', page, re.S).group(1), "non ho risolto")

    def test_who_insists_gets_a_ticket(self):
        self.say(SPID)
        self.assertDecided(self.say("voglio un operatore"), "ticket", "person")

    def test_in_the_language_of_the_person(self):
        for message, to, words in (("I forgot my SPID password", "your SPID identity provider", "Please help me"),
                                   ("Ich habe mein SPID-Passwort vergessen", "dein SPID-Identitätsanbieter", "Bitte helfen Sie mir")):
            turn = self.talk(message)
            self.assertEqual((turn["decision"], turn["letter"]["to"]), ("answer", to))
            self.assertIn(words, turn["letter"]["text"])

    def test_bodies(self):
        for message, body, words in (("disconoscere operazione pagopa", "la banca o la società che ha emesso la tua carta", "numero che trovi sul retro della carta"),
                                     ("mi dà PAA_PAGAMENTO_ANNULLATO", "l'ente che ha emesso l'avviso", "codice avviso di 18 cifre"),
                                     ("ho perso il puk della cie", "il Ministero dell'Interno, che gestisce la CIE", "06 4298 5699")):
            turn = self.talk(message)
            self.assertEqual((turn["decision"], turn.get("letter", {}).get("to")), ("answer", body), message)
            self.assertIn(words, turn["reply"]["markdown"])

    def test_every_body_has_a_letter_in_every_language(self):
        text = (ROOT / "kb" / "kb.yaml").read_text(encoding="utf-8")
        for body in ("identity-provider", "card-issuer", "acquirer", "consap", "creditor-entity"):
            part = re.search(rf"^  {body}:.*\n((?:    .*\n|\n)+)", text[text.index("\nbodies:"):], re.M).group(1)
            letter = part[part.index("    letter:"):]
            self.assertEqual(re.findall(r"^      (\w\w): \|", letter, re.M), ["it", "en", "de"], body)
            self.assertEqual(letter.count("{said}"), 3, body)

    def test_plain_page(self):
        reply = self.client.post("/chat", urllib.parse.urlencode({"lang": "it", "message": SPID}), Content_Type="application/x-www-form-urlencoded")
        page = html.unescape(self.client.get(reply["Location"].split("#")[0]).text)
        box = re.search(r'<textarea readonly rows="8" aria-label="Testo pronto da inviare: il gestore della tua identità SPID">(.*?)</textarea>', page, re.S)
        self.assertIn(SPID, box.group(1))

    def test_our_own_articles_have_none(self):
        self.assertNotIn("letter", self.talk("io non mi fa vedere i messaggi"))


if __name__ == "__main__":
    unittest.main()
