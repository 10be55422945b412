/* One tool call on the engine: sent, read, tried again after a wait, until it is settled.
 *
 * Waits for its turn where the host has a rate limit. Ends in exactly one `done`, unless it is
 * stopped. Times: an attempt's (tool_timeout_ms) runs while it is on the wire; the call's
 * (call_timeout_ms) from when its first request has its turn; the rollout's is the caller's
 * (call_expire).
 * Source: EV-16, GAP-13, GAP-14, GAP-20, GAP-24, GAP-25.
 * Threads: an engine's thread.
 */
#ifndef SIM_RUN_CALL_H
#define SIM_RUN_CALL_H

#include <stdatomic.h>
#include <stdint.h>

#include "sim/net/engine.h"
#include "sim/net/retry.h"
#include "sim/run/host.h"
#include "sim/run/queue.h"
#include "sim/run/target.h"
#include "tools/tool.h"

/* What is the same for all calls of a thread. */
struct call_context {
    struct engine *engine; /* borrowed; set before call_context_init */
    struct retry_policy retry;
    int64_t timeout_ms;               /* of one attempt */
    int64_t call_timeout_ms;          /* of all of them, waits between them included; 0: no limit */
    struct host *hosts;               /* borrowed: the run's */
    atomic_uint_fast64_t *n_requests; /* owned: made by this thread, by host */
    struct queue *queues;             /* owned: for a turn, by host */
    void (*on_gone)(void *arg, const struct host *host, enum tool_kind why);
    void *arg;
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
    struct timer wait;     /* for the next attempt */
    struct place place;    /* in the queue of its host */
    struct timer deadline; /* the call's own */
    bool settled;
    struct buf body;
};

void call_context_init(struct call_context *x, const struct job_simulation *sim,
                       const struct targets *targets);
void call_context_release(struct call_context *x); /* fine on a zeroed one */

/* Send `what` (its id and call_id are the call's own). May call done before it returns. */
void call_start(struct call *c, const struct tool_call *what);
/* Settle it here and now: nothing is sent, the model is shown `text`. Calls done. */
void call_refuse(struct call *c, enum tool_kind kind, const struct buf *text);
void call_stop(struct call *c); /* no done will come; fine if it is settled */

/* Time is up: settle it as `kind`, here and now. Fine if it is settled. */
void call_expire(struct call *c, enum tool_kind kind);
void call_release(struct call *c);

bool call_is_lost(const struct call *c); /* settled, and the rollout is to be discarded */

#endif
