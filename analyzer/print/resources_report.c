/* resources_report.c -- Timers, sockets, Workers and contexts that became more; what to close.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/resources_report.h"

#include "base/json.h"
#include "compare/closable.h"
#include "compare/resources.h"

void resources_report_text(const struct comparison *comparison, struct text *out)
{
    struct resources *resources = resources_new(comparison);
    for (size_t i = 0; i < resources->list.count && !comparison->obstacle; i++) {
        if (!resources->list.items[i].is_growing)
            continue;
        resources_say(&resources->list.items[i], out);
        text_add(out, "\n");
    }
    resources_free(resources);
    struct closables *closables = closables_new(comparison);
    for (size_t i = 0; i < closables->list.count && !comparison->obstacle; i++) {
        closable_say(&closables->list.items[i], out);
        text_add(out, "\n");
    }
    closables_free(closables);
}

/* The rank of a site that has a row. */
static void add_rank(const struct comparison *comparison, const struct site *site, cJSON *object)
{
    for (size_t i = 0; i < comparison->listed_count && site; i++)
        if (comparison->ranked[i] == site || comparison->ranked[i] == site->leader) {
            json_set_number(object, "site", (int64_t)i + 1);
            return;
        }
    cJSON_AddNullToObject(object, "site");
}

static void add_closables(const struct comparison *comparison, cJSON *root)
{
    struct closables *closables = closables_new(comparison);
    cJSON *array = cJSON_AddArrayToObject(root, "closable");
    for (size_t i = 0; i < closables->list.count; i++) {
        const struct closable *closable = &closables->list.items[i];
        cJSON *object = cJSON_CreateObject();
        json_set_string(object, "what", closable->what);
        json_set_number(object, "growth_bytes", closable->growth);
        cJSON_AddBoolToObject(object, "outlived_collection", closable->outlived);
        add_rank(comparison, closable->site, object);
        cJSON_AddItemToArray(array, object);
    }
    closables_free(closables);
}

void resources_report_json(const struct comparison *comparison, cJSON *root)
{
    struct resources *resources = resources_new(comparison);
    cJSON *array = cJSON_AddArrayToObject(root, "resources");
    for (size_t i = 0; i < resources->list.count; i++) {
        const struct resource *resource = &resources->list.items[i];
        cJSON *object = cJSON_CreateObject();
        json_set_string(object, "what", resource->what);
        cJSON *counts = cJSON_AddArrayToObject(object, "count");
        for (size_t k = 0; k < comparison->count; k++)
            cJSON_AddItemToArray(counts, cJSON_CreateNumber(resource->count[k]));
        cJSON_AddNumberToObject(object, "growth", resource->growth);
        cJSON_AddBoolToObject(object, "growing", resource->is_growing);
        if (resource->rank)
            json_set_number(object, "site", (int64_t)resource->rank);
        else
            cJSON_AddNullToObject(object, "site");
        cJSON_AddItemToArray(array, object);
    }
    resources_free(resources);
    add_closables(comparison, root);
}
