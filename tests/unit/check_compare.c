#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/report/compare.h"
#include "sim/view/compare.h"
#include "tests/unit/suites.h"

enum { MOST = 32 };

/* One evaluation written as "a:1,0 b:-,0.5": rows by their content, a letter, with the rewards of
 * their rollouts; "-" has none. */
static struct history evaluation(const char *text, const char *path)
{
    struct history h = {.path = mem_text(path), .pass_threshold = 0.5};
    struct history_file *file = &h.files[WAVE_VALID];
    file->path = mem_text("valid.jsonl");
    file->rows = mem_array(MOST, sizeof(*file->rows));
    h.rollouts = mem_array(MOST, sizeof(*h.rollouts));
    h.waves = mem_array(1, sizeof(*h.waves));
    for (const char *c = text; *c; c += strspn(c, " ")) {
        uint32_t row = (uint32_t)file->n_rows;
        file->rows[file->n_rows++] = (struct history_row){row + 1, (unsigned char)*c++};
        while (*c == ':' || *c == ',') {
            char *end = NULL;
            bool graded = *++c != '-';
            double reward = graded ? strtod(c, &end) : NAN;
            c = graded ? end : c + 1;
            h.rollouts[h.n_rollouts++] = (struct history_rollout){
                .row = row,
                .outcome = graded ? OUTCOME_GRADED : OUTCOME_DISCARDED_TOOL,
                .reward = reward,
                .n_turns = 1,
                .n_calls = -1,
            };
        }
    }
    h.n_waves = 1;
    h.waves[0] =
        (struct history_wave){.phase = WAVE_VALID, .step = 3, .n = h.n_rollouts, .complete = true};
    return h;
}

static const struct compare_pick last = {.step = COMPARE_LAST_STEP};

static const struct pairing {
    const char *name;
    const char *a;
    const char *b;
    double means[2]; /* over rows */
    size_t n_rows;
    size_t n_ungraded;
    size_t n_only[2];
    struct paired_count count;
    bool differs;
} rows[] = {
    {"the same twice",
     "a:1,0 b:0.5",
     "a:1,0 b:0.5",
     {0.5, 0.5},
     2,
     0,
     {0, 0},
     {0, 0, 2, 0, 0},
     false},
    {"rows are found wherever they stand",
     "a:0 b:1",
     "b:1 a:0",
     {0.5, 0.5},
     2,
     0,
     {0, 0},
     {0, 0, 2, 0, 0},
     false},
    {"each row counts the same, however many rollouts it has",
     "a:0,0,0,0 b:1",
     "a:1 b:1,1,1",
     {0.5, 1},
     2,
     0,
     {0, 0},
     {1, 0, 1, 1, 0},
     true},
    {"rows that only one has are left out",
     "a:0 b:1 c:1",
     "b:0.25 d:1",
     {1, 0.25},
     1,
     0,
     {2, 1},
     {0, 1, 0, 0, 1},
     true},
    {"a row without a reward in one is in no difference",
     "a:0 b:-,-",
     "a:0 b:1",
     {0, 0},
     1,
     1,
     {0, 0},
     {0, 0, 1, 0, 0},
     true},
    {"a row's mean is over its graded rollouts",
     "a:1,-",
     "a:0,1",
     {1, 0.5},
     1,
     0,
     {0, 0},
     {0, 1, 0, 0, 0},
     true},
    {"a row that stands twice is paired first with first",
     "a:0 a:1",
     "a:0.25 a:0.75",
     {0.5, 0.5},
     2,
     0,
     {0, 0},
     {1, 1, 0, 0, 0},
     true},
    {"and with one of them where there are two",
     "a:0 a:1",
     "a:0",
     {0, 0},
     1,
     0,
     {1, 0},
     {0, 0, 1, 0, 0},
     true},
    {"moved, and no flip", "a:0.6", "a:0.9", {0.6, 0.9}, 1, 0, {0, 0}, {1, 0, 0, 0, 0}, true},
};

