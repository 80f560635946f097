# processes.py -- One measured process: its output, its CPU time, what it wrote, its peak memory.
#
# SPDX-License-Identifier: Apache-2.0
"""Everything is read after the end and before the process is reaped: nothing is polled."""
import os
import shutil
import subprocess
import time
from dataclasses import dataclass

from peers import HEAPTRACK, clean_environment


@dataclass
class Measured:
    output: str
    wall: float  # seconds
    cpu: float  # seconds, user and system, with awaited children
    peak: int  # bytes
    written: int  # bytes given to write calls, and bytes dirtied in mapped files
    piped: int = 0  # bytes given to helpers that compress them


def written_by(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        counts = dict(line.split(": ") for line in file.read().splitlines())
    return int(counts["wchar"]) + int(counts["write_bytes"])


def reap(process):
    """(bytes written, resource usage) of a process that ends by itself."""
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    written = written_by(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return written, usage


def run(arguments, environment, cwd=None, stdin=None):
    begun = time.perf_counter()
    process = subprocess.Popen([str(argument) for argument in arguments], env=environment, cwd=cwd,
                               stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    output = process.stdout.read()
    words = process.stderr.read()
    written, usage = reap(process)
    wall = time.perf_counter() - begun
    if process.returncode != 0:
        raise RuntimeError(f"{arguments}: exit {process.returncode}\n{output}{words}")
    return Measured(output, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, written)


class HeaptrackHelpers:
    """What the command `heaptrack` puts behind the program: an interpreter and a compressor."""

    def __init__(self, scratch):
        self.pipe = scratch / "heaptrack.pipe"
        self.path = scratch / "heaptrack.out"
        self.cpu = self.written = 0

    def __enter__(self):
        self.pipe.unlink(missing_ok=True)
        os.mkfifo(self.pipe)
        source = os.open(self.pipe, os.O_RDWR)  # so that no open waits for the other end
        with open(self.path, "wb") as result:
            interpreter = subprocess.Popen([HEAPTRACK / "libexec/heaptrack_interpret"],
                                           stdin=open(self.pipe, "rb"), stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL, env=clean_environment())
            compressor = subprocess.Popen(["zstd" if shutil.which("zstd") else "gzip", "-c"],
                                          stdin=interpreter.stdout, stdout=result,
                                          env=clean_environment())
        interpreter.stdout.close()
        self.processes, self.source = [interpreter, compressor], source
        return self

    def __exit__(self, *_):
        os.close(self.source)  # the program has ended: the interpreter reads the end
        for process in self.processes:
            _, usage = reap(process)
            self.cpu += usage.ru_utime + usage.ru_stime
        self.written = self.path.stat().st_size
        self.pipe.unlink()


def run_under(peers, name, arguments, **more):
    """A program under a contender. heaptrack's helpers count: their CPU time, and their file
    instead of the pipe that the program writes to."""
    if name != "heaptrack":
        return run(arguments, peers.environment(name), **more)
    with HeaptrackHelpers(peers.scratch) as helpers:
        environment = peers.environment(name, DUMP_HEAPTRACK_OUTPUT=str(helpers.pipe))
        measured = run(arguments, environment, **more)
    measured.cpu += helpers.cpu
    measured.piped, measured.written = measured.written, helpers.written
    return measured
