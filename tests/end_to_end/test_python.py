# test_python.py -- python3 running a script, which takes its snapshots through the C API.
#
# SPDX-License-Identifier: Apache-2.0
import sys

import harness

COUNT, SIZE = 20000, 1000  # beyond the 512 bytes up to which Python has an allocator of its own

SCRIPT = f"""
import ctypes, hashlib, json, re, threading

try:
    snapshot = ctypes.CDLL(None).heapdiff_snapshot
except AttributeError:
    snapshot = lambda label: -1

def remember(kept, count):
    for number in range(count):
        kept.append(b"%08d" % number * {SIZE // 8})

def churn(count):
    digest = hashlib.sha1()
    for number in range(count):
        text = json.dumps({{"number": number, "words": ["word"] * (number % 50)}})
        digest.update(re.sub("word", str(number), text).encode())
    return digest.hexdigest()

kept, digests = [], []
threads = [threading.Thread(target=lambda: digests.append(churn(2000))) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
remember(kept, 1000)
snapshot(b"steady")
remember(kept, {COUNT})
churn(2000)
snapshot(b"loaded")
print(len(kept), kept[-1][:16], digests)
"""


class PythonScript(harness.TestCase):
    def run_script(self, recorded):
        return harness.must(harness.run(
            [sys.executable, "-c", SCRIPT], recorded=recorded, cwd=self.folder,
            HEAPDIFF_OUT="%l.db", HEAPDIFF_AT_EXIT=0,
        ))

    def test_prints_the_same_and_its_growth_is_measured(self):
        self.assertEqual(self.run_script(True).stdout, self.run_script(False).stdout)
        comparison = harness.compare(self.folder / "steady.db", self.folder / "loaded.db")
        self.assertEqual(comparison["verdict"]["kind"], "leak")
        self.assert_parts_add_up(comparison)
        site = comparison["sites"][0]
        header = sys.getsizeof(b"")
        self.assert_within(site["growth_bytes"], COUNT * (SIZE + header), 2)
        self.assert_within(site["growth_blocks"], COUNT, 2)


if __name__ == "__main__":
    harness.main()
