/* How many requests a second: the mean, and the busiest second. Pure; the clock is the caller's.
 *
 * It is fed a running total some ten times a second, so the busiest second is known to about a
 * tenth of it.
 */
#ifndef SIM_NET_METER_H
#define SIM_NET_METER_H

#include <stddef.h>
#include <stdint.h>

enum { METER_SAMPLES = 32 };

struct meter {
    struct meter_sample {
        int64_t at_ns;
        uint64_t total;
    } samples[METER_SAMPLES]; /* a ring, over a little more than a second */
    size_t first, n;
    uint64_t total;
    double peak;       /* requests in the busiest second */
    int64_t active_ns; /* between starts and the last sample after each */
    int64_t last_ns;
};

/* Requests begin, for the first time or after a pause that is not to count for the mean. */
void meter_start(struct meter *m, int64_t now_ns, uint64_t total);
void meter_sample(struct meter *m, int64_t now_ns, uint64_t total);

double meter_mean(const struct meter *m); /* requests a second; 0 before any */

#endif
