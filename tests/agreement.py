# agreement.py -- Whether the outputs of one comparison agree: sentence, parts, sites.
#
# SPDX-License-Identifier: Apache-2.0
"""These hold for every comparison, whatever the program does:

- the parts add up to the growth of RSS;
- the sentence's numbers are those of the parts that it names, within their rounding;
- the site that the sentence names for a part is memory of that part;
- where the sentence says that nothing grew, or that no part stands out, none does;
- no convincing site is listed under a sentence that says that nothing grew;
- only a program of V8 has a JavaScript heap.
"""
import re

import harness

CONVINCING = 0.5  # evidence: above it, most known facts speak for a leak
UNITS = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
SIZE = r"([+-]?\d[\d,]*(?:\.\d+)?) (B|KiB|MiB|GiB)"
SHARE = re.compile(SIZE + r" of (?:that|it|this) (?:is|are) (?:the |its )?"
                   r"([a-zA-Z][\w -]*?)(?= that\b|, |; |\.$|\. | from | which| \(|$)")
OWNER = re.compile(r"[^.;]*?(?:mostly|most of (?:it|them)) from (.+?)(?= \(|, called by|;|\.$)")
# What a part is called in a sentence, and the kinds of its sites.
PARTS = (
    ("native block", "native blocks", {"malloc", "pool", "brk"}),
    ("buffer", "off-heap buffers", {"buffer", "pool-slab"}),
    ("heapdiff", "heapdiff itself", set()),
    ("heap", "js heap", {"js", "mmap"}),
    ("allocator", "allocator retention", set()),
    ("retention", "allocator retention", set()),
    ("mapping", "mappings", {"mmap", "shm", "brk"}),
    ("thread stack", "thread stacks", {"thread"}),
    ("unexplained", "other", set()),
)
ADDED = re.compile(SIZE + r" of ([a-z -]+?) was added")
TOGETHER = re.compile(r"all ([a-z -]+?) together changed by " + SIZE)
PROGRAMS_OWN = ("native blocks", "off-heap buffers", "mappings", "thread stacks")


def faults(comparison, is_node):
    """Each contradiction, in words."""
    if comparison["verdict"]["kind"] == "not-measurable":
        return []
    checks = (sum_faults, number_faults, owner_faults, silence_faults, list_faults)
    found = [fault for check in checks for fault in check(comparison)]
    text = comparison["verdict"]["text"]
    if not is_node and re.search(r"js heap|JavaScript|\bV8\b", text, re.IGNORECASE):
        found.append("speaks of JavaScript")
    return found


def is_convincing(site):
    return (site.get("evidence") or 0) >= CONVINCING


def parts_of(comparison):
    return {part["what"]: part["growth_bytes"] for part in comparison["verdict"]["parts"]}


def sum_faults(comparison):
    added, rss = sum(parts_of(comparison).values()), comparison["verdict"]["rss_growth_bytes"]
    return [] if added == rss else [f"the parts add up to {added}, RSS grew by {rss}"]


def is_rounded(number, unit, value):
    """Whether `number` `unit` is `value` as printed: half of the last digit may be lost."""
    digits = len(number.partition(".")[2])
    step = UNITS[unit] / 10**digits
    return abs(float(number.replace(",", "")) * UNITS[unit] - value) <= step * 0.51


def part_named(words):
    for word, part, kinds in PARTS:
        if word in words.lower():
            return part, kinds
    return None, None


def shares(comparison):
    """What the sentence says of each part that it names: the match, the part, its kinds."""
    for match in SHARE.finditer(comparison["verdict"]["text"]):
        yield match, *part_named(match[3])


def number_faults(comparison):
    parts, text = parts_of(comparison), comparison["verdict"]["text"]
    found = []
    whole = re.search(r"RSS (grew|shrank|fell) by " + SIZE, text)
    if whole:
        rss = comparison["verdict"]["rss_growth_bytes"] * (1 if whole[1] == "grew" else -1)
        if not is_rounded(whole[2], whole[3], rss):
            found.append(f"says {whole[0]}, JSON {rss}")
    changed = re.search(r"RSS changed by " + SIZE, text)
    all_of_it = comparison["verdict"]["rss_growth_bytes"]
    if changed and not is_rounded(changed[1], changed[2], all_of_it):
        found.append(f"says {changed[0]}, JSON {all_of_it}")
    for match in TOGETHER.finditer(text):
        growth = parts.get(part_named(match[1])[0], 0)
        if not is_rounded(match[2], match[3], growth):
            found.append(f"says {match[0]}, JSON {growth}")
    for match, part, _ in shares(comparison):
        if part is None:
            found.append(f"'{match[3]}' is no part")
        elif whole and rss < parts.get(part, 0):
            found.append(f"says that {parts[part]} of {part} is a share of {rss}")
        elif not is_rounded(match[1], match[2], parts.get(part, 0)):
            found.append(f"says {match[1]} {match[2]} of {part}, JSON {parts.get(part, 0)}")
    return found


def owner_faults(comparison):
    """mostly from F: F is a site of the part that the sentence has just named."""
    text, found = comparison["verdict"]["text"], []
    for match, part, kinds in shares(comparison):
        named = OWNER.match(text[match.end():])
        if not named or not kinds:
            continue
        owned = {site["kind"] for site in comparison["sites"]
                 if harness.bare_name(harness.own_frame(site)["function"])
                 == harness.bare_name(named[1])}
        if owned and not owned & kinds:
            found.append(f"{named[1]} made no {part}, but {', '.join(sorted(owned))}")
    return found


def silence_faults(comparison):
    """Where nothing grew, no part of the program did; where no part stands out, none does."""
    verdict, parts = comparison["verdict"], parts_of(comparison)
    found = []
    if "no part" in verdict["text"]:
        rss = verdict["rss_growth_bytes"]
        young = re.search(SIZE + r" is V8's young generation", verdict["text"])
        if young:  # it is said, then
            parts["js heap"] -= float(young[1].replace(",", "")) * UNITS[young[2]]
        found += [f"says that no part stands out, {part} is {growth} of {rss}"
                  for part, growth in parts.items() if growth > rss / 2]
    if verdict["text"].startswith("Nothing grew"):
        limit = re.search(r"noise is " + SIZE, verdict["text"])
        limit = float(limit[1].replace(",", "")) * UNITS[limit[2]] if limit else 0
        limit = max(limit, verdict["limit_bytes"])
        found += [f"says that nothing grew, {part} grew by {parts[part]}"
                  for part in PROGRAMS_OWN if parts[part] > limit]
    return found


def list_faults(comparison):
    if comparison["verdict"]["kind"] != "none":
        return []
    return [f"says none above {site['name']} {site['growth_bytes']:+}"
            f" with evidence {site['evidence']:.2f}"
            for site in comparison["sites"]
            if is_convincing(site) and site["growth_bytes"] > 0 and not site["managed_heap"]]
