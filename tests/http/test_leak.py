"""What an audience may not read does not exist for it: in no byte of any reply, and in no difference between replies.

A service on a knowledge base where each internal article, field and block has words of its own, and one on what this audience may
read of it, are asked the same (leak_routes.py). None of the words may be in what the first says, and both must say the same.
"""
import concurrent.futures
import json
import subprocess
import sys
import unittest

import leak_bed
import leak_routes
from leak_kb import AUDIENCES
from leak_words import MARK, PIECE, fold
from service import HERE, PATIENCE

LEAST = 3000
ROLES = {"citizen": "none", "creditor": "reader", "psp": "reader", "partner": "reader", "agent-l1": "agent"}


def run(audience):
    return subprocess.run([sys.executable, "-B", HERE / "leak_runs.py", audience, ROLES[audience]], cwd=HERE, capture_output=True, text=True,
                          timeout=400 * PATIENCE)


class Requests(unittest.TestCase):
    def test_each_lesser_audience(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for audience, done in zip(ROLES, pool.map(run, ROLES)):
                with self.subTest(audience=audience):
                    self.assertEqual(done.returncode, 0, done.stderr[-3000:])
                    found = json.loads(done.stdout)
                    print(f"{audience}: {found['asked']} requests; what is hidden took {found['ratio']:.2f} of what is not there", file=sys.stderr)
                    self.assertEqual(found["told"], "")
                    self.assertGreaterEqual(found["asked"], LEAST)
                    self.assertGreaterEqual(found["least"], 10, "a script asks nearly nothing")


class Control(unittest.TestCase):
    """That the test finds what there is to find."""
    @classmethod
    def setUpClass(cls):
        cls.kb = leak_bed.Kb(leak_bed.SEED)
        cls.service = leak_bed.serve(cls.kb, None, [(audience, "agent") for audience in AUDIENCES])
        cls.addClassCleanup(cls.service.remove)

    def client(self, audience):
        client = self.service.client(self.service.tokens[audience, "agent"])
        self.addCleanup(client.close)
        return client

    def test_who_may_read_a_word_sees_it(self):
        """Each word of an article that is shown to somebody, as that article is read or found; to every one of its readers."""
        for audience in AUDIENCES:
            client = self.client(audience)
            seen = set()
            for article in self.kb.articles:
                if audience in article.readers:
                    for path in (f"/v1/articles/{article.id}?lang={article.lang}", f"/a/{article.id}?lang={article.lang}"):
                        reply = client.get(path)
                        self.assertEqual(reply.status, 200, (audience, path))
                        seen |= set(PIECE.findall(fold(reply.text)))
            words = {s.word: s for s in self.kb.words.secrets.values() if audience in s.shown}
            missing = [s for word, s in words.items() if not any(word in piece for piece in seen)]
            # Not on the article's page, but found by.
            unseen = [s for s in missing if not self.found(client, s)]
            self.assertEqual([(s.word, s.where) for s in unseen], [], audience)

    def found(self, client, secret):
        """What no reader is shown as text: keys of kb.yaml, keywords, synonyms, owners; a successor's old questions."""
        if any(part in secret.where for part in ("kb.yaml", "name", "label", "field why", "option", "description", "contact", "owner", "reviewed_by",
                                                 "window", "covered code")) or secret.where.startswith(("sostituita", "superata")):
            return True
        return client.get(f"/v1/search?q={secret.word}&lang=it").json["total"] > 0

    def test_a_leak_is_found(self):
        """One article's audience is widened, one block's marker is forgotten: the service says words that it should not."""
        for before, after in (("audience: [agent-l1]", "audience: [citizen]"), ("> [!agent-l2]\n", "> \n")):
            with self.subTest(after=after):
                leaky = leak_bed.serve(self.kb, None, [])
                self.addCleanup(leaky.remove)
                path = next(p for p in sorted(leaky.kb.glob("it/*/*.md")) if before in p.read_text(encoding="utf-8") and "published" in p.read_text(encoding="utf-8")
                            and MARK in p.read_text(encoding="utf-8") and not p.name.startswith(("futura", "passata", "superata")))
                path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
                leaky.stop()
                leaky.start()
                stripped = leak_bed.serve(self.kb, "citizen", [])
                self.addCleanup(stripped.remove)
                twins = leak_bed.run(self.kb, "citizen", leaky, stripped, only=("GET /v1/articles/{id}", "GET /a/{id}"))
                self.assertTrue(twins.found, "the word was not noticed")
                self.assertTrue(twins.unlike, "the difference was not noticed")


class Routes(unittest.TestCase):
    def test_every_route_is_asked(self):
        self.assertEqual(sorted(leak_bed.known_routes() - set(leak_routes.ROUTES)), [],
                         "routes of the program that the leak test does not ask: add a line each to ROUTES in leak_routes.py")


if __name__ == "__main__":
    unittest.main()
