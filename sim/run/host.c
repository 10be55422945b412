#include "sim/run/host.h"

#include <string.h>
#include <strings.h>

/* "https://host:port": what a connection is made to. */
static size_t origin_length(const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    return (size_t)(host - url) + strcspn(host, "/?#");
}

bool host_is_same(const char *url_a, const char *url_b)
{
    size_t n = origin_length(url_a);
    return n == origin_length(url_b) && strncasecmp(url_a, url_b, n) == 0;
}

void host_expect(struct host *h, unsigned n_rollouts)
{
    /* Every rollout in flight has lost its call, and so has the next in its place: whoever is away
     * for so long is gone. */
    h->most_unreached = n_rollouts > 8 ? 2 * n_rollouts : 16;
}

void host_reached(struct host *h)
{
    /* Looked at before it is written: all threads do this after every answer. */
    if (atomic_load_explicit(&h->n_unreached, memory_order_relaxed))
        atomic_store_explicit(&h->n_unreached, 0, memory_order_relaxed);
}

bool host_unreached(struct host *h)
{
    return atomic_fetch_add(&h->n_unreached, 1) + 1 == h->most_unreached;
}
