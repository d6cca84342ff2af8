#!/usr/bin/env python3
"""One row of tests/PROOF.md: what a program looked at, when, at which state of the sources, and what it found. Written by the make targets.

usage: proof.py KEY RESULT        a row of that key is replaced
"""
import datetime
import fcntl
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "tests" / "PROOF.md"
HEAD = """# What programs have looked at, and what they found

Each row is written by the make target that it names, when it ends. Faults under load: [RELIABILITY.md](RELIABILITY.md); speed: [bench/RESULTS.md](bench/RESULTS.md).

| what | day | sources | result |
| --- | --- | --- | --- |
"""


def sources():
    def git(*args):
        return subprocess.run(["git", "-C", ROOT, *args], capture_output=True, text=True).stdout.strip()
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "include", "web", "Makefile")
    return (git("rev-parse", "--short", "HEAD") or "?") + (" and changes" if changed else "")


def read_rows():
    lines = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    return {line.split("|")[1].strip(): line for line in lines if line.startswith("| `")}


def read(key):
    """The result of the row there is; "" when there is none."""
    row = read_rows().get(f"`{key}`", "")
    return row.split("|")[4].strip() if row else ""


def write(key, result, instead_of=None):
    """A row; one of the key instead_of goes."""
    with open(ROOT / "Makefile") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rows = read_rows()
        name = f"`{key}`"
        rows.pop(f"`{instead_of}`", None)
        rows[name] = f"| {name} | {datetime.date.today().isoformat()} | {sources()} | {' '.join(result.replace('|', '/').split())} |"
        PAGE.write_text(HEAD + "".join(rows[k] + "\n" for k in sorted(rows)), encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1], " ".join(sys.argv[2:]))
