# test_worker.py -- Heap snapshots as DevTools' own worker reads them: the numbers are SQL's.
#
# SPDX-License-Identifier: Apache-2.0
import functools
import json
import random
import unittest
from collections import defaultdict
from pathlib import Path

import heap
from heap import export, harness, js, query, read

SITES = ("keepUpload", "cachePage", "parseBody", "renderPage")


def make_server(folder, seed=1, blocks=True):
    """Two snapshots of a server: some blocks stay, some go, some come."""
    rng = random.Random(seed)
    server = heap.Heap()
    stacks = [
        server.stack(js("wrap", 7, "/srv/lib.js"), js(name, 10 * n + 10), js("main", 1), kind=kind)
        for n, name in enumerate(SITES) for kind in ("malloc", "buffer")
    ]
    stacks += [server.stack(js(name, 10 * n + 10), js("main", 1)) for n, name in enumerate(SITES)]
    old = []
    for _ in range(400):
        old += server.allocate(rng.choice(stacks), rng.choice((24, 24, 100, 4096, 70000)))
    first = server.snapshot(folder / "first.db", blocks=blocks)
    server.free(rng.sample(old, 150))
    for _ in range(300):
        server.allocate(rng.choice(stacks), rng.choice((24, 1000, 4096)))
    return first, server.snapshot(folder / "second.db", blocks=blocks)


def site_of(path):
    """Site by id of a stack: what heapdiff names each stack of make_server by."""
    rows = query(path, "SELECT stack_id, name FROM stack_frames ORDER BY stack_id, depth")
    result = {}
    for stack, name in rows:
        word = name.split("*")[1].split(" ")
        result.setdefault(stack, f"{word[0]} ({word[1].split('/')[-1].rsplit(':', 1)[0]})")
    return result


def sizes_by_stack(path, full=False):
    """Live bytes by the names of a stack's frames, as worker.mjs writes them."""
    frames = defaultdict(list)
    for stack, name in query(path, "SELECT stack_id, name FROM stack_frames"
                                   " ORDER BY stack_id, depth"):
        function, place = name.removeprefix("JS:*").split(" ")
        script, line, _ = place.rsplit(":", 2)
        frames[stack].append(f"{function}|{script}|{line}" if full
                             else f"{function} ({script.split('/')[-1]}:{line})")
    result = defaultdict(int)
    for stack, size in query(path, "SELECT id, live_bytes FROM stack"):
        result["\n".join(frames[stack])] += size
    return dict(result)


def expected_difference(first, second):
    """# New, # Deleted and their sizes by site, by SQL over the blocks of both."""
    sql = "SELECT address, epoch, size, stack_id FROM block"
    before, after = set(query(first, sql)), set(query(second, sql))
    sites = site_of(second)
    result = defaultdict(lambda: dict(addedCount=0, removedCount=0, addedSize=0, removedSize=0))
    for word, blocks in (("added", after - before), ("removed", before - after)):
        for _, _, size, stack in blocks:
            result[sites[stack]][f"{word}Count"] += 1
            result[sites[stack]][f"{word}Size"] += size
    return dict(result)


