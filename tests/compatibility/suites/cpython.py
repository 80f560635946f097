# cpython.py -- CPython's own tests, one suite a module: Debian's, and every pyenv version here.
#
# SPDX-License-Identifier: Apache-2.0
import functools
import os
import xml.etree.ElementTree as xml
from pathlib import Path

from suite import Missing, Suite, lines

MODULES = ("threading subprocess multiprocessing_fork multiprocessing_spawn"
           " multiprocessing_forkserver multiprocessing_main_handling concurrent_futures ctypes"
           " mmap json asyncio faulthandler signal io gc exceptions cmd_line fork1 posix os pty"
           " thread socket tracemalloc bytes dict list re pickle marshal zlib sqlite3 capi"
           " weakref generators fileio largefile shutil tempfile resource").split()
SHORT = {"threading", "gc", "fork1", "json", "mmap"}
RESOURCES = "all,-network,-urlfetch,-largefile,-gui"
TIMEOUT = 240


def installed(series):
    """The interpreter of a series: Debian's for its own, else pyenv's."""
    if series == "3.11" and Path("/usr/lib/python3.11/test/test_threading.py").exists():
        return Path("/usr/bin/python3.11")
    roots = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = sorted(roots.glob(f"{series}.*/bin/python{series}"))
    return found[-1] if found else None


def prepare(series, cache):
    if not installed(series):
        raise Missing(f"neither libpython{series}-testsuite nor pyenv's {series} is installed")


def outcome(case):
    """passed, skipped, failure or error, with what was raised."""
    for part in case:
        if part.tag in ("failure", "error"):
            return part.tag
        if part.tag == "skipped":
            return "skipped"
    return "passed"


def run(series, module, this):
    """The report says all; what a suite that hangs had said until then is in its output."""
    report = this.folder / "report.xml"
    ended = this.do([installed(series), "-m", "test", "-v", "-u", RESOURCES, "--junit-xml", report,
                     "--tempdir", this.folder, f"test_{module}"], timeout=TIMEOUT)
    this.note_end(ended)
    text = ended.stdout.decode(errors="replace")
    for match in lines(r"^(test_\w+) \((test\.[\w.]+)\) \.\.\. (ok|skipped)", text):
        name = match[2] if match[2].endswith(match[1]) else f"{match[2]}.{match[1]}"
        this.note(name, "passed" if match[3] == "ok" else match[3])
    if report.exists():
        for case in xml.parse(report).iter("testcase"):
            this.note(case.get("name"), outcome(case))


def suite(series, module):
    return Suite(f"cpython-{series}-{module}", f"CPython {series}: test_{module}",
                 functools.partial(run, series, module),
                 prepare=functools.partial(prepare, series),
                 version=lambda: (installed(series), "--version"),
                 short=series == "3.11" and module in SHORT)


SUITES = [suite(series, module) for series in ("3.11", "3.13") for module in MODULES]
