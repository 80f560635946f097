# reports.py -- Reports for the tests of the page: made up, hostile, and of real programs.
#
# SPDX-License-Identifier: Apache-2.0
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "devtools"))
import heap  # noqa: E402
from heap import harness, js  # noqa: E402

# Names that want out of the script element, out of an attribute, out of a line, out of their place.
HOSTILE = [
    "</script><script>window.stolen = 1</script>",
    "<img src=x onerror=window.stolen=1>",
    "\"' onmouseover='window.stolen=1' x=\"",
    "line\u2028separator\u2029and\u202ereversed\u202c",
    "<!--<script>",
    "${window.stolen=1}`{{constructor.constructor('window.stolen=1')()}}",
    "constructor", "__proto__", "a" * 3000,
]
MIB = 1 << 20


def write(target, *paths, options=()):
    harness.must(harness.heapdiff("report", *paths, "-o", target, *options))
    return target


def make_server(folder):
    """Four snapshots: uploads that stay, a cache that turns over, a queue that shrinks."""
    server = heap.Heap()
    callers = js("route", 4), js("serve", 3), js("listen", 2), js("main", 1)
    upload = server.stack("operator new", js("keepUpload", 40), *callers, kind="buffer")
    page = server.stack(js("cachePage", 71), *callers, kind="buffer")
    job = server.stack(js("queueJob", 90), js("main", 1))
    small = server.stack(js("formatLine", 12), *callers)
    jobs = server.allocate(job, 65536, 32)
    pages = server.allocate(page, 8192, 64)
    paths = []
    timeline = ""
    for number in range(1, 5):
        server.allocate(upload, 32768, 100)
        server.free(pages + jobs[-8:])
        del jobs[-8:]
        pages = server.allocate(page, 8192, 64)
        server.free(server.allocate(small, 80, 500))
        heap_used = (20 + number) * MIB
        uptime_ns = number * heap.MINUTE_NS
        points = "".join(
            f"INSERT INTO timeline VALUES ('process', 'rss', {uptime_ns - 10**9 * back},"
            f" {(44 + 4 * number - back) * MIB}), ('node', 'http_requests',"
            f" {uptime_ns - 10**9 * back}, {number * 100 - back});" for back in range(1, 30))
        timeline += points
        paths.append(server.snapshot(
            folder / f"{number}.db", blocks=False, rss=(40 + 4 * number) * MIB,
            more="INSERT INTO runtime VALUES"
                 f" ('node', 'heapUsed', {heap_used}), ('node', 'external', {heap_used // 2}),"
                 f" ('node', 'eventLoopDelay_p99_ms', {number * 3}),"
                 f" ('node', 'activeResources_Timeout', {number * 50}); {timeline}"
                 "INSERT INTO label VALUES (1, 'POST /upload');"
                 f"INSERT INTO tag VALUES ({upload}, 1, NULL)"))
    return paths


def make_hostile(folder):
    server = heap.Heap()
    stacks = [server.stack(js(name, 1 + number, f"/srv/{name[:40]}.js"), js(HOSTILE[0], 1))
              for number, name in enumerate(HOSTILE)]
    stacks.append(server.stack("no jit name", kind="malloc"))
    paths = []
    for number in range(2):
        for size, stack in enumerate(stacks, 1):
            server.allocate(stack, 1000 * size, 200)
        paths.append(server.snapshot(folder / f"hostile{number}.db", blocks=False, more=(
            "UPDATE snapshot SET program = '</title><script>window.stolen = 1</script>',"
            " label = '<b>\"x\"', host = char(8238, 60, 105, 62);"
            f" INSERT INTO label VALUES (1, '{HOSTILE[0]}'); INSERT INTO tag VALUES (1, 1, NULL);"
            " UPDATE location SET jit_name = CAST(x'66ff6f' AS TEXT)"
            " WHERE jit_name = 'no jit name'")))
    return paths


def make_large(folder, sites=10000, snapshots=20):
    """Every site has a stack of its own below one of a hundred callers."""
    server = heap.Heap()
    stacks = [server.stack(js(f"site{n}", n + 1), js(f"caller{n % 100}", n % 100 + 1, "/srv/b.js"),
                           js("main", 1)) for n in range(sites)]
    paths = []
    for number in range(snapshots):
        for n, stack in enumerate(stacks):
            if number == 0 or n % 50 == 0:
                server.allocate(stack, 512 + n % 7 * 64)
        paths.append(server.snapshot(folder / f"large{number:02}.db", blocks=False))
    return paths


def record_c(folder):
    """A C sample under the shim: its exit snapshot, for a page of what is live."""
    path = folder / "leak.db"
    harness.must(harness.run([harness.BUILD / "samples" / "leak_list"], recorded=True, cwd=folder,
                             HEAPDIFF_OUT=path))
    return [path]


def record_node(folder):
    """The sample server under load, three snapshots."""
    paths = [folder / f"node{number}.db" for number in range(3)]
    with harness.NodeServer() as server:
        server.load(50)
        for number, path in enumerate(paths):
            server.load(60)
            server.settled_snapshot(path, f"load {number}")
    return paths
