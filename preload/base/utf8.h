/* utf8.h -- Characters in UTF-8 (RFC 3629).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Length of the character at text; 0 when there is none: overlong forms, surrogates and numbers
 * above U+10FFFF are none. */
unsigned utf8_length(const char *text);

/* The largest length up to MOST that cuts no character of the text, which is longer than MOST. */
size_t utf8_cut(const char *text, size_t most);

/* Writes a character and returns its length; 0 for surrogates and numbers above U+10FFFF. */
unsigned utf8_encode(uint32_t character, char bytes[4]);

#endif
