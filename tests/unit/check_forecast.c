#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/check/forecast.h"
#include "sim/job/settings.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

/* A job of one tool whose hyperparameters are recorded file A's: n_epochs 2, and so on. */
static struct job made_up(void)
{
    static char name[] = "search";
    static char model[] = "o4-mini-2025-04-16";
    static struct job_tool tool = {.name = name};
    return (struct job){
        .model = model,
        .tools = &tool,
        .n_tools = 1,
        .max_episode_steps = 10,
        .hyper = {.n_epochs = 2, .compute_multiplier = 1.5, .eval_interval = 5, .eval_samples = 10},
        .sim = {.rollouts_per_step = 32},
    };
}

/* --- steps and rollouts ---------------------------------------------------------------------- */

static const struct size_row {
    const char *name;
    size_t train, valid;
    int n_epochs;
    uint64_t steps, step, training, evaluation, evaluations, validation;
} sizes[] = {
    {"60 rows, as recorded", 60, 15, 2, 30, 768, 23040, 150, 7, 1050},
    {"343 rows, as recorded; the last step is short", 343, 57, 3, 115, 765, 87465, 570, 24, 13680},
    {"one row", 1, 1, 1, 1, 768, 768, 10, 1, 10},
};

START_TEST(test_steps_and_rollouts)
{
    const struct size_row *r = &sizes[_i];
    struct job job = made_up();
    struct forecast f;
    job.hyper.n_epochs = r->n_epochs;
    forecast_make(&f, &job, NULL, r->train, r->valid, NULL);
    const struct outlook *o = &f.outlook;
    ck_assert_uint_eq(o->schedule.n_steps, r->steps);
    ck_assert_uint_eq(o->schedule.service_rollouts_per_step, r->step);
    ck_assert_uint_eq(o->train_rollouts, r->training);
    ck_assert_uint_eq(o->eval_each, r->evaluation);
    ck_assert_uint_eq(o->n_evaluations, r->evaluations);
    ck_assert_uint_eq(o->eval_rollouts, r->validation);
}
END_TEST

/* EV-12: what the two jobs took lies within what is estimated for them. */
START_TEST(test_hours_hold_what_was_recorded)
{
    struct job job = made_up();
    struct outlook a = outlook_make(&job, 60, 15);
    ck_assert_double_eq_tol(a.step_s.low, 120, 1e-9);
    ck_assert_double_eq_tol(a.step_s.high, 310, 1e-9);
    job.hyper.n_epochs = 3;
    struct outlook b = outlook_make(&job, 343, 57);
    ck_assert_double_eq_tol(b.eval_s.low, 245, 1e-9);
    ck_assert_double_eq_tol(b.eval_s.high, 405, 1e-9);
    ck_assert(b.hours.low < 10.7 && 10.7 < b.hours.high);
    ck_assert_double_eq_tol(b.slow_hours.low, 115 * 48 / 60.0, 1e-9);
    job.hyper.eval_interval = 1; /* so many rollouts of evaluations that these alone take longer */
    struct outlook c = outlook_make(&job, 343, 1000);
    ck_assert_double_eq(c.slow_hours.low, c.hours.low);
    ck_assert_double_eq(c.slow_hours.high, c.hours.high);
}
END_TEST

/* --- money ----------------------------------------------------------------------------------- */

static const struct price_row {
    const char *name;
    const char *model;
    const char *tier; /* NULL: none is given */
    size_t rows;
    size_t n_tools;
    double low, high; /* dollars an hour; -1: unknown */
    enum outlook_pause pause;
} prices[] = {
    {"o4-mini", "o4-mini-2025-04-16", NULL, 60, 0, 100, 100, OUTLOOK_PAUSE_OUT_OF_REACH},
    {"standard is no discount", "o4-mini", "standard", 60, 0, 100, 100, OUTLOOK_PAUSE_OUT_OF_REACH},
    {"global", "o4-mini", "GlobalStandard", 60, 0, 70, 90, OUTLOOK_PAUSE_OUT_OF_REACH},
    {"developer", "o4-mini", "developerTier", 60, 0, 50, 50, OUTLOOK_PAUSE_OUT_OF_REACH},
    {"slow tools", "o4-mini", NULL, 343, 1, 100, 100, OUTLOOK_PAUSE_IF_SLOW},
    {"the upper end", "o4-mini", NULL, 30000, 0, 100, 100, OUTLOOK_PAUSE_MAYBE},
    {"both ends", "o4-mini", NULL, 200000, 0, 100, 100, OUTLOOK_PAUSE_LIKELY},
    {"a preview", "gpt-5-2025-08-07", NULL, 9000, 1, 0, 0, OUTLOOK_PAUSE_NEVER},
    {"another model", "qwen-3-32b", NULL, 9000, 1, -1, -1, OUTLOOK_PAUSE_UNKNOWN},
};

