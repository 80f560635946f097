/* runtime.h -- Managed heaps of this process: collection of their garbage, and their numbers.
 *
 * Only a runtime's own thread may touch its heap, and that thread may be busy for any time. So a
 * request to the members is an exchange with a deadline: it is begun, checked whenever a member has
 * answered, and settled when all have answered or the time is up. Meanwhile the control process
 * serves others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_RUNTIME_H
#define RUNTIME_RUNTIME_H

#include "runtime/member.h"

/* ---- the members' side: any thread; see member.h ------------------------------------------------
 */

struct heapdiff_member *runtime_join(const struct heapdiff_member_info *info);
uint32_t runtime_take(struct heapdiff_member *member, bool *collect);
void runtime_answer(struct heapdiff_member *member, uint32_t request, const char *names,
                    size_t length, const double *values, size_t count);
void runtime_profile(struct heapdiff_member *member, uint32_t request,
                     const struct heapdiff_member_profile *profile);
void runtime_sample(const struct heapdiff_member *member, const double *values, size_t count);
void runtime_leave(struct heapdiff_member *member);

/* Wakes those that are asked and have not been woken. Errand thread only. */
void runtime_wake_members(void);

/* ---- the control process's side
 * ------------------------------------------------------------------
 */

/* Ring is called, from any thread, when runtime_settled is worth another look. From a thread of the
 * program, before there is an exchange; again whenever the control process is started. */
void runtime_init(void (*ring)(void));

/* At the start of the program, not in its children: starts the helper thread where it is needed
 * before the program has a thread that could start it. */
void runtime_begin(void);

/* Whether its lock is free, or is so within a second; see lock_settles. */
bool runtime_settles(void);

/* In a forked child: the members were threads of the parent. */
void runtime_forked(void);

/* The user of an exchange. Our own triggers (a signal, an interval, pressure) go without one while
 * an asker's is under way, and wait less. */
enum runtime_user { RUNTIME_FOR_ASKER, RUNTIME_FOR_OURSELVES };

/* Begins an exchange if none is under way, and says whether it is settled. When it is, the answers
 * stay until runtime_over. */
bool runtime_settled(enum runtime_user user, bool collect);

/* When the exchange under way will be settled at the latest: CLOCK_MONOTONIC in ns, 0 if none is.
 */
uint64_t runtime_deadline(void);

/* The result of a settled exchange with a collection: 0, or an errno when nothing was collected.
 * Text gives the reason, or a note on a collection that was done; may be "". */
int runtime_outcome(char *text, size_t size);

/* Of a settled exchange: how many members were asked, and how many had not answered in time. */
void runtime_count(unsigned *asked, unsigned *silent);

/* Calls visit for every number of a settled exchange; none otherwise. */
void runtime_each(void (*visit)(const char *name, const char *statistic, double value,
                                void *context),
                  void *context);

/* The same for every profile that came with an answer; it lives until runtime_over. */
void runtime_each_profile(void (*visit)(const char *name,
                                        const struct heapdiff_member_profile *profile,
                                        void *context),
                          void *context);

/* Forgets the user's exchange. */
void runtime_over(enum runtime_user user);

#endif
