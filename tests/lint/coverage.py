#!/usr/bin/env python3
"""Lines and branches of the library that the tests reached, by folder (and by file in BUILD/coverage.txt); fails below so many per cent of lines.

usage: coverage.py BUILD PERCENT SUITES     the suites that ran, for the row of tests/PROOF.md
"""
import collections
import json
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True

import proof  # noqa: E402

COMMAND = ["gcovr", "--root", ".", "--filter", "src/", "--exclude", "src/cmd/", "--exclude", "src/main.c", "--exclude", "src/encode/engine/",
           "--exclude-unreachable-branches", "--exclude-throw-branches"]


class Count:
    def __init__(self):
        self.lines = self.lines_run = self.branches = self.branches_run = 0

    def add(self, file):
        self.lines += file["line_total"]
        self.lines_run += file["line_covered"]
        self.branches += file["branch_total"]
        self.branches_run += file["branch_covered"]

    def row(self, name):
        return f"{name:<32}{self.lines_run:>7}/{self.lines:<6}{share(self.lines_run, self.lines):>6.1f} %{self.branches_run:>8}/{self.branches:<6}{share(self.branches_run, self.branches):>6.1f} %"


def share(part, whole):
    return 100.0 * part / whole if whole else 100.0


def main():
    build, least = pathlib.Path(sys.argv[1]), float(sys.argv[2])
    done = subprocess.run([*COMMAND, "--json-summary", build / "coverage.json", str(build / "obj")], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr[-2000:])
    files = json.loads((build / "coverage.json").read_text())["files"]
    folders, all_of_it = collections.defaultdict(Count), Count()
    with open(build / "coverage.txt", "w", encoding="utf-8") as by_file:
        for file in files:
            one = Count()
            for count in (one, folders["/".join(file["filename"].split("/")[:2])], all_of_it):
                count.add(file)
            print(one.row(file["filename"]), file=by_file)
    print(f"{'folder':<32}{'lines':>14}{'':>8}{'branches':>15}")
    for name in sorted(folders):
        print(folders[name].row(name))
    print(all_of_it.row("all"))
    print(f"by file: {build / 'coverage.txt'}")
    by_folder = ", ".join(f"{name.split('/')[1]} {share(c.lines_run, c.lines):.0f}" for name, c in sorted(folders.items()))
    proof.write("make coverage", f"{share(all_of_it.lines_run, all_of_it.lines):.1f} % of {all_of_it.lines} lines, {share(all_of_it.branches_run, all_of_it.branches):.1f} % of "
                f"{all_of_it.branches} branches of the library, by {sys.argv[3]}; of lines by folder: {by_folder}")
    if share(all_of_it.lines_run, all_of_it.lines) < least:
        sys.exit(f"fewer than {least:g} % of lines")


if __name__ == "__main__":
    main()
