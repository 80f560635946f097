#!/usr/bin/env python3
# house.py -- Whether the source keeps the rules of the house that a program can check.
#
# SPDX-License-Identifier: Apache-2.0
"""One line a fault; exit 1 when there is one. See CONTRIBUTING.md, step 5."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = {".c", ".h", ".cpp", ".js", ".ts", ".tsx", ".py", ".sh"}
C_LIKE = {".c", ".h", ".cpp"}
UNMAPPED = {"README.md", "CMakeLists.txt", "node_modules", "__pycache__", "dist"}
MOST_LINES, MOST_COLUMNS, MOST_FUNCTION_LINES = 450, 100, 60


def sources():
    """All of the source, relative to ROOT; builds, caches and packages are not ours."""
    for path in sorted(ROOT.rglob("*")):
        path = path.relative_to(ROOT)
        foreign = re.match(r"build|\.", path.parts[0]) or "node_modules" in path.parts
        if path.suffix in SOURCE and not foreign:
            yield path


def opening_faults(path, lines):
    """The first line says name and purpose, the licence follows soon."""
    first = lines[1] if lines and lines[0].startswith("#!") else lines[0] if lines else ""
    if not re.match(rf"(/\*|#|//) {re.escape(path.name)} -- \S", first):
        yield 1, f"opens without '{path.name} -- purpose'"
    if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:60]):
        yield 1, "has no SPDX line"


def size_faults(path, lines):
    if len(lines) > MOST_LINES:
        yield len(lines), f"has more than {MOST_LINES} lines"
    for number, line in enumerate(lines, 1):
        if len(line) > MOST_COLUMNS:
            yield number, f"is longer than {MOST_COLUMNS} columns"


def function_faults(path, lines):
    """A function of C begins with a brace in column 1 and ends with one."""
    begin = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            begin = number
        elif line == "}" and begin:
            if number - begin - 1 > MOST_FUNCTION_LINES:
                yield begin, f"begins a function of more than {MOST_FUNCTION_LINES} lines"
            begin = None


def include_faults(path, lines):
    """Shim and analyzer share the format and nothing else."""
    own = path.parts[0]
    foreign = {"preload": r"analyzer/", "analyzer": r"(\.\./)*preload/(?!format/)"}.get(own)
    for number, line in enumerate(lines, 1):
        if foreign and re.match(rf'\s*#\s*include "{foreign}', line):
            yield number, "includes what belongs to the other side"


def waiting_faults(path, lines):
    """A test awaits an event, never an amount of time."""
    for number, line in enumerate(lines, 1):
        if path.parts[0] == "tests" and re.search(r"\b(u|nano)?sleep\s*\(|^\s*sleep\s+\d", line):
            yield number, "sleeps"


def map_faults():
    """A README with a table maps its folder: each neighbour is in it, by name or stem."""
    for readme in sorted(ROOT.glob("*/**/README.md")):
        folder, text = readme.parent, readme.read_text()
        inside = folder.relative_to(ROOT)
        if re.match(r"build|\.", inside.parts[0]) or "node_modules" in inside.parts:
            continue
        for path in sorted(folder.iterdir()) if "\n| ---" in text else ():
            known = path.name in UNMAPPED or path.name.startswith(".")
            if not known and not re.search(rf"\b{re.escape(path.stem)}\b", text):
                yield inside / "README.md", f"does not say what {path.name} is"


INCLUDES = {".c": r'\s*#\s*include "([^"]+)"', ".h": r'\s*#\s*include "([^"]+)"',
            ".ts": r".*\bfrom '(\.[^']+)'", ".tsx": r".*\bfrom '(\.[^']+)'"}


def room_of(path):
    """record/, of record/sample.c; options, of options.c."""
    return path.parts[0] if len(path.parts) > 1 else path.stem


def uses(top):
    """(file, number, room of the file, room that it includes from), once an include."""
    for path in sorted(path for path in top.rglob("*") if path.suffix in INCLUDES):
        if "node_modules" in path.parts:
            continue
        inside = path.relative_to(top)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(INCLUDES[path.suffix], line)
            if match and match[1].startswith("."):
                match = (path.parent / match[1]).resolve().relative_to(top)
            elif match:
                match = Path(match[1])
            if match and room_of(match) != room_of(inside):
                yield inside, number, room_of(inside), room_of(match)


def allowed_rooms(readme):
    """The table of a README whose last column is "may use": the rooms by room; None: all."""
    allowed = {}
    for row in readme.read_text().splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        name = re.match(r"`([\w.]+)/?`$", cells[0])
        if row.startswith("|") and name and len(cells) == 3:
            rooms = {Path(used).parts[0] for used in re.findall(r"`([^`]+)`", cells[2])}
            allowed[Path(name[1]).stem] = None if cells[2] == "all" else rooms
    return allowed


def circle_among(edges):
    """The rooms of one circle, or nothing: rooms that use no other are taken away in turn."""
    rest = {room: set(used) for room, used in edges.items()}
    while rest:
        ends = {room for room, used in rest.items() if not used & set(rest)}
        if not ends:
            return sorted(rest)
        for room in ends:
            del rest[room]
    return []


def room_faults():
    """A room uses those that its README lets it use, and rooms form no circle."""
    for folder, everywhere in (("preload", set()), ("analyzer", {"format"}), ("viewer/src", None)):
        top, edges = ROOT / folder, {}
        allowed = {} if everywhere is None else allowed_rooms(top / "README.md")
        for path, number, room, used in uses(top):
            if (top / used).is_dir() or list(top.glob(f"{used}.*")):
                edges.setdefault(room, set()).add(used)
            elif everywhere is None or used not in everywhere:
                continue
            if everywhere is None or allowed.get(room, set()) is None:
                continue
            if used not in allowed.get(room, set()) | everywhere:
                yield f"{folder}/{path}:{number}", f"may not use {used}/, says {folder}/README.md"
        circle = circle_among(edges)
        if circle:
            yield folder, "has a circle among the rooms " + ", ".join(circle)


def faults(path):
    lines = (ROOT / path).read_text().splitlines()
    checks = [opening_faults, size_faults, waiting_faults]
    if path.suffix in C_LIKE:
        checks += [function_faults, include_faults]
    for check in checks:
        for number, text in check(path, lines):
            yield f"{path}:{number}: {text}"


def main():
    found = [fault for path in sources() for fault in faults(path)]
    found += [f"{path}: {text}" for check in (map_faults, room_faults) for path, text in check()]
    print("\n".join(found) or "no faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
