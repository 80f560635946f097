/* runtime.c -- Managed heaps of this process: the members, and one exchange with all of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/runtime.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/memory.h"
#include "options.h"
#include "record/record.h"
#include "runtime/helper.h"
#include "runtime/kind.h"
#include "runtime/member.h"
#include "runtime/profile.h"
#include "runtime/scripts.h"
#include "runtime/timeline.h"

#define MEMBERS_MAX 512 /* a leak of Workers is to be seen as one */

/* Patience, in ms from the beginning of an exchange. */
#define TAKE_MS      5000 /* a collection is worth waiting for, but a blocked loop must not hang */
#define ASLEEP_MS    500  /* a thread that has not run at all until then waits for work */
#define FINISH_MS    120000 /* a collection that runs: a second per GiB and more */
#define NUMBERS_MS   1000   /* a snapshot is written without them rather than later */
#define OWN_MS       250    /* without an asker: pressure may be about to end the process */
#define STRAGGLER_MS 1000   /* Workers that have not begun when the main thread has ended */

enum phase { PHASE_NONE, PHASE_WAITING, PHASE_SETTLED };

/* Texts and values lie in mapped memory: joining must not allocate. */
struct answer {
    char names[MEMBER_TEXT_SIZE];
    double values[MEMBER_NUMBERS_MAX];
};

struct heapdiff_member {
    char name[MEMBER_NAME_SIZE];
    bool joined, is_main, only_to_collect;
    void (*wake)(void *);
    void *context;
    uint32_t asked, woken, taken, answered; /* numbers of requests */
    struct answer *answer;
    size_t length, count;
    struct profile *profile; /* of the exchange under way; NULL: none */
};

/* Held by members for the moment of an entry, and by the helper thread while it wakes them: a wake
 * is a write to a descriptor. */
static struct lock lock;
static struct heapdiff_member members[MEMBERS_MAX];
static enum phase phase;
static uint32_t number;        /* of the exchange */
static enum runtime_user user; /* its user */
static bool collecting;        /* its purpose */
static uint64_t started;       /* when */
static uint64_t main_done;     /* when the last main member answered */
static void (*ring_worker)(void);

static uint64_t now_ms(void)
{
    return clock_now() / 1000000u;
}

/* ---- the members' side --------------------------------------------------------------------------
 */

/* A member that has left keeps its answer until the exchange is over. */
static bool is_in_use(const struct heapdiff_member *member)
{
    return member->joined || (phase != PHASE_NONE && number && member->answered == number);
}

static bool is_taken_name(const char *name)
{
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        if (is_in_use(&members[i]) && strcmp(members[i].name, name) == 0)
            return true;
    return false;
}

/* Names are keys of a table: a second "node" becomes "node 2". */
static void set_name(struct heapdiff_member *member, const char *name)
{
    char unique[MEMBER_NAME_SIZE];
    snprintf(unique, sizeof unique, "%.20s", name);
    for (unsigned i = 2; is_taken_name(unique); i++)
        snprintf(unique, sizeof unique, "%.20s %u", name, i);
    memcpy(member->name, unique, sizeof unique);
}

static struct heapdiff_member *free_member(void)
{
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        if (!is_in_use(&members[i]))
            return &members[i];
    return NULL;
}

struct heapdiff_member *runtime_join(const struct heapdiff_member_info *info)
{
    if (info->version != MEMBER_VERSION || !record_is_on() || !options.thread ||
        (info->wake && !helper_start()))
        return NULL;
    if (!lock_take(&lock))
        return NULL;
    struct heapdiff_member *member = free_member();
    if (member && !member->answer)
        member->answer = memory_map(sizeof *member->answer);
    if (member && member->answer) {
        *member = (struct heapdiff_member){.joined = true,
                                           .is_main = info->is_main,
                                           .only_to_collect = info->only_to_collect,
                                           .wake = info->wake,
                                           .context = info->context,
                                           .answer = member->answer,
                                           .profile = member->profile};
        set_name(member, info->name);
    } else {
        member = NULL;
    }
    lock_give(&lock);
    return member;
}

void runtime_leave(struct heapdiff_member *member)
{
    if (!lock_take(&lock))
        return;
    member->joined = false;
    lock_give(&lock);
    ring_worker();
}

