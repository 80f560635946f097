# test_python_frames.py -- Python functions in stacks, of every CPython that is here.
#
# SPDX-License-Identifier: Apache-2.0
import glob
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import harness

COUNT = 200

# Every function keeps COUNT blocks of a size of its own.
SCRIPT = f"""
import asyncio, ctypes, os, sys, threading, zlib

kept = []

class Shelf:
    def put(self, size):
        kept.append(
            bytearray(size))

def by_method():
    shelf = Shelf()
    for number in range({COUNT}):
        shelf.put(20001)

def by_generator():
    for number in range({COUNT}):
        yield bytearray(20003)

class Turn:  # of the event loop
    def __await__(self):
        yield

async def by_coroutine():
    for number in range({COUNT}):
        await Turn()
        kept.append(bytearray(20005))

def by_recursion(depth):
    if depth:
        return by_recursion(depth - 1)
    kept.append(bytearray(20007))

def without_the_lock():  # zlib lets go of it, and allocates
    for number in range({COUNT}):
        compressor = zlib.compressobj()
        compressor.compress(b"x" * 9000)
        kept.append(compressor)

def through_c():
    list(map(lambda number: kept.append(bytearray(20011)), range({COUNT})))

def of_code_that_dies():
    for number in range({COUNT}):
        names = {{}}
        exec(compile(f"def made_{{number}}():\\n    return bytearray(20013)\\n",
                     "<made>", "exec"), names)
        kept.append(names[f"made_{{number}}"]())

def by_library():  # the user's function is above the library's
    import ctypes
    malloc = ctypes.CDLL(None).malloc
    malloc.argtypes, malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
    for number in range({COUNT}):
        kept.append(malloc(20015))

def main():
    by_method()
    kept.extend(by_generator())
    asyncio.run(by_coroutine())
    for number in range({COUNT}):
        by_recursion(400 + number % 3)
    thread = threading.Thread(target=without_the_lock)
    thread.start()
    thread.join()
    through_c()
    of_code_that_dies()
    by_library()
    ctypes.CDLL(None).heapdiff_snapshot(b"live")
    if os.fork() == 0:
        os._exit(len(kept) != 8 * {COUNT})
    return os.waitstatus_to_exitcode(os.wait()[1])

sys.exit(main())
"""

# Threads that allocate all the time, without the interpreter's lock, while Python ends. They never
# ask for the lock again, as CPython may then read what it has freed (seen in 3.10's take_gil).
ENDING = f"""
import ctypes, sys, threading, zlib

endless = ctypes.CDLL({str(harness.PROGRAMS / "libend_to_end_endless.so")!r}).endless
for number in range(4):
    threading.Thread(target=endless, args=(number,), daemon=True).start()
blocks = [zlib.compress(b"x" * number) for number in range(500)]
sys.exit(7)
"""


def line_of(text):
    lines = [number for number, line in enumerate(SCRIPT.splitlines(), 1) if text in line]
    assert len(lines) == 1, (text, lines)
    return lines[0]


def version_of(path):
    asked = subprocess.run([path, "-c", "import sys; print(*sys.version_info[:2])"],
                           capture_output=True, text=True, check=False)
    return tuple(map(int, asked.stdout.split())) if asked.returncode == 0 else (0, 0)


def pythons():
    """One of each version that heapdiff knows, by version."""
    paths = ["/usr/bin/python3", sys.executable,
             *sorted(glob.glob(str(Path.home() / ".pyenv/versions/*/bin/python3"))),
             *glob.glob("/usr/bin/python3.[0-9]*[0-9]")]
    found = {}
    for path in paths:
        if Path(path).exists():
            found.setdefault(version_of(path), path)
    return {version: path for version, path in found.items() if (3, 9) <= version <= (3, 13)}


