# test_node.py -- The main job: a Node server under load, its leak named by file and line.
#
# SPDX-License-Identifier: Apache-2.0
import tempfile
from pathlib import Path

import harness

WARM_UP, LOAD = 1800, 4200  # requests
HARMLESS = {
    "checkUpload", "makeThumbnail", "compressBody", "renderReport", "cachePage", "readBody",
}
SERVER = harness.SAMPLES / "node-server" / "server.js"


def line_range(function):
    """First and last line of a function in server.js."""
    lines = SERVER.read_text().splitlines()
    first = next(n for n, line in enumerate(lines, 1) if line.startswith(f"function {function}("))
    return first, next(n for n, line in enumerate(lines[first:], first + 1) if line == "}")


class NodeServerUnderLoad(harness.TestCase):
    """Measured once; every test looks at the same comparison."""

    @classmethod
    def setUpClass(cls):
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        steady, loaded = folder / "steady.db", folder / "loaded.db"
        with harness.NodeServer() as server:
            cls.answers = [server.load(WARM_UP)]
            before = server.settled_snapshot(steady, "steady")
            cls.answers.append(server.load(LOAD))
            after = server.settled_snapshot(loaded, "loaded")
            cls.exit_status = server.stop()
            cls.stderr = server.stderr()
        cls.kept = {name: after[name] - before[name] for name in ("bytes", "blocks")}
        cls.comparison = harness.compare(steady, loaded)
        cls.text = harness.must(harness.heapdiff("compare", steady, loaded)).stdout

    def test_the_leaking_function_is_site_1_with_file_and_line(self):
        frame = harness.own_frame(self.comparison["sites"][0])
        self.assertEqual(harness.bare_name(frame["function"]), "rememberUpload")
        self.assertEqual(frame["file"], str(SERVER))
        first, last = line_range("rememberUpload")
        self.assertTrue(first <= frame["line"] <= last, f"line {frame['line']}")

    def test_its_growth_is_what_the_server_knows_it_kept(self):
        site = self.comparison["sites"][0]
        self.assertEqual(self.kept["blocks"], LOAD // 6)
        self.assert_within(site["growth_bytes"], self.kept["bytes"], 2)
        self.assert_within(site["growth_blocks"], self.kept["blocks"], 2)

    def test_the_blocks_are_buffers_and_the_verdict_is_a_leak(self):
        self.assertEqual(self.comparison["sites"][0]["kind"], "buffer")
        self.assertEqual(self.comparison["verdict"]["kind"], "leak")

    def test_routes_that_keep_nothing_are_not_listed_above_it(self):
        names = harness.site_names(self.comparison)
        self.assertFalse(HARMLESS & set(names[: names.index("rememberUpload")]))

    def test_routes_that_keep_nothing_are_not_blamed_for_a_tenth_of_it(self):
        for site, name in zip(self.comparison["sites"], harness.site_names(self.comparison)):
            if name in HARMLESS:
                self.assertLess(site["growth_bytes"], self.kept["bytes"] / 10, name)

    def test_the_parts_add_up_to_the_growth_of_the_process(self):
        self.assert_parts_add_up(self.comparison)
        buffers = next(
            part for part in self.comparison["verdict"]["parts"]
            if part["what"] == "off-heap buffers"
        )
        self.assert_within(buffers["growth_bytes"], self.kept["bytes"], 10)

    def test_the_report_in_text_names_the_function_with_file_and_line(self):
        self.assertRegex(self.text, r"rememberUpload.*server\.js:\d+")

    def test_the_server_answers_as_it_does_without_the_shim(self):
        with harness.NodeServer(recorded=False) as server:
            self.assertEqual([server.load(WARM_UP), server.load(LOAD)], self.answers)
            self.assertEqual(server.stop(), self.exit_status)
            self.assertEqual(server.stderr(), self.stderr)


if __name__ == "__main__":
    harness.main()
