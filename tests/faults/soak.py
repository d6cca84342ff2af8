#!/usr/bin/env python3
"""Faults while the service is under load: what it promised must be there afterwards, once; what it cannot do it must say.

usage: soak.py [--kills N] [--cuts N] [--rounds N] [--only NAME,NAME] [--results FILE]
Each kind of fault prints a line with what was tried, how often, and what was lost; --results writes them as a page. Exit status 1 when
anything was lost, was there twice, or was not said.
"""
import argparse
import collections
import datetime
import errno
import hashlib
import json
import os
import pathlib
import platform
import random
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "http"), str(HERE.parent / "lint")]
sys.dont_write_bytecode = True

from load import Load, Promises, ask_again, count_twice, kept  # noqa: E402
import proof  # noqa: E402
from preload import preload  # noqa: E402
from service import PROGRAM, ROOT, Service, article, until  # noqa: E402

BUILD = pathlib.Path(os.environ.get("SPORTELLO_BUILD", ROOT / "build"))


class Result:
    def __init__(self, name, what):
        self.name, self.what = name, what
        self.times = self.promised = self.replies = self.twice = 0
        self.lost, self.wrong, self.seen = [], [], collections.Counter()
        self.worst_s = 0.0

    def take(self, promises):
        self.promised += len(promises.tickets) + len(promises.files) + len(promises.conversations)
        self.replies += promises.replies
        self.wrong += promises.odd

    def is_good(self):
        return not self.lost and not self.twice and not self.wrong

    def row(self):
        """What is written of it."""
        return {"name": self.name, "what": self.what, "times": self.times, "replies": self.replies, "acknowledged": self.promised, "lost": len(self.lost), "twice": self.twice,
                "not said": len(self.wrong), "worst_s": round(self.worst_s, 2), "seen": dict(sorted(self.seen.items())), "day": datetime.date.today().isoformat()}

    def line(self):
        seen = "; ".join(f"{what}: {count}" for what, count in sorted(self.seen.items()))
        return (f"{'ok  ' if self.is_good() else 'FAIL'} {self.name}: {self.times} times, {self.replies} replies, {self.promised} acknowledged, {len(self.lost)} lost, {self.twice} twice, "
                f"{len(self.wrong)} not said, back after at most {self.worst_s:.2f} s" + (f" ({seen})" if seen else ""))


def start(service, result):
    began = time.monotonic()
    service.start()
    client = service.client()
    if until(lambda: client.get("/readyz").status == 200, 60) is None:
        result.wrong.append("never ready again")
    client.close()
    result.worst_s = max(result.worst_s, time.monotonic() - began)


def kill(service):
    service.process.send_signal(signal.SIGKILL)
    service.process.wait()
    service.process = None
    service.errors.close()


# ---- SIGKILL at random ----

def kills(count, chance, result):
    service, promises = Service(), Promises()
    token = service.token()
    for _ in range(count):
        start(service, result)
        tickets, file_count, turns = len(promises.tickets), len(promises.files), len(promises.conversations)
        load = Load(service, promises, chance)
        time.sleep(chance.uniform(0.02, 0.4))
        kill(service)
        load.end()
        start(service, result)
        # This round's at once, and some of those before.
        now = list(promises.tickets)[tickets:] + chance.sample(list(promises.tickets)[:tickets], min(tickets, 10))
        lost, _ = kept(service, token, promises, now, list(promises.files)[file_count:], promises.conversations[turns:][-20:])
        result.lost += lost
        result.twice += ask_again(service, promises)
        kill(service)
        result.times += 1
    start(service, result)
    result.lost += kept(service, token, promises, conversations=promises.conversations[-200:])[0]
    result.twice += count_twice(service, token)
    check_ledger(service, result)
    result.take(promises)
    service.remove()


def check_ledger(service, result):
    done = service.command("report", "--data", service.data, "--verify")
    if done.returncode != 0:
        result.wrong.append("report --verify: " + (done.stdout + done.stderr)[-300:])


# ---- files cut at random ----

def kind_of(path):
    top = path.parts[0]
    return {"index": "index", "versions": "version", "vectors": "vectors", "attachments": "attachment"}.get(top, path.name.split(".")[-1] if path.name.startswith("sportello") else path.name)


