# noise.py -- What a Python service does beside its leak: constant tables, work that keeps nothing.
#
# SPDX-License-Identifier: Apache-2.0
"""begin() builds the decoys, work(n) makes and drops strings, bytes and objects, the same in every
run; snapshot(label) collects garbage, unless collect is false, and asks the shim, if there is one,
for a snapshot."""
import ctypes
import gc
import hashlib
import json
import random
import re

_random = random.Random(2463534242)
_recent = [b""] * 64
_tables = []
_digest = hashlib.sha1()

try:
    _snapshot = ctypes.CDLL(None).heapdiff_snapshot
except AttributeError:  # not under the shim

    def _snapshot(label):
        return -1


def begin():
    _tables.extend(bytes([i]) * 100_000 for i in range(100))
    work(1500)


def _message(number):
    text = json.dumps({"number": number, "words": ["word"] * _random.randrange(50)})
    message = re.sub("word", str(number), text).encode() * _random.randrange(1, 8)
    _digest.update(message)
    _recent[_random.randrange(len(_recent))] = message


def work(messages):
    for number in range(messages):
        _message(number)


def snapshot(label, collect=True):
    if collect:
        gc.collect()
    _snapshot(label.encode())


def digest():
    return _digest.hexdigest()[:8]
