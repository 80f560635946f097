# test_crash_safety.py -- What is left when a process dies in a snapshot, or has nowhere to write.
#
# SPDX-License-Identifier: Apache-2.0
"""HEAPDIFF_KILLS: how many processes are killed at random moments of a snapshot (200);
HEAPDIFF_KILL_SEED: of the moments."""
import fcntl
import os
import random
import signal
import subprocess
import sys
import time
import unittest

import harness

KILLS = int(os.environ.get("HEAPDIFF_KILLS", 200))
SEED = int(os.environ.get("HEAPDIFF_KILL_SEED", 1))
PART = ".heapdiff-part"
ROOT = os.geteuid() == 0
WAITER = [harness.PROGRAMS / "deeds", "keep"]


def spin(nanoseconds):
    end = time.perf_counter_ns() + nanoseconds
    while time.perf_counter_ns() < end:
        pass


class Killed(harness.TestCase):
    """A program that takes one snapshot after the other, killed at a random moment."""

    def start(self):
        program = harness.Program(
            [harness.PROGRAMS / "series", 1000000], cwd=self.folder,
            HEAPDIFF_AT_EXIT=0, HEAPDIFF_OUT=f"{self.folder}/%p.%n.db")
        program.await_line("^2$")  # the first is slower: it is in the middle of its third
        return program

    def time_of_a_snapshot(self):
        """Nanoseconds, roughly: only to choose moments from."""
        program = self.start()
        begin = time.perf_counter_ns()
        program.await_line("^12$")
        taken = (time.perf_counter_ns() - begin) // 10
        program.close()
        return taken

    def kill(self, program, control):
        """The program, after its control process if that is to die as well; returns when both are
        gone."""
        pid = harness.control_pid(program.pid)
        with harness.Ended(pid) as ended:
            if control:
                os.kill(pid, signal.SIGSTOP)
            os.kill(program.pid, signal.SIGKILL)
            program.close()
            if control:
                os.kill(pid, signal.SIGKILL)
            ended.wait()

    def test_a_snapshot_under_way_is_finished_when_the_program_is_killed(self):
        moments, duration = random.Random(SEED), self.time_of_a_snapshot()
        for _ in range(KILLS // 10):
            program = self.start()
            spin(moments.randrange(2 * duration))
            self.kill(program, control=False)
            for path in self.folder.glob("*.db"):
                harness.check_whole(path)
                path.unlink()
            self.assertEqual(list(self.folder.iterdir()), [])

    def test_at_any_moment_no_file_with_its_final_name_is_not_whole(self):
        moments, duration, unfinished, whole = random.Random(SEED), self.time_of_a_snapshot(), 0, 0
        for _ in range(KILLS):
            program = self.start()
            spin(moments.randrange(2 * duration))
            self.kill(program, control=True)
            parts = list(self.folder.glob(f"*{PART}"))
            self.assertLessEqual(len(parts), 1, "older leftovers were not removed")
            unfinished += len(parts)
            for path in self.folder.glob("*.db"):
                harness.check_whole(path)
                path.unlink()
                whole += 1
            self.assertEqual(sorted(self.folder.iterdir()), sorted(parts))
        print(f"{KILLS} kills within {2 * duration / 1e6:.1f} ms: {whole} whole snapshots, "
              f"{unfinished} left unfinished", file=sys.stderr)
        self.assertGreater(unfinished, KILLS // 20, "hardly any kill met a snapshot")
        self.assertGreater(whole, KILLS)


class Leftovers(harness.TestCase):
    def waiter(self, **options):
        program = harness.Program(WAITER, cwd=self.folder, HEAPDIFF_AT_EXIT=0, **options)
        self.addCleanup(program.close)
        program.await_line("^ready")
        return program

    def test_of_the_dead_are_removed_and_those_of_the_living_are_not(self):
        dead, living = self.folder / f"heapdiff.1{PART}", self.folder / f"heapdiff.99{PART}"
        dead.write_text("half")
        living.write_text("half")
        foreign = self.folder / "notes.txt"
        foreign.write_text("mine")
        with open(living, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            harness.snapshot(self.waiter().pid, self.folder / "a.db", "a")
            self.assertEqual(sorted(path.name for path in self.folder.iterdir()),
                             ["a.db", living.name, foreign.name])

    def test_that_are_no_files_are_left_alone(self):
        odd = [self.folder / f"folder{PART}", self.folder / f"link{PART}",
               self.folder / f"pipe{PART}"]
        odd[0].mkdir()
        odd[1].symlink_to("/etc/hostname")
        os.mkfifo(odd[2])
        harness.snapshot(self.waiter().pid, self.folder / "a.db", "a")
        self.assertEqual(sorted(self.folder.glob(f"*{PART}")), sorted(odd))


class NowhereToWrite(harness.TestCase):
    """The asker gets the reason, the program goes on, and the next snapshot works."""

    def waiter(self, folder=None, **options):
        program = harness.Program(WAITER, cwd=folder or self.folder, HEAPDIFF_AT_EXIT=0, **options)
        self.addCleanup(program.close)
        program.await_line("^ready")
        return program

    def assert_refused(self, program, *more, words):
        result = harness.heapdiff("snapshot", program.pid, *more)
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertIsNone(program.process.poll())

    def assert_works_again(self, program):
        path = harness.snapshot(program.pid, self.folder / "again.db", "again")
        harness.check_whole(path)
        self.assertEqual(list(self.folder.rglob(f"*{PART}")), [])
        self.assertEqual(program.stop(), -signal.SIGTERM)

    def test_a_folder_that_is_missing(self):
        program = self.waiter(HEAPDIFF_OUT="missing/%n.db")
        self.assert_refused(program, words=["missing/1.db", "No such file", "-o FILE"])
        self.assert_works_again(program)

    def test_a_path_that_is_too_long(self):
        program = self.waiter(HEAPDIFF_OUT="x" * 300 + ".db")
        self.assert_refused(program, words=["File name too long"])
        self.assert_works_again(program)

    def test_a_path_that_becomes_too_long(self):
        program = self.waiter(HEAPDIFF_OUT="%l" * 1000)
        self.assert_refused(program, "--label", "x" * 100, words=["HEAPDIFF_OUT"])
        self.assert_works_again(program)

    def test_a_path_that_is_a_folder(self):
        (self.folder / "taken.db").mkdir()
        program = self.waiter(HEAPDIFF_OUT="taken.db")
        self.assert_refused(program, words=["taken.db", "directory"])
        self.assert_works_again(program)

    @unittest.skipUnless(ROOT, "needs another user")
    def test_a_folder_that_may_not_be_written_to(self):
        self.folder.chmod(0o755)
        program = harness.Program([*WAITER, "nobody"], cwd=self.folder, HEAPDIFF_AT_EXIT=0)
        self.addCleanup(program.close)
        program.await_line("^ready")
        self.assert_refused(program, words=["Permission denied", "-o FILE"])
        self.assert_works_again(program)

    def mount(self, name, options):
        folder = self.folder / name
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "heapdiff-test", folder]
        if not ROOT or subprocess.run(command, capture_output=True, check=False).returncode:
            self.skipTest("this machine does not let us mount")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=True)
        return folder

    def test_a_disk_that_is_full(self):
        full = self.mount("full", "size=64k")
        program = self.waiter(HEAPDIFF_OUT=f"{full}/%n.db")
        self.assert_refused(program, words=[str(full), "No space left"])
        self.assertEqual(list(full.iterdir()), [])
        self.assert_works_again(program)

    def test_a_disk_that_is_full_at_exit(self):
        full = self.mount("full", "size=64k")
        result = harness.run(["sh", "-c", "echo a; exit 3"], recorded=True, cwd=self.folder,
                             HEAPDIFF_OUT=f"{full}/%n.db")
        self.assertEqual((result.returncode, result.stdout), (3, "a\n"))
        self.assertIn("No space left", result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertEqual(list(full.iterdir()), [])

    def test_a_working_folder_that_is_read_only(self):
        folder = self.mount("fixed", "size=1m")
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        program = self.waiter(folder)
        self.assert_refused(program, words=["Read-only file system", "-o FILE"])
        self.assert_works_again(program)

    def test_a_limit_of_file_sizes_raises_no_signal(self):
        program = harness.Program(
            [*WAITER, "file-size=4096"], cwd=self.folder, HEAPDIFF_AT_EXIT=0)
        self.addCleanup(program.close)
        program.await_line("^ready")
        harness.snapshot(program.pid, self.folder / "a.db", "past the program's own limit")
        self.assertEqual(program.stop(), -signal.SIGTERM)

    def test_a_limit_of_file_sizes_from_the_beginning(self):
        script = "ulimit -f 0; exec {} -c 'print(1)'".format(sys.executable)
        result = harness.run(["sh", "-c", script], recorded=True, cwd=self.folder)
        self.assertEqual((result.returncode, result.stdout), (0, "1\n"), result.stderr)
        self.assertIn("File too large", result.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_snapshots_by_the_clock_say_why_there_are_none(self):
        program = self.waiter(HEAPDIFF_OUT="missing/%n.db", HEAPDIFF_INTERVAL=0.01)
        while program.stderr().count("\n") < 3:
            os.sched_yield()
        for line in program.stderr().splitlines():
            self.assertRegex(line, "^heapdiff: cannot write .*missing/1.db: No such file")


if __name__ == "__main__":
    harness.main()
