/* operations.c -- Units of work that the program says it has done: heapdiff_ops.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/operations.h"

_Atomic uint64_t operations_done;
atomic_bool operations_are_counted;

void operations_forget(void)
{
    atomic_store(&operations_done, 0);
    atomic_store(&operations_are_counted, false);
}
