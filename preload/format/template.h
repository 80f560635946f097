/* template.h -- HEAPDIFF_OUT: the path of a snapshot, and the folder that a process writes to.
 *
 * The shim fills in the whole, the analyzer the folder. The code is in the header because the two
 * programs are compiled with different options.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HEAPDIFF_FORMAT_TEMPLATE_H
#define HEAPDIFF_FORMAT_TEMPLATE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct template_values {
    const char *program; /* %e */
    int pid;             /* %p */
    unsigned number;     /* %n; 0: unknown, then a template with %n cannot be filled in */
    const char *label;   /* %l; NULL: unknown, then a template with %l cannot be filled in */
};

/* A label or a program's name may be anything: it must not lead out of the folder, hide the file,
 * or break a line. */
static inline bool template_is_harmless(const char *text, const char *at)
{
    unsigned char c = (unsigned char)*at;
    return c != '/' && c >= ' ' && c != 0x7f && !(c == '.' && at == text);
}

struct template_path {
    char *text;
    size_t size, length;
};

static inline bool template_append(struct template_path *path, const char *text, bool flatten)
{
    for (const char *at = text; *at; at++) {
        if (path->length + 1 >= path->size)
            return false;
        path->text[path->length++] = flatten && !template_is_harmless(text, at) ? '-' : *at;
    }
    path->text[path->length] = '\0';
    return true;
}

/* The value of a placeholder; false when it is unknown or does not fit in. */
static inline bool template_append_value(struct template_path *path, char placeholder,
                                         const struct template_values *values)
{
    char digits[16];
    switch (placeholder) {
    case 'e':
        return template_append(path, values->program, true);
    case 'l':
        return values->label && template_append(path, values->label, true);
    case 'p':
        snprintf(digits, sizeof digits, "%d", values->pid);
        return template_append(path, digits, false);
    case 'n':
        snprintf(digits, sizeof digits, "%u", values->number);
        return values->number && template_append(path, digits, false);
    default:
        return template_append(path, "%", false);
    }
}

/* The first LENGTH bytes of the template. */
static inline bool template_fill_part(char *text, size_t size, const char *template, size_t length,
                                      const struct template_values *values)
{
    struct template_path path = {text, size, 0};
    for (const char *at = template; at < template + length; at++) {
        bool is_placeholder = *at == '%' && at + 1 < template + length && strchr("epnl%", at[1]);
        char one[2] = {*at, '\0'};
        if (!(is_placeholder ? template_append_value(&path, *++at, values)
                             : template_append(&path, one, false)))
            return false;
    }
    return path.length > 0;
}

/* Fills %e %p %n %l and %% in; unknown placeholders stay. In a program's name and a label dashes
 * replace slashes, control characters and a dot at the beginning. False when a value is unknown, or
 * the result is empty or does not fit in. */
static inline bool template_fill(char *path, size_t size, const char *template,
                                 const struct template_values *values)
{
    return template_fill_part(path, size, template, strlen(template), values);
}

/* The folder of the paths that an absolute template gives. */
static inline bool template_fill_folder(char *folder, size_t size, const char *template,
                                        const struct template_values *values)
{
    const char *slash = strrchr(template, '/');
    size_t length = slash ? (size_t)(slash - template) : 0;
    return template_fill_part(folder, size, template, length ? length : 1, values);
}

/* TEXT as a template that gives TEXT. False when it does not fit in. */
static inline bool template_quote(char *template, size_t size, const char *text)
{
    struct template_path path = {template, size, 0};
    bool fits = template_append(&path, "", false);
    for (; fits && *text; text++) {
        char one[3] = {*text, *text == '%' ? '%' : '\0', '\0'};
        fits = template_append(&path, one, false);
    }
    return fits;
}

#endif
