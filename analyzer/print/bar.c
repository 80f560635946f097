/* bar.c -- Numbers as bars and as lines of tiny columns.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/bar.h"

#include <stdlib.h>

#define EIGHTHS 8

void bar_add(struct text *out, int64_t value, int64_t largest, int width)
{
    static const char *const rests[EIGHTHS] = {"",
                                               "\xe2\x96\x8f",
                                               "\xe2\x96\x8e",
                                               "\xe2\x96\x8d",
                                               "\xe2\x96\x8c",
                                               "\xe2\x96\x8b",
                                               "\xe2\x96\x8a",
                                               "\xe2\x96\x89"};
    double share = largest > 0 ? (double)llabs(value) / (double)largest : 0;
    int eighths = (int)((share > 1 ? 1 : share) * width * EIGHTHS + 0.5);
    if (eighths == 0 && value != 0)
        eighths = 1;
    int columns = eighths / EIGHTHS;
    if (value < 0) { /* pale, and of whole columns */
        columns += eighths % EIGHTHS > 0;
        eighths = 0;
    }
    for (int i = 0; i < columns && value < 0; i++)
        text_add(out, "\xe2\x96\x91");
    for (int i = 0; i < columns && value > 0; i++)
        text_add(out, "\xe2\x96\x88");
    text_add(out, rests[eighths % EIGHTHS]);
    columns += eighths % EIGHTHS > 0;
    text_format(out, "%*s", columns < width ? width - columns : 0, "");
}

void bar_add_series(struct text *out, const int64_t *values, size_t count, int width)
{
    static const char *const levels[EIGHTHS] = {"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
                                                "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
                                                "\xe2\x96\x87", "\xe2\x96\x88"};
    int64_t largest = 1;
    size_t shown = count < (size_t)width ? count : (size_t)width;
    for (size_t i = 0; i < count; i++)
        largest = values[i] > largest ? values[i] : largest;
    for (size_t i = 0; i < shown; i++) {
        int64_t value = values[shown > 1 ? i * (count - 1) / (shown - 1) : 0];
        double share = value > 0 ? (double)value / (double)largest : 0;
        text_add(out, levels[(int)(share * (EIGHTHS - 1) + 0.5)]);
    }
    text_format(out, "%*s", width - (int)shown, "");
}
