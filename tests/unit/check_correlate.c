#include <jansson.h>
#include <math.h>

#include "sim/base/cc.h"
#include "sim/stats/correlate.h"
#include "tests/unit/suites.h"

enum { MOST = 16 };

static size_t numbers(double out[MOST], const json_t *list)
{
    size_t n = json_array_size(list);
    ck_assert_uint_le(n, MOST);
    for (size_t i = 0; i < n; i++)
        out[i] = json_number_value(json_array_get(list, i));
    return n;
}

START_TEST(test_spearman_is_the_golden_one)
{
    json_error_t fault;
    json_t *root = json_load_file("tests/data/stats.json", 0, &fault);
    ck_assert_msg(root != NULL, "run from the repository's root: %s", fault.text);
    json_t *cases = json_object_get(root, "spearman");
    ck_assert_uint_eq(json_array_size(cases), 6);
    size_t i;
    json_t *one;
    json_array_foreach(cases, i, one)
    {
        double a[MOST];
        double b[MOST];
        size_t n = numbers(a, json_object_get(one, "a"));
        ck_assert_uint_eq(numbers(b, json_object_get(one, "b")), n);
        json_t *want = json_object_get(one, "rho");
        double rho = 0;
        ck_assert_int_eq(correlate_spearman(&rho, a, b, n), !json_is_null(want));
        ck_assert_msg(fabs(rho - json_number_value(want)) < 1e-12, "case %zu: %.17g", i, rho);
    }
    json_decref(root);
}
END_TEST

/* By hand. NAN: nothing to say. */
static const struct {
    const char *name;
    size_t n;
    double a[6], b[6];
    double pearson, spearman, kendall;
} rows[] = {
    {"none", 0, {0}, {0}, NAN, NAN, NAN},
    {"one", 1, {1}, {1}, NAN, NAN, NAN},
    {"two that agree", 2, {1, 5}, {0, 0.1}, 1, 1, 1},
    {"two that do not", 2, {1, 5}, {3, 2}, -1, -1, -1},
    {"one is constant", 3, {0.1, 0.1, 0.1}, {1, 2, 3}, NAN, NAN, NAN},
    {"the other is", 3, {1, 2, 3}, {0.7, 0.7, 0.7}, NAN, NAN, NAN},
    {"in order, on no line", 4, {1, 2, 3, 4}, {1, 10, 100, 1000}, 0.824141, 1, 1},
    {"one swap", 4, {1, 2, 3, 4}, {1, 3, 2, 4}, 0.8, 0.8, 2.0 / 3},
    {"ties in both", 4, {1, 1, 2, 2}, {1, 2, 2, 2}, 0.577350, 0.577350, 0.577350},
    {"no relation", 4, {1, 2, 1, 2}, {1, 1, 2, 2}, 0, 0, 0},
    {"zeros of both signs are tied", 3, {0.0, -0.0, 1}, {1, 1, 2}, 1, 1, 1},
};

static void check_one(const char *name, double want, bool is_known, double got)
{
    ck_assert_msg(is_known == !isnan(want), "%s", name);
    ck_assert_msg(isnan(want) || fabs(got - want) < 1e-6, "%s: %.17g", name, got);
}

START_TEST(test_by_hand)
{
    double r = 0;
    bool is_known = correlate_pearson(&r, rows[_i].a, rows[_i].b, rows[_i].n);
    check_one(rows[_i].name, rows[_i].pearson, is_known, r);
    is_known = correlate_spearman(&r, rows[_i].a, rows[_i].b, rows[_i].n);
    check_one(rows[_i].name, rows[_i].spearman, is_known, r);
    is_known = correlate_kendall(&r, rows[_i].a, rows[_i].b, rows[_i].n);
    check_one(rows[_i].name, rows[_i].kendall, is_known, r);
}
END_TEST

Suite *correlate_suite(void)
{
    Suite *suite = suite_create("correlate");
    TCase *tcase = tcase_create("correlate");
    tcase_add_test(tcase, test_spearman_is_the_golden_one);
    tcase_add_loop_test(tcase, test_by_hand, 0, COUNT_OF(rows));
    suite_add_tcase(suite, tcase);
    return suite;
}
