/* getline_buffers.c -- getline allocates a buffer for every file; the program never frees it.
 *
 * Lines are shorter than getline's first buffer of 120 bytes.
 *
 * expect: kind=leak site1=read_first_line file=getline_buffers.c growth=3600000±2% blocks=+30000±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

static size_t read_first_line(FILE *file)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length = getline(&line, &size, file);

    return length > 0 ? (size_t)length : 0;
}

static size_t read_settings(unsigned number)
{
    char text[64];
    FILE *file;
    size_t length;

    snprintf(text, sizeof text, "limit=%u\nretries=3\n", number);
    file = fmemopen(text, strlen(text), "r");
    length = read_first_line(file);
    fclose(file);
    return length;
}

static size_t serve(unsigned count)
{
    size_t length = 0;

    for (unsigned number = 0; number < count; number++) {
        length += read_settings(number);
        noise_message(number);
    }
    return length;
}

int main(void)
{
    size_t length;

    noise_begin();
    length = serve(3000);
    heapdiff_snapshot("steady");
    length += serve(30000);
    heapdiff_snapshot("loaded");
    printf("%zu characters, %lu\n", length, noise.sum);
    return 0;
}
