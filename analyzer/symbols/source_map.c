/* source_map.c -- A source map: from built JavaScript back to what people wrote.
 *
 * The mappings are one text: ';' ends a built line, ',' a segment; a segment has one, four or five
 * numbers in base 64, each the difference to the one before. All of it may be hostile: numbers are
 * checked, and segments are counted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/source_map.h"

#include "base/memory.h"
#include "base/text.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SEGMENTS ((size_t)1 << 22)
#define MOST_TEXTS    ((size_t)1 << 20) /* sources, and names */
#define MOST_SECTIONS 65536
#define LIMIT         ((int64_t)1 << 30) /* of a line, a column, an index */

struct segment {
    int32_t built_line, built_column; /* from 0 on, as all */
    int32_t source, line, column;     /* source -1: no original */
    int32_t name;                     /* -1: none */
};

struct source_map {
    VEC(struct segment) segments; /* in order of the built file */
    VEC(const char *) sources;
    VEC(const char *) names;
    struct pool *pool;
};

/* What differences are added to, while mappings are read. */
struct state {
    int64_t built_line, built_column, source, line, column, name;
};

/* Numbers of a section begin here. */
struct base {
    int64_t line, column;
    size_t source, source_count, name, name_count;
};

static int digit(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* One number; false when there is none, or one beyond all bounds. */
static bool read_number(const char **at, int64_t *number)
{
    int64_t value = 0;
    int shift = 0, d;
    do {
        d = digit(**at);
        if (d < 0 || shift > 30)
            return false;
        value |= (int64_t)(d & 31) << shift;
        shift += 5;
        ++*at;
    } while (d & 32);
    *number = value & 1 ? -(value >> 1) : value >> 1;
    return true;
}

static bool add_to(int64_t *sum, int64_t difference)
{
    *sum += difference;
    return *sum >= 0 && *sum < LIMIT;
}

static bool add_segment(struct source_map *map, const struct base *base, const struct state *state,
                        int count)
{
    struct segment segment = {
        .built_line = (int32_t)(base->line + state->built_line),
        .built_column = (int32_t)(state->built_column + (state->built_line ? 0 : base->column)),
        .source = -1,
        .name = -1};
    if (map->segments.count >= MOST_SEGMENTS)
        return false;
    if (count >= 4 && (size_t)state->source < base->source_count) {
        segment.source = (int32_t)(base->source + (size_t)state->source);
        segment.line = (int32_t)state->line;
        segment.column = (int32_t)state->column;
    }
    if (count == 5 && segment.source >= 0 && (size_t)state->name < base->name_count)
        segment.name = (int32_t)(base->name + (size_t)state->name);
    VEC_ADD(&map->segments, segment);
    return true;
}

/* The numbers of one segment: how many, 0 for a faulty one. */
static int read_segment(const char **at, struct state *state)
{
    int64_t *const sums[] = {&state->built_column, &state->source, &state->line, &state->column,
                             &state->name};
    int count = 0;
    while (**at && **at != ',' && **at != ';') {
        int64_t difference;
        if (count == 5 || !read_number(at, &difference) || !add_to(sums[count], difference))
            return 0;
        count++;
    }
    return count == 1 || count == 4 || count == 5 ? count : 0;
}

static bool read_mappings(struct source_map *map, const char *mappings, const struct base *base)
{
    struct state state = {0};
    for (const char *at = mappings; *at;) {
        if (*at == ';') {
            state.built_column = 0;
            if (!add_to(&state.built_line, 1) || base->line + state.built_line >= LIMIT)
                return false;
            at++;
            continue;
        }
        if (*at == ',') {
            at++;
            continue;
        }
        int count = read_segment(&at, &state);
        if (count == 0 || !add_segment(map, base, &state, count))
            return false;
    }
    return true;
}

static const char *string_of(const cJSON *item)
{
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

static const char *join(struct pool *pool, const char *root, const char *source)
{
    size_t length = root ? strlen(root) : 0;
    if (length == 0 || source[0] == '/' || strstr(source, "://"))
        return pool_text(pool, source);
    return pool_format(pool, "%s%s%s", root, root[length - 1] == '/' ? "" : "/", source);
}

static bool read_sources(struct source_map *map, const cJSON *json, struct base *base)
{
    const char *root = string_of(cJSON_GetObjectItemCaseSensitive(json, "sourceRoot"));
    const cJSON *item;
    base->source = map->sources.count;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "sources"))
    {
        const char *source = string_of(item);
        if (map->sources.count >= MOST_TEXTS)
            return false;
        VEC_ADD(&map->sources, source ? join(map->pool, root, source) : NULL);
    }
    base->source_count = map->sources.count - base->source;
    return true;
}

static bool read_names(struct source_map *map, const cJSON *json, struct base *base)
{
    const cJSON *item;
    base->name = map->names.count;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "names"))
    {
        const char *name = string_of(item);
        if (map->names.count >= MOST_TEXTS)
            return false;
        VEC_ADD(&map->names, name ? pool_text(map->pool, name) : NULL);
    }
    base->name_count = map->names.count - base->name;
    return true;
}

