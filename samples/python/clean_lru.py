# clean_lru.py -- functools.lru_cache with a limit, full since the warm-up; three snapshots.
#
# expect: kind=none
#
# SPDX-License-Identifier: Apache-2.0
import functools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import noise  # noqa: E402

@functools.lru_cache(maxsize=1000)
def load_picture(number):
    return bytes([number % 256]) * (3000 + number % 40)


def serve(first, count):
    total = 0
    for number in range(first, first + count):
        total += len(load_picture(number % 2500))
        noise.work(1)
    return total


noise.begin()
size = serve(0, 3000)
noise.snapshot("steady")
size += serve(3000, 4000)
noise.snapshot("later")
size += serve(7000, 4000)
noise.snapshot("loaded")
print(size, noise.digest())
