/* One tool call on the engine: sent, read, tried again after a wait, until it is settled.
 *
 * Ends in exactly one `done`, unless it is stopped. Source: EV-16, GAP-13, GAP-14, GAP-20, GAP-24.
 * Threads: an engine's thread.
 */
#ifndef SIM_RUN_CALL_H
#define SIM_RUN_CALL_H

#include <stdint.h>

#include "sim/net/engine.h"
#include "sim/net/retry.h"
#include "sim/run/target.h"
#include "tools/tool.h"

/* What is the same for all calls of a thread. */
struct call_context {
    struct engine *engine;
    struct retry_policy retry;
    int64_t timeout_ms; /* of one attempt */
    struct tape scratch;
};

struct call {
    /* set by the caller before call_start */
    struct call_context *context;
    const struct target *target; /* NULL: the job has no tool of this name */
    void (*done)(struct call *c);
    void *owner;

    /* the outcome, set before done */
    enum tool_kind kind; /* of the last attempt */
    unsigned warnings;   /* enum tool_warning */
    int attempts;        /* requests made; 0 if nothing was sent */
    int64_t latency_ns;  /* of the last attempt */
    struct buf output;   /* what the model is shown; for a lost call, empty */

    /* the call's own */
    char id[TOOL_ID_ROOM];
    char call_id[TOOL_ID_ROOM];
    struct request req;
    struct timer wait;
    struct buf body;
};

/* Send `what` (its id and call_id are the call's own). May call done before it returns. */
void call_start(struct call *c, const struct tool_call *what);
/* Settle it here and now: nothing is sent, the model is shown `text`. Calls done. */
void call_refuse(struct call *c, enum tool_kind kind, const struct buf *text);
void call_stop(struct call *c); /* no done will come; fine if it is settled */
void call_release(struct call *c);

bool call_is_lost(const struct call *c); /* settled, and the rollout is to be discarded */

#endif
