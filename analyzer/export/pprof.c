/* pprof.c -- profile.proto, gzipped: for go tool pprof and all that read its format.
 *
 * Sample types are those of Go's heap profiles, so that its options work: allocations ever, and
 * what is in use. Of growth they are differences and may be negative, as with -diff_base. Every
 * top-level field is compressed as soon as it is made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/map.h"
#include "export/profile.h"
#include "export/proto.h"
#include "export/strings.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* zlib's way to ask for a gzip header; it holds no time of day */

/* Fields of the messages, by number. */
enum {
    PROFILE_SAMPLE_TYPE = 1,
    PROFILE_SAMPLE,
    PROFILE_MAPPING,
    PROFILE_LOCATION,
    PROFILE_FUNCTION,
    PROFILE_STRING,
    PROFILE_TIME = 9,
    PROFILE_DURATION,
    PROFILE_PERIOD_TYPE,
    PROFILE_PERIOD,
    PROFILE_COMMENT,
    PROFILE_DEFAULT_TYPE
};
enum { TYPE_TYPE = 1, TYPE_UNIT };
enum { SAMPLE_LOCATIONS = 1, SAMPLE_VALUES, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_TEXT };
enum {
    MAPPING_ID = 1,
    MAPPING_START,
    MAPPING_LIMIT,
    MAPPING_FILE = 5,
    MAPPING_BUILD_ID,
    MAPPING_HAS_FUNCTIONS,
    MAPPING_HAS_FILES,
    MAPPING_HAS_LINES,
    MAPPING_HAS_INLINED
};
enum { LOCATION_ID = 1, LOCATION_MAPPING, LOCATION_ADDRESS, LOCATION_LINE };
enum { LINE_FUNCTION = 1, LINE_LINE, LINE_COLUMN };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_SYSTEM_NAME, FUNCTION_FILE };

struct writer {
    const struct profile *profile;
    struct out *out;
    z_stream stream;
    bool failed;
    struct strings strings;
    struct map functions;   /* name and file → id */
    uint64_t *locations[2]; /* ids by index of the location: of the last or only snapshot, and of
                               the first; 0: not yet written */
    uint64_t next_location;
    uint64_t *mappings[2]; /* by index of the module, alike */
    uint64_t next_mapping;
    struct text message, inner, list; /* kept for their memory */
};

static void compress_bytes(struct writer *writer, const char *bytes, size_t length, int flush)
{
    unsigned char chunk[16384];
    writer->stream.next_in = (unsigned char *)bytes;
    writer->stream.avail_in = (unsigned)length;
    do {
        writer->stream.next_out = chunk;
        writer->stream.avail_out = sizeof chunk;
        if (deflate(&writer->stream, flush) == Z_STREAM_ERROR)
            writer->failed = true;
        out_bytes(writer->out, chunk, sizeof chunk - writer->stream.avail_out);
    } while (writer->stream.avail_out == 0 && !writer->failed);
}

/* Writes a field of the profile that is a message or text. */
static void pprof_emit(struct writer *writer, int field, const char *bytes, size_t length)
{
    struct text whole = {0};
    proto_bytes(&whole, field, bytes, length);
    compress_bytes(writer, whole.bytes, whole.length, Z_NO_FLUSH);
    text_done(&whole);
}

static void emit_number(struct writer *writer, int field, uint64_t number)
{
    struct text whole = {0};
    text_add(&whole, "");
    proto_number(&whole, field, number);
    compress_bytes(writer, whole.bytes, whole.length, Z_NO_FLUSH);
    text_done(&whole);
}

static struct text *pprof_start(struct text *text)
{
    text->length = 0;
    text_add(text, "");
    return text;
}

/* The number of an untrusted text: strings must be valid UTF-8. */
static uint64_t name_number(struct writer *writer, const char *text)
{
    struct text clean = {0};
    text_add_clean(&clean, text, true);
    uint64_t number = strings_add(&writer->strings, clean.bytes);
    text_done(&clean);
    return number;
}

static void emit_type(struct writer *writer, int field, const char *type, const char *unit)
{
    struct text *message = pprof_start(&writer->message);
    proto_number(message, TYPE_TYPE, name_number(writer, type));
    proto_number(message, TYPE_UNIT, name_number(writer, unit));
    pprof_emit(writer, field, message->bytes, message->length);
}

