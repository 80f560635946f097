# test_runtimes.py -- Garbage collected before a snapshot, and runtimes' numbers in it.
#
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path

import harness

COMPANION = harness.BUILD / "heapdiff-node.cjs"
NODE_OPTIONS = f"--require={COMPANION}"
MIB = 1024 * 1024

# Holds 50 MiB until SIGWINCH, lets the event loop turn a while, then waits; SIGTERM ends it.
NODE_GARBAGE = """
let held = Array.from({ length: 50 }, () => Buffer.alloc(1 << 20));
setInterval(() => {}, 60000);
process.on('SIGTERM', () => process.exit(0));
process.on('SIGWINCH', () => {
  held = null;
  console.log('dropped; gc is', typeof gc, require('vm').runInNewContext('typeof gc'));
});
let turns = 5;
(function turn() {
  if (turns--) setTimeout(turn, 30);
  else console.log('ready');
})();
"""
NODE_BLOCKED = "console.log('ready'); for (;;);"
NODE_WORKERS = """
const { Worker } = require('worker_threads');
const idle = `require('worker_threads').parentPort.postMessage(1); setInterval(() => {}, 60000)`;
const blocked = `require('worker_threads').parentPort.postMessage(1);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`;
let started = 0;
const busy = "require('worker_threads').parentPort.postMessage(1); for (;;);";
for (const code of process.argv.slice(1).map((name) => ({ idle, blocked, busy })[name]))
  new Worker(code, { eval: true }).on('message', () => {
    if (++started === process.argv.length - 1) console.log('ready');
  });
"""
PYTHON_GARBAGE = """
import gc, signal
gc.disable()
class Node: pass
for _ in range(50):
    node = Node()
    node.own, node.data, node.file = node, bytearray(1 << 20), open("/dev/null")
del node
print("ready", flush=True)
{then}
"""
JAVA_GARBAGE = """
public class Garbage {
    static Object last;
    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < 50; i++) last = java.nio.ByteBuffer.allocateDirect(1 << 20);
        last = null;
        System.out.println("ready");
        new java.util.concurrent.CountDownLatch(1).await();
    }
}
"""

# Programs that must not notice: (file, text, arguments)
SHAPES = {
    "exits.cjs": "console.log(typeof gc, process.argv.length, require.main === module); "
                 "process.exit(7)",
    "ends.mjs": "import fs from 'node:fs'; await new Promise((go) => setTimeout(go, 5)); "
                "console.log(import.meta.url.slice(-8), process.listenerCount('exit')); "
                "process.exitCode = 3",
    "throws.cjs": "throw new Error('on purpose')",
    "quiet.cjs": "process.on('beforeExit', () => console.log('beforeExit'))",
    "worker.cjs": "const { Worker } = require('worker_threads');"
                  "new Worker('setInterval(() => {}, 1000)', { eval: true })"
                  ".on('online', function () { this.terminate().then(console.log) })",
    "resources.cjs": "console.log(process.getActiveResourcesInfo(), "
                     "require('v8').getHeapStatistics().number_of_native_contexts)",
}


def query(path, sql):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return database.execute(sql).fetchall()


def numbers(path, name="node"):
    return dict(query(path, f"SELECT statistic, value FROM runtime WHERE name = '{name}'"))


def counter(path, name):
    return query(path, f"SELECT value FROM counter WHERE name = '{name}'")[0][0]


def live_bytes(path):
    return query(path, "SELECT live_bytes FROM snapshot")[0][0]


def collected(path):
    """(rows, bytes) that a collection freed, as a snapshot tells."""
    return query(path, "SELECT count(*), coalesce(sum(bytes), 0) FROM collected")[0]


def start(*arguments, companion=True, **options):
    program = harness.Program(
        arguments,
        HEAPDIFF_AT_EXIT=0,
        NODE_OPTIONS=NODE_OPTIONS if companion else "",
        **options,
    )
    program.await_line("^ready$")
    return program


