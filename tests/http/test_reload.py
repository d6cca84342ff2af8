"""A changed, added, removed or broken article is live by itself, without a restart and without a failed request.

How soon (200 ms) is measured by make bench; here only that nobody has to do anything for it.
"""
import shutil
import threading
import time
import unittest

from service import ServiceTest, article, until

LIVE_S = 2


class Load:
    """Requests from several connections while something changes; keeps what failed."""

    def __init__(self, service, threads=4):
        self.service, self.stop, self.failed, self.done = service, threading.Event(), [], 0
        self.threads = [threading.Thread(target=self.work, args=(i,)) for i in range(threads)]

    def work(self, number):
        client = self.service.client()
        calls = [lambda: client.get("/v1/articles/ricevuta?lang=it"), lambda: client.get("/v1/search?q=ricevuta&lang=it"),
                 lambda: client.post("/v1/chat", {"message": "non trovo la ricevuta del pagamento"}),
                 lambda: client.get("/v1/suggest?q=ric&lang=it")]
        count = number
        while not self.stop.is_set():
            try:
                reply = calls[count % len(calls)]()
                if reply.status != 200:
                    self.failed.append((reply.status, reply.text))
            except OSError as error:
                self.failed.append(error)
                client.close()
            count += 1
            self.done += 1
        client.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


