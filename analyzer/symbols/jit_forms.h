/* jit_forms.h -- The forms of names that jit.c chooses from; one function a runtime.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_JIT_FORMS_H
#define ANALYZER_SYMBOLS_JIT_FORMS_H

#include "base/memory.h"
#include "symbols/symbols.h"

#include <stdbool.h>

/* Each fills SYMBOL, with texts in POOL, when NAME is of its form; false when it is not. */
typedef bool jit_form(const char *name, struct pool *pool, struct symbol *symbol);

jit_form jit_v8, jit_python, jit_jvm, jit_dotnet, jit_lua, jit_php, jit_ruby, jit_erlang;

/* '~' interpreter, '^' Sparkplug, '+' Maglev, '*' TurboFan; 0 when NAME is not of JavaScript. */
char jit_v8_tier(const char *name);

bool jit_v8_is_script(const char *name);

/* As the JVM's own perf map names compiled methods. */
bool jit_jvm_is_compiled(const char *name);

/* Cuts ":digits" off the end of TEXT[0..*LENGTH); 0, and nothing cut, when there is none. */
int jit_cut_number(const char *text, size_t *length);

#endif
