/* The mean of what comes in clusters, and an interval that knows it.
 *
 * Rollouts of one row are alike, so a run of 10 rows x 100 knows little more of other rows than
 * one of 10 x 5. What is drawn at random is the row: with S_i the sum and n_i the number of row i,
 * G rows, N = sum n_i and m = sum S_i / N,
 *     error^2 = G / (G - 1)  sum (S_i - m n_i)^2 / N^2,        interval = m -+ t(G - 1) error.
 * With n_i all equal this is the t interval of the row means. Where rows are few and their sizes
 * far apart it is too narrow: with 5 rows of 1 to 8 rollouts it holds the truth 90 times of 100.
 * Source: Liang and Zeger 1986, "Longitudinal data analysis using generalized linear models", for
 * the mean alone, with the usual correction G / (G - 1); Miller 2024, "Adding Error Bars to Evals"
 * (arXiv:2411.00640).
 */
#ifndef SIM_STATS_CLUSTERED_H
#define SIM_STATS_CLUSTERED_H

#include "sim/stats/interval.h"

/* A row: what its rollouts add up to, and how many they are. A row that counts as a whole (a
 * difference of two runs, a pass@k) has n 1. */
struct cluster {
    double sum;
    double n; /* above 0 */
};

double clustered_mean(const struct cluster *c, size_t n); /* 0 of none */

/* INTERVAL_EMPTY of no rows, INTERVAL_FEW of one, INTERVAL_FLAT if all rows have the same mean. */
struct interval clustered_interval(const struct cluster *c, size_t n, double level);

#endif
