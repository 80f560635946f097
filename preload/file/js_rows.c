/* js_rows.c -- Live objects of JavaScript heaps: tables js_frame, js_node and js_live.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/js_rows.h"

#include <string.h>

#include "file/rows.h"
#include "runtime/runtime.h"

#define MOST 9007199254740992.0 /* 2^53, which the reader holds exactly */

/* Rows of one heap after those of another: each begins at its own ids. */
struct js_rows {
    struct rows rows;
    sqlite3_int64 frames, nodes; /* ids given so far */
};

/* Numbers of a script: anything, if something goes wrong. */
static double js_number(double value)
{
    return value > MOST ? MOST : value > 0 ? value : 0;
}

static void add_frames(const char *name, const struct heapdiff_member_profile *profile,
                       void *context)
{
    struct js_rows *js = context;
    const char *text = profile->texts;
    (void)name;
    for (size_t i = 0; i < profile->frame_count; i++) {
        const char *function = text, *url = text + strlen(text) + 1;
        text = url + strlen(url) + 1;
        ROWS_ADD(&js->rows, ROWS_INT(id, js->frames + (sqlite3_int64)i + 1),
                 ROWS_TEXT(function, function), ROWS_TEXT(url, url),
                 ROWS_INT(line, js_number(profile->frames[2 * i])),
                 ROWS_INT(column_number, js_number(profile->frames[2 * i + 1])));
    }
    js->frames += (sqlite3_int64)profile->frame_count;
}

static void add_nodes(const char *name, const struct heapdiff_member_profile *profile,
                      void *context)
{
    struct js_rows *js = context;
    for (size_t i = 0; i < profile->node_count; i++) {
        const double *node = profile->nodes + 2 * i;
        sqlite3_int64 parent = (sqlite3_int64)node[0];
        ROWS_ADD(&js->rows, ROWS_INT(id, js->nodes + (sqlite3_int64)i + 1),
                 ROWS_ID(parent_id, parent ? js->nodes + parent : 0),
                 ROWS_INT(frame_id, js->frames + (sqlite3_int64)node[1] + 1),
                 ROWS_TEXT(isolate, name));
    }
    js->nodes += (sqlite3_int64)profile->node_count;
    js->frames += (sqlite3_int64)profile->frame_count;
}

static void add_live(const char *name, const struct heapdiff_member_profile *profile, void *context)
{
    struct js_rows *js = context;
    (void)name;
    for (size_t i = 0; i < profile->live_count; i++) {
        const double *live = profile->live + 5 * i;
        ROWS_ADD(&js->rows, ROWS_INT(node_id, js->nodes + (sqlite3_int64)live[0] + 1),
                 ROWS_INT(epoch, js_number(live[1])), ROWS_INT(samples, js_number(live[2])),
                 ROWS_INT(live_bytes, js_number(live[3]) + 0.5),
                 ROWS_REAL(live_variance, js_number(live[4])));
    }
    js->nodes += (sqlite3_int64)profile->node_count;
}

int js_rows_write(sqlite3 *db)
{
    static const struct {
        const char *table;
        void (*add)(const char *name, const struct heapdiff_member_profile *profile, void *context);
    } tables[] = {{"js_frame", add_frames}, {"js_node", add_nodes}, {"js_live", add_live}};
    int failed = 0;
    for (size_t i = 0; i < sizeof tables / sizeof *tables && !failed; i++) {
        struct js_rows js = {.frames = 0};
        rows_begin(&js.rows, db, tables[i].table);
        runtime_each_profile(tables[i].add, &js);
        failed = rows_end(&js.rows);
    }
    return failed;
}
