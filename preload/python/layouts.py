#!/usr/bin/env python3
# layouts.py -- Makes layouts.def from the headers of CPython's versions, or checks it.
#
# SPDX-License-Identifier: Apache-2.0
"""layouts.py INCLUDE... > layouts.def: one folder with Python.h for each minor version, such as
/usr/include/python3.11 (Debian's python3.11-dev) or ~/.pyenv/versions/3.12.1/include/python3.12.

layouts.py --check: compares with each version whose headers are on this machine; exit 77 without.

A program that includes the headers prints the offsets of the members named below. A new version
needs a look at each of them: a member may have the same name and another meaning. From 3.13 on the
process says the offsets itself (_Py_DebugOffsets), and only their places in that structure are
taken from the headers."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TABLE = Path(__file__).with_name("layouts.def")
HEAD = """/* layouts.def -- Offsets in the structures of CPython's versions; made by layouts.py.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
"""
FIRST_WITH_DEBUG_OFFSETS = (3, 13)
HEADERS = {
    (3, 9): ["frameobject.h", "internal/pycore_runtime.h"],
    (3, 10): ["frameobject.h", "internal/pycore_runtime.h"],
    (3, 11): ["internal/pycore_frame.h", "internal/pycore_runtime.h"],
    (3, 12): ["internal/pycore_frame.h", "internal/pycore_runtime.h"],
    (3, 13): ["internal/pycore_frame.h", "internal/pycore_runtime.h"],
}

# What preload/python/cpython.h takes for the same in all versions.
FIXED = {
    "offsetof(PyObject, ob_type)": 8,
    "offsetof(PyVarObject, ob_size)": 16,
    "offsetof(PyASCIIObject, length)": 16,
    "offsetof(PyASCIIObject, hash)": 24,
    "offsetof(PyASCIIObject, state)": 32,
    "offsetof(PyBytesObject, ob_sval)": 32,
}
FIXED_SINCE_3_12 = {"FRAME_OWNED_BY_CSTACK": 3}

# Field of struct layout: (first version, expression; None: nothing of the kind), newest first.
OLD_FRAME, FRAME = "PyFrameObject", "_PyInterpreterFrame"
FIELDS = {
    "runtime_finalizing": [((3, 9), "offsetof(_PyRuntimeState, _finalizing)")],
    "state_thread": [((3, 9), "offsetof(PyThreadState, thread_id)")],
    "state_cframe": [((3, 10), "offsetof(PyThreadState, cframe)")],
    "state_frame": [((3, 11), None), ((3, 9), "offsetof(PyThreadState, frame)")],
    "cframe_frame": [((3, 11), "offsetof(_PyCFrame, current_frame)")],
    "cframe_previous": [((3, 11), "offsetof(_PyCFrame, previous)"),
                        ((3, 10), "offsetof(CFrame, previous)")],
    "frame_previous": [((3, 11), f"offsetof({FRAME}, previous)"),
                       ((3, 9), f"offsetof({OLD_FRAME}, f_back)")],
    "frame_code": [((3, 11), f"offsetof({FRAME}, f_code)"),
                   ((3, 9), f"offsetof({OLD_FRAME}, f_code)")],
    "frame_instruction": [((3, 11), f"offsetof({FRAME}, prev_instr)"),
                          ((3, 9), f"offsetof({OLD_FRAME}, f_lasti)")],
    "frame_owner": [((3, 12), f"offsetof({FRAME}, owner)")],
    "code_first_line": [((3, 9), "offsetof(PyCodeObject, co_firstlineno)")],
    "code_file": [((3, 9), "offsetof(PyCodeObject, co_filename)")],
    "code_name": [((3, 11), "offsetof(PyCodeObject, co_qualname)"),
                  ((3, 9), "offsetof(PyCodeObject, co_name)")],
    "code_lines": [((3, 10), "offsetof(PyCodeObject, co_linetable)"),
                   ((3, 9), "offsetof(PyCodeObject, co_lnotab)")],
    "code_instructions": [((3, 11), "offsetof(PyCodeObject, co_code_adaptive)")],
    "text_ascii": [((3, 9), "sizeof(PyASCIIObject)")],
    "text_other": [((3, 9), "sizeof(PyCompactUnicodeObject)")],
}

# Field of struct layout_places: member of _Py_DebugOffsets.
PLACES = {
    "free_threaded": "free_threaded",
    "object_type": "pyobject.ob_type",
    "bytes": "bytes_object.ob_sval",
    "text_length": "unicode_object.length",
    "text_state": "unicode_object.state",
    "runtime_finalizing": "runtime_state.finalizing",
    "state_thread": "thread_state.thread_id",
    "state_frame": "thread_state.current_frame",
    "frame_previous": "interpreter_frame.previous",
    "frame_code": "interpreter_frame.executable",
    "frame_instruction": "interpreter_frame.instr_ptr",
    "frame_owner": "interpreter_frame.owner",
    "code_first_line": "code_object.firstlineno",
    "code_file": "code_object.filename",
    "code_name": "code_object.qualname",
    "code_lines": "code_object.linetable",
    "code_instructions": "code_object.co_code_adaptive",
    "text_ascii": "unicode_object.asciiobject_size",
}


def release_of(include):
    """"3.12.1", of a folder with Python.h."""
    text = (include / "patchlevel.h").read_text()
    return re.search(r'#define PY_VERSION\s+"([\d.]+)', text)[1]


def newest(rows, version):
    """The expression for a version; None when it has nothing of the kind."""
    return next((expression for since, expression in rows if since <= version), None)


def expressions(version):
    """[(field, expression)], in the order of the row."""
    if version < FIRST_WITH_DEBUG_OFFSETS:
        rows = [(field, newest(rows, version)) for field, rows in FIELDS.items()]
    else:
        rows = [("size", "sizeof(struct _Py_DebugOffsets)")]
        rows += [(field, f"offsetof(struct _Py_DebugOffsets, {member})")
                 for field, member in PLACES.items()]
    return [(field, expression) for field, expression in rows if expression]


def source_of(version, rows):
    """The program that prints the figures, a line each."""
    fixed = dict(FIXED) | (FIXED_SINCE_3_12 if version >= (3, 12) else {})
    checks = [f"_Static_assert({expression} == {value}, \"\");"
              for expression, value in fixed.items()]
    if version >= FIRST_WITH_DEBUG_OFFSETS:
        checks.append('_Static_assert(offsetof(_PyRuntimeState, debug_offsets) == 0, "");')
    return "\n".join(
        ["#define Py_BUILD_CORE 1", "#include <Python.h>", "#include <stddef.h>"] +
        [f'#include "{header}"' for header in HEADERS[version]] + checks + ["int main(void)", "{"] +
        [f'    printf("%zu\\n", (size_t){expression});' for _, expression in rows] + ["}", ""])


def figures(include, source):
    """What the program prints when it is compiled with these headers."""
    with tempfile.TemporaryDirectory() as scratch:
        program = Path(scratch) / "offsets"
        subprocess.run(["cc", "-w", "-x", "c", "-", "-o", program, f"-I{include}",
                        f"-I{include / 'internal'}"], input=source, text=True, check=True)
        printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return [int(line) for line in printed.split()]


def row_of(include):
    """The text of a version's row in the table, without the comment before it."""
    version = tuple(int(part) for part in release_of(include).split(".")[:2])
    rows = expressions(version)
    macro = "LAYOUT" if version < FIRST_WITH_DEBUG_OFFSETS else "PLACES"
    values = figures(include, source_of(version, rows))
    lines = [f"{macro}(.version = 0x{version[0]:02x}{version[1]:02x}"]
    lines += [f"       .{field} = {value}" for (field, _), value in zip(rows, values, strict=True)]
    return ",\n".join(lines) + ")\n"


def includes_here():
    """The folders on this machine with internal headers of a version that the table has."""
    found = [*Path("/usr/include").glob("python3.*"),
             *Path.home().glob(".pyenv/versions/*/include/python3.*")]
    wanted = {f"{major}.{minor}" for major, minor in HEADERS}
    return [include for include in sorted(found)
            if (include / "internal" / "pycore_runtime.h").exists() and
            release_of(include).rpartition(".")[0] in wanted]


def check():
    table, includes = TABLE.read_text(), includes_here()
    wrong = [release_of(include) for include in includes if row_of(include) not in table]
    for release in wrong:
        print(f"{TABLE.name} is not as the headers of {release} say")
    return 1 if wrong else 0 if includes else 77


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    includes = sorted(map(Path, sys.argv[1:]),
                      key=lambda path: [int(part) for part in release_of(path).split(".")])
    print(HEAD + "".join(f"\n/* {release_of(include)} */\n{row_of(include)}"
                         for include in includes), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
