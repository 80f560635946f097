/* series_report.c -- The snapshots of a folder or a process, as text and as JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/series_report.h"

#include "base/json.h"
#include "base/units.h"
#include "print/json_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void add_time(struct text *out, int64_t time_ns)
{
    char words[64] = "?";
    time_t seconds = (time_t)(time_ns / 1000000000);
    struct tm local;
    if (localtime_r(&seconds, &local))
        strftime(words, sizeof words, "%Y-%m-%d %H:%M:%S", &local);
    text_add(out, words);
}

/* Untrusted text, padded to WIDTH columns. */
static void add_padded(struct text *out, const char *untrusted, size_t width, enum text_side side)
{
    struct text clean = {0};
    text_add(&clean, "");
    text_add_clean(&clean, untrusted, true);
    text_add_padded(out, clean.bytes, width, side);
    text_add(out, "  ");
    text_done(&clean);
}

static void add_heading(const struct store_facts *facts, const struct term *term, struct text *out)
{
    text_add(out, term_bold(term));
    text_add_clean(out, facts->program, true);
    text_format(out, " %" PRId64, facts->pid);
    text_add(out, term_plain(term));
    text_add(out, " on ");
    text_add_clean(out, facts->host, true);
    text_add(out, ", recorded since ");
    add_time(out, facts->time_ns - facts->uptime_ns);
    text_add(out, "\n");
    text_add(out, term_dim(term));
    text_add(out, "  No  Time                 Label             Reason            RSS"
                  "        Live  File\n");
    text_add(out, term_plain(term));
}

static void add_row(const struct store *store, struct text *out)
{
    const struct store_facts *facts = &store->facts;
    text_format(out, "%4" PRId64 "  ", facts->number);
    add_time(out, facts->time_ns);
    text_add(out, "  ");
    add_padded(out, *facts->label ? facts->label : "-", 16, TEXT_LEFT);
    add_padded(out, facts->reason, 8, TEXT_LEFT);
    add_padded(out, units_bytes(facts->rss_bytes).text, 11, TEXT_RIGHT);
    add_padded(out, units_bytes(facts->live_bytes).text, 10, TEXT_RIGHT);
    text_add_clean(out, text_base_name(store->path), true);
    text_add(out, "\n");
}

static void add_process(const struct series *series, const struct series_process *process,
                        struct text *out)
{
    int64_t here = (int64_t)series->snapshots.count;
    text_format(out, "process %" PRId64 " has taken %" PRId64 " snapshot%s; they go to ",
                process->pid, process->taken, process->taken == 1 ? "" : "s");
    text_add_clean(out, process->pattern, true);
    text_add(out, "\n");
    if (process->taken > here)
        text_format(out, "%" PRId64 " elsewhere (-o), replaced or removed\n",
                    process->taken - here);
}

void series_report_text(const struct series *series, const struct series_process *process,
                        const struct term *term, struct text *out)
{
    text_add(out, "");
    if (process)
        add_process(series, process, out);
    for (size_t i = 0; i < series->snapshots.count; i++) {
        const struct store *store = series->snapshots.items[i];
        if (series_begins(series, i)) {
            text_add(out, out->length ? "\n" : "");
            add_heading(&store->facts, term, out);
        }
        add_row(store, out);
    }
}

static void add_json_process(cJSON *top, const struct series_process *process)
{
    cJSON *object = cJSON_AddObjectToObject(top, "process");
    json_set_number(object, "pid", (int64_t)process->pid);
    json_set_string(object, "pattern", process->pattern);
    json_set_string(object, "folder", process->folder);
    json_set_number(object, "taken", (int64_t)process->taken);
}

void series_report_json(const struct series *series, const struct series_process *process,
                        struct text *out)
{
    cJSON *top = cJSON_CreateObject();
    json_set_number(top, "schema", 1);
    if (process)
        add_json_process(top, process);
    cJSON *list = cJSON_AddArrayToObject(top, "snapshots");
    for (size_t i = 0; i < series->snapshots.count; i++)
        cJSON_AddItemToArray(list, json_report_facts(series->snapshots.items[i]));
    list = cJSON_AddArrayToObject(top, "skipped");
    for (size_t i = 0; i < series->skipped.count; i++) {
        cJSON *object = cJSON_CreateObject();
        json_set_string(object, "path", series->skipped.items[i].path);
        json_set_string(object, "why", series->skipped.items[i].why);
        cJSON_AddItemToArray(list, object);
    }
    json_set_number(top, "unfinished", (int64_t)series->unfinished);
    json_print(out, top);
}
