#!/usr/bin/env python3
# test_stress.py -- Nothing hangs and nothing crashes: stress.cpp and copies.c under the shim.
#
# SPDX-License-Identifier: Apache-2.0
"""HEAPDIFF_STRESS_SECONDS makes it longer or shorter. A hang is killed and fails; what snapshots
there are must be whole files. What fails once in a thousand runs must be understood from one: a
run that fails keeps its folder, with all that was said, under HEAPDIFF_STRESS_KEEP (default: the
build's folder of this test), and for a hang the stacks of all threads of all processes."""
import glob
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

PROGRAMS = os.environ["HEAPDIFF_STRESS_PROGRAMS"]
KEEP = os.environ.get("HEAPDIFF_STRESS_KEEP", PROGRAMS)
SHIM = os.path.join(os.environ["HEAPDIFF_BUILD"], "libheapdiff.so")
SECONDS = int(os.environ.get("HEAPDIFF_STRESS_SECONDS", "12"))


def family(pid):
    """The process and all that descend from it."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True,
                              check=False).stdout.split()
    return [pid] + [one for child in children for one in family(int(child))]


def describe(pid, out):
    """What every thread of a process is doing: the kernel's words, and gdb's where it is there."""
    for task in sorted(glob.glob(f"/proc/{pid}/task/*")):
        for name in ("comm", "syscall", "wchan"):
            try:
                with open(os.path.join(task, name), encoding="utf-8") as file:
                    print(task, name, file.read().strip(), file=out)
            except OSError as error:
                print(task, name, error, file=out)
    out.flush()
    if shutil.which("gdb"):
        subprocess.run(["gdb", "-p", str(pid), "-batch", "-ex", "thread apply all bt"],
                       stdout=out, stderr=out, stdin=subprocess.DEVNULL, timeout=120, check=False)


def run(folder, command, patience, **more):
    """Its exit status, or that it hung; stdout and stderr lie in the folder."""
    env = dict(os.environ, LD_PRELOAD=SHIM, HEAPDIFF_VERBOSE="1", **more)
    with (open(os.path.join(folder, "stdout"), "w", encoding="utf-8") as out,
          open(os.path.join(folder, "stderr"), "w", encoding="utf-8") as err,
          subprocess.Popen(command, env=env, stdout=out, stderr=err, cwd=folder) as process):
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            with open(os.path.join(folder, "hang"), "w", encoding="utf-8") as hang:
                for pid in family(process.pid):
                    describe(pid, hang)
            process.kill()
            return f"none: killed after {patience} s, see {folder}/hang"


def check(folder, left):
    """What the program did, and every file that it left; left decides about their names."""
    with open(os.path.join(folder, "stdout"), encoding="utf-8") as file:
        lines = file.read().split("\n")
    assert "done" in lines
    for line in lines[:lines.index("done")]:
        assert int(line.split()[1]) > 0, f"nothing came of it: {line}"
    names = sorted(set(os.listdir(folder)) - {"stdout", "stderr"})
    assert left(names), names
    for name in names:
        with sqlite3.connect(os.path.join(folder, name)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",), name


def tail(path, size=2000):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()[-size:]


def stress(title, command, patience, left, **more):
    folder = tempfile.mkdtemp(prefix="heapdiff-stress.")
    began = time.monotonic()
    try:
        status = run(folder, command, patience, **more)
        print(f"{title}: {time.monotonic() - began:.2f} s, exit status {status}")
        print(tail(os.path.join(folder, "stdout")), tail(os.path.join(folder, "stderr")))
        assert status == 0, f"{title}: exit status {status}"
        check(folder, left)
    except BaseException:
        kept = tempfile.mkdtemp(prefix="failed.", dir=KEEP)
        names = sorted(os.listdir(folder))
        shutil.move(folder, kept)
        print(f"{title}: kept in {kept}: {names}", file=sys.stderr)
        raise
    shutil.rmtree(folder)


def program(name, *words):
    return [os.path.join(PROGRAMS, name), *map(str, words)]


def everything(seconds):
    """The command, and how long it may take."""
    plugins = [os.path.join(PROGRAMS, f"lib{name}.so") for name in ("one", "two")]
    return program("stress", seconds, *plugins), seconds + 60


def main():
    short = max(SECONDS // 6, 2)
    stress("everything at once", *everything(SECONDS), HEAPDIFF_OUT="%l.db",
           # Every snapshot replaces the last one, while others read and write.
           left=lambda names: names == ["exit.db", "stress.db"])
    stress("forked children record too, and leave their own", *everything(short),
           HEAPDIFF_OUT="%p.%l.db", HEAPDIFF_FOLLOW="1",
           left=lambda names: len(names) > 2 and all(name.endswith(".db") for name in names))
    stress("a copy of the process writes each snapshot", *everything(short),
           HEAPDIFF_OUT="%l.db", HEAPDIFF_BLOCKS="1",
           left=lambda names: names == ["exit.db", "stress.db"])
    stress("children without fork handlers", program("copies", min(10 * SECONDS, 100)), 60,
           HEAPDIFF_OUT="%l.db", HEAPDIFF_BLOCKS="1",
           left=lambda names: names == ["copies.db", "exit.db"])


if __name__ == "__main__":
    main()
