#!/usr/bin/env python3
# page.py -- The page of 10,000 sites in 20 snapshots: its weight, and how soon it is of use.
#
# SPDX-License-Identifier: Apache-2.0
"""page.py [--sites N] [--snapshots N] [--rounds N]: prints a table; installs nothing."""
import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "viewer"))
import reports  # noqa: E402
from reports import ROOT, harness  # noqa: E402

TARGETS = {"ready": 1000, "typing": 100, "scrolling": 50, "dragging": 100}  # milliseconds
NAMES = {"ready": "from navigation to the first view", "typing": "a typed letter, the slowest",
         "scrolling": "gap between frames (95 %), by the wheel",
         "dragging": "the same, dragged from top to end"}


def measure(sites, snapshots, rounds):
    """Rows of name, value, target; the value of a series is its median and its largest."""
    with tempfile.TemporaryDirectory(prefix="heapdiff-bench.") as folder:
        paths = reports.make_large(Path(folder), sites, snapshots)
        start = time.monotonic()
        page = reports.write(Path(folder) / "page.html", *paths)
        seconds = time.monotonic() - start
        shell = (ROOT / "viewer" / "dist" / "page.html").stat().st_size
        yield "page without data", f"{shell / 1024:.0f} KiB", "1024 KiB"
        yield "its data", f"{(page.stat().st_size - shell) / 1024:.0f} KiB", ""
        yield "making it", f"{seconds:.2f} s", ""
        printed = harness.must(harness.run(["node", HERE / "page.mjs", page, rounds])).stdout
        results = json.loads(printed)
    for key, target in TARGETS.items():
        values = [result[key] for result in results]
        yield (NAMES[key], f"{statistics.median(values):.0f} ms, at most {max(values):.0f} ms",
               f"{target} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=10000)
    parser.add_argument("--snapshots", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(f"{given.sites:,} sites, {given.snapshots} snapshots")
    for name, value, target in measure(given.sites, given.snapshots, given.rounds):
        print(f"{name:42} {value:28} {target}")


if __name__ == "__main__":
    main()
