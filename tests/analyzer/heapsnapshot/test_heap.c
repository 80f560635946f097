/* test_heap.c -- The reader of V8's heap snapshots: names, pairs of WeakMaps, damaged files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "heapsnapshot/heap.h"
#include "heapsnapshot/heap_ephemeron.h"
#include "heapsnapshot/heap_property.h"
#include "heapsnapshot/heap_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* root -> (GC roots) -> A (two properties, an array of its own) -> B; C hangs on nothing. */
static const char small[] =
    "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\","
    "\"edge_count\"],\"node_types\":[[\"object\",\"synthetic\",\"array\"],\"string\",\"number\","
    "\"number\",\"number\"],\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],"
    "\"edge_types\":[[\"property\",\"element\"],\"string_or_number\",\"node\"]},"
    "\"node_count\":6,\"edge_count\":5},\n"
    "\"nodes\":[1,0,1,0,2\n,1,1,3,0,1\n,0,2,5,16,2\n,0,3,7,8,0\n,2,0,9,100,0\n,0,4,11,4,0\n],\n"
    "\"edges\":[1,1,5\n,0,2,10\n,1,1,10\n,0,5,15\n,0,6,20\n],\n"
    "\"strings\":[\"\",\"(GC roots)\",\"A\",\"B \\u00e9\\ud83d\\ude00\\\"\\n\",\"C\",\"b\","
    "\"list\"]}\n";

