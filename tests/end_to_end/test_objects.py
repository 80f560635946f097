#!/usr/bin/env python3
# test_objects.py -- Heap snapshots of Node: what leaks is named with its holder, nothing else is.
#
# SPDX-License-Identifier: Apache-2.0
import gzip
import json
import shutil
import tempfile
import unittest
from pathlib import Path

import harness

PROGRAM = harness.ROOT / "tests" / "end_to_end" / "programs" / "objects.cjs"
LEAKS = {  # kind: (type, its collection, the collection's name)
    "map": ("Session", "Map", "sessions"),
    "dictionary": ("Session", "Object", "cache"),
    "closures": ("Function", "Array", "callbacks"),
    "listeners": ("Function", "Array", "change"),
    "timers": ("Timeout", "TimersList", "timerListMap"),
    "promises": ("Promise", "Set", "waiting"),
    "chain": ("{session, next}", "Object", "list"),
}
CLEAN = ("lru", "queue", "emptied", "warmup")


@unittest.skipUnless(shutil.which("node"), "node is not installed")
class Objects(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="heapdiff-test."))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.made = {}

    @classmethod
    def take(cls, kind, count=2):
        """The paths of a program's snapshots."""
        if (kind, count) not in cls.made:
            prefix = cls.folder / f"{kind}{count}"
            harness.must(harness.run(["node", PROGRAM, kind, prefix, count]))
            cls.made[kind, count] = [f"{prefix}.{n}.heapsnapshot" for n in range(1, count + 1)]
        return cls.made[kind, count]

    def compare(self, *words):
        return json.loads(harness.must(
            harness.heapdiff("compare", *words, "--format", "json")).stdout)

    def test_a_leak_ranks_first_with_the_collection_that_keeps_it(self):
        for kind, (name, collection, variable) in LEAKS.items():
            with self.subTest(kind):
                result = self.compare(*self.take(kind))
                self.assertEqual(result["verdict"]["kind"], "js-heap")
                first = result["objects"][0]
                self.assertEqual(first["rank"], 1)
                self.assertTrue(first["growing"])
                self.assertEqual(first["type"], name)
                self.assertEqual([first["collection"]["type"], first["collection"]["name"]],
                                 [collection, variable])
                units = 3000 if kind == "promises" else 1500
                self.assertEqual(first["collection"]["entries"], [units, 2 * units])
                self.assertIn(f"`{variable}`", result["verdict"]["text"])

    def test_paths_go_from_the_object_to_the_root(self):
        session = self.compare(*self.take("closures"))["objects"][0]
        way = session["retainers"][0]
        self.assertEqual(way["count"], 1500)
        function = way["path"][0]
        self.assertEqual([function["type"], function["name"]], ["Function", None])
        lines = PROGRAM.read_text().splitlines()
        line = lines.index("    callbacks.push(() => session.number);") + 1
        self.assertEqual([function["file"], function["line"]], [str(PROGRAM), line])
        self.assertEqual(way["path"][1]["type"], "Array")
        self.assertEqual([way["path"][2]["type"], way["path"][2]["name"]],
                         ["system / Context", "callbacks"])
        self.assertEqual(way["path"][-1]["type"], "(root)")

    def test_clean_programs_have_no_growing_type_and_no_finding(self):
        for kind in CLEAN:
            for count in (2, 4):
                with self.subTest(kind, count=count):
                    result = self.compare(*self.take(kind, count))
                    growing = [row["type"] for row in result["objects"] if row["growing"]]
                    self.assertEqual(growing, [])
                    self.assertEqual(result["findings"], [])
                    self.assertEqual(result["verdict"]["kind"], "none")

    def test_a_series_is_judged_by_its_trend(self):
        files = self.take("map", 4)
        first = self.compare(*files)["objects"][0]
        self.assertEqual([first["type"], first["pattern"]], ["Session", "rises"])
        self.assertEqual(first["count"], [1500, 3000, 4500, 6000])
        settled = self.compare(files[0], files[1], files[1], files[1])
        self.assertEqual([row["type"] for row in settled["objects"] if row["growing"]], [])

    def test_show_lists_as_many_types_as_are_asked_for(self):
        path = self.take("map")[1]
        everything = json.loads(harness.must(
            harness.heapdiff("show", path, "--format", "json", "-n", "0")).stdout)["objects"]
        three = json.loads(harness.must(
            harness.heapdiff("show", path, "--format", "json", "-n", "3")).stdout)["objects"]
        self.assertGreater(len(everything), 50)
        self.assertEqual([row["type"] for row in three],
                         [row["type"] for row in everything[:3]])
        self.assertEqual([row["retained_bytes"] for row in everything],
                         sorted((row["retained_bytes"] for row in everything), reverse=True))
        self.assertTrue(all(row["retainers"] for row in three))
        text = harness.must(harness.heapdiff("show", path, "-n", "4")).stdout
        self.assertEqual(len(text.split("type\n")[1].splitlines()), 5)

    def test_a_threshold_is_exceeded_by_what_the_growing_types_retain(self):
        files = self.take("map")
        grown = harness.heapdiff("compare", *files, "--fail-on-growth", "100k")
        self.assertEqual(grown.returncode, 1)
        self.assertIn("retain", grown.stderr)
        other = harness.heapdiff("compare", *files, "--fail-on-growth", "100k,site=^Timeout$")
        clean = harness.heapdiff("compare", *self.take("lru"), "--fail-on-growth", "1k")
        self.assertEqual([other.returncode, clean.returncode], [0, 0])

    def refused(self, *words):
        result = harness.heapdiff(*words)
        self.assertEqual([result.returncode, result.stdout], [2, ""], result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        return result.stderr

    def test_files_that_are_no_heap_snapshot_get_one_line(self):
        whole = Path(self.take("map")[0]).read_bytes()
        bad = self.folder / "bad.heapsnapshot"
        for content, words in ((b"", "empty"), (gzip.compress(whole[:9999]), "gzip"),
                               (b"{}", "snapshot"), (b"[1, 2]", "no JSON object"),
                               (whole[:300], "truncated"), (whole[:20000], "truncated"),
                               (whole[:len(whole) // 2], "truncated"), (whole[:-1000], "strings"),
                               (whole.replace(b'"node_count":', b'"node_count":9'), "numbers"),
                               (whole.replace(b'"edge_count":', b'"edge_count":1'), "edge"),
                               (whole.replace(b'"self_size"', b'"size"'), "self_size"),
                               (whole.replace(b'"meta"', b'"mate"'), "header")):
            bad.write_bytes(content)
            with self.subTest(words):
                self.assertIn(words, self.refused("show", bad))
                self.refused("compare", bad, self.take("map")[0])

    def test_what_makes_no_sense_of_heap_snapshots_is_refused(self):
        files = self.take("map")
        self.refused("compare", files[0])
        self.refused("compare", files[0], self.folder / "missing.heapsnapshot")
        self.assertIn("sites", self.refused("compare", *files, "--tree", "top-down"))
        database = self.folder / "a.db"
        database.write_bytes(b"SQLite format 3\0")
        self.assertIn("cannot be compared", self.refused("compare", database, files[0]))


if __name__ == "__main__":
    unittest.main()
