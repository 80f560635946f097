# test_timeline.py -- HEAPDIFF_TIMELINE: numbers between snapshots, in each snapshot's own file.
#
# SPDX-License-Identifier: Apache-2.0
import sqlite3
import sys

import harness

NODE = """
const kept = [];
require('node:http').createServer((request, response) => {
  kept.push(Buffer.alloc(1 << 20, 1));
  response.end('{}');
}).listen(0, function () { console.log('listening on ' + this.address().port); });
"""
PYTHON = "import sys; print('ready', flush=True); sys.stdin.read()"


class Timeline(harness.TestCase):
    def series(self, path):
        """{(name, statistic): [value, …]}; times rise."""
        found = {}
        database = sqlite3.connect(path)
        self.addCleanup(database.close)
        for name, statistic, _, value in database.execute(
                "SELECT * FROM timeline ORDER BY name, statistic, uptime_ns"):
            found.setdefault((name, statistic), []).append(value)
        return found

    def await_points(self, pid, of, least):
        """The series of the first snapshot that has so many points of one."""
        for number in range(1000):
            path = self.folder / f"{number}.db"
            harness.snapshot(pid, path, "")
            found = self.series(path)
            if len(found.get(of, [])) >= least:
                return found
            path.unlink()
        raise AssertionError(f"no series {of}")

    def test_node_and_the_kernel_each_give_a_series(self):
        script = self.folder / "server.js"
        script.write_text(NODE)
        companion = f"--require={harness.BUILD}/heapdiff-node.cjs"
        with harness.NodeServer(script, HEAPDIFF_TIMELINE=0.05, NODE_OPTIONS=companion) as server:
            before = self.await_points(server.pid, ("node", "http_requests"), 2)
            for _ in range(20):
                server.get("")
            count = len(before["node", "http_requests"])
            found = self.await_points(server.pid, ("node", "http_requests"), count + 2)
        self.assertEqual(found["node", "http_requests"][0], 0)
        self.assertEqual(found["node", "http_requests"][-1], 20)
        self.assertGreaterEqual(found["node", "arrayBuffers"][-1], 20 << 20)
        self.assertGreaterEqual(found["node", "heapUsed"][-1], 1 << 20)
        self.assertGreaterEqual(found["process", "rss"][-1], 20 << 20)
        self.assertLessEqual(before["process", "rss"][0], found["process", "rss"][-1])

    def test_other_programs_have_rss_alone(self):
        with harness.Program([sys.executable, "-c", PYTHON], stdin=harness.subprocess.PIPE,
                             HEAPDIFF_TIMELINE=0.05, HEAPDIFF_AT_EXIT=0) as program:
            program.await_line("^ready$")
            found = self.await_points(program.pid, ("process", "rss"), 3)
        self.assertEqual(list(found), [("process", "rss")])
        self.assertGreater(min(found["process", "rss"]), 1 << 20)

    def test_without_the_option_there_is_none(self):
        with harness.Program([sys.executable, "-c", PYTHON], stdin=harness.subprocess.PIPE,
                             HEAPDIFF_AT_EXIT=0) as program:
            program.await_line("^ready$")
            harness.snapshot(program.pid, self.folder / "a.db", "")
        self.assertEqual(self.series(self.folder / "a.db"), {})


if __name__ == "__main__":
    harness.main()
