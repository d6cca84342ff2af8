"""The running service has given up what it does not need, in every thread, and goes on doing all that it should."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from service import PROGRAM, Service, ServiceTest, article, until


def is_sanitized():
    with open(PROGRAM, "rb") as file:
        return re.search(rb"__(asan|tsan)_init", file.read()) is not None


def threads(pid):
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as file:
            yield dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def parts(client):
    return dict(re.findall(r'^sportello_sandbox\{part="(\w+)"\} (\d)$', client.get("/metrics").text, re.M))


@unittest.skipIf(is_sanitized(), "sanitizers need what the service gives up")
class Sandbox(ServiceTest):
    def test_every_thread_is_confined(self):
        found = list(threads(self.service.process.pid))
        self.assertGreater(len(found), 3)
        for thread in found:
            self.assertEqual((thread["NoNewPrivs"].strip(), thread["Seccomp"].strip()), ("1", "2"), thread["Name"])

    def test_metrics_tell(self):
        told = parts(self.client)
        self.assertEqual(set(told), {"files", "network", "calls"})
        self.assertEqual(told["calls"], "1")
        self.assertEqual(parts_of_doctor(self.service), "ok" if told["files"] == "1" else "advice")

    def test_not_for_everybody(self):
        self.assertNotIn("sportello_sandbox", self.client.get("/metrics", X_Forwarded_For="203.0.113.7").text)

    def test_it_works(self):
        self.assertEqual(self.client.post("/v1/chat", {"message": "non trovo la ricevuta del pagamento"}).status, 200)
        self.assertEqual(self.client.get("/v1/search?q=ricevuta&lang=it").status, 200)
        self.assertEqual(self.client.get("/").status, 200)

    def test_saved_articles_and_a_folder_that_is_replaced(self):
        """As git checks out a branch elsewhere, and a link or a rename puts it in place."""
        self.service.write("it/accesso/nuovo-articolo.md", article("nuovo-articolo", "Un articolo nuovissimo", "Testo."))
        self.assertIsNotNone(until(lambda: self.client.get("/v1/articles/nuovo-articolo?lang=it").status == 200, 10))
        aside = self.service.folder / "kb.new"
        subprocess.run(["cp", "-a", self.service.kb, aside], check=True)
        self.service.kb.rename(self.service.folder / "kb.old")
        aside.rename(self.service.kb)
        self.service.process.send_signal(1)
        self.service.write("it/accesso/altro-articolo.md", article("altro-articolo", "Un altro articolo", "Testo."))
        self.assertIsNotNone(until(lambda: self.client.get("/v1/articles/altro-articolo?lang=it").status == 200, 10))

    def test_log_is_made_anew(self):
        self.service.log.rename(self.service.folder / "access.log.1")
        self.service.process.send_signal(1)
        self.assertIsNotNone(until(self.service.log.exists, 10))


def parts_of_doctor(service):
    said = service.command("doctor", "--kb", service.kb, "--data", service.data, "--encoder", "none").stdout
    return re.search(r"(?m)^(\w+) +sandbox", said).group(1)


class Switch(unittest.TestCase):
    def started(self, *options):
        service = Service(*options)
        self.addCleanup(service.remove)
        return service.start()

    def test_off(self):
        service = self.started("--sandbox", "off")
        self.assertEqual({thread["Seccomp"].strip() for thread in threads(service.process.pid)}, {"0"})
        client = service.client()
        self.addCleanup(client.close)
        self.assertEqual(parts(client), {"files": "0", "network": "0", "calls": "0"})

    def test_a_link_on_the_way_to_the_articles_is_turned(self):
        """A release beside the one before, as tools that deploy from git do it."""
        service = Service("--log", "none")
        self.addCleanup(service.remove)
        away = tempfile.TemporaryDirectory(prefix="sportello-releases-")
        self.addCleanup(away.cleanup)
        site = pathlib.Path(away.name)
        for name in ("1", "2"):
            subprocess.run(["cp", "-a", service.kb, site / ("kb" + name)], check=True)
            (site / name).mkdir()
            (site / ("kb" + name)).rename(site / name / "kb")
        (site / "2/kb/it/accesso/nuovo-articolo.md").write_text(article("nuovo-articolo", "Un articolo nuovissimo", "Testo."), encoding="utf-8")
        (site / "current").symlink_to("1")
        service.kb = site / "current/kb"
        client = service.start().client()
        self.addCleanup(client.close)
        self.assertEqual(client.get("/v1/articles/nuovo-articolo?lang=it").status, 404)
        (site / "next").symlink_to("2")
        (site / "next").rename(site / "current")
        service.process.send_signal(1)
        self.assertIsNotNone(until(lambda: client.get("/v1/articles/nuovo-articolo?lang=it").status == 200, 10), service.stderr())


if __name__ == "__main__":
    unittest.main()
