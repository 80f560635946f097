/* tagged.c -- A program that says what it is doing; test_tags.py knows what is to be found.
 *
 * Every scene allocates blocks of a size of its own, which stay: the size tells what they are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heapdiff.h"

static void *volatile kept[4096];
static unsigned count;

void keep(unsigned blocks, size_t size);
void keep(unsigned blocks, size_t size)
{
    for (unsigned i = 0; i < blocks; i++)
        kept[count++] = malloc(size);
}

static void nest(void)
{
    const char *none = heapdiff_label("outer");
    keep(1, 1001);
    const char *outer = heapdiff_label("inner");
    keep(2, 1002);
    heapdiff_label(outer);
    keep(3, 1003);
    heapdiff_label(none);
    keep(4, 1004);
    {
        HEAPDIFF_LABELLED("scope");
        keep(1, 1005);
    }
    keep(1, 1006);
    printf("before: %s, %s\n", none ? none : "none", outer ? outer : "none");
}

/* The same frames, whatever the label is: what the thread remembers of its last stack must not
 * hide that another label holds. */
static void take_turns(void)
{
    static const char *const labels[] = {"red", "green", NULL, "red", ""};
    for (unsigned i = 0; i < 500; i++) {
        heapdiff_label(labels[i % 5]);
        keep(1, 2000);
    }
    heapdiff_label(NULL);
}

static void grow_a_block(void)
{
    heapdiff_label("first owner");
    void *block = malloc(3001);
    heapdiff_label("second owner");
    kept[count++] = realloc(block, 30002);
    heapdiff_label("freed elsewhere");
    block = malloc(3003);
    heapdiff_label("another");
    free(block);
    heapdiff_label(NULL);
}

static void label_while_paused(void)
{
    heapdiff_pause();
    heapdiff_label("said in a pause");
    keep(1, 4001);
    heapdiff_resume();
    keep(1, 4002);
    heapdiff_label(NULL);
}

static void map_pages(void)
{
    HEAPDIFF_LABELLED("mapped");
    if (mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
        MAP_FAILED)
        exit(1);
}

struct order {
    const char *name, *label;
    unsigned blocks;
    size_t size;
};

static void *serve(void *given)
{
    const struct order *order = given;
    pthread_setname_np(pthread_self(), order->name);
    if (order->label)
        heapdiff_label(order->label); /* and never takes it back */
    keep(order->blocks, order->size);
    return NULL;
}

/* One after the other: each takes over what the one before has left behind. */
static void run_threads(void)
{
    static const struct order orders[] = {
        {"first", "left on", 1, 5001}, {"second", NULL, 2, 5002}, {"third", NULL, 3, 5003}};
    for (unsigned i = 0; i < 3; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, (void *)&orders[i]) == 0)
            pthread_join(thread, NULL);
    }
}

static void fork_child(void)
{
    heapdiff_label("before the fork");
    heapdiff_ops(7);
    fflush(stdout);
    pid_t child = fork();
    keep(1, child ? 6001 : 6002);
    if (child == 0) {
        heapdiff_ops(3);
        exit(0);
    }
    waitpid(child, NULL, 0);
    heapdiff_label(NULL);
}

/* 127 bytes are kept, and whole characters: two labels that differ only behind are one. */
static void use_long_labels(void)
{
    char label[200];
    memset(label, 'x', sizeof label);
    memcpy(label + 125, "\u20ac and so on", 14);
    heapdiff_label(label);
    keep(1, 7001);
    label[125 + 6] = '!';
    heapdiff_label(label);
    keep(1, 7001);
    heapdiff_label(NULL);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    prctl(PR_SET_NAME, "early name");
    nest();
    take_turns();
    grow_a_block();
    label_while_paused();
    map_pages();
    run_threads();
    fork_child();
    use_long_labels();
    heapdiff_ops(35);
    prctl(PR_SET_NAME, "late name");
    return 0;
}
