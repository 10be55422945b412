#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "tests/unit/suites.h"
#include "tools/demo/returns.h"

enum { REFUND, EXCHANGE };

/* Steps are "TRACE:OP ITEM"; o opens for a refund, x for an exchange; s settles as a refund; ?
 * asks. What comes of each is one letter: d done, t twice, n not open, w another way, f full; of ?
 * the state: 0 none, 1 open, 2 settled. */
static const struct row {
    const char *name, *steps, *ends;
} rows[] = {
    {"opened, then settled", "a:o1 a:s1 a:?1", "dd2"},
    {"not before it is open", "a:s1 a:o1 a:?1", "nd1"},
    {"opened once", "a:o1 a:o1 a:s1 a:o1", "dtdt"},
    {"settled once", "a:o1 a:s1 a:s1", "ddn"},
    {"the way it was opened for", "a:x1 a:s1 a:?1", "dw1"},
    {"one item is not another", "a:o1 a:s2 a:?2", "dn0"},
    {"another rollout sees none of it", "a:o1 b:s1 b:?1 b:o1 a:s1 b:?1", "dn0dd1"},
    {"each in its own order", "a:o1 b:o1 b:s1 a:?1 a:s1", "ddd1d"},
    {"asking makes nothing known", "a:?1 b:s1 c:?1 d:?1 e:o1 a:?1", "0n00d0"},
    {"eight at most", "a:o1 a:o2 a:o3 a:o4 a:o5 a:o6 a:o7 a:o8 a:o9 a:s8 b:o9", "ddddddddfdd"},
    /* the table holds three rollouts */
    {"the first is forgotten for the fourth", "a:o1 b:o1 c:o1 d:o1 a:?1 b:?1 c:?1 d:?1",
     "dddd0111"},
    {"by who opened first, not by who was seen last", "a:o1 b:o1 c:o1 a:s1 d:o1 a:?1 b:?1",
     "ddddd01"},
    {"and begins anew", "a:o1 b:o1 c:o1 d:o1 a:o2 a:?1 b:?1 c:?1", "ddddd001"},
};

static char end_of(struct returns *r, const char *trace, char op, uint32_t item)
{
    static const char ends[] = {
        [RETURNS_DONE] = 'd',  [RETURNS_NOT_OPEN] = 'n', [RETURNS_OTHER_WAY] = 'w',
        [RETURNS_TWICE] = 't', [RETURNS_FULL] = 'f',
    };
    struct return_entry out = {0};
    switch (op) {
    case 'o':
        return ends[returns_open(r, trace, item, REFUND, 100 * item)];
    case 'x':
        return ends[returns_open(r, trace, item, EXCHANGE, 0)];
    case 's': {
        enum returns_end end = returns_settle(r, trace, item, REFUND, &out);
        ck_assert(end != RETURNS_DONE || out.cents == 100 * item);
        return ends[end];
    }
    default:
        return (char)('0' + returns_find(r, trace, item).state);
    }
}

START_TEST(test_steps)
{
    const struct row *row = &rows[_i];
    struct returns *r = returns_new(3);
    char ends[64] = "";
    for (const char *s = row->steps; s; s = strchr(s, ' ') ? strchr(s, ' ') + 1 : NULL) {
        char trace[] = {s[0], '\0'};
        ends[strlen(ends)] = end_of(r, trace, s[2], (uint32_t)(s[3] - '0'));
    }
    ck_assert_msg(strcmp(ends, row->ends) == 0, "%s: %s, should be %s", row->name, ends, row->ends);
    returns_free(r);
}
END_TEST

START_TEST(test_counts)
{
    struct returns *r = returns_new(100);
    for (unsigned i = 0; i < 250; i++) {
        char trace[16];
        snprintf(trace, sizeof(trace), "trace_%u", i);
        ck_assert_int_eq(returns_open(r, trace, 1, REFUND, 0), RETURNS_DONE);
        ck_assert_int_eq(returns_open(r, trace, 2, REFUND, 0), RETURNS_DONE);
        ck_assert_uint_eq(returns_known(r), i + 1);
        ck_assert_uint_eq(returns_forgotten(r), i < 100 ? 0 : i - 99);
    }
    for (unsigned i = 0; i < 250; i++) {
        char trace[16];
        snprintf(trace, sizeof(trace), "trace_%u", i);
        ck_assert_int_eq(returns_find(r, trace, 2).state, i < 150 ? RETURN_NONE : RETURN_OPEN);
    }
    returns_free(r);
}
END_TEST

/* --- several threads -------------------------------------------------------------------------- */

enum { THREADS = 4, TRACES = 300, ITEMS = 3 };

static struct crew {
    struct returns *returns;
    atomic_uint opened, settled, early;
} crew;

/* Every thread opens and settles every return: whoever is first. */
static void *work(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < TRACES * ITEMS; i++) {
        char trace[16];
        struct return_entry out = {0};
        snprintf(trace, sizeof(trace), "trace_%u", i / ITEMS);
        uint32_t item = i % ITEMS;
        if (returns_settle(crew.returns, trace, item, REFUND, &out) == RETURNS_NOT_OPEN)
            atomic_fetch_add(&crew.early, 1);
        else
            atomic_fetch_add(&crew.settled, 1);
        if (returns_open(crew.returns, trace, item, REFUND, 1) == RETURNS_DONE)
            atomic_fetch_add(&crew.opened, 1);
        if (returns_settle(crew.returns, trace, item, REFUND, &out) == RETURNS_DONE)
            atomic_fetch_add(&crew.settled, 1);
    }
    return NULL;
}

static void run_crew(size_t room)
{
    pthread_t threads[THREADS];
    crew.returns = returns_new(room);
    crew.opened = crew.settled = crew.early = 0;
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

START_TEST(test_each_return_is_opened_once_and_settled_once)
{
    run_crew(TRACES);
    ck_assert_uint_eq(crew.opened, TRACES * ITEMS);
    ck_assert_uint_eq(crew.settled, TRACES * ITEMS);
    ck_assert_uint_eq(returns_known(crew.returns), TRACES);
    ck_assert_uint_eq(returns_forgotten(crew.returns), 0);
    returns_free(crew.returns);
}
END_TEST

/* A table so small that rollouts are forgotten while others work on them. */
START_TEST(test_forgetting_among_threads)
{
    run_crew(2);
    ck_assert_uint_ge(crew.opened, TRACES * ITEMS);
    ck_assert_uint_le(crew.settled, crew.opened);
    ck_assert_uint_ge(returns_known(crew.returns), TRACES);
    ck_assert_uint_eq(returns_forgotten(crew.returns), returns_known(crew.returns) - 2);
    returns_free(crew.returns);
}
END_TEST

Suite *returns_suite(void)
{
    Suite *suite = suite_create("returns");
    TCase *steps = tcase_create("steps");
    tcase_add_loop_test(steps, test_steps, 0, COUNT_OF(rows));
    tcase_add_test(steps, test_counts);
    suite_add_tcase(suite, steps);
    TCase *threads = tcase_create("threads");
    tcase_add_test(threads, test_each_return_is_opened_once_and_settled_once);
    tcase_add_test(threads, test_forgetting_among_threads);
    suite_add_tcase(suite, threads);
    return suite;
}
