/* epoch.c -- The epoch in which blocks are allocated: a counter that every snapshot raises.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/epoch.h"

_Atomic uint32_t epoch_current;
