#include "sim/net/engine.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/net/fault.h"

enum {
    RECEIVE_BYTES = 4096, /* read at a time; memory that every transfer in flight holds */
    EVENTS = 128,
};

/* A curl handle with what is set once; kept for the next request when one is done. */
struct transfer {
    struct engine *engine;
    struct request *req; /* NULL while idle */
    bool sent;           /* the request went out once */
    bool began;          /* some of its answer has come */
    bool headed;         /* its answer's head has come whole */
    CURL *easy;
    const char *url;              /* as last set: most requests go where the one before went */
    struct transfer *next, *prev; /* in the busy or the idle list */
};

struct engine {
    struct engine_config config;
    CURLM *multi;
    int epoll_fd;
    int wake_fd;        /* the one thing other threads touch */
    int64_t curl_at_ns; /* when curl wants to be called; INT64_MAX for never */
    struct timers timers;
    struct transfer *idle;
    struct transfer *busy;
    bool stopping;
};

static void list_add(struct transfer **head, struct transfer *t)
{
    t->prev = NULL;
    t->next = *head;
    if (*head)
        (*head)->prev = t;
    *head = t;
}

static void list_take(struct transfer **head, struct transfer *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        *head = t->next;
    if (t->next)
        t->next->prev = t->prev;
}

static size_t on_bytes(char *bytes, size_t one, size_t count, void *arg)
{
    (void)one; /* always 1 */
    struct transfer *t = arg;
    struct request *req = t->req;
    if (count > req->answer_max - req->answer.len) {
        req->fault = NET_TOO_LARGE;
        return 0; /* tells curl to give up */
    }
    buf_add(&req->answer, bytes, count);
    return count;
}

/* A cut connection may end inside the head, and curl 7.88 then reports success: the empty line at
 * the head's end is how we know. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is curl's */
static size_t on_header(char *line, size_t one, size_t count, void *arg)
{
    (void)one; /* always 1 */
    struct transfer *t = arg;
    t->began = true;
    t->headed = count <= 2 && (line[0] == '\r' || line[0] == '\n');
    return count;
}

/* Called before a request goes out. When a kept connection closes without an answer curl sends
 * the request a second time, in silence; how often a tool was asked is ours to decide and to count
 * (EV-16), so that second time is refused. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is curl's */
static int on_send(void *arg, char *peer, char *local, int peer_port, int local_port)
{
    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    struct transfer *t = arg;
    bool again = t->sent;
    t->sent = true;
    return again ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    (void)easy;
    struct engine *g = arg;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(g->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    struct epoll_event ev = {.data.fd = fd};
    if (what & CURL_POLL_IN)
        ev.events |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        ev.events |= EPOLLOUT;
    int rc = epoll_ctl(g->epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev);
    if (rc == 0 && !known)
        curl_multi_assign(g->multi, fd, g); /* any non-NULL mark: this socket is registered */
    return rc;
}

static int on_curl_timer(CURLM *multi, long wait_ms, void *arg)
{
    (void)multi;
    struct engine *g = arg;
    g->curl_at_ns = wait_ms < 0 ? INT64_MAX : clock_ns() + (int64_t)wait_ms * 1000000;
    return 0;
}

static struct transfer *transfer_new(struct engine *g)
{
    struct transfer *t = mem_new(sizeof(*t));
    t->engine = g;
    t->easy = curl_easy_init();
    if (!t->easy)
        abort(); /* only for want of memory */
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    curl_easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(t->easy, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    return t;
}

static void transfer_free(struct transfer *t)
{
    curl_easy_cleanup(t->easy);
    free(t);
}

/* Point the handle at the request. The body is not copied: it stays the caller's until done. */
static void aim(struct transfer *t, const struct request *req)
{
    if (!t->url || strcmp(t->url, req->url) != 0)
        curl_easy_setopt(t->easy, CURLOPT_URL, req->url);
    t->url = req->url;
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)req->timeout_ms);
    curl_easy_setopt(t->easy, CURLOPT_CONNECT_ONLY, req->connect_only ? 1L : 0L);
    if (req->connect_only)
        return;
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, req->headers);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_bytes);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, req->body);
}

void engine_send(struct engine *g, struct request *req)
{
    assert(!req->transfer && (req->body || req->connect_only));
    struct transfer *t = g->idle;
    if (t)
        list_take(&g->idle, t);
    else
        t = transfer_new(g);
    list_add(&g->busy, t);
    t->req = req;
    t->sent = false;
    t->began = false;
    t->headed = false;
    req->transfer = t;
    req->fault = NET_NONE;
    req->detail[0] = '\0';
    req->status = 0;
    req->started_ns = clock_ns();
    req->ended_ns = 0;
    buf_clear(&req->answer);
    aim(t, req);
    curl_multi_add_handle(g->multi, t->easy);
}

/* Take the request from its handle; the handle is idle again. */
static void part(struct engine *g, struct transfer *t)
{
    assert(t->req);
    curl_multi_remove_handle(g->multi, t->easy);
    list_take(&g->busy, t);
    list_add(&g->idle, t);
    t->req->transfer = NULL;
    t->req = NULL;
}

