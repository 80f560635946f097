# install.py -- What the apps need from registries, once, in .cache/serving.
#
# SPDX-License-Identifier: Apache-2.0
"""Each function answers None, or why this machine has no such thing: then cases are skipped."""
import functools
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "serving"
PACKAGES, PYTHON = CACHE / "node_modules", CACHE / "python"
PATIENCE = 600  # seconds


def run(*command, cwd=CACHE):
    """None, or the last words of a command that failed."""
    try:
        result = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True,
                                check=False, text=True, errors="replace", timeout=PATIENCE,
                                stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{command[0]}: {error}"
    said = (result.stderr or result.stdout).strip().splitlines() or ["nothing"]
    return None if result.returncode == 0 else f"{command[0]} says: {said[-1]}"


def digest(*paths):
    """Of the contents: a checkout gives files new times."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def is_made(mark, *sources):
    return mark.exists() and mark.read_text() == digest(*sources)


@functools.cache
def packages(quick):
    """npm's: those of the quick cases alone (dependencies), or all (devDependencies too)."""
    lock, whole, some = HERE / "package-lock.json", CACHE / ".whole", CACHE / ".quick"
    if is_made(whole, lock) or (quick and is_made(some, lock)):
        return None
    if not shutil.which("npm"):
        return "there is no npm"
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, CACHE)
    failed = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
                 *(["--omit=dev"] if quick else []))
    if not failed:
        (some if quick else whole).write_text(digest(lock))
        (whole if quick else some).unlink(missing_ok=True)
    return failed and f"npm's packages cannot be installed: {failed}"


@functools.cache
def sqlite():
    """better-sqlite3 for the machine's own Node, whose headers its package brings."""
    node = Path(shutil.which("node") or "/").resolve()
    headers = node.parents[1]
    if (PACKAGES / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node").exists():
        return None
    if not (headers / "include" / "node" / "node_api.h").exists():
        return "there are no headers of Node"
    failed = run("npm", "rebuild", "better-sqlite3", "--build-from-source", f"--nodedir={headers}")
    return failed and f"better-sqlite3 cannot be built: {failed}"


@functools.cache
def python():
    wanted = HERE / "requirements.txt"
    if is_made(PYTHON / ".done", wanted):
        return None
    failed = run("python3", "-m", "venv", PYTHON, cwd=ROOT) or run(
        PYTHON / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted)
    if not failed:
        (PYTHON / ".done").write_text(digest(wanted))
    return failed and f"Python's packages cannot be installed: {failed}"


def java():
    return None if shutil.which("javac") and shutil.which("jar") else "there is no JDK"


NEEDS = {"sqlite": sqlite, "flask": python, "starlette": python, "java": java}


def missing(case):
    """Why a case cannot be tried; None."""
    return packages(case.quick) or (NEEDS[case.app]() if case.app in NEEDS else None)


def node_folder(release):
    """A folder that has this release as node, and nothing else; "": the machine's own."""
    folder = CACHE / "bin" / (release or "own")
    folder.mkdir(parents=True, exist_ok=True)
    node = PACKAGES / release / "bin" / "node" if release else shutil.which("node")
    if not os.path.lexists(folder / "node"):
        (folder / "node").symlink_to(node)
    return folder


def version_of(release):
    node = node_folder(release) / "node"
    return subprocess.run([node, "--version"], capture_output=True, text=True,
                          check=True).stdout.strip().lstrip("v")
