# page_cache.py -- A dict of pages whose key holds a session: no page is found twice.
#
# The pages are bytes beyond the 512 up to which Python has an allocator of its own.
#
# expect: kind=leak site1=render_page file=page_cache.py growth=10165000±2% blocks=+5000±2%
#
# SPDX-License-Identifier: Apache-2.0
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import noise  # noqa: E402

pages = {}


def render_page(number):
    return b"%08d" % number * 250


def get_page(path, session):
    key = (path, session)
    if key not in pages:
        pages[key] = render_page(session)
    return pages[key]


def serve(first, count):
    sent = 0
    for session in range(first, first + count):
        sent += len(get_page(session % 7, session))
        noise.work(1)
    return sent


noise.begin()
total = serve(0, 500)
noise.snapshot("steady")
total += serve(500, 5000)
noise.snapshot("loaded")
print(total, "bytes sent,", noise.digest())
