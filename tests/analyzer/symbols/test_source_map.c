/* test_source_map.c -- Built JavaScript led back to its sources; faulty and hostile maps.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/source_map.h"

#include "base/memory.h"
#include "fixture.h"
#include "symbols/built_code.h"
#include "symbols/map_url.h"
#include "symbols/source_maps.h"
#include "test.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NOW INT64_MAX

static struct source_map *parse(const char *json)
{
    return source_map_parse(json, strlen(json));
}

static void check(const struct source_map *map, int line, int column, const char *source,
                  int source_line, int source_column, const char *name)
{
    struct source_map_place place;
    assert_true(source_map_find(map, line, column, &place));
    assert_string_equal(place.source, source);
    assert_int_equal(place.line, source_line);
    assert_int_equal(place.column, source_column);
    if (name)
        assert_string_equal(place.name, name);
    else
        assert_null(place.name);
}

/* Line 1: columns 1 and 5, the second with a name; line 3: a segment without original at 1, then
 * source 2 from column 3 on. */
#define MAPPINGS "AAAA,IACEA;;A,ECDF"

static void segments_lead_to_the_last_place_before(void **state)
{
    struct source_map *map = parse("{\"version\":3,\"sources\":[\"a.ts\",\"b.ts\"],\"names\":"
                                   "[\"keep\"],\"mappings\":\"" MAPPINGS "\"}");
    struct source_map_place place;
    assert_non_null(map);
    check(map, 1, 1, "a.ts", 1, 1, NULL);
    check(map, 1, 4, "a.ts", 1, 1, NULL);
    check(map, 1, 5, "a.ts", 2, 3, "keep");
    check(map, 1, 900, "a.ts", 2, 3, "keep");
    check(map, 3, 3, "b.ts", 1, 1, NULL);
    assert_false(source_map_find(map, 2, 1, &place));
    assert_false(source_map_find(map, 3, 1, &place));
    assert_false(source_map_find(map, 0, 0, &place));
    assert_false(source_map_find(map, 4, 1, &place));
    source_map_free(map);
}

static void sections_begin_where_they_say(void **state)
{
    struct source_map *map = parse(
        ")]}'\n{\"version\":3,\"sections\":["
        "{\"offset\":{\"line\":0,\"column\":10},\"map\":{\"sourceRoot\":\"src\",\"sources\":[\"a."
        "ts\"],"
        "\"names\":[],\"mappings\":\"AAAA\"}},"
        "{\"offset\":{\"line\":2,\"column\":4},\"map\":{\"sources\":[\"/b.ts\"],\"names\":[\"n\"],"
        "\"mappings\":\"AAAAA;AACA\"}}]}");
    struct source_map_place place;
    assert_non_null(map);
    assert_false(source_map_find(map, 1, 10, &place));
    check(map, 1, 11, "src/a.ts", 1, 1, NULL);
    check(map, 3, 5, "/b.ts", 1, 1, "n");
    check(map, 4, 1, "/b.ts", 2, 1, NULL);
    source_map_free(map);
}

static void faulty_maps_are_none(void **state)
{
    static const char *const faulty[] = {
        "",
        "[]",
        "{}",
        "nothing",
        "{\"mappings\":3}",
        "{\"mappings\":\"A!\"}",             /* no digit */
        "{\"mappings\":\"AA\"}",             /* two numbers */
        "{\"mappings\":\"AAAAAA\"}",         /* six */
        "{\"mappings\":\"D\"}",              /* a column before the first */
        "{\"mappings\":\"gggggggggggggB\"}", /* beyond all bounds */
        "{\"mappings\":\"g\"}",              /* a number without an end */
        "{\"sections\":[{}]}",
        "{\"sections\":[{\"offset\":{\"line\":-1,\"column\":0},\"map\":{\"mappings\":\"\"}}]}",
        "{\"sections\":[{\"offset\":{\"line\":1e300,\"column\":0},\"map\":{\"mappings\":\"\"}}]}",
        "{\"sections\":[{\"offset\":{\"line\":0,\"column\":0},\"map\":{\"sections\":[]}}]}"};
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++)
        assert_null(parse(faulty[i]));
}

static void places_beyond_the_lists_are_not_known(void **state)
{
    struct source_map *map = parse("{\"sources\":[null],\"names\":[],\"mappings\":\"AAAAA,ECAA\"}");
    struct source_map_place place;
    assert_non_null(map);
    assert_false(source_map_find(map, 1, 1, &place));
    assert_false(source_map_find(map, 1, 3, &place));
    source_map_free(map);
}

