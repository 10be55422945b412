#include <math.h>
#include <string.h>

#include "grader/formula.h"
#include "sim/base/rng.h"
#include "tests/unit/suites.h"

static const char *const names[] = {"a", "b"}; /* a is 0..1, b is -2..3 */
static const double lows[] = {0, -2};
static const double highs[] = {1, 3};

static const struct row {
    const char *text;
    double low, high;
} rows[] = {
    {"7", 7, 7},
    {"a", 0, 1},
    {"a + b", -2, 4},
    {"a - b", -3, 3},
    {"-b", -3, 2},
    {"0.9 * a + 0.1", 0.1, 1},
    {"a * b", -2, 3},
    {"b * b", -6, 9},
    {"0 * a", 0, 0},
    {"b / 2", -1, 1.5},
    {"2 / (a + 1)", 1, 2},
    {"1 / a", -INFINITY, INFINITY},
    {"1 / b", -INFINITY, INFINITY},
    {"b ^ 2", 0, 9},
    {"b ^ 3", -8, 27},
    {"b ^ 0", 1, 1},
    {"b ^ a", -INFINITY, INFINITY},
    {"2 ^ b", 0.25, 8},
    {"a ^ 2", 0, 1},
    {"min(a, b)", -2, 1},
    {"max(a, b)", 0, 3},
    {"max(a, 1)", 1, 1},
    {"abs(b)", 0, 3},
    {"abs(b - 9)", 6, 11},
    {"floor(a / 2)", 0, 0},
    {"ceil(b + 0.5)", -1, 4},
    {"sqrt(b + 6)", 2, 3},
    {"sqrt(b)", 0, 1.7320508075688772},
    {"log(b)", -INFINITY, 1.0986122886681098},
    {"exp(a - a)", 0.36787944117144233, 2.718281828459045}, /* wider than it is */
};

static bool is_near(double got, double want)
{
    return got == want || fabs(got - want) < 1e-12;
}

/* And whatever the values, the result is within them. */
START_TEST(test_bounds_hold)
{
    const struct row *row = &rows[_i];
    struct formula *f = NULL;
    struct formula_fault fault;
    struct rng r = rng_seed(7);
    double low = 0;
    double high = 0;
    ck_assert(formula_parse(&f, row->text, strlen(row->text), names, 2, &fault));
    formula_bounds(f, lows, highs, &low, &high);
    for (int i = 0; i < 2000; i++) {
        double values[2];
        double got = 0;
        for (int k = 0; k < 2; k++)
            values[k] = i < 4 ? (i >> k & 1 ? highs[k] : lows[k])
                              : lows[k] + rng_unit(&r) * (highs[k] - lows[k]);
        if (formula_eval(&got, f, values, &fault))
            ck_assert_msg(got >= low && got <= high, "%s: %g not in %g..%g", row->text, got, low,
                          high);
    }
    formula_free(f);
    ck_assert_msg(is_near(low, row->low) && is_near(high, row->high), "%s: %g..%g", row->text, low,
                  high);
}
END_TEST

Suite *bounds_suite(void)
{
    Suite *suite = suite_create("bounds");
    TCase *tcase = tcase_create("bounds");
    tcase_add_loop_test(tcase, test_bounds_hold, 0, COUNT_OF(rows));
    suite_add_tcase(suite, tcase);
    return suite;
}