static uint64_t function_id(struct writer *writer, const struct frame *frame)
{
    struct text key = {0};
    bool is_new;
    text_format(&key, "%s|%s", frame->function, frame->file ? frame->file : "");
    size_t *id = map_add(&writer->functions, key.bytes, key.length, &is_new);
    text_done(&key);
    if (is_new) {
        *id = writer->functions.count;
        uint64_t name = name_number(writer, frame->function);
        struct text *message = pprof_start(&writer->message);
        proto_number(message, FUNCTION_ID, *id);
        proto_number(message, FUNCTION_NAME, name);
        proto_number(message, FUNCTION_SYSTEM_NAME, name);
        if (frame->file)
            proto_number(message, FUNCTION_FILE, name_number(writer, frame->file));
        pprof_emit(writer, PROFILE_FUNCTION, message->bytes, message->length);
    }
    return *id;
}

static uint64_t mapping_id(struct writer *writer, const struct store *store, int which,
                           uint32_t index)
{
    if (index == STORE_NONE)
        return 0;
    uint64_t *id = &writer->mappings[which][index];
    if (!*id) {
        const struct store_module *module = &store->modules.items[index];
        struct text *message = pprof_start(&writer->message);
        *id = ++writer->next_mapping;
        proto_number(message, MAPPING_ID, *id);
        proto_number(message, MAPPING_START, module->start);
        proto_number(message, MAPPING_LIMIT, module->start + module->span);
        proto_number(message, MAPPING_FILE, name_number(writer, module->path));
        if (module->build_id)
            proto_number(message, MAPPING_BUILD_ID, name_number(writer, module->build_id));
        for (int field = MAPPING_HAS_FUNCTIONS; field <= MAPPING_HAS_INLINED; field++)
            proto_number(message, field, 1);
        pprof_emit(writer, PROFILE_MAPPING, message->bytes, message->length);
    }
    return *id;
}

static void add_line(struct text *location, const struct frame *frame, uint64_t function)
{
    struct text line = {0};
    proto_number(&line, LINE_FUNCTION, function);
    proto_number(&line, LINE_LINE, frame->line > 0 ? (uint64_t)frame->line : 0);
    proto_number(&line, LINE_COLUMN, frame->column > 0 ? (uint64_t)frame->column : 0);
    proto_bytes(location, LOCATION_LINE, line.bytes, line.length);
    text_done(&line);
}

/* 0 for the frames of heapdiff itself. */
static uint64_t location_id(struct writer *writer, const struct set_snapshot *snapshot, int which,
                            uint32_t index)
{
    uint64_t *id = &writer->locations[which][index];
    const struct store_location *location = &snapshot->store->locations.items[index];
    struct frame_list frames = frames_at(snapshot->frames, index);
    if (*id || frames.items[frames.count - 1].class == CLASS_HEAPDIFF)
        return *id;
    uint64_t mapping = mapping_id(writer, snapshot->store, which, location->module);
    struct text *message = pprof_start(&writer->inner);
    *id = ++writer->next_location;
    proto_number(message, LOCATION_ID, *id);
    proto_number(message, LOCATION_MAPPING, mapping);
    proto_number(message, LOCATION_ADDRESS, location->address - 1); /* the call itself */
    for (size_t i = 0; i < frames.count; i++)
        add_line(message, &frames.items[i], function_id(writer, &frames.items[i]));
    pprof_emit(writer, PROFILE_LOCATION, message->bytes, message->length);
    return *id;
}

static void add_locations(struct writer *writer, const struct profile_row *row)
{
    const struct set_snapshot *snapshot = &writer->profile->set->snapshots[row->snapshot];
    const struct store *store = snapshot->store;
    uint32_t node = store->stacks.items[row->stack].node;
    int which = row->snapshot != writer->profile->index;
    for (int depth = 0; node != STORE_NONE && depth < FRAMES_DEEPEST; depth++) {
        uint64_t id = location_id(writer, snapshot, which, store->nodes.items[node].location);
        if (id)
            proto_packed(&writer->list, id);
        node = store->nodes.items[node].parent;
    }
}

static void add_label(struct writer *writer, struct text *message, const char *key,
                      const char *value)
{
    struct text *label = pprof_start(&writer->list);
    proto_number(label, LABEL_KEY, name_number(writer, key));
    proto_number(label, LABEL_TEXT, name_number(writer, value));
    proto_bytes(message, SAMPLE_LABEL, label->bytes, label->length);
}

