/* test_agreement.c -- Whatever the snapshots hold: sentence, parts, list and JSON agree.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/units.h"
#include "compare/comparison.h"
#include "fixture.h"
#include "print/json_report.h"
#include "test.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB   (1LL << 20)
#define CASES 100
#define SITES 12
#define MOST  6

/* How a site behaves. */
enum behaviour { STEADY, LEAKS, CHURNS, BURSTS, FILLS, JUMPS, SHRINKS, BEHAVIOURS };

struct planned {
    enum behaviour behaviour;
    const char *kind;
    long long size, rate; /* bytes of a block; blocks of a step */
};

static uint64_t seed = 0x9e3779b97f4a7c15;

static long long pick(long long most)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (long long)(seed % (uint64_t)(most + 1));
}

static void plan(struct planned *sites)
{
    static const char *const kinds[] = {"malloc", "malloc", "buffer", "mmap", "thread", "pool"};
    for (int i = 0; i < SITES; i++)
        sites[i] = (struct planned){(enum behaviour)pick(BEHAVIOURS - 1), kinds[pick(5)],
                                    16LL << pick(13), 1 + pick(400)};
}

/* Blocks live at STEP of COUNT, and allocated until then; OLD: of those live, born before step 1.
 */
static void live_at(const struct planned *site, int step, int count, long long *live,
                    long long *allocated, long long *old)
{
    long long base = 100 + site->rate, rate = site->rate;
    *allocated = base + rate * 40 * step;
    *old = base;
    switch (site->behaviour) {
    case LEAKS:
        *live = base + rate * step;
        *allocated = *live;
        break;
    case CHURNS:
        *live = base + pick(20);
        *old = 0;
        break;
    case BURSTS:
        *live = pick(rate * 4);
        *allocated = base + rate * 5000LL * step;
        *old = 0;
        break;
    case FILLS:
        *live = base + rate * (step > 1 ? 2 : step);
        break;
    case JUMPS:
        *live = base + (step * 2 >= count ? rate * 10 : 0);
        *allocated = *live;
        break;
    case SHRINKS:
        *live = base / (step + 1);
        *old = *live;
        break;
    default:
        *live = base;
        break;
    }
    *old = *old < *live ? *old : *live;
}

