# report.py -- The comparison of suites as lines, as a table and as JSON.
#
# SPDX-License-Identifier: Apache-2.0
import json
import sys

MOST_SHOWN = 40  # differing subtests of a suite that are named

HEADER = """| suite | version | subtests | equal | differing | unstable | seconds |
| --- | --- | ---: | ---: | ---: | ---: | ---: |"""


def row(result):
    if result.skipped:
        return f"| {result.name} | | skipped: {result.skipped} | | | | |"
    numbers = [len(result.subtests()), result.count("equal"), result.count("differing"),
               result.count("unstable"), round(result.seconds)]
    numbers[1] = numbers[0] - numbers[2] - numbers[3]
    return f"| {result.name} | {result.version} | " + " | ".join(map(str, numbers)) + " |"


def table(results):
    counted = [result for result in results if not result.skipped]
    total = [sum(len(result.subtests()) for result in counted),
             sum(result.count("differing") for result in counted),
             sum(result.count("unstable") for result in counted)]
    total.insert(1, total[0] - total[1] - total[2])
    last = f"| **{len(counted)} suites** | | " + " | ".join(map(str, total))
    seconds = round(sum(result.seconds for result in counted))
    return "\n".join([HEADER, *map(row, results), f"{last} | {seconds} |"])


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
