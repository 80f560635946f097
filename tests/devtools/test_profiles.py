# test_profiles.py -- pprof, folded stacks, JSON and heapprofile as their own tools read them.
#
# SPDX-License-Identifier: Apache-2.0
import gzip
import json
import re
import shutil
import subprocess
import unittest
from collections import defaultdict
from pathlib import Path

import heap
from heap import HERE, export, harness, js, query

CHROMIUM = "/usr/bin/chromium"
GO_CACHE = Path.home() / ".cache" / "go-build"  # newer releases of Go build their tools once


def make_service(folder):
    """A site that grows, one that shrinks, one whose memory moves from one stack to another."""
    server = heap.Heap()
    grow = server.stack("operator new", js("grow", 10), js("main", 1))
    shrink = server.stack(js("shrink; or not", 20), js("main", 1), kind="buffer")
    moves = [server.stack(js("move", 30), js(name, 40), js("main", 1)) for name in ("a", "b")]
    server.allocate(grow, 1000, 10)
    gone = server.allocate(shrink, 5000, 4)
    moved = server.allocate(moves[0], 300, 7)
    first = server.snapshot(folder / "first.db")
    server.allocate(grow, 1000, 25)
    server.free(gone[1:] + moved)
    server.allocate(moves[1], 300, 7)
    return first, server.snapshot(folder / "second.db")


def total(node):
    return node["selfSize"] + sum(map(total, node["children"]))


