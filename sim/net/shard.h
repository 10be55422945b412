/* A share of an engine's transfers on a curl multi handle of its own.
 *
 * A multi handle slows down with the transfers in it: beyond some 64 each costs more than the one
 * before, most of it for lists of connections that are gone through one by one. So an engine deals
 * its transfers out to several, each with its connections; a transfer stays in its shard for life.
 * Threads: the engine's.
 */
#ifndef SIM_NET_SHARD_H
#define SIM_NET_SHARD_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/net/sockets.h"

enum {
    SHARD_TRANSFERS = 64,
    SHARD_DESCRIPTORS = 2, /* of a multi handle itself: curl 7.88 wakes itself with a pair */
};

struct transfer;

struct shard {
    struct watch watch; /* of all its sockets */
    CURLM *multi;
    struct sockets *sockets; /* borrowed */
    int64_t due_ns;          /* when curl wants to be called; INT64_MAX for never */
    bool touched;            /* curl was called since shard_finished said that nobody has */
};

/* Keeps so many connections open. Fewer than are in flight, and they are closed and made again all
 * the time, at three times the cost. */
struct shard *shard_new(struct sockets *sockets, size_t connections);
void shard_free(struct shard *s); /* once no transfer is in it */

/* Start and end a transfer. Errors: curl's, if it did not take it. It goes out in the next
 * shard_run, together with all that were added before it; curl asks for that at once. */
CURLMcode shard_add(struct shard *s, struct transfer *t);
void shard_remove(struct shard *s, struct transfer *t);

void shard_run(struct shard *s); /* when it is due */

/* The next transfer that has ended, still in the shard, and how; NULL if there is none. */
struct transfer *shard_finished(struct shard *s, CURLcode *result);

#endif
