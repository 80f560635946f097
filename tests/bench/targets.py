# targets.py -- From measurements to the table: ratios per round, each beside its target.
#
# SPDX-License-Identifier: Apache-2.0
"""A row compares what was measured in the same round; then the median of the rounds is taken."""
from dataclasses import asdict, dataclass
from statistics import median

MOST, LEAST = "≤", "≥"


@dataclass
class Row:
    what: str
    unit: str  # '×' for ratios
    values: list  # one a round
    target: float | None = None  # None: for information
    side: str = MOST

    @property
    def met(self):
        if self.target is None:
            return None
        middle = median(self.values)
        return middle <= self.target if self.side == MOST else middle >= self.target

    def to_json(self):
        return {**asdict(self), "min": min(self.values), "median": median(self.values),
                "max": max(self.values), "met": self.met}


class Churns:
    """Looks into results[case][contender][round]."""

    def __init__(self, results):
        self.results = results

    def has(self, case, *names):
        return all(name in self.results.get(case, {}) for name in names)

    def series(self, case, name, field="pair_ns"):
        return [found[field] for found in self.results[case][name]]

    def added(self, case, name, field="pair_ns"):
        pairs = zip(self.series(case, name, field), self.series(case, "plain", field))
        return [with_it - plain for with_it, plain in pairs]

    def ratio(self, one, other):
        return [a / b for a, b in zip(one, other)]


def against(churns, rows, case, peer, target, field="pair_ns", words=""):
    if churns.has(case, "plain", "heapdiff", peer):
        ratio = churns.ratio(churns.added(case, "heapdiff", field), churns.added(case, peer, field))
        rows.append(Row(f"{case}: added by heapdiff / added by {peer}{words}", "×", ratio, target))


def absolute(churns, rows):
    """Nanoseconds per pair, for information."""
    for case, contenders in churns.results.items():
        for name in contenders:
            rows.append(Row(f"{case}: {name}", "ns", churns.series(case, name)))


def overlap_rows(churns, rows):
    """Where the time at many blocks comes from: others that lengthen the program add it too."""
    for name in ("unw_backtrace", "idle"):
        if churns.has("2M blocks", name):
            ratio = churns.ratio(churns.added("2M blocks", name), churns.added("base", name))
            rows.append(Row(f"2M blocks: added by {name} / added in base", "×", ratio))
    ratio = churns.ratio(churns.added("2M blocks, dependent", "heapdiff"),
                         churns.added("base, dependent", "heapdiff"))
    rows.append(Row("2M blocks, dependent: added by heapdiff / added in base, dependent", "×",
                    ratio))


def churn_rows(results):
    churns, rows = Churns(results), []
    against(churns, rows, "base", "unw_backtrace", 0.4)
    against(churns, rows, "base", "heaptrack", 0.2, words=", in the app")
    against(churns, rows, "base", "heaptrack", 0.1, "cpu_ns", ", total CPU")
    against(churns, rows, "base", "jemalloc", None)
    against(churns, rows, "base", "tcmalloc", None)
    against(churns, rows, "frame pointers", "unw_backtrace", 0.25)
    for case, target in (("2 threads", 1.2), ("8 threads", 1.2), ("depth 64", 2),
                         ("100k stacks", 2), ("100k stacks, each pair another", 2),
                         ("2M blocks", 2)):
        ratio = churns.ratio(churns.added(case, "heapdiff"), churns.added("base", "heapdiff"))
        rows.append(Row(f"{case}: added by heapdiff / added in base", "×", ratio, target))
    overlap_rows(churns, rows)
    for name, target in (("sampled", 1.03), ("pass_through", None)):
        ratio = churns.ratio(churns.series("base", name), churns.series("base", "plain"))
        rows.append(Row(f"base: {name} / plain", "×", ratio, target))
    return rows


TARGETS = {"node server": 0.95, "redis-server": 0.9, "g++": 1.15, "python3": 1.15, "sqlite3": 1.15}


def program_rows(results):
    rows = []
    for program, contenders in results.items():
        field = "rate" if "rate" in contenders["plain"][0] else "wall"
        word = "requests/s" if field == "rate" else "wall time"
        side = LEAST if field == "rate" else MOST
        for name in ("heapdiff", "sampled"):
            pairs = list(zip(contenders[name], contenders["plain"]))
            target = TARGETS.get(program) if name == "heapdiff" else None
            rows.append(Row(f"{program}: {word}, {name} / plain", "×",
                            [one[field] / plain[field] for one, plain in pairs], target, side))
            rows.append(Row(f"{program}: CPU time, {name} / plain", "×",
                            [one["cpu"] / plain["cpu"] for one, plain in pairs]))
            if field == "rate":
                rows.append(Row(f"{program}: p99, {name} / plain", "×",
                                [one["p99"] / plain["p99"] for one, plain in pairs]))
    return rows


def memory_rows(memories, writings):
    blocks = memories[0]["blocks"]
    allowed = (24 * blocks + (16 << 20)) / (1 << 20)
    rows = [
        Row(f"resident at {blocks} blocks of 64 B, own account", "MiB",
            [found["own_bytes"] / (1 << 20) for found in memories], allowed),
        Row("of that per live block", "B", [found["bytes_per_block"] for found in memories], 24),
        Row("of that fixed", "MiB", [found["fixed_bytes"] / (1 << 20) for found in memories], 16),
        Row("the kernel's peak RSS, heapdiff - plain", "MiB",
            [found["peak_difference"] / (1 << 20) for found in memories], allowed),
    ]
    for name in ("heapdiff", "heaptrack", "heaptrack, uncompressed"):
        if name in writings[0]:
            rows.append(Row(f"written during {writings[0]['pairs']} pairs: {name}", "B",
                            [found[name] for found in writings],
                            0 if name == "heapdiff" else None))
    return rows


def snapshot_rows(rounds):
    """Node's own threads make gaps as long as ours: its target is the same, its noise is larger."""
    rows = []
    for case in rounds[0] if rounds else []:
        def series(field, case=case):
            return [found[case][field] for found in rounds]
        listed = series("blocks")[0]
        rows.append(Row(f"snapshot, {case}: longest gap - longest gap without", "ms",
                        [us / 1000 for us in series("added_us")], None if listed else 10))
        rows.append(Row(f"snapshot, {case}: longest gap without", "ms",
                        [us / 1000 for us in series("rest_us")]))
        rows.append(Row(f"snapshot, {case}: complete in", "ms",
                        [1000 * seconds for seconds in series("seconds")],
                        500 if not listed else 500 + listed / 1000))
        rows.append(Row(f"snapshot, {case}: file, less 1 MiB, per stack", "B",
                        [(found[case]["file_bytes"] - (1 << 20) - 24 * listed)
                         / found[case]["stacks"] for found in rounds], 200))
    return rows


STARTS = {"passive": 0.7, "recorded": 1.2, "recorded by FOLLOW": 1.2}


def start_rows(rounds):
    """Milliseconds more than a plain process."""
    rows = []
    for kind, words in (("one", "one process"), ("pipeline", "fork and exec in a pipe of 100")):
        for way in rounds[0][kind] if rounds else []:
            plain = [found[kind]["plain"] for found in rounds]
            values = [found[kind][way] for found in rounds]
            if way == "plain":
                rows.append(Row(f"start, {words}: CPU time, plain", "ms", plain))
                continue
            added = [value - base for value, base in zip(values, plain)]
            rows.append(Row(f"start, {words}: CPU time added, {way}", "ms", added,
                            STARTS.get(way) if kind == "one" else None))
    return rows
