/* Intervals: what t and the bootstrap give, how often they hold the truth, and when there is none.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/stats/bootstrap.h"
#include "sim/stats/student.h"
#include "tests/unit/suites.h"

/* As tables in textbooks have them. */
static const struct {
    double p, df, want;
} table[] = {
    {0.975, 1, 12.7062047362},     {0.975, 2, 4.3026527297},
    {0.975, 3, 3.1824463053},      {0.975, 9, 2.2621571628},
    {0.975, 30, 2.0422724563},     {0.975, 100, 1.9839715185},
    {0.95, 10, 1.8124611228},      {0.995, 10, 3.1692726727},
    {0.8, 9, 0.8834038597},        {0.5, 7, 0},
    {0.025, 9, -2.2621571628},     {0.975, INFINITY, 1.9599639845},
    {0.8, INFINITY, 0.8416212336},
};

START_TEST(test_quantiles_are_those_of_the_tables)
{
    double got = student_quantile(table[_i].p, table[_i].df);
    ck_assert_msg(fabs(got - table[_i].want) < 1e-10, "%g of %g: %.12g", table[_i].p, table[_i].df,
                  got);
    double above = student_above(got, table[_i].df);
    ck_assert_msg(fabs(above - (1 - table[_i].p)) < 1e-13, "%g of %g: %.17g above", table[_i].p,
                  table[_i].df, above);
}
END_TEST

START_TEST(test_the_ends_of_the_distribution)
{
    ck_assert(student_above(INFINITY, 3) == 0);
    ck_assert(student_above(-INFINITY, 3) == 1);
    ck_assert(student_above(0, 3) == 0.5);
    double far = student_above(1e200, 1);
    ck_assert(far >= 0 && far < 1e-150);
    ck_assert(student_quantile(1 - 1e-15, 1) > 1e14);
}
END_TEST

/* Four rows of two rollouts each: the t interval of their means 0, 0.5, 0.5, 1. */
START_TEST(test_rows_of_one_size_give_the_interval_of_their_means)
{
    static const struct cluster c[] = {{0, 2}, {1, 2}, {1, 2}, {2, 2}};
    struct interval got = clustered_interval(c, COUNT_OF(c), 0.95);
    double error = sqrt(0.5 / 3 / 4);
    ck_assert_int_eq(got.state, INTERVAL_OK);
    ck_assert_uint_eq(got.n, 4);
    ck_assert(fabs(got.estimate - 0.5) < 1e-15);
    ck_assert(fabs(got.error - error) < 1e-15);
    ck_assert(fabs(got.high - (0.5 + 3.1824463053 * error)) < 1e-10);
    ck_assert(fabs(got.low - (0.5 - 3.1824463053 * error)) < 1e-10);
}
END_TEST

/* 100 rollouts a row instead of 2, with the same row means, tell as much of other rows. */
START_TEST(test_more_rollouts_of_the_same_rows_are_no_more_rows)
{
    static const struct cluster few[] = {{0, 2}, {1, 2}, {1, 2}, {2, 2}};
    static const struct cluster many[] = {{0, 100}, {50, 100}, {50, 100}, {100, 100}};
    ck_assert(fabs(clustered_interval(few, 4, 0.95).error -
                   clustered_interval(many, 4, 0.95).error) < 1e-15);
}
END_TEST

static const struct {
    const char *name;
    struct cluster c[3];
    size_t n;
    enum interval_state state;
    double estimate;
} none[] = {
    {"no rows", {{0, 0}}, 0, INTERVAL_EMPTY, 0},
    {"one row", {{3, 4}}, 1, INTERVAL_FEW, 0.75},
    {"all rows the same", {{0.5, 1}, {1, 2}}, 2, INTERVAL_FLAT, 0.5},
    {"the same but for rounding", {{0.1 + 0.2, 3}, {0.1, 1}, {0.7, 7}}, 3, INTERVAL_FLAT, 0.1},
    {"all zero", {{0, 1}, {0, 2}, {0, 1}}, 3, INTERVAL_FLAT, 0},
};

START_TEST(test_when_there_is_none_it_is_said)
{
    struct interval two[] = {
        clustered_interval(none[_i].c, none[_i].n, 0.95),
        bootstrap_interval(none[_i].c, none[_i].n, 0.95, 50, 1),
    };
    for (size_t i = 0; i < COUNT_OF(two); i++) {
        ck_assert_msg(two[i].state == none[_i].state, "%s: %s", none[_i].name,
                      interval_words(two[i].state));
        ck_assert(fabs(two[i].estimate - none[_i].estimate) < 1e-15);
        ck_assert(two[i].low == two[i].estimate && two[i].high == two[i].estimate);
        ck_assert(two[i].error == 0);
    }
}
END_TEST

