/* The tools of one row in depth (D022..D024), as far as it goes without a JSON schema's rules. */
#ifndef SIM_CHECK_ROW_TOOLS_H
#define SIM_CHECK_ROW_TOOLS_H

#include "sim/job/row_fault.h"

enum {
    ROW_MAX_TOOLS = 128, /* the chat API's bound */
    ROW_MAX_TOOL_NAME = 64,
};

/* True if nothing was found. */
bool row_tools_check(const struct tape *t, size_t list, const struct row_line *line,
                     struct diags *found);

void row_parallel_check(const struct tape *t, size_t v, const struct row_line *line,
                        struct diags *found);

#endif
