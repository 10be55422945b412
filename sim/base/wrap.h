/* Text filled to the width of a plain terminal. */
#ifndef SIM_BASE_WRAP_H
#define SIM_BASE_WRAP_H

#include <stddef.h>

#include "sim/base/buf.h"

enum { WRAP_COLUMNS = 80 };

/* Append `text` word by word, the cursor being at column `col` (from 0). Lines after the first
 * start at column `indent`; none goes past WRAP_COLUMNS unless one word alone does. A newline in
 * `text` ends a line, white space is otherwise one space. Ends with a newline. */
void wrap_add(struct buf *out, size_t col, size_t indent, const char *text);

/* Likewise to a width of one's own. */
void wrap_within(struct buf *out, size_t columns, size_t col, size_t indent, const char *text);

#endif
