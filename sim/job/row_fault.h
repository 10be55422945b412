/* A fault in a row of a dataset: its line and column, the text around it, its JSON pointer. */
#ifndef SIM_JOB_ROW_FAULT_H
#define SIM_JOB_ROW_FAULT_H

#include "sim/base/tape.h"
#include "sim/job/diag.h"

struct row_line {
    const char *file; /* as the user named it */
    size_t line;      /* from 1 */
    const char *text; /* borrowed; without the newline */
    size_t len;
};

/* A fault of the bytes start..end of the line. Borrowed until the next one is added. */
struct diag *row_fault_at(struct diags *list, enum diag_severity severity, enum diag_code code,
                          const struct row_line *line, size_t start, size_t end, const char *fmt,
                          ...) PRINTF(7, 8);

/* A fault of the value, or key, at `v`; of a list or an object its first bracket is underlined. */
struct diag *row_fault(struct diags *list, enum diag_severity severity, enum diag_code code,
                       const struct row_line *line, const struct tape *t, size_t v, const char *fmt,
                       ...) PRINTF(7, 8);

/* The pointer of the innermost value that holds byte `offset`. */
void row_fault_pointer(struct diag *d, const struct tape *t, size_t offset);

enum { ROW_SHOWN_BYTES = 40 }; /* of a value, in a message */

struct row_shown {
    char text[ROW_SHOWN_BYTES + 4];
};

/* A value in few words: a scalar as it stands, cut to what a message can hold. */
struct row_shown row_shown(const struct tape *t, size_t v);

#endif
