/* Sums whose error does not grow with the number of terms.
 *
 * Source: Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen",
 * algorithm IV.
 */
#ifndef SIM_STATS_SUM_H
#define SIM_STATS_SUM_H

/* Zeroed is an empty sum. */
struct sum {
    double total;
    double lost; /* what rounding has taken from `total` so far */
};

void sum_add(struct sum *s, double x);
double sum_value(const struct sum *s);

#endif
