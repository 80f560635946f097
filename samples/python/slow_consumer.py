# slow_consumer.py -- Two threads and a queue: three of four jobs are taken, the others wait.
#
# The consumer takes a ticket for every job that it may take, so every run does the same.
#
# expect: kind=leak site1=make_job file=slow_consumer.py growth=12001500±2% blocks=+1500±2%
#
# SPDX-License-Identifier: Apache-2.0
import queue
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import noise  # noqa: E402

jobs, tickets, done = queue.Queue(), queue.Queue(), queue.Queue()


def make_job(number):
    return bytearray(b"%08d" % number * 1000)


def consume():
    while tickets.get():
        done.put(len(jobs.get()))


def serve(count):
    taken = 0
    for number in range(count):
        jobs.put(make_job(number))
        if number % 4:
            tickets.put(True)
            taken += done.get()
        noise.work(1)
    return taken


consumer = threading.Thread(target=consume)
consumer.start()
noise.begin()
total = serve(800)
noise.snapshot("steady")
total += serve(6000)
noise.snapshot("loaded")
tickets.put(False)
consumer.join()
print(total, "bytes taken,", jobs.qsize(), "wait,", noise.digest())
