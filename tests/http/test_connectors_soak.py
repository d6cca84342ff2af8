"""Tickets opened and changed under load while the process is killed and the other system fails at random: whatever was acknowledged is
there exactly once, on both sides. A small one with the other tests; `make soak-tickets` opens 2,000 and kills 50 times, for each kind
of system."""
import concurrent.futures
import http.client
import os
import random
import signal
import string
import threading
import time
import unittest

from connected import Connected
from service import PATIENCE, until

FULL = bool(os.environ.get("SPORTELLO_SOAK"))
TICKETS, KILLS = (2000, 50) if FULL else (200, 5)
OPENERS = 6
SEED = int(os.environ.get("SPORTELLO_SEED", "20261125"))
QUICK = "timeout: 1s\npoll: 2s\npause: 1s\nretry: {first: 1s, most: 2s, settle: 2s, give_up: 1d}\n"
GONE = (OSError, http.client.HTTPException)


class Load:
    """Opens tickets from several connections; asks again with the same key until it has an answer."""

    def __init__(self, desk, count):
        self.desk, self.count = desk, count
        self.lock = threading.Lock()
        self.numbers, self.notes = {}, {}   # what was acknowledged: key: ticket's number; ticket's number: its note
        self.started = 0
        self.up = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(random.Random(f"{SEED} {i}"),)) for i in range(OPENERS)]

    def insist(self, ask):
        """Until somebody answers: the service is killed and comes back at another port."""
        while True:
            self.up.wait()
            client = self.desk.service.client()
            try:
                reply = ask(client)
                if reply.status < 500:
                    return reply
            except GONE:
                time.sleep(0.01)
            finally:
                client.close()

    def work(self, chance):
        while True:
            with self.lock:
                if self.started == self.count:
                    return
                self.started += 1
                turn = self.started
            # No digits: what looks like a number of somebody is masked.
            key = "".join(chance.choices(string.ascii_lowercase, k=24))
            body = {"message": key, "category": chance.choice(["accesso", "pagamenti"]), "fields": {"provider": "Uno"}}
            reply = self.insist(lambda client: client.post("/v1/tickets", body, Idempotency_Key=key))
            assert reply.status in (200, 201), reply.text
            number = reply.json["number"]
            with self.lock:
                self.numbers[key] = number
            if turn % 5 == 0:
                self.change(number, key)

    def change(self, number, key):
        """A note, at its first revision: where no answer came, a second one is refused if the first arrived."""
        token = {"Authorization": "Bearer " + self.desk.token}
        reply = self.insist(lambda client: client.request("PATCH", f"/v1/tickets/{number}", {"note": key, "state": "assigned"},
                                                          {**token, "If-Match": '"r1"'}))
        assert reply.status in (200, 412), reply.text
        with self.lock:
            self.notes[number] = key

    def done(self):
        with self.lock:
            return len(self.numbers)


class Soak(unittest.TestCase):
    def kill(self, load):
        load.up.clear()
        load.desk.service.stop(signal.SIGKILL)
        load.desk.service.start()
        load.up.set()

    def run_through(self, kind, tickets, kills):
        chance = random.Random(SEED)
        began = time.monotonic()
        with Connected(kind, quick=QUICK, seed=SEED, share=0.2 if FULL else 0.1, slow_s=1.3) as desk:
            load = Load(desk, tickets)
            load.up.set()
            for thread in load.threads:
                thread.start()
            # Four in five while tickets are opened, the others while what is left leaves.
            early = kills - kills // 5
            for turn in range(kills):
                if turn < early:
                    while load.done() < tickets * turn // early and any(t.is_alive() for t in load.threads):
                        time.sleep(0.005)
                    time.sleep(chance.random() * 0.1)
                else:
                    time.sleep(0.2 + chance.random() * (2 if FULL else 0.5))
                self.kill(load)
            for thread in load.threads:
                thread.join()
            opened_s = time.monotonic() - began
            self.assertEqual(len(load.numbers), tickets)
            empty = until(lambda: desk.waiting() == 0, 3600 if FULL else 60, 0.1)
            self.assertIsNotNone(empty, desk.ready())
            self.check(desk, kind, load)
            print(f"\n{kind}: {tickets} tickets and {len(load.notes)} changes, {kills} kills, {sum(desk.other.faults.values())} faults "
                  f"({dict(desk.other.faults)}) in {len(desk.other.requests)} requests; opened in {opened_s:.1f} s, all there after "
                  f"{time.monotonic() - began:.1f} s", flush=True)

    def check(self, desk, kind, load):
        self.assertEqual(desk.ready()["dead"], 0)
        here = self.tickets(desk)
        self.assertEqual(len(here), len(load.numbers))
        self.assertEqual({ticket["message"]: ticket["number"] for ticket in here}, load.numbers)
        there = [record.get("correlation_id") or record.get("external_id") for record in desk.other.records]
        openings = [name for name in there if kind != "webhook" or name.endswith("/1")]
        self.assertEqual(sorted(name.split("/")[0] for name in openings), sorted(str(number) for number in load.numbers.values()))
        self.assertEqual(sorted(self.notes_there(desk, kind)), sorted((str(number), note) for number, note in load.notes.items()))

    def tickets(self, desk):
        agent, found, before = desk.service.client(desk.token), [], ""
        while True:
            page = agent.get(f"/v1/tickets?limit=100{before}").json
            found += page["tickets"]
            if "next_before" not in page:
                agent.close()
                return found
            before = f"&before={page['next_before']}"

    def notes_there(self, desk, kind):
        if kind == "servicenow":
            numbers = {record["sys_id"]: record["correlation_id"] for record in desk.other.records}
            return [(numbers[entry["element_id"]], entry["value"].split("\n")[0]) for entry in desk.other.journal]
        if kind == "zendesk":
            return [(record["external_id"], comment["body"].split("\n")[0]) for record in desk.other.records for comment in record["_comments"][1:]]
        return [(str(record["data"]["number"]), record["data"]["note"]) for record in desk.other.records if record["data"]["revision"] == 2]

    def test_all_kinds(self):
        """At the same time: they wait for one another's faults most of it."""
        sizes = {"servicenow": (TICKETS, KILLS), "zendesk": (TICKETS, KILLS) if FULL else (60, 2), "webhook": (TICKETS, KILLS) if FULL else (60, 2)}
        with concurrent.futures.ThreadPoolExecutor(len(sizes)) as pool:
            for run in [pool.submit(self.run_through, kind, *size) for kind, size in sizes.items()]:
                run.result()


if __name__ == "__main__":
    unittest.main()
