# thumbnails_lru.py -- A cache of thumbnails whose key holds the time; it has no limit.
#
# Two snapshots. The twin's cache has one, and is at it in both.
#
# expect: kind=leak site1=render_thumbnail file=thumbnails_lru.py growth=8400000±2% blocks=+700±2%
# expect: also=render_burst not=render_burst gate=exceeded
# twin: clean
# expect-clean: kind=none|retention gate=passed
#
# SPDX-License-Identifier: Apache-2.0
import functools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import flight  # noqa: E402
import noise  # noqa: E402

LIMIT, FIRST, REQUESTS, THUMBNAIL = 250, 300, 700, 12_000


@functools.lru_cache(maxsize=LIMIT if flight.is_clean else None)
def render_thumbnail(name, time):
    return bytearray(b"%08d" % (name + time) * (THUMBNAIL // 8))


def serve(step):
    for number in range(REQUESTS if step else FIRST):
        render_thumbnail(number % 40, step * FIRST + number)
        noise.work(1)


flight.series(2, serve)
print(render_thumbnail.cache_info().currsize, "thumbnails,", noise.digest())
