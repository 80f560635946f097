# scenario.py -- What a sample says must be found, and whether a comparison found it.
#
# SPDX-License-Identifier: Apache-2.0
"""samples/README.md explains the lines `expect:`, `expect-miss:`, `twin:`, `set:`, `drive:`,
`lives:`.

A comparison has six marks: the site, the verdict's kind, the growth, the unexplained part, no false
alarm, and that the outputs agree (agreement.py). A mark is None if the sample declares nothing
about it.
"""
import re
from pathlib import Path

import agreement
import harness

NUMBER = re.compile(r"([+-]?\d+|stats|stdout)(?:±(\d+(?:\.\d+)?)%)?$")
KEYS = ("kind", "site1", "file", "via", "growth", "blocks", "absent", "also",
        "allocations", "not", "names", "says", "resource", "gate")
GROWTH = ("growth", "blocks", "allocations")
MARKS = ("site", "verdict", "growth", "other", "alarm", "agree")
FALSE_LEAKS = ("leak", "mapping", "js-heap")  # the kinds that accuse a program

MIB = 1024 * 1024
OTHER_SHARE, OTHER_BYTES = 0.05, MIB  # `other` may be as much as the larger of the two
# A site that is listed as growing and is not meant to is a false alarm when it is said to grow by
# more than 64 KiB, 1 % of all live bytes, and a tenth of what the culprit grew by.
ALARM_BYTES, ALARM_LIVE_SHARE, ALARM_CULPRIT_SHARE = 64 * 1024, 0.01, 0.1


class Scenario:
    """A sample and its truth; a twin is the same program with one change, and its own truth."""

    def __init__(self, source, twin=""):
        self.source, self.twin = source, twin
        self.name = str(source.relative_to(harness.SAMPLES)) + (f"+{twin}" if twin else "")
        text = source.read_text()
        self.is_server = bool(lines(text, "drive"))
        self.lives = int((lines(text, "lives") or [1])[0])
        self.settings = dict(line.split("=", 1) for line in lines(text, "set"))
        if twin:
            self.settings["SAMPLE_TWIN"] = twin
        key = f"expect-{twin}" if twin else "expect"
        self.expected = [
            tuple(word.split("=", 1)) for line in lines(text, key) for word in line.split()
        ]
        misses = [line.split(" -- ", 1) for line in lines(text, f"{key}-miss")]
        self.known_misses = {mark.rstrip("?"): reason for mark, reason in misses}
        self.sure_misses = {mark for mark, _ in misses if not mark.endswith("?")}
        self.check_words()

    def check_words(self):
        unknown = [key for key, *_ in self.expected if key not in KEYS]
        unknown += [mark for mark in self.known_misses if mark not in MARKS]
        if unknown or not self.values("kind"):
            raise SystemExit(f"{self.source}: no kind expected, or unknown words: {unknown}")

    def values(self, key):
        return [value for name, value in self.expected if name == key]

    def marks(self, comparison, truth):
        """For each of MARKS None, "" when it is earned, else in words what is wrong."""
        top = next(iter(comparison["sites"]), None)
        return {
            "site": self.mark_site(top),
            "verdict": self.mark_verdict(comparison),
            "growth": self.mark_growth(top, truth),
            "other": mark_other(comparison),
            "alarm": self.mark_alarm(comparison, top),
            "agree": "; ".join(agreement.faults(comparison, self.source.suffix == ".js")),
        }

    def mark_site(self, top):
        wanted = {key: self.values(key) for key in ("site1", "file", "via")}
        if not any(wanted.values()):
            return None
        if not top:
            return "no site grows"
        found = {
            "site1": [site_name(top)],
            "file": [Path(harness.own_frame(top).get("file") or "").name],
            "via": [harness.bare_name(frame["function"]) for frame in top["stack"]],
        }
        return "; ".join(
            f"{key} is {found[key][0] if key != 'via' else 'elsewhere'}, not {value}"
            for key, values in wanted.items()
            for value in values
            if not set(value.split("|")) & set(found[key])
        )

    def mark_verdict(self, comparison):
        verdict = comparison["verdict"]
        kind, wanted = verdict["kind"], "|".join(self.values("kind"))
        wrong = [] if kind in wanted.split("|") else [f"{kind}, not {wanted}"]
        wrong += [f"names {name}" for name in self.values("not") if has_word(verdict["text"], name)]
        wrong += [f"does not name {names}" for names in self.values("names")
                  if not any(has_word(verdict["text"], name) for name in names.split("|"))]
        said = [verdict["text"], verdict.get("advice") or "", *comparison["notes"]]
        said = " ".join(said).lower()
        wrong += [f"does not say {words}" for words in self.values("says")
                  if not any(word in said for word in words.split("|"))]
        growing = {each["what"] for each in comparison.get("resources", []) if each["growth"] > 0}
        wrong += [f"{names}: no growth is counted" for names in self.values("resource")
                  if not growing & set(names.split("|"))]
        wrong += [f"the gate {comparison['gate']['result']}" for results in self.values("gate")
                  if comparison["gate"]["result"] not in results.split("|")]
        return "; ".join(wrong)

    def mark_growth(self, top, truth):
        wanted = [(key, value) for key in GROWTH for value in self.values(key)]
        if not wanted:
            return None
        found = growth_of(top) if top else dict.fromkeys(GROWTH, 0)
        return "; ".join(
            f"{key} {found[key]:+}, not {describe(value, truth.get(key))}"
            for key, value in wanted
            if not is_within(value, found[key], truth.get(key))
        )

    def mark_alarm(self, comparison, top):
        """Innocent sites that are listed as growing. Of a managed heap only the verdict speaks."""
        if self.is_bounded():
            return self.mark_bounded(comparison)
        bound = max(ALARM_BYTES, ALARM_LIVE_SHARE * comparison["snapshots"][0]["live_bytes"])
        if self.values("site1") and top:
            bound = max(bound, ALARM_CULPRIT_SHARE * top["growth_bytes"])
        return ", ".join(
            f"{site_name(site)} {site['growth_bytes']:+}"
            for site in comparison["sites"]
            if site_name(site) in self.values("absent")
            or (site["growth_bytes"] > bound and not self.may_grow(site, top))
        )

    def is_bounded(self):
        """Whether this is a twin that does not leak."""
        kinds = set("|".join(self.values("kind")).split("|"))
        return bool(self.twin) and kinds <= {"none", "retention"}

    def mark_bounded(self, comparison):
        """Of a bounded twin no site is convincing, and no gate fails."""
        alarms = [f"{site_name(site)} {site['growth_bytes']:+} with evidence {site['evidence']:.2f}"
                  for site in comparison["sites"]
                  if site["growth_bytes"] > ALARM_BYTES and agreement.is_convincing(site)]
        if comparison["gate"]["result"] == "exceeded":
            alarms.append(f"the gate counts {comparison['growth_bytes']:+}")
        return ", ".join(alarms)

    def false_leak(self, comparison):
        """In words, if a bounded twin is called a leak."""
        kind, gate = comparison["verdict"]["kind"], comparison["gate"]["result"]
        wrong = [kind] if kind in FALSE_LEAKS else []
        return ", ".join(wrong + (["the gate"] if gate == "exceeded" else []))

    def may_grow(self, site, top):
        named = self.values("site1")
        allowed = {name for value in named + self.values("also") for name in value.split("|")}
        if site["managed_heap"] or site_name(site) in allowed:
            return True
        # The mark for the site says what is wrong with the first one; without a name none is wrong.
        kinds = self.values("kind")[0].split("|")
        return site is top if named else not {"none", "retention"} & set(kinds)


