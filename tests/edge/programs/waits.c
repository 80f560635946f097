/* waits.c -- A library whose constructor calls a function of the program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
void new_in_dlopen_wait(void);

__attribute__((constructor)) static void begin(void)
{
    new_in_dlopen_wait();
}
