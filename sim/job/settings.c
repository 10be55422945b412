#include "sim/job/settings.h"

#define OBSERVED "as observed on a job of 10 rows, not a rule (GAP-3)"

static const double auto_learning_rate = 2.0; /* 2.3; GAP-3 leaves it out */

static struct setting make(const char *key, bool given, double value, const char *basis)
{
    return (struct setting){
        .key = key, .value = value, .given = given, .basis = given ? NULL : basis};
}

double setting_learning_rate(const struct job_hyper *hyper)
{
    double rate = hyper->learning_rate_multiplier;
    return rate > 0 ? rate : auto_learning_rate;
}

struct setting setting_of(enum setting_key key, const struct schedule *s,
                          const struct job_hyper *hyper)
{
    switch (key) {
    case SETTING_BATCH_SIZE:
        return make("batch_size", hyper->batch_size != JOB_AUTO, s->batch_size,
                    "round(sqrt(rows) / 2), as in four recorded jobs (EV-3)");
    case SETTING_N_EPOCHS:
        return make("n_epochs", hyper->n_epochs != JOB_AUTO, s->n_epochs, OBSERVED);
    case SETTING_EVAL_INTERVAL:
        return make("eval_interval", hyper->eval_interval != JOB_AUTO, s->eval_interval, OBSERVED);
    case SETTING_EVAL_SAMPLES:
        return make("eval_samples", hyper->eval_samples != JOB_AUTO, s->eval_samples, OBSERVED);
    case SETTING_COMPUTE_MULTIPLIER:
        return make("compute_multiplier", hyper->compute_multiplier > 0, s->compute_multiplier,
                    OBSERVED);
    case SETTING_LEARNING_RATE_MULTIPLIER:
        return make("learning_rate_multiplier", hyper->learning_rate_multiplier > 0,
                    setting_learning_rate(hyper),
                    "as observed on a job of 10 rows, not a rule (2.3)");
    case SETTINGS:
        break;
    }
    return (struct setting){0};
}
