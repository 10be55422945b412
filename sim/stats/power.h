/* How many rows it takes to see a gain.
 *
 * A gain is seen when the 95 % interval of the difference of two evaluations leaves out 0; asked
 * for is that this happens in 80 % of cases. With V the variance of what one row adds to the
 * difference, n rows show a gain of
 *     sqrt(V / n) (t(0.975, n - 1) + t(0.8, n - 1)).
 * Source: the textbooks' formula with t for the normal quantiles; the exact power, by the
 * noncentral t, agrees with it to a row (tests/stats/run.py).
 */
#ifndef SIM_STATS_POWER_H
#define SIM_STATS_POWER_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/stats/components.h"

#define POWER_TARGET 0.8 /* a gain is to be seen in this share of cases */

enum { POWER_MOST_ROWS = 1000000000 };

enum power_design {
    POWER_SAME_ROWS,  /* both evaluations on the same rows, all of which gain the same */
    POWER_OTHER_ROWS, /* on different rows, as many each */
};

/* V for rows of `per_row` >= 1 rollouts: 2 within / per_row, and for other rows 2 between more. The
 * first is the least it can be; rows that do not all gain the same add to it. Of two runs that are
 * there, V is n error^2 of the interval of their paired_clusters, which has that in it. */
double power_variance(const struct components *c, double per_row, enum power_design design);

/* The fewest rows, at least 2, that show a gain > 0. POWER_MOST_ROWS means so many or more. */
size_t power_rows(double variance, double gain);

/* The smallest gain that n rows show. False if n < 2: no number of rollouts makes up for that. */
bool power_gain(double *out, double variance, size_t n);

#endif
