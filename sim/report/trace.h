/* The trace that the service exports with a sample (6.6), as turns and calls.
 *
 * A GENERATION span is a turn: a message to a tool, to multi_tool_use.parallel, or to all. The
 * FUNCTION span behind it is its call, or its batch of them, whose outputs stand in one list; one
 * behind another (2 of 100 recorded rollouts) is of a turn whose GENERATION is not there. What
 * a call failed of is told only when the service refused it (3.7) or its span has an error: a 4xx
 * that the model was shown looks like any other output.
 * Threads: pure.
 */
#ifndef SIM_REPORT_TRACE_H
#define SIM_REPORT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/buf.h"
#include "sim/base/tape.h"
#include "tools/kind.h"

struct trace_turn {
    size_t text;    /* on the tape: what was written; TAPE_NONE if nothing was */
    char *to;       /* owned; its recipient; NULL if it is not told */
    size_t from;    /* its calls: calls[from..from + n_calls) */
    size_t n_calls; /* 0: it is the answer, or its call was not made */
};

struct trace_call {
    char *tool;           /* owned; "" for one that was refused and is no tool's */
    struct buf arguments; /* owned */
    struct buf output; /* owned; of a batch whose list does not fit it, all of it with the first */
    bool unlisted;     /* one of a batch whose outputs cannot be told apart */
    enum tool_kind kind;
    int64_t latency_ns; /* -1 if it is not known: one of several in a batch, or refused */
};

struct trace {
    struct trace_turn *turns; /* owned */
    size_t n_turns;
    struct trace_call *calls; /* owned */
    size_t n_calls;
    char *id;         /* owned; NULL if it is not told */
    int64_t start_ns; /* of the first span, since 1970; -1 if it is not known */
    int64_t end_ns;   /* of the last to end; likewise */
    size_t n_written; /* bytes of all turns' texts */
};

/* Read the list of spans at `spans`, which may be TAPE_NONE. What is no span is passed over. */
void trace_read(struct trace *out, const struct tape *t, size_t spans);
void trace_release(struct trace *x);

/* The last turn if it was meant for the user, else NULL; whether it ends after a call was made. */
const struct trace_turn *trace_answer(const struct trace *x);
bool trace_ends_in_call(const struct trace *x);

/* The recipient of a last turn that is no address of a tool or of the user (GAP-52), or NULL. */
const char *trace_misaddressed(const struct trace *x);

#endif
