/* module.c -- heapdiff-node.node: joins one of Node's event loops to the shim.
 *
 * heapdiff-node.cjs loads it in the main thread and in every Worker. A library of its own, and not
 * the shim: a preloaded library that exported napi_register_module_v1 would be called in place of
 * other addons' own. The event loop is woken through a libuv handle that does not keep it alive;
 * the script does the rest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "runtime/member.h"
#include "runtime/node/code.h"
#include "runtime/node/napi.h"

#define EXPORT __attribute__((visibility("default")))

/* Of the shim; null when it is not preloaded. */
extern WEAK __typeof(heapdiff_member_join) heapdiff_member_join;
extern WEAK __typeof(heapdiff_member_take) heapdiff_member_take;
extern WEAK __typeof(heapdiff_member_answer) heapdiff_member_answer;
extern WEAK __typeof(heapdiff_member_profile) heapdiff_member_profile;
extern WEAK __typeof(heapdiff_member_epoch) heapdiff_member_epoch;
extern WEAK __typeof(heapdiff_member_leave) heapdiff_member_leave;
extern WEAK __typeof(heapdiff_member_source_map) heapdiff_member_source_map;
extern WEAK __typeof(heapdiff_member_sample) heapdiff_member_sample;

/* One per event loop; freed when its handle is closed. */
struct loop {
    napi_env env;
    napi_ref on_request; /* function (request, collect, epoch) of the script */
    struct heapdiff_member *member;
    uv_handle_t *async;
    napi_async_cleanup_hook_handle hook;
    void *isolate;    /* announces its code; NULL: it does not */
    void *to_disturb; /* the heap of a Worker, which may wait without turning its loop */
};

static _Thread_local struct loop *own_loop;

static void on_interrupt(void *isolate, void *data);

/* From heapdiff's thread: an atomic and at most a write to the loop's own descriptor. */
static void module_wake(void *context)
{
    struct loop *loop = context;
    uv_async_send(loop->async);
    code_interrupt(loop->to_disturb, on_interrupt);
}

/* In an interrupt the script must not run what the program has pending. */
static void call_script(struct loop *loop, uint32_t request, bool collect, bool is_interrupt)
{
    napi_env env = loop->env;
    napi_value self, function, arguments[4], result;
    if (napi_get_reference_value(env, loop->on_request, &function) != 0 || !function ||
        napi_create_object(env, &self) != 0 ||
        napi_create_uint32(env, request, &arguments[0]) != 0 ||
        napi_get_boolean(env, collect, &arguments[1]) != 0 ||
        napi_create_uint32(env, heapdiff_member_epoch(), &arguments[2]) != 0 ||
        napi_get_boolean(env, is_interrupt, &arguments[3]) != 0)
        return;
    int failed = is_interrupt
                     ? napi_call_function(env, self, function, 4, arguments, &result)
                     : napi_make_callback(env, NULL, self, function, 4, arguments, &result);
    if (failed)
        napi_get_and_clear_last_exception(env, &result);
}

static void take_request(struct loop *loop, bool is_interrupt)
{
    napi_handle_scope scope;
    bool collect;
    uint32_t request = heapdiff_member_take(loop->member, &collect);
    if (!request || napi_open_handle_scope(loop->env, &scope) != 0)
        return;
    call_script(loop, request, collect, is_interrupt);
    napi_close_handle_scope(loop->env, scope);
}

static void on_wake(uv_handle_t *async)
{
    take_request(async->data, false);
}

/* A pool's thread waits for work in Atomics.wait, where its loop does not turn; a busy one does not
 * turn it either. When the loop was quicker, the request is taken already. */
static void on_interrupt(void *isolate, void *data)
{
    (void)isolate;
    (void)data;
    if (own_loop)
        take_request(own_loop, true);
}

static void on_closed(uv_handle_t *async)
{
    struct loop *loop = async->data;
    napi_remove_async_cleanup_hook(loop->hook);
    free(async);
    free(loop);
}

/* The loop is about to end; Node turns it until our handle is closed. */
static void on_cleanup(napi_async_cleanup_hook_handle hook, void *data)
{
    struct loop *loop = data;
    own_loop = NULL;
    code_end(loop->isolate);
    heapdiff_member_leave(loop->member);
    napi_delete_reference(loop->env, loop->on_request);
    uv_close(loop->async, on_closed);
}

