/* operators.cpp -- A program that uses every form of operator new and delete. Compiled as calls.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <new>

#include "hooks/site.h"

static const std::align_val_t align{64};
static void *volatile kept;

/* Sizes of aligned forms are multiples of the alignment: libstdc++ asks for no others. */
static void news()
{
    kept = ::operator new(30001);
    same_errno("new");
    site_live("new", "malloc", 30001);
    kept = ::operator new[](30003);
    site_live("new[]", "malloc", 30003);
    kept = ::operator new(30005, std::nothrow);
    site_live("new(nothrow)", "malloc", 30005);
    kept = ::operator new[](30007, std::nothrow);
    site_live("new[](nothrow)", "malloc", 30007);
    kept = ::operator new(64 * 471, align);
    same("aligned", (long long)((uintptr_t)kept % 64));
    site_live("new(align)", "malloc", 64 * 471);
    kept = ::operator new[](64 * 473, align);
    site_live("new[](align)", "malloc", 64 * 473);
    kept = ::operator new(64 * 475, align, std::nothrow);
    site_live("new(align, nothrow)", "malloc", 64 * 475);
    kept = ::operator new[](64 * 477, align, std::nothrow);
    site_live("new[](align, nothrow)", "malloc", 64 * 477);
    same_errno("news");
}

static void deletes()
{
    ::operator delete(::operator new(30021));
    site_freed("delete", "malloc", 30021);
    ::operator delete[](::operator new[](30023));
    site_freed("delete[]", "malloc", 30023);
    ::operator delete(::operator new(30025), (size_t)30025);
    site_freed("delete(size)", "malloc", 30025);
    ::operator delete[](::operator new[](30027), (size_t)30027);
    site_freed("delete[](size)", "malloc", 30027);
    ::operator delete(::operator new(30029, std::nothrow), std::nothrow);
    site_freed("delete(nothrow)", "malloc", 30029);
    ::operator delete[](::operator new[](30031, std::nothrow), std::nothrow);
    site_freed("delete[](nothrow)", "malloc", 30031);
    ::operator delete(nullptr);
    same_errno("deletes");
}

static void aligned_deletes()
{
    ::operator delete(::operator new(64 * 481, align), align);
    site_freed("delete(align)", "malloc", 64 * 481);
    ::operator delete[](::operator new[](64 * 483, align), align);
    site_freed("delete[](align)", "malloc", 64 * 483);
    ::operator delete(::operator new(64 * 485, align), (size_t)(64 * 485), align);
    site_freed("delete(size, align)", "malloc", 64 * 485);
    ::operator delete[](::operator new[](64 * 487, align), (size_t)(64 * 487), align);
    site_freed("delete[](size, align)", "malloc", 64 * 487);
    ::operator delete(::operator new(64 * 489, align), align, std::nothrow);
    site_freed("delete(align, nothrow)", "malloc", 64 * 489);
    ::operator delete[](::operator new[](64 * 491, align), align, std::nothrow);
    site_freed("delete[](align, nothrow)", "malloc", 64 * 491);
    same_errno("aligned deletes");
}

static volatile size_t huge = PTRDIFF_MAX;

/* An exception of the real operator passes through the shim's. */
static void failures()
{
    try {
        kept = ::operator new(huge);
        same("thrown", 0);
    } catch (const std::bad_alloc &) {
        same("thrown", 1);
    }
    same("null", ::operator new(huge, std::nothrow) == nullptr);
    same("null", ::operator new[](huge, std::nothrow) == nullptr);
}

static int handled;

static void handler()
{
    handled++;
    std::set_new_handler(nullptr);
}

static void handlers()
{
    std::set_new_handler(handler);
    same("null", ::operator new(huge, std::nothrow) == nullptr);
    same("handled", handled);
}

int main()
{
    errno = SITE_ERRNO;
    news();
    deletes();
    aligned_deletes();
    failures();
    handlers();
    return 0;
}
