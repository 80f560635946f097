# programs.py -- Real programs with full recording: a rate for servers, wall time for the others.
#
# SPDX-License-Identifier: Apache-2.0
"""Every function runs one program once under one contender and returns its figures."""
import csv
import re
import socket
import subprocess
from pathlib import Path

from peers import clean_environment
from processes import reap, run, run_under

NODE_SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "node-server"
NODE_OPTIONS = "--perf-basic-prof --interpreted-frames-native-stack"  # names for JIT frames
CONTENDERS = ["plain", "heapdiff", "sampled"]

PYTHON = """
import json, sys
rounds = int(sys.argv[1])
kept = {}
for i in range(rounds):
    text = json.dumps([{"name": "n%d" % (i * 7 + j), "value": [j] * 40} for j in range(40)])
    rows = json.loads(text)
    kept[i % 500] = [row["name"] * 60 for row in rows] + [bytes(1000 + j) for j in range(40)]
    sorted(rows, key=lambda row: row["name"])
print(len(kept))
"""

SQL = """
PRAGMA journal_mode = OFF;
CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, value REAL);
CREATE INDEX item_name ON item (name);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
INSERT INTO item SELECT i, printf('%x item %d', (i * 2654435761) % 4294967296, i), i * 0.5 FROM n;
SELECT count(*), sum(length(name)) FROM item;
"""

CPLUSPLUS = """
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <regex>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>
template <int N> struct part { std::vector<std::map<std::string, part<N - 1>>> inner;
  std::function<int(int)> f = [](int x) { return x + N; }; };
template <> struct part<0> { int value = 0; };
template <int N> int use(std::tuple<part<N>, std::variant<int, std::string, part<N>>> &t)
{ std::unordered_map<int, std::shared_ptr<part<N>>> m; m[N] = std::make_shared<part<N>>();
  std::sort(std::get<0>(t).inner.begin(), std::get<0>(t).inner.end(),
            [](auto &a, auto &b) { return a.size() < b.size(); });
  return std::get<0>(t).f(N) + static_cast<int>(m.size()); }
"""


def cplusplus_source(count):
    """A file whose compilation is mostly template instantiation."""
    calls = "".join(f"int call{i}() {{ std::tuple<part<{i}>, std::variant<int, std::string, "
                    f"part<{i}>>> t; return use<{i}>(t); }}\n" for i in range(1, count + 1))
    return CPLUSPLUS + calls


def wall(peers, name, arguments, **more):
    found = run_under(peers, name, arguments, **more)
    return {"wall": found.wall, "cpu": found.cpu}


def with_variables(peers, name, **variables):
    """The name of a contender like `name` with more variables."""
    more = f"{name} {' '.join(f'{key}={value}' for key, value in sorted(variables.items()))}"
    peers.environments[more] = {**peers.environments[name], **variables}
    return more


def python3(peers, name, quick):
    return wall(peers, name, ["python3", "-c", PYTHON, 60 if quick else 2000])


def python3_malloc(peers, name, quick):
    """Without Python's own pools every object comes from malloc: the hardest case."""
    name = with_variables(peers, name, PYTHONMALLOC="malloc")
    return wall(peers, name, ["python3", "-c", PYTHON, 20 if quick else 800])


def sqlite3(peers, name, quick):
    script = peers.scratch / "inserts.sql"
    script.write_text(SQL.format(rows=20_000 if quick else 1_000_000))
    with open(script, encoding="ascii") as stdin:
        return wall(peers, name, ["sqlite3", ":memory:"], stdin=stdin)


def gplusplus(peers, name, quick):
    """The compiler proper is a child of g++: children are recorded too."""
    source = peers.scratch / "templates.cpp"
    source.write_text(cplusplus_source(2 if quick else 10))
    if name != "plain":
        name = with_variables(peers, name, HEAPDIFF_FOLLOW="1")
    command = ["g++", "-std=c++17", "-O0", "-S", "-o", "/dev/null", source]
    return wall(peers, name, command, cwd=peers.scratch)


class Server:
    """A program that serves until a signal ends it. `ready` is its output when it is ready."""

    def __init__(self, peers, name, arguments, ready):
        self.process = subprocess.Popen([str(word) for word in arguments], cwd=peers.scratch,
                                        env=peers.environment(name), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True)
        for line in self.process.stdout:
            self.ready = re.search(ready, line)
            if self.ready:
                return
        self.process.wait()
        raise RuntimeError(f"{arguments}: ended before it was ready")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Whatever goes wrong, a server never stays behind."""
        self.process.terminate()
        self.process.stdout.read()
        _, usage = reap(self.process)
        self.cpu = usage.ru_utime + usage.ru_stime


def node(peers, name, quick):
    """The sample server; both sides are started with the flags that give JIT frames names."""
    name = with_variables(peers, name, NODE_OPTIONS=NODE_OPTIONS)
    load = ["node", NODE_SAMPLE / "load.js"]
    with Server(peers, name, ["node", NODE_SAMPLE / "server.js", 0],
                r"listening on (\d+)") as server:
        port = server.ready.group(1)
        run([*load, port, 60 if quick else 1800], clean_environment())  # warm
        output = run([*load, port, 120 if quick else 6000], clean_environment()).output
    return {"rate": float(re.search(r"(\d+) requests/s", output).group(1)), "cpu": server.cpu,
            "p99": float(re.search(r"p99 ([\d.]+) ms", output).group(1))}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def redis(peers, name, quick, pipeline=1):
    """SET and GET of random keys; the rate is of both together."""
    port = free_port()
    count = 2000 if quick else 100_000 * min(pipeline, 5)
    arguments = ["redis-server", "--port", port, "--save", "", "--appendonly", "no"]
    command = ["redis-benchmark", "-p", port, "-t", "set,get", "-n", count, "-r", 100_000,
               "-d", 64, "-P", pipeline, "--csv"]
    with Server(peers, name, arguments, "Ready to accept connections") as server:
        output = run(command, clean_environment()).output
    rows = [row for row in csv.DictReader(output.splitlines()) if row["test"] in ("SET", "GET")]
    seconds = sum(1 / float(row["rps"]) for row in rows)
    return {"rate": len(rows) / seconds, "cpu": server.cpu,
            "p99": float(rows[0]["p99_latency_ms"])}


def redis_pipelined(peers, name, quick):
    """16 requests at a time: less of the kernel, more of redis itself."""
    return redis(peers, name, quick, pipeline=16)


PROGRAMS = {  # name: how it is run, the programs that it needs
    "node server": (node, ["node"]),
    "redis-server": (redis, ["redis-server", "redis-benchmark"]),
    "redis-server, 16 at a time": (redis_pipelined, ["redis-server", "redis-benchmark"]),
    "g++": (gplusplus, ["g++"]),
    "python3": (python3, ["python3"]),
    "python3, PYTHONMALLOC=malloc": (python3_malloc, ["python3"]),
    "sqlite3": (sqlite3, ["sqlite3"]),
}


def round_of(peers, results, quick, missing):
    for program, (measure, needs) in PROGRAMS.items():
        if any(need in missing for need in needs):
            continue
        for name in peers.choose(CONTENDERS):
            found = results.setdefault(program, {}).setdefault(name, [])
            found.append(measure(peers, name, quick))
