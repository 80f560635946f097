# test_series.py -- Snapshots that are taken by themselves, their names, and heapdiff list.
#
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import harness

# Grows by what a line on stdin says, in MiB.
GROWER = """
import sys
kept = []
for line in sys.stdin:
    kept.append(b'x' * (int(line) << 20))
    print('done', flush=True)
"""
DEEDS = harness.PROGRAMS / "deeds"
MIB = 1 << 20


class Triggers(harness.TestCase):
    def await_files(self, pattern, count):
        """The files that match, when there are so many; their names say that they are whole."""
        while len(found := sorted(self.folder.glob(pattern))) < count:
            os.sched_yield()
        return found

    def facts(self, path):
        harness.check_whole(path)
        return harness.ask(path, "SELECT number, reason, label FROM snapshot")

    def start(self, *arguments, **options):
        program = harness.Program(
            arguments, cwd=self.folder, HEAPDIFF_AT_EXIT=0, **options)
        self.addCleanup(program.close)
        return program

    def test_by_the_clock(self):
        program = self.start(DEEDS, HEAPDIFF_INTERVAL=0.02, HEAPDIFF_OUT="%n.%l.db")
        paths = self.await_files("*.db", 3)
        program.close()
        self.assertEqual(self.facts(paths[0]), (1, "interval", ""))
        self.assertEqual(paths[0].name, "1.interval.db")

    def test_by_a_signal(self):
        program = self.start(DEEDS, HEAPDIFF_SIGNAL="USR2", HEAPDIFF_OUT="%n.db")
        program.await_line("^ready")
        for number in (1, 2):
            program.process.send_signal(signal.SIGUSR2)
            path = self.await_files(f"{number}.db", 1)[0]
            self.assertEqual(self.facts(path), (number, "signal", ""))

    def grow(self, program, mib):
        program.process.stdin.write(b"%d\n" % mib)
        program.process.stdin.flush()
        program.await_line("^done$")

    def test_by_memory_at_each_limit(self):
        program = self.start(sys.executable, "-c", GROWER, stdin=subprocess.PIPE,
                             HEAPDIFF_AT_RSS="300M,600M", HEAPDIFF_OUT="%n.%l.db")
        self.grow(program, 400)
        first = self.await_files("1.*.db", 1)[0]
        self.assertEqual(first.name, "1.rss-300M.db")
        self.assertEqual(self.facts(first), (1, "pressure", "rss-300M"))
        rss = harness.ask(first, "SELECT rss_bytes FROM snapshot")[0]
        self.assertGreater(rss, 300 * MIB)
        self.grow(program, 300)
        second = self.await_files("2.*.db", 1)[0]
        self.assertEqual(second.name, "2.rss-600M.db")

    def test_by_a_share_of_memory(self):
        program = self.start(sys.executable, "-c", GROWER, stdin=subprocess.PIPE,
                             HEAPDIFF_AT_RSS="0.01%", HEAPDIFF_OUT="%l.db")
        self.assertEqual(self.await_files("*.db", 1)[0].name, "rss-0.01%.db")
        self.assertIsNone(program.process.poll())

    def remove(self, group):
        """When the control process, too, has ended."""
        members = group / "cgroup.procs"
        for pid in members.read_text().split() if members.exists() else ():
            with harness.Ended(int(pid)) as ended:
                ended.wait()
        group.rmdir()

    def limited_group(self, mib):
        """A cgroup of this machine with so much memory; skips where none can be made."""
        name = f"heapdiff-test.{os.getpid()}"
        for top, limit in (("/sys/fs/cgroup", "memory.max"),
                           ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")):
            group = Path(top) / name
            try:
                group.mkdir()
            except OSError:
                continue
            self.addCleanup(self.remove, group)
            if (group / limit).exists():  # it is a cgroup, and has this controller
                (group / limit).write_text(str(mib * MIB))
                return group
        self.skipTest("no cgroup with a limit of memory can be made here")

    def test_by_a_share_of_what_its_cgroup_may_use(self):
        group = self.limited_group(400)
        program = self.start("sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh",
                             sys.executable, "-c", GROWER, stdin=subprocess.PIPE,
                             HEAPDIFF_AT_RSS="50%", HEAPDIFF_OUT="%l.db")
        self.addCleanup(program.stop, signal.SIGKILL)  # before the group is removed
        self.grow(program, 250)
        path = self.await_files("*.db", 1)[0]
        self.assertEqual(path.name, "rss-50%.db")
        rss = harness.ask(path, "SELECT rss_bytes FROM snapshot")[0]
        self.assertTrue(200 * MIB <= rss < 400 * MIB, rss)


class List(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.program = harness.Program([DEEDS, "keep"], cwd=self.folder, HEAPDIFF_AT_EXIT=0)
        self.addCleanup(self.program.close)
        self.program.await_line("^ready")
        self.paths = [harness.must(harness.heapdiff("snapshot", self.program.pid, "--label", label))
                      .stdout.rstrip("\n") for label in ("first", "second")]

    def list(self, *arguments, **options):
        result = harness.must(harness.heapdiff("list", *arguments, "--format", "json", **options))
        self.assertEqual(result.stderr, "")
        return json.loads(result.stdout)

    def test_a_folder_by_process_and_number(self):
        harness.must(harness.run(["sort", "/dev/null"], recorded=True, cwd=self.folder))
        listed = self.list(self.folder)["snapshots"]
        self.assertEqual([entry["program"] for entry in listed], ["deeds", "deeds", "sort"])
        self.assertEqual([entry["number"] for entry in listed], [1, 2, 1])
        self.assertEqual([entry["path"] for entry in listed[:2]], self.paths)
        self.assertEqual([entry["label"] for entry in listed], ["first", "second", ""])
        self.assertEqual([entry["reason"] for entry in listed], ["request", "request", "exit"])
        for entry in listed:
            self.assertGreater(entry["rss_bytes"], entry["live_bytes"])

    def test_as_text_one_table_a_process(self):
        text = harness.must(harness.heapdiff("list", self.folder)).stdout
        self.assertEqual(text.count("deeds "), 1)
        lines = text.splitlines()
        self.assertRegex(lines[0], rf"^deeds {self.program.pid} on ")
        self.assertRegex(lines[2], r"^   1  \d{4}-\d\d-\d\d [\d:]{8}  first +request .*\.1\.db$")
        self.assertRegex(lines[3], r"^   2  .* second +request .*\.2\.db$")

    def test_the_working_folder_by_default(self):
        self.assertEqual(len(self.list(cwd=self.folder)["snapshots"]), 2)

    def test_a_process_with_those_that_lie_elsewhere(self):
        (self.folder / "elsewhere").mkdir()
        harness.snapshot(self.program.pid, self.folder / "elsewhere" / "x.db", "third")
        listed = self.list(self.program.pid)
        self.assertEqual(listed["process"], {
            "pid": self.program.pid, "taken": 3, "folder": str(self.folder),
            "pattern": f"{self.folder}/heapdiff.%e.%p.%n.db"})
        self.assertEqual([entry["path"] for entry in listed["snapshots"]], self.paths)
        text = harness.must(harness.heapdiff("list", self.program.pid)).stdout
        self.assertIn("has taken 3 snapshots", text)
        self.assertIn("1 elsewhere (-o), replaced or removed", text)

    def test_a_process_whose_folder_has_the_name_of_a_link_to_its_program(self):
        work, link = self.folder / "100%p", self.folder / "served-by"
        (work / "out.served-by").mkdir(parents=True)
        link.symlink_to(DEEDS)
        program = harness.Program([link], cwd=work, HEAPDIFF_OUT="out.%e/%n.db",
                                  HEAPDIFF_AT_EXIT=0)
        self.addCleanup(program.close)
        program.await_line("^ready")
        taken = Path(harness.must(harness.heapdiff("snapshot", program.pid)).stdout.rstrip("\n"))
        self.assertEqual(taken, work / "out.served-by" / "1.db")
        listed = self.list(program.pid)
        self.assertEqual(listed["process"]["folder"], str(taken.parent))
        self.assertEqual([entry["path"] for entry in listed["snapshots"]], [str(taken)])

    def test_foreign_files_are_passed_over_with_a_note(self):
        (self.folder / "notes.txt").write_text("mine")
        (self.folder / "half.db").write_bytes(Path(self.paths[0]).read_bytes()[:5000])
        (self.folder / "heapdiff.1.heapdiff-part").write_text("half")
        other = sqlite3.connect(self.folder / "other.sqlite")
        other.execute("CREATE TABLE x (y)")
        other.close()
        result = harness.must(harness.heapdiff("list", self.folder))
        self.assertRegex(result.stderr, r"(?m)^heapdiff: skipped: .*half\.db is cut short")
        self.assertRegex(result.stderr, r"(?m)^heapdiff: skipped: .*other\.sqlite is an SQLite")
        self.assertRegex(result.stderr, r"(?m)^heapdiff: 1 unfinished")
        self.assertNotIn("notes.txt", result.stderr)
        listed = self.list(self.folder)
        self.assertEqual((len(listed["snapshots"]), len(listed["skipped"])), (2, 2))
        self.assertEqual(listed["unfinished"], 1)

    def test_a_hostile_label_steers_no_terminal(self):
        harness.must(harness.heapdiff(
            "snapshot", self.program.pid, "--label", "a\x1b[31mb\nc", "-o", self.folder / "x.db"))
        text = harness.must(harness.heapdiff("list", self.folder)).stdout
        self.assertNotIn("\x1b", text)
        self.assertEqual(len(text.splitlines()), 5)

    def test_what_cannot_be_listed(self):
        for word in ("nowhere", self.paths[0], "999999999"):
            result = harness.heapdiff("list", word)
            self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)


class Variables(harness.TestCase):
    def test_each_is_printed_on_request_and_documented_with_its_default(self):
        said = harness.must(harness.run(
            ["true"], recorded=True, cwd=self.folder, HEAPDIFF_VERBOSE=1)).stderr
        found = re.findall(r"(?m)^heapdiff: (HEAPDIFF_\w+)=(\S+) by default", said)
        self.assertGreater(len(found), 8, said)
        page = (harness.ROOT / "docs" / "snapshots.md").read_text()
        for name, default in found:
            row = rf"(?m)^\| `{name}` \| .* \| `?{re.escape(default)}`? \|$"
            self.assertTrue(re.search(row, page), f"docs/snapshots.md: {name}, {default}")


if __name__ == "__main__":
    harness.main()
