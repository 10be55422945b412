/* One POST on the engine with its attempts: sent, read, tried again after a wait, until it is
 * settled.
 *
 * Waits for its turn where there is a rate limit: its lane's, then its host's. Ends in exactly one
 * `done` or `expired`, unless it is stopped. Times: an attempt's runs while it is on the wire; the
 * exchange's own from when its first request has its turn.
 * What an answer means is the user's to say, and so is whether a failure is worth another attempt.
 * Source: GAP-13, GAP-25, GAP-26, EV-16.
 * Threads: an engine's thread.
 */
#ifndef SIM_NET_EXCHANGE_H
#define SIM_NET_EXCHANGE_H

#include <stdatomic.h>
#include <stdint.h>

#include "sim/net/engine.h"
#include "sim/net/hosts.h"
#include "sim/net/queue.h"
#include "sim/net/retry.h"

/* What all exchanges of a thread go over. */
struct wire {
    struct engine *engine;            /* borrowed */
    struct hosts *hosts;              /* borrowed: the run's */
    atomic_uint_fast64_t *n_requests; /* owned: made by this thread, by host */
    struct queue *queues;             /* owned: for a turn, by host */
    /* A host is gone: nobody has been there for so long. NULL: nobody wants to know. */
    void (*on_gone)(void *arg, const struct host *host, enum net_fault why);
    void *arg;
};

/* `engine` and `hosts` are set, and every host is known. */
void wire_init(struct wire *w);
void wire_release(struct wire *w); /* fine on a zeroed one */

struct exchange;

/* What is the same for all exchanges of one user in a thread. */
struct lane {
    struct wire *wire;
    struct retry_policy retry;
    int64_t timeout_ms;       /* of one attempt */
    int64_t total_timeout_ms; /* of all of them, waits between them included; 0: no limit */
    struct queue queue;       /* its own limit; `rate` is NULL if it has none */

    /* An attempt is over: true to have another, if one is left. May set x->wait_ms. */
    bool (*read)(struct exchange *x);
    void (*done)(struct exchange *x);    /* settled; may free the exchange, or start it again */
    void (*expired)(struct exchange *x); /* its time is up, it is given up; likewise */
};

/* Give it a limit of its own. Once; the lane stays where it is. */
void lane_limit(struct lane *lane, struct rate *rate);
void lane_release(struct lane *lane); /* before its engine is freed; fine without a limit */

struct exchange {
    struct lane *lane; /* set before anything else */
    uint32_t host;     /* index into the wire's hosts */

    /* what came of it */
    int attempts;       /* requests made; 0 if nothing was sent */
    int64_t latency_ns; /* of the last attempt */
    int64_t
        wait_ms; /* before the next, at least: the answer asked for it; 0 as the policy has it */
    struct request req; /* url, headers, body, answer_max: set by the caller */

    /* its own */
    struct timer wait;     /* for the next attempt */
    struct place place;    /* in a queue */
    struct timer deadline; /* of the whole */
};

void exchange_reset(struct exchange *x); /* as if it had never been used; the lane stays */
void exchange_start(struct exchange *x); /* after a reset; may be done before it returns */

/* No done will come; fine if it is settled, or was never started. */
void exchange_stop(struct exchange *x);

/* Time is up: stop it, and what came of it is what came of no attempt. */
void exchange_give_up(struct exchange *x);

#endif
