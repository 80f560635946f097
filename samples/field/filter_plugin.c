/* filter_plugin.c -- The plug-in of filter_reload.c: it keeps a table for each picture that it saw.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

enum { TABLE_SIZE = 30000 };

int filter_run(int number);
void filter_close(void);

static unsigned char *volatile table; /* so that no compiler takes it away */

static void make_table(int number)
{
    table = malloc(TABLE_SIZE);
    memset(table, number & 127, TABLE_SIZE);
}

int filter_run(int number)
{
    make_table(number);
    return table[100];
}

void filter_close(void)
{
    free(table);
}
