"""A stand-in for the systems that tickets are sent to: ServiceNow's Table API, Zendesk's Ticketing API and a receiver of Standard
Webhooks, as their documentation describes them: paths, JSON, statuses, who may. Like the real ones it lets a caller make two
records of one ticket. Faults come by a plan (the next requests, one each) or by chance from a seed."""
import base64
import collections
import hashlib
import hmac
import http.server
import json
import random
import re
import socket
import struct
import threading
import time
import urllib.parse
import uuid

# What ServiceNow keeps of a text; the rest is cut off without a word.
LENGTHS = {"short_description": 160, "description": 4000, "correlation_id": 100}
FAULTS = ("slow", "429", "503", "500", "500-made", "cut", "cut-made", "garbage", "no-record")


def moment(seconds=None):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))


class Cut(Exception):
    """The connection ends without an answer."""


class StandIn:
    """kind: servicenow, zendesk or webhook. Its records are there for the test to look at and to work on."""

    def __init__(self, kind, seed=None, share=0.0, slow_s=1.5, secrets=()):
        self.kind, self.slow_s, self.secrets = kind, slow_s, list(secrets)
        self.lock = threading.RLock()
        self.plan = collections.deque()
        self.chance, self.share = random.Random(seed), share
        self.records, self.journal, self.keys, self.messages = [], [], {}, {}
        self.password, self.bearer = "giusta", "gettone"
        self.tables = ["incident", "sn_customerservice_case"]
        self.gone = False          # cuts every connection
        self.refuse = None         # a status for whatever changes something
        self.rule = None           # rule(body): a status for what it dislikes in a change, or that and why, else None
        self.unknown = set()       # ServiceNow: fields that the table lacks: neither kept, nor minded in a query
        self.end_users = set()     # Zendesk: authors who are not of the desk
        self.export_delay_s = 60   # Zendesk leaves the last minute out
        self.keys_kept_s = 2 * 3600
        self.late = []             # what came by the fault "late": worked off right before the next change
        self.after_page = None     # after_page(rows): called when ServiceNow has been asked for rows of a table
        self.requests, self.faults = [], collections.Counter()
        self.deliveries = 0
        handler = {"servicenow": ServiceNow, "zendesk": Zendesk, "webhook": Webhook}[kind]
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), {"system": self}))
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def next_fault(self, changes):
        with self.lock:
            if self.plan and (changes or self.plan[0] in ("401", "403")):
                fault = self.plan.popleft()
            elif self.share and self.chance.random() < self.share:
                fault = self.chance.choice(FAULTS)
            else:
                fault = None
            if fault:
                self.faults[fault] += 1
            return fault

    def of(self, reference):
        """Records of a ticket."""
        name = "correlation_id" if self.kind == "servicenow" else "external_id"
        with self.lock:
            return [record for record in self.records if record[name] == str(reference)]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    system = None

    def log_message(self, *args):
        pass

    def handle(self):
        try:
            super().handle()
        except (ConnectionError, BrokenPipeError, socket.timeout):
            pass

    def reply(self, status, body, headers=None, raw=False):
        data = body if raw else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def cut(self):
        """Reset, not closed in order: the client learns nothing."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def answer(self):
        path, _, query = self.path.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        changes = self.command != "GET"
        self.system.requests.append((self.command, self.path, dict(self.headers.items()), body))
        if self.system.gone:
            return self.cut()
        fault = self.system.next_fault(changes)
        if fault == "slow":
            time.sleep(self.system.slow_s)
        if fault in ("401", "403", "409", "429", "500", "503"):
            return self.fail(int(fault))
        if fault == "cut":
            return self.cut()
        if fault == "late":
            self.system.late.append((path, body))
            time.sleep(self.system.slow_s)
            return self.cut()
        if not self.may():
            return self.fail(401)
        if changes and self.system.refuse:
            return self.fail(self.system.refuse)
        disliked = self.system.rule(body) if changes and self.system.rule else None
        if disliked:
            return self.fail(*disliked) if isinstance(disliked, tuple) else self.fail(disliked)
        with self.system.lock:
            while changes and self.system.late:
                self.route(*self.system.late.pop())
            status, reply, headers = self.route(path, body)
        if fault == "cut-made":
            return self.cut()
        if fault == "500-made":
            return self.fail(500)
        if fault == "garbage":
            return self.reply(status, b"<html>proxy</html>", headers, raw=True)
        if fault == "no-record" and changes:
            return self.reply(status, {}, headers)
        return self.reply(status, reply, headers)

    do_GET = do_POST = do_PATCH = do_PUT = answer

    def fail(self, status, *why):
        if 300 <= status < 400:
            return self.reply(status, {}, {"Location": f"{self.system.url}/sign-in"})
        retry = {"Retry-After": "1"} if status in (429, 503) else {}
        self.reply(status, self.error(status, *why), retry)

    def may(self):
        given = self.headers.get("Authorization", "")
        wanted = "Basic " + base64.b64encode(f"{self.user}:{self.system.password}".encode()).decode()
        return given in (wanted, "Bearer " + self.system.bearer)


class ServiceNow(Handler):
    user = "sportello"
    texts = {400: "Exception while reading request", 401: "User Not Authenticated", 403: "Insufficient rights to create new records",
             404: "No Record found", 429: "Rate limit exceeded", 500: "Transaction cancelled: maximum execution time exceeded",
             503: "Service unavailable", 422: "Operation Failed"}

    def error(self, status, detail=None):
        return {"error": {"message": self.texts.get(status, "Error"), "detail": detail}, "status": "failure"}

    def route(self, path, body):
        match = re.fullmatch(r"/api/now/table/(\w+)(?:/(\w+))?", path)
        if not match or match.group(1) not in self.system.tables + ["sys_journal_field"]:
            return 400, {"error": {"message": f"Invalid table {path.rsplit('/', 1)[-1]}", "detail": None}, "status": "failure"}, {}
        table, record = match.groups()
        if self.command == "GET":
            return self.get(table, record)
        try:
            values = json.loads(body)
        except ValueError:
            return 400, self.error(400), {}
        return self.create(table, values) if self.command == "POST" else self.change(table, record, values)

    def rows(self, table):
        return self.system.journal if table == "sys_journal_field" else [r for r in self.system.records if r["sys_class_name"] == table]

    def shown(self, row):
        fields = self.query.get("sysparm_fields")
        return {name: row[name] for name in fields.split(",") if name in row} if fields else dict(row)

    def get(self, table, record):
        rows = self.rows(table)
        if record:
            found = [row for row in rows if row["sys_id"] == record]
            return (200, {"result": self.shown(found[0])}, {}) if found else (404, self.error(404, "Record doesn't exist or ACL restricts the record retrieval"), {})
        order = []
        for part in filter(None, self.query.get("sysparm_query", "").split("^")):
            if part.startswith("ORDERBY"):
                order.append(part[len("ORDERBY"):])
                continue
            name, sign, value = re.fullmatch(r"(\w+?)(>=|=|>|LIKE|IN)(.*)", part, re.S).groups()
            if name in self.system.unknown:
                continue
            test = {"=": lambda a, v=value: a == v, ">=": lambda a, v=value: a >= v, ">": lambda a, v=value: a > v, "LIKE": lambda a, v=value: v.lower() in a.lower(),
                    "IN": lambda a, v=value: a in v.split(",")}[sign]
            rows = [row for row in rows if test(row.get(name, ""))]
        if order:
            rows = sorted(rows, key=lambda row: [row[name] for name in order])
        begin, limit = int(self.query.get("sysparm_offset", 0)), int(self.query.get("sysparm_limit", 10000))
        page = [self.shown(row) for row in rows[begin:begin + limit]]
        if self.system.after_page and table != "sys_journal_field":
            self.system.after_page(page)
        return 200, {"result": page}, {"X-Total-Count": str(len(rows))}

    def add_journal(self, row, values):
        for element in ("comments", "work_notes"):
            if values.get(element):
                self.system.journal.append({"sys_id": uuid.uuid4().hex, "name": row["sys_class_name"], "element_id": row["sys_id"],
                                            "element": element, "value": values[element], "sys_created_on": moment(),
                                            "sys_created_by": self.user})

    def create(self, table, values):
        # Every value is text; correlation_id is a field like others: nothing keeps two records from having the same.
        row = {"sys_id": uuid.uuid4().hex, "number": f"INC{len(self.system.records) + 1:07d}", "sys_class_name": table, "state": "1",
               "hold_reason": "", "correlation_id": "", "correlation_display": "", "sys_created_on": moment(), "sys_updated_on": moment(),
               "sys_created_by": self.user, "sys_mod_count": "0"}
        row.update({name: str(value)[:LENGTHS.get(name, 4000)] for name, value in values.items() if name not in ("comments", "work_notes")})
        for name in self.system.unknown:
            row.pop(name, None)
        self.system.records.append(row)
        self.add_journal(row, values)
        return 201, {"result": self.shown(row)}, {"Location": f"{self.system.url}/api/now/table/{table}/{row['sys_id']}"}

    def change(self, table, record, values):
        for row in self.rows(table):
            if row["sys_id"] == record:
                row.update({name: str(value) for name, value in values.items() if name not in ("comments", "work_notes")})
                row["sys_updated_on"] = moment()
                self.add_journal(row, values)
                return 200, {"result": self.shown(row)}, {}
        return 404, self.error(404, "Record doesn't exist or ACL restricts the record retrieval"), {}


class Zendesk(Handler):
    user = "ada@example.com/token"
    texts = {400: "BadRequest", 401: "Couldn't authenticate you", 403: "Forbidden", 404: "RecordNotFound", 422: "RecordInvalid",
             429: "APIRateLimitExceeded", 500: "InternalError", 503: "ServiceUnavailable"}

    def error(self, status, description=None):
        return {"error": self.texts.get(status, "Error"), **({"description": description} if description else {})}

    def route(self, path, body):
        ticket = re.fullmatch(r"/api/v2/tickets/(\d+)(/comments)?\.json", path)
        if path == "/api/v2/tickets.json" and self.command == "GET":
            found = [r for r in self.system.records if r["external_id"] == self.query.get("external_id")]
            return 200, {"tickets": [self.shown(r) for r in found], "next_page": None, "previous_page": None, "count": len(found)}, {}
        if path == "/api/v2/tickets.json" and self.command == "POST":
            return self.create(body)
        if path == "/api/v2/incremental/tickets/cursor.json":
            return self.export()
        found = [r for r in self.system.records if ticket and r["id"] == int(ticket.group(1))]
        if not found:
            return 404, self.error(404, "Not found"), {}
        return self.comments(found[0]) if ticket.group(2) else self.update(found[0], body)

    def shown(self, record):
        return {name: value for name, value in record.items() if not name.startswith("_")}

    def add_comment(self, record, comment, author=7):
        record["_comments"].append({"id": 100000 + sum(len(r["_comments"]) for r in self.system.records), "type": "Comment",
                                    "author_id": author, "body": comment["body"], "public": comment.get("public", True),
                                    "created_at": moment().replace(" ", "T") + "Z"})

    def create(self, body):
        key, now = self.headers.get("Idempotency-Key"), time.time()
        kept = self.system.keys.get(key)
        if key and kept and now - kept[0] < self.system.keys_kept_s:
            if kept[1] != body:
                return 400, {"error": "IdempotentRequestError", "description": "Request parameters are different from the previous request "
                             f"with the key {key}"}, {}
            return 201, kept[2], {"x-idempotency-lookup": "hit"}
        values = json.loads(body).get("ticket", {})
        if not values.get("comment", {}).get("body"):
            return 422, {**self.error(422, "Record validation errors"), "details": {"base": [{"description": "Description: cannot be blank"}]}}, {}
        # external_id may be there many times.
        record = {"id": len(self.system.records) + 1, "external_id": values.get("external_id"), "subject": values.get("subject"),
                  "status": values.get("status", "new"), "priority": values.get("priority"), "group_id": values.get("group_id"),
                  "tags": values.get("tags", []), "custom_fields": values.get("custom_fields", []), "requester": values.get("requester"),
                  "updated_at": moment().replace(" ", "T") + "Z", "_updated": now, "_comments": []}
        record["url"] = f"{self.system.url}/api/v2/tickets/{record['id']}.json"
        self.system.records.append(record)
        # The requester is its submitter, and so the first comment's author, unless submitter_id says otherwise.
        self.add_comment(record, values["comment"], *sorted(self.system.end_users)[:1] if values.get("requester") else ())
        reply = {"ticket": self.shown(record), "audit": {"id": record["id"] * 10, "ticket_id": record["id"]}}
        if key:
            self.system.keys[key] = (now, body, json.loads(json.dumps(reply)))
        return 201, reply, {"Location": record["url"], **({"x-idempotency-lookup": "miss"} if key else {})}

    def update(self, record, body):
        values = json.loads(body).get("ticket", {})
        if record["status"] == "closed":
            return 422, {**self.error(422, "Record validation errors"), "details": {"status": [{"description": "Status: closed prevents ticket update"}]}}, {}
        record.update({name: value for name, value in values.items() if name in ("status", "group_id", "priority")})
        record.update(_updated=time.time(), updated_at=moment().replace(" ", "T") + "Z")
        if values.get("comment"):
            self.add_comment(record, values["comment"])
        return 200, {"ticket": self.shown(record), "audit": {"id": 1, "ticket_id": record["id"]}}, {}

    def comments(self, record):
        size, after = int(self.query.get("page[size]", 100)), int(self.query.get("page[after]", 0))
        rest = record["_comments"][after:]
        more = len(rest) > size
        # Sideloaded where it is asked for.
        users = {"users": [{"id": a, "role": "end-user" if a in self.system.end_users else "agent"}
                           for a in sorted({c["author_id"] for c in rest[:size]})]} if self.query.get("include") == "users" else {}
        return 200, {"comments": rest[:size], **users, "meta": {"has_more": more, "after_cursor": str(after + size) if more else None}}, {}

    def export(self):
        until = time.time() - self.system.export_delay_s
        since = float(self.query.get("cursor") or self.query["start_time"])
        if "start_time" in self.query and since > time.time() - 60:
            return 422, self.error(422, "Too recent start_time. Use a start_time older than 60 seconds"), {}
        rows = sorted((r for r in self.system.records if since < r["_updated"] <= until), key=lambda r: r["_updated"])
        page = rows[:100]
        after = repr(page[-1]["_updated"]) if page else repr(since)
        return 200, {"tickets": [self.shown(r) for r in page], "after_cursor": after, "end_of_stream": len(rows) <= 100,
                     "after_url": f"{self.system.url}/api/v2/incremental/tickets/cursor.json?cursor={after}"}, {}


class Webhook(Handler):
    def may(self):
        return True

    def error(self, status):
        return {"error": status}

    def route(self, path, body):
        name, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        signed = f"{name}.{at}.".encode() + body
        wanted = ["v1," + base64.b64encode(hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()).decode()
                  for secret in self.system.secrets]
        if abs(time.time() - int(at)) > 300 or not set(wanted) & set(self.headers["webhook-signature"].split(" ")):
            return 401, {"error": "signature"}, {}
        self.system.deliveries += 1
        # A message that is delivered again is the same one.
        self.system.messages.setdefault(name, []).append(json.loads(body))
        if len(self.system.messages[name]) == 1:
            message = json.loads(body)
            self.system.records.append({**message, "external_id": f"{message['data']['number']}/{message['data']['revision']}"})
        return 204, None, {}

    def reply(self, status, body, headers=None, raw=False):
        super().reply(status, b"" if status == 204 else body, headers, raw or status == 204)
