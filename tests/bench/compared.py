#!/usr/bin/env python3
# compared.py -- heapdiff beside other tools on the same programs: the table of docs/compared.md.
#
# SPDX-License-Identifier: Apache-2.0
"""tests/bench/compared.py [--rounds N] [--quick] [--memray FILE] [--node-modules FOLDER]
                       [--async-profiler FILE] [--json FILE]

Each tool runs as its own manual starts it. A round runs every tool of a program once; the table has
the medians of the rounds, beside the plain program of the same round. Tools that are not here are
left out by name. Installs nothing:
    apt-get install heaptrack valgrind libgoogle-perftools4 libjemalloc2 nodejs sqlite3 default-jdk
    pip install memray; npm install clinic @pyroscope/nodejs
    and libasyncProfiler.so of async-profiler's release
"""
import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from peers import LIBRARIES, SAMPLE, Peers, clean_environment
from processes import reap, run, run_under
from programs import NODE_OPTIONS, NODE_SAMPLE, PYTHON, SQL

ROOT = Path(__file__).resolve().parents[2]
JAVA = """
public class Churn {
    public static void main(String[] words) {
        java.util.ArrayList<Object> kept = new java.util.ArrayList<>();
        long sum = 0;
        for (int i = 0; i < Integer.parseInt(words[0]); i++) {
            byte[] text = ("n" + i * 31L).repeat(20).getBytes();
            sum += text[text.length / 2];
            if (i % 400 == 0) kept.add(java.nio.ByteBuffer.allocateDirect(4096));
            if (i % 100 == 0) kept.add(text);
        }
        System.out.println(sum + " " + kept.size());
    }
}
"""
SQLITE = """
#include <sqlite3.h>
#include <stdio.h>
static char script[4096];
int main(void)
{
    sqlite3 *database;
    script[fread(script, 1, sizeof script - 1, stdin)] = 0;
    int failed = sqlite3_open(":memory:", &database) ||
                 sqlite3_exec(database, script, NULL, NULL, NULL);
    sqlite3_close(database);
    return failed;
}
"""
PYROSCOPE = """
const { default: Pyroscope } = require(process.env.PYROSCOPE);
Pyroscope.init({ serverAddress: 'http://127.0.0.1:9', appName: 'bench' });
Pyroscope.startHeapProfiling();
"""


class Tools:
    """The tools that are here: for each program, name -> (words before the program's own, and its
    environment)."""

    def __init__(self, options, build, scratch):
        self.options, self.scratch = options, scratch
        self.peers = Peers(build, scratch)
        self.missing = {}
        self.own = {"plain": ([], {}), "heapdiff": ([], self.shim()),
                    "heapdiff, sampled": ([], self.shim(HEAPDIFF_SAMPLE=SAMPLE))}

    def shim(self, **more):
        return {**self.peers.environments["heapdiff"], "HEAPDIFF_AT_EXIT": "1",
                "HEAPDIFF_OUT": str(self.scratch / "heapdiff.%p.db"), **more}

    def when(self, name, is_here, *words, **variables):
        if not is_here:
            self.missing[name] = True
            return {}
        return {name: (list(words), variables)}

    def library(self, name, file, **variables):
        path = next((path for path in (LIBRARIES / file, Path("/usr/lib") / file)
                     if path.exists()), None)
        return self.when(name, path, LD_PRELOAD=str(path), **variables)

    def native(self):
        profile = self.scratch / "tcmalloc"
        return {**self.own,
                **self.when("heaptrack", shutil.which("heaptrack")),
                **self.library("jemalloc, 512 KiB", "libjemalloc.so.2",
                               MALLOC_CONF=f"prof:true,prof_final:true,prof_prefix:{profile}"),
                **self.library("tcmalloc", "libtcmalloc.so.4", HEAPPROFILE=str(profile)),
                "LeakSanitizer": ([], {}),  # in a build of its own
                **self.when("memcheck", shutil.which("valgrind"), "valgrind", "--leak-check=full")}

    def python(self):
        memray = [self.options.memray, "run", "--force", "-o", self.scratch / "memray.bin"]
        return {**self.own,
                **self.when("memray", self.options.memray, *memray),
                **self.when("memray --native", self.options.memray, *memray[:2], "--native",
                            *memray[2:]),
                "tracemalloc": ([], {"PYTHONTRACEMALLOC": "10"})}

    def node(self):
        modules = Path(self.options.node_modules or "/nowhere")
        own = {name: (words, {**variables, "NODE_OPTIONS": NODE_OPTIONS} if variables else {})
               for name, (words, variables) in self.own.items()}
        start = self.scratch / "pyroscope.cjs"
        start.write_text(PYROSCOPE)
        pyroscope = modules / "@pyroscope" / "nodejs"
        return {**own,
                "node --heap-prof": ([], {"NODE_OPTIONS": f"--heap-prof --heap-prof-dir="
                                                          f"{self.scratch}"}),
                **self.when("Pyroscope, heap", pyroscope.exists(), PYROSCOPE=str(pyroscope),
                            NODE_OPTIONS=f"--require={start}")}

    def java(self):
        library = self.options.async_profiler
        def agent(event):
            return f"-agentpath:{library}=start,{event},file={self.scratch}/async.jfr"
        return {**self.own,
                **self.when("async-profiler, alloc", library,
                            JAVA_TOOL_OPTIONS=agent("alloc=512k")),
                **self.when("async-profiler, nativemem", library,
                            JAVA_TOOL_OPTIONS=agent("nativemem=512k"))}


