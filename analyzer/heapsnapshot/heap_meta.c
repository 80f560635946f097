/* heap_meta.c -- Reads the header of a heap snapshot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_meta.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#define MOST_HEADER ((size_t)1 << 20) /* V8's has two thousand bytes */

static const char *const node_type_names[HEAP_NODE_OTHER] = {"hidden",
                                                             "array",
                                                             "string",
                                                             "object",
                                                             "code",
                                                             "closure",
                                                             "regexp",
                                                             "number",
                                                             "native",
                                                             "synthetic",
                                                             "concatenated string",
                                                             "sliced string"};
static const char *const edge_type_names[HEAP_EDGE_OTHER] = {
    "context", "element", "property", "internal", "hidden", "shortcut", "weak"};

static const char *const node_fields[] = {"type",      "name",       "id",
                                          "self_size", "edge_count", "detachedness"};
static const char *const edge_fields[] = {"type", "name_or_index", "to_node"};
static const char *const location_fields[] = {"object_index", "script_id", "line", "column"};
static const char *const scope_fields[] = {"script_node_index", "scope_id", "depth",
                                           "scope_context_vars_count", "scope_uses_count"};
static const char *const variable_fields[] = {"name"};
static const char *const use_fields[] = {"declaring_scope_id", "slot_index"};

static int index_of(const cJSON *array, const char *name)
{
    int index = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0)
            return index;
        index++;
    }
    return -1;
}

/* Fields that a file need not have have no place then. False: too many, or no array. */
static bool read_fields(struct heap_fields *fields, const cJSON *meta, const char *key,
                        const char *const *names, int count)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(meta, key);
    fields->count = cJSON_IsArray(array) ? cJSON_GetArraySize(array) : 0;
    for (int i = 0; i < count; i++)
        fields->at[i] = index_of(array, names[i]);
    return fields->count <= HEAP_FIELDS;
}

/* The types of the field that is called "type", as the file numbers them. */
static const cJSON *types_of(const cJSON *meta, const char *key, int field)
{
    const cJSON *types = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(meta, key), field);
    return cJSON_IsArray(types) && cJSON_GetArraySize(types) <= HEAP_TYPES ? types : NULL;
}

static uint8_t type_number(const cJSON *name, const char *const *names, int count)
{
    for (int i = 0; i < count && cJSON_IsString(name); i++)
        if (strcmp(name->valuestring, names[i]) == 0)
            return (uint8_t)i;
    return (uint8_t)count;
}

static bool read_types(struct heap_meta *meta, const cJSON *from)
{
    const cJSON *nodes = types_of(from, "node_types", meta->node.at[HEAP_NODE_TYPE]);
    const cJSON *edges = types_of(from, "edge_types", meta->edge.at[HEAP_EDGE_KIND]);
    const cJSON *name;
    if (!nodes || !edges)
        return false;
    cJSON_ArrayForEach(name, nodes)
    {
        int i = meta->node_type_count++;
        meta->type_names[i] = strdup(cJSON_IsString(name) ? name->valuestring : "");
        meta->node_types[i] = type_number(name, node_type_names, HEAP_NODE_OTHER);
        if (meta->node_types[i] == HEAP_NODE_OTHER)
            meta->node_types[i] = (uint8_t)(HEAP_NODE_OTHER + i);
    }
    cJSON_ArrayForEach(name, edges)
    {
        meta->edge_types[meta->edge_type_count++] =
            type_number(name, edge_type_names, HEAP_EDGE_OTHER);
    }
    return true;
}

static bool read_count(const cJSON *header, const char *name, uint32_t *count)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(header, name);
    if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble >= 0xfffffff0u)
        return false;
    *count = (uint32_t)item->valuedouble;
    return true;
}

static const char *read_header(struct heap_meta *meta, const cJSON *header)
{
    const cJSON *from = cJSON_GetObjectItemCaseSensitive(header, "meta");
    const cJSON *root = cJSON_GetObjectItemCaseSensitive(header, "root_index");
    const cJSON *native = cJSON_GetObjectItemCaseSensitive(header, "extra_native_bytes");
    if (!read_fields(&meta->node, from, "node_fields", node_fields, HEAP_NODE_FIELDS) ||
        !read_fields(&meta->edge, from, "edge_fields", edge_fields, HEAP_EDGE_FIELDS) ||
        !read_fields(&meta->location, from, "location_fields", location_fields,
                     HEAP_LOCATION_FIELDS) ||
        !read_fields(&meta->scope, from, "scope_fields", scope_fields, HEAP_SCOPE_FIELDS) ||
        !read_fields(&meta->variable, from, "scope_context_var_fields", variable_fields, 1) ||
        !read_fields(&meta->use, from, "scope_use_fields", use_fields, HEAP_USE_FIELDS))
        return "rows with too many fields";
    for (int i = 0; i < HEAP_NODE_STATE; i++)
        if (meta->node.at[i] < 0)
            return "nodes without type, name, id, self_size or edge_count";
    for (int i = 0; i < HEAP_EDGE_FIELDS; i++)
        if (meta->edge.at[i] < 0)
            return "edges without type, name_or_index or to_node";
    if (!read_types(meta, from))
        return "no types of nodes or edges";
    if (!read_count(header, "node_count", &meta->nodes) ||
        !read_count(header, "edge_count", &meta->edges))
        return "no node_count or edge_count";
    if (cJSON_IsNumber(root) && root->valuedouble != 0)
        return "a root that is not the first node";
    if (cJSON_IsNumber(native) && native->valuedouble > 0 && native->valuedouble < 1e18)
        meta->native_bytes = (uint64_t)native->valuedouble;
    return meta->nodes == 0 ? "no node" : NULL;
}

bool heap_meta_read(struct heap_meta *meta, const struct heap_file *file, struct error *error)
{
    *meta = (struct heap_meta){0};
    cJSON *header = file->header.length <= MOST_HEADER
                        ? cJSON_ParseWithLength(file->header.bytes, file->header.length)
                        : NULL;
    const char *fault = header ? read_header(meta, header) : "no JSON";
    cJSON_Delete(header);
    return !fault || error_set(error, NULL, "%s is not a heap snapshot: its header has %s",
                               file->path, fault);
}

void heap_meta_done(struct heap_meta *meta)
{
    for (int i = 0; i < meta->node_type_count; i++)
        free(meta->type_names[i]);
}
