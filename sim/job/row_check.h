/* What a line of a dataset must be to be rolled out: D001..D007, each with its place. */
#ifndef SIM_JOB_ROW_CHECK_H
#define SIM_JOB_ROW_CHECK_H

#include <stddef.h>

#include "sim/job/row_fault.h"

enum { ROW_MAX_FAULTS = 10 }; /* told of one row */

/* Scan the line into `t` and check it; the number of faults. They are added to `list`, unless that
 * is NULL. */
size_t row_check(struct tape *t, const struct row_line *line, struct diags *list);

#endif
