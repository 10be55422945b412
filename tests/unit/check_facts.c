#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/report/facts.h"
#include "sim/report/say.h"
#include "tests/unit/histories.h"
#include "tests/unit/suites.h"

#define NEAR(got, want) (fabs((got) - (want)) < 1e-9)

static const struct outcome_row {
    const char *name;
    const char *waves;
    uint64_t n, n_graded, n_discarded, n_silent;
} outcome_rows[] = {
    {"graded ones", "step 1: 1 0 | 1", 3, 3, 0, 0},
    {"a cut one is graded, and silent only without a call", "step 1: c0 s0", 2, 2, 0, 1},
    {"discarded by a tool or the grader", "step 1: d g 1", 3, 1, 2, 0},
    {"a policy's failure is no discard", "step 1: p 1", 2, 1, 0, 0},
    {"a cancelled one did not end", "step 1: x 1", 1, 1, 0, 0},
    {"evaluations are another phase", "eval 0: d d; step 1: 1", 1, 1, 0, 0},
    {"no wave", "", 0, 0, 0, 0},
};

START_TEST(test_outcomes_are_counted)
{
    const struct outcome_row *row = &outcome_rows[_i];
    struct history h = histories_run(row->waves);
    struct outcomes o;
    outcomes_make(&o, &h, WAVE_TRAIN);
    ck_assert_msg(o.n == row->n && o.n_graded == row->n_graded, "%s: %d of %d", row->name,
                  (int)o.n_graded, (int)o.n);
    ck_assert_msg(o.n_discarded == row->n_discarded && o.n_silent == row->n_silent,
                  "%s: %d discarded, %d silent", row->name, (int)o.n_discarded, (int)o.n_silent);
    history_release(&h);
}
END_TEST

START_TEST(test_the_first_rollout_of_an_outcome_is_named)
{
    struct history h = histories_run("step 1: 1 d | d; step 2: c1");
    struct outcomes o;
    outcomes_make(&o, &h, WAVE_TRAIN);
    ck_assert_uint_eq(o.first[OUTCOME_DISCARDED_TOOL], 1);
    ck_assert_uint_eq(o.first[OUTCOME_GRADED_CUT], 3);
    ck_assert_uint_eq(o.first[OUTCOME_DISCARDED_GRADER], OUTCOMES_NONE);
    history_release(&h);
}
END_TEST

/* EV-4: the first row of the recorded file, 753 of 768 graded. */
START_TEST(test_a_result_file_tells_how_many_are_ungraded)
{
    struct history_step step = history_no_step;
    step.step = 1;
    step.train_mean = 0.11509561752988048;
    step.train_penalised = 0.09331640625;
    step.n_rollouts = 768;
    step.n_graded = 753;
    step.n_valid_graded = 150;
    struct history h = histories_results(&step, 1);
    struct outcomes train;
    struct outcomes valid;
    outcomes_make(&train, &h, WAVE_TRAIN);
    outcomes_make(&valid, &h, WAVE_VALID);
    ck_assert(train.known && !train.by_kind);
    ck_assert_uint_eq(train.n_discarded, 15);
    ck_assert(!valid.known);
    ck_assert_uint_eq(valid.n_graded, 150);
    struct outcomes both = outcomes_of_both((struct outcomes[]){train, valid});
    ck_assert(both.n == 768 && both.n_graded == 753);
    history_release(&h);
}
END_TEST

static const struct curve_row {
    const char *name;
    const char *waves;
    double mean, penalised; /* of the first point; -9: NAN */
    enum interval_state state;
} curve_rows[] = {
    {"all graded", "step 1: 1 0 | 1 1", 0.75, 0.75, INTERVAL_OK},
    {"an ungraded one is -1 in the service's mean only", "step 1: 1 1 | 1 d", 1, 0.5,
     INTERVAL_FLAT},
    {"nothing graded has no mean", "step 1: d p", -9, -1, INTERVAL_EMPTY},
    {"one row has no interval", "step 1: 1 0", 0.5, 0.5, INTERVAL_FEW},
    {"a cancelled one counts nowhere", "step 1: 1 x | 0", 0.5, 0.5, INTERVAL_OK},
    {"an evaluation counts graded ones only (EV-5)", "eval 0: 1 d", 1, -9, INTERVAL_FEW},
};

