#include "sim/net/rate.h"

void rate_init(struct rate *r, double per_second)
{
    r->interval_ns = per_second > 0 ? (int64_t)(1e9 / per_second) : 0;
    atomic_init(&r->next_ns, 0);
}

int64_t rate_take(struct rate *r, int64_t now_ns)
{
    if (!r->interval_ns)
        return now_ns;
    int_fast64_t next = atomic_load(&r->next_ns);
    int_fast64_t at = 0;
    do {
        at = next > now_ns ? next : now_ns;
    } while (!atomic_compare_exchange_weak(&r->next_ns, &next, at + r->interval_ns));
    return at;
}