def program(tools, name, words, variables, arguments, **more):
    """One run of a program that ends by itself."""
    if name == "heaptrack":
        found = run_under(tools.peers, "heaptrack", arguments, **more)
    else:
        found = run([*words, *arguments], {**clean_environment(), **variables}, **more)
    return {"wall": found.wall, "cpu": found.cpu, "peak": found.peak}


def sqlite3(tools, quick):
    (tools.scratch / "sql.c").write_text(SQLITE)
    for name, flags in (("sql", []), ("sql_lsan", ["-fsanitize=leak"])):
        subprocess.run(["cc", "-g", "-O2", *flags, tools.scratch / "sql.c", "-lsqlite3", "-o",
                        tools.scratch / name], check=True)
    script = tools.scratch / "inserts.sql"
    script.write_text(SQL.format(rows=20_000 if quick else 100_000))

    def once(name, words, variables):
        with open(script, encoding="ascii") as stdin:
            return program(tools, name, words, variables, [
                tools.scratch / ("sql_lsan" if name == "LeakSanitizer" else "sql")], stdin=stdin)
    return tools.native(), once


def python3(tools, quick):
    script = tools.scratch / "work.py"
    script.write_text(PYTHON)
    rounds = 40 if quick else 250

    def once(name, words, variables):
        before = words if "memray" in name else [shutil.which("python3") or sys.executable]
        return program(tools, name, before, variables, [script, rounds])
    return tools.python(), once


def java(tools, quick):
    (tools.scratch / "Churn.java").write_text(JAVA)
    subprocess.run(["javac", "-d", tools.scratch, tools.scratch / "Churn.java"], check=True)

    def once(name, words, variables):
        return program(tools, name, words, variables, [
            "java", "-XX:+PreserveFramePointer", "-Xmx256m", "-cp", tools.scratch, "Churn",
            200_000 if quick else 2_000_000])
    return tools.java(), once


