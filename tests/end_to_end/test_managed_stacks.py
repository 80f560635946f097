# test_managed_stacks.py -- Stacks through native code, builtins and code made at run time.
#
# SPDX-License-Identifier: Apache-2.0
import base64
import json
import shutil
import sqlite3
import subprocess
from pathlib import Path

import harness

COUNT = 400
COMPANION = harness.BUILD / "heapdiff-node.cjs"

NODE = f"""
const kept = [];
function remember(size) {{ kept.push(Buffer.alloc(size)); }}
class Shelf {{
  static put(size) {{ remember(size); }}
  get full() {{ Shelf.put(20000); return kept.length; }}
}}
function work(value) {{ let sum = 0; for (let i = 0; i < 200; i++) sum += i ^ value; return sum; }}
let sum = 0;
const shelf = new Shelf();
%NeverOptimizeFunction(main);
%PrepareFunctionForOptimization(remember);
function main() {{
  for (let i = 0; i < {COUNT}; i++) {{
    sum += work(i);
    sum += shelf.full;
    if (i === {COUNT} / 4) %CompileBaseline(remember);
    if (i === {COUNT} / 2) %OptimizeFunctionOnNextCall(remember);
  }}
}}
main();
console.log('kept ' + kept.length);
setInterval(() => kept, 100000);
"""

BUSY = """
let kept = [];
function remember(size) { kept.push(Buffer.alloc(size)); }
for (let i = 0; i < 400; i++) remember(20000);
let heap = [];
for (let i = 0; i < 300000; i++) heap.push({ i, text: 'x' + i });
console.log('kept');
"""

WORKERS = """
const { Worker } = require('node:worker_threads');
const kept = [];
function inMain() { for (let i = 0; i < 10; i++) kept.push(Buffer.alloc(20000)); }
inMain();
const text = (name) => `const kept = [];
function ${name}() { for (let i = 0; i < 10; i++) kept.push(Buffer.alloc(30000)); }
${name}();`;
const companion = process.execArgv.concat(process.env.NODE_OPTIONS.split(' '))
  .find((word) => word.includes('heapdiff-node.cjs'));
new Worker(text('inWorker1'), { eval: true });
new Worker(text('inWorker2'),
           { eval: true, execArgv: [companion], env: { PATH: process.env.PATH } });
"""

GENERATIONS = 6

# Code that is collected, so that later code takes its place. Each is called from another depth, for
# a stack whose addresses all occur again keeps its first names.
AGAIN = f"""
require('node:v8').setFlagsFromString('--expose-gc');
const gc = require('node:vm').runInNewContext('gc');
globalThis.kept = [];
function call(maker, depth) {{ return depth > 0 ? call(maker, depth - 1) : maker(20000); }}
for (let number = 0; number < {GENERATIONS}; number++) {{
  const text = `return function maker${{number}}(size) {{ kept.push(Buffer.alloc(size)); }}`;
  let maker = new Function(text)();
  for (let i = 0; i < 20; i++) call(maker, number);
  maker = undefined;
  for (let i = 0; i < 3; i++) gc();
}}
"""

JAVA = f"""
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

public class Shelf {{
    static final List<ByteBuffer> kept = new ArrayList<>();
    static void remember(int size) {{ kept.add(ByteBuffer.allocateDirect(size)); }}
    static void serve(int number) {{ remember(20000 + number % 2); }}
    public static void main(String[] words) throws Exception {{
        for (int i = 0; i < {COUNT}; i++) serve(i);
        System.out.println("kept " + kept.size());
        Thread.currentThread().join();
    }}
}}
"""

# Shelf.ts as a loader compiles it: three lines become one. KEEP stands in line 3, column 10.
SHELF = """// types are left out

function keep(shelf: Buffer[], size: number) { shelf.push(Buffer.alloc(size)); }
"""
SHELF_BUILT = ("function keep(shelf,size){shelf.push(Buffer.alloc(size))}"
               f"const shelf=[];for(let i=0;i<{COUNT};i++)keep(shelf,20000);"
               "console.log('kept '+shelf.length);setInterval(()=>shelf,100000);")
