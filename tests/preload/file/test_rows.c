/* test_rows.c -- Values arrive in their columns, and text that is not UTF-8 is mended.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/rows.h"

#include <string.h>

#include "file/writer.h"
#include "test.h"

static sqlite3 *db;

static int open_table(void **state)
{
    (void)state;
    writer_init();
    return sqlite3_open(":memory:", &db) != SQLITE_OK ||
           sqlite3_exec(db, "CREATE TABLE t (i INTEGER, n INTEGER, r REAL, t TEXT) STRICT", NULL,
                        NULL, NULL) != SQLITE_OK;
}

static int close_table(void **state)
{
    (void)state;
    return sqlite3_close(db) != SQLITE_OK;
}

/* The text in the only row and column of a query; NULL for NULL. Lives until the next call. */
static const char *look(const char *sql)
{
    static char text[8192];
    sqlite3_stmt *query;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &query, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    const unsigned char *found = sqlite3_column_text(query, 0);
    if (found)
        strncpy(text, (const char *)found, sizeof text - 1);
    assert_int_equal(sqlite3_finalize(query), SQLITE_OK);
    return found ? text : NULL;
}

static int add(sqlite3_int64 i, sqlite3_int64 n, double r, const char *t)
{
    struct rows rows;
    rows_begin(&rows, db, "t");
    ROWS_ADD(&rows, ROWS_INT(i, i), ROWS_ID(n, n), ROWS_REAL(r, r), ROWS_TEXT(t, t));
    return rows_end(&rows);
}

static void values_keep_their_kind(void **state)
{
    assert_int_equal(add(-5, 7, 0.5, "text"), 0);
    assert_string_equal(look("SELECT i || ' ' || n || ' ' || r || ' ' || t FROM t"),
                        "-5 7 0.5 text");
}

/* Batches, the rest of the last one, and rows with text between them. */
static void many_rows_arrive_in_their_order(void **state)
{
    struct rows rows;
    rows_begin(&rows, db, "t");
    for (int i = 0; i < 1000; i++)
        ROWS_ADD(&rows, ROWS_INT(i, i), ROWS_ID(n, i % 7), ROWS_REAL(r, i / 2.0));
    assert_int_equal(rows_end(&rows), 0);
    rows_begin(&rows, db, "t");
    ROWS_ADD(&rows, ROWS_INT(i, 1000), ROWS_WORD(t, "5"));
    ROWS_ADD(&rows, ROWS_INT(i, 1001), ROWS_TEXT(t, "text"));
    assert_int_equal(rows_end(&rows), 0);
    assert_string_equal(look("SELECT count(*) || ' ' || min(i = rowid - 1) FROM t"), "1002 1");
    assert_string_equal(look("SELECT min(n IS nullif(i % 7, 0) AND r = i / 2.0) FROM t WHERE i <"
                             " 1000"),
                        "1");
    assert_string_equal(look("SELECT group_concat(t) FROM t WHERE i >= 1000"), "5,text");
}

static void lasting_text_waits_for_its_batch(void **state)
{
    static const char *const words[] = {"a", "b", "c"};
    struct rows rows;
    rows_begin(&rows, db, "t");
    for (int i = 0; i < 500; i++)
        ROWS_ADD(&rows, ROWS_INT(i, i), ROWS_WORD(t, words[i % 3]));
    assert_int_equal(rows_end(&rows), 0);
    assert_string_equal(look("SELECT count(*) || ' ' || min(i = rowid - 1) ||"
                             " ' ' || min(t = char(97 + i % 3)) FROM t"),
                        "500 1 1");
}

static void nothing_is_null(void **state)
{
    assert_int_equal(add(0, 0, 0, NULL), 0);
    assert_string_equal(look("SELECT i FROM t"), "0");
    assert_null(look("SELECT n FROM t"));
    assert_null(look("SELECT t FROM t"));
    assert_string_equal(look("SELECT r FROM t"), "0.0");
}

static void many_rows_come_from_one_statement(void **state)
{
    struct rows rows;
    rows_begin(&rows, db, "t");
    for (int i = 0; i < 1000; i++)
        ROWS_ADD(&rows, ROWS_INT(i, i), ROWS_INT(n, i), ROWS_REAL(r, 0), ROWS_TEXT(t, "x"));
    assert_int_equal(rows_end(&rows), 0);
    assert_string_equal(look("SELECT count(*) || ' ' || sum(i) || ' ' || sum(n) FROM t"),
                        "1000 499500 499500");
}

static void a_value_finds_its_column_by_name(void **state)
{
    struct rows rows;
    rows_begin(&rows, db, "t");
    for (int i = 0; i < 200; i++)
        ROWS_ADD(&rows, ROWS_INT(n, 1), ROWS_WORD(t, "t"), ROWS_INT(i, 2), ROWS_REAL(r, 3));
    assert_int_equal(rows_end(&rows), 0);
    assert_string_equal(look("SELECT DISTINCT i || ' ' || n || ' ' || r || ' ' || t FROM t"),
                        "2 1 3.0 t");
}

