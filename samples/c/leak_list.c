/* leak_list.c -- A list that only grows, behind an allocation wrapper, amid churn and a decoy.
 *
 * remember_order keeps 64 bytes an order for ever. format_receipt allocates far more and frees
 * it all; load_catalogue holds five times as much, but the same before and after.
 *
 * expect: kind=leak site1=remember_order file=leak_list.c growth=6400000±2% blocks=+100000±2%
 * expect: absent=format_receipt absent=load_catalogue
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapdiff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct order {
    struct order *next;
    unsigned number;
    char customer[52];
};

static struct order *orders;

/* A wrapper as many programs have one: the site to be named is its caller. */
static void *xmalloc(size_t size)
{
    void *memory = malloc(size);

    if (!memory) {
        fputs("leak_list: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static char *load_catalogue(size_t size)
{
    return memset(xmalloc(size), 'c', size);
}

static void remember_order(unsigned number)
{
    struct order *order = xmalloc(sizeof *order);

    order->number = number;
    snprintf(order->customer, sizeof order->customer, "customer %u", number % 977);
    order->next = orders;
    orders = order;
}

/* As many bytes as a page of paper, and gone at once. */
static unsigned format_receipt(unsigned number)
{
    char *text = xmalloc(2048);
    unsigned length;

    length = (unsigned)snprintf(text, 2048, "%*u", (int)(number % 1000) + 8, number);
    free(text);
    return length;
}

static unsigned trade(unsigned first, unsigned count)
{
    unsigned printed = 0;

    for (unsigned number = first; number < first + count; number++) {
        remember_order(number);
        printed += format_receipt(number);
    }
    return printed;
}

int main(void)
{
    char *catalogue = load_catalogue(32u << 20);
    unsigned printed = trade(0, 5000);

    heapdiff_snapshot("steady");
    printed += trade(5000, 100000);
    heapdiff_snapshot("loaded");

    printf("last order %u, %u characters printed, catalogue %c\n", orders->number, printed,
           catalogue[123]);
    free(catalogue);
    return 0;
}
