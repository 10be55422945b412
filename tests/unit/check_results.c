#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/history.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

static struct history h;

static void close_it(void)
{
    history_release(&h);
    scratch_leave();
}

static void ck_opens(const char *text)
{
    struct err e = {0};
    scratch_file("results.csv", text);
    ck_assert_msg(history_open(&h, "results.csv", &e) == ERR_OK, "%s", e.text);
    ck_assert_int_eq(h.source, HISTORY_RESULTS);
    ck_assert_str_eq(h.path, "results.csv");
    ck_assert_ptr_null(h.ops);
}

static void ck_near(double got, double want)
{
    ck_assert_double_eq_tol(got, want, 1e-12);
}

#define SCORES(type, name) "scores/graders/" type "/" name "/train_reward_mean"
#define COUNTS(type, name) "errors/graders/" type "/" name "/errors/train_other_error_count"

/* EV-4 by hand. 1: six graded with 3 points, two not: (3 - 2) / 8. 2: all eight graded. 3: four
 * graded with 1 point, four not: (1 - 4) / 8. */
static const char small[] =
    "step,train_mean_reward," SCORES("python", "g") "," COUNTS("python", "g") "\n"
                                                                              "1,0.125,0.5,6\n"
                                                                              "2,0.75,0.75,8\n"
                                                                              "3,-0.375,0.25,4\n";

START_TEST(test_rollouts_are_worked_out_from_the_two_means)
{
    static const int64_t graded[] = {6, 8, 4};
    ck_opens(small);
    ck_assert_uint_eq(h.n_steps, 3);
    for (size_t i = 0; i < h.n_steps; i++) {
        ck_assert_int_eq(h.steps[i].step, (int)i + 1);
        ck_assert_int_eq(h.steps[i].n_rollouts, 8);
        ck_assert_int_eq(h.steps[i].n_graded, graded[i]);
    }
    ck_near(h.steps[0].train_mean, 0.5);
    ck_near(h.steps[0].train_penalised, 0.125);
    ck_near(h.service_rollouts, 8);
    ck_assert_int_eq(h.total_steps, 3);
    ck_assert_uint_eq(h.n_graders, 1);
    ck_assert_str_eq(h.graders[0].type, "python");
    ck_assert_str_eq(h.graders[0].name, "g");
    ck_assert_ptr_null(h.graders[0].key);
}
END_TEST

/* One step with these cells: what its number of rollouts is. */
static const struct {
    const char *cells; /* penalised mean, graded mean, number graded */
    int64_t n;
} solved[] = {
    {"0.125,0.5,6", 8},
    {"0.75,0.75,8", 8},
    {"0,0.5,6", 9},     /* (3 - 3) / 9 */
    {"-1,,0", -1},      /* nothing was graded: of how many? */
    {"-1,-1,3", -1},    /* or only rewards of -1 */
    {"0.125,0.5,", -1}, /* the number graded is not told */
    {"0.125,,6", -1},
    {",0.5,6", -1},
    {"0.126,0.5,6", -1},             /* 7.99: not made this way */
    {"2,0.5,6", -1},                 /* 3: fewer than were graded */
    {"0.0933,0.11509561,753", -1},   /* rounded away */
    {"0.3333333333333333,0.5,8", 9}, /* (4 - 1) / 9, exact but for the last bit */
};

START_TEST(test_what_cannot_be_worked_out_is_not_known)
{
    char text[400];
    snprintf(text, sizeof(text), "step,train_mean_reward,%s,%s\n1,%s\n", SCORES("python", "g"),
             COUNTS("python", "g"), solved[_i].cells);
    ck_opens(text);
    ck_assert_msg(h.steps[0].n_rollouts == solved[_i].n, "%s: %lld", solved[_i].cells,
                  (long long)h.steps[0].n_rollouts);
    ck_assert(solved[_i].n < 0 ? isnan(h.service_rollouts) : h.service_rollouts == solved[_i].n);
}
END_TEST

