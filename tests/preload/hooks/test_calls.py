#!/usr/bin/env python3
# test_calls.py -- What application threads run calls neither the loader nor what allocates.
#
# SPDX-License-Identifier: Apache-2.0
"""test_calls.py FILE LIBRARY: the shim's object files, one a line, and what is linked from them.
Reads what each one refers to.

A thread that asks the loader waits for every other one that is in dlopen, whose constructor may
wait for this thread. What allocates may be called by an allocator.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

# What application threads run; the rest belongs to the control process and to the constructor.
FOLDERS = {"base", "hooks", "python", "real", "record", "tables", "unwind"}
FILES = {f"life/{name}.c" for name in ("api", "exits", "namespaces", "seccomp", "set_ids")}

LOADER = {"dlsym", "dlvsym", "dlopen", "dlmopen", "dlclose", "dladdr", "dladdr1", "dlinfo",
          "dlerror", "dl_iterate_phdr", "__tls_get_addr", "__cxa_thread_atexit_impl",
          "__cxa_thread_atexit"}
ALLOCATES = {"malloc", "calloc", "realloc", "reallocarray", "free", "posix_memalign", "memalign",
             "aligned_alloc", "valloc", "pvalloc", "strdup", "strndup", "asprintf", "vasprintf",
             "getline", "getdelim", "open_memstream", "fopen", "fdopen", "opendir", "fdopendir",
             "scandir", "qsort", "qsort_r", "setenv", "putenv", "unsetenv", "printf", "fprintf",
             "vfprintf", "snprintf", "sprintf", "vsnprintf", "puts", "fputs", "perror", "strerror",
             "strerror_r", "pthread_getattr_np", "pthread_create", "pthread_key_create",
             "pthread_setspecific", "backtrace", "backtrace_symbols", "atexit", "__register_atfork",
             "pthread_atfork", "sysconf", "syslog", "iconv_open", "setlocale", "getpwuid"}
FORBIDDEN = LOADER | ALLOCATES

# Who may, and why. A line that no file needs any more is a fault.
ALLOWED = {
    ("base/guest.c", "__register_atfork"): "constructor only",
    ("base/log.c", "vsnprintf"): "a line to stderr: not an application thread",
    ("hooks/extra.c", "free"): "cfree is free: our own hook",
    ("real/slots.c", "sysconf"): "constructor only",
    ("record/thread.c", "pthread_key_create"): "constructor only",
    ("record/thread.c", "pthread_setspecific"): "allocates from the 33rd key on; ours is early",
    ("tables/modules.c", "dl_iterate_phdr"): "modules_refresh: constructor only",
}


def references(path):
    """The names that an object file refers to and does not define."""
    output = subprocess.run(["nm", "-u", path], check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].split("@")[0] for line in output.splitlines() if line.strip()}


def source_of(path):
    """real/real.c, of …/heapdiff_shim.dir/real/real.c.o."""
    match = re.search(r"\.dir/(.+)\.o(bj)?$", path)
    return os.path.normpath(match[1]) if match else None


def faults(paths):
    looked, needed = set(), set()
    for path in paths:
        source = source_of(path)
        if not source or not (source in FILES or Path(source).parts[0] in FOLDERS):
            continue
        looked.add(source)
        for name in sorted(references(path) & FORBIDDEN):
            if (source, name) in ALLOWED:
                needed.add((source, name))
            else:
                yield f"{source} refers to {name}"
    known = {"hooks/gate.c", "hooks/operators.c", "record/record.c", "base/probe.c"}
    missing = (known | FILES) - looked
    yield from (f"{source} was not looked at" for source in sorted(missing))
    yield from (f"{source} refers to {name} no more"
                for source, name in sorted(set(ALLOWED) - needed))


def library_faults(library):
    """Static libraries are part of it, too. dl_iterate_phdr is the constructor's."""
    output = subprocess.run(["nm", "-D", "-u", library], check=True, capture_output=True, text=True)
    names = {line.split()[-1].split("@")[0] for line in output.stdout.splitlines()}
    yield from (f"the library imports {name}"
                for name in sorted(names & LOADER - {"dl_iterate_phdr"}))
    if "_dl_find_object" not in names:
        yield "the library's imports were not found"


def main():
    found = list(faults(Path(sys.argv[1]).read_text().split()))
    found += library_faults(sys.argv[2])
    print("\n".join(found) or "no faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