static bool read_plain(struct source_map *map, const cJSON *json, struct base *base)
{
    const char *mappings = string_of(cJSON_GetObjectItemCaseSensitive(json, "mappings"));
    return mappings && read_sources(map, json, base) && read_names(map, json, base) &&
           read_mappings(map, mappings, base);
}

static int64_t offset_of(const cJSON *section, const char *name)
{
    const cJSON *offset = cJSON_GetObjectItemCaseSensitive(section, "offset");
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(offset, name);
    bool is_good =
        cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < (double)LIMIT;
    return is_good ? (int64_t)item->valuedouble : -1;
}

static bool read_sections(struct source_map *map, const cJSON *sections)
{
    const cJSON *section;
    int count = 0;
    cJSON_ArrayForEach(section, sections)
    {
        struct base base = {.line = offset_of(section, "line"),
                            .column = offset_of(section, "column")};
        const cJSON *inner = cJSON_GetObjectItemCaseSensitive(section, "map");
        if (++count > MOST_SECTIONS || base.line < 0 || base.column < 0 ||
            !read_plain(map, inner, &base))
            return false;
    }
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    if (x->built_line != y->built_line)
        return x->built_line < y->built_line ? -1 : 1;
    return (x->built_column > y->built_column) - (x->built_column < y->built_column);
}

/* They are in order as a rule. */
static void sort(struct source_map *map)
{
    for (size_t i = 1; i < map->segments.count; i++) {
        if (by_place(&map->segments.items[i - 1], &map->segments.items[i]) <= 0)
            continue;
        qsort(map->segments.items, map->segments.count, sizeof *map->segments.items, by_place);
        return;
    }
}

static bool read_map(struct source_map *map, const cJSON *json)
{
    const cJSON *sections = cJSON_GetObjectItemCaseSensitive(json, "sections");
    struct base base = {0};
    return cJSON_IsArray(sections) ? read_sections(map, sections) : read_plain(map, json, &base);
}

struct source_map *source_map_parse(const char *json, size_t length)
{
    if (length > 3 && memcmp(json, ")]}", 3) == 0) { /* a guard line of web servers */
        const char *end = memchr(json, '\n', length);
        length = end ? length - (size_t)(end - json) : 0;
        json = end ? end : "";
    }
    cJSON *root = cJSON_ParseWithLength(json, length + 1);
    if (!root)
        return NULL;
    struct source_map *map = memory_zeroed(1, sizeof *map);
    map->pool = pool_new();
    bool is_good = cJSON_IsObject(root) && read_map(map, root);
    cJSON_Delete(root);
    if (!is_good) {
        source_map_free(map);
        return NULL;
    }
    sort(map);
    return map;
}

void source_map_free(struct source_map *map)
{
    if (!map)
        return;
    VEC_DONE(&map->segments);
    VEC_DONE(&map->sources);
    VEC_DONE(&map->names);
    pool_free(map->pool);
    free(map);
}

/* The last segment of LINE that begins at COLUMN or before it. */
static const struct segment *find_segment(const struct source_map *map, int line, int column)
{
    const struct segment key = {.built_line = line, .built_column = column};
    size_t low = 0, high = map->segments.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_place(&map->segments.items[middle], &key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct segment *found = low > 0 ? &map->segments.items[low - 1] : NULL;
    return found && found->built_line == line ? found : NULL;
}

bool source_map_find(const struct source_map *map, int line, int column,
                     struct source_map_place *place)
{
    const struct segment *segment =
        line > 0 && column > 0 ? find_segment(map, line - 1, column - 1) : NULL;
    if (!segment || segment->source < 0 || !map->sources.items[segment->source])
        return false;
    *place = (struct source_map_place){.source = map->sources.items[segment->source],
                                       .name = segment->name >= 0 ? map->names.items[segment->name]
                                                                  : NULL,
                                       .line = segment->line + 1,
                                       .column = segment->column + 1,
                                       .built_column = segment->built_column + 1};
    return true;
}

bool source_map_find_line(const struct source_map *map, int line, struct source_map_place *place)
{
    const struct segment *one = NULL, *segments = map->segments.items;
    const struct segment *last = line > 0 ? find_segment(map, line - 1, INT32_MAX) : NULL;
    bool is_one_line = true;
    for (; last && last >= segments && last->built_line == line - 1; last--) {
        if (last->source < 0)
            continue;
        if (one && one->source != last->source)
            return false;
        is_one_line &= !one || one->line == last->line;
        one = last;
    }
    if (!one || !map->sources.items[one->source])
        return false;
    *place = (struct source_map_place){.source = map->sources.items[one->source],
                                       .line = is_one_line ? one->line + 1 : 0};
    return true;
}
