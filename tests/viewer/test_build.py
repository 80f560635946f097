# test_build.py -- The built page is what the source builds; types and units of its model.
#
# SPDX-License-Identifier: Apache-2.0
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
import harness  # noqa: E402

VIEWER = ROOT / "viewer"
PROGRAMS = VIEWER / "node_modules" / ".bin"
MOST_BYTES = 1 << 20


class Build(harness.TestCase):
    def test_the_built_page_is_what_the_source_builds(self):
        harness.must(harness.run_tool([PROGRAMS / "vite", "build", "--outDir", self.folder],
                                 cwd=VIEWER))
        fresh = (Path(self.folder) / "page.html").read_bytes()
        built = (VIEWER / "dist" / "page.html").read_bytes()
        self.assertTrue(fresh == built, "viewer/dist/page.html is old: npm run build in viewer/")

    def test_types_fit(self):
        harness.must(harness.run_tool([PROGRAMS / "tsc", "--noEmit"], cwd=VIEWER))

    def test_units_of_the_model(self):
        result = harness.must(
            harness.run_tool([PROGRAMS / "vitest", "run"], cwd=VIEWER, NO_COLOR="1"))
        self.assertRegex(result.stdout, r"Tests +\d+ passed")

    def test_the_page_without_data_stays_below_its_limit(self):
        self.assertLess((VIEWER / "dist" / "page.html").stat().st_size, MOST_BYTES)


if __name__ == "__main__":
    if not PROGRAMS.is_dir():
        print("skipped: viewer/node_modules is missing; tests/run.sh installs it")
        raise SystemExit(77)
    unittest.main(verbosity=2)
