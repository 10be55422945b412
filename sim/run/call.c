#include "sim/run/call.h"

#include <stddef.h>

#include "sim/base/clock.h"

static void stop(struct call *c)
{
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

void call_expire(struct call *c, enum tool_kind kind)
{
    if (c->settled)
        return;
    buf_clear(&c->output);
    if (c->req.transfer)
        c->latency_ns = clock_ns() - c->req.started_ns;
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
    /* This thread alone writes it, so an addition needs no exchange. */
    atomic_uint_fast64_t *n = &x->n_requests[c->target->host];
    atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    if (c->attempts++ == 0 && x->call_timeout_ms)
        engine_after(x->engine, &c->deadline, x->call_timeout_ms);
    engine_send(x->engine, &c->req);
}

static void on_turn(struct timer *t)
{
    send_now((struct call *)((char *)t - offsetof(struct call, wait)));
}

/* As soon as the host's rate allows. */
static void send(struct call *c)
{
    struct call_context *x = c->context;
    struct rate *rate = &x->hosts[c->target->host].rate;
    int64_t now_ns = rate->interval_ns ? clock_ns() : 0;
    int64_t at_ns = rate_take(rate, now_ns);
    if (at_ns <= now_ns) {
        send_now(c);
        return;
    }
    c->wait.fire = on_turn;
    engine_at(x->engine, &c->wait, at_ns);
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
    bool unreached = net_fault_is_unreached(req->fault);
    buf_clear(&c->output);
    c->latency_ns = req->ended_ns - req->started_ns;
    enum tool_kind kind = tool_read(req, c->call_id, &x->scratch, &c->output, &c->warnings);
    if (!unreached)
        host_reached(host);
    if (tool_kind_row(kind)->fate == TOOL_RETRIED && try_again(c))
        return;
    if (unreached && host_unreached(host))
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
