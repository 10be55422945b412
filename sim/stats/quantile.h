/* Quantiles of a list that is kept whole; sim/base/hist.h has those of lists too long for that.
 *
 * Source: type 7 of Hyndman and Fan 1996, "Sample Quantiles in Statistical Packages": what lies at
 * (n - 1) q of the sorted list, counted from 0, between two neighbours on the straight line.
 */
#ifndef SIM_STATS_QUANTILE_H
#define SIM_STATS_QUANTILE_H

#include <stddef.h>

void quantile_sort(double *x, size_t n); /* least first; none may be NAN */

/* The value below which a share `q`, 0..1, of the n >= 1 sorted numbers lies. */
double quantile_of(const double *sorted, size_t n, double q);

#endif
