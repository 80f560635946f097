# heap.py -- Made-up processes and their snapshots, for the tests of exports.
#
# SPDX-License-Identifier: Apache-2.0
"""A Heap allocates and frees blocks and writes snapshots that a real process could have left."""
import json
import sqlite3
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
import harness  # noqa: E402

harness.TIMEOUT = 200  # seconds: a browser, or 5 million nodes, on a busy machine
BUILD = harness.BUILD
SCHEMA = (ROOT / "preload" / "format" / "schema.sql").read_text()
HERE = Path(__file__).resolve().parent
MINUTE_NS = 60 * 10**9


def js(name, line, file="/srv/app.js"):
    """A frame as V8 names it in the perf map."""
    return f"JS:*{name} {file}:{line}:5"


class Heap:
    def __init__(self, pid=77):
        self.pid, self.number = pid, 0
        self.locations, self.nodes, self.stacks = {}, {}, {}
        self.blocks = {}  # address -> (size, stack, epoch)
        self.ever = defaultdict(lambda: [0, 0])  # stack -> allocations, bytes
        self.next_address = 0x10000

    def _id(self, table, key):
        return table.setdefault(key, len(table) + 1)

    def stack(self, *frames, kind="malloc"):
        """The id of a stack of frames, leaf first."""
        node = None
        for frame in reversed(frames):
            node = self._id(self.nodes, (node, self._id(self.locations, frame)))
        return self._id(self.stacks, (node, kind))

    def allocate(self, stack, size, count=1):
        addresses = []
        for _ in range(count):
            self.blocks[self.next_address] = (size, stack, self.number + 1)
            self.ever[stack][0] += 1
            self.ever[stack][1] += size
            addresses.append(self.next_address)
            self.next_address += (max(size, 1) + 15) // 16 * 16
        return addresses

    def free(self, addresses):
        for address in addresses:
            del self.blocks[address]

    def _sums(self, key):
        sums = defaultdict(lambda: [0, 0])
        for size, stack, epoch in self.blocks.values():
            row = sums[key(size, stack, epoch)]
            row[0] += 1
            row[1] += size
        return sums

    def snapshot(self, path, rss=None, blocks=True, more=""):
        """Writes a snapshot and goes on; `more` is SQL to be run in it. Returns its path."""
        self.number += 1
        path = Path(path)
        path.unlink(missing_ok=True)
        database = sqlite3.connect(path)
        database.executescript(SCHEMA)
        many = database.executemany
        many("INSERT INTO location VALUES (?, ?, NULL, NULL, ?)",
             [(number, 4096 + number, name) for name, number in self.locations.items()])
        many("INSERT INTO node VALUES (?, ?, ?)",
             [(number, parent, location) for (parent, location), number in self.nodes.items()])
        by_stack = self._sums(lambda size, stack, epoch: stack)
        many("INSERT INTO stack VALUES (?, ?, ?, ?, ?, 0, ?, ?, 1, 0)",
             [(number, node, kind, *by_stack[number], *self.ever[number])
              for (node, kind), number in self.stacks.items()])
        many("INSERT INTO age VALUES (?, ?, ?, ?)",
             [(*key, *row) for key, row in
              self._sums(lambda size, stack, epoch: (stack, epoch)).items()])
        many("INSERT INTO size VALUES (?, ?, ?, ?)",
             [(*key, *row) for key, row in self._sums(
                 lambda size, stack, epoch: (stack, max(size, 1).bit_length() - 1)).items()])
        many("INSERT INTO epoch VALUES (?, ?)",
             [(n, (n - 1) * MINUTE_NS) for n in range(1, self.number + 1)])
        if blocks:
            many("INSERT INTO block VALUES (?, ?, ?, ?)",
                 [(address, *block) for address, block in self.blocks.items()])
        live = sum(size for size, _, _ in self.blocks.values())
        columns = dict(
            number=self.number, label=f"step {self.number}", reason="request",
            time_ns=1_700_000_000 * 10**9 + self.number * MINUTE_NS,
            uptime_ns=self.number * MINUTE_NS, duration_ns=1000, epoch=self.number, pid=self.pid,
            ppid=1, uid=0, program="server", executable="/srv/server", command_line="server",
            directory="/srv", host="host", page_size=4096, threads=1, sample_bytes=0,
            live_bytes=live, live_blocks=len(self.blocks), rss_bytes=rss or live + 1_000_000,
            peak_rss_bytes=rss or live + 1_000_000, version="test")
        names = {row[1] for row in database.execute("PRAGMA table_info(snapshot)")}
        columns = {name: columns.get(name, 0) for name in names}
        database.execute(f"INSERT INTO snapshot ({', '.join(columns)})"
                         f" VALUES ({', '.join('?' * len(columns))})", list(columns.values()))
        database.executescript(more)
        database.commit()
        database.close()
        return path


def temporary_folder(test_class):
    """A folder that goes with the tests of a class."""
    return Path(test_class.enterClassContext(tempfile.TemporaryDirectory(prefix="heapdiff-test.")))


def query(path, sql):
    with sqlite3.connect(path) as database:
        return database.execute(sql).fetchall()


def export(folder, *paths, options=()):
    """Exports into `folder`; the paths of the files, in order."""
    result = harness.must(harness.heapdiff("export", *paths, "-o", f"{folder}/", *options))
    return [Path(line) for line in result.stdout.splitlines()]


def read(source, *files):
    """The output of worker.mjs, which must contain no warning."""
    printed = harness.must(harness.run(["node", HERE / "worker.mjs", source, *files])).stdout
    result = json.loads(printed)
    if result["warnings"]:
        raise AssertionError(f"DevTools warned: {result['warnings'][:3]}")
    return result


def require_readers():
    """Ends a test program that cannot say anything; ctest reports it as skipped (77)."""
    if not (HERE / "node_modules").is_dir():
        print("skipped: tests/devtools/node_modules is missing; tests/run.sh installs it")
        raise SystemExit(77)
