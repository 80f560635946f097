#!/usr/bin/env python3
# test_agreement.py -- Whether names, lines and inlined callers at random addresses are those of
# eu-addr2line.
#
# SPDX-License-Identifier: Apache-2.0
"""As a test, 300 addresses of each module. test_agreement.py --count 10000 [--debug-dir DIR]
[MODULE...] prints the table of docs/symbols.md, and every difference.

Equal means: the same functions, inlined ones in order, each with the same file, line and column.
eu-addr2line runs without -C and c++filt demangles for it, since heapdiff leaves parameters out.
"""
import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from asking import ask, build_id, run, sections

SEED = 20261123
LEAST = 0.999
NEARBY = 64  # bytes
KINDS = ("addr2line", "line start", "padding", "scopes", "wrong")  # see classify
USUAL = ("/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/lib/x86_64-linux-gnu/libc.so.6")


def addresses_of(module, count):
    start, size = sections(module)[".text"]
    chosen = random.Random(SEED)
    return sorted({start + chosen.randrange(size) for _ in range(count)})


CLONE = re.compile(r"(\.(cold|part|isra|constprop|lto_priv|localalias|llvm)(\.\d+)?)+$")
THUNK = re.compile(r"^_ZT(?:c(?:hn?\d+_|vn?\d+_n?\d+_))?(?:hn?\d+_|vn?\d+_n?\d+_)")


def demangled(names):
    """Without parameters, parts of functions and thunks, as heapdiff writes them."""
    words = sorted({re.sub("@.*", "", name) for name in names})
    plain = [THUNK.sub("_Z", CLONE.sub("", word)) for word in words]
    plain = subprocess.run(["c++filt", "-p", "-i"], input="\n".join(plain) + "\n", text=True,
                           capture_output=True, check=True).stdout.splitlines()
    return dict(zip(words, plain))


def place(text):
    """FILE:LINE[:COLUMN][ (discriminator N)]"""
    file, line, column = re.match(r"(.*?):(\d+)(?::(\d+))?(?: \(.*)?$", text).groups()
    return file, int(line), int(column or 0)


def reference(module, addresses, debug_dir):
    """Frames by address, by eu-addr2line -i -f."""
    dirs = [f"--debuginfo-path=:.debug:{debug_dir}:/usr/lib/debug"] if debug_dir else []
    text = subprocess.run(["eu-addr2line", "-a", "-i", "-f", *dirs, "-e", module], text=True,
                          input="".join(f"{address:#x}\n" for address in addresses),
                          capture_output=True, errors="replace", timeout=600).stdout
    frames = {}
    for block in re.split(r"^(?=0x[0-9a-f]{16}$)", text, flags=re.M)[1:]:
        address, *rows = block.splitlines()
        names = [row.split(" inlined")[0].split("@")[0] for row in rows[::2]]
        frames[int(address, 16)] = [(name, *place(row)) for name, row in zip(names, rows[1::2])]
    plain = demangled(name for rows in frames.values() for name, *_ in rows)
    return {address: [(plain[name], *rest) for name, *rest in rows]
            for address, rows in frames.items()}


def second_opinion(module, addresses):
    """Frames by address, by binutils' addr2line -i -f: (function, base name, line)."""
    if not addresses:
        return {}
    text = run("addr2line", "-a", "-i", "-f", "-e", module,
               *[f"{address:#x}" for address in addresses])
    frames = {}
    for block in re.split(r"^(?=0x[0-9a-f]{16}$)", text, flags=re.M)[1:]:
        address, *rows = block.splitlines()
        names = [row.split("@")[0] for row in rows[::2]]
        places = [place(row.replace(":?", ":0"))[:2] for row in rows[1::2]]
        frames[int(address, 16)] = [(name, *at) for name, at in zip(names, places)]
    plain = demangled(name for rows in frames.values() for name, *_ in rows)
    return {address: [(plain[name], Path(file).name, line) for name, file, line in rows]
            for address, rows in frames.items()}