START_TEST(test_rollouts_of_a_step_are_said_only_if_the_rows_agree)
{
    ck_opens("step,train_mean_reward," SCORES("python", "g") "," COUNTS(
        "python", "g") "\n"
                       "1,0.125,0.5,6\n2,0.75,0.75,9\n");
    ck_assert_int_eq(h.steps[0].n_rollouts, 8);
    ck_assert_int_eq(h.steps[1].n_rollouts, 9);
    ck_assert(isnan(h.service_rollouts));
}
END_TEST

/* As the service writes it: a mark, CRLF, blanks, columns that nobody knows. */
static const char service[] =
    "\xef\xbb\xbfstep,train_mean_reward,full_valid_mean_reward,pg_loss_sum,completion_tokens_mean,"
    "mean_unresponsive_rewards,sampling_duration,training_duration,eval_duration,total_duration,"
    "reasoning_tokens_mean,errors/graders/python/g/errors/train_sample_parse_error_mean,"
    "errors/graders/python/g/errors/train_sample_parse_error_count,"
    "errors/graders/python/g/errors/train_other_error_mean,"
    "errors/graders/python/g/errors/valid_other_error_count," SCORES(
        "python",
        "g") ","
             "scores/graders/python/g/valid_reward_mean,"
             "timing/graders/python/g/timing/train_execution_latency_mean,"
             "timing/graders/python/g/timing/train_execution_latency_count,"
             "train_tool_calls_to_find it,train_token_usage_mean_find it,train_latency_find it,"
             "train_error_count_find it,valid_tool_calls_to_find it,valid_error_count_find "
             "it,timestamp\r\n"
             "1,0.125,0.25,,249.5,0,58.5,59.25,9.131431579589844E-05,118.5,221.5,0.5,6,0,20,0.5,0."
             "25,15.5,6,"
             "14,427.5,0.125,0.17647058823529413,22,0,2026-04-17T15:43:14.2520000Z\r\n"
             "2,0.125,,,,,,,,,,0.25,6,0.25,,0.5,,,,0,,,1,,,x\r\n"
             "5,0.125,0.75,,,,,,97.5,,,0,6,0,20,0.5,0.75,,,0,,,,0,,x\r\n";

START_TEST(test_a_row_is_read_into_its_step)
{
    ck_opens(service);
    const struct history_step *s = &h.steps[0];
    ck_near(s->valid_mean, 0.25);
    ck_near(s->completion_tokens, 249.5);
    ck_near(s->reasoning_tokens, 221.5);
    ck_near(s->unresponsive, 0);
    ck_near(s->sampling_s, 58.5);
    ck_near(s->training_s, 59.25);
    ck_near(s->total_s, 118.5);
    ck_near(s->error_share, 0.5);
    ck_assert_int_eq(s->n_valid_graded, 20);
    ck_assert_int_eq(s->n_valid, -1);
    const struct history_grader_step *g = &s->graders[0];
    ck_near(g->mean[WAVE_TRAIN], 0.5);
    ck_near(g->mean[WAVE_VALID], 0.25);
    ck_assert_int_eq(g->n_graded[WAVE_TRAIN], 6);
    ck_near(g->latency_s[WAVE_TRAIN], 15.5);
    ck_assert(isnan(g->latency_s[WAVE_VALID]));
    ck_near(g->errors[WAVE_TRAIN][GRADE_ERROR_SAMPLE_PARSE], 0.5);
    ck_assert(isnan(g->errors[WAVE_TRAIN][GRADE_ERROR_PYTHON_SERVER]));
    ck_assert(isnan(h.steps[1].completion_tokens));
    ck_assert(isnan(h.steps[1].error_share)); /* two kinds: how many grades had both? */
}
END_TEST

START_TEST(test_an_evaluation_is_of_the_step_that_it_followed)
{
    ck_opens(service);
    ck_assert_int_eq(h.steps[0].valid_step, 0); /* in the row of step 1 (EV-6) */
    ck_assert_int_eq(h.steps[1].valid_step, -1);
    ck_assert_int_eq(h.steps[2].valid_step, 5);
    ck_assert_int_eq(h.steps[2].step, 5);
}
END_TEST

