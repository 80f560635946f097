/* profile.h -- A member's profile, copied into memory of the shim.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_PROFILE_H
#define RUNTIME_PROFILE_H

#include "runtime/member.h"

/* Texts and numbers lie behind it, in the same mapping. */
struct profile {
    size_t size; /* of the mapping */
    struct heapdiff_member_profile data;
};

/* NULL when it is too large, its indexes are out of bounds, or there is no memory. Any thread. */
struct profile *profile_copy(const struct heapdiff_member_profile *given);

/* PROFILE may be NULL. */
void profile_drop(struct profile *profile);

#endif
