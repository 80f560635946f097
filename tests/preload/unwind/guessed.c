/* guessed.c -- Stacks through code without tables that lead, by a guess, into a library that has
 * gone without a word: libc unloads its own (character sets, names) past every hook.
 *
 * guessed PLUGIN: prints "done". The guess is a frame that code of ours, made at run time, names as
 * its caller's: what a stale word on a stack may look like.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SPAN 256 /* addresses that are guessed */

typedef int close_code(void *library);
typedef void made_code(void (*call)(void), const uintptr_t *frame);

/* push %rbp; mov %rsi,%rbp; call *%rdi; pop %rbp; ret */
static made_code *make_code(void)
{
    static const unsigned char code[] = {0x55, 0x48, 0x89, 0xf5, 0xff, 0xd7, 0x5d, 0xc3};
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        exit(2);
    memcpy(page, code, sizeof code);
    return (made_code *)(uintptr_t)page;
}

static void allocate(void)
{
    free(malloc(24));
}

static void guess(made_code *code, uintptr_t from, uintptr_t to)
{
    for (; from < to; from++) {
        const uintptr_t frame[2] = {0, from};
        code(allocate, frame);
    }
}

/* libc's own, which no hook sees. */
static close_code *unseen_close(void)
{
    void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    if (!libc)
        return NULL;
    close_code *own = (close_code *)(uintptr_t)dlsym(libc, "dlclose");
    dlclose(libc);
    return own;
}

int main(int argc, char **argv)
{
    made_code *code = make_code();
    close_code *close_unseen = unseen_close();
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
    if (!close_unseen || !library)
        return 2;
    uintptr_t inside = (uintptr_t)dlsym(library, "plugin_name");
    guess(code, inside + 1, inside + SPAN / 2);
    if (close_unseen(library) != 0)
        return 2;
    guess(code, inside + SPAN / 2, inside + SPAN);
    puts("done");
    return 0;
}
