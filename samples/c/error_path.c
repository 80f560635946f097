/* error_path.c -- One request in twenty fails, and the text of its error is never freed.
 *
 * expect: kind=leak site1=set_error file=error_path.c growth=4005000±2% blocks=+10000±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

struct request {
    char *body;
    char *error;
};

static void set_error(struct request *request, const char *text)
{
    request->error = strdup(text);
}

static int parse_request(struct request *request, unsigned number)
{
    char text[512];

    snprintf(request->body, 4096, "%u", number);
    if (number % 20)
        return 0;
    snprintf(text, sizeof text, "request %07u: %0384d", number, 0);
    set_error(request, text);
    return -1;
}

static unsigned serve(unsigned count)
{
    unsigned failed = 0;

    for (unsigned number = 0; number < count; number++) {
        struct request *request = calloc(1, sizeof *request);
        request->body = malloc(4096);
        if (parse_request(request, number) != 0)
            failed += strlen(request->error) > 10;
        free(request->body);
        free(request);
        if (number % 8 == 0)
            noise_message(number);
    }
    return failed;
}

int main(void)
{
    unsigned failed;

    noise_begin();
    failed = serve(20000);
    heapdiff_snapshot("steady");
    failed += serve(200000);
    heapdiff_snapshot("loaded");
    printf("%u failed, %lu\n", failed, noise.sum);
    return 0;
}
