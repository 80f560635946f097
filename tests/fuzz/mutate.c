/* mutate.c -- A target fed with seeds that are changed at random: the same changes every time.
 *
 * mutate COUNT FILE...: each seed as it is, then COUNT changed ones in all. libFuzzer, which learns
 * from what it sees, finds more; this one is always there, and ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "random.h"

#define ROOM ((size_t)64 << 10)

static uint64_t state = 1;

static uint64_t interesting(void)
{
    static const uint64_t values[] = {0,   1,    7,          15,         16,        40,
                                      255, 4096, 0x7fffffff, 0xffffffff, INT64_MAX, UINT64_MAX};
    return values[random_below(&state, sizeof values / sizeof *values)];
}

/* One change; returns the new size. */
static size_t change(uint8_t *bytes, size_t size)
{
    size_t at = random_below(&state, size), length = 1 + random_below(&state, 16);
    uint64_t value = interesting();
    if (length > size - at)
        length = size - at;
    switch (random_below(&state, 6)) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << random_below(&state, 8));
        return size;
    case 1:
        bytes[at] = (uint8_t)random_next(&state);
        return size;
    case 2:
        memcpy(bytes + at, &value, length < sizeof value ? length : sizeof value);
        return size;
    case 3: /* a piece is gone */
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length ? size - length : 1;
    case 4: /* a piece is there twice */
        if (size + length > ROOM)
            return size;
        memmove(bytes + at + length, bytes + at, size - at);
        return size + length;
    default: /* the end is gone */
        return at + 1;
    }
}

static size_t read_seed(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(bytes, 1, ROOM, file) : 0;
    if (file)
        fclose(file);
    if (size == 0)
        fprintf(stderr, "cannot read %s\n", path);
    return size;
}

int main(int argc, char **argv)
{
    static uint8_t seed[ROOM], bytes[ROOM];
    unsigned long count = argc > 2 ? strtoul(argv[1], NULL, 10) / (unsigned long)(argc - 2) : 0;
    if (!count)
        return 2;
    for (int i = 2; i < argc; i++) {
        size_t seed_size = read_seed(argv[i], seed);
        if (!seed_size)
            return 2;
        LLVMFuzzerTestOneInput(seed, seed_size);
        for (unsigned long round = 0; round < count; round++) {
            size_t size = seed_size;
            memcpy(bytes, seed, size);
            for (uint64_t changes = 1 + random_below(&state, 8); changes > 0; changes--)
                size = change(bytes, size);
            LLVMFuzzerTestOneInput(bytes, size);
        }
    }
    printf("%lu inputs\n", (count + 1) * (unsigned long)(argc - 2));
    return 0;
}