START_TEST(test_money)
{
    const struct price_row *r = &prices[_i];
    struct job job = made_up();
    struct doc doc = {.root = json_object()};
    job.doc = &doc;
    job.model = mem_text(r->model);
    job.n_tools = r->n_tools;
    if (r->tier)
        json_object_set_new(doc.root, "trainingType", json_string(r->tier));
    struct outlook o = outlook_make(&job, r->rows, 15);
    json_decref(doc.root);
    free(job.model);
    if (r->low < 0) {
        ck_assert(isnan(o.hour_price.high) && isnan(o.dollars.low) && isnan(o.dollars.high));
    } else {
        ck_assert_double_eq_tol(o.dollars.low, o.hours.low * r->low, 1e-9);
        ck_assert_double_eq_tol(o.dollars.high, o.hours.high * r->high, 1e-9);
    }
    ck_assert(isnan(o.slow_hours.low) == !r->n_tools);
    ck_assert_msg(o.pause == r->pause, "%s: %d", r->name, (int)o.pause);
    ck_assert(o.pause >= OUTLOOK_PAUSE_IF_SLOW ? o.pause_step >= 1 : o.pause_step == 0);
    ck_assert_uint_le(o.pause_step, o.schedule.n_steps);
}
END_TEST

/* --- what auto becomes ----------------------------------------------------------------------- */

START_TEST(test_settings)
{
    static const double autos[SETTINGS] = {4, 3, 5, 1, 1.0, 2.0};
    struct job_hyper none = {0};
    struct job_hyper all = {7, 8, 9, 11, 0.5, 3.0, NULL};
    static const double given[SETTINGS] = {7, 8, 9, 11, 0.5, 3.0};
    struct job_simulation sim = {.rollouts_per_step = 32};
    struct schedule s = schedule_make(60, &none, &sim);
    struct schedule t = schedule_make(60, &all, &sim);
    for (int i = 0; i < SETTINGS; i++) {
        struct setting a = setting_of((enum setting_key)i, &s, &none);
        struct setting b = setting_of((enum setting_key)i, &t, &all);
        ck_assert_msg(a.value == autos[i] && !a.given && a.basis, "%s: %g", a.key, a.value);
        ck_assert_msg(b.value == given[i] && b.given && !b.basis, "%s: %g", b.key, b.value);
    }
}
END_TEST

/* --- calls ----------------------------------------------------------------------------------- */

static const struct room_row {
    int steps, turns, calls, both;
} rooms[] = {{1, 0, 1, 0}, {2, 1, 2, 0}, {3, 2, 3, 1}, {5, 4, 5, 2}, {10, 9, 10, 4}};

/* The other readings are those of tally.h: calls > steps, turns + calls > steps are cut. */
START_TEST(test_room)
{
    const struct room_row *r = &rooms[_i];
    struct job job = made_up();
    struct forecast f;
    job.max_episode_steps = r->steps;
    forecast_make(&f, &job, NULL, 60, 15, NULL);
    ck_assert_int_eq(f.room.turns, r->turns);
    ck_assert_int_eq(f.room.calls, r->calls);
    ck_assert_int_eq(f.room.both, r->both);
    ck_assert_double_eq(f.tools[FORECAST_EVERY_TURN].each.high, r->turns);
    ck_assert(f.tools[FORECAST_RECORDED].each.high <= r->turns);
    ck_assert(f.tools[FORECAST_RECORDED].each.low <= r->turns);
}
END_TEST

