#!/usr/bin/env python3
# seeds.py -- Makes the files that the fuzzers begin with.
#
# SPDX-License-Identifier: Apache-2.0
"""seeds.py FOLDER: writes FOLDER/TARGET/NAME for every target."""
import struct
import sys
from pathlib import Path

MAP, DUMP = b"\1", b"\0"  # the first byte of an input of jitnames.c


def perf_map():
    lines = ["1000 20 JS:~f /app/a.js:1:2", "1040 10 Builtin:Call", "1000 20 JS:*f /app/a.js:1:2",
             "1080 100 void Main.run(int, long)", "1100 8 py::run:/app/a.py", "7fff00000000 1 end"]
    return MAP + "".join(f"{line}\n" for line in lines).encode()


def record(kind, body, time):
    return struct.pack("<IIQ", kind, 16 + len(body), time) + body


def load(time, address, size, index, name):
    fixed = struct.pack("<IIQQQQ", 7, 7, address, address, size, index)
    return record(0, fixed + name + b"\0" + b"\x90" * size, time)


def move(time, old, new, size, index):
    return record(1, struct.pack("<IIQQQQQ", 7, 7, old, old, new, size, index), time)


def lines(address, line, name):
    rows = struct.pack("<Qii", address, line, 0) + name + b"\0"
    rows += struct.pack("<Qii", address + 16, line + 1, 0) + b"\xff\0"
    return record(2, struct.pack("<QQ", address, 2) + rows, 0)


def jitdump(flags):
    header = struct.pack("<IIIIIIQQ", 0x4A695444, 1, 40, 62, 0, 7, 0, flags)
    return DUMP + header + b"".join([
        lines(0x1000, 41, b"/app/Main.java"), load(100, 0x1000, 64, 1, b"Main.run"),
        load(120, 0x1040, 32, 2, b"JS:*f /app/a.js:1:2"), move(130, 0x1000, 0x1080, 64, 1),
        record(4, b"\0" * 24, 140), load(200, 0x1000, 16, 3, b"Main.again")])


TARGETS = {"jitnames": {"map": perf_map(), "dump": jitdump(0), "dump-clock": jitdump(1)}}


def main():
    for target, seeds in TARGETS.items():
        folder = Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, seed in seeds.items():
            (folder / name).write_bytes(seed)


if __name__ == "__main__":
    main()
