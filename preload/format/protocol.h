/* protocol.h -- The control page: how `heapdiff snapshot PID` talks to a recorded process.
 *
 * The control process (a child of the recorded one that shares its memory) maps one file shared.
 * The recorded process holds no descriptor of it, so nothing in the program can disturb the
 * channel: not a daemon that closes all descriptors, nor chroot, nor setuid. The file
 * is made with mode 0600: a process that may open it may ask. Its name is
 * DIRECTORY/heapdiff.PID.control with PID as the process itself sees it; an asker finds it in
 * /proc/PID/maps and opens it below /proc/PID/root.
 *
 * One exchange:
 *   asker   flock(LOCK_EX) on the file: requests are served one after the other, and the lock of an
 *           asker ends with its process
 *   asker   waits until answered == asked (an earlier asker may have ended half-way)
 *   asker   writes the request fields, then asked += 1 (release), then FUTEX_WAKE on asked
 *   shim    reads the request, takes the snapshot, writes the answer fields,
 *           then answered = asked (release), then FUTEX_WAKE on answered
 *   asker   FUTEX_WAIT on answered in slices, so that it notices when the process ends
 * Both futexes are shared ones (no FUTEX_PRIVATE_FLAG).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HEAPDIFF_FORMAT_PROTOCOL_H
#define HEAPDIFF_FORMAT_PROTOCOL_H

#include <stdatomic.h>
#include <stdint.h>

#define PROTOCOL_MAGIC      0x3143464646494448ull /* the bytes "HDIFFFC1" */
#define PROTOCOL_VERSION    1
#define PROTOCOL_PREFIX     "heapdiff."
#define PROTOCOL_SUFFIX     ".control"
#define PROTOCOL_LABEL_SIZE 128
#define PROTOCOL_PATH_SIZE  4096
#define PROTOCOL_TEXT_SIZE  512

enum protocol_flags {
    PROTOCOL_GC = 1,              /* let the runtime collect its garbage first */
    PROTOCOL_BLOCKS = 2,          /* store every live block */
    PROTOCOL_OPERATIONS = 4,      /* store field operations; only if it is among the abilities */
    PROTOCOL_TALLY = 8,           /* no snapshot: count what is live before a collection, which the
                                     asker will have done by other means */
    PROTOCOL_COLLECTED = 16,      /* it was done: store what has gone since the last request with
                                     PROTOCOL_TALLY, or with PROTOCOL_GC that failed */
    PROTOCOL_CANCELLED = 1 << 16, /* the asker has gone: answer ECANCELED */
};

struct control_page {
    uint64_t magic;                       /* written last, when all else is in place */
    uint32_t version;                     /* PROTOCOL_VERSION */
    uint32_t pid;                         /* in the process's own pid namespace */
    _Atomic uint32_t asked;               /* futex: number of the last request */
    _Atomic uint32_t answered;            /* futex: number of the last request that was answered */
    _Atomic uint32_t snapshots;           /* how many were written so far, for whatever reason */
    uint32_t flags;                       /* request: enum protocol_flags */
    char label[PROTOCOL_LABEL_SIZE];      /* request: zero-terminated UTF-8 */
    char path[PROTOCOL_PATH_SIZE];        /* request: absolute, or "" for HEAPDIFF_OUT */
    int32_t error;                        /* answer: 0, or an errno */
    char answer_path[PROTOCOL_PATH_SIZE]; /* answer: the finished file, absolute */
    char answer_text[PROTOCOL_TEXT_SIZE]; /* answer: the reason of a failure, or a note; one line */
    uint64_t pid_namespace;               /* inode of /proc/self/ns/pid: the namespace of pid */
    char pattern[PROTOCOL_PATH_SIZE];     /* HEAPDIFF_OUT as an absolute path, not filled in */
    uint32_t abilities;                   /* flags that came later and that the shim knows */
    uint64_t operations;                  /* request: units of work done so far */
    uint32_t control_pid;                 /* of the control process, which answers and writes */
    char program[256]; /* %e of the pattern; "": the shim is of an older version */
};

#endif