def node(tools, quick):
    load = ["node", NODE_SAMPLE / "load.js"]

    def once(name, words, variables):
        with subprocess.Popen([*words, "node", NODE_SAMPLE / "server.js", "0"],
                              env={**clean_environment(), **variables}, cwd=tools.scratch,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as server:
            port = re.search(r"listening on (\d+)", next(iter(server.stdout)))[1]
            run([*load, port, 60 if quick else 600], clean_environment())
            said = run([*load, port, 120 if quick else 3000], clean_environment()).output
            server.terminate()
            server.stdout.read()
            _, usage = reap(server)
        return {"wall": 1 / float(re.search(r"(\d+) requests/s", said)[1]),
                "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}
    return tools.node(), once


PROGRAMS = {"sqlite3": sqlite3, "python3": python3, "node server": node, "java": java}


def measure(tools, options):
    results = {}
    for title, prepare in PROGRAMS.items():
        if not shutil.which(title.split()[0]):
            tools.missing[title] = True
            continue
        contenders, once = prepare(tools, options.quick)
        rounds = [{name: once(name, *how) for name, how in contenders.items()}
                  for _ in range(options.rounds)]
        results[title] = {name: [each[name] for each in rounds] for name in contenders}
        print_rows(title, results[title])
    return results


def snapshot_of_server(tools, name, variables, take, pattern):
    """What one snapshot of the loaded Node server costs: how long a request waits that arrives with
    it, and the size of the file."""
    with subprocess.Popen(["node", NODE_SAMPLE / "server.js", "0"], cwd=tools.scratch,
                          env={**clean_environment(), **variables}, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as server:
        port = re.search(r"listening on (\d+)", next(iter(server.stdout)))[1]
        url = f"http://127.0.0.1:{port}/stats"
        run(["node", NODE_SAMPLE / "load.js", port, 6000], clean_environment())
        for _ in range(3):
            urllib.request.urlopen(url).read()
        begun = time.perf_counter()
        asker = take(server.pid)
        longest = 0
        while time.perf_counter() < begun + 0.5 or not list(tools.scratch.glob(pattern)):
            before = time.perf_counter()
            urllib.request.urlopen(url).read()
            longest = max(longest, time.perf_counter() - before)
        if asker:
            asker.wait()
        server.terminate()
        server.stdout.read()
        reap(server)
    size = max(path.stat().st_size for path in tools.scratch.glob(pattern))
    print(f"| {name} | {1000 * longest:.0f} ms | {size / (1 << 20):.1f} MiB |")


def print_snapshots(tools):
    def by_command(pid):
        return subprocess.Popen([tools.peers.build / "heapdiff", "snapshot", str(pid), "-o",
                                 tools.scratch / "asked.db"], stdout=subprocess.DEVNULL)
    print("\n| one snapshot of the Node server | longest request | file |\n| --- | ---: | ---: |")
    recorded = {**tools.shim(HEAPDIFF_AT_EXIT="0"), "NODE_OPTIONS": NODE_OPTIONS}
    snapshot_of_server(tools, "heapdiff", recorded, by_command, "asked.db")
    signalled = {"NODE_OPTIONS": "--heapsnapshot-signal=SIGUSR2"}
    snapshot_of_server(tools, "V8's heap snapshot (DevTools, memlab)", signalled,
                       lambda pid: os.kill(pid, signal.SIGUSR2), "*.heapsnapshot")


def median_ratio(runs, plain, key):
    return statistics.median(run[key] / base[key] for run, base in zip(runs, plain))


def print_rows(title, contenders):
    for name, runs in contenders.items():
        time, cpu = (median_ratio(runs, contenders["plain"], key) for key in ("wall", "cpu"))
        peak = statistics.median(run["peak"] for run in runs) / (1 << 20)
        print(f"| {title} | {name} | {time:.2f} × | {cpu:.2f} × | {peak:.0f} |", flush=True)


def parse():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one small round: that it runs")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--memray", default=shutil.which("memray"))
    parser.add_argument("--node-modules")
    parser.add_argument("--async-profiler")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main():
    options = parse()
    if options.quick:
        options.rounds = 1
    with tempfile.TemporaryDirectory(prefix="heapdiff-compared.") as folder:
        tools = Tools(options, options.build.resolve(), Path(folder))
        print("| program | under | time | CPU time | peak memory, MiB |")
        print("| --- | --- | ---: | ---: | ---: |", flush=True)
        results = measure(tools, options)
        print_snapshots(tools)
    for name in tools.missing:
        print(f"not here: {name}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
