#!/usr/bin/env python3
# test_ci.py -- The leak tests that docs/ci.md shows: they pass, and they can fail.
#
# SPDX-License-Identifier: Apache-2.0
import shutil
import socket
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

import harness

CI = harness.SAMPLES / "ci"
SUITE = {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"}


def free_port():
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


def run(*arguments, **variables):
    return subprocess.run(
        [str(argument) for argument in arguments],
        env={**harness.environment(False), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Ci(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="heapdiff-test."))
        self.addCleanup(shutil.rmtree, self.folder)

    def build(self):
        for step in (
            ["cmake", "-G", "Ninja", "-S", CI / "ctest", "-B", self.folder,
             f"-DHEAPDIFF={harness.COMMAND}", f"-DHEAPDIFF_INCLUDE={harness.ROOT / 'preload'}"],
            ["cmake", "--build", self.folder],
        ):
            harness.must(run(*step))

    def test_a_c_library_is_tested_under_ctest(self):
        self.build()
        result = run("ctest", "--test-dir", self.folder, "--output-on-failure")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("100% tests passed", result.stdout)

    def test_a_leak_fails_it_and_is_named(self):
        self.build()
        result = run(CI / "ctest" / "leak_test.sh", harness.COMMAND, self.folder / "leak_test",
                     CANARY="1")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("leak_canary", result.stdout)
        self.assertIn("24.0 bytes per operation", result.stdout)

    def test_a_control_that_is_not_caught_fails_it_too(self):
        self.build()
        result = run(CI / "ctest" / "leak_test.sh", harness.COMMAND, self.folder / "leak_test",
                     "100M")
        self.assertEqual(result.returncode, 1)
        self.assertIn("heapdiff did not notice", result.stderr)

    def node(self, **variables):
        report = self.folder / "leaks.xml"
        result = run(CI / "node" / "leak_test.sh", harness.COMMAND, free_port(), report,
                     **variables)
        return result, xml.parse(report).getroot()

    def check_junit(self, root):
        """What every reader of JUnit's XML asks for."""
        self.assertEqual(root.tag, "testsuites")
        for suite in root:
            self.assertEqual(suite.tag, "testsuite")
            self.assertLessEqual(SUITE, set(suite.attrib))
            cases = suite.findall("testcase")
            self.assertEqual(int(suite.get("tests")), len(cases))
            for kind in ("failure", "error"):
                found = suite.findall(f"testcase/{kind}")
                self.assertEqual(int(suite.get(f"{kind}s")), len(found))
                for fault in found:
                    self.assertLessEqual({"type", "message"}, set(fault.attrib))
            for case in cases:
                self.assertLessEqual({"classname", "name", "time"}, set(case.attrib))

    @unittest.skipUnless(shutil.which("node"), "there is no node")
    def test_a_node_service_is_tested_in_a_pipeline(self):
        result, root = self.node()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.check_junit(root)
        self.assertEqual(root[0].get("failures"), "0")
        result, root = self.node(CANARY="1")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.check_junit(root)
        names = [case.get("name") for case in root.iter("testcase") if len(case)]
        self.assertTrue(any("thumbnail (service.js" in name for name in names), names)


if __name__ == "__main__":
    unittest.main()
