#include "sim/run/call.h"

#include <stddef.h>

static void settle(struct call *c, enum tool_kind kind)
{
    c->kind = kind;
    c->done(c); /* last: it may free the call */
}

static void send(struct call *c)
{
    c->attempts++;
    engine_send(c->context->engine, &c->req);
}

static void on_wait_over(struct timer *t)
{
    struct call *c = (struct call *)((char *)t - offsetof(struct call, wait));
    send(c);
}

static void on_answer(struct request *req)
{
    struct call *c = req->owner;
    buf_clear(&c->output);
    c->latency_ns = req->ended_ns - req->started_ns;
    enum tool_kind kind =
        tool_read(req, c->call_id, &c->context->scratch, &c->output, &c->warnings);
    if (tool_kind_row(kind)->fate == TOOL_RETRIED) {
        int64_t wait_ms = retry_wait_ms(&c->context->retry, c->attempts);
        if (wait_ms != RETRY_STOP) {
            c->wait.fire = on_wait_over;
            engine_after(c->context->engine, &c->wait, wait_ms);
            return;
        }
    }
    settle(c, kind);
}

void call_start(struct call *c, const struct tool_call *what)
{
    c->attempts = 0;
    c->warnings = 0;
    c->latency_ns = 0;
    buf_clear(&c->output);
    buf_clear(&c->body);
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
    send(c);
}

void call_refuse(struct call *c, enum tool_kind kind, const struct buf *text)
{
    c->attempts = 0;
    c->warnings = 0;
    c->latency_ns = 0;
    buf_clear(&c->output);
    buf_add(&c->output, text->at, text->len);
    settle(c, kind);
}

void call_stop(struct call *c)
{
    engine_abort(c->context->engine, &c->req);
    engine_cancel_timer(c->context->engine, &c->wait);
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
