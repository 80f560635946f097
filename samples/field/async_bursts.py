# async_bursts.py -- Tasks of asyncio have a burst in hand at every look; an answer of each stays.
#
# Five snapshots, 500 answers in each step. The twin pops an answer when it is sent.
#
# expect: kind=leak site1=make_answer file=async_bursts.py growth=8000000±2% blocks=+2000±2%
# expect: also=read_part also=render_burst not=read_part not=render_burst gate=exceeded
# twin: clean
# expect-clean: kind=none|retention gate=passed
#
# SPDX-License-Identifier: Apache-2.0
import asyncio
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "common"))
import flight  # noqa: E402
import noise  # noqa: E402

TASKS, REQUESTS, ANSWER = 25, 20, 4000

answers = {}
numbers = random.Random(flight.SEED)


def read_part(size):
    return bytearray(size)


def make_answer(number):
    return bytearray(b"%08d" % number * (ANSWER // 8))


async def handle(number):
    parts = []
    for _ in range(1 + numbers.randrange(30)):
        parts.append(read_part(1000 + numbers.randrange(20_000)))
        await asyncio.sleep(0)
    answers[number] = make_answer(number)
    if flight.is_clean:
        answers.pop(number)
    return parts


async def client(first, gate):
    """Its last request is still in hand when the snapshot is taken."""
    for number in range(first, first + REQUESTS):
        parts = await handle(number)
    await gate.wait()
    return len(parts)


async def serve_async(step):
    gate = asyncio.Event()
    tasks = [asyncio.create_task(client((step * TASKS + i) * REQUESTS, gate)) for i in range(TASKS)]
    for _ in range(2000):
        await asyncio.sleep(0)
        noise.work(1)
    noise.snapshot(f"look{step}")
    gate.set()
    return sum(await asyncio.gather(*tasks))


async def main():
    noise.begin()
    parts = [await serve_async(step) for step in range(5)]
    print(len(parts), "steps,", len(answers), "answers,", noise.digest())


asyncio.run(main())
