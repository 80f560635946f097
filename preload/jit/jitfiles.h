/* jitfiles.h -- Finding the files in which a process's runtime names its JIT code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JIT_JITFILES_H
#define JIT_JITFILES_H

#include <stdbool.h>

#include "kernel/process.h"

/* The perf map: /tmp/perf-PID.map, or a file of that name elsewhere that the process has open (it
 * may have changed its root, or use another folder). -1 when there is none. HAS_GROWN: the contents
 * of the last call are still there, so the size stands for a time. Control process only. */
int jitfiles_open_map(int pid, bool *has_grown);

/* The jitdump: runtimes map a page of it, so that it can be found. -1 when there is none. */
int jitfiles_open_dump(int pid, const struct process_maps *maps);

#endif
