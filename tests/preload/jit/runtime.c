/* runtime.c -- A runtime in small: makes machine code, names it for perf, uses its space again.
 *
 * runtime map|dump|late|stale FILE: three functions are made one after the other at the same
 * address; each allocates one block, of 1000, 2000 and 3000 bytes. FILE gets their names: as a perf
 * map, as a jitdump, or as a perf map that is written when all is over; the last way (stale) beside
 * a map in the usual place that is older than the process, as one that had its number before leaves
 * it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jit/jitdump_file.h"

#define LIVES     3
#define CODE_SIZE 256

static FILE *file;
static struct jitdump_file dump;
static unsigned char *code;

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* void *life(void) { return malloc(size); }, with nops before the call: another return address. */
static void make_code(int life, uint32_t size)
{
    static const unsigned char enter[] = {0x55, 0x48, 0x89, 0xe5}, leave[] = {0x5d, 0xc3};
    void *(*const target)(size_t) = malloc;
    unsigned char *at = code;
    memcpy(at, enter, sizeof enter);
    at += sizeof enter;
    memset(at, 0x90, (size_t)life);
    at += life;
    *at++ = 0xbf; /* mov $size, %edi */
    memcpy(at, &size, sizeof size);
    at += sizeof size;
    *at++ = 0x48; /* movabs $malloc, %rax */
    *at++ = 0xb8;
    memcpy(at, &target, sizeof target);
    at += sizeof target;
    *at++ = 0xff; /* call *%rax */
    *at++ = 0xd0;
    memcpy(at, leave, sizeof leave);
}

static void write_map(int life)
{
    fprintf(file, "%lx %x life_%d\n", (unsigned long)(uintptr_t)code, CODE_SIZE, life);
    fflush(file);
}

/* What lies in the buffer goes to the file. */
static void write_dump(int life)
{
    char name[16];
    snprintf(name, sizeof name, "life_%d", life);
    if (life == 1)
        jitdump_header(&dump, 0);
    jitdump_lines(&dump, (uintptr_t)code, 10 * life, "/app/lives.x");
    jitdump_load(&dump, now(), (uintptr_t)code, CODE_SIZE, (uint64_t)life, name);
    fwrite(dump.bytes, 1, dump.size, file);
    fflush(file);
    dump.size = 0;
}

static void live(int life, const char *mode)
{
    void *(*function)(void);
    make_code(life, (uint32_t)life * 1000);
    if (strcmp(mode, "map") == 0)
        write_map(life);
    else if (strcmp(mode, "dump") == 0)
        write_dump(life);
    memcpy(&function, &code, sizeof function);
    if (!function())
        abort();
}

static void leave_old_map(void)
{
    char path[64];
    const struct timespec hour_ago[2] = {{.tv_sec = time(NULL) - 3600},
                                         {.tv_sec = time(NULL) - 3600}};
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    FILE *old = fopen(path, "w");
    if (!old)
        abort();
    fprintf(old, "%lx %x somebody_else\n", (unsigned long)code, CODE_SIZE);
    fflush(old);
    futimens(fileno(old), hour_ago);
    fclose(old);
}

int main(int argc, char **argv)
{
    char path[4096];
    if (argc != 4)
        return 2;
    snprintf(path, sizeof path, "%s%d%s", argv[2], (int)getpid(), argv[3]);
    file = fopen(path, "w+");
    code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!file || code == MAP_FAILED)
        return 3;
    for (int life = 1; life <= LIVES; life++)
        live(life, argv[1]);
    if (strcmp(argv[1], "stale") == 0)
        leave_old_map();
    if (strcmp(argv[1], "late") == 0 || strcmp(argv[1], "stale") == 0)
        write_map(1);
    /* A runtime maps its jitdump so that it can be found. */
    if (strcmp(argv[1], "dump") == 0 &&
        mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fileno(file), 0) == MAP_FAILED)
        return 4;
    printf("%s\n", path);
    return 0;
}
