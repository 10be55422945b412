#include <stdlib.h>
#include <string.h>

#include "sim/run/fixture.h"
#include "tests/unit/fixture.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

static const struct grade one = {.reward = 1};
static const struct grade half = {.reward = 0.5};
static const struct grade nowhere = {.flags = GRADE_INVALID_VARIABLE,
                                     .why = "input: {{item.x}} resolves nowhere"};
static const struct grade formula = {.reward = 0.25, .flags = GRADE_FORMULA | GRADE_OTHER};
static const struct grade lost = {.lost = true, .flags = GRADE_ENDPOINT_SERVER, .why = "HTTP 503"};

static const struct row {
    const char *name;
    const char *expect;
    const struct grade *first, *second;
    enum fixture_verdict verdict;
    const char *wanted;
    const char *came;
    const char *written;
} rows[] = {
    {"a reward, exactly", "{\"reward\":1}", &one, &one, FIXTURE_HOLDS, "reward 1", "reward 1",
     "{\"reward\": 1}"},
    {"another one", "{\"reward\":1}", &half, &half, FIXTURE_DIFFERS, "reward 1", "reward 0.5",
     "{\"reward\": 0.5}"},
    {"near enough", "{\"reward\":0.75,\"within\":0.25}", &half, &half, FIXTURE_HOLDS,
     "reward 0.75 within 0.25", "reward 0.5", "{\"reward\": 0.5, \"within\": 0.25}"},
    {"not near enough", "{\"reward\":0.75,\"within\":0.2}", &half, &half, FIXTURE_DIFFERS,
     "reward 0.75 within 0.2", "reward 0.5", "{\"reward\": 0.5, \"within\": 0.2}"},
    {"the ends of a range are in it", "{\"min\":0.5,\"max\":0.5}", &half, &half, FIXTURE_HOLDS,
     "reward at least 0.5 and at most 0.5", "reward 0.5", "{\"reward\": 0.5}"},
    {"too much", "{\"max\":0.5}", &one, &one, FIXTURE_DIFFERS, "reward at most 0.5", "reward 1",
     "{\"reward\": 1}"},
    {"too little", "{\"min\":0.75}", &half, &half, FIXTURE_DIFFERS, "reward at least 0.75",
     "reward 0.5", "{\"reward\": 0.5}"},
    {"an error", "{\"errors\":[\"invalid_variable_error\"]}", &nowhere, &nowhere, FIXTURE_HOLDS,
     "invalid_variable_error",
     "reward 0 with invalid_variable_error (input: {{item.x}} resolves nowhere)",
     "{\"errors\": [\"invalid_variable_error\"]}"},
    {"an error that was not expected is no zero", "{\"reward\":0}", &nowhere, &nowhere,
     FIXTURE_DIFFERS, "reward 0",
     "reward 0 with invalid_variable_error (input: {{item.x}} resolves nowhere)",
     "{\"errors\": [\"invalid_variable_error\"]}"},
    {"an error that did not come", "{\"errors\":[\"other_error\"]}", &half, &half, FIXTURE_DIFFERS,
     "other_error", "reward 0.5", "{\"reward\": 0.5}"},
    {"all errors are to be named", "{\"errors\":[\"other_error\"]}", &formula, &formula,
     FIXTURE_DIFFERS, "other_error", "reward 0.25 with formula_parse_error, other_error",
     "{\"reward\": 0.25, \"errors\": [\"formula_parse_error\", \"other_error\"]}"},
    {"errors with a reward",
     "{\"errors\":[\"other_error\",\"formula_parse_error\"],\"reward\":0.25}", &formula, &formula,
     FIXTURE_HOLDS, "reward 0.25 with formula_parse_error, other_error",
     "reward 0.25 with formula_parse_error, other_error",
     "{\"reward\": 0.25, \"errors\": [\"formula_parse_error\", \"other_error\"]}"},
    {"two rewards", "{\"reward\":1}", &one, &half, FIXTURE_UNSTABLE, "reward 1", "reward 1", NULL},
    {"two rewards, both good enough", "{\"min\":0}", &one, &half, FIXTURE_UNSTABLE,
     "reward at least 0", "reward 1", NULL},
    {"an error now and then", "{\"reward\":0.5}", &half, &nowhere, FIXTURE_UNSTABLE, "reward 0.5",
     "reward 0.5", NULL},
    {"no grade is no failure of the answer", "{\"reward\":0}", &lost, &lost, FIXTURE_LOST,
     "reward 0", "no grade with endpoint_grader_server_error (HTTP 503)", NULL},
    {"nor is half of none", "{\"reward\":0.5}", &half, &lost, FIXTURE_LOST, "reward 0.5",
     "reward 0.5", NULL},
};

