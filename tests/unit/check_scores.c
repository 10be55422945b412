/* Scores by row, summaries, quantiles and pass@k, some against values made by other libraries. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/stats/passk.h"
#include "sim/stats/quantile.h"
#include "sim/stats/scores.h"
#include "tests/unit/suites.h"

static const char golden[] = "tests/data/stats.json";

static bool is_near(double a, double b)
{
    return fabs(a - b) <= 1e-12;
}

static json_t *golden_open(void)
{
    json_error_t fault;
    json_t *root = json_load_file(golden, 0, &fault);
    ck_assert_msg(root != NULL, "%s: run from the repository's root", golden);
    return root;
}

static double number(const json_t *list, size_t i)
{
    return json_number_value(json_array_get(list, i));
}

static void check_passk(const char *key, double (*of)(size_t n, size_t c, size_t k))
{
    json_t *root = golden_open();
    json_t *cases = json_object_get(root, key);
    ck_assert_uint_eq(json_array_size(cases), 210);
    size_t i;
    json_t *one;
    json_array_foreach(cases, i, one)
    {
        double got = of((size_t)number(one, 0), (size_t)number(one, 1), (size_t)number(one, 2));
        ck_assert_msg(is_near(got, number(one, 3)), "%s of %g, %g, %g: %.17g", key, number(one, 0),
                      number(one, 1), number(one, 2), got);
    }
    json_decref(root);
}

START_TEST(test_pass_at_k_and_pass_hat_k_are_the_golden_ones)
{
    check_passk("pass_at_k", passk_any);
    check_passk("pass_hat_k", passk_all);
}
END_TEST

START_TEST(test_means_and_deviations_are_the_golden_ones)
{
    json_t *root = golden_open();
    json_t *cases = json_object_get(root, "mean_std");
    ck_assert_uint_eq(json_array_size(cases), 4);
    size_t i;
    json_t *one;
    json_array_foreach(cases, i, one)
    {
        json_t *x = json_object_get(one, "x");
        double values[8];
        size_t n = json_array_size(x);
        ck_assert_uint_le(n, COUNT_OF(values));
        for (size_t k = 0; k < n; k++)
            values[k] = number(x, k);
        struct summary s = summary_of(values, n);
        ck_assert(is_near(s.mean, json_real_value(json_object_get(one, "mean"))));
        ck_assert(is_near(summary_spread(&s), json_real_value(json_object_get(one, "std_pop"))));
        double deviation = 0;
        bool is_known = summary_deviation(&deviation, &s);
        json_t *want = json_object_get(one, "std_sample");
        ck_assert_int_eq(is_known, !json_is_null(want));
        ck_assert(!is_known || is_near(deviation, json_real_value(want)));
    }
    json_decref(root);
}
END_TEST

START_TEST(test_a_summary_of_nothing)
{
    struct summary s = summary_of(NULL, 0);
    double variance;
    ck_assert_uint_eq(s.n, 0);
    ck_assert(s.mean == 0 && summary_spread(&s) == 0);
    ck_assert(!summary_variance(&variance, &s));
}
END_TEST

/* 1e16 and 1 have no common digit: plain addition loses every 1. */
START_TEST(test_sums_keep_what_rounding_takes)
{
    static const double x[] = {1, 1e16, 1, -1e16, 1, 1};
    struct summary s = summary_of(x, COUNT_OF(x));
    ck_assert_msg(s.mean == 4.0 / 6, "%.17g", s.mean);
}
END_TEST

static const struct {
    const char *name;
    double q, want;
} quantiles[] = {
    {"the least", 0, 1},
    {"between the first two", 0.1, 1.3},
    {"a third of the way is a number of the list", 1.0 / 3, 2},
    {"the median of an even number", 0.5, 3},
    {"between the last two", 0.9, 6.94},
    {"the most", 1, 8.2},
};

START_TEST(test_quantiles_lie_between_neighbours)
{
    double x[] = {4, 8.2, 1, 2};
    quantile_sort(x, COUNT_OF(x));
    double got = quantile_of(x, COUNT_OF(x), quantiles[_i].q);
    ck_assert_msg(is_near(got, quantiles[_i].want), "%s: %.17g", quantiles[_i].name, got);
    static const double one[] = {0.3};
    ck_assert(quantile_of(one, 1, quantiles[_i].q) == 0.3);
}
END_TEST

