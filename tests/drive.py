# drive.py -- Runs one sample plainly and under the shim; its snapshots, in the order of time.
#
# SPDX-License-Identifier: Apache-2.0
"""A sample takes its snapshots itself, or prints "snapshot LABEL" and waits for a line on stdin:
then it is taken from outside. One that says `drive: server` is loaded by the load.js beside it.
One that says `lives: N` is started N times, and its snapshots are one series of up to 9 a life."""
import json
import re
import subprocess
import sys
from pathlib import Path

import harness

WARM_UP, LOAD = 1800, 4200  # requests to a server
GATE = "1MiB"
JAVA_FOLDER = harness.BUILD / "samples" / "java"
REQUEST = re.compile(r"snapshot (\w+)$")


class Unavailable(Exception):
    """The sample cannot run on this machine; the reason in words."""


def command_of(source):
    if source.suffix == ".js":
        return ["node", source]
    if source.suffix == ".py":
        return [sys.executable, source]
    if source.suffix == ".java":
        if not (JAVA_FOLDER / f"{source.stem}.class").exists():
            raise Unavailable("no Java compiler when the samples were built")
        return ["java", "-cp", JAVA_FOLDER, source.stem]
    return [harness.BUILD / "samples" / source.stem]


def environment_of(scenario):
    """What the program needs whether it is recorded or not."""
    settings = {name: value for name, value in scenario.settings.items()
                if not name.startswith("HEAPDIFF_")}
    settings["HEAPDIFF_BUILD"] = harness.BUILD
    settings["PYTHONDONTWRITEBYTECODE"] = 1
    settings["PYTHONHASHSEED"] = 0  # every run does the same
    if scenario.source.suffix == ".js":
        companion = harness.BUILD / "heapdiff-node.cjs"  # as `heapdiff run --jit` does
        settings["NODE_OPTIONS"] = f"--require={companion} {harness.NODE_OPTIONS}"
    return settings


def answer_requests(process, folder, life):
    """Reads what the program prints, and takes the snapshots that it asks for; its whole stdout."""
    printed = []
    for line in process.stdout:
        printed.append(line)
        request = REQUEST.match(line)
        if request:
            number = sum(bool(REQUEST.match(each)) for each in printed)
            harness.snapshot(process.pid, folder / f"{life}{number}.db", request[1])
            process.stdin.write("\n")
            process.stdin.flush()
    return "".join(printed)


def run_recorded(scenario, folder, life):
    """Runs the program under the shim; its stdout."""
    options = {name: value for name, value in scenario.settings.items()
               if name.startswith("HEAPDIFF_")}
    settings = {**environment_of(scenario), **options}
    settings.setdefault("HEAPDIFF_OUT", f"{life}%n.db")
    settings.setdefault("HEAPDIFF_AT_EXIT", 0)
    with (folder / "stderr").open("w+") as errors, subprocess.Popen(
        [str(word) for word in command_of(scenario.source)],
        env=harness.environment(True, **settings), cwd=folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace",
    ) as process:
        try:
            printed = answer_requests(process, folder, life)
            status = process.wait(harness.TIMEOUT)
        except BaseException:
            process.kill()
            raise
        finally:
            Path(f"/tmp/perf-{process.pid}.map").unlink(missing_ok=True)
        errors.seek(0)
        if status != 0:
            raise AssertionError(f"exit {status}\n{printed}{errors.read()}")
    return printed


def drive_program(scenario, folder, is_repeated=False):
    """Once without the shim and once with it: both print the same; not when it is repeated."""
    printed = "".join(run_recorded(scenario, folder, life) for life in range(scenario.lives))
    if not is_repeated:
        plain = harness.must(
            harness.run(command_of(scenario.source), cwd=folder, **environment_of(scenario)))
        if printed != plain.stdout * scenario.lives:
            raise AssertionError(f"prints {printed!r} instead of {plain.stdout!r}")
    truth = {key: int(value) for key, value in
             re.findall(r"^(growth|blocks) (\d+)$", printed, re.MULTILINE)}
    return sorted(folder.glob("*.db"), key=lambda path: int(path.stem)), truth


def drive_server(scenario, folder, is_repeated=False):
    del is_repeated
    with harness.NodeServer(scenario.source) as server:
        server.load(WARM_UP)
        before = server.settled_snapshot(folder / "1.db", "steady")
        server.load(LOAD)
        after = server.settled_snapshot(folder / "2.db", "loaded")
        server.stop()
    truth = {"growth": "bytes", "blocks": "blocks"}
    truth = {key: after[field] - before[field] for key, field in truth.items()}
    return [folder / "1.db", folder / "2.db"], truth


def measure(scenario, folder, is_repeated=False):
    """The comparison of the sample's snapshots, and the numbers that the sample itself knows."""
    drive = drive_server if scenario.is_server else drive_program
    paths, truth = drive(scenario, folder, is_repeated)
    if len(paths) < 2:
        raise AssertionError(f"{len(paths)} snapshots")
    return compare(paths), truth


def compare(paths):
    """The comparison as JSON, with a gate: its exit code says what the gate says."""
    result = harness.heapdiff("compare", *paths, "--format", "json", "--fail-on-growth", GATE)
    comparison = json.loads(result.stdout or "{}")
    wanted = {"passed": 0, "exceeded": 1, "not-measurable": 3}
    if result.returncode != wanted.get(comparison.get("gate", {}).get("result")):
        raise AssertionError(f"compare: exit {result.returncode}\n{result.stderr}")
    return comparison