START_TEST(test_a_grade_meets_what_is_expected)
{
    const struct row *row = &rows[_i];
    struct buf line = {0};
    struct buf text = {0};
    struct fixtures f = {0};
    struct diags list = {0};
    struct err e = {0};
    buf_printf(&line, "{\"sample\":\"x\", \"expect\" : %s ,\"note\":\"kept\"}\r\n", row->expect);
    scratch_bytes("f.jsonl", buf_text(&line), line.len);
    ck_assert_msg(fixtures_load(&f, "f.jsonl", false, &list, &e) == ERR_OK, "%s: %s", row->name,
                  e.text);
    ck_assert_uint_eq(f.n, 1);
    struct grade grades[2] = {*row->first, *row->second};
    ck_assert_msg(fixture_judge(&f.at[0], grades) == row->verdict, "%s", row->name);
    fixture_wanted(&f.at[0], &text);
    ck_assert_str_eq(buf_text(&text), row->wanted);
    buf_clear(&text);
    fixture_came(&grades[0], &text);
    ck_assert_str_eq(buf_text(&text), row->came);
    if (row->written) {
        buf_clear(&text);
        buf_clear(&line);
        buf_printf(&line, "{\"sample\":\"x\", \"expect\" : %s ,\"note\":\"kept\"}\r\n",
                   row->written);
        fixtures_rewrite(&f, grades, &(bool){true}, &text);
        ck_assert_str_eq(buf_text(&text), buf_text(&line));
    }
    fixtures_release(&f);
    buf_release(&line);
    buf_release(&text);
    diags_release(&list);
}
END_TEST

/* Of three lines the second has no expectation yet, and the last no newline. */
START_TEST(test_what_is_written_is_what_came)
{
    static const char before[] = "\xef\xbb\xbf{\"sample\":\"a\",\"expect\":{\"reward\":1}}\n\n"
                                 "{\"sample\":\"}\" }\n{\"expect\":{\"max\":1},\"sample\":\"c\"}";
    static const char after[] = "\xef\xbb\xbf{\"sample\":\"a\",\"expect\":{\"reward\":1}}\n\n"
                                "{\"sample\":\"}\" , \"expect\": {\"reward\": 0.5}}\n"
                                "{\"expect\":{\"reward\": 1},\"sample\":\"c\"}";
    struct fixtures f = {0};
    struct diags list = {0};
    struct err e = {0};
    scratch_bytes("f.jsonl", before, strlen(before));
    ck_assert_int_eq(fixtures_load(&f, "f.jsonl", false, &list, &e), ERR_DATA);
    ck_assert_uint_eq(list.n, 1);
    ck_assert_uint_eq(list.at[0].line, 3);
    fixtures_release(&f);
    err_clear(&e);
    ck_assert_int_eq(fixtures_load(&f, "f.jsonl", true, &list, &e), ERR_OK);
    const struct grade grades[] = {one, one, half, half, one, one};
    const bool update[] = {false, true, true};
    struct buf text = {0};
    ck_assert_int_eq(fixture_judge(&f.at[1], &grades[2]), FIXTURE_DIFFERS);
    fixtures_rewrite(&f, grades, update, &text);
    ck_assert_str_eq(buf_text(&text), after);
    buf_release(&text);
    fixtures_release(&f);
    diags_release(&list);
}
END_TEST

Suite *fixture_suite(void)
{
    Suite *suite = suite_create("fixture");
    TCase *tcase = tcase_create("fixture");
    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    tcase_add_loop_test(tcase, test_a_grade_meets_what_is_expected, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_what_is_written_is_what_came);
    suite_add_tcase(suite, tcase);
    return suite;
}
