/* The HTTP engine: one thread, curl on epoll, timers, many requests in flight.
 *
 * An engine belongs to one thread at a time, the one in engine_loop(); everything happens there.
 * The one exception is engine_wake(), which any thread may call: the loop then calls on_wake.
 *
 * A request is the caller's until engine_send(), the engine's until `done` is called with it, and
 * the caller's again from then on. Every request that is sent gets exactly one `done`, unless it
 * is taken back with engine_abort(). `done` may send again, the same request or others.
 *
 * At most `transfers_max` are on the wire; others wait in line, and their time starts when they go
 * out. Each exchange is told about in transfer.h.
 * Source: libcurl-multi(3), curl_multi_socket_action(3).
 */
#ifndef SIM_NET_ENGINE_H
#define SIM_NET_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/net/fault.h"
#include "sim/net/sockets.h"
#include "sim/net/timers.h"

struct curl_slist;
struct share;

struct request {
    /* set by the caller, borrowed until done; the URL as long as any is sent */
    const char *url;
    const struct curl_slist *headers;
    const char *body; /* POST this; NULL only with connect_only */
    size_t body_bytes;
    size_t answer_max;  /* decoded bytes; more is NET_TOO_LARGE (GAP-19) */
    int64_t timeout_ms; /* the whole exchange; at least 1 */
    bool connect_only;  /* reach the host (DNS, TCP, TLS), send nothing, read nothing */
    void (*done)(struct request *req);
    void *owner; /* for done() to find its way home */

    /* set by the engine before done */
    enum net_fault fault;
    char detail[160];   /* the library's words for a fault, may be empty */
    int status;         /* HTTP status; 0 if none came */
    bool connected;     /* there was a connection to the host */
    int retry_after_s;  /* as its answer asks; 0: it does not */
    struct buf answer;  /* kept from send to send; the caller's to release */
    int64_t started_ns; /* clock_ns() when it went to the wire, and at done */
    int64_t ended_ns;

    /* the engine's */
    struct transfer *transfer;   /* while on the wire */
    struct request *next, *prev; /* while in line */
    bool in_line;
};

struct engine;

struct engine_config {
    struct share *share; /* borrowed until engine_free; NULL if nothing will be sent */
    size_t transfers_max;
    size_t n_hosts; /* that requests go to; a hint, at least 1 */
    void (*on_wake)(void *arg);
    void *arg;
};

/* How many transfers fit into so many descriptors: each has a connection, with several hosts a
 * second one that is kept, and every so many of them share a multi handle, which has some too. */
size_t engine_transfers(size_t descriptors, size_t n_hosts);

/* Errors: ERR_IO if the system has no more descriptors. */
NODISCARD enum err_code engine_new(struct engine **out, const struct engine_config *config,
                                   struct err *e);
void engine_free(struct engine *g); /* aborts what is in flight; NULL is fine */

void engine_send(struct engine *g, struct request *req);
void engine_abort(struct engine *g, struct request *req); /* fine if it is not in flight */
void engine_after(struct engine *g, struct timer *t, int64_t wait_ms);
void engine_at(struct engine *g, struct timer *t, int64_t at_ns); /* on clock_ns() */
void engine_cancel_timer(struct engine *g, struct timer *t);

/* Tell `w` when one of `events` (EPOLLIN, EPOLLOUT) happens to a descriptor that is not curl's, or
 * it is hung up; again with others to change them. Errors: false, with errno. */
bool engine_watch(struct engine *g, int fd, uint32_t events, struct watch *w);
void engine_unwatch(struct engine *g, int fd); /* before it is closed */

void engine_loop(struct engine *g); /* until engine_stop */
void engine_stop(struct engine *g); /* from a callback: the loop ends when it returns */
void engine_wake(struct engine *g); /* from any thread */

#endif
