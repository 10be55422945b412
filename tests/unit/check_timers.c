#include "sim/base/cc.h"
#include "sim/base/rng.h"
#include "sim/net/retry.h"
#include "sim/net/timers.h"
#include "tests/unit/suites.h"

START_TEST(test_timers_come_out_in_order)
{
    enum { MANY = 500 };
    static struct timer all[MANY];
    struct timers t = {0};
    struct rng r = rng_seed(1);
    for (int i = 0; i < MANY; i++)
        timers_set(&t, &all[i], (int64_t)(rng_u64(&r) % 1000));
    for (int i = 0; i < MANY; i += 3)
        timers_cancel(&t, &all[i]);
    for (int i = 1; i < MANY; i += 3)
        timers_set(&t, &all[i], (int64_t)(rng_u64(&r) % 1000)); /* moved */

    int64_t last = -1;
    int n = 0;
    for (struct timer *one = NULL; (one = timers_due(&t, 1000)); n++) {
        ck_assert_int_ge(one->at_ns, last);
        ck_assert_int_ne((one - all) % 3, 0);
        last = one->at_ns;
    }
    ck_assert_int_eq(n, MANY - (MANY + 2) / 3);
    ck_assert_int_eq(timers_next_ns(&t), INT64_MAX);
    timers_release(&t);
}
END_TEST

START_TEST(test_a_timer_is_not_due_early)
{
    struct timers t = {0};
    struct timer one = {0};
    timers_set(&t, &one, 10);
    ck_assert_ptr_null(timers_due(&t, 9));
    ck_assert_int_eq(timers_next_ns(&t), 10);
    ck_assert_ptr_eq(timers_due(&t, 10), &one);
    timers_cancel(&t, &one); /* twice is fine */
    timers_cancel(&t, &one);
    timers_release(&t);
}
END_TEST

static const struct {
    const char *name;
    struct retry_policy policy;
    int made;
    int64_t wait_ms;
} retries[] = {
    {"three attempts: the second comes after 1 s (GAP-13)", {3, 1000}, 1, 1000},
    {"and the third after 2 s more", {3, 1000}, 2, 2000},
    {"there is no fourth (EV-16)", {3, 1000}, 3, RETRY_STOP},
    {"the other reading has one (GAP-13)", {4, 1000}, 3, 4000},
    {"one attempt is never repeated", {1, 1000}, 1, RETRY_STOP},
    {"no wait is a wait of nothing", {3, 0}, 2, 0},
};

START_TEST(test_when_to_try_again)
{
    ck_assert_msg(retry_wait_ms(&retries[_i].policy, retries[_i].made) == retries[_i].wait_ms, "%s",
                  retries[_i].name);
}
END_TEST

Suite *timers_suite(void)
{
    Suite *suite = suite_create("timers");
    TCase *tcase = tcase_create("timers");
    tcase_add_test(tcase, test_timers_come_out_in_order);
    tcase_add_test(tcase, test_a_timer_is_not_due_early);
    tcase_add_loop_test(tcase, test_when_to_try_again, 0, COUNT_OF(retries));
    suite_add_tcase(suite, tcase);
    return suite;
}
