/* What is wrong with a python grader's source, found without running it (check.py). */
#ifndef GRADER_PYTHON_CHECK_H
#define GRADER_PYTHON_CHECK_H

#include "grader/grader.h"

struct check {
    struct grader_read *reads; /* owned; and their fields and pointers */
    size_t n_reads;
    bool output_tools;
};

/* Report what the service would refuse, or count otherwise than the user thinks, to `list`.
 * Errors: ERR_IO if there is no Python to look at it. */
NODISCARD enum err_code check_source(struct check *out, const struct grader_spec *spec,
                                     const char *source, size_t len, struct diags *list,
                                     struct err *e);
void check_release(struct check *c);

#endif
