#include "sim/net/engine.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/net/shard.h"
#include "sim/net/sockets.h"
#include "sim/net/transfer.h"

/* Connections that a full shard keeps open: with several hosts those of one stay while those of
 * another are in use. */
static size_t connections_of(size_t n_hosts)
{
    return n_hosts > 1 ? 2 * SHARD_TRANSFERS : SHARD_TRANSFERS;
}

size_t engine_transfers(size_t descriptors, size_t n_hosts)
{
    size_t n = descriptors * SHARD_TRANSFERS / (connections_of(n_hosts) + SHARD_DESCRIPTORS);
    return n ? n : 1;
}

struct engine {
    struct engine_config config;
    struct sockets sockets;
    int wake_fd; /* the one thing other threads touch */
    struct watch wake;
    struct timers timers;
    struct shard **shards; /* owned; made as they are needed */
    size_t n_shards;
    struct transfer **transfers; /* owned; made as they are needed */
    size_t n_transfers;
    struct transfer *idle; /* a stack: of the one used last the connection is warm */
    /* In line for a transfer. Ours, since CURLMOPT_MAX_HOST_CONNECTIONS, which could do the same,
     * goes through all that wait after each that ends, and collapses at thousands. */
    struct request *first, *last;
    bool stopping;
};

static void line_add(struct engine *g, struct request *req)
{
    req->in_line = true;
    req->next = NULL;
    req->prev = g->last;
    *(g->last ? &g->last->next : &g->first) = req;
    g->last = req;
}

static void line_take(struct engine *g, struct request *req)
{
    req->in_line = false;
    *(req->prev ? &req->prev->next : &g->first) = req->next;
    *(req->next ? &req->next->prev : &g->last) = req->prev;
}

static void go(struct engine *g, struct transfer *t, struct request *req)
{
    req->transfer = t;
    req->started_ns = clock_ns();
    transfer_aim(t, req);
    t->refusal = shard_add(t->shard, t);
    int64_t limit_ns =
        t->refusal ? 0 : req->timeout_ms * 1000000; /* done from the loop, not here */
    timers_set(&g->timers, &t->deadline, req->started_ns + limit_ns);
}

/* Take the request from its transfer, which goes to the next in line. */
static void part(struct engine *g, struct transfer *t)
{
    assert(t->req);
    shard_remove(t->shard, t);
    timers_cancel(&g->timers, &t->deadline);
    t->req->transfer = NULL;
    t->req = NULL;
    struct request *next = g->first;
    if (!next) {
        t->next = g->idle;
        g->idle = t;
        return;
    }
    line_take(g, next);
    go(g, t, next);
}

/* Its request has been told what came of it. */
static void finish(struct engine *g, struct transfer *t)
{
    struct request *req = t->req;
    part(g, t);
    req->done(req); /* last: it may send again, or free req */
}

/* Our timer and not CURLOPT_TIMEOUT_MS: libcurl's costs a twentieth of a request. */
static void on_deadline(struct timer *timer)
{
    struct transfer *t = (struct transfer *)((char *)timer - offsetof(struct transfer, deadline));
    if (t->refusal)
        transfer_refused(t, t->refusal);
    else
        transfer_timeout(t);
    finish(t->engine, t);
}

/* A transfer to use, or NULL if as many as may be are on the wire. */
static struct transfer *take_transfer(struct engine *g)
{
    struct transfer *t = g->idle;
    if (t) {
        g->idle = t->next;
        return t;
    }
    if (g->n_transfers == g->config.transfers_max)
        return NULL;
    if (g->n_transfers == g->n_shards * SHARD_TRANSFERS) {
        g->shards = mem_grow(g->shards, g->n_shards + 1, sizeof(struct shard *));
        size_t n = connections_of(g->config.n_hosts);
        if (g->config.transfers_max < SHARD_TRANSFERS)
            n = n * g->config.transfers_max / SHARD_TRANSFERS + 1;
        g->shards[g->n_shards++] = shard_new(&g->sockets, n);
    }
    t = transfer_new(&g->sockets, g->config.share);
    g->transfers = mem_grow(g->transfers, g->n_transfers + 1, sizeof(struct transfer *));
    g->transfers[g->n_transfers++] = t;
    t->engine = g;
    t->shard = g->shards[g->n_shards - 1];
    t->deadline.fire = on_deadline;
    return t;
}

void engine_send(struct engine *g, struct request *req)
{
    assert(!req->transfer && !req->in_line && (req->body || req->connect_only));
    req->fault = NET_NONE;
    req->detail[0] = '\0';
    req->status = 0;
    req->ended_ns = 0;
    buf_clear(&req->answer);
    struct transfer *t = take_transfer(g);
    if (t)
        go(g, t, req);
    else
        line_add(g, req);
}

void engine_abort(struct engine *g, struct request *req)
{
    if (req->transfer)
        part(g, req->transfer);
    else if (req->in_line)
        line_take(g, req);
}

