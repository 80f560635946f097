# servers.py -- redis, PostgreSQL, nginx: their answers, under load, and how they end.
#
# SPDX-License-Identifier: Apache-2.0
"""A server and its clients are one shell script, so that one process is started and all of
it is recorded alike. Each `step` is a subtest: its exit status and what it prints.
"""
import functools
import os
import pwd
import re
import shutil
from pathlib import Path

import sources
from suite import Missing, Suite, brief, lines, program

HERE = Path(__file__).resolve().parent


def script(this, name, timeout=180, before="", **variables):
    """Runs it; every step is a subtest."""
    variables = {"FOLDER": this.folder, "STEPS": HERE / "steps.sh", **variables}
    command = f"{before or 'exec'} bash {HERE / name}"
    ended = this.do(["bash", "-c", command], timeout=timeout, **variables)
    out = ended.stdout.decode(errors="replace")
    for match in lines(r"^@@ (?!exit)(.*)\n((?:.*\n)*?)@@ exit (\d+)$", out):
        this.note(match[1], f"exit {match[3]} {brief(match[2].encode())}")
    this.note("stderr", brief(ended.stderr))
    this.note_end(ended)


def redis(this):
    script(this, "redis.sh")
    this.outcomes.pop("rdb", None)  # says sizes and versions of its own


REDIS_UNITS = ("unit/type/string unit/type/hash unit/type/list unit/type/set unit/type/zset"
               " unit/type/stream unit/expire unit/scan unit/dump unit/auth unit/protocol"
               " unit/scripting unit/multi unit/pubsub unit/info unit/memefficiency"
               " integration/rdb integration/aof integration/replication-psync"
               " integration/redis-cli integration/redis-benchmark unit/introspection").split()


def redis_source(cache):
    tree = sources.fetch(cache, "redis", "redis_*.orig.tar.gz")
    for name in ("server", "cli", "benchmark", "check-aof", "check-rdb"):
        link = tree / "src" / f"redis-{name}"
        if not link.exists():
            link.symlink_to(program(f"redis-{name}"))


def redis_own(unit, this):
    """redis's own tests of a unit: one line for each of them."""
    tree = this.folder / "tree"
    shutil.copytree(this.cache / "sources" / "redis" / "tree", tree, symlinks=True,
                    ignore=shutil.ignore_patterns("deps", "*.c", "*.h"))
    ended = this.do(["tclsh8.6", "tests/test_helper.tcl", "--single", unit, "--clients", "1"],
                    timeout=400, cwd=tree)
    text = re.sub(r"\x1b\[[\d;]*m", "", ended.stdout.decode(errors="replace"))
    for match in lines(r"^\[(ok|err|skip|exception|ignore)\S*\]:? (.*?)(?: \(\d+ ms\))?$", text):
        name = re.sub(r"\d{4,}|0x\w+", "N", match[2].split(" in tests/")[0])
        this.note(name[:120], match[1])
    this.note_end(ended)


def postgres_bin():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise Missing("PostgreSQL is not installed")
    return found[-1].parent


def postgres(this):
    """As the user that a cluster needs; how programs change their user is tests/edge's."""
    before = ""
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(this.folder, user.pw_uid, user.pw_gid)
        before = (f"exec env -u LD_PRELOAD setpriv --reuid={user.pw_uid} --regid={user.pw_gid}"
                  " --clear-groups env ${LD_PRELOAD:+LD_PRELOAD=$LD_PRELOAD}")
    script(this, "postgres.sh", timeout=400, before=before,
           PATH=f"{postgres_bin()}:{os.environ['PATH']}", PGHOST=this.folder, PGUSER="postgres",
           PGDATABASE="postgres")


def nginx(daemon, port, this):
    user = "user www-data; " if os.geteuid() == 0 else ""
    script(this, "nginx.sh", NGINX=program("nginx"), DAEMON=daemon, PORT=port, USER_LINE=user)


SUITES = [
    Suite("redis", "redis-server: commands, BGSAVE, AOF, redis-benchmark", redis, short=True,
          packages=("redis-server",), version=("redis-server", "--version")),
    Suite("postgresql", "initdb, queries in parallel, pgbench, crash, restart", postgres,
          prepare=lambda cache: postgres_bin(), packages=("postgresql",),
          version=lambda: (postgres_bin() / "postgres", "--version")),
    Suite("nginx", "nginx with two workers: pages, gzip, proxy, wrk, reload",
          functools.partial(nginx, "off", 18080), packages=("nginx-light", "wrk", "curl"),
          version=lambda: (program("nginx"), "-v"), short=True),
    Suite("nginx-daemon", "the same as a daemon", functools.partial(nginx, "on", 18081),
          packages=("nginx-light", "wrk", "curl"), version=lambda: (program("nginx"), "-v")),
    *[Suite("redis-own-" + unit.split("/", 1)[1].replace("/", "-"), f"redis's own tests: {unit}",
            functools.partial(redis_own, unit), packages=("redis-server", "tcl8.6"),
            prepare=redis_source, version=("redis-server", "--version")) for unit in REDIS_UNITS],
]
