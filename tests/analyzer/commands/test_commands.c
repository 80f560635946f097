/* test_commands.c -- The command from outside: what is printed where, and the exit codes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/server.h"
#include "fixture.h"
#include "test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void compare_says_verdict_parts_and_sites(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff compare %s %s", server("a.db", 1, 10), server("b.db", 2, 70));
    assert_int_equal(result->status, 0);
    assert_string_equal(result->err, "");
    const char *verdict =
        "RSS grew by 60.0 MiB; 60.0 MiB of that is off-heap buffers that are still "
        "live, mostly from handleUpload (server.js:42).\n";
    assert_int_equal(strncmp(result->out, verdict, strlen(verdict)), 0);
    expect_words(result->out, "off-heap buffers        +60.0 MiB");
    expect_words(result->out, "        +60    70.0 MiB  buffer   handleUpload (server.js:42)\n"
                              "      called from route (a b.js:7) < evil?[31m\xef\xbf\xbd?name\n");
    assert_null(strstr(result->out, "Builtin:"));
    assert_null(strchr(result->out, '\033'));
}

static void all_frames_and_colour_are_shown_when_asked_for(void **state)
{
    const char *a = server("a.db", 1, 10), *b = server("b.db", 2, 70);
    expect_words(fixture_run("heapdiff compare --all-frames %s %s", a, b)->out, "Builtin:CEntry\n");
    expect_words(fixture_run("heapdiff compare --color always %s %s", a, b)->out, "\033[1m");
}

static void a_locale_without_utf8_gets_bars_in_ascii_and_names_as_they_are(void **state)
{
    const char *a = server("a.db", 1, 10), *b = server("b.db", 2, 70);
    const struct fixture_result *result =
        fixture_run("LC_ALL=C heapdiff compare --all-frames %s %s", a, b);
    expect_words(result->out, "off-heap buffers        +60.0 MiB  ####################");
    expect_words(result->out, "evil?[31m\xef\xbf\xbd?name");
    assert_null(strstr(result->out, "\xe2\x96"));
    expect_words(fixture_run("LC_ALL=C.UTF-8 heapdiff compare %s %s", a, b)->out, "\xe2\x96\x88");
    expect_words(fixture_run("env -u LANG -u LC_ALL -u LC_CTYPE heapdiff compare %s %s", a, b)->out,
                 "\xe2\x96\x88");
}

static void what_shrank_has_a_pale_bar(void **state)
{
    const char *a = server("a.db", 1, 70), *b = server("b.db", 2, 10);
    expect_words(fixture_run("heapdiff compare %s %s", a, b)->out,
                 "off-heap buffers        -60.0 MiB  \xe2\x96\x91\xe2\x96\x91");
}

static cJSON *field(cJSON *object, const char *name)
{
    cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!item)
        fail_msg("there is no field %s", name);
    return item;
}

static void compare_gives_the_json_that_was_promised(void **state)
{
    const struct fixture_result *result = fixture_run("heapdiff compare --format json %s %s",
                                                      server("a.db", 1, 10), server("b.db", 2, 70));
    cJSON *root = cJSON_Parse(result->out);
    assert_non_null(root);
    assert_int_equal(field(root, "schema")->valueint, 1);
    cJSON *snapshot = cJSON_GetArrayItem(field(root, "snapshots"), 1);
    assert_int_equal(field(snapshot, "rss_bytes")->valuedouble, 110 * MIB);
    static const char *const names[] = {"path", "label",      "pid",
                                        "time", "live_bytes", "live_blocks"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        field(snapshot, names[i]);
    cJSON *verdict = field(root, "verdict"), *part;
    assert_string_equal(field(verdict, "kind")->valuestring, "leak");
    expect_words(field(verdict, "text")->valuestring, "handleUpload (server.js:42)");
    double sum = 0;
    assert_int_equal(cJSON_GetArraySize(field(verdict, "parts")), 8);
    cJSON_ArrayForEach(part, field(verdict, "parts")) sum +=
        field(part, "growth_bytes")->valuedouble;
    assert_true(sum == field(verdict, "rss_growth_bytes")->valuedouble);
    cJSON *site = cJSON_GetArrayItem(field(root, "sites"), 0);
    assert_int_equal(field(site, "rank")->valueint, 1);
    assert_string_equal(field(site, "kind")->valuestring, "buffer");
    assert_int_equal(field(site, "growth_bytes")->valuedouble, 60 * MIB);
    assert_int_equal(field(site, "growth_blocks")->valueint, 60);
    assert_int_equal(cJSON_GetArrayItem(field(site, "live_bytes"), 0)->valuedouble, 10 * MIB);
    assert_true(field(site, "score")->valuedouble > 0.5);
    assert_string_equal(field(site, "pattern")->valuestring, "grew");
    assert_true(field(site, "evidence")->valuedouble > 0.5);
    assert_true(cJSON_IsNull(field(site, "trend")));
    cJSON *frame = cJSON_GetArrayItem(field(site, "stack"), 0);
    assert_string_equal(field(frame, "function")->valuestring, "handleUpload");
    assert_string_equal(field(frame, "file")->valuestring, "/srv/server.js");
    assert_int_equal(field(frame, "line")->valueint, 42);
    assert_int_equal(field(frame, "column")->valueint, 5);
    assert_true(cJSON_IsFalse(field(frame, "inlined")));
    assert_int_equal(cJSON_GetArraySize(field(site, "stack")), 4);
    cJSON_Delete(root);
}

static void what_cannot_be_measured_has_not_passed(void **state)
{
    const struct fixture_result *result = fixture_run(
        "heapdiff compare --fail-on-growth 1G --format json %s %s",
        fixture_snapshot("none1.db", 1, MIB, ""), fixture_snapshot("none2.db", 2, MIB, ""));
    assert_int_equal(result->status, 3);
    expect_words(result->out, "\"not-measurable\"");
    expect_words(result->err, "nothing was recorded");
}

static void show_lists_what_is_live(void **state)
{
    const char *a = server("a.db", 1, 10);
    const struct fixture_result *result = fixture_run("heapdiff show %s", a);
    assert_int_equal(result->status, 0);
    expect_words(result->out, "server (process 77) \"label\"");
    expect_words(result->out, " 1     10.0 MiB  ");
    expect_words(result->out, "         10  buffer   handleUpload (server.js:42)\n");
    result = fixture_run("heapdiff show --top 1 %s", a);
    expect_words(result->out, "1 more: --top 2");
    cJSON *root = cJSON_Parse(fixture_run("heapdiff show --format json %s", a)->out);
    assert_non_null(root);
    assert_int_equal(cJSON_GetArraySize(field(root, "sites")), 2);
    cJSON_Delete(root);
}

static void unusable_input_is_one_line_and_code_2(void **state)
{
    const char *good = server("a.db", 1, 10);
    expect_error(fixture_run("heapdiff show /nowhere.db"), 2, "/nowhere.db: No such file");
    expect_error(fixture_run("heapdiff show /tmp"), 2, "/tmp is a directory");
    expect_error(fixture_run("heapdiff show /etc/passwd"), 2, "is not a heapdiff snapshot");
    expect_error(fixture_run("heapdiff compare %s /etc/passwd", good), 2, "is not a heapdiff");
    expect_error(fixture_run("heapdiff show %s", fixture_file("bad\033.db", "x")), 2, "bad?.db");
    expect_error(fixture_run("heapdiff show --rules /nowhere %s", good), 2, "rules from /nowhere");
}

static void wrong_usage_is_one_line_and_code_2(void **state)
{
    static const struct {
        const char *words, *answer;
    } faults[] = {{"", "heapdiff takes a command"},
                  {"comapre", "did you mean compare?"},
                  {"frobnicate", "heapdiff help lists the commands"},
                  {"record ./server", "did you mean run?"},
                  {"diff a.db b.db", "did you mean compare?"},
                  {"help frobnicate", "no command 'frobnicate'"},
                  {"show", "takes one snapshot"},
                  {"compare a.db", "two snapshots or more"},
                  {"compare --fromat json a b", "did you mean --format?"},
                  {"compare --format xml a b", "text|json|markdown|junit, not 'xml'"},
                  {"compare --format", "needs a value"},
                  {"compare --fail-on-growth lots a b", "a size"},
                  {"compare --top -3 a b", "a whole number"},
                  {"compare -z a b", "has no option -z"},
                  {"show --all-frames=1 a", "has no option"},
                  {"snapshot", "takes one process id"},
                  {"snapshot twelve", "'twelve' is not a process id"},
                  {"snapshot 0", "'0' is not a process id"},
                  {"snapshot 1073741824", "there is no process 1073741824"},
                  {"snapshot $$", "(sh) is not recorded by heapdiff"},
                  {"symbolize", "symbolize takes a snapshot"},
                  {"symbolize -o c.db a.db b.db", "-o takes one snapshot"},
                  {"symbolize /etc/passwd", "is not a heapdiff snapshot"},
                  {"info", "takes one snapshot"},
                  {"info /etc/passwd", "is not a heapdiff snapshot"},
                  {"run", "takes a program"},
                  {"run --on-port 99999 true", "from 1 to 65535"},
                  {"run --warmup 2 true", "nothing to do between"}};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        expect_error(fixture_run("heapdiff %s", faults[i].words), 2, faults[i].answer);
}

static void help_and_version_go_to_stdout(void **state)
{
    static const char *const ways[] = {"help",         "--help",         "-h",
                                       "help compare", "compare --help", "run -h"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const struct fixture_result *result = fixture_run("heapdiff %s", ways[i]);
        assert_int_equal(result->status, 0);
        assert_string_equal(result->err, "");
        expect_words(result->out, "Usage:");
    }
    expect_words(fixture_run("heapdiff --version")->out, "heapdiff 0.");
}

/* Three modules lack names, two of them for one reason; no server has files of /srv. */
static void info_gives_each_advice_once(void **state)
{
    const char *path = fixture_snapshot(
        "info.db", 1, 0,
        "INSERT INTO module VALUES (1, '/srv/gone/a.so', 'aa', 0, 1, 0, 0),"
        " (2, '/etc/hostname', 'bb', 2, 3, 0, 0), (3, '/srv/gone/c.so', 'cc', 4, 5, 0, 0);"
        "INSERT INTO location VALUES (1, 1, 1, 1, NULL), (2, 2, 2, 2, NULL), (3, 4, 3, 4, NULL);"
        "INSERT INTO node VALUES (1, NULL, 1), (2, 1, 2), (3, 2, 3);"
        "INSERT INTO stack VALUES (1, 3, 'malloc', 1, 1, 0, 1, 1, 1, 0);");
    const struct fixture_result *result = fixture_run("heapdiff info %s", path);
    assert_int_equal(result->status, 0);
    expect_words(result->out, "  /srv/gone/a.so, c.so: it is not on this machine");
    expect_words(result->out, "  /etc/hostname: ");
    assert_null(strstr(result->out, "DEBUGINFOD_URLS"));
    fixture_sql(path, "UPDATE module SET path = '/usr/lib/gone.so' WHERE id = 3");
    result = fixture_run("heapdiff info %s", path);
    if (strstr(result->out, "DEBUGINFOD_URLS")) /* only where a distribution has a server */
        expect_words(result->out, path);
}

