#!/usr/bin/env python3
# symbols.py -- The cost of names: heapdiff beside the tools that do the same.
#
# SPDX-License-Identifier: Apache-2.0
"""symbols.py [--count 10000] [--rounds 3] [MODULE]

Names COUNT distinct addresses of MODULE (node) with each tool, functions, inlined callers and
lines, in interleaved rounds; prints the shortest time and the most memory as a table. A tool that
is not installed is left out with its name.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUILD = Path(os.environ.get("HEAPDIFF_BUILD", Path(__file__).resolve().parents[2] / "build"))
ASK = BUILD / "tests/analyzer/programs/ask"
INTERPRET = "/usr/lib/heaptrack/libexec/heaptrack_interpret"
PATIENCE = 300  # seconds, after which a tool is ended


def text_of(module):
    rows = subprocess.run(["readelf", "-SW", module], capture_output=True, text=True).stdout
    start, size = re.search(r"\] \.text +\w+ +(\w+) \w+ (\w+)", rows).groups()
    return int(start, 16), int(size, 16)


def segments(module):
    """For heaptrack: pairs of address and size."""
    rows = subprocess.run(["readelf", "-lW", module], capture_output=True, text=True).stdout
    loads = re.findall(r"^ +LOAD +\S+ 0x(\w+) \S+ \S+ 0x(\w+)", rows, re.M)
    return " ".join(f"{int(start, 16):x} {int(size, 16):x}" for start, size in loads)


def trace(module, addresses):
    """What heaptrack records of a program with these return addresses."""
    rows = ["v 10400 3", "X ask", "I 1000 100", "m 1 -",
            f"m {len(module):x} {module} 0 {segments(module)}"]
    rows += [f"t {address + 1:x} 0" for address in addresses]
    return "\n".join(rows) + "\n"


def measure(command, text, environment):
    """Seconds and KiB of a program and its children; None when it was ended."""
    with tempfile.TemporaryFile("w+") as given:
        given.write(text)
        given.seek(0)
        since = time.monotonic()
        child = subprocess.Popen(["timeout", str(PATIENCE), "/usr/bin/env", *map(str, command)],
                                 stdin=given, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, env={**os.environ, **environment})
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - since
    return (seconds, usage.ru_maxrss) if child.returncode != 124 else None


def tools(module, addresses, folder):
    """Name → (command, its input, environment)."""
    identity = re.search(r"Build ID: (\w+)", subprocess.run(
        ["readelf", "-nW", module], capture_output=True, text=True, errors="replace").stdout)[1]
    lines = "".join(f"{address:#x}\n" for address in addresses)
    cache = {"XDG_CACHE_HOME": folder, "DEBUGINFOD_URLS": ""}
    none = {"DEBUGINFOD_URLS": ""}
    measure([ASK, "--cache", module, identity], lines, cache)  # fills it
    return {
        "heapdiff, from the cache": ([ASK, "--cache", module, identity], lines, cache),
        "heapdiff, without it": ([ASK, module, identity], lines, none),
        "eu-addr2line -i -f -C": (["eu-addr2line", "-i", "-f", "-C", "-e", module], lines, none),
        "addr2line -i -f -C": (["addr2line", "-i", "-f", "-C", "-e", module], lines, none),
        "llvm-symbolizer": (["llvm-symbolizer", f"--obj={module}", "--inlines", "--demangle"],
                            lines, none),
        "heaptrack_interpret": ([INTERPRET], trace(module, addresses), none),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("module", nargs="?", default=shutil.which("node"))
    options.add_argument("--count", type=int, default=10000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    module = os.path.realpath(given.module)
    start, size = text_of(module)
    chosen = random.Random(20261123)
    addresses = sorted({start + chosen.randrange(size) for _ in range(given.count)})
    with tempfile.TemporaryDirectory(prefix="heapdiff-symbols.") as folder:
        wanted = tools(module, addresses, folder)
        missing = [name for name, (command, *_) in wanted.items() if not shutil.which(command[0])]
        for name in missing:
            print(f"left out, not installed: {name}", file=sys.stderr)
            del wanted[name]
        results = {name: [] for name in wanted}
        for _ in range(given.rounds):
            for name, (command, text, environment) in wanted.items():
                if None not in results[name]:
                    results[name].append(measure(command, text, environment))
    print(f"{len(addresses)} addresses of {module}\n")
    print("| tool | seconds | most memory |\n| --- | --- | --- |")
    for name, found in results.items():
        if None in found:
            print(f"| {name} | more than {PATIENCE} | |")
        else:
            seconds, kilobytes = min(s for s, _ in found), max(k for _, k in found)
            print(f"| {name} | {seconds:.3f} | {kilobytes / 1024:.0f} MiB |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
