#!/usr/bin/env python3
# test_edge.py -- Programs at the edge of what is allowed: the same with us and without?
#
# SPDX-License-Identifier: Apache-2.0
"""Each row of rows.py is one test; `test_edge.py LIST` prints the rows, `test_edge.py Edge.NAME`
runs one, `test_edge.py 1/2` every second row: two of these run side by side. What must be the same:
exit status, stdout, stderr, processes and files left behind.
"""
import hashlib
import os
import re
import shutil
import stat
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import contained  # noqa: E402
from rows import REASON, ROWS  # noqa: E402

PROGRAMS = contained.BUILD / "tests" / "edge" / "programs"
NOT_HERE = "exit 77"  # the kernel or the machine cannot do what the program is about
TIMEOUT = 25  # seconds; the slowest program takes two


def words(row):
    """The command of a row: our programs and libraries by their paths."""
    paths = {path.name: str(path) for path in PROGRAMS.iterdir()}
    pattern = r"@([\w.]+)"
    return [re.sub(pattern, lambda match: paths[match[1]], word) for word in row.command]


def content(path, what):
    """A file's content; a core's is the process, which differs."""
    if not stat.S_ISREG(what.st_mode) or path.name.startswith("core"):
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def files(folder):
    """Name, kind, rights, owner and content of all that a program left in its folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        what = path.lstat()
        name = re.sub(r"\d+", "N", str(path.relative_to(folder)))
        found.append((name, oct(what.st_mode), what.st_uid, content(path, what)))
    return found


def run(row, mode):
    """All that is seen of a row's program in this mode."""
    folder = Path(tempfile.mkdtemp(prefix="heapdiff-edge."))
    try:
        folder.chmod(0o755)
        for name in ("work", "snapshots"):
            (folder / name).mkdir()
            (folder / name).chmod(0o1777)
        more = row.variables if mode != contained.PLAIN else {
            name: value for name, value in row.variables.items() if "HEAPDIFF" not in name}
        env = contained.environment(mode, folder / "snapshots", **more)
        env = {name: re.sub(r"@([\w.]+)", rf"{PROGRAMS}/\1", value) for name, value in env.items()}
        seen = contained.run(words(row), env, TIMEOUT, folder / "work").seen()
        may_say = REASON if mode == "no-thread" else row.may_say
        seen["stderr"] = re.sub(may_say.encode(), b"", seen["stderr"], count=1)
        return {**seen, "files": files(folder / "work")}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Edge(unittest.TestCase):
    maxDiff = 2000

    def same(self, row):
        plain = run(row, contained.PLAIN)
        if plain["status"] == NOT_HERE:
            self.skipTest("not on this machine")
        self.assertEqual(plain["status"], row.status, plain["stderr"])
        for mode in row.modes:
            with self.subTest(mode=mode):
                self.assertEqual(run(row, mode), plain)


def method(row):
    def test(self):
        if row.root and os.geteuid() != 0:
            self.skipTest("needs root")
        self.same(row)
    return test


def chosen(words):
    """The rows of this part, and the words that are left for unittest."""
    part = re.fullmatch(r"(\d+)/(\d+)", words[0]) if words else None
    if not part:
        return ROWS, words
    number, parts = int(part[1]), int(part[2])
    return ROWS[number - 1::parts], words[1:]


if __name__ == "__main__":
    if sys.argv[1:] == ["LIST"]:
        sys.exit(print("\n".join(f"{row.name}: {' '.join(row.command)}" for row in ROWS)))
    rows, sys.argv[1:] = chosen(sys.argv[1:])
    for each in rows:
        setattr(Edge, "test_" + each.name, method(each))
    contained.isolate()
    unittest.main(verbosity=2)
