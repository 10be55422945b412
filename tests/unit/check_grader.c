#include <stdlib.h>
#include <string.h>

#include "grader/grader.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static const char item[] = "{\"answer\":\"Ab%\",\"n\":1.0,\"empty\":\"\"}";
static const char sample[] = "{\"output_text\":\"Ab%\",\"output_json\":null,\"output_tools\":[]}";

static const struct row {
    const char *name;
    const char *operation, *input, *reference;
    double reward;
    unsigned flags;
} rows[] = {
    {"eq: the same bytes", "eq", "{{sample.output_text}}", "{{item.answer}}", 1, 0},
    {"eq minds case", "eq", "ab%", "{{item.answer}}", 0, 0},
    {"eq minds space at the end", "eq", "Ab% ", "{{item.answer}}", 0, 0},
    {"ne is the other way round", "ne", "ab%", "{{item.answer}}", 1, 0},
    {"like: the input contains the reference", "like", "xAb%x", "{{item.answer}}", 1, 0},
    {"and not the other way round", "like", "Ab", "{{item.answer}}", 0, 0},
    {"% is no wildcard", "like", "Abx", "{{item.answer}}", 0, 0},
    {"like minds case", "like", "xab%x", "{{item.answer}}", 0, 0},
    {"ilike does not", "ilike", "xaB%x", "{{item.answer}}", 1, 0},
    {"nothing is contained in everything", "like", "x", "{{item.empty}}", 1, 0},
    {"and equal to nothing", "eq", "{{item.empty}}", "", 1, 0},
    {"a number is its shortest text (GAP-29)", "eq", "{{item.n}}", "1", 1, 0},
    {"a path to nowhere is 0 with a flag (TP-6)", "eq", "{{item.nope}}", "", 0,
     GRADE_INVALID_VARIABLE},
    {"under ne too", "ne", "x", "{{sample.output_json.x}}", 0, GRADE_INVALID_VARIABLE},
};

START_TEST(test_string_check)
{
    const struct row *row = &rows[_i];
    struct diags list = {0};
    struct err e = {0};
    struct grader *g = NULL;
    char *spec =
        mem_printf("{type: string_check, name: g, operation: %s, input: '%s', reference: '%s'}",
                   row->operation, row->input, row->reference);
    struct job *job = fixture_job(spec, "{}", &list);
    ck_assert_ptr_nonnull(job);
    ck_assert_int_eq(grader_new(&g, job, &list, &e), ERR_OK);
    struct tape item_tape = fixture_tape(item);
    struct tape sample_tape = fixture_tape(sample);
    struct grade grade;
    grader_grade(g, &(struct grader_input){&item_tape, &sample_tape}, &grade);
    ck_assert_msg(grade.reward == row->reward && grade.flags == row->flags, "%s: %g, flags %u, %s",
                  row->name, grade.reward, grade.flags, grade.why);
    ck_assert_msg(!row->flags == !*grade.why, "%s: %s", row->name, grade.why);
    tape_release(&item_tape);
    tape_release(&sample_tape);
    grader_free(g);
    job_free(job);
    diags_release(&list);
    free(spec);
}
END_TEST

static const struct {
    const char *spec;
    enum diag_code code;
    const char *pointer;
    const char *fix;
} refused[] = {
    {"{type: string_check, operation: neq, input: a, reference: b}", DIAG_J005, "/operation",
     "the service takes ne"},
    {"{type: string_check, operation: eq, input: a}", DIAG_J003, "", NULL},
    {"{type: string_check, operation: eq, input: a, reference: 3}", DIAG_J004, "/reference", NULL},
    {"{type: string_check, operation: eq, input: '{{smaple.x}}', reference: b}", DIAG_J007,
     "/input", "{{sample.output_text}}"},
    {"{type: text_check, operation: eq, input: a, reference: b}", DIAG_J007, "/type", NULL},
};

START_TEST(test_a_grader_with_a_fault_is_refused_in_its_place)
{
    struct diags list = {0};
    struct err e = {0};
    struct grader *g = NULL;
    struct job *job = fixture_job(refused[_i].spec, "{}", &list);
    ck_assert_ptr_nonnull(job);
    ck_assert_int_eq(grader_new(&g, job, &list, &e), ERR_JOB);
    ck_assert_uint_ge(list.n, 1);
    const struct diag *d = &list.at[list.n - 1];
    ck_assert_msg(d->code == refused[_i].code, "%s: %s", refused[_i].spec, d->text);
    ck_assert_msg(strstr(d->pointer, refused[_i].pointer) != NULL, "%s", d->pointer);
    if (refused[_i].fix)
        ck_assert_msg(d->fix && strstr(d->fix, refused[_i].fix), "%s", d->fix ? d->fix : "");
    job_free(job);
    diags_release(&list);
}
END_TEST

START_TEST(test_a_grader_without_a_name_gets_the_same_one_each_time)
{
    static const char spec[] = "{type: string_check, operation: eq, input: a, reference: b}";
    char *names[2];
    for (int i = 0; i < 2; i++) {
        struct diags list = {0};
        struct err e = {0};
        struct grader *g = NULL;
        struct job *job = fixture_job(spec, "{}", &list);
        ck_assert_ptr_nonnull(job);
        ck_assert_int_eq(grader_new(&g, job, &list, &e), ERR_OK);
        names[i] = mem_text(grader_name(g));
        grader_free(g);
        job_free(job);
        diags_release(&list);
    }
    ck_assert_str_eq(names[0], names[1]);
    ck_assert_uint_eq(strlen(names[0]), strlen("grader-") + 12); /* EV-11 */
    free(names[0]);
    free(names[1]);
}
END_TEST

Suite *grader_suite(void)
{
    Suite *suite = suite_create("grader");
    TCase *tcase = tcase_create("string_check");
    tcase_add_loop_test(tcase, test_string_check, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_a_grader_with_a_fault_is_refused_in_its_place, 0,
                        COUNT_OF(refused));
    tcase_add_test(tcase, test_a_grader_without_a_name_gets_the_same_one_each_time);
    suite_add_tcase(suite, tcase);
    return suite;
}
