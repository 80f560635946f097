# test_channel.py -- A process answers its owner and root after any change of itself, and only them.
#
# SPDX-License-Identifier: Apache-2.0
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest
from pathlib import Path

import harness

NOBODY = 65534
KEPT = "SELECT live_blocks FROM stack ORDER BY live_bytes DESC"
CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER = 0x20000, 0x20000000, 0x10000000
CLONE_FILES = 0x400
ROOT = os.geteuid() == 0



def can_unshare(flags):
    code = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({flags}) != 0)"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class Channel(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)

    def deeds(self, *words, **options):
        """A program that has done these deeds; (program, pid)."""
        options.setdefault("HEAPDIFF_AT_EXIT", 0)
        program = harness.Program(
            [harness.PROGRAMS / "deeds", *words], cwd=self.folder, **options)
        self.addCleanup(program.close)
        pid = int(program.await_line(r"^ready (\d+)$")[1])
        if pid != program.pid:
            self.addCleanup(self.kill, pid)
        return program, pid

    def kill(self, pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def assert_answers(self, pid, blocks=100):
        path = harness.snapshot(pid, self.folder / "asked.db", "asked")
        harness.check_whole(path)
        self.assertEqual(harness.ask(path, "SELECT label, reason FROM snapshot"),
                         ("asked", "request"))
        self.assertEqual(harness.ask(path, KEPT), (blocks,))
        self.assertGreater(harness.ask(path, "SELECT rss_bytes FROM snapshot")[0], 0)
        return path

    # -- what a process does to itself

    def test_after_it_has_closed_all_descriptors(self):
        program, pid = self.deeds("keep", "close-all")
        while os.listdir(f"/proc/{pid}/fd"):
            os.sched_yield()
        self.assert_answers(pid)
        self.assertEqual(os.listdir(f"/proc/{pid}/fd"), [])

    def test_where_descriptors_must_be_shared_no_file_of_the_program_is_touched(self):
        own = self.folder / "own"
        own.write_bytes(b"the program's own")
        pid = self.deeds("refuse-to-part", f"exec=close-and-open={own}")[1]
        for _ in range(20):
            self.assert_answers(pid).unlink()
        self.assertEqual(own.read_bytes(), b"the program's own")

    @unittest.skipUnless(ROOT, "only root can change the root")
    def test_after_a_chroot_into_an_empty_folder(self):
        (self.folder / "jail").mkdir()
        self.assert_answers(self.deeds("keep", f"chroot={self.folder}/jail")[1])
        self.assertEqual(os.listdir(self.folder / "jail"), [])

    @unittest.skipUnless(ROOT, "only root can become somebody else")
    def test_after_it_has_dropped_its_privileges(self):
        path = self.assert_answers(self.deeds("keep", "nobody")[1])
        self.assertEqual(harness.ask(path, "SELECT uid FROM snapshot"), (NOBODY,))

    @unittest.skipUnless(ROOT, "only root can become somebody else")
    def test_after_a_chroot_as_nobody_where_it_may_write_nowhere(self):
        (self.folder / "jail").mkdir()
        self.assert_answers(self.deeds("keep", f"chroot={self.folder}/jail", "nobody")[1])
        self.assertEqual(sorted(os.listdir(self.folder)), ["asked.db", "jail"])

    def test_under_a_umask_that_forbids_everything(self):
        path = self.assert_answers(self.deeds("umask", "keep")[1])
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_a_daemon_that_is_followed(self):
        words = ["keep", "daemon", *(["nobody"] if ROOT else []), "close-all"]
        program, pid = self.deeds(*words, HEAPDIFF_FOLLOW=1)
        self.assertNotEqual(pid, program.pid)
        self.assert_answers(pid)

    def test_a_daemon_that_is_not_followed_says_so(self):
        pid = self.deeds("keep", "daemon")[1]
        result = harness.heapdiff("snapshot", pid)
        self.assertEqual(result.returncode, 2)
        self.assertIn("HEAPDIFF_FOLLOW=1", result.stderr)

    def test_a_program_that_is_executed_keeps_the_role(self):
        self.assert_answers(self.deeds("exec=keep")[1])

    # -- namespaces

    def assert_answers_after_unshare(self, flags, threads):
        if not can_unshare(flags):
            self.skipTest("this machine does not allow it")
        program, pid = self.deeds("keep", f"unshare={flags:#x}", "threads")
        self.assert_answers(pid)

    def test_in_a_user_namespace_which_only_a_single_thread_may_make(self):
        self.assert_answers_after_unshare(CLONE_NEWUSER, 2)

    def test_in_a_mount_namespace(self):
        self.assert_answers_after_unshare(CLONE_NEWNS, 2)

    def test_in_both(self):
        self.assert_answers_after_unshare(CLONE_NEWUSER | CLONE_NEWNS, 2)

    def test_with_a_pid_namespace_for_its_children(self):
        self.assert_answers_after_unshare(CLONE_NEWPID, 2)

    def test_with_descriptors_of_its_own(self):
        self.assert_answers_after_unshare(CLONE_FILES, 2)

    def test_a_namespace_that_allows_no_thread_any_more(self):
        if not can_unshare(CLONE_NEWUSER | CLONE_NEWPID):
            self.skipTest("this machine does not allow it")
        program, pid = self.deeds(
            "keep", f"unshare={CLONE_NEWUSER | CLONE_NEWPID:#x}", HEAPDIFF_AT_EXIT=1)
        self.assert_answers(pid)
        self.assertEqual(program.stop(), -signal.SIGTERM)

    @unittest.skipUnless(ROOT and shutil.which("unshare"), "needs root and unshare")
    def test_in_a_container(self):
        """A first process of a pid namespace, in a tree of its own, asked from outside."""
        flags = CLONE_NEWNS | CLONE_NEWPID
        if not can_unshare(flags):
            self.skipTest("this machine does not allow it")
        (self.folder / "root").mkdir()
        program, pid = self.deeds(
            "keep", f"unshare={flags:#x}", "child", HEAPDIFF_FOLLOW=1)
        self.assertEqual(pid, 1)
        outside = self.child_named("deeds", inside=1)
        self.addCleanup(self.kill, outside)
        path = self.assert_answers(outside)
        self.assertEqual(harness.ask(path, "SELECT pid FROM snapshot"), (1,))

    def child_named(self, name, inside):
        """The process of that name that is number `inside` in its own namespace."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/status") as status:
                    lines = dict(line.split(":", 1) for line in status)
                here = os.path.samefile(f"/proc/{pid}/cwd", self.folder)
            except OSError:
                continue
            if here and lines["Name"].strip() == name \
                    and lines["NSpid"].split()[1:] == [str(inside)]:
                return int(pid)
        raise AssertionError(f"no process {name} is number {inside} of a namespace")

    # -- without a thread

    def test_a_program_that_wants_to_be_alone_is(self):
        program = harness.Program(
            [harness.PROGRAMS / "deeds", "keep", "threads"], cwd=self.folder,
            HEAPDIFF_THREAD=0, HEAPDIFF_AT_EXIT=0)
        self.addCleanup(program.close)
        self.assertEqual(program.await_line(r"^threads (\d+)")[1], "1")
        program.await_line("^ready")
        result = harness.heapdiff("snapshot", program.pid)
        self.assertEqual(result.returncode, 2)
        self.assertIn("HEAPDIFF_THREAD=0", result.stderr)

    # -- who asks, and when

    @unittest.skipUnless(ROOT, "only root can become somebody else")
    def test_another_user_is_refused(self):
        pid = self.deeds("keep")[1]
        command = shutil.copy(harness.COMMAND, self.folder)
        result = harness.run(["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
                              "--clear-groups", command, "snapshot", pid])
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertIn("permission denied", result.stderr)
        self.assertEqual(list(self.folder.glob("*.db")), [])

    def test_requests_at_once_are_served_one_after_the_other(self):
        pid = self.deeds("keep")[1]
        paths = [self.folder / f"{number}.db" for number in range(8)]
        askers = [subprocess.Popen([harness.COMMAND, "snapshot", str(pid), "-o", path],
                                   stdout=subprocess.PIPE, text=True) for path in paths]
        for asker, path in zip(askers, paths):
            self.assertEqual(asker.communicate(timeout=harness.TIMEOUT)[0], f"{path}\n")
            self.assertEqual(asker.returncode, 0)
            harness.check_whole(path)
        numbers = [harness.ask(path, "SELECT number FROM snapshot")[0] for path in paths]
        self.assertEqual(sorted(numbers), list(range(1, 9)))

    def test_a_process_that_is_killed_meanwhile_is_an_error_and_no_hang(self):
        program, pid = self.deeds("keep")
        with (open(self.control_page(pid), "r+b") as page,
              harness.Ended(harness.control_pid(pid)) as ended):
            fcntl.flock(page, fcntl.LOCK_EX)  # as if another asker were being served
            asker = subprocess.Popen(
                [harness.COMMAND, "snapshot", str(pid), "-o", self.folder / "a.db"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.await_asked(asker.pid)
            program.process.kill()
            out, err = asker.communicate(timeout=harness.TIMEOUT)
            ended.wait()
        self.assertEqual((asker.returncode, out), (2, ""))
        self.assertIn(f"process {pid} ended before the snapshot was complete", err)
        self.assertEqual(list(self.folder.iterdir()), [])
        self.assertFalse(os.path.exists(page.name))

    def control_page(self, pid):
        maps = Path(f"/proc/{pid}/maps").read_text()
        return re.search(r"\S+\.control$", maps, re.MULTILINE)[0]

    def await_asked(self, asker):
        """Until the command has the control page mapped."""
        maps = Path(f"/proc/{asker}/maps")
        while ".control" not in maps.read_text():
            os.sched_yield()

    def test_a_stopped_process_answers(self):
        program, pid = self.deeds("keep")
        program.process.send_signal(signal.SIGSTOP)
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        while not all((task / "stat").read_text().rsplit(")", 1)[1][1] == "T" for task in tasks):
            os.sched_yield()
        self.assert_answers(pid)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["asked.db"])
        program.process.send_signal(signal.SIGCONT)

    def test_a_killed_control_process_is_told_and_no_hang(self):
        program, pid = self.deeds("keep")
        control = harness.control_pid(pid)
        with harness.Ended(control) as ended:
            os.kill(control, signal.SIGSTOP)
            asker = subprocess.Popen(
                [harness.COMMAND, "snapshot", str(pid), "-o", self.folder / "a.db"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.await_asked(asker.pid)
            os.kill(control, signal.SIGKILL)
            ended.wait()
        out, err = asker.communicate(timeout=harness.TIMEOUT)
        self.assertEqual((asker.returncode, out), (2, ""))
        self.assertIn(f"the control process of process {pid} was killed", err)
        self.assertIsNone(program.process.poll())

    @unittest.skipUnless(ROOT, "only root may ask untrusted processes")
    def test_an_untrusted_process_cannot_name_a_file_of_another_user(self):
        """A process of nobody's answers root with the path of root's file."""
        secret = self.folder / "secret"
        secret.write_text("root's own")
        script = self.folder / "liar.py"
        script.write_text(LIAR.format(secret=secret))
        liar = harness.Program([sys.executable, script, self.folder], recorded=False)
        self.addCleanup(liar.close)
        liar.await_line("^ready$")
        (self.folder / "out").mkdir()
        result = harness.heapdiff("snapshot", liar.pid, "-o", self.folder / "out")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("it does not own", result.stderr)
        self.assertEqual(secret.read_text(), "root's own")
        self.assertEqual(list((self.folder / "out").iterdir()), [])


# Plays the shim's side of preload/format/protocol.h: magic, version, pid, asked, answered.
LIAR = """
import ctypes, mmap, os, struct, sys
SIZE, ANSWER = 1 << 16, 32 + 128 + 4096
os.setgroups([]); os.setresgid(65534, 65534, 65534)
name = sys.argv[1] + "/heapdiff.1.control"
fd = os.open(name, os.O_RDWR | os.O_CREAT, 0o666)
os.ftruncate(fd, SIZE)
page = mmap.mmap(fd, SIZE)
os.setresuid(65534, 65534, 65534)
struct.pack_into("<QIIII", page, 0, 0x3143464646494448, 1, os.getpid(), 0, 0)
print("ready", flush=True)
while True:
    asked, = struct.unpack_from("<I", page, 16)
    answered, = struct.unpack_from("<I", page, 20)
    if asked != answered:
        struct.pack_into("<i", page, ANSWER, 0)
        path = b"{secret}"
        page[ANSWER + 4:ANSWER + 4 + len(path) + 1] = path + bytes(1)
        struct.pack_into("<I", page, 20, asked)
    os.sched_yield()
"""


if __name__ == "__main__":
    harness.main()