class Runtimes(harness.TestCase):
    def snapshot(self, program, label, *more):
        return harness.snapshot(program.pid, self.folder / f"{label}.db", label, *more)

    def refusal(self, program, *more):
        """What is said when no snapshot is taken; there is no file then."""
        path = self.folder / "refused.db"
        result = harness.heapdiff("snapshot", program.pid, "-o", path, *more)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertEqual(list(self.folder.glob("refused*")), [])
        return result.stderr


    def assert_told(self, before, after, mib):
        """Of two snapshots of which only the second collected: what that freed, and who says so."""
        self.assertEqual(collected(before), (0, 0))
        self.assert_within(collected(after)[1], mib * MIB, 2)
        found = harness.compare(before, after)
        self.assertIn(f"Garbage collections for the snapshots freed {mib}.",
                      found["verdict"]["advice"])


class Node(Runtimes):
    def test_gc_frees_unreferenced_buffers(self):
        with start("node", "-e", NODE_GARBAGE) as program:
            before = self.snapshot(program, "before")
            program.process.send_signal(signal.SIGWINCH)
            program.await_line("^dropped")
            after = self.snapshot(program, "after", "--gc")
            self.assertEqual(program.stop(), 0)
        self.assertGreater(numbers(before)["arrayBuffers"], 49 * MIB)
        self.assertLess(numbers(after)["arrayBuffers"], MIB)
        self.assertGreater(numbers(after)["arrayBuffers_before_gc"], 49 * MIB)
        self.assertGreater(live_bytes(before) - live_bytes(after), 49 * MIB)
        self.assert_told(before, after, 50)

    def test_every_snapshot_has_the_numbers_of_the_process(self):
        with start("node", "-e", NODE_GARBAGE) as program:
            path = self.snapshot(program, "plain")
        found = numbers(path)
        shown = json.loads(harness.must(harness.heapdiff("show", path, "--format", "json")).stdout)
        shown = shown["snapshot"]["runtime"]["node"]
        self.assertEqual(set(shown), set(found))
        for name, value in found.items():  # JSON has 15 digits
            self.assertAlmostEqual(shown[name], value, delta=1e-12 * abs(value), msg=name)
        for name in ("rss", "heapTotal", "heapUsed", "external", "number_of_native_contexts",
                     "old_space_used", "activeResources", "heap_size_limit"):
            self.assertGreater(found[name], 0, name)
        self.assertIn("eventLoopDelay_p99_ms", found)

    def test_a_snapshot_by_signal_has_them_too(self):
        path = self.folder / "signal.db"
        code = f"""
        const {{ dirname }} = require('path'), {{ watch }} = require('fs');
        watch(dirname('{path}'), (event, name) => name === 'signal.db' && console.log('ready'));
        process.kill(process.pid, 'SIGUSR2');
        """
        with start("node", "-e", code, HEAPDIFF_SIGNAL="USR2", HEAPDIFF_OUT=path):
            self.assertGreater(numbers(path)["heapUsed"], 0)

    def test_gc_is_not_left_in_the_program(self):
        with start("node", "-e", NODE_GARBAGE) as program:
            self.snapshot(program, "collected", "--gc")
            program.process.send_signal(signal.SIGWINCH)
            self.assertEqual(program.await_line("^dropped; gc is (.*)$")[1], "undefined undefined")

    def test_a_blocked_event_loop_costs_a_snapshot_its_numbers_and_no_more(self):
        with start("node", "-e", NODE_BLOCKED) as program:
            path = self.snapshot(program, "blocked")
            self.assertEqual(numbers(path), {})
            self.assertEqual(counter(path, "runtimes_silent"), 1)
            self.assertIn("its event loop has not turned", self.refusal(program, "--gc"))

    def test_without_companion_gc_says_how_to_get_it(self):
        with start("node", "-e", NODE_GARBAGE, companion=False) as program:
            self.assertIn(f'NODE_OPTIONS="--require {COMPANION}"', self.refusal(program, "--gc"))
            self.assertEqual(counter(self.snapshot(program, "plain"), "runtimes_asked"), 0)

    def test_each_worker_is_collected_and_tells_its_numbers(self):
        with start("node", "-e", NODE_WORKERS, "idle", "idle") as program:
            path = self.snapshot(program, "workers", "--gc")
        names = [name for name, in query(path, "SELECT DISTINCT name FROM runtime ORDER BY name")]
        self.assertEqual(names, ["node", "node worker 1", "node worker 2"])
        self.assertNotIn("rss", numbers(path, "node worker 1"))

    def test_workers_that_do_not_turn_their_loop_are_collected_too(self):
        """A pool's worker waits for work in Atomics.wait; V8 interrupts it there."""
        with start("node", "-e", NODE_WORKERS, "idle", "blocked", "busy") as program:
            path = self.folder / "x.db"
            result = harness.heapdiff("snapshot", program.pid, "-o", path, "--gc")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(counter(path, "runtimes_silent"), 0)
        self.assertGreater(numbers(path, "node worker 2")["heapUsed"], 0)

    def test_programs_behave_as_without_it(self):
        for name, text in SHAPES.items():
            script = self.folder / name
            script.write_text(text)
            plain = harness.run(["node", script])
            recorded = harness.run(
                ["node", script], recorded=True, HEAPDIFF_AT_EXIT=0, NODE_OPTIONS=NODE_OPTIONS
            )
            with self.subTest(name):
                self.assertEqual(recorded.stdout, plain.stdout)
                self.assertEqual(recorded.stderr, plain.stderr)
                self.assertEqual(recorded.returncode, plain.returncode)

    def test_it_is_silent_without_recording(self):
        for options in ({}, {"HEAPDIFF_ROOT": "1", "recorded": True}):
            result = harness.run(["node", "-e", "0"], NODE_OPTIONS=NODE_OPTIONS, **options)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))


