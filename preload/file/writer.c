/* writer.c -- A cut becomes an SQLite file.
 *
 * One transaction without a journal: the file has a temporary name until it is whole, so there is
 * nothing to roll back to. SQLite's memory is the private jemalloc's (private/sqlite.syms).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/block_rows.h"
#include "file/collected_rows.h"
#include "file/disk.h"
#include "file/facts.h"
#include "file/js_rows.h"
#include "file/rows.h"
#include "file/tag_rows.h"
#include "file/tally_rows.h"
#include "file/tree.h"
#include "jit/alias.h"
#include "jit/jitnames.h"
#include "tables/stacks.h"

/* Larger pages are filled and written in less time, but a small file would have many that are half
 * empty. */
#define MANY_STACKS 20000u

typedef sqlite3_int64 number;

static const char *const kind_names[KIND_COUNT] = FORMAT_KIND_NAMES;
static const char *const owner_names[OWNER_COUNT] = FORMAT_OWNER_NAMES;
static const char *const mapping_names[MAPPED_COUNT] = FORMAT_MAPPING_NAMES;

static bool is_ready;

void writer_init(void)
{
    if (is_ready)
        return;
    is_ready = true;
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD); /* one control process */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
    disk_init();
}

void writer_forked(void)
{
    is_ready = false;
}

/* Rounds an estimate; exact when nothing was sampled. */
static number writer_whole(double value)
{
    return (number)(value + 0.5);
}

static void name_jit_code(const struct cut *cut, struct jitnames *names)
{
    for (uint32_t id = 1; id <= cut->stack_count; id++) {
        const struct stack *stack = cut_stack(cut, id);
        if (stack)
            jitnames_ask(names, stack);
    }
    jitnames_answer(names, &cut->maps, cut->identity.pid);
}

static int write_stacks(sqlite3 *db, const struct cut *cut, struct tree *tree,
                        const struct jitnames *names)
{
    struct rows rows;
    rows_begin(&rows, db, "stack");
    for (uint32_t id = 1; id <= cut->stack_count; id++) {
        const struct stack *stack = cut_stack(cut, id);
        const struct cut_stack *live = &cut->stacks[id];
        if (!stack)
            continue;
        uint32_t node = tree_add(tree, stack, names);
        if (id < cut->stack_count)
            tree_prefetch(tree, stacks_get(id + 1));
        ROWS_ADD(&rows, ROWS_INT(id, id), ROWS_ID(node_id, node),
                 ROWS_WORD(kind, kind_names[live->kind]),
                 ROWS_INT(live_blocks, writer_whole(live->live_blocks)),
                 ROWS_INT(live_bytes, writer_whole(live->live_bytes)),
                 ROWS_REAL(live_variance, live->variance), ROWS_INT(allocations, live->allocations),
                 ROWS_INT(allocated_bytes, live->allocated_bytes),
                 ROWS_INT(first_epoch, stack->epoch), ROWS_INT(truncated, stack->truncated));
    }
    return rows_end(&rows);
}

static int write_nodes(sqlite3 *db, const struct tree *tree)
{
    struct rows rows;
    /* without its id, which counts from 1 by itself: SQLite need not look whether it is new */
    rows_begin(&rows, db, "node");
    for (size_t i = 0; i < tree->node_count; i++)
        ROWS_ADD(&rows, ROWS_ID(parent_id, tree->nodes[i].parent),
                 ROWS_INT(location_id, tree->nodes[i].location));
    return rows_end(&rows);
}

static number module_id(const struct module *module)
{
    for (unsigned i = 0; module && i < modules_count(); i++)
        if (modules_get(i) == module)
            return (number)i + 1;
    return 0;
}

static void write_location(struct rows *rows, const struct cut *cut, number id,
                           const struct tree_location *location)
{
    const struct module *module = location->module;
    uintptr_t offset = module ? location->address - module->bias : 0;
    const char *name = location->pool ? location->pool : location->jit.name;
    if (!module && !name && !alias_find(&cut->maps, location->address, &module, &offset))
        module = NULL;
    number in = module_id(module);
    ROWS_ADD(rows, ROWS_INT(id, id), ROWS_INT(address, location->address), ROWS_ID(module_id, in),
             ROWS_INT_IF(offset, module, offset), ROWS_TEXT(jit_name, name));
}

static int write_locations(sqlite3 *db, const struct cut *cut, const struct tree *tree)
{
    struct rows rows;
    rows_begin(&rows, db, "location");
    for (size_t i = 0; i < tree->location_count; i++)
        write_location(&rows, cut, (number)i + 1, &tree->locations[i]);
    return rows_end(&rows);
}

/* Lines of JIT code; those of native code are the analyzer's to find. */
static int write_lines(sqlite3 *db, const struct tree *tree)
{
    struct rows rows;
    rows_begin(&rows, db, "symbol");
    for (size_t i = 0; i < tree->location_count; i++) {
        const struct jitname *jit = &tree->locations[i].jit;
        if (jit->name && jit->file)
            ROWS_ADD(&rows, ROWS_INT(location_id, i + 1), ROWS_INT(depth, 0),
                     ROWS_TEXT(function, jit->name), ROWS_TEXT(file, jit->file),
                     ROWS_ID(line, jit->line));
    }
    return rows_end(&rows);
}

