/* junit_report.c -- A gate's result for CI systems that read JUnit's XML.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/junit_report.h"

#include "base/map.h"
#include "base/units.h"
#include "compare/names.h"
#include "frames/frame_name.h"
#include "print/resources_report.h"
#include "print/xml.h"

#include <time.h>

static void add_attribute(struct text *out, const char *name, const char *value)
{
    text_format(out, " %s=\"", name);
    xml_add(out, value);
    text_add(out, "\"");
}

static void add_case(const struct comparison *comparison, const char *name, struct text *out)
{
    const struct store_facts *facts = &comparison->stores[0]->facts;
    struct text class = {0};
    text_format(&class, "heapdiff.%s", facts->program);
    text_add(out, "    <testcase");
    add_attribute(out, "classname", class.bytes);
    add_attribute(out, "name", name);
    text_add(out, " time=\"0\"");
    text_done(&class);
}

/* The element that says why a test did not pass, with the stack or the verdict inside. */
static void add_fault(const char *element, const char *type, const char *message, const char *body,
                      struct text *out)
{
    text_format(out, ">\n      <%s", element);
    add_attribute(out, "type", type);
    add_attribute(out, "message", message);
    text_add(out, ">");
    xml_add(out, body);
    text_format(out, "</%s>\n    </testcase>\n", element);
}

/* WORDS: what a reader should know all the same; NULL: nothing. */
static void add_passed(const char *words, struct text *out)
{
    if (!words || !*words) {
        text_add(out, "/>\n");
        return;
    }
    text_add(out, ">\n      <system-out>");
    xml_add(out, words);
    text_add(out, "</system-out>\n    </testcase>\n");
}

static void add_whole(const struct comparison *comparison, const struct gate_result *result,
                      struct text *out)
{
    struct text body = {0}, more = {0};
    resources_report_text(comparison, &more);
    text_format(&body, "%s%s%s", comparison->verdict.text.bytes, more.length ? "\n" : "",
                more.length ? more.bytes : "");
    add_case(comparison, "live memory does not grow", out);
    if (result->code == EXIT_EXCEEDED)
        add_fault("failure", "growth", result->words, body.bytes, out);
    else if (result->code == EXIT_NOT_MEASURABLE)
        add_fault("error", "not-measurable", result->words, body.bytes, out);
    else
        add_passed(more.bytes, out);
    text_done(&body);
    text_done(&more);
}

/* CI systems know a test by its name: sites that differ in kind, in a template's arguments or in
 * the folder of their file only must not have the same one. */
static void name_site(const struct site *site, struct map *names, struct text *name)
{
    bool is_new;
    frame_name(&site->frame, NULL, name);
    if (site->kind != KIND_MALLOC)
        text_format(name, " [%s]", names_kind(site));
    size_t *uses = map_add(names, name->bytes, name->length, &is_new);
    *uses = is_new ? 1 : *uses + 1;
    if (!is_new)
        text_format(name, " #%zu", *uses);
}

static void add_site(const struct comparison *comparison, const struct site *site, int64_t excess,
                     bool has_failed, struct map *names, struct text *out)
{
    struct text name = {0}, message = {0}, body = {0};
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const struct frame *frame;
    name_site(site, names, &name);
    add_case(comparison, name.bytes, out);
    text_format(&message, "grew by %s in %s blocks (%s beyond what is accepted)",
                units_bytes(site->growth_bytes).text, units_count(site->growth_blocks).text,
                units_bytes(excess).text);
    while ((frame = frames_caller(&walk)) != NULL) {
        frame_name(frame, NULL, &body);
        text_add(&body, "\n");
    }
    text_add(&body, "");
    if (has_failed)
        add_fault("failure", "growth", message.bytes, body.bytes, out);
    else
        text_add(out, "/>\n");
    text_done(&name);
    text_done(&message);
    text_done(&body);
}

static void add_time(int64_t time_ns, struct text *out)
{
    char words[64];
    struct tm universal;
    time_t seconds = time_ns / 1000000000;
    if (gmtime_r(&seconds, &universal) && strftime(words, sizeof words, "%FT%T", &universal) > 0)
        add_attribute(out, "timestamp", words);
}

/* Sites fail only when the gate does: below the limit their growth is allowed. */
static size_t add_sites(const struct comparison *comparison, const struct gate *gate,
                        bool has_failed, size_t *failures, struct text *out)
{
    struct map names = {0};
    size_t tests = 0;
    for (size_t i = 0; i < comparison->growing_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (site->is_managed || !gate_counts(gate, site))
            continue;
        int64_t excess = gate_excess(gate, site);
        add_site(comparison, site, excess, has_failed && excess > 0, &names, out);
        *failures += has_failed && excess > 0;
        tests++;
    }
    map_done(&names);
    return tests;
}

void junit_report(const struct comparison *comparison, const struct gate *gate,
                  const struct gate_result *result, struct text *out)
{
    const struct store_facts *last = &comparison->stores[comparison->count - 1]->facts;
    struct text cases = {0};
    bool has_failed = result->code == EXIT_EXCEEDED;
    size_t failures = has_failed, errors = result->code == EXIT_NOT_MEASURABLE;
    add_whole(comparison, result, &cases);
    size_t tests = 1 + add_sites(comparison, gate, has_failed, &failures, &cases);
    text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                  "  <testsuite name=\"heapdiff compare\"");
    text_format(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" time=\"0\"",
                tests, failures, errors);
    add_time(last->time_ns, out);
    add_attribute(out, "hostname", last->host);
    text_add(out, ">\n");
    text_add(out, cases.bytes);
    text_add(out, "  </testsuite>\n</testsuites>\n");
    text_done(&cases);
}
