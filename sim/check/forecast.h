/* What a job comes to before anything runs: rollouts, hours and dollars (sim/job/outlook.h), and
 * the calls of tools and graders that go with them.
 *
 * How often a model calls is not known, so tool calls are told under several assumptions, each by
 * its name. A rate is the mean over a step: calls come in bursts.
 * Source: contract 3.4, 3.9, EV-8 and EV-12; GAP-12 for how many calls fit into a rollout.
 * Threads: pure functions, but for forecast_expected(), which reads.
 */
#ifndef SIM_CHECK_FORECAST_H
#define SIM_CHECK_FORECAST_H

#include "sim/check/expected.h"
#include "sim/job/dataset.h"
#include "sim/job/outlook.h"

struct grader;

enum forecast_basis {
    FORECAST_EXPECTED,   /* what the rows say that they expect */
    FORECAST_RECORDED,   /* what rollouts of recorded jobs did */
    FORECAST_EVERY_TURN, /* a call in every turn but the last */
    FORECAST_BASES,
};

/* One kind of call, the service's. */
struct forecast_calls {
    struct range each; /* a training rollout */
    struct range step; /* a whole batch's */
    struct range all;  /* training and evaluations */
    struct range second;
    double advice_s; /* that a step's calls take, at most, at HOST_RATE_ADVICE a second */
};

/* How many calls, one a turn, a rollout has room for, by what max_episode_steps counts (GAP-12). */
struct forecast_room {
    int turns; /* the reading that is played */
    int calls;
    int both;
};

struct forecast {
    const struct job *job;       /* borrowed, as are these */
    const struct grader *grader; /* of its parts each grades every rollout */
    struct outlook outlook;
    struct forecast_room room;
    struct expected_sum expected;
    bool known[FORECAST_BASES]; /* whether there is anything to say on that basis */
    struct forecast_calls tools[FORECAST_BASES];
    struct forecast_calls grades; /* by one grader, if all rollouts come to be graded */
};

/* What the rows expect. A job without tools is not asked. Errors: those of dataset_row(). */
NODISCARD enum err_code forecast_expected(struct expected_sum *out, const struct job *job,
                                          const struct dataset *train, const struct dataset *valid,
                                          struct err *e);

/* `n_train` is at least 1. `expected` is copied; NULL: nothing is known. */
void forecast_make(struct forecast *f, const struct job *job, const struct grader *grader,
                   size_t n_train, size_t n_valid, const struct expected_sum *expected);

#endif
