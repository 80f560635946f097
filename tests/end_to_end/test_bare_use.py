# test_bare_use.py -- LD_PRELOAD and nothing else: what is left behind, and by whom.
#
# SPDX-License-Identifier: Apache-2.0
import signal
import sqlite3

import harness


class BareUse(harness.TestCase):
    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    def programs(self):
        """The programs of all snapshots in the folder, sorted."""
        names = []
        for path in self.folder.glob("*.db"):
            with sqlite3.connect(path) as database:
                names += [row[0] for row in database.execute("SELECT program FROM snapshot")]
        return sorted(names)

    def run_here(self, *arguments, recorded=True, **options):
        return harness.run(arguments, recorded=recorded, cwd=self.folder, **options)

    def test_leaves_one_file_and_one_line_that_names_it(self):
        result = harness.must(self.run_here("sh", "-c", "read line; echo $line", stdin="b\n"))
        self.assertEqual(result.stdout, "b\n")
        files = self.files()
        self.assertEqual(len(files), 1, files)
        self.assertRegex(files[0], r"^heapdiff\.sh\.\d+\.1\.db$")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(files[0], result.stderr)

    def test_a_program_that_closes_its_stderr_itself_leaves_the_line_too(self):
        result = harness.must(self.run_here("sort", stdin="b\na\n"))
        self.assertEqual(result.stdout, "a\nb\n")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(self.files()[0], result.stderr)

    def test_the_file_is_a_whole_snapshot_that_can_be_shown(self):
        self.run_here("sort", stdin="b\na\n")
        with sqlite3.connect(self.folder / self.files()[0]) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            reason, recorded = database.execute(
                "SELECT reason, (SELECT sum(allocations) FROM stack) FROM snapshot").fetchone()
        self.assertEqual(reason, "exit")
        self.assertGreater(recorded, 0)
        harness.must(harness.heapdiff("show", self.folder / self.files()[0]))

    def test_the_resident_memory_is_split_to_the_byte(self):
        self.run_here("sort", stdin="b\na\n")
        with sqlite3.connect(self.folder / self.files()[0]) as database:
            rss, parts, mappings = database.execute(
                "SELECT rss_bytes, (SELECT sum(bytes) FROM rss),"
                " (SELECT sum(rss_bytes) FROM mapping) FROM snapshot").fetchone()
        self.assertEqual((parts, mappings), (rss, rss))

    def test_leaves_nothing_when_no_exit_snapshot_is_wanted(self):
        result = harness.must(self.run_here("sort", stdin="a\n", HEAPDIFF_AT_EXIT=0))
        self.assertEqual((self.files(), result.stderr), ([], ""))

    def test_the_path_is_made_as_asked(self):
        harness.must(self.run_here("sort", stdin="a\n", HEAPDIFF_OUT="%e-%n.db"))
        self.assertEqual(self.files(), ["sort-1.db"])

    def test_children_stay_passive(self):
        result = harness.must(self.run_here("sh", "-c", "sort /dev/null; cat /dev/null; :"))
        self.assertEqual(self.programs(), ["sh"])
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    def test_children_are_recorded_when_followed(self):
        harness.must(self.run_here(
            "sh", "-c", "sort /dev/null; cat /dev/null; :", HEAPDIFF_FOLLOW=1))
        self.assertEqual(self.programs(), ["cat", "sh", "sort"])

    def test_a_program_without_a_writable_folder_ends_as_ever_and_says_why(self):
        result = self.run_here("sh", "-c", "echo a; exit 3", HEAPDIFF_OUT="/nowhere/at/all.db")
        self.assertEqual((result.returncode, result.stdout), (3, "a\n"))
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn("/nowhere/at/all.db", result.stderr)


class Run(harness.TestCase):
    def heapdiff_run(self, *arguments, **options):
        return harness.heapdiff("run", *arguments, cwd=self.folder, **options)

    def test_passes_the_exit_status_on(self):
        self.assertEqual(self.heapdiff_run("--", "sh", "-c", "exit 7").returncode, 7)
        self.assertEqual(self.heapdiff_run("--", "true").returncode, 0)

    def test_passes_death_by_a_signal_on(self):
        result = self.heapdiff_run("--", "sh", "-c", "kill -KILL $$")
        self.assertIn(result.returncode, (-signal.SIGKILL, 128 + signal.SIGKILL))

    def test_says_in_one_line_that_a_program_is_not_there(self):
        result = self.heapdiff_run("--", "no-such-program")
        self.assertEqual((result.returncode, result.stderr.count("\n")), (127, 1), result.stderr)
        self.assertIn("no-such-program", result.stderr)

    def test_records_the_program_and_leaves_its_output_alone(self):
        result = harness.must(self.heapdiff_run("--", "sort", stdin="b\na\n"))
        self.assertEqual(result.stdout, "a\nb\n")
        self.assertEqual(len(list(self.folder.glob("heapdiff.sort.*.db"))), 1)


if __name__ == "__main__":
    harness.main()