static int write_modules(sqlite3 *db)
{
    struct rows rows;
    rows_begin(&rows, db, "module");
    for (unsigned i = 0; i < modules_count(); i++) {
        const struct module *module = modules_get(i);
        char path[4096], build_id[2 * MODULES_BUILD_ID_MAX + 1] = "";
        for (unsigned j = 0; j < module->build_id_size; j++)
            snprintf(build_id + (size_t)2 * j, 3, "%02x", module->build_id[j]);
        facts_module_path(module, path, sizeof path);
        ROWS_ADD(&rows, ROWS_INT(id, i + 1), ROWS_TEXT(path, path),
                 ROWS_TEXT(build_id, *build_id ? build_id : NULL), ROWS_INT(start, module->start),
                 ROWS_INT(end, module->end), ROWS_INT(bias, module->bias),
                 ROWS_INT(unloaded, module->died != 0));
    }
    return rows_end(&rows);
}

static int write_regions(sqlite3 *db, const struct cut *cut)
{
    struct rows rows;
    rows_begin(&rows, db, "region");
    for (size_t i = 0; i < cut->region_count; i++) {
        const struct cut_region *region = &cut->regions[i];
        ROWS_ADD(&rows, ROWS_INT(start, region->start), ROWS_INT(end, region->end),
                 ROWS_WORD(owner, owner_names[region->owner]),
                 ROWS_ID(stack_id, region->stack <= cut->stack_count ? region->stack : 0),
                 ROWS_INT(resident_bytes, region->resident));
    }
    return rows_end(&rows);
}

static int write_mappings(sqlite3 *db, const struct cut *cut)
{
    struct rows rows;
    rows_begin(&rows, db, "mapping");
    for (size_t i = 0; i < cut->maps.count; i++) {
        const struct process_mapping *mapping = &cut->maps.mappings[i];
        unsigned unknown = mapping->unknown;
        ROWS_ADD(&rows, ROWS_INT(start, mapping->start), ROWS_INT(end, mapping->end),
                 ROWS_TEXT(permissions, mapping->permissions),
                 ROWS_INT(file_offset, mapping->file_offset),
                 ROWS_TEXT(path, cut->maps.paths + mapping->path),
                 ROWS_WORD(kind, mapping_names[mapping->kind]), ROWS_INT(rss_bytes, mapping->rss),
                 ROWS_INT_IF(pss_bytes, !(unknown & PROCESS_NO_PSS), mapping->pss),
                 ROWS_INT_IF(dirty_bytes, !(unknown & PROCESS_NO_DIRTY), mapping->dirty),
                 ROWS_INT_IF(swap_bytes, !(unknown & PROCESS_NO_SWAP), mapping->swap));
    }
    return rows_end(&rows);
}

static int write_all(sqlite3 *db, struct cut *cut, const struct writer_facts *facts)
{
    struct tree tree = {0};
    struct jitnames names = {0};
    int failed = sqlite3_exec(db,
                              cut->stack_count < MANY_STACKS ? "PRAGMA page_size = 4096;"
                                                             : "PRAGMA page_size = 16384;",
                              NULL, NULL, NULL);
    if (!failed)
        failed = sqlite3_exec(db,
                              "PRAGMA journal_mode = OFF;"
                              "PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;",
                              NULL, NULL, NULL);
    if (!failed)
        failed = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    if (!failed)
        failed = sqlite3_exec(db, format_schema_sql, NULL, NULL, NULL);
    if (!failed)
        failed = tally_rows_write(db, &cut->tally); /* its memory is then the tree's */
    if (!failed) {
        name_jit_code(cut, &names);
        failed = write_stacks(db, cut, &tree, &names);
    }
    if (!failed)
        failed = tag_rows_write(db, cut);
    if (!failed && facts->collected)
        failed = collected_rows_write(db, cut);
    if (!failed)
        failed = write_nodes(db, &tree);
    if (!failed)
        failed = write_locations(db, cut, &tree);
    if (!failed)
        failed = write_lines(db, &tree);
    if (!failed)
        failed = write_modules(db);
    if (!failed && cut->with_blocks)
        failed = block_rows_write(db, cut);
    if (!failed)
        failed = write_regions(db, cut);
    if (!failed)
        failed = write_mappings(db, cut);
    if (!failed)
        failed = facts_write(db, cut, facts);
    if (!failed)
        failed = js_rows_write(db);
    if (!failed)
        failed = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    tree_done(&tree);
    jitnames_done(&names);
    return failed;
}

static int to_errno(int failed)
{
    if (failed == SQLITE_NOMEM)
        return ENOMEM;
    if (disk_error())
        return disk_error();
    return failed == SQLITE_FULL ? ENOSPC : EIO;
}

int writer_write(const char *path, struct cut *cut, const struct writer_facts *facts, char *text,
                 size_t size)
{
    writer_init();
    sqlite3 *db = NULL;
    disk_begin();
    int failed = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix-none");
    if (!failed)
        failed = write_all(db, cut, facts);
    int error = failed ? to_errno(failed) : 0;
    if (failed)
        snprintf(text, size, "cannot write %s: %s", path,
                 error == EIO && db ? sqlite3_errmsg(db) : strerrordesc_np(error));
    if (sqlite3_close(db) != SQLITE_OK && !error)
        error = EIO;
    return error;
}
