#!/usr/bin/env python3
# test_stress.py -- Nothing hangs and nothing crashes: stress.cpp under the shim, for a minute.
#
# SPDX-License-Identifier: Apache-2.0
"""HEAPDIFF_STRESS_SECONDS makes it longer or shorter. A hang is killed and fails; what snapshots
there are must be whole files."""
import glob
import os
import sqlite3
import subprocess
import tempfile

PROGRAMS = os.environ["HEAPDIFF_STRESS_PROGRAMS"]
SHIM = os.path.join(os.environ["HEAPDIFF_BUILD"], "libheapdiff.so")
SECONDS = int(os.environ.get("HEAPDIFF_STRESS_SECONDS", "60"))


def plugin(name):
    return os.path.join(PROGRAMS, f"lib{name}.so")


def stress(folder, seconds, out, **more):
    """Runs it, lets it say what it did, and looks at every file it left."""
    env = dict(os.environ, LD_PRELOAD=SHIM, HEAPDIFF_OUT=os.path.join(folder, out), **more)
    result = subprocess.run(
        [os.path.join(PROGRAMS, "stress"), str(seconds), plugin("one"), plugin("two")],
        env=env, capture_output=True, text=True, timeout=seconds + 60, cwd=folder, check=False)
    print(result.stdout, result.stderr[-2000:])
    assert result.returncode == 0, f"exit status {result.returncode}"
    lines = result.stdout.split("\n")
    assert "done" in lines
    for line in lines[:lines.index("done")]:
        assert int(line.split()[1]) > 0, f"nothing came of it: {line}"
    for path in glob.glob(os.path.join(folder, "*.db")):
        with sqlite3.connect(path) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",), path
    return os.listdir(folder)


def main():
    with tempfile.TemporaryDirectory() as folder:
        # Every snapshot replaces the last one, while others read and write.
        left = stress(folder, SECONDS, "%l.db")
        assert sorted(left) == ["exit.db", "stress.db"], left
    with tempfile.TemporaryDirectory() as folder:
        # Forked children record too and leave their own.
        left = stress(folder, max(SECONDS // 6, 2), "%p.%l.db", HEAPDIFF_FOLLOW="1")
        assert len(left) > 2 and all(name.endswith(".db") for name in left), left
    with tempfile.TemporaryDirectory() as folder:
        # A copy of the process writes each snapshot, while others fork, map and load.
        left = stress(folder, max(SECONDS // 6, 2), "%l.db", HEAPDIFF_BLOCKS="1")
        assert sorted(left) == ["exit.db", "stress.db"], left


if __name__ == "__main__":
    main()
