/* xml.c -- Texts inside XML.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/xml.h"

#include <string.h>

void xml_add(struct text *out, const char *untrusted)
{
    struct text clean = {0};
    text_add_clean(&clean, untrusted, false);
    text_add(out, "");
    for (const char *c = clean.bytes; c && *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte == '&')
            text_add(out, "&amp;");
        else if (byte == '<')
            text_add(out, "&lt;");
        else if (byte == '>')
            text_add(out, "&gt;");
        else if (byte == '"')
            text_add(out, "&quot;");
        else if (byte == '\n')
            text_add(out, "&#10;");
        else if ((byte < 0x20 && byte != '\t') || strncmp(c, "\xef\xbf\xbe", 3) == 0 ||
                 strncmp(c, "\xef\xbf\xbf", 3) == 0) /* U+FFFE, U+FFFF */
            text_add(out, "?");
        else
            text_add_n(out, c, 1);
        if (byte == 0xef && out->bytes[out->length - 1] == '?')
            c += 2;
    }
    text_done(&clean);
}