static void run_becomes_the_program_with_the_shim(void **state)
{
    const struct fixture_result *result =
        fixture_run("ASAN_OPTIONS=verify_asan_link_order=0 HEAPDIFF_LIB=%s LD_PRELOAD=%s heapdiff "
                    "run --sample 512k --depth 64 -o a.db"
                    " --interval 5 --follow -- sh -c 'env; exit 41'",
                    TEST_LIBRARY, TEST_OTHER_LIBRARY);
    assert_int_equal(result->status, 41);
    expect_words(result->out, "LD_PRELOAD=" TEST_LIBRARY ":" TEST_OTHER_LIBRARY "\n");
    expect_words(result->out, "HEAPDIFF_SAMPLE=524288\n");
    expect_words(result->out, "HEAPDIFF_DEPTH=64\n");
    expect_words(result->out, "HEAPDIFF_INTERVAL=5\n");
    expect_words(result->out, "HEAPDIFF_FOLLOW=1\n");
    expect_words(result->out, "/a.db\n");
    assert_null(strstr(result->out, "NODE_OPTIONS="));
    result = fixture_run("HEAPDIFF_LIB=%s NODE_OPTIONS=--no-warnings heapdiff run --jit env",
                         TEST_LIBRARY);
    expect_words(result->out, "NODE_OPTIONS=--interpreted-frames-native-stack --no-warnings\n");
    expect_words(result->out, "PYTHONPERFSUPPORT=1\n");
    assert_string_equal(result->err, "");
    result = fixture_run("HEAPDIFF_LIB=%s heapdiff run --perf-map env", TEST_LIBRARY);
    expect_words(result->out, "NODE_OPTIONS=--perf-basic-prof --interpreted-frames-native-stack\n");
    assert_string_equal(result->err, "");
}

