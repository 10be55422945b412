#include <math.h>

#include "sim/base/cc.h"
#include "sim/base/rng.h"
#include "sim/stats/power.h"
#include "tests/unit/suites.h"

/* Pairs that a two-sided t test at 5 % needs for a power of 80 %, as textbooks have them. */
static const struct {
    const char *name;
    double variance, gain;
    size_t want;
} asked[] = {
    {"a gain of two tenths of a deviation", 1, 0.2, 199},
    {"three tenths", 1, 0.3, 90},
    {"half", 1, 0.5, 34},
    {"eight tenths", 1, 0.8, 15},
    {"a whole one", 1, 1, 10},
    {"scale does not matter", 0.04, 0.1, 34},
    {"no spread at all", 0, 0.1, 2},
    {"a huge gain", 0.01, 100, 2},
    {"more rows than there are", 1, 1e-9, POWER_MOST_ROWS},
};

START_TEST(test_rows_are_those_of_the_textbooks)
{
    size_t got = power_rows(asked[_i].variance, asked[_i].gain);
    ck_assert_msg(got == asked[_i].want, "%s: %zu", asked[_i].name, got);
}
END_TEST

START_TEST(test_the_smallest_gain_is_the_way_back)
{
    double gain = -1;
    ck_assert(!power_gain(&gain, 1, 0));
    ck_assert(!power_gain(&gain, 1, 1));
    ck_assert(gain == -1);
    for (size_t n = 2; n < 300; n += 7) {
        ck_assert(power_gain(&gain, 0.3, n));
        ck_assert_uint_eq(power_rows(0.3, gain * (1 + 1e-12)), n);
        ck_assert_uint_eq(power_rows(0.3, gain * (1 - 1e-6)), n + 1);
    }
}
END_TEST

START_TEST(test_more_rollouts_a_row_help_only_against_chance)
{
    static const struct components c = {.between = 0.06, .within = 0.1};
    ck_assert(fabs(power_variance(&c, 1, POWER_SAME_ROWS) - 0.2) < 1e-15);
    ck_assert(fabs(power_variance(&c, 10, POWER_SAME_ROWS) - 0.02) < 1e-15);
    ck_assert(fabs(power_variance(&c, 1, POWER_OTHER_ROWS) - 0.32) < 1e-15);
    ck_assert(fabs(power_variance(&c, 1e9, POWER_OTHER_ROWS) - 0.12) < 1e-9);
}
END_TEST

/* Rows at 0, 0.5 and 1 with two rollouts each, 0.1 above and below: by hand. */
START_TEST(test_components_by_hand)
{
    static const struct score list[] = {{1, -0.1}, {1, 0.1}, {2, 0.4},
                                        {2, 0.6},  {3, 0.9}, {3, 1.1}};
    struct scores s;
    struct components c;
    scores_init(&s, list, COUNT_OF(list));
    ck_assert(components_of(&c, &s));
    ck_assert(fabs(c.within - 0.02) < 1e-15);
    ck_assert(fabs(c.between - 0.24) < 1e-15); /* 0.25 less the half of 0.02 */
    ck_assert(fabs(c.likeness - 0.24 / 0.26) < 1e-14);
    scores_release(&s);
}
END_TEST

static const struct {
    const char *name;
    struct score list[4];
    size_t n;
    bool is_known;
} odd[] = {
    {"nothing", {{0, 0}}, 0, false},
    {"one row", {{1, 0}, {1, 1}}, 2, false},
    {"one rollout a row", {{1, 0}, {2, 1}, {3, 0}}, 3, false},
    {"one row with two", {{1, 0}, {2, 1}, {2, 0}}, 3, true},
    {"all the same", {{1, 0.1}, {1, 0.1}, {2, 0.1}, {2, 0.1}}, 4, true},
    {"rows more alike than chance", {{1, 0}, {1, 1}, {2, 0}, {2, 1}}, 4, true},
};

START_TEST(test_components_are_never_negative)
{
    struct scores s;
    struct components c = {0};
    scores_init(&s, odd[_i].list, odd[_i].n);
    ck_assert_msg(components_of(&c, &s) == odd[_i].is_known, "%s", odd[_i].name);
    ck_assert_msg(c.between >= 0 && c.between < 1e-15 && c.likeness >= 0 && c.within >= 0,
                  "%s: %g, %g", odd[_i].name, c.between, c.within);
    scores_release(&s);
}
END_TEST

/* Of runs with as many rows as were asked for, 80 of 100 see the gain. */
START_TEST(test_the_rows_asked_for_see_the_gain)
{
    enum { RUNS = 1000, MOST = 200 };
    static const double gain = 0.1;
    double variance = 0.36 / 12; /* of a uniform number over a width of 0.6 */
    size_t n = power_rows(variance, gain);
    ck_assert_uint_lt(n, MOST);
    struct rng r = rng_seed(4);
    int n_seen = 0;
    for (int k = 0; k < RUNS; k++) {
        struct cluster c[MOST];
        for (size_t i = 0; i < n; i++)
            c[i] = (struct cluster){gain + 0.6 * (rng_unit(&r) - 0.5), 1};
        n_seen += clustered_interval(c, n, INTERVAL_LEVEL).low > 0;
    }
    ck_assert_msg(n_seen > 0.76 * RUNS && n_seen < 0.85 * RUNS, "%zu rows: %d of %d", n, n_seen,
                  RUNS);
}
END_TEST

Suite *power_suite(void)
{
    Suite *suite = suite_create("power");
    TCase *tcase = tcase_create("power");
    tcase_add_loop_test(tcase, test_rows_are_those_of_the_textbooks, 0, COUNT_OF(asked));
    tcase_add_test(tcase, test_the_smallest_gain_is_the_way_back);
    tcase_add_test(tcase, test_more_rollouts_a_row_help_only_against_chance);
    tcase_add_test(tcase, test_components_by_hand);
    tcase_add_loop_test(tcase, test_components_are_never_negative, 0, COUNT_OF(odd));
    tcase_add_test(tcase, test_the_rows_asked_for_see_the_gain);
    suite_add_tcase(suite, tcase);
    return suite;
}