uint32_t runtime_take(struct heapdiff_member *member, bool *collect)
{
    *collect = false;
    if (!lock_take(&lock))
        return 0;
    bool waits = phase == PHASE_WAITING && member->asked == number && member->taken != number;
    uint32_t request = waits ? number : 0;
    if (waits)
        member->taken = number;
    *collect = collecting;
    lock_give(&lock);
    return request;
}

void runtime_answer(struct heapdiff_member *member, uint32_t request, const char *names,
                    size_t length, const double *values, size_t count)
{
    if (!lock_take(&lock))
        return;
    bool waits = phase == PHASE_WAITING && request == number && member->answered != number;
    if (waits) {
        member->length = length < MEMBER_TEXT_SIZE ? length : MEMBER_TEXT_SIZE;
        member->count = count < MEMBER_NUMBERS_MAX ? count : MEMBER_NUMBERS_MAX;
        if (member->length)
            memcpy(member->answer->names, names, member->length);
        if (member->count)
            memcpy(member->answer->values, values, member->count * sizeof *values);
        member->answered = number;
        if (member->is_main)
            main_done = now_ms();
    }
    lock_give(&lock);
    if (waits)
        ring_worker();
}

void runtime_profile(struct heapdiff_member *member, uint32_t request,
                     const struct heapdiff_member_profile *given)
{
    struct profile *profile = profile_copy(given);
    if (!profile)
        return;
    if (lock_take(&lock)) {
        bool waits = phase == PHASE_WAITING && request == number && member->answered != number;
        if (waits && !member->profile) {
            member->profile = profile;
            profile = NULL;
        }
        lock_give(&lock);
    }
    profile_drop(profile);
}

void runtime_sample(const struct heapdiff_member *member, const double *values, size_t count)
{
    if (member->is_main)
        timeline_add_member(member->name, values, count);
}

/* ---- the control process's side
 * ------------------------------------------------------------------
 */

static void no_ring(void)
{
}

void runtime_init(void (*ring)(void))
{
    ring_worker = ring ? ring : no_ring;
    if (!options.thread) /* for a moment only: no requests from other processes */
        return;
    kind_look();
}

void runtime_begin(void)
{
    if (options.thread && kind_wants_helper())
        helper_start();
}

static void drop_profiles(void)
{
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        profile_drop(members[i].profile);
        members[i].profile = NULL;
    }
}

bool runtime_settles(void)
{
    return lock_settles(&lock);
}

void runtime_forked(void)
{
    lock = (struct lock){0};
    drop_profiles();
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        members[i] = (struct heapdiff_member){.answer = members[i].answer};
    phase = PHASE_NONE;
    kind_forked();
    helper_forked();
    scripts_forked();
    timeline_forked();
}

static void runtime_start_exchange(bool collect)
{
    if (collect)
        kind_join_all();
    bool asked = false;
    lock_hold(&lock);
    phase = PHASE_WAITING;
    number += number + 1 ? 1 : 2; /* 0 is no request */
    collecting = collect;
    started = now_ms();
    main_done = 0;
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        if (members[i].joined && (collect || !members[i].only_to_collect)) {
            members[i].asked = number;
            asked = true;
        }
    lock_give(&lock);
    if (asked)
        helper_send();
    if (asked && collect)
        kind_ask_all();
}

void runtime_wake_members(void)
{
    lock_hold(&lock);
    for (unsigned i = 0; phase == PHASE_WAITING && i < MEMBERS_MAX; i++) {
        struct heapdiff_member *member = &members[i];
        if (!member->joined || member->asked != number || member->woken == number || !member->wake)
            continue;
        member->woken = number;
        member->wake(member->context);
    }
    lock_give(&lock);
}

/* Most collectors answer, or their thread runs at least; one that waits for work does neither. */
static uint64_t patience_to_take(const struct heapdiff_member *member)
{
    return member->only_to_collect && kind_sleeps() ? ASLEEP_MS : TAKE_MS;
}

/* When to stop waiting for a member that was asked; 0 when there is nothing to wait for. */
static uint64_t limit_of(const struct heapdiff_member *member, bool main_waits)
{
    if (!member->joined || member->asked != number || member->answered == number)
        return 0;
    if (collecting && member->taken == number)
        return started + FINISH_MS;
    uint64_t patience = user == RUNTIME_FOR_OURSELVES ? OWN_MS : NUMBERS_MS;
    uint64_t limit = started + (collecting ? patience_to_take(member) : patience);
    uint64_t straggler = main_done + STRAGGLER_MS;
    return !member->is_main && main_done && !main_waits && straggler < limit ? straggler : limit;
}

