#!/usr/bin/env python3
# runner.py -- Runs the samples under the shim and checks what they say must be found.
#
# SPDX-License-Identifier: Apache-2.0
"""usage: runner.py [SAMPLE...]      e.g. runner.py leak_list.c node-server/server.js

Without arguments all samples are run. One line a sample; exit 1 when one was missed.
samples/README.md explains the `expect:` lines; HEAPDIFF_BUILD names the build folder.
"""
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "end_to_end"))
import harness  # noqa: E402

NUMBER = re.compile(r"([+-]?\d+|stats)(?:±(\d+(?:\.\d+)?)%)?$")
KEYS = ("kind", "site1", "file", "growth", "blocks", "absent")
WARM_UP, LOAD = 1800, 4200  # requests


def expectations(source):
    """The (key, value) pairs of a sample, in the order they are written."""
    pairs = []
    for line in re.findall(r"^\s*\*\s*expect:(.*)$", source.read_text(), re.MULTILINE):
        pairs += [tuple(word.split("=", 1)) for word in line.split()]
    unknown = [key for key, _ in pairs if key not in KEYS]
    if unknown or not pairs:
        raise SystemExit(f"runner.py: {source}: no or unknown expectations: {unknown}")
    return pairs


def is_within(text, value, truth):
    """Whether `value` is what `text` says: a number or `stats`, with a tolerance or without."""
    wanted, percent = NUMBER.match(text).groups()
    wanted = truth if wanted == "stats" else int(wanted)
    return abs(value - wanted) <= abs(wanted) * float(percent or 0) / 100


def measure_program(source, folder):
    """Runs a compiled sample; its two snapshots, compared."""
    program = harness.BUILD / "samples" / source.stem
    plain = harness.must(harness.run([program], cwd=folder))
    recorded = harness.must(
        harness.run(
            [program], recorded=True, cwd=folder, HEAPDIFF_OUT="%l.db", HEAPDIFF_AT_EXIT=0
        )
    )
    if recorded.stdout != plain.stdout:
        raise AssertionError(f"prints {recorded.stdout!r} instead of {plain.stdout!r}")
    return harness.compare(folder / "steady.db", folder / "loaded.db"), {}


def measure_server(source, folder):
    """Loads a server and asks for the snapshots; they compared, and what the server kept."""
    with harness.NodeServer(source) as server:
        server.load(WARM_UP)
        before = server.settled_snapshot(folder / "steady.db", "steady")
        server.load(LOAD)
        after = server.settled_snapshot(folder / "loaded.db", "loaded")
        server.stop()
    comparison = harness.compare(folder / "steady.db", folder / "loaded.db")
    return comparison, {
        "growth": after["bytes"] - before["bytes"],
        "blocks": after["blocks"] - before["blocks"],
    }


def found(comparison):
    """What heapdiff says, by the keys of the expectations."""
    site = next(iter(comparison["sites"]), None)
    frame = harness.own_frame(site) if site else {}
    return {
        "kind": comparison["verdict"]["kind"],
        "site1": harness.bare_name(frame.get("function")),
        "file": Path(frame.get("file") or "").name,
        "growth": site["growth_bytes"] if site else 0,
        "blocks": site["growth_blocks"] if site else 0,
        "absent": harness.site_names(comparison),
    }


def is_met(key, value, answer, truth):
    if key in ("growth", "blocks"):
        return is_within(value, answer, truth)
    if key == "absent":
        return value not in answer
    return answer in value.split("|")


def check(source):
    """Measures one sample; (what was found in words, what was missed in words)."""
    is_server = "drive: server" in source.read_text()
    with tempfile.TemporaryDirectory(prefix="heapdiff-sample.") as folder:
        comparison, kept = (measure_server if is_server else measure_program)(source, Path(folder))
    answers = found(comparison)
    misses = [
        f"{key}: expected {value}, found {answers[key] or 'nothing'}"
        for key, value in expectations(source)
        if not is_met(key, value, answers[key], kept.get(key))
    ]
    words = "kind={kind} site1={site1} growth={growth:+} blocks={blocks:+}".format(**answers)
    return words, misses


def all_samples():
    sources = [*harness.SAMPLES.glob("*.c*"), *harness.SAMPLES.glob("*/server.js")]
    return sorted(source for source in sources if " expect:" in source.read_text())


def main(names):
    failed = 0
    for source in [harness.SAMPLES / name for name in names] or all_samples():
        name = source.relative_to(harness.SAMPLES)
        try:
            words, misses = check(source)
        except AssertionError as error:
            words, misses = "", [str(error)]
        print(f"{'MISS' if misses else 'ok  '} {name}: {'; '.join(misses) or words}", flush=True)
        failed += bool(misses)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
