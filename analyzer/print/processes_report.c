/* processes_report.c -- The processes behind a comparison: which are summed, how each grew.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/processes_report.h"

#include "base/json.h"
#include "base/units.h"

#include <inttypes.h>
#include <string.h>

#define COMMAND_SHOWN 60 /* bytes of a command line in text */

/* "node server.js" of "/usr/bin/node server.js", safe to show. */
static void add_command(const char *command, struct text *out)
{
    struct text clean = {0};
    const char *slash = memrchr(command, '/', strcspn(command, " "));
    text_add_clean(&clean, slash ? slash + 1 : command, true);
    if (clean.length > COMMAND_SHOWN)
        text_format(out, "%.*s…", COMMAND_SHOWN, clean.bytes);
    else
        text_add(out, clean.bytes);
    text_done(&clean);
}

/* What those that are summed grew by, from the least to the most. */
static void add_range(const struct comparison *comparison, struct text *out)
{
    const struct comparison_process *first = NULL;
    int64_t least = INT64_MAX, most = INT64_MIN;
    size_t count = 0;
    for (size_t i = 0; i < comparison->process_count; i++) {
        const struct comparison_process *process = &comparison->processes[i];
        if (!process->is_summed)
            continue;
        first = first ? first : process;
        least = process->growth_bytes < least ? process->growth_bytes : least;
        most = process->growth_bytes > most ? process->growth_bytes : most;
        count++;
    }
    if (count == 0)
        return;
    text_format(out, "%s of %zu process%s of ", count > 1 ? "The sum" : "This is", count,
                count > 1 ? "es" : "");
    add_command(first->command, out);
    if (count > 1)
        text_format(out, ", whose sites grew by %s to %s each", units_signed_bytes(least).text,
                    units_signed_bytes(most).text);
    text_add(out, count < comparison->process_count ? "; the others apart:\n" : ":\n");
}

void processes_report_text(const struct comparison *comparison, struct text *out)
{
    if (comparison->process_count < 2)
        return;
    text_add(out, "\n");
    add_range(comparison, out);
    for (size_t i = 0; i < comparison->process_count; i++) {
        const struct comparison_process *process = &comparison->processes[i];
        text_format(out, "  %c pid %-8" PRId64 " sites %11s  RSS %11s  ",
                    process->is_summed ? '*' : ' ', process->pid,
                    units_signed_bytes(process->growth_bytes).text,
                    units_signed_bytes(process->rss_growth).text);
        add_command(process->command, out);
        text_format(out, ", %zu snapshot%s\n", process->path_count,
                    process->path_count == 1 ? "" : "s");
    }
}

void processes_report_markdown(const struct comparison *comparison, struct text *out)
{
    if (comparison->process_count < 2)
        return;
    text_add(out, "| process | summed | sites | RSS | snapshots |\n");
    text_add(out, "| --- | --- | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < comparison->process_count; i++) {
        const struct comparison_process *process = &comparison->processes[i];
        struct text command = {0};
        add_command(process->command, &command);
        for (size_t k = 0; k < command.length; k++) /* would end the cell, or the code */
            command.bytes[k] = strchr("|`", command.bytes[k]) ? ' ' : command.bytes[k];
        text_format(out, "| `%s` (%" PRId64 ") | %s | %s | %s | %zu |\n", command.bytes,
                    process->pid, process->is_summed ? "yes" : "no",
                    units_signed_bytes(process->growth_bytes).text,
                    units_signed_bytes(process->rss_growth).text, process->path_count);
        text_done(&command);
    }
    text_add(out, "\n");
}

static cJSON *process_object(const struct comparison_process *process)
{
    cJSON *object = cJSON_CreateObject();
    json_set_number(object, "pid", process->pid);
    json_set_string(object, "command", process->command);
    json_set_number(object, "lives", (int64_t)process->lives);
    cJSON_AddBoolToObject(object, "summed", process->is_summed);
    json_set_number(object, "rss_growth_bytes", process->rss_growth);
    json_set_number(object, "growth_bytes", process->growth_bytes);
    cJSON *paths = cJSON_AddArrayToObject(object, "snapshots");
    for (size_t i = 0; i < process->path_count; i++)
        cJSON_AddItemToArray(paths, json_string(process->paths[i]));
    return object;
}

static void add_work(const struct comparison *comparison, cJSON *root)
{
    static const char *const sources[] = {NULL, "asker", "load", "program", "server"};
    const struct workload *workload = comparison->workload;
    struct workload_requests requests = workload_requests(comparison);
    cJSON *work = cJSON_AddObjectToObject(root, "work");
    json_set_number(work, "operations", comparison->operations);
    if (requests.failed >= 0)
        json_set_number(work, "failed", requests.failed);
    bool is_asked = comparison->operations_source == OPERATIONS_ASKER && !workload;
    const char *source = is_asked ? "asker" : sources[comparison->operations_source];
    if (source)
        json_set_string(work, "source", source);
    if (workload && workload->load_status >= 0)
        json_set_number(work, "load_status", workload->load_status);
    if (workload && workload->connections >= 0)
        json_set_number(work, "connections", workload->connections);
}

void processes_report_json(const struct comparison *comparison, cJSON *root)
{
    cJSON *processes = cJSON_AddArrayToObject(root, "processes");
    for (size_t i = 0; i < comparison->process_count; i++)
        cJSON_AddItemToArray(processes, process_object(&comparison->processes[i]));
    if (comparison->workload || comparison->operations > 0)
        add_work(comparison, root);
}
