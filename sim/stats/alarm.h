/* Two ways in which training goes wrong while its reward looks right.
 *
 * Answers grow longer and longer (tokens, turns, calls), or what is learned holds for the training
 * rows only. Each alarm wants two things: a change from the first third of the points to the last
 * that is large, and a slope whose interval lies above 0, so that a few noisy points raise none.
 */
#ifndef SIM_STATS_ALARM_H
#define SIM_STATS_ALARM_H

#include "sim/stats/interval.h"

#define ALARM_GROWTH 1.5 /* the last third has so many times the first third's */
#define ALARM_GAP    0.1 /* the gap is wider by so much, in rewards */

enum { ALARM_FEWEST = 4 }; /* points; with fewer nothing can be said */

enum alarm_state { ALARM_UNKNOWN, ALARM_QUIET, ALARM_RAISED };

struct alarm {
    enum alarm_state state;
    double first, last; /* means of the first and the last third of the points; 0 of none */
    struct interval slope;
};

/* Of something that grows, such as tokens a turn, at n steps. */
struct alarm alarm_growth(const double *step, const double *value, size_t n);

/* Of train - valid, at n steps that have both. */
struct alarm alarm_gap(const double *step, const double *train, const double *valid, size_t n);

#endif