class Reload(ServiceTest):
    def assertLive(self, check):
        took = until(check, 3, 0.005)
        self.assertIsNotNone(took, "it never came")
        # until() multiplies its own limit; here the slowness of sanitizers counts too.
        from service import PATIENCE
        self.assertLess(took, LIVE_S * PATIENCE)

    def test_added_changed_broken_mended_removed_under_load(self):
        path = "it/accesso/novita.md"
        with Load(self.service) as load:
            time.sleep(0.3)
            self.assertEqual(self.client.get("/v1/articles/novita").status, 404)

            self.service.write(path, article("novita", "Una cosa nuova", "Testo primaverile."))
            self.assertLive(lambda: self.client.get("/v1/articles/novita").status == 200)
            self.assertEqual(self.client.get("/v1/search?q=primaverile&lang=it").json["total"], 1)

            before = self.client.get("/v1/articles/novita")
            self.service.write(path, article("novita", "Una cosa nuova", "Testo autunnale."))
            self.assertLive(lambda: "autunnale" in self.client.get("/v1/articles/novita").json["markdown"])
            self.assertEqual(self.client.get("/v1/search?q=primaverile&lang=it").json["total"], 0)
            self.assertEqual(self.client.get("/v1/articles/novita", If_None_Match=before["ETag"]).status, 200)

            # Broken: the last good version goes on, and the file is named.
            self.service.write(path, "---\nid: novita\ntype: qa\ntitle: [\n---\n\nTesto rotto.\n")
            self.assertLive(lambda: len(self.client.get("/readyz").json["broken"]) == 1)
            broken = self.client.get("/readyz").json["broken"][0]
            self.assertTrue(broken["file"].endswith(path))
            self.assertIs(broken["last_good_serves"], True)
            self.assertIn("autunnale", self.client.get("/v1/articles/novita").json["markdown"])

            self.service.write(path, article("novita", "Una cosa nuova", "Testo invernale."))
            self.assertLive(lambda: self.client.get("/readyz").json["broken"] == [])
            self.assertIn("invernale", self.client.get("/v1/articles/novita").json["markdown"])

            (self.service.kb / path).unlink()
            self.assertLive(lambda: self.client.get("/v1/articles/novita").status == 404)
            self.assertEqual(self.client.get("/v1/search?q=invernale&lang=it").json["total"], 0)
        self.assertEqual(load.failed, [])
        self.assertGreater(load.done, 50)

    def test_many_changes_in_a_row_under_load(self):
        with Load(self.service) as load:
            for i in range(30):
                self.service.write("it/accesso/raffica.md", article("raffica", f"Raffica {i}", f"Numero {i}."))
                time.sleep(0.02)
            self.assertIsNotNone(until(lambda: "Numero 29" in self.client.get("/v1/articles/raffica").text, 3))
        self.assertEqual(load.failed, [])

    def test_a_new_folder(self):
        self.service.write("en/interno/fresh.md", article("fresh", "A fresh thing", "Text.", category="interno"))
        self.assertIsNotNone(until(lambda: self.client.get("/v1/articles/fresh").status == 200, 3))

    def test_the_folder_is_away_for_a_while(self):
        """Another checkout is put in its place, and takes longer than a moment."""
        kb, away = self.service.kb, self.service.kb.with_name("kb-away")
        kb.rename(away)
        time.sleep(1)
        self.assertEqual(self.client.get("/v1/articles/ricevuta?lang=it").status, 200)
        shutil.copytree(away, kb)
        self.service.write("it/accesso/tornata.md", article("tornata", "La cartella tornata", "Testo."))
        self.assertIsNotNone(until(lambda: self.client.get("/v1/articles/tornata").status == 200, 10))
        self.service.write("it/accesso/tornata.md", article("tornata", "La cartella ritornata", "Testo."))
        self.assertLive(lambda: self.client.get("/v1/articles/tornata").json["title"] == "La cartella ritornata")

    def test_the_folder_goes_away_while_it_is_looked_at(self):
        """All files are read again once somebody may read less than before: those that went with the folder are not gone."""
        kb, away = self.service.kb, self.service.kb.with_name("kb-elsewhere")
        text = article("lungo", "Lungo", "- Testo *lungo* di una [bozza](https://esempio.it).\n" * 10000)
        drafts = [f"it/accesso/a-lungo-{i}.md" for i in range(24)]  # read first, and for long, but not indexed
        for i, path in enumerate(drafts):
            self.service.write(path, text.replace("id: lungo", f"id: a-lungo-{i}\nstatus: draft"))
        for i in range(6):
            self.service.write("it/accesso/ristretto.md", article("ristretto", "Ristretto", f"Testo {i}."))
            self.assertIsNotNone(until(lambda: self.client.get("/v1/articles/ristretto").status == 200, 10))
            time.sleep(0.5)
            self.service.write("it/accesso/ristretto.md", article("ristretto", "Ristretto", f"Testo {i}.", audience="agent-l1"))
            time.sleep(0.05 + i * 0.02)
            kb.rename(away)
            time.sleep(1)
            status = self.client.get("/v1/articles/ricevuta?lang=it").status
            away.rename(kb)
            self.assertEqual(status, 200, i)
        for path in drafts:
            (kb / path).unlink()
        self.service.write("it/accesso/ristretto.md", article("ristretto", "Ristretto", "Testo di nuovo."))
        self.assertIsNotNone(until(lambda: self.client.get("/v1/articles/ristretto").status == 200, 10))

    def test_a_file_of_another_name_than_its_id(self):
        """The id says which article it is, and which is its translation; the file may have a name in its own language."""
        self.service.write("it/accesso/gufo-reale.md", article("gufo", "Il gufo reale", "Testo notturno."))
        self.service.write("en/accesso/royal-owl.md", article("gufo", "The royal owl", "Text of the night."))
        self.assertLive(lambda: self.client.get("/v1/articles/gufo?lang=en").status == 200)
        self.assertLive(lambda: self.client.get("/v1/articles/gufo?lang=it").status == 200)
        self.assertEqual(self.client.get("/v1/articles/gufo").json["langs"], ["it", "en"])
        self.assertEqual(self.client.get("/v1/articles/gufo-reale").status, 404)
        self.service.write("it/accesso/gufo-reale.md", article("civetta", "La civetta", "Testo notturno."))
        self.assertLive(lambda: self.client.get("/v1/articles/civetta").status == 200)
        self.assertLive(lambda: self.client.get("/v1/articles/gufo?lang=it").status == 404)
        (self.service.kb / "it/accesso/gufo-reale.md").rename(self.service.kb / "it/accesso/civetta.md")
        time.sleep(0.5)
        self.assertEqual(self.client.get("/v1/articles/civetta").status, 200)

    def test_an_article_without_its_date_is_served(self):
        text = article("senza-data", "Senza la data", "Testo crepuscolare.").replace("updated: 2026-11-01\n", "")
        self.service.write("it/accesso/senza-data.md", text)
        self.assertLive(lambda: self.client.get("/v1/articles/senza-data").status == 200)
        self.assertNotIn("updated", self.client.get("/v1/articles/senza-data").json)
        self.assertEqual(self.client.get("/a/senza-data").status, 200)
        self.assertEqual(self.client.get("/v1/search?q=crepuscolare&lang=it").json["total"], 1)

    def test_an_article_without_audience_is_shown_to_nobody(self):
        text = article("nessuno-legge", "Per nessuno", "Testo sconosciutissimo.").replace("audience: [citizen]\n", "")
        self.service.write("it/accesso/nessuno-legge.md", text)
        time.sleep(0.5)
        self.assertEqual(self.client.get("/v1/articles/nessuno-legge").status, 404)
        self.assertEqual(self.client.get("/v1/search?q=sconosciutissimo&lang=it").json["total"], 0)

    def test_taken_back_from_citizens(self):
        self.service.write("it/accesso/tolto.md", article("tolto", "Da togliere", "Testo effimerino."))
        self.assertIsNotNone(until(lambda: self.client.get("/v1/articles/tolto").status == 200, 3))
        self.service.write("it/accesso/tolto.md", article("tolto", "Da togliere", "Testo effimerino.", audience="agent-l1"))
        self.assertLive(lambda: self.client.get("/v1/articles/tolto").status == 404)
        self.assertEqual(self.client.get("/v1/search?q=effimerino&lang=it").json["total"], 0)


if __name__ == "__main__":
    unittest.main()
