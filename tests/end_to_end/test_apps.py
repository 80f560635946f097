# test_apps.py -- Some of the apps of tests/serving, started as people start them.
#
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import sys
import tempfile
import unittest
from pathlib import Path

import harness

sys.path.insert(0, str(harness.ROOT / "tests" / "serving"))

import cases  # noqa: E402
import trial  # noqa: E402


def add_test(case):
    """Each case is a method, so that what fails has its name."""
    short = dataclasses.replace(case, options=("--warmup", "2"))

    def test(self):
        with tempfile.TemporaryDirectory(prefix="heapdiff-test.") as folder:
            done = trial.run(short, Path(folder) / "kept")
        if done.skipped:
            self.skipTest(done.answer)
        self.assertTrue(done.right, f"{done.answer}\nmeasured: {done.measured}")

    name = "test_" + case.folder_name().replace("-", "_")
    setattr(Apps, name, test)


class Apps(unittest.TestCase):
    pass


for one in cases.ALL:
    if one.quick:
        add_test(one)

if __name__ == "__main__":
    unittest.main(verbosity=2)
