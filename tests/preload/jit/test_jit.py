# test_jit.py -- Code space that is used again: every stack has the name of its own time.
#
# SPDX-License-Identifier: Apache-2.0
"""test_jit.py RUNTIME: the path of the program made of runtime.c."""
import contextlib
import platform
import shutil
import sqlite3
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "end_to_end"))
import harness  # noqa: E402

RUNTIME = Path(sys.argv.pop(1)).resolve()
LIVES = {1000: "life_1", 2000: "life_2", 3000: "life_3"}
NAMES = """
    SELECT s.live_bytes, l.jit_name, y.file, y.line FROM stack s
    JOIN node n ON n.id = s.node_id JOIN location l ON l.id = n.location_id
    LEFT JOIN symbol y ON y.location_id = l.id
    WHERE l.module_id IS NULL AND s.live_bytes IN (1000, 2000, 3000)"""


@unittest.skipUnless(platform.machine() == "x86_64", "the runtime's code is x86-64")
class UsedAgain(unittest.TestCase):
    def setUp(self):
        # Not below /tmp, which a namespace may have of its own; nor need the build be seen there.
        self.folder = Path(tempfile.mkdtemp(prefix="heapdiff-test.", dir="/var/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        for product in (harness.SHIM, RUNTIME):
            shutil.copy(product, self.folder)

    def rows(self, mode, names, before=()):
        result = harness.must(harness.run(
            [*before, "env", f"LD_PRELOAD={self.folder / harness.SHIM.name}",
             self.folder / RUNTIME.name, mode, *names.split("%d")],
            cwd=self.folder, HEAPDIFF_OUT="lives.db"))
        path = Path(result.stdout.strip())
        if path.exists():
            path.unlink()
        database = sqlite3.connect(self.folder / "lives.db")
        self.addCleanup(database.close)
        return database.execute(NAMES).fetchall()

    def assert_lives(self, rows):
        self.assertEqual({size: name for size, name, _, _ in rows}, LIVES)

    def test_a_stack_has_the_name_that_was_in_the_map_when_it_was_first_seen(self):
        self.assert_lives(self.rows("map", "/tmp/perf-%d.map"))

    def test_a_stack_has_the_name_that_the_jitdump_had_for_its_time(self):
        rows = self.rows("dump", "jit-%d.dump")
        self.assert_lives(rows)
        lines = {size: (file, line) for size, _, file, line in rows}
        self.assertEqual(lines[2000], ("/app/lives.x", 20 + 1))  # the call is in the second line

    def test_a_map_that_is_written_at_the_end_still_gives_names(self):
        rows = self.rows("late", "/tmp/perf-%d.map")
        self.assertEqual({name for _, name, _, _ in rows}, {"life_1"})
        self.assertEqual(len(rows), 3)

    def test_a_map_that_lies_elsewhere_is_found_while_it_is_open(self):
        rows = self.rows("late", str(self.folder / "perf-%d.map"))
        self.assertEqual({name for _, name, _, _ in rows}, {"life_1"})

    def test_a_map_that_an_earlier_process_has_left_gives_no_names(self):
        rows = self.rows("stale", str(self.folder / "perf-%d.map"))
        self.assertEqual({name for _, name, _, _ in rows}, {"life_1"})
        for left in Path("/tmp").glob("perf-*.map"):
            with contextlib.suppress(FileNotFoundError):  # another run may be quicker
                if "somebody_else" in left.read_text(errors="replace"):
                    left.unlink()

    def test_pid_and_tmp_are_those_of_the_process(self):
        inside = ["unshare", "--pid", "--mount", "--fork", "sh", "-c",
                  'mount -t tmpfs none /tmp && exec "$@"', "sh"]
        if harness.run([*inside, "true"]).returncode != 0:
            self.skipTest("no namespaces for this user")
        self.assert_lives(self.rows("map", "/tmp/perf-%d.map", inside))


if __name__ == "__main__":
    harness.main()
