/* From a job and the number of its rows to what the service would make of it: rollouts, hours,
 * dollars.
 *
 * Counts follow rules that recorded jobs bear out; hours and dollars are estimates, and so ranges.
 * Source: contract 2.4 and 13 (EV-1, EV-2, EV-12), section 8 for prices, ST-11 and ST-12.
 * Threads: pure functions.
 */
#ifndef SIM_JOB_OUTLOOK_H
#define SIM_JOB_OUTLOOK_H

#include "sim/job/schedule.h"

enum {
    OUTLOOK_PAUSE_DOLLARS = 5000, /* ST-12 */
    OUTLOOK_HOUR_DOLLARS = 100,   /* o4-mini, without a discount */
    /* What the estimates are made of, for who shows them. Seconds, EV-12: of steps of 768 rollouts,
     * and how much longer those with an evaluation of 570 took. */
    OUTLOOK_STEP_ROLLOUTS = 768,
    OUTLOOK_STEP_S_LOW = 120,
    OUTLOOK_STEP_S_HIGH = 310,
    OUTLOOK_EVAL_ROLLOUTS = 570,
    OUTLOOK_EVAL_S_LOW = 245,
    OUTLOOK_EVAL_S_HIGH = 405,
    /* Minutes of a step, its evaluation included, where calls took 18 s (section 8, 3.9). */
    OUTLOOK_SLOW_MIN_LOW = 48,
    OUTLOOK_SLOW_MIN_HIGH = 65,
};

struct range {
    double low, high;
};

/* Whether the service pauses the job for what it costs. */
enum outlook_pause {
    OUTLOOK_PAUSE_UNKNOWN, /* no price is known */
    OUTLOOK_PAUSE_NEVER,   /* not for this model (ST-11) */
    OUTLOOK_PAUSE_OUT_OF_REACH,
    OUTLOOK_PAUSE_IF_SLOW, /* only if tools are as slow as the slow ones on record */
    OUTLOOK_PAUSE_MAYBE,   /* at the upper end of the estimate */
    OUTLOOK_PAUSE_LIKELY,  /* at both ends */
};

struct outlook {
    struct schedule schedule;
    size_t n_valid; /* rows */
    uint64_t n_evaluations;
    uint64_t eval_each;      /* rollouts of one evaluation (ST-6) */
    uint64_t train_rollouts; /* the service's, of all steps */
    uint64_t eval_rollouts;  /* of all evaluations */
    struct range step_s;     /* seconds of a whole batch's step, without an evaluation */
    struct range eval_s;     /* of one evaluation */
    struct range pace;       /* training rollouts a second */
    struct range hours;
    struct range slow_hours; /* never less than `hours`; NAN without tools */
    struct range hour_price; /* dollars; NAN if unknown */
    const char *price_basis; /* static storage */
    struct range dollars;    /* NAN if unknown, as are these */
    struct range slow_dollars;
    enum outlook_pause pause;
    uint64_t pause_step; /* the earliest at which it is paused; 0 if it is not, or not known */
};

/* `n_train` is at least 1. */
struct outlook outlook_make(const struct job *job, size_t n_train, size_t n_valid);

#endif
