# test_tags.py -- Labels, threads and counts of work are in the snapshot as the program said them.
#
# SPDX-License-Identifier: Apache-2.0
"""Run by ctest with the program tagged.c as its argument."""
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

BUILD = Path(os.environ["HEAPDIFF_BUILD"])
PROGRAM = sys.argv.pop()
PAGE = 4096

# By stack: what is live there, under which label and of which thread.
ROWS = """
SELECT s.kind, s.live_bytes, s.live_blocks, l.text, t.name
FROM stack s LEFT JOIN tag g ON g.stack_id = s.id LEFT JOIN label l ON l.id = g.label_id
             LEFT JOIN thread t ON t.number = g.thread
WHERE s.live_blocks > 0
"""


def ask(path, sql):
    with sqlite3.connect(path) as database:
        return database.execute(sql).fetchall()


class Tags(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def record(self, **variables):
        """Runs the program; the path of its exit snapshot."""
        environment = {"LD_PRELOAD": str(BUILD / "libheapdiff.so"),
                       "HEAPDIFF_OUT": str(self.folder / "%p.db"),
                       **{f"HEAPDIFF_{name}": value for name, value in variables.items()}}
        with subprocess.Popen([PROGRAM], env=environment, stderr=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True) as program:
            self.said, _ = program.communicate(timeout=60)
        self.assertEqual(program.returncode, 0)
        return self.folder / f"{program.pid}.db"

    def labels(self, path, size):
        """{label: blocks} of the blocks of one size."""
        found = Counter()
        for kind, live_bytes, blocks, label, _ in ask(path, ROWS):
            if live_bytes == blocks * size:
                found[label] += blocks
        return dict(found)

    def test_labels_nest_and_end(self):
        path = self.record()
        self.assertEqual(self.said, "before: none, outer\n")
        self.assertEqual(self.labels(path, 1001), {"outer": 1})
        self.assertEqual(self.labels(path, 1002), {"inner": 2})
        self.assertEqual(self.labels(path, 1003), {"outer": 3})
        self.assertEqual(self.labels(path, 1004), {None: 4})
        self.assertEqual(self.labels(path, 1005), {"scope": 1})
        self.assertEqual(self.labels(path, 1006), {None: 1})

    def test_stacks_of_the_same_frames_are_kept_apart_and_share_them(self):
        path = self.record()
        self.assertEqual(self.labels(path, 2000), {"red": 200, "green": 100, None: 200})
        nodes = ask(path, "SELECT count(*), count(DISTINCT node_id) FROM stack"
                          " WHERE live_bytes = live_blocks * 2000 AND live_blocks >= 100")
        self.assertEqual(nodes, [(3, 1)])

    def test_a_block_is_of_the_label_that_it_was_made_or_grown_under(self):
        path = self.record()
        self.assertEqual(self.labels(path, 30002), {"second owner": 1})
        self.assertEqual(self.labels(path, 3001) | self.labels(path, 3003), {})
        self.assertEqual(ask(path, "SELECT s.allocations, s.live_blocks FROM stack s JOIN tag"
                                   " ON stack_id = s.id JOIN label l ON l.id = label_id"
                                   " WHERE l.text = 'freed elsewhere'"), [(1, 0)])

    def test_a_label_said_in_a_pause_holds(self):
        path = self.record()
        self.assertEqual(self.labels(path, 4001), {})
        self.assertEqual(self.labels(path, 4002), {"said in a pause": 1})

    def test_mappings_have_labels_too(self):
        self.assertIn(("mmap", 5 * PAGE, 1, "mapped", None), ask(self.record(), ROWS))

    def test_a_thread_begins_without_the_label_of_one_that_has_ended(self):
        path = self.record()
        self.assertEqual(self.labels(path, 5001), {"left on": 1})
        self.assertIn(("malloc", 2 * 5002 + 3 * 5003, 5, None, None), ask(path, ROWS))

    def test_a_label_that_is_too_long_is_cut_at_a_whole_character(self):
        self.assertEqual(self.labels(self.record(), 7001), {"x" * 125: 2})

    def test_without_the_option_no_thread_is_recorded(self):
        path = self.record()
        self.assertEqual(ask(path, "SELECT count(thread) FROM tag"), [(0,)])
        self.assertEqual(ask(path, "SELECT * FROM thread"), [])

    def threads_are_told_apart(self, **variables):
        path = self.record(THREADS="1", **variables)
        found = {bytes: name for _, bytes, _, _, name in ask(path, ROWS)}
        self.assertEqual([found[5001], found[2 * 5002], found[3 * 5003]],
                         ["first", "second", "third"])
        self.assertEqual(found[4 * 1004], "late name")
        self.assertEqual(ask(path, "SELECT ended FROM thread WHERE name IN ('first', 'late name')"
                                   " ORDER BY name"), [(1,), (0,)])
        self.assertEqual(ask(path, "SELECT count(*) FROM pragma_foreign_key_check"), [(0,)])
        self.assertEqual(self.labels(path, 2000), {"red": 200, "green": 100, None: 200})
        return path

    def test_with_the_option_every_block_is_a_threads(self):
        path = self.threads_are_told_apart()
        self.assertEqual(ask(path, "SELECT count(*) FROM stack WHERE id NOT IN"
                                   " (SELECT stack_id FROM tag WHERE thread NOT NULL)"), [(0,)])

    def test_the_list_of_blocks_is_tagged_as_well(self):
        path = self.threads_are_told_apart(BLOCKS="1")
        sql = ("SELECT text, count(*) FROM block JOIN tag USING (stack_id) LEFT JOIN label l"
               " ON l.id = label_id WHERE size = 2000 GROUP BY 1 ORDER BY 1")
        self.assertEqual(ask(path, sql), [(None, 200), ("green", 100), ("red", 200)])

    def test_samples_are_tagged_as_well(self):
        path = self.record(SAMPLE="512", SEED="1", THREADS="1")
        estimates = ask(path, "SELECT l.text, total(live_bytes) FROM stack s JOIN tag"
                              " ON stack_id = s.id JOIN label l ON l.id = label_id"
                              " WHERE l.text IN ('red', 'green') GROUP BY 1 ORDER BY 1")
        (green, of_green), (red, of_red) = estimates
        self.assertEqual((green, red), ("green", "red"))
        self.assertAlmostEqual(of_green / 200_000, 1, delta=0.1)  # each is taken with p = 0.98
        self.assertAlmostEqual(of_red / 400_000, 1, delta=0.1)

    def counters(self, path):
        return dict(ask(path, "SELECT name, value FROM counter WHERE name LIKE 'operations%'"))

    def test_counts_of_work_add_up(self):
        self.assertEqual(self.counters(self.record()), {"operations": 42})

    def test_a_followed_child_keeps_its_label_and_counts_anew(self):
        path = self.record(FOLLOW="1", THREADS="1")
        (child,) = [other for other in self.folder.glob("*.db") if other != path]
        self.assertEqual(self.labels(child, 6002), {"before the fork": 1})
        self.assertEqual(self.counters(child), {"operations": 3})
        names = ask(child, "SELECT name, ended FROM thread WHERE name LIKE '%name' OR"
                           " name = 'second' ORDER BY name")
        self.assertEqual(names, [("early name", 0), ("second", 1)])
        self.assertEqual(self.labels(path, 6001), {"before the fork": 1})
        self.assertEqual(self.counters(path), {"operations": 42})


if __name__ == "__main__":
    unittest.main(verbosity=2)
