/* symbol_rows.c -- Writing names into a snapshot: its table symbol, anew.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/symbol_rows.h"

#include "base/draft.h"
#include "base/place.h"
#include "base/text.h"
#include "store/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INSERT "INSERT INTO symbol VALUES (?, ?, ?, ?, ?, ?)"

static bool symbol_rows_fail(struct error *error, const char *path)
{
    return error_set(error, errno == ENOSPC ? "make room, or write elsewhere with -o FILE" : NULL,
                     "cannot write %s: %s", path, strerror(errno));
}

static bool copy_bytes(int from, const struct draft *to)
{
    char buffer[1 << 16];
    ssize_t got;
    while ((got = read(from, buffer, sizeof buffer)) > 0) {
        if (!draft_write(to, buffer, (size_t)got))
            return false;
    }
    return got == 0;
}

/* What is in the file PATH, with its rights. */
static bool symbol_rows_copy(const char *path, const struct draft *draft, struct error *error)
{
    struct stat status;
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return error_set(error, NULL, "cannot open %s: %s", path, strerror(errno));
    bool good = fstat(from, &status) == 0 && copy_bytes(from, draft) &&
                fchmod(draft->file, status.st_mode & 0777) == 0;
    if (!good)
        symbol_rows_fail(error, draft->path);
    close(from);
    return good;
}

static void bind_text(sqlite3_stmt *insert, int column, const char *text)
{
    struct text clean = {0};
    if (!text)
        return;
    text_add_clean(&clean, text, false); /* debug information is untrusted */
    sqlite3_bind_text(insert, column, clean.bytes ? clean.bytes : "", -1, SQLITE_TRANSIENT);
    text_done(&clean);
}

static bool insert_row(sqlite3_stmt *insert, const struct symbol_row *row)
{
    sqlite3_reset(insert);
    sqlite3_clear_bindings(insert);
    sqlite3_bind_int64(insert, 1, row->location);
    sqlite3_bind_int(insert, 2, row->depth);
    bind_text(insert, 3, row->function);
    bind_text(insert, 4, row->file);
    if (row->line)
        sqlite3_bind_int(insert, 5, row->line);
    if (row->column)
        sqlite3_bind_int(insert, 6, row->column);
    return sqlite3_step(insert) == SQLITE_DONE;
}

static bool replace_rows(sqlite3 *database, const struct symbol_row *rows, size_t count)
{
    static const char begin[] = "PRAGMA journal_mode = MEMORY; BEGIN; DELETE FROM symbol;";
    sqlite3_stmt *insert = NULL;
    guard_settle(database);
    bool good = guard_has_plain_tables(database) &&
                sqlite3_exec(database, begin, NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(database, INSERT, -1, &insert, NULL) == SQLITE_OK;
    for (size_t i = 0; good && i < count; i++)
        good = insert_row(insert, &rows[i]);
    sqlite3_finalize(insert);
    return good && sqlite3_exec(database, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

static bool write_copy(const char *name, const char *target, const struct symbol_row *rows,
                       size_t count, struct error *error)
{
    sqlite3 *database = NULL;
    bool good = sqlite3_open_v2(name, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
                replace_rows(database, rows, count);
    if (!good)
        error_set(error, NULL, "cannot write %s: %s", target, sqlite3_errmsg(database));
    sqlite3_close(database);
    return good;
}

/* An untrusted file may make SQLite keep a log beside it. */
static void remove_logs(const char *name)
{
    static const char *const endings[] = {"-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct text path = {0};
        text_format(&path, "%s%s", name, endings[i]);
        unlink(path.bytes);
        text_done(&path);
    }
}

static bool write_to(const char *path, const char *target, const struct symbol_row *rows,
                     size_t count, struct error *error)
{
    struct draft draft;
    if (!draft_begin(&draft, target, 0600, DRAFT_NAMED))
        return symbol_rows_fail(error, target);
    if (symbol_rows_copy(path, &draft, error) &&
        write_copy(draft.temporary, target, rows, count, error))
        return draft_finish(&draft) || symbol_rows_fail(error, target);
    remove_logs(draft.temporary);
    draft_discard(&draft);
    return false;
}

bool symbol_rows_write(const char *path, const char *target, const struct symbol_row *rows,
                       size_t count, struct error *error)
{
    struct text real = {0};
    bool good =
        place_find_file(target, &real, error) && write_to(path, real.bytes, rows, count, error);
    text_done(&real);
    return good;
}
