/* origin.h -- Which function of the program memory hangs on that no stack of its own leads to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_ORIGIN_H
#define ANALYZER_COMPARE_ORIGIN_H

#include "compare/comparison.h"

/* Work of Node's thread pool, of a stream or of a new Worker allocates where no function of the
 * program runs. What holds that memory is an object of one of Node's modules, and the program asked
 * that module for the object: the first site of the program that has grown, be it by a few samples
 * of objects, and whose stack enters the same module. NULL: SITE has a function of the program or a
 * package, or there is no such site. */
const struct site *origin_find(const struct comparison *comparison, const struct site *site);

#endif
