/* What some numbers are like: their mean, how far they lie from it, and both ends. */
#ifndef SIM_STATS_SUMMARY_H
#define SIM_STATS_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

struct summary {
    size_t n;
    double mean; /* this and all below: 0 of no numbers */
    double least, most;
    double squares; /* sum of squared distances from the mean */
};

/* Over n finite numbers, in two passes. */
struct summary summary_of(const double *x, size_t n);

/* Of what the numbers are a sample of (divided by n - 1). False if n < 2: a single number says
 * nothing about spread. */
bool summary_variance(double *out, const struct summary *s);
bool summary_deviation(double *out, const struct summary *s); /* its root */

/* The standard deviation of the numbers themselves (divided by n); 0 of none or one. */
double summary_spread(const struct summary *s);

#endif
