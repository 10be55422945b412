/* The first row of a file, for who looks at what rows are like before the file is opened for good.
 */
#ifndef SIM_JOB_FIRST_ROW_H
#define SIM_JOB_FIRST_ROW_H

#include "sim/base/tape.h"
#include "sim/job/lines.h"

struct first_row {
    struct tape tape;   /* an object */
    struct lines lines; /* keeps its text */
};

/* Read up to the first line that is not blank. False: there is none, or it is not an object, and
 * who reads the file next says why. To be released either way. `path` may be NULL. */
NODISCARD bool first_row_read(struct first_row *r, const char *path);
void first_row_release(struct first_row *r);

#endif
