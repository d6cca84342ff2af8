"""How the stores beside this file were made: by the program of that time, over its own calls. They are not made anew; those of the next version are.

usage: made.py PROGRAM KB OUT        e.g. after `git archive` of the last commit with schema 9 and `make ENCODER=none` there:
       made.py old/build/sportello old/tests/http/kb tests/cli/stores/0009
OUT.sql is the store, OUT.json what that program answered of it, with the tokens and secrets that it takes (of nobody: all of it is made up), and the
files beside the store.
"""
import base64
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "http"))
sys.dont_write_bytecode = True

import files  # noqa: E402

PRAGMAS = ("application_id", "user_version", "page_size", "auto_vacuum")


class Asked:
    def __init__(self, base):
        self.base, self.kept = base, []

    def call(self, method, path, body=None, token=None, keep=False, **headers):
        """(status, reply); what is not there at that time is (404, None)."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        if token:
            headers["Authorization"] = "Bearer " + token
        try:
            with urllib.request.urlopen(urllib.request.Request(self.base + path, data, headers, method=method), timeout=30) as reply:
                status, text = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        try:
            said = json.loads(text)
        except ValueError:
            said = base64.b64encode(text).decode()
        if keep and status == 200:
            self.kept.append({"path": path, "token": token, "reply": said})
        return status, said


def live(ask, tokens):
    """Some days of a service, as far as that program knew of it."""
    conversations = []
    for number, message in enumerate(("non ricevo il codice di conferma", "mi hanno addebitato due volte", "la ricevuta", "dov'è il rimborso?", "ciao")):
        _, reply = ask.call("POST", "/v1/chat", {"message": message, "channel": "web"})
        conversations.append(reply["conversation"])
        ask.call("POST", "/v1/chat", {"conversation": reply["conversation"], "message": "e poi? scrivo da ada@example.com"})
        if number < 3:
            ask.call("POST", f"/v1/chat/{reply['conversation']}/feedback", {"solved": number != 1})
    tickets = []
    for number, conversation in enumerate([*conversations, None, None]):
        body = {"message": f"aiuto numero {'abcdefgh'[number]}, chiamatemi", "category": ("accesso", "pagamenti")[number % 2], "fields": {"email": f"ada{number}@example.com"}}
        status, ticket = ask.call("POST", "/v1/tickets", {**body, **({"conversation": conversation} if conversation else {})}, Idempotency_Key=f"chiave-{number}")
        assert status == 201, ticket
        tickets.append(ticket)
    for number, ticket in enumerate(tickets):
        here = f"/v1/tickets/{ticket['number']}"
        _, ticket["file"] = ask.call("POST", f"{here}/attachments?secret={ticket['secret']}", files.png(salt=number), Content_Type="image/png",
                                     Content_Disposition=f'attachment; filename="foto {number}.png"')
        ask.call("POST", f"{here}/take", {}, tokens["agent"])
        if number % 3 == 0:
            ask.call("POST", f"{here}/replies", {"text": "Ci stiamo lavorando."}, tokens["agent"])
            ask.call("POST", f"{here}/replies?secret={ticket['secret']}", {"text": "Grazie, aspetto."})
            ask.call("PATCH", here, {"state": "in_progress"}, tokens["agent"])
        if number % 3 == 1:
            ask.call("POST", f"{here}/escalate", {"group": "l2", "note": "serve il secondo livello"}, tokens["agent"])
            ask.call("PATCH", here, {"state": "resolved"}, tokens["agent"])
        if number == 6:
            ask.call("DELETE", here, None, tokens["admin"])
    ask.call("POST", "/v1/flags", {"article": "ricevuta", "kind": "wrong", "note": "il pulsante ha un altro nome"}, tokens["agent"])
    return tickets


def look(ask, tokens, tickets):
    """What was answered of it, to be answered again."""
    for ticket in tickets:
        here = f"/v1/tickets/{ticket['number']}"
        for path, token in ((f"{here}?secret={ticket['secret']}", None), (here, tokens["agent"]), (f"{here}/history", tokens["agent"])):
            ask.call("GET", path, None, token, keep=True)
        if "id" in ticket["file"]:
            ask.call("GET", f"{here}/attachments/{ticket['file']['id']}?secret={ticket['secret']}", keep=True)
    ask.call("GET", "/v1/tickets?limit=100", None, tokens["agent"], keep=True)
    ask.call("GET", "/v1/flags", None, tokens["editor"], keep=True)
    for by in ("month", "category", "article"):
        ask.call("GET", f"/v1/deflection?by={by}", None, tokens["manager"], keep=True)


def dump(path):
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        lines = [f"PRAGMA {name} = {db.execute('PRAGMA ' + name).fetchone()[0]};" for name in PRAGMAS]
        return "\n".join([*lines, *db.iterdump()]) + "\n"


def main(program, kb, out):
    folder = pathlib.Path(tempfile.mkdtemp())
    data = folder / "data"
    shutil.copytree(kb, folder / "kb")
    tokens = {}
    for role in ("agent", "editor", "manager", "admin"):
        done = subprocess.run([program, "token", "add", "--data", data, "--audience", "agent-l1", "--role", role, "--subject", role], capture_output=True, text=True)
        tokens[role] = re.search(r"spt_\S+", done.stdout).group(0) if done.returncode == 0 else None
    process = subprocess.Popen([program, "serve", "--kb", folder / "kb", "--data", data, "--listen", "127.0.0.1:0", *(() if "--encoder" not in subprocess.run(
        [program, "help", "serve"], capture_output=True, text=True, env={"LC_ALL": "en"}).stdout else ("--encoder", "none"))], stdout=subprocess.PIPE, text=True)
    ask = Asked(re.match(r"listening on (http://\S+)", process.stdout.readline()).group(1))
    tickets = live(ask, tokens)
    look(ask, tokens, tickets)
    process.terminate()
    process.wait()
    beside = {str(path.relative_to(data)): base64.b64encode(path.read_bytes()).decode() for path in sorted(data.rglob("*")) if path.is_file() and (path.name == "person.key" or path.parent.name == "attachments")}
    pathlib.Path(out + ".sql").write_text(dump(data / "store.sqlite"), encoding="utf-8")
    pathlib.Path(out + ".json").write_text(json.dumps({"tokens": tokens, "files": beside, "asked": ask.kept}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
