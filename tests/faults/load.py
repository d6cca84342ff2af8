"""Clients that ask for something all the time and remember what they were promised; and the question whether it was kept."""
import http.client
import random
import string
import threading

import files

GONE = (OSError, http.client.HTTPException)


class Promises:
    """What was acknowledged: tickets by their key, files by their address, conversations."""

    def __init__(self):
        self.lock = threading.Lock()
        self.tickets, self.files, self.conversations = {}, {}, []
        self.unanswered = {}  # keys that were sent and not acknowledged
        self.replies = 0
        self.odd = []         # replies that say neither yes nor why not


class Load:
    """Six connections until told to end; a connection that breaks ends its thread."""

    def __init__(self, service, promises, chance):
        self.service, self.promises = service, promises
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(random.Random(chance.random()), kind)) for kind in ("ticket", "ticket", "file", "chat", "chat", "look")]
        for thread in self.threads:
            thread.start()

    def end(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def work(self, chance, kind):
        client = self.service.client()
        try:
            while not self.ending.is_set():
                getattr(self, kind)(client, chance)
        except GONE:
            pass
        finally:
            client.close()

    def note(self, reply, good):
        with self.promises.lock:
            self.promises.replies += 1
            # A refusal is one that says what it is, and that one may come again.
            if reply.status not in good and not (reply.status in (503, 429) and reply["Content-Type"].startswith("application/problem+json") and reply["Retry-After"]):
                self.promises.odd.append((reply.status, reply.text[:200]))
        return reply.status in good

    def ticket(self, client, chance):
        # No digits: what looks like a number of somebody is masked.
        key = "".join(chance.choices(string.ascii_lowercase, k=32))
        with self.promises.lock:
            self.promises.unanswered[key] = None
        reply = client.post("/v1/tickets", {"message": key, "category": "accesso"}, Idempotency_Key=key)
        if self.note(reply, (201,)):
            with self.promises.lock:
                self.promises.tickets[key] = (reply.json["number"], reply.json["secret"])
                del self.promises.unanswered[key]

    def file(self, client, chance):
        with self.promises.lock:
            ticket = chance.choice(list(self.promises.tickets.values())) if self.promises.tickets else None
        if not ticket:
            self.ticket(client, chance)
            return
        content = files.png(salt=chance.randrange(60000))
        reply = client.request("POST", f"/v1/tickets/{ticket[0]}/attachments?secret={ticket[1]}", content, {"Content-Type": "image/png"})
        if self.note(reply, (201, 409, 422)) and reply.status == 201:
            with self.promises.lock:
                self.promises.files[reply["Location"] + f"?secret={ticket[1]}"] = content

    def chat(self, client, chance):
        reply = client.post("/v1/chat", {"message": chance.choice(["non ricevo il codice di conferma", "mi hanno addebitato due volte", "la ricevuta", "ciao"])})
        if self.note(reply, (200,)) and reply.json["recorded"]:
            with self.promises.lock:
                self.promises.conversations.append(reply.json["conversation"])

    def look(self, client, chance):
        self.note(client.get(chance.choice(["/v1/search?q=ricevuta", "/v1/articles/ricevuta?lang=it", "/a/ricevuta", "/", "/readyz"])), (200,))


def kept(service, token, promises, tickets=None, files_=None, conversations=None):
    """What of it is not there any more, or is there twice: (lost, twice), of those named or of all."""
    client, agent = service.client(), service.client(token)
    lost, twice = [], 0
    for key in tickets if tickets is not None else promises.tickets:
        number, secret = promises.tickets[key]
        reply = client.get(f"/v1/tickets/{number}?secret={secret}")
        if reply.status != 200 or agent.get(f"/v1/tickets/{number}").json.get("message") != key:
            lost.append(("ticket", number))
    for address in files_ if files_ is not None else promises.files:
        reply = client.get(address)
        if reply.status != 200 or reply.body != promises.files[address]:
            lost.append(("file" if reply.status in (404, 410, 503) else "changed file", address))
    for conversation in conversations if conversations is not None else promises.conversations:
        if client.post(f"/v1/chat/{conversation}/feedback", {"solved": True}).status != 200:
            lost.append(("conversation", conversation))
    client.close()
    agent.close()
    return lost, twice


def ask_again(service, promises):
    """Whoever got no answer asks again with the same key, twice: one ticket. How many became two."""
    client, twice = service.client(), 0
    for key in list(promises.unanswered):
        body = {"message": key, "category": "accesso"}
        first, second = (client.post("/v1/tickets", body, Idempotency_Key=key) for _ in range(2))
        if first.status not in (200, 201) or second.status != 200 or first.json["number"] != second.json["number"]:
            twice += 1
            continue
        promises.tickets[key] = (first.json["number"], first.json["secret"])
        del promises.unanswered[key]
    client.close()
    return twice


def count_twice(service, token):
    """Tickets whose message, which is unlike any other, is there more than once."""
    agent, seen, twice, before = service.client(token), set(), 0, ""
    while True:
        page = agent.get(f"/v1/tickets?limit=100{before}").json
        for ticket in page["tickets"]:
            message = ticket.get("message") or ""
            twice += len(message) == 32 and message in seen
            seen.add(message)
        if "next_before" not in page:
            agent.close()
            return twice
        before = f"&before={page['next_before']}"
