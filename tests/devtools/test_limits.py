# test_limits.py -- What DevTools' formats cannot hold, or would misread: shown right all the same.
#
# SPDX-License-Identifier: Apache-2.0
import json
import sys
import unittest

import heap
from heap import export, harness, js, query, read

GIB = 1 << 30


class Limits(harness.TestCase):
    def export_heap(self, server, *options, **details):
        path = server.snapshot(self.folder / "a.db", **details)
        return export(self.folder / "out", path, options=options)[0]

    def read_heap(self, server, *options, **details):
        return read("toolkit", self.export_heap(server, *options, **details))["files"][0]

    def test_more_than_4_gib_in_blocks_of_more_than_4_gib(self):
        for blocks in (True, False):
            server = heap.Heap()
            server.allocate(server.stack(js("huge", 3), js("main", 1)), 5 * GIB + 7)
            server.allocate(server.stack(js("many", 4), js("main", 1)), GIB, 6)
            file = self.read_heap(server, rss=12 * GIB, blocks=blocks)
            sizes = {name: row["self"] for name, row in file["classes"].items()}
            self.assertEqual(sizes, {"huge (app.js:3)": 5 * GIB + 7, "many (app.js:4)": 6 * GIB})
            self.assertEqual(file["classes"]["many (app.js:4)"]["count"], 6)
            self.assertEqual(file["retained"]["main (app.js:1)"], 11 * GIB + 7)
            self.assertEqual(file["statistics"]["total"], 12 * GIB)

    def test_a_huge_block_that_survives_is_neither_new_nor_gone(self):
        server = heap.Heap()
        server.allocate(server.stack(js("huge", 3)), 5 * GIB)
        paths = [server.snapshot(self.folder / "a.db")]
        server.allocate(server.stack(js("small", 4)), 10)
        paths.append(server.snapshot(self.folder / "b.db"))
        rows = read("toolkit", *export(self.folder / "out", *paths))["comparisons"][0]
        self.assertEqual(list(rows), ["small (app.js:4)"])

    def test_more_live_than_resident_is_said_and_not_hidden(self):
        server = heap.Heap()
        server.allocate(server.stack(js("untouched", 3)), GIB)
        path = server.snapshot(self.folder / "a.db", rss=1000)
        result = harness.must(
            harness.heapdiff("export", path, "-o", self.folder / "a.heapsnapshot"))
        self.assertIn("never touched", result.stderr)
        file = read("toolkit", self.folder / "a.heapsnapshot")["files"][0]
        self.assertEqual(file["statistics"]["total"], GIB)

    def test_deep_recursion_in_every_format_that_is_walked_by_recursion(self):
        server = heap.Heap()
        frames = [js("leaf", 9)] + [js(f"f{n}", n) for n in range(1, 2001)]
        server.allocate(server.stack(*frames), 100, 10)
        for format in ("heapsnapshot", "heaptimeline"):
            file = self.read_heap(server, "--format", format)
            [(stack, size)] = file["stacks"].items()
            self.assertEqual(size, 1000)
            names = stack.split("\n")
            self.assertEqual(names[:2], ["leaf (app.js:9)", "f1 (app.js:1)"])
            self.assertEqual(names[-1], "f2000 (app.js:2000)")
            self.assertIn("(frames left out)", names)
            self.assertEqual(len(names), 512)
        path = self.export_heap(server, "--format", "heapprofile")
        sys.setrecursionlimit(10_000)  # for Python's own reader
        depth, node = 0, json.loads(path.read_text())["head"]
        while node["children"]:
            depth, [node] = depth + 1, node["children"]
        self.assertEqual((depth, node["selfSize"]), (513, 1000))

    def test_a_profile_whose_nodes_have_more_children_than_devtools_can_take(self):
        count = 120_000
        server = heap.Heap()
        for n in range(1, count + 1):
            server.allocate(server.stack(js(f"site{n}", n), js("main", 1)), 16)
        path = self.export_heap(server, "--format", "heapprofile", blocks=False)
        names, ids, most, waiting = set(), [], 0, [json.loads(path.read_text())["head"]]
        size = 0
        while waiting:
            node = waiting.pop()
            names.add(node["callFrame"]["functionName"])
            ids.append(node["id"])
            size += node["selfSize"]
            most = max(most, len(node["children"]))
            waiting += node["children"]
        self.assertEqual(most, 50_000)
        self.assertEqual(size, count * 16)
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(names, {f"site{n}" for n in range(1, count + 1)} | {
            "(root)", "(native heap)", "main", "(more callees)"})

    def test_equal_names_at_different_places_are_one_class(self):
        server = heap.Heap()
        for file in ("/a/x.js", "/b/x.js"):
            server.allocate(server.stack(js("same", 3, file)), 100, 5)
        file = self.read_heap(server)
        self.assertEqual({name: row["count"] for name, row in file["classes"].items()},
                         {"same (x.js:3)": 10})

    def test_strange_names_arrive_whole(self):
        names = {
            'say "hi" \\ there': 'say "hi" \\ there',
            "tab\tnew\nline\x01": "tab?new?line?",
            "\U0001f600 smile": "\U0001f600 smile",
            "<lambda(int, char)>": "\u03bb(int, char)",
            "<T as Drop>::drop it": "fn <T as Drop>::drop it",
            "Detached <div id=1>": "fn Detached <\u2026>",
        }
        server = heap.Heap()
        for name in names:
            server.allocate(server.stack(name), 64, 3)
        file = self.read_heap(server)
        self.assertEqual({name: row["count"] for name, row in file["classes"].items()},
                         {name: 3 for name in names.values()})

    def test_invalid_utf8_neither_breaks_the_file_nor_merges_with_others(self):
        server = heap.Heap()
        server.allocate(server.stack("bad"), 64, 3)
        server.allocate(server.stack("good"), 64, 2)
        sql = ("UPDATE location SET jit_name = CAST(x'62ff61c328' AS TEXT)"
               " WHERE jit_name = 'bad'")
        for format in ("heapsnapshot", "heaptimeline", "heapprofile", "folded", "json"):
            text = self.export_heap(server, "--format", format, more=sql).read_bytes().decode()
            self.assertIn("b\ufffda\ufffd(", text)
        file = self.read_heap(server, more=sql)
        self.assertEqual({name: row["count"] for name, row in file["classes"].items()},
                         {"b\ufffda\ufffd(": 3, "good": 2})


