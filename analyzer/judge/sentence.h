/* sentence.h -- The verdict in one sentence, whose numbers are those of the tables below it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_JUDGE_SENTENCE_H
#define ANALYZER_JUDGE_SENTENCE_H

#include "judge/verdict.h"

/* Adds the sentence of VERDICT's kind and limit, with its full stop. */
void sentence_say(const struct verdict_input *input, const struct verdict *verdict,
                  struct text *text);

#endif
