# starts.py -- What the start and the end of a process cost, alone and in a pipe, in CPU time.
#
# SPDX-License-Identifier: Apache-2.0
"""CPU time is that of the process and of all that it has waited for: our control process is one of
these. The exit snapshot is off: it is not part of a start, and has a row of its own.
"""
import os
from pathlib import Path
from statistics import median

TIMES = 100  # runs of a way and round
LENGTH = 100  # processes of the pipeline
TRUE = "/bin/true"

# A child of a recorded program knows by HEAPDIFF_ROOT that it is another process.
CHILD = {"HEAPDIFF_ROOT": "1.1"}
WAYS = {  # name: the contender, and more variables
    "plain": ("plain", {}),
    "passive": ("heapdiff", CHILD),
    "recorded": ("heapdiff", {}),
    "recorded by FOLLOW": ("heapdiff", {**CHILD, "HEAPDIFF_FOLLOW": "1"}),
    "recorded by FOLLOW, exit snapshot": ("heapdiff", {**CHILD, "HEAPDIFF_FOLLOW": "1",
                                                       "HEAPDIFF_AT_EXIT": "1"}),
}
PIPELINES = ("plain", "passive", "recorded by FOLLOW")


def cpu(command, environment):
    """Milliseconds that the process used, with all that it has waited for."""
    pid = os.posix_spawn(command[0], command, environment)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise RuntimeError(f"{command}: status {status}")
    return 1000 * (usage.ru_utime + usage.ru_stime)


def environments(peers):
    """By way; a build without the shim has the plain one only."""
    folder = Path(peers.scratch) / "starts"
    folder.mkdir(exist_ok=True)
    own = {"HEAPDIFF_OUT": str(folder / "%e.%p.%n.db"), "HEAPDIFF_QUIET": "1"}
    return {way: peers.environment(contender, **({} if contender == "plain" else own), **more)
            for way, (contender, more) in WAYS.items()}, folder


def sweep(folder):
    for path in folder.iterdir():
        path.unlink()


def measure(peers, quick):
    """{'one': {way: ms}, 'pipeline': {way: ms a process}}; a run of each way in turn."""
    ways, folder = environments(peers)
    found = {way: [] for way in ways}
    for _ in range(5 if quick else TIMES):
        for way, environment in ways.items():
            found[way].append(cpu([TRUE], environment))
        sweep(folder)
    line = " | ".join([TRUE] * LENGTH)
    pipes = {way: [cpu(["/bin/sh", "-c", line], ways[way]) / LENGTH
                   for _ in range(1 if quick else 5)] for way in PIPELINES}
    sweep(folder)
    return {"one": {way: median(values) for way, values in found.items()},
            "pipeline": {way: median(values) for way, values in pipes.items()}}
