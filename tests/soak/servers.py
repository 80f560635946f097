# servers.py -- The servers of the soak, their load, and what is measured of them.
#
# SPDX-License-Identifier: Apache-2.0
import subprocess
import time
from pathlib import Path

import harness

HERE = Path(__file__).resolve().parent


def children(pid):
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(text) for text in path.read_text().split()]
    return found + [below for child in found for below in children(child)]


class Server:
    """A recorded server, the program that loads it until the end, and its measurements."""

    def __init__(self, name, folder, command, load, **options):
        self.name, self.folder, self.measured = name, folder, []
        self.program = harness.Program(command, cwd=folder, HEAPDIFF_AT_EXIT=0, **options)
        self.begin()
        self.load = subprocess.Popen(load(self), cwd=folder, env=harness.environment(False),
                                     stdout=subprocess.DEVNULL)

    def begin(self):
        """Waits until the server answers."""

    def measure(self, now):
        if self.program.process.poll() is not None or self.load.poll() is not None:
            raise AssertionError(f"{self.name} or its load has ended\n{self.program.stderr()}")
        path = self.folder / f"{self.name}.db"
        begin = time.monotonic()
        harness.snapshot(self.program.pid, path, "soak")
        milliseconds = (time.monotonic() - begin) * 1000
        own = harness.ask(path, "SELECT sum(bytes) FROM rss WHERE owner = 'heapdiff'")[0]
        processes = [self.program.pid, *children(self.program.pid)]
        self.measured.append({
            "seconds": now, "own memory, KiB": own / 1024, "snapshot, ms": milliseconds,
            "file, KiB": path.stat().st_size / 1024, "processes": len(processes),
            "descriptors": sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in processes),
            "threads": sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in processes)})
        path.unlink()

    def close(self):
        self.load.kill()
        self.load.wait()
        self.program.close()


class Node(Server):
    def __init__(self, folder):
        super().__init__("node", folder, ["node", HERE / "server.js"],
                         lambda server: ["node", HERE / "load.js", str(server.port)],
                         NODE_OPTIONS=harness.NODE_OPTIONS)

    def begin(self):
        self.port = self.program.await_line(r"^listening on (\d+)$")[1]


class Redis(Server):
    def __init__(self, folder):
        socket = folder / "redis.socket"
        super().__init__(
            "redis", folder, ["redis-server", "--port", "0", "--unixsocket", socket, "--save", ""],
            lambda server: ["redis-benchmark", "-s", str(socket), "-l", "-r", "5000", "-c", "8",
                            "-q", "-t", "set,get,incr,lpush,lpop,sadd,spop,hset,zadd,zpopmin"])

    def begin(self):
        self.program.await_line(r"eady to accept connections")


KINDS = {"node": Node, "redis": Redis}
