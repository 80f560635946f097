-- schema.sql -- THE CONTRACT: every table and column of a heapdiff snapshot.
--
-- The shim executes this text to create a snapshot, the analyzer executes it in its tests, and
-- `sqlite3 file.db .schema` prints it: there is no second description of the format. One file
-- contains the live state of one process at one time. Sizes are in bytes, times in nanoseconds.
-- Addresses are signed 64-bit integers (print them with printf('0x%x', address)).
--
-- Reading order: snapshot -> stack -> node -> location -> module; then region, mapping, counter.
-- For a quick look: SELECT * FROM top_sites LIMIT 10;

PRAGMA application_id = 1212433990;  -- 'HDFF'; schema.h: FORMAT_APPLICATION_ID
PRAGMA user_version   = 1;           -- schema.h: FORMAT_VERSION

-- Exactly one row: the process, the time of the snapshot, and the totals.
CREATE TABLE snapshot (
  number          INTEGER NOT NULL,   -- 1 for the first snapshot of the process, and so on
  label           TEXT    NOT NULL,   -- from the request; '' without one
  reason          TEXT    NOT NULL,   -- 'request', 'exit', 'api', 'signal', 'interval', 'pressure'
  time_ns         INTEGER NOT NULL,   -- wall clock, since 1970
  uptime_ns       INTEGER NOT NULL,   -- since recording began in the process (monotonic clock)
  duration_ns     INTEGER NOT NULL,   -- time spent on collecting the snapshot
  epoch           INTEGER NOT NULL,   -- the epoch that this snapshot closes; see table epoch
  pid             INTEGER NOT NULL,   -- in the process's own pid namespace
  ppid            INTEGER NOT NULL,
  uid             INTEGER NOT NULL,   -- effective user
  program         TEXT    NOT NULL,   -- name in the command that started it, without folders
  executable      TEXT    NOT NULL,   -- /proc/self/exe
  command_line    TEXT    NOT NULL,   -- arguments joined by blanks
  directory       TEXT    NOT NULL,   -- working directory at the time of the snapshot
  host            TEXT    NOT NULL,
  page_size       INTEGER NOT NULL,
  threads         INTEGER NOT NULL,   -- of the process, without heapdiff's own
  sample_bytes    INTEGER NOT NULL,   -- 0: every allocation was recorded; else HEAPDIFF_SAMPLE
  live_bytes      INTEGER NOT NULL,   -- sum over table stack; an estimate when sampled
  live_blocks     INTEGER NOT NULL,
  rss_bytes       INTEGER NOT NULL,   -- sum of rss_bytes over table mapping
  peak_rss_bytes  INTEGER NOT NULL,   -- VmHWM
  version         TEXT    NOT NULL,   -- of the heapdiff that wrote the file
  started_ns      INTEGER NOT NULL    -- start of the process, since boot, in the kernel's steps of
                                      -- 10 ms: (pid, started_ns) identifies a process for ever
) STRICT;

-- A stack is the origin of blocks: its frames (through node), the kind of its blocks, and counters.
-- freed blocks = allocations - live_blocks; the same for bytes.
CREATE TABLE stack (
  id              INTEGER PRIMARY KEY,  -- a stack has one id in all snapshots of a process
  node_id         INTEGER REFERENCES node (id),  -- leaf frame; NULL when no frame was found
  kind            TEXT    NOT NULL,   -- 'malloc', 'buffer', 'mmap', 'brk', 'shm', 'pool',
                                      -- 'thread': threads and their stacks
  live_blocks     INTEGER NOT NULL,   -- an estimate when sampled, as all numbers of this table are
  live_bytes      INTEGER NOT NULL,   -- as the program requested, without the allocator's rounding;
                                      -- resident bytes for threads and for mappings that were made
                                      -- without access
  live_variance   REAL    NOT NULL,   -- of live_bytes, in bytes squared; 0 when not sampled
  allocations     INTEGER NOT NULL,   -- since recording began, including freed ones; an estimate
                                      -- without bias when sampled, else exact
  allocated_bytes INTEGER NOT NULL,   -- since recording began, including freed ones; likewise
  first_epoch     INTEGER NOT NULL,   -- epoch of the first allocation
  truncated       INTEGER NOT NULL    -- 1: deeper than HEAPDIFF_DEPTH, or the unwinder gave up
) STRICT;

