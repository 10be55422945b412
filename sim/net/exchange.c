#include "sim/net/exchange.h"

#include <stddef.h>
#include <stdlib.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"

static struct exchange *by_place(struct place *p)
{
    return (struct exchange *)((char *)p - offsetof(struct exchange, place));
}

void exchange_stop(struct exchange *x)
{
    struct engine *engine = x->lane->wire->engine;
    queue_leave(&x->place);
    engine_abort(engine, &x->req);
    engine_cancel_timer(engine, &x->wait);
    engine_cancel_timer(engine, &x->deadline);
}

/* This thread alone writes the count, so an addition needs no exchange. */
static void count_request(const struct exchange *x, int more)
{
    atomic_uint_fast64_t *n = &x->lane->wire->n_requests[x->host];
    uint64_t sum = atomic_load_explicit(n, memory_order_relaxed) + (uint64_t)more;
    atomic_store_explicit(n, sum, memory_order_relaxed);
}

static void clear_answer(struct exchange *x)
{
    x->req.status = 0;
    x->req.detail[0] = '\0';
}

void exchange_give_up(struct exchange *x)
{
    if (x->req.in_line) { /* of the engine: it never went out */
        x->attempts--;
        count_request(x, -1);
    }
    if (x->req.transfer)
        x->latency_ns = clock_ns() - x->req.started_ns;
    clear_answer(x); /* of an attempt that is over */
    exchange_stop(x);
}

static void on_deadline(struct timer *t)
{
    struct exchange *x = (struct exchange *)((char *)t - offsetof(struct exchange, deadline));
    exchange_give_up(x);
    x->lane->expired(x);
}

static void send_now(struct exchange *x)
{
    struct lane *lane = x->lane;
    count_request(x, 1);
    if (x->attempts++ == 0 && lane->total_timeout_ms)
        engine_after(lane->wire->engine, &x->deadline, lane->total_timeout_ms);
    engine_send(lane->wire->engine, &x->req);
}

static void on_hosts_turn(struct place *p)
{
    send_now(by_place(p));
}

/* As soon as the host's rate allows. */
static void send_to_host(struct exchange *x)
{
    struct queue *queue = &x->lane->wire->queues[x->host];
    if (queue->rate->interval_ns)
        queue_join(queue, &x->place);
    else
        send_now(x);
}

static void on_lanes_turn(struct place *p)
{
    send_to_host(by_place(p));
}

static void send(struct exchange *x)
{
    struct lane *lane = x->lane;
    if (lane->queue.rate)
        queue_join(&lane->queue, &x->place);
    else
        send_to_host(x);
}

static void on_wait_over(struct timer *t)
{
    send((struct exchange *)((char *)t - offsetof(struct exchange, wait)));
}

/* Whether it will be tried again. */
static bool try_again(struct exchange *x)
{
    int64_t wait_ms = retry_wait_ms(&x->lane->retry, x->attempts);
    if (wait_ms == RETRY_STOP)
        return false;
    engine_after(x->lane->wire->engine, &x->wait, wait_ms > x->wait_ms ? wait_ms : x->wait_ms);
    return true;
}

static void on_answer(struct request *req)
{
    struct exchange *x = req->owner;
    struct lane *lane = x->lane;
    struct wire *wire = lane->wire;
    struct host *host = wire->hosts->at[x->host];
    x->latency_ns = req->ended_ns - req->started_ns;
    x->wait_ms = 0;
    bool again = lane->read(x);
    if (req->connected)
        host_reached(host);
    if (again && try_again(x))
        return;
    if (net_fault_is_unreached(req->fault) && host_unreached(host, req->ended_ns) && wire->on_gone)
        wire->on_gone(wire->arg, host, req->fault);
    exchange_stop(x);
    lane->done(x); /* last: it may free the exchange */
}

void exchange_reset(struct exchange *x)
{
    x->attempts = 0;
    x->latency_ns = 0;
    clear_answer(x);
}

void exchange_start(struct exchange *x)
{
    x->req.timeout_ms = x->lane->timeout_ms;
    x->req.done = on_answer;
    x->req.owner = x;
    x->wait.fire = on_wait_over;
    x->deadline.fire = on_deadline;
    send(x);
}

void lane_limit(struct lane *lane, struct rate *rate)
{
    if (rate->interval_ns)
        queue_init(&lane->queue, lane->wire->engine, rate, on_lanes_turn);
}

void lane_release(struct lane *lane)
{
    queue_release(&lane->queue);
}

void wire_init(struct wire *w)
{
    size_t n = w->hosts->n;
    w->n_requests = mem_array(n, sizeof(*w->n_requests));
    w->queues = mem_array(n, sizeof(*w->queues));
    for (size_t h = 0; h < n; h++)
        queue_init(&w->queues[h], w->engine, &w->hosts->at[h]->rate, on_hosts_turn);
}

void wire_release(struct wire *w)
{
    free(w->n_requests);
    free(w->queues);
}
