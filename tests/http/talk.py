"""Conversations with a service, on the small knowledge base or on kb/ itself."""
import real
from service import ServiceTest

AT_ONCE = ("--join-within", "0")  # tests write faster than people: each message by itself


class Talk(ServiceTest):
    options = AT_ONCE
    on_kb = False  # itself

    @classmethod
    def prepare(cls):
        if cls.on_kb:
            real.put_under(cls.service)

    def setUp(self):
        super().setUp()
        self.conversation = None

    def say(self, message, client=None, **more):
        reply = (client or self.client).post("/v1/chat", {"message": message, "conversation": self.conversation, **more})
        self.assertEqual(reply.status, 200, reply.text)
        self.conversation = reply.json["conversation"]
        return reply.json

    def talk(self, *messages, **more):
        """A new conversation; the last reply."""
        self.conversation = None
        for message in messages:
            turn = self.say(message, **more)
        return turn

    def assertDecided(self, turn, decision, reason=None, article=None):
        got = (turn["decision"], turn["reason"], turn.get("article", {}).get("id"))
        self.assertEqual((got[0], got[1] if reason else None, got[2] if article else None), (decision, reason, article), (got, turn["reply"]["markdown"][:400]))
