# churns.py -- The micro workload: nanoseconds per malloc/free pair, by case and contender.
#
# SPDX-License-Identifier: Apache-2.0
"""A case is one way to call churn; see churn.c for what its arguments mean."""
from dataclasses import dataclass

from processes import run_under

ALL = ["plain", "heapdiff", "sampled", "pass_through", "idle", "unw_backtrace", "heaptrack",
       "jemalloc", "tcmalloc"]
SHORT = ["plain", "heapdiff", "unw_backtrace"]
OVERLAP = ["plain", "heapdiff", "idle", "unw_backtrace"]
SLOW = {"jemalloc": 60, "tcmalloc": 100, "heaptrack": 2}  # so many times fewer pairs


@dataclass
class Case:
    name: str
    contenders: list
    frame_pointers: bool = False
    depth: int = 24
    live: int = 10_000
    threads: int = 1
    stacks: int = 1
    run: int = 0  # pairs on one stack before the next; 0: all
    dependent: bool = False
    share: float = 1.0  # of the pairs

    def arguments(self, pairs):
        run = self.run or max(1, pairs // self.stacks)
        words = [pairs, self.depth, self.live, self.threads, self.stacks, run]
        return words + (["dependent"] if self.dependent else [])


CASES = [
    Case("base", ALL),
    Case("frame pointers", SHORT, frame_pointers=True),
    Case("2 threads", SHORT, threads=2),
    Case("8 threads", SHORT, threads=8, share=0.5),
    Case("depth 64", SHORT, depth=64),
    Case("100k stacks", SHORT, stacks=100_000, run=20),
    Case("100k stacks, each pair another", SHORT, stacks=100_000, run=1, share=0.5),
    Case("2M blocks", OVERLAP, live=2_000_000),
    Case("2M blocks, dependent", OVERLAP, live=2_000_000, dependent=True),
    Case("base, dependent", OVERLAP, dependent=True),
]


def pairs_of(case, name, quick):
    pairs = int(2_000_000 * case.share) // (20 if quick else 1) // SLOW.get(name, 1)
    return max(pairs, case.stacks * case.run // (20 if quick else 1), 1000)


def measure(peers, case, name, quick):
    """{'pair_ns': in the app, warm; 'cpu_ns': of all processes, start and end included}"""
    program = peers.build / ("bench_churn_fp" if case.frame_pointers else "bench_churn")
    pairs = pairs_of(case, name, quick)
    if quick and case.live > 100_000:
        case = Case(**{**vars(case), "live": 100_000})
    done = run_under(peers, name, [program, *case.arguments(pairs)])
    made = case.threads * (2 * pairs + case.live)
    return {"pair_ns": float(done.output), "cpu_ns": done.cpu * 1e9 / made}


def round_of(peers, results, quick):
    """One round: every contender of every case once; appends to results[case][name]."""
    for case in CASES:
        for name in peers.choose(case.contenders):
            found = results.setdefault(case.name, {}).setdefault(name, [])
            found.append(measure(peers, case, name, quick))
