#include "sim/net/shard.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/net/transfer.h"

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    (void)known;
    struct shard *s = arg;
    struct sockets *sockets = s->sockets;
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
    return sockets_want(sockets, fd, events, &s->watch) ? 0 : -1;
}

static int on_curl_timer(CURLM *multi, long wait_ms, void *arg)
{
    (void)multi;
    struct shard *s = arg;
    s->due_ns = wait_ms < 0    ? INT64_MAX
                : wait_ms == 0 ? 0 /* at once, by whatever clock */
                               : clock_ns() + (int64_t)wait_ms * 1000000;
    return 0;
}

static void on_ready(struct watch *w, const struct socket_event *ev)
{
    struct shard *s = (struct shard *)((char *)w - offsetof(struct shard, watch));
    int running = 0;
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

struct shard *shard_new(struct sockets *sockets, size_t connections)
{
    struct shard *s = mem_new(sizeof(*s));
    s->watch.ready = on_ready;
    s->sockets = sockets;
    s->due_ns = INT64_MAX;
    s->multi = curl_multi_init();
    if (!s->multi)
        abort(); /* only for want of memory */
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)connections);
    return s;
}

void shard_free(struct shard *s)
{
    curl_multi_cleanup(s->multi);
    free(s);
}

CURLMcode shard_add(struct shard *s, struct transfer *t)
{
    return curl_multi_add_handle(s->multi, t->easy);
}

void shard_remove(struct shard *s, struct transfer *t)
{
    curl_multi_remove_handle(s->multi, t->easy);
}

void shard_run(struct shard *s)
{
    int running = 0;
    s->due_ns = INT64_MAX;
    s->touched = true;
    curl_multi_socket_action(s->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

struct transfer *shard_finished(struct shard *s, CURLcode *result)
{
    int left = 0;
    CURLMsg *m = s->touched ? curl_multi_info_read(s->multi, &left) : NULL;
    struct transfer *t = NULL;
    s->touched = m != NULL;
    if (!m)
        return NULL;
    *result = m->data.result; /* before the handle is asked anything, which may free the message */
    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
    return t;
}
