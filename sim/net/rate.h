/* A rate limit: a token bucket that holds one token. Pure; the clock is the caller's.
 *
 * A request takes its turn when it asks, so turns follow one another evenly and none is lost to a
 * loop that wakes a little late: as long as requests are waiting the rate is exact.
 * Threads: any; rate_take is one atomic exchange, nothing waits.
 */
#ifndef SIM_NET_RATE_H
#define SIM_NET_RATE_H

#include <stdatomic.h>
#include <stdint.h>

struct rate {
    int64_t interval_ns; /* between two requests; 0: no limit */
    atomic_int_fast64_t next_ns;
};

void rate_init(struct rate *r, double per_second); /* 0: no limit */

/* When a request that asks at `now_ns` may go: then, or later. */
int64_t rate_take(struct rate *r, int64_t now_ns);

#endif
