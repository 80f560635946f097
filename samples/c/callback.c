/* callback.c -- A parser hands every header to a callback, and the callback keeps a copy.
 *
 * expect: kind=leak site1=keep_header file=callback.c growth=5760000±2% blocks=+60000±2%
 * expect: absent=split_line
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

typedef void (*header_function)(const char *line, void *context);

struct log {
    char **lines;
    size_t count;
};

static char *split_line(const char *text, size_t length)
{
    char *line = malloc(length + 1);

    memcpy(line, text, length);
    line[length] = '\0';
    return line;
}

/* Cuts the text into lines; each lives as long as the callback runs. */
static void parse_headers(const char *text, header_function function, void *context)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *line = split_line(text, length);
        function(line, context);
        free(line);
        text += length + (text[length] == '\n');
    }
}

static void keep_header(const char *line, void *context)
{
    struct log *log = context;

    log->lines[log->count++ % 4096] = strdup(line); /* 4096 are looked at; the others are lost */
}

static void serve(struct log *log, unsigned requests)
{
    for (unsigned number = 0; number < requests; number++) {
        char text[512];
        snprintf(text, sizeof text, "host: %-89u\nagent: %-88u\naccept: %-87u\n", number, number,
                 number);
        parse_headers(text, keep_header, log);
        noise_message(number);
    }
}

int main(void)
{
    struct log log = {calloc(4096, sizeof(char *)), 0};

    noise_begin();
    serve(&log, 2000);
    heapdiff_snapshot("steady");
    serve(&log, 20000);
    heapdiff_snapshot("loaded");
    printf("%zu headers, the first %.12s, %lu\n", log.count, log.lines[0], noise.sum);
    return 0;
}
