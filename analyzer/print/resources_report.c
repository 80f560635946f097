/* resources_report.c -- Timers, sockets, Workers and contexts that became more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/resources_report.h"

#include "base/json.h"
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
}
