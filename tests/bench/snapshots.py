# snapshots.py -- What a snapshot costs: the program's longest gap, the time, the size of the file.
#
# SPDX-License-Identifier: Apache-2.0
"""A program stamps the clock and says the longest gap; it rests for a while, and then a snapshot is
taken. The figure is the difference: what the program has from its own machine is not ours."""
import sqlite3
import subprocess
import time
from pathlib import Path

REST_MS = 1000
TIMES = 3  # snapshots a round: the worst one counts
CASES = {  # name: blocks, stacks, MiB of RSS, list of blocks
    "1 GiB": (1_000_000, 100_000, 1024, False),
    "4 GiB": (1_000_000, 100_000, 4096, False),
    "1 GiB, --blocks": (1_000_000, 100_000, 1024, True),
}
NODE = "node"


class Stamping:
    """A program of pause.c or pause.cjs."""

    def __init__(self, peers, arguments):
        self.process = subprocess.Popen([str(word) for word in arguments], text=True,
                                        env=peers.environment("heapdiff"), cwd=peers.scratch,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.pid = int(self.process.stdout.readline())

    def ask(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def take(peers, pid, path, blocks):
    """Seconds that the command took."""
    begun = time.perf_counter()
    subprocess.run([peers.build / "heapdiff", "snapshot", str(pid), "-o", path,
                    *(["--blocks"] if blocks else [])], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def counts(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return database.execute(
            "SELECT rss_bytes, (SELECT count(*) FROM stack), (SELECT count(*) FROM block)"
            " FROM snapshot").fetchone()


def measure_one(peers, arguments, blocks):
    path = Path(peers.scratch) / "pause.db"
    with Stamping(peers, arguments) as program:
        take(peers, program.pid, path, blocks)  # the first one learns what is loaded
        quiet, gaps, seconds = program.ask(f"rest {REST_MS}"), [], []
        for _ in range(TIMES):
            program.ask("reset")
            seconds.append(take(peers, program.pid, path, blocks))
            gaps.append(program.ask("longest"))
    rss, stacks, listed = counts(path)
    result = {"rest_us": quiet, "gap_us": max(gaps), "added_us": max(gaps) - quiet,
              "seconds": max(seconds), "file_bytes": path.stat().st_size, "rss_bytes": rss,
              "stacks": stacks, "blocks": listed}
    path.unlink()
    return result


def measure(peers, quick, missing):
    """{case: figures}; a Node program is one more case."""
    result = {}
    for name, (blocks, stacks, rss, listed) in CASES.items():
        shrink = 50 if quick else 1
        result[name] = measure_one(peers, [peers.build / "bench_pause", blocks // shrink,
                                           stacks // shrink, rss // shrink], listed)
    if NODE not in missing:
        script = Path(__file__).with_name("pause.cjs")
        result[NODE] = measure_one(peers, ["node", script], False)
    return result
