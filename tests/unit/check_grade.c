#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/run/lab.h"
#include "sim/view/answer.h"
#include "sim/view/grade.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static const char item[] = "{\"answer\":\"3\"}";

/* What is told of an answer, as --json or as text; the caller's. */
static char *told(const char *spec, const char *sample, bool json)
{
    struct diags list = {0};
    struct err e = {0};
    struct lab *lab = NULL;
    struct job *job = fixture_job(spec, "{}", &list);
    ck_assert_ptr_nonnull(job);
    ck_assert_msg(lab_new(&lab, job, &list, &e) == ERR_OK, "%s", e.text);
    struct tape item_tape = fixture_tape(item);
    struct tape sample_tape = fixture_tape(sample);
    struct grade grade;
    json_t *facts_of = json_object();
    lab_grade(lab, &(struct grader_input){.item = &item_tape, .sample = &sample_tape}, facts_of,
              &grade);
    json_t *facts = grade_facts("rows.jsonl", 7, &sample_tape, facts_of);
    json_decref(facts_of);
    struct buf out = {0};
    if (json)
        grade_json(&out, facts);
    else
        grade_text(&out, facts, GRADE_COLUMNS);
    json_decref(facts);
    tape_release(&item_tape);
    tape_release(&sample_tape);
    lab_free(lab);
    job_free(job);
    diags_release(&list);
    return buf_take(&out);
}

/* The answer of graders/run with its times as 0; the caller's. */
static json_t *answer_to(const char *spec, const char *sample)
{
    char *text = told(spec, sample, true);
    json_t *answer = json_loads(text, 0, NULL);
    json_t *facts = json_object_get(answer, "rftsim");
    size_t i = 0;
    json_t *grader = NULL;
    ck_assert_ptr_nonnull(answer);
    json_array_foreach(json_object_get(facts, "graders"), i, grader)
    {
        ck_assert(json_real_value(json_object_get(grader, "seconds")) > 0);
        json_object_set_new(grader, "seconds", json_integer(0));
    }
    free(text);
    return answer;
}

START_TEST(test_the_facts_of_a_grade)
{
    json_t *answer = answer_to(FIXTURE_GRADER, "{\"output_text\":\"3\"}");
    char *facts = json_dumps(json_object_get(answer, "rftsim"), JSON_COMPACT);
    ck_assert_str_eq(
        facts, "{\"type\":\"grade\",\"version\":1,\"file\":\"rows.jsonl\",\"line\":7,"
               "\"answer\":\"3\",\"answer_bytes\":1,\"reward\":1.0,\"errors\":[],\"lost\":false,"
               "\"why\":null,"
               "\"graders\":[{\"key\":null,\"type\":\"string_check\",\"name\":\"g\",\"fields\":["
               "{\"key\":\"input\",\"template\":\"{{sample.output_text}}\",\"text\":\"3\","
               "\"bytes\":1},"
               "{\"key\":\"reference\",\"template\":\"{{item.answer}}\",\"text\":\"3\",\"bytes\":1}"
               "],\"operation\":\"eq\",\"reward\":1.0,\"errors\":[],\"lost\":false,\"seconds\":0,"
               "\"why\":null,\"other_readings\":[],\"notes\":[]}]}");
    free(facts);
    json_decref(answer);
}
END_TEST

/* Contract 5.2 and 5.3. */
START_TEST(test_the_answer_has_every_key_of_the_service_in_its_order)
{
    static const char *const metadata[] = {
        "name", "type", "errors", "execution_time", "scores", "token_usage", "sampled_model_name"};
    static const char *const errors[] = {"formula_parse_error",
                                         "sample_parse_error",
                                         "sample_parse_error_details",
                                         "truncated_observation_error",
                                         "unresponsive_reward_error",
                                         "invalid_variable_error",
                                         "invalid_variable_error_details",
                                         "other_error",
                                         "python_grader_server_error",
                                         "python_grader_server_error_type",
                                         "python_grader_runtime_error",
                                         "python_grader_runtime_error_details",
                                         "model_grader_server_error",
                                         "model_grader_refusal_error",
                                         "model_grader_refusal_error_details",
                                         "model_grader_parse_error",
                                         "model_grader_parse_error_details",
                                         "model_grader_exceeded_max_tokens_error",
                                         "model_grader_server_error_details",
                                         "endpoint_grader_internal_error",
                                         "endpoint_grader_internal_error_details",
                                         "endpoint_grader_server_error",
                                         "endpoint_grader_server_error_details",
                                         "endpoint_grader_safety_check_error"};
    json_t *answer = answer_to(FIXTURE_GRADER, "{\"output_text\":\"3\"}");
    json_t *meta = json_object_get(answer, "metadata");
    json_t *raised = json_object_get(meta, "errors");
    const char *key = NULL;
    json_t *value = NULL;
    size_t i = 0;
    json_object_foreach(meta, key, value)
    {
        ck_assert_uint_lt(i, COUNT_OF(metadata));
        ck_assert_str_eq(key, metadata[i++]);
    }
    ck_assert_uint_eq(i, COUNT_OF(metadata));
    i = 0;
    json_object_foreach(raised, key, value)
    {
        ck_assert_uint_lt(i, COUNT_OF(errors));
        ck_assert_str_eq(key, errors[i++]);
        bool is_text = strstr(key, "_details") || strstr(key, "_type");
        ck_assert(is_text ? json_is_null(value) : json_is_false(value));
    }
    ck_assert_uint_eq(i, COUNT_OF(errors));
    ck_assert_uint_eq(json_object_size(answer), 5);
    json_decref(answer);
}
END_TEST