class ByWorker:
    """Every test once with each source of the worker; each export is read once."""

    source = None

    @classmethod
    def setUpClass(cls):
        cls.folder = heap.temporary_folder(cls)
        cls.listed, cls.counted = cls.folder / "listed", cls.folder / "counted"
        for folder in (cls.listed, cls.counted):
            folder.mkdir()
        cls.listed = make_server(cls.listed)
        cls.counted = make_server(cls.counted, blocks=False)

    def setUp(self):
        pass

    @classmethod
    @functools.cache
    def result(cls, paths, *options):
        folder = cls.folder / f"out{len(list(cls.folder.iterdir()))}"
        return read(cls.source, *export(folder, *paths, options=options))

    def check_file(self, file, path):
        """Counts, sizes, total and stacks of an exported snapshot."""
        sites = site_of(path)
        expected = defaultdict(lambda: [0, 0])
        for stack, count, size in query(path, "SELECT id, live_blocks, live_bytes FROM stack"):
            expected[sites[stack]][0] += count
            expected[sites[stack]][1] += size
        classes = {name: [row["count"], row["self"]] for name, row in file["classes"].items()}
        self.assertEqual(classes, dict(expected))
        [[rss]] = query(path, "SELECT rss_bytes FROM snapshot")
        self.assertEqual(file["statistics"]["total"], rss)
        self.assertEqual(file["stacks"], sizes_by_stack(path))
        self.assertEqual(file["retained"]["main (app.js:1)"],
                         max(size for [size] in query(path, "SELECT sum(live_bytes) FROM stack"
                                                            " GROUP BY kind")))

    def test_classes_total_stacks_and_retained_sizes_of_listed_blocks_are_those_of_sql(self):
        for file, path in zip(self.result(self.listed)["files"], self.listed):
            self.check_file(file, path)

    def test_classes_total_stacks_and_retained_sizes_of_counted_blocks_are_those_of_sql(self):
        for file, path in zip(self.result(self.counted)["files"], self.counted):
            self.check_file(file, path)

    def test_comparison_of_listed_blocks_shows_what_came_and_what_went(self):
        rows = self.result(self.listed)["comparisons"][0]
        self.assertEqual(rows, expected_difference(*self.listed))

    def test_comparison_of_counted_blocks_shows_the_same(self):
        rows = self.result(self.counted)["comparisons"][0]
        self.assertEqual(rows, expected_difference(*self.listed))

    def test_difference_is_that_of_heapdiff_compare(self):
        result = harness.must(
            harness.heapdiff("compare", *self.counted, "--all", "--format", "json"))
        compared = defaultdict(lambda: [0, 0])
        for site in json.loads(result.stdout)["sites"]:
            compared[site["name"]][0] += site["growth_blocks"]
            compared[site["name"]][1] += site["growth_bytes"]
        rows = self.result(self.counted)["comparisons"][0]
        shown = {name: [row["addedCount"] - row["removedCount"],
                        row["addedSize"] - row["removedSize"]] for name, row in rows.items()}
        self.assertEqual(shown, dict(compared))

    def test_grouped_objects_give_the_same_sizes_with_far_fewer_nodes(self):
        each, grouped = self.result(self.counted), self.result(self.counted, "--grouped")
        sizes = [{name: row["self"] for name, row in result["files"][1]["classes"].items()}
                 for result in (each, grouped)]
        self.assertEqual(sizes[0], sizes[1])
        self.assertLess(grouped["files"][1]["nodes"], each["files"][1]["nodes"] / 3)
        for name, row in each["comparisons"][0].items():
            other = grouped["comparisons"][0][name]
            self.assertEqual(row["addedSize"] - row["removedSize"],
                             other["addedSize"] - other["removedSize"])

    def test_by_kind_buffers_are_typed_arrays(self):
        result = self.result(self.listed, "--class", "kind")["files"][1]
        [[size]] = query(self.listed[1],
                         "SELECT sum(live_bytes) FROM stack WHERE kind = 'buffer'")
        self.assertEqual(result["statistics"]["native"]["typedArrays"], size)
        self.assertEqual(set(result["classes"]), {"malloc", "system / JSArrayBufferData"})

    def test_objects_of_the_second_snapshot_come_after_those_of_the_first(self):
        first, second = self.result(self.listed)["files"]
        self.assertLess(first["lastId"], second["lastId"])

    def test_timeline_has_the_stacks_and_the_bytes_of_each_epoch(self):
        file = self.result(self.listed, "--format", "heaptimeline")["files"][1]
        ages = query(self.listed[1],
                     "SELECT sum(live_bytes) FROM age GROUP BY epoch ORDER BY epoch")
        self.assertEqual(file["samples"]["sizes"], [0, *(size for [size] in ages)])
        expected = defaultdict(int)
        for names, size in sizes_by_stack(self.listed[1], full=True).items():
            expected[names + "\n(root)||0"] += size
        self.assertEqual(file["allocations"], expected)


class Toolkit(ByWorker, harness.TestCase):
    source = "toolkit"


class Frontend(ByWorker, harness.TestCase):
    source = "frontend"