SHELF_MAP = {"version": 3, "sources": ["Shelf.ts"], "names": [], "sourcesContent": [SHELF],
             "mappings": "AAEA,SAASA,IAAT,yDACA"}

COMMONJS_LOADER = """
process.setSourceMapsEnabled(true);
require.extensions['.ts'] = (module, path) => module._compile(CODE, path);
require('./Shelf.ts');
"""

# A hook of ES modules: load() answers for Shelf.ts.
ES_LOADER = """
import { register } from 'node:module';
const load = `export async function load(url, context, next) {
  return url.endsWith('/Shelf.ts')
    ? { format: 'module', shortCircuit: true, source: ${JSON.stringify(CODE)} }
    : next(url, context);
}`;
register('data:text/javascript,' + encodeURIComponent(load));
"""

RUST = f"""
struct Shelf {{ kept: Vec<Vec<u8>> }}
impl Shelf {{
    #[inline(never)]
    fn remember(&mut self, size: usize) {{ self.kept.push(Vec::with_capacity(size)); }}
}}
fn main() {{
    let mut shelf = Shelf {{ kept: Vec::new() }};
    for number in 0..{COUNT} {{ shelf.remember(20000 + number % 2); }}
    std::process::exit((shelf.kept.len() != {COUNT}) as i32);
}}
"""


def show(path, *more):
    shown = harness.must(harness.heapdiff("show", "--format", "json", *more, path))
    return json.loads(shown.stdout)


class Stacks(harness.TestCase):
    def live(self, arguments, **options):
        """What is live in a program that says `kept` and then waits, asked while it does."""
        path = self.folder / "live.db"
        with harness.Program(arguments, cwd=self.folder, HEAPDIFF_AT_EXIT=0, **options) as program:
            map_path = Path(f"/tmp/perf-{program.pid}.map")
            self.addCleanup(map_path.unlink, missing_ok=True)
            program.await_line(rf"^kept {COUNT}$")
            harness.snapshot(program.pid, path, "live")
        return path

    def site_of(self, path, function, kind="malloc"):
        sites = [site for site in show(path)["sites"]
                 if site["frame"]["function"].endswith(function) and site["kind"] == kind]
        self.assertEqual(len(sites), 1, [s["name"] for s in sites])
        self.assertGreaterEqual(sites[0]["live_blocks"][0], COUNT)
        return sites[0]


class Node(Stacks):
    def setUp(self):
        super().setUp()
        (self.folder / "shelf.js").write_text(NODE)

    def snapshot(self, *flags):
        return self.live(["node", "--allow-natives-syntax", "--interpreted-frames-native-stack",
                          *flags, "shelf.js"])

    def assert_one_site_over_all_tiers(self, path):
        with_tiers = self.tiers(path, "remember")
        self.assertTrue({"~", "*"} <= with_tiers, with_tiers)
        site = self.site_of(path, "remember", "buffer")
        self.assertEqual((site["frame"]["file"], site["frame"]["line"]),
                         (str(self.folder / "shelf.js"), 3))
        functions = [frame["function"] for frame in site["stack"]]
        for caller, callee in zip(("get full", "put"), ("put", "remember")):
            self.assertLess(functions.index(callee), functions.index(caller), functions)
        classes = {frame["class"] for frame in site["stack"]}
        self.assertTrue({"program", "runtime"} <= classes)
        self.assertTrue(any("NodeArrayBufferAllocator" in name for name in functions), functions)
        return site

    def tiers(self, path, function):
        with sqlite3.connect(path) as database:
            rows = database.execute("SELECT jit_name FROM location WHERE jit_name LIKE ?",
                                    (f"%:%{function} %shelf.js%",)).fetchall()
        return {name.split(":")[1][0] for name, in rows}  # "JS:~put", or "LazyCompile:~put"

    def test_one_function_is_one_site_in_every_tier_by_the_perf_map(self):
        site = self.assert_one_site_over_all_tiers(self.snapshot("--perf-basic-prof"))
        self.assertTrue(any(f["function"].startswith("Builtin") for f in site["stack"]))

    def test_one_function_is_one_site_in_every_tier_by_what_v8_announces(self):
        path = self.live(["node", "--allow-natives-syntax", "shelf.js"],
                         NODE_OPTIONS=f"--require={COMPANION} --interpreted-frames-native-stack")
        site = self.assert_one_site_over_all_tiers(path)
        self.assertTrue(any(f["function"].startswith("Builtin") for f in site["stack"]))
        self.assertEqual(sorted(file.name for file in self.folder.iterdir()),
                         ["live.db", "shelf.js"])

    def test_one_function_is_one_site_in_every_tier_by_the_jitdump(self):
        self.assert_one_site_over_all_tiers(self.snapshot("--perf-prof"))

    def test_frames_of_the_runtime_are_shown_when_asked_for(self):
        path = self.snapshot("--perf-basic-prof")
        folded = harness.must(harness.heapdiff("show", path)).stdout
        whole = harness.must(harness.heapdiff("show", "--all-frames", path)).stdout
        self.assertRegex(folded, r"remember \(shelf\.js:3\)\n +called from .*put \(shelf\.js:5\)")
        self.assertNotIn("Builtin", folded.split("called from", 1)[1].split("\n", 1)[0])
        self.assertIn("Builtin", whole)

    def test_without_names_no_nameless_code_is_blamed(self):
        names = [site["name"] for site in show(self.snapshot())["sites"]]
        self.assertFalse([name for name in names if name.startswith("0x")], names)


