/* keys.c -- The numbers of the first keys of thread data, and values that allocate and are freed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>

#include "edge.h"

#define KEYS 24

static pthread_key_t keys[KEYS];
static int ended;

static void forget(void *value)
{
    free(value);
    __atomic_fetch_add(&ended, 1, __ATOMIC_RELAXED);
}

static void *fill(void *nothing)
{
    for (int i = 0; i < KEYS; i++)
        must(pthread_setspecific(keys[i], malloc(100)) == 0);
    return nothing;
}

int main(void)
{
    printf("a key before the first: %d\n", pthread_setspecific(0, &ended));
    for (int i = 0; i < KEYS; i++) {
        must(pthread_key_create(&keys[i], forget) == 0);
        printf("%u ", keys[i]);
    }
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        must(pthread_create(&thread, NULL, fill, NULL) == 0);
        must(pthread_join(thread, NULL) == 0);
    }
    printf("\n%d values\n", ended);
    return 0;
}
