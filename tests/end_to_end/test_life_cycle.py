# test_life_cycle.py -- Processes are born and end in many ways; each leaves what it should.
#
# SPDX-License-Identifier: Apache-2.0
import os
import re
import signal
import subprocess
import sys
import unittest

import harness

ENDINGS = harness.PROGRAMS / "endings"
AUDITOR = harness.BUILD / "tests" / "edge" / "programs" / "libaudit.so"
KEPT = "SELECT coalesce(sum(live_blocks), 0) FROM stack WHERE live_bytes = 1000 * live_blocks"


class LifeCycle(harness.TestCase):
    def run_way(self, *words, status, **options):
        """Runs the program without and with the shim; both must end alike. The snapshots' paths."""
        plain = harness.run([ENDINGS, *words], cwd=self.folder)
        recorded = harness.run([ENDINGS, *words], recorded=True, cwd=self.folder, **options)
        self.assertEqual((plain.returncode, recorded.returncode), (status, status),
                         recorded.stderr)
        self.assertEqual(recorded.stdout, plain.stdout)
        paths = sorted(self.folder.glob("*.db"))
        for path in paths:
            harness.check_whole(path)
        self.assertEqual(sorted(self.folder.iterdir()), paths)
        # only the program that was started says where its snapshot is
        said = re.findall("^heapdiff: wrote (.*)$", recorded.stderr, re.MULTILINE)
        self.assertEqual(recorded.stderr.count("\n"), len(said), recorded.stderr)
        self.assertLessEqual(len(said), 1)
        self.assertEqual(len(said) == 1, len(paths) > 0)
        return paths

    def assert_kept(self, path, blocks):
        self.assertEqual(harness.ask(path, KEPT), (blocks,))

    def assert_one(self, paths, blocks=100):
        self.assertEqual(len(paths), 1, paths)
        self.assert_kept(paths[0], blocks)
        self.assertEqual(harness.ask(paths[0], "SELECT reason FROM snapshot"), ("exit",))

    # -- ends

    def test_a_return_from_main_leaves_a_snapshot(self):
        self.assert_one(self.run_way("return", status=3))

    def test_so_does__exit(self):
        self.assert_one(self.run_way("_exit", status=4))

    def test_so_does_a_program_with_an_auditor_of_its_loader(self):
        self.assert_one(self.run_way("return", status=3, LD_AUDIT=AUDITOR))

    def test_so_does__exit_in_a_signal_handler(self):
        self.assert_one(self.run_way("handler", status=5))

    def test_an_end_in_the_middle_of_malloc_never_hangs(self):
        for _ in range(5):
            paths = self.run_way("timer", status=5)
            self.assertLessEqual(len(paths), 1)
            for path in paths:
                path.unlink()

    def test_an_end_in_the_middle_of_a_snapshot_that_it_asked_for(self):
        for options in ({}, {"HEAPDIFF_THREAD": 0}):
            result = harness.run([ENDINGS, "waiting"], recorded=True, cwd=self.folder,
                                 HEAPDIFF_OUT="%n.db", **options)
            self.assertEqual(result.returncode, 5)
            self.assertEqual(list(self.folder.glob("*part")), [])
            if options and not result.stderr:
                continue  # the thread was not there yet, or any more
            wrote = re.fullmatch("heapdiff: wrote (.*)\n", result.stderr)
            self.assertTrue(wrote, result.stderr)
            harness.check_whole(wrote[1])
            self.assertEqual(harness.ask(wrote[1], "SELECT reason FROM snapshot"), ("exit",))

    @unittest.skipUnless((harness.PROGRAMS / "jumps").exists(), "x86-64 only")
    def test_a_thread_that_jumps_out_of_a_recording_is_recorded_again(self):
        result = harness.must(harness.run([harness.PROGRAMS / "jumps"], recorded=True,
                                          cwd=self.folder, HEAPDIFF_OUT="jumps.db"))
        self.assertEqual(result.stdout, "jumped 1\n")
        self.assert_kept(self.folder / "jumps.db", 100)

    def test_an_unread_line_does_no_harm(self):
        reader, writer = os.pipe()
        os.close(reader)
        result = subprocess.run([ENDINGS, "return"], cwd=self.folder, stderr=writer, timeout=60,
                                stdout=subprocess.DEVNULL, env=harness.environment(True))
        os.close(writer)
        self.assertEqual(result.returncode, 3)
        self.assertEqual(len(list(self.folder.glob("*.db"))), 1)

    def test_where_files_may_not_grow_the_program_ends_as_ever(self):
        with open(self.folder / "lines", "w") as lines:
            result = subprocess.run(
                ["sh", "-c", 'ulimit -f 0; exec "$0" return', ENDINGS], stderr=lines, timeout=60,
                stdout=subprocess.DEVNULL, cwd=self.folder, env=harness.environment(True))
        self.assertEqual(result.returncode, 3)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["lines"])

    def with_data_limit(self, mebibytes):
        return harness.run(["prlimit", f"--data={mebibytes << 20}", "env",
                            f"LD_PRELOAD={harness.SHIM}", "HEAPDIFF_OUT=1.db", ENDINGS, "return"],
                           cwd=self.folder)

    def test_a_program_with_little_room_for_data_has_all_of_it(self):
        result = self.with_data_limit(16)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertRegex(result.stderr, r"\Aheapdiff: .*RLIMIT_DATA.*: not recording\n\Z")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_limit_of_data_that_leaves_room_is_no_obstacle(self):
        result = self.with_data_limit(64)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assert_one(list(self.folder.iterdir()))

    def test_abort_leaves_nothing_and_stays_an_abort(self):
        self.assertEqual(self.run_way("abort", status=-signal.SIGABRT), [])

    def test_threads_that_free_in_destructors_are_accounted_for(self):
        self.assert_one(self.run_way("threads", status=0))

    # -- births

    def test_a_forked_child_is_passive(self):
        self.assert_one(self.run_way("fork", status=7))

    def test_forks_during_snapshots_and_the_exit(self):
        for follow in (0, 1) * 5:
            result = harness.run([ENDINGS, "forking"], recorded=True, cwd=self.folder,
                                 HEAPDIFF_FOLLOW=follow, HEAPDIFF_OUT="%p.db")
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertRegex(result.stderr, r"(?m)^heapdiff: wrote .*\.db$")
            for path in self.folder.iterdir():
                harness.check_whole(path)
                path.unlink()

    def test_a_followed_child_starts_with_the_blocks_of_its_parent(self):
        paths = self.run_way("fork", status=7, HEAPDIFF_FOLLOW=1)
        self.assertEqual(len(paths), 2)
        facts = [harness.ask(path, f"SELECT pid, ppid, number, ({KEPT}) FROM snapshot")
                 for path in paths]
        child, parent = sorted(facts, key=lambda fact: -fact[3])
        self.assertEqual(child[1], parent[0])
        self.assertEqual((parent[2:], child[2:]), ((1, 100), (1, 200)))

    def test_a_vforked_child_is_unrecorded(self):
        self.assert_one(self.run_way("vfork", status=8))

    def test_a_child_without_fork_handlers_is_passive(self):
        for follow in (0, 1):
            paths = self.run_way("copy", status=7, HEAPDIFF_FOLLOW=follow)
            self.assert_one(paths)
            paths[0].unlink()

    @unittest.skipUnless(os.geteuid() == 0, "a pid namespace needs root")
    def test_a_copy_with_the_very_same_pid_is_passive(self):
        for clone_newpid in (0, 0x20000000):
            result = harness.run(["unshare", "--pid", "--fork", "env", f"LD_PRELOAD={harness.SHIM}",
                                  "HEAPDIFF_OUT=1.db", ENDINGS, "copy", clone_newpid],
                                 cwd=self.folder)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (7, 1), result.stderr)
            path, = self.folder.iterdir()
            self.assertEqual(harness.ask(path, f"SELECT pid, ({KEPT}) FROM snapshot"), (1, 100))
            path.unlink()

    def test_a_spawned_program_is_passive(self):
        self.assert_one(self.run_way("spawn", "/bin/true", status=0))

    def test_a_followed_spawned_program_is_recorded(self):
        paths = self.run_way("spawn", "/bin/true", status=0, HEAPDIFF_FOLLOW=1)
        programs = [harness.ask(path, "SELECT program FROM snapshot")[0] for path in paths]
        self.assertEqual(sorted(programs), ["endings", "true"])

    def test_a_program_that_takes_the_place_of_another_keeps_its_role(self):
        paths = self.run_way("exec", "/bin/true", status=0)
        self.assertEqual(len(paths), 1)
        self.assertEqual(harness.ask(paths[0], "SELECT program FROM snapshot"), ("true",))

    def test_a_fork_before_main_leaves_one_snapshot(self):
        result = harness.run([harness.PROGRAMS / "early"], recorded=True, cwd=self.folder)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (0, 1), result.stderr)
        self.assertEqual(len(list(self.folder.iterdir())), 1)

    # -- without a thread

    def test_without_a_thread_the_end_leaves_a_snapshot_too(self):
        self.assert_one(self.run_way("return", status=3, HEAPDIFF_THREAD=0))

    def test_without_a_thread_the_program_may_ask(self):
        result = harness.run([ENDINGS, "snapshot"], recorded=True, cwd=self.folder,
                             HEAPDIFF_THREAD=0, HEAPDIFF_AT_EXIT=0)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        paths = list(self.folder.iterdir())
        self.assertEqual(len(paths), 1)
        self.assert_kept(paths[0], 100)

    # -- nothing is left in the machine

    def test_no_control_page_is_left(self):
        def pages():
            return {name for name in os.listdir("/dev/shm") if name.startswith("heapdiff.")}
        program = harness.Program([harness.PROGRAMS / "deeds"], cwd=self.folder, HEAPDIFF_AT_EXIT=0)
        self.addCleanup(program.close)
        program.await_line("^ready")
        own = f"heapdiff.{program.pid}.control"
        self.assertIn(own, pages())
        program.stop(signal.SIGKILL)
        harness.must(harness.run([sys.executable, "-c", ""], recorded=True, cwd=self.folder))
        self.assertNotIn(own, pages())


if __name__ == "__main__":
    harness.main()
