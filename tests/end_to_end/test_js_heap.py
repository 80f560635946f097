# test_js_heap.py -- Objects of the JavaScript heap, by the function that allocated them.
#
# SPDX-License-Identifier: Apache-2.0
import signal

import harness

COMPANION = harness.BUILD / "heapdiff-node.cjs"
MIB = 1024 * 1024
OTHER_NODE = harness.ROOT / ".cache" / "node" / "bin" / "node"  # of the page's tools

# Each takes turns when SIGWINCH comes and says so. Line 1 of a program is `'use strict';`.
DRIVER = """
let turns = 0;
process.on('SIGWINCH', () => {
  for (let i = 0; i < 20000; i++) request(++turns);
  setTimeout(() => console.log('turns', turns), 50);
});
setInterval(() => {}, 60000);
console.log('ready');
"""
SESSIONS = """'use strict';
const sessions = new Map();
function createSession(id) {
  const session = { id, user: `user ${id}`, data: new Array(100).fill(id) };
  sessions.set(id, session);
  return session;
}
function render(session) {
  return JSON.stringify({ session, list: Array.from({ length: 20 }, (_, i) => ({ i })) });
}
function request(id) {
  return render(createSession(id)).length;
}
"""
ROWS = """'use strict';
const history = [];
function readRows(id) {
  return Array.from({ length: 10 }, (_, row) => ({ id, row, name: `name ${id}`, at: id / 7 }));
}
function request(id) {
  history.push(readRows(id));
}
"""
TIMERS = """'use strict';
const state = (id) => new Array(64).fill(id);
function poll(id) {
  const held = state(id);
  setInterval(() => held.length, 1e8);
}
function request(id) {
  if (id % 2) poll(id);
}
"""
LISTENERS = """'use strict';
const bus = new (require('node:events'))().setMaxListeners(0);
function subscribe(id) {
  const context = new Array(64).fill(id);
  bus.on('change', () => context.length);
}
function request(id) {
  if (id % 4 === 0) subscribe(id);
}
"""
CACHE = """'use strict';
const cache = new Map();
function load(id) {
  return { id, text: `text ${id}`, data: new Array(100).fill(id) };
}
function request(id) {
  cache.set(id, load(id));
  if (cache.size > 5000) cache.delete(cache.keys().next().value);
}
"""
WORKER = """'use strict';
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const kept = [];
function remember(id) {
  kept.push({ id, data: new Array(100).fill(id) });
}
if (!isMainThread) {
  parentPort.on('message', () => {
    for (let i = 0; i < 20000; i++) remember(i);
    parentPort.postMessage('done');
  });
} else {
  const worker = new Worker(__filename);
  let turns = 0;
  worker.on('message', () => console.log('turns', turns));
  process.on('SIGWINCH', () => worker.postMessage(++turns));
  worker.on('online', () => console.log('ready'));
}
"""


POOL = """'use strict';
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const kept = [];
function remember(id) {
  kept.push({ id, data: new Array(100).fill(id) });
}
if (!isMainThread) {
  for (let turn = 0; ; turn++) {
    Atomics.wait(workerData, 0, turn);
    for (let i = 0; i < 20000; i++) remember(i);
    parentPort.postMessage('done');
  }
} else {
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(__filename, { workerData: turn });
  worker.on('message', () => console.log('turns'));
  process.on('SIGWINCH', () => {
    Atomics.add(turn, 0, 1);
    Atomics.notify(turn, 0);
  });
  worker.on('online', () => console.log('ready'));
}
"""


WORKERS = """'use strict';
const { Worker } = require('node:worker_threads');
const CODE = "require('node:worker_threads').parentPort.on('message', () => {})";
let open = 0;
function runJob() {
  new Worker(CODE, { eval: true }).once('online', () => {
    if (++open % 4 === 0) console.log('turns');
  });
}
process.on('SIGWINCH', () => {
  for (let i = 0; i < 4; i++) runJob();
});
setInterval(() => {}, 60000);
console.log('ready');
"""


