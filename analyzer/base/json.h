/* json.h -- JSON: strings of untrusted bytes, and what cJSON leaves to its callers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_JSON_H
#define ANALYZER_BASE_JSON_H

#include "base/text.h"

#include <cjson/cJSON.h>
#include <stdint.h>

/* Where the JSON stands. In a script element of HTML the characters `<`, `>` and `&`, which could
 * end it or begin a comment, are escaped, and so are U+2028 and U+2029. */
enum json_place { JSON_IN_FILE, JSON_IN_SCRIPT };

/* Adds STRING in quotes; bytes that are no UTF-8 become U+FFFD. */
void json_add_string(struct text *out, const char *string, enum json_place place);

/* Adds OBJECT for JSON_IN_SCRIPT, and deletes it. */
void json_add_object(struct text *out, cJSON *object);

/* A value, and members added to an OBJECT. NULL becomes null, bytes that are no UTF-8 become
 * U+FFFD; numbers are exact up to 2^53. */
cJSON *json_string(const char *value);
void json_set_number(cJSON *object, const char *name, int64_t value);
void json_set_string(cJSON *object, const char *name, const char *value);

/* Prints OBJECT for people and programs, a newline at its end, and deletes it. */
void json_print(struct text *out, cJSON *object);

#endif