START_TEST(test_a_seed_gives_the_same_bytes_and_another_does_not)
{
    static const struct cluster c[] = {{0.13, 2}, {1.07, 3}, {1.51, 2}, {1.93, 2},
                                       {0.29, 1}, {0.41, 2}, {2.33, 5}};
    struct interval once = bootstrap_interval(c, COUNT_OF(c), 0.95, BOOTSTRAP_RESAMPLES, 7);
    struct interval again = bootstrap_interval(c, COUNT_OF(c), 0.95, BOOTSTRAP_RESAMPLES, 7);
    struct interval other = bootstrap_interval(c, COUNT_OF(c), 0.95, BOOTSTRAP_RESAMPLES, 8);
    struct interval wider = bootstrap_interval(c, COUNT_OF(c), 0.99, BOOTSTRAP_RESAMPLES, 7);
    ck_assert(once.low == again.low && once.high == again.high);
    ck_assert(once.low != other.low || once.high != other.high);
    ck_assert(wider.low < once.low && once.high < wider.high);
    ck_assert(once.low >= 0 && once.high <= 1); /* within what the rows have */
}
END_TEST

/* Runs of a world whose truth is known: rows whose rollouts lie about a level of their own, 0..1,
 * so the mean of all is 0.5. How many rollouts a row has does not hang on its level. */
enum { MOST_ROWS = 40, MOST_ROLLOUTS = 8 };

struct world {
    struct cluster rows[MOST_ROWS];
    struct cluster rollouts[MOST_ROWS * MOST_ROLLOUTS]; /* each on its own */
    size_t n_rollouts;
};

static void live(struct world *w, struct rng *r, size_t n_rows, size_t least, size_t most)
{
    w->n_rollouts = 0;
    for (size_t i = 0; i < n_rows; i++) {
        double level = rng_unit(r);
        size_t n = least + (size_t)(rng_unit(r) * (double)(most - least + 1));
        w->rows[i] = (struct cluster){0, (double)n};
        for (size_t k = 0; k < n; k++) {
            double reward = level + 0.6 * (rng_unit(r) - 0.5);
            w->rows[i].sum += reward;
            w->rollouts[w->n_rollouts++] = (struct cluster){reward, 1};
        }
    }
}

static bool holds(struct interval i)
{
    return i.low <= 0.5 && 0.5 <= i.high;
}

static const struct {
    size_t n_rows, least, most; /* rollouts a row */
    double from, to;            /* how often the truth is to be held */
} worlds[] = {
    {5, 4, 4, 0.92, 0.975},  {10, 6, 8, 0.92, 0.975}, {15, 1, 8, 0.92, 0.975},
    {40, 1, 8, 0.92, 0.975}, {5, 1, 8, 0.88, 0.93}, /* as clustered.h says */
};

START_TEST(test_95_percent_intervals_hold_the_truth_95_times_of_100)
{
    enum { WORLDS = 2000 };
    struct rng r = rng_seed(2);
    struct world *w = mem_new(sizeof(*w));
    int n_held = 0;
    int n_naive = 0;
    for (int k = 0; k < WORLDS; k++) {
        live(w, &r, worlds[_i].n_rows, worlds[_i].least, worlds[_i].most);
        n_held += holds(clustered_interval(w->rows, worlds[_i].n_rows, 0.95));
        n_naive += holds(clustered_interval(w->rollouts, w->n_rollouts, 0.95));
    }
    double share = (double)n_held / WORLDS;
    ck_assert_msg(share > worlds[_i].from && share < worlds[_i].to, "%zu rows: %g",
                  worlds[_i].n_rows, share);
    ck_assert_msg(n_naive < 0.8 * WORLDS, "as if rollouts were rows: %d", n_naive);
    free(w);
}
END_TEST

START_TEST(test_bootstrap_intervals_hold_it_too_if_there_are_rows_enough)
{
    enum { WORLDS = 600, RESAMPLES = 400 };
    struct rng r = rng_seed(3);
    struct world *w = mem_new(sizeof(*w));
    int n_held = 0;
    for (int k = 0; k < WORLDS; k++) {
        live(w, &r, MOST_ROWS, 1, MOST_ROLLOUTS);
        n_held += holds(bootstrap_interval(w->rows, MOST_ROWS, 0.95, RESAMPLES, (uint64_t)k));
    }
    double share = (double)n_held / WORLDS;
    ck_assert_msg(share > 0.92 && share < 0.975, "%g", share);
    free(w);
}
END_TEST

Suite *interval_suite(void)
{
    Suite *suite = suite_create("interval");
    TCase *student = tcase_create("student");
    tcase_add_loop_test(student, test_quantiles_are_those_of_the_tables, 0, COUNT_OF(table));
    tcase_add_test(student, test_the_ends_of_the_distribution);
    suite_add_tcase(suite, student);
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, test_rows_of_one_size_give_the_interval_of_their_means);
    tcase_add_test(rows, test_more_rollouts_of_the_same_rows_are_no_more_rows);
    tcase_add_loop_test(rows, test_when_there_is_none_it_is_said, 0, COUNT_OF(none));
    tcase_add_test(rows, test_a_seed_gives_the_same_bytes_and_another_does_not);
    tcase_add_loop_test(rows, test_95_percent_intervals_hold_the_truth_95_times_of_100, 0,
                        COUNT_OF(worlds));
    tcase_add_test(rows, test_bootstrap_intervals_hold_it_too_if_there_are_rows_enough);
    suite_add_tcase(suite, rows);
    return suite;
}
