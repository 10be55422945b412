/* Whether two lists of numbers go together: -1 (the opposite) .. 1.
 *
 * All three are false, and leave `*out`, if there is nothing to say: fewer than two pairs, or one
 * of the lists is constant. Ties share the mean of their ranks. Source: Kendall's tau-b with the
 * count of swaps of Knight 1966, "A Computer Method for Calculating Kendall's Tau with Ungrouped
 * Data", in n log n.
 */
#ifndef SIM_STATS_CORRELATE_H
#define SIM_STATS_CORRELATE_H

#include <stdbool.h>
#include <stddef.h>

bool correlate_pearson(double *out, const double *a, const double *b, size_t n);
bool correlate_spearman(double *out, const double *a, const double *b, size_t n);
bool correlate_kendall(double *out, const double *a, const double *b, size_t n);

#endif
