/* A tool endpoint that costs next to nothing, so that what is measured is the client.
 *
 *     bench_endpoint [--delay-ms N] [--threads N]      prints its URL, serves until it is killed
 *
 * Any POST on any path is read whole by its Content-Length and answered with the contract's answer,
 * `call_id` and `id` found in the body by a plain search. With --delay-ms each answer is sent that
 * much later; no thread waits meanwhile. It is no HTTP server beyond that: no pipelining, no
 * chunks, and whoever sends something else is hung up on.
 *
 * Threads: each has an epoll and its own connections. The first also accepts and deals the
 * connections out in turn, so that all have equally many.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/files.h"
#include "sim/base/mem.h"

enum {
    THREADS_DEFAULT = 2,
    THREADS_MAX = 16,
    EVENTS = 256,
    REQUEST_ROOM = 4096, /* what a request of the benchmark fits in; grows for a larger one */
    REQUEST_MAX = 4 * 1024 * 1024,
    ANSWER_MAX = 512,
    ID_MAX = 64,
};

struct connection {
    int fd;
    char *at; /* owned: the request as far as it has come */
    size_t len;
    size_t room;
    size_t need;    /* bytes of the request, head and body; 0 until its head is whole */
    int64_t due_ns; /* while it waits: when to answer */
    bool waits;
    struct connection *next, *prev; /* among those that wait */
};

struct server {
    pthread_t thread;
    int epoll_fd;
    int listen_fd; /* -1 but for the first */
    /* Every answer waits equally long, so the queue is in order of time as it is. */
    struct connection *first, *last;
};

/* Constant once the threads run. */
static struct server servers[THREADS_MAX];
static int n_servers = THREADS_DEFAULT;
static int64_t delay_ns;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void queue_add(struct server *s, struct connection *c)
{
    c->waits = true;
    c->next = NULL;
    c->prev = s->last;
    *(s->last ? &s->last->next : &s->first) = c;
    s->last = c;
}

static void queue_take(struct server *s, struct connection *c)
{
    *(c->prev ? &c->prev->next : &s->first) = c->next;
    *(c->next ? &c->next->prev : &s->last) = c->prev;
    c->waits = false;
}

static void hang_up(struct server *s, struct connection *c)
{
    if (c->waits)
        queue_take(s, c);
    close(c->fd); /* which takes it out of the epoll too */
    free(c->at);
    free(c);
}

/* The string after `key`, which stands before anything a user wrote. Its length, 0 if none. */
static size_t find_id(const char *body, size_t len, const char *key, const char **id)
{
    const char *end = body + len;
    const char *at = memmem(body, len, key, strlen(key));
    if (!at)
        return 0;
    at += strlen(key);
    while (at < end && *at == ' ')
        at++;
    if (at == end || *at++ != '"')
        return 0;
    *id = at;
    const char *quote = memchr(at, '"', (size_t)(end - at));
    return quote && quote - at <= ID_MAX ? (size_t)(quote - at) : 0;
}

/* False if the client is gone. An answer is smaller than any socket's buffer, which is empty since
 * the client has read the answer before; so it goes in whole. */
static bool answer(struct connection *c)
{
    const char *body = memmem(c->at, c->len, "\r\n\r\n", 4);
    size_t len = (size_t)(c->at + c->need - body);
    const char *call_id = "";
    const char *id = "";
    int call_id_len = (int)find_id(body, len, "\"call_id\":", &call_id);
    int id_len = (int)find_id(body, len, "\"id\":", &id);
    char json[ANSWER_MAX];
    char text[ANSWER_MAX];
    int n = snprintf(json, sizeof(json),
                     "{\"type\":\"function_call_output\",\"call_id\":\"%.*s\",\"id\":\"%.*s\","
                     "\"output\":\"{\\\"sku\\\":\\\"A-1042\\\",\\\"in_stock\\\":true}\"}",
                     call_id_len, call_id, id_len, id);
    n = snprintf(
        text, sizeof(text),
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", n,
        json);
    c->len = 0;
    c->need = 0;
    return send(c->fd, text, (size_t)n, MSG_NOSIGNAL) == n;
}

