/* findings.c -- What a page says beside its sites: resources that became more, processes.
 *
 * Command lines are left out, as in facts.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/findings.h"

#include "base/json.h"
#include "compare/closable.h"
#include "compare/resources.h"

static int64_t page_index(const struct comparison *comparison, const struct site *site,
                          const int64_t *site_index)
{
    return site ? site_index[site - comparison->table.sites.items] : -1;
}

static cJSON *finding(const char *words, int64_t site)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "text", words);
    json_set_number(object, "site", site);
    return object;
}

static void add_closables(const struct comparison *comparison, const int64_t *site_index,
                          cJSON *array)
{
    struct closables *closables = closables_new(comparison);
    for (size_t i = 0; i < closables->list.count && !comparison->obstacle; i++) {
        const struct closable *closable = &closables->list.items[i];
        struct text words = {0};
        closable_say(closable, &words);
        cJSON_AddItemToArray(
            array, finding(words.bytes, page_index(comparison, closable->site, site_index)));
        text_done(&words);
    }
    closables_free(closables);
}

cJSON *findings_resources(const struct comparison *comparison, const int64_t *site_index)
{
    struct resources *resources = resources_new(comparison);
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < resources->list.count && comparison->count > 1; i++) {
        const struct resource *resource = &resources->list.items[i];
        struct text words = {0};
        if (!resource->is_growing || comparison->obstacle)
            continue;
        resources_say(resource, &words);
        cJSON_AddItemToArray(
            array, finding(words.bytes, page_index(comparison, resource->site, site_index)));
        text_done(&words);
    }
    resources_free(resources);
    add_closables(comparison, site_index, array);
    return array;
}

cJSON *findings_processes(const struct comparison *comparison)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < comparison->process_count; i++) {
        const struct comparison_process *process = &comparison->processes[i];
        cJSON *object = cJSON_CreateObject();
        json_set_number(object, "pid", process->pid);
        json_set_number(object, "lives", (int64_t)process->lives);
        json_set_number(object, "growth", process->growth_bytes);
        json_set_number(object, "rss_growth", process->rss_growth);
        cJSON_AddBoolToObject(object, "summed", process->is_summed);
        cJSON *files = cJSON_AddArrayToObject(object, "files");
        for (size_t k = 0; k < process->path_count; k++)
            cJSON_AddItemToArray(files, json_string(text_base_name(process->paths[k])));
        cJSON_AddItemToArray(array, object);
    }
    return array;
}
