# trial.py -- One case: heapdiff run as a person would type it, and whether its answer is right.
#
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import install
from install import CACHE, HERE, PACKAGES, PYTHON, ROOT

BUILD = Path(os.environ.get("HEAPDIFF_BUILD") or ROOT / "build").resolve()
LONGEST = 240  # seconds, of a job on a machine that is busy
NOT_MEASURABLE = 3
CLEAN = ("none", "retention")  # verdicts that accuse no code


@dataclass
class Trial:
    case: object
    right: bool
    answer: str  # in words
    code: int = -1  # exit code
    measured: list = field(default_factory=list)  # processes
    seconds: float = 0
    skipped: bool = False


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def environment(case, port, other):
    paths = [install.node_folder(case.node), PACKAGES / ".bin", PYTHON / "bin", os.environ["PATH"]]
    result = {name: value for name, value in os.environ.items()
              if not name.startswith(("HEAPDIFF_", "npm_")) and
              name not in ("LD_PRELOAD", "NODE_OPTIONS")}
    result.update(PATH=os.pathsep.join(map(str, paths)), PORT=str(port), OTHER=str(other),
                  LOAD=f"node {HERE / 'load.mjs'}", SOCKETS=f"node {CACHE / 'load_sockets.mjs'}",
                  PM2_HOME=str(CACHE / "pm2"), NEXT_TELEMETRY_DISABLED="1", NO_UPDATE_NOTIFIER="1")
    return result


def place_of(case, names):
    """A folder with the app, built."""
    folder = CACHE / "apps" / case.app
    done = folder / ".built"
    source = HERE / "apps" / case.app
    files = sorted(path for path in source.rglob("*") if path.is_file())
    if not install.is_made(done, *files):
        shutil.copytree(source, folder, dirs_exist_ok=True)
        failed = case.build and install.run("env", f"PATH={names['PATH']}", "sh", "-c", case.build,
                                            cwd=folder)
        if failed:
            raise RuntimeError(f"{case.app} cannot be built: {failed}")
        done.write_text(install.digest(*files))
    shutil.copy(HERE / "load_sockets.mjs", CACHE)  # it finds its packages beside itself
    shutil.rmtree(CACHE / "pm2", ignore_errors=True)
    return folder


def command_of(case, names, output):
    """The words of the command; NAME=VALUE before the program are for the environment."""
    def fill(text):
        for name in ("PORT", "OTHER", "LOAD", "SOCKETS"):
            text = text.replace(f"${name}", names[name])
        return text
    port, load, program = names["PORT"], fill(case.load), fill(case.command).split()
    while "=" in program[0]:
        name, value = program.pop(0).split("=", 1)
        names[name] = value
    return [BUILD / "heapdiff", "run", "--on-port", port, "--load", load,
            "--format", "json", "-o", output, *case.options, "--", *program]


# ---- judging -------------------------------------------------------------------------------


def culprit_lines(app, function, file):
    """Lines that name it: where it begins, and those with LEAK in it."""
    path = next((HERE / "apps" / app).rglob(file))
    result, is_inside = set(), False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        begins = re.search(rf"(function |def |void |^  (private )?){function}\(", line)
        is_inside = is_inside or begins
        if begins or (is_inside and "LEAK" in line):
            result.add(number)
    return result


def bare(function):
    """`Store.add` -> `add`."""
    return re.split(r"[.#:\s]", re.sub(r"\(.*", "", function or ""))[-1] or function


def judge_culprit(case, report):
    function, file = case.culprit  # the JVM tells neither file nor line: then file is ""
    first = report["sites"][0] if report["sites"] else {"frame": {}, "stack": []}
    frame, verdict = first["frame"], report["verdict"]
    name = Path(frame.get("source_file") or frame.get("file") or "?").name
    line = frame.get("source_line") or frame.get("line")
    stack = [bare(one["function"]) for one in first["stack"]]
    answer = f"{verdict['kind']}: {bare(frame.get('function'))} ({name}:{line})"
    if not file:
        right = bare(frame.get("function")) == function and function in verdict["text"]
        return right, f"{verdict['kind']}: {frame.get('function')}: {verdict['text']}"
    lines = culprit_lines(case.app, function, file)
    right = (verdict["kind"] not in ("none", "not-measurable") and function in stack and
             name == file and line in lines)
    origin = first.get("origin")  # of memory that no function of the program asked for
    if origin and origin["file"].endswith(file) and origin["line"] in lines:
        name, line, right = file, origin["line"], True
        answer += f", for objects of {bare(origin['function'])} ({file}:{line})"
    if right and not re.search(rf"[(/]{re.escape(file)}:{line}\)", verdict["text"]):
        return False, f"{answer}, not named by the verdict: {verdict['text']}"
    return right, answer if right else f"{answer}: {verdict['text']}"


def judge(case, code, report, errors):
    """(whether the answer is right, the answer)"""
    last = (errors.strip().splitlines() or ["nothing"])[-1].removeprefix("heapdiff: ")
    text = report["verdict"]["text"] if report else last
    if case.answer == "no-work":
        refused = code == NOT_MEASURABLE or (code == 2 and not report)
        return refused, f"exit {code}: {text}"
    if not report:
        return False, f"exit {code}: {text}"
    kind = report["verdict"]["kind"]
    if case.answer == "clean":
        return code == 0 and kind in CLEAN, f"{kind}: {text}"
    if case.answer == "runtime heap":  # whose objects nothing here can name
        return kind not in ("none", "leak") and case.says in text, f"{kind}: {text}"
    right, answer = judge_culprit(case, report)
    if case.says and not any(case.says in row for row in told(report)):
        return False, f"{answer}; it does not say '{case.says}'"
    return right, answer


def told(report):
    """Resources that grow."""
    return [row["what"] for row in report.get("resources") or [] if row["growing"]]


def wait_for(process):
    """The exit code. A job that does not end is interrupted: then it ends what it has started."""
    try:
        return process.wait(LONGEST)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait(LONGEST)
        raise


def run(case, keep):
    """Leaves snapshots, report and stderr in the folder KEEP."""
    reason = install.missing(case)
    if reason:
        return Trial(case, False, reason, skipped=True)
    names = environment(case, *free_ports(2))
    started = time.monotonic()
    try:
        folder = place_of(case, names)
        shutil.rmtree(keep, ignore_errors=True)
        keep.mkdir(parents=True)
        command = command_of(case, names, keep / "app")
        with open(keep / "stdout", "w+", errors="replace") as out, \
                open(keep / "stderr", "w+", errors="replace") as errors:
            started = time.monotonic()
            code = wait_for(subprocess.Popen([str(word) for word in command], cwd=folder, env=names,
                                             stdin=subprocess.DEVNULL, stdout=out, stderr=errors))
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        return Trial(case, False, str(error), seconds=time.monotonic() - started)
    seconds = time.monotonic() - started
    text, errors = (keep / "stdout").read_text(), (keep / "stderr").read_text()
    report = json.loads(text) if text.strip() else None
    right, answer = judge(case, code, report, errors)
    measured = re.findall(r"^heapdiff: (?:measuring|new while the load ran:) (.*)$", errors, re.M)
    return Trial(case, right, answer, code, measured, seconds)
