/* test_hostile.c -- ELF files that are damaged or made to harm: no name, or a name, and no end of
 * the command.
 *
 * Thousands of copies of a small program, each changed in a few places by a generator with a fixed
 * seed: bytes in its headers, in its tables, in its debug information, and its end cut off. What
 * the reader says of a copy does not matter; that there is an answer does.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"
#include "fixture.h"
#include "symbols/build_id.h"
#include "symbols/symbols.h"
#include "test.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM TEST_PROGRAMS "/hostile"
#define COPIES  3000 /* or HEAPDIFF_HOSTILE_COPIES, for a longer search */

static struct text original;
static uint64_t seed = 20261123;

/* splitmix64 */
static uint64_t random_number(void)
{
    uint64_t x = seed += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

static size_t random_below(size_t limit)
{
    return (size_t)(random_number() % limit);
}

static const char *original_id(void)
{
    static char hex[129];
    int fd = open(PROGRAM, O_RDONLY | O_CLOEXEC);
    struct build_id id = build_id_of_fd(fd);
    close(fd);
    assert_true(id.length > 0);
    for (size_t i = 0; i < id.length; i++)
        snprintf(hex + 2 * i, 3, "%02x", id.bytes[i]);
    return hex;
}

/* A place in one of the parts that readers look at; the rest is code, which no reader reads. */
static size_t place_to_change(Elf *elf)
{
    static const char *const parts[] = {".debug_info",   ".debug_abbrev",   ".debug_line",
                                        ".debug_ranges", ".debug_aranges",  ".debug_rnglists",
                                        ".debug_str",    ".debug_line_str", ".symtab",
                                        ".strtab",       ".dynsym",         ".rela.plt",
                                        ".plt",          ".shstrtab"};
    const char *wanted = parts[random_below(sizeof parts / sizeof *parts)];
    size_t names;
    Elf_Scn *section = NULL;
    GElf_Ehdr file;
    GElf_Shdr header;
    assert_non_null(gelf_getehdr(elf, &file));
    assert_int_equal(elf_getshdrstrndx(elf, &names), 0);
    size_t choice = random_below(8);
    if (choice == 0)
        return random_below(sizeof(Elf64_Ehdr) + file.e_phnum * sizeof(Elf64_Phdr));
    if (choice == 1)
        return file.e_shoff + random_below(file.e_shnum * sizeof(Elf64_Shdr));
    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (gelf_getshdr(section, &header) && header.sh_size > 0 &&
            strcmp(elf_strptr(elf, names, header.sh_name), wanted) == 0)
            return header.sh_offset + random_below(header.sh_size);
    }
    return random_below(original.length);
}

static void change(unsigned char *bytes, size_t length, size_t at)
{
    static const unsigned char extremes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    size_t width = (size_t)1 << random_below(4);
    for (size_t i = 0; i < width && at + i < length; i++)
        bytes[at + i] = random_below(2) ? extremes[random_below(sizeof extremes)]
                                        : (unsigned char)random_number();
}

/* Writes a changed copy to PATH. */
static void write_copy(Elf *elf, const char *path)
{
    unsigned char *bytes = malloc(original.length);
    size_t length = original.length;
    assert_non_null(bytes);
    memcpy(bytes, original.bytes, length);
    for (size_t n = 1 + random_below(6); n > 0; n--)
        change(bytes, length, place_to_change(elf));
    if (random_below(16) == 0)
        length = random_below(length);
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    close(fd);
    free(bytes);
}

/* Asks for every address of the program's code, in steps. Returns how many had an answer. */
static size_t ask(struct symbols *symbols, const char *path, const char *build_id,
                  const GElf_Shdr *code)
{
    size_t named = 0;
    for (uint64_t at = 0; at < code->sh_size; at += 11) {
        struct symbol_place place = {
            .path = path, .build_id = build_id, .offset = code->sh_addr + at};
        struct symbol_list list = symbols_find(symbols, &place);
        for (size_t i = 0; i < list.count; i++) {
            assert_true(!list.items[i].function || strlen(list.items[i].function) > 0);
            assert_true(list.items[i].line >= 0 && list.items[i].column >= 0);
        }
        named += list.count > 0;
    }
    return named;
}

static GElf_Shdr find_code(Elf *elf)
{
    size_t names;
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    assert_int_equal(elf_getshdrstrndx(elf, &names), 0);
    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (gelf_getshdr(section, &header) &&
            strcmp(elf_strptr(elf, names, header.sh_name), ".text") == 0)
            return header;
    }
    fail();
    return header;
}

static void every_damaged_file_gets_an_answer(void **state)
{
    static const struct symbol_sources sources = {.no_cache = true};
    const char *id = original_id(), *path = fixture_path("copy");
    const char *asked = getenv("HEAPDIFF_HOSTILE_COPIES");
    size_t copies = asked ? strtoul(asked, NULL, 10) : COPIES;
    assert_true(text_read_file(&original, PROGRAM, 1 << 24));
    Elf *elf = elf_memory(original.bytes, original.length);
    assert_non_null(elf);
    GElf_Shdr code = find_code(elf);
    struct symbols *symbols = symbols_new(&sources);
    size_t whole = ask(symbols, PROGRAM, id, &code), named = 0, deaths = 0;
    assert_true(whole > 20);
    for (size_t i = 0; i < copies; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s.%zu", path, i);
        write_copy(elf, name);
        named += ask(symbols, name, id, &code) > 0;
        struct symbol_place place = {.path = name, .build_id = id};
        deaths += symbols_module(symbols, &place).state == SYMBOLS_UNREADABLE;
        unlink(name);
    }
    /* The whole file still has all its names: those that died took nothing with them. */
    assert_int_equal(ask(symbols, PROGRAM, id, &code), whole);
    symbols_free(symbols);
    print_message("%zu copies: %zu gave names, %zu could not be read\n", copies, named, deaths);
    assert_true(named > copies / 4);
    assert_true(named < copies); /* some were damaged where it matters */
    elf_end(elf);
    text_done(&original);
}

TEST_MAIN(cmocka_unit_test(every_damaged_file_gets_an_answer))
