/* Requests of one thread that wait for their turn where there is a rate limit, first come first
 * served.
 *
 * Only the head has taken a token of the bucket; the others take theirs when they get there.
 * So a request that is given up while it waits takes no token with it.
 * Threads: an engine's thread; the bucket is shared with the queues of other threads.
 */
#ifndef SIM_NET_QUEUE_H
#define SIM_NET_QUEUE_H

#include <stdbool.h>

#include "sim/net/engine.h"
#include "sim/net/rate.h"

/* A place in a queue, part of what waits. */
struct place {
    struct place *next, *prev;
    struct queue *queue; /* that it waits in; NULL if it does not */
};

struct queue {
    struct engine *engine; /* borrowed */
    struct rate *rate;     /* borrowed */
    void (*turn)(struct place *p);
    struct place *first, *last;
    struct timer timer; /* for the head's token */
    bool has_token;     /* taken, and there when the timer fires */
};

void queue_init(struct queue *q, struct engine *engine, struct rate *rate,
                void (*turn)(struct place *p));

/* Come to the end; `turn` is called when it is its turn, here and now if nobody waits and a token
 * is there. */
void queue_join(struct queue *q, struct place *p);
void queue_leave(struct place *p); /* fine if it does not wait */

/* Nobody waits any more, and it may be freed while its engine goes on. Fine on a zeroed queue. */
void queue_release(struct queue *q);

#endif
