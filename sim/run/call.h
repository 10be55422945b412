/* One tool call on the engine: an exchange that ends with what the model is shown, or with the
 * rollout discarded.
 *
 * Ends in exactly one `done`, unless it is stopped. Times: an attempt's is tool_timeout_ms, the
 * call's call_timeout_ms; the rollout's is the caller's (call_expire).
 * Source: EV-16, GAP-13, GAP-14, GAP-20, GAP-24, GAP-25.
 * Threads: an engine's thread.
 */
#ifndef SIM_RUN_CALL_H
#define SIM_RUN_CALL_H

#include <stdint.h>

#include "sim/net/exchange.h"
#include "sim/run/target.h"
#include "tools/tool.h"

/* What is the same for all calls of a thread. */
struct call_context {
    struct lane lane;
    struct tape scratch;
};

/* One attempt of a call. */
struct call_attempt {
    int64_t latency_ns;
    uint16_t status; /* 0 if none came */
    uint8_t kind;    /* enum tool_kind */
};

struct call {
    /* set by the caller before call_start */
    struct call_context *context;
    const struct target *target; /* NULL: the job has no tool of this name */
    void (*done)(struct call *c);
    void *owner;

    /* the outcome, set before done; what its last attempt came to stands in x */
    enum tool_kind kind; /* of the last attempt */
    unsigned warnings;   /* enum tool_warning */
    struct buf output;   /* what the model is shown; for a lost call, empty */
    struct exchange x;
    struct call_attempt tried[JOB_TOOL_ATTEMPTS_MAX]; /* its attempts, x.attempts of them */

    /* the call's own */
    size_t n_tried; /* so far */
    char id[TOOL_ID_ROOM];
    char call_id[TOOL_ID_ROOM];
    bool settled;
    struct buf body;
};

void call_context_init(struct call_context *x, const struct job_simulation *sim, struct wire *wire);
void call_context_release(struct call_context *x); /* fine on a zeroed one */

/* Send `what` (its id and call_id are the call's own). May call done before it returns. */
void call_start(struct call *c, const struct tool_call *what);
/* Settle it here and now: nothing is sent, the model is shown `text`. Calls done. */
void call_settle(struct call *c, enum tool_kind kind, const char *text, size_t len);
void call_stop(struct call *c); /* no done will come; fine if it is settled */

/* Time is up: settle it as `kind`, here and now. Fine if it is settled. */
void call_expire(struct call *c, enum tool_kind kind);
void call_release(struct call *c);

bool call_is_lost(const struct call *c); /* settled, and the rollout is to be discarded */

#endif
