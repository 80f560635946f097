/* late_waits.c -- A library whose constructor waits for another thread of the program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
void late_constructor(void);

static __attribute__((constructor)) void begin(void)
{
    late_constructor();
}
