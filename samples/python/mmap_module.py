# mmap_module.py -- Shared anonymous memory by the mmap module, kept in a list and never closed.
#
# expect: kind=mapping site1=open_frame file=mmap_module.py growth=15728640±2% blocks=+60±2%
#
# SPDX-License-Identifier: Apache-2.0
import mmap
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import noise  # noqa: E402

FRAME_SIZE = 256 * 1024

frames = []


def open_frame(number):
    frame = mmap.mmap(-1, FRAME_SIZE)
    frame.write(bytes([number % 256]) * FRAME_SIZE)
    return frame


def serve(count):
    for number in range(count):
        frames.append(open_frame(number))
        noise.work(30)


noise.begin()
serve(10)
noise.snapshot("steady")
serve(60)
noise.snapshot("loaded")
print(len(frames), "frames,", noise.digest())
