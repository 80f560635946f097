# test_redis.py -- redis-server, which brings an allocator of its own, filled and asked.
#
# SPDX-License-Identifier: Apache-2.0
import shutil
import unittest

import harness

KEYS = 50000


def commands(first, count):
    """SETs of distinct keys in redis's inline protocol; the same in every run."""
    return "".join(f"SET key:{n} {'v' * 100}{n:08}\r\n" for n in range(first, first + count))


class Redis(harness.Program):
    """A server without files and ports: it listens on a socket in its folder."""

    def __init__(self, folder, recorded):
        self.socket = folder / "redis.sock"
        super().__init__(
            ["redis-server", "--port", 0, "--unixsocket", self.socket, "--save", "",
             "--appendonly", "no", "--enable-debug-command", "yes", "--dir", folder],
            recorded=recorded, cwd=folder, HEAPDIFF_AT_EXIT=0,
        )
        self.await_line("[Rr]eady to accept connections")

    def ask(self, *words, stdin=None):
        command = ["redis-cli", "-s", self.socket, *words]
        return harness.must(harness.run(command, stdin=stdin)).stdout.strip()

    def fill(self, first, count):
        answer = self.ask("--pipe", stdin=commands(first, count))
        if not answer.endswith(f"errors: 0, replies: {count}"):
            raise AssertionError(answer)

    def benchmark(self):
        harness.must(harness.run(
            ["redis-benchmark", "-s", self.socket, "-q", "-t", "set,get,incr,lpush,rpop,hset,mset",
             "-n", 5000, "-d", 200]
        ))

    def used_memory(self):
        info = self.ask("INFO", "memory")
        return int(next(line for line in info.splitlines() if line.startswith("used_memory:"))[12:])

    def answers(self):
        return [
            self.ask("DBSIZE"), self.ask("GET", "key:7"), self.ask("GET", "key:absent"),
            self.ask("LLEN", "mylist"), self.ask("DEBUG", "DIGEST"),
        ]


@unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
class RedisUnderLoad(harness.TestCase):
    def test_answers_are_the_same_with_and_without_the_shim(self):
        answers = {}
        for recorded in (False, True):
            folder = self.folder / str(recorded)
            folder.mkdir()
            with Redis(folder, recorded) as redis:
                redis.fill(0, KEYS)
                redis.benchmark()
                redis.fill(KEYS // 2, KEYS)
                answers[recorded] = redis.answers()
                self.assertEqual(redis.stop(), 0, redis.stderr())
        self.assertEqual(answers[True], answers[False])
        self.assertGreater(int(answers[True][0]), KEYS)

    def test_growth_is_attributed_to_functions_of_redis_itself(self):
        with Redis(self.folder, recorded=True) as redis:
            redis.fill(0, 1000)
            used = redis.used_memory()
            steady = harness.snapshot(redis.pid, self.folder / "steady.db", "steady")
            redis.fill(1000, KEYS)
            used = redis.used_memory() - used
            loaded = harness.snapshot(redis.pid, self.folder / "loaded.db", "loaded")
            self.assertEqual(redis.stop(), 0, redis.stderr())
        comparison = harness.compare(steady, loaded)
        self.assert_parts_add_up(comparison)
        self.assertEqual(comparison["verdict"]["kind"], "leak")
        self.assert_sites_are_redis_own(comparison)
        # used_memory counts what the allocator rounds up to, heapdiff what was asked for.
        before, after = (shot["live_bytes"] for shot in comparison["snapshots"])
        self.assert_within(after - before, used, 15)

    def assert_sites_are_redis_own(self, comparison):
        names = harness.site_names(comparison)
        self.assertTrue(names)
        for site, name in zip(comparison["sites"][:3], names):
            modules = {frame.get("module") or "" for frame in site["stack"]}
            self.assertTrue(any("redis" in module for module in modules), modules)
            # Debian's redis exports its functions; those the linker cloned have no name at all.
            self.assertRegex(name, r"^([a-zA-Z_]\w+|redis-check-rdb\+0x[0-9a-f]+)$")
            self.assertNotRegex(name, r"^(z(try)?(m|c|re)alloc|malloc|je_)")


if __name__ == "__main__":
    harness.main()
