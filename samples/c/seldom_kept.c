/* seldom_kept.c -- A leak of one allocation in fifty, behind two wrappers that all others share.
 *
 * Records and their names come from get_clear, names through copy_text. import_record forgets the
 * name of a record that it refuses; write_log and show_title give back all they get.
 *
 * expect: kind=leak site1=import_record file=seldom_kept.c growth=2500000±2% blocks=+2500±2%
 * expect: absent=get_clear absent=copy_text absent=write_log absent=show_title
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <stdbool.h>

#define NAME_SIZE 1000u

struct record {
    char *name;
    unsigned number;
};

static char name[NAME_SIZE];
static unsigned long refused;

static void *get_clear(size_t size)
{
    void *memory = calloc(1, size);

    if (!memory) {
        fputs("seldom_kept: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = get_clear(size);

    return memcpy(copy, text, size);
}

static struct record *import_record(unsigned number)
{
    struct record *record = get_clear(sizeof *record);
    bool is_bad = number % 50 == 0;

    record->name = copy_text(name);
    record->number = number;
    if (is_bad) {
        free(record); /* and its name? */
        refused++;
        return NULL;
    }
    return record;
}

static void drop_record(struct record *record)
{
    if (record)
        free(record->name);
    free(record);
}

static size_t write_log(unsigned number)
{
    char *line = copy_text(name + number % 100);
    size_t length = strlen(line);

    free(line);
    return length;
}

static size_t show_title(unsigned number)
{
    char *title = copy_text(name + NAME_SIZE / 2 + number % 100);
    size_t length = strlen(title);

    free(title);
    return length;
}

static size_t serve(unsigned first, unsigned count)
{
    size_t length = 0;

    for (unsigned number = first; number < first + count; number++) {
        drop_record(import_record(number));
        length += write_log(number) + show_title(number);
        if (number % 4 == 0)
            noise_work(1);
    }
    return length;
}

int main(void)
{
    memset(name, 'n', NAME_SIZE - 1);
    noise_begin();
    size_t length = serve(1, 5000);
    heapdiff_snapshot("steady");
    length += serve(5001, 125000);
    heapdiff_snapshot("loaded");
    printf("%lu refused, %zu characters\n", refused, length);
    return 0;
}
