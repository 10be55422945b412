#include <math.h>
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

/* What the service documents of its metrics is their names; the values are those of the golden
 * file's libraries in the variants that GAP-32 to GAP-34 choose. */
static const struct {
    const char *metric, *input, *reference;
    double reward;
} similar[] = {
    {"fuzzy_match", "new york mets", "the wonderful new york mets", 0.9},
    {"fuzzy_match", "AB!", "{{item.answer}}", 1},
    {"fuzzy_match", "{{item.empty}}", "{{item.empty}}", 0},
    {"bleu", "a b c d", "a b c d", 1},
    {"bleu", "{{item.empty}}", "a", 0},
    {"gleu", "a b", "a b c", 0.5},
    {"meteor", "I saw a car", "I saw a auto", 0.9921875},
    {"rouge_1", "running shoes", "run shoe", 0},
    {"rouge_2", "a b c", "a b d", 0.5},
    {"rouge_5", "a b c d e", "a b c d e", 1},
    {"rouge_l", "a x b y", "a b", 2.0 / 3},
};

static struct grade grade_once(const char *spec, struct diags *list)
{
    struct err e = {0};
    struct grader *g = NULL;
    struct job *job = fixture_job(spec, "{}", list);
    ck_assert_ptr_nonnull(job);
    ck_assert_msg(grader_new(&g, job, list, &e) == ERR_OK, "%s: %s", spec, e.text);
    struct tape item_tape = fixture_tape(item);
    struct tape sample_tape = fixture_tape(sample);
    struct grade grade;
    grader_grade(g, &(struct grader_input){&item_tape, &sample_tape}, &grade);
    tape_release(&item_tape);
    tape_release(&sample_tape);
    grader_free(g);
    job_free(job);
    return grade;
}

static char *similarity(const char *metric, const char *input, const char *reference)
{
    return mem_printf("{type: text_similarity, name: g, evaluation_metric: %s, input: '%s', "
                      "reference: '%s', pass_threshold: 0.5}",
                      metric, input, reference);
}

START_TEST(test_text_similarity)
{
    struct diags list = {0};
    char *spec = similarity(similar[_i].metric, similar[_i].input, similar[_i].reference);
    struct grade grade = grade_once(spec, &list);
    ck_assert_uint_eq(list.n, 0);
    ck_assert_msg(!grade.flags && fabs(grade.reward - similar[_i].reward) < 1e-9, "%s: %.17g", spec,
                  grade.reward);
    free(spec);
}
END_TEST

START_TEST(test_text_similarity_of_a_path_to_nowhere)
{
    struct diags list = {0};
    char *spec = similarity("fuzzy_match", "x", "{{item.nope}}");
    struct grade grade = grade_once(spec, &list);
    ck_assert(grade.reward == 0 && grade.flags == GRADE_INVALID_VARIABLE && *grade.why);
    free(spec);
}
END_TEST

START_TEST(test_meteor_without_wordnet_says_so)
{
    setenv("WNSEARCHDIR", "/nowhere", 1);
    struct diags list = {0};
    char *spec = similarity("meteor", "I saw a car", "I saw a auto");
    struct grade grade = grade_once(spec, &list);
    unsetenv("WNSEARCHDIR");
    ck_assert_uint_eq(list.n, 1);
    ck_assert_int_eq(list.at[0].code, DIAG_N002);
    ck_assert_uint_eq(list.n_errors, 0);
    ck_assert(grade.reward > 0.7 && grade.reward < 0.75);
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
    {"{type: text_similarity, evaluation_metric: cosine, input: a, reference: b}", DIAG_J007,
     "/evaluation_metric", "use fuzzy_match"},
    {"{type: text_similarity, evaluation_metric: rouge_6, input: a, reference: b}", DIAG_J005,
     "/evaluation_metric", "did you mean 'rouge_1'?"},
    {"{type: text_similarity, evaluation_metric: 1, input: a, reference: b}", DIAG_J004,
     "/evaluation_metric", NULL},
    {"{type: text_similarity, input: a, reference: b}", DIAG_J003, "", "use fuzzy_match"},
    {"{type: text_similarity, evaluation_metric: bleu, input: a}", DIAG_J003, "", NULL},
    {"{type: text_similarity, evaluation_metric: bleu, input: a, reference: b, pass_threshold: x}",
     DIAG_J004, "/pass_threshold", NULL},
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
    tcase = tcase_create("text_similarity");
    tcase_add_loop_test(tcase, test_text_similarity, 0, COUNT_OF(similar));
    tcase_add_test(tcase, test_text_similarity_of_a_path_to_nowhere);
    tcase_add_test(tcase, test_meteor_without_wordnet_says_so);
    suite_add_tcase(suite, tcase);
    return suite;
}