/* The latest of all limits, with the lock held. */
static uint64_t latest_limit(void)
{
    uint64_t latest = 0;
    bool main_waits = false;
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        main_waits |= members[i].is_main && limit_of(&members[i], true);
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        uint64_t limit = limit_of(&members[i], main_waits);
        latest = limit > latest ? limit : latest;
    }
    return latest;
}

bool runtime_settled(enum runtime_user asking, bool collect)
{
    if (phase == PHASE_NONE) {
        user = asking;
        runtime_start_exchange(collect);
    }
    if (user != asking)
        return asking == RUNTIME_FOR_OURSELVES;
    lock_hold(&lock);
    if (phase == PHASE_WAITING && now_ms() >= latest_limit())
        phase = PHASE_SETTLED;
    lock_give(&lock);
    return phase == PHASE_SETTLED;
}

uint64_t runtime_deadline(void)
{
    lock_hold(&lock);
    uint64_t limit = phase == PHASE_WAITING ? latest_limit() : 0;
    lock_give(&lock);
    return limit * 1000000u;
}

/* Of the members that were asked: how many, how many without an answer, and how many could not. */
static void runtime_count_members(bool only_main, unsigned *asked, unsigned *silent,
                                  unsigned *failed)
{
    *asked = *silent = *failed = 0;
    for (unsigned i = 0; phase == PHASE_SETTLED && i < MEMBERS_MAX; i++) {
        const struct heapdiff_member *member = &members[i];
        if (member->asked != number || (only_main && !member->is_main))
            continue;
        ++*asked;
        *silent += member->answered != number;
        *failed += member->answered == number && member->count == 0;
    }
}

void runtime_count(unsigned *asked, unsigned *silent)
{
    unsigned failed;
    runtime_count_members(false, asked, silent, &failed);
}

int runtime_outcome(char *text, size_t size)
{
    unsigned mains, silent_mains, failed_mains, all, silent, failed;
    runtime_count_members(true, &mains, &silent_mains, &failed_mains);
    runtime_count_members(false, &all, &silent, &failed);
    *text = '\0';
    if (!mains) {
        const char *why;
        int error = kind_refusal(&why);
        snprintf(text, size, "%s", why);
        return error;
    }
    if (silent_mains) {
        snprintf(text, size, "%s", kind_silence());
        return ETIMEDOUT;
    }
    if (failed_mains) {
        snprintf(text, size, "its collector could not be called");
        return ENOTSUP;
    }
    if (silent + failed)
        snprintf(text, size,
                 "%u of %u threads with a heap of their own were busy: their garbage was not "
                 "collected",
                 silent + failed, all);
    return 0;
}

static void each_of(const struct heapdiff_member *member,
                    void (*visit)(const char *, const char *, double, void *), void *context)
{
    const char *at = member->answer->names, *end = at + member->length;
    for (size_t i = 0; i < member->count && at < end; i++) {
        size_t length = strnlen(at, (size_t)(end - at));
        if (at + length == end)
            break;
        visit(member->name, at, member->answer->values[i], context);
        at += length + 1;
    }
}

void runtime_each(void (*visit)(const char *name, const char *statistic, double value,
                                void *context),
                  void *context)
{
    for (unsigned i = 0; phase == PHASE_SETTLED && i < MEMBERS_MAX; i++)
        if (members[i].answered == number && members[i].asked == number)
            each_of(&members[i], visit, context);
}

void runtime_each_profile(void (*visit)(const char *name,
                                        const struct heapdiff_member_profile *profile,
                                        void *context),
                          void *context)
{
    for (unsigned i = 0; phase == PHASE_SETTLED && i < MEMBERS_MAX; i++)
        if (members[i].answered == number && members[i].asked == number && members[i].profile)
            visit(members[i].name, &members[i].profile->data, context);
}

void runtime_over(enum runtime_user asking)
{
    lock_hold(&lock);
    if (user == asking) {
        phase = PHASE_NONE;
        drop_profiles();
    }
    lock_give(&lock);
}
