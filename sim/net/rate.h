/* A rate limit: a token bucket. Pure; the clock is the caller's.
 *
 * Tokens come evenly and are kept for RATE_KEPT_MS, so that a loop that wakes a little late loses
 * none: as long as requests are waiting the rate is exact, and a pause is made up for by no more
 * than that.
 * Threads: any; rate_take is one atomic exchange, nothing waits.
 */
#ifndef SIM_NET_RATE_H
#define SIM_NET_RATE_H

#include <stdatomic.h>
#include <stdint.h>

enum { RATE_KEPT_MS = 50 };

struct rate {
    int64_t interval_ns; /* between two tokens; 0: no limit */
    atomic_int_fast64_t next_ns;
};

/* 0: no limit. At least one in RATE_LONGEST_S, to which less is raised. */
enum { RATE_LONGEST_S = 3600 };
void rate_init(struct rate *r, double per_second);

/* Take the next token. Returns when it is there: by `now_ns`, or later. */
int64_t rate_take(struct rate *r, int64_t now_ns);

#endif
