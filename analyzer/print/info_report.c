/* info_report.c -- The facts of a snapshot, its share of names, and how far it can be trusted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/info_report.h"

#include "base/json.h"
#include "base/units.h"
#include "print/json_report.h"
#include "symbols/packages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define INFO_SCHEMA 1
#define NAME_WIDTH  34

/* ---- text ------------------------------------------------------------------------------------ */

static void add_line(struct text *out, const char *what, const char *untrusted)
{
    text_format(out, "  %-12s ", what);
    text_add_clean(out, untrusted, true);
    text_add(out, "\n");
}

static void add_facts(const struct store *store, struct text *out)
{
    const struct store_facts *facts = &store->facts;
    char when[32] = "";
    time_t seconds = (time_t)(facts->time_ns / 1000000000);
    struct tm local;
    if (localtime_r(&seconds, &local))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &local);
    text_add_clean(out, facts->program, true);
    text_format(out, " (process %" PRId64 "), snapshot %" PRId64 " by ", facts->pid, facts->number);
    text_add_clean(out, facts->reason, true);
    text_format(out, ", %s\n", when);
    if (*facts->label)
        add_line(out, "label", facts->label);
    add_line(out, "command", facts->command_line);
    add_line(out, "in", facts->directory);
    add_line(out, "on", facts->host);
    text_format(out, "  %-12s %.1f s, %s thread%s\n", "up", (double)facts->uptime_ns / 1e9,
                units_count(facts->threads).text, facts->threads == 1 ? "" : "s");
    text_format(out, "  %-12s %s", "RSS", units_bytes(facts->rss_bytes).text);
    if (facts->peak_rss_bytes > facts->rss_bytes) /* the kernel counts the peak a little late */
        text_format(out, ", at most %s", units_bytes(facts->peak_rss_bytes).text);
    text_add(out, "\n");
    text_format(out, "  %-12s %s in %s blocks\n", "live", units_bytes(facts->live_bytes).text,
                units_count(facts->live_blocks).text);
    if (facts->sample_bytes)
        text_format(out, "  %-12s one allocation in %s on average; sizes are estimates\n",
                    "recorded", units_bytes(facts->sample_bytes).text);
    else
        text_format(out, "  %-12s every allocation\n", "recorded");
    text_format(out, "  %-12s %.1f ms\n", "taken in", (double)facts->duration_ns / 1e6);
}

static void add_count(struct text *out, const char *name, const struct coverage_count *count)
{
    struct text clean = {0};
    text_add_clean(&clean, name, true);
    double all = count->addresses ? (double)count->addresses : 1;
    text_add(out, "  ");
    text_add_padded(out, clean.bytes, NAME_WIDTH, TEXT_LEFT);
    text_format(out, " %10s %8.1f%% %8.1f%%\n", units_count((int64_t)count->addresses).text,
                100 * (double)count->named / all, 100 * (double)count->with_lines / all);
    text_done(&clean);
}

static void add_coverage(const struct info *info, struct text *out)
{
    const struct coverage *coverage = &info->coverage;
    text_format(out, "\n%-*s %10s %9s %9s\n", NAME_WIDTH + 2, "Names", "addresses", "named",
                "lines");
    for (size_t i = 0; i < coverage->modules.count; i++) {
        const struct coverage_module *module = &coverage->modules.items[i];
        const char *path = info->store->modules.items[module->module].path;
        add_count(out, text_base_name(path), &module->count);
    }
    if (coverage->jit.addresses)
        add_count(out, "code made at run time", &coverage->jit);
    if (coverage->unknown)
        add_count(out, "code without a module or a name",
                  &(struct coverage_count){.addresses = coverage->unknown});
    add_count(out, "all", &coverage->total);
}

/* What a distribution has installed, and its server may know. */
static bool is_of_distribution(const char *path)
{
    static const char *const folders[] = {"/usr/", "/lib", "/bin/", "/sbin/"};
    bool found = false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        found |= text_starts(path, folders[i]);
    return found && !text_starts(path, "/usr/local/");
}

/* One line for all modules that module FIRST's advice is for. */
static void add_advice_of(const struct info *info, size_t first, struct text *out)
{
    text_add(out, "  ");
    for (size_t i = first; i < info->coverage.modules.count; i++) {
        if (!info->advice[i] || strcmp(info->advice[i], info->advice[first]) != 0)
            continue;
        uint32_t module = info->coverage.modules.items[i].module;
        const char *path = info->store->modules.items[module].path;
        text_add(out, i > first ? ", " : "");
        text_add_clean(out, i > first ? text_base_name(path) : path, true);
    }
    text_add(out, ": ");
    text_add_clean(out, info->advice[first], true);
    text_add(out, "\n");
}