START_TEST(test_rows_are_paired)
{
    const struct pairing *row = &rows[_i];
    struct history a = evaluation(row->a, "a");
    struct history b = evaluation(row->b, "b");
    struct comparison c;
    struct err e = {0};
    ck_assert_msg(compare_make(&c, &a, &b, &last, NAN, &e) == ERR_OK, "%s: %s", row->name, e.text);
    ck_assert_msg(c.n_rows == row->n_rows && c.n_ungraded == row->n_ungraded, "%s: %zu rows",
                  row->name, c.n_rows);
    for (int s = 0; s < 2; s++) {
        ck_assert_msg(c.side[s].n_only == row->n_only[s], "%s: only %zu", row->name,
                      c.side[s].n_only);
        ck_assert_msg(fabs(c.values[0].mean[s] - row->means[s]) < 1e-12, "%s: mean %g", row->name,
                      c.values[0].mean[s]);
    }
    ck_assert_msg(memcmp(&c.count, &row->count, sizeof(c.count)) == 0, "%s: counts", row->name);
    ck_assert_msg(compare_differs(&c) == row->differs, "%s: differs", row->name);
    compare_release(&c);
    history_release(&a);
    history_release(&b);
}
END_TEST

START_TEST(test_the_interval_is_over_rows)
{
    /* differences 0.5, 0.5, 0, 1: mean 0.5, deviation 0.408248, t(0.975, 3) = 3.182446 */
    struct history a = evaluation("a:0 b:0 c:0 d:0", "a");
    struct history b = evaluation("a:0.5,0.5 b:0.5 c:0 d:1,1,1", "b");
    struct comparison c;
    struct err e = {0};
    ck_assert_int_eq(compare_make(&c, &a, &b, &last, NAN, &e), ERR_OK);
    ck_assert_double_eq_tol(c.values[0].t.low, 0.5 - 3.182446 * 0.408248 / 2, 1e-5);
    ck_assert_double_eq_tol(c.values[0].t.high, 0.5 + 3.182446 * 0.408248 / 2, 1e-5);
    ck_assert_uint_eq(c.rows[0].row[0], 3); /* the largest difference first */
    ck_assert_int_eq(c.rows[0].flip, PAIRED_GAINED);
    compare_release(&c);
    history_release(&a);
    history_release(&b);
}
END_TEST

static const struct refusal {
    const char *name;
    const char *a;
    const char *b;
    struct compare_pick pick;
    const char *words;
} refusals[] = {
    {"no row in common",
     "a:1",
     "b:1",
     {.step = COMPARE_LAST_STEP},
     "a and b: no row of the one is a row of the other"},
    {"no reward in common",
     "a:1 b:-",
     "a:- b:1",
     {.step = COMPARE_LAST_STEP},
     "a and b: no row has a reward in both"},
    {"no such evaluation", "a:1", "a:1", {.step = 4}, "a: has no evaluation of step 4"},
    {"no training", "a:1", "a:1", {.train = true}, "a: holds no rollouts of training"},
    {"nothing at all",
     "",
     "a:1",
     {.step = COMPARE_LAST_STEP},
     "a: holds no rollouts, so there are no rows to pair"},
};

START_TEST(test_what_cannot_be_compared_is_said)
{
    const struct refusal *row = &refusals[_i];
    struct history a = evaluation(row->a, "a");
    struct history b = evaluation(row->b, "b");
    struct comparison c;
    struct err e = {0};
    ck_assert_msg(compare_make(&c, &a, &b, &row->pick, NAN, &e) == ERR_DATA, "%s", row->name);
    ck_assert_str_eq(e.text, row->words);
    compare_release(&c);
    history_release(&a);
    history_release(&b);
}
END_TEST

/* Give every rollout sub-scores under these keys: its reward, times 1, 2, ... */
static void add_parts(struct history *h, const char *keys)
{
    size_t n = strlen(keys);
    h->n_graders = n + 1;
    h->graders = mem_array(n + 1, sizeof(*h->graders));
    h->parts = mem_array(h->n_rollouts * n, sizeof(*h->parts));
    for (size_t k = 0; k < n; k++) {
        h->graders[k + 1].key = mem_slice(&keys[k], 1);
        for (size_t i = 0; i < h->n_rollouts; i++)
            h->parts[i * n + k] = h->rollouts[i].reward * (double)(k + 1);
    }
}

