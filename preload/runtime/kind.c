/* kind.c -- Which managed runtime this process is, and the error text when it cannot collect.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/kind.h"

#include <errno.h>

#include "runtime/collector.h"
#include "runtime/helper.h"

void *kind_find_function(const char *name)
{
    struct dynsym_function function;
    for (unsigned i = 0; i < modules_count(); i++) {
        const struct module *module = modules_get(i);
        if (!module->died && dynsym_find(module, name, &function))
            return (void *)function.start;
    }
    return NULL;
}

static bool is_node, is_python;

void kind_look(void)
{
    static bool looked;
    if (looked)
        return;
    looked = true;
    is_node = kind_find_function("napi_module_register") != NULL;
    is_python = collector_look();
}

bool kind_is_python(void)
{
    return is_python;
}

void kind_join_all(void)
{
    collector_join();
}

void kind_ask_all(void)
{
    collector_ask();
}

bool kind_sleeps(void)
{
    return collector_sleeps();
}

bool kind_wants_helper(void)
{
    return is_python && collector_bears_a_thread();
}

void kind_forked(void)
{
    collector_forked();
}

int kind_refusal(const char **text)
{
    *text = is_node ? "it is Node without heapdiff's companion, which calls the collector"
                    : "no runtime with a garbage collector is known in it";
    return is_node ? ENOPKG : ENOTSUP;
}

const char *kind_silence(void)
{
    if (is_node)
        return "its event loop has not turned for 5 s, so the garbage could not be collected";
    if (!helper_is_here())
        return kind_sleeps() ? "its main thread waits for work and runs no Python code, so the "
                               "garbage could not be collected"
                             : "its main thread has not run Python code for 5 s, so the garbage "
                               "could not be collected";
    return "no thread of it let go of the interpreter for 5 s, so the garbage could not be "
           "collected";
}
