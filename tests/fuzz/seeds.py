#!/usr/bin/env python3
# seeds.py -- Makes the files that the fuzzers begin with.
#
# SPDX-License-Identifier: Apache-2.0
"""seeds.py FOLDER: writes FOLDER/TARGET/NAME for every target."""
import json
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FORMAT = HERE.parents[1] / "preload" / "format"

MAP, DUMP = b"\1", b"\0"  # the first byte of an input of jitnames.c


def perf_map():
    lines = ["1000 20 JS:~f /app/a.js:1:2", "1040 10 Builtin:Call", "1000 20 JS:*f /app/a.js:1:2",
             "1080 100 void Main.run(int, long)", "1100 8 py::run:/app/a.py", "7fff00000000 1 end"]
    return MAP + "".join(f"{line}\n" for line in lines).encode()


def record(kind, body, time):
    return struct.pack("<IIQ", kind, 16 + len(body), time) + body


def load(time, address, size, index, name):
    fixed = struct.pack("<IIQQQQ", 7, 7, address, address, size, index)
    return record(0, fixed + name + b"\0" + b"\x90" * size, time)


def move(time, old, new, size, index):
    return record(1, struct.pack("<IIQQQQQ", 7, 7, old, old, new, size, index), time)


def lines(address, line, name):
    rows = struct.pack("<Qii", address, line, 0) + name + b"\0"
    rows += struct.pack("<Qii", address + 16, line + 1, 0) + b"\xff\0"
    return record(2, struct.pack("<QQ", address, 2) + rows, 0)


def jitdump(flags):
    header = struct.pack("<IIIIIIQQ", 0x4A695444, 1, 40, 62, 0, 7, 0, flags)
    return DUMP + header + b"".join([
        lines(0x1000, 41, b"/app/Main.java"), load(100, 0x1000, 64, 1, b"Main.run"),
        load(120, 0x1040, 32, 2, b"JS:*f /app/a.js:1:2"), move(130, 0x1000, 0x1080, 64, 1),
        record(4, b"\0" * 24, 140), load(200, 0x1000, 16, 3, b"Main.again")])


def snapshot():
    """base.sql as a file, of small pages: changes shall meet what they hold."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        database = sqlite3.connect(path)
        database.execute("PRAGMA page_size = 512")
        database.executescript((FORMAT / "schema.sql").read_text())
        database.executescript((HERE / "base.sql").read_text())
        database.close()
        return path.read_bytes()


def page(asked, answered, flags, label, path, error, text):
    head = struct.pack("<QIIIIII", 0x3143464646494448, 1, 77, asked, answered, 3, flags)
    body = label.ljust(128, b"\0") + path.ljust(4096, b"\0") + struct.pack("<i", error)
    return head + body + b"/tmp/a.db".ljust(4096, b"\0") + text.ljust(512, b"\0")


def frames():
    """One CIE, two FDEs and their table, as a compiler and a linker write them."""
    def entry(body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<I", len(body)) + body
    table_size = 12 + 2 * 8
    cie = entry(struct.pack("<IB", 0, 1) + b"zR\0\x01\x78\x10\x01\x1b\x0c\x07\x08\x90\x01")
    parts, rows, at = [cie], [], table_size + len(cie)
    program = b"\0\x41\x0e\x10\x86\x02\x43\x0d\x06\x60\x0c\x07\x08"
    for start in (0x100, 0x180):
        body = struct.pack("<Iii", at + 4 - table_size, start - (at + 8), 0x80) + program
        rows.append(struct.pack("<ii", start, at))
        parts.append(entry(body))
        at += len(parts[-1])
    table = bytes([1, 0x1b, 3, 0x3b]) + struct.pack("<iI", 24, 2) + b"".join(rows)
    return b"\0\0" + (table + b"".join(parts)).ljust(0x200, b"\0")


def program():
    """A small program with line tables; what is no code is small, so that changes meet the rest."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "a.c", Path(folder) / "a.so"
        source.write_text("static inline int twice(int a) { return a * 2; }\n"
                          "int first(int a);\nint first(int a) { return twice(a) + 1; }\n"
                          "int second(int *a);\n"
                          "int second(int *a) { return first(*a) + twice(3); }\n")
        subprocess.run([os.environ.get("CC", "cc"), "-g", "-O2", "-shared", "-fPIC", "-nostdlib",
                        "-Wl,--build-id=none", "-Wl,-z,noseparate-code", "-gz=none", source,
                        "-o", made], check=True)
        return made.read_bytes()


