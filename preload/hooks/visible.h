/* visible.h -- Exports those of our hooks whose real functions exist in the process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOOKS_VISIBLE_H
#define HOOKS_VISIBLE_H

/* Rebinds references to such a real function to our body, and makes later lookups find our body.
 * Constructor only, once. */
void visible_begin(void);

#endif
