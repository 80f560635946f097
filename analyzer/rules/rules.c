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

/* Beyond enum frame_class: rules about mappings, and about the start of programs. */
enum {
    RULE_JS_HEAP = CLASS_COUNT,
    RULE_JS_HEAP_PAGE,
    RULE_MAPPING,
    RULE_START,
    RULE_SHARED, /* and those of enum rules_shared behind it, without SHARED_NONE */
    RULE_COUNT = RULE_SHARED + SHARED_COUNT - 1
};
static const char *const class_names[RULE_COUNT] = {
    "own",         "runtime",     "library",      "wrapper",  "allocator",   "heapdiff",
    "dependency",  "js-heap",     "js-heap-page", "mapping",  "start",       "buffer-pool",
    "socket-read", "netty-arena", "arena",        "compiler", "heap-records"};

enum field { FIELD_FUNCTION, FIELD_FILE, FIELD_MODULE, FIELD_COUNT };
static const char *const field_names[FIELD_COUNT] = {"function", "file", "module"};

/* Each question that is asked of a frame has rules of its own. */
enum question { ASK_CLASS, ASK_HEAP, ASK_START, ASK_SHARED, QUESTION_COUNT };

struct condition {
    enum field field;
    bool by_path;        /* the pattern speaks about the whole path, not its last part */
    const char *pattern; /* NULL: no condition */
};

struct rule {
    int class;
    struct condition first, second;
};

struct rules {
    struct pool *pool;
    VEC(struct rule) asked[QUESTION_COUNT];
};

static enum question question_of(int class)
{
    return class < CLASS_COUNT    ? ASK_CLASS
           : class >= RULE_SHARED ? ASK_SHARED
           : class == RULE_START  ? ASK_START
                                  : ASK_HEAP;
}

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

/* The texts that patterns are compared with; NULL for unknown ones. */
struct texts {
    const char *whole[FIELD_COUNT], *last[FIELD_COUNT];
};

static const char *last_part(const char *path)
{
    return path && path[0] == '/' ? text_base_name(path) : path;
}

static struct texts texts_of(const struct rules_subject *subject)
{
    return (struct texts){
        .whole = {subject->function, subject->file, subject->module},
        .last = {subject->function, last_part(subject->file), last_part(subject->module)}};
}

/* Most patterns differ from the text in the first character. */
static bool condition_holds(const struct condition *condition, const struct texts *texts)
{
    const char *text =
        condition->by_path ? texts->whole[condition->field] : texts->last[condition->field];
    if (!text || (*condition->pattern != '*' && *condition->pattern != *text))
        return false;
    return rules_match(condition->pattern, text);
}

static bool rule_fits(const struct rule *rule, const struct texts *texts)
{
    return condition_holds(&rule->first, texts) &&
           (!rule->second.pattern || condition_holds(&rule->second, texts));
}

/* The first rule that matches, but for those of class BUT; NULL: none does. */
static const struct rule *find_rule_but(const struct rules *rules, enum question question,
                                        const struct rules_subject *subject, int but)
{
    struct texts texts = texts_of(subject);
    const struct rule *items = rules->asked[question].items;
    for (size_t i = 0; i < rules->asked[question].count; i++) {
        if (items[i].class != but && rule_fits(&items[i], &texts))
            return &items[i];
    }
    return NULL;
}

static const struct rule *find_rule(const struct rules *rules, enum question question,
                                    const struct rules_subject *subject)
{
    return find_rule_but(rules, question, subject, RULE_COUNT);
}

const char *rules_class_name(enum frame_class class)
{
    return class_names[class];
}

enum frame_class rules_class(const struct rules *rules, const struct rules_subject *subject)
{
    const struct rule *rule = find_rule(rules, ASK_CLASS, subject);
    return rule ? (enum frame_class)rule->class : CLASS_OWN;
}

const char *rules_owner_name(enum frame_owner owner)
{
    static const char *const names[] = {"program", "dependency", "runtime"};
    return names[owner];
}

/* A wrapper belongs to whom it would belong if it did not allocate for others. */
enum frame_owner rules_owner(const struct rules *rules, const struct rules_subject *subject,
                             enum frame_class class)
{
    if (class == CLASS_WRAPPER) {
        const struct rule *rule = find_rule_but(rules, ASK_CLASS, subject, CLASS_WRAPPER);
        class = rule ? (enum frame_class)rule->class : CLASS_OWN;
    }
    return class == CLASS_OWN       ? OWNER_PROGRAM
           : class == CLASS_RUNTIME ? OWNER_RUNTIME
                                    : OWNER_DEPENDENCY;
}

enum rules_heap rules_managed_heap(const struct rules *rules, const struct rules_subject *subject)
{
    const struct rule *rule = find_rule(rules, ASK_HEAP, subject);
    return !rule                              ? HEAP_UNKNOWN
           : rule->class == RULE_JS_HEAP      ? HEAP_MANAGED
           : rule->class == RULE_JS_HEAP_PAGE ? HEAP_PAGE
                                              : HEAP_OTHER;
}

bool rules_is_start(const struct rules *rules, const struct rules_subject *subject)
{
    return find_rule(rules, ASK_START, subject) != NULL;
}

enum rules_shared rules_shared(const struct rules *rules, const struct rules_subject *subject)
{
    const struct rule *rule = find_rule(rules, ASK_SHARED, subject);
    return rule ? (enum rules_shared)(rule->class - RULE_SHARED + 1) : SHARED_NONE;
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

static void cut_end(char *text)
{
    for (char *end = text + strlen(text); end > text && isspace((unsigned char)end[-1]);)
        *--end = '\0';
}

/* "field pattern"; false: there is no such field. */
static bool parse_condition(char *text, struct condition *condition)
{
    int field = find_name(field_names, FIELD_COUNT, next_word(&text));
    cut_end(text);
    *condition = (struct condition){
        .field = (enum field)field, .by_path = strchr(text, '/') != NULL, .pattern = text};
    return field >= 0;
}

static bool parse_line(struct rules *rules, char *line, const char **wrong)
{
    cut_end(line);
    line += strspn(line, " \t");
    if (!*line || *line == '#')
        return true;
    struct rule rule = {.class = find_name(class_names, RULE_COUNT, next_word(&line))};
    char *both = strstr(line, " & ");
    if (both)
        *both = '\0';
    bool has_fields =
        parse_condition(line, &rule.first) && (!both || parse_condition(both + 3, &rule.second));
    bool has_patterns = has_fields && *rule.first.pattern && (!both || *rule.second.pattern);
    *wrong =
        rule.class < 0
            ? "no such class: own, wrapper, dependency, library, runtime, allocator, heapdiff, "
              "js-heap, js-heap-page, mapping, start, buffer-pool, socket-read, netty-arena, "
              "arena, compiler and heap-records are"
        : !has_fields   ? "the second word must be function, file or module"
        : !has_patterns ? "a pattern is missing"
                        : NULL;
    if (*wrong)
        return false;
    VEC_ADD(&rules->asked[question_of(rule.class)], rule);
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
            return error_set(error,
                             "a rule is: class function|file|module pattern [& field pattern]",
                             "%s:%d: %s", path, number, wrong);
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
    for (int i = 0; i < QUESTION_COUNT; i++)
        VEC_DONE(&rules->asked[i]);
    pool_free(rules->pool);
    free(rules);
}
