/* Student's t distribution, and with df = INFINITY the normal one. */
#ifndef SIM_STATS_STUDENT_H
#define SIM_STATS_STUDENT_H

/* The probability of a value above t; df > 0, a whole number or not, or INFINITY. */
double student_above(double t, double df);

/* The value that is not exceeded with probability p, 0 < p < 1. */
double student_quantile(double p, double df);

#endif
