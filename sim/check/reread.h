/* Single rows of a file whose rows are in a ledger, read once more to look at them or to tell where
 * they are.
 *
 * Threads: a reader belongs to one.
 */
#ifndef SIM_CHECK_REREAD_H
#define SIM_CHECK_REREAD_H

#include "sim/base/tape.h"
#include "sim/check/ledger.h"
#include "sim/job/lines.h"

struct reread {
    const struct ledger_file *file; /* borrowed */
    int fd;                         /* -1: it cannot be opened any more */
    struct lines lines;
    struct tape tape; /* of the row that was read last */
    size_t line;      /* its number in the file */
};

void reread_open(struct reread *r, const struct ledger_file *file);
void reread_close(struct reread *r);

/* Read row `row` into r->tape. False if the file is not what it was. */
bool reread_row(struct reread *r, size_t row);

/* The line that row `row` is on, from 1, or 0. */
size_t reread_line(struct reread *r, size_t row);

#endif
