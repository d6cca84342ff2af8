"""Words that only one place of a knowledge base has, and finding them again in whatever bytes a service gives out.

All words for fewer than everybody have one syllable pair in common (MARK), so that one look finds any of them, stems and
pieces too; the letters before it tell which one it is.
"""
import base64
import dataclasses
import html
import json
import random
import re
import unicodedata
import urllib.parse

MARK = "zuvag"
OPEN = "zovug"  # in words that everybody may read
PIECE = re.compile("[a-z]*" + MARK + "[a-z]*")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
CONSONANTS, VOWELS = "bcdflmnprst", "aeio"


@dataclasses.dataclass(frozen=True)
class Secret:
    word: str
    where: str  # article, field
    shown: frozenset  # audiences that are shown it
    filed: frozenset  # audiences whose files may hold it: also what is not valid today


class Words:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.starts = set()
        self.secrets = {}
        self.by_start = {}

    def _start(self):
        while True:
            start = "".join(self.random.choice(CONSONANTS) + self.random.choice(VOWELS) for _ in range(2))
            if start not in self.starts:
                self.starts.add(start)
                return start

    def _make(self, mark):
        return self._start() + mark + self.random.choice(VOWELS) + self.random.choice(("nt", "lt", "rn", "st")) + "o"

    def open(self):
        return self._make(OPEN)

    def secret(self, where, shown, filed=None):
        word = self._make(MARK)
        secret = Secret(word, where, frozenset(shown), frozenset(shown if filed is None else filed))
        self.secrets[word] = self.by_start[word[:4]] = secret
        return word

    def of(self, piece):
        """The secrets that a piece of text may be of: one, unless it is cut at its start."""
        before = piece[:piece.index(MARK)]
        if len(before) >= 4:
            secret = self.by_start.get(before[-4:])
            return [secret] if secret else []
        return [s for s in self.secrets.values() if s.word[:4].endswith(before)]


def fold(text):
    """Without case, accents, and characters that are not seen: without all that is not ASCII, of which our words are."""
    return (text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")).lower()


def _from_base64(text):
    for run in BASE64.findall(text):
        try:
            yield base64.b64decode(run.replace("-", "+").replace("_", "/") + "=" * (-len(run) % 4)).decode("utf-8", "ignore")
        except ValueError:
            pass


def readings(text):
    """A text, and what it says to those who decode it."""
    yield text
    if "&" in text:
        yield html.unescape(text)
    if "%" in text or "+" in text:
        yield urllib.parse.unquote_plus(text, errors="replace")
    if "\\" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    if "<" in text:
        yield re.sub(r"<[^>]*>", "", text)
    for decoded in _from_base64(text):
        yield decoded


def pieces(data, deep=True):
    """Every word with the mark that is in these bytes."""
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    found = set()
    for reading in readings(text) if deep else (text,):
        folded = fold(reading)
        if MARK in folded:
            found.update(PIECE.findall(folded))
    return found


def dumped(value):
    return json.dumps(value, ensure_ascii=False)
