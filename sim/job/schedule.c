#include "sim/job/schedule.h"

#include <assert.h>
#include <math.h>

enum {
    BATCH_MAX = 256,        /* contract 2.3 */
    SERVICE_ROLLOUTS = 512, /* a step, at compute_multiplier 1 (EV-1) */
    AUTO_EPOCHS = 3,        /* these three: GAP-3, as observed on small files */
    AUTO_EVAL_INTERVAL = 5,
    AUTO_EVAL_SAMPLES = 1,
};

/* EV-3, four recorded points: 10 -> 2, 60 -> 4, 192 -> 7, 343 -> 9. */
static int auto_batch_size(size_t n_rows)
{
    long batch = lround(sqrt((double)n_rows) / 2);
    if (batch < 1)
        return 1;
    return batch > BATCH_MAX ? BATCH_MAX : (int)batch;
}

/* Rollouts that a budget for the whole step leaves each of its rows; never none, which would be a
 * step without a signal. */
static uint64_t for_each_row(uint64_t budget, int batch_size)
{
    uint64_t each = budget / (uint64_t)batch_size;
    return each ? each : 1;
}

/* Rows of all epochs together. */
static uint64_t rows_in_all(const struct schedule *s)
{
    return (uint64_t)s->n_rows * (uint64_t)s->n_epochs;
}

struct schedule schedule_make(size_t n_rows, const struct job_hyper *hyper,
                              const struct job_simulation *sim)
{
    assert(n_rows >= 1);
    struct schedule s = {
        .n_rows = n_rows,
        .batch_size = hyper->batch_size ? hyper->batch_size : auto_batch_size(n_rows),
        .n_epochs = hyper->n_epochs ? hyper->n_epochs : AUTO_EPOCHS,
        .eval_interval = hyper->eval_interval ? hyper->eval_interval : AUTO_EVAL_INTERVAL,
        .eval_samples = hyper->eval_samples ? hyper->eval_samples : AUTO_EVAL_SAMPLES,
        .compute_multiplier = hyper->compute_multiplier > 0 ? hyper->compute_multiplier : 1.0,
    };
    uint64_t batch = (uint64_t)s.batch_size;
    s.n_steps = (rows_in_all(&s) + batch - 1) / batch;
    /* A power of two times a double is exact, and so is the division of whole numbers. */
    uint64_t budget = (uint64_t)floor(SERVICE_ROLLOUTS * s.compute_multiplier);
    s.service_rollouts_per_step = batch * for_each_row(budget, s.batch_size);
    s.group_size = for_each_row((uint64_t)sim->rollouts_per_step, s.batch_size);
    return s;
}

/* How many rows the steps before this one have taken. */
static uint64_t rows_before(const struct schedule *s, uint64_t step)
{
    assert(step >= 1 && step <= s->n_steps);
    return (step - 1) * (uint64_t)s->batch_size;
}

size_t schedule_batch_rows(const struct schedule *s, uint64_t step)
{
    uint64_t left = rows_in_all(s) - rows_before(s, step);
    return left < (uint64_t)s->batch_size ? (size_t)left : (size_t)s->batch_size;
}

size_t schedule_row(const struct schedule *s, uint64_t step, size_t place)
{
    return (size_t)((rows_before(s, step) + place) % s->n_rows);
}

uint64_t schedule_epoch(const struct schedule *s, uint64_t step, size_t place)
{
    return (rows_before(s, step) + place) / s->n_rows + 1;
}

uint64_t schedule_service_group(const struct schedule *s)
{
    return s->service_rollouts_per_step / (uint64_t)s->batch_size;
}

uint64_t schedule_step_rollouts(const struct schedule *s, uint64_t step)
{
    return s->group_size * schedule_batch_rows(s, step);
}

uint64_t schedule_train_rollouts(const struct schedule *s)
{
    return s->group_size * rows_in_all(s);
}

bool schedule_evaluates(const struct schedule *s, uint64_t step)
{
    return step % (uint64_t)s->eval_interval == 0;
}

uint64_t schedule_evaluations(const struct schedule *s)
{
    return s->n_steps / (uint64_t)s->eval_interval + 1;
}
