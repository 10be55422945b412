#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/run/lab.h"
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
    (json ? grade_json : grade_text)(&out, facts);
    json_decref(facts);
    tape_release(&item_tape);
    tape_release(&sample_tape);
    lab_free(lab);
    job_free(job);
    diags_release(&list);
    return buf_take(&out);
}

START_TEST(test_the_facts_of_a_grade)
{
    char *json = told(FIXTURE_GRADER, "{\"output_text\":\"3\"}", true);
    ck_assert_str_eq(
        json, "{\"type\":\"grade\",\"version\":1,\"file\":\"rows.jsonl\",\"line\":7,"
              "\"answer\":\"3\",\"answer_bytes\":1,\"reward\":1.0,\"errors\":[],\"why\":null,"
              "\"graders\":[{\"key\":null,\"type\":\"string_check\",\"name\":\"g\",\"fields\":["
              "{\"key\":\"input\",\"template\":\"{{sample.output_text}}\",\"text\":\"3\","
              "\"bytes\":1},"
              "{\"key\":\"reference\",\"template\":\"{{item.answer}}\",\"text\":\"3\",\"bytes\":1}"
              "],\"operation\":\"eq\",\"reward\":1.0,\"errors\":[],\"why\":null,\"other_readings\":"
              "[],\"notes\":[]}]}\n");
    free(json);
}
END_TEST

START_TEST(test_every_field_is_told_although_the_first_went_wrong)
{
    char *text = told("{type: string_check, name: g, operation: eq, input: '{{item.nope}}', "
                      "reference: '{{item.answer}}'}",
                      "{\"output_text\":\"3\"}", false);
    ck_assert_ptr_nonnull(strstr(text, "{{item.nope}} resolves nowhere: "));
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
    ck_assert_ptr_nonnull(strstr(text, "\xc3\xa9\"...  (401 bytes)\n"));
    char *json = told(FIXTURE_GRADER, buf_text(&sample), true);
    ck_assert_uint_gt(strlen(json), 800);
    free(json);
    free(text);
    buf_release(&sample);
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
    tcase_add_test(tcase, test_every_field_is_told_although_the_first_went_wrong);
    tcase_add_test(tcase, test_a_long_text_is_cut_between_characters);
    tcase_add_test(tcase, test_a_secret_is_masked_before_it_is_cut);
    suite_add_tcase(suite, tcase);
    return suite;
}
