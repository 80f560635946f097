# test_errors.py -- What cannot be read or asked: one clear line on stderr, and exit code 2.
#
# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import sqlite3
import sys
import unittest

import harness

WAITER = "import signal; print('ready', flush=True); signal.pause()"
NOBODY = 65534


class Refusal(harness.TestCase):
    def assert_refused(self, result, *words):
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("heapdiff: "), result.stderr)
        for word in words:
            self.assertIn(str(word), result.stderr)


class UnreadableFiles(Refusal):
    def setUp(self):
        super().setUp()
        self.good = self.folder / "good.db"
        harness.must(harness.run(
            ["sort", "/dev/null"], recorded=True, cwd=self.folder, HEAPDIFF_OUT="good.db"))
        self.bad = self.folder / "bad.db"

    def assert_all_commands_refuse(self, *words):
        self.assert_refused(harness.heapdiff("show", self.bad), *words)
        self.assert_refused(harness.heapdiff("compare", self.good, self.bad), *words)
        self.assert_refused(harness.heapdiff("compare", self.bad, self.good), *words)

    def alter(self, statement):
        shutil.copyfile(self.good, self.bad)
        database = sqlite3.connect(self.bad)
        database.execute(statement)
        database.commit()
        database.close()

    def test_a_wrong_path(self):
        self.assert_all_commands_refuse(self.bad)

    def test_a_text_file(self):
        self.bad.write_text("not a snapshot\n" * 1000)
        self.assert_all_commands_refuse(self.bad)

    def test_an_empty_file(self):
        self.bad.touch()
        self.assert_all_commands_refuse(self.bad)

    def test_a_folder(self):
        self.bad.mkdir()
        self.assert_all_commands_refuse(self.bad)

    def test_a_truncated_snapshot(self):
        content = self.good.read_bytes()
        for size in (50, 100, 4096, len(content) // 2, len(content) - 1):
            with self.subTest(size=size):
                self.bad.write_bytes(content[:size])
                self.assert_all_commands_refuse(self.bad)

    def test_a_snapshot_of_another_schema_with_both_versions_named(self):
        self.alter("PRAGMA user_version = 77")
        self.assert_all_commands_refuse(self.bad, "77", "1")

    def test_a_database_of_somebody_else(self):
        self.alter("PRAGMA application_id = 1")
        self.assert_all_commands_refuse(self.bad)

    def test_a_snapshot_that_may_not_be_read(self):
        shutil.copyfile(self.good, self.bad)
        self.bad.chmod(0)
        if os.access(self.bad, os.R_OK):
            self.skipTest("this user may read everything")
        self.assert_all_commands_refuse(self.bad)


class UnaskableProcesses(Refusal):
    def waiter(self, recorded):
        program = harness.Program(
            [sys.executable, "-c", WAITER], recorded=recorded, cwd=self.folder, HEAPDIFF_AT_EXIT=0)
        self.addCleanup(program.close)
        program.await_line("^ready$")
        return program

    def test_a_process_that_is_not_recorded(self):
        pid = self.waiter(recorded=False).pid
        self.assert_refused(harness.heapdiff("snapshot", pid), pid)

    def test_a_process_that_does_not_exist(self):
        program = self.waiter(recorded=True)
        program.stop()
        self.assert_refused(harness.heapdiff("snapshot", program.pid), program.pid)

    def test_something_that_is_no_pid(self):
        self.assert_refused(harness.heapdiff("snapshot", "server"), "server")

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_a_process_of_another_user(self):
        pid = self.waiter(recorded=True).pid
        self.folder.chmod(0o755)
        command = shutil.copy(harness.COMMAND, self.folder)
        result = harness.run(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
             command, "snapshot", pid, "-o", "/tmp/never.db"])
        self.assert_refused(result, pid, "root")
        self.assertFalse(os.path.exists("/tmp/never.db"))

    def test_a_path_that_cannot_be_written(self):
        pid = self.waiter(recorded=True).pid
        self.assert_refused(
            harness.heapdiff("snapshot", pid, "-o", "/nowhere/x.db"), "/nowhere")


class WrongUsage(Refusal):
    def test_an_unknown_command(self):
        self.assert_refused(harness.heapdiff("comprae"), "comprae")

    def test_an_unknown_option(self):
        self.assert_refused(harness.heapdiff("compare", "--frmat", "json", "a", "b"), "--frmat")

    def test_one_snapshot_where_two_are_needed(self):
        self.assert_refused(harness.heapdiff("compare", "a.db"))


if __name__ == "__main__":
    harness.main()
