/* text_tree.h -- A call tree as indented lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_TEXT_TREE_H
#define ANALYZER_PRINT_TEXT_TREE_H

#include "compare/calltree.h"
#include "print/text_report.h"

/* Branches below a hundredth of the whole are summed up; a chain of only children is not indented
 * further. */
void text_tree(const struct calltree *tree, bool is_signed, const struct report_options *options,
               struct text *out);

#endif