void engine_abort(struct engine *g, struct request *req)
{
    if (req->transfer)
        part(g, req->transfer);
}

static void finish(struct engine *g, struct transfer *t, CURLcode result)
{
    struct request *req = t->req;
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    req->status = (int)status;
    req->ended_ns = clock_ns();
    if (result != CURLE_OK && req->fault == NET_NONE) {
        long os_errno = 0;
        curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os_errno);
        req->fault = fault_of(result, (int)os_errno);
        if (req->fault == NET_CUT && !t->began)
            req->fault = NET_EMPTY;
        if (result != CURLE_ABORTED_BY_CALLBACK) /* on_send's; curl's words would mislead */
            snprintf(req->detail, sizeof(req->detail), "%s", curl_easy_strerror(result));
    }
    if (result == CURLE_OK && !t->headed && !req->connect_only)
        req->fault = NET_CUT;
    part(g, t);
    req->done(req); /* last: it may send again, or free req */
}

static void read_messages(struct engine *g)
{
    int left = 0;
    for (CURLMsg *m = NULL; (m = curl_multi_info_read(g->multi, &left));) {
        struct transfer *t = NULL;
        CURLcode result = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        finish(g, t, result);
    }
}

enum err_code engine_new(struct engine **out, const struct engine_config *config, struct err *e)
{
    struct engine *g = mem_new(sizeof(*g));
    g->config = *config;
    g->curl_at_ns = INT64_MAX;
    g->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    g->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    g->multi = curl_multi_init();
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = g->wake_fd};
    if (g->epoll_fd < 0 || g->wake_fd < 0 || !g->multi ||
        epoll_ctl(g->epoll_fd, EPOLL_CTL_ADD, g->wake_fd, &ev) != 0) {
        enum err_code rc = err_sys(e, "starting an engine");
        engine_free(g);
        return rc;
    }
    curl_multi_setopt(g->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(g->multi, CURLMOPT_SOCKETDATA, g);
    curl_multi_setopt(g->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(g->multi, CURLMOPT_TIMERDATA, g);
    curl_multi_setopt(g->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(g->multi, CURLMOPT_MAXCONNECTS, (long)config->connections + 8);
    *out = g;
    return ERR_OK;
}

void engine_free(struct engine *g)
{
    if (!g)
        return;
    while (g->busy)
        engine_abort(g, g->busy->req);
    for (struct transfer *t = g->idle, *next = NULL; t; t = next) {
        next = t->next;
        transfer_free(t);
    }
    curl_multi_cleanup(g->multi);
    timers_release(&g->timers);
    if (g->epoll_fd >= 0)
        close(g->epoll_fd);
    if (g->wake_fd >= 0)
        close(g->wake_fd);
    free(g);
}

void engine_after(struct engine *g, struct timer *t, int64_t wait_ms)
{
    timers_set(&g->timers, t, clock_ns() + wait_ms * 1000000);
}

void engine_cancel_timer(struct engine *g, struct timer *t)
{
    timers_cancel(&g->timers, t);
}

/* Milliseconds to sleep: to the next timer, rounded up so that it is due when we wake. */
static int sleep_ms(const struct engine *g)
{
    int64_t at = timers_next_ns(&g->timers);
    if (g->curl_at_ns < at)
        at = g->curl_at_ns;
    if (at == INT64_MAX)
        return -1;
    int64_t wait = (at - clock_ns() + 999999) / 1000000;
    return wait < 0 ? 0 : wait > 60000 ? 60000 : (int)wait;
}

static void on_event(struct engine *g, const struct epoll_event *ev)
{
    int running = 0;
    if (ev->data.fd == g->wake_fd) {
        uint64_t count = 0;
        if (read(g->wake_fd, &count, sizeof(count)) > 0)
            g->config.on_wake(g->config.arg);
        return;
    }
    int flags = 0;
    if (ev->events & (EPOLLIN | EPOLLHUP))
        flags |= CURL_CSELECT_IN;
    if (ev->events & EPOLLOUT)
        flags |= CURL_CSELECT_OUT;
    if (ev->events & EPOLLERR)
        flags |= CURL_CSELECT_ERR;
    curl_multi_socket_action(g->multi, ev->data.fd, flags, &running);
}

/* Everything that is due now: curl's own timers first, then ours. */
static void on_time(struct engine *g)
{
    int64_t now = clock_ns();
    if (g->curl_at_ns <= now) {
        int running = 0;
        g->curl_at_ns = INT64_MAX;
        curl_multi_socket_action(g->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (struct timer *t = NULL; (t = timers_due(&g->timers, now));)
        t->fire(t);
}

void engine_loop(struct engine *g)
{
    struct epoll_event events[EVENTS];
    g->stopping = false;
    while (!g->stopping) {
        int n = epoll_wait(g->epoll_fd, events, EVENTS, sleep_ms(g));
        for (int i = 0; i < n; i++)
            on_event(g, &events[i]);
        on_time(g);
        read_messages(g);
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
