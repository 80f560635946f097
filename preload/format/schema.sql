-- schema.sql -- THE CONTRACT: every table and column of a heapdiff snapshot.
--
-- The shim executes this text to make a snapshot, the analyzer executes it in its tests, and
-- `sqlite3 file.db .schema` shows it to a reader: there is no second description of the format.
-- One file holds the live state of one process at one time. Units: bytes, nanoseconds, addresses
-- as signed 64-bit integers (print them with printf('0x%x', address)).
--
-- Reading order: snapshot -> stack -> node -> location -> module; then region, mapping, counter.
-- For a quick look: SELECT * FROM top_sites LIMIT 10;

PRAGMA application_id = 1212433990;  -- 'HDFF'; schema.h: FORMAT_APPLICATION_ID
PRAGMA user_version   = 1;           -- schema.h: FORMAT_VERSION

-- Exactly one row: what was measured, when, and how much of it there is.
CREATE TABLE snapshot (
  number          INTEGER NOT NULL,   -- 1 for the first snapshot of the process, and so on
  label           TEXT    NOT NULL,   -- given by the asker; '' when none was given
  reason          TEXT    NOT NULL,   -- 'request', 'exit', 'api', 'signal', 'interval', 'pressure'
  time_ns         INTEGER NOT NULL,   -- wall clock, since 1970
  uptime_ns       INTEGER NOT NULL,   -- since the process started recording (monotonic clock)
  duration_ns     INTEGER NOT NULL,   -- how long collecting it took
  epoch           INTEGER NOT NULL,   -- birth epoch that this snapshot closes; see table epoch
  pid             INTEGER NOT NULL,   -- in the process's own pid namespace
  ppid            INTEGER NOT NULL,
  uid             INTEGER NOT NULL,   -- effective user
  program         TEXT    NOT NULL,   -- the name it was started by, without folders
  executable      TEXT    NOT NULL,   -- /proc/self/exe
  command_line    TEXT    NOT NULL,   -- arguments joined by blanks
  directory       TEXT    NOT NULL,   -- working directory at the time of the snapshot
  host            TEXT    NOT NULL,
  page_size       INTEGER NOT NULL,
  threads         INTEGER NOT NULL,   -- all of the process but heapdiff's own
  sample_bytes    INTEGER NOT NULL,   -- 0 = every allocation was recorded; else HEAPDIFF_SAMPLE
  live_bytes      INTEGER NOT NULL,   -- sum over stack, estimated when sampled
  live_blocks     INTEGER NOT NULL,
  rss_bytes       INTEGER NOT NULL,   -- sum of Rss over table mapping: the number to be explained
  peak_rss_bytes  INTEGER NOT NULL,   -- VmHWM
  version         TEXT    NOT NULL,   -- of the heapdiff that wrote the file
  started_ns      INTEGER NOT NULL    -- when the process started, since boot, as the kernel counts
                                      -- (in steps of 10 ms): with pid it names a process for ever
) STRICT;

-- A stack is where blocks come from: frames (through node), what they are, and the counters.
-- freed blocks = allocations - live_blocks; the same for bytes.
CREATE TABLE stack (
  id              INTEGER PRIMARY KEY,  -- the same stack in all snapshots of a process
  node_id         INTEGER REFERENCES node (id),  -- leaf frame; NULL when no frame was found
  kind            TEXT    NOT NULL,   -- 'malloc', 'buffer', 'mmap', 'brk', 'shm', 'pool',
                                      -- 'thread': threads and their stacks
  live_blocks     INTEGER NOT NULL,
  live_bytes      INTEGER NOT NULL,   -- as requested by the program, without allocator rounding;
                                      -- of threads, and of mappings made without access, what is
                                      -- resident
  live_variance   REAL    NOT NULL,   -- of live_bytes, in bytes squared; 0 when not sampled
  allocations     INTEGER NOT NULL,   -- ever, including those that were freed
  allocated_bytes INTEGER NOT NULL,   -- ever
  first_epoch     INTEGER NOT NULL,   -- the epoch in which the stack was first seen
  truncated       INTEGER NOT NULL    -- 1: deeper than HEAPDIFF_DEPTH, or the unwinder gave up
) STRICT;

-- The frames of all stacks as one tree, so that common callers are stored once.
-- A stack's frames, leaf first: its node, the node's parent, and so on.
CREATE TABLE node (
  id              INTEGER PRIMARY KEY,
  parent_id       INTEGER REFERENCES node (id),  -- the caller; NULL for the outermost frame
  location_id     INTEGER NOT NULL REFERENCES location (id)
) STRICT;