/* Row 7 has three rollouts, row 2 one, row 9 two. */
static const struct score list[] = {{7, 0.9}, {2, 0.25}, {7, 0.1}, {9, 1}, {7, 0.5}, {9, 0}};

START_TEST(test_rows_are_sorted_and_keep_their_order_within)
{
    struct scores s;
    scores_init(&s, list, COUNT_OF(list));
    ck_assert_uint_eq(s.n, 6);
    ck_assert_uint_eq(s.n_rows, 3);
    static const uint64_t rows[] = {2, 7, 9};
    static const size_t counts[] = {1, 3, 2};
    static const double rewards[] = {0.25, 0.9, 0.1, 0.5, 1, 0};
    static const double means[] = {0.25, 0.5, 0.5};
    static const size_t passes[] = {0, 2, 1};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(s.row[i], rows[i]);
        ck_assert_uint_eq(scores_row_count(&s, i), counts[i]);
        ck_assert_uint_eq(scores_row_passes(&s, i, 0.5), passes[i]);
        ck_assert(is_near(scores_row(&s, i).mean, means[i]));
    }
    for (size_t i = 0; i < s.n; i++)
        ck_assert(s.reward[i] == rewards[i]);
    ck_assert(is_near(scores_pass_rate(&s, 0.5), 0.5));
    ck_assert(scores_pass_rate(&s, 1.5) == 0);
    scores_release(&s);
    scores_release(&s);
}
END_TEST

START_TEST(test_clusters_have_the_mean_of_all_rollouts)
{
    struct scores s;
    struct cluster c[3];
    scores_init(&s, list, COUNT_OF(list));
    scores_clusters(c, &s);
    ck_assert(is_near(clustered_mean(c, 3), 2.75 / 6));
    scores_pass_clusters(c, &s, 0.5);
    ck_assert(is_near(clustered_mean(c, 3), 0.5));
    ck_assert(c[1].sum == 2 && c[1].n == 3);
    scores_release(&s);
}
END_TEST

START_TEST(test_rows_with_fewer_than_k_rollouts_say_nothing)
{
    struct scores s;
    struct cluster c[3];
    scores_init(&s, list, COUNT_OF(list));
    ck_assert_uint_eq(passk_rows(c, &s, 0.5, 2, passk_any), 2);
    ck_assert(is_near(c[0].sum, 1) && is_near(c[1].sum, 1));
    ck_assert_uint_eq(passk_rows(c, &s, 0.5, 2, passk_all), 2);
    ck_assert(is_near(c[0].sum, 1.0 / 3) && c[1].sum == 0);
    ck_assert(is_near(clustered_mean(c, 2), 1.0 / 6));
    ck_assert_uint_eq(passk_rows(c, &s, 0.5, 4, passk_any), 0);
    ck_assert(clustered_mean(c, 0) == 0);
    scores_release(&s);
}
END_TEST

START_TEST(test_no_rollouts_at_all)
{
    struct scores s;
    scores_init(&s, NULL, 0);
    ck_assert_uint_eq(s.n_rows, 0);
    ck_assert(scores_pass_rate(&s, 0) == 0);
    ck_assert_uint_eq(passk_rows(NULL, &s, 0.5, 1, passk_any), 0);
    scores_release(&s);
}
END_TEST

Suite *scores_suite(void)
{
    Suite *suite = suite_create("scores");
    TCase *numbers = tcase_create("numbers");
    tcase_add_test(numbers, test_pass_at_k_and_pass_hat_k_are_the_golden_ones);
    tcase_add_test(numbers, test_means_and_deviations_are_the_golden_ones);
    tcase_add_test(numbers, test_a_summary_of_nothing);
    tcase_add_test(numbers, test_sums_keep_what_rounding_takes);
    tcase_add_loop_test(numbers, test_quantiles_lie_between_neighbours, 0, COUNT_OF(quantiles));
    suite_add_tcase(suite, numbers);
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, test_rows_are_sorted_and_keep_their_order_within);
    tcase_add_test(rows, test_clusters_have_the_mean_of_all_rollouts);
    tcase_add_test(rows, test_rows_with_fewer_than_k_rollouts_say_nothing);
    tcase_add_test(rows, test_no_rollouts_at_all);
    suite_add_tcase(suite, rows);
    return suite;
}