static bool is_first_of_advice(const struct info *info, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (info->advice[i] && strcmp(info->advice[i], info->advice[index]) == 0)
            return false;
    }
    return true;
}

/* A path that a shell takes as it is; else a word for it. */
static const char *path_for_shell(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/._-+:@%,";
    return path[strspn(path, plain)] == '\0' ? path : "A.db";
}

static void add_advice(const struct info *info, struct text *out)
{
    bool could_download = false, is_first = true;
    for (size_t i = 0; i < info->coverage.modules.count; i++) {
        const struct coverage_module *module = &info->coverage.modules.items[i];
        const struct store_module *row = &info->store->modules.items[module->module];
        if (!info->advice[i])
            continue;
        text_add(out, is_first ? "\nFor more names and lines\n" : "");
        is_first = false;
        if (is_first_of_advice(info, i))
            add_advice_of(info, i, out);
        could_download |= row->build_id && is_of_distribution(row->path);
    }
    if (could_download && packages_debuginfod())
        text_format(out, "  or download them: DEBUGINFOD_URLS=%s heapdiff symbolize %s\n",
                    packages_debuginfod(), path_for_shell(info->store->path));
    if (info->coverage.unknown && !info->coverage.jit.addresses)
        text_add(out, "  code made at run time: let the runtime name it (heapdiff run --jit)\n");
}

static void add_counters(const struct info *info, struct text *out)
{
    text_add(out, "\nRecording\n");
    text_format(out, "  %14s  stacks with allocations, %s of them cut short\n",
                units_count((int64_t)info->stacks).text,
                units_count((int64_t)info->truncated_stacks).text);
    for (size_t i = 0; i < info->store->counters.count; i++) {
        const struct store_counter *counter = &info->store->counters.items[i];
        if (counter->value == 0)
            continue;
        text_format(out, "  %14s  ", units_count(counter->value).text);
        text_add_clean(out, counter->meaning, true);
        text_add(out, "\n");
    }
}

void info_report_text(const struct info *info, struct text *out)
{
    add_facts(info->store, out);
    add_coverage(info, out);
    add_advice(info, out);
    add_counters(info, out);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void add_numbers(cJSON *object, const struct coverage_count *count)
{
    json_set_number(object, "addresses", (int64_t)count->addresses);
    json_set_number(object, "named", (int64_t)count->named);
    json_set_number(object, "with_lines", (int64_t)count->with_lines);
}

static cJSON *module_object(const struct info *info, size_t index)
{
    static const char *const states[] = {"found", "gone", "changed", "unreadable"};
    const struct coverage_module *module = &info->coverage.modules.items[index];
    const struct store_module *row = &info->store->modules.items[module->module];
    cJSON *object = cJSON_CreateObject();
    json_set_string(object, "path", row->path);
    json_set_string(object, "build_id", row->build_id);
    add_numbers(object, &module->count);
    json_set_string(object, "state", states[module->symbols.state]);
    json_set_string(object, "file", module->symbols.file);
    json_set_string(object, "debug_file", module->symbols.debug_file);
    json_set_string(object, "advice", info->advice[index]);
    return object;
}

static cJSON *counters_array(const struct store *store)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < store->counters.count; i++) {
        const struct store_counter *counter = &store->counters.items[i];
        cJSON *object = cJSON_CreateObject();
        json_set_string(object, "name", counter->name);
        json_set_number(object, "value", counter->value);
        json_set_string(object, "meaning", counter->meaning);
        cJSON_AddItemToArray(array, object);
    }
    return array;
}

void info_report_json(const struct info *info, struct text *out)
{
    const struct coverage *coverage = &info->coverage;
    cJSON *root = cJSON_CreateObject(), *modules;
    json_set_number(root, "schema", INFO_SCHEMA);
    cJSON_AddItemToObject(root, "snapshot", json_report_facts(info->store));
    add_numbers(cJSON_AddObjectToObject(root, "all"), &coverage->total);
    add_numbers(cJSON_AddObjectToObject(root, "native"), &coverage->native);
    add_numbers(cJSON_AddObjectToObject(root, "jit"), &coverage->jit);
    json_set_number(root, "unknown_addresses", (int64_t)coverage->unknown);
    modules = cJSON_AddArrayToObject(root, "modules");
    for (size_t i = 0; i < coverage->modules.count; i++)
        cJSON_AddItemToArray(modules, module_object(info, i));
    json_set_string(root, "debuginfod", packages_debuginfod());
    json_set_number(root, "stacks", (int64_t)info->stacks);
    json_set_number(root, "stacks_truncated", (int64_t)info->truncated_stacks);
    cJSON_AddItemToObject(root, "counters", counters_array(info->store));
    json_print(out, root);
}