static void a_value_is_null_unless_its_condition_holds(void **state)
{
    struct rows rows;
    rows_begin(&rows, db, "t");
    for (int i = 0; i < 4; i++)
        ROWS_ADD(&rows, ROWS_INT(i, i), ROWS_INT_IF(n, i % 2, 0));
    assert_int_equal(rows_end(&rows), 0);
    assert_string_equal(look("SELECT group_concat(coalesce(n, 'NULL')) FROM t"), "NULL,0,NULL,0");
}

static void a_wrong_column_is_an_error(void **state)
{
    struct rows rows;
    rows_begin(&rows, db, "t"); /* the table does not have it */
    ROWS_ADD(&rows, ROWS_INT(i, 1), ROWS_INT(x, 2));
    assert_int_equal(rows_end(&rows), SQLITE_ERROR);
    rows_begin(&rows, db, "t"); /* twice */
    ROWS_ADD(&rows, ROWS_INT(i, 1), ROWS_INT(i, 2));
    assert_int_equal(rows_end(&rows), SQLITE_MISUSE);
    rows_begin(&rows, db, "t"); /* in another order than in the first row */
    ROWS_ADD(&rows, ROWS_INT(i, 1), ROWS_INT(n, 2));
    ROWS_ADD(&rows, ROWS_INT(n, 1), ROWS_INT(i, 2));
    assert_int_equal(rows_end(&rows), SQLITE_MISUSE);
    rows_begin(&rows, db, "t"); /* one less */
    ROWS_ADD(&rows, ROWS_INT(i, 1), ROWS_INT(n, 2));
    ROWS_ADD(&rows, ROWS_INT(i, 1));
    assert_int_equal(rows_end(&rows), SQLITE_MISUSE);
    assert_string_equal(look("SELECT count(*) FROM t"), "0");
}

static void assert_mended(const char *text, const char *expected)
{
    sqlite3_exec(db, "DELETE FROM t", NULL, NULL, NULL);
    assert_int_equal(add(0, 0, 0, text), 0);
    assert_string_equal(look("SELECT t FROM t"), expected);
}

static void text_that_is_not_utf8_is_mended(void **state)
{
    assert_mended("plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "plain ä € 😀");
    assert_mended("\xff\xfe", "??");
    assert_mended("a\xc3", "a?");
    assert_mended("a\xe2\x82 b\xc3\xa4", "a?? bä");
    assert_mended("\xc0\xaf", "??");           /* overlong */
    assert_mended("\xed\xa0\x80", "???");      /* a surrogate */
    assert_mended("\xf4\x90\x80\x80", "????"); /* above U+10FFFF */
    assert_mended("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
    assert_mended("\xe0\x80\x80\xf0\x80\x80\x80", "???????");
}

static void long_text_is_kept_and_long_broken_text_is_cut(void **state)
{
    static char text[6001];
    memset(text, 'x', 6000);
    assert_mended(text, text);
    text[0] = '\xff';
    sqlite3_exec(db, "DELETE FROM t", NULL, NULL, NULL);
    assert_int_equal(add(0, 0, 0, text), 0);
    const char *found = look("SELECT t FROM t");
    assert_in_range(strlen(found), 4000, 4095);
    assert_int_equal(strspn(found, "?x"), strlen(found));
}

static void the_first_error_stays(void **state)
{
    struct rows rows;
    rows_begin(&rows, db, "no_such_table");
    ROWS_ADD(&rows, ROWS_INT(i, 1));
    assert_int_equal(rows_end(&rows), SQLITE_ERROR);
    rows_begin(&rows, db, "t");
    ROWS_ADD(&rows, ROWS_TEXT(i, "no number"));
    ROWS_ADD(&rows, ROWS_INT(i, 1));
    assert_int_equal(rows_end(&rows) & 0xff, SQLITE_CONSTRAINT);
    assert_string_equal(look("SELECT count(*) FROM t"), "0");
}

#define ROWS_TEST(name) cmocka_unit_test_setup_teardown(name, open_table, close_table)

TEST_MAIN(ROWS_TEST(values_keep_their_kind), ROWS_TEST(many_rows_arrive_in_their_order),
          ROWS_TEST(lasting_text_waits_for_its_batch), ROWS_TEST(nothing_is_null),
          ROWS_TEST(many_rows_come_from_one_statement), ROWS_TEST(a_value_finds_its_column_by_name),
          ROWS_TEST(a_value_is_null_unless_its_condition_holds),
          ROWS_TEST(a_wrong_column_is_an_error), ROWS_TEST(text_that_is_not_utf8_is_mended),
          ROWS_TEST(long_text_is_kept_and_long_broken_text_is_cut),
          ROWS_TEST(the_first_error_stays))
