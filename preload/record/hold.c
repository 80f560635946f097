/* hold.c -- Locks all tables while the process is copied.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/hold.h"

#include "record/pools.h"
#include "tables/creations.h"
#include "tables/jitcode.h"
#include "tables/maps.h"
#include "tables/modules.h"

bool hold_all(struct hold *hold)
{
    hold->pools = pools_lock();
    hold->creations = creations_lock();
    hold->maps = maps_lock();
    hold->modules = modules_lock();
    hold->jitcode = jitcode_lock();
    return hold->pools && hold->creations && hold->maps && hold->modules && hold->jitcode;
}

void hold_release(const struct hold *hold)
{
    if (hold->jitcode)
        jitcode_unlock();
    if (hold->modules)
        modules_unlock();
    if (hold->maps)
        maps_unlock();
    if (hold->creations)
        creations_unlock();
    if (hold->pools)
        pools_unlock();
}
