/* settings.h -- A small library to be tested: "name=value" lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SETTINGS_H
#define SETTINGS_H

struct settings;
struct settings *settings_parse(const char *text);
const char *settings_get(const struct settings *settings, const char *name); /* NULL: not there */
void settings_free(struct settings *settings);

#endif