START_TEST(test_calls)
{
    struct job job = made_up();
    struct forecast f;
    struct expected_sum expected = {.field = "n", .n_rows = 75, .n_all = 75, .mean = {2, 3}};
    forecast_make(&f, &job, NULL, 60, 15, &expected);
    const struct forecast_calls *c = &f.tools[FORECAST_EXPECTED];
    ck_assert(f.known[FORECAST_EXPECTED] && f.known[FORECAST_EVERY_TURN]);
    ck_assert_double_eq(c->step.high, 2 * 768);
    ck_assert_double_eq(c->all.low, 2 * 23040 + 3 * 1050);
    ck_assert_double_eq_tol(c->second.low, 2 * 768 / 310.0, 1e-9);
    ck_assert_double_eq_tol(c->second.high, 2 * 768 / 120.0, 1e-9);
    ck_assert_double_eq_tol(c->advice_s, 2 * 768 / 50.0, 1e-9);
    ck_assert_double_eq(f.grades.all.high, 24090);
    expected.mean[1] = NAN; /* a file without the field is taken to be like the other */
    forecast_make(&f, &job, NULL, 60, 15, &expected);
    ck_assert_double_eq(f.tools[FORECAST_EXPECTED].all.low, 2 * 24090);
    job.n_tools = 0;
    forecast_make(&f, &job, NULL, 60, 15, NULL);
    for (int i = 0; i < FORECAST_BASES; i++)
        ck_assert(!f.known[i]);
}
END_TEST

/* --- what rows expect ------------------------------------------------------------------------ */

#define ROW(rest) "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]" rest "}\n"

static struct dataset *open_rows(const char *path)
{
    struct dataset *d = NULL;
    struct diags list = {0};
    struct err e = {0};
    ck_assert_msg(!dataset_open(&d, path, &list, &e), "%s", e.text);
    diags_release(&list);
    return d;
}

static struct expected_sum sum_of(struct job *job)
{
    struct expected_sum sum;
    struct err e = {0};
    struct dataset *train = open_rows("train.jsonl");
    struct dataset *valid = open_rows("valid.jsonl");
    ck_assert_msg(!forecast_expected(&sum, job, train, valid, &e), "%s", e.text);
    if (sum.path)
        ck_assert_str_eq(sum.path, "valid.jsonl");
    sum.path = NULL;
    dataset_free(train);
    dataset_free(valid);
    return sum;
}

START_TEST(test_expected)
{
    struct job job = made_up();
    job.max_episode_steps = 3;
    scratch_file("train.jsonl", ROW(",\"expected_calls\":[\"search\",\"search\"]")
                                    ROW(",\"expected_calls\":[]") ROW(""));
    scratch_file("valid.jsonl", "\n" ROW(",\"expected_calls\":1") ROW(",\"expected_calls\":3")
                                    ROW(",\"expected_calls\":40") ROW(",\"other\":3"));
    struct expected_sum sum = sum_of(&job);
    ck_assert_str_eq(sum.field, "expected_calls");
    ck_assert_uint_eq(sum.n_rows, 5);
    ck_assert_uint_eq(sum.n_all, 7);
    ck_assert_uint_eq(sum.most, 40);
    ck_assert_double_eq_tol(sum.mean[0], 1, 1e-9);
    ck_assert_double_eq_tol(sum.mean[1], (1 + 2 + 2) / 3.0, 1e-9); /* two calls fit in */
    ck_assert_uint_eq(sum.n_too_many, 2);
    ck_assert_uint_eq(sum.line, 3);
    job.n_tools = 0;
    sum = sum_of(&job);
    ck_assert_ptr_null(sum.field);
    ck_assert_uint_eq(sum.n_rows, 0);
}
END_TEST

Suite *forecast_suite(void)
{
    Suite *s = suite_create("forecast");
    TCase *counts = tcase_create("counts");
    tcase_add_loop_test(counts, test_steps_and_rollouts, 0, COUNT_OF(sizes));
    tcase_add_test(counts, test_hours_hold_what_was_recorded);
    tcase_add_loop_test(counts, test_money, 0, COUNT_OF(prices));
    tcase_add_test(counts, test_settings);
    tcase_add_loop_test(counts, test_room, 0, COUNT_OF(rooms));
    tcase_add_test(counts, test_calls);
    suite_add_tcase(s, counts);
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, scratch_enter, scratch_leave);
    tcase_add_test(files, test_expected);
    suite_add_tcase(s, files);
    return s;
}