class Files(harness.TestCase):
    def test_a_second_export_is_the_same_byte_for_byte(self):
        paths = make_server(self.folder)
        for format in ("heapsnapshot", "heaptimeline", "heapprofile", "pprof", "folded", "json"):
            files = [export(self.folder / name, *paths, options=["--format", format])
                     for name in ("a", "b")]
            for one, other in zip(*files):
                self.assertEqual(one.read_bytes(), other.read_bytes(), format)

    def test_folders_that_are_missing_are_made(self):
        paths = make_server(self.folder)
        for target in ("x/y/z/", "without-a-slash"):
            result = harness.must(
                harness.heapdiff("export", *paths, "-o", f"{self.folder}/{target}"))
            for line in result.stdout.splitlines():
                self.assertEqual(Path(line).parent, self.folder / target)
                self.assertTrue(Path(line).is_file())

    def test_a_failed_export_leaves_no_folder_behind(self):
        damaged = self.folder / "damaged.db"
        damaged.write_bytes(make_server(self.folder)[0].read_bytes()[:9000])
        for target in ("x/y/z/", "x/y/"):
            result = harness.heapdiff("export", damaged, "-o", f"{self.folder}/{target}")
            self.assertEqual(result.returncode, 2)
            self.assertFalse((self.folder / "x").exists())
        result = harness.heapdiff("export", damaged, "-o", f"{damaged}/x/")
        self.assertEqual(result.returncode, 2)
        self.assertIn("Not a directory", result.stderr)

    def test_estimates_of_a_sampled_snapshot_add_up_to_what_show_says(self):
        server = heap.Heap()
        server.allocate(server.stack(js("keep", 3), js("main", 1)), 1000, 40)
        path = server.snapshot(self.folder / "a.db", blocks=False, rss=10_000_000, more="""
            UPDATE snapshot SET sample_bytes = 65536, live_bytes = 2621337, live_blocks = 2621;
            UPDATE stack SET live_bytes = 2621337, live_blocks = 2621, live_variance = 1e11;
            UPDATE age SET live_bytes = 2621337, live_blocks = 2621;
            UPDATE size SET live_bytes = 2621337, live_blocks = 2621;""")
        shown = json.loads(harness.must(
            harness.heapdiff("show", "--format", "json", path)).stdout)["sites"][0]
        for option in ("--class=site", "--grouped"):
            file = read("toolkit", *export(self.folder / "out", path, options=[option]))["files"][0]
            row = file["classes"]["keep (app.js:3)"]
            self.assertEqual(row["self"], shown["live_bytes"][0])
            if option != "--grouped":
                self.assertEqual(row["count"], shown["live_blocks"][0])
            self.assertEqual(file["statistics"]["total"], 10_000_000)
        profile = json.loads(export(self.folder / "p", path, options=[
            "--format", "heapprofile"])[0].read_text())
        self.assertEqual(profile["head"]["children"][0]["children"][0]["children"][0]["selfSize"],
                         2621337)

    def test_snapshots_that_are_exported_apart_share_no_id(self):
        paths = make_server(self.folder)
        files = [export(self.folder / f"out{n}", path)[0] for n, path in enumerate(paths)]
        result = read("toolkit", *files)
        live = [sum(row["count"] for row in file["classes"].values()) for file in result["files"]]
        rows = result["comparisons"][0].values()
        self.assertEqual(sum(row["removedCount"] for row in rows), live[0])
        self.assertEqual(sum(row["addedCount"] for row in rows), live[1])

    def test_a_restarted_process_shares_no_block_with_the_one_before(self):
        paths = []
        for pid in (77, 78):
            server = heap.Heap(pid)
            server.number = pid - 77
            server.allocate(server.stack(js("keep", 3)), 100, 10)
            for address, (size, stack, _) in list(server.blocks.items()):
                server.blocks[address] = (size, stack, 1)
            paths.append(server.snapshot(self.folder / f"{pid}.db"))
        row = read("toolkit", *export(self.folder / "out", *paths))["comparisons"][0]
        self.assertEqual(row["keep (app.js:3)"], dict(addedCount=10, removedCount=10,
                                                      addedSize=1000, removedSize=1000))


if __name__ == "__main__":
    heap.require_readers()
    unittest.main(verbosity=2)
