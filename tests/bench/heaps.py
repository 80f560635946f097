#!/usr/bin/env python3
# heaps.py -- How long reading a heap snapshot takes, and how much memory, beside other readers.
#
# SPDX-License-Identifier: Apache-2.0
"""usage: heaps.py [--build FOLDER] [--peers FOLDER] [--rounds N] [--nodes N | --file FILE]
                [--json OUT]

Each reader opens the file, finds retained sizes and sums them by class: what a user waits for. The
file is FILE, or one of N nodes (1460000) that heap_file.c writes: about 66 bytes and 3.05 edges a
node. Readers are interleaved; the table has the median and the least of the rounds. On a busy
machine only the least CPU time says something: of all threads, with the start of the runtime. Peak
memory contains what is mapped of the file. The bench installs nothing. DevTools' worker is that of
tests/devtools. FOLDER of --peers has what `npm install --ignore-scripts @memlab/heap-analysis
@vscode/v8-heap-parser` makes, and target/release/reader, built as `heaps.py --crate` says.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEVTOOLS = ROOT / "tests" / "devtools"

FRONTEND = """
import { loadFrontend, loadSnapshot } from '%s/frontend.mjs';
console.warn = () => {};
const api = await loadFrontend();
const start = performance.now();
const snapshot = await loadSnapshot(api, process.argv[1]);
Object.keys(snapshot.aggregatesWithFilter({})).length;
console.log((performance.now() - start) / 1000);
"""
TOOLKIT = """
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { loadSnapshot } from '%s/frontend.mjs';
console.warn = () => {};
const path = createRequire('%s/').resolve('heap-snapshot-toolkit');
const { DevToolsAPI } = await import(pathToFileURL(path));
const start = performance.now();
const snapshot = await loadSnapshot(DevToolsAPI, process.argv[1]);
Object.keys(snapshot.aggregatesWithFilter({})).length;
console.log((performance.now() - start) / 1000);
"""
MEMLAB = """
const { getFullHeapFromFile } = require('%s/node_modules/@memlab/heap-analysis');
const start = performance.now();
getFullHeapFromFile(process.argv[1]).then((heap) => {
  const sums = new Map();
  heap.nodes.forEach((node) => {
    sums.set(node.name, (sums.get(node.name) ?? 0) + node.retainedSize);
  });
  console.log('\\n' + (performance.now() - start) / 1000);
});
"""
VSCODE = """
const parser = require('%s/node_modules/@vscode/v8-heap-parser/pkg/nodejs/v8_heap_parser.js');
const { readFileSync } = require('fs');
const start = performance.now();
parser.decode_bytes(readFileSync(process.argv[1])).get_class_groups(0, 100000, false);
console.log((performance.now() - start) / 1000);
"""
CRATE = """
// src/main.rs of a package `reader` that depends on v8-heap-parser: cargo build --release
fn main() {
    let bytes = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    let graph = v8_heap_parser::decode_slice(&bytes).unwrap();
    println!("{}", graph.get_class_groups(false).len());
}
"""


def readers(build, peers):
    """{name: command}, of those that are here. A command's last word of output may be its seconds,
    without the start of its runtime."""
    node = ["node", "--max-old-space-size=20000"]
    module = [*node, "--input-type=module", "-e"]
    found = {"heapdiff": [str(build / "heapdiff"), "show"]}
    if (DEVTOOLS / "node_modules").is_dir():
        found["DevTools' worker"] = [*module, FRONTEND % DEVTOOLS]
        found["heap-snapshot-toolkit"] = [*module, TOOLKIT % (DEVTOOLS, DEVTOOLS)]
    if peers and (peers / "node_modules" / "@memlab").is_dir():
        found["memlab"] = [*node, "-e", MEMLAB % peers]
    if peers and (peers / "node_modules" / "@vscode").is_dir():
        found["@vscode/v8-heap-parser"] = [*node, "-e", VSCODE % peers]
    if peers and (peers / "target" / "release" / "reader").exists():
        found["crate v8-heap-parser"] = [str(peers / "target" / "release" / "reader")]
    return found


def measure(command, file):
    """(seconds, peak bytes, CPU seconds) of one run; None when it failed."""
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen([*command, str(file)], stdout=output,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        output.seek(0)
        last = (output.read().split() or [""])[-1]
    if command[0] == "node" and process.returncode == 0:
        seconds = float(last)
    cpu = usage.ru_utime + usage.ru_stime
    return (seconds, usage.ru_maxrss * 1024, cpu) if process.returncode == 0 else None


def made_file(nodes, folder):
    program, file = folder / "heap_file", folder / f"{nodes}.heapsnapshot"
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-D_GNU_SOURCE",
                    "-I", str(ROOT / "tests" / "preload"),
                    str(ROOT / "tests" / "bench" / "heap_file.c"), "-o", str(program)], check=True)
    subprocess.run([program, str(nodes), file], check=True)
    return file


def run(given, file):
    contenders = readers(given.build, given.peers)
    runs = {name: [] for name in contenders}
    for _ in range(given.rounds):
        for name, command in contenders.items():
            runs[name].append(measure(command, file))
    result = {}
    for name, measured in runs.items():
        good = [one for one in measured if one]
        result[name] = {"seconds": statistics.median(one[0] for one in good) if good else None,
                        "least": min(one[0] for one in good) if good else None,
                        "cpu": min(one[2] for one in good) if good else None,
                        "peak": statistics.median(one[1] for one in good) if good else None}
    return result


def report(result, file):
    size = file.stat().st_size
    print(f"{file.name}: {size / 1e6:.0f} MB; load of the machine {os.getloadavg()[0]:.1f}\n")
    print(f"{'reader':26} {'median s':>9} {'least s':>9} {'least CPU':>9} {'peak MiB':>9}")
    for name, row in result.items():
        if row["seconds"] is None:
            print(f"{name:26} {'failed':>9}")
        else:
            print(f"{name:26} {row['seconds']:9.2f} {row['least']:9.2f}"
                  f" {row['cpu']:9.2f} {row['peak'] / 2**20:9.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nodes", type=int, default=1460000)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--crate", action="store_true", help="print the program of --peers")
    given = parser.parse_args()
    if given.crate:
        print(CRATE.strip())
        return 0
    with tempfile.TemporaryDirectory(prefix="heapdiff-bench.") as folder:
        file = given.file or made_file(given.nodes, Path(folder))
        result = run(given, file)
        report(result, file)
        if given.json:
            given.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0 if result["heapdiff"]["seconds"] else 1


if __name__ == "__main__":
    sys.exit(main())
