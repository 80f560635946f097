# ctypes_codec.py -- A C library through ctypes: what codec_new allocates, Python never frees.
#
# expect: kind=leak site1=codec_new file=leaky_codec.c growth=12288000±2% blocks=+3000±2%
# expect: absent=codec_scratch
#
# SPDX-License-Identifier: Apache-2.0
import ctypes
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import noise  # noqa: E402

build = os.environ.get("HEAPDIFF_BUILD") or Path(__file__).resolve().parents[2] / "build"
library = ctypes.CDLL(str(Path(build) / "samples" / "leaky_codec.so"))
library.codec_new.restype = ctypes.c_void_p
library.codec_encode.argtypes = [ctypes.c_void_p, ctypes.c_int]


def encode(number):
    codec = library.codec_new(number)
    return library.codec_encode(codec, number)  # codec_delete(codec) is missing


def serve(count):
    total = 0
    for number in range(count):
        total += encode(number)
        noise.work(1)
    return total


noise.begin()
result = serve(500)
noise.snapshot("steady")
result += serve(3000)
noise.snapshot("loaded")
print(result, noise.digest())
