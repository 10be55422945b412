/* Messages and tools of one row in depth, beyond what it takes to roll it out (D018..D025). */
#ifndef SIM_CHECK_ROW_MESSAGES_H
#define SIM_CHECK_ROW_MESSAGES_H

#include "sim/job/row_fault.h"

/* The members of a message: indices into the tape, or TAPE_NONE. */
struct message {
    size_t role;
    size_t content;
    size_t tool_calls;
    size_t tool_call_id;
};

void message_read(const struct tape *t, size_t v, struct message *out);

/* The elements of `list`, which need not be a list. Empty content, parts that are not text, calls
 * and their answers (D018..D021). */
void row_messages_check(const struct tape *t, size_t list, const struct row_line *line,
                        struct diags *found);

#endif
