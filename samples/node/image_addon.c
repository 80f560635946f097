/* image_addon.c -- The addon of native_addon.js, on the few functions of Node-API that it needs.
 *
 * They are declared here, as Debian's nodejs comes without node_api.h; their ABI is stable.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct napi_env_s *napi_env;
typedef struct napi_value_s *napi_value;
typedef struct napi_callback_info_s *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);

int napi_create_function(napi_env, const char *name, size_t length, napi_callback, void *data,
                         napi_value *result);
int napi_set_named_property(napi_env, napi_value object, const char *name, napi_value);
int napi_get_cb_info(napi_env, napi_callback_info, size_t *count, napi_value *arguments,
                     napi_value *self, void **data);
int napi_get_value_uint32(napi_env, napi_value, uint32_t *result);
int napi_create_uint32(napi_env, uint32_t value, napi_value *result);
__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env, napi_value);

enum { KERNEL_SIZE = 4096, PIXELS_SIZE = 30000 };

static unsigned char *make_kernel(uint32_t number)
{
    return memset(malloc(KERNEL_SIZE), (int)(number % 100) + 1, KERNEL_SIZE);
}

static unsigned char *make_pixels(uint32_t number)
{
    return memset(malloc(PIXELS_SIZE), (int)(number % 50), PIXELS_SIZE);
}

static napi_value blur(napi_env env, napi_callback_info info)
{
    size_t count = 1;
    uint32_t number = 0;
    napi_value argument, result;
    unsigned char *kernel, *pixels;

    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    napi_get_value_uint32(env, argument, &number);
    kernel = make_kernel(number);
    pixels = make_pixels(number);
    napi_create_uint32(env, (uint32_t)kernel[5] * pixels[7], &result);
    free(pixels);
    return result;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
    napi_value function;

    napi_create_function(env, "blur", 4, blur, NULL, &function);
    napi_set_named_property(env, exports, "blur", function);
    return exports;
}
