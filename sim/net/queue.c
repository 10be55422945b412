#include "sim/net/queue.h"

#include <assert.h>
#include <stddef.h>

#include "sim/base/clock.h"

static void take_out(struct queue *q, struct place *p)
{
    p->queue = NULL;
    *(p->prev ? &p->prev->next : &q->first) = p->next;
    *(p->next ? &p->next->prev : &q->last) = p->prev;
}

/* Let everyone go whose token is there, and wait for that of the next. */
static void serve(struct queue *q)
{
    int64_t now_ns = clock_ns();
    while (q->first) {
        int64_t at_ns = q->has_token ? now_ns : rate_take(q->rate, now_ns);
        q->has_token = at_ns > now_ns;
        if (q->has_token) {
            engine_at(q->engine, &q->timer, at_ns);
            return;
        }
        struct place *p = q->first;
        take_out(q, p);
        q->turn(p);
    }
}

static void on_token(struct timer *t)
{
    struct queue *q = (struct queue *)((char *)t - offsetof(struct queue, timer));
    serve(q);
    if (!q->first)
        q->has_token = false; /* whom it was for has left */
}

void queue_init(struct queue *q, struct engine *engine, struct rate *rate,
                void (*turn)(struct place *p))
{
    *q = (struct queue){.engine = engine, .rate = rate, .turn = turn, .timer.fire = on_token};
}

void queue_join(struct queue *q, struct place *p)
{
    p->queue = q;
    p->next = NULL;
    p->prev = q->last;
    *(q->last ? &q->last->next : &q->first) = p;
    q->last = p;
    if (!q->has_token)
        serve(q);
}

void queue_leave(struct place *p)
{
    if (p->queue)
        take_out(p->queue, p);
}

/* The token that the head took may not have come yet. */
void queue_release(struct queue *q)
{
    assert(!q->first);
    if (q->engine)
        engine_cancel_timer(q->engine, &q->timer);
}