START_TEST(test_points_of_the_curve)
{
    const struct curve_row *row = &curve_rows[_i];
    struct history h = histories_run(row->waves);
    struct curve c;
    curve_make(&c, &h);
    ck_assert_uint_eq(c.n, 1);
    double mean = isnan(c.at[0].mean) ? -9 : c.at[0].mean;
    double penalised = isnan(c.at[0].penalised) ? -9 : c.at[0].penalised;
    ck_assert_msg(NEAR(mean, row->mean), "%s: %g", row->name, mean);
    ck_assert_msg(NEAR(penalised, row->penalised), "%s: %g", row->name, penalised);
    ck_assert_msg(c.at[0].interval.state == row->state, "%s: %s", row->name,
                  interval_words(c.at[0].interval.state));
    curve_release(&c);
    history_release(&h);
}
END_TEST

/* EV-6: that of step 0 stands in the row of step 1. */
START_TEST(test_steps_of_a_result_file_make_a_curve)
{
    struct history_step steps[2] = {history_no_step, history_no_step};
    steps[0].step = 1;
    steps[0].train_mean = 0.2;
    steps[0].valid_mean = 0.1;
    steps[0].valid_step = 0;
    steps[1].step = 2;
    steps[1].train_mean = 0.5;
    steps[1].valid_mean = 0.3;
    steps[1].valid_step = 2;
    struct history h = histories_results(steps, 2);
    struct curve c;
    curve_make(&c, &h);
    static const struct {
        enum wave_phase phase;
        int step;
    } want[] = {{WAVE_VALID, 0}, {WAVE_TRAIN, 1}, {WAVE_TRAIN, 2}, {WAVE_VALID, 2}};
    ck_assert_uint_eq(c.n, COUNT_OF(want));
    for (size_t i = 0; i < c.n; i++) {
        ck_assert(c.at[i].phase == want[i].phase && c.at[i].step == want[i].step);
        ck_assert_int_eq(c.at[i].interval.state, INTERVAL_EMPTY);
        ck_assert_int_eq(c.at[i].n, -1);
    }
    ck_assert(NEAR(c.last_gap, 0.2));
    ck_assert_int_eq(c.last_gap_step, 2);
    curve_release(&c);
    history_release(&h);
}
END_TEST

static const struct parts_row {
    const char *name;
    const char *waves;
    double rewards[8]; /* of `looks` and `right`, rollout by rollout; -9: NAN */
    double want[4];    /* of both, point by point; -9: NAN */
} parts_rows[] = {
    {"one point", "step 1: 1 | 0", {1, 0, 0.5, 0.5}, {0.75, 0.25}},
    {"a point each", "eval 0: 1 0; step 1: 1", {1, 0, 0, 0, 0.5, 1}, {0.5, 0, 0.5, 1}},
    {"an ungraded rollout has none", "step 1: 1 d", {0.5, 1, -9, -9}, {0.5, 1}},
    {"no mean of nothing", "step 1: d; step 2: 1", {-9, -9, 1, 0}, {-9, -9, 1, 0}},
    {"that of a part alone may lack", "step 1: 1 1", {1, 1, 0, -9}, {0.5, 1}},
};

