#include "sim/net/sockets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/base/mem.h"

struct socket_entry {
    struct watch *owner; /* NULL while nobody wants it */
    uint32_t events;     /* in the epoll set with these; 0 if it is not in it */
    bool ours;           /* opened by us, so a connection; else one of libcurl's own (resolver) */
};

enum err_code sockets_init(struct sockets *s, struct err *e)
{
    *s = (struct sockets){.epoll_fd = epoll_create1(EPOLL_CLOEXEC)};
    return s->epoll_fd < 0 ? err_sys(e, "starting an engine") : ERR_OK;
}

void sockets_release(struct sockets *s)
{
    if (s->epoll_fd >= 0)
        close(s->epoll_fd);
    free(s->at);
}

static struct socket_entry *entry_of(struct sockets *s, int fd)
{
    size_t need = (size_t)fd + 1;
    if (need > s->room) {
        size_t room = need > 2 * s->room ? need : 2 * s->room;
        s->at = mem_grow(s->at, room, sizeof(*s->at));
        memset(s->at + s->room, 0, (room - s->room) * sizeof(*s->at));
        s->room = room;
    }
    return &s->at[fd];
}

void sockets_opened(struct sockets *s, int fd)
{
    *entry_of(s, fd) = (struct socket_entry){.ours = true};
}

void sockets_closed(struct sockets *s, int fd)
{
    *entry_of(s, fd) = (struct socket_entry){0}; /* close() takes it out of the set */
}

static bool control(struct sockets *s, int op, int fd, uint32_t events)
{
    struct epoll_event ev = {.events = events, .data.fd = fd};
    return epoll_ctl(s->epoll_fd, op, fd, &ev) == 0;
}

bool sockets_want(struct sockets *s, int fd, uint32_t events, struct watch *owner)
{
    struct socket_entry *entry = entry_of(s, fd);
    entry->owner = owner;
    if (entry->events == events)
        return true;
    int op = entry->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (!control(s, op, fd, events) && !control(s, EPOLL_CTL_ADD, fd, events))
        return false;
    entry->events = events;
    return true;
}

static void take_out(struct sockets *s, int fd, struct socket_entry *entry)
{
    control(s, EPOLL_CTL_DEL, fd, 0);
    entry->events = 0;
}

/* A kept connection on which something came though nothing was asked: closed by the peer, most
 * likely; or more bytes than the answer had, which libcurl 7.88 would take for the next answer.
 * What came is thrown away and the socket shut, so that libcurl finds a dead connection and makes
 * another.
 */
static void spoke_unasked(struct sockets *s, int fd, struct socket_entry *entry)
{
    enum { READS = 64 }; /* who sends on and on is not listened to for ever */
    char rest[4096];
    take_out(s, fd, entry);
    if (!entry->ours)
        return;
    for (int i = 0; i < READS && recv(fd, rest, sizeof(rest), MSG_DONTWAIT) > 0; i++)
        continue;
    shutdown(fd, SHUT_RDWR);
}

void sockets_let_go(struct sockets *s, int fd)
{
    entry_of(s, fd)->owner = NULL;
}

void sockets_forget(struct sockets *s, int fd)
{
    struct socket_entry *entry = entry_of(s, fd);
    if (entry->events)
        control(s, EPOLL_CTL_DEL, fd, 0); /* fails if it was closed: then it is out of the set */
    *entry = (struct socket_entry){0};
}

struct watch *sockets_owner(const struct sockets *s, int fd)
{
    return (size_t)fd < s->room ? s->at[fd].owner : NULL;
}

int sockets_wait(struct sockets *s, int wait_ms, struct socket_event out[SOCKETS_EVENTS])
{
    struct epoll_event events[SOCKETS_EVENTS];
    int n = epoll_wait(s->epoll_fd, events, SOCKETS_EVENTS, wait_ms);
    int n_out = 0;
    for (int i = 0; i < n; i++) {
        int fd = events[i].data.fd;
        struct socket_entry *entry = entry_of(s, fd);
        if (entry->owner)
            out[n_out++] = (struct socket_event){entry->owner, fd, events[i].events};
        else
            spoke_unasked(s, fd, entry);
    }
    return n_out;
}
