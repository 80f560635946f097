/* static_tls.c -- A library that needs static TLS, as much as -DSIZE says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
static __thread char space[SIZE] __attribute__((tls_model("initial-exec")));

char *static_tls_space(void);
char *static_tls_space(void)
{
    return space;
}
