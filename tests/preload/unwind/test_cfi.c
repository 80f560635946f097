/* test_cfi.c -- Call frame information is read within its segment, and where it may have gone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unwind/cfi.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "test.h"

#define PAGE 4096

static int learn(void **state)
{
    (void)state;
    modules_refresh();
    return modules_count() == 0;
}

/* ---- a module of our own: one page, and behind it nothing --------------------------------------
 */

struct made {
    uint8_t *page;
    ElfW(Phdr) headers[2];
    struct module module;
};

static void make(struct made *made, size_t table_at)
{
    made->page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(made->page != MAP_FAILED);
    assert_int_equal(mprotect(made->page + PAGE, PAGE, PROT_NONE), 0);
    made->headers[0] = (ElfW(Phdr)){
        .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = PAGE, .p_memsz = 2 * PAGE};
    made->headers[1] = (ElfW(Phdr)){.p_type = PT_GNU_EH_FRAME, .p_vaddr = table_at};
    made->module = (struct module){.start = (uintptr_t)made->page,
                                   .end = (uintptr_t)made->page + 2 * PAGE,
                                   .bias = (uintptr_t)made->page,
                                   .headers = made->headers,
                                   .header_count = 2};
}

static void make_table(struct made *made, size_t at, uint32_t count)
{
    const uint8_t header[8] = {1, 0x1b, 3, 0x3b};
    memcpy(made->page + at, header, sizeof header);
    if (at + 12 <= PAGE)
        memcpy(made->page + at + 8, &count, sizeof count);
}

static void unmake(struct made *made)
{
    munmap(made->page, 2 * PAGE);
}

static enum cfi_result find(const struct made *made, bool is_safe)
{
    struct cfi_row row;
    return cfi_find(&made->module, made->module.start + 2000, is_safe, &row);
}

static void a_table_that_says_it_is_longer_than_its_segment(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 0x10000, 0x7fffffff, UINT32_MAX};
    for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct made made;
        make(&made, PAGE - 16);
        make_table(&made, PAGE - 16, counts[i]);
        assert_int_equal(find(&made, true), CFI_COMPLEX);
        assert_int_equal(find(&made, false), CFI_COMPLEX);
        unmake(&made);
    }
}

static void a_table_whose_own_header_is_cut_or_elsewhere(void **state)
{
    (void)state;
    static const size_t places[] = {PAGE - 8, PAGE, 2 * PAGE, (size_t)1 << 40, SIZE_MAX - 64};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        struct made made;
        make(&made, places[i]);
        if (places[i] < PAGE)
            make_table(&made, places[i], 0);
        assert_int_equal(find(&made, true), CFI_COMPLEX);
        assert_int_equal(find(&made, false), CFI_COMPLEX);
        unmake(&made);
    }
}

static void descriptions_that_lie_outside(void **state)
{
    (void)state;
    static const int32_t places[] = {PAGE - 2, PAGE, 3 * PAGE, INT32_MIN, INT32_MAX, -64};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        struct made made;
        const int32_t row[2] = {0, places[i]};
        make(&made, 0);
        make_table(&made, 0, 1);
        memcpy(made.page + 12, row, sizeof row);
        assert_int_equal(find(&made, true), CFI_COMPLEX);
        assert_int_equal(find(&made, false), CFI_COMPLEX);
        unmake(&made);
    }
}

/* ---- real modules ------------------------------------------------------------------------------
 */

static void read_both_ways_a_module_says_the_same(void **state)
{
    (void)state;
    const struct module *libc = modules_find((uintptr_t)dlsym(RTLD_DEFAULT, "getppid"));
    unsigned rows = 0;
    for (uintptr_t at = libc->start; at < libc->end; at += 509) {
        struct cfi_row one = {0}, other = {0};
        enum cfi_result result = cfi_find(libc, at, true, &one);
        assert_int_equal(cfi_find(libc, at, false, &other), result);
        assert_memory_equal(&one, &other, result == CFI_ROW ? sizeof one : 0);
        rows += result == CFI_ROW;
    }
    assert_true(rows > 1000);
}

/* A guessed return address, while its module goes. */
static void a_module_that_has_gone(void **state)
{
    (void)state;
    struct cfi_row row;
    void *handle = dlopen(TEST_PLUGIN, RTLD_NOW);
    assert_non_null(handle);
    uintptr_t function = (uintptr_t)dlsym(handle, "plugin_allocate");
    const struct module *module = modules_find(function);
    assert_non_null(module);
    assert_int_equal(cfi_find(module, function, false, &row), CFI_ROW);
    assert_int_equal(dlclose(handle), 0);
    assert_int_not_equal(cfi_find(module, function, false, &row), CFI_ROW);
    modules_check_unloaded();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_that_says_it_is_longer_than_its_segment),
        cmocka_unit_test(a_table_whose_own_header_is_cut_or_elsewhere),
        cmocka_unit_test(descriptions_that_lie_outside),
        cmocka_unit_test(read_both_ways_a_module_says_the_same),
        cmocka_unit_test(a_module_that_has_gone)};
    return cmocka_run_group_tests(tests, learn, NULL);
}
