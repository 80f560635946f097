/* both.c -- Two pieces of work at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/both.h"

#include <pthread.h>
#include <stddef.h>

struct piece {
    void (*work)(void *owner);
    void *owner;
};

static void *run_piece(void *argument)
{
    const struct piece *piece = argument;
    piece->work(piece->owner);
    return NULL;
}

void both_run(void (*here)(void *owner), void (*there)(void *owner), void *owner)
{
    struct piece piece = {.work = there, .owner = owner};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_piece, &piece) != 0) {
        here(owner);
        there(owner);
        return;
    }
    here(owner);
    pthread_join(thread, NULL);
}
