/* The rewards of a run, step by step, with how sure they are, and what goes wrong with curves.
 *
 * One point a wave, in the order of the waves; of a result file one a step and one an evaluation.
 * Intervals are of the mean over graded rollouts, clustered by row (sim/stats/clustered.h); a
 * result file has no rows, so there they are INTERVAL_EMPTY and the means stand alone.
 */
#ifndef SIM_REPORT_CURVE_H
#define SIM_REPORT_CURVE_H

#include "sim/report/history.h"
#include "sim/stats/alarm.h"
#include "sim/stats/interval.h"

struct curve_point {
    enum wave_phase phase;
    int step;
    size_t wave;      /* index into waves; SIZE_MAX of a result file */
    int64_t n;        /* rollouts that ended; -1 if it is not known */
    int64_t n_graded; /* of these; -1 likewise */
    int64_t n_stub;   /* likewise, in which the stub could not take its turn; 0 of a result file */
    double mean;      /* over n_graded; NAN of none */
    double penalised; /* the service's, ungraded at -1 (EV-4); NAN of none, and of an evaluation,
                         where it counts graded ones only (EV-5) */
    double pass_rate; /* share of n_graded that reach pass_threshold; NAN if there is none */
    double bytes;     /* mean that the policy wrote in a rollout; NAN if it is not known */
    double tokens;    /* mean of completion tokens a turn (EV-10); NAN likewise */
    double seconds;   /* the wave took; NAN likewise */
    bool complete;
    struct interval interval; /* t, 95 % */
};

/* What `growth` is a growth of. */
enum curve_unit { CURVE_TOKENS, CURVE_BYTES };

struct curve {
    struct curve_point *at; /* owned */
    size_t n;
    size_t n_train, n_valid;               /* points with a mean, by phase */
    struct interval slope[HISTORY_PHASES]; /* of the mean, in reward a step (sim/stats/trend.h) */
    double first[HISTORY_PHASES];          /* mean of the first third of points; NAN if under 4 */
    double last[HISTORY_PHASES];           /* of the last third */
    struct alarm growth;                   /* of what is written at a training step */
    enum curve_unit growth_unit;
    struct alarm gap; /* of training over validation, at steps that have both */
    double last_gap;  /* the last such; NAN if there is none */
    int last_gap_step;
};

void curve_make(struct curve *out, const struct history *h);
void curve_release(struct curve *c); /* fine on a zeroed one */

/* The last point of a phase that has a mean, a complete one if there is any; NULL. */
const struct curve_point *curve_last(const struct curve *c, enum wave_phase phase);

#endif
