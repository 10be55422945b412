/* What has one right answer in a row, and the row with that answer.
 *
 * A row is spliced at the tape's places: what is not mended stays byte for byte. Left as they are:
 * rows with a key given twice, since readers differ in which one counts; rows that end in tool
 * calls or their results, since no one field holds those (`rftsim convert` makes rows of them); and
 * an answer that has more to it than its text, or weight 0.
 * Pure.
 */
#ifndef SIM_CHECK_MEND_H
#define SIM_CHECK_MEND_H

#include "sim/base/tape.h"

/* of a row, then of the lines that rows stand on: id, name for programs, words */
#define MEND_MAP(X)                                                                  \
    X(ROLE, "system_role", "role \"system\" is now \"developer\"")                   \
    X(ANSWER, "trailing_answer", "answer at the end is now a field for the grader")  \
    X(MARK, "byte_order_mark", "byte order mark removed")                            \
    X(BLANK, "blank_line", "blank line removed")                                     \
    X(DUPLICATE, "duplicate_row", "row removed that stands there already, the same") \
    X(RETURN, "carriage_return", "carriage return at the end of a line removed")     \
    X(NEWLINE, "last_newline", "newline added at the end")

enum mend {
#define X(id, ...) MEND_##id,
    MEND_MAP(X)
#undef X
        MEND_N,
};

const char *mend_name(enum mend kind);
const char *mend_words(enum mend kind);

/* Names for the field that keeps a dropped answer, in order: "reference_answer", then
 * "dropped_answer", "dropped_answer_2", ... One name serves all rows of a job, so that one grader
 * reads them; it is the first that no row has. */
enum { MEND_N_FIELDS = 10 };

/* Note in `taken`, a bit each, which of them the row has; but for one that holds the very text that
 * would be kept there. */
void mend_note_fields(const struct tape *t, unsigned *taken);

/* NULL if all are taken: then answers stay where they are. Static storage. */
const char *mend_field(unsigned taken);

/* Append the mended row. Returns what was done, a bit each, 1 << MEND_ROLE and 1 << MEND_ANSWER. */
unsigned mend_row(const struct tape *t, const char *field, struct buf *out);

#endif