START_TEST(test_sub_scores_are_paired_by_key)
{
    struct history a = evaluation("a:0.5 b:-", "a");
    struct history b = evaluation("a:1 b:0.25", "b");
    add_parts(&a, "xyz");
    add_parts(&b, "zx");
    struct comparison c;
    struct err e = {0};
    ck_assert_int_eq(compare_make(&c, &a, &b, &last, NAN, &e), ERR_OK);
    ck_assert_uint_eq(c.n_values, 4);
    ck_assert_str_eq(c.values[1].name, "pass rate");
    ck_assert_str_eq(c.values[2].name, "x");
    ck_assert_double_eq(c.values[2].mean[0], 0.5);
    ck_assert_double_eq(c.values[2].mean[1], 2);
    ck_assert_str_eq(c.values[3].name, "z");
    ck_assert_double_eq(c.values[3].mean[0], 1.5);
    ck_assert_double_eq(c.values[3].mean[1], 1);
    compare_release(&c);
    history_release(&a);
    history_release(&b);
}
END_TEST

START_TEST(test_what_is_shown)
{
    struct history a = evaluation("a:0,0 b:1 c:0.5", "before");
    struct history b = evaluation("c:1 b:0.25 d:1 a:0,1", "after");
    struct comparison c;
    struct err e = {0};
    struct buf text = {0};
    ck_assert_int_eq(compare_make(&c, &a, &b, &last, NAN, &e), ERR_OK);
    compare_write(&text, &c, 2);
    ck_assert_str_eq(
        buf_text(&text),
        "A  before, evaluation of step 3: 4 of 4 rollouts graded, 3 rows\n"
        "B  after, evaluation of step 3: 5 of 5 rollouts graded, 4 rows\n"
        "\n"
        "3 rows in both; left out: 0 only in A, 1 only in B\n"
        "\n"
        "mean over rows              A        B       B - A  95 % interval (t)     bootstrap\n"
        "reward                 0.5000   0.5833     +0.0833   -1.7094 .. +1.8761   -0.7500 .. "
        "+0.5000\n"
        "pass rate              0.6667   0.5000     -0.1667   -2.0640 .. +1.7306   -1.0000 .. "
        "+0.5000\n"
        "\n"
        "no difference in reward can be told from chance: the interval holds 0\n"
        "rows: 2 up, 1 down, 0 equal (a split as uneven by chance: p = 1)\n"
        "flips at 0.5: 1 gained, 1 lost\n"
        "\n"
        "outcomes                    A        B\n"
        "graded                      4        5\n"
        "turns a rollout          1.00     1.00\n"
        "\n"
        "        A        B       B - A          row\n"
        "   1.0000   0.2500     -0.7500  lost    valid.jsonl:2\n"
        "   0.0000   0.5000     +0.5000  gained  valid.jsonl:1 = valid.jsonl:4\n"
        "... and 1 more that moved; --json lists all\n");
    buf_clear(&text);
    free(a.path);
    a.path = mem_text("a\xff");
    compare_write_json(&text, &c);
    json_t *o = json_loads(buf_text(&text), 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(o, "rows")), 3);
    json_t *first = json_array_get(json_object_get(o, "runs"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(first, "path")), "a\xef\xbf\xbd");
    ck_assert_str_eq(
        json_string_value(json_object_get(json_array_get(json_object_get(o, "rows"), 0), "flip")),
        "lost");
    json_decref(o);
    buf_release(&text);
    compare_release(&c);
    history_release(&a);
    history_release(&b);
}
END_TEST

Suite *compare_suite(void)
{
    Suite *suite = suite_create("compare");
    TCase *tcase = tcase_create("compare");
    tcase_add_loop_test(tcase, test_rows_are_paired, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_the_interval_is_over_rows);
    tcase_add_loop_test(tcase, test_what_cannot_be_compared_is_said, 0, COUNT_OF(refusals));
    tcase_add_test(tcase, test_sub_scores_are_paired_by_key);
    tcase_add_test(tcase, test_what_is_shown);
    suite_add_tcase(suite, tcase);
    return suite;
}