static char *write_file(const char *bytes, size_t length)
{
    char *path = strdup("/tmp/heapdiff-test.XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, length), (ssize_t)length);
    close(file);
    return path;
}

static struct heap *open_bytes(const char *bytes, size_t length, struct error *error)
{
    char *path = write_file(bytes, length);
    struct heap *heap = heap_open(path, error);
    unlink(path);
    free(path);
    return heap;
}

static void test_sizes_dominators_distances_and_rows_of_a_small_heap(void **unused)
{
    struct error error = {0};
    struct heap *heap = open_bytes(small, sizeof small - 1, &error);
    assert_non_null(heap);
    assert_int_equal(heap->meta.nodes, 6);
    assert_int_equal(heap->size[2], 116); /* the array is A's own */
    assert_int_equal(heap->retained[2], 124);
    assert_int_equal(heap_total(heap), 128); /* with C, which hangs on the root */
    assert_int_equal(heap->dominators.of[3], 2);
    assert_int_equal(heap->dominators.of[5], 0);
    assert_int_equal(heap->distance[2], 1); /* a user root */
    assert_int_equal(heap->distance[5], HEAP_NO_DISTANCE);
    struct heap_rows *rows = heap_rows_of(heap);
    assert_int_equal(rows->list.count, 3);
    const struct heap_row *row = heap_rows_find(rows, ",A");
    assert_int_equal(row->count, 1);
    assert_int_equal(row->retained, 124);
    assert_non_null(heap_rows_find(rows, ",B \xc3\xa9\xf0\x9f\x98\x80\"\n"));
    heap_rows_free(rows);
    heap_close(heap);
}

static void test_every_beginning_of_a_file_is_refused_with_a_reason(void **unused)
{
    for (size_t length = 0; length < sizeof small - 5; length++) {
        struct error error = {0};
        assert_null(open_bytes(small, length, &error));
        assert_int_equal(error.code, EXIT_UNUSABLE);
        assert_true(strlen(error.message) > 10 && !strchr(error.message, '\n'));
    }
}

/* The small file with FROM replaced by TO is refused with WORDS. */
static void refused(const char *from, const char *to, const char *words)
{
    struct error error = {0};
    struct text changed = {0};
    const char *at = strstr(small, from);
    assert_non_null(at);
    text_add_n(&changed, small, (size_t)(at - small));
    text_add(&changed, to);
    text_add(&changed, at + strlen(from));
    assert_null(open_bytes(changed.bytes, changed.length, &error));
    if (!strstr(error.message, words))
        fail_msg("'%s' is not in '%s'", words, error.message);
    text_done(&changed);
}

static void test_what_does_not_fit_is_refused_by_name(void **unused)
{
    refused("\"node_count\":6", "\"node_count\":4000000000", "fewer numbers than node_count");
    refused("\"node_count\":6", "\"node_count\":5", "\"nodes\"");
    refused("\"node_count\":6", "\"node_count\":0", "no node");
    refused("\"node_count\":6", "\"node_count\":-6", "no node_count");
    refused("\"edge_count\":5", "\"edge_count\":4", "more edges than edge_count");
    refused("\"edge_count\":5", "\"edge_count\":6", "edge");
    refused("\"self_size\"", "\"size\"", "self_size");
    refused("\"to_node\"", "\"to\"", "to_node");
    refused("0,2,5,16,2", "7,2,5,16,2", "a type that the header does not have");
    refused("0,2,5,16,2", "0,77,5,16,2", "a name that \"strings\" does not have");
    refused("0,2,5,16,2", "0,2,5,-16,2", "no number in row 2 of \"nodes\"");
    refused("1,1,5", "1,1,6", "an edge to no node in row 0");
    refused("1,1,5", "1,1,500", "an edge to no node in row 0");
    refused("0,5,15", "0,99,15", "a name that \"strings\" does not have in row 3 of \"edges\"");
    refused("\"A\",", "\"A\"", "no list of strings");
    refused("\"strings\":[", "\"strings\":{", "truncated");
    refused("\"edge_count\":5}", "\"edge_count\":5,\"root_index\":10}", "not the first node");
    refused("{\"snapshot\"", "[\"snapshot\"", "no JSON object");
}

static bool is_pair(const char *name, size_t *part, uint64_t *table)
{
    return heap_ephemeron_parse(name, strlen(name), part, table);
}

static void test_names_of_weak_pairs_have_a_common_part_and_a_table(void **unused)
{
    size_t part;
    uint64_t table;
    assert_true(is_pair("12 / part of key (A @5) -> value (B @7) pair in WeakMap (table @90)",
                        &part, &table));
    assert_int_equal(part, 2);
    assert_int_equal(table, 90);
    assert_true(is_pair("1 / part of key (a) -> value (b @1) -> value (x @2) pair in WeakMap "
                        "(table @3)",
                        &part, &table));
    const char *const others[] = {
        "12",
        " / part of key (A @5) -> value (B @7) pair in WeakMap (table @90)",
        "1 / part of key (A @5) -> value (B @7) pair in WeakMap (table @)",
        "1 / part of key (A @5) -> value (B) pair in WeakMap (table @9)",
        "1 / part of key (A) -> value (B @7) pair in WeakMap (table @9)",
        "1 / part of key (A\\n @5) -> value (B @7) pair in WeakMap (table @9)",
        "1 / part of key (A @5) -> value (B @7) pair in WeakMap (table @9) "};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(is_pair(others[i], &part, &table));
}

static void test_properties_are_quoted_where_they_could_be_misread(void **unused)
{
    static const char *const pairs[][2] = {
        {"plain name", "plain name"}, {"a,b", "\"a,b\""},      {"it's", "\"it's\""},
        {"a\"b", "\"a\\\"b\""},       {"{\n}", "\"{\\n}\""},   {"{\x01\\}", "\"{\\u0001\\\\}\""},
        {"{\x0b}", "\"{\\u000b}\""},  {"\xc3\xa9", "\xc3\xa9"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct text out = {0};
        heap_property_format(pairs[i][0], &out);
        assert_string_equal(out.bytes, pairs[i][1]);
        text_done(&out);
    }
    assert_int_equal(heap_property_length("a\xc3\xa9\xf0\x9f\x98\x80", 7), 4);
}

TEST_MAIN(cmocka_unit_test(test_sizes_dominators_distances_and_rows_of_a_small_heap),
          cmocka_unit_test(test_every_beginning_of_a_file_is_refused_with_a_reason),
          cmocka_unit_test(test_what_does_not_fit_is_refused_by_name),
          cmocka_unit_test(test_names_of_weak_pairs_have_a_common_part_and_a_table),
          cmocka_unit_test(test_properties_are_quoted_where_they_could_be_misread))
