/* test_views.c -- What can be listed, how it is sorted, and trees.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/server.h"
#include "test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static const char *a, *b, *c;

static int make_snapshots(void **state)
{
    a = server("a.db", 1, 10);
    b = server("b.db", 2, 40);
    c = server("c.db", 3, 70);
    fixture_sql(c, "INSERT INTO age VALUES (1, 1, 10, 10 << 20), (1, 2, 30, 30 << 20),"
                   " (1, 3, 30, 30 << 20);"
                   "UPDATE stack SET allocations = 170, allocated_bytes = 170 << 20 WHERE id = 1");
    return 0;
}

/* The output's line that has WORDS in it, cut out. */
static const char *line_with(const struct fixture_result *result, const char *words)
{
    static char line[1024];
    const char *found = strstr(result->out, words);
    if (!found)
        fail_msg("'%s' is not in: %s%s", words, result->out, result->err);
    const char *begin = found, *end = strchr(found, '\n');
    while (begin > result->out && begin[-1] != '\n')
        begin--;
    snprintf(line, sizeof line, "%.*s", (int)(end - begin), begin);
    return line;
}

static void lines_can_be_functions_modules_and_kinds(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff compare --by kind %s %s %s", a, b, c);
    expect_words(line_with(result, "  buffer\n"), "+60.0 MiB");
    result = fixture_run("heapdiff compare --by module %s %s", a, b);
    expect_words(line_with(result, "(managed code)"), "+30.3 MiB");
    result = fixture_run("heapdiff compare --by package %s %s", a, b);
    expect_words(line_with(result, "(program)"), "+30.3 MiB");
    result = fixture_run("heapdiff show --by function %s", c);
    expect_words(line_with(result, "handleUpload (server.js)"), "70.0 MiB");
}

/* One function of the program calls two packages; a third package has a stack of its own. */
static void packages_are_those_that_the_program_called(void **state)
{
    const char *path = fixture_snapshot(
        "packages.db", 1, 90 << 20,
        "INSERT INTO location VALUES (1, 1, NULL, NULL, 'JS:*f /srv/node_modules/@s/a/i.js:1:1'),"
        " (2, 2, NULL, NULL, 'JS:*g /srv/node_modules/b/index.js:2:2'),"
        " (3, 3, NULL, NULL, 'JS:~serve /srv/server.js:7:1'),"
        " (4, 4, NULL, NULL, 'JS:~h /srv/node_modules/c/index.js:3:3');"
        "INSERT INTO node VALUES (3, NULL, 3), (1, 3, 1), (2, 3, 2), (4, NULL, 4);"
        "INSERT INTO stack VALUES (1, 1, 'malloc', 1, 3 << 20, 0, 1, 3 << 20, 1, 0),"
        " (2, 2, 'malloc', 1, 5 << 20, 0, 1, 5 << 20, 1, 0),"
        " (3, 3, 'malloc', 1, 2 << 20, 0, 1, 2 << 20, 1, 0),"
        " (4, 4, 'malloc', 1, 9 << 20, 0, 1, 9 << 20, 1, 0)");
    const struct fixture_result *result = fixture_run("heapdiff show --by package %s", path);
    expect_words(line_with(result, "@s/a\n"), "3.0 MiB");
    expect_words(line_with(result, "  b\n"), "5.0 MiB");
    expect_words(line_with(result, "  c\n"), "9.0 MiB");
    expect_words(line_with(result, "(program)\n"), "2.0 MiB");
    result = fixture_run("heapdiff show %s", path);
    expect_words(result->out, "h (c/index.js:3)");
    expect_words(line_with(result, "serve (server.js:7)"), "10.0 MiB");
    expect_words(result->out, "through g (b)");
}

/* Code that esbuild made: `l` is rememberThumb of src/thumbs.ts, line 9. */
static void built_code_is_led_back_to_its_sources(void **state)
{
    char sql[2048];
    fixture_file("built.js.map", "{\"version\":3,\"sources\":[\"src/thumbs.ts\"],\"names\":["
                                 "\"rememberThumb\"],\"mappings\":\"AAQA,SAASA,CAAT\"}");
    const char *code =
        fixture_file("built.js", "function l(e){}\n//# sourceMappingURL=built.js.map\n");
    snprintf(sql, sizeof sql,
             "INSERT INTO location VALUES (1, 1, NULL, NULL, 'JS:*l %s:1:11');"
             "INSERT INTO node VALUES (1, NULL, 1);"
             "INSERT INTO stack VALUES (1, 1, 'buffer', 1, 3 << 20, 0, 1, 3 << 20, 1, 0)",
             code);
    const char *path = fixture_snapshot("built.db", 1, 90 << 20, sql);
    const struct fixture_result *result = fixture_run("heapdiff show %s", path);
    expect_words(result->out, "rememberThumb (thumbs.ts:9)");
    result = fixture_run("heapdiff show --format json %s", path);
    expect_words(result->out, "\"function\":\t\"rememberThumb\"");
    expect_words(result->out, "built.js\"");
    expect_words(result->out, "\"line\":\t1,");
    expect_words(result->out, "src/thumbs.ts\"");
    expect_words(result->out, "\"source_line\":\t9,");
}