class Profiles(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = heap.temporary_folder(cls)
        cls.paths = make_service(cls.folder)
        cls.files = {
            format: export(cls.folder / format, *cls.paths, options=["--format", format])
            for format in ("pprof", "folded", "json", "heapprofile")
        }

    def setUp(self):
        pass

    def live(self, index):
        return query(self.paths[index], "SELECT sum(live_bytes) FROM stack")[0][0]

    def pprof_top(self, file, *options):
        """Flat and cumulative bytes by function, as go tool pprof lists them."""
        text = harness.must(harness.run(
            ["go", "tool", "pprof", "-top", "-unit=bytes", "-nodefraction=0", *options,
             file], GOCACHE=GO_CACHE)).stdout
        rows = re.findall(r"^ *(-?\d+)B? +\S+ +\S+ +(-?\d+)B? +\S+  (.*)$", text, re.MULTILINE)
        return {name: (int(flat), int(cum)) for flat, cum, name in rows}

    def test_pprof_lists_live_bytes_by_function(self):
        rows = self.pprof_top(self.files["pprof"][0])
        self.assertEqual(rows["operator new"], (10_000, 10_000))
        self.assertEqual(rows["grow"], (0, 10_000))
        self.assertEqual(rows["main"], (0, self.live(0)))

    def test_pprof_lists_allocations_ever_too(self):
        rows = self.pprof_top(self.files["pprof"][1], "-sample_index=alloc_space")
        self.assertEqual(rows["shrink; or not"][0], 20_000)
        self.assertEqual(rows["operator new"][0], 35_000)

    def test_pprof_of_growth_has_what_shrank_below_zero(self):
        rows = self.pprof_top(self.files["pprof"][2])
        self.assertEqual(rows["operator new"][0], 25_000)
        self.assertEqual(rows["shrink; or not"][0], -15_000)
        self.assertEqual(rows.get("move", (0, 0)), (0, 0))
        self.assertEqual(rows["main"][1], self.live(1) - self.live(0))

    def test_protoc_reads_every_field_and_knows_them_all(self):
        decoded = subprocess.run(
            ["protoc", "--decode=heapdiff.test.Profile", f"-I{HERE}", "profile.proto"],
            input=gzip.decompress(self.files["pprof"][1].read_bytes()), capture_output=True,
            check=True, timeout=60).stdout.decode()
        self.assertFalse(re.findall(r"^\s*\d+[:{ ]", decoded, re.MULTILINE))  # unknown fields
        strings = re.findall(r'^string_table: "(.*)"$', decoded, re.MULTILINE)
        self.assertEqual(strings[0], "")
        self.assertEqual(len(strings), len(set(strings)))
        [default] = re.findall(r"^default_sample_type: (\d+)$", decoded, re.MULTILINE)
        self.assertEqual(strings[int(default)], "inuse_space")
        samples = re.findall(r"^sample \{\n(.*?)^\}", decoded, re.MULTILINE | re.DOTALL)
        values = [list(map(int, re.findall(r"value: (\S+)", sample))) for sample in samples]
        self.assertEqual(sum(value[3] for value in values), self.live(1))
        self.assertEqual(sum(value[2] for value in values),
                         query(self.paths[1], "SELECT sum(live_blocks) FROM stack")[0][0])

    def test_folded_stacks_add_up_and_have_the_outermost_frame_first(self):
        rows = dict(line.rsplit(" ", 1)
                    for line in self.files["folded"][0].read_text().splitlines())
        self.assertEqual(rows["main (app.js:1);grow (app.js:10);operator new"], "10000")
        self.assertEqual(sum(map(int, rows.values())), self.live(0))
        self.assertIn("main (app.js:1);shrink: or not (app.js:20)", rows)

    def test_folded_growth_is_what_sites_grew_by(self):
        text = self.files["folded"][2].read_text()
        self.assertEqual(text, "main (app.js:1);grow (app.js:10);operator new 25000\n")

    def test_heapprofile_adds_up_and_knows_file_and_line(self):
        for index in (0, 1):
            head = json.loads(self.files["heapprofile"][index].read_text())["head"]
            self.assertEqual(total(head), self.live(index))
        growth = json.loads(self.files["heapprofile"][2].read_text())["head"]
        self.assertEqual(total(growth), 25_000)
        [[[main]]] = [[group["children"]] for group in growth["children"]]
        self.assertEqual(main["callFrame"]["functionName"], "main")
        self.assertEqual(main["callFrame"]["url"], "/srv/app.js")
        self.assertEqual(main["callFrame"]["lineNumber"], 0)

    def chain(self, node):
        """Names and sizes from the root down, of a tree without branches."""
        names = [(node["callFrame"]["functionName"], node["selfSize"])]
        for child in node["children"]:
            names += self.chain(child)
        return names

    def test_heapprofile_begins_at_the_site_and_leaves_runtimes_out(self):
        server = heap.Heap()
        server.allocate(server.stack(
            "operator new", js("keep", 10), js("emit", 500, "node:events"), "Builtin:JSEntry",
            js("main", 1)), 100, 3)
        path = server.snapshot(self.folder / "mixed.db")
        short, whole = [json.loads(export(self.folder / name, path, options=[
            "--format", "heapprofile", *options])[0].read_text())["head"]
            for name, options in (("short", []), ("whole", ["--all-frames"]))]
        self.assertEqual(self.chain(short), [("(root)", 0), ("(native heap)", 0), ("main", 0),
                                             ("keep", 300)])
        self.assertEqual([name for name, _ in self.chain(whole)][2:], [
            "main", "Builtin:JSEntry", "emit", "keep", "operator new"])

    def test_heapprofile_counts_the_objects_of_a_heap_and_not_its_mappings_too(self):
        server = heap.Heap()
        server.allocate(server.stack(
            "v8::internal::MemoryAllocator::AllocatePage", js("main", 1), kind="mmap"), 1 << 20)
        objects = ("INSERT INTO js_frame VALUES (1, 'keep', 'file:///srv/app.js', 10, 5);"
                   "INSERT INTO js_node VALUES (1, NULL, 1, 'node');"
                   "INSERT INTO js_live VALUES (1, 1, 4, 5000, 1.0)")
        shown = []
        for name, more in (("mapped", ""), ("known", objects)):
            path = server.snapshot(self.folder / f"{name}.db", blocks=False, more=more)
            head = export(self.folder / name, path, options=["--format", "heapprofile"])[0]
            shown.append(self.chain(json.loads(head.read_text())["head"])[1:])
        self.assertEqual(shown, [[("(mappings)", 0), ("JavaScript heap (V8)", 1 << 20)],
                                 [("(JavaScript objects)", 0), ("keep", 5000)]])

    def test_json_has_every_stack_with_its_counters(self):
        data = json.loads(self.files["json"][1].read_text())
        sums = defaultdict(int)
        for stack in data["stacks"]:
            names = tuple(data["frames"][index]["function"] for index in stack["frames"])
            sums[names] += stack["bytes"]
        self.assertEqual(sums[("operator new", "grow", "main")], 35_000)
        self.assertEqual(sum(sums.values()), self.live(1))
        growth = json.loads(self.files["json"][2].read_text())
        self.assertTrue(growth["growth"])
        self.assertEqual(sum(stack["bytes"] for stack in growth["stacks"]),
                         self.live(1) - self.live(0))

    def test_growth_alone_goes_to_stdout(self):
        result = harness.must(
            harness.heapdiff("export", *self.paths, "--format", "folded", "--growth"))
        self.assertEqual(result.stdout, self.files["folded"][2].read_text())

    @unittest.skipUnless(shutil.which(CHROMIUM), "chromium is missing")
    def test_speedscope_opens_folded_pprof_and_heapprofile_files(self):
        files = [self.files[format][1] for format in ("folded", "pprof", "heapprofile")]
        shown = json.loads(harness.must(harness.run_tool(
            ["node", HERE / "speedscope.mjs", CHROMIUM, *files])).stdout)
        for rows in shown:
            selfs = {row[2].strip(): row[1].split(" ")[0] for row in rows}
            leaf = "grow" if rows is shown[2] else "operator new"
            self.assertRegex(selfs[leaf], r"^(35,000|34\.18|35\.00)")


if __name__ == "__main__":
    heap.require_readers()
    unittest.main(verbosity=2)
