/* library.c -- A library that can be preloaded and does nothing, for test_commands.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
int library_is_here(void);

int library_is_here(void)
{
    return 1;
}
