#!/usr/bin/env python3
# test_corners.py -- Names of what is no ordinary function: stubs of the linker, assembler, ifuncs,
# the vdso, Rust.
#
# SPDX-License-Identifier: Apache-2.0
"""Programs are built here; what is not installed is skipped with its name."""
import ctypes
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from asking import ask, run, sections

CALLS = """
#include <stdlib.h>
#include <stdio.h>
int main(int n, char **words)
{
    void *(*volatile reserve)(size_t) = malloc; /* a slot outside .plt */
    char *block = calloc(1, n);
    puts(block);
    free(reserve(n));
    return 0;
}
"""

ASSEMBLER = """
    .text
    .globl labelled, sized
labelled:                 # a label without type and size
    nop
    ret
    .type sized, @function
sized:
    ret
    .size sized, . - sized
    .section .other, "ax", @progbits
    nop
    nop
    .section .note.GNU-stack, "", @progbits
"""

IFUNC = """
static int fast(void) { return 1; }
static int (*choose(void))(void) { return fast; }
int pick(void) __attribute__((ifunc("choose")));
int main(void) { return pick(); }
"""

RUST = """
use std::fmt::Debug;
struct Cart<T> { items: Vec<T> }
trait Total { fn total(&self) -> usize; }
impl<T: Debug> Total for Cart<T> {
    #[inline(never)]
    fn total(&self) -> usize { println!("{:?}", self.items); self.items.len() }
}
fn main() { std::process::exit((Cart { items: vec![1u8] }.total() != 1) as i32) }
"""


LEGACY = """
int total(void)
    __asm__("_ZN42_$LT$shop..Cart$u20$as$u20$shop..Total$GT$5total17h0123456789abcdefE");
int total(void) { return 1; }
int main(void) { return total(); }
"""


class Corners(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="heapdiff-corners.")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def build(self, text, *flags, name="corner.c", compiler="gcc"):
        if not shutil.which(compiler):
            self.skipTest(f"{compiler} is not installed")
        source, program = self.folder / name, self.folder / "corner"
        source.write_text(text)
        run(compiler, *flags, "-o", program, source)
        return program

    def address(self, program, name):
        for row in run("nm", program).splitlines():
            if row.endswith(f" {name}"):
                return int(row.split()[0], 16)
        self.fail(f"{program} has no {name}")

    def names(self, program, addresses):
        answer = ask(program, addresses)
        return [[function for function, *_ in answer.frames[address]] for address in addresses]

    def stubs(self, program, section):
        """What objdump calls the stubs of a section, by address."""
        listing = subprocess.run(["objdump", "-d", "-j", section, program], capture_output=True,
                                 text=True).stdout
        return {int(address, 16): name for address, name in
                re.findall(r"^([0-9a-f]+) <([^>]+@plt)>:", listing, re.M)}

    def test_stubs_are_called_after_what_they_jump_to(self):
        forms = ((".plt", ["-Wl,-z,lazy"]), (".plt.sec", ["-fcf-protection", "-Wl,-z,ibtplt"]),
                 (".plt.got", ["-Wl,-z,lazy"]), (".plt", ["-no-pie", "-Wl,-z,lazy"]))
        for section, flags in forms:
            with self.subTest(section=section, flags=flags):
                program = self.build(CALLS, "-O0", "-s", *flags)
                stubs = self.stubs(program, section)
                self.assertGreaterEqual(len(stubs), 1)
                for address, name in stubs.items():
                    for inside in (address, address + 4):
                        self.assertEqual(self.names(program, [inside]), [[name]])
        start = sections(program)[".plt"][0]  # what all stubs jump to first
        self.assertEqual(self.names(program, [start]), [[]])

    def test_lazy_stubs_before_branch_protection_have_names_too(self):
        program = self.build(CALLS, "-O0", "-fcf-protection", "-Wl,-z,ibtplt", "-Wl,-z,lazy")
        start, size = sections(program)[".plt"]
        named = [name for names in self.names(program, range(start + 16, start + size, 16))
                 for name in names]
        self.assertEqual(sorted(named), sorted(set(self.stubs(program, ".plt.sec").values())))

    def test_labels_without_a_size_reach_as_far_as_their_section(self):
        program = self.build("int main() { return 0; }")
        source = self.folder / "labels.s"
        source.write_text(ASSEMBLER)
        run("gcc", "-o", program, self.folder / "corner.c", source)
        labelled, sized = self.address(program, "labelled"), self.address(program, "sized")
        other = sections(program)[".other"][0]
        self.assertEqual(self.names(program, [labelled, labelled + 1, sized, other + 1]),
                         [["labelled"], ["labelled"], ["sized"], []])

    def test_functions_chosen_at_start_have_the_name_of_the_chosen_one(self):
        program = self.build(IFUNC, "-O1")
        self.assertEqual(self.names(program, [self.address(program, "fast")]), [["fast"]])
        self.assertIn(self.names(program, [self.address(program, "pick")]), [[["pick"]],
                                                                             [["choose"]]])

    def test_the_vdso_is_our_own_only_if_its_build_id_is(self):
        image = vdso()
        if not image:
            self.skipTest("this process has no vdso")
        copy = self.folder / "vdso"
        copy.write_bytes(image)
        address = self.symbol(copy, "__vdso_clock_gettime")
        identity = re.search(r"Build ID: (\w+)", run("readelf", "-n", copy))[1]
        for path in ("[vdso]", "linux-vdso.so.1"):
            answer = ask(path, [address], identity=identity)
            self.assertIn(answer.frames[address][0][0], ("__vdso_clock_gettime", "clock_gettime"))
            self.assertEqual(ask(path, [address], identity="00" * 20).frames[address], [])

    def symbol(self, path, name):
        row = re.search(rf"([0-9a-f]+) +\d+ FUNC +\w+ +\w+ +\w+ {name}\b",
                        run("readelf", "-W", "--dyn-syms", path))
        return int(row[1], 16)

    def test_names_of_rust_are_read(self):
        for mangling in ([], ["-C", "symbol-mangling-version=v0"]):
            with self.subTest(mangling=mangling):
                program = self.build(RUST, "-g", "-O", "--crate-name", "shop", *mangling,
                                     name="shop.rs", compiler="rustc")
                mangled = next(row.split() for row in run("nm", program).splitlines()
                               if "total" in row and "Cart" in row)
                name, file, line, _ = ask(program, [int(mangled[0], 16)]).frames[
                    int(mangled[0], 16)][-1]
                self.assertRegex(name, r"^<shop::Cart<.+> as shop::Total>::total$")
                self.assertEqual((Path(file).name, line), ("shop.rs", 7))


    def test_old_names_of_rust_lose_their_hash(self):
        program = self.build(LEGACY, "-O1", "-g0")
        mangled = "_ZN42_$LT$shop..Cart$u20$as$u20$shop..Total$GT$5total17h0123456789abcdefE"
        self.assertEqual(self.names(program, [self.address(program, mangled)]),
                         [["<shop::Cart as shop::Total>::total"]])


def vdso():
    """Its image in this process."""
    row = re.search(r"^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$", Path("/proc/self/maps").read_text(),
                    re.M)
    return row and ctypes.string_at(int(row[1], 16), int(row[2], 16) - int(row[1], 16))


if __name__ == "__main__":
    unittest.main()
