/* A rate limit on a clock of our own, and from several threads. */
#include <pthread.h>
#include <stdint.h>

#include "sim/base/cc.h"
#include "sim/net/rate.h"
#include "tests/unit/suites.h"

static const int64_t ms = 1000000;
static const int64_t second_ns = 1000000000;

/* Ten seconds with requests always waiting, asked for by a loop that wakes a little late each time:
 * exact to one request. */
static void exact_at(double per_second)
{
    struct rate r;
    rate_init(&r, per_second);
    int64_t from = 5 * second_ns;
    while (rate_take(&r, from) < from)
        continue; /* what was kept */
    uint64_t n = 0;
    for (int64_t now = from; rate_take(&r, now) < from + 10 * second_ns; n++)
        now += n % 7 == 0 ? 3 * ms : 0; /* the turns run ahead of it */
    ck_assert_double_eq_tol((double)n, per_second * 10, per_second * 10 * 0.001 + 1);
}

START_TEST(test_exact_over_ten_seconds)
{
    exact_at(0.5);
    exact_at(50);
    exact_at(333);
}
END_TEST

START_TEST(test_no_limit_is_no_wait)
{
    struct rate r;
    rate_init(&r, 0);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(rate_take(&r, 17), 17);
}
END_TEST

START_TEST(test_idle_time_is_not_saved_up)
{
    struct rate r;
    rate_init(&r, 100);
    rate_take(&r, second_ns);
    int64_t n = 0; /* of the pause, RATE_KEPT_MS are made up for */
    while (rate_take(&r, 5 * second_ns) <= 5 * second_ns)
        n++;
    ck_assert_int_eq(n, RATE_KEPT_MS / 10 + 1);
}
END_TEST

enum { TAKES = 20000 };

static void *take_many(void *arg)
{
    for (int i = 0; i < TAKES; i++)
        rate_take(arg, 0);
    return NULL;
}

START_TEST(test_threads_never_share_a_turn)
{
    struct rate r;
    pthread_t threads[4];
    rate_init(&r, 1000);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_create(&threads[i], NULL, take_many, &r);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(rate_take(&r, 0), (int64_t)COUNT_OF(threads) * TAKES * ms);
}
END_TEST

Suite *rate_suite(void)
{
    Suite *suite = suite_create("rate");
    TCase *tc = tcase_create("rate");
    tcase_add_test(tc, test_exact_over_ten_seconds);
    tcase_add_test(tc, test_no_limit_is_no_wait);
    tcase_add_test(tc, test_idle_time_is_not_saved_up);
    tcase_add_test(tc, test_threads_never_share_a_turn);
    suite_add_tcase(suite, tc);
    return suite;
}
