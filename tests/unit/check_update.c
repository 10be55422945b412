/* One step of learning: advantages, groups, the gradient, and which states are kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/train/advantage.h"
#include "sim/train/checkpoints.h"
#include "sim/train/update.h"
#include "tests/unit/suites.h"

static const struct {
    double reward[4];
    bool by_deviation;
    bool live;
    double advantage[4];
} groups[] = {
    {{0, 0, 0, 0}, true, false, {0, 0, 0, 0}},
    {{0.3, 0.3, 0.3, 0.1 + 0.2}, true, false, {0, 0, 0, 0}}, /* apart by rounding alone */
    {{1, 0, 0, 1}, true, true, {1, -1, -1, 1}},
    {{1, 0, 0, 1}, false, true, {0.5, -0.5, -0.5, 0.5}},
    {{1, 0, 0, 0},
     true,
     true,
     {1.7320508075688774, -0.5773502691896258, -0.5773502691896258, -0.5773502691896258}},
    {{-1, 1, 1, 1}, false, true, {-1.5, 0.5, 0.5, 0.5}},
};

START_TEST(test_advantages_are_within_the_group)
{
    double out[4];
    bool live = advantage_of(out, groups[_i].reward, 4, groups[_i].by_deviation);
    ck_assert_int_eq(live, groups[_i].live);
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq_tol(out[i], groups[_i].advantage[i], 1e-12);
}
END_TEST

/* --- a wave ---------------------------------------------------------------------------------- */

enum { ROWS = 3, SAMPLES = 5, ACTIONS = 4, TURNS = 4 };

static const char *const names[ACTIONS] = {"a", "b", "c", "d"};

/* Rollouts with choices at random; those of the last row all have one reward. */
static struct wave make_wave(uint64_t seed)
{
    struct wave w = {.phase = WAVE_TRAIN, .step = 3};
    struct rng rng = rng_seed(seed);
    wave_init(&w, ROWS, SAMPLES);
    for (size_t i = 0; i < ROWS * SAMPLES; i++) {
        struct rollout_end *end = &w.ends[i];
        bool lost = rng_below(&rng, 6) == 0;
        end->started = true;
        end->n_turns = 1 + (int)rng_below(&rng, TURNS);
        end->choices = mem_array((size_t)end->n_turns, 1);
        for (int t = 0; t < end->n_turns; t++)
            end->choices[t] = (uint8_t)(1 + rng_below(&rng, ACTIONS));
        end->reward = rng_unit(&rng);
        end->outcome = lost ? OUTCOME_DISCARDED_TOOL : OUTCOME_GRADED;
        if (i >= (ROWS - 1) * SAMPLES) {
            end->outcome = OUTCOME_GRADED;
            end->reward = 0.25;
        }
    }
    return w;
}

START_TEST(test_groups_are_counted)
{
    struct wave w = make_wave(1);
    double reward[SAMPLES];
    struct groups g = groups_of(&w);
    ck_assert_uint_eq(g.n, ROWS);
    ck_assert_uint_eq(g.n_dead, 1);
    double spread = 0;
    for (size_t i = 0; i < ROWS; i++) {
        double sum = 0;
        double squares = 0;
        groups_rewards(reward, &w, i);
        for (size_t k = 0; k < SAMPLES; k++) {
            const struct rollout_end *end = &w.ends[i * SAMPLES + k];
            ck_assert_double_eq(reward[k], end->outcome == OUTCOME_GRADED ? end->reward : -1);
            sum += reward[k];
            squares += reward[k] * reward[k];
        }
        spread += sqrt(fmax(0, squares / SAMPLES - sum / SAMPLES * (sum / SAMPLES))) / ROWS;
    }
    ck_assert_double_eq_tol(g.spread, spread, 1e-9);
    wave_release(&w);
}
END_TEST

static const uint64_t begins[ROWS] = {0, 1ull << 48, 0}; /* of two features */

/* What an update climbs, worked out from its definition: the advantages times the logarithms of the
 * chances of what was chosen, and the entropies of where it was chosen. */
static double climbed(const struct learned *l, const struct learning *how, const struct wave *w)
{
    double sum = 0;
    for (size_t i = 0; i < ROWS; i++) {
        double reward[SAMPLES];
        double advantage[SAMPLES];
        groups_rewards(reward, w, i);
        if (!advantage_of(advantage, reward, SAMPLES, how->by_deviation))
            continue;
        for (size_t k = 0; k < SAMPLES; k++) {
            const struct rollout_end *end = &w->ends[i * SAMPLES + k];
            uint64_t state = begins[i];
            for (int t = 0; t < end->n_turns; t++) {
                double p[ACTIONS];
                learned_chances(l, state, p);
                sum += advantage[k] * log(p[end->choices[t] - 1]) / SAMPLES;
                for (int a = 0; a < ACTIONS; a++)
                    sum -= how->entropy_bonus * p[a] * log(p[a]) / SAMPLES;
                state = learned_after(l, state, end->choices[t] - 1u);
            }
        }
    }
    return sum;
}

