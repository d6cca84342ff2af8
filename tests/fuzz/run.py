#!/usr/bin/env python3
"""Each harness for so many seconds, from its seeds and what earlier runs found.

usage: run.py FOLDER SECONDS NAME...
What it finds stays in FOLDER/found/<name>/ (crash-…, timeout-…); what it learned in FOLDER/corpus/<name>/. Each harness's row of tests/PROOF.md
tells of all its runs together. Exit status 1 after a finding.
"""
import os
import pathlib
import re
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lint"))
sys.dont_write_bytecode = True

import proof  # noqa: E402


def children_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def last(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run(folder, seconds, name):
    for kept in ("corpus", "found"):
        (folder / kept / name).mkdir(parents=True, exist_ok=True)
    dictionary = HERE / "dict" / f"{name}.dict"
    command = [folder / f"fuzz_{name}", *([f"-dict={dictionary}"] if dictionary.exists() else []), f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=2048",
               "-max_len=8192", "-print_final_stats=1", f"-artifact_prefix={folder}/found/{name}/", folder / "corpus" / name, HERE / "seeds" / name]
    began_s = children_s()
    with open(folder / f"{name}.log", "w+", encoding="utf-8", errors="replace") as log:
        status = subprocess.run(command, stdout=log, stderr=log, env=dict(os.environ, UBSAN_OPTIONS="print_stacktrace=1")).returncode
        log.seek(0)
        said = log.read()
    return status, children_s() - began_s, last(r"stat::number_of_executed_units: *(\d+)", said), last(r" cov: (\d+)", said)


TOLD = re.compile(r"([\d.]+) minutes of processor.*?, (\d+) inputs,.* finding: (\d+)")


def note(name, status, cpu_s, inputs, edges):
    """With all runs before that the page tells of; returns minutes in all."""
    key = f"make fuzz: {name}"
    before = TOLD.search(proof.read(key))
    minutes, inputs_before, findings = (float(before[1]), int(before[2]), int(before[3])) if before else (0, 0, 0)
    minutes += cpu_s / 60
    proof.write(key, f"{minutes:.1f} minutes of processor in all runs so far, {inputs_before + inputs} inputs, {edges} edges reached; runs that ended with a finding: {findings + (status != 0)}")
    return minutes


def main():
    folder, seconds, status = pathlib.Path(sys.argv[1]).absolute(), int(sys.argv[2]), 0
    for name in sys.argv[3:]:
        ended, cpu_s, inputs, edges = run(folder, seconds, name)
        minutes = note(name, ended, cpu_s, inputs, edges)
        if ended == 0:
            print(f"ok   {name}: {inputs} inputs in {cpu_s:.0f} s of processor ({minutes:.1f} minutes in all), {edges} edges", flush=True)
        else:
            print(f"FAIL {name}: see {folder}/{name}.log and {folder}/found/{name}/", flush=True)
            status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
