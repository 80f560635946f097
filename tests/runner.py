#!/usr/bin/env python3
# runner.py -- Runs the samples under the shim and scores what heapdiff says about them.
#
# SPDX-License-Identifier: Apache-2.0
"""usage: runner.py [--json FILE] [--jobs N] [--keep FOLDER] [--times N] [FOLDER|SAMPLE|TWIN...]

e.g. runner.py c node/worker.js field/backlog.cpp+clean. Without arguments all samples are run. One
line a sample, with a mark for each question; a sample is right when it has them all. A miss that
the sample says to be known is marked `known`; exit 1 when there is another one, or when a known one
is a miss no longer. With --times the bounded twins alone are run, N times each with other work in
flight; exit 1 when one of them is called a leak. samples/README.md explains the marks;
HEAPDIFF_BUILD names the build folder.
"""
import argparse
import json
import shutil
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "end_to_end"))
import drive  # noqa: E402
import harness  # noqa: E402
import scenario as scenarios  # noqa: E402

MARKS = scenarios.MARKS
WIDTH = 34  # of the column of names


def parse(arguments):
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[0].removeprefix("usage: "))
    parser.add_argument("--json", type=Path, help="write all results to a file")
    parser.add_argument("--jobs", type=int, default=2, help="samples at a time (2)")
    parser.add_argument("--keep", type=Path, help="keep the snapshots in a folder")
    parser.add_argument("--times", type=int, default=0, help="run the bounded twins so often")
    parser.add_argument("names", nargs="*")
    return parser.parse_args(arguments)


def names_of(scenario):
    """What it may be called: field, field/backlog.cpp, field/backlog.cpp+clean, +clean."""
    folder, source = scenario.name.split("/")[0], scenario.name.split("+")[0]
    return {folder, source, scenario.name, f"+{scenario.twin}"}


def chosen(names):
    everything = scenarios.all_scenarios()
    picked = [
        each for each in everything
        if not names or any(name in names_of(each) for name in names)
    ]
    if not picked:
        raise SystemExit(f"runner.py: no sample is named {' or '.join(names)}")
    return picked


def failed_marks(scenario, text):
    """A sample that did not run to its end has no mark."""
    return {mark: text if mark == "verdict" else None for mark in MARKS}


def run_one(scenario, keep):
    """One sample as a row of the table."""
    row = {"name": scenario.name, "skipped": "", "comparison": None}
    with tempfile.TemporaryDirectory(prefix="heapdiff-sample.") as folder:
        try:
            row["comparison"], truth = drive.measure(scenario, Path(folder))
            row["marks"] = scenario.marks(row["comparison"], truth)
        except drive.Unavailable as reason:
            row.update(skipped=str(reason), marks=dict.fromkeys(MARKS))
        except (AssertionError, OSError) as error:
            row["marks"] = failed_marks(scenario, f"did not run: {error}")
        if keep:
            shutil.copytree(folder, keep / scenario.name, dirs_exist_ok=True)
    misses = {mark for mark, wrong in row["marks"].items() if wrong}
    known = set(scenario.known_misses)
    gone = set() if row["skipped"] else scenario.sure_misses - misses
    row["misses"] = sorted(misses)
    row["news"] = sorted(misses - known) + [f"{mark} (no longer)" for mark in gone]
    row["reasons"] = {mark: scenario.known_misses[mark] for mark in misses & known}
    return row


def mark_word(row, mark):
    wrong = row["marks"][mark]
    if wrong is None:
        return "-"
    return "ok" if not wrong else "known" if mark in row["reasons"] else "MISS"


def print_row(row):
    if row["skipped"]:
        print(f"{row['name']:<{WIDTH}} skipped: {row['skipped']}", flush=True)
        return
    words = "".join(f" {mark_word(row, mark):<8}" for mark in MARKS)
    print(f"{row['name']:<{WIDTH}}{words}", flush=True)
    for mark in row["misses"]:
        reason = row["reasons"].get(mark)
        print(f"    {mark}: {row['marks'][mark]}" + (f" -- {reason}" if reason else ""))
    for mark in row["news"]:
        if mark.endswith("(no longer)"):
            print(f"    {mark}: take the expect-miss line out of the sample")


def print_score(rows):
    ran = [row for row in rows if not row["skipped"]]
    for mark in MARKS:
        asked = [row for row in ran if row["marks"][mark] is not None]
        right = sum(not row["marks"][mark] for row in asked)
        print(f"{mark:<8} {right} of {len(asked)}")
    print(f"score    {sum(not row['misses'] for row in ran)} of {len(ran)} samples with every mark")


def repeat_one(scenario, seed):
    """A bounded twin with other work in flight: in words, if it is called a leak."""
    scenario.settings["SAMPLE_SEED"] = str(seed)
    with tempfile.TemporaryDirectory(prefix="heapdiff-sample.") as folder:
        try:
            comparison, _ = drive.measure(scenario, Path(folder), is_repeated=True)
        except drive.Unavailable as reason:
            return None, str(reason)
        except (AssertionError, OSError) as error:
            return f"did not run: {error}", ""
    return scenario.false_leak(comparison), comparison["verdict"]["text"]


def repeat(scenario, times):
    """The row of one twin: how often it was called a leak, with each such sentence."""
    row = {"name": scenario.name, "runs": 0, "false": []}
    first = zlib.crc32(scenario.name.encode()) % 100000  # each program has bursts of its own
    for seed in range(first + 1, first + times + 1):
        wrong, text = repeat_one(scenario, seed)
        row["runs"] += wrong is not None
        if wrong:
            row["false"].append({"seed": seed, "wrong": wrong, "text": text})
    print(f"{row['name']:<{WIDTH}} {len(row['false'])} of {row['runs']}", flush=True)
    for each in row["false"]:
        print(f"    seed {each['seed']}: {each['wrong']}: {each['text']}")
    return row


def repeat_all(options):
    """Every bounded twin `options.times` times; exit 1 if one of the runs was called a leak."""
    twins = [each for each in chosen(options.names) if each.is_bounded()]
    print(f"{'bounded twin':<{WIDTH}} false leaks")
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        rows = list(pool.map(lambda each: repeat(each, options.times), twins))
    false, runs = sum(len(row["false"]) for row in rows), sum(row["runs"] for row in rows)
    print(f"false leaks {false} of {runs} runs of {len(rows)} twins")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 1 if false or not runs else 0


def main(arguments):
    options = parse(arguments)
    if options.times:
        return repeat_all(options)
    print(f"{'sample':<{WIDTH}}" + "".join(f" {mark:<8}" for mark in MARKS))
    rows = []
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        for row in pool.map(lambda each: run_one(each, options.keep), chosen(options.names)):
            rows.append(row)
            print_row(row)
    print_score(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 1 if any(row["news"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
