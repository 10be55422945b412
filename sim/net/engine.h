/* The HTTP engine: one thread, one curl multi handle on epoll, timers, many requests in flight.
 *
 * An engine belongs to one thread at a time, the one in engine_loop(); everything happens there.
 * The one exception is engine_wake(), which any thread may call: the loop then calls on_wake.
 *
 * A request is the caller's until engine_send(), the engine's until `done` is called with it, and
 * the caller's again from then on. Every request that is sent gets exactly one `done`, unless it
 * is taken back with engine_abort(). `done` may send again, the same request or others.
 *
 * HTTP/1.1 with Content-Length, keep-alive, no compression asked for, no redirects followed, http
 * and https only (GAP-15, GAP-50).
 * Source: libcurl-multi(3), curl_multi_socket_action(3).
 */
#ifndef SIM_NET_ENGINE_H
#define SIM_NET_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/net/timers.h"

/* Why no complete answer came: identifier for machines, words for people. */
#define NET_FAULTS(X)                                                                         \
    X(NONE, "none", "a complete answer came")                                                 \
    X(DNS, "dns", "the host name does not resolve")                                           \
    X(LINK_LOCAL, "link_local", "the address is link-local, which is never called")           \
    X(REFUSED, "refused", "nothing listens there")                                            \
    X(CONNECT, "connect", "no connection could be made")                                      \
    X(TLS_UNTRUSTED, "tls_untrusted", "the certificate is not signed by a trusted authority") \
    X(TLS_EXPIRED, "tls_expired", "the certificate has expired or is not valid yet")          \
    X(TLS_HOST, "tls_wrong_host", "the certificate is for another host")                      \
    X(TLS, "tls", "the TLS handshake failed")                                                 \
    X(TIMEOUT, "timeout", "no complete answer in time")                                       \
    X(EMPTY, "empty", "the connection was closed without an answer")                          \
    X(CUT, "cut", "the connection broke before the answer was whole")                         \
    X(NOT_HTTP, "not_http", "the answer is not HTTP")                                         \
    X(HEAD_TOO_LARGE, "head_too_large", "the answer's head is over its limit")                \
    X(BAD_LENGTH, "bad_length", "the answer's Content-Length is no number")                   \
    X(TWO_LENGTHS, "two_lengths", "the answer has two Content-Lengths that differ")           \
    X(BAD_CHUNK, "bad_chunk", "the answer's chunks cannot be read")                           \
    X(BAD_ENCODING, "bad_encoding", "the answer's body cannot be unpacked")                   \
    X(TOO_LARGE, "too_large", "the answer is over its limit")                                 \
    X(OTHER, "other", "the transfer failed")

enum net_fault {
#define X(name, id, words) NET_##name,
    NET_FAULTS(X)
#undef X
        NET_N_FAULTS,
};

const char *net_fault_name(enum net_fault fault);
const char *net_fault_words(enum net_fault fault);

struct curl_slist;

struct request {
    /* set by the caller, borrowed until done; the URL until engine_free */
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
    char detail[96];    /* the library's words for a fault, may be empty */
    int status;         /* HTTP status; 0 if none came */
    struct buf answer;  /* kept from send to send; the caller's to release */
    int64_t started_ns; /* clock_ns() at engine_send and at done */
    int64_t ended_ns;

    /* the engine's */
    struct transfer *transfer;
};

struct engine;

struct engine_config {
    size_t connections; /* to keep alive; the requests expected in flight */
    void (*on_wake)(void *arg);
    void *arg;
};

/* Errors: ERR_IO if the system has no more descriptors. */
NODISCARD enum err_code engine_new(struct engine **out, const struct engine_config *config,
                                   struct err *e);
void engine_free(struct engine *g); /* aborts what is in flight; NULL is fine */

void engine_send(struct engine *g, struct request *req);
void engine_abort(struct engine *g, struct request *req); /* fine if it is not in flight */
void engine_after(struct engine *g, struct timer *t, int64_t wait_ms);
void engine_cancel_timer(struct engine *g, struct timer *t);

void engine_loop(struct engine *g); /* until engine_stop */
void engine_stop(struct engine *g); /* from a callback: the loop ends when it returns */
void engine_wake(struct engine *g); /* from any thread */

#endif