/* Head and body together, or 0 while the head is not whole. Without a length there is no body. */
static size_t request_bytes(const struct connection *c)
{
    const char *end = memmem(c->at, c->len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    size_t head = (size_t)(end - c->at) + 4;
    for (const char *line = c->at; line < end; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, "content-length:", 15) == 0)
            return head + strtoul(line + 15, NULL, 10);
    }
    return head;
}

static void make_room(struct connection *c)
{
    size_t room = c->need > c->room ? c->need : c->len == c->room ? c->room * 2 : c->room;
    if (room > c->room) {
        c->at = mem_grow(c->at, room + 1, 1);
        c->room = room;
    }
}

/* False if the connection is over. */
static bool receive(struct server *s, struct connection *c)
{
    make_room(c);
    ssize_t n = recv(c->fd, c->at + c->len, c->room - c->len, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0 || c->waits) /* more than the one request */
        return false;
    c->len += (size_t)n;
    c->at[c->len] = '\0';
    if (!c->need)
        c->need = request_bytes(c);
    if (c->len > REQUEST_MAX || c->need > REQUEST_MAX || (c->need && c->len > c->need))
        return false;
    if (!c->need || c->len < c->need)
        return true;
    if (!delay_ns)
        return answer(c);
    c->due_ns = clock_ns() + delay_ns;
    queue_add(s, c);
    return true;
}

static void accept_all(const struct server *s)
{
    static unsigned turn;
    int on = 1;
    int fd = -1;
    while ((fd = accept4(s->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        struct connection *c = mem_new(sizeof(*c));
        c->fd = fd;
        c->room = REQUEST_ROOM;
        c->at = mem_array(REQUEST_ROOM + 1, 1);
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(servers[turn++ % (unsigned)n_servers].epoll_fd, EPOLL_CTL_ADD, fd, &ev))
            die("epoll_ctl");
    }
    if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
        die("accept"); /* out of descriptors: a measurement that goes on would be worth nothing */
}

/* Milliseconds to the next answer that is due, rounded up. */
static int wait_ms(const struct server *s)
{
    if (!s->first)
        return -1;
    int64_t wait = (s->first->due_ns - clock_ns() + 999999) / 1000000;
    return wait < 0 ? 0 : (int)wait;
}

static void answer_due(struct server *s)
{
    int64_t now = s->first ? clock_ns() : 0;
    for (struct connection *c = NULL; (c = s->first) && c->due_ns <= now;) {
        queue_take(s, c);
        if (!answer(c))
            hang_up(s, c);
    }
}

static void *serve(void *arg)
{
    struct server *s = arg;
    struct epoll_event events[EVENTS];
    for (;;) {
        int n = epoll_wait(s->epoll_fd, events, EVENTS, wait_ms(s));
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c)
                accept_all(s);
            else if (!receive(s, c))
                hang_up(s, c);
        }
        answer_due(s);
    }
    return NULL;
}

static int listen_anywhere(unsigned short *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) || listen(fd, 65535) ||
        getsockname(fd, (struct sockaddr *)&at, &len))
        die("listen");
    *port = ntohs(at.sin_port);
    return fd;
}

static void read_options(int argc, char **argv)
{
    static const struct option options[] = {
        {"delay-ms", required_argument, NULL, 'd'},
        {"threads", required_argument, NULL, 't'},
        {0},
    };
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        int value = optarg ? atoi(optarg) : -1; /* NOLINT(cert-err34-c): checked below */
        if (c == 'd' && value >= 0)
            delay_ns = (int64_t)value * 1000000;
        else if (c == 't' && value >= 1 && value <= THREADS_MAX)
            n_servers = value;
        else
            exit(2);
    }
}

int main(int argc, char **argv)
{
    unsigned short port = 0;
    read_options(argc, argv);
    files_raise();
    for (int i = 0; i < n_servers; i++) {
        servers[i].listen_fd = -1;
        servers[i].epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        if (servers[i].epoll_fd < 0)
            die("epoll_create1");
    }
    servers[0].listen_fd = listen_anywhere(&port);
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(servers[0].epoll_fd, EPOLL_CTL_ADD, servers[0].listen_fd, &ev))
        die("epoll_ctl");
    for (int i = 1; i < n_servers; i++) {
        if (pthread_create(&servers[i].thread, NULL, serve, &servers[i]))
            die("pthread_create");
    }
    printf("http://127.0.0.1:%u/tool\n", port);
    fflush(stdout);
    serve(&servers[0]);
    return 0;
}