/* Facts as a grader that calls out would tell them. */
static json_t *answer_of_facts(const char *facts)
{
    json_t *told_facts = json_loads(facts, 0, NULL);
    ck_assert_ptr_nonnull(told_facts);
    json_t *answer = answer_of(told_facts);
    json_decref(told_facts);
    return answer;
}

START_TEST(test_details_are_the_reasons_of_those_that_err)
{
    json_t *answer = answer_of_facts(
        "{\"graders\":[{\"key\":null,\"errors\":[\"formula_parse_error\","
        "\"python_grader_runtime_error\",\"endpoint_grader_server_error\"],\"why\":\"all of it\"},"
        "{\"key\":\"a\",\"errors\":[\"python_grader_runtime_error\"],\"why\":\"short\","
        "\"traceback\":\"long\"},"
        "{\"key\":\"b\",\"errors\":[\"python_grader_runtime_error\"],\"why\":\"other\"}]}");
    json_t *meta = json_object_get(answer, "metadata");
    json_t *errors = json_object_get(meta, "errors");
    ck_assert_str_eq(
        json_string_value(json_object_get(errors, "python_grader_runtime_error_details")),
        "a: long; b: other");
    ck_assert_str_eq(
        json_string_value(json_object_get(errors, "endpoint_grader_server_error_details")),
        "all of it");
    ck_assert(json_is_null(json_object_get(errors, "invalid_variable_error_details")));
    json_decref(answer);
}
END_TEST

START_TEST(test_every_field_is_told_although_the_first_went_wrong)
{
    char *text = told("{type: string_check, name: g, operation: eq, input: '{{item.nope}}', "
                      "reference: '{{item.answer}}'}",
                      "{\"output_text\":\"3\"}", false);
    ck_assert_ptr_nonnull(strstr(text,
                                 "{{item.nope}}\n"
                                 "                          ~~~~^^^^^\n"
                                 "                        resolves nowhere: item has no key"));
    ck_assert_ptr_nonnull(strstr(text, "\"3\"  (1 byte)\n  operation"));
    ck_assert_ptr_nonnull(strstr(text, "invalid_variable_error\n"));
    free(text);
}
END_TEST

START_TEST(test_a_long_text_is_cut_between_characters)
{
    struct buf sample = {0};
    buf_text_add(&sample, "{\"output_text\":\"x");
    for (int i = 0; i < 200; i++)
        buf_text_add(&sample, "\xc3\xa9");
    buf_text_add(&sample, "\"}");
    char *text = told(FIXTURE_GRADER, buf_text(&sample), false);
    ck_assert_ptr_nonnull(strstr(text, "\xc3\xa9\"...  (401"));
    char *json = told(FIXTURE_GRADER, buf_text(&sample), true);
    ck_assert_uint_gt(strlen(json), 800);
    free(json);
    free(text);
    buf_release(&sample);
}
END_TEST

/* The tokens of a multi's models; the caller's. */
static char *usage_of(const char *graders)
{
    char *facts = mem_printf("{\"graders\":[%s]}", graders);
    json_t *answer = answer_of_facts(facts);
    json_t *meta = json_object_get(answer, "metadata");
    json_t *shown = json_array();
    json_array_append(shown, json_object_get(meta, "token_usage"));
    json_array_append(shown, json_object_get(meta, "sampled_model_name"));
    json_array_append(shown, json_object_get(answer, "model_grader_token_usage_per_model"));
    char *text = json_dumps(shown, JSON_COMPACT);
    json_decref(shown);
    json_decref(answer);
    free(facts);
    return text;
}