class JsHeap(harness.TestCase):
    def measure(self, text, rounds=2, node="node", more=("--gc",), **options):
        """A comparison of snapshots after each round but the first."""
        script = self.folder / "app.js"
        script.write_text(text if "SIGWINCH" in text else text + DRIVER)
        paths = []
        options.setdefault("HEAPDIFF_JS_SAMPLE", 32768)
        options.setdefault("NODE_OPTIONS", f"--require={COMPANION}")
        with harness.Program(
            [node, script], cwd=self.folder, HEAPDIFF_AT_EXIT=0, **options
        ) as program:
            program.await_line("^ready$")
            for n in range(rounds + 1):
                program.process.send_signal(signal.SIGWINCH)
                program.await_line("^turns")
                path = self.folder / f"{n}.db"
                paths.append(harness.snapshot(program.pid, path, str(n), *more))
        self.paths = paths[1:] if rounds > 1 else paths
        return harness.compare(*self.paths)

    def named(self):
        return f"--require={COMPANION} --perf-basic-prof --interpreted-frames-native-stack"

    def assert_culprit(self, comparison, function, line):
        first = comparison["sites"][0]
        self.assertEqual(first["kind"], "js")
        self.assertEqual((first["frame"]["function"], first["frame"]["line"]), (function, line))
        self.assertEqual(first["frame"]["file"], str(self.folder / "app.js"))
        verdict = comparison["verdict"]
        self.assertEqual(verdict["kind"], "js-heap")
        self.assertIn(f"kept by objects that {function} (app.js:{line}) allocated", verdict["text"])
        return first

    def test_a_session_store(self):
        comparison = self.measure(SESSIONS)
        first = self.assert_culprit(comparison, "createSession", 3)
        # 20,000 arrays of 100 numbers and what goes with them
        self.assertGreater(first["growth_bytes"], 16 * MIB)
        self.assertLess(first["growth_bytes"], 24 * MIB)
        self.assertGreater(first["error_bytes"], 0)
        self.assertLess(first["error_bytes"], 2 * MIB)
        heaps = [site for site in comparison["sites"] if site["managed_heap"]]
        self.assertEqual([site["frame"]["function"] for site in heaps], ["JavaScript heap (V8)"])
        every = harness.compare(*self.paths, "--all", "-n", "100000")["sites"]
        growing = [site for site in every if site["pattern"] in ("once", "grew", "rises")]
        counted = sum(site["growth_bytes"] for site in growing if not site["managed_heap"])
        self.assertEqual(comparison["growth_bytes"], counted)

    def test_rows_of_a_query(self):
        first = self.assert_culprit(self.measure(ROWS), "(anonymous)", 4)
        self.assertIn("readRows", [frame["function"] for frame in first["stack"]])

    def test_timers(self):
        comparison = self.measure(TIMERS)
        self.assert_culprit(comparison, "state", 2)
        timers = next(row for row in comparison["resources"] if row["what"] == "timers")
        self.assertEqual(timers["growth"], 10000)
        self.assertEqual(timers["count"][1] - timers["count"][0], 10000)
        text = harness.must(harness.heapdiff("compare", *self.paths)).stdout
        self.assertIn("10,000 timers were set and not cleared: poll (app.js:3)", text)

    def test_workers_that_do_not_end(self):
        comparison = self.measure(WORKERS, NODE_OPTIONS=self.named())
        workers = next(row for row in comparison["resources"] if row["what"] == "workers")
        self.assertEqual(workers["growth"], 4)
        text = harness.must(harness.heapdiff("compare", *self.paths)).stdout
        named = {site["frame"]["function"] for site in comparison["sites"]}
        place = " started at runJob (app.js:5)" if "runJob" in named else ""  # Node 18: not always
        self.assertIn(f"4 Workers{place} have not ended.", text)
        objects = [site["name"] for site in comparison["sites"] if site["kind"] == "js"]
        self.assertFalse([name for name in objects if "inspector" in name])  # of our own

    def test_listeners(self):
        self.assert_culprit(self.measure(LISTENERS, rounds=3), "subscribe", 3)

    def test_a_cache_that_drops_what_is_old_is_none(self):
        comparison = self.measure(CACHE, rounds=4)
        self.assertEqual(comparison["verdict"]["kind"], "none", comparison["verdict"]["text"])
        kinds = [site["kind"] for site in comparison["sites"] if site["growth_bytes"] > MIB]
        self.assertNotIn("js", kinds)

    def test_a_worker(self):
        self.assert_culprit(self.measure(WORKER), "remember", 4)
        isolates = harness.ask(self.paths[-1], "SELECT count(DISTINCT isolate) FROM js_node")
        self.assertEqual(isolates[0], 2)

    def test_a_worker_of_a_pool_that_waits_for_work(self):
        """Its event loop does not turn."""
        self.assert_culprit(self.measure(POOL), "remember", 4)

    def test_another_release_of_node(self):
        if not OTHER_NODE.exists():
            self.skipTest("tests/run.sh has installed no other Node")
        self.assert_culprit(self.measure(SESSIONS, node=OTHER_NODE), "createSession", 3)

    def test_without_a_rate_there_are_no_rows(self):
        comparison = self.measure(SESSIONS, HEAPDIFF_JS_SAMPLE=0)
        self.assertNotIn("js", [site["kind"] for site in comparison["sites"]])
        self.assertEqual(comparison["verdict"]["kind"], "js-heap")
        self.assertEqual(harness.ask(self.paths[0], "SELECT count(*) FROM js_live")[0], 0)

    def test_a_snapshot_without_a_collection_has_no_rows(self):
        self.measure(SESSIONS, rounds=1, more=())
        self.assertEqual(harness.ask(self.paths[0], "SELECT count(*) FROM js_live")[0], 0)

    def test_exports_have_the_objects(self):
        self.measure(SESSIONS)
        folded = harness.heapdiff("export", self.paths[-1], "--format", "folded").stdout
        lines = [line for line in folded.splitlines() if "createSession (app.js:3)" in line]
        self.assertGreater(sum(int(line.rsplit(" ", 1)[1]) for line in lines), 10 * MIB)


if __name__ == "__main__":
    harness.main()
