# load.py -- So many requests to a port of this machine, each on a connection of its own.
#
# load.py PORT COUNT [PATH]; fails without a listener, not when the server answers with an error.
#
# SPDX-License-Identifier: Apache-2.0
import http.client
import sys


def main():
    port, count = map(int, sys.argv[1:3])
    path = sys.argv[3] if len(sys.argv) > 3 else "/"
    for _ in range(count):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path)
        connection.getresponse().read()
        connection.close()


if __name__ == "__main__":
    main()