static void run_says_when_names_need_files(void **state)
{
    const struct fixture_result *result =
        fixture_run("HEAPDIFF_LIB=%s heapdiff run --jit --no-companion env", TEST_LIBRARY);
    expect_words(result->out, "NODE_OPTIONS=--perf-basic-prof --interpreted-frames-native-stack\n");
    expect_words(result->err, "without the companion, Node names its code by --perf-basic-prof");
    result = fixture_run("HEAPDIFF_LIB=%s NODE_OPTIONS=--permission heapdiff run --jit env",
                         TEST_LIBRARY);
    expect_words(result->out, "NODE_OPTIONS=--perf-basic-prof --interpreted-frames-native-stack "
                              "--permission\n");
    expect_words(result->err, "permission model");
    result = fixture_run("HEAPDIFF_LIB=%s heapdiff run --no-companion env", TEST_LIBRARY);
    assert_null(strstr(result->out, "NODE_OPTIONS"));
    assert_string_equal(result->err, "");
}

static void run_fails_as_a_shell_does(void **state)
{
#define RUN "HEAPDIFF_LIB=" TEST_LIBRARY " heapdiff run "
    expect_error(fixture_run(RUN "/nowhere/app"), 127, "cannot run /nowhere/app");
    expect_error(fixture_run(RUN "-- /etc/passwd"), 126, "Permission denied");
    expect_error(fixture_run("HEAPDIFF_LIB=/nowhere/x.so heapdiff run true"), 2, "/nowhere/x.so");
    expect_error(fixture_run(RUN "--duration 1 -- /nowhere/app"), 127, "cannot run /nowhere/app");
    expect_error(fixture_run(RUN "--duration 1 -- false"), 2, "ended with status 1");
}

TEST_MAIN(cmocka_unit_test(compare_says_verdict_parts_and_sites),
          cmocka_unit_test(all_frames_and_colour_are_shown_when_asked_for),
          cmocka_unit_test(a_locale_without_utf8_gets_bars_in_ascii_and_names_as_they_are),
          cmocka_unit_test(what_shrank_has_a_pale_bar),
          cmocka_unit_test(compare_gives_the_json_that_was_promised),
          cmocka_unit_test(what_cannot_be_measured_has_not_passed),
          cmocka_unit_test(show_lists_what_is_live),
          cmocka_unit_test(unusable_input_is_one_line_and_code_2),
          cmocka_unit_test(wrong_usage_is_one_line_and_code_2),
          cmocka_unit_test(help_and_version_go_to_stdout),
          cmocka_unit_test(info_gives_each_advice_once),
          cmocka_unit_test(run_becomes_the_program_with_the_shim),
          cmocka_unit_test(run_says_when_names_need_files),
          cmocka_unit_test(run_fails_as_a_shell_does))