START_TEST(test_tokens_are_added_up_by_model)
{
#define ASKED(model, n) \
    "{\"key\":\"k\",\"sampled_model_name\":\"" model "\",\"token_usage\":{\"total_tokens\":" #n "}}"
    static const struct {
        const char *graders;
        const char *shown;
    } cases[] = {
        {"{}", "[null,null,{}]"},
        {ASKED("a", 5), "[{\"total_tokens\":5},\"a\",{\"a\":{\"total_tokens\":5}}]"},
        {"{}," ASKED("a", 5) "," ASKED("a", 2),
         "[{\"total_tokens\":7},\"a\",{\"a\":{\"total_tokens\":7}}]"},
        {"{}," ASKED("a", 5) "," ASKED("b", 2),
         "[{\"total_tokens\":7},null,{\"a\":{\"total_tokens\":5},\"b\":{\"total_tokens\":2}}]"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *shown = usage_of(cases[i].graders);
        ck_assert_str_eq(shown, cases[i].shown);
        free(shown);
    }
}
END_TEST

/* Facts as a python grader tells them, and an endpoint that never answered. */
START_TEST(test_what_user_code_printed_is_shown_line_by_line)
{
    json_t *grader = json_pack("{s:n, s:s, s:s, s:[], s:[s], s:b, s:n, s:s, s:s, s:i, s:f}", "key",
                               "type", "python", "name", "p", "fields", "errors",
                               "python_grader_runtime_error", "lost", 1, "reward", "why", "gone",
                               "printed", "one\n\ttwo\n\n", "printed_cut", 12, "seconds", 2.5);
    struct buf traceback = {0};
    for (int i = 1; i <= 42; i++)
        buf_printf(&traceback, "%sline %d", i > 1 ? "\n" : "", i);
    json_object_set_new(grader, "traceback", json_string(buf_text(&traceback)));
    json_t *facts = json_pack("{s:s, s:i, s:s, s:i, s:[o]}", "file", "f.jsonl", "line", 0, "answer",
                              "", "answer_bytes", 0, "graders", grader);
    struct buf text = {0};
    grade_text(&text, facts, GRADE_COLUMNS);
    ck_assert_ptr_nonnull(strstr(buf_text(&text),
                                 "\n  printed               one\n"
                                 "                         two\n"
                                 "                        \n"
                                 "                        and 12 characters more"));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "\n  traceback             line 1\n"));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), " line 40\n                        ... (2 more"));
    ck_assert_ptr_null(strstr(buf_text(&text), "line 41"));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "\n  reward                none: "));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "\n  time                  2.50 s\n"));
    buf_release(&text);
    buf_release(&traceback);
    json_decref(facts);
}
END_TEST

/* A path far into a long template: the line is cut around it. */
START_TEST(test_a_path_that_fails_is_shown_and_marked)
{
    struct buf spec = {0};
    buf_text_add(&spec, "{type: string_check, name: g, operation: eq, reference: x, input: '");
    for (int i = 0; i < 40; i++)
        buf_text_add(&spec, "f\xc3\xbcr alle ");
    buf_text_add(&spec, "{{ item.answer.deep }} und weiter bis weit hinter den Rand des Schirms'}");
    char *text = told(buf_text(&spec), "{\"output_text\":\"\"}", false);
    const char *path = strstr(text, "item.answer.deep");
    const char *marks = strstr(text, "~~~~~~~~~~~^^^^^\n");
    ck_assert_ptr_nonnull(path);
    ck_assert_ptr_nonnull(marks);
    size_t column = 0; /* of the path: its line is UTF-8 */
    for (const char *c = path; c[-1] != '\n'; c--)
        column += ((unsigned char)c[-1] & 0xc0) != 0x80;
    size_t below = 0;
    for (const char *c = marks; c[-1] != '\n'; c--)
        below++;
    ck_assert_uint_eq(column, below);
    for (const char *line = text, *end = NULL; *line; line = end + 1) {
        end = strchr(line, '\n');
        size_t columns = 0;
        for (const char *c = line; c < end; c++)
            columns += ((unsigned char)*c & 0xc0) != 0x80;
        ck_assert_msg(columns <= GRADE_COLUMNS, "%.*s", (int)(end - line), line);
    }
    free(text);
    buf_release(&spec);
}
END_TEST

START_TEST(test_a_secret_is_masked_before_it_is_cut)
{
    char secret[301];
    memset(secret, 's', sizeof(secret));
    secret[300] = '\0';
    secret_add(secret, "${KEY}");
    char *sample = mem_printf("{\"output_text\":\"a %s b\"}", secret);
    char *text = told(FIXTURE_GRADER, sample, false);
    ck_assert_ptr_nonnull(strstr(text, "\"a ${KEY} b\"  (304 bytes)\n"));
    ck_assert_ptr_null(strstr(text, "ssss"));
    free(text);
    free(sample);
    secret_forget();
}
END_TEST

Suite *grade_suite(void)
{
    Suite *suite = suite_create("grade");
    TCase *tcase = tcase_create("grade");
    tcase_add_test(tcase, test_the_facts_of_a_grade);
    tcase_add_test(tcase, test_the_answer_has_every_key_of_the_service_in_its_order);
    tcase_add_test(tcase, test_details_are_the_reasons_of_those_that_err);
    tcase_add_test(tcase, test_tokens_are_added_up_by_model);
    tcase_add_test(tcase, test_what_user_code_printed_is_shown_line_by_line);
    tcase_add_test(tcase, test_a_path_that_fails_is_shown_and_marked);
    tcase_add_test(tcase, test_every_field_is_told_although_the_first_went_wrong);
    tcase_add_test(tcase, test_a_long_text_is_cut_between_characters);
    tcase_add_test(tcase, test_a_secret_is_masked_before_it_is_cut);
    suite_add_tcase(suite, tcase);
    return suite;
}
