#include <stdlib.h>
#include <string.h>

#include "grader/grader.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/job/response_format.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

#define AND       "\n    response_format: " /* stands behind the grader */
#define SCHEMA    "schema: {type: object, properties: {a: {type: number}}, required: [a], "
#define CLOSED    SCHEMA "additionalProperties: false}"
#define OPEN      SCHEMA "additionalProperties: true}"
#define AT        "/method/reinforcement/response_format"
#define AT_SCHEMA AT "/json_schema/schema"

static const struct {
    const char *text;
    const char *code; /* of the first finding, "" for none */
    const char *pointer;
    bool loads;
    bool tests; /* answers */
} shapes[] = {
    {"{type: json_schema, json_schema: {name: n, strict: true, " CLOSED "}}", "", "", true, true},
    {"{type: json_schema, name: n, strict: true, description: d, " CLOSED "}", "", "", true, true},
    {"{type: json_schema, json_schema: {name: n, " OPEN "}}", "", "", true, true},
    {"null", "", "", true, false},
    {"{type: text}", "S012", AT "/type", true, false},
    {"{type: json_object}", "S012", AT "/type", true, false},
    {"{type: xml}", "S012", AT "/type", false, false},
    {"{name: n, " CLOSED "}", "J003", AT "/type", false, false},
    {"{type: json_schema, json_schema: 7}", "S012", AT "/json_schema", false, false},
    {"{type: json_schema, json_schema: {" CLOSED "}}", "S012", AT "/json_schema", false, false},
    {"{type: json_schema, name: a b, " CLOSED "}", "S012", AT "/name", false, false},
    {"{type: json_schema, name: n}", "S012", AT, false, false},
    {"{type: json_schema, name: n, strict: 1, " CLOSED "}", "S013", AT "/strict", false, false},
    {"{type: json_schema, name: n, stricter: true, " CLOSED "}", "J002", AT "/stricter", false,
     false},
    {"{type: json_schema, json_schema: {name: n, strict: true, " OPEN "}}", "S004",
     AT_SCHEMA "/additionalProperties", false, false},
    {"{type: json_schema, name: n, schema: {properties: {a: {pattern: x}}}}", "S014",
     AT "/schema/properties/a/pattern", true, true},
};

START_TEST(test_both_shapes_are_read_and_checked)
{
    struct diags list = {0};
    char *text = mem_printf("%s" AND "%s", FIXTURE_GRADER, shapes[_i].text);
    struct job *job = fixture_job(text, "{}", &list);
    const char *code = list.n ? diag_name(list.at[0].code) : "";
    ck_assert_msg(strcmp(code, shapes[_i].code) == 0, "%s: %s", shapes[_i].text, code);
    if (list.n)
        ck_assert_str_eq(list.at[0].pointer, shapes[_i].pointer);
    ck_assert_msg((job != NULL) == shapes[_i].loads, "%s", shapes[_i].text);
    ck_assert(!job || (job->format != NULL) == shapes[_i].tests);
    job_free(job);
    free(text);
    diags_release(&list);
}
END_TEST

static const struct {
    const char *answer;
    const char *why;
} answers[] = {
    {"{\"a\": 1}", ""},
    {" {\"a\": 1.5}\n", ""},
    {"", "it is empty, not JSON"},
    {"a: 1", "it is not JSON"},
    {"{\"a\": 1} and more", "it is not JSON"},
    {"```json\n{\"a\": 1}\n```", "it is not JSON"},
    {"{}", "it lacks \"a\""},
    {"[]", "it must be of type object, found a list"},
    {"{\"a\": null}", "/a must be of type number, found null"},
};

#define FORMAT AND "{type: json_schema, name: n, strict: true, " CLOSED "}"

START_TEST(test_answers_fit_or_say_why_not)
{
    struct diags list = {0};
    struct job *job = fixture_job(FIXTURE_GRADER FORMAT, "{}", &list);
    struct tape scratch = {0};
    struct buf why = {0};
    const char *answer = answers[_i].answer;
    bool fits = response_format_fits(job->format, answer, strlen(answer), &scratch, &why);
    ck_assert_str_eq(buf_text(&why), answers[_i].why);
    ck_assert_int_eq(fits, !*answers[_i].why);
    buf_release(&why);
    tape_release(&scratch);
    job_free(job);
}
END_TEST