-- A code address that occurs in a stack. For callers it is a return address: the call itself is
-- at address - 1, which is what symbols must be looked up for. A Python function has none: it
-- stands behind the frame of its interpreter with a number above 2^62, and a name.
CREATE TABLE location (
  id              INTEGER PRIMARY KEY,
  address         INTEGER NOT NULL,   -- in the process
  module_id       INTEGER REFERENCES module (id),  -- NULL for JIT code and unknown memory
  offset          INTEGER,            -- address in the ELF file: address - module.bias, unless the
                                      -- program has mapped the code a second time (V8's builtins)
  jit_name        TEXT                -- from the perf map, as found there; NULL for native code but
                                      -- a runtime's builtins, which lie in its own library;
                                      -- 'py::function:file:line' from CPython's frames
) STRICT;

-- Everything that was loaded while recording, also what has been unloaded since.
CREATE TABLE module (
  id              INTEGER PRIMARY KEY,
  path            TEXT    NOT NULL,
  build_id        TEXT,               -- hex; NULL when the file has none
  start           INTEGER NOT NULL,   -- lowest mapped address
  end             INTEGER NOT NULL,   -- one past the highest
  bias            INTEGER NOT NULL,   -- address in the process - address in the ELF file
  unloaded        INTEGER NOT NULL    -- 1: no longer mapped when the snapshot was taken
) STRICT;

-- What the program said it was doing (heapdiff_label), and which thread it was (HEAPDIFF_THREADS=1):
-- of stacks of which one of both is known. Stacks that differ in nothing else have rows of their own
-- in table stack: add them up where that does not matter.
CREATE TABLE tag (
  stack_id        INTEGER PRIMARY KEY REFERENCES stack (id),
  label_id        INTEGER REFERENCES label (id),       -- NULL: none
  thread          INTEGER REFERENCES thread (number)   -- NULL: not recorded
) STRICT;

CREATE TABLE label (
  id              INTEGER PRIMARY KEY,
  text            TEXT    NOT NULL    -- '(more labels)': all beyond the first 32,768
) STRICT;

-- Threads of which there is a stack, in the order in which they first allocated. One that has ended
-- is there because of what it has left, or has once allocated.
CREATE TABLE thread (
  number          INTEGER PRIMARY KEY,
  name            TEXT    NOT NULL,   -- as the kernel has it, now or when it ended; 65535: '(more
                                      -- threads)', all from number 65,535 on
  ended           INTEGER NOT NULL    -- 1: it is no more
) STRICT;

-- Live blocks by the epoch they were born in: survivors are those of earlier epochs.
CREATE TABLE age (
  stack_id        INTEGER NOT NULL REFERENCES stack (id),
  epoch           INTEGER NOT NULL,
  live_blocks     INTEGER NOT NULL,
  live_bytes      INTEGER NOT NULL,
  PRIMARY KEY (stack_id, epoch)
) STRICT, WITHOUT ROWID;

-- Live blocks by size: class n holds sizes from 2^n up to, not including, 2^(n+1); 0 holds 0 and 1.
CREATE TABLE size (
  stack_id        INTEGER NOT NULL REFERENCES stack (id),
  class           INTEGER NOT NULL,
  live_blocks     INTEGER NOT NULL,
  live_bytes      INTEGER NOT NULL,
  PRIMARY KEY (stack_id, class)
) STRICT, WITHOUT ROWID;

-- When each epoch began. Every snapshot closes one epoch and opens the next.
CREATE TABLE epoch (
  number          INTEGER PRIMARY KEY,
  uptime_ns       INTEGER NOT NULL
) STRICT;

-- Every live block that was recorded; empty unless the snapshot was taken with --blocks. The
-- blocks of a stack are then as many as its live_blocks says; when recording was sampled, a block
-- stands for 1 / (1 - exp(-size / snapshot.sample_bytes)) blocks of its size.
-- (address, epoch) names a block for ever. 16 to 22 bytes a row.
CREATE TABLE block (
  address         INTEGER PRIMARY KEY,
  size            INTEGER NOT NULL,   -- as requested
  stack_id        INTEGER NOT NULL REFERENCES stack (id),
  epoch           INTEGER NOT NULL
) STRICT;

-- The same for blocks of custom pools (heapdiff_alloc), which lie inside other blocks or mappings
-- and may have their address.
CREATE TABLE pool_block (
  address         INTEGER NOT NULL,
  size            INTEGER NOT NULL,
  stack_id        INTEGER NOT NULL REFERENCES stack (id),
  epoch           INTEGER NOT NULL
) STRICT;

-- Address ranges whose owner is known, with the bytes of them that are resident in memory.
CREATE TABLE region (
  start           INTEGER PRIMARY KEY,
  end             INTEGER NOT NULL,
  owner           TEXT    NOT NULL,   -- 'mmap': the program's own mapping (see its stack);
                                      -- 'allocator': mapped by an allocator for its blocks;
                                      -- 'thread stack': glibc's, of a thread that runs or waits to
                                      -- be joined (see its stack), or kept for the next one;
                                      -- 'heapdiff': our own memory
  stack_id        INTEGER REFERENCES stack (id),
  resident_bytes  INTEGER NOT NULL
) STRICT;