def prepared(chance):
    """A service that was killed under load, its folder as it was left, and what was promised."""
    service, promises = Service(), Promises()
    token = service.token()
    service.start()
    load = Load(service, promises, chance)
    time.sleep(0.8)
    kill(service)
    load.end()
    return service, promises, token


# What may come of a cut file of each kind; of all others nothing may.
WHOLE, REFUSED, ONE_FILE, TAIL = ("came back by itself, all there", "refused to start, and said which file and what to do", "that file cannot be read any more, and says so; all else there",
                                  "came back; of what was acknowledged the last part, that was cut off, is not there")
MAY_COME = {"store.sqlite": (REFUSED, WHOLE), "person.key": (REFUSED,), "store.sqlite-wal": (WHOLE, TAIL), "attachment": (ONE_FILE,)}


def cut_one(service, kept_aside, chance, result, promises, token):
    """Cut one file of a fresh copy; what came of it."""
    shutil.rmtree(service.data)
    shutil.copytree(kept_aside, service.data)
    candidates = sorted(path for path in service.data.rglob("*") if path.is_file() and path.stat().st_size > 0)
    kinds = sorted({kind_of(path.relative_to(service.data)) for path in candidates})
    wanted = kinds[result.times % len(kinds)]
    path = chance.choice([p for p in candidates if kind_of(p.relative_to(service.data)) == wanted])
    with open(path, "r+b") as file:
        file.truncate(chance.randrange(path.stat().st_size))
    before = len(service.stderr())
    try:
        service.start()
    except AssertionError:
        said = service.stderr()[before:]
        status = service.process.wait()
        service.process = None
        service.errors.close()
        came, odd = REFUSED, [] if status == 3 and f"sportello: {path}: " in said and "restore it from a backup" in said else [(status, said[-300:])]
    else:
        came, odd = after_cut(service, wanted, path, promises, token, result)
        kill(service)
    result.seen[f"{wanted}: {came}"] += 1
    may_come = MAY_COME.get(wanted, (WHOLE,))
    if wanted == "attachment" and not any(path.name in address for address in promises.files):
        may_come = (WHOLE,)  # it was written when the kill came, and nobody was promised anything of it
    if odd or came not in may_come:
        result.wrong.append((wanted, path.name, came, odd))


def after_cut(service, wanted, path, promises, token, result):
    """What of it is there, and what is odd about that: it must be ready, answer, and take what is new."""
    client, odd = service.client(), []
    if until(lambda: client.get("/readyz").status == 200, 20) is None:
        odd.append("never ready again")
    found = client.get("/v1/search?q=ricevuta")
    answer = client.post("/v1/chat", {"message": "non ricevo il codice di conferma"})
    taken = client.post("/v1/tickets", {"message": "dopo il taglio"})
    if (found.status, answer.status, taken.status) != (200, 200, 201) or not found.json["total"] or not answer.json["recorded"]:
        odd.append((found.status, answer.status, taken.status, answer.text[:200]))
    result.twice += count_twice(service, token)
    conversations = promises.conversations[:5] + promises.conversations[-10:]
    lost, _ = kept(service, token, promises, conversations=conversations)
    came = WHOLE
    if lost and wanted == "attachment":
        came = ONE_FILE
        refused = [(address, client.get(address)) for what, address in lost if what == "file"]
        odd += [reply.text for address, reply in refused if path.name not in address or reply.status != 503 or "damaged" not in reply.json["detail"]]
        odd += lost if len(refused) != 1 or len(lost) != 1 else []
    elif lost and wanted == "store.sqlite-wal":
        # It was synced, and is not there any more: nothing can bring it back. But what is there is all that was before.
        came = TAIL
        gone = {number for what, number in lost if what == "ticket"}
        there = {number for number, _ in promises.tickets.values()} - gone
        odd += [("there is a hole", sorted(gone)[:3], max(there))] if gone and there and min(gone) < max(there) else []
        odd += [each for each in lost if each[0] == "changed file"]
    elif lost:
        result.lost += lost
    client.close()
    return came, odd


