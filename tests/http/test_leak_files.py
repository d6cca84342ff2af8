"""No file that is opened for an audience has a word that it may not read: in no table, in no form, in no block that was left over."""
import collections
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zlib

import leak_glass
from leak_bed import SEED, Kb, serve
from leak_kb import AUDIENCES
from leak_words import MARK, PIECE, fold
from service import PROGRAM, Service, article, until

ENCODER = os.environ.get("SPORTELLO_LEAK_ENCODER", "none")


def readings(path):
    """The bytes of a file, and what they say to those who take them apart."""
    data = path.read_bytes()
    yield "raw", data
    yield "wide", data.replace(b"\0", b"")
    if data[:2] == b"\x1f\x8b":
        yield "gzip", zlib.decompress(data, 31)
    if path.suffix == ".glass":
        for key, value in leak_glass.entries(data):
            yield "key", key.replace(b"\0\xff", b"\0")
            yield "value", value
        if path.name in ("docdata.glass", "termlist.glass"):
            for piece in leak_glass.deflated_pieces(data):
                yield "left over", piece


@functools.cache
def held(path):
    """Pieces of marked words, by how they were read; of files that do not change any more."""
    found = {}
    for how, data in readings(path):
        text = data.decode("latin-1")
        for whole in (text, text.lower()):
            if MARK in whole:
                found.update({piece: how for piece in PIECE.findall(fold(whole))})
    return found


@functools.cache
def listed(kb):
    """Secrets by how their words stand in lists, up to the mark: those leave out how a word begins when the one before began alike; two bytes say
    how many letters, and how many follow, and look like letters themselves."""
    found = collections.defaultdict(list)
    for secret in kb.words.secrets.values():
        word = secret.word
        for k in (1, 2, 3):
            found[chr(96 ^ 4 - k) + chr(96 ^ len(word) - 4 + k) + word[4 - k:4]].append(secret)
        found[word[:4] + chr(96 ^ 4) + chr(96 ^ len(word) - 4)].append(secret)
    return found


def owners(kb, piece):
    """Secrets that a piece may be of."""
    before = piece[:piece.index(MARK)]
    found = [secret for size in (3, 4, 5, 6) for secret in listed(kb).get(before[-size:], ())]
    secret = kb.words.by_start.get(before[-4:])
    return found + ([secret] if secret else [])


def leaks(kb, folder, audience):
    wrong = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        for piece, how in held(path).items():
            who = owners(kb, piece)
            if who and not any(audience in secret.filed for secret in who):
                wrong.append(f"{path.relative_to(folder)} ({how}) has {piece}: {who[0].where}")
    return wrong


