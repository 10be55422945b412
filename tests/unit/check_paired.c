#include <math.h>

#include "sim/base/cc.h"
#include "sim/stats/paired.h"
#include "tests/unit/suites.h"

/* Row 1 goes up and passes, 2 down and fails, 3 stays but for rounding (the mean of 0.4, 1 and 1
 * comes out below 0.8), 4 up without passing; 5, 6 and 8 are in one run alone. */
static const struct score before_list[] = {{1, 0.2}, {1, 0.6}, {2, 1},   {3, 0.4},
                                           {3, 1},   {3, 1},   {4, 0.1}, {5, 1}};
static const struct score after_list[] = {{1, 1},   {2, 0.5}, {2, 0.7}, {3, 0.8},
                                          {4, 0.3}, {6, 0},   {8, 1}};

static void open_pair(struct paired *p)
{
    struct scores before;
    struct scores after;
    scores_init(&before, before_list, COUNT_OF(before_list));
    scores_init(&after, after_list, COUNT_OF(after_list));
    paired_init(p, &before, &after);
    scores_release(&before);
    scores_release(&after);
}

START_TEST(test_rows_meet_by_their_number)
{
    struct paired p;
    open_pair(&p);
    ck_assert_uint_eq(p.n, 4);
    ck_assert_uint_eq(p.n_only_before, 1);
    ck_assert_uint_eq(p.n_only_after, 2);
    for (size_t i = 0; i < p.n; i++)
        ck_assert_uint_eq(p.at[i].row, i + 1);
    ck_assert(fabs(p.at[0].before - 0.4) < 1e-15 && p.at[0].after == 1);
    paired_release(&p);
    paired_release(&p);
}
END_TEST

START_TEST(test_up_down_and_flips_are_counted)
{
    struct paired p;
    open_pair(&p);
    struct paired_count n = paired_count(&p, 0.8);
    ck_assert_uint_eq(n.n_up, 2);
    ck_assert_uint_eq(n.n_down, 1);
    ck_assert_uint_eq(n.n_equal, 1);
    ck_assert_uint_eq(n.n_gained, 1);
    ck_assert_uint_eq(n.n_lost, 1);
    ck_assert_int_eq(paired_flip(&p.at[0], 0.8), PAIRED_GAINED);
    ck_assert_int_eq(paired_flip(&p.at[1], 0.8), PAIRED_LOST);
    ck_assert_int_eq(paired_flip(&p.at[2], 0.8), PAIRED_SAME);
    paired_release(&p);
}
END_TEST

START_TEST(test_each_row_counts_the_same)
{
    struct paired p;
    struct cluster c[4];
    open_pair(&p);
    paired_clusters(c, &p);
    static const double gains[] = {0.6, -0.4, 0, 0.2};
    for (size_t i = 0; i < p.n; i++)
        ck_assert(fabs(c[i].sum - gains[i]) < 1e-15 && c[i].n == 1);
    ck_assert(c[2].sum == 0);
    ck_assert(fabs(clustered_mean(c, 4) - 0.1) < 1e-15);
    paired_release(&p);
}
END_TEST

START_TEST(test_runs_with_no_row_in_common)
{
    struct scores before;
    struct scores after;
    struct paired p;
    scores_init(&before, before_list, COUNT_OF(before_list));
    scores_init(&after, NULL, 0);
    paired_init(&p, &before, &after);
    ck_assert_uint_eq(p.n, 0);
    ck_assert_uint_eq(p.n_only_before, 5);
    ck_assert_uint_eq(paired_count(&p, 0.5).n_up, 0);
    ck_assert_int_eq(clustered_interval(NULL, p.n, 0.95).state, INTERVAL_EMPTY);
    paired_release(&p);
    scores_release(&before);
    scores_release(&after);
}
END_TEST

static const struct {
    size_t up, down;
    double want;
} tosses[] = {
    {0, 0, 1},        {1, 0, 1},           {5, 5, 1}, {6, 0, 2.0 / 64},
    {0, 6, 2.0 / 64}, {9, 1, 22.0 / 1024}, {3, 2, 1}, {4, 2, 44.0 / 64},
};

START_TEST(test_the_sign_test_is_exact)
{
    double got = paired_sign_test(tosses[_i].up, tosses[_i].down);
    ck_assert_msg(fabs(got - tosses[_i].want) < 1e-13, "%zu, %zu: %.17g", tosses[_i].up,
                  tosses[_i].down, got);
}
END_TEST

Suite *paired_suite(void)
{
    Suite *suite = suite_create("paired");
    TCase *tcase = tcase_create("paired");
    tcase_add_test(tcase, test_rows_meet_by_their_number);
    tcase_add_test(tcase, test_up_down_and_flips_are_counted);
    tcase_add_test(tcase, test_each_row_counts_the_same);
    tcase_add_test(tcase, test_runs_with_no_row_in_common);
    tcase_add_loop_test(tcase, test_the_sign_test_is_exact, 0, COUNT_OF(tosses));
    suite_add_tcase(suite, tcase);
    return suite;
}
