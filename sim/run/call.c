#include "sim/run/call.h"

#include <stddef.h>

static struct call *by_exchange(struct exchange *x)
{
    return (struct call *)((char *)x - offsetof(struct call, x));
}

static void note_attempt(struct call *c)
{
    c->tried[c->n_tried++] = (struct call_attempt){.latency_ns = c->x.latency_ns,
                                                   .status = (uint16_t)c->x.req.status,
                                                   .kind = (uint8_t)c->kind};
}

static void settle(struct call *c, enum tool_kind kind)
{
    c->kind = kind;
    if (c->n_tried < (size_t)c->x.attempts) /* given up while it was on the wire */
        note_attempt(c);
    c->settled = true;
    c->done(c); /* last: it may free the call */
}

void call_expire(struct call *c, enum tool_kind kind)
{
    if (c->settled)
        return;
    exchange_give_up(&c->x);
    buf_clear(&c->output);
    settle(c, kind);
}

static void on_expired(struct exchange *x)
{
    struct call *c = by_exchange(x);
    buf_clear(&c->output);
    settle(c, TOOL_KIND_CALL_DEADLINE);
}

static bool on_read(struct exchange *x)
{
    struct call *c = by_exchange(x);
    buf_clear(&c->output);
    c->kind = tool_read(&x->req, c->call_id, &c->context->scratch, &c->output, &c->warnings);
    note_attempt(c);
    return tool_kind_row(c->kind)->fate == TOOL_RETRIED;
}

static void on_done(struct exchange *x)
{
    struct call *c = by_exchange(x);
    settle(c, c->kind);
}

/* As if it had never been used for another call. */
static void reset(struct call *c)
{
    c->x.lane = &c->context->lane;
    exchange_reset(&c->x);
    c->warnings = 0;
    c->n_tried = 0;
    c->settled = false;
    buf_clear(&c->output);
    buf_clear(&c->body);
}

void call_context_init(struct call_context *x, const struct job_simulation *sim, struct wire *wire)
{
    x->lane = (struct lane){
        .wire = wire,
        .retry = {sim->tool_attempts, sim->tool_backoff_ms},
        .timeout_ms = sim->tool_timeout_ms,
        .total_timeout_ms = sim->call_timeout_ms,
        .read = on_read,
        .done = on_done,
        .expired = on_expired,
    };
}

void call_context_release(struct call_context *x)
{
    tape_release(&x->scratch);
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
    c->x.host = c->target->host;
    c->x.req.url = c->target->url;
    c->x.req.headers = c->target->headers;
    c->x.req.body = c->body.at;
    c->x.req.body_bytes = c->body.len;
    c->x.req.answer_max = TOOL_BODY_MAX;
    exchange_start(&c->x);
}

void call_settle(struct call *c, enum tool_kind kind, const char *text, size_t len)
{
    reset(c);
    buf_add(&c->output, text, len);
    settle(c, kind);
}

void call_stop(struct call *c)
{
    exchange_stop(&c->x);
    c->settled = true;
}

void call_release(struct call *c)
{
    buf_release(&c->output);
    buf_release(&c->body);
    buf_release(&c->x.req.answer);
}

bool call_is_lost(const struct call *c)
{
    return tool_kind_loses(c->kind);
}