class NodeServer(Runtimes):
    def test_under_load_it_collects_and_answers_every_request(self):
        with harness.NodeServer(NODE_OPTIONS=NODE_OPTIONS) as server:
            load = [str(word) for word in ("node", server.load_script, server.port, 3000)]
            with subprocess.Popen(load, stdout=subprocess.PIPE, text=True,
                                  env=harness.environment(False)) as loader:
                paths = [self.snapshot(server, f"{n}", "--gc") for n in range(3)]
                answers = loader.communicate(timeout=harness.TIMEOUT)[0]
            self.assertEqual(loader.returncode, 0)
            quiet = server.load(3000)
            self.assertEqual(server.stop(), 0)
        self.assertEqual(re.search(r"^answers (\w+)$", answers, re.MULTILINE)[1], quiet)
        for path in paths:
            self.assertGreater(numbers(path)["heapUsed"], 0)

    def test_a_growing_js_heap_is_told_as_one_and_grew_by_what_v8_says(self):
        script = harness.SAMPLES / "node-server" / "sessions.js"
        with harness.NodeServer(script, NODE_OPTIONS=NODE_OPTIONS) as server:
            server.load(600)
            steady = self.snapshot(server, "steady", "--gc")
            server.load(3000)
            loaded = self.snapshot(server, "loaded", "--gc")
        comparison = harness.compare(steady, loaded)
        self.assertEqual(comparison["verdict"]["kind"], "js-heap")
        parts = comparison["verdict"]["parts"]
        growth = next(part["growth_bytes"] for part in parts if part["what"] == "js heap")
        used = numbers(loaded)["heapUsed"] - numbers(steady)["heapUsed"]
        self.assertGreater(used, 10 * MIB)
        self.assertGreater(growth, used)
        committed = numbers(loaded)["total_physical_size"] - numbers(steady)["total_physical_size"]
        self.assert_within(growth, committed, 25)

    def test_run_loads_the_companion_and_the_job_collects(self):
        output = f"{self.folder}/job"
        script = harness.SAMPLES / "node-server" / "server.js"
        with harness.NodeServer(recorded=False) as server:
            port = server.port  # free again when it has ended
        result = harness.heapdiff(
            "run", "--on-port", port, "--warmup", 0, "-o", output,
            "--load", f"node {script.with_name('load.js')} {port} 600",
            "--", "node", script, port, cwd=self.folder,
        )
        harness.must(result)
        self.assertNotIn("no garbage is collected", result.stderr)
        for label in ("steady", "loaded"):
            self.assertGreater(numbers(f"{output}.{label}.db")["heapUsed"], 0)


