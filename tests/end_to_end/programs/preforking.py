# preforking.py -- A server whose master listens and whose children answer, as gunicorn's do; each
# keeps some bytes of every request.
#
# preforking.py PORT WORKERS
#
# SPDX-License-Identifier: Apache-2.0
import os
import signal
import socket
import sys

KEPT = []


def remember_request():
    KEPT.append(bytearray(16000))


def serve(listener):
    while True:
        connection, _ = listener.accept()
        connection.recv(4096)
        remember_request()
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\ndone")
        connection.close()


def main():
    port, workers = map(int, sys.argv[1:3])
    listener = socket.create_server(("127.0.0.1", port))
    pids = []
    for _ in range(workers):
        pid = os.fork()
        if pid == 0:
            serve(listener)
        pids.append(pid)
    signal.signal(signal.SIGTERM, lambda *_: [os.kill(pid, signal.SIGKILL) for pid in pids]
                  and sys.exit(0))
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
