/* page.h -- The shim's side of the control page; see format/protocol.h for the exchange.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_PAGE_H
#define CONTROL_PAGE_H

#include <stdbool.h>

#include "format/protocol.h"
#include "snapshot/snapshot.h"

/* Makes and maps the file. NULL when no directory can be written to: then nobody can ask from
 * outside, and all else works. Lives until page_close. */
struct control_page *page_open(void);

/* Removes files of processes that were killed before they could; ours, and of our pid namespace,
 * for elsewhere the same number may be alive. Control thread only. */
void page_sweep(void);

/* Removes the file; the mapping stays. */
void page_close(void);

/* Unmaps the parent's page in a forked child, which has nothing to answer. */
void page_leave(void);

/* Says on the page how many snapshots there are; page may be NULL. */
void page_count(struct control_page *page);

/* Serves one request that is pending on the page. Control thread only. Returns whether there was
 * one. */
bool page_serve(struct control_page *page);

#endif
