# glibc.py -- glibc's own tests of malloc, threads and dlopen, built against the installed glibc.
#
# SPDX-License-Identifier: Apache-2.0
"""What needs the inside of a glibc that is being built does not compile and is left out; the table
counts what runs.
"""
import functools
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sources
from suite import Missing, Suite

# Headers of glibc's include/ that need nothing else of it.
HEADERS = ("array_length libc-diag intprops file_change_detection libc-pointer-arith idx verify"
           " filename").split()
STUBS = {"config.h": "", "sysdep.h": "", "stackinfo.h": "#define _STACK_GROWS_DOWN 1\n"}
PATHS = ("SRCDIR OBJDIR OBJDIR_ELF_LDSO INSTDIR LIBDIR BINDIR SBINDIR ROOTSBINDIR COMPLOCALEDIR"
         " SYSCONFDIR SLIBDIR ROOTLIBDIR").split()
FLAGS = ["-std=gnu11", "-w", "-O2", "-g", "-D_GNU_SOURCE", "-DMODULE_NAME=testsuite",
         "-DTIMEOUTFACTOR=1", "-include", "limits.h", "-fno-builtin",
         *[f'-D{name}_PATH="/"' for name in PATHS]]
FOLDERS = {"malloc": ("malloc", "*.c"), "nptl": ("nptl", "tst-*.c"),
           "pthread": ("sysdeps/pthread", "tst-*.c"), "dlfcn": ("dlfcn", "*tst*.c"),
           "setjmp": ("setjmp", "*tst*.c"), "posix": ("posix", "tst-*.c"),
           "stdlib": ("stdlib", "tst-*.c"), "elf": ("elf", "tst-*.c"),
           "misc": ("misc", "tst-*.c"), "rt": ("rt", "tst-*.c")}
# They need objects that glibc's own build makes, fill the memory or the disk, take minutes, or take
# the machine's clock.
LEFT_OUT = re.compile(r"tst-(interpose|clock_settime|settimeofday|mallocfork3|malloc-thread-fail"
                      r"|malloc-fork-deadlock|timer4|mutex10|sem-loadbig|cancel-vfork|robust-fork)")


def compiled(command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def prepare_headers(tree, build):
    (build / "include").mkdir(parents=True, exist_ok=True)
    links = {name + ".h": tree / "include" / f"{name}.h" for name in HEADERS}
    links |= {"support": tree / "support", "malloc": tree / "malloc",
              "test-skeleton.c": tree / "test-skeleton.c"}
    for name, target in links.items():
        path = build / "include" / name
        path.is_symlink() or path.symlink_to(target)
    for name, text in STUBS.items():
        (build / "include" / name).write_text(text)


def build_support(pool, tree, build):
    """libsupport.a of what compiles of support/."""
    (build / "support").mkdir(exist_ok=True)

    def one(source):
        compiled(["gcc", *FLAGS, f"-I{build}/include", f"-I{tree}/support", "-c", source, "-o",
                  build / "support" / (source.stem + ".o")])

    list(pool.map(one, sorted((tree / "support").glob("*.c"))))
    objects = sorted((build / "support").glob("*.o"))
    subprocess.run(["ar", "rcs", build / "libsupport.a", *objects], check=True)


def build_tests(pool, tree, build, name):
    """Programs and modules of a folder, as far as they compile."""
    folder, pattern = FOLDERS[name]
    (build / name).mkdir(exist_ok=True)
    quoted = [("-iquote", tree / each) for each in (folder, "sysdeps/pthread", "nptl")]
    flags = [*FLAGS, f"-I{build}/include", *[word for pair in quoted for word in pair]]

    def program(source):
        compiled(["gcc", *flags, "-rdynamic", source, build / "libsupport.a", "-o",
                  build / name / source.stem, "-lpthread", "-ldl", "-lm", "-lrt"])

    def module(source):
        compiled(["gcc", *flags, "-shared", "-fPIC", source, "-o",
                  build / name / (source.stem + ".so")])

    list(pool.map(program, sorted((tree / folder).glob(pattern))))
    list(pool.map(module, sorted((tree / folder).glob("*mod*.c"))))


def prepare(name, cache):
    tree = sources.fetch(cache, "glibc", "glibc_*.orig.tar.xz")
    build = cache / "glibc"
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if not (build / "libsupport.a").exists():
            prepare_headers(tree, build)
            build_support(pool, tree, build)
        if not (build / name).exists():
            build_tests(pool, tree, build, name)
    if not programs(build / name):
        raise Missing("nothing compiles")


def programs(folder):
    return sorted(path for path in folder.iterdir()
                  if os.access(path, os.X_OK) and path.suffix != ".so"
                  and not LEFT_OUT.match(path.name))


def run(name, this):
    for path in programs(this.cache / "glibc" / name):
        ended = this.do([path], timeout=90, LD_LIBRARY_PATH=path.parent)
        this.note(path.name, " ".join([ended.status, *ended.left]))


def installed():
    return (Path("/usr/bin/ldd"), "--version")


SUITES = [Suite(f"glibc-{name}", f"glibc's own tests: {folder}", functools.partial(run, name),
                packages=("gcc",), prepare=functools.partial(prepare, name), version=installed)
          for name, (folder, _) in FOLDERS.items()]
