# test_symbolize.py -- Names written into a snapshot travel with it; info says what is missing.
#
# SPDX-License-Identifier: Apache-2.0
import json
import os
import shutil
import sqlite3

import harness

SAMPLE = next((harness.BUILD / "samples").rglob("leak_list"))
SPLIT = """
#include <stdlib.h>
static char *volatile kept;
static inline __attribute__((always_inline)) void keep(void) { kept = malloc(100); }
int main(void) { for (int i = 0; i < 20; i++) keep(); return 0; }
"""


TAILS = """
#include <stdlib.h>
#define ALONE __attribute__((noinline, noclone, noipa))
static void *volatile kept;
static ALONE void *first(size_t n) { return malloc(n); }
static ALONE void *third(size_t n) { return calloc(n, 2); }
static ALONE void *second(size_t n) { return third(n + 1); }
static ALONE void *direct(size_t n) { void *p = malloc(n); kept = p; return p; }
static ALONE void *pointed(size_t n) { return realloc(NULL, n); }
int main(void)
{
    void *(*volatile pointer)(size_t) = pointed;
    kept = first(101);
    kept = second(202);
    kept = direct(303);
    kept = pointer(404);
    return 0;
}
"""


class Symbolized(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.program = self.folder / "leaky"
        self.snapshot = self.folder / "a.db"
        shutil.copy(SAMPLE, self.program)
        harness.must(harness.run([self.program], recorded=True, cwd=self.folder,
                                 HEAPDIFF_OUT="a.db"))

    def heapdiff(self, *arguments):
        """With a cache of its own, which does not know what was asked before."""
        return harness.heapdiff(*arguments, XDG_CACHE_HOME=self.folder / str(os.urandom(4).hex()))

    def own_frames(self, path):
        shown = json.loads(harness.must(self.heapdiff("show", "--format", "json", path)).stdout)
        frames = [frame for site in shown["sites"] for frame in site["stack"]
                  if frame["module"] == str(self.program)]
        keys = ("function", "file", "line", "column", "inlined", "class")
        return [[frame[key] for key in keys] for frame in frames]

    def info(self, path):
        return json.loads(harness.must(self.heapdiff("info", "--format", "json", path)).stdout)

    def own_module(self, path):
        return next(m for m in self.info(path)["modules"] if m["path"] == str(self.program))

    def content(self, path):
        with sqlite3.connect(path) as database:
            return list(database.iterdump())

    def test_names_stay_when_the_program_is_gone(self):
        before = self.own_frames(self.snapshot)
        self.assertTrue(all(line for _, _, line, *_ in before if line is not None))
        self.assertTrue(any(name == "main" for name, *_ in before), before)
        harness.must(self.heapdiff("symbolize", self.snapshot))
        self.program.unlink()
        self.assertEqual(self.own_frames(self.snapshot), before)
        self.assertEqual(self.own_module(self.snapshot)["state"], "gone")

    def test_without_names_a_program_that_is_gone_is_shown_by_its_offsets(self):
        self.program.unlink()
        names = [name for name, *_ in self.own_frames(self.snapshot)]
        self.assertTrue(names and all(name.startswith("leaky+0x") for name in names), names)

    def test_doing_it_twice_changes_nothing(self):
        harness.must(self.heapdiff("symbolize", self.snapshot))
        once = self.content(self.snapshot)
        harness.must(self.heapdiff("symbolize", self.snapshot))
        self.assertEqual(self.content(self.snapshot), once)

    def test_a_machine_that_knows_nothing_takes_no_names_away(self):
        harness.must(self.heapdiff("symbolize", self.snapshot))
        once = self.content(self.snapshot)
        self.program.unlink()
        harness.must(self.heapdiff("symbolize", self.snapshot))
        self.assertEqual(self.content(self.snapshot), once)

    def test_another_file_is_written_when_it_is_asked_for(self):
        before = self.snapshot.read_bytes()
        other = self.folder / "b.db"
        harness.must(self.heapdiff("symbolize", "-o", other, self.snapshot))
        self.assertEqual(self.snapshot.read_bytes(), before)
        self.assertGreater(len(self.content(other)), len(self.content(self.snapshot)))
        self.assertEqual({path.name for path in self.folder.glob("*.db*")}, {"a.db", "b.db"})

    def test_what_cannot_be_written_is_said_and_nothing_is_left(self):
        before = self.snapshot.read_bytes()
        result = self.heapdiff("symbolize", "-o", self.folder / "nowhere" / "b.db", self.snapshot)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("cannot write", result.stderr)
        result = harness.run(["sh", "-c", f'ulimit -f 8; trap "" XFSZ; "{harness.COMMAND}" '
                              f'symbolize "{self.snapshot}"'], XDG_CACHE_HOME=self.folder / "cache")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("cannot write", result.stderr)
        self.assertEqual(self.snapshot.read_bytes(), before)
        self.assertEqual({path.name for path in self.folder.glob("*.db*")}, {"a.db"})

    def test_triggers_of_an_untrusted_snapshot_do_not_run(self):
        with sqlite3.connect(self.snapshot) as database:
            database.execute("CREATE TRIGGER evil AFTER INSERT ON symbol BEGIN"
                             " UPDATE snapshot SET label = 'owned'; END")
        harness.must(self.heapdiff("symbolize", self.snapshot))
        self.assertEqual(self.info(self.snapshot)["snapshot"]["label"], "")

    def test_info_counts_names_and_lines_and_says_what_is_missing(self):
        module = self.own_module(self.snapshot)
        self.assertGreater(module["addresses"], 0)
        self.assertGreaterEqual(module["with_lines"], module["addresses"] - 1)  # all but _start
        harness.must(harness.run(["strip", self.program]))
        module = self.own_module(self.snapshot)
        self.assertEqual(module["with_lines"], 0)
        self.assertIn("-g", module["advice"])
        self.program.unlink()
        self.assertIn("heapdiff symbolize where it is", self.own_module(self.snapshot)["advice"])

    def test_info_says_where_inlined_functions_have_gone(self):
        """-gsplit-dwarf leaves them in a .dwo file beside."""
        (self.folder / "split.c").write_text(SPLIT)
        harness.must(harness.run(["gcc", "-g", "-O2", "-gsplit-dwarf", "-o", self.program,
                                  "split.c"], cwd=self.folder))
        harness.must(harness.run([self.program], recorded=True, cwd=self.folder,
                                 HEAPDIFF_OUT="split.db"))
        snapshot = self.folder / "split.db"
        self.assertIsNone(self.own_module(snapshot)["advice"])
        for unit in self.folder.glob("*.dwo"):
            unit.unlink()
        self.assertIn(".dwo files that are gone", self.own_module(snapshot)["advice"])
        (self.folder / "leaky.dwp").touch()
        self.assertIn("in the .dwp file", self.own_module(snapshot)["advice"])

    def test_info_in_words_has_the_same_numbers(self):
        module = self.own_module(self.snapshot)
        text = harness.must(self.heapdiff("info", self.snapshot)).stdout
        self.assertRegex(text, rf"\n  leaky +{module['addresses']} +\d+\.\d% +\d+\.\d%\n")
        self.assertIn("every allocation", text)
        self.assertRegex(text, r"stacks with allocations, 0 of them cut short")


class TailCalls(harness.TestCase):
    def test_what_the_caller_called_directly_is_named_and_nothing_else(self):
        (self.folder / "tails.c").write_text(TAILS)
        for level, wanted in (("-O2", {"first": True, "second": True, "direct": False}),
                              ("-O0", {"first": False, "second": False, "third": False,
                                       "direct": False, "pointed": False})):
            harness.must(harness.run(["cc", "-g", level, "-o", "tails", "tails.c"],
                                     cwd=self.folder))
            harness.must(harness.run(["./tails"], recorded=True, cwd=self.folder,
                                     HEAPDIFF_OUT=f"{level}.db"))
            shown = json.loads(harness.must(harness.heapdiff(
                "show", "--format", "json", "-n", 100, self.folder / f"{level}.db")).stdout)
            found = {frame["function"]: frame.get("tail_call", False)
                     for site in shown["sites"] for frame in site["stack"]
                     if frame["module"] == str(self.folder / "tails")}
            for start in ("main", "_start"):
                self.assertFalse(found.pop(start))
            self.assertEqual(found, wanted, level)


if __name__ == "__main__":
    harness.main()
