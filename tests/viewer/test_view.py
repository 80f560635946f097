# test_view.py -- heapdiff view answers only the browser that it was opened for.
#
# SPDX-License-Identifier: Apache-2.0
import os
import re
import signal
import socket
import stat
import unittest
import urllib.request

import reports
from reports import harness

GET = "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"


class View(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.paths = reports.make_server(self.folder)
        self.view = self.start("--no-open")

    def start(self, *options, **variables):
        view = harness.Program([harness.COMMAND, "view", *options, *self.paths], recorded=False,
                               **variables)
        self.addCleanup(view.close)
        match = view.await_line(r"^(http://127\.0\.0\.1:(\d+)(/[0-9a-f]{32}/))$")
        self.url, self.port, self.path = match[1], int(match[2]), match[3]
        return view

    def ask(self, request, address="127.0.0.1"):
        """The whole answer to a request, headers and body."""
        with socket.create_connection((address, self.port), harness.TIMEOUT) as connection:
            connection.sendall(request.encode())
            answer = b""
            while part := connection.recv(65536):
                answer += part
        return answer.decode()

    def status(self, path=None, host=None, request=GET):
        path = self.path if path is None else path
        host = host or f"127.0.0.1:{self.port}"
        return int(self.ask(request.format(path=path, host=host)).split()[1])

    def test_the_page_is_the_report_and_comes_with_its_policy(self):
        with urllib.request.urlopen(self.url, timeout=harness.TIMEOUT) as answer:
            body, headers = answer.read(), answer.headers
        report = reports.write(self.folder / "report.html", *self.paths).read_bytes()
        self.assertEqual(body, report)
        policy = re.search(rb'Content-Security-Policy" content="([^"]*)"', report)[1].decode()
        self.assertEqual(headers["Content-Security-Policy"], f"{policy}; frame-ancestors 'none'")
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")

    def test_a_path_must_be_guessed(self):
        for path in ("/", "/favicon.ico", self.path[:-1], self.path + "x", self.path[:-2] + "g/",
                     "/" + "0" * 32 + "/", self.path.upper(), "/.." + self.path):
            self.assertEqual(self.status(path), 404, path)

    def test_a_foreign_name_for_this_address_is_refused(self):
        for host in ("evil.example", f"evil.example:{self.port}", "127.0.0.1",
                     f"127.0.0.1:{self.port}.evil.example", f"127.0.0.1:{self.port + 1}"):
            self.assertEqual(self.status(host=host), 403, host)
        self.assertEqual(self.status(host=f"localhost:{self.port}"), 200)
        self.assertEqual(self.status(request="GET {path} HTTP/1.0\r\n\r\n"), 403)

    def test_only_get_is_answered(self):
        for method in ("POST", "PUT", "HEAD", "OPTIONS", "DELETE", "GETX"):
            request = method + " {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"
            self.assertEqual(self.status(request=request), 405, method)

    def test_what_is_no_request_is_refused_and_the_next_one_answered(self):
        self.assertEqual(int(self.ask("GET /\0 HTTP/1.1\r\n\r\n").split()[1]), 400)
        self.assertEqual(int(self.ask("GET /" + "a" * 8186).split()[1]), 431)
        self.assertEqual(self.status(), 200)

    def test_silent_connections_do_not_delay_others(self):
        idle = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(40)]
        try:
            self.assertEqual(self.status(), 200)
        finally:
            for connection in idle:
                connection.close()

    def test_no_other_address_listens(self):
        with open("/proc/net/tcp") as file:
            rows = [line.split()[1:4] for line in file.readlines()[1:]]
        mine = [local for local, _, state in rows
                if state == "0A" and int(local.split(":")[1], 16) == self.port]
        self.assertEqual(mine, [f"0100007F:{self.port:04X}"])
        with open("/proc/net/tcp6") as file:
            self.assertNotIn(f":{self.port:04X} ", "".join(
                line for line in file if " 0A " in line))

    def test_ctrl_c_ends_it_as_it_should(self):
        self.assertEqual(self.view.stop(signal.SIGINT), 0)

    def test_a_port_that_is_taken_is_an_error_and_a_free_one_is_used(self):
        result = harness.heapdiff("view", "--no-open", "--port", self.port, *self.paths)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn(f"port {self.port}", result.stderr)
        self.view.stop()
        port = self.port
        self.start("--no-open", "--port", port)
        self.assertEqual((self.port, self.status()), (port, 200))

    def test_the_browser_is_opened_with_the_address_where_there_is_a_display(self):
        opener, pipe = self.folder / "xdg-open", self.folder / "opened"
        os.mkfifo(pipe)
        opener.write_text(f'#!/bin/sh\nprintf %s "$1" >"{pipe}"\n')
        opener.chmod(opener.stat().st_mode | stat.S_IXUSR)
        self.start(DISPLAY=":9", PATH=f"{self.folder}:{os.environ['PATH']}")
        self.assertEqual(pipe.read_text(), self.url)


class Report(harness.TestCase):
    def test_a_page_is_not_written_where_it_cannot_be_and_nothing_is_left(self):
        paths = reports.make_server(self.folder)
        target = self.folder / "no" / "such" / "folder.html"
        result = harness.heapdiff("report", *paths, "-o", target)
        self.assertEqual(result.returncode, 2)
        self.assertIn(str(target), result.stderr)
        self.assertEqual(harness.heapdiff("report", *paths, "-o", "/dev/full").returncode, 2)

    def test_what_cannot_be_compared_has_a_page_that_says_so_and_exit_code_3(self):
        paths = reports.make_server(self.folder)
        other = reports.make_hostile(self.folder)
        target = self.folder / "page.html"
        result = harness.heapdiff("report", paths[0], other[0], "-o", target)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn('"kind":"not-measurable"', target.read_text())

    def test_source_lines_are_there_unless_they_are_left_out(self):
        source = self.folder / "app.js"
        source.write_text("".join(f"// line {n} </script>\n" for n in range(1, 60)))
        secret = self.folder / "secret.key"
        secret.write_text("swordfish\n" * 60)
        server = reports.heap.Heap()
        for name, path in (("keep", source), ("steal", secret)):
            server.allocate(server.stack(reports.js(name, 40, str(path))), 4096, 10)
        snapshot = server.snapshot(self.folder / "one.db", blocks=False)
        page = reports.write(self.folder / "page.html", snapshot).read_text()
        self.assertTrue("// line 40 \\u003c/script\\u003e" in page)
        self.assertFalse("swordfish" in page)
        bare = reports.write(self.folder / "bare.html", snapshot, options=["--no-source"])
        self.assertFalse("// line 40" in bare.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
