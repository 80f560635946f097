# test_browser.py -- The real DevTools in headless Chromium: what its Memory panel shows is SQL's.
#
# SPDX-License-Identifier: Apache-2.0
import json
import re
import shutil
import unittest
from pathlib import Path

import heap
from heap import HERE, export, harness, js, query

CHROMIUM = Path("/usr/bin/chromium")


def browse(*files):
    """What browser.mjs saw; DevTools may not have complained."""
    result = json.loads(harness.must(harness.run_tool(
        ["node", HERE / "browser.mjs", CHROMIUM, "", *files])).stdout)
    if result["complaints"]:
        raise AssertionError(f"DevTools complained: {result['complaints'][:3]}")
    return result["shown"]


def make_server(folder):
    """300 uploads, then 700 more; 64 cached pages that are all replaced by others."""
    server = heap.Heap()
    frames = js("main", 1), js("listen", 2), js("serve", 3), js("route", 4)
    upload = server.stack(js("keepUpload", 40), *reversed(frames), kind="buffer")
    page = server.stack(js("cachePage", 71), *reversed(frames), kind="buffer")
    note = server.stack("operator new", js("keepUpload", 40), *reversed(frames))
    server.allocate(upload, 32768, 300)
    server.allocate(note, 48, 300)
    pages = server.allocate(page, 8192, 64)
    first = server.snapshot(folder / "first.db")
    server.allocate(upload, 32768, 700)
    server.allocate(note, 48, 700)
    server.free(pages)
    server.allocate(page, 8192, 64)
    return first, server.snapshot(folder / "second.db")


class MemoryPanel(harness.TestCase):
    """Two snapshots and a growth profile, loaded once through the file chooser."""

    @classmethod
    def setUpClass(cls):
        cls.folder = heap.temporary_folder(cls)
        cls.paths = make_server(cls.folder)
        snapshots = export(cls.folder / "out", *cls.paths)
        profiles = export(cls.folder / "p", *cls.paths, options=["--format", "heapprofile"])
        timelines = export(cls.folder / "t", *cls.paths, options=["--format", "heaptimeline"])
        cls.first, cls.second, cls.growth, cls.timeline = browse(*snapshots, profiles[2],
                                                                 timelines[1])

    def setUp(self):
        pass

    def test_summary_has_every_site_with_its_blocks_and_bytes(self):
        for shown, path in ((self.first, self.paths[0]), (self.second, self.paths[1])):
            sums = dict(query(path, "SELECT kind, sum(live_bytes) FROM stack GROUP BY 1"))
            numbers = {row["nameInternal"]: row for row in shown["numbers"]}
            pages = numbers["cachePage (app.js:71)"]
            uploads = numbers["keepUpload (app.js:40)"]
            self.assertEqual(pages["shallowSize"] + uploads["shallowSize"], sum(sums.values()))
            self.assertEqual(len(numbers), 2)

    def test_summary_on_the_page_names_and_counts_them(self):
        cells = [row[0].replace("\n", "") for row in self.second["summary"]]
        self.assertEqual(cells, ["keepUpload (app.js:40)×2,000", "cachePage (app.js:71)×64"])

    def test_comparison_shows_what_came_what_went_and_what_grew(self):
        numbers = {row["nameInternal"]: (row["addedCount"], row["removedCount"],
                                         row["addedSize"], row["removedSize"])
                   for row in self.second["comparison"]["numbers"]}
        self.assertEqual(numbers, {
            "keepUpload (app.js:40)": (1400, 0, 700 * (32768 + 48), 0),
            "cachePage (app.js:71)": (64, 64, 64 * 8192, 64 * 8192)})

    def test_comparison_on_the_page_has_the_same_rows(self):
        rows = [[cell.replace("\xa0", " ") for cell in row[:4]]
                for row in self.second["comparison"]["rows"]]
        self.assertEqual(rows, [["keepUpload (app.js:40)", "1 400", "0", "+1 400"],
                                ["cachePage (app.js:71)", "64", "64", "0"]])

    def test_retainers_of_a_block_are_its_stack(self):
        self.assertEqual(self.second["retainers"][:5], [
            "keepUpload (app.js:40)", "route (app.js:4)", "serve (app.js:3)", "listen (app.js:2)",
            "main (app.js:1)"])

    def test_growth_profile_lists_what_grew_and_nothing_else(self):
        rows = {row[2].split("\n")[0]: row[0].replace("\xa0", " ") for row in
                self.growth["summary"]}
        self.assertIn("keepUpload", rows)
        self.assertTrue(rows["keepUpload"].startswith("23.0 MB"), rows["keepUpload"])
        first = self.growth["summary"][0][2]
        self.assertTrue(first.startswith("keepUpload"), first)
        self.assertIn("app.js:40", first)
        self.assertNotIn("cachePage", rows)

    def test_allocation_stack_of_a_block_in_a_timeline_is_its_stack(self):
        self.assertEqual(self.timeline["stack"], [
            f"{name}/srv/app.js:{line}" for name, line in
            (("keepUpload", 40), ("route", 4), ("serve", 3), ("listen", 2), ("main", 1))]
            + ["(root)"])

    def test_timeline_has_the_sums_of_the_snapshot(self):
        self.assertEqual(
            {row["nameInternal"]: (row["count"], row["shallowSize"])
             for row in self.timeline["numbers"]},
            {"keepUpload (app.js:40)": (2000, 1000 * (32768 + 48)),
             "cachePage (app.js:71)": (64, 64 * 8192)})

    def test_allocation_view_sets_what_is_live_beside_what_was_ever_allocated(self):
        rows = {row[4].split("\n")[-1]: row[:2] for row in self.timeline["allocations"]}
        self.assertEqual(
            {name: [re.sub(r"\D", "", cell) for cell in cells] for name, cells in rows.items()},
            {"keepUpload": ["2000", "2000"], "cachePage": ["64", "128"]})


if __name__ == "__main__":
    heap.require_readers()
    if not CHROMIUM.exists() or not shutil.which("node"):
        print("skipped: chromium is missing; tests/run.sh installs it")
        raise SystemExit(77)
    unittest.main(verbosity=2)
