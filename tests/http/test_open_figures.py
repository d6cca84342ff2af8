"""GET /figures, /figures.csv, /figures.jsonld: the public figures of a year of known contacts."""
import csv
import datetime
import io
import json
import re
import subprocess
import sys

from service import ROOT, ServiceTest

FEW = 5


def fill(service, a_month):
    """A year of contacts, all made up; how many of each month ended how."""
    today = datetime.date.today().isoformat()
    done = subprocess.run([sys.executable, "-B", ROOT / "tests/browser/ledger_data.py", service.data / "store.sqlite", today, str(a_month)],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


class OpenFigures(ServiceTest):
    @classmethod
    def prepare(cls):
        with open(cls.service.kb / "kb.yaml", "a", encoding="utf-8") as file:
            file.write("\nopen_data: true\n")
        cls.service.token()  # makes the store
        cls.told = fill(cls.service, 60)

    def rows(self, query=""):
        reply = self.client.get("/figures.csv" + query)
        self.assertEqual((reply.status, reply["Content-Type"]), (200, "text/csv; charset=utf-8"), reply.text)
        self.assertIn("attachment", reply["Content-Disposition"])
        return list(csv.reader(io.StringIO(reply.text)))[1:]

    def test_months_are_those_that_were_put_in(self):
        rows = self.rows()
        today = datetime.date.today().isoformat()[:7]
        self.assertGreaterEqual(len(rows), 10)
        self.assertNotIn(today, [row[0] for row in rows], "this month is not over")
        for key, label, *cells in rows:
            told = self.told.get(key, {"none": 0})
            self.assertTrue(label, key)
            self.assertIn(cells[0], ("", str(sum(told.values()))), key)
        self.assertGreater(sum(bool(row[2]) for row in rows), 8)

    def test_no_small_number_is_told(self):
        seen = [self.rows(), *(self.rows(f"?by=category&month={row[0]}") for row in self.rows())]
        counts = [cell for rows in seen for row in rows for cell in row[2:7] if re.fullmatch(r"\d+", cell)]
        self.assertGreater(len(counts), 50)
        self.assertEqual([cell for cell in counts if 0 < int(cell) < FEW], [])

    def test_a_line_of_categories_with_one_gap_has_two(self):
        """What is masked cannot be found by taking the others from the sum."""
        for month in [row[0] for row in self.rows()]:
            rows = self.rows(f"?by=category&month={month}")
            for column in range(2, 7):
                gaps = sum(row[column] == "" for row in rows)
                self.assertTrue(gaps != 1 or len(rows) == 1, (month, column, rows))

    def test_page(self):
        months = [row[0] for row in self.rows()]
        for lang in ("it", "en", "de"):
            page = self.client.get(f"/figures?lang={lang}")
            self.assertEqual(page.status, 200)
            self.assertEqual(re.findall(r'<option value="(\d{4}-\d\d)"', page.text), months[::-1])
            self.assertIn("<svg", page.text)
            self.assertNotIn("figures-page.", page.text, "each text is there")
        self.assertEqual(self.client.get(f"/figures?month={months[0]}").status, 200)
        self.assertNotIn("interno", self.client.get("/figures").text.lower(), "a category that readers do not see")

    def test_catalogue(self):
        reply = self.client.get("/figures.jsonld")
        self.assertEqual((reply.status, reply["Content-Type"]), (200, "application/ld+json"))
        catalogue = reply.json
        self.assertEqual(catalogue["@type"], "dcat:Dataset")
        self.assertEqual(len(catalogue["dcat:distribution"]), 2)
        self.assertEqual({part["dct:license"]["@id"] for part in catalogue["dcat:distribution"]}, {"https://creativecommons.org/licenses/by/4.0/"})
        period = catalogue["dct:temporal"]
        begins, ends = (datetime.date.fromisoformat(period[f"dcat:{which}Date"]) for which in ("start", "end"))
        self.assertEqual((begins.day, (ends + datetime.timedelta(1)).day), (1, 1))
        self.assertLess(ends, datetime.date.today())
        for part in catalogue["dcat:distribution"]:
            self.assertEqual(self.client.get(part["dcat:downloadURL"]["@id"]).status, 200)

    def test_what_is_asked_for_wrongly(self):
        for path in ("/figures", "/figures.csv", "/figures.jsonld"):
            self.assertEqual(self.client.get(path + "?month=1999-01").status, 404, path)
        self.assertProblem(self.client.get("/figures.csv?by=person"), 400, "bad-value")


class NoContacts(ServiceTest):
    @classmethod
    def prepare(cls):
        with open(cls.service.kb / "kb.yaml", "a", encoding="utf-8") as file:
            file.write("\nopen_data: true\n")

    def test_nothing_was_asked_yet(self):
        self.assertEqual(self.client.get("/figures").status, 200)
        self.assertEqual(len(self.client.get("/figures.csv").text.splitlines()), 1)
        self.assertEqual(self.client.get("/figures.jsonld").status, 200)


class NotOpen(ServiceTest):
    def test_not_public_unless_it_says_so(self):
        for path in ("/figures", "/figures.csv", "/figures.jsonld"):
            self.assertEqual(self.client.get(path).status, 404, path)
