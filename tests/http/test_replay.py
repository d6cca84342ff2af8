"""Who may write at moments that are over: nobody, but an administrator's token at a service that was started for it."""
import hashlib
import time
import unittest

from service import ServiceTest, running

IDENTITY = "ab" * 32


def fingerprint(kb):
    """As the service makes it: names, lengths and texts of the articles in their order, then the two files beside them."""
    sha = hashlib.sha256()
    files = sorted(str(path.relative_to(kb)) for path in kb.glob("*/*/*.md"))
    for name in [*files, *(name for name in ("kb.yaml", "labelled.jsonl") if (kb / name).exists())]:
        text = (kb / name).read_bytes()
        sha.update(name.encode() + b"\0" + len(text).to_bytes(8, "little") + text)
    return sha.hexdigest()


class WithoutReplay(ServiceTest):
    def test_the_header_is_refused_whoever_sends_it(self):
        header = {"Sportello-Replay": "at=1612345678; place=1; person=1"}
        for token in (None, self.service.token(), self.service.token("agent-l1", "admin", "root")):
            reply = self.other(token).post("/v1/chat", {"message": "ciao"}, **header)
            self.assertProblem(reply, 403, "forbidden")
        self.assertProblem(self.other(self.service.token("agent-l1", "admin", "eva")).post("/v1/replay", {"identity": IDENTITY, "kb": IDENTITY}), 409, "conflict")


class Replay(ServiceTest):
    options = ("--replay",)

    @classmethod
    def prepare(cls):
        cls.admin = cls.service.token("citizen", "admin", "replay")
        cls.kb = fingerprint(cls.service.kb)

    def say(self, message="ciao", token=None, conversation="0" * 26, **parts):
        parts = {"at": 1612345678, "kb": self.kb, "place": 1, **parts}
        header = "; ".join(f"{name}={value}" for name, value in parts.items())
        return self.other(token).post("/v1/chat", {"message": message, "conversation": conversation}, **{"Sportello-Replay": header})

    def test_only_an_administrator_may(self):
        self.assertProblem(self.say(), 401, "unauthorized")
        for role in ("reader", "agent", "editor", "manager"):
            self.assertProblem(self.say(token=self.service.token("citizen", role, role)), 403, "forbidden")
        self.assertEqual(self.say(token=self.admin).status, 200)

    def test_a_moment_to_come_is_refused(self):
        self.assertProblem(self.say(token=self.admin, at=int(time.time()) + 3600), 400, "bad-value", field="Sportello-Replay")
        for at in ("", "x", "-1", "0"):
            self.assertProblem(self.say(token=self.admin, at=at), 400, "bad-value", field="Sportello-Replay")

    def test_another_knowledge_base_is_refused(self):
        self.assertProblem(self.say(token=self.admin, kb="cd" * 32), 409, "conflict", field="kb")

    def test_only_what_can_be_replayed(self):
        reply = self.other(self.admin).post("/v1/forget", {"conversation": "0" * 26}, **{"Sportello-Replay": f"at=1612345678; kb={self.kb}"})
        self.assertProblem(reply, 400, "bad-value", field="Sportello-Replay")

    def test_a_turn_is_stored_once(self):
        conversation = "1" * 26
        first = self.say("non mi arriva il codice", self.admin, conversation).json
        self.assertEqual(self.say("non mi arriva il codice", self.admin, conversation).json, first)
        second = self.say("voglio parlare con una persona", self.admin, conversation, place=2, at=1612345700).json
        self.assertEqual(second["decision"], "ticket")
        self.assertProblem(self.say("e poi", self.admin, conversation, place=4), 409, "conflict", field="place")
        header = {"Sportello-Replay": f"at=1612345700; kb={self.kb}; place=2"}
        again = self.other(self.admin).post("/v1/chat", {"message": "voglio parlare con una persona", "conversation": conversation, "said": ["non mi arriva il codice"]}, **header)
        self.assertEqual(again.json, second)

    def test_people_s_calls_go_on_as_ever(self):
        reply = self.client.post("/v1/chat", {"message": "ciao", "said": ["ciao"]})
        self.assertProblem(reply, 400, "unknown-member", field="said")
        self.assertEqual(self.client.post("/v1/chat", {"message": "ciao"}).status, 200)

    def test_z_a_folder_with_conversations_is_no_replay_s(self):
        self.client.post("/v1/chat", {"message": "ciao"})
        reply = self.other(self.admin).post("/v1/replay", {"identity": IDENTITY, "kb": self.kb})
        self.assertProblem(reply, 409, "conflict", field="data")


class Beginning(unittest.TestCase):
    def test_it_is_begun_once_and_gone_on_with(self):
        with running("--replay") as service:
            client, kb = service.client(service.token("citizen", "admin", "replay")), fingerprint(service.kb)
            begin = {"identity": IDENTITY, "kb": kb}
            self.assertEqual(client.post("/v1/replay", begin).json, {"conversations": 0, "tickets": 0})
            for body, field in ((begin, "resume"), ({**begin, "resume": True, "identity": "cd" * 32}, "identity"), ({**begin, "resume": True, "kb": "cd" * 32}, "kb")):
                reply = client.post("/v1/replay", body)
                self.assertEqual((reply.status, reply.json["field"]), (409, field))
            self.assertEqual(client.post("/v1/replay", {**begin, "resume": True}).status, 200)


if __name__ == "__main__":
    unittest.main()
