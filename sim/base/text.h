/* UTF-8, as far as we need it. */
#ifndef SIM_BASE_TEXT_H
#define SIM_BASE_TEXT_H

#include <stddef.h>

#include "sim/base/buf.h"

/* The bytes of the UTF-8 sequence that starts at text[0], 1..4, or 0 if there is no valid one
 * within `len` (overlong forms, surrogates and values over U+10FFFF are not valid). */
size_t text_sequence(const char *text, size_t len);

/* The bytes of the byte order mark that a text starts with: 3 or 0. */
size_t text_mark(const char *text, size_t len);

/* Append `text` with every byte that is not valid UTF-8 as U+FFFD. */
void text_add_valid(struct buf *out, const char *text, size_t len);

#endif
