/* restarts.c -- A service that leaks and is restarted: three snapshots of each of two lives.
 *
 * Each life loses 2 MB between its first snapshot and its last. The twin is restarted, too.
 *
 * lives: 2
 * expect: kind=leak site1=remember_token file=restarts.c growth=4000000±2% blocks=+8000±2%
 * expect: also=render_burst not=render_burst says=restart gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention says=restart gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { TOKENS = 2000, TOKEN = 500 };

struct token {
    struct token *next;
    char text[TOKEN - sizeof(struct token *)];
};

static struct token *tokens;

__attribute__((noinline)) static void remember_token(unsigned number)
{
    struct token *token = malloc(sizeof *token);

    snprintf(token->text, sizeof token->text, "token %u", number);
    token->next = tokens;
    tokens = token;
}

static void expire_tokens(void)
{
    while (tokens) {
        struct token *token = tokens;
        tokens = token->next;
        free(token);
    }
}

static void serve(unsigned step)
{
    if (twin_is_clean())
        expire_tokens();
    for (unsigned number = 0; number < TOKENS; number++) {
        remember_token(step + number);
        noise_work(5);
    }
}

int main(void)
{
    flight_series(3, serve);
    printf("%s, %lu\n", tokens->text, noise.sum);
    return 0;
}
