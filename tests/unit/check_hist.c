#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/cc.h"
#include "sim/base/hist.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "tests/unit/suites.h"

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

START_TEST(test_quantiles_are_right_to_one_part_in_64)
{
    enum { MANY = 20000 };
    int64_t *values = mem_array(MANY, sizeof(*values));
    struct hist h = {0};
    struct hist halves[2] = {{0}, {0}};
    struct rng r = rng_seed(7);
    for (int i = 0; i < MANY; i++) {
        values[i] = (int64_t)exp2(rng_unit(&r) * 40); /* 1 ns to 18 minutes */
        hist_add(&h, values[i]);
        hist_add(&halves[i % 2], values[i]);
    }
    hist_merge(&halves[0], &halves[1]);
    qsort(values, MANY, sizeof(*values), by_value);

    static const double shares[] = {0.01, 0.5, 0.9, 0.95, 0.99, 1};
    for (size_t i = 0; i < COUNT_OF(shares); i++) {
        double exact = (double)values[(size_t)ceil(shares[i] * MANY) - 1];
        double got = (double)hist_quantile(&h, shares[i]);
        ck_assert_msg(fabs(got - exact) <= exact / 64 + 1, "%g: %g for %g", shares[i], got, exact);
        ck_assert_int_eq(hist_quantile(&halves[0], shares[i]), hist_quantile(&h, shares[i]));
    }
    hist_release(&h);
    hist_release(&halves[0]);
    hist_release(&halves[1]);
    free(values);
}
END_TEST

START_TEST(test_the_ends_of_the_range)
{
    struct hist h = {0};
    ck_assert_int_eq(hist_quantile(&h, 0.5), 0);
    hist_add(&h, -5);
    ck_assert_int_eq(hist_quantile(&h, 0.5), 0);
    hist_add(&h, INT64_MAX);
    ck_assert_int_gt(hist_quantile(&h, 1), (int64_t)1 << 47);
    hist_release(&h);
    hist_release(&h);
}
END_TEST

/* Every value lies in its bin, bins ascend, and all are counted. */
START_TEST(test_bins_hold_what_was_added)
{
    static const int64_t added[] = {0,  15,      16,      63,        64,       79,
                                    80, 1000000, 1000001, 250000000, INT64_MAX};
    struct hist h = {0};
    size_t n = 0;
    struct hist_bin *bins = hist_bins(&h, &n);
    ck_assert_uint_eq(n, 0);
    free(bins);
    for (size_t i = 0; i < COUNT_OF(added); i++)
        hist_add(&h, added[i]);
    bins = hist_bins(&h, &n);
    uint64_t counted = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t inside = 0;
        for (size_t k = 0; k < COUNT_OF(added); k++)
            inside += added[k] >= bins[i].low_ns && added[k] < bins[i].high_ns;
        bool last = bins[i].high_ns == (int64_t)1 << HIST_POWERS; /* and all beyond */
        ck_assert_uint_eq(bins[i].n, inside + last);
        ck_assert(i == 0 || bins[i].low_ns >= bins[i - 1].high_ns);
        counted += bins[i].n;
    }
    ck_assert_uint_eq(counted, COUNT_OF(added));
    ck_assert_int_eq(bins[0].low_ns, 0);
    ck_assert_int_eq(bins[0].high_ns, 16);
    free(bins);
    hist_release(&h);
}
END_TEST

Suite *hist_suite(void)
{
    Suite *suite = suite_create("hist");
    TCase *tcase = tcase_create("hist");
    tcase_add_test(tcase, test_quantiles_are_right_to_one_part_in_64);
    tcase_add_test(tcase, test_the_ends_of_the_range);
    tcase_add_test(tcase, test_bins_hold_what_was_added);
    suite_add_tcase(suite, tcase);
    return suite;
}
