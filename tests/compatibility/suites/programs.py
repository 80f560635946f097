# programs.py -- Programs that are run as users run them, with answers that do not vary.
#
# SPDX-License-Identifier: Apache-2.0
from suite import Suite, program


def make_data(this):
    """Files with known contents, some random, some text."""
    text = "\n".join(f"{i} {i * i % 9973} line of text" for i in range(40000))
    (this.folder / "text").write_text(text)
    noise = b"".join((i * 2654435761 % 2**32).to_bytes(4, "little") for i in range(200000))
    (this.folder / "noise").write_bytes(noise)


def archives(this):
    make_data(this)
    tar = ["tar", "--sort=name", "--mtime=@0", "--owner=0", "--group=0"]
    this.check("tar", [*tar, "-cf", "plain.tar", "text", "noise"], "plain.tar")
    for letter, name in (("z", "gz"), ("J", "xz"), ("j", "bz2")):
        this.check(f"tar {name}", [*tar, f"-c{letter}f", f"all.{name}", "text", "noise"],
                   f"all.{name}")
        this.check(f"list {name}", ["tar", f"-t{letter}vf", f"all.{name}"])
    this.check("tar zstd", [*tar, "--zstd", "-cf", "all.zst", "text", "noise"], "all.zst")
    this.check("xz threads", ["xz", "-k", "-T2", "--block-size=200k", "text"], "text.xz")
    this.check("xz test", ["xz", "-t", "-v", "text.xz"], output=False)
    this.check("zstd", ["zstd", "-q", "-19", "-T2", "text", "-o", "text.zst"], "text.zst")
    this.check("zstd back", ["zstd", "-q", "-d", "text.zst", "-o", "text.again"], "text.again")
    this.check("sort", ["sort", "-k2n", "--parallel=2", "-o", "sorted", "text"], "sorted")


SCHEMA = """CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
INSERT INTO t SELECT i, 'text ' || i % 977, i * 1.5 FROM n;
CREATE INDEX by_b ON t(b);"""
QUERIES = ["SELECT count(*), sum(c) FROM t", "SELECT b, count(*) FROM t GROUP BY b ORDER BY 2, 1",
           "SELECT a FROM t ORDER BY b, c DESC LIMIT 50", "PRAGMA integrity_check",
           "SELECT group_concat(a) FROM (SELECT a FROM t WHERE b LIKE '%97%' ORDER BY a)",
           "DELETE FROM t WHERE a % 3 = 0; VACUUM; SELECT count(*) FROM t",
           "SELECT json_group_array(b) FROM (SELECT DISTINCT b FROM t ORDER BY b)"]


def sqlite(this):
    this.check("schema", ["sqlite3", "a.sqlite", SCHEMA])
    for number, query in enumerate(QUERIES):
        this.check(f"query {number}", ["sqlite3", "a.sqlite", query])
    this.check("backup", ["sqlite3", "a.sqlite", ".backup b.sqlite"], "b.sqlite")
    this.check("dump", ["sqlite3", "b.sqlite", ".dump"])
    this.check("error", ["sqlite3", "a.sqlite", "SELECT nothing FROM nowhere"])


GIT = {"GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z",
       "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
       "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null"}


def git(this):
    def check(name, *arguments, **options):
        this.check(name, ["git", *arguments], timeout=120, **GIT, **options)

    check("init", "init", "-q", "-b", "main", ".")
    for commit in range(8):
        for file in range(60):
            path = this.folder / f"file{file}"
            path.write_text("\n".join(str(i * (file + 1)) for i in range(commit * 40 + 50)))
        check(f"add {commit}", "add", ".")
        check(f"commit {commit}", "commit", "-q", "-m", f"number {commit}")
    check("log", "log", "--stat", "--oneline")
    check("diff", "diff", "HEAD~3", "--word-diff")
    check("blame", "blame", "file7")
    check("branch", "checkout", "-q", "-b", "other", "HEAD~4")
    check("merge", "merge", "-q", "main")
    check("gc", "gc", "-q", "--aggressive", "--prune=now")
    check("fsck", "fsck", "--full", "--strict", "--no-progress")
    check("repack", "repack", "-q", "-a", "-d", "-f", "--threads=2")
    check("clone", "clone", "-q", "--no-local", ".", "copy")
    check("archive", "archive", "--format=tar", "-o", "all.tar", "HEAD")
    check("bundle", "bundle", "create", "-q", "all.bundle", "main")
    check("grep", "grep", "-n", "4900")
    check("hook", "-c", "core.hooksPath=/nowhere", "status", "--short")
    check("alias", "-c", "alias.x=!echo from the shell", "x")