/* The handle is open and must be closed in turn, with or without a listener. */
static bool open_handle(struct loop *loop)
{
    uv_loop_t *turned;
    loop->async = calloc(1, uv_handle_size(UV_ASYNC));
    if (!loop->async || napi_get_uv_event_loop(loop->env, &turned) != 0 ||
        uv_async_init(turned, loop->async, on_wake) != 0) {
        free(loop->async);
        return false;
    }
    loop->async->data = loop;
    uv_unref(loop->async);
    return true;
}

static void forget_handle(uv_handle_t *async)
{
    free(async);
}

/* Whether the shim records and takes us in. On failure all is as it was. */
static bool module_join(struct loop *loop, const char *name, bool is_main)
{
    if (!open_handle(loop))
        return false;
    const struct heapdiff_member_info info = {.version = MEMBER_VERSION,
                                              .is_main = is_main,
                                              .name = name,
                                              .wake = module_wake,
                                              .context = loop};
    loop->to_disturb = is_main ? NULL : code_isolate();
    own_loop = is_main ? NULL : loop;
    loop->member = heapdiff_member_join(&info);
    if (loop->member && napi_add_async_cleanup_hook(loop->env, on_cleanup, loop, &loop->hook) == 0)
        return true;
    if (loop->member)
        heapdiff_member_leave(loop->member);
    own_loop = NULL;
    uv_close(loop->async, forget_handle);
    return false;
}

/* answer(request, names, values): names parted by '\\0', values a Float64Array. */
static napi_value call_answer(napi_env env, napi_callback_info info)
{
    static const int float64 = 8; /* napi_typedarray_type */
    char names[MEMBER_TEXT_SIZE];
    napi_value arguments[3];
    size_t count = 3, length, value_count;
    int type;
    uint32_t request;
    void *values, *loop;
    if (napi_get_cb_info(env, info, &count, arguments, NULL, &loop) == 0 && count == 3 &&
        napi_get_value_uint32(env, arguments[0], &request) == 0 &&
        napi_get_value_string_utf8(env, arguments[1], names, sizeof names, &length) == 0 &&
        napi_get_typedarray_info(env, arguments[2], &type, &value_count, &values, NULL, NULL) ==
            0 &&
        type == float64)
        heapdiff_member_answer(((struct loop *)loop)->member, request, names, length + 1, values,
                               value_count);
    return NULL;
}

/* The bytes of a typed array of the TYPE, given back to the script as COUNT elements; NULL: it is
 * none. */
static void *typed_array(napi_env env, napi_value array, int type, size_t *count,
                         napi_value *buffer)
{
    int found;
    size_t offset;
    void *data;
    bool good = napi_get_typedarray_info(env, array, &found, count, &data, buffer, &offset) == 0 &&
                found == type;
    return good ? data : NULL;
}

/* Counts that do not fit to the array give no profile. NUMBERS: the counts of frames, nodes and
 * live rows, then these. */
static void give_profile(struct loop *loop, uint32_t request, const double *numbers, size_t count,
                         const char *texts, size_t text_size)
{
    const double most = MEMBER_PROFILE_MAX;
    if (count < 3 || !(numbers[0] >= 0 && numbers[0] < most) ||
        !(numbers[1] >= 0 && numbers[1] < most) || !(numbers[2] >= 0 && numbers[2] < most))
        return;
    struct heapdiff_member_profile profile = {.texts = texts,
                                              .text_size = text_size,
                                              .frame_count = (size_t)numbers[0],
                                              .node_count = (size_t)numbers[1],
                                              .live_count = (size_t)numbers[2]};
    profile.frames = numbers + 3;
    profile.nodes = profile.frames + 2 * profile.frame_count;
    profile.live = profile.nodes + 2 * profile.node_count;
    if (profile.live + 5 * profile.live_count == numbers + count)
        heapdiff_member_profile(loop->member, request, &profile);
}

/* answer.profile(request, texts, numbers): texts a Uint8Array, numbers a Float64Array. Their memory
 * is freed at once: it must not show up among the program's buffers. */
static napi_value call_profile(napi_env env, napi_callback_info info)
{
    static const int uint8 = 1, float64 = 8; /* napi_typedarray_type */
    napi_value arguments[3], buffers[2];
    size_t count = 3, text_size, number_count;
    uint32_t request;
    void *loop;
    if (napi_get_cb_info(env, info, &count, arguments, NULL, &loop) != 0 || count != 3 ||
        napi_get_value_uint32(env, arguments[0], &request) != 0)
        return NULL;
    const char *texts = typed_array(env, arguments[1], uint8, &text_size, &buffers[0]);
    const double *numbers = typed_array(env, arguments[2], float64, &number_count, &buffers[1]);
    if (!texts || !numbers)
        return NULL;
    give_profile(loop, request, numbers, number_count, texts, text_size);
    if (napi_detach_arraybuffer) {
        napi_detach_arraybuffer(env, buffers[0]);
        napi_detach_arraybuffer(env, buffers[1]);
    }
    return NULL;
}

