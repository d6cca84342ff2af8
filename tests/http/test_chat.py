"""POST /v1/chat and feedback."""
import unittest
import urllib.parse

from service import ServiceTest

QUESTION = "non ricevo il codice di conferma"


class Chat(ServiceTest):
    def say(self, message, **more):
        reply = self.client.post("/v1/chat", {"message": message, **more})
        self.assertEqual(reply.status, 200, reply.text)
        return reply.json

    def test_answer(self):
        reply = self.client.post("/v1/chat", {"message": QUESTION})
        self.assertEqual((reply.status, reply["Content-Type"]), (200, "application/json; charset=utf-8"))
        self.assertEqual(reply["Cache-Control"], "no-store")
        turn = reply.json
        self.assertRegex(turn["conversation"], "^[A-Za-z0-9]{26}$")
        self.assertEqual((turn["decision"], turn["reason"], turn["lang"]), ("answer", "known-phrasing", "it"))
        self.assertIn("Aspetta cinque minuti", turn["reply"]["markdown"])
        self.assertIn("<p>Aspetta cinque minuti", turn["reply"]["html"])
        self.assertIn("Aspetta cinque minuti", turn["reply"]["speech"])
        article = turn["article"]
        self.assertEqual((article["id"], article["lang"], article["title"], article["updated"]),
                         ("codice-non-arriva", "it", "Non mi arriva il codice via SMS", "2026-10-01"))
        self.assertEqual(article["url"], "/a/codice-non-arriva?lang=it")
        self.assertRegex(article["version"], "^[0-9a-f]{64}$")
        self.assertRegex(article["receipt"], "^S1-codice-non-arriva-it-" + article["version"][:12] + "-[0-9a-z]+$")
        self.assertEqual(turn["related"], [{"id": "password-dimenticata", "lang": "it", "title": "Ho dimenticato la password",
                                            "url": "/a/password-dimenticata?lang=it"}])
        self.assertEqual(turn["category"], "accesso")
        self.assertGreaterEqual(turn["confidence"], 0.9)
        self.assertLessEqual(turn["confidence"], 1)
        self.assertIs(turn["recorded"], True)
        self.assertNotIn("ticket", turn)

    def test_conversation_goes_on(self):
        first = self.say(QUESTION)
        second = self.say("grazie mille", conversation=first["conversation"])
        self.assertEqual(second["conversation"], first["conversation"])
        self.assertEqual((second["decision"], second["reason"]), ("none", "thanks"))

    def test_follow_up_is_read_after_what_was_shown(self):
        first = self.say(QUESTION)
        turn = self.say("e se il codice non arriva lo stesso?", conversation=first["conversation"])
        self.assertEqual(turn["decision"], "answer")
        self.assertEqual(turn["category"], "accesso")

    def test_not_solved_is_the_next_best_once_then_a_person(self):
        first = self.say(QUESTION)
        again = self.say("non funziona, nemmeno con la password", conversation=first["conversation"])
        self.assertEqual((again["decision"], again["reason"]), ("answer", "next-best"))
        self.assertEqual(again["article"]["id"], "password-dimenticata")
        again = self.say("non ho risolto", conversation=first["conversation"])
        self.assertEqual((again["decision"], again["reason"]), ("ticket", "not-solved"))

    def test_what_closes_and_what_comes_after_a_ticket(self):
        first = self.say(QUESTION)["conversation"]
        turn = self.say("ok chiamo il comune", conversation=first)
        self.assertEqual((turn["decision"], turn["reason"]), ("none", "thanks"))
        turn = self.say("voglio parlare con un operatore", conversation=first)
        self.assertEqual(turn["decision"], "ticket")
        turn = self.say("succede da lunedì con il telefono vecchio", conversation=first)
        self.assertEqual((turn["decision"], turn["reason"]), ("ticket", "details"))
        turn = self.say("altra domanda: " + QUESTION, conversation=first)
        self.assertEqual(turn["decision"], "answer")

    def test_person_is_always_honoured(self):
        turn = self.say("voglio parlare con un operatore")
        self.assertEqual((turn["decision"], turn["reason"]), ("ticket", "person"))
        self.assertIn("ticket", turn)

    def test_ticket_says_who_and_when_and_asks_fields(self):
        first = self.say("mi hanno addebitato due volte")
        self.assertEqual(first["decision"], "answer")
        turn = self.say("voglio parlare con un operatore", conversation=first["conversation"])
        self.assertEqual(turn["decision"], "ticket")
        self.assertEqual((turn["ticket"]["group"], turn["ticket"]["group_name"]), ("secondo-livello", "Secondo livello"))
        self.assertTrue(turn["ticket"]["when"])
        self.assertEqual([field["key"] for field in turn["fields"]], ["iban", "email"])
        self.assertEqual(turn["fields"][0], {"key": "iban", "label": "IBAN", "why": "Per il rimborso.", "type": "iban", "max": 40,
                                             "keep_days": 30})

    def test_choice_field_has_options(self):
        first = self.say(QUESTION)
        turn = self.say("voglio parlare con un operatore", conversation=first["conversation"])
        self.assertEqual(turn["fields"][0]["options"], ["Uno", "Due"])

    def test_greeting(self):
        turn = self.say("buongiorno")
        self.assertEqual((turn["decision"], turn["reason"]), ("none", "greeting"))
        self.assertEqual((turn["related"], turn["fields"]), ([], []))

    def test_code_finds_its_article(self):
        turn = self.say("mi esce PAA_PAGAMENTO_DUPLICATO")
        self.assertEqual((turn["decision"], turn["article"]["id"]), ("answer", "pagamento-doppio"))

    def test_language_of_the_message(self):
        turn = self.say("i do not receive the confirmation code")
        self.assertEqual((turn["lang"], turn["article"]["lang"]), ("en", "en"))

    def test_article_in_another_language_is_told(self):
        turn = self.say("I get the message PAA_PAGAMENTO_DUPLICATO when I pay")
        self.assertEqual((turn["decision"], turn["lang"], turn["article"]["id"], turn["article"]["lang"]),
                         ("answer", "en", "pagamento-doppio", "it"))
        self.assertTrue(turn["reply"]["markdown"].startswith("This article exists only in Italian:\n\n**Ho pagato"), turn["reply"])
        self.assertRegex(turn["reply"]["html"], r'(?s)^<p>This article exists only in Italian:</p>\n<div lang="it">\n<p><strong>.*</div>\n$')
        self.assertEqual(turn["article"]["url"], "/a/pagamento-doppio?lang=it")
        page = self.client.get(f"/chat/{turn['conversation']}?lang=en")
        self.assertIn('<div class="sp-text"><p>This article exists only in Italian:</p>\n<div lang="it">', page.text)

    def test_translation_wins(self):
        turn = self.say("i do not receive the confirmation code")
        self.assertNotIn("exists only", turn["reply"]["markdown"])
        self.assertNotIn("lang=", turn["reply"]["html"])

    def test_language_that_is_not_spoken(self):
        turn = self.say("J'ai oublié mon mot de passe")
        self.assertEqual((turn["decision"], turn["reason"], turn["lang"]), ("none", "language", "it"))
        self.assertIn("I understand Italian", turn["reply"]["markdown"])
        self.assertIn('<div lang="en">', turn["reply"]["html"])

    def test_several_questions(self):
        turn = self.say("non ricordo più la password, che faccio? e poi: ho fatto due pagamenti uguali?")
        self.assertEqual((turn["decision"], turn["article"]["id"]), ("answer", "password-dimenticata"))
        choice = {"label": "Ho pagato due volte lo stesso avviso", "value": "Ho pagato due volte lo stesso avviso",
                  "article": "pagamento-doppio"}
        self.assertEqual(turn["choices"], [choice])
        page = self.client.get(f"/chat/{turn['conversation']}")
        self.assertIn('value="Ho pagato due volte lo stesso avviso"', page.text)
        tapped = self.say(choice["value"], conversation=turn["conversation"])
        self.assertEqual((tapped["decision"], tapped["article"]["id"]), ("answer", "pagamento-doppio"))

    def test_choice_in_another_language(self):
        turn = self.say("i do not receive the confirmation code? And why PAA_PAGAMENTO_DUPLICATO when I pay?")
        self.assertEqual((turn["lang"], turn["article"]["id"]), ("en", "codice-non-arriva"))
        title = "Ho pagato due volte lo stesso avviso"
        self.assertEqual(turn["choices"], [{"label": title + " (in Italian)", "value": title, "article": "pagamento-doppio", "lang": "it"}])
        page = self.client.get(f"/chat/{turn['conversation']}?lang=en")
        self.assertIn(f'value="{title}"><span lang="it">{title}</span> (in Italian)</button>', page.text)
        # A tap does not change the conversation's language.
        tapped = self.say(title, conversation=turn["conversation"])
        self.assertEqual((tapped["lang"], tapped["article"]["id"], tapped["article"]["lang"]), ("en", "pagamento-doppio", "it"))

    def test_language_asked_for(self):
        turn = self.say("hello", lang="it")
        self.assertEqual(turn["lang"], "it")
        turn = self.client.post("/v1/chat?lang=en", {"message": "buongiorno"}).json
        self.assertEqual(turn["lang"], "en")

    def test_a_word_of_all_languages_is_read_in_the_callers(self):
        """Where neither the message nor the conversation says which language it is, the browser does."""
        def lang(message, accepted=None, **more):
            headers = {"Accept-Language": accepted} if accepted else {}
            reply = self.client.request("POST", "/v1/chat", {"message": message, **more}, headers)
            return reply.json["lang"]
        self.assertEqual([lang("otp", accepted) for accepted in (None, "en-GB,en;q=0.9,it;q=0.5", None, "it", "fr")], ["it", "en", "it", "it", "it"])
        self.assertEqual(lang("otp", "en", lang="it"), "it")
        self.assertEqual(lang("non mi arriva il codice", "en"), "it")
        first = self.say(QUESTION)
        self.assertEqual(lang("otp", "en", conversation=first["conversation"]), "it")
        sent = self.client.post("/chat", urllib.parse.urlencode({"message": "otp", "lang": "en", "wanted": ""}), Content_Type="application/x-www-form-urlencoded")
        self.assertNotIn('<div class="sp-text" lang="it">', self.client.get(sent["Location"]).text)

    def test_x_members_are_passed_over(self):
        self.assertEqual(self.say(QUESTION, **{"x-page": {"a": 1}})["decision"], "answer")

    def test_null_is_absent(self):
        self.assertEqual(self.say(QUESTION, conversation=None, lang=None)["decision"], "answer")

    def test_channel_and_category(self):
        self.assertEqual(self.say(QUESTION, channel="app", category="accesso")["decision"], "answer")
        for member, value in (("channel", "=1+1"), ("channel", "x" * 33), ("category", "nessuna")):
            reply = self.client.post("/v1/chat", {"message": "ciao", member: value})
            self.assertProblem(reply, 400, "bad-value", field=member)

    def test_unknown_conversation(self):
        for conversation in ("a" * 26, "short", "a" * 25 + "'", "../../etc/passwd"):
            reply = self.client.post("/v1/chat", {"message": "ciao", "conversation": conversation})
            self.assertProblem(reply, 404, "not-found", field="conversation")

    def test_message_of_2000_characters(self):
        self.assertEqual(self.client.post("/v1/chat", {"message": "è" * 2000}).status, 200)
        self.assertEqual(self.client.post("/v1/chat", {"message": "  " + "è" * 2000 + "\n"}).status, 200)
        reply = self.client.post("/v1/chat", {"message": "è" * 2001})
        problem = self.assertProblem(reply, 400, "message-too-long", field="message", count=2001, max=2000)
        self.assertIn("2001", problem["detail"])

    def test_empty_message(self):
        for message in ("", " ", "\n\t "):
            self.assertProblem(self.client.post("/v1/chat", {"message": message}), 400, "empty-message", field="message")

    def test_missing_message(self):
        self.assertProblem(self.client.post("/v1/chat", {}), 400, "missing-member", field="message")
        self.assertProblem(self.client.post("/v1/chat", {"message": None}), 400, "missing-member", field="message")

    def test_wrong_types(self):
        for member, value in (("message", 5), ("message", ["a"]), ("lang", 1), ("conversation", {}), ("channel", True)):
            body = {"message": "ciao", member: value}
            self.assertProblem(self.client.post("/v1/chat", body), 400, "wrong-type", field=member)
        self.assertProblem(self.client.post("/v1/chat", ["ciao"]), 400, "wrong-type")

    def test_unknown_member_is_named_with_the_nearest(self):
        reply = self.client.post("/v1/chat", {"mesage": "ciao"})
        problem = self.assertProblem(reply, 400, "unknown-member", field="mesage", nearest="message")
        self.assertIn('did you mean "message"', problem["detail"])

    def test_unknown_language(self):
        for lang in ("fr", "", "de"):
            problem = self.assertProblem(self.client.post("/v1/chat", {"message": "ciao", "lang": lang}), 400, "unknown-language",
                                         field="lang")
            self.assertIn("it, en", problem["detail"])

    def test_odd_texts(self):
        for message in ("\u200b", "???", "😀" * 10, "\ud7ff", "a" * 2000, "<script>alert(1)</script>", "' OR 1=1 --", "\x01\x02"):
            reply = self.client.post("/v1/chat", {"message": message})
            self.assertIn(reply.status, (200, 400), message)
            if reply.status == 200:
                self.assertNotIn("<script", reply.json["reply"]["html"])

    def test_personal_data_is_not_in_the_reply(self):
        turn = self.say("il mio iban IT60X0542811101000000123456 non va")
        self.assertNotIn("IT60X0542811101000000123456", str(turn))


