/* Rates on a clock of our own. */
#include "sim/net/meter.h"
#include "tests/unit/suites.h"

static const int64_t ms = 1000000;

START_TEST(test_an_even_rate)
{
    struct meter m = {0};
    meter_start(&m, 0, 0);
    for (int i = 1; i <= 100; i++)
        meter_sample(&m, i * 100 * ms, (uint64_t)i * 5);
    ck_assert_double_eq_tol(meter_mean(&m), 50, 1e-9);
    ck_assert_double_eq_tol(m.peak, 50, 1e-9);
    ck_assert_uint_eq(m.total, 500);
}
END_TEST

START_TEST(test_a_burst_counts_in_one_second)
{
    struct meter m = {0};
    meter_start(&m, 0, 0);
    for (int i = 1; i <= 50; i++)
        meter_sample(&m, i * 100 * ms, i >= 30 ? 400 : i >= 25 ? 300 : 0);
    ck_assert_double_eq_tol(m.peak, 400, 1e-9); /* 300 and half a second later 100 */
    ck_assert_double_eq_tol(meter_mean(&m), 80, 1e-9);
}
END_TEST

START_TEST(test_less_than_a_second_is_not_blown_up)
{
    struct meter m = {0};
    meter_start(&m, 0, 0);
    meter_sample(&m, 20 * ms, 40);
    ck_assert_double_eq_tol(m.peak, 40, 1e-9);
    ck_assert_double_eq_tol(meter_mean(&m), 2000, 1e-9);
}
END_TEST

START_TEST(test_many_short_waves_make_one_second)
{
    struct meter m = {0};
    for (int i = 0; i < 200; i++) { /* 10 ms each, without a pause */
        meter_start(&m, i * 10 * ms, (uint64_t)i * 7);
        meter_sample(&m, (i + 1) * 10 * ms, (uint64_t)(i + 1) * 7);
    }
    ck_assert_double_eq_tol(m.peak, 700, 30);
}
END_TEST

START_TEST(test_a_pause_is_not_counted)
{
    struct meter m = {0};
    meter_start(&m, 0, 0);
    meter_sample(&m, 1000 * ms, 10);
    meter_start(&m, 60000 * ms, 10);
    meter_sample(&m, 61000 * ms, 30);
    ck_assert_double_eq_tol(meter_mean(&m), 15, 1e-9);
    ck_assert_double_eq_tol(m.peak, 20, 1e-9);
}
END_TEST

START_TEST(test_a_request_that_is_taken_back)
{
    struct meter m = {0};
    meter_start(&m, 0, 100);
    meter_sample(&m, 500 * ms, 99);
    ck_assert_double_eq_tol(m.peak, 0, 1e-9);
}
END_TEST

Suite *meter_suite(void)
{
    Suite *suite = suite_create("meter");
    TCase *tc = tcase_create("meter");
    tcase_add_test(tc, test_an_even_rate);
    tcase_add_test(tc, test_a_burst_counts_in_one_second);
    tcase_add_test(tc, test_less_than_a_second_is_not_blown_up);
    tcase_add_test(tc, test_many_short_waves_make_one_second);
    tcase_add_test(tc, test_a_pause_is_not_counted);
    tcase_add_test(tc, test_a_request_that_is_taken_back);
    suite_add_tcase(suite, tc);
    return suite;
}