HEAP_TYPES = ["hidden", "array", "string", "object", "code", "closure", "regexp", "number",
              "native", "synthetic", "concatenated string", "sliced string"]
EDGE_TYPES = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"]


def heap(scopes):
    """A heap snapshot with something of everything that has rules of its own."""
    strings = ["<dummy>", "", "(GC roots)", "Map", "sessions", "table", "Session", "id", "name",
               "Object", "system / Context", "handle", "context", "shared", "script", "/srv/a.js",
               "1 / part of key (A @9) -> value (B @11) pair in WeakMap (table @7)",
               "2 / part of key (A @9) -> value (B @11) pair in WeakMap (table @7)", "first",
               "second", "x\u00e9\"\n", "Detached <div a>", "<div b=1>", "system / ScopeInfo",
               "system / Script / b.js", "system / SharedFunctionInfo", "scope_info", "scope_id",
               "int", "value", "7", "name_or_scope_info", "previous", "(map descriptors)"]
    at = {text: number for number, text in enumerate(strings)}
    nodes, edges, counts = [], [], []

    def node(kind, name, size=16, state=0):
        nodes.append([HEAP_TYPES.index(kind), at[name], 2 * len(nodes) + 1, size, 0, state])
        counts.append([])
        return len(nodes) - 1

    def edge(source, kind, name, target):
        name = name if isinstance(name, int) else at[name]
        counts[source].append([EDGE_TYPES.index(kind), name, target * 6])

    root, roots = node("synthetic", "", 0), node("synthetic", "(GC roots)", 0)
    table, key, value = node("array", ""), node("object", "Session"), node("object", "Object")
    closure, context = node("closure", "handle"), node("object", "system / Context")
    shared, script = node("code", "system / SharedFunctionInfo"), node("code", "/srv/a.js")
    info, number = node("hidden", "system / ScopeInfo"), node("number", "int", 0)
    seven, other = node("string", "7"), node("code", "system / Script / b.js")
    all_, plain = node("object", "Map"), [node("object", "Object") for _ in range(3)]
    texts = [node("string", "x\u00e9\"\n") for _ in range(2)]
    joined = node("concatenated string", "", 32)
    div, detached = node("native", "<div b=1>", 40, 2), node("native", "Detached <div a>", 8, 1)
    descriptors = node("array", "(map descriptors)")
    for number_, target in enumerate([roots, closure, div]):
        edge(root, "shortcut" if target == closure else "element", number_ + 1, target)
    edge(roots, "element", 1, context)
    edge(closure, "internal", "context", context)
    edge(closure, "internal", "shared", shared)
    edge(shared, "internal", "script", other if scopes else script)
    edge(shared, "internal", "name_or_scope_info", info)
    edge(shared, "internal", "scope_id", number)
    edge(info, "internal", "scope_id", number)
    edge(number, "internal", "value", seven)
    edge(context, "context", "sessions", all_)
    edge(context, "context", "id", key)
    edge(context, "internal", "scope_info", info)
    edge(all_, "internal", "table", table)
    edge(table, "internal", "1 / part of key (A @9) -> value (B @11) pair in WeakMap (table @7)",
         value)
    edge(key, "internal", "2 / part of key (A @9) -> value (B @11) pair in WeakMap (table @7)",
         value)
    for number_, target in enumerate([key, *plain, *texts, joined]):
        edge(table, "hidden", number_, target)
    for one in plain:
        edge(one, "property", "id", key)
        edge(one, "property", "name", texts[0])
    edge(joined, "internal", "first", texts[0])
    edge(joined, "internal", "second", texts[1])
    edge(div, "internal", "value", detached)
    edge(div, "weak", "value", root)
    edge(detached, "element", 4, descriptors)
    edge(descriptors, "element", 4, detached)
    for one, count in zip(nodes, counts):
        one[4] = len(count)
        edges += count
    meta = {"node_fields": ["type", "name", "id", "self_size", "edge_count", "detachedness"],
            "node_types": [HEAP_TYPES], "edge_fields": ["type", "name_or_index", "to_node"],
            "edge_types": [EDGE_TYPES, "string_or_number", "node"],
            "location_fields": ["object_index", "script_id", "line", "column"]}
    more = {}
    if scopes:
        meta |= {"scope_fields": ["script_node_index", "scope_id", "depth",
                                  "scope_context_vars_count", "scope_uses_count"],
                 "scope_context_var_fields": ["name"],
                 "scope_use_fields": ["declaring_scope_id", "slot_index"]}
        more = {"scopes": [other * 6, -2, 0, 0, 0, other * 6, 7, 1, 2, 1],
                "scope_context_vars": [at["sessions"], at["id"]], "scope_uses": [7, 0]}
    whole = {"snapshot": {"meta": meta, "node_count": len(nodes), "edge_count": len(edges)},
             "nodes": sum(nodes, []), "edges": sum(edges, []),
             "locations": [closure * 6, 5, 11, 3, key * 6, 5, 1, 1], **more, "strings": strings}
    return json.dumps(whole, separators=(",", ":")).encode()