C_SOURCE = "#include <stdio.h>\n#include <math.h>\nint main(void) { return (int)sin(0); }\n"
CPP_SOURCE = """#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <vector>
int main() {
  std::map<std::string, std::vector<int>> all;
  for (int i = 0; i < 100; i++) all[std::to_string(i % 7)].push_back(i);
  std::regex word("[a-z]+");
  for (auto &one : all) std::sort(one.second.rbegin(), one.second.rend());
  std::cout << all.size() << std::regex_match("abc", word) << std::endl;
}
"""


MAKEFILE = "all: $(addsuffix .x,1 2 3 4 5 6 7 8)\n%.x:\n\techo $@\n"


def compilers(this):
    (this.folder / "a.c").write_text(C_SOURCE)
    (this.folder / "a.cpp").write_text(CPP_SOURCE)
    for level in ("-O0", "-O2", "-O2 -g", "-O3 -flto"):
        words = level.split()
        this.check(f"gcc {level}", ["gcc", *words, "-frandom-seed=1", "-c", "a.c", "-o", "a.o"],
                   "a.o")
        this.check(f"g++ {level}", ["g++", *words, "-frandom-seed=1", "-c", "a.cpp", "-o", "b.o"],
                   "b.o", timeout=180)
    this.check("link", ["g++", "-O1", "-frandom-seed=1", "a.cpp", "-o", "linked"], timeout=180)
    this.check("linked", ["./linked"])
    this.check("error", ["g++", "-c", "nowhere.cpp"])
    this.check("pipe", ["g++", "-pipe", "-frandom-seed=1", "-c", "a.cpp", "-o", "c.o"], "c.o",
               timeout=180)
    this.check("ar", ["ar", "rcsD", "lib.a", "b.o", "c.o"], "lib.a")
    this.check("objdump", ["objdump", "-d", "-C", "b.o"])
    (this.folder / "Makefile").write_text(MAKEFILE)
    this.check("make", ["make", "-s", "-O", "-j4"], output=False)


RUST = """use std::collections::HashMap; use std::thread;
fn main() {
  let all: Vec<_> = (0..4u64).map(|n| thread::spawn(move || {
    let mut map = HashMap::new();
    for i in 0..20000u64 { *map.entry(i % 97).or_insert(0u64) += i * n; }
    map.values().sum::<u64>() })).collect();
  for one in all { println!("{}", one.join().unwrap()); }
}
"""


def rust(this):
    (this.folder / "a.rs").write_text(RUST)
    for level in ("0", "2"):
        this.check(f"rustc {level}", ["rustc", "-C", f"opt-level={level}", "a.rs", "-o", "a"], "a",
                   timeout=240)
        this.check(f"program {level}", ["./a"])
    this.check("error", ["rustc", "nowhere.rs"])
    this.check("cargo", ["cargo", "new", "--quiet", "--vcs", "none", "made"], output=False)
    this.check("cargo test", ["cargo", "test", "--quiet", "--offline"], output=False, timeout=240,
               cwd=this.folder / "made")


def media(this):
    make = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y"]
    exact = ["-fflags", "+bitexact", "-flags", "+bitexact"]
    this.check("video", [*make, "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=3",
                         *exact, "-c:v", "mpeg4", "-threads", "2", "a.avi"], "a.avi")
    this.check("x264", [*make, "-i", "a.avi", *exact, "-c:v", "libx264", "-threads", "1",
                        "b.mp4"], "b.mp4", timeout=120)
    this.check("audio", [*make, "-f", "lavfi", "-i", "sine=frequency=440:duration=3", *exact,
                         "-c:a", "flac", "a.flac"], "a.flac")
    this.check("filter", [*make, "-i", "a.avi", *exact, "-vf", "scale=160:120,hflip", "-f",
                          "framemd5", "-"])
    this.check("frames", [*make, "-i", "a.avi", *exact, "f%02d.png"], "f01.png", "f30.png")
    this.check("probe", ["ffprobe", "-v", "error", "-show_streams", "a.avi"])


def has(*names):
    def prepare(cache):
        del cache
        for name in names:
            program(name)
    return prepare


SUITES = [
    Suite("archives", "tar, gzip, xz, bzip2, zstd, sort", archives, packages=("zstd", "xz-utils"),
          version=("tar", "--version"), short=True),
    Suite("sqlite3", "the sqlite3 shell", sqlite, packages=("sqlite3",), short=True,
          version=("sqlite3", "--version")),
    Suite("git", "commits, merge, gc, fsck, clone", git, packages=("git",), short=True,
          version=("git", "--version")),
    Suite("gcc", "gcc, g++, binutils, make: the same bytes", compilers,
          packages=("gcc", "g++", "make", "binutils"), version=("g++", "--version")),
    Suite("rust", "rustc and cargo: the same bytes", rust, prepare=has("rustc", "cargo"),
          version=("rustc", "--version")),
    Suite("ffmpeg", "ffmpeg: the same bytes", media, packages=("ffmpeg",),
          version=("ffmpeg", "-version")),
]
