"""A service whose tickets leave for a stand-in."""
import os
import re

from service import Service, until
from stand_in import StandIn

SECRETS = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
AUTH = {"servicenow": "auth: {user: sportello, password: {env: DESK_PASSWORD}}\n",
        "zendesk": "auth: {user: ada@example.com, api_token: {env: DESK_PASSWORD}}\n",
        "webhook": "secrets: [{env: DESK_SECRET}]\n"}
QUICK = "timeout: 1s\npoll: 1s\npause: 1s\nretry: {first: 1s, most: 2s, settle: 2s, give_up: 1h}\n"


class Connected:
    """service, its stand-in, and an agent's token."""

    def __init__(self, kind, more="", quick=QUICK, auth=None, **stand_in):
        if kind == "webhook":
            stand_in.setdefault("secrets", SECRETS[:1])
        self.other = StandIn(kind, **stand_in)
        self.service = Service()
        self.file = self.service.folder / "connector.yaml"
        self.write(f"connector: {kind}\nurl: {self.other.url}\n" + (AUTH[kind] if auth is None else auth) + quick + more)
        self.service.options = ("--connector", self.file)
        self.service.environment = dict(os.environ, DESK_PASSWORD="giusta", DESK_SECRET=SECRETS[0])
        self.token = self.service.token()

    def write(self, text):
        self.file.write_text(text, encoding="utf-8")

    def __enter__(self):
        try:
            self.service.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *why):
        try:
            self.service.remove()
        finally:
            self.other.stop()

    def open(self, message="non riesco a entrare", **body):
        client = self.service.client()
        reply = client.post("/v1/tickets", {"category": "accesso", "message": message, **body})
        client.close()
        assert reply.status == 201, reply.text
        return reply.json

    def change(self, number, **body):
        agent = self.service.client(self.token)
        reply = agent.patch(f"/v1/tickets/{number}", body)
        agent.close()
        assert reply.status == 200, reply.text
        return reply.json

    def ticket(self, number, secret=None):
        client = self.service.client(None if secret else self.token)
        reply = client.get(f"/v1/tickets/{number}", **({"X_Ticket_Secret": secret} if secret else {}))
        client.close()
        return reply.json

    def metrics(self):
        client = self.service.client()
        text = client.get("/metrics").text
        client.close()
        return {name: float(value) for name, value in re.findall(r"^sportello_((?:outbox|connector)\S+) (\S+)$", text, re.M)}

    def ready(self):
        client = self.service.client()
        reply = client.get("/readyz")
        client.close()
        assert reply.status == 200, reply.text
        return reply.json["connector"]

    def waiting(self):
        return self.metrics()['outbox_entries{state="waiting"}']

    def until_empty(self, limit_s=20):
        took = until(lambda: self.waiting() == 0, limit_s, 0.05)
        assert took is not None, (self.ready(), self.outbox())
        return took

    def outbox(self, *words):
        done = self.service.command("outbox", *(words or ("list",)), "--data", self.service.data, "--json")
        assert done.returncode in (0, 1), done.stderr
        return done.stdout
