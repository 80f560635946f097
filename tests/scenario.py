# scenario.py -- What a sample says must be found, and whether a comparison found it.
#
# SPDX-License-Identifier: Apache-2.0
"""samples/README.md explains the lines `expect:`, `expect-miss:`, `set:` and `drive:`.

A comparison has five marks: the site, the verdict's kind, the growth, the unexplained part, and no
false alarm. A mark is None if the sample declares nothing about it.
"""
import re
from pathlib import Path

import harness

NUMBER = re.compile(r"([+-]?\d+|stats|stdout)(?:±(\d+(?:\.\d+)?)%)?$")
KEYS = ("kind", "site1", "file", "via", "growth", "blocks", "absent", "also")
MARKS = ("site", "verdict", "growth", "other", "alarm")

MIB = 1024 * 1024
OTHER_SHARE, OTHER_BYTES = 0.05, MIB  # `other` may be as much as the larger of the two
# A site that is listed as growing and is not meant to is a false alarm when it is said to grow by
# more than 64 KiB, 1 % of all live bytes, and a tenth of what the culprit grew by.
ALARM_BYTES, ALARM_LIVE_SHARE, ALARM_CULPRIT_SHARE = 64 * 1024, 0.01, 0.1


class Scenario:
    """A sample and its truth."""

    def __init__(self, source):
        self.source = source
        self.name = str(source.relative_to(harness.SAMPLES))
        text = source.read_text()
        self.is_server = bool(lines(text, "drive"))
        self.settings = dict(line.split("=", 1) for line in lines(text, "set"))
        self.expected = [
            tuple(word.split("=", 1)) for line in lines(text, "expect") for word in line.split()
        ]
        misses = [line.split(" -- ", 1) for line in lines(text, "expect-miss")]
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
        kind = comparison["verdict"]["kind"]
        wanted = "|".join(self.values("kind"))
        return "" if kind in wanted.split("|") else f"{kind}, not {wanted}"

    def mark_growth(self, top, truth):
        wanted = [(key, value) for key in ("growth", "blocks") for value in self.values(key)]
        if not wanted:
            return None
        found = {key: top[f"growth_{'bytes' if key == 'growth' else key}"] if top else 0
                 for key, _ in wanted}
        return "; ".join(
            f"{key} {found[key]:+}, not {describe(value, truth.get(key))}"
            for key, value in wanted
            if not is_within(value, found[key], truth.get(key))
        )

    def mark_alarm(self, comparison, top):
        """Innocent sites that are listed as growing. Of a managed heap only the verdict speaks."""
        bound = max(ALARM_BYTES, ALARM_LIVE_SHARE * comparison["snapshots"][0]["live_bytes"])
        if self.values("site1") and top:
            bound = max(bound, ALARM_CULPRIT_SHARE * top["growth_bytes"])
        return ", ".join(
            f"{site_name(site)} {site['growth_bytes']:+}"
            for site in comparison["sites"]
            if site_name(site) in self.values("absent")
            or (site["growth_bytes"] > bound and not self.may_grow(site, top))
        )

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
    return [Scenario(path) for path in sources if lines(path.read_text(), "expect")]