#define EQ(key, text) \
    key ": {type: string_check, name: " key ", operation: eq, input: '" text "', reference: '1'}"

static const struct {
    const char *grader;
    const char *sample;
    double reward;
    unsigned flags;
} grades[] = {
    {"{type: multi, name: m, calculate_output: a + b, graders: {" EQ("a", "1") ", " EQ(
         "b", "{{sample.output_json.a}}") "}}",
     "{\"output_text\":\"{\\\"a\\\":1}\",\"output_json\":{\"a\":1}}", 2, 0},
    /* the graders of a multi are asked, and keep what they said */
    {"{type: multi, name: m, calculate_output: a + b, graders: {" EQ("a", "1") ", " EQ(
         "b", "{{sample.output_json.b}}") "}}",
     "{\"output_text\":\"{\\\"b\\\":1}\",\"output_json\":{\"b\":1}}", 0, GRADE_SAMPLE_PARSE},
    {"{type: multi, name: m, calculate_output: a + b, graders: {" EQ("a", "1") ", " EQ(
         "b", "{{sample.output_json.a}}") "}}",
     "{\"output_text\":\"no\",\"output_json\":null}", 0,
     GRADE_SAMPLE_PARSE | GRADE_INVALID_VARIABLE},
    /* cut off at the token limit (GAP-48), whether or not it fits */
    {"{type: multi, name: m, calculate_output: a + b, graders: {" EQ("a", "1") ", " EQ(
         "b", "{{sample.output_json.a}}") "}}",
     "{\"output_text\":\"{\\\"a\\\":1}\",\"output_json\":{\"a\":1},\"choices\":[{\"finish_reason\":"
     "\"length\"}]}",
     0, GRADE_TRUNCATED},
    {"{type: multi, name: m, calculate_output: a + b, graders: {" EQ("a", "1") ", " EQ("b",
                                                                                       "1") "}}",
     "{\"output_text\":\"{\",\"choices\":[{\"finish_reason\":\"length\"}]}", 0,
     GRADE_SAMPLE_PARSE | GRADE_TRUNCATED},
    {"{type: multi, name: m, calculate_output: a + b, graders: {" EQ("a", "1") ", " EQ("b",
                                                                                       "1") "}}",
     "{\"output_text\":\"{\\\"a\\\":1}\",\"choices\":[{\"finish_reason\":\"stop\"}]}", 2, 0},
};

START_TEST(test_an_answer_that_does_not_fit_is_a_grade_in_error)
{
    struct diags list = {0};
    struct err e = {0};
    struct grader *g = NULL;
    char *text = mem_printf("%s" FORMAT, grades[_i].grader);
    struct job *job = fixture_job(text, "{}", &list);
    ck_assert_ptr_nonnull(job);
    ck_assert_int_eq(grader_new(&g, job, &(struct grader_context){0}, &list, &e), ERR_OK);
    struct tape item = fixture_tape("{}");
    struct tape sample = fixture_tape(grades[_i].sample);
    struct grade grade;
    grader_grade(g, &(struct grader_input){.item = &item, .sample = &sample}, &grade);
    ck_assert_msg(grade.reward == grades[_i].reward && grade.flags == grades[_i].flags,
                  "%g, flags %u, %s", grade.reward, grade.flags, grade.why);
    ck_assert_int_eq(grade.parts[0].reward == 1, 1);
    tape_release(&item);
    tape_release(&sample);
    grader_free(g);
    job_free(job);
    free(text);
    diags_release(&list);
}
END_TEST

Suite *format_suite(void)
{
    Suite *suite = suite_create("format");
    TCase *tcase = tcase_create("format");
    tcase_add_loop_test(tcase, test_both_shapes_are_read_and_checked, 0, COUNT_OF(shapes));
    tcase_add_loop_test(tcase, test_answers_fit_or_say_why_not, 0, COUNT_OF(answers));
    tcase_add_loop_test(tcase, test_an_answer_that_does_not_fit_is_a_grade_in_error, 0,
                        COUNT_OF(grades));
    suite_add_tcase(suite, tcase);
    return suite;
}
