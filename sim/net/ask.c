#include "sim/net/ask.h"

#include <assert.h>
#include <curl/curl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

static struct ask *by_exchange(struct exchange *x)
{
    return (struct ask *)((char *)x - offsetof(struct ask, x));
}

void ask_why(const struct ask *a, struct buf *out)
{
    const struct request *req = &a->x.req;
    buf_printf(out, "%s: ", a->asker->who);
    if (req->status)
        buf_printf(out, "HTTP %d, ", req->status);
    buf_printf(out, "%s, %d attempt%s", a->fault, a->x.attempts, a->x.attempts == 1 ? "" : "s");
    if (*a->said)
        buf_printf(out, " (%s)", a->said);
    else if (*req->detail)
        buf_printf(out, " (%s)", req->detail);
}

static bool on_read(struct exchange *x)
{
    struct ask *a = by_exchange(x);
    a->fault = NULL;
    a->said[0] = '\0';
    return a->asker->read(a) == ASK_FAILED;
}

static void on_done(struct exchange *x)
{
    struct ask *a = by_exchange(x);
    a->asker->done(a);
}

void asker_open(struct asker *a, const struct asker_config *config, struct hosts *hosts,
                struct wire *wire)
{
    a->who = mem_text(config->who);
    a->url = mem_text(config->url);
    a->headers = headers_list(config->headers, config->n_headers);
    a->answer_max = config->answer_max;
    a->read = config->read;
    a->done = config->done;
    struct host_user *user = NULL;
    if (hosts)
        user = hosts_add(hosts, config->pointer, config->caller, config->written, config->use,
                         config->max_qps);
    if (user)
        host_waits(hosts->at[user->host], retry_waits_ms(&config->retry));
    if (!user || !wire)
        return;
    a->host = user->host;
    a->lane = (struct lane){
        .wire = wire,
        .retry = config->retry,
        .timeout_ms = config->timeout_ms,
        .read = on_read,
        .done = on_done,
    };
    lane_limit(&a->lane, &user->rate);
}

void asker_close(struct asker *a)
{
    lane_release(&a->lane);
    for (struct ask *k = a->spare, *next = NULL; k; k = next) {
        next = k->next;
        buf_release(&k->body);
        buf_release(&k->x.req.answer);
        free(k);
    }
    curl_slist_free_all(a->headers);
    free(a->who);
    free(a->url);
}

struct ask *ask_begin(struct asker *asker, void *owner)
{
    assert(asker->lane.wire); /* else it was opened to be checked only */
    struct ask *a = asker->spare;
    if (a)
        asker->spare = a->next;
    else
        a = mem_new(sizeof(*a));
    a->asker = asker;
    a->owner = owner;
    a->fault = NULL;
    a->said[0] = '\0';
    a->x.lane = &asker->lane;
    exchange_reset(&a->x);
    buf_clear(&a->body);
    return a;
}

void ask_send(struct ask *a)
{
    a->x.host = a->asker->host;
    a->x.req.url = a->asker->url;
    a->x.req.headers = a->asker->headers;
    a->x.req.body = buf_text(&a->body);
    a->x.req.body_bytes = a->body.len;
    a->x.req.answer_max = a->asker->answer_max;
    exchange_start(&a->x);
}

void ask_give_back(struct ask *a)
{
    a->next = a->asker->spare;
    a->asker->spare = a;
}

void ask_stop(struct ask *a)
{
    if (!a)
        return;
    exchange_stop(&a->x);
    ask_give_back(a);
}

static const char *fault_of_status(int status)
{
    if (status >= 200 && status < 300)
        return NULL;
    if (status >= 300 && status < 400)
        return "answered with a redirect, which is not followed";
    return status >= 400 && status < 500 ? "answered 4xx" : "answered 5xx";
}

/* Python's json writes NaN and Infinity as bare words, which no other reader takes. */
static bool is_nan(const struct buf *body)
{
    return memmem(buf_text(body), body->len, "NaN", 3) != NULL ||
           memmem(buf_text(body), body->len, "Infinity", 8) != NULL;
}

enum ask_verdict ask_read_object(struct ask *a, struct tape *scratch)
{
    const struct request *req = &a->x.req;
    struct tape_fault fault;
    if (req->fault == NET_NONE || (req->fault == NET_TOO_LARGE && req->status >= 400))
        a->fault = fault_of_status(req->status); /* however long its page is */
    else
        a->fault = net_fault_words(req->fault);
    if (a->fault)
        return ASK_FAILED;
    if (!req->answer.len)
        a->fault = "answered 2xx with no body";
    else if (!tape_scan(scratch, buf_text(&req->answer), req->answer.len, &fault))
        a->fault = is_nan(&req->answer) ? "answered 2xx with NaN or Infinity, which are not JSON"
                                        : "answered 2xx with a body that is not JSON";
    else if (tape_kind(scratch, 0) != TAPE_OBJECT)
        a->fault = "answered 2xx with JSON that is not an object";
    return a->fault ? ASK_FAILED : ASK_SETTLED;
}
