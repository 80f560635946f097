/* page.h -- A comparison as one HTML page: the viewer with its data in it.
 *
 * The page is viewer/dist/page.html; the data is one JSON document in a script element that no
 * browser runs. Its fields are those of viewer/src/model/document.ts, its reader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_PAGE_H
#define ANALYZER_HTML_PAGE_H

#include "compare/listing.h"

struct page_options {
    const char *version;           /* of heapdiff */
    size_t most_sites;             /* that are on the page */
    enum listing_by by;            /* threads or labels; BY_SITES: what was recorded */
    bool has_sources;              /* with lines of source files of this machine */
    void (*say)(const char *what); /* gets a line of progress; NULL: none is wanted */
};

/* Adds the whole page. */
void page_write(const struct comparison *comparison, const struct page_options *options,
                struct text *out);

/* The data alone. */
void page_write_data(const struct comparison *comparison, const struct page_options *options,
                     struct text *out);

/* The Content-Security-Policy of the page, for a server's header; text_done it. */
void page_policy(struct text *out);

#endif
