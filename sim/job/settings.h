/* What each hyperparameter of a job is, and why: given, or what "auto" becomes.
 *
 * Source: contract 2.3, EV-3 for batch_size, GAP-3 for the rest.
 * Threads: pure functions.
 */
#ifndef SIM_JOB_SETTINGS_H
#define SIM_JOB_SETTINGS_H

#include "sim/job/schedule.h"

enum setting_key {
    SETTING_BATCH_SIZE,
    SETTING_N_EPOCHS,
    SETTING_EVAL_INTERVAL,
    SETTING_EVAL_SAMPLES,
    SETTING_COMPUTE_MULTIPLIER,
    SETTING_LEARNING_RATE_MULTIPLIER,
    SETTINGS,
};

struct setting {
    const char *key; /* as in the job; static storage, as is `basis` */
    double value;
    bool given;        /* by the job */
    const char *basis; /* of what "auto" becomes; NULL if it is given */
};

struct setting setting_of(enum setting_key key, const struct schedule *s,
                          const struct job_hyper *hyper);

/* The same of learning_rate_multiplier, which no schedule is needed for. */
double setting_learning_rate(const struct job_hyper *hyper);

#endif
