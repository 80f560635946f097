# memory.py -- What recording takes: resident bytes at many live blocks, bytes written meanwhile.
#
# SPDX-License-Identifier: Apache-2.0
"""heapdiff's own account (rss.owner = 'heapdiff' in the exit snapshot) beside the kernel's peak."""
import sqlite3

from processes import run_under

BLOCKS = 2_000_000
FEW = 1


def own_bytes(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        query = "SELECT bytes FROM rss WHERE owner = 'heapdiff'"
        return database.execute(query).fetchone()[0]


def recorded(peers, live):
    """heapdiff's resident bytes at the end of a program with so many live blocks of 64 bytes."""
    path = peers.scratch / "memory.db"
    peers.environments["with snapshot"] = {
        **peers.environments["heapdiff"], "HEAPDIFF_AT_EXIT": "1", "HEAPDIFF_OUT": str(path)}
    run_under(peers, "with snapshot", [peers.build / "bench_churn", 1000, 24, live, 1, 1])
    result = own_bytes(path)
    path.unlink()
    return result


def measure(peers, quick):
    blocks = BLOCKS // (10 if quick else 1)
    command = [peers.build / "bench_churn", 1000, 24, blocks, 1, 1]
    peaks = {name: run_under(peers, name, command).peak for name in ("plain", "heapdiff")}
    fixed, full = recorded(peers, FEW), recorded(peers, blocks)
    return {"blocks": blocks, "own_bytes": full, "fixed_bytes": fixed,
            "bytes_per_block": (full - fixed) / blocks,
            "peak_difference": peaks["heapdiff"] - peaks["plain"]}


def measure_writing(peers, quick):
    """Bytes that 2 M pairs write, exit included but no snapshot; plain's own output taken off."""
    pairs = 100_000 if quick else 2_000_000
    command = [peers.build / "bench_churn", pairs, 24, 10_000, 1, 1]
    found = {name: run_under(peers, name, command)
             for name in peers.choose(["plain", "heapdiff", "heaptrack"])}
    result = {name: one.written - found["plain"].written for name, one in found.items()}
    if "heaptrack" in found:
        result["heaptrack"] = found["heaptrack"].written
        result["heaptrack, uncompressed"] = found["heaptrack"].piped
    return {"pairs": pairs, **result}
