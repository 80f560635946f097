# test_errors.py -- What cannot be read or asked: one clear line on stderr, and exit code 2.
#
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import unittest
import zlib
from pathlib import Path

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


def readers():
    """Every command that reads snapshots, by heapdiff's own help: name, how many it needs, whether
    it writes a file that -o names."""
    usage = harness.must(harness.heapdiff("help")).stdout
    found = []
    for name, arguments in re.findall(r"^  heapdiff (\w+) +(.*A\.db.*)$", usage, re.MULTILINE):
        needed = len(re.findall(r"\w\.db", re.sub(r"\[.*?\]", "", arguments)))
        options = harness.must(harness.heapdiff(name, "--help")).stdout
        found.append((name, needed, "-o, --output" in options))
    return found


class Snapshots(Refusal):
    def setUp(self):
        super().setUp()
        self.good = self.folder / "good.db"
        harness.must(harness.run(
            ["sort", "/dev/null"], recorded=True, cwd=self.folder, HEAPDIFF_OUT="good.db"))
        self.bad = self.folder / "bad.db"

    def make_later(self):
        """A second snapshot of that process, as far as a comparison can see."""
        later = self.folder / "later.db"
        shutil.copyfile(self.good, later)
        database = sqlite3.connect(later)
        database.execute("UPDATE snapshot SET number = number + 1, time_ns = time_ns + 1000000000,"
                         " uptime_ns = uptime_ns + 1000000000")
        database.commit()
        database.close()
        return later

    def content(self, folder=None):
        """All files below, with what is in them."""
        return {path.name: zlib.crc32(path.read_bytes()) if path.is_file() else None
                for path in Path(folder or self.folder).rglob("*")}


