/* Waiting for a turn, on an engine's timers. */
#include "sim/base/cc.h"
#include "sim/base/clock.h"
#include "sim/net/queue.h"
#include "sim/net/share.h"
#include "tests/unit/suites.h"

enum { CUSTOMERS = 8 };

struct shop {
    struct engine *engine;
    struct share *share;
    struct rate rate;
    struct queue queue;
    struct place places[CUSTOMERS];
    char served[CUSTOMERS + 1]; /* by number, in order */
    size_t n_served, n_wanted;
};

static struct shop shop; /* a place is all that a turn is told */

static void on_turn(struct place *p)
{
    shop.served[shop.n_served++] = (char)('0' + (p - shop.places));
    if (shop.n_served == shop.n_wanted)
        engine_stop(shop.engine);
}

static void no_wake(void *arg)
{
    (void)arg;
}

/* Open, at so many a second and with nothing kept from before. */
static void open_shop(double per_second)
{
    struct err e = {0};
    shop = (struct shop){.share = share_new()};
    struct engine_config config = {
        .share = shop.share, .transfers_max = 1, .n_hosts = 1, .on_wake = no_wake};
    ck_assert_int_eq(engine_new(&shop.engine, &config, &e), ERR_OK);
    rate_init(&shop.rate, per_second);
    int64_t now_ns = clock_ns();
    while (rate_take(&shop.rate, now_ns) <= now_ns)
        continue;
    queue_init(&shop.queue, shop.engine, &shop.rate, on_turn);
}

static void serve_until(size_t n_wanted)
{
    shop.n_wanted = n_wanted;
    engine_loop(shop.engine);
}

static void close_shop(void)
{
    engine_free(shop.engine);
    share_free(shop.share);
}

START_TEST(test_first_come_first_served)
{
    open_shop(1000);
    for (size_t i = 0; i < CUSTOMERS; i++)
        queue_join(&shop.queue, &shop.places[i]);
    serve_until(CUSTOMERS);
    ck_assert_str_eq(shop.served, "01234567");
    close_shop();
}
END_TEST

/* However many come and leave again, each who stays waits for those before it only. */
START_TEST(test_who_leaves_takes_no_token)
{
    open_shop(50);
    int64_t from_ns = clock_ns();
    queue_join(&shop.queue, &shop.places[0]);
    for (int round = 0; round < 100; round++) {
        for (size_t i = 1; i < CUSTOMERS - 1; i++)
            queue_join(&shop.queue, &shop.places[i]);
        for (size_t i = CUSTOMERS - 2; i > 0; i--)
            queue_leave(&shop.places[i]);
    }
    queue_join(&shop.queue, &shop.places[CUSTOMERS - 1]);
    serve_until(2);
    ck_assert_str_eq(shop.served, "07");
    ck_assert_int_lt(clock_ns() - from_ns, 5000000000); /* 600 tokens would be 12 s */
    close_shop();
}
END_TEST

START_TEST(test_a_queue_that_all_have_left_serves_who_comes_next)
{
    open_shop(100);
    queue_join(&shop.queue, &shop.places[0]);
    queue_leave(&shop.places[0]);
    queue_leave(&shop.places[0]); /* twice is fine */
    queue_join(&shop.queue, &shop.places[3]);
    serve_until(1);
    ck_assert_str_eq(shop.served, "3");
    close_shop();
}
END_TEST

static void close_early(struct timer *t)
{
    (void)t;
    engine_stop(shop.engine);
}

START_TEST(test_a_token_for_nobody_is_not_waited_for_again)
{
    struct timer evening = {.fire = close_early};
    open_shop(100);
    queue_join(&shop.queue, &shop.places[0]);
    queue_leave(&shop.places[0]);
    engine_after(shop.engine, &evening, 50); /* its token comes meanwhile */
    engine_loop(shop.engine);
    queue_join(&shop.queue, &shop.places[5]);
    if (!shop.n_served) /* a token may have been there already */
        serve_until(1);
    ck_assert_str_eq(shop.served, "5");
    close_shop();
}
END_TEST

/* A grader's queue is the grader's, and gone before the engine is. */
START_TEST(test_released_while_a_token_is_under_way)
{
    struct timer evening = {.fire = close_early};
    open_shop(100);
    queue_release(&(struct queue){0});
    queue_join(&shop.queue, &shop.places[0]);
    queue_leave(&shop.places[0]);
    ck_assert(shop.queue.timer.slot);
    queue_release(&shop.queue);
    ck_assert(!shop.queue.timer.slot);
    engine_after(shop.engine, &evening, 50);
    engine_loop(shop.engine);
    ck_assert_uint_eq(shop.n_served, 0);
    close_shop();
}
END_TEST

Suite *queue_suite(void)
{
    Suite *suite = suite_create("queue");
    TCase *tc = tcase_create("queue");
    tcase_add_test(tc, test_first_come_first_served);
    tcase_add_test(tc, test_who_leaves_takes_no_token);
    tcase_add_test(tc, test_a_queue_that_all_have_left_serves_who_comes_next);
    tcase_add_test(tc, test_released_while_a_token_is_under_way);
    tcase_add_test(tc, test_a_token_for_nobody_is_not_waited_for_again);
    suite_add_tcase(suite, tc);
    return suite;
}
