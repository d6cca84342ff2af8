"""/healthz, /readyz, /metrics, /openapi.json; start and stop."""
import json
import re
import signal
import socket
import subprocess
import threading
import time
import unittest

import yaml

from service import PATIENCE, PROGRAM, ROOT, Service, ServiceTest, running, until


class Operations(ServiceTest):
    @classmethod
    def prepare(cls):
        cls.agent_token = cls.service.token()
        cls.editor_token = cls.service.token("agent-l1", "editor")
        (cls.service.kb / "it" / "interno" / "rotto-quokkarino.md").write_text(
            "---\nid: rotto-quokkarino\ntype: sbagliato\n---\n\nSegretissimo.\n", encoding="utf-8")

    def test_health(self):
        reply = self.client.get("/healthz")
        self.assertEqual((reply.status, reply.json["status"]), (200, "alive"))
        self.assertEqual(self.client.get("/healthz", Authorization="Bearer wrong").status, 200)

    def test_ready(self):
        reply = self.client.get("/readyz")
        self.assertEqual(reply.status, 200, reply.text)
        state = reply.json
        self.assertEqual((state["status"], state["index"], state["encoder"], state["words_only"]), ("ready", "ok", "none", True))
        self.assertIn("words only", state["notice"])
        self.assertEqual(state["store"], {"read": "ok", "write": "ok"})
        self.assertGreaterEqual(state["articles"], 10)
        self.assertGreaterEqual(state["generation"], 1)

    def test_broken_files_are_named(self):
        broken = self.client.get("/readyz").json["broken"]
        self.assertEqual(len(broken), 1)
        self.assertTrue(broken[0]["file"].endswith("it/interno/rotto-quokkarino.md"))
        self.assertTrue(broken[0]["message"])
        self.assertIs(broken[0]["last_good_serves"], False)
        self.assertNotIn("Segretissimo", json.dumps(broken))
        self.assertIn("rotto-quokkarino.md", self.service.stderr())

    def test_file_names_are_not_for_everybody(self):
        # Through a proxy the caller is anybody.
        reply = self.client.get("/readyz", X_Forwarded_For="203.0.113.7")
        self.assertEqual(reply.status, 200)
        self.assertNotIn("quokkarino", reply.text)
        # An agent may read more, but not everything.
        reply = self.client.get("/readyz", X_Forwarded_For="203.0.113.7", Authorization="Bearer " + self.agent_token)
        self.assertNotIn("quokkarino", reply.text)
        reply = self.client.get("/readyz", X_Forwarded_For="203.0.113.7", Authorization="Bearer " + self.editor_token)
        self.assertIn("rotto-quokkarino", reply.text)

    def test_a_proxy_that_nobody_named(self):
        """It says so in one header or another; whoever asks through it is nobody on this machine. The log tells it once."""
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"):
            self.assertNotIn("broken", self.client.request("GET", "/readyz", None, {name: "203.0.113.7"}).json, name)
        told = [line for line in self.service.log.read_text(encoding="utf-8").splitlines() if "--trusted-proxy" in line]
        self.assertEqual([json.loads(line)["level"] for line in told], ["warning"])

    def samples(self):
        reply = self.client.get("/metrics")
        self.assertEqual((reply.status, reply["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        found = {}
        for line in reply.text.splitlines():
            if not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                found[name] = float(value)
        return found

    def settled(self):
        """What it says when nothing else is under way: a request of the test before is counted only once its reply has gone out."""
        last = {}

        def alone():
            last.update(self.samples())
            return last["sportello_requests_in_flight"] == 1 and last["sportello_store_writes_waiting"] == 0

        self.assertIsNotNone(until(alone, 20), last)
        return last

    def test_metrics_format(self):
        seen = set()
        name = ""
        for line in self.client.get("/metrics").text.splitlines():
            if line.startswith("# HELP "):
                name = line.split(" ")[2]
                self.assertNotIn(name, seen)
                seen.add(name)
            elif line.startswith("# TYPE "):
                self.assertEqual(line.split(" ")[2], name)
                self.assertIn(line.split(" ")[3], ("counter", "gauge", "histogram"))
            else:
                self.assertRegex(line, "^" + name + r'(_bucket|_sum|_count)?(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+$')

    def test_metrics_by_convention(self):
        """What promtool checks: a HELP and a TYPE each, counters end with _total and nothing else does, base units, whole histograms."""
        text = self.client.get("/metrics").text
        kinds = {line.split(" ")[2]: line.split(" ")[3] for line in text.splitlines() if line.startswith("# TYPE ")}
        helps = {line.split(" ", 3)[2]: line.split(" ", 3)[3] for line in text.splitlines() if line.startswith("# HELP ")}
        self.assertEqual(set(kinds), set(helps))
        for name, kind in kinds.items():
            self.assertRegex(name, "^sportello_[a-z][a-z0-9_]*$")
            self.assertEqual(name.endswith("_total"), kind == "counter", name)
            self.assertNotRegex(name, "_(ms|us|minutes|hours|kb|mb|percent|count|sum|bucket)(_total)?$")
            self.assertTrue(helps[name].endswith("."), name)
        samples = self.samples()
        for name in [n for n, kind in kinds.items() if kind == "histogram"]:
            for key in [k for k in samples if k.startswith(name + "_count")]:
                whole = key.replace("_count{", "_bucket{").replace("}", ',le="+Inf"}')
                self.assertEqual(samples[key], samples[whole], key)

    def test_metrics_of_the_desk(self):
        before = self.settled()
        turn = self.client.post("/v1/chat", {"message": "voglio parlare con un operatore"}).json
        self.assertEqual(self.client.post("/v1/tickets", {"conversation": turn["conversation"]}).status, 201)
        after = self.settled()
        self.assertEqual(sum(v for k, v in after.items() if k.startswith("sportello_tickets{")),
                         sum(v for k, v in before.items() if k.startswith("sportello_tickets{")) + 1)
        self.assertGreater(after["sportello_store_size_bytes"], 4096)
        self.assertEqual(after["sportello_store_last_write_ok"], 1)
        for name in ("sportello_sessions", "sportello_audit_entries_waiting", "sportello_store_log_size_bytes"):
            self.assertIn(name, after)

    def test_desk_is_not_told_to_anybody(self):
        text = self.client.get("/metrics", **{"X-Forwarded-For": "203.0.113.7"}).text
        for name in ("sportello_tickets{", "sportello_sessions", "sportello_store_size_bytes", "sportello_audit", "sportello_connector"):
            self.assertNotIn(name, text)
        self.assertIn("sportello_http_requests_total", text)

    def test_monitoring_names_what_there_is(self):
        """Every metric of the example alerts and of the dashboard is exported, by the service or by its connector."""
        known = set(re.findall(r"^# TYPE (\S+)", self.client.get("/metrics").text, re.M))
        connector = (ROOT / "src/connect/export.c").read_text(encoding="utf-8")
        known |= {"sportello_" + name for name in re.findall(r'(?:head\(out, |\{)"(\w+)", "', connector)}
        alerts = yaml.safe_load((ROOT / "web/monitoring/alerts.yaml").read_text(encoding="utf-8"))
        board = json.loads((ROOT / "web/monitoring/grafana.json").read_text(encoding="utf-8"))
        asked = [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
        asked += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
        self.assertGreater(len(asked), 25)
        for expression in asked:
            for name in re.findall(r"sportello_\w+", expression):
                self.assertIn(re.sub("_(bucket|sum|count)$", "", name) if name not in known else name, known, expression)
        self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))

    def test_metrics_of_the_encoder(self):
        samples = self.samples()
        for name in ('asked', 'remembered', 'encoded', 'batches', 'full', 'late', 'failed', 'seconds'):
            self.assertEqual(samples[f'sportello_encoder_{name}_total'], 0)
        self.assertEqual(samples['sportello_encoder_waiting'], 0)

    def test_metrics_count(self):
        before = self.settled()
        turn = self.client.post("/v1/chat", {"message": "voglio parlare con un operatore"}).json
        self.client.post("/v1/tickets", {"conversation": turn["conversation"]})
        self.client.post("/v1/chat", {})
        self.client.get("/v1/search?q=qzxwvkjh&lang=it")
        after = self.settled()

        def more(name):
            return after.get(name, 0) - before.get(name, 0)

        self.assertEqual(more('sportello_http_requests_total{route="chat",status="200"}'), 1)
        self.assertEqual(more('sportello_http_requests_total{route="chat",status="400"}'), 1)
        self.assertEqual(more('sportello_http_requests_total{route="ticket-open",status="201"}'), 1)
        self.assertEqual(more('sportello_http_request_seconds_count{route="chat"}'), 2)
        self.assertEqual(more('sportello_chat_stage_seconds_count{stage="store"}'), 1)
        self.assertEqual(more('sportello_chat_by_words_total'), 1)
        self.assertEqual(more('sportello_decisions_total{decision="ticket",reason="person"}'), 1)
        self.assertEqual(more("sportello_tickets_opened_total"), 1)
        self.assertEqual(more("sportello_searches_empty_total"), 1)
        self.assertEqual(after["sportello_articles_broken"], 1)
        self.assertEqual(after["sportello_words_only"], 1)
        self.assertGreater(after["sportello_resident_memory_bytes"], 1e6)
        self.assertGreaterEqual(after["sportello_connections"], 1)
        self.assertEqual(after["sportello_requests_in_flight"], 1)
        self.assertEqual(after["sportello_store_writes_waiting"], 0)

    def test_openapi(self):
        reply = self.client.get("/openapi.json")
        self.assertEqual((reply.status, reply["Content-Type"]), (200, "application/json; charset=utf-8"))
        self.assertEqual(reply.json, json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8")))
        self.assertEqual(self.client.get("/openapi.json", If_None_Match=reply["ETag"]).status, 304)

    def test_every_call_described_is_there(self):
        document = self.client.get("/openapi.json").json
        for path, methods in document["paths"].items():
            for method in methods:
                target = re.sub(r"\{\w+\}", "1", path)
                reply = self.client.request(method.upper(), target, b"{}" if method != "get" else None,
                                            {"Content-Type": "application/json"})
                self.assertNotEqual(reply.status, 405, (method, path))
                if reply.status == 404:
                    self.assertNotIn("this address", reply.json["detail"], (method, path))

    def test_every_reference_resolves(self):
        document = self.client.get("/openapi.json").json
        for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))):
            node = document
            for step in reference.split("/"):
                self.assertIn(step, node, reference)
                node = node[step]

    def test_replies_are_as_described(self):
        """Members of replies that nobody described, or that are missing (a small part of JSON Schema)."""
        document = self.client.get("/openapi.json").json
        opened = self.client.post("/v1/tickets", {"category": "accesso", "message": "a"}).json
        agent = self.other(self.agent_token)
        turn = self.client.post("/v1/chat", {"message": "non ricevo il codice di conferma"}).json
        cases = [("ChatReply", turn), ("TicketOpened", opened), ("SearchResult", self.client.get("/v1/search?q=rimborzo&lang=it").json),
                 ("Suggestions", self.client.get("/v1/suggest?q=ric&lang=it").json), ("ArticleList", self.client.get("/v1/articles").json),
                 ("Article", self.client.get("/v1/articles/codice-non-arriva").json),
                 ("Ticket", agent.get(f"/v1/tickets/{opened['number']}").json), ("TicketList", agent.get("/v1/tickets").json),
                 ("TicketStatus", self.client.get(f"/v1/tickets/{opened['number']}?secret={opened['secret']}").json),
                 ("Health", self.client.get("/healthz").json), ("Readiness", self.client.get("/readyz").json),
                 ("Problem", self.client.post("/v1/chat", {"mesage": 1}).json),
                 ("ChatReply", self.client.post("/v1/chat", {"message": "voglio un operatore",
                                                             "conversation": turn["conversation"]}).json)]
        for name, value in cases:
            self.check(document, {"$ref": "#/components/schemas/" + name}, value, name)

    def check(self, document, schema, value, where):
        while "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict, "null": type(None)}
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        self.assertTrue(isinstance(value, tuple(k for t in types for k in (kinds[t] if isinstance(kinds[t], tuple) else (kinds[t],)))),
                        f"{where}: {value!r} is no {types}")
        if "enum" in schema:
            self.assertIn(value, schema["enum"], where)
        if isinstance(value, list):
            for i, item in enumerate(value):
                self.check(document, schema["items"], item, f"{where}[{i}]")
        if isinstance(value, dict):
            self.assertLessEqual(set(schema.get("required", [])), set(value), where)
            for name, item in value.items():
                inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
                self.assertTrue(inner, f"{where}.{name} is not described")
                self.check(document, inner, item, f"{where}.{name}")


