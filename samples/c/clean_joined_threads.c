/* clean_joined_threads.c -- A thread a request, joined when it is done: nothing stays.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <pthread.h>

static void *answer(void *argument)
{
    size_t number = (size_t)argument;
    char *text = malloc(5000);
    size_t length = (size_t)snprintf(text, 5000, "%*zu", (int)(number % 3000) + 8, number);

    free(text);
    return (void *)length;
}

static size_t serve(size_t requests)
{
    size_t length = 0;

    for (size_t number = 0; number < requests; number += 4) {
        pthread_t threads[4];
        void *part;
        for (size_t i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, answer, (void *)(number + i));
        for (size_t i = 0; i < 4; i++) {
            pthread_join(threads[i], &part);
            length += (size_t)part;
        }
        noise_work(20);
    }
    return length;
}

int main(void)
{
    size_t length;

    noise_begin();
    length = serve(200);
    heapdiff_snapshot("steady");
    length += serve(2000);
    heapdiff_snapshot("loaded");
    printf("%zu, %lu\n", length, noise.sum);
    return 0;
}
