#include "sim/net/rate.h"

static const int64_t kept_ns = RATE_KEPT_MS * 1000000LL;

void rate_init(struct rate *r, double per_second)
{
    double slowest = 1.0 / RATE_LONGEST_S;
    double rate = per_second > slowest ? per_second : slowest;
    r->interval_ns = per_second > 0 ? (int64_t)(1e9 / rate) : 0;
    atomic_init(&r->next_ns, 0);
}

int64_t rate_take(struct rate *r, int64_t now_ns)
{
    if (!r->interval_ns)
        return now_ns;
    int_fast64_t next = atomic_load(&r->next_ns);
    int_fast64_t at = 0;
    do {
        at = next > now_ns - kept_ns ? next : now_ns - kept_ns;
    } while (!atomic_compare_exchange_weak(&r->next_ns, &next, at + r->interval_ns));
    return at;
}
