# test_places.py -- What is no regular file is never replaced: not by the shim, nor by a command.
#
# SPDX-License-Identifier: Apache-2.0
"""rename() replaces whatever has the name: as root /dev/null itself, for the whole machine. The
devices here are the test's own, in a folder of its own."""
import json
import os
import socket
import sqlite3
import stat
import sys

import harness

WAITER = "import signal; print('ready', flush=True); signal.pause()"


class Places(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.places = self.folder / "places"
        self.places.mkdir()
        os.mkfifo(self.places / "pipe")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(self.places / "socket"))
        (self.places / "link-to-pipe").symlink_to("pipe")
        (self.places / "link-to-nothing").symlink_to("nothing")
        try:
            os.mknod(self.places / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
            os.mknod(self.places / "full", 0o666 | stat.S_IFCHR, os.makedev(1, 7))
        except OSError as error:
            print(f"without devices: {error}", file=sys.stderr)
        self.before = self.kinds()
        self.assertGreaterEqual(len(self.before), 4)

    def kinds(self):
        return {path.name: (stat.S_IFMT(path.lstat().st_mode), path.lstat().st_ino)
                for path in self.places.iterdir()}

    def each(self):
        """All of them; afterwards they are as they were, and nothing has come."""
        for name in sorted(self.before):
            yield self.places / name
            self.assertEqual(self.kinds(), self.before, name)

    def assert_refused(self, result, *words):
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(str(word), result.stderr)


class OfTheShim(Places):
    def test_a_program_runs_on_unharmed_and_one_line_says_why_there_is_no_snapshot(self):
        for place in self.each():
            result = harness.run(["echo", "a"], recorded=True, cwd=self.folder, HEAPDIFF_OUT=place)
            self.assertEqual((result.returncode, result.stdout), (0, "a\n"))
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            self.assertIn(str(place), result.stderr)
            self.assertIn("HEAPDIFF_AT_EXIT=0", result.stderr)

    def test_who_wants_no_snapshot_at_exit_hears_nothing(self):
        for place in self.each():
            result = harness.run(["true"], recorded=True, HEAPDIFF_OUT=place, HEAPDIFF_AT_EXIT=0)
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_names_that_are_filled_in_later(self):
        for place in self.each():
            pattern = str(place.with_name("%l" + place.name[1:]))
            program = harness.Program([sys.executable, "-c", WAITER], HEAPDIFF_OUT=pattern,
                                      HEAPDIFF_AT_EXIT=0)
            with program:
                program.await_line("^ready$")
                self.assert_refused(
                    harness.heapdiff("snapshot", program.pid, "--label", place.name[0]), place)
                self.assertIsNone(program.process.poll())

    def test_a_file_is_replaced_and_a_link_to_one_is_not(self):
        file, link = self.folder / "file.db", self.folder / "link.db"
        file.write_text("old")
        harness.must(harness.run(["true"], recorded=True, HEAPDIFF_OUT=file))
        harness.check_whole(file)
        file.write_text("old")
        link.symlink_to(file)
        result = harness.run(["true"], recorded=True, HEAPDIFF_OUT=link)
        self.assertIn("a symbolic link", result.stderr)
        self.assertEqual((link.is_symlink(), file.read_text()), (True, "old"))


class OfCommands(Places):
    def test_run_starts_nothing(self):
        marker = self.folder / "started"
        for place in self.each():
            jobs = [("--duration", "0.1"), ("--load", "true")]
            if place.name == "link-to-nothing":
                jobs = []  # -o is the start of a job's two names
            for job in [(), *jobs]:
                self.assert_refused(
                    harness.heapdiff("run", "-o", place, *job, "--", "touch", marker), place)
            self.assertFalse(marker.exists())

    def test_a_job_starts_nothing_where_one_of_its_files_cannot_be(self):
        marker = self.folder / "started"
        (self.places / "a.loaded.db").symlink_to("pipe")
        self.before = self.kinds()
        for target in (self.places / "a.db", self.folder / "no" / "a.db"):
            self.assert_refused(harness.heapdiff(
                "run", "-o", target, "--duration", "0.1", "--", "touch", marker), target.parent)
        self.assertFalse(marker.exists())
        self.assertEqual(self.kinds(), self.before)

    def test_snapshot_asks_nothing(self):
        with harness.Program([sys.executable, "-c", WAITER], HEAPDIFF_AT_EXIT=0) as program:
            program.await_line("^ready$")
            for place in self.each():
                self.assert_refused(
                    harness.heapdiff("snapshot", program.pid, "-o", place), place)
            taken = harness.must(harness.heapdiff("list", program.pid, "--format", "json")).stdout
            self.assertEqual(json.loads(taken)["process"]["taken"], 0)

    def test_a_link_to_a_file_stays_one(self):
        file = self.folder / "file.db"
        link = self.folder / "link.db"
        link.symlink_to("file.db")
        with harness.Program([sys.executable, "-c", WAITER], HEAPDIFF_AT_EXIT=0) as program:
            program.await_line("^ready$")
            for write in (lambda: harness.heapdiff("snapshot", program.pid, "-o", link),
                          lambda: harness.heapdiff("run", "-o", link, "--", "true"),
                          lambda: harness.heapdiff("symbolize", good, "-o", link)):
                file.write_text("old")
                harness.must(write())
                harness.check_whole(file)
                self.assertTrue(link.is_symlink())
                good = self.folder / "good.db"
                good.write_bytes(file.read_bytes())

    def make_good(self):
        good = self.folder / "good.db"
        harness.must(harness.run(["sort", "/dev/null"], recorded=True, HEAPDIFF_OUT=good))
        return good

    def make_later(self, good):
        later = self.folder / "later.db"
        later.write_bytes(good.read_bytes())
        database = sqlite3.connect(later)
        database.execute("UPDATE snapshot SET number = number + 1, time_ns = time_ns + 1000000000,"
                         " uptime_ns = uptime_ns + 1000000000")
        database.commit()
        database.close()
        return later

    def test_what_is_written_in_one_go_goes_through_and_never_in_place_of_it(self):
        good = self.make_good()
        later = self.make_later(good)
        for place in self.each():
            self.assert_refused(harness.heapdiff("symbolize", good, "-o", place), place)
            if "pipe" in place.name:
                continue  # would wait for a reader, as everybody who writes to one
            for words in (["export", good, "-o", place], ["report", good, "-o", place],
                          ["compare", good, later, "--write-baseline", place]):
                result = harness.heapdiff(*words)
                expected = 0 if place.name == "null" else 2
                self.assertEqual(result.returncode, expected, (words[0], result.stderr))

    def test_stdout_by_its_name_is_no_place_for_a_file(self):
        """/dev/stdout is a link that leads to the file which stdout is, if it is one."""
        good, link = self.make_good(), self.folder / "stdout"
        link.symlink_to("/proc/self/fd/1")
        result = harness.run(["sh", "-c", 'exec "$0" report "$1" -o "$2" > "$3"', harness.COMMAND,
                              good, link, self.folder / "page.html"])
        self.assertEqual((result.returncode, link.is_symlink()), (0, True), result.stderr)
        self.assertIn("<html", (self.folder / "page.html").read_text())


if __name__ == "__main__":
    harness.main()
