#include <stdlib.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/job/schedule.h"
#include "tests/unit/suites.h"

static struct schedule make(size_t rows, int batch, int epochs, double compute, int rollouts)
{
    struct job_hyper hyper = {
        .batch_size = batch, .n_epochs = epochs, .compute_multiplier = compute};
    struct job_simulation sim = {.rollouts_per_step = rollouts};
    return schedule_make(rows, &hyper, &sim);
}

/* The first five are recorded jobs: EV-1, EV-2 and EV-3 of the contract. 0 is auto. */
static const struct row {
    const char *name;
    size_t rows;
    int batch;
    int epochs;
    double compute;
    int got_batch;
    uint64_t steps;
    uint64_t service;
} rows[] = {
    {"file A", 60, 0, 2, 1.5, 4, 30, 768},
    {"file B", 343, 0, 3, 1.5, 9, 115, 765},
    {"the chart that ends at 20", 10, 2, 4, 0, 2, 20, 512},
    {"a job object with batch_size 7", 192, 0, 1, 1, 7, 28, 511},
    {"ten rows, all auto", 10, 0, 0, 0, 2, 15, 512},
    {"the published event: 510 with batch 5", 20, 5, 1, 1, 5, 4, 510},
    {"more batch than rows", 100, 128, 2, 1, 128, 2, 512},
    {"all epochs in one step", 10, 256, 1, 1, 256, 1, 512},
    {"one row", 1, 0, 0, 1, 1, 3, 512},
    {"the largest file", 50000, 0, 1, 1, 112, 447, 448},
    {"auto stays in range", 1000000, 0, 1, 1, 256, 3907, 512},
    {"too small a budget still runs each row", 256, 256, 1, 0.01, 256, 1, 256},
    {"a multiplier that is no binary fraction", 60, 3, 1, 0.9, 3, 20, 459},
    {"the largest multiplier", 60, 4, 50, 10, 4, 750, 5120},
};

START_TEST(test_what_the_contract_gives)
{
    const struct row *r = &rows[_i];
    struct schedule s = make(r->rows, r->batch, r->epochs, r->compute, 32);
    ck_assert_msg(s.batch_size == r->got_batch && s.n_steps == r->steps &&
                      s.service_rollouts_per_step == r->service,
                  "%s: batch %d, %ju steps, %ju rollouts", r->name, s.batch_size,
                  (uintmax_t)s.n_steps, (uintmax_t)s.service_rollouts_per_step);
}
END_TEST

START_TEST(test_auto)
{
    struct schedule s = make(60, 0, 0, 0, 32);
    ck_assert_int_eq(s.n_epochs, 3);
    ck_assert_int_eq(s.eval_interval, 5);
    ck_assert_int_eq(s.eval_samples, 1);
    ck_assert(s.compute_multiplier == 1.0);
}
END_TEST

/* Whatever the sizes, every row is taken n_epochs times, in file order, and only the last step is
 * short. */
START_TEST(test_no_row_is_dropped)
{
    const struct row *r = &rows[_i];
    struct schedule s = make(r->rows, r->batch, r->epochs, r->compute, 32);
    uint64_t *taken = mem_array(r->rows, sizeof(*taken));
    uint64_t n = 0;
    uint64_t n_wrong = 0; /* counted, since an assertion writes to a pipe and there are millions */
    uint64_t rollouts = 0;
    for (uint64_t step = 1; step <= s.n_steps; step++) {
        size_t batch = schedule_batch_rows(&s, step);
        n_wrong += batch < 1 || (batch != (size_t)s.batch_size && step != s.n_steps);
        for (size_t i = 0; i < batch; i++, n++) {
            size_t row = schedule_row(&s, step, i);
            n_wrong += row != n % r->rows;
            n_wrong += schedule_epoch(&s, step, i) != ++taken[n % r->rows];
        }
        rollouts += schedule_step_rollouts(&s, step);
    }
    ck_assert_uint_eq(n_wrong, 0);
    ck_assert_uint_eq(n, r->rows * (uint64_t)s.n_epochs);
    ck_assert_uint_eq(rollouts, schedule_train_rollouts(&s));
    free(taken);
}
END_TEST

static const struct group_row {
    int batch;
    int rollouts;
    uint64_t group;
    uint64_t step; /* rollouts of a whole batch */
} group_rows[] = {
    {4, 32, 8, 32}, {9, 32, 3, 27}, {4, 768, 192, 768}, {64, 32, 1, 64}, {1, 1, 1, 1},
};

START_TEST(test_our_rollouts_stand_in_for_512)
{
    const struct group_row *r = &group_rows[_i];
    struct schedule s = make(1000, r->batch, 1, 1, r->rollouts);
    ck_assert_uint_eq(s.group_size, r->group);
    ck_assert_uint_eq(schedule_step_rollouts(&s, 1), r->step);
}
END_TEST

START_TEST(test_a_short_last_step)
{
    struct schedule s = make(343, 9, 3, 1, 90);
    ck_assert_uint_eq(schedule_batch_rows(&s, 114), 9);
    ck_assert_uint_eq(schedule_batch_rows(&s, 115), 3);
    ck_assert_uint_eq(schedule_step_rollouts(&s, 115), 30);
    ck_assert_uint_eq(schedule_row(&s, 39, 0), 342); /* the last row of epoch 1 ... */
    ck_assert_uint_eq(schedule_row(&s, 39, 1), 0);   /* ... is followed by the first of epoch 2 */
    ck_assert_uint_eq(schedule_epoch(&s, 39, 0), 1);
    ck_assert_uint_eq(schedule_epoch(&s, 39, 1), 2);
}
END_TEST

/* ST-5, EV-6: step 0, then each multiple; none at the end unless it is one. */
START_TEST(test_evaluations)
{
    struct job_hyper hyper = {.batch_size = 2, .n_epochs = 4, .eval_interval = 3};
    struct job_simulation sim = {.rollouts_per_step = 32};
    struct schedule s = schedule_make(10, &hyper, &sim);
    ck_assert_uint_eq(s.n_steps, 20);
    uint64_t n = 0;
    for (uint64_t step = 0; step <= s.n_steps; step++)
        n += schedule_evaluates(&s, step);
    ck_assert(schedule_evaluates(&s, 0));
    ck_assert(!schedule_evaluates(&s, 1));
    ck_assert(schedule_evaluates(&s, 18));
    ck_assert(!schedule_evaluates(&s, 20));
    ck_assert_uint_eq(n, 7);
    ck_assert_uint_eq(schedule_evaluations(&s), 7);
}
END_TEST

Suite *schedule_suite(void)
{
    Suite *suite = suite_create("schedule");
    TCase *tcase = tcase_create("schedule");
    tcase_add_loop_test(tcase, test_what_the_contract_gives, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_auto);
    tcase_add_loop_test(tcase, test_no_row_is_dropped, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_our_rollouts_stand_in_for_512, 0, COUNT_OF(group_rows));
    tcase_add_test(tcase, test_a_short_last_step);
    tcase_add_test(tcase, test_evaluations);
    suite_add_tcase(suite, tcase);
    return suite;
}
