# http_threads.py -- An HTTP server with a thread a request under live load; uploads are remembered.
#
# Two snapshots. Six clients send requests without a pause, also while the snapshots are taken; each
# request has 100 to 400 KB in hand. The uploads are sent one after another, a fixed number. The
# twin forgets an upload when it has answered.
#
# expect: kind=leak site1=remember_upload file=http_threads.py growth=7200000±3% blocks=+800±3%
# expect: also=decode_scan not=decode_scan gate=exceeded
# twin: clean
# expect-clean: kind=none|retention gate=passed
#
# SPDX-License-Identifier: Apache-2.0
import http.client
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import flight  # noqa: E402
import noise  # noqa: E402

CLIENTS, UPLOAD = 6, 9000

uploads = []
is_over = threading.Event()


def remember_upload(body):
    uploads.append(bytearray(body))
    if flight.is_clean:
        uploads.pop()


def decode_scan(size):
    return [bytearray(size // 20) for _ in range(20)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is sent in one piece

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/upload":
            remember_upload(body)
            self.answer(len(body))
        else:
            lines = decode_scan(int(body))  # in hand until the client has its answer
            self.answer(sum(len(line) for line in lines))
            self.wfile.flush()

    def answer(self, number):
        text = b"%d" % number
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *unused):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True


def post(connection, path, body):
    connection.request("POST", path, body)
    return connection.getresponse().read()


def load(number, port):
    numbers = random.Random(flight.SEED * 1000 + number)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while not is_over.is_set():
        post(connection, "/scan", b"%d" % (100_000 + numbers.randrange(300_000)))
    connection.close()


def serve(connection, count):
    for _ in range(count):
        post(connection, "/upload", b"u" * UPLOAD)
        noise.work(1)


server = Server(("127.0.0.1", 0), Handler)
port = server.server_address[1]
threads = [threading.Thread(target=load, args=(i, port)) for i in range(CLIENTS)]
threads.append(threading.Thread(target=server.serve_forever))
for thread in threads:
    thread.start()
noise.begin()
uploader = http.client.HTTPConnection("127.0.0.1", port)
serve(uploader, 100)
noise.snapshot("steady")
serve(uploader, 800)
noise.snapshot("loaded")
is_over.set()
uploader.close()
for thread in threads[:-1]:
    thread.join()
server.shutdown()
print(len(uploads), "uploads,", noise.digest())
