/* A curl handle: set up once, then used for one request after another.
 *
 * Everything that libcurl is told or asked about a single exchange is here; engine.c drives many.
 * HTTP/1.1 with Content-Length, keep-alive, no redirects followed, http and https only (GAP-15,
 * GAP-50). Compression is not asked for; a body that comes compressed all the same is unpacked, and
 * `answer_max` counts what it is unpacked to. Link-local addresses, where clouds serve their
 * secrets, are refused after resolution.
 * Threads: the engine's.
 */
#ifndef SIM_NET_TRANSFER_H
#define SIM_NET_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>

#include "sim/net/engine.h"
#include "sim/net/head.h"
#include "sim/net/share.h"
#include "sim/net/sockets.h"

struct transfer {
    CURL *easy;
    struct sockets *sockets;
    struct shard *shard;  /* whose multi handle it is used on */
    struct request *req;  /* NULL while idle */
    enum net_fault fault; /* found by us, while libcurl has found none */
    bool sent;            /* the request went out once */
    struct head head;
    char words[CURL_ERROR_SIZE];

    /* as last set: most requests go where the one before went */
    const char *url;
    CURLU *parsed; /* owned; given parsed, libcurl does not parse it anew for each request */
    const struct curl_slist *headers;
    bool connect_only;

    struct timer deadline;        /* the engine's, while busy */
    struct transfer *next, *prev; /* in the engine's busy or idle list */
};

struct transfer *transfer_new(struct sockets *sockets, struct share *share);
void transfer_free(struct transfer *t);

/* Point it at the request, whose body is not copied. Its time is the engine's to watch. */
void transfer_aim(struct transfer *t, struct request *req);

/* Tell the request what came of it: libcurl's result, or that its time was over before that. */
void transfer_result(struct transfer *t, CURLcode result);
void transfer_timeout(struct transfer *t);

#endif
