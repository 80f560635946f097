# test_live_snapshot.py -- Snapshots of a running process, asked for from outside.
#
# SPDX-License-Identifier: Apache-2.0
import os
import sqlite3
import stat
import sys
from pathlib import Path

import harness

WAITER = "import signal; print('ready', flush=True); signal.pause()"
CHURNER = """
import signal, threading
def churn():
    while True:
        [bytes(700 + n) for n in range(100)]
for _ in range(3):
    threading.Thread(target=churn, daemon=True).start()
print('ready', flush=True)
signal.pause()
"""


class LiveSnapshot(harness.TestCase):
    def waiter(self, script=WAITER, **options):
        program = harness.Program(
            [sys.executable, "-c", script], cwd=self.folder, HEAPDIFF_AT_EXIT=0, **options)
        self.addCleanup(program.close)
        program.await_line("^ready$")
        return program

    def facts(self, path, columns):
        with sqlite3.connect(path) as database:
            return database.execute(f"SELECT {columns} FROM snapshot").fetchone()

    def test_the_printed_path_is_the_finished_file(self):
        program = self.waiter()
        result = harness.must(harness.heapdiff("snapshot", program.pid))
        path = Path(result.stdout.rstrip("\n"))
        self.assertTrue(path.is_absolute())
        self.assertEqual(path.parent, self.folder)
        self.assertEqual([entry.name for entry in self.folder.glob("*.db*")], [path.name])
        self.assertEqual(self.facts(path, "pid, number, reason"), (program.pid, 1, "request"))

    def test_label_and_path_are_those_asked_for(self):
        path = harness.snapshot(self.waiter().pid, self.folder / "here.db", "after lunch")
        self.assertEqual(self.facts(path, "label"), ("after lunch",))

    def test_operations_that_the_asker_names_are_stored(self):
        program = self.waiter()
        first = harness.snapshot(program.pid, self.folder / "1.db", "one", "--ops", "0")
        second = harness.snapshot(program.pid, self.folder / "2.db", "two", "--ops", "700")
        third = harness.snapshot(program.pid, self.folder / "3.db", "three")
        self.assertEqual(harness.compare(first, second)["operations"], 700)
        self.assertEqual(harness.compare(first, third)["operations"], 0)

    def test_a_relative_path_is_the_askers_own(self):
        other = self.folder / "elsewhere"
        other.mkdir()
        harness.must(harness.heapdiff("snapshot", self.waiter().pid, "-o", "x.db", cwd=other))
        self.assertTrue((other / "x.db").exists())

    def test_only_the_owner_may_read_the_file(self):
        path = harness.snapshot(self.waiter().pid, self.folder / "a.db", "a")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0)

    def test_many_snapshots_of_a_busy_process_are_all_whole(self):
        program = self.waiter(CHURNER)
        for number in range(1, 11):
            path = harness.snapshot(program.pid, self.folder / f"{number}.db", str(number))
            with sqlite3.connect(path) as database:
                self.assertEqual(database.execute("PRAGMA quick_check").fetchall(), [("ok",)])
            self.assertEqual(self.facts(path, "number, label"), (number, str(number)))
        self.assertIsNone(program.process.poll())

    def test_an_idle_process_has_not_grown(self):
        program = self.waiter()
        paths = [self.folder / f"{name}.db" for name in "abc"]
        for path in paths:
            harness.snapshot(program.pid, path, path.stem)
        comparison = harness.compare(*paths)
        self.assertEqual(comparison["verdict"]["kind"], "none")
        self.assertEqual(len(comparison["snapshots"]), 3)
        self.assert_parts_add_up(comparison)

    def test_no_file_is_left_by_a_process_that_is_killed(self):
        program = self.waiter()
        program.stop(harness.signal.SIGKILL)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    harness.main()
