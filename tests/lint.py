#!/usr/bin/env python3
# lint.py -- What clang-tidy and cppcheck say of the source; every finding is a fault.
#
# SPDX-License-Identifier: Apache-2.0
"""tests/lint.py [FILE...]: exit 1 when there is a finding, 77 when a tool is missing.

Reads the compiler's command lines of the build folder HEAPDIFF_BUILD (default: build/ at the top).
.clang-tidy says which checks are on, tests/cppcheck.txt what cppcheck is not to say; both give a
reason for whatever is off. samples/ is left out: those programs are faulty on purpose.
A file that was clean is analysed again once something that its findings depend on has changed.
"""
import functools
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("HEAPDIFF_BUILD") or ROOT / "build").resolve()
OWN = BUILD / "lint"
CLEAN = OWN / "clean.json"  # the key of each file that had no findings
# Other versions have other findings: these are Debian 12's.
TIDY, CPPCHECK = "clang-tidy-14", "cppcheck"
FOLDERS = ("analyzer", "preload", "tests")
# gcc's defaults; CMake says only what differs from them.
CXX = ["-std=gnu++17", "-fsized-deallocation"]
# A third of the analyzer's usual patience takes a third of the time; the whole of it found no more.
PATIENCE = [f"--extra-arg={word}" for word in
            ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=75000")]
GCC_ONLY = {"-fno-crossjumping", "-Werror"}


def is_ours(path):
    return any(path.is_relative_to(ROOT / folder) for folder in FOLDERS)


def command_lines(wanted):
    """One command line a file, in clang's words; a file of several targets is read once."""
    lines = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        path = Path(entry["file"])
        if is_ours(path) and (not wanted or path in wanted):
            words = [word for word in shlex.split(entry["command"]) if word not in GCC_ONLY]
            output = words.index("-o")
            made = words[output + 1]
            del words[output:output + 2]
            if path.suffix == ".cpp":
                words += CXX
            entry = {"directory": entry["directory"], "file": str(path), "arguments": words,
                     "output": made}
            lines.setdefault(path, entry)
    return lines


def run(*words, cwd=ROOT):
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@functools.cache
def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@functools.cache
def version():
    return run(TIDY, "--version")[1]


@functools.cache
def built_from():
    """{object: the files that it was made of}, as the build knows them."""
    _, out, _ = run("ninja", "-C", str(BUILD), "-t", "deps")
    return {head.partition(":")[0]: names.split() for head, _, names in
            (part.partition("\n") for part in out.split("\n\n")) if "(VALID)" in head}


def files_of(entry):
    """The file and its headers; of what is not built by default the compiler says them."""
    if entry["output"] in built_from():
        return built_from()[entry["output"]]
    _, out, _ = run(*entry["arguments"], "-M", cwd=entry["directory"])
    return shlex.split(out.partition(":")[2].replace("\\\n", " "))


def key_of(entry):
    """Of the file, its headers, its command line, the checks and the tool; None: not to be had."""
    used = [Path(entry["directory"], name) for name in files_of(entry)]
    if not used:
        return None
    checks = [parent / ".clang-tidy" for parent in Path(entry["file"]).parents]
    used += [path for path in checks if path.is_file()] + [Path(__file__)]
    whole = [version(), entry["arguments"], [(str(path), digest(path)) for path in used]]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def tidy_changed(entry, clean):
    """The key to be kept, and what the tool says."""
    key = key_of(entry)
    if key and clean.get(entry["file"]) == key:
        return key, ""
    said = tidy(entry["file"])
    return None if said else key, said


def tidy(path):
    """One file a process: the analyzer of version 14 mixes up the va_lists of two files."""
    code, out, err = run(TIDY, "--quiet", "-p", str(OWN), *PATIENCE, path)
    return (out or err) if code else ""


def cppcheck(paths):
    """The whole of the source at once, because it follows values into other files."""
    files = OWN / "files"
    files.write_text("".join(f"{path.relative_to(ROOT)}\n" for path in paths))
    code, out, err = run(
        CPPCHECK, "--quiet", f"-j{os.cpu_count()}", "--error-exitcode=1", "--inline-suppr",
        "--enable=warning,performance,portability", "--std=c11", "--library=posix,gnu",
        "--suppressions-list=tests/cppcheck.txt", f"--cppcheck-build-dir={OWN}",
        f"--file-list={files}", "--template={file}:{line}: {severity}: {message} [{id}]",
        "-Ipreload", "-Ianalyzer", "-Itests/preload", "-Itests/analyzer",
        "-D_GNU_SOURCE", "-D__linux__", "-D__x86_64__", "-DElfW(type)=Elf64_##type")
    return out + err if code else ""


def main():
    missing = [tool for tool in (TIDY, CPPCHECK) if not shutil.which(tool)]
    if missing:
        print("not there:", *missing)
        return 77
    lines = command_lines({Path(name).resolve() for name in sys.argv[1:]})
    OWN.mkdir(exist_ok=True)
    (OWN / "compile_commands.json").write_text(json.dumps(list(lines.values())))
    clean = json.loads(CLEAN.read_text()) if CLEAN.exists() else {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda entry: tidy_changed(entry, clean), lines.values()))
    clean.update({str(path): key for path, (key, _) in zip(lines, results)})
    CLEAN.write_text(json.dumps(clean))
    found = [said for _, said in results if said]
    found += [said for said in [cppcheck(path for path in lines if path.suffix == ".c")] if said]
    print("\n".join(found) or f"{len(lines)} files, no findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
