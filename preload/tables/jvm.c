/* jvm.c -- Methods that the JVM interprets, by the data that libjvm exports for debuggers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/jvm.h"

#include <stdatomic.h>
#include <string.h>

#include "base/probe.h"
#include "tables/dynsym.h"
#include "tables/modules.h"

/* As libjvm has them: VMStructEntry and VMTypeEntry. */
struct vm_field {
    const char *type, *name, *type_of_field;
    int32_t is_static;
    uint64_t offset;
    void *address; /* of a static field */
};
struct vm_type {
    const char *name, *super;
    int32_t is_oop, is_integer, is_unsigned;
    uint64_t size;
};

/* Offsets, or addresses of static members; without one of them the JVM is not read. */
enum {
    INTERPRETER_CODE,
    STUBS_BUFFER,
    STUBS_LIMIT,
    METHOD_CONST,
    CONST_POOL,
    CONST_NAME,
    POOL_HOLDER,
    CLASS_NAME,
    SYMBOL_LENGTH,
    SYMBOL_BODY,
    FIELDS
};
static const struct {
    const char *type, *name;
} wanted[FIELDS] = {{"AbstractInterpreter", "_code"},
                    {"StubQueue", "_stub_buffer"},
                    {"StubQueue", "_buffer_limit"},
                    {"Method", "_constMethod"},
                    {"ConstMethod", "_constants"},
                    {"ConstMethod", "_name_index"},
                    {"ConstantPool", "_pool_holder"},
                    {"Klass", "_name"},
                    {"Symbol", "_length"},
                    {"Symbol", "_body[0]"}};

#define MOST_ENTRIES 20000 /* of a table: there are some 3000 */

static uintptr_t fields[FIELDS];
static uintptr_t pool_size; /* of a ConstantPool without its entries, which follow */
static const struct module *library;
static atomic_uint looked;   /* modules known when libjvm was looked for */
static atomic_bool is_known; /* all of the above is set */
static atomic_flag is_learning = ATOMIC_FLAG_INIT;

static const void *read_pointer(const char *symbol)
{
    struct dynsym_function found;
    return dynsym_find(library, symbol, &found) ? *(void **)found.start : NULL;
}

static bool is_field(const struct vm_field *entry, unsigned field)
{
    /* older JVMs say "_body", newer ones "_body[0]" */
    size_t length = strcspn(wanted[field].name, "[");
    return strcmp(entry->type, wanted[field].type) == 0 &&
           strncmp(entry->name, wanted[field].name, length) == 0 &&
           strchr("[", entry->name[length]) != NULL;
}

static bool read_fields(const struct vm_field *entry)
{
    unsigned found = 0;
    for (unsigned i = 0; entry && entry->type && i < MOST_ENTRIES; i++, entry++)
        for (unsigned field = 0; field < FIELDS; field++)
            if (entry->name && is_field(entry, field)) {
                fields[field] = entry->is_static ? (uintptr_t)entry->address : entry->offset;
                found |= 1u << field;
            }
    return found == (1u << FIELDS) - 1;
}

static bool read_sizes(const struct vm_type *entry)
{
    for (unsigned i = 0; entry && entry->name && i < MOST_ENTRIES; i++, entry++)
        if (strcmp(entry->name, "ConstantPool") == 0)
            pool_size = entry->size;
    return pool_size > 0;
}

static const struct module *find_library(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct module *module = modules_get(i);
        const char *name = module ? strrchr(module->path, '/') : NULL;
        if (name && !module->died && strcmp(name, "/libjvm.so") == 0)
            return module;
    }
    return NULL;
}

/* Once; a thread that comes meanwhile goes on without it. */
static void jvm_learn(void)
{
    unsigned count = modules_count();
    if (count == atomic_load(&looked) || atomic_flag_test_and_set(&is_learning))
        return;
    library = find_library(count);
    if (library && read_fields(read_pointer("gHotSpotVMStructs")) &&
        read_sizes(read_pointer("gHotSpotVMTypes")))
        atomic_store(&is_known, true);
    atomic_store(&looked, count);
    if (!library)
        atomic_flag_clear(&is_learning); /* it may yet be loaded */
}

static bool read_at(uintptr_t address, void *to, size_t size)
{
    return probe_copy(to, address, size);
}

static uintptr_t read_word(uintptr_t address)
{
    uintptr_t word;
    return read_at(address, &word, sizeof word) ? word : 0;
}

/* Through the kernel, too: libjvm may have been unloaded. */
bool jvm_interprets(uintptr_t pc)
{
    int32_t limit;
    if (!atomic_load(&is_known))
        jvm_learn();
    if (!atomic_load(&is_known))
        return false;
    uintptr_t stubs = read_word(fields[INTERPRETER_CODE]);
    uintptr_t start = stubs ? read_word(stubs + fields[STUBS_BUFFER]) : 0;
    return start && read_at(stubs + fields[STUBS_LIMIT], &limit, sizeof limit) && limit > 0 &&
           pc >= start && pc - start <= (uintptr_t)limit;
}

/* Adds a Symbol's text at *LENGTH. */
static bool add_symbol(uintptr_t symbol, char *name, size_t size, size_t *length)
{
    uint16_t count;
    if (!symbol || !read_at(symbol + fields[SYMBOL_LENGTH], &count, sizeof count) || !count ||
        count >= size - *length || !read_at(symbol + fields[SYMBOL_BODY], name + *length, count))
        return false;
    *length += count;
    name[*length] = '\0';
    return true;
}

bool jvm_method_name(uintptr_t method, char *name, size_t size)
{
    uint16_t index;
    if (!atomic_load(&is_known) || method % 8 != 0 || size < 8)
        return false;
    /* A method begins with the address of its virtual functions, a table in libjvm or, for classes
     * of the shared archive, a copy of it. */
    uintptr_t functions = read_word(method), function = functions ? read_word(functions) : 0;
    if (function < library->start || function >= library->end)
        return false;
    uintptr_t constant = read_word(method + fields[METHOD_CONST]);
    uintptr_t pool = constant ? read_word(constant + fields[CONST_POOL]) : 0;
    if (!pool || !read_at(constant + fields[CONST_NAME], &index, sizeof index))
        return false;
    uintptr_t holder = read_word(pool + fields[POOL_HOLDER]);
    uintptr_t class_name = holder ? read_word(holder + fields[CLASS_NAME]) : 0;
    size_t length = 1;
    name[0] = 'L';
    if (!add_symbol(class_name, name, size - 1, &length))
        return false;
    name[length++] = ';';
    return add_symbol(read_word(pool + pool_size + index * sizeof(void *)), name, size, &length);
}
