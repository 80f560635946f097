/* profile.c -- A member's profile, copied into memory of the shim; see profile.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/profile.h"

#include <string.h>

#include "base/memory.h"

#define FRAME_NUMBERS 2
#define NODE_NUMBERS  2
#define LIVE_NUMBERS  5

static bool is_index(double number, size_t count)
{
    return number >= 0 && number < (double)count;
}

/* Every text ends inside, and there are two for each frame. */
static bool has_texts(const struct heapdiff_member_profile *given)
{
    size_t ends = 0;
    for (size_t i = 0; i < given->text_size; i++)
        ends += given->texts[i] == '\0';
    return ends == 2 * given->frame_count &&
           (ends == 0 || given->texts[given->text_size - 1] == '\0');
}

static bool is_sound(const struct heapdiff_member_profile *given)
{
    for (size_t i = 0; i < given->node_count; i++) {
        const double *node = given->nodes + NODE_NUMBERS * i;
        if (!is_index(node[0], i + 1) || !is_index(node[1], given->frame_count))
            return false;
    }
    for (size_t i = 0; i < given->live_count; i++)
        if (!is_index(given->live[LIVE_NUMBERS * i], given->node_count))
            return false;
    return has_texts(given);
}

static bool is_small(const struct heapdiff_member_profile *given)
{
    const size_t most = MEMBER_PROFILE_MAX / sizeof(double);
    return given->text_size <= MEMBER_PROFILE_MAX && given->frame_count <= most &&
           given->node_count <= most && given->live_count <= most;
}

static size_t size_of_numbers(const struct heapdiff_member_profile *given)
{
    return (FRAME_NUMBERS * given->frame_count + NODE_NUMBERS * given->node_count +
            LIVE_NUMBERS * given->live_count) *
           sizeof(double);
}

static const double *copy_numbers(double **at, const double *from, size_t count)
{
    double *to = *at;
    if (count)
        memcpy(to, from, count * sizeof *to);
    *at += count;
    return to;
}

struct profile *profile_copy(const struct heapdiff_member_profile *given)
{
    if (!is_small(given) || !is_sound(given))
        return NULL;
    size_t size = sizeof(struct profile) + size_of_numbers(given) + given->text_size;
    struct profile *profile = size <= MEMBER_PROFILE_MAX ? memory_map(size) : NULL;
    if (!profile)
        return NULL;
    double *at = (double *)(profile + 1);
    profile->size = size;
    profile->data = *given;
    profile->data.frames = copy_numbers(&at, given->frames, FRAME_NUMBERS * given->frame_count);
    profile->data.nodes = copy_numbers(&at, given->nodes, NODE_NUMBERS * given->node_count);
    profile->data.live = copy_numbers(&at, given->live, LIVE_NUMBERS * given->live_count);
    profile->data.texts = (const char *)at;
    if (given->text_size)
        memcpy(at, given->texts, given->text_size);
    return profile;
}

void profile_drop(struct profile *profile)
{
    if (profile)
        memory_unmap(profile, profile->size);
}
