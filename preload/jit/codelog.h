/* codelog.h -- Reading the log of JIT code (tables/jitcode.h): moved code keeps its name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JIT_CODELOG_H
#define JIT_CODELOG_H

#include <stdint.h>

struct codelog_entry {
    uintptr_t start, end; /* end exclusive; never empty */
    uint32_t number;      /* of the piece in the log */
    const char *name;     /* never freed; NULL: not known */
};

typedef void codelog_visit(const struct codelog_entry *entry, void *context);

/* Shows all pieces in the order in which they were announced. Control process only. */
void codelog_scan(codelog_visit *visit, void *context);

#endif
