/* Tables as CSV and as JSON lines: a row of one cell of each kind, and a file that holds nothing
 * else. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/file.h"
#include "sim/view/exports.h"
#include "sim/view/sheet.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

static struct err e;

static void setup(void)
{
    scratch_enter();
    err_clear(&e);
}

static void holds(const char *path, const char *want, size_t n)
{
    char *text = NULL;
    size_t len = 0;
    ck_assert_int_eq(file_read(&text, &len, path, 1 << 20, &e), ERR_OK);
    ck_assert_msg(len == n && memcmp(text, want, n) == 0, "%s: %.*s", path, (int)len, text);
    free(text);
}

/* A text as the second cell, behind a number. */
static const struct {
    const char *name;
    const char *text; /* NULL: none */
    size_t n;
    const char *csv;
    const char *json;
} rows[] = {
    {"plain", "plain", 5, "plain", "\"plain\""},
    {"nothing", NULL, 0, "", "null"},
    {"empty", "", 0, "\"\"", "\"\""},
    {"comma", "a,b", 3, "\"a,b\"", "\"a,b\""},
    {"quote", "\"", 1, "\"\"\"\"", "\"\\\"\""},
    {"line break", "a\nb", 3, "\"a\nb\"", "\"a\\nb\""},
    {"carriage return", "a\rb", 3, "\"a\rb\"", "\"a\\rb\""},
    {"a formula is data", "=1+1", 4, "=1+1", "\"=1+1\""},
    {"an at sign too", "@x", 2, "@x", "\"@x\""},
    {"no UTF-8", "a\xff", 2, "a\xef\xbf\xbd", "\"a\xef\xbf\xbd\""},
};

static void write_one(size_t row, enum sheet_format format)
{
    static const char *const columns[] = {"n", "t,t"};
    struct stage folder = {0};
    struct sheet s;
    ck_assert_int_eq(stage_open(&folder, "out", &e), ERR_OK);
    ck_assert_int_eq(sheet_open(&s, &folder, format, "t", columns, COUNT_OF(columns), &e), ERR_OK);
    sheet_integer(&s, -7);
    if (rows[row].text)
        sheet_text(&s, rows[row].text, rows[row].n);
    else
        sheet_null(&s);
    ck_assert_int_eq(sheet_end_row(&s, &e), ERR_OK);
    ck_assert_int_eq(sheet_close(&s, &e), ERR_OK);
    ck_assert_int_eq(stage_commit(&folder, &e), ERR_OK);
    stage_close(&folder);
}

START_TEST(test_csv)
{
    struct buf want = {0};
    write_one((size_t)_i, SHEET_CSV);
    buf_printf(&want, "n,\"t,t\"\r\n-7,%s\r\n", rows[_i].csv);
    holds("out/t.csv", want.at, want.len);
    buf_release(&want);
}
END_TEST

START_TEST(test_jsonl)
{
    struct buf want = {0};
    write_one((size_t)_i, SHEET_JSONL);
    buf_printf(&want, "{\"n\":-7,\"t,t\":%s}\n", rows[_i].json);
    holds("out/t.jsonl", want.at, want.len);
    buf_release(&want);
}
END_TEST

START_TEST(test_numbers)
{
    static const double values[] = {0.1, NAN, INFINITY, -INFINITY, 1e22, 9.131431579589844e-05};
    static const char *const columns[] = {"x"};
    struct stage folder = {0};
    struct sheet s;
    ck_assert_int_eq(stage_open(&folder, "out", &e), ERR_OK);
    ck_assert_int_eq(sheet_open(&s, &folder, SHEET_JSONL, "t", columns, 1, &e), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        sheet_real(&s, values[i]);
        ck_assert_int_eq(sheet_end_row(&s, &e), ERR_OK);
    }
    sheet_integer(&s, INT64_MIN);
    ck_assert_int_eq(sheet_end_row(&s, &e), ERR_OK);
    ck_assert_int_eq(sheet_close(&s, &e), ERR_OK);
    ck_assert_int_eq(stage_commit(&folder, &e), ERR_OK);
    stage_close(&folder);
    static const char want[] = "{\"x\":0.1}\n{\"x\":null}\n{\"x\":1e999}\n{\"x\":-1e999}\n"
                               "{\"x\":1e22}\n{\"x\":9.131431579589844e-05}\n"
                               "{\"x\":-9223372036854775808}\n";
    holds("out/t.jsonl", want, strlen(want));
}
END_TEST

/* A result file, in which little is known. */
START_TEST(test_what_a_result_file_knows)
{
    struct history h;
    struct exports where = {.csv = "csv", .jsonl = "jsonl", .tensorboard = "tb"};
    scratch_file("r.csv", "step,train_mean_reward,full_valid_mean_reward,timestamp\n"
                          "1,-0.5,0.25,2026-01-02T03:04:05.5Z\n2,0.5,,soon\n");
    ck_assert_int_eq(history_open(&h, "r.csv", &e), ERR_OK);
    ck_assert_int_eq(exports_write(&where, &h, &e), ERR_OK);
    static const char csv[] =
        "step,ended_at,train_mean,train_penalised_mean,valid_mean,valid_step,n_rollouts,n_graded,"
        "n_valid,n_valid_graded,sampling_seconds,training_seconds,eval_seconds,total_seconds,"
        "completion_tokens,reasoning_tokens,unresponsive,error_share\r\n"
        "1,2026-01-02T03:04:05.5000000Z,,-0.5,0.25,0,,,,,,,,,,,,\r\n"
        "2,,,0.5,,,,,,,,,,,,,,\r\n";
    holds("csv/steps.csv", csv, strlen(csv));
    char *text = NULL;
    size_t len = 0; /* of the first step's end; two steps, an evaluation and the version */
    ck_assert_int_eq(
        file_read(&text, &len, "tb/events.out.tfevents.1767323045.rftsim", 1 << 20, &e), ERR_OK);
    free(text);
    ck_assert_int_eq(file_read(&text, &len, "jsonl/transcripts.jsonl", 1 << 20, &e), ERR_IO);
    err_clear(&e);
    ck_assert_int_eq(exports_write(&where, &h, &e), ERR_USAGE);
    history_release(&h);
}
END_TEST

Suite *sheet_suite(void)
{
    Suite *suite = suite_create("sheet");
    TCase *cells = tcase_create("cells");
    tcase_add_checked_fixture(cells, setup, scratch_leave);
    tcase_add_loop_test(cells, test_csv, 0, COUNT_OF(rows));
    tcase_add_loop_test(cells, test_jsonl, 0, COUNT_OF(rows));
    tcase_add_test(cells, test_numbers);
    tcase_add_test(cells, test_what_a_result_file_knows);
    suite_add_tcase(suite, cells);
    return suite;
}
