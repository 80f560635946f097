/* advice.h -- Advice by the kind of verdict and the figures of the process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_JUDGE_ADVICE_H
#define ANALYZER_JUDGE_ADVICE_H

#include "judge/verdict.h"

/* Adds whole sentences, or "" where the list of sites is advice enough. */
void advice_add(const struct verdict_input *input, enum verdict_kind kind, struct text *text);

#endif
