#include <math.h>

#include "sim/report/signal_report.h"
#include "sim/stats/power.h"
#include "tests/unit/histories.h"
#include "tests/unit/suites.h"

#define NEAR(got, want) (fabs((got) - (want)) < 1e-9)

static const struct slice_row {
    const char *name;
    const char *waves;
    size_t n_slices;
    int step; /* of the one that signal_last() finds; -9: none */
} slice_rows[] = {
    {"one evaluation is first and last", "eval 0: 1 0", 1, 0},
    {"two are two, and training is another", "eval 0: 1; step 1: 0; eval 3: 1", 3, 3},
    {"one that did not end gives way", "eval 0: 1; eval 3: 1; eval 6!: 1", 2, 3},
    {"unless it is all there is", "eval 0!: 1", 1, 0},
    {"nothing graded is no slice", "eval 0: d; step 1: 1", 1, -9},
    {"nothing at all", "", 0, -9},
};

START_TEST(test_slices)
{
    const struct slice_row *row = &slice_rows[_i];
    struct history h = histories_run(row->waves);
    struct signal_report s;
    signal_report_make(&s, &h);
    const struct signal_slice *last = signal_last(&s);
    ck_assert_msg(s.n_slices == row->n_slices, "%s: %zu", row->name, s.n_slices);
    ck_assert_msg((last ? last->step : -9) == row->step, "%s", row->name);
    signal_report_release(&s);
    history_release(&h);
}
END_TEST

static const struct band_row {
    const char *name;
    const char *wave;
    double low, high; /* -9: NAN */
} band_rows[] = {
    {"a quarter of four fails", "eval 0: 0 | 1 | 1 | 1", 1, 1},
    {"half of four fails", "eval 0: 0 0 1 1", 1, 1},
    {"several marks do", "eval 0: 0 .2 .4 .6 .8 1 1 1", 0.4, 0.8},
    {"all the same", "eval 0: 1 1 1", -9, -9},
    {"too many fail, or none", "eval 0: 0 0 0 1", -9, -9},
};

START_TEST(test_the_band_in_which_25_to_50_percent_fail)
{
    const struct band_row *row = &band_rows[_i];
    struct history h = histories_run(row->wave);
    struct signal_report s;
    signal_report_make(&s, &h);
    double low = isnan(s.slices[0].band_low) ? -9 : s.slices[0].band_low;
    double high = isnan(s.slices[0].band_high) ? -9 : s.slices[0].band_high;
    ck_assert_msg(NEAR(low, row->low) && NEAR(high, row->high), "%s: %g to %g", row->name, low,
                  high);
    signal_report_release(&s);
    history_release(&h);
}
END_TEST

/* GAP-37: the threshold is a level like the others, and moves no mean. */
START_TEST(test_levels_hold_the_threshold)
{
    struct history h = histories_run("eval 0: 0 .6 .8 1");
    struct signal_report s;
    h.pass_threshold = 0.6;
    signal_report_make(&s, &h);
    static const struct {
        double at;
        size_t n_passed;
        bool in_band;
    } want[] = {{0.25, 3, true}, {0.5, 3, true},  {0.6, 3, true},
                {0.75, 2, true}, {0.9, 1, false}, {1, 1, false}};
    const struct signal_slice *slice = &s.slices[0];
    ck_assert_uint_eq(slice->n_levels, COUNT_OF(want));
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        ck_assert(NEAR(slice->levels[i].at, want[i].at));
        ck_assert_uint_eq(slice->levels[i].n_passed, want[i].n_passed);
        ck_assert_msg(slice->levels[i].in_band == want[i].in_band, "at %g", want[i].at);
        ck_assert(slice->levels[i].is_threshold == (i == 2));
    }
    ck_assert(NEAR(slice->t.estimate, 0.6) && NEAR(slice->bar, 0.6));
    signal_report_release(&s);
    history_release(&h);
}
END_TEST

START_TEST(test_an_export_records_who_passed_and_not_at_what)
{
    struct history h = histories_run("eval 0: F0 F.4 | P.5 P1");
    struct signal_report s;
    signal_report_make(&s, &h);
    ck_assert(NEAR(s.threshold, 0.5) && NEAR(s.threshold_low, 0.4));
    ck_assert(s.slices[0].n_recorded == 4 && s.slices[0].n_recorded_passes == 2);
    signal_report_release(&s);
    history_release(&h);
}
END_TEST

/* Two rows of two: one passes both times, the other once. */
START_TEST(test_one_of_k_and_all_of_k)
{
    struct history h = histories_run("eval 0: 1 1 | 1 0");
    struct signal_report s;
    signal_report_make(&s, &h);
    const struct signal_slice *slice = &s.slices[0];
    ck_assert_uint_eq(slice->n_ks, 2);
    ck_assert(slice->ks[0].k == 1 && NEAR(slice->ks[0].any, 0.75) && NEAR(slice->ks[0].all, 0.75));
    ck_assert(slice->ks[1].k == 2 && NEAR(slice->ks[1].any, 1) && NEAR(slice->ks[1].all, 0.5));
    ck_assert_uint_eq(slice->ks[1].n_rows, 2);
    signal_report_release(&s);
    history_release(&h);
}
END_TEST