static void urls_become_paths(void **state)
{
    struct pool *pool = pool_new();
    struct text out = {0};
    assert_string_equal(map_url_path("a%20b.js.map", "/srv/dist/", pool), "/srv/dist/a b.js.map");
    assert_string_equal(map_url_path("file:///srv/x.map", "/y/", pool), "/srv/x.map");
    assert_null(map_url_path("https://cdn.example/x.map", "/srv/", pool));
    assert_null(map_url_path("//cdn.example/x.map", "/srv/", pool));
    assert_string_equal(map_url_source("../src/./x.ts", "/srv/dist/", pool), "/srv/src/x.ts");
    assert_string_equal(map_url_source("../../../../x.ts", "/srv/dist/", pool), "/x.ts");
    assert_string_equal(map_url_source("webpack://app/./src/x.ts", "/srv/", pool), "src/x.ts");
    assert_string_equal(map_url_source("turbopack:///[project]/src/x.ts", "/srv/", pool),
                        "[project]/src/x.ts");
    assert_string_equal(map_url_source("../../..", "/srv/dist/", pool), "/");
    assert_string_equal(map_url_source("webpack:", "/srv/", pool), "webpack:");
    assert_true(map_url_decode("data:application/json;charset=utf-8;base64,eyJhIjoxfQ==", &out));
    assert_string_equal(out.bytes, "{\"a\":1}");
    text_done(&out);
    assert_true(map_url_decode("data:application/json,%7B%7D%00%", &out));
    assert_string_equal(out.bytes, "{}%00%");
    text_done(&out);
    assert_false(map_url_decode("data:application/json;base64,ab!c", &out));
    text_done(&out);
    assert_false(map_url_decode("data:application/json", &out));
    text_done(&out);
    pool_free(pool);
}

static struct built_code code_of(const char *bytes)
{
    struct text text = {0};
    text_add(&text, bytes);
    return built_code_of(&text);
}

static void the_last_comment_says_where_the_map_is(void **state)
{
    struct pool *pool = pool_new();
    struct built_code code = code_of("a\n//# sourceMappingURL=old.map\n\"x sourceMappingURL=no\"\n"
                                     "/*# sourceMappingURL=x.js.map */");
    assert_string_equal(built_code_map_url(&code, pool), "x.js.map");
    built_code_done(&code);
    code = code_of("// sourceMappingURL=x\n//# sourceMappingURL=");
    assert_null(built_code_map_url(&code, pool));
    built_code_done(&code);
    pool_free(pool);
}

static void names_stand_before_their_functions(void **state)
{
    struct built_code code = code_of("function l(e){}\nlet \xc3\xa9\xf0\x9f\x98\x80,t=t=>t,q=0");
    assert_int_equal(built_code_name_column(&code, 1, 11, "l"), 10);
    assert_int_equal(built_code_name_column(&code, 1, 11, "function"), 1);
    assert_int_equal(built_code_name_column(&code, 1, 11, "unction"), 0);
    assert_int_equal(built_code_name_column(&code, 2, 11, "t"), 9); /* the emoji has two columns */
    assert_int_equal(built_code_name_column(&code, 2, 900, "t"), 0);
    assert_int_equal(built_code_name_column(&code, 3, 1, "t"), 0);
    assert_int_equal(built_code_name_column(&code, 1, 1, ""), 0);
    built_code_done(&code);
}

static int definition(const char *line, const char *name)
{
    struct built_code code = code_of(line);
    int column = built_code_definition_column(&code, 1, name);
    built_code_done(&code);
    return column;
}

static void a_definition_in_a_line_is_found_without_a_column(void **state)
{
    assert_int_equal(definition("l(1);function l(e){return l}", "l"), 15);
    assert_int_equal(definition("function * l(e){}", "l"), 12);
    assert_int_equal(definition("var a=1,l=e=>a,b=l", "l"), 9);
    assert_int_equal(definition("x={l:async(e,(f))=>1}", "l"), 4);
    assert_int_equal(definition("l = function(){}", "l"), 1);
    assert_int_equal(definition("class A{l(e){}} x.l(2){", "l"), 9);
    assert_int_equal(definition("function l(){} function l(){}", "l"), 0);
    assert_int_equal(definition("l(1);x=l;y={l:3}", "l"), 0);
    assert_int_equal(definition("l(", "l"), 0);
    assert_int_equal(definition("", "l"), 0);
    assert_int_equal(definition("l", ""), 0);
}

