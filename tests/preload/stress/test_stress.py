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


def main():
    with tempfile.TemporaryDirectory() as folder:
        # %l instead of %n: every snapshot replaces the last one, while others read and write.
        env = dict(os.environ, LD_PRELOAD=SHIM, HEAPDIFF_OUT=os.path.join(folder, "%l.db"))
        result = subprocess.run(
            [os.path.join(PROGRAMS, "stress"), str(SECONDS), plugin("one"), plugin("two")],
            env=env, capture_output=True, text=True, timeout=SECONDS + 60, cwd=folder, check=False)
        print(result.stdout, result.stderr)
        assert result.returncode == 0, f"exit status {result.returncode}"
        lines = result.stdout.split("\n")
        assert "done" in lines
        for line in lines[:lines.index("done")]:
            assert int(line.split()[1]) > 0, f"nothing came of it: {line}"
        for path in glob.glob(os.path.join(folder, "*.db")):
            with sqlite3.connect(path) as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",), path
        assert sorted(os.listdir(folder)) == ["exit.db", "stress.db"], os.listdir(folder)


if __name__ == "__main__":
    main()
