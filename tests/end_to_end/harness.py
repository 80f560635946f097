# harness.py -- Programs with and without the shim, awaited by what they say and never by time.
#
# SPDX-License-Identifier: Apache-2.0
"""Shared by the end-to-end tests and tests/runner.py; Python's standard library only.

HEAPDIFF_BUILD names the build folder to be tested (default: build/ at the top).
"""
import json
import os
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("HEAPDIFF_BUILD") or ROOT / "build").resolve()
SHIM = BUILD / "libheapdiff.so"
COMMAND = BUILD / "heapdiff"
SAMPLES = ROOT / "samples"
PROGRAMS = BUILD / "tests" / "end_to_end" / "programs"
NODE_OPTIONS = "--perf-basic-prof --interpreted-frames-native-stack"
TIMEOUT = 60  # seconds, the most that anything is waited for


def environment(recorded, **options):
    """This environment without our variables, then with them if `recorded`, then `options`."""
    result = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HEAPDIFF_") and name not in ("LD_PRELOAD", "NODE_OPTIONS")
    }
    if recorded:
        result["LD_PRELOAD"] = str(SHIM)
    result.update({name: str(value) for name, value in options.items()})
    return result


def run(arguments, recorded=False, cwd=None, stdin=None, **options):
    """Runs a program to its end; the result has returncode, stdout and stderr as text."""
    return subprocess.run(
        [str(argument) for argument in arguments],
        env=environment(recorded, **options),
        cwd=cwd,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=TIMEOUT,
        check=False,
    )


def tools_environment(**options):
    """environment() for the page's tools, with a Node that they take (tests/run.sh)."""
    folders = [str(ROOT / ".cache" / "node" / "bin"), os.environ["PATH"]]
    return environment(False, PATH=os.pathsep.join(folders), **options)


def run_tool(arguments, **options):
    """run() with that environment."""
    return run(arguments, PATH=tools_environment()["PATH"], **options)


def heapdiff(*arguments, **options):
    return run([COMMAND, *arguments], **options)


def must(result):
    """The result of a program that has to succeed."""
    if result.returncode != 0:
        command = " ".join(map(str, result.args))
        raise AssertionError(f"{command}: exit {result.returncode}\n{result.stdout}{result.stderr}")
    return result


def snapshot(pid, path, label, *more):
    printed = must(heapdiff("snapshot", pid, "--label", label, "-o", path, *more)).stdout
    if printed != f"{path}\n":
        raise AssertionError(f"snapshot printed {printed!r} instead of {path}")
    return path


def ask(path, question):
    """The first row that a snapshot answers."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return database.execute(question).fetchone()
    finally:
        database.close()


def check_whole(path):
    """Raises unless the file is sound, with every table of the schema."""
    text = (ROOT / "preload" / "format" / "schema.sql").read_text()
    tables = set(re.findall(r"^CREATE TABLE (\w+)", text, re.MULTILINE))
    verdict = ask(path, "PRAGMA integrity_check")
    there = ask(path, "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table'")
    missing = tables - set((there[0] or "").split(","))
    if verdict != ("ok",) or missing or ask(path, "SELECT count(*) FROM snapshot") != (1,):
        raise AssertionError(f"{path}: {verdict}, missing: {missing}")


def compare(*paths):
    return json.loads(must(heapdiff("compare", *paths, "--format", "json")).stdout)


def control_pid(pid):
    """The control process of a recorded program: its child that is called heapdiff."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            if Path(f"/proc/{child}/comm").read_text() == "heapdiff\n":
                return int(child)
    raise AssertionError(f"process {pid} has no control process")


