# test_install.py -- What cmake --install puts in place, and that it works from there.
#
# SPDX-License-Identifier: Apache-2.0
import os
import re
import shutil
import sys
import unittest
from pathlib import Path

import harness

C_PROGRAM = """
#include <heapdiff.h>
#include <stdio.h>
#include <stdlib.h>
void *volatile kept;
int main(void)
{
    int slots[2];
    heapdiff_pause();
    kept = malloc(50000);
    heapdiff_resume();
    heapdiff_alloc("slots", &slots[0], 111);
    heapdiff_alloc("slots", &slots[1], 222);
    heapdiff_free("slots", &slots[0]);
    printf("%d\\n", heapdiff_snapshot("installed"));
}
"""
PYTHON_PROGRAM = """
import ctypes
snapshot = getattr(ctypes.CDLL(None), 'heapdiff_snapshot', None)
print(snapshot(b'by ffi') if snapshot else 'absent')
"""


class Installed(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prefix = harness.tempfile.mkdtemp(prefix="heapdiff-prefix.")
        os.chmod(cls.prefix, 0o755)
        cls.addClassCleanup(shutil.rmtree, cls.prefix)
        harness.must(harness.run(["cmake", "--install", harness.BUILD, "--prefix", cls.prefix]))
        cls.command = f"{cls.prefix}/bin/heapdiff"

    def find(self, name):
        """The one file of that name below the prefix."""
        found = [os.path.join(folder, name) for folder, _, names in os.walk(self.prefix)
                 if name in names]
        self.assertEqual(len(found), 1, f"{name}: {found}")
        return found[0]

    def pkg_config(self, *arguments):
        path = os.path.dirname(self.find("heapdiff.pc"))
        return harness.must(harness.run(
            ["pkg-config", *arguments, "heapdiff"], PKG_CONFIG_PATH=path)).stdout.split()

    def test_it_is_complete(self):
        for name in ("libheapdiff.so", "heapdiff.h", "_heapdiff", "heapdiff.fish"):
            self.find(name)
        for path in ("share/bash-completion/completions/heapdiff", "bin/heapdiff"):
            self.assertTrue(os.path.isfile(f"{self.prefix}/{path}"), path)

    @unittest.skipUnless(shutil.which("lowdown"), "manual pages are made by lowdown")
    def test_the_manual_pages_have_their_parts(self):
        for section, word in ((1, "snapshot"), (3, "heapdiff_snapshot")):
            with open(f"{self.prefix}/share/man/man{section}/heapdiff.{section}") as file:
                page = file.read()
            self.assertRegex(page, rf'(?m)^\.TH "heapdiff" "{section}"')
            self.assertRegex(page, r"(?m)^\.SH\nName$")
            self.assertIn(word, page)

    def test_it_finds_its_shim(self):
        result = harness.must(harness.run(
            [self.command, "run", "--", "sort", "/dev/null"], cwd=self.folder))
        files = list(self.folder.glob("*.db"))
        self.assertEqual(len(files), 1, result.stderr)
        harness.must(harness.run([self.command, "show", files[0]]))

    def test_it_still_does_when_the_tree_is_moved(self):
        moved = self.folder / "moved"
        shutil.copytree(self.prefix, moved)
        harness.must(harness.run([moved / "bin" / "heapdiff", "run", "--", "sort", "/dev/null"],
                                 cwd=self.folder))
        self.assertEqual(len(list(self.folder.glob("*.db"))), 1)

    # -- the C API as an installed program meets it

    def build(self, compiler, name, *more):
        source = self.folder / name
        source.write_text(C_PROGRAM)
        program = self.folder / "program"
        harness.must(harness.run(
            [compiler, "-Wall", "-Werror", *more, *self.pkg_config("--cflags"), source,
             "-o", program]))
        return program

    def assert_api_works(self, program):
        self.assertEqual(harness.must(harness.run([program])).stdout, "-1\n")
        shim = self.pkg_config("--variable=shim")[0]
        result = harness.must(harness.run(
            [program], cwd=self.folder, LD_PRELOAD=shim, HEAPDIFF_OUT="api.db",
            HEAPDIFF_AT_EXIT=0))
        self.assertEqual((result.stdout, result.stderr), ("0\n", ""))
        path = self.folder / "api.db"
        harness.check_whole(path)
        self.assertEqual(harness.ask(path, "SELECT label, reason FROM snapshot"),
                         ("installed", "api"))
        self.assertEqual(harness.ask(path, "SELECT sum(live_blocks), sum(live_bytes), count(*)"
                                           " FROM stack WHERE kind = 'pool'"
                                           " AND live_blocks > 0"), (1, 222, 1))
        self.assertEqual(harness.ask(path, "SELECT count(*) FROM location_name"
                                           " WHERE name = 'slots'"), (1,))
        self.assertEqual(harness.ask(path, "SELECT count(*) FROM stack"
                                           " WHERE live_bytes >= 50000"), (0,))

    def test_the_api_from_c(self):
        self.assert_api_works(self.build("cc", "program.c", "-std=c11", "-pedantic"))

    def test_the_api_from_cpp(self):
        self.assert_api_works(self.build("c++", "program.cpp", "-std=c++17", "-pedantic"))

    def test_the_api_by_ffi(self):
        python = [sys.executable, "-c", PYTHON_PROGRAM]
        self.assertEqual(harness.must(harness.run(python)).stdout, "absent\n")
        result = harness.must(harness.run(
            python, recorded=True, cwd=self.folder, HEAPDIFF_OUT="%l.db", HEAPDIFF_AT_EXIT=0))
        self.assertEqual(result.stdout, "0\n")
        self.assertEqual(harness.ask(self.folder / "by ffi.db", "SELECT reason FROM snapshot"),
                         ("api",))

    # -- completions

    def names(self):
        """Every command with its options, as its help has them."""
        text = harness.must(harness.run([self.command, "help"])).stdout
        usage = text.split("Usage:")[1].split("Commands:")[0]
        for name in re.findall(r"(?m)^  heapdiff (\w+)", usage):
            text = harness.must(harness.run([self.command, "help", name])).stdout
            yield name, set(re.findall(r"(?m)^  (?:-\w,|  ) (--[a-z-]+)", text))

    def test_every_command_and_option_is_completed_in_every_shell(self):
        files = {shell: Path(path).read_text() for shell, path in (
            ("bash", f"{self.prefix}/share/bash-completion/completions/heapdiff"),
            ("zsh", self.find("_heapdiff")), ("fish", self.find("heapdiff.fish")))}
        commands = dict(self.names())
        self.assertIn("snapshot", commands)
        self.assertIn("--label", commands["snapshot"])
        for name, options in commands.items():
            for option in options - {"--help"}:
                self.assertIn(option, files["bash"])
                self.assertIn(f"'{option}", files["zsh"])
                self.assertRegex(files["fish"], rf"from {name}' -l {option[2:]}\b")
            self.assertRegex(files["fish"], rf"-a {name} ")

    def bash_completes(self, *words):
        file = f"{self.prefix}/share/bash-completion/completions/heapdiff"
        script = f'. {file}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _heapdiff; ' \
                 'printf "%s\\n" "${COMPREPLY[@]}"'
        return harness.must(harness.run(
            ["bash", "-c", script, "bash", *words], cwd=self.folder)).stdout.split("\n")[:-1]

    def test_bash_completes(self):
        self.assertEqual(self.bash_completes("heapdiff", "sna"), ["snapshot"])
        self.assertEqual(self.bash_completes("heapdiff", "snapshot", "--la"), ["--label"])
        self.assertEqual(
            self.bash_completes("heapdiff", "list", "--format", ""), ["text", "json"])
        (self.folder / "some.db").touch()
        self.assertEqual(self.bash_completes("heapdiff", "show", "so"), ["some.db"])


if __name__ == "__main__":
    harness.main()
