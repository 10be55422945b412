/* UTF-8, as far as we need it. */
#ifndef SIM_BASE_TEXT_H
#define SIM_BASE_TEXT_H

#include <stddef.h>

#include "sim/base/buf.h"

/* The bytes of the UTF-8 sequence that starts at text[0], 1..4, or 0 if there is no valid one
 * within `len` (overlong forms, surrogates and values over U+10FFFF are not valid). */
size_t text_sequence(const char *text, size_t len);

/* Columns of a terminal that a valid sequence takes: 0 for a mark that joins the one before, 2 for
 * ideographs, Hangul, kana, fullwidth forms and most pictures, else 1. For carets: it follows the
 * blocks of Unicode, not each character. */
unsigned text_columns(const char *sequence, size_t len);

/* Append `text` with every byte that is not valid UTF-8 as U+FFFD. */
void text_add_valid(struct buf *out, const char *text, size_t len);

/* Append a text of many lines as a person may look at it: what is not seen, or turns what follows
 * around, stands by its name (<U+001B>), a tab is a blank, and what is not valid is U+FFFD. Only
 * newlines are left as they are. */
void text_add_visible(struct buf *out, const char *text, size_t len);

/* Make a text that may have been cut anywhere one line of UTF-8, in place: a sequence that its end
 * breaks off is dropped, other bytes that are not valid become '?', control characters blanks. */
void text_one_line(char *text);

#endif
