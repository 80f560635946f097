#!/usr/bin/env python3
# test_unwind.py -- The fast unwinder against libunwind, frame for frame, in real programs.
#
# SPDX-License-Identifier: Apache-2.0
"""Every stack of these programs is unwound both ways inside libheapdiff_check.so (check.c). At
least a million stacks, of which 99.99 % must agree; disagreements are printed with their frames."""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

BUILD = os.environ["HEAPDIFF_BUILD"]
PROGRAMS = os.environ["HEAPDIFF_UNWIND_PROGRAMS"]
CHECK = os.path.join(PROGRAMS, "libheapdiff_check.so")
STACKS_WANTED, SHARE_WANTED = 1_000_000, 0.9999

NODE_SCRIPT = """
let kept = [];
for (let i = 0; i < 100000; i++) {
  kept.push(Buffer.from(JSON.stringify({i, x: 'y'.repeat(i % 50)})));
  if (kept.length > 1000) kept = [];
}
require('zlib').deflateSync(Buffer.alloc(1e6));
require('crypto').createHash('sha1').update('x').digest();
require('fs').readdirSync('/');
new RegExp('a+b').exec('aaab');
"""
PYTHON_SCRIPT = "import json, re, http.server; [json.dumps({'a': i}) for i in range(20000)]"


def environment(out, **more):
    env = dict(os.environ, LD_PRELOAD=CHECK, HEAPDIFF_CHECK=out, HEAPDIFF_AT_EXIT="0")
    env.update(more)
    return env


def run(out, *command, **more):
    subprocess.run(command, env=environment(out, **more), check=True, timeout=200,
                   stdout=subprocess.DEVNULL)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def run_redis(out, folder):
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder],
        env=environment(out), stdout=subprocess.PIPE, text=True)
    try:
        while "Ready to accept connections" not in (line := server.stdout.readline()):
            assert line, "redis-server ended before it was ready"
        server.stdout.close()
        subprocess.run(["redis-benchmark", "-p", str(port), "-n", "40000", "-r", "10000", "-q",
                        "-t", "set,lpush,hset,sadd,zadd"], check=True, timeout=200,
                       stdout=subprocess.DEVNULL)
    finally:
        subprocess.run(["redis-cli", "-p", str(port), "shutdown", "nosave"], check=False)
        server.wait(60)


def programs(folder):
    """Name and function of each program that is on this machine."""
    source = os.path.join(os.path.dirname(__file__), "exceptions.cpp")
    flags = "--perf-basic-prof --interpreted-frames-native-stack"
    candidates = {
        "odd stacks": (None, lambda out: run(out, os.path.join(PROGRAMS, "odd_stacks"))),
        "exceptions": (None, lambda out: run(out, os.path.join(PROGRAMS, "exceptions"))),
        "g++": ("g++", lambda out: run(out, "g++", "-O2", "-std=c++17", "-c", source, "-o",
                                       os.path.join(folder, "o"), HEAPDIFF_FOLLOW="1")),
        "python": ("python3", lambda out: run(out, sys.executable, "-c", PYTHON_SCRIPT)),
        "python, cut at 20": ("python3", lambda out: run(out, sys.executable, "-c", PYTHON_SCRIPT,
                                                         HEAPDIFF_DEPTH="20")),
        "node": ("node", lambda out: run(out, "node", "-e", NODE_SCRIPT)),
        "node, names": ("node", lambda out: run(out, "node", "-e", NODE_SCRIPT,
                                                NODE_OPTIONS=flags)),
        "java": ("java", lambda out: run(out, "java", "-Xint", "-version")),
        "redis": ("redis-server", lambda out: run_redis(out, folder)),
    }
    for name, (command, function) in candidates.items():
        if command is None or shutil.which(command):
            yield name, function
        else:
            print(f"{name}: not on this machine")


def main():
    stacks = agreed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, function in programs(folder):
            out = os.path.join(folder, re.sub(r"\W", "_", name))
            function(out)
            with open(out, encoding="utf-8", errors="replace") as file:
                text = file.read()
            found = re.findall(r"^stacks (\d+) agreed (\d+)", text, re.MULTILINE)
            seen, good = (sum(int(row[i]) for row in found) for i in (0, 1))
            print(f"{name}: {seen} stacks, {seen - good} disagree")
            if seen != good:
                print(text[:6000])
            stacks, agreed = stacks + seen, agreed + good
    share = agreed / stacks if stacks else 0
    print(f"{stacks} stacks, {agreed} agree: {100 * share:.4f} %")
    assert stacks >= STACKS_WANTED, f"fewer than {STACKS_WANTED} stacks"
    assert share >= SHARE_WANTED, f"less than {100 * SHARE_WANTED} % agree"


if __name__ == "__main__":
    main()
