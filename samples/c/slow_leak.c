/* slow_leak.c -- A leak of one per cent an interval, under a sawtooth of ten per cent.
 *
 * Six snapshots; write_log's buffers are flushed whenever 4 MiB are full, at any moment of it.
 *
 * expect: kind=leak site1=track_handle file=slow_leak.c growth=1280000±2% blocks=+20000±2%
 * expect: absent=write_log
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { LOG_BUFFERS = 1024, LOG_BUFFER = 4096, HANDLES = 4000 };

struct handle {
    struct handle *next;
    char path[56];
};

static struct handle *handles;
static char *log_buffers[LOG_BUFFERS];
static unsigned log_used;

static void track_handle(unsigned number)
{
    struct handle *handle = malloc(sizeof *handle);

    snprintf(handle->path, sizeof handle->path, "/spool/%u", number);
    handle->next = handles;
    handles = handle;
}

static void flush_log(void)
{
    while (log_used > 0)
        free(log_buffers[--log_used]);
}

static void write_log(void)
{
    if (log_used == LOG_BUFFERS)
        flush_log();
    log_buffers[log_used++] = memset(malloc(LOG_BUFFER), 'l', LOG_BUFFER);
}

static void serve(unsigned count)
{
    for (unsigned number = 0; number < count; number++) {
        track_handle(number);
        noise_message(number);
        if (noise_random(100) < 83)
            write_log();
    }
}

int main(void)
{
    static const char *const labels[] = {"steady", "hour 1", "hour 2", "hour 3", "hour 4"};

    noise_begin();
    serve(5000);
    for (int hour = 0; hour < 5; hour++) {
        heapdiff_snapshot(labels[hour]);
        serve(HANDLES);
    }
    heapdiff_snapshot("hour 5");
    printf("last %s, %u buffers, %lu\n", handles->path, log_used, noise.sum);
    return 0;
}
