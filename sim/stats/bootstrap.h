/* An interval for a clustered mean that assumes no shape: rows are drawn again and again.
 *
 * Each resample draws as many rows as there are, with replacement, each with all of its rollouts;
 * the interval goes from the lower to the upper quantile (type 7) of the resamples' means. With
 * fewer than about 20 rows it is narrower than it should be: clustered_interval is then the safer.
 * Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", 13.3, over clusters.
 * Cost: resamples x rows draws; 2,000 x 50,000 take less than a second.
 */
#ifndef SIM_STATS_BOOTSTRAP_H
#define SIM_STATS_BOOTSTRAP_H

#include <stdint.h>

#include "sim/stats/clustered.h"

enum { BOOTSTRAP_RESAMPLES = 2000 };

/* The same numbers for the same seed, whatever the machine has of threads. States, estimate and
 * error as by clustered_interval. */
struct interval bootstrap_interval(const struct cluster *c, size_t n, double level,
                                   size_t n_resamples, uint64_t seed);

#endif
