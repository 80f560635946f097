/* member.c -- The interface for companions; see member.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/member.h"

#include "runtime/runtime.h"
#include "runtime/scripts.h"
#include "tables/epoch.h"
#include "tables/jitcode.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT struct heapdiff_member *heapdiff_member_join(const struct heapdiff_member_info *info)
{
    return runtime_join(info);
}

EXPORT uint32_t heapdiff_member_take(struct heapdiff_member *member, bool *collect)
{
    return runtime_take(member, collect);
}

EXPORT void heapdiff_member_answer(struct heapdiff_member *member, uint32_t request,
                                   const char *names, size_t length, const double *values,
                                   size_t count)
{
    runtime_answer(member, request, names, length, values, count);
}

EXPORT void heapdiff_member_profile(struct heapdiff_member *member, uint32_t request,
                                    const struct heapdiff_member_profile *profile)
{
    runtime_profile(member, request, profile);
}

EXPORT uint32_t heapdiff_member_epoch(void)
{
    return epoch_now();
}

EXPORT void heapdiff_member_source_map(struct heapdiff_member *member, const char *file,
                                       size_t file_length, const char *map, size_t map_length)
{
    (void)member;
    scripts_add(file, file_length, map, map_length);
}

EXPORT void heapdiff_member_sample(struct heapdiff_member *member, const double *values,
                                   size_t count)
{
    runtime_sample(member, values, count);
}

EXPORT void heapdiff_member_leave(struct heapdiff_member *member)
{
    runtime_leave(member);
}

EXPORT void heapdiff_code_added(const void *start, size_t size, const char *name, size_t length)
{
    jitcode_add((uintptr_t)start, size, name, length);
}

EXPORT void heapdiff_code_moved(const void *from, const void *to, size_t size)
{
    jitcode_move((uintptr_t)from, (uintptr_t)to, size);
}

EXPORT void heapdiff_code_refused(void)
{
    jitcode_refuse();
}
