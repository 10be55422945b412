#include "sim/net/engine.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/net/sockets.h"
#include "sim/net/transfer.h"

/* A multi handle slows down with the transfers in it: beyond some 64 each costs more than the one
 * before. So they are dealt out to several, each with connections of its own. */
enum {
    SHARD_TRANSFERS = 64,
    SHARD_DESCRIPTORS = 2, /* of a multi handle itself: curl 7.88 wakes itself with a pair */
};

/* Connections that a shard keeps open. Fewer than are in flight, and they are closed and made again
 * all the time, at three times the cost. With several hosts those of one stay while those of
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

struct shard {
    struct engine *engine;
    CURLM *multi;
    int64_t curl_at_ns; /* when curl wants to be called; INT64_MAX for never */
    bool touched;       /* curl was called since its messages were read */
};

struct engine {
    struct engine_config config;
    struct sockets sockets;
    int wake_fd; /* the one thing other threads touch */
    struct timers timers;
    struct shard **shards; /* owned; made as they are needed */
    size_t n_shards;
    struct transfer **transfers; /* owned; made as they are needed */
    size_t n_transfers;
    struct transfer *idle;        /* a stack: of the one used last the connection is warm */
    struct request *first, *last; /* in line for a transfer */
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

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    (void)known;
    struct shard *s = arg;
    struct sockets *sockets = &s->engine->sockets;
    struct transfer *t = NULL; /* NULL for a handle of curl's own */
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
    if (what == CURL_POLL_REMOVE) {
        if (t && t->sent) /* of a transfer that got this far it is the connection */
            sockets_let_go(sockets, fd);
        else
            sockets_forget(sockets, fd);
        return 0;
    }
    if (!t || (!t->opened && !t->sent)) /* the resolver's, under a number that was another's once */
        sockets_forget(sockets, fd);
    uint32_t events = 0;
    if (what & CURL_POLL_IN)
        events |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        events |= EPOLLOUT;
    return sockets_want(sockets, fd, events, s) ? 0 : -1;
}

static int on_curl_timer(CURLM *multi, long wait_ms, void *arg)
{
    (void)multi;
    struct shard *s = arg;
    s->curl_at_ns = wait_ms < 0    ? INT64_MAX
                    : wait_ms == 0 ? 0 /* at once, by whatever clock */
                                   : clock_ns() + (int64_t)wait_ms * 1000000;
    return 0;
}

static struct shard *shard_new(struct engine *g)
{
    struct shard *s = mem_new(sizeof(*s));
    s->engine = g;
    s->curl_at_ns = INT64_MAX;
    s->multi = curl_multi_init();
    if (!s->multi)
        abort(); /* only for want of memory */
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    size_t n = connections_of(g->config.n_hosts);
    if (g->config.transfers_max < SHARD_TRANSFERS)
        n = n * g->config.transfers_max / SHARD_TRANSFERS + 1;
    curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)n);
    return s;
}

static void go(struct engine *g, struct transfer *t, struct request *req)
{
    req->transfer = t;
    req->started_ns = clock_ns();
    transfer_aim(t, req);
    t->refusal = curl_multi_add_handle(t->shard->multi, t->easy);
    int64_t limit_ns =
        t->refusal ? 0 : req->timeout_ms * 1000000; /* done from the loop, not here */
    timers_set(&g->timers, &t->deadline, req->started_ns + limit_ns);
}

/* Take the request from its transfer, which goes to the next in line. */
static void part(struct engine *g, struct transfer *t)
{
    assert(t->req);
    curl_multi_remove_handle(t->shard->multi, t->easy);
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
    finish(t->shard->engine, t);
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
        g->shards = mem_grow(g->shards, g->n_shards + 1, sizeof(*g->shards));
        g->shards[g->n_shards++] = shard_new(g);
    }
    t = transfer_new(&g->sockets, g->config.share);
    g->transfers = mem_grow(g->transfers, g->n_transfers + 1, sizeof(struct transfer *));
    g->transfers[g->n_transfers++] = t;
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

static void read_messages(struct engine *g, struct shard *s)
{
    int left = 0;
    s->touched = false;
    for (CURLMsg *m = NULL; (m = curl_multi_info_read(s->multi, &left));) {
        struct transfer *t = NULL;
        CURLcode result = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        transfer_result(t, result);
        finish(g, t);
    }
}

enum err_code engine_new(struct engine **out, const struct engine_config *config, struct err *e)
{
    struct engine *g = mem_new(sizeof(*g));
    g->config = *config;
    g->wake_fd = -1;
    enum err_code rc = sockets_init(&g->sockets, e);
    if (!rc)
        g->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!rc && (g->wake_fd < 0 || !sockets_want(&g->sockets, g->wake_fd, EPOLLIN, g)))
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
    for (size_t i = 0; i < g->n_shards; i++) {
        curl_multi_cleanup(g->shards[i]->multi);
        free(g->shards[i]);
    }
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
        if (g->shards[i]->curl_at_ns < at)
            at = g->shards[i]->curl_at_ns;
    }
    if (at == INT64_MAX)
        return -1;
    int64_t wait = (at - clock_ns() + 999999) / 1000000;
    return wait < 0 ? 0 : wait > 60000 ? 60000 : (int)wait;
}

static void on_event(struct engine *g, const struct socket_event *ev)
{
    int running = 0;
    if (ev->owner == g) {
        uint64_t count = 0;
        if (read(g->wake_fd, &count, sizeof(count)) > 0)
            g->config.on_wake(g->config.arg);
        return;
    }
    struct shard *s = ev->owner;
    int flags = 0;
    if (ev->events & (EPOLLIN | EPOLLHUP))
        flags |= CURL_CSELECT_IN;
    if (ev->events & EPOLLOUT)
        flags |= CURL_CSELECT_OUT;
    if (ev->events & EPOLLERR)
        flags |= CURL_CSELECT_ERR;
    s->touched = true;
    curl_multi_socket_action(s->multi, ev->fd, flags, &running);
}

/* Requests that were added to a shard go out here, all at once: curl asks to be called at once. */
static void run_shard(struct shard *s)
{
    int running = 0;
    s->curl_at_ns = INT64_MAX;
    s->touched = true;
    curl_multi_socket_action(s->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

static void run_timers(struct engine *g, int64_t now_ns)
{
    for (struct timer *t = NULL; (t = timers_due(&g->timers, now_ns));)
        t->fire(t);
}

/* What ended makes room for the next, which run_shard then sends. */
static void run_shards(struct engine *g, int64_t now_ns)
{
    for (size_t i = 0; i < g->n_shards; i++) {
        struct shard *s = g->shards[i];
        if (s->curl_at_ns <= now_ns)
            run_shard(s);
        if (s->touched)
            read_messages(g, s);
    }
}

static void read_all_messages(struct engine *g)
{
    for (size_t i = 0; i < g->n_shards; i++) {
        if (g->shards[i]->touched)
            read_messages(g, g->shards[i]);
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
        read_all_messages(g);
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
