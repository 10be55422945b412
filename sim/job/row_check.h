/* What a line of a dataset must be to be rolled out: D001..D007, each with its place. */
#ifndef SIM_JOB_ROW_CHECK_H
#define SIM_JOB_ROW_CHECK_H

#include <stddef.h>

#include "sim/job/lines.h"
#include "sim/job/row_fault.h"

enum { ROW_MAX_FAULTS = 10 }; /* told of one row */

/* What is to be said of line `number` of a file before it is looked at as a row: D008, D010. */
void row_check_line(const struct line *line, const char *file, size_t number, struct diags *list);

/* Scan the line into `t` and check it; the number of faults. They are added to `list`, unless that
 * is NULL. A list of tools that the tape remembers (tape_remember) is not looked at again: only
 * remember one that had no fault here. */
size_t row_check(struct tape *t, const struct row_line *line, struct diags *list);

/* The same of a row for supervised fine-tuning: `system`, an answer at the end, and tools without a
 * "function" around their name, are fine. */
size_t row_check_supervised(struct tape *t, const struct row_line *line, struct diags *list);

#endif
