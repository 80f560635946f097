# flight.py -- Work that is under way while a snapshot is taken: threads with a burst in hand.
#
# SPDX-License-Identifier: Apache-2.0
"""series(n, serve) calls serve(0) to warm up, then takes n snapshots with serve(step) between them.
Meanwhile threads render bursts of memory; at every snapshot each of them has one in hand, a larger
or a smaller one. The same in every run; SAMPLE_SEED=N gives other bursts."""
import os
import random
import threading

import noise

THREADS, BLOCKS, SIZE, ROUNDS = 4, 120, 40_000, 8

SEED = int(os.environ.get("SAMPLE_SEED", 0))
is_clean = os.environ.get("SAMPLE_TWIN") == "clean"  # whether this run is the bounded twin


def render_burst(numbers):
    count = 1 + numbers.randrange(BLOCKS)
    return [bytearray(600 + numbers.randrange(SIZE)) for _ in range(count)]


def _fly(number, begun, held, end):
    numbers = random.Random(SEED * 7919 + number)
    burst = []
    while True:
        begun.wait()
        if end.is_set():
            return
        for _ in range(ROUNDS):
            burst.clear()
            burst += render_burst(numbers)
        held.wait()


def series(snapshots, serve, collect=True):
    begun, held = threading.Barrier(THREADS + 1), threading.Barrier(THREADS + 1)
    end = threading.Event()
    threads = [threading.Thread(target=_fly, args=(i, begun, held, end)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    noise.begin()
    for step in range(snapshots):
        begun.wait()
        serve(step)
        held.wait()
        noise.snapshot(f"look{step}", collect)
    end.set()
    begun.wait()
    for thread in threads:
        thread.join()
