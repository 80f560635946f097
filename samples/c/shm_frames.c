/* shm_frames.c -- System V shared memory, a segment a video frame, attached and never detached.
 *
 * Each segment is marked for removal at once, so nothing outlives the program.
 *
 * expect: kind=mapping site1=attach_frame file=shm_frames.c growth=10485760±2% blocks=+40±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

#include <sys/ipc.h>
#include <sys/shm.h>

enum { FRAME_SIZE = 256 * 1024 };

static char *attach_frame(void)
{
    int segment = shmget(IPC_PRIVATE, FRAME_SIZE, IPC_CREAT | 0600);
    char *frame = shmat(segment, NULL, 0);

    shmctl(segment, IPC_RMID, NULL);
    if (frame == (char *)-1)
        abort();
    return frame;
}

static unsigned long play(unsigned frames)
{
    unsigned long sum = 0;

    for (unsigned number = 0; number < frames; number++) {
        char *frame = attach_frame();
        memset(frame, (int)(number & 127), FRAME_SIZE);
        sum += (unsigned char)frame[number];
        noise_work(100);
    }
    return sum;
}

int main(void)
{
    unsigned long sum;

    noise_begin();
    sum = play(5);
    heapdiff_snapshot("steady");
    sum += play(40);
    heapdiff_snapshot("loaded");
    printf("sum %lu, %lu\n", sum, noise.sum);
    return 0;
}