class Frames(harness.TestCase):
    def setUp(self):
        super().setUp()
        (self.folder / "script.py").write_text(SCRIPT)
        (self.folder / "ending.py").write_text(ENDING)
        self.assertTrue(pythons())

    def stacks(self, python, **options):
        """By size of a block: the names on its stack, leaf first, and how many there are."""
        path = self.folder / "live.db"
        path.unlink(missing_ok=True)
        harness.must(harness.run([python, "script.py"], recorded=True, cwd=self.folder,
                                 HEAPDIFF_OUT="live.db", HEAPDIFF_AT_EXIT=0, **options))
        with sqlite3.connect(path) as database:
            rows = database.execute(
                "SELECT s.live_bytes / s.live_blocks, s.id, s.live_blocks, f.name"
                " FROM stack s JOIN stack_frames f ON f.stack_id = s.id"
                " WHERE s.live_blocks > 0 AND s.kind = 'malloc' ORDER BY s.id, f.depth").fetchall()
        found = {}
        for size, stack, blocks, name in rows:
            frames = found.setdefault(size, {}).setdefault(stack, (blocks, []))[1]
            if name.startswith("py::"):
                frames.append(name.removeprefix("py::"))
        return found

    def check(self, found, size, *expected):
        """All blocks of the size come by the functions: (name, what stands in its line)."""
        stacks = [stack for near in (size, size + 1) for stack in found.get(near, {}).values()]
        self.assertEqual(sum(blocks for blocks, _ in stacks), COUNT, size)
        for _, frames in stacks:
            own = [frame for frame in frames if frame.split(":")[1].endswith("script.py")]
            for frame, (name, text) in zip(own, expected):
                self.assertRegex(frame.split(":")[0], rf"(^|\.){name}$")
                self.assertEqual(int(frame.split(":")[2]), line_of(text), frame)
            self.assertGreaterEqual(len(own), len(expected), frames)
        return stacks

    def check_all(self, found):
        self.check(found, 20001, ("put", "bytearray(size))"), ("by_method", "shelf.put(20001)"))
        self.check(found, 20003, ("by_generator", "yield bytearray"), ("main", "kept.extend(by_g"))
        self.check(found, 20005, ("by_coroutine", "bytearray(20005)"), ("main", "asyncio.run"))
        self.check(found, 20007, ("by_recursion", "bytearray(20007)"),
                   ("by_recursion", "return by_recursion"))
        line = "bytearray(20011)"
        self.check(found, 20011, ("<lambda>", line), ("through_c", line), ("main", "   through_c("))
        self.check(found, 20015, ("by_library", "malloc(20015)"), ("main", "    by_library()"))
        self.check_dying(found)
        of_zlib = [size for size, stacks in found.items() if COUNT <= sum(
            blocks for blocks, frames in stacks.values()
            if any(frame.startswith("without_the_lock") for frame in frames))]
        self.assertGreaterEqual(len(of_zlib), 2, "zlib makes a state and its windows")

    def check_dying(self, found):
        names = {frames[0] for _, frames in self.check(found, 20013)}
        self.assertEqual(names, {f"made_{number}:<made>:2" for number in range(COUNT)})

    def test_each_version_names_function_file_and_line(self):
        for version, python in pythons().items():
            with self.subTest(version=version):
                self.check_all(self.stacks(python))

    def test_perf_support_does_not_name_a_function_twice(self):
        python = pythons().get((3, 12)) or pythons().get((3, 13))
        if not python:
            self.skipTest("no CPython 3.12")
        for near, stacks in self.stacks(python, PYTHONPERFSUPPORT=1).items():
            for _, frames in stacks.values() if near in (20001, 20002) else ():
                self.assertEqual(sum("put" in frame for frame in frames), 1, frames)

    def test_it_can_be_switched_off(self):
        found = self.stacks(pythons()[max(pythons())], HEAPDIFF_PYTHON=0)
        self.assertFalse([frames for stacks in found.values()
                          for _, frames in stacks.values() if frames])

    def test_the_site_is_the_function_that_keeps(self):
        self.stacks(sys.executable)
        shown = harness.must(harness.heapdiff("show", "--format", "json", self.folder / "live.db"))
        sites = [site["frame"] for site in json.loads(shown.stdout)["sites"]
                 if site["kind"] == "malloc"][:9]
        named = [site["function"].rpartition(".")[2] for site in sites]
        for name in ("put", "by_generator", "by_coroutine", "by_recursion", "by_library"):
            self.assertIn(name, named)
        own = [site for site in sites if site["class"] == "program"]  # not the interpreter's
        self.assertTrue(all(site["file"] and site["line"] for site in own), own)

    def test_threads_that_allocate_while_python_ends_do_no_harm(self):
        for version, python in pythons().items():
            with self.subTest(version=version):
                for _ in range(3):
                    result = harness.run([python, "ending.py"], recorded=True, cwd=self.folder,
                                         HEAPDIFF_OUT="ending.db")
                    self.assertEqual(result.returncode, 7, result.stderr)
                    harness.check_whole(self.folder / "ending.db")


if __name__ == "__main__":
    harness.main()
