/* Groups that teach nothing, and curves that go wrong. */
#include <math.h>

#include "sim/base/cc.h"
#include "sim/stats/alarm.h"
#include "sim/stats/signal.h"
#include "sim/stats/trend.h"
#include "tests/unit/suites.h"

static const struct {
    const char *name;
    double reward[4];
    size_t n;
    double top;
    enum signal_group want;
} groups[] = {
    {"rewards that differ", {0, 1, 0, 0}, 4, 1, SIGNAL_LIVE},
    {"by little", {0.5, 0.500001}, 2, 1, SIGNAL_LIVE},
    {"by rounding alone", {0.3, 0.1 + 0.2}, 2, 1, SIGNAL_LEVEL},
    {"all 0", {0, 0, 0}, 3, 1, SIGNAL_ZERO},
    {"all 0 of either sign", {0.0, -0.0}, 2, 1, SIGNAL_ZERO},
    {"all 1", {1, 1, 1}, 3, 1, SIGNAL_TOP},
    {"all 1 of 5", {1, 1, 1}, 3, 5, SIGNAL_LEVEL},
    {"all 5 of 5", {5, 5}, 2, 5, SIGNAL_TOP},
    {"all below 0", {-1, -1}, 2, 1, SIGNAL_LEVEL},
    {"one rollout", {1}, 1, 1, SIGNAL_ALONE},
};

START_TEST(test_groups_that_are_dead)
{
    enum signal_group got = signal_group(groups[_i].reward, groups[_i].n, groups[_i].top);
    ck_assert_msg(got == groups[_i].want, "%s: %s", groups[_i].name, signal_words(got));
}
END_TEST

START_TEST(test_groups_are_counted_by_kind)
{
    static const struct score list[] = {{1, 0}, {1, 1},   {2, 0},  {2, 0},   {3, 1},
                                        {3, 1}, {4, 0},   {4, 0},  {5, 0.5}, {5, 0.5},
                                        {6, 1}, {7, 0.4}, {7, 0.6}};
    struct scores s;
    scores_init(&s, list, COUNT_OF(list));
    struct signal got = signal_of(&s, 1);
    static const size_t want[SIGNAL_N_GROUPS] = {2, 1, 2, 1, 1};
    ck_assert_uint_eq(got.n, 7);
    for (size_t i = 0; i < SIGNAL_N_GROUPS; i++)
        ck_assert_msg(got.n_groups[i] == want[i], "%s: %zu", signal_words(i), got.n_groups[i]);
    ck_assert(fabs(got.share - 2.0 / 7) < 1e-15);
    ck_assert(fabs(got.spread - 0.6 / 7) < 1e-15);
    scores_release(&s);

    scores_init(&s, NULL, 0);
    got = signal_of(&s, 1);
    ck_assert(got.n == 0 && got.share == 0 && got.spread == 0);
    scores_release(&s);
}
END_TEST

START_TEST(test_the_band_of_25_to_50_percent_failures)
{
    ck_assert(signal_is_in_band(0.75) && signal_is_in_band(0.5) && signal_is_in_band(0.6));
    ck_assert(!signal_is_in_band(0.76) && !signal_is_in_band(0.49));
    ck_assert(!signal_is_in_band(0) && !signal_is_in_band(1));
}
END_TEST

static const struct {
    const char *name;
    double x[5], y[5];
    size_t n;
    enum interval_state state;
    double slope, error;
} lines[] = {
    {"nothing", {0}, {0}, 0, INTERVAL_EMPTY, 0, 0},
    {"a point", {3}, {1}, 1, INTERVAL_EMPTY, 0, 0},
    {"points at one step", {3, 3, 3}, {1, 2, 3}, 3, INTERVAL_EMPTY, 0, 0},
    {"two points", {0, 5}, {1, 2}, 2, INTERVAL_FEW, 0.2, 0},
    {"a line without scatter", {0, 1, 2, 3}, {0.1, 0.2, 0.3, 0.4}, 4, INTERVAL_FLAT, 0.1, 0},
    {"level", {0, 1, 2}, {0.1, 0.1, 0.1}, 3, INTERVAL_FLAT, 0, 0},
    {"all 0", {0, 1, 2}, {0, 0, 0}, 3, INTERVAL_FLAT, 0, 0},
    /* residues -1/6, 1/3, -1/6: s^2 = 1/6 over one degree, divided by 2 */
    {"with scatter", {0, 1, 2}, {0, 1, 1}, 3, INTERVAL_OK, 0.5, 0.288675134594813},
};

START_TEST(test_slopes)
{
    struct interval got = trend_slope(lines[_i].x, lines[_i].y, lines[_i].n, 0.95);
    ck_assert_msg(got.state == lines[_i].state, "%s: %s", lines[_i].name,
                  interval_words(got.state));
    ck_assert_msg(fabs(got.estimate - lines[_i].slope) < 1e-14, "%s: %.17g", lines[_i].name,
                  got.estimate);
    ck_assert_msg(fabs(got.error - lines[_i].error) < 1e-14, "%s: %.17g", lines[_i].name,
                  got.error);
}
END_TEST

