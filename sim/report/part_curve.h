/* What each grader of a multi gave, point by point of the curve: what a reward is made of.
 *
 * A part that the formula hardly counts, or not at all, stands here as the others do, and so one
 * grader can be watched while another is learnt from.
 * Shape: at[point * n_parts + i] is the mean of graders[i + 1] over the point's graded rollouts.
 */
#ifndef SIM_REPORT_PART_CURVE_H
#define SIM_REPORT_PART_CURVE_H

#include "sim/report/curve.h"
#include "sim/report/history.h"

struct part_curve {
    double *at;     /* owned; NAN of none */
    size_t n_parts; /* 0: the grader is no multi, or its parts are not known */
};

void part_curve_make(struct part_curve *out, const struct history *h, const struct curve *c);
void part_curve_release(struct part_curve *p); /* fine on a zeroed one */

#endif
