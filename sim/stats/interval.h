/* An estimate and the range in which the truth is thought to lie, or a word for why there is none.
 */
#ifndef SIM_STATS_INTERVAL_H
#define SIM_STATS_INTERVAL_H

#include <stddef.h>

#define INTERVAL_LEVEL 0.95 /* what a report shows */

enum interval_state {
    INTERVAL_OK,
    INTERVAL_EMPTY, /* nothing to make an estimate of */
    INTERVAL_FEW,   /* an estimate, but too little to tell how good it is: one row */
    INTERVAL_FLAT,  /* everything is the same, so what was not seen could be anything */
};

struct interval {
    enum interval_state state;
    size_t n;         /* what it is made of: rows, or points of a line */
    double estimate;  /* 0 if INTERVAL_EMPTY */
    double error;     /* standard error; 0 unless INTERVAL_OK */
    double low, high; /* both the estimate unless INTERVAL_OK */
};

/* Why there is no interval, or "ok"; static storage. */
const char *interval_words(enum interval_state state);

/* One of `state` that has no range. */
struct interval interval_none(enum interval_state state, size_t n, double estimate);

/* estimate -+ t error, with Student's t of `df` degrees of freedom; INTERVAL_FLAT if the error is
 * no more than the rounding of numbers as large as `scale`. */
struct interval interval_student(size_t n, double estimate, double error, double scale, double df,
                                 double level);

#endif