static const double steps[] = {0, 5, 10, 15, 20, 25, 30};

static const struct {
    const char *name;
    double value[7];
    size_t n;
    enum alarm_state want;
} growths[] = {
    {"nothing", {0}, 0, ALARM_UNKNOWN},
    {"three points say nothing, however steep", {1, 10, 100}, 3, ALARM_UNKNOWN},
    {"twice as many", {100, 120, 130, 160, 170, 190, 220}, 7, ALARM_RAISED},
    {"twice as many, on a line", {100, 120, 140, 160, 180, 200, 220}, 7, ALARM_RAISED},
    {"a tenth more", {100, 101, 103, 105, 106, 108, 110}, 7, ALARM_QUIET},
    {"up and down", {100, 400, 90, 420, 80, 390, 200}, 7, ALARM_QUIET},
    {"shorter and shorter", {200, 180, 150, 140, 120, 100, 80}, 7, ALARM_QUIET},
    {"from nothing", {0, 0, 10, 30, 45, 60, 80}, 7, ALARM_RAISED},
    {"nothing throughout", {0, 0, 0, 0, 0, 0, 0}, 7, ALARM_QUIET},
};

START_TEST(test_growth_that_raises_an_alarm)
{
    struct alarm got = alarm_growth(steps, growths[_i].value, growths[_i].n);
    ck_assert_msg(got.state == growths[_i].want, "%s: %d, %g to %g", growths[_i].name, got.state,
                  got.first, got.last);
}
END_TEST

static const struct {
    const char *name;
    double train[7], valid[7];
    size_t n;
    enum alarm_state want;
} gaps[] = {
    {"both rise",
     {0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7},
     {0.2, 0.28, 0.4, 0.44, 0.5, 0.58, 0.7},
     7,
     ALARM_QUIET},
    {"training alone rises",
     {0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8},
     {0.2, 0.22, 0.2, 0.21, 0.2, 0.19, 0.2},
     7,
     ALARM_RAISED},
    {"a gap from the start",
     {0.6, 0.61, 0.6, 0.62, 0.6, 0.61, 0.6},
     {0.2, 0.2, 0.21, 0.2, 0.2, 0.21, 0.2},
     7,
     ALARM_QUIET},
    {"validation gets ahead",
     {0.2, 0.2, 0.2, 0.2, 0.21, 0.2, 0.2},
     {0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8},
     7,
     ALARM_QUIET},
    {"wider, by less than a tenth",
     {0.2, 0.22, 0.23, 0.24, 0.25, 0.27, 0.28},
     {0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2},
     7,
     ALARM_QUIET},
    {"two evaluations", {0.2, 0.9}, {0.2, 0.1}, 2, ALARM_UNKNOWN},
};

START_TEST(test_gaps_that_raise_an_alarm)
{
    struct alarm got = alarm_gap(steps, gaps[_i].train, gaps[_i].valid, gaps[_i].n);
    ck_assert_msg(got.state == gaps[_i].want, "%s: %d, %g to %g", gaps[_i].name, got.state,
                  got.first, got.last);
}
END_TEST

START_TEST(test_thirds_are_the_ends_of_a_curve)
{
    static const double value[] = {1, 3, 9, 9, 9, 5, 7};
    struct alarm got = alarm_growth(steps, value, COUNT_OF(value));
    ck_assert(got.first == 2 && got.last == 6);
    got = alarm_gap(NULL, NULL, NULL, 0);
    ck_assert(got.state == ALARM_UNKNOWN && got.slope.state == INTERVAL_EMPTY && got.last == 0);
}
END_TEST

Suite *signal_suite(void)
{
    Suite *suite = suite_create("signal");
    TCase *tcase = tcase_create("groups");
    tcase_add_loop_test(tcase, test_groups_that_are_dead, 0, COUNT_OF(groups));
    tcase_add_test(tcase, test_groups_are_counted_by_kind);
    tcase_add_test(tcase, test_the_band_of_25_to_50_percent_failures);
    suite_add_tcase(suite, tcase);
    TCase *curves = tcase_create("curves");
    tcase_add_loop_test(curves, test_slopes, 0, COUNT_OF(lines));
    tcase_add_loop_test(curves, test_growth_that_raises_an_alarm, 0, COUNT_OF(growths));
    tcase_add_loop_test(curves, test_gaps_that_raise_an_alarm, 0, COUNT_OF(gaps));
    tcase_add_test(curves, test_thirds_are_the_ends_of_a_curve);
    suite_add_tcase(suite, curves);
    return suite;
}
