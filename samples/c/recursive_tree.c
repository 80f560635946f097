/* recursive_tree.c -- A parser builds its tree by recursion; trees of past requests are kept.
 *
 * The same line allocates at every depth, so one site has very many stacks.
 *
 * expect: kind=leak site1=parse_node file=recursive_tree.c growth=stdout±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

struct node {
    struct node *children[3];
    char text[40];
};

static struct node *history[100000];
static unsigned requests;
static unsigned long nodes;

__attribute__((noinline)) static struct node *parse_node(unsigned depth)
{
    struct node *node = calloc(1, sizeof *node);

    nodes++;
    snprintf(node->text, sizeof node->text, "depth %u", depth);
    for (int i = 0; i < 3 && depth > 0; i++) {
        if (noise_random(100) < 55)
            node->children[i] = parse_node(depth - 1);
    }
    return node;
}

static void serve(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        history[requests++] = parse_node(12);
        noise_message(i);
    }
}

int main(void)
{
    unsigned long before;

    noise_begin();
    serve(100);
    before = nodes;
    heapdiff_snapshot("steady");
    serve(600);
    heapdiff_snapshot("loaded");
    printf("%s, %lu\n", history[requests - 1]->text, noise.sum);
    printf("growth %zu\n", (size_t)(nodes - before) * sizeof(struct node));
    return 0;
}