def cuts(count, chance, result):
    service, promises, token = prepared(chance)
    aside = service.folder / "aside"
    shutil.copytree(service.data, aside)
    for _ in range(count):
        cut_one(service, aside, chance, result, promises, token)
        result.times += 1
    result.take(promises)
    service.remove()


def tails(count, chance, result):
    """Power fails: what was not synced is gone. Of the store's log only what came after the last acknowledgement is cut."""
    for _ in range(count):
        service, promises = Service(), Promises()
        token = service.token()
        start(service, result)
        load = Load(service, promises, chance)
        time.sleep(chance.uniform(0.05, 0.3))
        load.end()
        log = next(service.data.glob("*-wal"))
        safe = log.stat().st_size
        later = Promises()
        load = Load(service, later, chance)
        time.sleep(chance.uniform(0.02, 0.1))
        kill(service)
        load.end()
        size = log.stat().st_size if log.exists() else 0
        if size > safe:
            with open(log, "r+b") as file:
                file.truncate(chance.randrange(safe, size))
            result.times += 1
            start(service, result)
            result.lost += kept(service, token, promises, conversations=promises.conversations[-20:])[0]
            result.twice += ask_again(service, promises) + count_twice(service, token)
            result.take(promises)
        service.remove()


# ---- the disk ----

def full(count, chance, result):
    """Writes beyond a size fail, at a random one; then there is room again."""
    for _ in range(count):
        service, promises = Service(), Promises()
        service.plain_signals = False  # SIGXFSZ stays ignored, as Python has it
        token = service.token()
        start(service, result)
        hard = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)[1]
        load = Load(service, promises, chance)
        time.sleep(chance.uniform(0.02, 0.2))
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (chance.choice([1, 4096, chance.randrange(1, 2_000_000)]), hard))
        time.sleep(0.3)
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
        load.end()
        after_trouble(service, token, promises, chance, result)


def start_and_count(service, token, promises, result):
    """After a fault: what was acknowledged is there, once."""
    start(service, result)
    result.lost += kept(service, token, promises, conversations=promises.conversations[-20:])[0]
    result.twice += ask_again(service, promises) + count_twice(service, token)
    result.take(promises)
    result.times += 1


def after_trouble(service, token, promises, chance, result):
    """It takes tickets again by itself, and after a kill all that was acknowledged is there."""
    client = service.client()
    took = until(lambda: client.post("/v1/tickets", {"message": "dopo"}).status == 201, 20)
    if took is None:
        result.wrong.append("takes no tickets any more")
    result.worst_s = max(result.worst_s, took or 0)
    client.close()
    kill(service)
    start_and_count(service, token, promises, result)
    service.remove()


def mounted(count, chance, result, full_disk):
    """A file system of its own, really full or really read-only. For root alone."""
    for _ in range(count):
        service, promises = Service(), Promises()
        service.data.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", service.data], capture_output=True).returncode != 0:
            result.seen["not tried: file systems may not be mounted here"] += 1
            service.remove()
            return
        try:
            token = service.token()
            start(service, result)
            load = Load(service, promises, chance)
            time.sleep(0.2)
            filler = service.data / "filler"
            if full_disk:
                try:
                    with open(filler, "wb", buffering=0) as file:
                        while file.write(b"x" * 65536):
                            pass
                except OSError:
                    pass
                time.sleep(0.3)
                filler.unlink(missing_ok=True)
            else:
                done = subprocess.run(["mount", "-o", "remount,ro", service.data], capture_output=True)
                result.seen["refused by the kernel: files are open for writing" if done.returncode else "mounted read-only"] += 1
                time.sleep(0.3)
                subprocess.run(["mount", "-o", "remount,rw", service.data], capture_output=True)
            load.end()
            client = service.client()
            if until(lambda: client.post("/v1/tickets", {"message": "dopo"}).status == 201, 20) is None:
                result.wrong.append("takes no tickets any more")
            client.close()
            kill(service)
            if not full_disk:
                read_only_start(service, result)
            start_and_count(service, token, promises, result)
            service.stop()
        finally:
            subprocess.run(["umount", "-l", service.data], capture_output=True)
            service.remove()