START_TEST(test_parts_at_the_points_of_the_curve)
{
    const struct parts_row *row = &parts_rows[_i];
    static const char *const keys[] = {"looks", "right"};
    double rewards[COUNT_OF(row->rewards)];
    for (size_t i = 0; i < COUNT_OF(rewards); i++)
        rewards[i] = row->rewards[i] < 0 ? NAN : row->rewards[i];
    struct history h = histories_run(row->waves);
    struct facts f;
    histories_add_parts(&h, COUNT_OF(keys), keys, rewards);
    facts_make(&f, &h);
    ck_assert_uint_eq(f.parts.n_parts, COUNT_OF(keys));
    ck_assert_uint_le(f.curve.n * COUNT_OF(keys), COUNT_OF(row->want));
    for (size_t i = 0; i < f.curve.n * COUNT_OF(keys); i++) {
        double got = isnan(f.parts.at[i]) ? -9 : f.parts.at[i];
        ck_assert_msg(NEAR(got, row->want[i]), "%s: %zu: %g", row->name, i, got);
    }
    facts_release(&f);
    history_release(&h);
}
END_TEST

START_TEST(test_parts_of_a_result_file)
{
    struct history_step step = history_no_step;
    struct history_grader_step graders[2] = {
        {.mean = {[WAVE_TRAIN] = 0.5, [WAVE_VALID] = 0.25}},
        {.mean = {[WAVE_TRAIN] = 0.75, [WAVE_VALID] = 0.125}},
    };
    step.step = 1;
    step.train_mean = 0.5;
    step.valid_mean = 0.25;
    step.valid_step = 0;
    struct history h = histories_results(&step, 1);
    struct facts f;
    facts_make(&f, &h);
    ck_assert_uint_eq(f.parts.n_parts, 0);
    facts_release(&f);
    h.n_graders = COUNT_OF(graders);
    h.graders = mem_array(COUNT_OF(graders), sizeof(*h.graders));
    h.steps[0].graders = mem_array(COUNT_OF(graders), sizeof(*graders));
    memcpy(h.steps[0].graders, graders, sizeof(graders));
    facts_make(&f, &h);
    ck_assert(f.parts.n_parts == 1 && f.curve.n == 2);
    ck_assert(NEAR(f.parts.at[0], 0.125) && NEAR(f.parts.at[1], 0.75));
    facts_release(&f);
    history_release(&h);
}
END_TEST

START_TEST(test_growth_is_of_tokens_where_they_are_known)
{
    struct history h = histories_run("step 1: 1; step 2: 1; step 3: 1; step 4: 1; step 5: 1");
    struct curve c;
    for (size_t i = 0; i < h.n_rollouts; i++)
        h.rollouts[i].bytes = 100 * ((int64_t)i + 1);
    curve_make(&c, &h);
    ck_assert_int_eq(c.growth_unit, CURVE_BYTES);
    ck_assert_int_eq(c.growth.state, ALARM_RAISED);
    curve_release(&c);
    for (size_t i = 0; i < h.n_rollouts; i++)
        h.rollouts[i].bytes = -1;
    curve_make(&c, &h);
    ck_assert_int_eq(c.growth.state, ALARM_UNKNOWN);
    curve_release(&c);
    h.n_steps = 5;
    h.steps = mem_array(5, sizeof(*h.steps));
    for (int i = 0; i < 5; i++) {
        h.steps[i] = history_no_step;
        h.steps[i].step = i + 1;
        h.steps[i].completion_tokens = 500;
    }
    curve_make(&c, &h);
    ck_assert_int_eq(c.growth_unit, CURVE_TOKENS);
    ck_assert_int_eq(c.growth.state, ALARM_QUIET);
    curve_release(&c);
    history_release(&h);
}
END_TEST