static void a_whole_line_has_a_source_if_all_of_it_has(void **state)
{
    struct source_map *map = parse("{\"sources\":[\"a.ts\",\"b.ts\"],\"names\":[],\"mappings\":"
                                   "\"AACA,CAAA;AACA,CACA;AAAA,CCAA\"}");
    struct source_map_place place;
    assert_non_null(map);
    assert_true(source_map_find_line(map, 1, &place));
    assert_string_equal(place.source, "a.ts");
    assert_int_equal(place.line, 2);
    assert_true(source_map_find_line(map, 2, &place));
    assert_int_equal(place.line, 0);
    assert_false(source_map_find_line(map, 3, &place));
    assert_false(source_map_find_line(map, 4, &place));
    assert_false(source_map_find_line(map, 0, &place));
    source_map_free(map);
}

static struct symbol built(const char *file, int line, int column, const char *function)
{
    return (struct symbol){function, file, line, column};
}

static const char *write_code(const char *name, const char *last_line)
{
    char bytes[1024];
    snprintf(bytes, sizeof bytes, "function l(e){return 1}\n%s\n", last_line);
    return fixture_file(name, bytes);
}

/* "function l(e)": `l` is keep at a.ts:3:10. */
#define MAP "{\"sources\":[\"src/a.ts\"],\"names\":[\"keep\"],\"mappings\":\"AAEA,SAASA,CAAT\"}"

static void a_map_beside_the_code_gives_place_and_name(void **state)
{
    struct source_maps *maps = source_maps_new();
    struct symbol original, l;
    fixture_file("b.js.map", MAP);
    l = built(write_code("b.js", "//# sourceMappingURL=b.js.map"), 1, 11, "l");
    assert_true(source_maps_find(maps, &l, NOW, &original));
    assert_string_equal(original.function, "keep");
    assert_string_equal(original.file, fixture_path("src/a.ts"));
    assert_int_equal(original.line, 3);
    l.column = 0;
    assert_true(source_maps_find(maps, &l, NOW, &original));
    assert_string_equal(original.function, "keep");
    assert_int_equal(original.line, 3);
    l = built(fixture_path("gone.js"), 1, 11, "l");
    assert_false(source_maps_find(maps, &l, NOW, &original));
    l = built("node:fs", 1, 11, "l");
    assert_false(source_maps_find(maps, &l, NOW, &original));
    source_maps_free(maps);
}

static void code_that_may_be_other_code_is_not_trusted(void **state)
{
    struct source_maps *maps = source_maps_new();
    struct symbol original, l, other;
    fixture_file("c.js.map", MAP);
    l = built(write_code("c.js", ""), 1, 11, "l"); /* the map needs no comment */
    other = built(l.file, 1, 11, "other");
    assert_false(source_maps_find(maps, &l, 1, &original)); /* built anew since */
    assert_true(source_maps_find(maps, &l, 0, &original));  /* of another machine, the same name */
    assert_false(source_maps_find(maps, &other, 0, &original));
    assert_true(source_maps_find(maps, &other, NOW, &original));
    assert_string_equal(original.function, "other");
    source_maps_free(maps);
}

static void maps_of_the_snapshot_go_first(void **state)
{
    struct source_maps *maps = source_maps_new();
    struct symbol original, l = built("/nowhere/x.ts", 1, 11, "keep");
    source_maps_add(maps, "/nowhere/x.ts", MAP);
    source_maps_add(maps, "/nowhere/x.ts", "not taken");
    source_maps_add(maps, "/nowhere/y.ts", "no map");
    assert_true(source_maps_find(maps, &l, 0, &original));
    assert_string_equal(original.file, "/nowhere/src/a.ts");
    assert_int_equal(original.line, 3);
    l.file = "/nowhere/y.ts";
    assert_false(source_maps_find(maps, &l, 0, &original));
    source_maps_free(maps);
}

TEST_MAIN(cmocka_unit_test(segments_lead_to_the_last_place_before),
          cmocka_unit_test(sections_begin_where_they_say), cmocka_unit_test(faulty_maps_are_none),
          cmocka_unit_test(places_beyond_the_lists_are_not_known),
          cmocka_unit_test(urls_become_paths),
          cmocka_unit_test(the_last_comment_says_where_the_map_is),
          cmocka_unit_test(names_stand_before_their_functions),
          cmocka_unit_test(a_definition_in_a_line_is_found_without_a_column),
          cmocka_unit_test(a_whole_line_has_a_source_if_all_of_it_has),
          cmocka_unit_test(a_map_beside_the_code_gives_place_and_name),
          cmocka_unit_test(code_that_may_be_other_code_is_not_trusted),
          cmocka_unit_test(maps_of_the_snapshot_go_first))
