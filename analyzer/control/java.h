/* java.h -- JVMs: collecting and naming by the JDK's own command, from outside.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CONTROL_JAVA_H
#define ANALYZER_CONTROL_JAVA_H

#include "base/error.h"

#include <sys/types.h>

bool java_is_jvm(pid_t pid);

/* Returns when the JVM has collected. Gives up when CANCEL_FD (-1: none) is readable. False with
 * ERROR filled. */
bool java_collect(pid_t pid, int cancel_fd, struct error *error);

/* Lets the JVM (17 and later) write where its compiled code lies into /tmp/perf-PID.map, which the
 * snapshot then reads; returns when it has. False when it cannot, and its code stays nameless. */
bool java_write_perf_map(pid_t pid, int cancel_fd);

#endif
