# flat.py -- Whether a measured value stays flat: its trend over the run, and the bound for it.
#
# SPDX-License-Identifier: Apache-2.0
import statistics
from dataclasses import dataclass

WARM_UP = 0.2  # the part of a run that is left out: caches fill, threads start

# The most that the straight line through all values may rise from end to end: a part of the
# median, or this much, whichever is more. A value that is counted may not rise at all.
BOUNDS = {"own memory, KiB": (0.02, 512), "snapshot, ms": (0.25, 50), "file, KiB": (0.10, 64),
          "descriptors": (0, 0.5), "threads": (0, 0.5), "processes": (0, 0.5)}


@dataclass
class Row:
    server: str
    name: str
    count: int
    first: float
    median: float
    last: float
    rise: float
    bound: float

    @property
    def holds(self):
        return self.count >= 3 and self.rise <= self.bound


def rise(points):
    """From end to end of the straight line with the least squares."""
    times, values = zip(*points)
    middle = statistics.fmean(times)
    square = sum((time - middle) ** 2 for time in times)
    level = statistics.fmean(values)
    slope = sum((time - middle) * (value - level) for time, value in points) / (square or 1)
    return slope * (times[-1] - times[0])


def rows(server, measured):
    kept = measured[int(len(measured) * WARM_UP):]
    for name, (part, least) in BOUNDS.items():
        points = [(each["seconds"], each[name]) for each in kept]
        if len(points) < 3:
            yield Row(server, name, len(points), 0, 0, 0, 0, 0)
            continue
        values = [value for _, value in points]
        median = statistics.median(values)
        yield Row(server, name, len(values), values[0], median, values[-1], rise(points),
                  max(part * median, least))


def table(found):
    lines = ["| server | value | snapshots | first | median | last | rise | bound | |",
             "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"]
    for row in found:
        numbers = " | ".join(f"{number:.1f}".removesuffix(".0") for number in
                             (row.first, row.median, row.last, row.rise, row.bound))
        lines.append(f"| {row.server} | {row.name} | {row.count} | {numbers} |"
                     f" {'flat' if row.holds else 'RISES'} |")
    return "\n".join(lines)
