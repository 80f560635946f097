/* codec_plugin.c -- The plugin of plugin_reload.c: its codec is opened and never closed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

enum { CODEC_SIZE = 65536 };

int codec_encode(int number);

static unsigned char *codec_open(int number)
{
    return memset(malloc(CODEC_SIZE), number & 127, CODEC_SIZE);
}

int codec_encode(int number)
{
    unsigned char *codec = codec_open(number);
    unsigned char *scratch = malloc(20000);
    int result;

    memset(scratch, codec[5], 20000);
    result = scratch[number];
    free(scratch);
    return result;
}
