# codec_cycles.py -- Objects in a cycle, each with a codec of a C library: all of them stay.
#
# Five snapshots, none after a collection. In the twin the cycles are garbage that Python collects
# now and then: until it does, their codecs live.
#
# expect: kind=leak site1=codec_new file=leaky_codec.c growth=24166400±2% blocks=+5900±2%
# expect: also=render_burst not=render_burst gate=exceeded
# twin: clean
# expect-clean: kind=none|retention gate=passed
#
# SPDX-License-Identifier: Apache-2.0
import ctypes
import gc
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import flight  # noqa: E402
import noise  # noqa: E402

build = os.environ.get("HEAPDIFF_BUILD") or Path(__file__).resolve().parents[2] / "build"
library = ctypes.CDLL(str(Path(build) / "samples" / "leaky_codec.so"))
library.codec_new.restype = ctypes.c_void_p
library.codec_encode.argtypes = [ctypes.c_void_p, ctypes.c_int]
library.codec_delete.argtypes = [ctypes.c_void_p]
STREAMS = (700, 1300, 1700, 1200, 1700)

kept = []


class Stream:
    def __init__(self, number):
        self.codec = library.codec_new(number)
        self.myself = self

    def __del__(self):
        library.codec_delete(self.codec)


def serve(step):
    for number in range(STREAMS[step]):
        stream = Stream(number)
        if not flight.is_clean:
            kept.append(stream)
        noise.work(1)


gc.set_threshold(2500, 2, 2)
flight.series(5, serve, collect=False)
print(len(kept), "streams,", noise.digest())
