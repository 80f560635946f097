# test_clock.py -- The wall clock jumps by years while snapshots are taken.
#
# SPDX-License-Identifier: Apache-2.0
import os
import signal
import struct
import subprocess
import sys
import time

import harness

CLOCK = harness.PROGRAMS / "libend_to_end_clock.so"
DAY = 86400
YEAR = 365 * DAY
JUMPS = (0, 10 * YEAR, -20 * YEAR, 3600, -DAY, 0)  # from the true time
KEEPER = """
import sys
kept = []
for line in sys.stdin:
    kept.append([bytes(5000) for _ in range(100)])
    print('done', flush=True)
"""
FACTS = "SELECT number, time_ns, uptime_ns, reason FROM snapshot"


class Clock(harness.TestCase):
    def start(self, **options):
        self.step = self.folder / "step"
        self.jump(0)
        program = harness.Program([sys.executable, "-c", KEEPER], cwd=self.folder,
                                  stdin=subprocess.PIPE, LD_PRELOAD=f"{harness.SHIM} {CLOCK}",
                                  CLOCK_FILE=self.step, HEAPDIFF_AT_EXIT=0, **options)
        self.addCleanup(program.close)
        self.grow(program)
        return program

    def jump(self, seconds):
        with open(self.step, "r+b" if self.step.exists() else "wb") as file:
            file.write(struct.pack("=q", seconds * 10**9))

    def grow(self, program):
        program.process.stdin.write(b"more\n")
        program.process.stdin.flush()
        program.await_line("^done$")

    def await_more(self, pattern, before):
        while len(list(self.folder.glob(pattern))) <= before:
            os.sched_yield()

    def count(self, pattern):
        return len(list(self.folder.glob(pattern)))

    def test_snapshots_of_all_kinds_go_on(self):
        program = self.start(HEAPDIFF_INTERVAL=0.2, HEAPDIFF_SIGNAL="USR2",
                             HEAPDIFF_OUT="%n.%l.db")
        for jump in JUMPS:
            self.jump(jump)
            intervals, signals = self.count("*.interval.db"), self.count("*.signal.db")
            program.process.send_signal(signal.SIGUSR2)
            self.await_more("*.signal.db", signals)
            self.await_more("*.interval.db", intervals + 1)
            path = harness.snapshot(program.pid, self.folder / f"asked.{jump}.db", "asked")
            written = harness.ask(path, FACTS)[1] / 1e9
            self.assertLess(abs(written - jump - time.time()), 600)
        self.jump(0)
        program.close()
        facts = sorted(harness.ask(path, FACTS) for path in self.folder.glob("*.db"))
        self.assertEqual({reason for *_, reason in facts}, {"interval", "signal", "request"})
        uptimes = [uptime for _, _, uptime, _ in facts]
        self.assertEqual(uptimes, sorted(set(uptimes)))
        for path in self.folder.glob("*.db"):
            harness.check_whole(path)

    def test_an_order_by_the_clock_would_be_wrong(self):
        program = self.start()
        paths = []
        for jump in (DAY, 0, -DAY, 60):
            self.jump(jump)
            paths.append(harness.snapshot(program.pid, self.folder / f"{len(paths)}.db", "asked"))
            self.grow(program)
        first, *_, last = paths
        found = harness.compare(*reversed(paths))
        self.assertEqual([os.path.basename(row["path"]) for row in found["snapshots"]],
                         ["0.db", "1.db", "2.db", "3.db"])
        grown = sum(site["growth_bytes"] for site in harness.compare(first, last)["sites"]
                    if site["growth_bytes"] > 0)
        self.assertGreater(grown, 1_400_000)


if __name__ == "__main__":
    harness.main()
