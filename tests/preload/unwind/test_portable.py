#!/usr/bin/env python3
# test_portable.py -- The shim of machines other than x86-64: the same stacks, the same counts.
#
# SPDX-License-Identifier: Apache-2.0
"""Arguments: the shim that users run, the one with portable.c, and the programs. Each program does
the same in every run; the snapshots at its end must agree stack by stack."""
import collections
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest

FAST, PORTABLE, *PROGRAMS = sys.argv[1:]
FRAMES = """
WITH RECURSIVE walk(stack, node, depth) AS (
  SELECT id, node_id, 0 FROM stack UNION ALL
  SELECT stack, parent_id, depth + 1 FROM walk JOIN node ON id = node WHERE parent_id NOT NULL)
SELECT stack, path, offset FROM walk JOIN node n ON n.id = node
  JOIN location l ON l.id = location_id LEFT JOIN module m ON m.id = module_id
  ORDER BY stack, depth"""
COUNTS = ("SELECT id, kind, live_blocks, live_bytes, allocations, allocated_bytes, truncated"
          " FROM stack")


def stacks(path):
    """{(kind, frames): what is known of them}. Nothing of the shim's own is in its stacks."""
    frames, found = collections.defaultdict(list), {}
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        for stack, module, offset in database.execute(FRAMES):
            frames[stack].append(f"{os.path.basename(module or '?')}+{offset or 0:x}")
        for stack, kind, *counts in database.execute(COUNTS):
            found[kind, " ".join(frames[stack])] = counts
    return found


def symbols(library):
    lines = subprocess.run(["nm", "--defined-only", library], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    return {line.split()[-1] for line in lines}


class Portable(unittest.TestCase):
    maxDiff = 2000

    def record(self, shim, program):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "exit.db")
            env = dict(os.environ, LD_PRELOAD=shim, HEAPDIFF_OUT=path)
            done = subprocess.run([program], env=env, capture_output=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            return stacks(path), done.stdout

    def test_nothing_of_the_fast_unwinder_is_in_it(self):
        self.assertIn("cfi_find", symbols(FAST))
        self.assertNotIn("cfi_find", symbols(PORTABLE))
        self.assertNotIn("rules_find_slow", symbols(PORTABLE))

    def test_stacks_and_counts_are_the_same(self):
        for program in PROGRAMS:
            with self.subTest(program=os.path.basename(program)):
                fast, portable = (self.record(shim, program) for shim in (FAST, PORTABLE))
                self.assertGreater(len(fast[0]), 5)
                self.assertEqual(portable, fast)


if __name__ == "__main__":
    sys.argv[1:] = []
    unittest.main(verbosity=2)