START_TEST(test_calls_are_counted_by_tool_and_phase)
{
    struct history h = histories_run("step 1: 1 0; eval 1: 1");
    struct tool_facts t;
    histories_add_tool(&h, "lookup", WAVE_TRAIN, 6, 2, TOOL_KIND_CLIENT_ERROR);
    histories_add_tool(&h, "lookup", WAVE_TRAIN, 0, 1, TOOL_KIND_REDIRECT);
    histories_add_tool(&h, "lookup", WAVE_VALID, 3, 0, TOOL_KIND_FINE);
    histories_add_tool(&h, "other", WAVE_TRAIN, 0, 0, TOOL_KIND_FINE);
    tool_facts_make(&t, &h);
    ck_assert_uint_eq(t.n, 2);
    ck_assert_uint_eq(t.n_calls, 12);
    ck_assert(t.at[0].phase == WAVE_TRAIN && t.at[1].phase == WAVE_VALID);
    ck_assert(NEAR(t.at[0].error_rate, 1.0 / 3));
    ck_assert_int_eq(t.at[0].worst_kind, TOOL_KIND_CLIENT_ERROR);
    ck_assert_uint_eq(t.at[0].n_violations, 1);
    ck_assert_uint_eq(t.at[0].first_failed, 0);
    ck_assert(fabs(t.at[0].p95_s - 1e-3) < 1e-3 / 32);
    ck_assert(NEAR(t.at[1].output, 100));
    ck_assert_int_eq(t.at[1].worst_kind, -1);
    tool_facts_release(&t);
    history_release(&h);
}
END_TEST

/* EV-8: the recorded steps 1 and 2, and one in which every call failed. */
START_TEST(test_calls_of_a_result_file_are_worked_out)
{
    struct history_step steps[3] = {history_no_step, history_no_step, history_no_step};
    static const struct history_tool_step calls[] = {
        {14, 3.0 / 17, 3, 0.1, 427}, {169, 40.0 / 209, 40, 0.2, 464}, {0, 1, NAN, NAN, NAN}};
    for (int i = 0; i < 3; i++) {
        steps[i].step = i + 1;
        steps[i].tools[WAVE_TRAIN] = mem_array(1, sizeof(**steps[i].tools));
        steps[i].tools[WAVE_TRAIN][0] = calls[i];
    }
    struct history h = histories_results(steps, 2);
    struct tool_facts t;
    histories_add_tool(&h, "get_order", WAVE_TRAIN, 0, 0, TOOL_KIND_FINE);
    tool_facts_make(&t, &h);
    ck_assert_uint_eq(t.n, 1);
    ck_assert(t.at[0].n_ok == 183 && t.at[0].n_failed == 43 && !t.at[0].failed_is_least);
    ck_assert(NEAR(t.at[0].mean_s, (14 * 0.1 + 169 * 0.2) / 183));
    ck_assert(t.at[0].worst_step == 2 && t.at[0].n_requests == -1);
    tool_facts_release(&t);
    history_release(&h);

    h = histories_results(steps + 2, 1);
    histories_add_tool(&h, "get_order", WAVE_TRAIN, 0, 0, TOOL_KIND_FINE);
    tool_facts_make(&t, &h);
    ck_assert(t.at[0].n_failed == 1 && t.at[0].failed_is_least && isnan(t.at[0].mean_s));
    tool_facts_release(&t);
    history_release(&h);
}
END_TEST

START_TEST(test_graders_are_told_with_their_parts)
{
    static const char *const keys[] = {"exact", "form"};
    static const double parts[] = {1, 1, 0, 1, NAN, NAN};
    struct history h = histories_run("step 1: 1 e.5 d");
    struct grader_facts g;
    histories_add_parts(&h, 2, keys, parts);
    grader_facts_make(&g, &h);
    ck_assert_uint_eq(g.n, 3);
    ck_assert(g.at[0].n == 2 && NEAR(g.at[0].mean, 0.75) && NEAR(g.at[0].spread, 0.25));
    ck_assert(g.at[0].n_errors == 1 && g.at[0].errors[GRADE_ERROR_OTHER] == 1);
    ck_assert(g.at[0].first_error == 1 && NEAR(g.at[0].p50_s, 0.1));
    ck_assert(g.at[1].is_part && NEAR(g.at[1].mean, 0.5) && g.at[1].n_errors == -1);
    ck_assert_str_eq(g.at[2].grader->key, "form");
    ck_assert(NEAR(g.at[2].least, 1) && NEAR(g.at[2].most, 1));
    grader_facts_release(&g);
    history_release(&h);
}
END_TEST

