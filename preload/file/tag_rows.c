/* tag_rows.c -- Which label and which thread a stack is of: tables tag, label and thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/tag_rows.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/host.h"
#include "base/memory.h"
#include "file/rows.h"
#include "kernel/process.h"
#include "tables/labels.h"
#include "tables/stacks.h"
#include "tables/threads.h"

/* Numbers that occur in a stack that is written. */
struct seen {
    bool labels[UINT16_MAX + 1], threads[UINT16_MAX + 1];
};

void tag_rows_learn(void)
{
    for (unsigned i = 1; i <= threads_count(); i++) {
        char path[HOST_PATH_SIZE], member[32], text[THREADS_NAME_SIZE + 2];
        int tid = threads_tid((uint16_t)i);
        if (!tid)
            continue;
        snprintf(member, sizeof member, "task/%d/comm", tid);
        host_path(path, member);
        bool is_there = process_read_text(path, text, sizeof text) > 0;
        text[strcspn(text, "\n")] = '\0';
        threads_learn((uint16_t)i, tid, is_there ? text : NULL);
    }
}

static int write_tags(sqlite3 *db, const struct cut *cut, struct seen *seen)
{
    struct rows rows;
    rows_begin(&rows, db, "tag");
    for (uint32_t id = 1; id <= cut->stack_count; id++) {
        const struct stack *stack = cut_stack(cut, id);
        if (!stack || (!stack->label && !stack->thread))
            continue;
        seen->labels[stack->label] = seen->threads[stack->thread] = true;
        ROWS_ADD(&rows, ROWS_INT(stack_id, id), ROWS_ID(label_id, stack->label),
                 ROWS_ID(thread, stack->thread));
    }
    return rows_end(&rows);
}

static int write_labels(sqlite3 *db, const struct seen *seen)
{
    struct rows rows;
    rows_begin(&rows, db, "label");
    for (unsigned i = 1; i <= UINT16_MAX; i++)
        if (seen->labels[i])
            ROWS_ADD(&rows, ROWS_INT(id, i), ROWS_TEXT(text, labels_text((uint16_t)i)));
    return rows_end(&rows);
}

static int write_threads(sqlite3 *db, const struct seen *seen)
{
    struct rows rows;
    rows_begin(&rows, db, "thread");
    for (unsigned i = 1; i <= UINT16_MAX; i++) {
        char name[THREADS_NAME_SIZE];
        bool ended;
        if (!seen->threads[i])
            continue;
        threads_name((uint16_t)i, name, &ended);
        ROWS_ADD(&rows, ROWS_INT(number, i),
                 ROWS_TEXT(name, i == THREADS_MORE ? "(more threads)" : name),
                 ROWS_INT(ended, ended));
    }
    return rows_end(&rows);
}

int tag_rows_write(sqlite3 *db, const struct cut *cut)
{
    struct seen *seen = memory_alloc(sizeof *seen);
    if (!seen)
        return SQLITE_NOMEM;
    memset(seen, 0, sizeof *seen);
    int failed = write_tags(db, cut, seen);
    if (!failed)
        failed = write_labels(db, seen);
    if (!failed)
        failed = write_threads(db, seen);
    memory_free(seen);
    return failed;
}