class SentAgain(ServiceTest):
    """A message whose reply was lost on its way comes again under its Idempotency-Key."""

    def say(self, message, key, **more):
        reply = self.client.post("/v1/chat", {"message": message, **more}, Idempotency_Key=key)
        self.assertEqual(reply.status, 200, reply.text)
        return reply

    def test_the_same_reply_and_one_turn(self):
        first = self.say(QUESTION, "one")
        self.assertIsNone(first["Idempotency-Replayed"])
        again = self.say(QUESTION, "one")
        self.assertEqual((again.json, again["Idempotency-Replayed"]), (first.json, "true"))
        conversation = first.json["conversation"]
        said = [self.say("non ho risolto", "two", conversation=conversation).json for _ in range(3)]
        self.assertEqual(said, said[:1] * 3)
        page = self.client.get(f"/chat/{conversation}").text
        self.assertEqual(page.count("non ho risolto"), 1)

    def test_another_key_body_or_reader_is_another_message(self):
        first = self.say(QUESTION, "key").json["conversation"]
        self.assertNotEqual(self.say(QUESTION, "other").json["conversation"], first)
        self.assertNotEqual(self.say(QUESTION, "key", channel="app").json["conversation"], first)
        self.assertNotEqual(self.client.post("/v1/chat", {"message": QUESTION}).json["conversation"], first)
        token = self.service.token("agent-l1", "agent")
        asked = self.client.post("/v1/chat", {"message": QUESTION}, Idempotency_Key="key", Authorization=f"Bearer {token}")
        self.assertNotEqual(asked.json["conversation"], first)

    def test_what_is_no_key(self):
        for key in ("a b", "k" * 129):
            self.assertProblem(self.client.post("/v1/chat", {"message": QUESTION}, Idempotency_Key=key), 400, "bad-value",
                               field="Idempotency-Key")


class Feedback(ServiceTest):
    def conversation(self):
        return self.client.post("/v1/chat", {"message": QUESTION}).json["conversation"]

    def test_feedback(self):
        conversation = self.conversation()
        for solved in (True, False):
            reply = self.client.post(f"/v1/chat/{conversation}/feedback", {"solved": solved, "comment": "ok"})
            self.assertEqual((reply.status, reply.json), (200, {"conversation": conversation, "solved": solved}))

    def test_unknown_conversation(self):
        for conversation in ("b" * 26, "x"):
            self.assertProblem(self.client.post(f"/v1/chat/{conversation}/feedback", {"solved": True}), 404, "not-found")

    def test_bad_bodies(self):
        path = f"/v1/chat/{self.conversation()}/feedback"
        self.assertProblem(self.client.post(path, {}), 400, "missing-member", field="solved")
        self.assertProblem(self.client.post(path, {"solved": "yes"}), 400, "wrong-type", field="solved")
        self.assertProblem(self.client.post(path, {"solved": True, "comment": "x" * 2001}), 400, "bad-value", field="comment")
        self.assertProblem(self.client.post(path, {"sloved": True}), 400, "unknown-member", nearest="solved")


if __name__ == "__main__":
    unittest.main()
