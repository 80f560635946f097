#!/usr/bin/env python3
# test_compare.py -- The benchmark of comparisons runs and finds the leaks that it made; no timing.
#
# SPDX-License-Identifier: Apache-2.0
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("HEAPDIFF_BUILD") or HERE.parents[1] / "build")


class Compare(unittest.TestCase):
    def test_finds_the_leaks_that_it_made(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "result.json"
            command = [sys.executable, HERE / "compare.py", "--build", BUILD, "--sites", "2000"]
            command += ["--series", "6", "--rounds", "1", "--json", path]
            subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL)
            results = json.loads(path.read_text())
        self.assertEqual(results["two"]["snapshots"], 2)
        self.assertEqual(results["series"]["snapshots"], 6)
        for result in results.values():
            self.assertEqual(result["leaks"], 20)
            self.assertGreater(result["seconds"], 0)


if __name__ == "__main__":
    unittest.main()