-- The frames of all stacks as one tree, so that common callers are stored once.
-- A stack's frames, leaf first: its node, the node's parent, and so on.
CREATE TABLE node (
  id              INTEGER PRIMARY KEY,
  parent_id       INTEGER REFERENCES node (id),  -- the caller; NULL for the outermost frame
  location_id     INTEGER NOT NULL REFERENCES location (id)
) STRICT;

-- A code address that occurs in a stack. For a caller it is the return address: the call is at
-- address - 1, so look up symbols for that. A Python function has no address: its location follows
-- the frame of the interpreter and has a number above 2^62, and a name.
CREATE TABLE location (
  id              INTEGER PRIMARY KEY,
  address         INTEGER NOT NULL,   -- in the process
  module_id       INTEGER REFERENCES module (id),  -- NULL for JIT code and unknown memory
  offset          INTEGER,            -- address in the ELF file: address - module.bias, unless the
                                      -- program mapped the code a second time (V8's builtins)
  jit_name        TEXT                -- as the runtime gives it; NULL for native code, except
                                      -- builtins that a runtime has in its own library;
                                      -- 'py::function:file:line' from CPython's frames
) STRICT;

-- All modules that were loaded during recording, including those unloaded since.
CREATE TABLE module (
  id              INTEGER PRIMARY KEY,
  path            TEXT    NOT NULL,   -- absolute, also when the program loaded it by a relative path
  build_id        TEXT,               -- hex; NULL when the file has none
  start           INTEGER NOT NULL,   -- lowest mapped address
  end             INTEGER NOT NULL,   -- one past the highest
  bias            INTEGER NOT NULL,   -- address in the process - address in the ELF file
  unloaded        INTEGER NOT NULL    -- 1: no longer mapped when the snapshot was taken
) STRICT;

-- The label that the program set (heapdiff_label) and the thread (HEAPDIFF_THREADS=1) of each stack
-- that has one of them. Stacks with equal frames but different tags have rows of their own in table
-- stack: add them up where tags do not matter.
CREATE TABLE tag (
  stack_id        INTEGER PRIMARY KEY REFERENCES stack (id),
  label_id        INTEGER REFERENCES label (id),       -- NULL: none
  thread          INTEGER REFERENCES thread (number)   -- NULL: not recorded
) STRICT;

CREATE TABLE label (
  id              INTEGER PRIMARY KEY,
  text            TEXT    NOT NULL    -- '(more labels)' for all after the first 32,768
) STRICT;

-- Threads that have a stack, in the order of their first allocations. A thread that ended has a row
-- because of blocks that it left or once allocated.
CREATE TABLE thread (
  number          INTEGER PRIMARY KEY,
  name            TEXT    NOT NULL,   -- the kernel's name of it, now or at its end; number 65,535
                                      -- is '(more threads)': all from this number on
  ended           INTEGER NOT NULL    -- 1: the thread has ended
) STRICT;

-- What the collection of garbage freed that this snapshot had asked for (--gc): what was live just
-- before, less what was live at the cut; negative where the program allocated more meanwhile.
-- Stacks without a difference have no row. Older files do not have this table.
CREATE TABLE collected (
  stack_id        INTEGER PRIMARY KEY REFERENCES stack (id),
  blocks          INTEGER NOT NULL,
  bytes           INTEGER NOT NULL
) STRICT;

-- Live blocks by the epoch of their allocation: survivors are those of earlier epochs.
CREATE TABLE age (
  stack_id        INTEGER NOT NULL REFERENCES stack (id),
  epoch           INTEGER NOT NULL,
  live_blocks     INTEGER NOT NULL,
  live_bytes      INTEGER NOT NULL,
  PRIMARY KEY (stack_id, epoch)
) STRICT, WITHOUT ROWID;

-- Live blocks by size: class n contains sizes from 2^n to 2^(n+1) - 1; class 0 contains 0 and 1.
CREATE TABLE size (
  stack_id        INTEGER NOT NULL REFERENCES stack (id),
  class           INTEGER NOT NULL,
  live_blocks     INTEGER NOT NULL,
  live_bytes      INTEGER NOT NULL,
  PRIMARY KEY (stack_id, class)
) STRICT, WITHOUT ROWID;

-- The beginning of each epoch. A snapshot closes one epoch and opens the next.
CREATE TABLE epoch (
  number          INTEGER PRIMARY KEY,
  uptime_ns       INTEGER NOT NULL
) STRICT;

-- Every live block that was recorded; empty unless the snapshot was taken with --blocks. A stack
-- then has live_blocks rows here; when recording was sampled, a row stands for
-- 1 / (1 - exp(-size / snapshot.sample_bytes)) blocks of its size.
-- (address, epoch) identifies a block for ever. A row takes 16 to 22 bytes.
CREATE TABLE block (
  address         INTEGER PRIMARY KEY,
  size            INTEGER NOT NULL,   -- as requested
  stack_id        INTEGER NOT NULL REFERENCES stack (id),
  epoch           INTEGER NOT NULL
) STRICT;

-- The same for blocks of custom pools (heapdiff_alloc). They are inside other blocks or mappings
-- and may have the address of these.
CREATE TABLE pool_block (
  address         INTEGER NOT NULL,
  size            INTEGER NOT NULL,
  stack_id        INTEGER NOT NULL REFERENCES stack (id),
  epoch           INTEGER NOT NULL
) STRICT;

-- Address ranges with a known owner, and their resident bytes.
CREATE TABLE region (
  start           INTEGER PRIMARY KEY,
  end             INTEGER NOT NULL,
  owner           TEXT    NOT NULL,   -- 'mmap': the program's own mapping (see its stack);
                                      -- 'allocator': mapped by an allocator for its blocks;
                                      -- 'thread stack': mapped by glibc, for a thread that runs or
                                      -- waits for its join (see its stack), or kept for the next;
                                      -- 'heapdiff': memory of heapdiff itself
  stack_id        INTEGER REFERENCES stack (id),
  resident_bytes  INTEGER NOT NULL
) STRICT;

-- The mappings of the process: from /proc/self/smaps in a process of up to 256 MiB. In a larger one
-- the shim counts page by page, so that the process does not wait; NULL where this gives no number.
CREATE TABLE mapping (
  start           INTEGER PRIMARY KEY,
  end             INTEGER NOT NULL,
  permissions     TEXT    NOT NULL,
  file_offset     INTEGER NOT NULL,
  path            TEXT    NOT NULL,   -- a file, '[heap]', '[stack]', …, or '' for anonymous memory
  kind            TEXT    NOT NULL,   -- 'heap', 'stack', 'file', 'anonymous', 'shared', 'special'
  rss_bytes       INTEGER NOT NULL,
  pss_bytes       INTEGER,            -- NULL: an unknown number of other processes map some of the
                                      -- pages, too
  dirty_bytes     INTEGER,            -- private and written to; NULL: shared
  swap_bytes      INTEGER             -- NULL: shared
) STRICT;

-- rss_bytes of the snapshot by owner: the rows add up to it, to the byte.
--   'allocator'     heap, arenas and mappings of the allocator: live blocks and free memory
--   'mmap'          anonymous and shared memory that the program itself (or its runtime) mapped
--   'file'          mapped files: code, data, caches
--   'thread stack'  stacks of all threads, including the main one
--   'heapdiff'      the cost of recording: tables, code and data of the library
--   'other'         memory without a known owner
CREATE TABLE rss (
  owner           TEXT    PRIMARY KEY,
  bytes           INTEGER NOT NULL
) STRICT;

-- Counts of what recording saw, dropped, cut short or guessed: they tell how far to trust the rest.
-- Also the work done so far, when it was counted: 'operations', 'operations_asked'.
CREATE TABLE counter (
  name            TEXT    PRIMARY KEY,
  value           INTEGER NOT NULL,
  meaning         TEXT    NOT NULL
) STRICT;

-- Statistics of the program's allocator under its own names (jemalloc: mallctl; tcmalloc:
-- MallocExtension; mimalloc: mi_process_info) and under common ones:
--   'allocated_bytes'  in blocks of the program (not mimalloc)
--   'free_bytes'       kept for later blocks (not mimalloc)
--   'held_bytes'       taken from the kernel and not returned
-- The shim does not ask glibc: it counts from the heaps and the live blocks ('keepcost' is the
-- memory after the last block). Numbers of the other allocators are missing at exit, when a dead
-- thread may hold the allocator's locks; see also counter 'allocator_not_asked'.
CREATE TABLE allocator (
  name            TEXT    NOT NULL,   -- 'glibc', 'jemalloc', 'tcmalloc', 'mimalloc'
  statistic       TEXT    NOT NULL,
  value           INTEGER NOT NULL,
  PRIMARY KEY (name, statistic)
) STRICT, WITHOUT ROWID;

