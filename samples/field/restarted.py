# restarted.py -- A worker that is replaced by its manager: three snapshots of each of two lives.
#
# It loses 3.6 MB in each life. The twin is replaced, too.
#
# lives: 2
# expect: kind=leak site1=log_delivery file=restarted.py growth=7200000±2% blocks=+1200±2%
# expect: also=render_burst not=render_burst says=restart gate=exceeded
# twin: clean
# expect-clean: kind=none|retention says=restart gate=passed
#
# SPDX-License-Identifier: Apache-2.0
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import flight  # noqa: E402
import noise  # noqa: E402

DELIVERIES, RECORD = 300, 6000

deliveries = []


def log_delivery(number):
    deliveries.append(bytearray(b"%08d" % number * (RECORD // 8)))


def serve(step):
    if flight.is_clean:
        deliveries.clear()
    for number in range(DELIVERIES):
        log_delivery(number)
        noise.work(2)


flight.series(3, serve)
print(len(deliveries), "deliveries,", noise.digest())
