/* kind.c -- Which managed runtime this process is, and what to say when it cannot collect.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/kind.h"

#include <errno.h>

#include "runtime/python.h"

void *kind_find_function(const char *name)
{
    struct elf_function function;
    for (unsigned i = 0; i < modules_count(); i++) {
        const struct module *module = modules_get(i);
        if (!module->died && elf_find(module, name, &function))
            return (void *)function.start;
    }
    return NULL;
}

static bool is_node(void)
{
    return kind_find_function("napi_module_register") != NULL;
}

static bool is_java(void)
{
    return kind_find_function("JNI_GetCreatedJavaVMs") != NULL;
}

bool kind_is_python(void)
{
    return kind_find_function("PyGC_Collect") != NULL;
}

void kind_join_all(void)
{
    python_join();
}

void kind_forked(void)
{
    python_forked();
}

int kind_refusal(const char **text)
{
    bool node = is_node();
    *text = node        ? "it is Node without heapdiff's companion, which calls the collector"
            : is_java() ? "it is a JVM, whose collector is called through jcmd"
                        : "no runtime with a garbage collector is known in it";
    return node ? ENOPKG : ENOTSUP;
}

const char *kind_silence(void)
{
    if (is_node())
        return "its event loop has not turned for 5 s, so the garbage could not be collected";
    return "no thread of it let go of the interpreter for 5 s, so the garbage could not be "
           "collected";
}
