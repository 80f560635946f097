/* operators.c -- C++ operators new and delete, for libraries whose operators do not end in malloc.
 *
 * Some real operators call our malloc (libstdc++), others do not (jemalloc, tcmalloc).
 * record_mark() shows afterwards which it was, so that a block is recorded once. No state is held
 * across the real call, because an operator new that throws passes through here.
 *
 * Our operators have libstdc++'s versions and are not its default ones. Code linked with libstdc++
 * asks for these versions and finds ours; a C program that checks for an operator new finds none.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include "record/record.h"

#define HOOK(result, name, parameters, arguments)
#define HOOK_EXTRA(version, result, name, parameters, arguments)
#define HOOK_CXX(version, fallback, result, name, parameters, arguments) HOOK_VERSION(version, name)
#include "real/hooks.def"

#define NEW_BODY(name, call)                                                                       \
    int64_t before = record_mark();                                                                \
    void *block = real.name call;                                                                  \
    if (record_mark() == before)                                                                   \
        record_alloc(block, size, KIND_MALLOC, RECORD_HERE());                                     \
    return block;

#define DELETE_BODY(name, call)                                                                    \
    if (!block)                                                                                    \
        return;                                                                                    \
    record_free(block);                                                                            \
    real.name call;

void *_Znwm(size_t size)
{
    NEW_BODY(_Znwm, (size))
}

void *_Znam(size_t size)
{
    NEW_BODY(_Znam, (size))
}

void *_ZnwmRKSt9nothrow_t(size_t size, const void *nothrow)
{
    NEW_BODY(_ZnwmRKSt9nothrow_t, (size, nothrow))
}

void *_ZnamRKSt9nothrow_t(size_t size, const void *nothrow)
{
    NEW_BODY(_ZnamRKSt9nothrow_t, (size, nothrow))
}

void *_ZnwmSt11align_val_t(size_t size, size_t alignment)
{
    NEW_BODY(_ZnwmSt11align_val_t, (size, alignment))
}

void *_ZnamSt11align_val_t(size_t size, size_t alignment)
{
    NEW_BODY(_ZnamSt11align_val_t, (size, alignment))
}

void *_ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *nothrow)
{
    NEW_BODY(_ZnwmSt11align_val_tRKSt9nothrow_t, (size, alignment, nothrow))
}

void *_ZnamSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *nothrow)
{
    NEW_BODY(_ZnamSt11align_val_tRKSt9nothrow_t, (size, alignment, nothrow))
}

void _ZdlPv(void *block)
{
    DELETE_BODY(_ZdlPv, (block))
}

void _ZdaPv(void *block)
{
    DELETE_BODY(_ZdaPv, (block))
}

void _ZdlPvm(void *block, size_t size)
{
    DELETE_BODY(_ZdlPvm, (block, size))
}

void _ZdaPvm(void *block, size_t size)
{
    DELETE_BODY(_ZdaPvm, (block, size))
}

void _ZdlPvRKSt9nothrow_t(void *block, const void *nothrow)
{
    DELETE_BODY(_ZdlPvRKSt9nothrow_t, (block, nothrow))
}

void _ZdaPvRKSt9nothrow_t(void *block, const void *nothrow)
{
    DELETE_BODY(_ZdaPvRKSt9nothrow_t, (block, nothrow))
}

void _ZdlPvSt11align_val_t(void *block, size_t alignment)
{
    DELETE_BODY(_ZdlPvSt11align_val_t, (block, alignment))
}

void _ZdaPvSt11align_val_t(void *block, size_t alignment)
{
    DELETE_BODY(_ZdaPvSt11align_val_t, (block, alignment))
}

void _ZdlPvmSt11align_val_t(void *block, size_t size, size_t alignment)
{
    DELETE_BODY(_ZdlPvmSt11align_val_t, (block, size, alignment))
}

void _ZdaPvmSt11align_val_t(void *block, size_t size, size_t alignment)
{
    DELETE_BODY(_ZdaPvmSt11align_val_t, (block, size, alignment))
}

void _ZdlPvSt11align_val_tRKSt9nothrow_t(void *block, size_t alignment, const void *nothrow)
{
    DELETE_BODY(_ZdlPvSt11align_val_tRKSt9nothrow_t, (block, alignment, nothrow))
}

void _ZdaPvSt11align_val_tRKSt9nothrow_t(void *block, size_t alignment, const void *nothrow)
{
    DELETE_BODY(_ZdaPvSt11align_val_tRKSt9nothrow_t, (block, alignment, nothrow))
}
