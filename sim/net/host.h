/* A host that is called: how fast it may be asked, how often it was, whether it is there.
 *
 * All that have one scheme, host and port share one. Source: GAP-25 (rates).
 * Threads: the atomics any, `meter` the thread that waits for a wave.
 */
#ifndef SIM_NET_HOST_H
#define SIM_NET_HOST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/net/meter.h"
#include "sim/net/rate.h"

enum { HOST_RATE_ADVICE = 50 }; /* requests a second that the service tells endpoints to expect */

/* What it is called for. */
enum host_use { HOST_TOOL, HOST_GRADER, HOST_MODEL, HOST_POLICY, HOST_N_USES };

struct host {
    const char *url; /* borrowed: of its first user */
    char *origin;    /* owned: "https://host:443" */
    size_t n_users[HOST_N_USES];
    struct rate rate;
    struct meter meter;
    int64_t waits_ms;  /* between a request's attempts in all, of whoever waits the longest */
    uint64_t n_before; /* requests of this run that were made before this process */

    /* It is gone when so many requests in a row were given up for want of a connection, over that
     * long. */
    unsigned most_unreached;
    int64_t patience_ns;
    atomic_uint n_unreached; /* such requests in a row, so far */
    atomic_int_fast64_t unreached_since_ns;
    atomic_bool gone;
};

/* Somebody who calls it waits this long between the attempts of a request, all waits together. */
void host_waits(struct host *h, int64_t waits_ms);

/* Requests will come from this many rollouts at once, of all who wait. */
void host_expect(struct host *h, unsigned n_rollouts);

/* Whether it was asked more often than endpoints are told to expect (3.4, 4.9). That is not said of
 * models. */
bool host_is_over_advice(const struct host *h);

/* A request made a connection. */
void host_reached(struct host *h);

/* A request was given up at `now_ns` because no connection could be made. True if with that the
 * host is gone; true only once. */
bool host_unreached(struct host *h, int64_t now_ns);

#endif