static const struct pick_row {
    const char *name;
    const char *waves;
    const char *worst, *best; /* ids */
} pick_rows[] = {
    {"of each row one, of equals the first", "eval 0: 1 0 0 | 0 1 1 | .5", "2 4 7 ", "1 5 7 "},
    {"of the last evaluation that ended", "eval 0: 1; eval 3: 0 | .5; eval 6!: .1", "2 ", "3 "},
    {"of training where there is no evaluation", "step 1: 1; step 2: 0 d", "2 ", "2 "},
    {"five at most", "eval 0: 6 | 5 | 4 | 3 | 2 | 1", "6 5 4 3 2 ", "1 2 3 4 5 "},
    {"a row's better one takes the place of its worse", "eval 0: .2 .1 | .15 .3", "2 3 ", "4 1 "},
    {"the best are not among the worst", "eval 0: 0 | 1 | 1 | 0 | 1", "1 4 ", "2 3 5 "},
    {"unless all are", "eval 0: .5 | .5", "1 2 ", "1 2 "},
    {"none", "eval 0: d", "", ""},
};

static void list_ids(char *out, size_t room, const struct history *h, const size_t *at, size_t n)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(out + used, room - used, "%d ", (int)h->rollouts[at[i]].id);
}

START_TEST(test_rollouts_to_look_at)
{
    const struct pick_row *row = &pick_rows[_i];
    struct history h = histories_run(row->waves);
    struct picks p;
    char worst[64];
    char best[64];
    picks_make(&p, &h);
    list_ids(worst, sizeof(worst), &h, p.worst, p.n_worst);
    list_ids(best, sizeof(best), &h, p.best, p.n_best);
    ck_assert_msg(strcmp(worst, row->worst) == 0, "%s: worst %s", row->name, worst);
    ck_assert_msg(strcmp(best, row->best) == 0, "%s: best %s", row->name, best);
    history_release(&h);
}
END_TEST

START_TEST(test_shares_are_said_with_care)
{
    static const struct {
        double share;
        const char *words;
    } rows[] = {{0, "0 %"},      {1e-9, "under 0.1 %"},   {0.083, "8.3 %"},
                {0.5, "50.0 %"}, {0.9999, "over 99.9 %"}, {1, "100 %"}};
    char out[SAY_ROOM];
    ck_assert_str_eq(say_share(out, rows[_i].share), rows[_i].words);
}
END_TEST

Suite *facts_suite(void)
{
    Suite *s = suite_create("facts");
    TCase *t = tcase_create("facts");
    tcase_add_loop_test(t, test_outcomes_are_counted, 0, COUNT_OF(outcome_rows));
    tcase_add_test(t, test_the_first_rollout_of_an_outcome_is_named);
    tcase_add_test(t, test_a_result_file_tells_how_many_are_ungraded);
    tcase_add_loop_test(t, test_points_of_the_curve, 0, COUNT_OF(curve_rows));
    tcase_add_test(t, test_steps_of_a_result_file_make_a_curve);
    tcase_add_loop_test(t, test_parts_at_the_points_of_the_curve, 0, COUNT_OF(parts_rows));
    tcase_add_test(t, test_parts_of_a_result_file);
    tcase_add_test(t, test_growth_is_of_tokens_where_they_are_known);
    tcase_add_test(t, test_calls_are_counted_by_tool_and_phase);
    tcase_add_test(t, test_calls_of_a_result_file_are_worked_out);
    tcase_add_test(t, test_graders_are_told_with_their_parts);
    tcase_add_loop_test(t, test_rollouts_to_look_at, 0, COUNT_OF(pick_rows));
    tcase_add_loop_test(t, test_shares_are_said_with_care, 0, 6);
    suite_add_tcase(s, t);
    return s;
}