-- Memory that glibc's malloc cuts blocks from: the program break (the main arena), and the heaps of
-- up to 64 MiB of the arenas for threads. The shim finds it from the live blocks, also at exit; the
-- table is empty when recording was sampled and for other allocators. M_ARENA_MAX limits the number
-- of arenas, each with holes or a top of its own; malloc_trim returns a resident top at once.
CREATE TABLE arena (
  id              INTEGER PRIMARY KEY,
  start           INTEGER NOT NULL,
  end             INTEGER NOT NULL,
  live_blocks     INTEGER NOT NULL,
  live_bytes      INTEGER NOT NULL,   -- as requested
  hole_bytes      INTEGER NOT NULL,   -- free between the first and the last live block
  top_bytes       INTEGER NOT NULL,   -- free after the last live block
  resident_bytes  INTEGER NOT NULL,   -- of all of it
  top_resident_bytes INTEGER NOT NULL
) STRICT;

-- The holes of each arena by size; classes as in table size. Adjacent free chunks are one hole.
CREATE TABLE hole (
  arena_id        INTEGER NOT NULL REFERENCES arena (id),
  class           INTEGER NOT NULL,
  holes           INTEGER NOT NULL,
  bytes           INTEGER NOT NULL,
  PRIMARY KEY (arena_id, class)
) STRICT, WITHOUT ROWID;

