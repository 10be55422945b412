/* Texts on a screen: how wide they are, and where a line of them ends.
 *
 * Texts are UTF-8; a byte that is not counts as one column. Pure.
 */
#ifndef SIM_VIEW_COLUMNS_H
#define SIM_VIEW_COLUMNS_H

#include <stddef.h>

#include "sim/base/buf.h"

size_t columns_of(const char *text, size_t len); /* that it takes */

/* How many bytes of the text go on one line: whole characters, and if it can be whole words,
 * or else parts that commas end. */
size_t columns_line(const char *text, size_t len, size_t columns);

/* Append one line of text on as many lines of a screen as it needs. The first begins where the
 * cursor is, at column `indent`, and so do the others. The last has no newline. */
void columns_fill(struct buf *out, size_t columns, size_t indent, const char *text, size_t len);

/* How many bytes of the text are shown of it where `most` are: whole characters. */
size_t columns_cut(const char *text, size_t len, size_t most);

#endif
