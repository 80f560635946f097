/* json.c -- JSON: strings of untrusted bytes, and what cJSON leaves to its callers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/json.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool must_escape(int32_t c, enum json_place place)
{
    if (c < 0x20 || c == '"' || c == '\\')
        return true;
    return place == JSON_IN_SCRIPT && (c == '<' || c == '>' || c == '&' || (c | 1) == 0x2029);
}

static void add_escape(struct text *out, int32_t c, enum json_place place)
{
    bool is_short = place == JSON_IN_FILE && c >= 0x20;
    text_format(out, is_short ? "\\%c" : "\\u%04x", (unsigned)c);
}

void json_add_string(struct text *out, const char *string, enum json_place place)
{
    const char *plain = string; /* what need not be changed up to AT */
    text_add(out, "\"");
    for (const char *at = string; *at;) {
        int32_t c;
        size_t length = utf8_decode(at, &c);
        bool is_plain = length > 0 && !must_escape(c, place);
        if (!is_plain)
            text_add_n(out, plain, (size_t)(at - plain));
        if (length == 0)
            text_add(out, "\xef\xbf\xbd");
        else if (!is_plain)
            add_escape(out, c, place);
        at += length ? length : 1;
        plain = is_plain ? plain : at;
    }
    text_add(out, plain);
    text_add(out, "\"");
}

void json_add_object(struct text *out, cJSON *object)
{
    char *printed = cJSON_PrintUnformatted(object);
    for (const char *at = printed ? printed : "null"; *at;) {
        /* Outside of strings none of these occurs; cJSON escapes the rest. */
        size_t plain = strcspn(at, "<>&");
        text_add_n(out, at, plain);
        at += plain;
        if (*at)
            add_escape(out, *at++, JSON_IN_SCRIPT);
    }
    free(printed);
    cJSON_Delete(object);
}

void json_set_number(cJSON *object, const char *name, int64_t value)
{
    cJSON_AddNumberToObject(object, name, (double)value);
}

cJSON *json_string(const char *value)
{
    struct text clean = {0};
    if (!value)
        return cJSON_CreateNull();
    text_add_clean(&clean, value, false);
    cJSON *string = cJSON_CreateString(clean.bytes);
    text_done(&clean);
    return string;
}

void json_set_string(cJSON *object, const char *name, const char *value)
{
    cJSON_AddItemToObject(object, name, json_string(value));
}

void json_print(struct text *out, cJSON *object)
{
    char *printed = cJSON_Print(object);
    text_format(out, "%s\n", printed ? printed : "{}");
    free(printed);
    cJSON_Delete(object);
}
