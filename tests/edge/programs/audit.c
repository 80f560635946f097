/* audit.c -- An auditor of the loader, for LD_AUDIT.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <link.h>
#include <stdlib.h>

unsigned la_version(unsigned version)
{
    free(malloc(100));
    return version;
}

unsigned la_objopen(struct link_map *map, Lmid_t namespace, uintptr_t *cookie)
{
    (void)map;
    (void)namespace;
    (void)cookie;
    free(malloc(200));
    return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}