class Announced(Stacks):
    """What `heapdiff run --jit` sees, and what it leaves behind: nothing."""

    def run_node(self, text, *flags, cwd=None):
        """Runs a script that ends by itself; its stdout, and the names in its last snapshot."""
        (self.folder / "app.js").write_text(text)
        path = self.folder / "end.db"
        result = harness.must(harness.heapdiff("run", *flags, "-o", path, "--", "node",
                                               self.folder / "app.js", cwd=cwd or self.folder))
        with sqlite3.connect(path) as database:
            names = {name for name, in database.execute(
                "SELECT jit_name FROM location WHERE jit_name IS NOT NULL")}
            pid, = database.execute("SELECT pid FROM snapshot").fetchone()
        self.addCleanup(Path(f"/tmp/perf-{pid}.map").unlink, missing_ok=True)
        return result.stdout, names, Path(f"/tmp/perf-{pid}.map")

    def assert_named(self, names, *functions):
        for function in functions:
            self.assertTrue([name for name in names if f"~{function} " in name], function)

    def test_nothing_is_left_in_the_folder_in_tmp_and_on_stdout(self):
        stdout, names, perf_map = self.run_node(BUSY, "--jit")
        self.assert_named(names, "remember")
        self.assertEqual(stdout, "kept\n")
        self.assertFalse(perf_map.exists())
        self.assertEqual(sorted(file.name for file in self.folder.iterdir()),
                         ["app.js", "end.db"])

    def test_nor_on_stdout_where_the_folder_cannot_be_written_to(self):
        stdout, names, _ = self.run_node(BUSY, "--jit", cwd="/proc")
        self.assert_named(names, "remember")
        self.assertEqual(stdout, "kept\n")

    def test_v8_may_be_asked_for_its_files(self):
        _, names, perf_map = self.run_node(BUSY, "--perf-map")
        self.assert_named(names, "remember")
        self.assertTrue(perf_map.exists())
        counters = "SELECT count(*) FROM counter WHERE name = 'code_announced'"
        self.assertEqual(harness.ask(self.folder / "end.db", counters), (0,))

    def test_functions_of_workers_have_names_whatever_their_environment(self):
        _, names, _ = self.run_node(WORKERS, "--jit")
        self.assert_named(names, "inMain", "inWorker1", "inWorker2")

    def test_code_in_the_place_of_other_code_has_its_own_name(self):
        _, names, _ = self.run_node(AGAIN, "--jit")
        self.assert_named(names, *(f"maker{number}" for number in range(GENERATIONS)))


