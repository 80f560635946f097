/* sandbox.c -- Has the program installed a seccomp filter?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/sandbox.h"

atomic_uint sandbox_closed;