def lines(text, key):
    """What follows `key:` in the comments of a sample."""
    return re.findall(rf"^\s*[*#]\s*{key}:\s*(.*?)\s*$", text, re.MULTILINE)


def site_name(site):
    if is_shared(site):
        return site["name"].replace(" ", "_")
    frame = harness.own_frame(site)
    name = harness.bare_name(frame.get("function"))
    return name.split(".")[-1] if frame.get("jit") else name  # Java's Class.method


def is_shared(site):
    """Whether the site is what shares blocks (a pool), and no frame of its stack."""
    functions = [frame["function"] for frame in site["stack"]]
    return not site["managed_heap"] and site["frame"]["function"] not in functions


def has_word(text, word):
    """`open_cursor` is in "mostly from open_cursor (a.c:24)", `cursor` is not."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def growth_of(site):
    """What the words of GROWTH ask of a site."""
    made = site["allocations"]
    return {"growth": site["growth_bytes"], "blocks": site["growth_blocks"],
            "allocations": made[-1] - made[0]}


def is_within(text, value, truth):
    """Whether `value` is what `text` says: a number or a name of one, with a tolerance or not."""
    wanted, percent = NUMBER.match(text).groups()
    wanted = truth if wanted in ("stats", "stdout") else int(wanted)
    return abs(value - wanted) <= abs(wanted) * float(percent or 0) / 100


def describe(text, truth):
    return text if truth is None else f"{text} ({truth})"


def mark_other(comparison):
    verdict = comparison["verdict"]
    parts = {part["what"]: part["growth_bytes"] for part in verdict["parts"]}
    other = parts["other"]
    if "heapdiff itself" not in parts:
        other -= verdict["heapdiff_growth_bytes"]
    if abs(other) <= max(OTHER_SHARE * abs(verdict["rss_growth_bytes"]), OTHER_BYTES):
        return ""
    return f"other {other / MIB:+.1f} of {verdict['rss_growth_bytes'] / MIB:+.1f} MiB"


def all_scenarios():
    """In the order in which they are listed: by language, then by name."""
    sources = [
        path
        for path in sorted(harness.SAMPLES.glob("*/*"))
        if path.suffix in (".c", ".cpp", ".js", ".py", ".java")
    ]
    return [each for path in sources for each in scenarios_of(path)]


def scenarios_of(path):
    """The program as it is, then its twins."""
    text = path.read_text()
    twins = [""] if lines(text, "expect") else []
    return [Scenario(path, twin) for twin in twins + lines(text, "twin")]