static const struct learning ways[] = {
    {.step_size = 0.5, .by_deviation = true},
    {.step_size = 2, .by_deviation = false},
    {.step_size = 1, .by_deviation = true, .entropy_bonus = 0.3},
};

/* Two updates, so that the second starts from preferences that differ; each against the slope of
 * what it climbs, preference by preference. */
START_TEST(test_an_update_is_the_slope)
{
    const struct learning *how = &ways[_i];
    struct learned l;
    learned_init(&l, names, ACTIONS, 2);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct wave w = make_wave(seed);
        struct update u;
        struct table before = {.width = ACTIONS};
        for (size_t i = 0; i < l.preferences.n; i++)
            memcpy(table_at(&before, l.preferences.keys[i]), &l.preferences.values[i * ACTIONS],
                   ACTIONS * sizeof(double));
        update_make(&u, &l, how, &w, begins);
        ck_assert_uint_gt(u.n, 0);
        for (size_t i = 0; i < l.preferences.n; i++) {
            uint64_t state = l.preferences.keys[i];
            for (size_t a = 0; a < ACTIONS; a++) {
                struct learned old = l;
                const double h = 1e-5;
                double moved = l.preferences.values[i * ACTIONS + a] - table_at(&before, state)[a];
                old.preferences = before;
                double *at = &table_at(&before, state)[a];
                old.preferences = before;
                *at += h;
                double up = climbed(&old, how, &w);
                *at -= 2 * h;
                double down = climbed(&old, how, &w);
                *at += h;
                ck_assert_double_eq_tol(moved, how->step_size * (up - down) / (2 * h), 1e-8);
            }
        }
        update_release(&u);
        table_release(&before);
        wave_release(&w);
    }
    learned_release(&l);
}
END_TEST

START_TEST(test_gains_say_what_changed)
{
    struct learned l;
    struct wave w = make_wave(4);
    struct update u;
    learned_init(&l, names, ACTIONS, 2);
    update_make(&u, &l, &ways[0], &w, begins);
    double last = INFINITY;
    for (size_t i = 0; i < u.n; i++) {
        double p[ACTIONS];
        const struct gain *g = &u.gains[i];
        learned_chances(&l, g->state, p);
        ck_assert_double_eq(g->after, p[g->action]);
        ck_assert_double_eq_tol(g->before, 1.0 / ACTIONS, 1e-15);
        double weight = fabs(g->after - g->before) * (double)g->n_visits;
        ck_assert_double_le(weight, last);
        last = weight;
    }
    update_release(&u);
    wave_release(&w);
    learned_release(&l);
}
END_TEST

START_TEST(test_dead_groups_teach_nothing)
{
    struct learned l;
    struct wave w = make_wave(5);
    struct update u;
    for (size_t i = 0; i < ROWS * SAMPLES; i++) {
        w.ends[i].outcome = OUTCOME_GRADED;
        w.ends[i].reward = (double)(i / SAMPLES);
    }
    learned_init(&l, names, ACTIONS, 2);
    update_make(&u, &l, &ways[2], &w, begins);
    ck_assert_uint_eq(u.n, 0);
    ck_assert_uint_eq(l.preferences.n, 0);
    update_release(&u);
    wave_release(&w);
    learned_release(&l);
}
END_TEST

/* --- checkpoints ----------------------------------------------------------------------------- */

START_TEST(test_the_three_best_are_kept)
{
    static const struct {
        double reward;
        int out;
        int kept[3];
    } rows[] = {
        {0.1, 0, {1}},       {0.5, 0, {2, 1}},    {0.3, 0, {2, 3, 1}},
        {0.3, 1, {2, 4, 3}}, /* the same mean: the later one stands first (GAP-44) */
        {0.2, 5, {2, 4, 3}}, /* its own */
        {0.3, 3, {2, 6, 4}}, {0.9, 4, {7, 2, 6}}, {0.9, 6, {8, 7, 2}},
    };
    struct checkpoints c = {0};
    for (int i = 0; i < (int)COUNT_OF(rows); i++) {
        ck_assert_int_eq(checkpoints_add(&c, i + 1, rows[i].reward), rows[i].out);
        for (size_t k = 0; k < c.n; k++)
            ck_assert_int_eq(c.at[k].step, rows[i].kept[k]);
    }
    ck_assert_uint_eq(c.n, 3);
}
END_TEST

Suite *update_suite(void)
{
    Suite *suite = suite_create("update");
    TCase *tcase = tcase_create("update");
    tcase_add_loop_test(tcase, test_advantages_are_within_the_group, 0, COUNT_OF(groups));
    tcase_add_test(tcase, test_groups_are_counted);
    tcase_add_loop_test(tcase, test_an_update_is_the_slope, 0, COUNT_OF(ways));
    tcase_add_test(tcase, test_gains_say_what_changed);
    tcase_add_test(tcase, test_dead_groups_teach_nothing);
    tcase_add_test(tcase, test_the_three_best_are_kept);
    suite_add_tcase(suite, tcase);
    return suite;
}
