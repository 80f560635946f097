/* tls.c -- A block of thread-local storage for code that runs on no thread of glibc's.
 *
 * Static TLS, as in Drepper, "ELF Handling For Thread-Local Storage": each module's storage lies at
 * a distance from the thread pointer that is the same in all threads. Below the pointer on x86-64,
 * above it on aarch64.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/tls.h"

#include <ctype.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "tables/nptl.h"

#define FARTHEST   (1 << 20) /* from the pointer: data further out was allocated */
#define DESCRIPTOR 8192      /* room for glibc's struct pthread: 2368 bytes in glibc 2.36 */
#define SLOTS      256       /* modules with thread-local storage */

/* glibc's dtv: how many slots, a generation, and a pair for each module. */
union slot {
    size_t counter;
    struct {
        void *block, *to_free;
    };
};

static struct {
    char *image;         /* of everything around the pointer, as a new thread has it */
    size_t below, above; /* the pointer */
    ptrdiff_t blocks[SLOTS];
    bool is_static[SLOTS];
} learned;

static size_t round_up(size_t size)
{
    return (size + 63) & ~(size_t)63;
}

static bool is_static(const struct dl_phdr_info *info, ptrdiff_t *distance)
{
    if (!info->dlpi_tls_data || info->dlpi_tls_modid >= SLOTS)
        return false;
    *distance = (char *)info->dlpi_tls_data - (char *)__builtin_thread_pointer();
    return -FARTHEST < *distance && *distance < FARTHEST;
}

static const ElfW(Phdr) *tls_header(const struct dl_phdr_info *info)
{
    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_TLS)
            return &info->dlpi_phdr[i];
    return NULL;
}

static int tls_measure(struct dl_phdr_info *info, size_t size, void *nothing)
{
    (void)size, (void)nothing;
    ptrdiff_t distance;
    const ElfW(Phdr) *header = tls_header(info);
    if (!header || !is_static(info, &distance))
        return 0;
    learned.blocks[info->dlpi_tls_modid] = distance;
    learned.is_static[info->dlpi_tls_modid] = true;
    if (distance < 0 && (size_t)-distance > learned.below)
        learned.below = (size_t)-distance;
    if (distance >= 0 && (size_t)distance + header->p_memsz > learned.above)
        learned.above = (size_t)distance + header->p_memsz;
    return 0;
}

static int tls_copy(struct dl_phdr_info *info, size_t size, void *pointer)
{
    (void)size;
    ptrdiff_t distance;
    const ElfW(Phdr) *header = tls_header(info);
    if (header && is_static(info, &distance))
        memcpy((char *)pointer + distance, (const void *)(info->dlpi_addr + header->p_vaddr),
               header->p_filesz);
    return 0;
}

/* libc's tables of character classes are set when a thread starts; they are all threads' own. */
static void copy_classes(char *pointer)
{
    const char *own = __builtin_thread_pointer();
    const void *const places[] = {__ctype_b_loc(), __ctype_tolower_loc(), __ctype_toupper_loc()};
    for (unsigned i = 0; i < 3; i++)
        memcpy(pointer + ((const char *)places[i] - own), places[i], sizeof places[i]);
}

int tls_learn(void)
{
    dl_iterate_phdr(tls_measure, NULL);
    size_t descriptor = round_up(nptl.size > DESCRIPTOR ? nptl.size : DESCRIPTOR);
#ifdef __x86_64__
    learned.above = descriptor;
#else
    learned.below = descriptor;
    learned.above = round_up(learned.above);
#endif
    learned.below = round_up(learned.below);
    learned.image = memory_map(learned.below + learned.above);
    if (!learned.image)
        return ENOMEM;
    dl_iterate_phdr(tls_copy, learned.image + learned.below);
    copy_classes(learned.image + learned.below);
    return 0;
}

size_t tls_size(void)
{
    return round_up(learned.below + learned.above + (SLOTS + 1) * sizeof(union slot));
}

/* Every block that there will ever be is known: of a generation that no module is newer than. */
static void *make_slots(union slot *slots, char *pointer)
{
    slots[0].counter = SLOTS - 1;
    slots[1].counter = SIZE_MAX / 2;
    for (unsigned i = 1; i < SLOTS; i++) {
        slots[i + 1].block = learned.is_static[i] ? pointer + learned.blocks[i] : (void *)-1;
        slots[i + 1].to_free = NULL;
    }
    return &slots[1];
}

void *tls_make(void *room)
{
    char *pointer = (char *)room + learned.below;
    uintptr_t *words = (uintptr_t *)(void *)pointer;
    memcpy(room, learned.image, learned.below + learned.above);
    void *slots = make_slots((union slot *)(void *)(pointer + learned.above), pointer);
#ifdef __x86_64__
    /* tcb, dtv, self; the stack guard and the key of mangled pointers (the psABI's fixed places) */
    const uintptr_t *own = __builtin_thread_pointer();
    words[0] = words[2] = (uintptr_t)pointer;
    words[1] = (uintptr_t)slots;
    words[5] = own[5];
    words[6] = own[6];
#else
    words[0] = (uintptr_t)slots;
#endif
    return pointer;
}

pid_t *tls_tid(void *pointer)
{
    return nptl.tid ? (pid_t *)(nptl_descriptor((uintptr_t)pointer) + nptl.tid) : NULL;
}