def read_only_start(service, result):
    subprocess.run(["mount", "-o", "remount,ro", service.data], check=True)
    before = len(service.stderr())
    try:
        service.start()
        client = service.client()
        refused = client.post("/v1/tickets", {"message": "x"})
        served = client.get("/v1/search?q=ricevuta")
        if refused.status != 503 or not refused["Retry-After"]:
            result.wrong.append(("read-only", refused.status))
        result.seen[f"started on a read-only disk: search {served.status}, tickets {refused.status}"] += 1
        client.close()
        kill(service)
    except AssertionError:
        said = service.stderr()[before:]
        status = service.process.wait()
        service.process = None
        service.errors.close()
        result.seen["started on a read-only disk: refused, and said why"] += 1
        if status != 3 or "sportello:" not in said:
            result.wrong.append(("read-only", status, said[-300:]))
    subprocess.run(["mount", "-o", "remount,rw", service.data], check=True)


def disk_full(count, chance, result):
    mounted(count, chance, result, True)


def disk_read_only(count, chance, result):
    mounted(count, chance, result, False)


class Disk:
    """A disk that fails as it is told, below the service's data folder (disk.c)."""
    KINDS = [(errno.EROFS, 3), (errno.ENOSPC, 1), (errno.EIO, 1), (errno.EIO, 2), (errno.EDQUOT, 1)]

    def __init__(self, service):
        library = BUILD / "tests" / "disk.so"
        library.parent.mkdir(exist_ok=True)
        made = library.with_suffix(f".{os.getpid()}")
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", made, HERE / "disk.c"], check=True)
        made.rename(library)
        self.file = service.folder / "disk"
        self.say(0, 0)
        service.environment = dict(os.environ, LD_PRELOAD=preload(PROGRAM, library), DISK_FILE=str(self.file), DISK_FOLDER=str(service.data))

    def say(self, number, which):
        with open(self.file, "r+b" if self.file.exists() else "w+b") as file:
            file.write(struct.pack("ii", number, which))

    @staticmethod
    def name(number, which):
        return f"{errno.errorcode[number]} of {({1: 'writes', 2: 'syncs', 3: 'all that changes something'})[which]}"


def disk_errors(count, chance, result):
    """The same kinds of failure at the system call, while files are open and the service is under load: each in turn, then all is well again."""
    for number in range(count):
        service, promises = Service(), Promises()
        token = service.token()
        disk = Disk(service)
        start(service, result)
        load = Load(service, promises, chance)
        time.sleep(chance.uniform(0.05, 0.2))
        kind = Disk.KINDS[number % len(Disk.KINDS)]
        disk.say(*kind)
        time.sleep(0.1)  # until what was under way is over
        client = service.client()
        refused = client.post("/v1/tickets", {"message": "x"})
        answer = client.post("/v1/chat", {"message": "non ricevo il codice di conferma"})
        said = client.get("/readyz").json
        if (refused.status, bool(refused["Retry-After"]), answer.status, answer.json.get("recorded"), said["store"]["write"] == "ok") != (503, True, 200, False, False):
            result.wrong.append((Disk.name(*kind), refused.status, answer.status, answer.text[-300:], said["store"]))
        else:
            result.seen[f"{Disk.name(*kind)}: tickets refused, answers given without a record, and said so"] += 1
        client.close()
        time.sleep(chance.uniform(0, 0.2))
        disk.say(0, 0)
        load.end()
        after_trouble(service, token, promises, chance, result)


# ---- the clock ----

def clock(count, chance, result):
    library = BUILD / "tests" / "clock.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, HERE / "clock.c"], check=True)
    service, promises = Service(), Promises()
    offset = service.folder / "clock"
    offset.write_bytes(struct.pack("q", 0))
    service.environment = dict(os.environ, LD_PRELOAD=preload(PROGRAM, library), CLOCK_FILE=str(offset))
    token = service.token()
    start(service, result)
    load = Load(service, promises, chance)
    for _ in range(count):
        jump = chance.choice([-1, 1]) * chance.choice([1, 59, 3600, 86400, 86400 * 31, 86400 * 366])
        with open(offset, "r+b") as file:
            file.write(struct.pack("q", jump))
        time.sleep(chance.uniform(0.02, 0.1))
        client = service.client()
        if client.get("/readyz").status != 200 or client.get("/v1/search?q=ricevuta").status != 200:
            result.wrong.append(("clock", jump))
        client.close()
        result.times += 1
    with open(offset, "r+b") as file:
        file.write(struct.pack("q", 0))
    load.end()
    result.times -= 1
    after_trouble(service, token, promises, chance, result)


