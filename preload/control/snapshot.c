/* snapshot.c -- Takes a snapshot: a cut, a file under a temporary name, then its final name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/snapshot.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/host.h"
#include "base/memory.h"
#include "control/child.h"
#include "cut/cut.h"
#include "file/file.h"
#include "file/tag_rows.h"
#include "file/writer.h"
#include "format/template.h"
#include "kernel/pagemap.h"
#include "options.h"
#include "runtime/helper.h"
#include "tables/blocks.h"

static char start_directory[PROTOCOL_PATH_SIZE];
static uint64_t started_ns;
static uint64_t epochs[BLOCKS_EPOCH_MAX + 1];
static atomic_uint taken;

/* Since when the control process waits for a lock of the program's; 0: it does not. */
static _Atomic uint64_t waits_ns;
#define STUCK_NS 1000000000u

void snapshot_init(void)
{
    identity_program();
    ssize_t length = readlink("/proc/self/cwd", start_directory, sizeof start_directory - 1);
    start_directory[length > 1 ? length : 0] = '\0'; /* "/": a path's own slash will do */
    started_ns = clock_now();
    taken = 0; /* a forked child counts anew */
    waits_ns = 0;
}

/* ---- names --------------------------------------------------------------------------------------
 */

static bool final_name(const struct snapshot_request *request, unsigned number, char *path)
{
    char name[PROTOCOL_PATH_SIZE];
    if (*request->path)
        return snprintf(path, PROTOCOL_PATH_SIZE, "%s", request->path) < PROTOCOL_PATH_SIZE;
    static const char *const reasons[REASON_COUNT] = FORMAT_REASON_NAMES;
    const char *label = *request->label ? request->label : reasons[request->reason];
    struct template_values values = {identity_program(), (int)host_pid(), number, label};
    if (!template_fill(name, sizeof name, options.out, &values))
        return false;
    int length = snprintf(path, PROTOCOL_PATH_SIZE, "%s%s%s", *name == '/' ? "" : start_directory,
                          *name == '/' ? "" : "/", name);
    return length < PROTOCOL_PATH_SIZE;
}

/* ---- files --------------------------------------------------------------------------------------
 */

static int snapshot_fail(struct snapshot_answer *answer, int error, const char *what,
                         const char *path)
{
    snprintf(answer->text, sizeof answer->text, "%s %.300s: %s", what, path, file_reason(error));
    return answer->error = error;
}

/* State of a snapshot that is being written, here or in a copy of the process. */
struct draft {
    struct cut cut;
    struct writer_facts facts;
    struct file file;
};

static int snapshot_finish(struct draft *draft, char *text, size_t size)
{
    int error = cut_finish(&draft->cut);
    if (error)
        snprintf(text, size, "cannot take a snapshot: %s", strerrordesc_np(error));
    return error;
}

static int write_draft(struct draft *draft, char *text, size_t size)
{
    return writer_write(draft->file.temporary, &draft->cut, &draft->facts, text, size);
}

static int finish_and_write(void *context, char *text, size_t size)
{
    int error = snapshot_finish(context, text, size);
    return error ? error : write_draft(context, text, size);
}

static void ask_allocator(struct draft *draft)
{
    if (draft->facts.reason == REASON_EXIT)
        return;
    atomic_store(&waits_ns, clock_now());
    allocators_ask(&draft->cut.allocators);
    atomic_store(&waits_ns, 0);
}

/* The list of blocks is made in a copy of the process, which must not ask the allocator. */
static int fill_file(struct draft *draft, char *text, size_t size)
{
    struct cut *cut = &draft->cut;
    if (cut->with_blocks) {
        ask_allocator(draft);
        return child_run(finish_and_write, draft, cut->pagemap, text, size);
    }
    int error = snapshot_finish(draft, text, size);
    if (error)
        return error;
    ask_allocator(draft);
    return write_draft(draft, text, size);
}

static int write_file(struct draft *draft, struct snapshot_answer *answer)
{
    int error = file_begin(&draft->file, answer->path);
    if (error)
        return snapshot_fail(answer, error, "cannot write", answer->path);
    answer->error = fill_file(draft, answer->text, sizeof answer->text);
    if (!answer->error) {
        error = file_publish(&draft->file, answer->path);
        if (error)
            snapshot_fail(answer, error, "cannot finish", answer->path);
    }
    file_end(&draft->file);
    return answer->error;
}

/* The first byte of libheapdiff.so and the end of its code; by the linker. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char __etext[] __attribute__((visibility("hidden")));

/* Writing a snapshot runs code that was never run before, so its pages would look like growth from
 * the first snapshot to the second. They are brought in before the first. */
static void touch_own_code(void)
{
    static bool is_touched;
    if (is_touched)
        return;
    is_touched = true;
    uintptr_t end = (uintptr_t)__etext;
    for (uintptr_t page = (uintptr_t)__ehdr_start; page < end; page += PAGEMAP_PAGE)
        (void)*(const volatile char *)page;
}

static void snapshot_make(const struct snapshot_request *request, struct snapshot_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    unsigned number = taken + 1;
    if (!final_name(request, number, answer->path)) {
        snapshot_fail(answer, ENAMETOOLONG, "HEAPDIFF_OUT gives no usable path:", options.out);
        return;
    }
    struct draft *draft = memory_alloc(sizeof *draft);
    if (!draft) {
        snapshot_fail(answer, ENOMEM, "cannot take", "a snapshot");
        return;
    }
    struct cut *cut = &draft->cut;
    touch_own_code();
    answer->error = cut_begin(cut);
    if (helper_is_here() && cut->identity.threads > 1)
        cut->identity.threads--;
    tag_rows_learn();
    cut->with_blocks = request->blocks || options.blocks;
    epochs[cut->epoch + (cut->epoch < BLOCKS_EPOCH_MAX)] = clock_now() - started_ns;
    draft->facts = (struct writer_facts){.number = number,
                                         .label = request->label,
                                         .reason = request->reason,
                                         .collected = request->collected,
                                         .started_ns = started_ns,
                                         .has_operations = request->has_operations,
                                         .operations = request->operations,
                                         .epochs = epochs,
                                         .epoch_count = cut->epoch + 1};
    if (answer->error)
        snapshot_fail(answer, answer->error, "cannot take", "a snapshot");
    else if (write_file(draft, answer) == 0)
        taken = number;
    cut_done(cut);
    memory_free(draft);
}

void snapshot_take(const struct snapshot_request *request, struct snapshot_answer *answer)
{
    snapshot_make(request, answer);
    memory_trim();
}

bool snapshot_is_stuck(void)
{
    uint64_t since = atomic_load(&waits_ns);
    return since && clock_now() > since + STUCK_NS;
}

void snapshot_abandon(void)
{
    file_abandon();
}

unsigned snapshot_count(void)
{
    return atomic_load(&taken);
}

bool snapshot_pattern(char *path, size_t size)
{
    bool absolute = *options.out == '/';
    if (!template_quote(path, size, absolute ? "" : start_directory))
        return false;
    size_t length = strlen(path);
    return (size_t)snprintf(path + length, size - length, "%s%s", absolute ? "" : "/",
                            options.out) < size - length;
}
