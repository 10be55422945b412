/* The sockets of an engine: which shard each belongs to, what it waits for, and the epoll set.
 *
 * libcurl says "no longer interested" after every answer and "interested" again with the next
 * request, though the connection is kept: two system calls a request. So a socket that it lets go
 * of stays in the set, and is taken out only if it speaks while nobody listens, or when it is
 * closed. Threads: the engine's.
 */
#ifndef SIM_NET_SOCKETS_H
#define SIM_NET_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

enum { SOCKETS_EVENTS = 256 };

struct sockets {
    int epoll_fd;
    struct socket_entry *at; /* owned; by descriptor */
    size_t room;
};

struct watch;

/* Something happened to a socket, or to any other descriptor that can be waited for. */
struct socket_event {
    struct watch *owner; /* as given to sockets_want */
    int fd;
    uint32_t events; /* EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP */
};

/* Who hears of it. */
struct watch {
    void (*ready)(struct watch *w, const struct socket_event *ev);
};

NODISCARD enum err_code sockets_init(struct sockets *s, struct err *e); /* ERR_IO */
void sockets_release(struct sockets *s);

void sockets_opened(struct sockets *s, int fd); /* ours from here to sockets_closed */
void sockets_closed(struct sockets *s, int fd); /* before close() */

/* Report `events` of this socket to `owner`. Errors: false, with errno. */
bool sockets_want(struct sockets *s, int fd, uint32_t events, struct watch *owner);

/* Report nothing until it is wanted again. Only for a connection that will be kept: libcurl 7.88
 * closes others without a word, and the number may be another socket's by the time we hear. */
void sockets_let_go(struct sockets *s, int fd);
void sockets_forget(struct sockets *s, int fd); /* whatever it is now */

/* Who hears of this socket now; NULL for nobody. It may have changed since the event came. */
struct watch *sockets_owner(const struct sockets *s, int fd);

/* Sleep until something happens or `wait_ms` are over (-1: for ever), and fill `out`. Returns how
 * many. */
int sockets_wait(struct sockets *s, int wait_ms, struct socket_event out[SOCKETS_EVENTS]);

#endif