/* answer.sample(numbers): a Float64Array, which stays the script's. */
static napi_value call_sample(napi_env env, napi_callback_info info)
{
    static const int float64 = 8; /* napi_typedarray_type */
    napi_value argument, buffer;
    size_t count = 1, number_count;
    void *loop;
    if (napi_get_cb_info(env, info, &count, &argument, NULL, &loop) != 0 || count != 1)
        return NULL;
    const double *numbers = typed_array(env, argument, float64, &number_count, &buffer);
    if (numbers && heapdiff_member_sample)
        heapdiff_member_sample(((struct loop *)loop)->member, numbers, number_count);
    return NULL;
}

/* A copy of a string of the script, to be freed; NULL when it is none. */
static char *string_of(napi_env env, napi_value value, size_t *length)
{
    if (napi_get_value_string_utf8(env, value, NULL, 0, length) != 0)
        return NULL;
    char *text = malloc(*length + 1);
    if (text && napi_get_value_string_utf8(env, value, text, *length + 1, length) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* answer.sourceMap(file, map) */
static napi_value call_source_map(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    size_t count = 2, file_length, map_length;
    void *loop;
    if (napi_get_cb_info(env, info, &count, arguments, NULL, &loop) != 0 || count != 2)
        return NULL;
    char *file = string_of(env, arguments[0], &file_length);
    char *map = string_of(env, arguments[1], &map_length);
    if (file && map && heapdiff_member_source_map)
        heapdiff_member_source_map(((struct loop *)loop)->member, file, file_length, map,
                                   map_length);
    free(file);
    free(map);
    return NULL;
}

/* A loop that has joined, for the arguments of call_join; NULL when the shim does not want it. */
static struct loop *make_loop(napi_env env, const napi_value *arguments)
{
    char name[MEMBER_NAME_SIZE];
    size_t length;
    bool is_main;
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return NULL;
    loop->env = env;
    if (napi_get_value_string_utf8(env, arguments[0], name, sizeof name, &length) == 0 &&
        napi_get_value_bool(env, arguments[1], &is_main) == 0 &&
        napi_create_reference(env, arguments[2], 1, &loop->on_request) == 0) {
        if (module_join(loop, name, is_main))
            return loop;
        napi_delete_reference(env, loop->on_request);
    }
    free(loop);
    return NULL;
}

/* V8's options are the process's: whether functions are to have names is for its main thread to
 * say, and holds for Workers, whose own environment may be another. */
static void announce_code(struct loop *loop, napi_value wanted)
{
    static atomic_bool is_wanted;
    bool says;
    if (napi_get_value_bool(loop->env, wanted, &says) == 0 && says)
        atomic_store(&is_wanted, true);
    if (atomic_load(&is_wanted))
        loop->isolate = code_begin();
}

static void give_function(napi_env env, napi_value object, const char *name, napi_callback body,
                          struct loop *loop)
{
    napi_value function;
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, body, loop, &function) == 0)
        napi_set_named_property(env, object, name, function);
}

/* join(name, isMain, onRequest, wantsNames): the function `answer`, which has the properties
 * `profile`, `sourceMap` and `sample`, or undefined when recording is off. */
static napi_value call_join(napi_env env, napi_callback_info info)
{
    size_t count = 4;
    napi_value arguments[4], answer;
    if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != 0 || count != 4)
        return NULL;
    struct loop *loop = make_loop(env, arguments);
    if (loop)
        announce_code(loop, arguments[3]);
    if (!loop || napi_create_function(env, "answer", NAPI_AUTO_LENGTH, call_answer, loop, &answer))
        return NULL;
    give_function(env, answer, "profile", call_profile, loop);
    give_function(env, answer, "sourceMap", call_source_map, loop);
    give_function(env, answer, "sample", call_sample, loop);
    return answer;
}

/* Node calls it, by this name, in every thread that loads the module. */
EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports);
EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
    napi_value function;
    if (heapdiff_member_join && napi_add_async_cleanup_hook && uv_async_init &&
        napi_create_function(env, "join", NAPI_AUTO_LENGTH, call_join, NULL, &function) == 0)
        napi_set_named_property(env, exports, "join", function);
    return exports;
}
