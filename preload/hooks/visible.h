/* visible.h -- Shows the world those of our hooks whose real functions the process has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOOKS_VISIBLE_H
#define HOOKS_VISIBLE_H

/* Leads those who were bound to such a real function before us to our body, and lets those who
 * will look for it find our body. Constructor only, once. */
void visible_begin(void);

#endif
