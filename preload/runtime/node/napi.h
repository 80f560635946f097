/* napi.h -- The few functions of Node-API and libuv that the module calls, all weak.
 *
 * Both interfaces are stable across Node's releases, so that one module serves all of them and
 * none of their headers is needed to build it. Weak: in a process that lacks one, it is null.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef NODE_NAPI_H
#define NODE_NAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_ref__ *napi_ref;
typedef struct napi_handle_scope__ *napi_handle_scope;
typedef struct napi_async_context__ *napi_async_context;
typedef struct napi_callback_info__ *napi_callback_info;
typedef struct napi_async_cleanup_hook_handle__ *napi_async_cleanup_hook_handle;
typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);
typedef void (*napi_async_cleanup_hook)(napi_async_cleanup_hook_handle handle, void *data);

typedef int napi_status; /* 0: napi_ok */

#define NAPI_AUTO_LENGTH SIZE_MAX

typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s {
    void *data; /* the rest is libuv's own: uv_handle_size says how much */
} uv_handle_t;
#define UV_ASYNC 1 /* enum uv_handle_type */

#define WEAK __attribute__((weak))

WEAK napi_status napi_create_function(napi_env env, const char *name, size_t length,
                                      napi_callback callback, void *data, napi_value *result);
WEAK napi_status napi_set_named_property(napi_env env, napi_value object, const char *name,
                                         napi_value value);
WEAK napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *count,
                                  napi_value *arguments, napi_value *self, void **data);
WEAK napi_status napi_get_value_string_utf8(napi_env env, napi_value value, char *text, size_t size,
                                            size_t *length);
WEAK napi_status napi_get_value_uint32(napi_env env, napi_value value, uint32_t *result);
WEAK napi_status napi_get_value_bool(napi_env env, napi_value value, bool *result);
WEAK napi_status napi_get_typedarray_info(napi_env env, napi_value array, int *type, size_t *length,
                                          void **data, napi_value *buffer, size_t *offset);
WEAK napi_status napi_detach_arraybuffer(napi_env env, napi_value buffer);
WEAK napi_status napi_create_uint32(napi_env env, uint32_t value, napi_value *result);
WEAK napi_status napi_get_boolean(napi_env env, bool value, napi_value *result);
WEAK napi_status napi_create_object(napi_env env, napi_value *result);
WEAK napi_status napi_create_reference(napi_env env, napi_value value, uint32_t count,
                                       napi_ref *result);
WEAK napi_status napi_delete_reference(napi_env env, napi_ref reference);
WEAK napi_status napi_get_reference_value(napi_env env, napi_ref reference, napi_value *result);
WEAK napi_status napi_open_handle_scope(napi_env env, napi_handle_scope *result);
WEAK napi_status napi_close_handle_scope(napi_env env, napi_handle_scope scope);
WEAK napi_status napi_make_callback(napi_env env, napi_async_context context, napi_value self,
                                    napi_value function, size_t count, const napi_value *arguments,
                                    napi_value *result);
WEAK napi_status napi_call_function(napi_env env, napi_value self, napi_value function,
                                    size_t count, const napi_value *arguments, napi_value *result);
WEAK napi_status napi_get_and_clear_last_exception(napi_env env, napi_value *result);
WEAK napi_status napi_get_uv_event_loop(napi_env env, uv_loop_t **loop);
WEAK napi_status napi_add_async_cleanup_hook(napi_env env, napi_async_cleanup_hook hook, void *data,
                                             napi_async_cleanup_hook_handle *result);
WEAK napi_status napi_remove_async_cleanup_hook(napi_async_cleanup_hook_handle handle);

WEAK size_t uv_handle_size(int type);
WEAK int uv_async_init(uv_loop_t *loop, uv_handle_t *async, void (*callback)(uv_handle_t *async));
WEAK int uv_async_send(uv_handle_t *async);
WEAK void uv_unref(uv_handle_t *handle);
WEAK void uv_close(uv_handle_t *handle, void (*callback)(uv_handle_t *handle));

#endif