static void each_view_has_its_own_number(void **state)
{
    const char *with = "handleUpload (server.js:42)\n";
    const struct fixture_result *result =
        fixture_run("heapdiff compare --view survivors %s %s %s", a, b, c);
    expect_words(line_with(result, with), "30.0 MiB");
    result = fixture_run("heapdiff compare --view temporary %s %s %s", a, b, c);
    expect_words(line_with(result, with), "100.0 MiB");
    result = fixture_run("heapdiff compare --view total %s %s %s", a, b, c);
    expect_words(line_with(result, with), "160.0 MiB");
    result = fixture_run("heapdiff compare --view live %s %s %s", a, b, c);
    expect_words(line_with(result, with), "70.0 MiB");
    result = fixture_run("heapdiff show --view temporary %s", c);
    expect_words(line_with(result, with), "100.0 MiB");
}

static void what_cannot_be_known_is_said(void **state)
{
    expect_error(fixture_run("heapdiff compare --view survivors %s %s", a, b), 2, "takes three");
    expect_error(fixture_run("heapdiff show --view growth %s", a), 2, "has no growth");
    expect_error(fixture_run("heapdiff show --filter '(' %s", a), 2, "not a regular expression");
}

static void a_filter_keeps_stacks_with_a_matching_frame(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff compare --all --filter '^route.*b.js' %s %s", a, b);
    line_with(result, "handleUpload (server.js:42)\n");
    assert_null(strstr(result->out, "+263.7 KiB"));
    result = fixture_run("heapdiff compare --filter nobody %s %s", a, b);
    expect_words(result->out, "No stack matches the filter.");
    expect_words(result->out, "RSS grew by 30.0 MiB");
}

static void sites_can_be_sorted(void **state)
{
    const struct fixture_result *result = fixture_run("heapdiff show --sort name %s", c);
    assert_true(strstr(result->out, "evil") < strstr(result->out, "handleUpload"));
    result = fixture_run("heapdiff show --sort blocks %s", c);
    assert_true(strstr(result->out, "  handleUpload") < strstr(result->out, "  evil"));
}

static void trees_go_down_from_main_and_up_from_who_allocates(void **state)
{
    const struct fixture_result *down = fixture_run("heapdiff compare --tree top-down %s %s", a, b);
    const char *route = strstr(down->out, "route (a b.js:7)\n");
    const char *upload = strstr(down->out, "handleUpload (server.js:42)\n");
    assert_true(route && upload && route < upload);
    expect_words(line_with(down, "handleUpload (server.js:42)\n"), "+30.0 MiB");
    const struct fixture_result *up =
        fixture_run("heapdiff show --tree bottom-up --all-frames %s", c);
    upload = strstr(up->out, "handleUpload (server.js:42)\n");
    const char *entry = strstr(up->out, "Builtin:CEntry\n");
    assert_true(upload && entry && upload < entry);
    expect_words(line_with(up, " all\n"), "100.0%");
}

static void a_series_shows_how_it_went(void **state)
{
    const struct fixture_result *result =
        fixture_run("COLUMNS=120 heapdiff compare --ops 6000 %s %s %s", a, b, c);
    expect_words(result->out, "\xe2\x96\x82\xe2\x96\x85\xe2\x96\x88 "); /* rising columns */
    expect_words(result->out, "10485.8 bytes per operation");
}

static void nothing_is_wider_than_the_terminal(void **state)
{
    const struct fixture_result *result = fixture_run("COLUMNS=60 heapdiff compare %s %s", a, c);
    const char *sites = strstr(result->out, "\n\n");
    assert_non_null(sites); /* the sentence before it is wrapped on a terminal only */
    for (const char *line = sites + 2; *line; line = strchr(line, '\n') + 1) {
        char copy[1024];
        snprintf(copy, sizeof copy, "%.*s", (int)strcspn(line, "\n"), line);
        size_t columns = 0;
        for (const char *byte = copy; *byte; byte++)
            columns += (*byte & 0xc0) != 0x80;
        if (columns > 60)
            fail_msg("%zu columns: %s", columns, copy);
    }
}

static void groups_and_views_are_in_the_json_too(void **state)
{
    cJSON *root =
        cJSON_Parse(fixture_run("heapdiff compare --by kind --format json %s %s", a, b)->out);
    const cJSON *groups = cJSON_GetObjectItem(root, "groups");
    assert_int_equal(cJSON_GetArraySize(groups), 2);
    const cJSON *first = cJSON_GetArrayItem(groups, 0);
    assert_string_equal(cJSON_GetObjectItem(first, "name")->valuestring, "buffer");
    assert_true(cJSON_GetObjectItem(first, "growth_bytes")->valuedouble == 30.0 * MIB);
    cJSON_Delete(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_can_be_functions_modules_and_kinds),
        cmocka_unit_test(built_code_is_led_back_to_its_sources),
        cmocka_unit_test(packages_are_those_that_the_program_called),
        cmocka_unit_test(each_view_has_its_own_number),
        cmocka_unit_test(what_cannot_be_known_is_said),
        cmocka_unit_test(a_filter_keeps_stacks_with_a_matching_frame),
        cmocka_unit_test(sites_can_be_sorted),
        cmocka_unit_test(trees_go_down_from_main_and_up_from_who_allocates),
        cmocka_unit_test(a_series_shows_how_it_went),
        cmocka_unit_test(nothing_is_wider_than_the_terminal),
        cmocka_unit_test(groups_and_views_are_in_the_json_too)};
    return cmocka_run_group_tests(tests, make_snapshots, NULL);
}