class StartAndStop(unittest.TestCase):
    def test_sigterm_finishes_what_is_under_way(self):
        service = Service()
        token = service.token()
        with running(service=service):
            stop, failed, counts = threading.Event(), [], []

            def work():
                client, count = service.client(), 0
                try:
                    while not stop.is_set():
                        try:
                            reply = client.post("/v1/tickets", {"message": "in corsa"})
                        except (ConnectionError, OSError) as error:
                            # Refused or closed between two requests: nothing was under way.
                            failed.append(error) if count == 0 else None
                            return
                        if reply.status != 201:
                            failed.append(reply.status)
                            return
                        count += 1
                        if reply["Connection"] == "close":
                            client.close()
                            return
                finally:
                    counts.append(count)

            threads = [threading.Thread(target=work) for _ in range(8)]
            for thread in threads:
                thread.start()
            time.sleep(0.5)
            status = service.stop(signal.SIGTERM)
            stop.set()
            for thread in threads:
                thread.join(timeout=20 * PATIENCE)
            self.assertEqual(status, 0, service.stderr())
            self.assertEqual(failed, [])
            # Every ticket that was acknowledged is there.
            service.start()
            agent = service.client(token)
            self.addCleanup(agent.close)
            numbers = agent.get("/v1/tickets?limit=1").json["tickets"]
            self.assertGreaterEqual(numbers[0]["number"], sum(counts))

    def test_sigterm_while_clients_go_on_asking(self):
        """Kept connections on which something to be stored is asked for at the very moment of the stop."""
        for pause in (0.02, 0.05, 0.1, 0.15, 0.2):
            with running() as service:
                stop = threading.Event()

                def work():
                    client = service.client(timeout=5)
                    while not stop.is_set():
                        try:
                            client.post("/v1/tickets", {"message": "x"})
                        except OSError:
                            client.close()
                            time.sleep(0.001)
                        except Exception:
                            client.close()
                    client.close()

                threads = [threading.Thread(target=work) for _ in range(12)]
                for thread in threads:
                    thread.start()
                time.sleep(pause)
                try:
                    self.assertEqual(service.stop(signal.SIGTERM), 0, service.stderr())
                finally:
                    stop.set()
                    for thread in threads:
                        thread.join()

    def test_sigterm_waits_for_a_slow_body(self):
        with running() as service:
            body = b'{"message":"non ricevo il codice di conferma"}'
            connection = socket.create_connection((service.host, service.port), timeout=10 * PATIENCE)
            self.addCleanup(connection.close)
            connection.sendall(b"POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                               % len(body) + body[:10])
            time.sleep(0.3)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            with self.assertRaises(OSError):
                socket.create_connection((service.host, service.port), timeout=2).close()
            connection.sendall(body[10:])
            answer = connection.recv(65536)
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer[:100])
            self.assertIn(b"Connection: close", answer)
            self.assertEqual(service.process.wait(timeout=20 * PATIENCE), 0)

    def test_sigterm_with_idle_connections_is_quick(self):
        with running() as service:
            clients = [service.client() for _ in range(20)]
            for client in clients:
                client.get("/healthz")
            began = time.monotonic()
            self.assertEqual(service.stop(signal.SIGTERM), 0, service.stderr())
            self.assertLess(time.monotonic() - began, 3 * PATIENCE)
            for client in clients:
                client.close()

    def test_sigint(self):
        with running() as service:
            self.assertEqual(service.stop(signal.SIGINT), 0, service.stderr())

    def test_sighup_goes_on(self):
        with running() as service:
            client = service.client()
            self.addCleanup(client.close)
            before = client.get("/readyz").json
            for _ in range(3):
                service.process.send_signal(signal.SIGHUP)
                self.assertEqual(client.get("/v1/articles/ricevuta").status, 200)
            config = service.kb / "kb.yaml"
            config.write_text(config.read_text(encoding="utf-8").replace("Secondo livello", "Gruppo nuovo"), encoding="utf-8")
            service.process.send_signal(signal.SIGHUP)

            def renamed():
                return client.post("/v1/tickets", {"category": "pagamenti"}).json.get("group_name") == "Gruppo nuovo"

            self.assertIsNotNone(until(renamed, 5))
            self.assertIsNone(service.process.poll())
            self.assertGreaterEqual(client.get("/readyz").json["generation"], before["generation"])

    def test_broken_configuration_keeps_the_old_one(self):
        with running() as service:
            client = service.client()
            self.addCleanup(client.close)
            (service.kb / "kb.yaml").write_text("languages: [it\n", encoding="utf-8")
            service.process.send_signal(signal.SIGHUP)
            time.sleep(0.5)
            self.assertEqual(client.get("/v1/articles/ricevuta").status, 200)
            self.assertEqual(client.post("/v1/chat", {"message": "non ricevo il codice di conferma"}).json["decision"], "answer")

    def test_port_in_use(self):
        with running() as service:
            other = Service()
            self.addCleanup(other.remove)
            done = subprocess.run([PROGRAM, "serve", "--kb", other.kb, "--data", other.data, "--listen", f"127.0.0.1:{service.port}"],
                                  capture_output=True, text=True, timeout=60 * PATIENCE)
            self.assertEqual(done.returncode, 3)
            self.assertIn("another program listens on", done.stderr)
            self.assertIn("--listen", done.stderr)

    def test_bad_address(self):
        service = Service()
        self.addCleanup(service.remove)
        for address in ("8080", "127.0.0.1:99999", "nowhere.invalid:80", "192.0.2.1:8080"):
            done = subprocess.run([PROGRAM, "serve", "--kb", service.kb, "--data", service.data, "--listen", address],
                                  capture_output=True, text=True, timeout=60 * PATIENCE)
            self.assertEqual(done.returncode, 2, (address, done.stderr))

    def test_ipv6(self):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError:
            self.skipTest("this machine has no IPv6")
        service = Service()
        self.addCleanup(service.remove)
        service.start("[::1]:0")
        client = service.client()
        self.addCleanup(client.close)
        self.assertEqual(client.get("/healthz").status, 200)

    def test_public_address(self):
        for url in ("https://aiuto.example", "https://aiuto.example/"):
            with self.subTest(url=url), running("--public-url", url) as service:
                client = service.client()
                self.addCleanup(client.close)
                self.assertEqual(client.get("/v1/articles/ricevuta?lang=it").json["url"], "https://aiuto.example/a/ricevuta?lang=it")


if __name__ == "__main__":
    unittest.main()