class Built(unittest.TestCase):
    """The indexes of the made knowledge base."""
    @classmethod
    def setUpClass(cls):
        cls.kb = Kb(SEED)
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="sportello-leak-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.kb.write(cls.folder / "kb")
        done = subprocess.run([PROGRAM, "index", "--kb", cls.folder / "kb", "--data", cls.folder / "data", "--encoder", ENCODER],
                              capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr  # 1: articles that are not served
        cls.generation = next((cls.folder / "data" / "index").glob("g-*"))

    def test_each_audience_has_only_its_own(self):
        for audience in AUDIENCES:
            with self.subTest(audience=audience):
                self.assertEqual(leaks(self.kb, self.generation / audience, audience), [])

    def test_what_an_audience_may_read_is_found(self):
        """The reader of these files does find words: of every article that is in an index, and of each kind of table."""
        for audience in AUDIENCES:
            found = {}
            for path in (self.generation / audience / "words").glob("*.glass"):
                found[path.name] = held(path)
            words = {secret.word for pieces in found.values() for piece in pieces for secret in owners(self.kb, piece)}
            for one in self.kb.articles:
                if audience in one.readers and MARK in one.id:
                    self.assertIn(one.id.rsplit("-", 1)[-1], words, audience)
        self.assertEqual(sorted(name for name, pieces in found.items() if pieces), ["docdata.glass", "postlist.glass", "spelling.glass", "termlist.glass"])
        self.assertIn("left over", {how for pieces in found.values() for how in pieces.values()})

    def test_the_reader_finds_a_leak(self):
        self.assertNotEqual(leaks(self.kb, self.generation / "agent-l2", "citizen"), [])
        self.assertNotEqual(leaks(self.kb, self.generation / "agent-l2", "agent-l1"), [])

    def test_vectors_are_numbers(self):
        """The store of sentence vectors is everybody's: there is no text in it, only hashes of texts with their vectors."""
        for path in (self.folder / "data" / "vectors").rglob("*"):
            if path.is_file():
                self.assertEqual(held(path), {}, path)

    def test_exports(self):
        for audience in AUDIENCES:
            for kind in ("jsonl", "csv", "site"):
                out = self.folder / f"out-{audience}-{kind}"
                done = subprocess.run([PROGRAM, "export", "--kb", self.folder / "kb", "--out", out, "--format", kind, "--audience", audience,
                                       *(["--base-url", "https://example.it"] if kind == "site" else [])], capture_output=True, text=True)
                self.assertIn(done.returncode, (0, 1), done.stderr)
                folder = out if out.is_dir() else self.folder / f"only-{audience}-{kind}"
                if not out.is_dir():
                    folder.mkdir()
                    out.rename(folder / out.name)
                with self.subTest(audience=audience, kind=kind):
                    self.assertEqual(leaks(self.kb, folder, audience), [])
                    self.assertEqual(self.named(folder, audience), [])
                    if audience == "agent-l2":
                        self.assertTrue(any(held(path) for path in folder.rglob("*") if path.is_file()))

    def named(self, folder, audience):
        """Names of files tell too. (What was retired leads its readers on.)"""
        return [path.name for path in folder.rglob("*") for piece in PIECE.findall(fold(path.name))
                if not any(audience in secret.filed for secret in owners(self.kb, piece))]


class Open(unittest.TestCase):
    def test_the_process_opens_no_index_of_others(self):
        service = serve(Kb(SEED), None, [("agent-l2", "agent")])
        self.addCleanup(service.remove)
        client, agent = service.client(), service.client(service.tokens["agent-l2", "agent"])
        self.addCleanup(client.close)
        self.addCleanup(agent.close)
        for path in ("/v1/search?q=avviso", "/", "/a/avviso-scaduto", "/v1/articles", "/chat"):
            self.assertEqual(client.get(path).status, 200)
        client.post("/v1/chat", {"message": "avviso scaduto"})
        self.assertEqual(self.indexes(service), {"citizen"})
        agent.get("/v1/articles")
        self.assertEqual(self.indexes(service), {"citizen", "agent-l2"})

    @staticmethod
    def indexes(service):
        """Of which audiences the process has a file open or mapped."""
        process = pathlib.Path("/proc") / str(service.process.pid)
        paths = [os.readlink(fd) for fd in (process / "fd").iterdir()]
        paths += [line.split()[-1] for line in (process / "maps").read_text().splitlines()]
        parts = [pathlib.Path(p).relative_to(service.data).parts for p in paths if p.startswith(f"{service.data}/index/g-")]
        return {part[2] for part in parts if len(part) > 2}


class Taken(unittest.TestCase):
    """An article that everybody could read, and that an editor takes from them while the service runs."""
    def test_nothing_is_left_over(self):
        service = Service()
        self.addCleanup(service.remove)
        kept = [f"it/accesso/pratica-{n}.md" for n in range(12)]
        for n, path in enumerate(kept):
            service.write(path, article(f"pratica-{n}", f"La pratica numero {n}", "Un testo per tutti. " * 20))
        service.write("it/accesso/ritirata.md", article("ritirata", "Il codice trombonazzo", "Il valore è balalaicone, non dirlo. " * 3))
        service.write("it/accesso/tagliata.md", article("tagliata", "Il modulo semplice", "Per tutti.\n\nPoi chiedi il gorgheggiale."))
        service.start()
        self.assertEqual(self.of(service), {"trombonazz", "balalaicon", "gorgheggial"})
        service.write("it/accesso/ritirata.md", article("ritirata", "Il codice trombonazzo", "Il valore è balalaicone, non dirlo. " * 3, audience="agent-l1"))
        service.write("it/accesso/tagliata.md", article("tagliata", "Il modulo semplice", "Per tutti.\n\n> [!agent-l1]\n> Poi chiedi il gorgheggiale."))
        client = service.client()
        self.addCleanup(client.close)
        self.assertIsNotNone(until(lambda: client.get("/v1/articles/ritirata").status == 404, 20))
        self.assertIsNotNone(until(lambda: "gorgheggiale" not in client.get("/v1/articles/tagliata").text, 20))
        self.assertIsNotNone(until(lambda: self.of(service) == set(), 20), f"still there: {self.of(service)}")

    @staticmethod
    def of(service):
        """Which of the words the files of the citizens' present index have."""
        current = (service.data / "index" / "CURRENT").read_text().strip()
        text = b"\n".join(data for path in (service.data / "index" / current / "citizen").rglob("*") if path.is_file() for _, data in readings(path))
        return {word for word in ("trombonazz", "balalaicon", "gorgheggial") if word.encode() in text.lower()}


if __name__ == "__main__":
    unittest.main()
