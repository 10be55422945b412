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
    struct engine *engine;
    struct shard *shard;   /* whose multi handle it is used on */
    struct request *req;   /* NULL while idle */
    enum net_fault fault;  /* found by us, while libcurl has found none */
    enum net_fault barred; /* an address that we made no socket for; it may have others */
    int os_errno;          /* why there was none */
    bool opened;           /* some socket was made */
    bool sent;             /* the request went out once */
    struct head head;
    char words[CURL_ERROR_SIZE];

    /* as last set: most requests go where the one before went */
    const char *url;
    CURLU *parsed; /* owned; the same */
    const struct curl_slist *headers;
    bool connect_only;

    struct timer deadline; /* the engine's, while busy */
    CURLMcode refusal;     /* libcurl did not take the request */
    struct transfer *next; /* among the engine's idle */
};

struct transfer *transfer_new(struct sockets *sockets, struct share *share);
void transfer_free(struct transfer *t);

/* Point it at the request, whose body is not copied. Its time is the engine's to watch. */
void transfer_aim(struct transfer *t, struct request *req);

/* Tell the request what came of it: libcurl's result; that its time was over before that; or that
 * libcurl did not take it. */
void transfer_result(struct transfer *t, CURLcode result);
void transfer_timeout(struct transfer *t);
void transfer_refused(struct transfer *t, CURLMcode why);

#endif
