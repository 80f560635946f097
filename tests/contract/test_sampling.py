# test_sampling.py -- A thousand sampled runs: estimates average to the truth, error bars cover it.
#
# SPDX-License-Identifier: Apache-2.0
"""Run by ctest with the program sampled.c as its argument. Seeds are fixed: no run of the test
differs from another."""
import math
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BUILD = Path(os.environ["HEAPDIFF_BUILD"])
PROGRAM = sys.argv.pop()
RUNS = 1000
MEAN = 4096  # bytes between two samples: about 250 samples a site
TRUTH = {  # live bytes at the end, as sampled.c says
    "site_small": 16000 * 64,
    "site_large": 250 * 4096,
    "site_beyond": 250 * 5000,
    "site_mixed": 20 * sum(16 << i for i in range(10)),
    "site_thread": 4000 * 256,
}
MADE = {  # (allocations, allocated bytes), freed ones included
    "site_small": (16000, 16000 * 64),
    "site_large": (250, 250 * 4096),
    "site_beyond": (250, 250 * 5000),
    "site_mixed": (400, 40 * sum(16 << i for i in range(10))),
    "site_thread": (4000, 4000 * 256),
}
QUERY = """
SELECT live_bytes, live_variance, allocations, allocated_bytes,
       (SELECT offset FROM stack_frames f JOIN location l ON l.id = f.location_id
                                          JOIN module m ON m.id = l.module_id
        WHERE f.stack_id = s.id AND m.path LIKE '%/sampled' ORDER BY f.depth LIMIT 1)
FROM stack s
"""


def functions():
    """[(start, end, name)] of the sites, from the program's own symbols."""
    lines = subprocess.run(["nm", "-S", PROGRAM], capture_output=True, text=True, check=True).stdout
    found = [line.split() for line in lines.splitlines() if " site_" in line]
    return [(int(start, 16), int(start, 16) + int(size, 16), name)
            for start, size, _, name in found]


def estimate(path, seed, sites):
    """{site: (live bytes, variance, allocations, allocated bytes)} of one run."""
    environment = {"LD_PRELOAD": str(BUILD / "libheapdiff.so"), "HEAPDIFF_OUT": str(path),
                   "HEAPDIFF_SAMPLE": str(MEAN), "HEAPDIFF_SEED": str(seed)}
    subprocess.run([PROGRAM], env=environment, stderr=subprocess.DEVNULL, check=True, timeout=60)
    found = dict.fromkeys(TRUTH, (0, 0.0, 0, 0))
    with sqlite3.connect(path) as database:
        for *numbers, leaf in database.execute(QUERY):
            for start, end, name in sites:
                if leaf is not None and start < leaf <= end:
                    found[name] = tuple(a + b for a, b in zip(found[name], numbers))
    path.unlink()
    return found


class Sampling(unittest.TestCase):
    """1,000 runs of the shim itself, not of a model of it."""

    @classmethod
    def setUpClass(cls):
        sites = functions()
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
            seeds = range(1, RUNS + 1)  # every run another choice, and the same one tomorrow
            cls.runs = list(pool.map(
                lambda seed: estimate(Path(folder) / f"{seed}.db", seed, sites), seeds))

    def test_estimates_average_to_the_truth_within_one_percent(self):
        for site, truth in TRUTH.items():
            mean = statistics.fmean(run[site][0] for run in self.runs)
            print(f"{site}: mean of {RUNS} estimates / truth = {mean / truth:.4f}")
            self.assertLess(abs(mean / truth - 1), 0.01, site)

    def test_counters_average_to_the_truth_within_one_percent(self):
        for site, made in MADE.items():
            for which, truth in zip((2, 3), made):
                mean = statistics.fmean(run[site][which] for run in self.runs)
                print(f"{site}: mean of {'allocations' if which == 2 else 'allocated bytes'}"
                      f" / truth = {mean / truth:.4f}")
                self.assertLess(abs(mean / truth - 1), 0.01, site)

    def test_the_error_bar_covers_the_truth_in_95_percent_of_the_runs(self):
        for site, truth in TRUTH.items():
            covered = sum(abs(run[site][0] - truth) <= 1.96 * math.sqrt(run[site][1])
                          for run in self.runs)
            print(f"{site}: {covered / RUNS:.3f} of the runs within 1.96 standard errors")
            self.assertLess(abs(covered / RUNS - 0.95), 0.02, site)

    def test_the_stored_variance_is_the_variance_of_the_estimates(self):
        for site in TRUTH:
            stored = statistics.fmean(run[site][1] for run in self.runs)
            seen = statistics.variance(run[site][0] for run in self.runs)
            print(f"{site}: stored variance / variance seen = {stored / seen:.3f}")
            # that of 1,000 runs is itself known to 4.5 % (one standard error)
            self.assertLess(abs(stored / seen - 1), 0.18, site)


if __name__ == "__main__":
    unittest.main(verbosity=2)