START_TEST(test_of_two_columns_for_one_value_the_blank_one_is_passed_over)
{
    ck_opens("step,reasoning_tokens_mean,usage/samples/train_reasoning_tokens_mean\n"
             "1,1.5,\n2,,2.5\n3,3.5,4.5\n");
    for (size_t i = 0; i < 3; i++)
        ck_near(h.steps[i].reasoning_tokens, 1.5 + (double)i);
}
END_TEST

START_TEST(test_an_evaluation_after_step_one_took_its_time)
{
    ck_opens("step,full_valid_mean_reward,eval_duration\n1,0.5,12.5\n");
    ck_assert_int_eq(h.steps[0].valid_step, 1);
}
END_TEST

START_TEST(test_a_tool_s_failures_come_from_its_rate)
{
    ck_opens(service);
    ck_assert_uint_eq(h.n_tools, 1);
    ck_assert_str_eq(h.tools[0].name, "find it");
    const struct history_tool_step *t = &h.steps[0].tools[WAVE_TRAIN][0];
    ck_near(t->n_ok, 14);
    ck_near(t->error_rate, 3.0 / 17);
    ck_near(t->n_failed, 3); /* 3 / (14 + 3), EV-8 */
    ck_near(t->latency_s, 0.125);
    ck_near(t->tokens, 427.5);
    ck_assert(isnan(h.steps[1].tools[WAVE_TRAIN][0].n_failed)); /* all of them, how many */
    ck_assert(isnan(h.steps[2].tools[WAVE_TRAIN][0].n_failed));
    ck_assert(isnan(h.steps[1].tools[WAVE_VALID][0].n_ok));
    ck_assert_uint_eq(h.tools[0].of[WAVE_TRAIN].n_ok, 14);
    ck_assert_uint_eq(h.tools[0].of[WAVE_TRAIN].n_failed, 3);
    ck_assert_uint_eq(h.tools[0].of[WAVE_VALID].n_ok, 22);
    ck_assert_uint_eq(h.tools[0].of[WAVE_VALID].first_failed, SIZE_MAX);
}
END_TEST

/* Our own order: sections, and in each of them the whole before its parts; two share a name. */
START_TEST(test_a_multi_stands_before_its_parts)
{
    ck_opens("step,train_mean_reward," SCORES("string_check", "a/b") "," SCORES(
        "multi",
        "all") ","
               "\"" SCORES("python", "x, y") "\"," SCORES("string_check", "a/b") "," COUNTS(
                   "multi", "all") "\n1,0.125,1,0.5,0.25,0.75,6\n");
    static const char *const names[] = {"all", "a/b", "x, y", "a/b"};
    static const double means[] = {0.5, 1, 0.25, 0.75};
    ck_assert_uint_eq(h.n_graders, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(h.graders[i].name, names[i]);
        ck_near(h.steps[0].graders[i].mean[WAVE_TRAIN], means[i]);
        if (i)
            ck_assert_str_eq(h.graders[i].key, names[i]);
    }
    ck_near(h.steps[0].train_mean, 0.5);
    ck_assert_int_eq(h.steps[0].n_rollouts, 8);
}
END_TEST

START_TEST(test_several_graders_without_a_multi_have_a_whole_that_is_not_known)
{
    ck_opens("step,train_mean_reward," SCORES("python", "a") "," COUNTS("python", "a") "," SCORES(
        "python", "b") "," COUNTS("python", "b") "\n1,0.125,0.5,6,0.75,6\n"
                                                 "2,0.125,0.5,6,0.75,7\n");
    ck_assert_uint_eq(h.n_graders, 3);
    ck_assert_str_eq(h.graders[0].type, "");
    ck_assert_str_eq(h.graders[0].name, "");
    ck_assert_str_eq(h.graders[2].name, "b");
    ck_near(h.steps[0].graders[2].mean[WAVE_TRAIN], 0.75);
    ck_assert(isnan(h.steps[0].train_mean));
    ck_assert_int_eq(h.steps[0].n_graded, 6);
    ck_assert_int_eq(h.steps[1].n_graded, -1);
    ck_assert_int_eq(h.steps[0].n_rollouts, -1);
}
END_TEST

