/* The incomplete beta function, from which Student's t and the binomial distribution follow.
 *
 * Source: the continued fraction of the Digital Library of Mathematical Functions (dlmf.nist.gov),
 * 8.17.22, by Lentz's method as Thompson and Barnett 1986 changed it. Right to about 1e-13 of
 * itself for a and b up to 100, 1e-10 up to 1,000,000; slower as their root grows.
 */
#ifndef SIM_STATS_BETA_H
#define SIM_STATS_BETA_H

/* I_x(a, b), 0..1: the share of a beta distribution below x. `y` is 1 - x, given apart because for
 * x near 1 that is where its digits are. a, b > 0; x, y >= 0. */
double beta_below(double x, double y, double a, double b);

#endif
