/* resources_report.c -- Timers, sockets, Workers and contexts that became more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/resources_report.h"

#include "base/json.h"
#include "base/units.h"
#include "compare/resources.h"
#include "frames/frame_name.h"

#include <string.h>

/* "60 Workers started at runJob (server.js:6) have not ended." */
static void add_workers(const struct resource *resource, struct text *out)
{
    text_format(out, "%s Workers", units_count((int64_t)resource->growth).text);
    if (resource->site) {
        text_add(out, " started at ");
        frame_name(&resource->site->frame, NULL, out);
    }
    text_add(out, " have not ended.\n");
}

static void add_sentence(const struct resource *resource, struct text *out)
{
    if (strcmp(resource->what, "workers") == 0) {
        add_workers(resource, out);
        return;
    }
    text_format(out, "%s ", units_count((int64_t)resource->growth).text);
    text_add_clean(out, resource->what, true);
    text_format(out, " %s", resource->fate);
    if (resource->site) {
        text_add(out, ": ");
        frame_name(&resource->site->frame, NULL, out);
    }
    text_format(out, " (%s at first, %s now).\n", units_count((int64_t)resource->count[0]).text,
                units_count((int64_t)(resource->count[0] + resource->growth)).text);
}

void resources_report_text(const struct comparison *comparison, struct text *out)
{
    struct resources *resources = resources_new(comparison);
    for (size_t i = 0; i < resources->list.count && !comparison->obstacle; i++)
        if (resources->list.items[i].is_growing)
            add_sentence(&resources->list.items[i], out);
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
