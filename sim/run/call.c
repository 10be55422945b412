#include "sim/run/call.h"

#include <stddef.h>
#include <stdlib.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"

static void stop(struct call *c)
{
    if (c->target)
        queue_leave(&c->context->queues[c->target->host], &c->place);
    engine_abort(c->context->engine, &c->req);
    engine_cancel_timer(c->context->engine, &c->wait);
    engine_cancel_timer(c->context->engine, &c->deadline);
}

static void settle(struct call *c, enum tool_kind kind)
{
    stop(c);
    c->kind = kind;
    c->settled = true;
    c->done(c); /* last: it may free the call */
}

/* This thread alone writes the count, so an addition needs no exchange. */
static void count_request(const struct call *c, int more)
{
    atomic_uint_fast64_t *n = &c->context->n_requests[c->target->host];
    uint64_t sum = atomic_load_explicit(n, memory_order_relaxed) + (uint64_t)more;
    atomic_store_explicit(n, sum, memory_order_relaxed);
}

void call_expire(struct call *c, enum tool_kind kind)
{
    if (c->settled)
        return;
    buf_clear(&c->output);
    if (c->req.in_line) { /* of the engine: it never went out */
        c->attempts--;
        count_request(c, -1);
    }
    if (c->req.transfer)
        c->latency_ns = clock_ns() - c->req.started_ns;
    c->req.status = 0; /* of an attempt that is over */
    c->req.detail[0] = '\0';
    settle(c, kind);
}

static void on_deadline(struct timer *t)
{
    struct call *c = (struct call *)((char *)t - offsetof(struct call, deadline));
    call_expire(c, TOOL_KIND_CALL_DEADLINE);
}

static void send_now(struct call *c)
{
    struct call_context *x = c->context;
    count_request(c, 1);
    if (c->attempts++ == 0 && x->call_timeout_ms)
        engine_after(x->engine, &c->deadline, x->call_timeout_ms);
    engine_send(x->engine, &c->req);
}

static void on_turn(struct place *p)
{
    send_now((struct call *)((char *)p - offsetof(struct call, place)));
}

/* As soon as the host's rate allows. */
static void send(struct call *c)
{
    struct queue *queue = &c->context->queues[c->target->host];
    if (queue->rate->interval_ns)
        queue_join(queue, &c->place);
    else
        send_now(c);
}

static void on_wait_over(struct timer *t)
{
    send((struct call *)((char *)t - offsetof(struct call, wait)));
}

/* Whether it will be tried again. */
static bool try_again(struct call *c)
{
    struct call_context *x = c->context;
    int64_t wait_ms = retry_wait_ms(&x->retry, c->attempts);
    if (wait_ms == RETRY_STOP)
        return false;
    c->wait.fire = on_wait_over;
    engine_after(x->engine, &c->wait, wait_ms);
    return true;
}

static void on_answer(struct request *req)
{
    struct call *c = req->owner;
    struct call_context *x = c->context;
    struct host *host = &x->hosts[c->target->host];
    buf_clear(&c->output);
    c->latency_ns = req->ended_ns - req->started_ns;
    enum tool_kind kind = tool_read(req, c->call_id, &x->scratch, &c->output, &c->warnings);
    if (req->connected)
        host_reached(host);
    if (tool_kind_row(kind)->fate == TOOL_RETRIED && try_again(c))
        return;
    if (net_fault_is_unreached(req->fault) && host_unreached(host, req->ended_ns))
        x->on_gone(x->arg, host, kind);
    settle(c, kind);
}

/* As if it had never been used for another call. */
static void reset(struct call *c)
{
    c->attempts = 0;
    c->warnings = 0;
    c->latency_ns = 0;
    c->settled = false;
    c->req.status = 0;
    c->req.detail[0] = '\0';
    buf_clear(&c->output);
    buf_clear(&c->body);
}

void call_context_init(struct call_context *x, const struct job_simulation *sim,
                       const struct targets *targets)
{
    x->retry = (struct retry_policy){sim->tool_attempts, sim->tool_backoff_ms};
    x->timeout_ms = sim->tool_timeout_ms;
    x->call_timeout_ms = sim->call_timeout_ms;
    x->hosts = targets->hosts;
    x->n_requests = mem_array(targets->n_hosts, sizeof(*x->n_requests));
    x->queues = mem_array(targets->n_hosts, sizeof(*x->queues));
    for (size_t h = 0; h < targets->n_hosts; h++)
        queue_init(&x->queues[h], x->engine, &x->hosts[h].rate, on_turn);
}

void call_context_release(struct call_context *x)
{
    tape_release(&x->scratch);
    free(x->n_requests);
    free(x->queues);
}

void call_start(struct call *c, const struct tool_call *what)
{
    reset(c);
    tool_request(what, &c->body);
    enum tool_kind refusal = !c->target                    ? TOOL_KIND_UNKNOWN
                             : c->body.len > TOOL_BODY_MAX ? TOOL_KIND_REQUEST_TOO_LARGE
                                                           : TOOL_KIND_FINE;
    if (refusal != TOOL_KIND_FINE) {
        tool_refusal(refusal, what->name, &c->output);
        settle(c, refusal);
        return;
    }
    c->req.url = c->target->url;
    c->req.headers = c->target->headers;
    c->req.body = c->body.at;
    c->req.body_bytes = c->body.len;
    c->req.answer_max = TOOL_BODY_MAX;
    c->req.timeout_ms = c->context->timeout_ms;
    c->req.done = on_answer;
    c->req.owner = c;
    c->deadline.fire = on_deadline;
    send(c);
}

void call_refuse(struct call *c, enum tool_kind kind, const struct buf *text)
{
    reset(c);
    buf_add(&c->output, text->at, text->len);
    settle(c, kind);
}

void call_stop(struct call *c)
{
    stop(c);
    c->settled = true;
}

void call_release(struct call *c)
{
    buf_release(&c->output);
    buf_release(&c->body);
    buf_release(&c->req.answer);
}

bool call_is_lost(const struct call *c)
{
    return tool_kind_loses(c->kind);
}
