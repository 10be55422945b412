/* What is wrong with a python grader's source, found without running it (audit.py). */
#ifndef GRADER_PYTHON_AUDIT_H
#define GRADER_PYTHON_AUDIT_H

#include "grader/grader.h"

struct audit {
    struct grader_read *reads; /* owned; and their fields and pointers */
    size_t n_reads;
};

/* Report what the service would refuse, or count otherwise than the user thinks, to `list`. What
 * this machine lacks is a warning where the job is checked as the service gets it.
 * Errors: ERR_IO if there is no Python to look at it. */
NODISCARD enum err_code audit_source(struct audit *out, const struct grader_spec *spec,
                                     const struct grader_context *context, const char *source,
                                     size_t len, struct diags *list, struct err *e);
void audit_release(struct audit *c);

#endif
