/* A host that tools are called at: how fast it may be asked, how often it was, whether it is there.
 *
 * Tools with one scheme, host and port share one. Source: GAP-25 (rates).
 * Threads: the atomics any, `meter` the thread that waits for a wave.
 */
#ifndef SIM_RUN_HOST_H
#define SIM_RUN_HOST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/net/rate.h"
#include "sim/run/meter.h"

enum { HOST_RATE_ADVICE = 50 }; /* requests a second that the service tells endpoints to expect */

struct host {
    const char *url; /* borrowed from the job: server_url of its first tool */
    size_t n_tools;
    struct rate rate;
    struct meter meter;
    unsigned most_unreached; /* this many calls lost in a row, and it is gone */
    atomic_uint n_unreached; /* calls lost in a row because no connection could be made */
};

/* It is going to be asked by this many rollouts at once. */
void host_expect(struct host *h, unsigned n_rollouts);

bool host_is_same(const char *url_a, const char *url_b);

/* A request made a connection. */
void host_reached(struct host *h);

/* A call was lost because no connection could be made. True if with that the host counts as gone;
 * true only once in a row of such calls. */
bool host_unreached(struct host *h);

#endif