class Others(Runtimes):
    def check_python(self, then):
        code = PYTHON_GARBAGE.format(then=then)
        with start("/usr/bin/python3", "-c", code) as program:
            open_files = len(os.listdir(f"/proc/{program.pid}/fd"))
            before = self.snapshot(program, "before")
            after = self.snapshot(program, "after", "--gc")
            closed = open_files - len(os.listdir(f"/proc/{program.pid}/fd"))
        self.assertEqual(closed, 50)  # by finalizers: the program's own descriptors, not ours
        self.assertGreater(live_bytes(before) - live_bytes(after), 49 * MIB)
        self.assertGreaterEqual(numbers(after, "python")["collected_objects"], 50)
        self.assert_told(before, after, 50)

    def test_python_that_waits_in_the_kernel_collects(self):
        self.check_python("signal.pause()")

    def test_python_that_is_busy_collects(self):
        self.check_python("while True: pass")

    def test_a_python_that_waits_for_work_is_not_waited_for(self):
        """From 3.12 on it has no thread of ours: nothing runs that could call the collector."""
        pythons = sorted(Path.home().glob(".pyenv/versions/3.1[2-9]*/bin/python3"))
        if not pythons:
            self.skipTest("no CPython 3.12 or later is installed")
        code = "import signal; print('ready', flush=True); signal.pause()"
        with start(pythons[0], "-c", code) as program:
            self.assertIn("waits for work and runs no Python code", self.refusal(program, "--gc"))
            self.snapshot(program, "without")

    @harness.unittest.skipUnless(shutil.which("javac") and shutil.which("jcmd"), "needs a JDK")
    def test_a_jvm_collects_through_jcmd(self):
        (self.folder / "Garbage.java").write_text(JAVA_GARBAGE)
        harness.must(harness.run(["javac", "Garbage.java"], cwd=self.folder))
        with start("java", "-cp", self.folder, "Garbage") as program:
            before = self.snapshot(program, "before")
            after = self.snapshot(program, "after", "--gc")
            later = self.snapshot(program, "later")
            self.assertGreater(live_bytes(before) - live_bytes(after), 45 * MIB)
            self.assert_within(collected(after)[1], 50 * MIB, 5)
            self.assertEqual(collected(later), (0, 0))

    @harness.unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root")
    def test_what_lies_beside_another_users_java_is_not_run(self):
        """Root asks; nobody's program maps a file called libjvm.so and has a jcmd of its own."""
        self.folder.chmod(0o777)
        python = self.folder / "java"
        shutil.copy(os.path.realpath("/usr/bin/python3"), python)
        (self.folder / "libjvm.so").write_bytes(bytes(4096))
        trap = self.folder / "jcmd"
        trap.write_text(f"#!/bin/sh\nid -u > {self.folder}/ran\n")
        trap.chmod(0o755)
        code = ("import mmap; f = open('libjvm.so', 'rb'); m = mmap.mmap(f.fileno(), 4096,"
                " prot=mmap.PROT_READ); print('ready', flush=True); input()")
        with harness.Program(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                              python, "-c", code], cwd=self.folder, stdin=subprocess.PIPE,
                             HEAPDIFF_AT_EXIT=0) as program:
            program.await_line("^ready$")
            harness.heapdiff("snapshot", program.pid, "-o", self.folder / "a.db")
            program.process.stdin.close()
        self.assertFalse((self.folder / "ran").exists())

    def test_a_program_without_a_collector_is_not_measured_as_if_it_had_one(self):
        with start("sh", "-c", "echo ready; while :; do :; done") as program:
            self.assertIn("no runtime with a garbage collector", self.refusal(program, "--gc"))


if __name__ == "__main__":
    harness.main()
