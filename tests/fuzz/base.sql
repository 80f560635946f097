-- base.sql: a small snapshot of everything that a snapshot may have; rows.c changes it.
INSERT INTO snapshot VALUES (1, 'steady', 'request', 1700000060000000000, 60000000000, 1000, 2, 77, 1, 0,
  'server', '/srv/server', 'server --port 80', '/srv', 'host', 4096, 4, 0, 10000, 100, 9000000, 9500000,
  '0.1.0', 1000000000);
INSERT INTO module VALUES (1, '/srv/server', 'c0ffee', 4096, 1052672, 0, 0),
  (2, '/usr/lib/x86_64-linux-gnu/libc.so.6', NULL, 2097152, 4194304, 2097152, 0),
  (3, '/usr/bin/node', 'beef', 8388608, 16777216, 8388608, 1), (4, '[vdso]', NULL, 20971520, 20975616, 0, 0);
INSERT INTO location VALUES (1, 4100, 1, 4, NULL), (2, 4200, 1, 105, NULL), (3, 4300, 1, 211, NULL),
  (4, 2097200, 2, 48, NULL), (5, 2097300, 2, 148, NULL), (6, 9000000, 3, 611392, NULL),
  (7, 140737488355000, NULL, NULL, 'JS:*handle /srv/app.js:10:5'),
  (8, 140737488355100, NULL, NULL, 'JS:~load /srv/lib.js:1:1'), (9, 140737488356000, NULL, NULL, NULL),
  (10, 140737488357000, NULL, NULL, 'py::run:/srv/a.py:12'),
  (11, 140737488358000, NULL, NULL, 'void Main.run(int, long)'), (12, 5000, 1, 904, 'Builtins_Call');
INSERT INTO node VALUES (1, NULL, 1), (2, 1, 2), (3, 2, 3), (4, 3, 4), (5, 3, 5), (6, 2, 7), (7, 6, 8),
  (8, 7, 6), (9, 1, 9), (10, 9, 10), (11, 10, 11), (12, 11, 12);
INSERT INTO stack VALUES (1, 4, 'malloc', 40, 4000, 0, 100, 9000, 0, 0),
  (2, 5, 'malloc', 20, 2000, 100.5, 50, 5000, 1, 1), (3, 8, 'buffer', 10, 1000, 0, 10, 1000, 1, 0),
  (4, 12, 'mmap', 1, 8192, 0, 1, 8192, 0, 0), (5, NULL, 'malloc', 1, 10, 0, 1, 10, 0, 1),
  (6, 9, 'pool', 5, 500, 0, 6, 600, 1, 0), (7, 3, 'thread', 2, 16384, 0, 2, 16384, 0, 0),
  (8, 2, 'brk', 1, 4096, 0, 1, 4096, 0, 0), (9, 1, 'shm', 1, 4096, 0, 1, 4096, 0, 0);
INSERT INTO label VALUES (1, 'GET /a'), (2, 'job "x"');
INSERT INTO thread VALUES (1, 'main', 0), (2, 'worker', 1);
INSERT INTO tag VALUES (1, 1, 1), (2, 2, 2), (3, NULL, 1), (6, 1, NULL);
INSERT INTO age VALUES (1, 0, 10, 1000), (1, 1, 30, 3000), (2, 1, 20, 2000), (3, 2, 10, 1000), (6, 1, 5, 500);
INSERT INTO size VALUES (1, 6, 40, 4000), (2, 6, 20, 2000), (3, 6, 10, 1000), (6, 3, 5, 500);
INSERT INTO epoch VALUES (0, 0), (1, 20000000000), (2, 60000000000);
INSERT INTO block VALUES (94000000000000, 100, 1, 0), (94000000000512, 100, 2, 1), (94000000001024, 100, 3, 2);
INSERT INTO pool_block VALUES (94000000000016, 100, 6, 1);
INSERT INTO region VALUES (140000000000000, 140000000008192, 'mmap', 4, 8192),
  (140000000016384, 140000000024576, 'thread stack', 7, 8192), (140000000032768, 140000000040960, 'heapdiff', NULL, 8192),
  (140000000049152, 140000000057344, 'allocator', 4, 4096);
INSERT INTO mapping VALUES (140000000000000, 140000000008192, 'rwxp', 0, '', 'anonymous', 8192, 8192, 8192, 0),
  (4096, 1052672, 'r-xp', 0, '/srv/server', 'file', 4096, 4096, 0, 0),
  (94000000000000, 94000000135168, 'rw-p', 0, '[heap]', 'heap', 135168, 135168, 135168, NULL);
INSERT INTO rss VALUES ('allocator', 5000000), ('mmap', 1000000), ('file', 1000000), ('thread stack', 500000),
  ('heapdiff', 500000), ('other', 1000000);
INSERT INTO counter VALUES ('stacks', 9, 'different stacks seen'), ('stacks_truncated', 2, 'deep'),
  ('dropped_reentrant', 1, 'inside'), ('dropped_table', 1, 'room'), ('operations', 1000, 'units'),
  ('operations_asked', 900, 'units'), ('runtimes_asked', 1, 'asked'), ('runtimes_silent', 1, 'silent');
INSERT INTO allocator VALUES ('glibc', 'arena', 5000000), ('glibc', 'uordblks', 4000000), ('glibc', 'fordblks', 1000000),
  ('glibc', 'hblkhd', 100), ('jemalloc', 'stats.allocated', 7);
INSERT INTO arena VALUES (1, 94000000000000, 94000000135168, 70, 7000, 50000, 60000, 120000, 50000);
INSERT INTO hole VALUES (1, 5, 10, 320), (1, 12, 8, 40000);
INSERT INTO runtime VALUES ('node', 'heapUsed', 2000000), ('node', 'heapTotal', 4000000.5), ('node', 'external', 1000);
INSERT INTO source_map VALUES ('/srv/app.js', '{"sources":["a.ts"],"names":["n"],"mappings":"AAAAA"}');
INSERT INTO option VALUES ('HEAPDIFF_OUT', 'a.db', 1), ('HEAPDIFF_DEPTH', '128', 0);
INSERT INTO symbol VALUES (1, 0, 'main', '/srv/main.c', 10, 3), (2, 0, 'inline_one', '/srv/a.h', 5, NULL),
  (2, 1, 'handle', '/srv/a.c', 50, 7), (7, 0, 'handle', 'webpack:///src/app.ts', 3, 1);
