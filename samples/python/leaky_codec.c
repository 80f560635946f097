/* leaky_codec.c -- The library of ctypes_codec.py. It is sound; its caller forgets codec_delete.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

enum { CODEC_SIZE = 4096 };

struct codec {
    unsigned char state[CODEC_SIZE];
};

struct codec *codec_new(int number);
void codec_delete(struct codec *codec);
int codec_encode(struct codec *codec, int number);

struct codec *codec_new(int number)
{
    struct codec *codec = malloc(sizeof *codec);

    memset(codec->state, number & 127, sizeof codec->state);
    return codec;
}

void codec_delete(struct codec *codec)
{
    free(codec);
}

static unsigned char *codec_scratch(void)
{
    return malloc(50000);
}

int codec_encode(struct codec *codec, int number)
{
    unsigned char *scratch = codec_scratch();
    int result;

    memset(scratch, codec->state[9], 50000);
    result = scratch[number];
    free(scratch);
    return result;
}
