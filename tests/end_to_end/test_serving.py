# test_serving.py -- heapdiff run as people type it: the process that serves is found and measured,
# whoever started it, and no answer is given without work behind it.
#
# SPDX-License-Identifier: Apache-2.0
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness

HERE = Path(__file__).resolve().parent / "programs"
SERVER, LOAD = HERE / "serving.cjs", HERE / "load.py"
REQUESTS, KEPT = 600, 16000  # a load; bytes a request


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Serving(harness.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.port = free_port()

    def measure(self, *program, load=None, warm_up=0, options=()):
        """heapdiff run on our port; (its result, the comparison as JSON or None)."""
        load = load or f"python3 {LOAD} {self.port} {REQUESTS}"
        result = harness.run(
            [harness.COMMAND, "run", "--on-port", self.port, "--warmup", warm_up, "--load", load,
             "--format", "json", "-o", self.folder / "app", *options, "--", *program],
            cwd=self.folder)
        return result, json.loads(result.stdout) if result.stdout else None

    def expect_leak(self, comparison, function="rememberUpload"):
        site = comparison["sites"][0]
        self.assertEqual(comparison["verdict"]["kind"], "leak")
        self.assertEqual(harness.bare_name(harness.own_frame(site)["function"]), function)
        self.assert_within(site["growth_bytes"], REQUESTS * KEPT, 5)

    def expect_no_process(self):
        """Nothing that was started is left."""
        found = subprocess.run(["pgrep", "-f", f"serving.cjs {self.port}"], check=False,
                               capture_output=True, text=True)
        self.assertEqual(found.stdout, "")


class Launchers(Serving):
    def expect_measured(self, *program):
        result, comparison = self.measure(*program)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.expect_leak(comparison)
        words = r"measuring node .*serving\.cjs \d+ \(pid \d+\), started by"
        self.assertRegex(result.stderr, words)
        self.assertEqual(comparison["work"]["operations"], REQUESTS)
        self.assertEqual(comparison["work"]["source"], "server")
        self.expect_no_process()

    def test_a_shell_that_starts_the_server(self):
        script = self.folder / "start.sh"
        script.write_text(f"node {SERVER} {self.port} & wait\n")
        self.expect_measured("sh", script)

    def test_npm_start(self):
        scripts = {"start": f"node {SERVER} {self.port}"}
        (self.folder / "package.json").write_text(json.dumps({"name": "a", "scripts": scripts}))
        self.expect_measured("npm", "start")

    def test_a_launcher_that_ends_and_leaves_a_daemon(self):
        script = self.folder / "daemon.sh"
        script.write_text(f"setsid node {SERVER} {self.port} </dev/null >/dev/null 2>&1 &\n")
        result, comparison = self.measure("sh", script)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.expect_leak(comparison)
        self.expect_no_process()


class ShortLoad(Serving):
    def test_it_runs_again_and_the_same_work_lies_between_two_snapshots(self):
        result, comparison = self.measure("node", SERVER, self.port, warm_up=0.5,
                                          load=f"python3 {LOAD} {self.port} 40")
        self.assertEqual(result.returncode, 0, result.stderr)
        done = comparison["work"]["operations"]
        self.assertEqual(len(comparison["snapshots"]), 5)
        self.assertGreaterEqual(done, 4 * 40)
        self.assertEqual(done % 160, 0)  # whole runs, as many between each two
        self.assert_within(comparison["sites"][0]["growth_bytes"], done * KEPT, 5)

    def test_operations_that_it_states_are_added_up(self):
        load = f"python3 {LOAD} {self.port} 40 && echo 10 >$HEAPDIFF_OPS_FILE"
        _, comparison = self.measure("node", SERVER, self.port, warm_up=0.5, load=load)
        self.assertEqual(comparison["work"]["source"], "load")
        requests = comparison["work"]["operations"] * 4
        self.assert_within(comparison["sites"][0]["growth_bytes"], requests * KEPT, 5)


class WithoutAPort(Serving):
    def test_the_process_that_grows_is_named(self):
        worker = self.folder / "worker.py"
        worker.write_text("import threading\nkept = []\n"
                          "def remember():\n    kept.append(bytearray(200000))\n"
                          "while True:\n    remember()\n    threading.Event().wait(0.01)\n")
        result = harness.run([harness.COMMAND, "run", "--warmup", 0.2, "--duration", 3, "--format",
                              "json", "-o", self.folder / "app", "--", "sh", "-c",
                              f"python3 {worker} & wait"], cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        comparison = json.loads(result.stdout)
        self.assertEqual(comparison["verdict"]["kind"], "leak")
        frame = harness.own_frame(comparison["sites"][0])
        self.assertEqual(harness.bare_name(frame["function"]), "remember")
        commands = [process["command"] for process in comparison["processes"]]
        self.assertTrue(any(command.startswith("sh") for command in commands))


class SmallObjects(Serving):
    def test_a_python_that_keeps_dictionaries(self):
        """They would lie in arenas, of which no function is the culprit."""
        worker = self.folder / "worker.py"
        worker.write_text("import threading\nkept = []\n"
                          "def remember():\n"
                          "    kept.append([{'row': row} for row in range(2000)])\n"
                          "while True:\n    remember()\n    threading.Event().wait(0.01)\n")
        result = harness.run([harness.COMMAND, "run", "--duration", 3, "--format", "json", "-o",
                              self.folder / "app", "--", "python3", worker], cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        comparison = json.loads(result.stdout)
        self.assertEqual(comparison["verdict"]["kind"], "leak")
        site = comparison["sites"][0]
        self.assertIn("remember", [frame["function"] for frame in site["stack"]])
        self.assertEqual(site["frame"]["line"], 4)
        self.assertEqual({one["sample_bytes"] for one in comparison["snapshots"]}, {4096})

    def test_the_users_own_choice_is_kept(self):
        result = harness.run([harness.COMMAND, "run", "--duration", 0.1, "-o", self.folder / "app",
                              "--", "sh", "-c", "echo malloc: $PYTHONMALLOC; exec sleep 60"],
                             cwd=self.folder, PYTHONMALLOC="pymalloc")
        self.assertIn("malloc: pymalloc\n", result.stderr)


class ByHand(Serving):
    def test_a_snapshot_of_a_launcher_says_who_serves(self):
        code = (f"require('node:http').createServer().listen({self.port}, '127.0.0.1',"
                " () => console.log('listening', process.pid))")
        with harness.Program(["sh", "-c", f'node -e "{code}" & wait'], cwd=self.folder,
                             HEAPDIFF_AT_EXIT=0) as program:
            child = int(program.await_line(r"listening (\d+)")[1])
            self.addCleanup(os.kill, child, signal.SIGKILL)
            result = harness.must(harness.heapdiff("snapshot", program.pid, cwd=self.folder))
        self.assertIn(f"process {program.pid} listens on no port; node", result.stderr)
        self.assertIn(f"(pid {child}) listens on port {self.port}", result.stderr)


class Several(Serving):
    def test_the_workers_of_a_cluster_are_summed(self):
        result, comparison = self.measure("node", SERVER, self.port, 2)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.expect_leak(comparison)
        workers = [process for process in comparison["processes"] if process["summed"]]
        self.assertEqual(len(comparison["processes"]), 3)  # and the primary
        self.assertEqual(len(workers), 2)
        self.assert_within(sum(worker["growth_bytes"] for worker in workers),
                           comparison["growth_bytes"], 5)
        self.assertTrue(all(len(worker["snapshots"]) > 1 for worker in workers))

    def test_a_preforking_server(self):
        result, comparison = self.measure("python3", HERE / "preforking.py", self.port, 2)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.expect_leak(comparison, "remember_request")
        # The kernel gives the same port to several clients, one after the other: a lower bound.
        self.assertGreater(comparison["work"]["connections"], REQUESTS / 10)


class NoWork(Serving):
    """An all-clear needs work behind it."""

    def expect_not_measurable(self, words, **options):
        result, comparison = self.measure("node", SERVER, self.port, "0", "clean", **options)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn(words, result.stderr)
        if comparison:
            self.assertEqual(comparison["verdict"]["kind"], "not-measurable")

    def test_a_load_that_fails(self):
        self.expect_not_measurable("the load ended with status 1 after 0 requests", load="exit 1")

    def test_a_load_that_hits_another_port(self):
        self.expect_not_measurable(f"no connection reached port {self.port}", load="true")

    def test_a_load_that_gets_only_errors(self):
        load = f"python3 {LOAD} {self.port} 20 /missing"
        self.expect_not_measurable("all 20 requests failed", load=load)

    def test_a_load_that_works_on_a_clean_server_is_an_all_clear(self):
        result, comparison = self.measure("node", SERVER, self.port, "0", "clean", warm_up=0.2)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotEqual(comparison["verdict"]["kind"], "leak")


class Refused(Serving):
    def test_a_port_that_another_process_has(self):
        """The started program only talks to the daemon that has the port."""
        with socket.create_server(("127.0.0.1", self.port)):
            result, _ = self.measure("sleep", 60)
        self.assertEqual(result.returncode, 2)
        self.assertIn("is open before the server was started", result.stderr)

    def test_a_daemon_that_ran_before_opens_the_port(self):
        """As PM2's: the started command only asks it to."""
        pipe = self.folder / "requests"
        os.mkfifo(pipe)
        daemon = self.folder / "daemon.py"
        daemon.write_text("import socket, sys\n"
                          "port = int(open(sys.argv[1]).readline())\n"
                          "listener = socket.create_server(('127.0.0.1', port))\n"
                          "open(sys.argv[1], 'w').write('done')\n"
                          "while True: listener.accept()\n")
        process = subprocess.Popen(["python3", daemon, pipe])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        result, _ = self.measure("sh", "-c", f"echo {self.port} >{pipe}; cat {pipe}")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("did not start has port", result.stderr)

    @unittest.skipUnless(shutil.which("gcc"), "needs a compiler")
    def test_a_server_that_cannot_be_recorded(self):
        source, program = self.folder / "static.c", self.folder / "static"
        source.write_text("""
            #include <arpa/inet.h>
            #include <stdlib.h>
            #include <unistd.h>
            int main(int count, char **words) {
                struct sockaddr_in at = {.sin_family = AF_INET,
                                         .sin_port = htons(atoi(words[count - 1]))};
                int fd = socket(AF_INET, SOCK_STREAM, 0);
                if (bind(fd, (void *)&at, sizeof at) || listen(fd, 5)) return 1;
                pause();
            }""")
        harness.must(harness.run(["gcc", "-static", "-o", program, source]))
        result, _ = self.measure(program, self.port)
        self.assertEqual(result.returncode, 3)
        self.assertIn("cannot be recorded", result.stderr)

    def test_a_folder_that_is_not_there(self):
        result = harness.heapdiff("run", "--load", "true", "-o", self.folder / "no" / "x", "--",
                                  "touch", self.folder / "started")
        self.assertEqual(result.returncode, 2)
        self.assertFalse((self.folder / "started").exists())


class Output(Serving):
    def test_older_snapshots_are_kept_and_the_page_is_written(self):
        (self.folder / "app.steady.db").write_text("mine")
        page = self.folder / "leak.html"
        result, _ = self.measure("node", SERVER, self.port, options=("--report", page))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.folder / "app.steady.db.~1~").read_text(), "mine")
        self.assertIn("rememberUpload", page.read_text())

    def test_a_threshold_that_is_exceeded(self):
        result, _ = self.measure("node", SERVER, self.port, options=("--fail-on-growth", "1MiB"))
        self.assertEqual(result.returncode, 1)


if __name__ == "__main__":
    unittest.main()
