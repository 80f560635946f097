#!/usr/bin/env python3
# test_golden.py -- Names and lines in one small program, built in every way that changes how they
# are found.
#
# SPDX-License-Identifier: Apache-2.0
"""What is expected comes from golden.cpp itself; skips say which tool is missing."""
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from asking import ask, build_id, run, sections

SOURCE = Path(__file__).with_name("golden.cpp")
MARKS = {mark: number for number, line in enumerate(SOURCE.read_text().splitlines(), 1)
         for mark in re.findall(r"// mark: (\w+)", line)}
CHAIN = [("shop::Cart<int>::add", MARKS["add"]), ("shop::fill", MARKS["fill"]),
         ("shop::checkout", MARKS["checkout"])]
LOCAL = """
#include <cstdlib>
namespace {
template <typename Item> struct Cart {
    void *kept;
    __attribute__((always_inline)) void add(Item n) { kept = std::malloc(n); }
};
inline __attribute__((always_inline)) void fill(Cart<int> &cart, int n) { cart.add(n); }
__attribute__((noinline)) void *pay(int n)
{
    Cart<int> cart;
    fill(cart, n);
    return cart.kept;
}
}
int main(int n, char **) { return pay(n) == nullptr; }
"""


class Golden(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="heapdiff-golden.")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def build(self, *flags, compiler="g++", source=SOURCE):
        if not shutil.which(compiler):
            self.skipTest(f"{compiler} is not installed")
        program = self.folder / "golden"
        run(compiler, "-g", "-Wl,--build-id", *flags, source, "-o", program, cwd=self.folder)
        return program

    def stack(self, program):
        """The addresses of checkout, pay and main: callers of print_stack."""
        return [int(line, 16) for line in run(program).split()][1:4]

    def expect(self, module, addresses, *options, **more):
        """All functions and lines."""
        answer = ask(module, addresses, *options, **more)
        frames = [answer.frames[address] for address in addresses]
        named = [[(function, line) for function, _, line, _ in frame] for frame in frames]
        self.assertEqual(named, [CHAIN, [("pay", MARKS["pay"])], [("main", MARKS["main"])]])
        for frame in frames:
            self.assertTrue(all(Path(file) == SOURCE for _, file, _, _ in frame), frame)
        return answer

    def expect_functions(self, module, addresses, *options, **more):
        """What a symbol table knows."""
        answer = ask(module, addresses, *options, **more)
        named = [answer.frames[address] for address in addresses]
        self.assertEqual(named, [[(function, "??", 0, 0)]
                                 for function in ("shop::checkout", "pay", "main")])
        return answer

    def expect_nothing(self, module, addresses, *options, **more):
        answer = ask(module, addresses, *options, **more)
        self.assertEqual(list(answer.frames.values()), [[]] * len(addresses))
        return answer

    def test_every_compiler_and_level(self):
        for compiler in filter(shutil.which, ("g++", "clang++")):
            for level in ("-O0", "-O1", "-O2", "-O3"):
                with self.subTest(compiler=compiler, level=level):
                    program = self.build(level, compiler=compiler)
                    self.expect(program, self.stack(program))

    def test_every_form_of_debug_information(self):
        forms = (["-gdwarf-2"], ["-gdwarf-3"], ["-gdwarf-3", "-gstrict-dwarf"],
                 ["-gdwarf-4"], ["-gdwarf-5"], ["-gz=zlib"], ["-gz=zlib-gnu"], ["-flto"],
                 ["-ffunction-sections"], ["-gdwarf64"])
        for form in forms:
            with self.subTest(form=form):
                program = self.build("-O2", *form)
                self.expect(program, self.stack(program))

    def test_functions_without_a_mangled_name_have_class_and_namespace(self):
        """GCC gives none to what no other file can call; after -flto they lie in another unit."""
        source = self.folder / "local.cpp"
        source.write_text(LOCAL)
        expected = {f"(anonymous namespace)::{name}" for name in ("Cart<int>::add", "fill", "pay")}
        for compiler, flags in (("g++", []), ("g++", ["-flto"]), ("g++", ["-gdwarf-4"]),
                                ("g++", ["-gsplit-dwarf"]), ("clang++", [])):
            if shutil.which(compiler):
                with self.subTest(compiler=compiler, flags=flags):
                    program = self.build("-O2", *flags, compiler=compiler, source=source)
                    start, size = sections(program)[".text"]
                    frames = ask(program, range(start, start + size)).frames.values()
                    names = {name for frame in frames for name, *_ in frame}
                    self.assertLessEqual(expected, names)
                    self.assertFalse(names & {"add", "fill", "pay"})

    def test_what_strict_dwarf_2_cannot_say_is_not_made_up(self):
        """It has no words for where an inlined function was called."""
        for compiler in filter(shutil.which, ("g++", "clang++")):
            with self.subTest(compiler=compiler):
                program = self.build("-O2", "-gdwarf-2", "-gstrict-dwarf", compiler=compiler)
                addresses = self.stack(program)
                frames = ask(program, addresses).frames
                names = [function for function, *_ in frames[addresses[0]]]
                self.assertIn(names, [["shop::checkout"], [name for name, _ in CHAIN]])
                self.assertEqual(frames[addresses[0]][0][2], MARKS["add"])
                for _, file, line, _ in frames[addresses[0]][1:]:
                    self.assertEqual((file, line), ("??", 0))
                self.assertEqual([frames[address][0][::2] for address in addresses[1:]],
                                 [("pay", MARKS["pay"]), ("main", MARKS["main"])])

    def test_a_program_that_was_moved_after_its_debug_file_was_made(self):
        """As prelink does it: all addresses differ by the same number."""
        moved = 0x7000000
        program = self.build("-O2")
        addresses, target = self.stack(program), self.by_build_id(program)
        self.separate(program, target)
        run("objcopy", f"--change-addresses={moved:#x}", program)
        options = ("--debug-dir", self.folder / "debug")
        self.expect(program, [address + moved for address in addresses], *options)
        self.expect_nothing(program, addresses, *options)

    def test_every_layout_of_the_program(self):
        layouts = (["-no-pie", "-fno-pie"], ["-pie", "-fpie"], ["-static"], ["-static-pie"],
                   ["-Wl,-z,separate-code"], ["-Wl,-z,noseparate-code"], ["-Wl,-z,now"],
                   ["-fuse-ld=gold"], ["-Wl,-Ttext-segment=0x7000000", "-no-pie"],
                   ["-Wl,-Ttext-segment=0x7000000", "-pie", "-fpie"])
        for layout in layouts:
            with self.subTest(layout=layout):
                program = self.build("-O2", *layout)
                self.expect(program, self.stack(program))

    def test_split_debug_information(self):
        for version in ("-gdwarf-4", "-gdwarf-5"):
            with self.subTest(version=version):
                program = self.build("-O2", "-gsplit-dwarf", version)
                addresses = self.stack(program)
                self.assertTrue(list(self.folder.glob("*.dwo")))
                self.expect(program, addresses)
                for unit in self.folder.glob("*.dwo"):
                    unit.unlink()
                self.expect_skeleton(program, addresses)

    def expect_skeleton(self, program, addresses):
        """The function from the symbol table, the line of what was inlined."""
        answer = ask(program, addresses)
        self.assertEqual([[(f, line) for f, _, line, _ in frames]
                          for frames in answer.frames.values()],
                         [[("shop::checkout", MARKS["add"])], [("pay", MARKS["pay"])],
                          [("main", MARKS["main"])]])
        self.assertIn("unsplit", answer.holds)

    def test_split_debug_information_in_a_package(self):
        """Read by newer releases of libdw; for others it is as if it were not there."""
        made = 0
        for tool, version in (("dwp", 4), ("llvm-dwp", 4), ("llvm-dwp", 5)):
            if not shutil.which(tool):
                continue
            with self.subTest(tool=tool, version=version):
                program = self.build("-O2", "-gsplit-dwarf", f"-gdwarf-{version}")
                addresses = self.stack(program)
                run(tool, "-e", program, "-o", f"{program}.dwp", cwd=self.folder)
                for unit in self.folder.glob("*.dwo"):
                    unit.unlink()
                made += 1
                if "unsplit" in ask(program, addresses).holds:
                    self.expect_skeleton(program, addresses)
                else:
                    self.expect(program, addresses)
        if not made:
            self.skipTest("neither dwp nor llvm-dwp is installed")

    def test_only_a_symbol_table(self):
        program = self.build("-O2", "-s")
        addresses = self.stack(program)
        self.expect_nothing(program, addresses)
        program = self.build("-O2", "-g0")
        self.expect_functions(program, self.stack(program))

    def test_only_exported_functions(self):
        program = self.build("-O2", "-s", "-rdynamic")
        self.expect_functions(program, self.stack(program))

    def test_a_compressed_symbol_table_in_a_section(self):
        """.gnu_debugdata, as Fedora's programs have it."""
        if not shutil.which("xz"):
            self.skipTest("xz is not installed")
        program = self.build("-O2", "-g0")
        addresses, mini = self.stack(program), self.folder / "mini"
        run("objcopy", "-S", "--remove-section=.comment", "--keep-symbol=main", "--keep-symbol=pay",
            "--keep-symbol=_ZN4shop8checkoutEi", "--only-keep-debug", program, mini)
        run("objcopy", "--only-keep-debug", program, mini)
        run("xz", "-k", mini)
        run("objcopy", "-S", "--add-section", f".gnu_debugdata={mini}.xz", program)
        mini.unlink()
        self.assertIn("table", self.expect_functions(program, addresses).holds)

    def separate(self, program, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        run("objcopy", "--only-keep-debug", program, target)
        run("objcopy", "--strip-all", program)

    def by_build_id(self, program, folder="debug"):
        identity = build_id(program)
        return self.folder / folder / ".build-id" / identity[:2] / f"{identity[2:]}.debug"

    def test_a_debug_file_by_build_id(self):
        program = self.build("-O2")
        addresses, target = self.stack(program), self.by_build_id(program)
        self.separate(program, target)
        self.expect_nothing(program, addresses)
        folders = f"/nowhere:{self.folder}/debug"
        answer = self.expect(program, addresses, "--debug-dir", folders)
        self.assertEqual(answer.debug_file, str(target))

    def test_a_debug_file_by_link(self):
        for place in (".", ".debug", "debug", f"debug{self.folder}"):
            with self.subTest(place=place):
                program = self.build("-O2")
                addresses, target = self.stack(program), self.folder / place / "golden.debug"
                self.separate(program, target)
                run("objcopy", f"--add-gnu-debuglink={target}", program)
                self.expect(program, addresses, "--debug-dir", self.folder / "debug")
                target.unlink()

    def test_a_debug_file_of_another_build_is_not_taken(self):
        program = self.build("-O2")
        addresses, other = self.stack(program), self.folder / "golden.debug"
        shutil.copy(program, self.folder / "kept")
        program = self.build("-O2", "-DOTHER=1", "-ffunction-sections")
        self.separate(program, other)
        kept = self.folder / "kept"
        run("objcopy", "--strip-all", f"--add-gnu-debuglink={other}", kept)
        self.assertNotEqual(build_id(kept), build_id(other))
        self.expect_nothing(kept, addresses)

    def test_debug_files_that_share_a_third(self):
        if not shutil.which("dwz"):
            self.skipTest("dwz is not installed")
        program = self.build("-O2", "-gdwarf-4")
        addresses = self.stack(program)
        target, twin = self.by_build_id(program), self.folder / "twin.debug"
        self.separate(program, target)
        shutil.copy(target, twin)
        shared = self.folder / "debug/.dwz/shared.debug"
        shared.parent.mkdir()
        run("dwz", "-m", shared, "-M", "/usr/lib/debug/.dwz/shared.debug", target, twin)
        self.assertIn(".gnu_debugaltlink", sections(target))
        self.expect(program, addresses, "--debug-dir", self.folder / "debug")
        shared.unlink()  # then something is not known, but nothing is wrong
        answer = ask(program, addresses, "--debug-dir", self.folder / "debug")
        names = {function for frame in answer.frames.values() for function, *_ in frame}
        self.assertLessEqual(names, {name for name, _ in CHAIN} | {"pay", "main", "??"})

    def test_a_program_that_is_gone_is_found_by_build_id(self):
        program = self.build("-O2")
        addresses, identity = self.stack(program), build_id(program)
        target = self.by_build_id(program)
        self.separate(program, target)
        program.unlink()
        self.assertEqual(self.expect_nothing(program, addresses, identity=identity).state, "gone")
        self.expect(program, addresses, "--debug-dir", self.folder / "debug", identity=identity)

    def test_a_program_that_was_rebuilt_has_no_names(self):
        program = self.build("-O2")
        addresses, identity = self.stack(program), build_id(program)
        self.build("-O1")
        answer = self.expect_nothing(program, addresses, identity=identity)
        self.assertEqual(answer.state, "changed")

    def test_a_program_in_another_root_is_found_through_its_process(self):
        program = self.build("-O2")
        addresses, identity = self.stack(program), build_id(program)
        hidden = Path(str(program).lstrip("/"))
        self.assertTrue(Path("/proc/self/root", hidden).exists())
        answer = self.expect(program, addresses, "--pid", os.getpid(), identity=identity)
        self.assertEqual(answer.file, str(program))
        other = self.folder / "root"
        (other / hidden).parent.mkdir(parents=True)
        program.rename(other / hidden)
        if os.geteuid() != 0:
            self.skipTest("only root may give a process another root")
        inside = subprocess_in_root(other)
        self.addCleanup(inside.communicate)
        answer = self.expect(program, addresses, "--pid", inside.pid, identity=identity)
        self.assertEqual(answer.file, f"/proc/{inside.pid}/root{program}")

    def test_without_a_build_id_only_an_unchanged_file_is_trusted(self):
        program = self.build("-O2", "-Wl,--build-id=none")
        self.assertIsNone(build_id(program))
        addresses, now = self.stack(program), time.time_ns() + 10**9
        self.expect(program, addresses, "--time", now)
        self.expect(program, addresses, "--time", now, "--span", span(program))
        self.expect_nothing(program, addresses, "--time", now, "--span", span(program) + 4096)
        self.expect_nothing(program, addresses, "--time", now - 10**13)
        self.expect_nothing(program, addresses)  # recorded elsewhere
        os.utime(program, (0, 0))  # a program installed later may be dated earlier
        self.expect_nothing(program, addresses, "--time", now - 10**13)


def span(program):
    """Bytes from the lowest to the highest page of the loaded segments."""
    loads = re.findall(r"^ +LOAD +\S+ (\S+) \S+ \S+ (\S+)", run("readelf", "-lW", program), re.M)
    starts = [int(start, 16) & ~4095 for start, _ in loads]
    ends = [(int(start, 16) + int(size, 16) + 4095) & ~4095 for start, size in loads]
    return max(ends) - min(starts)


def subprocess_in_root(root):
    """A process whose root is ROOT; it ends when its input does."""
    child = subprocess.Popen(["python3", "-c", "import os, sys; os.chroot(sys.argv[1]);"
                              "print(1, flush=True); sys.stdin.read()", root],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
    return child


if __name__ == "__main__":
    unittest.main()
