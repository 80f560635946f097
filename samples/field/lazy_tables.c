/* lazy_tables.c -- Twelve tables that are built when they are first used, and an index that leaks.
 *
 * Five snapshots. The tables are all there at the third; the twin has the tables alone.
 *
 * expect: kind=leak site1=index_word file=lazy_tables.c growth=2560000±2% blocks=+8000±2%
 * expect: also=render_burst also=build_table not=build_table not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { TABLES = 12, ROWS = 400, ROW = 1000, WORDS = 2000, WORD = 320 };

struct word {
    struct word *next;
    char text[WORD - sizeof(struct word *)];
};

static char *tables[TABLES][ROWS];
static struct word *words;

__attribute__((noinline)) static void build_table(unsigned table)
{
    for (unsigned row = 0; row < ROWS; row++) {
        tables[table][row] = malloc(ROW);
        memset(tables[table][row], (int)(table + row) & 127, ROW);
    }
}

static int look_up(unsigned table, unsigned row)
{
    if (!tables[table][0])
        build_table(table);
    return tables[table][row][5];
}

__attribute__((noinline)) static void index_word(unsigned number)
{
    struct word *word = malloc(sizeof *word);

    snprintf(word->text, sizeof word->text, "word %u", number);
    word->next = words;
    words = word;
}

static void serve(unsigned step)
{
    unsigned tables_in_use = step < 3 ? 4 * (step + 1) : TABLES;

    for (unsigned number = 0; number < WORDS; number++) {
        noise.sum += (unsigned long)look_up(number % tables_in_use, number % ROWS);
        if (!twin_is_clean() || step == 0)
            index_word(number);
        noise_work(2);
    }
}

int main(void)
{
    flight_series(5, serve);
    printf("%s, %lu\n", words->text, noise.sum);
    return 0;
}