# ---- what is served is taken away ----

def index_removed(count, chance, result):
    service, promises = Service(), Promises()
    token = service.token()
    start(service, result)
    for number in range(count):
        load = Load(service, promises, chance)
        time.sleep(chance.uniform(0.05, 0.2))
        shutil.rmtree(service.data / "index", ignore_errors=True)  # it may be writing there at this moment
        time.sleep(0.2)
        load.end()
        # What is saved afterwards is live: the index is there again, by itself.
        word = "".join(chance.choices("bcdfghlmnprstv", k=9))
        service.write("it/accesso/nuovo.md", article("nuovo", f"Il nuovo {word}", "Testo.", questions=f"[{word}]"))
        client = service.client()
        took = until(lambda: any(hit["id"] == "nuovo" for hit in found_by(client, word)), 30, 0.02)
        if took is None:
            result.wrong.append(("a saved article is not live", number))
        result.worst_s = max(result.worst_s, took or 0)
        if not (service.data / "index" / "CURRENT").exists():
            result.wrong.append(("the index is not there again", number))
        client.close()
        result.times += 1
    result.times -= 1
    after_trouble(service, token, promises, chance, result)


def found_by(client, word):
    reply = client.get(f"/v1/search?q={word}&lang=it")
    return reply.json["results"] if reply.status == 200 else []


def checkout(count, chance, result):
    """kb/ is a clone in which two states, that share hardly a file, are checked out in turn: what is shown is of one of them, whole, and soon of the right one."""
    service, promises = Service(), Promises()
    token = service.token()

    def git(*args):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *args], cwd=service.kb, check=True, capture_output=True)
    git("init", "-q", "-b", "uno")
    for n in range(60):
        service.write(f"it/accesso/comune-{n}.md", article(f"comune-{n}", f"Titolo uno numero {n}", "Testo uno."))
    git("add", "-A")
    git("commit", "-qm", "uno")
    git("checkout", "-qb", "due")
    for n in range(60):
        service.write(f"it/accesso/comune-{n}.md", article(f"comune-{n}", f"Titolo due numero {n}", "Testo due."))
        if n % 3 == 0:
            (service.kb / f"it/accesso/comune-{n}.md").unlink()
    git("add", "-A")
    git("commit", "-qm", "due")
    start(service, result)
    load = Load(service, promises, chance)
    client = service.client()
    for number in range(count):
        state = ("uno", "due")[number % 2]
        git("checkout", "-qf", state)
        shown = lambda: (article_of(client, 1), article_of(client, 3))  # noqa: E731
        wanted = (state, state if state == "uno" else None)
        took = until(lambda: shown() == wanted, 20, 0.01)
        if took is None:
            result.wrong.append(("the other state is not live", shown()))
        result.worst_s = max(result.worst_s, took or 0)
        if chance.random() < 0.5:  # and in quick succession
            git("checkout", "-qf", "due" if state == "uno" else "uno")
            git("checkout", "-qf", state)
        result.times += 1
    client.close()
    load.end()
    result.times -= 1
    after_trouble(service, token, promises, chance, result)


def article_of(client, number):
    reply = client.get(f"/v1/articles/comune-{number}?lang=it")
    if reply.status != 200:
        return None
    title, body = reply.json["title"].split()[1], reply.json["markdown"].split()[1].rstrip(".")
    return title if title == body else "mixed"