class Loaders(Stacks):
    """Code that a loader compiles in memory leads back to the lines in its file."""

    def setUp(self):
        super().setUp()
        (self.folder / "Shelf.ts").write_text(SHELF)
        payload = base64.b64encode(json.dumps(SHELF_MAP).encode()).decode()
        self.code = json.dumps(f"{SHELF_BUILT}\n//# sourceMappingURL=data:application/json;"
                               f"base64,{payload}")

    def check(self, *arguments):
        options = f"--require {harness.BUILD / 'heapdiff-node.cjs'}"
        path = self.live(["node", "--perf-basic-prof", "--interpreted-frames-native-stack",
                          *arguments], NODE_OPTIONS=options)
        site = self.site_of(path, "keep", "buffer")
        frame = site["frame"]
        source = str(self.folder / "Shelf.ts")
        self.assertEqual((frame["file"], frame["line"]), (source, 1))
        has_column = frame["column"] is not None  # not before Node 20
        self.assertEqual((frame["source_file"], frame["source_line"]),
                         (source, 3 if has_column else None))
        self.assertEqual(site["name"], "keep (Shelf.ts:3)" if has_column else "keep (Shelf.ts)")
        with sqlite3.connect(path) as database:
            maps = database.execute("SELECT file, map FROM source_map").fetchall()
        self.assertEqual([file for file, _ in maps], [source])
        self.assertNotIn("sourcesContent", maps[0][1])

    def test_of_commonjs(self):
        (self.folder / "main.cjs").write_text(COMMONJS_LOADER.replace("CODE", self.code))
        self.check("main.cjs")

    def test_of_es_modules(self):
        (self.folder / "loader.mjs").write_text(ES_LOADER.replace("CODE", self.code))
        self.check("--import", "./loader.mjs", "./Shelf.ts")


class Java(Stacks):
    def compile(self):
        if not shutil.which("javac") or not shutil.which("jcmd"):
            self.skipTest("no JDK: apt install openjdk-17-jdk-headless")
        (self.folder / "Shelf.java").write_text(JAVA)
        harness.must(harness.run(["javac", "Shelf.java"], cwd=self.folder))

    def test_methods_that_are_interpreted_have_names(self):
        self.compile()
        site = self.site_of(self.live(["java", "-Xint", "Shelf"]), "Shelf.remember")
        functions = [frame["function"] for frame in site["stack"]]
        self.assertIn("java.nio.ByteBuffer.allocateDirect", functions)  # of the shared archive
        own = [frame["function"] for frame in site["stack"] if frame["class"] == "program"]
        self.assertEqual(own, ["Shelf.remember", "Shelf.serve", "Shelf.main"])
        self.assertGreaterEqual(site["live_bytes"][0], COUNT * 20000)

    def test_direct_buffers_lead_to_the_method_that_keeps_them(self):
        self.compile()
        path = self.live(["java", "-XX:+PreserveFramePointer", "-XX:TieredStopAtLevel=1", "-Xcomp",
                          "-XX:-Inline", "-XX:CompileCommand=quiet", "-Xshare:auto", "Shelf"])
        site = self.site_of(path, "Shelf.remember")
        functions = [frame["function"] for frame in site["stack"]]
        self.assertIn("os::malloc", functions)
        self.assertLess(functions.index("Shelf.remember"), functions.index("Shelf.serve"))
        self.assertLess(functions.index("Shelf.serve"), functions.index("Shelf.main"))
        own = [frame["function"] for frame in site["stack"] if frame["class"] == "program"]
        self.assertEqual(own, ["Shelf.remember", "Shelf.serve", "Shelf.main"])


class Rust(Stacks):
    def test_the_method_that_pushes_is_the_site_and_not_the_library(self):
        rustc = shutil.which("rustc")
        source = self.folder / "shelf.rs"
        source.write_text(RUST)
        built = rustc and subprocess.run([rustc, "-g", "-O", "shelf.rs"], cwd=self.folder,
                                         capture_output=True, check=False).returncode == 0
        if not built:
            self.skipTest("no rustc")
        harness.must(harness.run([self.folder / "shelf"], recorded=True, cwd=self.folder,
                                 HEAPDIFF_OUT="rust.db"))
        site = self.site_of(self.folder / "rust.db", "remember")
        self.assertEqual(site["frame"]["line"], 5)
        self.assertRegex(site["frame"]["function"], r"shelf::Shelf>?::remember$")


if __name__ == "__main__":
    harness.main()