class UnreadableFiles(Snapshots):
    def test_the_commands_that_read_snapshots_are_known(self):
        needs = {name: needed for name, needed, _ in readers()}
        known = {"show": 1, "compare": 2, "export": 1, "symbolize": 1, "info": 1}
        self.assertEqual({**needs, **known}, needs)

    def assert_all_commands_refuse(self, *words):
        """Wherever the bad one is named, and with nothing written."""
        before = self.content()
        for name, needed, writes in readers():
            target = ("-o", f"{self.folder}/out/" if name == "export" else self.folder / "out")
            orders = [(self.bad,)] if needed == 1 else []
            if needed == 2 or name in ("export", "report", "view"):
                orders += [(self.good, self.bad), (self.bad, self.good)]
            for order in orders:
                with self.subTest(name, order=[path.name for path in order]):
                    named = target if writes else ()
                    self.assert_refused(harness.heapdiff(name, *named, *order), *words)
        self.assertEqual(self.content(), before)

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

    def test_a_snapshot_of_an_older_schema(self):
        self.alter("PRAGMA user_version = 0")
        self.assert_all_commands_refuse(self.bad, "format 0", "take the snapshot again")

    def test_a_snapshot_that_was_made_to_harm(self):
        for statement in (
                "CREATE VIRTUAL TABLE more USING fts5(a)",
                "DROP TABLE node",
                "DELETE FROM snapshot",
                "INSERT INTO snapshot SELECT * FROM snapshot",
                "UPDATE node SET parent_id = id",
                "UPDATE stack SET node_id = 1 << 40",
                "UPDATE location SET module_id = -1 WHERE module_id IS NOT NULL",
                "UPDATE snapshot SET label = hex(zeroblob(10000000))"):
            with self.subTest(statement):
                self.alter(statement)
                self.assert_all_commands_refuse(self.bad, "damaged")

    def test_a_snapshot_that_changes_while_it_is_read(self):
        """Cut off, lengthened, overwritten, replaced: it is read as it was, or refused."""
        content = self.good.read_bytes()
        self.bad.write_bytes(content)
        stopped, codes, later = threading.Event(), set(), self.make_later()

        def change():
            turn = 0
            while not stopped.is_set():
                turn += 1
                with open(self.bad, "r+b") as file:
                    file.truncate(len(content) // 2 if turn % 3 else 2 * len(content))
                    file.write(content[:4096 * (turn % 7)])
                    file.seek(0)
                    file.write(content)
                    file.truncate(len(content))
        thread = threading.Thread(target=change)
        thread.start()
        try:
            for _ in range(30):
                result = harness.heapdiff("compare", self.bad, later, "--format", "json")
                codes.add(result.returncode)
                if result.returncode == 2:
                    self.assert_refused(result, self.bad)
                else:
                    json.loads(result.stdout)
        finally:
            stopped.set()
            thread.join()
        self.assertLessEqual(codes, {0, 2, 3})

    def test_a_database_of_another_program(self):
        self.alter("PRAGMA application_id = 1")
        self.assert_all_commands_refuse(self.bad)

    def test_a_snapshot_that_may_not_be_read(self):
        shutil.copyfile(self.good, self.bad)
        self.bad.chmod(0)
        if os.access(self.bad, os.R_OK):
            self.skipTest("this user may read everything")
        self.assert_all_commands_refuse(self.bad)


class OutputsThatCannotBe(Snapshots):
    """Commands with -o, and --write-baseline, whose file goes the same way."""

    def writers(self, target):
        for name, needed, writes in readers():
            if writes:
                yield name, [name, "-o", target, *[self.good] * needed]
        yield "compare", ["compare", self.good, self.make_later(), "--write-baseline", target]

    def assert_refused_as_output(self, target, *words, but=()):
        for name, command in self.writers(target):
            with self.subTest(name):
                result = harness.heapdiff(*command)
                if name in but:
                    harness.must(result)
                    continue
                if name == "compare":
                    result.stdout = ""  # the comparison itself was asked for, too
                self.assert_refused(result, *words)

    def test_a_folder_that_is_not_there(self):
        self.assert_refused_as_output(self.folder / "no" / "x", "no/x", "No such file")
        self.assertLessEqual(set(self.content()), {"good.db", "later.db"})

    def test_a_folder_in_place_of_a_file(self):
        target = self.folder / "target"
        target.mkdir()
        self.assert_refused_as_output(target, "target", "directory", but=("export",))
        self.assertEqual([path.suffix for path in target.iterdir()], [".heapsnapshot"])

    def test_a_device_is_written_to_or_refused_and_never_replaced(self):
        device = self.folder / "full"
        try:
            os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
            device.open("w").close()
        except OSError:
            self.skipTest("this machine does not let us make devices")
        self.assert_refused_as_output(device, "full")
        self.assertTrue(stat.S_ISCHR(device.stat().st_mode))

    def test_a_disk_that_is_full(self):
        full = self.folder / "full"
        full.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=4k", "heapdiff-test", full]
        if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
            self.skipTest("this machine does not let us mount")
        self.addCleanup(subprocess.run, ["umount", "-l", full], check=True)
        (full / "filler").write_bytes(bytes(4096))
        before = self.content(full)
        self.assert_refused_as_output(full / "x", "full/x", "No space left")
        self.assertEqual(self.content(full), before)

    def test_a_disk_that_becomes_full(self):
        """There is room for a beginning: what was there before stays, and nothing else does."""
        full = self.folder / "full"
        full.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=32k", "heapdiff-test", full]
        if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
            self.skipTest("this machine does not let us mount")
        self.addCleanup(subprocess.run, ["umount", "-l", full], check=True)
        (full / "x").write_text("old")
        (full / "filler").write_bytes(bytes(20 << 10))
        before = self.content(full)
        big = self.make_big()
        for command in (["export", "-o", full / "x", big], ["report", "-o", full / "x", big],
                        ["symbolize", "-o", full / "x", big]):
            with self.subTest(command[0]):
                self.assert_refused(harness.heapdiff(*command), "full/x", "No space left")
                self.assertEqual(self.content(full), before)

    def test_a_limit_of_file_sizes(self):
        target = self.folder / "x"
        big = self.make_big()
        target.write_text("old")
        before = self.content()
        for command in ("export", "report", "symbolize"):
            with self.subTest(command):
                script = 'ulimit -f 4; exec "$@"'  # blocks of 512 or 1024 bytes
                result = harness.run(["sh", "-c", script, "sh", harness.COMMAND, command, "-o",
                                      target, big])
                self.assert_refused(result, target, "File too large")
                self.assertEqual(self.content(), before)

    def make_big(self):
        """A snapshot whose exports are of some 100 KiB."""
        big = self.folder / "big.db"
        shutil.copyfile(self.good, big)
        database = sqlite3.connect(big)
        database.execute("UPDATE stack SET live_blocks = 3000, live_bytes = 300000"
                         " WHERE kind = 'malloc'")
        database.execute("DELETE FROM size")
        database.execute("DELETE FROM age")
        database.commit()
        database.close()
        return big

    def test_stdout_that_takes_nothing(self):
        for name, needed, _ in readers():
            if name in ("symbolize", "view"):
                continue  # print nothing
            with self.subTest(name), open("/dev/full", "w", encoding="ascii") as full:
                files = [self.good, self.make_later()][:needed]
                result = subprocess.run(
                    [harness.COMMAND, name, *files], stdout=full,
                    stderr=subprocess.PIPE, text=True, check=False, timeout=harness.TIMEOUT)
                result.stdout = ""
                self.assert_refused(result, "No space left")

    def test_a_program_is_not_started_when_its_snapshot_would_have_no_place(self):
        marker = self.folder / "started"
        for target in ("/nowhere/x.db", f"{self.folder}/no/"):
            self.assert_refused(
                harness.heapdiff("run", "-o", target, "--", "touch", marker), target)
        self.assertFalse(marker.exists())

    def test_a_folder_is_a_place_for_the_snapshots_of_run(self):
        target = self.folder / "target"
        target.mkdir()
        harness.must(harness.heapdiff("run", "-o", target, "--", "true"))
        names = [path.name for path in target.iterdir()]
        self.assertEqual(len(names), 1)
        self.assertRegex(names[0], r"^heapdiff\.true\.\d+\.1\.db$")


class UnaskableProcesses(Refusal):
    def waiter(self, recorded):
        program = harness.Program(
            [sys.executable, "-c", WAITER], recorded=recorded, cwd=self.folder, HEAPDIFF_AT_EXIT=0)
        self.addCleanup(program.close)
        program.await_line("^ready$")
        return program

    def test_a_process_that_is_not_recorded(self):
        pid = self.waiter(recorded=False).pid
        for name in ("snapshot", "list"):
            self.assert_refused(harness.heapdiff(name, pid), pid)

    def test_a_process_whose_loader_left_the_library_out(self):
        program = self.folder / "static"
        source = self.folder / "static.c"
        source.write_text("#include <stdio.h>\n#include <unistd.h>\n"
                          'int main(void) { puts("ready"); fflush(stdout); return pause(); }\n')
        built = harness.run(["cc", "-static", source, "-o", program])
        if built.returncode:
            self.skipTest("no static libc here")
        process = harness.Program([program])
        self.addCleanup(process.close)
        process.await_line("^ready")
        self.assert_refused(harness.heapdiff("snapshot", process.pid), "statically linked")

    def test_a_process_that_does_not_exist(self):
        program = self.waiter(recorded=True)
        program.stop()
        for name in ("snapshot", "list"):
            self.assert_refused(harness.heapdiff(name, program.pid), program.pid)

    def test_something_that_is_no_pid(self):
        for name in ("snapshot", "list"):
            self.assert_refused(harness.heapdiff(name, "server"), "server")

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_a_process_of_another_user(self):
        pid = self.waiter(recorded=True).pid
        self.folder.chmod(0o755)
        command = shutil.copy(harness.COMMAND, self.folder)
        for words in (["snapshot", pid, "-o", "/tmp/never.db"], ["list", pid]):
            result = harness.run(
                ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                 command, *words])
            self.assert_refused(result, pid, "root")
        self.assertFalse(os.path.exists("/tmp/never.db"))

    def test_a_path_that_cannot_be_written(self):
        pid = self.waiter(recorded=True).pid
        self.assert_refused(
            harness.heapdiff("snapshot", pid, "-o", "/nowhere/x.db"), "/nowhere")


class WrongUsage(Refusal):
    def test_a_file_where_a_folder_is_listed(self):
        file = self.folder / "a.db"
        file.touch()
        self.assert_refused(harness.heapdiff("list", file), file, "heapdiff info")

    def test_numbers_that_make_no_sense_to_the_recorder(self):
        for option in (["--depth", "0"], ["--depth", "2000"], ["--interval", "soon"],
                       ["--sample", "some"], ["--debug-dir", "/nowhere"]):
            with self.subTest(option):
                self.assert_refused(harness.heapdiff("run", *option, "--", "true"), option[0])

    def test_an_unknown_command(self):
        self.assert_refused(harness.heapdiff("comprae"), "comprae")

    def test_an_unknown_option(self):
        self.assert_refused(harness.heapdiff("compare", "--frmat", "json", "a", "b"), "--frmat")

    def test_one_snapshot_where_two_are_needed(self):
        self.assert_refused(harness.heapdiff("compare", "a.db"))


if __name__ == "__main__":
    harness.main()
