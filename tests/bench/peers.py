# peers.py -- Who is compared: the environment in which each contender runs a program.
#
# SPDX-License-Identifier: Apache-2.0
"""A contender is a name and an environment. The benchmark prints the names of missing ones."""
import os
import shutil
import subprocess
from pathlib import Path

LIBRARIES = Path("/usr/lib/x86_64-linux-gnu")
HEAPTRACK = Path("/usr/lib/heaptrack")
SAMPLE = "524288"


def clean_environment():
    """This environment without anything that could record."""
    foreign = ("LD_PRELOAD", "NODE_OPTIONS", "MALLOC_CONF", "HEAPPROFILE")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HEAPDIFF_") and name not in foreign
    }


class Peers:
    """The contenders of one run. `scratch` is where their files may go."""

    def __init__(self, build, scratch):
        self.build, self.scratch = Path(build), Path(scratch)
        self.missing = {}
        self.environments = {"plain": {}}
        self.add_own()
        self.add_others()

    def add(self, name, library, package, **variables):
        if Path(library).exists():
            self.environments[name] = {"LD_PRELOAD": str(library), **variables}
        else:
            self.missing[name] = package

    def add_own(self):
        """The exit snapshot is not what is measured; memory.py asks for it."""
        shim = self.build / "libheapdiff.so"
        build = "cmake --build, target bench_programs"
        self.add("heapdiff", shim, build, HEAPDIFF_AT_EXIT="0")
        self.add("sampled", shim, build, HEAPDIFF_AT_EXIT="0", HEAPDIFF_SAMPLE=SAMPLE)
        self.add("pass_through", self.build / "bench_pass_through.so", build)
        self.add("idle", self.build / "bench_idle.so", build)
        self.add("unw_backtrace", self.build / "bench_bare_unwind.so", "libunwind-dev")

    def add_others(self):
        self.add("heaptrack", HEAPTRACK / "libheaptrack_preload.so", "heaptrack")
        profile = str(self.scratch / "tcmalloc")
        self.add("tcmalloc", LIBRARIES / "libtcmalloc.so.4", "libgoogle-perftools4",
                 HEAPPROFILE=profile, HEAP_PROFILE_ALLOCATION_INTERVAL="0",
                 HEAP_PROFILE_INUSE_INTERVAL="0")
        library = LIBRARIES / "libjemalloc.so.2"
        if library.exists() and not jemalloc_can_profile(library):
            self.missing["jemalloc"] = "a libjemalloc2 that is built with --enable-prof"
            return
        self.add("jemalloc", library, "libjemalloc2", MALLOC_CONF="prof:true,lg_prof_sample:0")

    def choose(self, names):
        return [name for name in names if name in self.environments]

    def environment(self, name, **more):
        return {**clean_environment(), **self.environments[name], **more}


def jemalloc_can_profile(library):
    """jemalloc without profiling says on stderr that it does not know the option."""
    environment = {**clean_environment(), "LD_PRELOAD": str(library), "MALLOC_CONF": "prof:true"}
    done = subprocess.run(["true"], env=environment, capture_output=True, text=True, check=False)
    return "Invalid conf" not in done.stderr


def missing_programs():
    """Debian packages of the real programs that are not here."""
    wanted = {"node": "nodejs", "redis-server": "redis-server", "redis-benchmark": "redis-tools",
              "sqlite3": "sqlite3", "g++": "g++", "python3": "python3"}
    return {name: package for name, package in wanted.items() if not shutil.which(name)}
