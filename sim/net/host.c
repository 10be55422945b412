#include "sim/net/host.h"

enum { UNREACHED_MIN = 16 };

void host_waits(struct host *h, int64_t waits_ms)
{
    if (waits_ms > h->waits_ms)
        h->waits_ms = waits_ms;
}

void host_expect(struct host *h, unsigned n_rollouts)
{
    /* Every rollout in flight has lost its call, and so has the next in its place, which has waited
     * as long again: whoever is away for so long is gone. */
    h->most_unreached = n_rollouts > UNREACHED_MIN / 2 ? 2 * n_rollouts : UNREACHED_MIN;
    h->patience_ns = 2 * h->waits_ms * 1000000;
}

bool host_is_over_advice(const struct host *h)
{
    return h->meter.peak > HOST_RATE_ADVICE && h->n_users[HOST_TOOL] + h->n_users[HOST_GRADER] > 0;
}

void host_reached(struct host *h)
{
    /* Looked at before it is written: all threads do this after every answer. */
    if (atomic_load_explicit(&h->n_unreached, memory_order_relaxed))
        atomic_store_explicit(&h->n_unreached, 0, memory_order_relaxed);
}

bool host_unreached(struct host *h, int64_t now_ns)
{
    unsigned before = atomic_fetch_add(&h->n_unreached, 1);
    if (before == 0)
        atomic_store(&h->unreached_since_ns, now_ns);
    bool away = before + 1 >= h->most_unreached &&
                now_ns - atomic_load(&h->unreached_since_ns) >= h->patience_ns;
    return away && !atomic_exchange(&h->gone, true);
}
