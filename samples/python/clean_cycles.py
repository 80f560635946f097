# clean_cycles.py -- Objects in cycles that only the collector frees, each with a large bytearray.
#
# expect: kind=none
#
# SPDX-License-Identifier: Apache-2.0
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import noise  # noqa: E402

class Node:
    def __init__(self, number):
        self.payload = bytearray(b"%08d" % number * 200)
        self.other = None


def make_cycle(number):
    first, second = Node(number), Node(number + 1)
    first.other, second.other = second, first
    return len(first.payload)


def serve(count):
    total = 0
    for number in range(count):
        total += make_cycle(number)
        noise.work(1)
    return total


noise.begin()
size = serve(3000)
noise.snapshot("steady")
size += serve(6000)
noise.snapshot("loaded")
print(size, noise.digest())
