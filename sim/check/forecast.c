#include "sim/check/forecast.h"

#include <math.h>

#include "sim/net/host.h"

/* Calls a rollout: 17 in the first step's 768 (EV-8), and 3.4 in evaluations (3.4, 3.9). */
static const struct range recorded = {17.0 / 768, 3.4};

/* --- the rows -------------------------------------------------------------------------------- */

static enum err_code count_file(struct expected *x, const struct expected_plan *plan,
                                const struct dataset *d, struct err *e)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; !rc && i < dataset_count(d); i++) {
        struct row row = {0};
        rc = dataset_row(d, i, &row, e);
        if (!rc)
            expected_row(x, plan, &row.tape, row.line);
        row_release(&row);
    }
    return rc;
}

enum err_code forecast_expected(struct expected_sum *out, const struct job *job,
                                const struct dataset *train, const struct dataset *valid,
                                struct err *e)
{
    struct expected counts[2] = {0};
    struct expected_plan plan;
    *out = (struct expected_sum){.mean = {NAN, NAN}};
    if (!job->n_tools)
        return ERR_OK;
    expected_plan_make(&plan, job);
    enum err_code rc = count_file(&counts[0], &plan, train, e);
    if (!rc)
        rc = count_file(&counts[1], &plan, valid, e);
    if (!rc) {
        const struct expected_of files[] = {{dataset_path(train), &counts[0]},
                                            {dataset_path(valid), &counts[1]}};
        *out = expected_sum(&plan, files);
    }
    expected_release(&counts[0]);
    expected_release(&counts[1]);
    return rc;
}

/* --- the calls ------------------------------------------------------------------------------- */

/* Of so many calls a rollout of training, and of evaluations. */
static struct forecast_calls calls_of(const struct outlook *o, struct range train,
                                      struct range valid)
{
    double step = (double)o->schedule.service_rollouts_per_step;
    double n_train = (double)o->train_rollouts;
    double n_valid = (double)o->eval_rollouts;
    struct forecast_calls c = {
        .each = train,
        .step = {train.low * step, train.high * step},
        .all = {train.low * n_train + valid.low * n_valid,
                train.high * n_train + valid.high * n_valid},
        .second = {train.low * o->pace.low, train.high * o->pace.high},
    };
    c.advice_s = c.step.high / HOST_RATE_ADVICE;
    return c;
}

static struct range always(double n)
{
    return (struct range){n, n};
}

/* A file that has no such field is taken to be like the other. */
static void add_expected(struct forecast *f)
{
    const double *mean = f->expected.mean;
    double train = isnan(mean[0]) ? mean[1] : mean[0];
    double valid = isnan(mean[1]) ? mean[0] : mean[1];
    f->known[FORECAST_EXPECTED] = true;
    f->tools[FORECAST_EXPECTED] = calls_of(&f->outlook, always(train), always(valid));
}

static void add_tools(struct forecast *f)
{
    struct range seen = {fmin(recorded.low, f->room.turns), fmin(recorded.high, f->room.turns)};
    struct range most = always(f->room.turns);
    if (f->expected.n_rows)
        add_expected(f);
    f->known[FORECAST_RECORDED] = true;
    f->tools[FORECAST_RECORDED] = calls_of(&f->outlook, seen, seen);
    f->known[FORECAST_EVERY_TURN] = true;
    f->tools[FORECAST_EVERY_TURN] = calls_of(&f->outlook, most, most);
}

void forecast_make(struct forecast *f, const struct job *job, const struct grader *grader,
                   size_t n_train, size_t n_valid, const struct expected_sum *expected)
{
    int steps = job->max_episode_steps;
    *f = (struct forecast){
        .job = job,
        .grader = grader,
        .outlook = outlook_make(job, n_train, n_valid),
        .room = {.turns = steps - 1, .calls = steps, .both = (steps - 1) / 2},
        .expected = {.mean = {NAN, NAN}},
    };
    if (expected)
        f->expected = *expected;
    if (job->n_tools)
        add_tools(f);
    f->grades = calls_of(&f->outlook, always(1), always(1));
}
