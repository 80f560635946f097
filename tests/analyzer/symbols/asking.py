# asking.py -- Programs built for a test, and the names that heapdiff finds in them.
#
# SPDX-License-Identifier: Apache-2.0
"""ask() is analyzer/symbols through the program ask; the rest makes and describes ELF files."""
import os
import re
import subprocess
from pathlib import Path

BUILD = Path(os.environ.get("HEAPDIFF_BUILD", Path(__file__).resolve().parents[3] / "build"))
ASK = BUILD / "tests/analyzer/programs/ask"


def run(*command, **options):
    """What a program prints; its complaint when it fails."""
    options.setdefault("timeout", 120)
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          errors="replace", **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stderr}")
    return done.stdout


def build_id(path):
    found = re.search(r"Build ID: (\w+)", subprocess.run(
        ["readelf", "-nW", path], capture_output=True, text=True, errors="replace").stdout)
    return found[1] if found else None


def sections(path):
    """Name → (address, size)."""
    rows = re.findall(r"\] (\S+)\s+[A-Z]\S*\s+([0-9a-f]{16}) \w+ (\w+)",
                      run("readelf", "-SW", path))
    return {name: (int(address, 16), int(size, 16)) for name, address, size in rows}


class Answer:
    """Frames by address, each (function, file, line, column); and what became of the module."""

    def __init__(self, done):
        self.frames, self.errors = {}, done.stderr
        for block in re.split(r"^@", done.stdout, flags=re.M)[1:]:
            address, *rows = block.splitlines()
            self.frames[int(address, 16)] = [self.frame(row) for row in rows]
        self.state, self.file, self.debug_file, self.holds = re.search(
            r"^module: (.*)\t(.*)\t(.*)\t(.*)$", done.stderr, re.M).groups()
        seconds, own, reader = re.search(r"^cost: (\S+) (\S+) (\S+)$", done.stderr, re.M).groups()
        self.seconds, self.kilobytes = float(seconds), int(own) + int(reader)

    @staticmethod
    def frame(row):
        function, place = row.split("\t")
        file, line, column = place.rsplit(":", 2)
        return function, file, int(line), int(column)


def ask(module, addresses, *options, identity="", environment=None):
    """IDENTITY: a build id; "" takes the module's own, None goes without."""
    if identity == "":
        identity = build_id(module)
    words = [ASK, *options, module] + ([identity] if identity else [])
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          errors="surrogateescape", timeout=120,
                          input="".join(f"{address:#x}\n" for address in addresses),
                          env={**os.environ, **(environment or {})})
    return Answer(done)
