#include "sim/stats/bootstrap.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/stats/quantile.h"

/* Distances from the mean instead of sums, so that plain addition loses nothing that matters. */
static struct cluster *centred(const struct cluster *c, size_t n, double mean)
{
    struct cluster *out = mem_array(n, sizeof(*out));
    for (size_t i = 0; i < n; i++)
        out[i] = (struct cluster){c[i].sum - mean * c[i].n, c[i].n};
    return out;
}

static double resample(const struct cluster *c, size_t n, struct rng *r)
{
    struct cluster drawn = {0};
    for (size_t i = 0; i < n; i++) {
        const struct cluster *one = &c[(size_t)(rng_unit(r) * (double)n)];
        drawn.sum += one->sum;
        drawn.n += one->n;
    }
    return drawn.sum / drawn.n;
}

struct interval bootstrap_interval(const struct cluster *c, size_t n, double level,
                                   size_t n_resamples, uint64_t seed)
{
    assert(n_resamples);
    struct interval interval = clustered_interval(c, n, level);
    if (interval.state != INTERVAL_OK)
        return interval;
    struct rng r = rng_seed(seed);
    struct cluster *rows = centred(c, n, interval.estimate);
    double *means = mem_array(n_resamples, sizeof(*means));
    for (size_t i = 0; i < n_resamples; i++)
        means[i] = resample(rows, n, &r);
    quantile_sort(means, n_resamples);
    interval.low = interval.estimate + quantile_of(means, n_resamples, (1 - level) / 2);
    interval.high = interval.estimate + quantile_of(means, n_resamples, (1 + level) / 2);
    free(means);
    free(rows);
    return interval;
}
