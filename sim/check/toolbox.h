/* The schemas of the tools that rows carry, each distinct one checked once.
 *
 * Most rows of a file carry the same tools, so a schema is known by its text (a hash of it), and
 * its faults are told once, at the first row that has it, with how many more do. Tools that the
 * row's tape remembers are only counted: in `n_again`, until other tools or the end of the block
 * say that it is time to add them up. Of a block and of the whole file it is the same struct:
 * toolbox_join adds them.
 */
#ifndef SIM_CHECK_TOOLBOX_H
#define SIM_CHECK_TOOLBOX_H

#include "sim/base/tape.h"
#include "sim/job/diag.h"
#include "sim/job/row_check.h"

enum { TOOLBOX_MAX = 8192 }; /* schemas that are known again; those beyond are checked each time */

struct toolbox {
    struct toolbox_schema *at; /* owned; in the order of the file */
    size_t n;
    size_t room;
    size_t *slots;  /* owned; TOOLBOX_MAX * 2 of them: index + 1 into `at`, by hash */
    uint64_t known; /* hash of the remembered tools, if the row looked at last had them; else 0 */
    size_t line;    /* of that row */
    size_t n_again; /* rows with its tools since */
    struct diags rest; /* of those beyond */
};

/* Look at the tools of one more row, whose tape this is. Tools of another form are row_check's to
 * tell of. */
void toolbox_row(struct toolbox *box, const struct tape *t, const struct row_line *row);

/* Add a block, of which `n_before` lines stand before it, to the whole; the block is then empty. */
void toolbox_join(struct toolbox *whole, struct toolbox *block, size_t n_before);

/* Tell of all faults, of `n_rows` rows in all. The box is then empty. */
void toolbox_tell(struct toolbox *box, size_t n_rows, struct diags *list);

void toolbox_release(struct toolbox *box); /* fine on a zeroed one */

#endif
