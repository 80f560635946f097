/* jitdump_file.h -- Writes jitdump files, good ones and others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PRELOAD_JITDUMP_FILE_H
#define TESTS_PRELOAD_JITDUMP_FILE_H

#include <stdint.h>
#include <string.h>

struct jitdump_file {
    unsigned char bytes[16384];
    size_t size;
};

static inline void jitdump_put(struct jitdump_file *file, const void *bytes, size_t size)
{
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
}

/* A header by the clock that we can read, unless FLAGS say otherwise. */
static inline void jitdump_header(struct jitdump_file *file, uint64_t flags)
{
    const uint32_t words[] = {0x4a695444, 1, 40, 62, 0, 77};
    const uint64_t more[] = {0, flags};
    file->size = 0;
    jitdump_put(file, words, sizeof words);
    jitdump_put(file, more, sizeof more);
}

static inline void jitdump_record(struct jitdump_file *file, uint32_t id, size_t body,
                                  uint64_t time)
{
    const uint32_t words[] = {id, (uint32_t)(16 + body)};
    jitdump_put(file, words, sizeof words);
    jitdump_put(file, &time, sizeof time);
}

/* Code of SIZE bytes, which are there as in life. */
static inline void jitdump_load(struct jitdump_file *file, uint64_t time, uint64_t address,
                                uint64_t size, uint64_t index, const char *name)
{
    const uint32_t ids[] = {77, 78};
    const uint64_t words[] = {address, address, size, index};
    jitdump_record(file, 0, sizeof ids + sizeof words + strlen(name) + 1 + size, time);
    jitdump_put(file, ids, sizeof ids);
    jitdump_put(file, words, sizeof words);
    jitdump_put(file, name, strlen(name) + 1);
    memset(file->bytes + file->size, 0x90, size);
    file->size += size;
}

static inline void jitdump_move(struct jitdump_file *file, uint64_t time, uint64_t from,
                                uint64_t to, uint64_t size, uint64_t index)
{
    const uint32_t ids[] = {77, 78};
    const uint64_t words[] = {from, from, to, size, index};
    jitdump_record(file, 1, sizeof ids + sizeof words, time);
    jitdump_put(file, ids, sizeof ids);
    jitdump_put(file, words, sizeof words);
}

/* Two lines: ADDRESS is at LINE of NAME, 16 bytes later begins the line after it. */
static inline void jitdump_lines(struct jitdump_file *file, uint64_t address, int32_t line,
                                 const char *name)
{
    const uint64_t head[] = {address, 2}, later = address + 16;
    const int32_t first[] = {line, 0}, second[] = {line + 1, 0};
    jitdump_record(file, 2, sizeof head + 2 * 16 + strlen(name) + 1 + 2, 0);
    jitdump_put(file, head, sizeof head);
    jitdump_put(file, &address, sizeof address);
    jitdump_put(file, first, sizeof first);
    jitdump_put(file, name, strlen(name) + 1);
    jitdump_put(file, &later, sizeof later);
    jitdump_put(file, second, sizeof second);
    jitdump_put(file, "\xff", 2);
}

#endif
