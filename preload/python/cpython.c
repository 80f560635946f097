/* cpython.c -- CPython in this process: which one it is, and where its threads' states are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/cpython.h"

#include <limits.h> /* PTHREAD_KEYS_MAX */
#include <string.h>

#include "base/probe.h"
#include "tables/dynsym.h"
#include "tables/modules.h"

#define SEARCHED     65536 /* bytes of _PyRuntime in which its key is looked for */
#define STATE_HEAD   8     /* words of a thread's state: its neighbours and its interpreter */
#define MOST_ENTRIES 8     /* frames without code that a chain may begin with */

struct cpython cpython;
_Atomic int cpython_stage;

static const struct module *home; /* the module with _PyRuntime */
static atomic_uint looked;        /* modules that have been looked at */
static atomic_flag is_busy = ATOMIC_FLAG_INIT;

/* ---- which one ------------------------------------------------------------------------------- */

/* The program itself goes first, as for the loader: it may have copies of a library's data. */
static bool cpython_find(const char *name, struct dynsym_function *found)
{
    const struct module *program = modules_count() ? modules_get(0) : NULL;
    return (program && !*program->path && dynsym_find(program, name, found)) ||
           dynsym_find(home, name, found);
}

static uint32_t find_version(void)
{
    struct dynsym_function symbol;
    uint32_t version;
    if (cpython_find("Py_Version", &symbol)) /* since 3.11 */
        return probe_copy(&version, symbol.start, sizeof version) ? version >> 16 : 0;
    return cpython_find("PyModule_AddObjectRef", &symbol) ? 0x030a
           : cpython_find("PyFrame_GetBack", &symbol)     ? 0x0309
                                                          : 0;
}

static bool find_symbols(void)
{
    struct dynsym_function runtime, eval, code, text;
    if (!cpython_find("_PyRuntime", &runtime) || !cpython_find("_PyEval_EvalFrameDefault", &eval) ||
        !cpython_find("PyCode_Type", &code) || !cpython_find("PyUnicode_Type", &text))
        return false;
    cpython.runtime = runtime.start;
    cpython.runtime_end = runtime.end;
    cpython.eval_start = eval.start;
    cpython.eval_end = eval.end;
    cpython.code_type = code.start;
    cpython.text_type = text.start;
    return true;
}

/* The program, whatever its name: CPython may be a part of it. Others may be unloaded while their
 * symbols are looked up, but not a libpython. */
static bool may_be_python(const struct module *module)
{
    const char *name = strrchr(module->path, '/');
    return !module->died && (!*module->path || (name && strstr(name, "python")));
}

static void cpython_look(unsigned count)
{
    struct dynsym_function runtime;
    for (unsigned i = atomic_load(&looked); i < count; i++) {
        const struct module *module = modules_get(i);
        if (!may_be_python(module) || !dynsym_find(module, "_PyRuntime", &runtime))
            continue;
        home = module;
        bool is_known = find_symbols() && layout_find(find_version(), cpython.runtime,
                                                      cpython.runtime_end, &cpython.layout);
        atomic_store(&cpython_stage, is_known ? CPYTHON_HERE : CPYTHON_REFUSED);
        return;
    }
    atomic_store(&looked, count);
}

/* A thread that comes while another one looks goes on without an answer. */
bool cpython_is_here(void)
{
    int stage = atomic_load(&cpython_stage);
    unsigned count = modules_count();
    if (stage == CPYTHON_UNKNOWN && count != atomic_load(&looked) &&
        !atomic_flag_test_and_set(&is_busy)) {
        cpython_look(count);
        atomic_flag_clear(&is_busy);
        stage = atomic_load(&cpython_stage);
    }
    return stage == CPYTHON_HERE || stage == CPYTHON_READY;
}

bool cpython_leave_ended(void)
{
    int ready = CPYTHON_READY;
    return cpython_is_ready() && atomic_load(cpython.key_word) != cpython.key_value &&
           atomic_compare_exchange_strong(&cpython_stage, &ready, CPYTHON_REFUSED);
}

void cpython_check_unloaded(void)
{
    if (home && home->died)
        atomic_store(&cpython_stage, CPYTHON_REFUSED);
}

/* ---- where its threads' states are ------------------------------------------------------------
 */

static bool read_word(uintptr_t address, uintptr_t *word)
{
    return address % 8 == 0 && address >= 4096 && probe_copy(word, address, sizeof *word);
}

