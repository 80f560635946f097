# contained.py -- Runs a program to its end and says all that it did and left behind.
#
# SPDX-License-Identifier: Apache-2.0
"""Shared by tests/edge and tests/compatibility: the same program, plain and recorded.

The runner adopts what a program leaves (PR_SET_CHILD_SUBREAPER), so nothing outlives a run. As root
it gives itself a /dev/shm of its own, and also looks at what the program leaves there.
"""
import ctypes
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("HEAPDIFF_BUILD") or ROOT / "build").resolve()
SHIM = BUILD / "libheapdiff.so"
GRACE = 5  # seconds in which what a program started may end after it
PR_SET_CHILD_SUBREAPER, CLONE_NEWNS = 36, 0x20000
WALL = 0x40000000  # __WALL: children without a signal at their end too
MS_NODEV_NOSUID, MS_REC_PRIVATE = 6, 0x44000

# How a program is run: its name in tables, and the variables that make it so.
PLAIN = "plain"
MODES = {
    PLAIN: {},
    "bare": {"LD_PRELOAD": SHIM},
    "full": {"LD_PRELOAD": SHIM, "HEAPDIFF_FOLLOW": 1},
    "sampled": {"LD_PRELOAD": SHIM, "HEAPDIFF_SAMPLE": 524288},
    "no-thread": {"LD_PRELOAD": SHIM, "HEAPDIFF_THREAD": 0},
}

libc = ctypes.CDLL(None, use_errno=True)
is_isolated = False  # /dev/shm is ours alone


@dataclass(frozen=True)
class Outcome:
    """What is seen of a program from outside."""

    status: str  # "exit 0", "SIGSEGV", "hang"
    stdout: bytes
    stderr: bytes  # without the one line that the started program may print
    seconds: float
    left: tuple = field(default=())  # processes and files in /dev/shm that outlived it

    def seen(self):
        """What must be the same plain and recorded."""
        return {"status": self.status, "stdout": self.stdout, "stderr": self.stderr,
                "left": self.left}


def isolate():
    """Once, before the first run: adopts orphans; as root, a /dev/shm of our own."""
    global is_isolated
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.geteuid() == 0 and libc.unshare(CLONE_NEWNS) == 0:
        libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None)
        is_isolated = libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", MS_NODEV_NOSUID,
                                 b"mode=1777") == 0


def environment(mode, folder, **more):
    """This environment without our variables, then those of the mode; snapshots go to `folder`."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("HEAPDIFF_") and name not in ("LD_PRELOAD", "NODE_OPTIONS")}
    ours = dict(MODES[mode])
    if ours:
        ours["HEAPDIFF_OUT"] = Path(folder) / "%e.%p.%n.db"
    return {**kept, **{name: str(value) for name, value in {**ours, **more}.items()}}


def children(pid):
    """The children of all threads of a process; none if it is gone."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(text) for text in path.read_text().split()]
        except OSError:
            pass  # the thread is gone
    return found


def descendants(pid):
    found, waiting = [], children(pid)
    while waiting:
        found += waiting
        waiting = [child for parent in waiting for child in children(parent)]
    return found


def name_of(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "?"


def reap():
    """Takes the statuses of all that ended; a child without a signal at its end needs __WALL."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG | WALL)[0] == 0:
                return
        except ChildProcessError:
            return


def wait(process, timeout):
    """process.wait(timeout), but takes the statuses of orphans meanwhile, as init does: a program
    may poll for the end of a process that is not its child."""
    def late(*_):
        raise subprocess.TimeoutExpired(process.args, timeout)

    former = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        any_end = os.WEXITED | os.WNOWAIT | WALL
        while (pid := os.waitid(os.P_ALL, 0, any_end).si_pid) != process.pid:
            os.waitpid(pid, WALL)
        return process.wait()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def await_end(pids, deadline):
    """Waits until these processes have ended, by their own descriptors; whether they have."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:
            continue
        left = max(0, deadline - time.monotonic())
        ended = select.select([descriptor], [], [], left)[0]
        os.close(descriptor)
        if not ended:
            return False
    return True


def kill_all():
    """Kills whatever is below us, until nothing is."""
    while left := descendants(os.getpid()):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        await_end(left, time.monotonic() + 1)
        reap()


def orphans(deadline):
    """The names of the processes that are still there at the deadline."""
    while True:
        reap()
        left = descendants(os.getpid())
        if not left:
            return []
        if not await_end(left, deadline):
            return sorted(name_of(pid) for pid in left)


def shared_files():
    """What lies in /dev/shm, without numbers that differ from run to run. One that is shared with
    other tests, which run at the same time, says nothing and is left alone."""
    if not is_isolated:
        return set()
    return {re.sub(r"\d+", "N", path.name) for path in Path("/dev/shm").iterdir()}


def sweep_shared_files():
    if not is_isolated:
        return
    for path in Path("/dev/shm").glob("heapdiff.*"):
        path.unlink(missing_ok=True)


def described(returncode):
    if returncode >= 0:
        return f"exit {returncode}"
    return signal.Signals(-returncode).name


def without_own_line(stderr, pid):
    """Only the program that was started may say where its snapshot is, and once."""
    line = rb"^heapdiff: wrote [^\n]*\.%d\.[^\n]*\n" % pid
    return re.sub(line, b"", stderr, count=1, flags=re.MULTILINE)


def run(arguments, env, timeout, cwd=None, stdin=None, grace=GRACE):
    """Runs one program to its end or the timeout; nothing of it is left afterwards."""
    before = shared_files()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        begin = time.monotonic()
        process = subprocess.Popen(
            [str(argument) for argument in arguments], env=env, cwd=cwd, stdout=out, stderr=errors,
            stdin=subprocess.DEVNULL if stdin is None else stdin, start_new_session=True)
        try:
            status = described(wait(process, timeout))
        except subprocess.TimeoutExpired:
            status = "hang"
        seconds = time.monotonic() - begin
        left = [] if status == "hang" else orphans(time.monotonic() + grace)
        kill_all()
        process.wait()
        left += sorted(shared_files() - before) if status not in ("hang", "SIGKILL") else []
        sweep_shared_files()
        out.seek(0)
        errors.seek(0)
        said = without_own_line(errors.read(), process.pid)
        return Outcome(status, out.read(), said, seconds, tuple(left))