START_TEST(test_rewards_above_1_stretch_the_scale)
{
    struct history h = histories_run("eval 0: 0 1 | 5 4");
    struct signal_report s;
    signal_report_make(&s, &h);
    ck_assert(NEAR(s.top, 5) && NEAR(s.slices[0].bar, 5));
    ck_assert(NEAR(s.slices[0].needs[0].gain, 0.25) && NEAR(s.slices[0].levels[0].at, 1.25));
    signal_report_release(&s);
    history_release(&h);
}
END_TEST

/* With one rollout a row, chance and row cannot be told apart: the larger number stands alone. */
START_TEST(test_rows_that_a_gain_takes)
{
    struct history h = histories_run("eval 0: 0 1 | 1 0 | 1 1 | 0 0");
    struct signal_report s;
    signal_report_make(&s, &h);
    const struct signal_slice *slice = &s.slices[0];
    ck_assert(slice->has_components && slice->n_needs == 2);
    ck_assert_uint_gt(slice->needs[0].same_rows, slice->needs[1].same_rows);
    ck_assert_uint_gt(slice->needs[1].other_rows, slice->needs[1].same_rows);
    ck_assert_uint_eq(slice->needs[1].same_rows,
                      power_rows(power_variance(&slice->components, 2, POWER_SAME_ROWS), 0.1));
    ck_assert(slice->seen > 0.1);
    signal_report_release(&s);
    history_release(&h);

    h = histories_run("eval 0: 0 | 1 | 1 | 0");
    signal_report_make(&s, &h);
    slice = &s.slices[0];
    ck_assert(!slice->has_components && slice->n_needs == 2 && slice->needs[1].same_rows == 0);
    ck_assert_uint_eq(slice->needs[1].other_rows, power_rows(2 * (1.0 / 3), 0.1));
    signal_report_release(&s);
    history_release(&h);
}
END_TEST

START_TEST(test_groups_by_step_and_by_row)
{
    struct history h = histories_run("step 1: 0 0 | 1 0 | 1 1; step 2: 0 d | 1 1 | .5 .5");
    struct signal_report s;
    signal_report_make(&s, &h);
    ck_assert_uint_eq(s.groups.n, 6);
    ck_assert_uint_eq(s.groups.n_groups[SIGNAL_LIVE], 1);
    ck_assert_uint_eq(s.groups.n_groups[SIGNAL_ALONE], 1);
    ck_assert_uint_eq(s.groups.n_groups[SIGNAL_ZERO], 1);
    ck_assert_uint_eq(s.groups.n_groups[SIGNAL_TOP], 2);
    ck_assert_uint_eq(s.groups.n_groups[SIGNAL_LEVEL], 1);
    ck_assert_uint_eq(signal_dead(&s.groups), 4);
    ck_assert(NEAR(s.groups.share, 1.0 / 6) && NEAR(s.groups.spread, 0.5 / 6));
    ck_assert_uint_eq(s.n_steps, 2);
    ck_assert_uint_eq(signal_dead(&s.steps[0].groups), 2);
    ck_assert_uint_eq(s.n_rows, 3);
    ck_assert_uint_eq(s.n_dead_rows, 1);
    ck_assert_uint_eq(s.rows[0].row, 2);
    ck_assert(NEAR(s.rows[0].mean, 0.75) && s.rows[0].n_graded == 4 && s.rows[0].first == 4);
    ck_assert(s.rows[1].row == 0 && s.rows[1].n_graded == 3);
    signal_report_release(&s);
    history_release(&h);
}
END_TEST

START_TEST(test_the_interval_is_by_row)
{
    struct history h = histories_run("eval 0: 1 1 1 1 | 0 0 0 0 | 1 1 1 1 | 0 0 0 0");
    struct signal_report s;
    signal_report_make(&s, &h);
    ck_assert_uint_eq(s.slices[0].t.n, 4);
    /* row means 1, 0, 1, 0: error sqrt(1/3) / 2, t(3) = 3.182446 */
    ck_assert(fabs(s.slices[0].t.high - (0.5 + 3.182446305284263 * sqrt(1.0 / 3) / 2)) < 1e-9);
    ck_assert(s.slices[0].bootstrap.high <= 1 && s.slices[0].bootstrap.low >= 0);
    signal_report_release(&s);
    history_release(&h);
}
END_TEST

Suite *signals_suite(void)
{
    Suite *s = suite_create("signals");
    TCase *t = tcase_create("signals");
    tcase_add_loop_test(t, test_slices, 0, COUNT_OF(slice_rows));
    tcase_add_loop_test(t, test_the_band_in_which_25_to_50_percent_fail, 0, COUNT_OF(band_rows));
    tcase_add_test(t, test_levels_hold_the_threshold);
    tcase_add_test(t, test_an_export_records_who_passed_and_not_at_what);
    tcase_add_test(t, test_one_of_k_and_all_of_k);
    tcase_add_test(t, test_rewards_above_1_stretch_the_scale);
    tcase_add_test(t, test_rows_that_a_gain_takes);
    tcase_add_test(t, test_groups_by_step_and_by_row);
    tcase_add_test(t, test_the_interval_is_by_row);
    suite_add_tcase(s, t);
    return s;
}