-- What the process has mapped. From /proc/self/smaps in a process of up to 256 MiB; in a larger one
-- counted page by page, so that it need not wait, and NULL where that does not tell.
CREATE TABLE mapping (
  start           INTEGER PRIMARY KEY,
  end             INTEGER NOT NULL,
  permissions     TEXT    NOT NULL,
  file_offset     INTEGER NOT NULL,
  path            TEXT    NOT NULL,   -- a file, '[heap]', '[stack]', …, or '' for anonymous memory
  kind            TEXT    NOT NULL,   -- 'heap', 'stack', 'file', 'anonymous', 'shared', 'special'
  rss_bytes       INTEGER NOT NULL,
  pss_bytes       INTEGER,            -- NULL: some pages are mapped by others too, how often is not
                                      -- known
  dirty_bytes     INTEGER,            -- private and written to; NULL: shared
  swap_bytes      INTEGER             -- NULL: shared
) STRICT;

-- rss_bytes of the snapshot by owner: the rows add up to it, to the byte.
--   'allocator'     heap, arenas and mappings of the allocator: live blocks and what it holds free
--   'mmap'          anonymous and shared memory mapped by the program itself (or its runtime)
--   'file'          mapped files: code, data, caches
--   'thread stack'  stacks of all threads, the main one too
--   'heapdiff'      what recording costs: tables, the library's own code and data
--   'other'         what nobody could be found for
CREATE TABLE rss (
  owner           TEXT    PRIMARY KEY,
  bytes           INTEGER NOT NULL
) STRICT;

-- What recording saw, dropped, cut short or guessed: how far the rest can be trusted. Also how much
-- work was done so far, when somebody has said so: 'operations', 'operations_asked'.
CREATE TABLE counter (
  name            TEXT    PRIMARY KEY,
  value           INTEGER NOT NULL,
  meaning         TEXT    NOT NULL
) STRICT;

-- Statistics of the program's allocator, in its own terms (jemalloc: mallctl; tcmalloc:
-- MallocExtension; mimalloc: mi_process_info), and in common ones:
--   'allocated_bytes'  in blocks that the program has (not mimalloc)
--   'free_bytes'       kept for later blocks (not mimalloc)
--   'held_bytes'       got from the kernel and not given back
-- glibc is not asked: its numbers are counted from its heaps and the live blocks ('keepcost' is what
-- lies behind the last block). The others' are missing at exit, when a dead thread may have the
-- allocator's locks; see also counter 'allocator_not_asked'.
CREATE TABLE allocator (
  name            TEXT    NOT NULL,   -- 'glibc', 'jemalloc', 'tcmalloc', 'mimalloc'
  statistic       TEXT    NOT NULL,
  value           INTEGER NOT NULL,
  PRIMARY KEY (name, statistic)
) STRICT, WITHOUT ROWID;

-- Memory that glibc's malloc cuts blocks from: the program break (the main arena), and the heaps of
-- up to 64 MiB of the arenas that threads get. Found from the live blocks, also at exit; empty when
-- recording was sampled and for other allocators. Many arenas, each with holes or a top of its own,
-- are what M_ARENA_MAX is for; a resident top is what malloc_trim gives back at once.
CREATE TABLE arena (
  id              INTEGER PRIMARY KEY,
  start           INTEGER NOT NULL,
  end             INTEGER NOT NULL,
  live_blocks     INTEGER NOT NULL,
  live_bytes      INTEGER NOT NULL,   -- as requested
  hole_bytes      INTEGER NOT NULL,   -- free between the first and the last live block
  top_bytes       INTEGER NOT NULL,   -- free behind the last live block
  resident_bytes  INTEGER NOT NULL,   -- of all of it
  top_resident_bytes INTEGER NOT NULL
) STRICT;

-- The holes of each arena by size; classes as in table size. Neighbouring free chunks are one hole.
CREATE TABLE hole (
  arena_id        INTEGER NOT NULL REFERENCES arena (id),
  class           INTEGER NOT NULL,
  holes           INTEGER NOT NULL,
  bytes           INTEGER NOT NULL,
  PRIMARY KEY (arena_id, class)
) STRICT, WITHOUT ROWID;

-- Numbers that a managed runtime gave about itself (process.memoryUsage() and the like).
CREATE TABLE runtime (
  name            TEXT    NOT NULL,   -- 'node', …
  statistic       TEXT    NOT NULL,
  value           REAL    NOT NULL,
  PRIMARY KEY (name, statistic)
) STRICT, WITHOUT ROWID;

-- The HEAPDIFF_* options in force.
CREATE TABLE option (
  name            TEXT    PRIMARY KEY,
  value           TEXT    NOT NULL,
  is_set          INTEGER NOT NULL    -- 0: the default
) STRICT;

-- Names that the analyzer found for native locations (heapdiff symbolize), inlined frames first;
-- and the lines of JIT code that a jitdump gave (the name is location.jit_name).
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
-- Views: for people with a sqlite3 prompt.

-- Each location in words: the JIT name, the symbol, or module+0xoffset.
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
