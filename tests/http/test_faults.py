"""A little of what `make soak-faults` tries at length: each kind of fault that any machine can make, a few times."""
import os
import subprocess
import sys
import unittest

from service import PATIENCE, ROOT

KINDS = "kills,cuts,tails,full,disk-errors,clock,index-removed,checkout"


class Faults(unittest.TestCase):
    def test_a_few_of_each(self):
        done = subprocess.run([sys.executable, "-B", ROOT / "tests/faults/soak.py", "--kills", "2", "--cuts", "9", "--rounds", "1", "--only", KINDS],
                              capture_output=True, text=True, timeout=300 * PATIENCE, env=dict(os.environ))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(len([line for line in done.stdout.splitlines() if line.startswith("ok ")]), len(KINDS.split(",")), done.stdout)


if __name__ == "__main__":
    unittest.main()
