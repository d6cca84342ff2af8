"""Error codes, typed or pasted, in the words of whoever asks."""
import unittest
import urllib.parse

from service import article
from talk import AT_ONCE, Talk

LOG = """2026-11-20 12:33:01.221 ERROR [node-7] i.p.Dispatcher - request failed
{"id": "8c1f", "outcome": "KO", "fault": {"faultCode": "PAA_PAGAMENTO_SCADUTO", "faultString": "expired", "id": "00000000000"}}
\tat it.pagopa.node.Dispatcher.send(Dispatcher.java:118)
\tat it.pagopa.node.Dispatcher.run(Dispatcher.java:61)
\tat java.base/java.lang.Thread.run(Thread.java:834)
"""


class Codes(Talk):
    options = ("--as-of", "2026-11-25", *AT_ONCE)
    on_kb = True

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.agent = cls.service.token()
        cls.psp = cls.service.token(audience="psp", role="reader", subject="banca")

    def article_of(self, message, client=None):
        turn = self.say(message, client)
        self.conversation = None
        return turn["decision"], turn["reason"], turn.get("article", {}).get("id")

    def test_however_it_is_typed(self):
        for written in ("PAA_PAGAMENTO_DUPLICATO", "paa_pagamento_duplicato", "paa pagamento duplicato", "PAA-PAGAMENTO-DUPLICATO", "paa-pagamento-duplicato",
                        "PAA_PAGAMENTO DUPLICATO", "Paa_Pagamento_Duplicato", "«PAA_PAGAMENTO_DUPLICATO»", "codice:PAA_PAGAMENTO_DUPLICATO."):
            self.assertEqual(self.article_of(f"mi esce {written}"), ("answer", "code", "avviso-gia-pagato"), written)
        for written in ("nr19", "NR19", "nr 19", "ErrorCode nr19"):
            self.assertEqual(self.article_of(written), ("answer", "code", "spid-codici-errore"), written)

    def suggested(self, typed, client=None):
        reply = (client or self.client).get("/v1/suggest?lang=it&q=" + urllib.parse.quote(typed))
        self.assertEqual(reply.status, 200)
        return [one["id"] for one in reply.json["suggestions"]]

    def test_while_it_is_typed(self):
        for typed in ("PPT_PAGAMENTO_DUPLICATO", "ppt_pagamento_dupl", "PPT PAGAMENTO DUPLICATO", "PPT-PAGAMENTO-DUPLICATO", "payment_dup", LOG.replace("SCADUTO", "DUPLICATO")):
            self.assertEqual(self.suggested(typed)[:1], ["avviso-gia-pagato"], typed)
        self.assertIn("spid-codici-errore", self.suggested("nr19"))
        self.assertEqual(self.suggested("XYZ_PAGAMENTO_DUPLICATO"), [])
        # A word that codes begin with, too: what people ask comes first.
        self.assertNotEqual(self.suggested("pag")[:1], ["avviso-gia-pagato"])

    def test_typed_codes_of_others_are_not_there(self):
        self.assertEqual(self.suggested("PPT_CANALE_ERR"), [])
        self.assertNotEqual(self.suggested("PPT_CANALE_ERR", self.other(self.psp)), [])

    def test_with_a_slip(self):
        self.assertEqual(self.article_of("mi da PPT_SISTEM_ERROR"), ("answer", "code", "errore-generico"))
        self.assertEqual(self.article_of("esce PAA_ATTIVA_RPT_INPORTO_NON_VALIDO"), ("answer", "code", "importo-diverso"))
        # Another service's code of the same end is not meant.
        self.assertNotEqual(self.article_of("XYZ_PAGAMENTO_DUPLICATO")[1], "code")

    def searched(self, typed, client=None):
        reply = (client or self.client).get("/v1/search?lang=it&q=" + urllib.parse.quote(typed))
        self.assertEqual(reply.status, 200)
        return [hit["id"] for hit in reply.json["results"]]

    def test_search_knows_what_the_chat_knows(self):
        for typed, wanted in (("PPT_SINTASSI_EXTRAXSD", "errore-generico"), ("PPT SINTASSI EXTRAXSD", "errore-generico"),
                              ("PPT-SINTASSI-EXTRAXSD", "errore-generico"), ("ppt sintassi extraxsd", "errore-generico"),
                              ("errore dell'ente PPT SINTASSI EXTRAXSD", "errore-generico"), ("PPT_SISTEM_ERROR", "errore-generico"),
                              ("PAA_ATTIVA_RPT_INPORTO_NON_VALIDO", "importo-diverso"), ("nr 19", "spid-codici-errore")):
            self.assertEqual(self.searched(typed)[:1], [wanted], typed)
        self.assertGreater(len(self.searched("pagamento PAA PAGAMENTO DUPLICATO")), 0)
        self.assertEqual(self.searched("XYZ_PAGAMENTO_DUPLICATO"), [])
        self.assertNotIn("psp-canale-errori", self.searched("PPT CANALE TIMEOUT"))
        self.assertEqual(self.searched("PPT CANALE TIMEOUT", self.other(self.psp))[:1], ["psp-canale-errori"])

    def test_words_of_a_sentence_are_no_code(self):
        self.assertNotEqual(self.article_of("i want to remove an invalid card")[1], "code")

    def test_in_a_pasted_log(self):
        self.assertEqual(self.article_of(LOG), ("answer", "code", "avviso-scaduto"))
        self.assertEqual(self.article_of("\n".join(f"riga {i} di un lungo registro qualsiasi" for i in range(25)) + "\n" + LOG), ("answer", "code", "avviso-scaduto"))
        self.assertEqual(self.say(LOG)["lang"], "it")  # its words say nothing of who pastes it

    def test_two_codes(self):
        turn = self.say("prima PAA_PAGAMENTO_DUPLICATO, poi PAA_PAGAMENTO_SCADUTO")
        self.assertEqual((turn["decision"], turn["reason"]), ("answer", "code"))
        shown = {turn["article"]["id"]} | {choice["article"] for choice in turn["choices"]}
        self.assertEqual(shown, {"avviso-gia-pagato", "avviso-scaduto"})
        turn = self.say(turn["choices"][0]["value"])
        self.assertEqual(turn["decision"], "answer")

    def test_two_codes_of_one_article(self):
        turn = self.say("PAA_PAGAMENTO_SCADUTO e PAYMENT_EXPIRED")
        self.assertDecided(turn, "answer", "code", "avviso-scaduto")
        self.assertEqual(turn["choices"], [])

    def test_one_that_nobody_explains(self):
        turn = self.say("ricevo l'errore PAA_PIPPO_PLUTO")
        self.assertDecided(turn, "ticket", "unknown-code")
        self.assertIn("`PAA_PIPPO_PLUTO` non è tra quelli che conosco", turn["reply"]["markdown"])
        self.assertIn("`PAA_PIPPO_PLUTO`", self.talk("I get the error PAA_PIPPO_PLUTO when I pay")["reply"]["markdown"])
        page = self.client.get(f"/chat/{self.conversation}?lang=en").text
        self.assertIn("<code>PAA_PIPPO_PLUTO</code>", page)

    def test_names_of_programs_are_no_codes(self):
        for message in ("il campo user_id", "https://example.com/a_b_c", "mario_rossi_1@example.com"):
            self.assertNotEqual(self.say(message)["reason"], "unknown-code", message)
            self.conversation = None

    def test_in_the_words_of_whoever_asks(self):
        code = "PPT_CANALE_TIMEOUT"
        self.assertEqual(self.article_of(code)[1], "unknown-code")  # not for citizens: it does not exist for them
        self.assertEqual(self.article_of(code, self.other(self.psp)), ("answer", "code", "psp-canale-errori"))
        self.assertEqual(self.article_of(code, self.other(self.agent)), ("answer", "code", "psp-canale-errori"))
        for_citizens, for_agents = (self.talk("PAA_PAGAMENTO_DUPLICATO", client=client)["reply"]["markdown"] for client in (None, self.other(self.agent)))
        self.assertGreater(len(for_agents), len(for_citizens))