class ManyBlocks(harness.TestCase):
    """Counters that say millions: the rows of so many blocks would take long to make."""

    def make(self, count):
        server = heap.Heap()
        stacks = [server.stack(js(f"site{n}", n), js("main", 1)) for n in range(1, 51)]
        for stack in stacks:
            server.allocate(stack, 32)
        share = count // len(stacks)
        return server.snapshot(self.folder / "a.db", blocks=False, rss=count * 40, more=f"""
            UPDATE stack SET live_blocks = {share}, live_bytes = {share * 32};
            UPDATE age SET live_blocks = {share}, live_bytes = {share * 32};
            UPDATE size SET live_blocks = {share}, live_bytes = {share * 32};
            UPDATE snapshot SET live_blocks = {count}, live_bytes = {count * 32};""")

    def test_almost_5_million_nodes_are_read_with_the_right_sums(self):
        path = self.make(4_900_000)
        file = read("toolkit", "--brief", *export(self.folder / "out", path))["files"][0]
        self.assertEqual(sum(row["count"] for row in file["classes"].values()), 4_900_000)
        self.assertEqual(sum(row["self"] for row in file["classes"].values()), 4_900_000 * 32)
        self.assertEqual(file["statistics"]["total"], 4_900_000 * 40)

    def test_more_than_5_million_blocks_are_grouped_and_it_is_said(self):
        path = self.make(50_000_000)
        target = self.folder / "a.heapsnapshot"
        result = harness.must(harness.heapdiff("export", path, "-o", target))
        self.assertIn("50,000,000 blocks are too many for DevTools", result.stderr)
        file = read("toolkit", target)["files"][0]
        self.assertEqual(file["statistics"]["total"], 50_000_000 * 40)
        self.assertLess(file["nodes"], 1000)
        [[live]] = query(path, "SELECT sum(live_bytes) FROM stack")
        self.assertEqual(sum(row["self"] for row in file["classes"].values()), live)


if __name__ == "__main__":
    heap.require_readers()
    unittest.main(verbosity=2)
