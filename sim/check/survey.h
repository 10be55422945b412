/* What the rows of one dataset file are, found in one pass: faults, counts, fields, tools.
 *
 * A survey of a block and one of the whole file are the same struct: blocks are surveyed by several
 * threads and joined in the order of the file.
 */
#ifndef SIM_CHECK_SURVEY_H
#define SIM_CHECK_SURVEY_H

#include <stdbool.h>

#include "sim/base/tape.h"
#include "sim/check/cross.h"
#include "sim/check/fields.h"
#include "sim/check/ledger.h"
#include "sim/check/stats.h"
#include "sim/check/toolbox.h"
#include "sim/job/diag.h"
#include "sim/job/lines.h"

enum { SURVEY_MOST_EACH = 5 }; /* faults of a code that are kept; the rest is counted */

/* What the rows of a file are held against; constant while they are read. */
struct survey_plan {
    const char *path; /* as the user named it */
    bool validation;
    bool stats;                            /* keep them */
    bool allow_small;                      /* fewer than 10 rows are no fault */
    bool has_tools;                        /* the job's: rows travel in tool requests */
    const char *read;                      /* all texts of the grader; NULL: unknown */
    const struct cross_plan *cross;        /* NULL: no job stands beside them */
    const struct boilerplate *boilerplate; /* NULL: rows are not compared by their words */
};

struct survey {
    const struct survey_plan *plan; /* borrowed */
    const char *path;               /* of the plan */
    struct diags found;
    size_t n_lines;
    size_t n_rows;    /* faulty ones included */
    size_t n_faulty;  /* rows that cannot be rolled out */
    size_t n_blank;   /* lines */
    size_t row_bytes; /* of all rows, and of the longest */
    size_t longest;
    bool unended; /* the last line has no newline */
    struct toolbox tools;
    struct cross cross; /* what the rows are beside the job */
    struct fields fields;
    struct ledger ledger;
    struct stats stats;  /* empty unless the plan wants them */
    struct diags firsts; /* of what is told once a file: the first row, and how many */

    /* of the row being looked at */
    struct tape tape; /* remembers tools that were checked and have no fault */
    struct buf question;
};

void survey_init(struct survey *s, const struct survey_plan *plan);
void survey_release(struct survey *s); /* fine on a zeroed one */

/* Look at one more line, which is number `number` of the block, from 0. */
void survey_line(struct survey *s, const struct line *line, size_t number);

/* Add a block, of which `n_before` lines stand before it, to the whole; the block is then empty. */
void survey_join(struct survey *whole, struct survey *block, size_t n_before);

/* Survey a whole file, and say what can be said only at its end. Errors: ERR_IO: it could
 * not be read; what was found until then stands. */
NODISCARD enum err_code survey_file(struct survey *s, int threads, struct err *e);

#endif
