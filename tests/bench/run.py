#!/usr/bin/env python3
# run.py -- The cost of recording, measured: heapdiff beside its peers, on one machine, in one run.
#
# SPDX-License-Identifier: Apache-2.0
"""usage: tests/bench/run.py [--build DIR] [--rounds N] [--json FILE] [--quick] [--only PART]

Builds what it needs in DIR (default: build/), installs nothing, says which Debian packages are
missing and leaves out what they would give. Rounds are interleaved: every contender of every case
once, then all again. See README.md beside this file.
"""
import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import churns
import targets
import memory
import programs
import snapshots
import starts
from peers import Peers, missing_programs

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["churn", "memory", "programs", "snapshots", "starts"]


def say(text):
    print(text, file=sys.stderr, flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[1])
    parser.add_argument("--build", default=ROOT / "build", type=Path, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all measurements and the table")
    parser.add_argument("--quick", action="store_true", help="one short round: does it run at all?")
    parser.add_argument("--only", choices=PARTS, action="append", help="can be given again")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.rounds = 1 if options.quick else options.rounds
    return options


def build(folder):
    done = subprocess.run(["cmake", "--build", folder, "--target", "bench_programs"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}run.py: cannot build in {folder};"
                 " first: cmake --preset release")


def machine():
    with open("/proc/cpuinfo", encoding="ascii") as file:
        models = [line.split(": ")[1] for line in file.read().splitlines()
                  if line.startswith("model name")]
    return {"processor": models[0] if models else platform.machine(), "cpus": os.cpu_count(),
            "kernel": platform.release(), "libc": " ".join(platform.libc_ver()),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "load": os.getloadavg()}


def measure(options, peers, missing):
    """{'churn': …, 'memory': …, 'writing': …, 'programs': …, 'snapshots': …, 'starts': …}"""
    results = {"churn": {}, "memory": [], "writing": [], "programs": {}, "snapshots": [],
               "starts": []}
    parts = options.only or PARTS
    for number in range(options.rounds):
        say(f"round {number + 1} of {options.rounds}, load {os.getloadavg()[0]:.1f}")
        if "churn" in parts:
            churns.round_of(peers, results["churn"], options.quick)
        if "memory" in parts:
            results["memory"].append(memory.measure(peers, options.quick))
            results["writing"].append(memory.measure_writing(peers, options.quick))
        if "programs" in parts:
            programs.round_of(peers, results["programs"], options.quick, missing)
        if "snapshots" in parts:
            results["snapshots"].append(snapshots.measure(peers, options.quick, missing))
        if "starts" in parts:
            results["starts"].append(starts.measure(peers, options.quick))
    return results


def table(results):
    rows = []
    if results["churn"]:
        rows += targets.churn_rows(results["churn"])
    if results["memory"]:
        rows += targets.memory_rows(results["memory"], results["writing"])
    rows += targets.program_rows(results["programs"])
    rows += targets.snapshot_rows(results["snapshots"])
    rows += targets.start_rows(results["starts"])
    targets.absolute(targets.Churns(results["churn"]), rows)
    return rows


def print_table(rows):
    print(f"{'what':<72} {'min':>9} {'median':>9} {'max':>9}      {'target':<7}")
    for row in rows:
        found = row.to_json()
        target = "" if row.target is None else f"{row.side} {row.target:.4g}"
        verdict = {True: "met", False: "MISSED", None: ""}[row.met]
        print(f"{row.what:<72} {found['min']:>9.3f} {found['median']:>9.3f} {found['max']:>9.3f} "
              f"{row.unit:<4} {target:<7} {verdict}".rstrip())


def main():
    options = parse()
    build(options.build)
    with tempfile.TemporaryDirectory(prefix="heapdiff-bench-") as scratch:
        peers, missing = Peers(options.build, Path(scratch)), missing_programs()
        for name, package in {**peers.missing, **missing}.items():
            say(f"without {name}: needs {package}")
        before = machine()
        results = measure(options, peers, missing)
    rows = table(results)
    print_table(rows)
    if options.json:
        options.json.write_text(json.dumps({
            "schema": 1, "date": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "command": sys.argv, "machine": before, "load_after": os.getloadavg(),
            "quick": options.quick, "rounds": options.rounds,
            "missing": {**peers.missing, **missing}, "measurements": results,
            "rows": [row.to_json() for row in rows]}, indent=1, ensure_ascii=False) + "\n")
        say(f"all of it: {options.json}")


if __name__ == "__main__":
    main()
