/* channel.h -- The shim's side of the control page; see format/protocol.h for the exchange.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_CHANNEL_H
#define CONTROL_CHANNEL_H

#include <stdbool.h>
#include <sys/types.h>

#include "control/snapshot.h"
#include "format/protocol.h"

/* Makes and maps the file, which lives until channel_close. NULL when no directory is writable:
 * then other processes cannot ask for snapshots, and all else works. */
struct control_page *channel_open(void);

/* Removes files of processes that were killed before they could; ours, and of our pid namespace,
 * for elsewhere the same number may be alive. Control process only. */
void channel_sweep(void);

/* Removes the file, if its name is still its own, and the mapping. Control process only. */
void channel_close(void);

/* Makes USER the owner of the file, who may then ask and remove it. Control process only. */
void channel_give_to(uid_t user, gid_t group);

/* Unmaps the parent's page in a forked child, which has nothing to answer. */
void channel_forked(void);

/* Says on the page how many snapshots there are; page may be NULL. */
void channel_count(struct control_page *page);

/* Serves one request that is pending on the page. Control process only. Returns whether there was
 * one. */
bool channel_serve(struct control_page *page);

#endif