def first_lines(path, count):
    return "\n".join((HERE.parents[1] / path).read_text().split("\n")[:count]).encode()


SNAPSHOT = snapshot()
CHANGES = bytes([1, 3, 2, 1, 3, 5]) + b"a\xff\"b\x1b" + bytes([9, 4, 3, 2, 4, 0, 6, 4, 2, 0])
TARGETS = {
    "jitnames": {"map": perf_map(), "dump": jitdump(0), "dump-clock": jitdump(1)},
    "request": {"asked": page(4, 3, 7, b"label", b"/tmp/x.db", 0, b""),
                "cancelled": page(4, 3, 1 << 16, b"../a\nb", b"", 0, b"")},
    "answer": {"taken": page(4, 4, 1, b"label", b"/tmp/x.db", 0, b"no\x1b garbage"),
               "refused": page(4, 4, 0, b"", b"", 13, b"cannot write\n there: \xff")},
    "cfi": {"frames": frames()},
    "snapshot": {name: bytes([number]) + SNAPSHOT for name, number in
                 (("text", 0), ("json", 0x82), ("page", 5), ("profile", 10))},
    "rows": {name: bytes([number]) + CHANGES for name, number in
             (("text", 0x81), ("json", 2), ("page", 0x85), ("export", 8))},
    "elf": {"program": program()},
    "heap": {"node": heap(False), "page": heap(True)},
    "source_map": {
        "map": b'{"version":3,"sourceRoot":"a","sources":["../a.ts","webpack://x/./b.ts"],'
               b'"names":["keep"],"mappings":"AAAA,IACEA;;A,ECDF"}',
        "sections": b'{"sections":[{"offset":{"line":0,"column":9},"map":{"sources":["a"],'
                    b'"names":[],"mappings":"AAAA"}}]}',
        "code": "function a(b){}let c=a=>\u00e9\n//# sourceMappingURL=a.js.map\n".encode(),
        "data": b"data:application/json;base64,eyJtYXBwaW5ncyI6IkFBQUEifQ=="},
    "texts": {"suppressions": b"\0# known\nsite cache_*\nframe *Grow\nfile /srv/a.c\n",
              "baseline": b"\1# accepted\n4096\tmalloc\tmain\tmain.c\n77\tbuffer\tf\t-\n",
              "rules": b"\2" + first_lines("analyzer/rules/default.rules", 40),
              "v8": b"\3JS:*handle file:///srv/app.js:10:5", "jvm": b"\3void Main.run(int, long)",
              "python": b"\3py::run:/srv/a.py:12",
              "cpp": b"\3_ZNSt6vectorIiSaIiEE9push_backEOi",
              "rust": b"\3_RNvCskwGfYPst2Cb_3foo16example_function"}}


def main():
    for target, seeds in TARGETS.items():
        folder = Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, seed in seeds.items():
            (folder / name).write_bytes(seed)


if __name__ == "__main__":
    main()
