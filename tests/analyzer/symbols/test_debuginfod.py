#!/usr/bin/env python3
# test_debuginfod.py -- Debug files from a debuginfod server: only when asked for, shown when slow,
# done without when it does not answer.
#
# SPDX-License-Identifier: Apache-2.0
"""A real server on the loopback; two small ones of our own where it must be slow or counted."""
import http.server
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from asking import ASK, Answer, ask, build_id, run

SOURCE = Path(__file__).with_name("golden.cpp")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server(http.server.ThreadingHTTPServer):
    """Counts requests; serves FILE, if given, half at once and half when RELEASE is set."""

    def __init__(self, file=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.file, self.release, self.requests = file, threading.Event(), []
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        if not self.server.file or not self.path.endswith("/debuginfo"):
            self.send_error(404)
            return
        content = self.server.file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[:len(content) // 2])
        self.wfile.flush()
        self.server.release.wait()
        self.wfile.write(content[len(content) // 2:])

    def log_message(self, *_):
        pass


class Debuginfod(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="heapdiff-served.")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "served").mkdir()
        self.whole, self.program = self.folder / "served/golden", self.folder / "golden"
        run("g++", "-g", "-O2", "-Wl,--build-id", SOURCE, "-o", self.whole)
        self.addresses = [int(line, 16) for line in run(self.whole).split()][1:4]
        run("objcopy", "--strip-all", self.whole, self.program)

    def environment(self, url):
        return {"DEBUGINFOD_URLS": url, "DEBUGINFOD_CACHE_PATH": str(self.folder / "client")}

    def serve(self):
        """A debuginfod server that has read the folder."""
        if not shutil.which("debuginfod"):
            self.skipTest("debuginfod is not installed")
        port = free_port()
        server = subprocess.Popen(
            ["debuginfod", "-v", "-p", str(port), "-d", ":memory:", "-F", self.folder / "served"],
            stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "DEBUGINFOD_URLS": ""})
        self.addCleanup(server.communicate)
        self.addCleanup(server.terminate)
        for line in server.stdout:
            if "groomed database" in line:
                threading.Thread(target=server.stdout.read, daemon=True).start()
                return f"http://127.0.0.1:{port}"
        self.fail("debuginfod ended")

    def functions(self, answer):
        return [[function for function, *_ in answer.frames[address]]
                for address in self.addresses]

    NAMES = [["shop::Cart<int>::add", "shop::fill", "shop::checkout"], ["pay"], ["main"]]

    def test_a_real_server_gives_what_is_missing(self):
        url = self.serve()
        answer = ask(self.program, self.addresses, environment=self.environment(url))
        self.assertEqual(self.functions(answer), self.NAMES)
        self.assertTrue(answer.debug_file.startswith(str(self.folder / "client")))
        identity = build_id(self.program)
        self.program.unlink()  # then even the program is not needed
        answer = ask(self.program, self.addresses, identity=identity,
                     environment=self.environment(url))
        self.assertEqual(self.functions(answer), self.NAMES)

    def test_no_server_is_asked_by_default(self):
        server = Server(self.whole)
        server.release.set()
        for wanted in ("", None):
            environment = dict(os.environ)
            environment.pop("DEBUGINFOD_URLS", None)
            if wanted is not None:
                environment["DEBUGINFOD_URLS"] = wanted
            done = subprocess.run([ASK, self.program, build_id(self.program)], env=environment,
                                  capture_output=True, text=True,
                                  input="".join(f"{a:#x}\n" for a in self.addresses))
            self.assertEqual(self.functions(Answer(done)), [[]] * 3)
        self.assertEqual(server.requests, [])
        answer = ask(self.program, self.addresses, environment=self.environment(server.url))
        self.assertEqual(self.functions(answer), self.NAMES)  # the counter would have seen it
        self.assertEqual(len(server.requests), 1)

    def test_a_long_download_is_shown(self):
        server = Server(self.whole)
        asker = subprocess.Popen([ASK, self.program, build_id(self.program)], text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE,
                                 env={**os.environ, **self.environment(server.url)})
        asker.stdin.write(f"{self.addresses[1]:#x}\n")
        asker.stdin.close()
        self.assertEqual(asker.stderr.readline(),
                         "heapdiff: fetching debug information of golden\n")
        server.release.set()
        self.assertIn("pay\t", asker.stdout.read())
        asker.stderr.read()
        self.assertEqual(asker.wait(), 0)
        asker.stdout.close()
        asker.stderr.close()

    def test_a_server_that_does_not_answer_is_told_once(self):
        url = f"http://127.0.0.1:{free_port()}"
        answer = ask(self.program, self.addresses, environment=self.environment(url))
        self.assertEqual(self.functions(answer), [[]] * 3)
        lines = [line for line in answer.errors.splitlines() if "debuginfod" in line]
        self.assertEqual(len(lines), 1, answer.errors)
        self.assertRegex(lines[0], r"does not answer \(.+\); continuing without it$")

    def test_a_file_with_another_build_id_is_not_taken(self):
        other = self.folder / "other"
        run("g++", "-g", "-O1", "-Wl,--build-id", SOURCE, "-o", other)
        server = Server(other)
        server.release.set()
        answer = ask(self.program, self.addresses, environment=self.environment(server.url))
        self.assertEqual(self.functions(answer), [[]] * 3)

    def test_what_was_known_without_debug_information_is_looked_for_again(self):
        url = self.serve()
        run("objcopy", "--strip-debug", self.whole, self.program)
        cache = {"XDG_CACHE_HOME": str(self.folder / "cache")}
        answer = ask(self.program, self.addresses, "--cache", environment=cache)
        self.assertEqual(self.functions(answer), [["shop::checkout"], ["pay"], ["main"]])
        answer = ask(self.program, self.addresses, "--cache",
                     environment={**cache, **self.environment(url)})
        self.assertEqual(self.functions(answer), self.NAMES)
        answer = ask(self.program, self.addresses, "--cache", environment=cache)
        self.assertEqual(self.functions(answer), self.NAMES)  # and then remembered


if __name__ == "__main__":
    unittest.main()
