/* What the columns of a result file are, by their names (6.3, EV-7..EV-11).
 *
 * A column's values go to one member of the row's step, of a grader in it or of a tool in it.
 * Columns that are not known go nowhere. Threads: pure.
 */
#ifndef SIM_REPORT_HISTORY_COLUMNS_H
#define SIM_REPORT_HISTORY_COLUMNS_H

#include "sim/base/cells.h"
#include "sim/report/history.h"

struct history_column {
    enum {
        COLUMN_NONE,
        COLUMN_NUMBER, /* the step's */
        COLUMN_STEP,   /* a member of the step */
        COLUMN_GRADER,
        COLUMN_TOOL,
    } of;
    size_t index;  /* of the grader or the tool */
    size_t phase;  /* of the tool */
    size_t offset; /* in the struct that it goes to */
    bool count;    /* an int64_t, else a double */
};

/* Read the header's n cells into `out`, one each, and the graders and tools that it names into `h`:
 * the whole first; if no column tells it, in a file of several graders, with no type and no name.
 */
void history_columns_read(struct history *h, const struct cells *header,
                          struct history_column *out);

#endif
