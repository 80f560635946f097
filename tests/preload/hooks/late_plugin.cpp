/* late_plugin.cpp -- A plug-in of C++ in a program of C: its operators are libstdc++'s, and
 * recorded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <new>

#include "hooks/site.h"

static void *volatile kept;
static volatile size_t huge = PTRDIFF_MAX;

extern "C" void plugin_run();

extern "C" void plugin_run()
{
    errno = SITE_ERRNO;
    kept = ::operator new(33001);
    same_errno("new");
    site_live("new", "malloc", 33001);
    kept = ::operator new[](64 * 517, std::align_val_t{64});
    site_live("new[](align)", "malloc", 64 * 517);
    ::operator delete(::operator new(33021), (size_t)33021);
    site_freed("delete(size)", "malloc", 33021);
    same_errno("deletes");
    try { /* malloc would answer null */
        kept = ::operator new(huge);
        same("thrown", 0);
    } catch (const std::bad_alloc &) {
        same("thrown", 1);
    }
}
