/* units.c -- Bytes in words, and back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/units.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct units_text bytes_text(int64_t bytes, const char *plus)
{
    static const char *const names[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    struct units_text result;
    uint64_t size = bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes;
    const char *sign = bytes < 0 ? "-" : bytes > 0 ? plus : "";
    if (size < 1024) {
        snprintf(result.text, sizeof result.text, "%s%" PRIu64 " B", sign, size);
        return result;
    }
    double value = (double)size / 1024;
    int unit = 0;
    for (; value >= 1023.95 && unit < 5; unit++) /* 1023.95 would be printed as 1024.0 */
        value /= 1024;
    snprintf(result.text, sizeof result.text, "%s%.1f %s", sign, value, names[unit]);
    return result;
}

struct units_text units_bytes(int64_t bytes)
{
    return bytes_text(bytes, "");
}

struct units_text units_signed_bytes(int64_t bytes)
{
    return bytes_text(bytes, "+");
}

static struct units_text count_text(int64_t count, const char *plus)
{
    struct units_text result = {0};
    char digits[24];
    uint64_t size = count < 0 ? -(uint64_t)count : (uint64_t)count;
    int length = snprintf(digits, sizeof digits, "%" PRIu64, size);
    char *to = result.text;
    if (count < 0 || (count > 0 && *plus))
        *to++ = count < 0 ? '-' : *plus;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return result;
}

struct units_text units_count(int64_t count)
{
    return count_text(count, "");
}

struct units_text units_signed_count(int64_t count)
{
    return count_text(count, "+");
}

struct units_text units_seconds(double seconds)
{
    struct units_text result;
    if (seconds < 9.95)
        snprintf(result.text, sizeof result.text, "%.1f s", seconds);
    else if (seconds < 120)
        snprintf(result.text, sizeof result.text, "%.0f s", seconds);
    else if (seconds < 7200)
        snprintf(result.text, sizeof result.text, "%.0f min", seconds / 60);
    else if (seconds < 172800)
        snprintf(result.text, sizeof result.text, "%.1f h", seconds / 3600);
    else
        snprintf(result.text, sizeof result.text, "%.1f days", seconds / 86400);
    return result;
}

/* The factor that a unit stands for; 0 when there is no such unit. */
static double unit_factor(const char *unit)
{
    static const char letters[] = "kmgt";
    if (!*unit || strcasecmp(unit, "b") == 0)
        return 1;
    const char *letter = strchr(letters, tolower((unsigned char)unit[0]));
    if (!letter || !*letter)
        return 0;
    double step = strcasecmp(unit + 1, "b") == 0 ? 1000 : 1024, factor = step;
    if (unit[1] && step == 1024 && strcasecmp(unit + 1, "ib") != 0 &&
        strcasecmp(unit + 1, "i") != 0)
        return 0;
    for (const char *c = letters; c < letter; c++)
        factor *= step;
    return factor;
}

bool units_parse(const char *text, int64_t *bytes)
{
    char *end;
    if (!isdigit((unsigned char)text[0]) || strpbrk(text, "xXpP"))
        return false;
    double value = strtod(text, &end);
    while (*end == ' ')
        end++;
    double result = value * unit_factor(end);
    if (unit_factor(end) == 0 || result > 9e15)
        return false;
    *bytes = (int64_t)result;
    return true;
}