FAULTS = [
    ("kills", kills, "SIGKILL at random under load, then start"),
    ("cuts", cuts, "one file of the data folder cut at a random place while the service is down, each kind in turn"),
    ("tails", tails, "power-cut-like: the store's log cut behind the last acknowledgement, at a random place, after a SIGKILL"),
    ("full", full, "writes fail beyond a random size (RLIMIT_FSIZE) under load, then go on"),
    ("disk-full", disk_full, "the data folder's file system filled to the last byte under load, then room again"),
    ("disk-read-only", disk_read_only, "the data folder's file system made read-only under load where the kernel lets it (files are open for writing), and read-only at the start"),
    ("disk-errors", disk_errors, "the data folder's disk read-only (EROFS), full (ENOSPC, EDQUOT) or broken (EIO of writes, of syncs) at the system call under load, then well again"),
    ("clock", clock, "the wall clock set back and forth, a second to a year, under load"),
    ("index-removed", index_removed, "the folder of indexes removed while serving"),
    ("checkout", checkout, "kb/ replaced by a git checkout while serving"),
]
COUNTS = {"kills": "kills", "cuts": "cuts"}


def program():
    """Which program was tried: a row of another one says nothing of this one."""
    return hashlib.sha256(pathlib.Path(PROGRAM).read_bytes()).hexdigest()[:16]


def rows_of_this_program(results, tried):
    """All kinds of fault as they came out when last tried with this very program; of those that this run tried, now."""
    known = BUILD / "faults.json"
    kept = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    rows = kept["rows"] if kept.get("program") == tried else {}
    rows.update({r.name: r.row() for r in results})
    known.write_text(json.dumps({"program": tried, "rows": rows}, indent=1, ensure_ascii=False), encoding="utf-8")
    return rows


def write_page(path, results, tried, minutes):
    rows = rows_of_this_program(results, tried)
    runs = "in one run" if len(results) == len(rows) else "in more than one run, the last"
    rows = [{**rows[name], "what": what} for name, _, what in FAULTS if name in rows]
    lines = ["# What was tried to break it, and what was lost", "",
             f"Written by `make soak-faults`: {platform.machine()}, {os.cpu_count()} processors, Linux {platform.release()}; sources {proof.sources()}, program {tried} (SHA-256), {runs} of {minutes:.0f} minutes. Six connections open tickets, send files, chat and read all "
             "the time; *acknowledged* is what they were promised (201, or `recorded: true`), *lost* what of it was not there afterwards, *twice* what was there more than once though asked "
             "for with the same key, *not said* a reply or an end without its reason, *back* how long it took at most until it was ready or right again.", "",
             "| fault | day | times | replies | acknowledged | lost | twice | not said | back |", "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    back = {r["name"]: f"{r['worst_s']:.2f} s" if r["worst_s"] else "–" for r in rows}
    lines += [f"| {r['what']} | {r['day']} | {r['times']} | {r['replies']} | {r['acknowledged']} | {r['lost']} | {r['twice']} | {r['not said']} | {back[r['name']]} |" for r in rows]
    for r in rows:
        if r["seen"]:
            lines += ["", f"{r['what'][0].upper()}{r['what'][1:]}:", ""] + [f"- {what}: {count}" for what, count in r["seen"].items()]
    lines += ["", "What is cut off a store whose last words were synced cannot be brought back by anybody; a power cut does not do that (the row of the power-cut-like cut), a broken disk may: "
              "that is what backups are for.", "",
              "Memory that runs out is tried call by call in the library's unit tests (`tests/unit/test_nomem.c`, `test_nomem_service.c`): each allocation fails once, or it and all that follow, the call reports it, and nothing is left behind."]
    pathlib.Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--cuts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only")
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--results")
    args = parser.parse_args()
    only = args.only.split(",") if args.only else [name for name, _, _ in FAULTS]
    results, tried, began = [], program(), time.monotonic()
    for name, run, what in FAULTS:
        if name not in only:
            continue
        result = Result(name, what)
        run(getattr(args, COUNTS.get(name, "rounds")), random.Random(f"{args.seed} {name}"), result)
        results.append(result)
        print(result.line(), flush=True)
        for each in (result.lost + result.wrong)[:10]:
            print("    ", str(each)[:600], flush=True)
        if args.results:
            write_page(args.results, results, tried, (time.monotonic() - began) / 60)
    sys.exit(0 if all(r.is_good() for r in results) else 1)


if __name__ == "__main__":
    main()