static void emit_sample(struct writer *writer, const struct profile_row *row)
{
    static const char *const kinds[] = FORMAT_KIND_NAMES;
    const struct store *store = writer->profile->set->snapshots[row->snapshot].store;
    const struct store_stack *stack = &store->stacks.items[row->stack];
    const int64_t values[] = {row->allocations, row->allocated_bytes, row->blocks, row->bytes};
    pprof_start(&writer->list);
    add_locations(writer, row);
    struct text *message = pprof_start(&writer->message);
    proto_bytes(message, SAMPLE_LOCATIONS, writer->list.bytes, writer->list.length);
    pprof_start(&writer->list);
    for (int i = 0; i < 4; i++)
        proto_packed(&writer->list, (uint64_t)values[i]);
    proto_bytes(message, SAMPLE_VALUES, writer->list.bytes, writer->list.length);
    struct text name = {0};
    add_label(writer, message, "kind", kinds[stack->kind]);
    if (set_add_label(store, stack, &name))
        add_label(writer, message, "label", name.bytes);
    text_done(&name);
    if (set_add_thread(store, stack, &name))
        add_label(writer, message, "thread", name.bytes);
    text_done(&name);
    pprof_emit(writer, PROFILE_SAMPLE, message->bytes, message->length);
}

static void emit_facts(struct writer *writer)
{
    const struct set *set = writer->profile->set;
    const struct store_facts *facts = &set->snapshots[writer->profile->index].store->facts;
    const struct store_facts *first = &set->snapshots[0].store->facts;
    struct text comment = {0};
    emit_type(writer, PROFILE_SAMPLE_TYPE, "alloc_objects", "count");
    emit_type(writer, PROFILE_SAMPLE_TYPE, "alloc_space", "bytes");
    emit_type(writer, PROFILE_SAMPLE_TYPE, "inuse_objects", "count");
    emit_type(writer, PROFILE_SAMPLE_TYPE, "inuse_space", "bytes");
    emit_type(writer, PROFILE_PERIOD_TYPE, "space", "bytes");
    emit_number(writer, PROFILE_PERIOD,
                facts->sample_bytes > 0 ? (uint64_t)facts->sample_bytes : 1);
    emit_number(writer, PROFILE_DEFAULT_TYPE, name_number(writer, "inuse_space"));
    emit_number(writer, PROFILE_TIME, (uint64_t)facts->time_ns);
    if (writer->profile->growth)
        emit_number(writer, PROFILE_DURATION, (uint64_t)(facts->time_ns - first->time_ns));
    text_format(&comment, "%s, pid %lld, %s", facts->program, (long long)facts->pid,
                writer->profile->growth ? "growth of live memory" : "live memory");
    emit_number(writer, PROFILE_COMMENT, name_number(writer, comment.bytes));
    text_done(&comment);
}

/* The first mapping is taken for the program's own. */
static void emit_executable(struct writer *writer)
{
    const struct store *store = writer->profile->set->snapshots[writer->profile->index].store;
    for (uint32_t i = 0; i < store->modules.count; i++) {
        if (strcmp(store->modules.items[i].path, store->facts.executable) == 0)
            mapping_id(writer, store, 0, i);
    }
}

static void pprof_write_all(struct writer *writer)
{
    const struct profile *profile = writer->profile;
    strings_add(&writer->strings, "");
    emit_facts(writer);
    emit_executable(writer);
    for (size_t i = 0; i < profile->rows.count; i++)
        emit_sample(writer, &profile->rows.items[i]);
    for (size_t i = 0; i < writer->strings.items.count; i++)
        pprof_emit(writer, PROFILE_STRING, writer->strings.items.items[i],
                   strlen(writer->strings.items.items[i]));
    compress_bytes(writer, "", 0, Z_FINISH);
}

bool pprof_write(const struct profile *profile, struct out *out, struct error *error)
{
    struct writer writer = {.profile = profile, .out = out};
    if (deflateInit2(&writer.stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return error_set(error, NULL, "zlib cannot compress");
    for (int which = 0; which < 2; which++) {
        const struct store *store = profile->set->snapshots[which ? 0 : profile->index].store;
        writer.locations[which] = memory_zeroed(store->locations.count + 1, sizeof(uint64_t));
        writer.mappings[which] = memory_zeroed(store->modules.count + 1, sizeof(uint64_t));
    }
    pprof_write_all(&writer);
    deflateEnd(&writer.stream);
    for (int which = 0; which < 2; which++) {
        free(writer.locations[which]);
        free(writer.mappings[which]);
    }
    strings_done(&writer.strings);
    map_done(&writer.functions);
    text_done(&writer.message);
    text_done(&writer.inner);
    text_done(&writer.list);
    return writer.failed ? error_set(error, NULL, "zlib failed") : true;
}
