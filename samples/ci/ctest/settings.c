/* settings.c -- A small library to be tested: "name=value" lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    char *name, *value;
    struct settings *next;
};

struct settings *settings_parse(const char *text)
{
    struct settings *first = NULL;

    while (*text) {
        size_t length = strcspn(text, "\n"), name = strcspn(text, "=\n");
        if (name < length) {
            struct settings *settings = malloc(sizeof *settings);
            settings->name = strndup(text, name);
            settings->value = strndup(text + name + 1, length - name - 1);
            settings->next = first;
            first = settings;
        }
        text += length + (text[length] == '\n');
    }
    return first;
}

const char *settings_get(const struct settings *settings, const char *name)
{
    while (settings && strcmp(settings->name, name) != 0)
        settings = settings->next;
    return settings ? settings->value : NULL;
}

void settings_free(struct settings *settings)
{
    while (settings) {
        struct settings *next = settings->next;
        free(settings->name);
        free(settings->value);
        free(settings);
        settings = next;
    }
}