class AnyForm(Talk):
    """Whatever a code looks like, and wherever it stands in the message."""
    codes = {"trattino": "E-1234", "punto": "err.12.3", "barra": "TRK/99", "diesis": "#77", "in-indirizzo": "PPT_X_Y2"}

    @classmethod
    def prepare(cls):
        for number, (id, code) in enumerate(cls.codes.items()):
            cls.service.write(f"it/pagamenti/{id}.md", article(id, "Spiegazione " + "abcdef"[number] * 3, "Testo qui.", category="pagamenti", codes=f'["{code}"]'))

    def test_in_a_sentence(self):
        for id, code in self.codes.items():
            for message in (code, f"mi dà l'errore {code} quando pago", f"mi dà l'errore {code.lower()}.", f'{{"faultCode": "{code}"}}'):
                turn = self.say(message)
                self.conversation = None
                self.assertEqual((turn["reason"], turn.get("article", {}).get("id")), ("code", id), message)

    def test_without_what_stands_between_its_parts(self):
        for message, id in (("E1234", "trattino"), ("errore e1234", "trattino"), ("mi dà trk99 quando pago", "barra")):
            turn = self.say(message)
            self.conversation = None
            self.assertEqual((turn["reason"], turn.get("article", {}).get("id")), ("code", id), message)
        for message in ("errore e123", "errore e12345", "errore trk9"):
            turn = self.say(message)
            self.conversation = None
            self.assertNotEqual(turn["reason"], "code", message)

    def test_in_an_address(self):
        for message in ("https://paga.example/esito?err=PPT_X_Y2&y=1", "esce https://paga.example/PPT_X_Y2/ e poi niente", "www.paga.example/?e=ppt_x_y2"):
            turn = self.say(message)
            self.conversation = None
            self.assertEqual((turn["reason"], turn.get("article", {}).get("id")), ("code", "in-indirizzo"), message)
            found = self.client.get("/v1/search?q=" + urllib.parse.quote(message)).json["results"]
            self.assertEqual(found[0]["id"], "in-indirizzo")


if __name__ == "__main__":
    unittest.main()
