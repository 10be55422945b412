#include "tools/demo/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/base/files.h"
#include "sim/base/mem.h"

enum {
    CONNECTIONS_MAX = 16384,
    FILES_BESIDE = 64, /* descriptors that are no connections */
};

struct worker {
    struct MHD_Daemon *daemon;
    int ready_fd; /* the daemon's epoll descriptor, borrowed */
    int stop_fd;  /* the pool's, borrowed */
    int wake_fd;  /* an eventfd: a connection was resumed */
    pthread_t thread;
};

struct pool {
    int listen_fd;
    int stop_fd; /* an eventfd: readable, and from then on for good, when all shall end */
    unsigned port;
    struct worker *workers;
    unsigned n_daemons;
    unsigned n_threads; /* the first ones of `workers` run */
};

/* Raise the limit of open files; returns how many may be connections. */
static unsigned raise_files(void)
{
    size_t files = files_raise();
    if (files <= FILES_BESIDE)
        return 1;
    size_t n = files - FILES_BESIDE;
    return n < CONNECTIONS_MAX ? (unsigned)n : CONNECTIONS_MAX;
}

/* A listening socket of our own: libmicrohttpd would not say why it cannot have a port. */
static enum err_code listen_on(struct pool *p, unsigned port, struct err *e)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t room = sizeof(at);
    int yes = 1;
    p->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (p->listen_fd < 0)
        return err_sys(e, "opening a socket");
    if (setsockopt(p->listen_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
        bind(p->listen_fd, (const struct sockaddr *)&at, sizeof(at)) ||
        listen(p->listen_fd, SOMAXCONN) ||
        getsockname(p->listen_fd, (struct sockaddr *)&at, &room)) {
        bool taken = errno == EADDRINUSE;
        err_sys(e, "cannot listen");
        err_note(e, "127.0.0.1:%u", port);
        return taken ? err_fix(e, "leave --port out to take any free one") : e->code;
    }
    p->port = ntohs(at.sin_port);
    return ERR_OK;
}

static enum err_code start_daemon(struct worker *w, const struct pool *p,
                                  const struct pool_config *c, unsigned connections, struct err *e)
{
    int fd = fcntl(p->listen_fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return err_sys(e, "sharing a socket");
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
    w->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, c->on_request, c->cls, MHD_OPTION_LISTEN_SOCKET, fd, /* taken */
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_NOTIFY_COMPLETED, c->on_completed,
        c->cls, MHD_OPTION_NOTIFY_CONNECTION, c->on_connection, c->cls, MHD_OPTION_END);
    if (!w->daemon) {
        close(fd);
        return err_set(e, ERR_IO, "libmicrohttpd does not start");
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    w->ready_fd = info->epoll_fd;
    w->stop_fd = p->stop_fd;
    w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return w->wake_fd < 0 ? err_sys(e, "eventfd") : ERR_OK;
}

/* Milliseconds that the daemon lets us wait for a descriptor; -1: any time. */
static int patience(struct MHD_Daemon *daemon)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;
    if (MHD_get_timeout(daemon, &ms) != MHD_YES)
        return -1;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}

static void *drive(void *arg)
{
    struct worker *w = arg;
    struct pollfd fds[] = {
        {w->ready_fd, POLLIN, 0}, {w->stop_fd, POLLIN, 0}, {w->wake_fd, POLLIN, 0}};
    while (!fds[1].revents) {
        if (poll(fds, COUNT_OF(fds), patience(w->daemon)) < 0 && errno != EINTR)
            break;
        if (fds[2].revents) {
            eventfd_t n = 0;
            eventfd_read(w->wake_fd, &n);
        }
        MHD_run(w->daemon);
    }
    return NULL;
}

static enum err_code start_workers(struct pool *p, const struct pool_config *c, struct err *e)
{
    unsigned connections = raise_files();
    p->workers = mem_array(c->threads, sizeof(*p->workers));
    while (p->n_daemons < c->threads) {
        enum err_code rc = start_daemon(&p->workers[p->n_daemons], p, c, connections, e);
        p->n_daemons += p->workers[p->n_daemons].daemon != NULL;
        if (rc)
            return rc;
    }
    for (; p->n_threads < c->threads; p->n_threads++) {
        struct worker *w = &p->workers[p->n_threads];
        errno = pthread_create(&w->thread, NULL, drive, w);
        if (errno)
            return err_sys(e, "starting a thread");
    }
    return ERR_OK;
}

enum err_code pool_start(struct pool **out, const struct pool_config *config, struct err *e)
{
    struct pool *p = mem_new(sizeof(*p));
    p->listen_fd = -1;
    p->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    *out = p; /* before the threads, which may look for it as soon as they run */
    enum err_code rc = p->stop_fd < 0 ? err_sys(e, "eventfd") : listen_on(p, config->port, e);
    if (!rc)
        rc = start_workers(p, config, e);
    if (rc) {
        pool_stop(p);
        *out = NULL;
    }
    return rc;
}

unsigned pool_port(const struct pool *p)
{
    return p->port;
}

void pool_wake(struct pool *p)
{
    for (unsigned i = 0; i < p->n_daemons; i++) /* constant since before the first thread */
        eventfd_write(p->workers[i].wake_fd, 1);
}

void pool_stop(struct pool *p)
{
    if (!p)
        return;
    if (p->stop_fd >= 0)
        eventfd_write(p->stop_fd, 1);
    for (unsigned i = 0; i < p->n_threads; i++)
        pthread_join(p->workers[i].thread, NULL);
    for (unsigned i = 0; i < p->n_daemons; i++) {
        MHD_stop_daemon(p->workers[i].daemon);
        if (p->workers[i].wake_fd >= 0)
            close(p->workers[i].wake_fd);
    }
    if (p->listen_fd >= 0)
        close(p->listen_fd);
    if (p->stop_fd >= 0)
        close(p->stop_fd);
    free(p->workers);
    free(p);
}
