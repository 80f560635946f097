/* fuzz.h -- A target: any bytes are taken, and what must not happen aborts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The name that libFuzzer calls. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
