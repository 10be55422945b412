/* What should not stand in a row's texts: control characters, line breaks written as two
 * characters, phrases that moderation may stop, secrets, damage (D026..D030).
 *
 * One pass over the bytes of the row, whatever holds them. Rows are counted, and the first of each
 * code kept; a secret is told row by row. Threads: constant after the first call to
 * row_text_init(), which each thread makes.
 */
#ifndef SIM_CHECK_ROW_TEXT_H
#define SIM_CHECK_ROW_TEXT_H

#include "sim/job/row_fault.h"

void row_text_init(void);

/* `messages` is their list in the tape, or TAPE_NONE: phrases are looked for there only. Of what
 * is counted each code is added to `firsts` once; secrets to `found`. */
void row_text_check(const struct tape *t, size_t messages, const struct row_line *line,
                    struct diags *firsts, struct diags *found);

/* Say in each of `firsts` how many of `n_rows` rows it holds for, and move them to `found`. */
void row_text_conclude(struct diags *firsts, size_t n_rows, struct diags *found);

#endif
