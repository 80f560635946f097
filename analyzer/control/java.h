/* java.h -- JVMs: their garbage is collected by the JDK's own command, from outside.
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

#endif