START_TEST(test_an_old_file_has_fewer_columns)
{
    ck_opens("train_mean_reward,step,full_valid_mean_reward,train_error_count_find\n"
             "0.5,3,,0.25\n0.25,1,NaN,\n0.75,3,0.5,\n");
    ck_assert_uint_eq(h.n_steps, 2); /* by number; of a step taken twice the later one */
    ck_assert_int_eq(h.steps[0].step, 1);
    ck_near(h.steps[0].train_penalised, 0.25);
    ck_assert(isnan(h.steps[0].train_mean) && isnan(h.steps[0].valid_mean));
    ck_assert_int_eq(h.steps[1].step, 3);
    ck_near(h.steps[1].train_penalised, 0.75);
    ck_near(h.steps[1].valid_mean, 0.5);
    ck_assert_int_eq(h.total_steps, 3);
    ck_assert_uint_eq(h.n_graders, 0);
    ck_assert_uint_eq(h.n_tools, 1);
    ck_assert(isnan(h.steps[1].tools[WAVE_TRAIN][0].n_ok));
}
END_TEST

static const struct {
    const char *text;
    const char *want;
} faults[] = {
    {"", "results.csv: empty"},
    {"a;step\n1;2\n", "results.csv:1:1: no column is called step"},
    {"step,a\n", "results.csv: a header and no steps"},
    {"step,a\n1,2\n3\n", "results.csv:3:1: 1 cells under a header of 2"},
    {"step,a\n1,2\n3,4,5\n", "results.csv:3:5: 3 cells under a header of 2"},
    {"step,a\n1,\"2\n", "results.csv:2:3: a quote is not closed"},
    {"step,train_mean_reward\n1,0.5\n2,much\n", "results.csv:3:3: not a number"},
    {"step,train_mean_reward\n1,0.5\n2,1e999\n", "results.csv:3:3: not a number"},
    {"step,a\n1.5,2\n", "results.csv:2:1: not a whole number in bounds"},
    {"step,a\n-1,2\n", "results.csv:2:1: not a whole number in bounds"},
    {"step,a\n,2\n", "results.csv:2:1: a line without the number of its step"},
    {"step,\xff\n1,2\n", "results.csv:1:6: a column whose name is not UTF-8"},
    {"step," COUNTS("python", "g") "\n1,-2\n", "results.csv:2:3: not a whole number in bounds"},
};

START_TEST(test_a_fault_has_its_place)
{
    struct err e = {0};
    scratch_file("results.csv", faults[_i].text);
    ck_assert_int_eq(history_open(&h, "results.csv", &e), ERR_DATA);
    ck_assert_str_eq(e.text, faults[_i].want);
}
END_TEST

Suite *results_suite(void)
{
    Suite *suite = suite_create("results");
    TCase *tcase = tcase_create("results");
    tcase_add_checked_fixture(tcase, scratch_enter, close_it);
    tcase_add_test(tcase, test_rollouts_are_worked_out_from_the_two_means);
    tcase_add_loop_test(tcase, test_what_cannot_be_worked_out_is_not_known, 0, COUNT_OF(solved));
    tcase_add_test(tcase, test_rollouts_of_a_step_are_said_only_if_the_rows_agree);
    tcase_add_test(tcase, test_a_row_is_read_into_its_step);
    tcase_add_test(tcase, test_an_evaluation_is_of_the_step_that_it_followed);
    tcase_add_test(tcase, test_of_two_columns_for_one_value_the_blank_one_is_passed_over);
    tcase_add_test(tcase, test_an_evaluation_after_step_one_took_its_time);
    tcase_add_test(tcase, test_a_tool_s_failures_come_from_its_rate);
    tcase_add_test(tcase, test_a_multi_stands_before_its_parts);
    tcase_add_test(tcase, test_several_graders_without_a_multi_have_a_whole_that_is_not_known);
    tcase_add_test(tcase, test_an_old_file_has_fewer_columns);
    tcase_add_loop_test(tcase, test_a_fault_has_its_place, 0, COUNT_OF(faults));
    suite_add_tcase(suite, tcase);
    return suite;
}
