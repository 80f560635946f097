/* codec_plugin.c -- The plugin of plugin_reload.c: its codec is opened and never closed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

enum { CODEC_SIZE = 65536 };

int codec_encode(int number);

static unsigned char *volatile last_codec; /* so that no compiler takes the codec away */

static unsigned char *codec_open(int number)
{
    last_codec = malloc(CODEC_SIZE);
    return memset(last_codec, number & 127, CODEC_SIZE);
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