static void on_wake(struct watch *w, const struct socket_event *ev)
{
    struct engine *g = (struct engine *)((char *)w - offsetof(struct engine, wake));
    uint64_t count = 0;
    if (read(ev->fd, &count, sizeof(count)) > 0)
        g->config.on_wake(g->config.arg);
}

static void finish_all(struct engine *g, struct shard *s)
{
    CURLcode result = CURLE_OK;
    for (struct transfer *t = NULL; (t = shard_finished(s, &result));) {
        transfer_result(t, result);
        finish(g, t);
    }
}

enum err_code engine_new(struct engine **out, const struct engine_config *config, struct err *e)
{
    struct engine *g = mem_new(sizeof(*g));
    g->config = *config;
    g->wake_fd = -1;
    g->wake.ready = on_wake;
    enum err_code rc = sockets_init(&g->sockets, e);
    if (!rc)
        g->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!rc && (g->wake_fd < 0 || !sockets_want(&g->sockets, g->wake_fd, EPOLLIN, &g->wake)))
        rc = err_sys(e, "starting an engine");
    if (rc) {
        engine_free(g);
        return rc;
    }
    *out = g;
    return ERR_OK;
}

void engine_free(struct engine *g)
{
    if (!g)
        return;
    while (g->first)
        line_take(g, g->first);
    for (size_t i = 0; i < g->n_transfers; i++) {
        if (g->transfers[i]->req)
            part(g, g->transfers[i]);
        transfer_free(g->transfers[i]);
    }
    free(g->transfers);
    for (size_t i = 0; i < g->n_shards; i++)
        shard_free(g->shards[i]);
    free(g->shards);
    timers_release(&g->timers);
    if (g->wake_fd >= 0)
        close(g->wake_fd);
    sockets_release(&g->sockets);
    free(g);
}

void engine_after(struct engine *g, struct timer *t, int64_t wait_ms)
{
    timers_set(&g->timers, t, clock_ns() + wait_ms * 1000000);
}

void engine_at(struct engine *g, struct timer *t, int64_t at_ns)
{
    timers_set(&g->timers, t, at_ns);
}

void engine_cancel_timer(struct engine *g, struct timer *t)
{
    timers_cancel(&g->timers, t);
}

/* Milliseconds to sleep: to the next timer, rounded up so that it is due when we wake. */
static int sleep_ms(const struct engine *g)
{
    int64_t at = timers_next_ns(&g->timers);
    for (size_t i = 0; i < g->n_shards; i++) {
        if (g->shards[i]->due_ns < at)
            at = g->shards[i]->due_ns;
    }
    if (at == INT64_MAX)
        return -1;
    int64_t wait = (at - clock_ns() + 999999) / 1000000;
    return wait < 0 ? 0 : wait > 60000 ? 60000 : (int)wait;
}

bool engine_watch(struct engine *g, int fd, uint32_t events, struct watch *w)
{
    return sockets_want(&g->sockets, fd, events, w);
}

void engine_unwatch(struct engine *g, int fd)
{
    sockets_forget(&g->sockets, fd);
}

/* Another event of this round may have ended the interest, and the owner with it. */
static void on_event(struct engine *g, const struct socket_event *ev)
{
    if (sockets_owner(&g->sockets, ev->fd) == ev->owner)
        ev->owner->ready(ev->owner, ev);
}

static void run_timers(struct engine *g, int64_t now_ns)
{
    for (struct timer *t = NULL; (t = timers_due(&g->timers, now_ns));)
        t->fire(t);
}

/* What ended makes room for the next, which then goes out. */
static void run_shards(struct engine *g, int64_t now_ns)
{
    for (size_t i = 0; i < g->n_shards; i++) {
        if (g->shards[i]->due_ns <= now_ns)
            shard_run(g->shards[i]);
        finish_all(g, g->shards[i]);
    }
}

/* Answers before deadlines: one that is here has come in time, however long we were busy. So the
 * time is read before they are handled, and while there may be more of them no timer is run. */
void engine_loop(struct engine *g)
{
    struct socket_event events[SOCKETS_EVENTS];
    g->stopping = false;
    while (!g->stopping) {
        int n = sockets_wait(&g->sockets, sleep_ms(g), events);
        int64_t now_ns = clock_ns();
        for (int i = 0; i < n; i++)
            on_event(g, &events[i]);
        for (size_t i = 0; i < g->n_shards; i++)
            finish_all(g, g->shards[i]);
        if (n < SOCKETS_EVENTS)
            run_timers(g, now_ns);
        run_shards(g, now_ns);
    }
}

void engine_stop(struct engine *g)
{
    g->stopping = true;
}

void engine_wake(struct engine *g)
{
    uint64_t one = 1;
    ssize_t n = write(g->wake_fd, &one, sizeof(one)); /* fails only when it is set already */
    (void)n;
}
