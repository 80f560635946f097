/* operations.h -- The work done between the snapshots, and the source of that number.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_OPERATIONS_H
#define ANALYZER_COMPARE_OPERATIONS_H

struct comparison;

enum operations_source {
    OPERATIONS_UNKNOWN,
    OPERATIONS_OPTION,  /* --ops of the command that compares */
    OPERATIONS_ASKER,   /* whoever took the snapshots: heapdiff snapshot --ops, or the load of a job
                         */
    OPERATIONS_PROGRAM, /* the program: heapdiff_ops */
    OPERATIONS_SERVER,  /* the server: HTTP requests that it began to answer */
};

/* Fills operations and operations_source from the counts of the first snapshot and the last, unless
 * they were given. A count that makes no sense is not used; the comparison's notes say so. */
void operations_find(struct comparison *comparison);

/* For programs: "option", "snapshots", "program", "server"; NULL when it is not known. */
const char *operations_source_name(enum operations_source source);

/* For people: "counted by the program (heapdiff_ops)". */
const char *operations_source_words(enum operations_source source);

#endif