class Ended:
    """Waits for the end of a process that need not be a child."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        try:
            self.fd = os.pidfd_open(self.pid)
        except ProcessLookupError:
            self.fd = None
        return self

    def __exit__(self, *_):
        if self.fd is not None:
            os.close(self.fd)

    def wait(self):
        if self.fd is not None and not select.select([self.fd], [], [], TIMEOUT)[0]:
            raise AssertionError(f"process {self.pid} does not end")


class Program:
    """A program beside the test: its stdout is read line by line, its stderr kept in a file."""

    def __init__(
        self, arguments, recorded=True, cwd=None, stdin=subprocess.DEVNULL, **options
    ):
        self.errors = tempfile.TemporaryFile("w+", errors="replace")
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments],
            env=environment(recorded, **options),
            cwd=cwd,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )
        self.pid = self.process.pid
        self.pending = b""

    def stderr(self):
        self.errors.seek(0)
        return self.errors.read()

    def await_line(self, pattern):
        """The match of `pattern` in the first line of stdout that has it."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            while b"\n" in self.pending:
                line, self.pending = self.pending.split(b"\n", 1)
                match = re.search(pattern, line.decode(errors="replace"))
                if match:
                    return match
            left = max(0, deadline - time.monotonic())
            if not select.select([self.process.stdout], [], [], left)[0]:
                raise AssertionError(f"no line like {pattern!r} in {TIMEOUT} s\n{self.stderr()}")
            part = os.read(self.process.stdout.fileno(), 65536)
            if not part:
                raise AssertionError(f"ended without a line like {pattern!r}\n{self.stderr()}")
            self.pending += part

    def stop(self, number=signal.SIGTERM):
        """Ends the program as its users would; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(TIMEOUT)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


class NodeServer(Program):
    """The sample server on a port of its own, in a folder of its own: V8 leaves a log there."""

    def __init__(self, script=SAMPLES / "node-server" / "server.js", recorded=True, **options):
        options.setdefault("NODE_OPTIONS", NODE_OPTIONS)
        options.setdefault("HEAPDIFF_AT_EXIT", 0)
        self.folder = tempfile.TemporaryDirectory(prefix="heapdiff-test.")
        super().__init__(["node", script, 0], recorded=recorded, cwd=self.folder.name, **options)
        self.load_script = Path(script).with_name("load.js")
        self.port = int(self.await_line(r"^listening on (\d+)$")[1])

    def close(self):
        super().close()
        self.folder.cleanup()

    def get(self, route):
        url = f"http://127.0.0.1:{self.port}/{route}"
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            return json.load(answer)

    def load(self, requests):
        """Puts load on all routes; the digest over all answers."""
        result = must(run(["node", self.load_script, self.port, requests]))
        return re.search(r"^answers (\w+)$", result.stdout, re.MULTILINE)[1]

    def settled_snapshot(self, path, label):
        """Collects garbage, takes a snapshot; what the server knows that it keeps."""
        self.get("gc")
        kept = self.get("stats")["uploads"]
        snapshot(self.pid, path, label)
        return kept


def own_frame(site):
    """The frame that a site is named by."""
    return site["frame"]


def without_brackets(text, opening, closing):
    """`Memo<int>::get<int>(int)` -> `Memo::get(int)`, for < and >."""
    result, depth = [], 0
    for letter in text:
        depth += letter == opening
        if depth == 0:
            result.append(letter)
        depth -= letter == closing
    return "".join(result)


def bare_name(function):
    """`Dialog* (anonymous namespace)::Widget::add<Dialog>(int) const` -> `add`."""
    name = (function or "").replace("(anonymous namespace)", "anonymous")
    name = name.replace("operator()", "operator-call")
    name = without_brackets(without_brackets(name, "<", ">"), "(", ")").removesuffix(" const")
    name = name.split("::")[-1].split(" ")[-1]
    return name.replace("operator-call", "operator()")


def site_names(comparison):
    return [bare_name(own_frame(site)["function"]) for site in comparison["sites"]]


class TestCase(unittest.TestCase):
    """A test with a folder of its own, self.folder, that is gone afterwards."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="heapdiff-test."))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def assert_parts_add_up(self, comparison):
        verdict = comparison["verdict"]
        parts = sum(part["growth_bytes"] for part in verdict["parts"])
        self.assertEqual(parts, verdict["rss_growth_bytes"])

    def assert_within(self, value, expected, percent):
        allowed = abs(expected) * percent / 100
        message = f"{value} is not {expected}±{percent}%"
        self.assertLessEqual(abs(value - expected), allowed, message)


def main():
    unittest.main(verbosity=2)
