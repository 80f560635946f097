/* operations.c -- The work done between the snapshots, and the source of that number.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/operations.h"

#include "compare/comparison.h"

#include <inttypes.h>

const char *operations_source_name(enum operations_source source)
{
    static const char *const names[] = {NULL, "option", "snapshots", "program", "server"};
    return names[source];
}

const char *operations_source_words(enum operations_source source)
{
    static const char *const words[] = {"", "given by --ops", "read from the snapshots",
                                        "counted by the program (heapdiff_ops)",
                                        "counted by the server as HTTP requests"};
    return words[source];
}

/* True when both snapshots have the count, even if it cannot be used. */
static bool operations_use(struct comparison *comparison, const char *counter,
                           enum operations_source source)
{
    int64_t first = store_counter(comparison->stores[0], counter);
    int64_t last = store_counter(comparison->stores[comparison->count - 1], counter);
    const char *words = operations_source_words(source);
    if (first < 0 && source == OPERATIONS_PROGRAM)
        first = 0; /* the process has not begun to count yet */
    if (first < 0 || last < 0)
        return false;
    if (last < first)
        VEC_ADD(&comparison->notes,
                pool_format(comparison->pool,
                            "operations, %s, go down from %" PRId64 " to %" PRId64
                            " (was it restarted?), so there is no growth per operation; give the "
                            "number with --ops N",
                            words, first, last));
    else if (last == first)
        VEC_ADD(&comparison->notes, pool_format(comparison->pool,
                                                "operations, %s, stand at %" PRId64
                                                " in both snapshots: no work was done in between",
                                                words, last));
    else {
        comparison->operations = last - first;
        comparison->operations_source = source;
    }
    return true;
}

void operations_find(struct comparison *comparison)
{
    if (comparison->operations > 0) {
        comparison->operations_source = OPERATIONS_OPTION;
        return;
    }
    if (comparison->count < 2 ||
        operations_use(comparison, FORMAT_OPERATIONS_ASKED, OPERATIONS_ASKER))
        return;
    if (!comparison->is_one_process) /* each process counts from 0 */
        return;
    if (operations_use(comparison, FORMAT_OPERATIONS, OPERATIONS_PROGRAM))
        return;
    struct workload_requests requests = workload_requests(comparison);
    if (requests.done > 0) {
        comparison->operations = requests.done;
        comparison->operations_source = OPERATIONS_SERVER;
    }
}
