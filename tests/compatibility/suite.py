# suite.py -- What a suite of tests is: a name, what it needs, and one pass over it.
#
# SPDX-License-Identifier: Apache-2.0
import hashlib
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import contained


class Missing(Exception):
    """A suite cannot be had on this machine; says why."""


@dataclass(frozen=True)
class Suite:
    """One row. `run` makes one pass and answers {subtest: outcome}; both are plain texts."""

    name: str
    what: str
    run: Callable
    packages: tuple = ()  # Debian's
    version: tuple = ()  # a command that says its version, or what answers one
    prepare: Callable = None  # fetches and builds what a pass needs; raises Missing
    short: bool = False  # in the set of continuous integration


class Pass:
    """One pass of one suite in one mode, in an empty folder of its own."""

    def __init__(self, mode, folder, cache):
        self.mode, self.cache = mode, cache
        self.folder = Path(folder) / "work"
        self.snapshots = Path(folder) / "snapshots"
        for path in (Path(folder), self.folder, self.snapshots):
            path.mkdir(exist_ok=True)
            path.chmod(0o1777)  # a suite may run as another user
        self.outcomes = {}

    def do(self, arguments, timeout=60, cwd=None, stdin=None, **variables):
        """Runs one program of the suite as the mode says."""
        env = contained.environment(self.mode, self.snapshots, **variables)
        outcome = contained.run(arguments, env, timeout, cwd or self.folder, stdin)
        self.drop_snapshots()
        return outcome

    def drop_snapshots(self):
        shutil.rmtree(self.snapshots, ignore_errors=True)
        self.snapshots.mkdir(exist_ok=True)
        self.snapshots.chmod(0o1777)

    def note(self, subtest, outcome):
        self.outcomes[str(subtest)] = str(outcome)

    def note_program(self, subtest, outcome, *files, output=True):
        """All that is seen of a program, and of the files that it made, is the outcome."""
        parts = [outcome.status, *outcome.left]
        if output:
            parts += [brief(outcome.stdout), brief(outcome.stderr)]
        parts += [brief(read(self.folder / file)) for file in files]
        self.note(subtest, " ".join(part for part in parts if part))

    def check(self, subtest, arguments, *files, output=True, **options):
        """do() and note_program() in one."""
        outcome = self.do(arguments, **options)
        self.note_program(subtest, outcome, *files, output=output)
        return outcome

    def note_end(self, outcome):
        """How the suite's own driver ended, and what it left behind."""
        self.note("(end)", " ".join([outcome.status, *outcome.left]))


def read(path):
    try:
        return path.read_bytes()
    except OSError as error:
        return error.strerror.encode()


def brief(data):
    """A short text as it is, a long one by its hash."""
    text = data.decode(errors="replace").strip()
    if len(text) <= 200:
        return text
    return f"{len(data)}:{hashlib.sha256(data).hexdigest()[:12]}"


def lines(pattern, text):
    """All matches of a pattern that has one line of a suite's log."""
    return re.finditer(pattern, text, re.MULTILINE)


def program(name):
    """The path of a program; the suite is missing without it."""
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if not path:
        raise Missing(f"{name} is not installed")
    return path
