/* rules.c -- Reading rules and asking them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/rules.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)1024 * 1024)

extern const char rules_default_text[]; /* default.rules, made into C by the build */

/* Beyond enum frame_class: rules that speak about mappings, and about how programs start. */
enum { RULE_JS_HEAP = CLASS_COUNT, RULE_MAPPING, RULE_START, RULE_COUNT };
static const char *const class_names[RULE_COUNT] = {
    "own", "runtime", "library", "wrapper", "allocator", "heapdiff", "js-heap", "mapping", "start"};

enum field { FIELD_FUNCTION, FIELD_FILE, FIELD_MODULE, FIELD_COUNT };
static const char *const field_names[FIELD_COUNT] = {"function", "file", "module"};

struct rule {
    int class;
    enum field field;
    const char *pattern;
};

struct rules {
    struct pool *pool;
    VEC(struct rule) items;
};

bool rules_match(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            retry = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

static const char *field_text(const struct rules_subject *subject, enum field field)
{
    return field == FIELD_FUNCTION ? subject->function
           : field == FIELD_FILE   ? subject->file
                                   : subject->module;
}

/* A pattern without a slash speaks about the last part of a path. */
static bool rule_fits(const struct rule *rule, const struct rules_subject *subject)
{
    const char *text = field_text(subject, rule->field);
    if (!text)
        return false;
    if (rule->field != FIELD_FUNCTION && !strchr(rule->pattern, '/') && text[0] == '/')
        text = text_base_name(text);
    return rules_match(rule->pattern, text);
}

enum frame_class rules_class(const struct rules *rules, const struct rules_subject *subject)
{
    for (size_t i = 0; i < rules->items.count; i++) {
        const struct rule *rule = &rules->items.items[i];
        if (rule->class < CLASS_COUNT && rule_fits(rule, subject))
            return (enum frame_class)rule->class;
    }
    return CLASS_OWN;
}

int rules_managed_heap(const struct rules *rules, const struct rules_subject *subject)
{
    for (size_t i = 0; i < rules->items.count; i++) {
        const struct rule *rule = &rules->items.items[i];
        bool is_heap = rule->class == RULE_JS_HEAP;
        if ((is_heap || rule->class == RULE_MAPPING) && rule_fits(rule, subject))
            return is_heap ? 1 : -1;
    }
    return 0;
}

bool rules_is_start(const struct rules *rules, const struct rules_subject *subject)
{
    for (size_t i = 0; i < rules->items.count; i++) {
        const struct rule *rule = &rules->items.items[i];
        if (rule->class == RULE_START && rule_fits(rule, subject))
            return true;
    }
    return false;
}

static int find_name(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

/* Cuts the first word off *TEXT. */
static char *next_word(char **text)
{
    char *word = *text + strspn(*text, " \t");
    char *end = word + strcspn(word, " \t");
    *text = end + strspn(end, " \t");
    *end = '\0';
    return word;
}

static bool parse_line(struct rules *rules, char *line, const char **wrong)
{
    for (char *end = line + strlen(line); end > line && isspace((unsigned char)end[-1]);)
        *--end = '\0';
    line += strspn(line, " \t");
    if (!*line || *line == '#')
        return true;
    int class = find_name(class_names, RULE_COUNT, next_word(&line));
    int field = class < 0 ? -1 : find_name(field_names, FIELD_COUNT, next_word(&line));
    struct rule rule = {.class = class, .field = (enum field)field, .pattern = line};
    *wrong = class < 0   ? "no such class: own, wrapper, library, runtime, allocator, heapdiff, "
                           "js-heap, mapping and start are"
             : field < 0 ? "the second word must be function, file or module"
             : !*line    ? "a pattern is missing"
                         : NULL;
    if (*wrong)
        return false;
    VEC_ADD(&rules->items, rule);
    return true;
}

static bool parse_text(struct rules *rules, const char *text, const char *path, struct error *error)
{
    const char *wrong = NULL;
    int number = 1;
    for (char *line = pool_text(rules->pool, text); line; number++) {
        char *end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        if (!parse_line(rules, line, &wrong))
            return error_set(error, "a rule is: class function|file|module pattern", "%s:%d: %s",
                             path, number, wrong);
        line = end;
    }
    return true;
}

static bool parse_file(struct rules *rules, const char *path, struct error *error)
{
    struct text text = {0};
    bool good = text_read_file(&text, path, FILE_LIMIT);
    if (!good)
        error_set(error, NULL, "cannot read rules from %s: %s", path, strerror(errno));
    else
        good = parse_text(rules, text.bytes, path, error);
    text_done(&text);
    return good;
}

struct rules *rules_new(const char *path, struct error *error)
{
    struct rules *rules = memory_zeroed(1, sizeof *rules);
    rules->pool = pool_new();
    if ((!path || parse_file(rules, path, error)) &&
        parse_text(rules, rules_default_text, "default.rules", error))
        return rules;
    rules_free(rules);
    return NULL;
}

void rules_free(struct rules *rules)
{
    if (!rules)
        return;
    VEC_DONE(&rules->items);
    pool_free(rules->pool);
    free(rules);
}
