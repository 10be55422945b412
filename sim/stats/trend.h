/* Whether a curve goes up or down: the slope of the straight line through it, with its interval.
 *
 * Source: ordinary least squares. The points are taken as independent of each other; where each
 * depends on the one before, the interval is narrower than it should be.
 */
#ifndef SIM_STATS_TREND_H
#define SIM_STATS_TREND_H

#include "sim/stats/interval.h"

/* The slope, in y a unit of x. INTERVAL_EMPTY if there are not two different x, INTERVAL_FEW of two
 * points, INTERVAL_FLAT if all lie on the line. */
struct interval trend_slope(const double *x, const double *y, size_t n, double level);

#endif
