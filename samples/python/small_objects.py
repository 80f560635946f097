# small_objects.py -- A list of small objects that only grows: Python's own heap, in its arenas.
#
# expect: kind=js-heap
#
# SPDX-License-Identifier: Apache-2.0
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import noise  # noqa: E402

class Event:
    __slots__ = ("number", "name", "values")

    def __init__(self, number):
        self.number = number
        self.name = f"event {number}"
        self.values = (number, number + 0.5)


events = []


def serve(count):
    for number in range(count):
        events.append(Event(number))
        if number % 20 == 0:
            noise.work(1)


noise.begin()
serve(20_000)
noise.snapshot("steady")
serve(100_000)
noise.snapshot("loaded")
print(len(events), "events,", noise.digest())