-- Numbers that a managed runtime reported about itself (process.memoryUsage() and the like).
CREATE TABLE runtime (
  name            TEXT    NOT NULL,   -- 'node', …
  statistic       TEXT    NOT NULL,
  value           REAL    NOT NULL,
  PRIMARY KEY (name, statistic)
) STRICT, WITHOUT ROWID;

-- Numbers of the process between snapshots (HEAPDIFF_TIMELINE), from the start of recording on: of
-- the last snapshot of a process they are those of all. A long series keeps every second point,
-- then every fourth, and so on. Missing in snapshots of older versions of heapdiff.
CREATE TABLE timeline (
  name            TEXT    NOT NULL,   -- 'process': the kernel says it; else the runtime, by the name
                                      -- of its main thread in table runtime
  statistic       TEXT    NOT NULL,   -- 'rss'; 'heapUsed', 'external', 'arrayBuffers',
                                      -- 'eventLoopDelay_max_ms': the longest since the point before;
                                      -- 'http_requests': begun so far
  uptime_ns       INTEGER NOT NULL,   -- as in snapshot.uptime_ns
  value           REAL    NOT NULL,
  PRIMARY KEY (name, statistic, uptime_ns)
) STRICT, WITHOUT ROWID;

-- Live objects of JavaScript heaps by the function that allocated them, from V8's sampling heap
-- profiler (HEAPDIFF_JS_SAMPLE): estimates, like those of a sampled recording. The objects are
-- inside mappings of the heap: do not add these bytes to other tables. Garbage is collected
-- before. Statistic 'js_sample_bytes' of table runtime is the mean distance of two samples; a heap
-- without it has no rows: it was not asked to collect, or has no profiler.
CREATE TABLE js_frame (
  id              INTEGER PRIMARY KEY,
  function        TEXT    NOT NULL,   -- '' when it has no name; '(V8 API)' and the like: V8 itself
  url             TEXT    NOT NULL,   -- of its script: a path, file://, node:; '' for V8 itself
  line            INTEGER NOT NULL,   -- where the function begins; 0 when unknown
  column_number   INTEGER NOT NULL
) STRICT;

