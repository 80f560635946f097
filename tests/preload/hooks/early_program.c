/* early_program.c -- A program that needs a library with an early constructor, and does nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
int early_is_here(void);

int main(void)
{
    return early_is_here() ? 0 : 1;
}