static bool is_own_state(uintptr_t state)
{
    uintptr_t thread;
    return read_word(state + cpython.layout.state_thread, &thread) &&
           thread == (uintptr_t)pthread_self();
}

/* The note of key 0 is the number 1, as many others are. Up to CPython 3.11 the word before it is
 * the interpreter, which is among the first words of each thread's state; since 3.12 the word after
 * it is the note of a second key, made next. */
static bool has_neighbour(uintptr_t at, uintptr_t state)
{
    uintptr_t before = (uintptr_t)cpython_word(at - 8), word;
    if (cpython_word(at + 8) == (1 | (uint64_t)1 << 32))
        return true;
    for (uintptr_t i = 0; before && i < STATE_HEAD; i++) {
        if (read_word(state + 8 * i, &word) && word == before)
            return true;
    }
    return false;
}

/* CPython's own note of its key: a pair of numbers, 1 when it is in use, and the key. */
static bool find_key_word(pthread_key_t key, uintptr_t state)
{
    uint64_t wanted = 1 | (uint64_t)key << 32;
    uintptr_t end = cpython.runtime_end;
    if (end > cpython.runtime + SEARCHED)
        end = cpython.runtime + SEARCHED;
    for (uintptr_t at = cpython.runtime + 8; at + 16 <= end; at += 8) {
        if (cpython_word(at) != wanted || (key == 0 && !has_neighbour(at, state)))
            continue;
        cpython.key = key;
        cpython.key_word = (const _Atomic uint64_t *)at;
        cpython.key_value = wanted;
        return true;
    }
    return false;
}

static uintptr_t find_state(void)
{
    for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++) {
        uintptr_t state = (uintptr_t)pthread_getspecific(key);
        if (state && is_own_state(state) && find_key_word(key, state))
            return state;
    }
    return 0;
}

/* ---- whether it is as the layout says ---------------------------------------------------------
 */

enum finding { NOTHING_YET, AS_EXPECTED, OTHERWISE };

/* Does a word lead to an object of the type? */
static bool leads_to(uintptr_t at, uintptr_t wanted, uintptr_t *object)
{
    uintptr_t type;
    return read_word(at, object) && read_word(*object + CPYTHON_TYPE, &type) && type == wanted;
}

/* A code object whose names are in the expected places: a test version of Python may have the
 * number of the release, and other structures. */
static enum finding examine_code(uintptr_t frame)
{
    const struct layout *layout = &cpython.layout;
    uintptr_t code, text;
    bool is_code = leads_to(frame + layout->frame_code, cpython.code_type, &code) &&
                   leads_to(code + layout->code_name, cpython.text_type, &text) &&
                   leads_to(code + layout->code_file, cpython.text_type, &text);
    return is_code ? AS_EXPECTED : OTHERWISE;
}

/* The innermost frame of the chain must have a code object. */
static enum finding cpython_examine(uintptr_t state)
{
    const struct layout *layout = &cpython.layout;
    uintptr_t frame, owner;
    uintptr_t at = state + (layout->state_frame ? layout->state_frame : layout->state_cframe);
    if (!read_word(at, &frame))
        return OTHERWISE;
    if (!layout->state_frame && !read_word(frame + layout->cframe_frame, &frame))
        return OTHERWISE;
    for (unsigned i = 0; frame && i < MOST_ENTRIES; i++) {
        bool has_owner = layout->frame_owner != 0;
        uintptr_t aligned = frame + (layout->frame_owner & ~7u);
        if (has_owner && !read_word(aligned, &owner))
            return OTHERWISE;
        owner = has_owner ? owner >> (layout->frame_owner % 8 * 8) & 255 : 0;
        if (owner != CPYTHON_ENTRY_OWNER)
            return examine_code(frame);
        if (!read_word(frame + layout->frame_previous, &frame))
            return OTHERWISE;
    }
    return frame ? OTHERWISE : NOTHING_YET;
}

void cpython_learn(void)
{
    if (atomic_load(&cpython_stage) != CPYTHON_HERE || atomic_flag_test_and_set(&is_busy))
        return;
    uintptr_t state = atomic_load(&cpython_stage) == CPYTHON_HERE ? find_state() : 0;
    enum finding finding = state ? cpython_examine(state) : NOTHING_YET;
    if (finding != NOTHING_YET)
        atomic_store(&cpython_stage, finding == AS_EXPECTED ? CPYTHON_READY : CPYTHON_REFUSED);
    atomic_flag_clear(&is_busy);
}
