/* test_tree.c -- Frames of many stacks as one tree.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/tree.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static struct tree tree;

static int done(void **state)
{
    (void)state;
    tree_done(&tree);
    modules_own_start = modules_own_end = 0;
    return 0;
}

/* Adds a stack with these frames, leaf first. */
static uint32_t add(const uintptr_t *frames, unsigned depth, const char *pool)
{
    struct stack *stack = calloc(1, sizeof *stack + depth * sizeof *frames);
    assert_non_null(stack);
    stack->depth = (uint16_t)depth;
    stack->pool = pool;
    if (depth)
        memcpy(stack->frames, frames, depth * sizeof *frames);
    uint32_t node = tree_add(&tree, stack, NULL);
    free(stack);
    return node;
}

#define ADD(...)                                                                                   \
    add((const uintptr_t[]){__VA_ARGS__}, sizeof(uintptr_t[]){__VA_ARGS__} / sizeof(uintptr_t),    \
        NULL)

static uint32_t parent(uint32_t node)
{
    assert_in_range(node, 1, tree.node_count);
    return tree.nodes[node - 1].parent;
}

static const struct tree_location *location(uint32_t node)
{
    assert_in_range(node, 1, tree.node_count);
    assert_in_range(tree.nodes[node - 1].location, 1, tree.location_count);
    return &tree.locations[tree.nodes[node - 1].location - 1];
}

static void a_stacks_node_is_its_leaf_and_parents_are_callers(void **state)
{
    uint32_t leaf = ADD(0x10, 0x20, 0x30);
    assert_int_equal(location(leaf)->address, 0x10);
    assert_int_equal(location(parent(leaf))->address, 0x20);
    assert_int_equal(location(parent(parent(leaf)))->address, 0x30);
    assert_int_equal(parent(parent(parent(leaf))), 0);
}

static void common_callers_are_stored_once(void **state)
{
    uint32_t one = ADD(0x10, 0x20, 0x30), two = ADD(0x11, 0x20, 0x30);
    assert_int_not_equal(one, two);
    assert_int_equal(parent(one), parent(two));
    assert_int_equal(tree.node_count, 4);
    assert_int_equal(tree.location_count, 4);
    assert_int_equal(ADD(0x10, 0x20, 0x30), one);
    assert_int_equal(tree.node_count, 4);
}

static void one_address_under_two_callers_is_two_nodes_of_one_location(void **state)
{
    uint32_t one = ADD(0x10, 0x20), two = ADD(0x10, 0x30);
    assert_int_not_equal(one, two);
    assert_ptr_equal(location(one), location(two));
}

static void recursion_is_as_deep_as_it_was(void **state)
{
    ADD(0x10, 0x20, 0x20, 0x20, 0x30);
    assert_int_equal(tree.node_count, 5);
    assert_int_equal(tree.location_count, 3);
}

static void a_stack_without_frames_has_no_node(void **state)
{
    assert_int_equal(add(NULL, 0, NULL), 0);
    assert_int_equal(tree.node_count, 0);
}

static void the_shims_own_frames_are_left_out(void **state)
{
    modules_own_start = 0x1000;
    modules_own_end = 0x2000;
    uint32_t leaf = ADD(0x1000, 0x1fff, 0x2000, 0x0fff);
    assert_int_equal(tree.node_count, 2);
    assert_int_equal(location(leaf)->address, 0x2000);
    assert_int_equal(location(parent(leaf))->address, 0x0fff);
    assert_int_equal(ADD(0x1234), 0);
}

static void a_pools_name_stands_before_its_frames(void **state)
{
    static const char name[] = "sessions";
    const uintptr_t frames[] = {0x10, 0x20};
    uint32_t leaf = add(frames, 2, name);
    assert_string_equal(location(leaf)->pool, "sessions");
    assert_null(location(parent(leaf))->pool);
    assert_int_equal(location(parent(leaf))->address, 0x10);
    assert_int_equal(parent(leaf), ADD(0x10, 0x20));
    uint32_t alone = add(NULL, 0, name);
    assert_int_equal(parent(alone), 0);
}

static void addresses_lie_in_the_module_of_their_time(void **state)
{
    modules_refresh();
    modules_own_start = modules_own_end = 0;
    const struct module *own = modules_find((uintptr_t)add);
    struct stack *stack = calloc(1, sizeof *stack + sizeof(uintptr_t));
    stack->depth = 1;
    stack->frames[0] = (uintptr_t)add;
    stack->generation = modules_generation();
    assert_ptr_equal(location(tree_add(&tree, stack, NULL))->module, own);
    stack->generation = own->born - 1; /* before the module was known */
    assert_null(location(tree_add(&tree, stack, NULL))->module);
    free(stack);
}

static void twenty_thousand_stacks_keep_their_frames(void **state)
{
    static uint32_t leaves[20000];
    for (uintptr_t i = 0; i < 20000; i++)
        leaves[i] = ADD(0x100000 + i, 0x200000 + i / 10, 0x300000 + i / 100, 0x400000);
    assert_int_equal(tree.node_count, 20000 + 2000 + 200 + 1);
    for (uintptr_t i = 0; i < 20000; i++) {
        assert_int_equal(location(leaves[i])->address, 0x100000 + i);
        assert_int_equal(location(parent(leaves[i]))->address, 0x200000 + i / 10);
    }
}

#define TREE_TEST(name) cmocka_unit_test_teardown(name, done)

TEST_MAIN(TREE_TEST(a_stacks_node_is_its_leaf_and_parents_are_callers),
          TREE_TEST(common_callers_are_stored_once),
          TREE_TEST(one_address_under_two_callers_is_two_nodes_of_one_location),
          TREE_TEST(recursion_is_as_deep_as_it_was), TREE_TEST(a_stack_without_frames_has_no_node),
          TREE_TEST(the_shims_own_frames_are_left_out),
          TREE_TEST(a_pools_name_stands_before_its_frames),
          TREE_TEST(addresses_lie_in_the_module_of_their_time),
          TREE_TEST(twenty_thousand_stacks_keep_their_frames))
