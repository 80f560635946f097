# passes.py -- Runs a suite plain and recorded, again where the two differ, and compares.
#
# SPDX-License-Identifier: Apache-2.0
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import contained
from suite import Missing, Pass

CACHE = contained.ROOT / ".cache" / "compatibility"
ABSENT = "absent"


@dataclass
class Result:
    """What the passes of a suite gave: each mode's outcomes, one dictionary a pass."""

    name: str
    version: str = ""
    skipped: str = ""
    passes: dict = field(default_factory=dict)
    seconds: float = 0

    def seen(self, mode, subtest):
        return [outcomes.get(subtest, ABSENT) for outcomes in self.passes.get(mode, [])]

    def subtests(self):
        return sorted({name for passes in self.passes.values()
                       for outcomes in passes for name in outcomes})

    def verdict(self, mode, subtest):
        """equal; unstable when some outcome occurs both plain and recorded; else differing."""
        plain, recorded = set(self.seen(contained.PLAIN, subtest)), set(self.seen(mode, subtest))
        if len(plain | recorded) == 1:
            return "equal"
        return "unstable" if plain & recorded else "differing"

    def modes(self):
        return [mode for mode in self.passes if mode != contained.PLAIN]

    def count(self, verdict):
        """Subtests with this verdict in some mode."""
        return sum(any(self.verdict(mode, subtest) == verdict for mode in self.modes())
                   for subtest in self.subtests())

    def bad(self):
        return self.count("differing") > 0


class Machine:
    """This machine: what is installed on it, and the passes that it makes."""

    def __init__(self, modes, again, install):
        self.modes, self.again, self.install = modes, again, install

    def require(self, packages):
        lacking = [name for name in packages if not is_installed(name)]
        if lacking and self.install:
            subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends",
                            *lacking], check=False, capture_output=True)
            lacking = [name for name in lacking if not is_installed(name)]
        if lacking:
            raise Missing("no package " + ", ".join(lacking))

    def compare(self, suite):
        result = Result(suite.name)
        begin = time.monotonic()
        try:
            self.require(suite.packages)
            CACHE.mkdir(parents=True, exist_ok=True)
            if suite.prepare:
                suite.prepare(CACHE)
            result.version = version(suite)
            self.passes(suite, result)
        except Missing as error:
            result.skipped = str(error)
        result.seconds = time.monotonic() - begin
        return result

    def passes(self, suite, result):
        for mode in (contained.PLAIN, *self.modes):
            result.passes[mode] = [one_pass(suite, mode)]
        for _ in range(self.again):
            different = [mode for mode in self.modes
                         if any(result.verdict(mode, name) == "differing"
                                for name in result.subtests())]
            for mode in (contained.PLAIN, *different) if different else ():
                result.passes[mode].append(one_pass(suite, mode))


def one_pass(suite, mode):
    """In the same folder as all other passes: programs put its path into what they write."""
    folder = Path(tempfile.gettempdir()) / f"heapdiff-compat.{os.getpid()}"
    folder.mkdir()
    try:
        this = Pass(mode, folder, CACHE)
        suite.run(this)
        return this.outcomes
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_installed(package):
    state = subprocess.run(["dpkg-query", "-W", "-f", "${Status}", package],
                           capture_output=True, text=True, check=False)
    return state.stdout == "install ok installed"


def version(suite):
    """The number in the first line that the suite's program says of itself."""
    command = suite.version() if callable(suite.version) else suite.version
    if not command:
        return ""
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    first = (said.stdout or said.stderr).strip().split("\n")[0]
    number = re.search(r"\d+(\.\d+)+[\w.+~-]*", first)
    return number[0] if number else first
