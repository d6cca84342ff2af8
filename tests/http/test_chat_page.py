"""The chat and the ticket as plain pages: a conversation that is told again knows the tickets that were opened in it, and what a form
says of its fields is what is asked of them."""
import re
import time
import unittest
import urllib.parse

from service import ROOT, ServiceTest, article

NEXT_SECOND_S = 1.1  # times are kept in whole seconds


class ChatPages(ServiceTest):
    def form(self, path, **fields):
        return self.client.request("POST", path, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def say(self, message, conversation=""):
        reply = self.form("/chat", message=message, conversation=conversation, lang="it")
        self.assertEqual(reply.status, 303, reply.text)
        return re.match(r"/chat/([a-z0-9]{26})", reply["Location"]).group(1)

    def page(self, conversation, **query):
        reply = self.client.get(f"/chat/{conversation}?" + urllib.parse.urlencode({"lang": "it", **query}))
        self.assertEqual(reply.status, 200)
        return reply.text

    def sent(self, page):
        """Numbers of the tickets that the page names; never with their keys: agents know a ticket's conversation."""
        self.assertNotRegex(page, r"key=[a-z0-9]{26}")
        return re.findall(r"Il tuo numero è (\d+)\.", page)

    def open_there(self, conversation):
        """The form of the page, sent as a browser without scripts sends it."""
        page = self.page(conversation)
        form = page[page.index('class="sp-ticket"'):]
        hidden = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">', form[:form.index("</form>")]))
        reply = self.form("/ticket", **{"f-email": "prova@example.com", **hidden})
        self.assertEqual(reply.status, 303, reply.text)
        return re.match(r"/ticket/(\d+)\?key=([a-z0-9]{26})", reply["Location"]).groups()

    def person(self):
        return self.say("voglio un operatore", self.say("mi hanno addebitato due volte"))


class ChatPageTest(ChatPages):
    @classmethod
    def prepare(cls):
        cls.agent = cls.service.token("agent-l1", "agent", "ada")

    def test_before_it_is_sent_there_is_the_form_and_no_number(self):
        page = self.page(self.person())
        self.assertIn('class="sp-ticket"', page)
        self.assertEqual(self.sent(page), [])

    def test_sent_it_is_its_number_in_place_of_the_form(self):
        conversation = self.person()
        ticket = self.open_there(conversation)
        page = self.page(conversation)
        self.assertNotIn('class="sp-ticket"', page)
        self.assertEqual(self.sent(page), [ticket[0]])
        self.assertEqual(self.client.get(f"/ticket/{ticket[0]}?key={ticket[1]}").status, 200)

    def test_sent_by_a_script_it_is_the_same(self):
        conversation = self.person()
        opened = self.client.post("/v1/tickets", {"conversation": conversation}).json
        page = self.page(conversation)
        self.assertNotIn('class="sp-ticket"', page)
        self.assertEqual(self.sent(page), [str(opened["number"])])

    def test_in_the_language_of_the_page(self):
        conversation = self.person()
        number, _ = self.open_there(conversation)
        page = self.page(conversation, lang="en")
        self.assertIn(f"Your number is {number}", page)

    def test_a_person_asked_for_anew_is_a_form_anew(self):
        conversation = self.person()
        first = self.open_there(conversation)
        time.sleep(NEXT_SECOND_S)
        self.say("voglio un operatore", conversation)
        page = self.page(conversation)
        self.assertIn('class="sp-ticket"', page)
        self.assertEqual(self.sent(page), [first[0]])
        self.assertLess(page.index("Il tuo numero"), page.index('class="sp-ticket"'), "where it was opened")
        second = self.open_there(conversation)
        self.assertNotEqual(second[0], first[0])
        page = self.page(conversation)
        self.assertNotIn('class="sp-ticket"', page)
        self.assertEqual(self.sent(page), [first[0], second[0]])

    def test_a_ticket_that_is_worked_on_promises_no_time_to_read_it(self):
        conversation = self.person()
        number, _ = self.open_there(conversation)
        self.assertIn("Una persona la legge", self.page(conversation))
        reply = self.other(self.agent).patch(f"/v1/tickets/{number}", {"state": "assigned", "assignee": "ada"})
        self.assertEqual(reply.status, 200, reply.text)
        page = self.page(conversation)
        self.assertEqual(self.sent(page), [number])
        self.assertNotIn("Una persona la legge", page)

    def test_another_conversation_knows_nothing_of_it(self):
        self.open_there(self.person())
        self.assertEqual(self.sent(self.page(self.person())), [])


STORY_CATEGORY = """  storia:
    name: {it: Storia, en: Story}
    description: {it: Con un racconto., en: With a story.}
    service: sportello
    group: primo-livello
    fields: [email, story, more]
    order: 4
groups:
"""
STORY_FIELDS = """fields:
  story: {label: {it: Racconto, en: Story}, why: {it: Per capire., en: To understand.}, validate: text, max: 2000, keep: 90d}
  more: {label: {it: Altro, en: More}, why: {it: Per capire., en: To understand.}, validate: text, max: 2000, keep: 90d}
"""


class TicketPageTest(ChatPages):
    @classmethod
    def prepare(cls):
        kb = cls.service.kb / "kb.yaml"
        text = kb.read_text(encoding="utf-8").replace("groups:\n", STORY_CATEGORY, 1).replace("fields:\n  provider", STORY_FIELDS + "  provider", 1)
        kb.write_text(text, encoding="utf-8")
        cls.service.write("it/storia/lunga.md", article("lunga", "Una storia lunga", "È lunga.", category="storia"))

    def optional(self, page):
        """Whether each field of the form may be left out, as its label says; the attribute says the same."""
        form = page[page.index("<form class=\"sp-"):]
        found = {}
        for name, label in re.findall(r'<label for="(?:chat-ticket-)?([a-z-]+)">(.*?)</label>', form[:form.index('type="submit"')]):
            control = re.search(rf'<(?:input|select|textarea) id="(?:chat-ticket-)?{name}"[^>]*>', form).group(0)
            found[name] = "(facoltativo)" in label
            self.assertEqual(" required" in control, not found[name], control)
        return found

    def ticket_page(self, **query):
        return self.client.get("/ticket?" + urllib.parse.urlencode({"lang": "it", **query})).text

    def test_what_happened_is_needed_and_called_so(self):
        self.assertEqual(self.optional(self.ticket_page(category="pagamenti")), {"f-iban": True, "f-email": True, "message": False})
        reply = self.form("/ticket", category="pagamenti", lang="it")
        self.assertEqual(reply.status, 303)
        reply = self.client.get(reply["Location"])
        self.assertIn('<a href="#message">', reply.text)
        self.assertEqual(self.optional(reply.text)["message"], False)
        self.assertEqual(self.form("/ticket", category="pagamenti", lang="it", message="Non va.").status, 303)

    def test_a_field_of_the_category_that_tells_it_is_needed_and_called_so(self):
        self.assertEqual(self.optional(self.ticket_page(category="storia")), {"f-email": True, "f-story": False, "f-more": True})
        reply = self.form("/ticket", category="storia", lang="it")
        self.assertEqual(reply.status, 303)
        reply = self.client.get(reply["Location"])
        self.assertIn('<a href="#f-story">', reply.text)
        self.assertEqual(self.form("/ticket", category="storia", lang="it", **{"f-story": "Non va."}).status, 303)

    def test_with_a_conversation_nothing_is_needed(self):
        conversation = self.person()
        page = self.ticket_page(category="pagamenti", conversation=conversation)
        self.assertEqual(self.optional(page), {"f-iban": True, "f-email": True, "message": True})
        self.assertEqual(self.form("/ticket", category="pagamenti", conversation=conversation, lang="it").status, 303)

    def test_in_the_chat_nothing_is_needed(self):
        self.assertEqual(self.optional(self.page(self.person())), {"f-iban": True, "f-email": True})
        without = self.say("voglio un operatore")
        self.assertEqual(self.optional(self.page(without)), {"category": True, "message": True})
        self.open_there(without)


class GermanTest(unittest.TestCase):
    """Everybody is addressed with "du", citizens and who works here: on one screen texts of several files stand together."""
    FORMAL = re.compile(r"\b(?:Ihnen|Ihr|Ihre[mnrs]?)\b|\b[A-Za-zÄÖÜäöüß]+e?n Sie\b|\b(?:wenn|dass|was|auf|über|kennt|verbinde|während|Inzwischen) Sie\b"
                        r"|\bSie (?:sind|haben|dürfen|können|müssen|wählen|bekommen|sehen)\b")
    OTHERS = ("schema.config.categories.order", "schema.config.groups.level", "help.index.more", "cmd.retire.hidden")  # of them, not of you

    def test_no_text_mixes_in_the_other_form(self):
        files = sorted((ROOT / "web" / "texts" / "de").glob("*.properties"))
        self.assertGreater(len(files), 20)
        for file in files:
            lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.split(" ")[0] not in self.OTHERS]
            self.assertEqual([line for line in lines if self.FORMAL.search(line)], [], file.name)


if __name__ == "__main__":
    unittest.main()