def is_of_line_start(module, options, address, theirs):
    """Whether eu-addr2line's callers are those of an earlier address of the same line."""
    nearby = range(address - 1, address - NEARBY, -1)
    return any(frames and frames[0][1:] == theirs[0][1:] and frames[1:] == theirs[1:]
               for frames in ask(module, nearby, *options).frames.values())


def classify(ours, theirs, second, is_earlier):
    """Why they differ; docs/symbols.md has it in full. addr2line: that tool agrees with heapdiff.
    line start: eu-addr2line -i looks for inlined callers at the first address of the line that it
    has just found (its handle_address overwrites the address). padding: it takes what lies between
    two functions or units for a part of the first. scopes: it finds no inlined function where that
    is described in a shared debug file, and prints its line beside the outer function's name."""
    if with_their_names([(name, Path(file).name, line) for name, file, line, _ in ours],
                        second) == second:
        return "addr2line"
    if ours[0][0] == theirs[0][0] == "??":
        return "padding"
    if is_earlier():
        return "line start"
    if theirs == [(ours[-1][0], *ours[0][1:])] and len(ours) > 1:
        return "scopes"
    return "wrong"


def with_their_names(ours, theirs):
    """Functions that GCC gives no mangled name are without class and namespace for other tools."""
    def shorter(name, other):
        is_plain = "::" not in other.split("<")[0]
        return other if is_plain and name.endswith(f"::{other}") else name
    if len(ours) != len(theirs):
        return ours
    return [(shorter(name, other[0]), *rest) for (name, *rest), other in zip(ours, theirs)]


def compare(module, count, debug_dir):
    addresses = addresses_of(module, count)
    options = ["--debug-dir", debug_dir] if debug_dir else []
    answer = ask(module, addresses, *options)
    theirs = reference(module, addresses, debug_dir)
    result, differing = Counter(all=len(addresses)), []
    for address in addresses:
        ours = answer.frames[address] or [("??", "??", 0, 0)]
        result["lines"] += theirs[address][0][2] > 0
        result["inlined"] += len(theirs[address]) > 1
        ours = with_their_names(ours, theirs[address])
        if ours != theirs[address]:
            differing.append((address, ours, theirs[address]))
    second = second_opinion(module, [address for address, *_ in differing])
    differing = [(classify(ours, other, second[address],
                           lambda: is_of_line_start(module, options, address, other)),
                  hex(address), ours, other, second[address])
                 for address, ours, other in differing]
    result.update(kind for kind, *_ in differing)
    result["equal"] = len(addresses) - len(differing)
    return result, differing, answer


def build_sample(folder):
    program = Path(folder) / "inlined"
    run("g++", "-g", "-O2", "-std=c++17", "-Wl,--build-id",
        Path(__file__).with_name("inlined.cpp"), "-o", program)
    return str(program)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("modules", nargs="*")
    options.add_argument("--count", type=int, default=300)
    options.add_argument("--debug-dir")
    given = options.parse_args()
    faults = 0
    if not shutil.which("eu-addr2line"):
        print("skipped: eu-addr2line is not installed")
        return 0
    with tempfile.TemporaryDirectory(prefix="heapdiff-agreement.") as folder:
        modules = given.modules or [shutil.which("node"), *USUAL, build_sample(folder)]
        print("| module | addresses | with lines | inlined | equal | explained "
              "| equal of the rest |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for module in modules:
            if not module or not Path(module).exists() or not build_id(module):
                print(f"| {module} | not here |")
                continue
            result, differing, _ = compare(module, given.count, given.debug_dir)
            share = result["equal"] / result["all"]
            rest = result["equal"] / ((result["equal"] + result["wrong"]) or 1)
            kinds = ", ".join(f"{result[kind]} {kind}" for kind in KINDS
                              if result[kind])
            print(f"| {Path(module).name} | {result['all']} | {result['lines']} "
                  f"| {result['inlined']} | {share:.2%} | {kinds} | {rest:.2%} |")
            for fault in differing:
                print(*fault, sep="\n   ", file=sys.stderr)
            faults += 1 - result["wrong"] / result["all"] < LEAST
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