-- The call tree of each JavaScript heap: a node's callers are its parent, the parent's parent …
CREATE TABLE js_node (
  id              INTEGER PRIMARY KEY,
  parent_id       INTEGER REFERENCES js_node (id),  -- the caller; NULL for the outermost function
  frame_id        INTEGER NOT NULL REFERENCES js_frame (id),
  isolate         TEXT    NOT NULL    -- the heap: its name in table runtime
) STRICT;

-- What the innermost function of a node allocated and is live, by the epoch of its allocation.
CREATE TABLE js_live (
  node_id         INTEGER NOT NULL REFERENCES js_node (id),
  epoch           INTEGER NOT NULL,
  samples         INTEGER NOT NULL,
  live_bytes      INTEGER NOT NULL,
  live_variance   REAL    NOT NULL,   -- of live_bytes, in bytes squared
  PRIMARY KEY (node_id, epoch)
) STRICT, WITHOUT ROWID;

-- Source maps of JavaScript that a loader compiled in memory (tsx, ts-node): its lines are in no
-- file. Without the sources' texts. Missing in snapshots of older versions of heapdiff.
CREATE TABLE source_map (
  file            TEXT    PRIMARY KEY,  -- as location.jit_name has it, but a path for a file: URL
  map             TEXT    NOT NULL    -- JSON, version 3
) STRICT, WITHOUT ROWID;

-- The HEAPDIFF_* options in force.
CREATE TABLE option (
  name            TEXT    PRIMARY KEY,
  value           TEXT    NOT NULL,
  is_set          INTEGER NOT NULL    -- 0: the default
) STRICT;

-- Names that the analyzer found for native locations (heapdiff symbolize), inlined frames first;
-- and lines of JIT code from a jitdump (the name is location.jit_name).
CREATE TABLE symbol (
  location_id     INTEGER NOT NULL REFERENCES location (id),
  depth           INTEGER NOT NULL,   -- 0: innermost inlined function
  function        TEXT    NOT NULL,
  file            TEXT,
  line            INTEGER,
  column_number   INTEGER,
  PRIMARY KEY (location_id, depth)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------------------------------
-- Views: for use at a sqlite3 prompt.

-- The name of each location: the JIT name, the symbol, or module+0xoffset.
CREATE VIEW location_name AS
SELECT l.id AS location_id,
       coalesce(l.jit_name,
                (SELECT s.function FROM symbol s WHERE s.location_id = l.id ORDER BY s.depth LIMIT 1),
                CASE WHEN m.id IS NULL THEN printf('0x%x', l.address)
                     ELSE printf('%s+0x%x',
                                 replace(m.path, rtrim(m.path, replace(m.path, '/', '')), ''),
                                 l.offset) END) AS name
FROM location l LEFT JOIN module m ON m.id = l.module_id;

-- The frames of every stack: depth 0 is the leaf.
CREATE VIEW stack_frames AS
WITH RECURSIVE walk (stack_id, depth, node_id) AS (
  SELECT id, 0, node_id FROM stack WHERE node_id IS NOT NULL
  UNION ALL
  SELECT w.stack_id, w.depth + 1, n.parent_id
  FROM walk w JOIN node n ON n.id = w.node_id WHERE n.parent_id IS NOT NULL)
SELECT w.stack_id, w.depth, n.location_id, ln.name
FROM walk w JOIN node n ON n.id = w.node_id JOIN location_name ln ON ln.location_id = n.location_id;

-- Stacks by live bytes, largest first, each with its eight innermost frames.
CREATE VIEW top_sites AS
SELECT s.kind, s.live_bytes, s.live_blocks, s.allocations,
       s.allocations - s.live_blocks AS frees,
       (WITH RECURSIVE walk (depth, node_id, text) AS (
          SELECT 0, s.node_id, ''
          UNION ALL
          SELECT w.depth + 1, n.parent_id,
                 w.text || CASE w.depth WHEN 0 THEN '' ELSE ' < ' END || ln.name
          FROM walk w JOIN node n ON n.id = w.node_id
                      JOIN location_name ln ON ln.location_id = n.location_id
          WHERE w.depth < 8)
        SELECT text FROM walk ORDER BY depth DESC LIMIT 1) AS stack,
       s.id AS stack_id
FROM stack s
WHERE s.live_blocks > 0
ORDER BY s.live_bytes DESC;
