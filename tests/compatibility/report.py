# report.py -- The comparison of suites as lines, as a table and as JSON.
#
# SPDX-License-Identifier: Apache-2.0
import json
import re
import sys

from passes import Result

MOST_SHOWN = 40  # differing subtests of a suite that are named

HEADER = """| suite | version | subtests | equal | differing | unstable | seconds |
| --- | --- | ---: | ---: | ---: | ---: | ---: |"""


def numbers(results):
    """Subtests, equal, differing, unstable, seconds."""
    counts = [sum(len(result.subtests()) for result in results),
              *[sum(result.count(verdict) for result in results)
                for verdict in ("differing", "unstable")]]
    return [counts[0], counts[0] - counts[1] - counts[2], *counts[1:],
            sum(result.seconds for result in results)]


def cells(values):
    return " | ".join(f"{round(value):,}" for value in values) + " |"


def row(result):
    if result.skipped:
        return f"| {result.name} | | skipped: {result.skipped} | | | | |"
    return f"| {result.name} | {result.version} | " + cells(numbers([result]))


def table(results):
    counted = [result for result in results if not result.skipped]
    last = f"| **{len(counted)} suites** | | " + cells(numbers(counted))
    return "\n".join([HEADER, *map(row, results), last])


def family(name):
    """Suites whose tests come from one source are one row of the page."""
    match = re.match(r"cpython-[\d.]+|redis-own|glibc|perl|node|stress-ng", name)
    return match[0] if match else name


def merged(paths):
    """The table of docs/compatibility.md from what several runs wrote by --json."""
    families = {}
    for path in paths:
        with open(path) as file:
            for suite in json.load(file)["suites"]:
                del suite["differing"]
                families.setdefault(family(suite["name"]), []).append(Result(**suite))
    lines, sums = [HEADER], [0] * 5
    for name, results in families.items():
        ran = [result for result in results if not result.skipped]
        if not ran:
            lines.append(row(results[0]))
            continue
        sums = [total + number for total, number in zip(sums, numbers(ran))]
        count = f", {len(ran)} suites" if len(ran) > 1 else ""
        lines.append(f"| {name}{count} | {ran[-1].version} | " + cells(numbers(ran)))
    return "\n".join([*lines, "| **all** | | " + cells(sums)])


def short(outcomes):
    text = ", ".join(dict.fromkeys(outcomes)).replace("\n", " / ")
    return text if len(text) <= 160 else text[:157] + "..."


def faults(result):
    """One line a subtest and mode that is not equal."""
    for mode in result.modes():
        for subtest in result.subtests():
            verdict = result.verdict(mode, subtest)
            if verdict != "equal":
                plain, recorded = result.seen("plain", subtest), result.seen(mode, subtest)
                yield f"  {verdict} {mode}: {subtest}: {short(plain)} -> {short(recorded)}"


def say(result):
    found = list(faults(result))
    more = len(found) - MOST_SHOWN
    print("\n".join([row(result), *found[:MOST_SHOWN]] + [f"  and {more} more"] * (more > 0)))
    sys.stdout.flush()


def write_json(results, path):
    suites = [{"name": result.name, "version": result.version, "skipped": result.skipped,
               "seconds": round(result.seconds, 1), "passes": result.passes,
               "differing": {mode: [name for name in result.subtests()
                                    if result.verdict(mode, name) == "differing"]
                             for mode in result.modes()}} for result in results]
    with open(path, "w") as file:
        json.dump({"suites": suites}, file, indent=1)
