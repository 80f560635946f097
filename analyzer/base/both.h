/* both.h -- Two pieces of work at once, where there is a second processor for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_BOTH_H
#define ANALYZER_BASE_BOTH_H

/* Calls HERE and THERE with OWNER and returns when both have: THERE in a thread of its own, or
 * after HERE when there is none to be had. They may not write what the other reads. */
void both_run(void (*here)(void *owner), void (*there)(void *owner), void *owner);

#endif
