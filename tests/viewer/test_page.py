# test_page.py -- Reports of made-up and real programs in headless Chromium: see page.mjs.
#
# SPDX-License-Identifier: Apache-2.0
import json
import shutil
import subprocess
import unittest
from pathlib import Path

import reports
from reports import ROOT, harness

CHROMIUM = Path("/usr/bin/chromium")
HERE = Path(__file__).resolve().parent


class Page(harness.TestCase):
    def test_the_page_in_a_browser(self):
        made = reports.make_server(self.folder)
        reports.write(self.folder / "made.html", *made)
        (self.folder / "made.json").write_text(json.dumps(harness.compare(*made)))
        reports.write(self.folder / "hostile.html", *reports.make_hostile(self.folder))
        reports.write(self.folder / "node.html", *reports.record_node(self.folder))
        reports.write(self.folder / "c.html", *reports.record_c(self.folder))
        reports.write(self.folder / "large.html", *reports.make_large(self.folder, snapshots=3))
        shutil.copy(ROOT / "viewer" / "dist" / "page.html", self.folder / "empty.html")
        result = subprocess.run(
            ["node", "--test", "--test-reporter=spec", HERE / "page.mjs"], timeout=240,
            env=harness.tools_environment(REPORTS=self.folder), capture_output=True, text=True,
            check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("fail 0", result.stdout)
        self.assertNotIn("pass 0", result.stdout)


if __name__ == "__main__":
    if not (ROOT / "viewer" / "node_modules").is_dir() or not CHROMIUM.exists():
        print("skipped: viewer/node_modules or chromium is missing; tests/run.sh installs them")
        raise SystemExit(77)
    unittest.main(verbosity=2)
