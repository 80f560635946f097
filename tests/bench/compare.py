#!/usr/bin/env python3
# compare.py -- How long comparing large snapshots takes, and how much memory.
#
# SPDX-License-Identifier: Apache-2.0
"""usage: compare.py [--build FOLDER] [--sites N] [--series N] [--rounds N] [--json FILE]

Makes synthetic snapshots of N sites (100000), compares two of them and then a series (100), and
prints seconds and peak memory beside their targets: 1 s and 250 MB for two, 10 s for the series.
Half of the sites are JIT code with names, half native code of a module that is not there, so that
no time goes into reading debug information: that is what a warm cache of symbols amounts to.
"""
import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "preload" / "format" / "schema.sql"
MINUTE_NS = 60_000_000_000
CALLERS, DEPTH = 20000, 12


def caller_tree(random_, first_id):
    """Nodes shared by all stacks: (id, parent, location), and those at the full depth."""
    nodes, level = [], [(first_id, None)]
    nodes.append((first_id, None, 1))
    number = first_id
    for depth in range(1, DEPTH):
        width = max(1, CALLERS * depth * 2 // (DEPTH * DEPTH))
        parents, level = level, []
        for _ in range(width):
            number += 1
            nodes.append((number, random_.choice(parents)[0], 1 + random_.randrange(CALLERS)))
            level.append((number, None))
    return nodes, [number for number, _ in level]


def locations(sites):
    """Callers first, then one of its own for each site: JIT code or native code, by turns."""
    for number in range(1, CALLERS + sites + 1):
        address = 0x400000 + number * 64
        if number % 2:
            name = f"JS:*function{number} /srv/app/lib/file{number % 977}.js:{number}:5"
            yield number, address, None, None, name
        else:
            yield number, address, 1, address, None


def write_snapshot(path, sites, seed=1):
    random_ = random.Random(seed)
    database = sqlite3.connect(path)
    database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
    database.executescript(SCHEMA.read_text())
    database.execute("INSERT INTO module VALUES (1, '/srv/gone/server', 'abcd', 0, 1, 0, 0)")
    database.executemany("INSERT INTO location VALUES (?,?,?,?,?)", locations(sites))
    nodes, leaves = caller_tree(random_, 1)
    base = nodes[-1][0]
    nodes += [
        (base + i, random_.choice(leaves), CALLERS + i) for i in range(1, sites + 1)
    ]
    database.executemany("INSERT INTO node VALUES (?,?,?)", nodes)
    stacks, ages, sizes = [], [], []
    for i in range(1, sites + 1):
        blocks = random_.randrange(1, 50)
        size = 16 << random_.randrange(8)
        stacks.append((i, base + i, "malloc", blocks, blocks * size, 0.0, blocks * 9,
                       blocks * 9 * size, 1, 0))
        ages.append((i, 1, blocks, blocks * size))
        sizes.append((i, size.bit_length() - 1, blocks, blocks * size))
    database.executemany("INSERT INTO stack VALUES (?,?,?,?,?,?,?,?,?,?)", stacks)
    database.executemany("INSERT INTO age VALUES (?,?,?,?)", ages)
    database.executemany("INSERT INTO size VALUES (?,?,?,?)", sizes)
    columns = [row[1] for row in database.execute("PRAGMA table_info(snapshot)")]
    row = {"number": 1, "time_ns": 1_700_000_000_000_000_000, "pid": 77, "epoch": 1,
           "program": "server", "rss_bytes": 1 << 30, "page_size": 4096}
    types = {row[1]: row[2] for row in database.execute("PRAGMA table_info(snapshot)")}
    values = [row.get(name, "" if types[name] == "TEXT" else 0) for name in columns]
    database.execute(f"INSERT INTO snapshot VALUES ({','.join('?' * len(columns))})", values)
    database.execute("INSERT INTO rss VALUES ('allocator', 1 << 30)")
    database.commit()
    database.close()


def next_snapshot(before, path, number):
    """A copy in which a hundredth of the sites leaks and the others move a little."""
    shutil.copyfile(before, path)
    database = sqlite3.connect(path)
    database.executescript(
        f"""PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
        UPDATE snapshot SET number = {number}, epoch = {number},
          time_ns = time_ns + {MINUTE_NS}, uptime_ns = uptime_ns + {MINUTE_NS};
        UPDATE stack SET live_bytes = live_bytes
                           + 5000 * (id % 100 = 0) * (live_bytes / live_blocks),
                         live_blocks = live_blocks + 5000 * (id % 100 = 0),
                         allocations = allocations + 7500,
                         allocated_bytes = allocated_bytes + 7500 * (live_bytes / live_blocks)
          WHERE id % 100 = 0 OR id % 100 = {number % 100};"""
    )
    database.close()


def measure(command, paths, rounds):
    """Best wall time in seconds and peak memory in MB over some rounds."""
    best, peak, result = float("inf"), 0, None
    for _ in range(rounds):
        begin = time.monotonic()
        process = subprocess.Popen([command, "compare", "--format", "json", *paths],
                                   stdout=subprocess.PIPE, env={**os.environ, "NO_COLOR": "1"})
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        best = min(best, time.monotonic() - begin)
        peak = max(peak, usage.ru_maxrss / 1000)
        if process.returncode != 0:
            raise SystemExit(f"compare.py: heapdiff ended with {process.returncode}")
        result = json.loads(output)
    return best, peak, result


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[0].removeprefix("usage: "))
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--sites", type=int, default=100000)
    parser.add_argument("--series", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory(prefix="heapdiff-bench.") as folder:
        paths = [Path(folder) / f"{number}.db" for number in range(1, given.series + 1)]
        write_snapshot(paths[0], given.sites)
        for number in range(2, given.series + 1):
            next_snapshot(paths[number - 2], paths[number - 1], number)
        for name, some, rounds, target in (
            ("two", [paths[0], paths[1]], given.rounds, 1.0),
            ("series", paths, 1, 10.0),
        ):
            seconds, peak, found = measure(given.build / "heapdiff", some, rounds)
            results[name] = {"snapshots": len(some), "sites": given.sites, "seconds": seconds,
                             "peak_mb": peak, "verdict": found["verdict"]["kind"],
                             "leaks": sum(site["growth_blocks"] > 0 for site in found["sites"])}
            print(f"{len(some):4} snapshots of {given.sites} sites: {seconds:6.2f} s"
                  f" (target {target:g} s), peak {peak:4.0f} MB")
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