static void add_sql(char **to, size_t *room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add_sql(char **to, size_t *room, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(*to, *room, format, list);
    va_end(list);
    assert_true(length >= 0 && (size_t)length < *room);
    *to += length;
    *room -= (size_t)length;
}

/* Snapshot number STEP of COUNT; the parts of RSS follow the sites, with retention and more. */
static const char *make(const struct planned *sites, int step, int count)
{
    static char sql[65536];
    char *to = sql, name[16];
    size_t room = sizeof sql;
    long long blocks = 0, mapped = 0, stacks = 0, retained = pick(40) * MIB / 4;
    long long own = 3 * MIB + step * MIB / 2, other = MIB;
    add_sql(&to, &room, "INSERT INTO module VALUES (1, '/srv/server', NULL, 0, 9, 0, 0);");
    for (int i = 0; i < SITES; i++) {
        long long live, allocated, old, size = sites[i].size;
        live_at(&sites[i], step, count, &live, &allocated, &old);
        add_sql(&to, &room,
                "INSERT INTO location VALUES (%d, %d, 1, %d, NULL);"
                "INSERT INTO node VALUES (%d, NULL, %d);"
                "INSERT INTO stack VALUES (%d, %d, '%s', %lld, %lld, 0, %lld, %lld, 1, 0);",
                i + 1, 100 * (i + 1), 100 * (i + 1), i + 1, i + 1, i + 1, i + 1, sites[i].kind,
                live, live * size, allocated, allocated * size);
        if (old > 0)
            add_sql(&to, &room, "INSERT INTO age VALUES (%d, 1, %lld, %lld);", i + 1, old,
                    old * size);
        if (live > old)
            add_sql(&to, &room, "INSERT INTO age VALUES (%d, %d, %lld, %lld);", i + 1, step + 2,
                    live - old, (live - old) * size);
        if (strcmp(sites[i].kind, "mmap") == 0)
            mapped += live * size;
        else if (strcmp(sites[i].kind, "thread") == 0)
            stacks += live * size;
        else
            blocks += live * size;
    }
    add_sql(&to, &room,
            "INSERT INTO rss VALUES ('allocator', %lld), ('mmap', %lld), ('thread stack', %lld), "
            "('heapdiff', %lld);",
            blocks + retained, mapped, stacks, own);
    snprintf(name, sizeof name, "%d.db", step);
    return fixture_snapshot(name, step + 1, blocks + retained + mapped + stacks + own + other, sql);
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

/* "; N of that is WHAT": the growth of that part, and no more than that of RSS. */
static void check_parts(const cJSON *verdict)
{
    const char *text = cJSON_GetObjectItem(verdict, "text")->valuestring;
    double sum = 0, rss = number(verdict, "rss_growth_bytes");
    const cJSON *part;
    cJSON_ArrayForEach(part, cJSON_GetObjectItem(verdict, "parts"))
    {
        char words[128];
        double growth = number(part, "growth_bytes");
        sum += growth;
        snprintf(words, sizeof words, " of that is %s",
                 cJSON_GetObjectItem(part, "what")->valuestring);
        const char *at = strstr(text, words);
        if (!at)
            continue;
        struct units_text bytes = units_bytes((int64_t)growth);
        size_t length = strlen(bytes.text);
        if (strncmp(at - length, bytes.text, length) != 0 || growth > rss)
            fail_msg("%s of RSS %g is not%s: %s", bytes.text, rss, words, text);
    }
    assert_true(fabs(sum - rss) < 0.5);
}

static bool is_block(const char *kind)
{
    return strcmp(kind, "malloc") == 0 || strcmp(kind, "buffer") == 0 || strcmp(kind, "pool") == 0;
}

/* A name stands in the sentence only behind a word of its own kind. */
static void check_names(const char *text, const char *name, const char *kind)
{
    if (!strstr(text, name))
        return;
    const char *word = strcmp(kind, "mmap") == 0     ? "mappings"
                       : strcmp(kind, "thread") == 0 ? "thread stacks"
                       : strcmp(kind, "buffer") == 0 ? "buffers"
                                                     : "blocks";
    if (!strstr(text, word) && !strstr(text, "live blocks"))
        fail_msg("%s is %s: %s", name, kind, text);
}

static void check_report(const struct comparison *comparison)
{
    const struct report_options options = {.top = 100};
    struct text out = {0};
    json_report_comparison(comparison, &options, &out);
    cJSON *root = cJSON_Parse(out.bytes), *site;
    const cJSON *verdict = cJSON_GetObjectItem(root, "verdict");
    const char *kind = cJSON_GetObjectItem(verdict, "kind")->valuestring;
    const char *text = cJSON_GetObjectItem(verdict, "text")->valuestring;
    bool is_clean = strcmp(kind, "none") == 0 || strcmp(kind, "retention") == 0;
    bool has_mapping = false, has_block = false;
    check_parts(verdict);
    cJSON_ArrayForEach(site, cJSON_GetObjectItem(root, "sites"))
    {
        const char *of = cJSON_GetObjectItem(site, "kind")->valuestring;
        const cJSON *frame = cJSON_GetArrayItem(cJSON_GetObjectItem(site, "stack"), 0);
        double evidence = number(site, "evidence");
        if (is_clean && evidence >= 0.5)
            fail_msg("%s above a site with evidence %g: %s", kind, evidence, out.bytes);
        check_names(text, cJSON_GetObjectItem(frame, "function")->valuestring, of);
        has_block |= is_block(of);
        has_mapping |= !is_block(of);
    }
    if (strcmp(kind, "leak") == 0 && comparison->count > 2)
        assert_true(has_block);
    if (strncmp(text, "No leak", 7) == 0)
        assert_string_equal(kind, "none");
    if (strcmp(kind, "none") == 0 && strncmp(text, "No leak", 7) != 0 &&
        strncmp(text, "Not certain", 11) != 0)
        assert_non_null(strstr(text, "no part of it stands out"));
    cJSON_Delete(root);
    text_done(&out);
}

static void sentence_parts_and_list_agree(void **state)
{
    (void)state;
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    int kinds[VERDICT_NOT_MEASURABLE + 1] = {0};
    for (int i = 0; i < CASES; i++) {
        struct planned sites[SITES];
        const char *paths[MOST];
        int count = 2 + (int)pick(MOST - 2);
        plan(sites);
        for (int step = 0; step < count; step++)
            paths[step] = make(sites, step, count);
        struct comparison *comparison = comparison_open(paths, (size_t)count, rules, &error);
        if (!comparison)
            fail_msg("%s", error.message);
        kinds[comparison->verdict.kind]++;
        check_report(comparison);
        comparison_close(comparison);
    }
    /* All kinds that such stores can have did occur. */
    assert_true(kinds[VERDICT_LEAK] > 0 && kinds[VERDICT_MAPPING] > 0 && kinds[VERDICT_NONE] > 0);
    rules_free(rules);
}

TEST_MAIN(cmocka_unit_test(sentence_parts_and_list_agree))
