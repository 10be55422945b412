/* When to try again. Pure: from what happened so far to a wait, or to giving up. */
#ifndef SIM_NET_RETRY_H
#define SIM_NET_RETRY_H

#include <stdint.h>

struct retry_policy {
    int attempts;      /* requests in all, at least 1 (EV-16: 3; GAP-13's other reading: 4) */
    int first_wait_ms; /* before the second; doubled before each further one (GAP-13) */
};

enum { RETRY_STOP = -1 };

/* The wait in ms after `made` requests have failed (at least 1), or RETRY_STOP. */
int64_t retry_wait_ms(const struct retry_policy *p, int made);

/* All waits together; and with that many attempts of `attempt_ms` each. */
int64_t retry_waits_ms(const struct retry_policy *p);
int64_t retry_longest_ms(const struct retry_policy *p, int64_t attempt_ms);

#endif
