/* A change of lines told as `diff -U0` tells it, but for long lines: those are cut around what
 * changed in them. To be read, not to be fed to patch. */
#ifndef SIM_CHECK_DIFF_H
#define SIM_CHECK_DIFF_H

#include <stdbool.h>

#include "sim/base/buf.h"

struct diff_line {
    const char *text; /* without its newline; NULL: there is no such line */
    size_t len;
    size_t number; /* from 1; of a line that is not there, that of the line before */
    bool unended;  /* no newline follows */
};

/* Append the hunk that makes `now` of `was`. */
void diff_hunk(const struct diff_line *was, const struct diff_line *now, struct buf *out);

#endif
