# test_bench.py -- That the benchmark runs and that its JSON is complete; never a timing.
#
# SPDX-License-Identifier: Apache-2.0
import json
import math
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = os.environ.get("HEAPDIFF_BUILD") or HERE.parents[1] / "build"
sys.path.insert(0, str(HERE))

import churns  # noqa: E402  found by the path above
import programs  # noqa: E402
import snapshots  # noqa: E402
import starts  # noqa: E402


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.json"
            done = subprocess.run([sys.executable, "-B", HERE / "run.py", "--quick", "--build",
                                   BUILD, "--json", path], capture_output=True, text=True,
                                  check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            cls.output, cls.found = done.stdout, json.loads(path.read_text())

    def test_every_case_has_every_contender_that_is_installed(self):
        for case in churns.CASES:
            wanted = set(case.contenders) - set(self.found["missing"])
            self.assertEqual(set(self.found["measurements"]["churn"][case.name]), wanted)

    def test_every_program_that_is_installed_was_measured(self):
        wanted = {name for name, (_, needs) in programs.PROGRAMS.items()
                  if not set(needs) & set(self.found["missing"])}
        self.assertEqual(set(self.found["measurements"]["programs"]), wanted)

    def test_snapshots_were_taken_as_asked(self):
        found = self.found["measurements"]["snapshots"][0]
        wanted = set(snapshots.CASES) | {snapshots.NODE} - set(self.found["missing"])
        self.assertEqual(set(found), wanted)
        for name, (blocks, stacks, _, listed) in snapshots.CASES.items():
            self.assertGreaterEqual(found[name]["stacks"], stacks // 50)
            self.assertGreaterEqual(found[name]["blocks"], blocks // 50 if listed else 0)
            self.assertGreater(found[name]["rest_us"], 100)

    def test_starts_were_measured_in_every_way(self):
        found = self.found["measurements"]["starts"][0]
        self.assertEqual(set(found["one"]), set(starts.WAYS))
        self.assertEqual(set(found["pipeline"]), set(starts.PIPELINES))

    def test_every_row_has_its_numbers_and_is_printed(self):
        self.assertGreater(len(self.found["rows"]), 20)
        for row in self.found["rows"]:
            self.assertIn(row["what"], self.output)
            self.assertTrue(all(map(math.isfinite, row["values"])), row)
            self.assertTrue(row["min"] <= row["median"] <= row["max"], row)
            self.assertEqual(row["met"] is None, row["target"] is None, row)

    def test_recording_was_on(self):
        """Were the shim not loaded, its own account would be empty."""
        memory = self.found["measurements"]["memory"][0]
        self.assertGreater(memory["own_bytes"], memory["blocks"])


if __name__ == "__main__":
    unittest.main()
