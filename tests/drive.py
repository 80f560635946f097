# drive.py -- Runs one sample plainly and under the shim; its snapshots, in the order of time.
#
# SPDX-License-Identifier: Apache-2.0
"""A sample takes its snapshots itself, or prints "snapshot LABEL" and waits for a line on stdin:
then it is taken from outside. One that says `drive: server` is loaded by the load.js beside it."""
import re
import subprocess
import sys
from pathlib import Path

import harness

WARM_UP, LOAD = 1800, 4200  # requests to a server
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


def answer_requests(process, folder):
    """Reads what the program prints, and takes the snapshots that it asks for; its whole stdout."""
    printed = []
    for line in process.stdout:
        printed.append(line)
        request = REQUEST.match(line)
        if request:
            number = sum(bool(REQUEST.match(each)) for each in printed)
            harness.snapshot(process.pid, folder / f"{number}.db", request[1])
            process.stdin.write("\n")
            process.stdin.flush()
    return "".join(printed)


def run_recorded(scenario, folder):
    """Runs the program under the shim; its stdout."""
    options = {name: value for name, value in scenario.settings.items()
               if name.startswith("HEAPDIFF_")}
    settings = {**environment_of(scenario), **options}
    settings.setdefault("HEAPDIFF_OUT", "%n.db")
    settings.setdefault("HEAPDIFF_AT_EXIT", 0)
    with (folder / "stderr").open("w+") as errors, subprocess.Popen(
        [str(word) for word in command_of(scenario.source)],
        env=harness.environment(True, **settings), cwd=folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace",
    ) as process:
        try:
            printed = answer_requests(process, folder)
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


def drive_program(scenario, folder):
    plain = harness.must(
        harness.run(command_of(scenario.source), cwd=folder, **environment_of(scenario)))
    printed = run_recorded(scenario, folder)
    if printed != plain.stdout:
        raise AssertionError(f"prints {printed!r} instead of {plain.stdout!r}")
    truth = {key: int(value) for key, value in
             re.findall(r"^(growth|blocks) (\d+)$", printed, re.MULTILINE)}
    return sorted(folder.glob("*.db"), key=lambda path: int(path.stem)), truth


def drive_server(scenario, folder):
    with harness.NodeServer(scenario.source) as server:
        server.load(WARM_UP)
        before = server.settled_snapshot(folder / "1.db", "steady")
        server.load(LOAD)
        after = server.settled_snapshot(folder / "2.db", "loaded")
        server.stop()
    truth = {"growth": "bytes", "blocks": "blocks"}
    truth = {key: after[field] - before[field] for key, field in truth.items()}
    return [folder / "1.db", folder / "2.db"], truth


def measure(scenario, folder):
    """The comparison of the sample's snapshots, and the numbers that the sample itself knows."""
    paths, truth = (drive_server if scenario.is_server else drive_program)(scenario, folder)
    if len(paths) < 2:
        raise AssertionError(f"{len(paths)} snapshots")
    return harness.compare(*paths), truth
