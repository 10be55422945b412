#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grader/grader.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/text.h"
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
    ck_assert_int_eq(grader_new(&g, job, &(struct grader_context){0}, &list, &e), ERR_OK);
    struct tape item_tape = fixture_tape(item);
    struct tape sample_tape = fixture_tape(sample);
    struct grade grade;
    grader_grade(g, &(struct grader_input){.item = &item_tape, .sample = &sample_tape}, &grade);
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
    ck_assert_msg(grader_new(&g, job, &(struct grader_context){0}, list, &e) == ERR_OK, "%s: %s",
                  spec, e.text);
    struct tape item_tape = fixture_tape(item);
    struct tape sample_tape = fixture_tape(sample);
    struct grade grade;
    grader_grade(g, &(struct grader_input){.item = &item_tape, .sample = &sample_tape}, &grade);
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
    {"{type: string_check, operation: 1, input: a, reference: b}", DIAG_J004, "/operation",
     "ilike"},
    {"{type: string_check, operation: eq, inptu: a, input: a, reference: b}", DIAG_J002, "/inptu",
     "did you mean 'input'?"},
    {"{type: string_check, operation: eq, input: a, reference: b, pass_threshold: [1]}", DIAG_J004,
     "/pass_threshold", "0.5"},
    {"{type: string_check, name: 1, operation: eq, input: a, reference: b}", DIAG_J004, "/name",
     "in quotes"},
    {"{type: text_similarity, evaluation_metric: bleu, input: a, reference: b, operation: eq}",
     DIAG_J002, "/operation", NULL},
    {"{type: multi, graders: {a: {type: string_check, operation: eq, input: a, reference: b}}, "
     "calculate_output: a, pass_threshold: high}",
     DIAG_J004, "/pass_threshold", "0.5"},
    {"{type: python, source: 'def grade(sample, item): return 1', pass_threshold: '1'}", DIAG_J004,
     "/pass_threshold", "without quotes"},
};

static const struct {
    const char *spec;
    const char *pointer;
    const char *text; /* NULL: nothing is warned of */
} doubtful[] = {
    {"{type: string_check, operation: eq, input: 'is {sample.output_text}', reference: b}",
     "/grader/input", "{sample.output_text} is no template"},
    {"{type: string_check, operation: eq, input: '{\"item\": \"{{item.answer}}\"}', reference: b}",
     NULL, NULL},
    {"{type: score_model, model: o3-mini, input: [{role: user, content: '{item.want'}]}",
     "/grader/input/0/content", "{item.want is no template"},
    {"{type: python, source: 'def grade(sample, item): return 1', image_tag: latest}",
     "/grader/image_tag", "no image_tag is known but 2025-05-08"},
    {"{type: python, source: 'def grade(sample, item): return 1', image_tag: '2025-05-08'}", NULL,
     NULL},
};

START_TEST(test_what_is_doubtful_is_warned_of)
{
    struct diags list = {0};
    struct err e = {0};
    struct grader *g = NULL;
    struct job *job = fixture_job(
        doubtful[_i].spec, "{sandbox: 'off', grader_models: {o3-mini: {stub: {score: 1}}}}", &list);
    ck_assert_ptr_nonnull(job);
    ck_assert_int_eq(grader_new(&g, job, &(struct grader_context){0}, &list, &e), ERR_OK);
    ck_assert_uint_eq(list.n, doubtful[_i].text != NULL);
    if (list.n) {
        ck_assert_int_eq(list.at[0].severity, DIAG_WARNING);
        ck_assert_msg(strstr(list.at[0].pointer, doubtful[_i].pointer), "%s", list.at[0].pointer);
        ck_assert_msg(strstr(list.at[0].text, doubtful[_i].text), "%s", list.at[0].text);
        ck_assert_ptr_nonnull(list.at[0].fix);
    }
    grader_free(g);
    job_free(job);
    diags_release(&list);
}
END_TEST

START_TEST(test_a_grader_with_a_fault_is_refused_in_its_place)
{
    struct diags list = {0};
    struct err e = {0};
    struct grader *g = NULL;
    struct job *job = fixture_job(refused[_i].spec, "{}", &list);
    ck_assert_ptr_nonnull(job);
    ck_assert_int_eq(grader_new(&g, job, &(struct grader_context){0}, &list, &e), ERR_JOB);
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
        ck_assert_int_eq(grader_new(&g, job, &(struct grader_context){0}, &list, &e), ERR_OK);
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

/* Parts that are right, wrong, or in error, as their names say. */
#define PART(reference) \
    "{type: string_check, operation: eq, input: 'x', reference: '" reference "'}"
#define PARTS                                                       \
    "graders: {yes: " PART("x") ", no: " PART("y") ", lost: " PART( \
        "{{item.nope}}") ", gone: " PART("{{item.n.x}}") "}"

static const struct {
    const char *name;
    const char *more; /* of the spec */
    const char *formula;
    double reward;
    unsigned flags;
    const char *why; /* in the reason; NULL: only the first two parts, and none */
} multis[] = {
    {"a weighted sum", "", "0.75 * yes + 0.25 * no", 0.75, 0, NULL},
    {"rewards are not clamped (GR-4)", "", "8 * yes - 20", -12, 0, NULL},
    {"a part that errs is 0, the formula goes on (GAP-11)", "", "0.5 * yes + lost", 0.5,
     GRADE_INVALID_VARIABLE, "lost: reference: {{item.nope}} resolves nowhere"},
    {"flags come up from parts that the formula does not use", "", "yes", 1, GRADE_INVALID_VARIABLE,
     "lost: "},
    {"and so do reasons", "", "no", 0, GRADE_INVALID_VARIABLE, "; gone: "},
    {"no finite result is an error of its own (GAP-31)", "", "yes / no", 0,
     GRADE_FORMULA | GRADE_INVALID_VARIABLE, "calculate_output, character 5: division by zero"},
    {"for which invalid_grade stands (GAP-10)", "invalid_grade: -0.5, ", "log(no)", -0.5,
     GRADE_FORMULA | GRADE_INVALID_VARIABLE, "the logarithm of 0"},
    {"and for nothing else", "invalid_grade: -0.5, ", "yes + lost", 1, GRADE_INVALID_VARIABLE,
     "lost: "},
};

static struct grader *opened(const char *spec, struct job **job, struct diags *list)
{
    struct err e = {0};
    struct grader *g = NULL;
    *job = fixture_job(spec, "{}", list);
    ck_assert_msg(*job != NULL, "%s", spec);
    if (grader_new(&g, *job, &(struct grader_context){0}, list, &e))
        ck_assert_ptr_null(g);
    return g;
}

START_TEST(test_multi)
{
    bool quiet = multis[_i].why == NULL;
    struct diags list = {0};
    struct job *job = NULL;
    char *spec = mem_printf("{type: multi, name: m, %scalculate_output: '%s', %s}", multis[_i].more,
                            multis[_i].formula,
                            quiet ? "graders: {yes: " PART("x") ", no: " PART("y") "}" : PARTS);
    struct grader *g = opened(spec, &job, &list);
    ck_assert_msg(g != NULL, "%s: %s", multis[_i].name, list.n ? list.at[list.n - 1].text : "");
    struct tape item_tape = fixture_tape(item);
    struct tape sample_tape = fixture_tape(sample);
    struct grade grade;
    for (int again = 0; again < 2; again++)
        grader_grade(g, &(struct grader_input){.item = &item_tape, .sample = &sample_tape}, &grade);
    ck_assert_msg(grade.reward == multis[_i].reward && grade.flags == multis[_i].flags,
                  "%s: %g, flags %u, %s", multis[_i].name, grade.reward, grade.flags, grade.why);
    ck_assert_msg(quiet ? !*grade.why : strstr(grade.why, multis[_i].why) != NULL, "%s: %s",
                  multis[_i].name, grade.why);
    size_t n = 0;
    const struct grader_part *parts = grader_parts(g, &n);
    ck_assert_uint_eq(n, quiet ? 2 : 4);
    ck_assert_str_eq(parts[1].key, "no");
    ck_assert_ptr_eq(grader_at(g, 0), g);
    ck_assert_ptr_eq(grader_at(g, 2), parts[1].grader);
    ck_assert(grade.parts[0].reward == 1 && grade.parts[1].reward == 0);
    ck_assert_uint_eq(grade.parts[0].flags, 0);
    ck_assert(quiet || grade.parts[2].flags == GRADE_INVALID_VARIABLE);
    tape_release(&item_tape);
    tape_release(&sample_tape);
    grader_free(g);
    job_free(job);
    diags_release(&list);
    free(spec);
}
END_TEST

/* `place` is what the caret's line has under it, from the caret on. */
static const struct {
    const char *spec;
    enum diag_severity severity;
    enum diag_code code;
    const char *pointer;
    const char *place;
    const char *text;
    const char *fix;
} told[] = {
#define GOOD "graders: {exact: " PART("x") ", near: " PART("y") "}"
    {"{type: multi, " GOOD ", calculate_output: 'exact + neer'}", DIAG_ERROR, DIAG_J005,
     "/grader/calculate_output", "neer'}", "character 9: 'neer' is the name of no grader",
     "did you mean 'near'?"},
    {"{type: multi, " GOOD ", calculate_output: exact * (near}", DIAG_ERROR, DIAG_J005,
     "/grader/calculate_output", "(near}", "never closed", NULL},
    {"{type: multi, " GOOD ", calculate_output: \"exact\\x20+ +\"}", DIAG_ERROR, DIAG_J005,
     "/grader/calculate_output", "\"exact\\", "character 9: ", NULL},
    {"{type: multi, " GOOD ", calculate_output: '0.5 *\n        exact\n  +  neer'}", DIAG_ERROR,
     DIAG_J005, "/grader/calculate_output", "neer'}", "character 16: ", "'near'?"},
    {"{type: multi, " GOOD ", calculate_output: exact\n         + neer}", DIAG_ERROR, DIAG_J005,
     "/grader/calculate_output", "neer}", "character 9: ", "'near'?"},
    {"{type: multi, " GOOD ", calculate_output: 3}", DIAG_ERROR, DIAG_J004,
     "/grader/calculate_output", "3}", "must be a string", "0.9 * exact"},
    {"{type: multi, " GOOD "}", DIAG_ERROR, DIAG_J003, "/grader/calculate_output", "grader: {",
     "missing key", "0.9 * exact"},
    {"{type: multi, " GOOD ", calculate_output: exact}", DIAG_WARNING, DIAG_J009,
     "/grader/graders/near", "near: {", "does not use it", "take it away"},
    {"{type: multi, " GOOD ", calculate_output: exact - near, invalid_grade: 0.5}", DIAG_WARNING,
     DIAG_J009, "/grader/invalid_grade", "0.5}", "drops it", "be finite for all"},
    {"{type: multi, " GOOD ", calculate_output: exact - near, invalid_grade: x}", DIAG_ERROR,
     DIAG_J004, "/grader/invalid_grade", "x}", "must be a number", NULL},
    {"{type: multi, " GOOD ", calculate_output: exact - near, invalid_grad: 1}", DIAG_ERROR,
     DIAG_J002, "/grader/invalid_grad", "invalid_grad: 1", "unknown key", "'invalid_grade'?"},
    {"{type: multi, graders: [" PART("x") "], calculate_output: a}", DIAG_ERROR, DIAG_J004,
     "/grader/graders", "[{type", "is a list", "graders: {NAME: {type: ...}"},
    {"{type: multi, graders: " PART("x") ", calculate_output: a}", DIAG_ERROR, DIAG_J004,
     "/grader/graders", "{type: string", "is one grader", "graders: {NAME: {type: ...}"},
    {"{type: multi, graders: {}, calculate_output: '1'}", DIAG_ERROR, DIAG_J005, "/grader/graders",
     "{}", "no grader", "NAME"},
    {"{type: multi, graders: x, calculate_output: '1'}", DIAG_ERROR, DIAG_J004, "/grader/graders",
     "x,", "must be an object", "NAME"},
    {"{type: multi, calculate_output: '1'}", DIAG_ERROR, DIAG_J003, "/grader/graders", "grader: {",
     "missing key", "NAME"},
    {"{type: multi, graders: {exact-match: " PART("x") "}, calculate_output: exact-match}",
     DIAG_ERROR, DIAG_J005, "/grader/graders/exact-match", "exact-match: {", "cannot be a name",
     "call it exact_match:"},
    {"{type: multi, graders: {2nd: " PART("x") "}, calculate_output: 2nd}", DIAG_ERROR, DIAG_J005,
     "/grader/graders/2nd", "2nd: {", "cannot be a name", "call it _2nd:"},
    {"{type: multi, graders: {a/b é: " PART("x") "}, calculate_output: a}", DIAG_ERROR, DIAG_J005,
     "/grader/graders/a~1b é", "a/b", "cannot be a name", "call it a_b__:"},
    {"{type: multi, graders: {min: " PART("x") "}, calculate_output: min}", DIAG_WARNING, DIAG_J005,
     "/grader/graders/min", "min: {", "like the function", "call it otherwise"},
    {"{type: multi, graders: {a: {type: multi}}, calculate_output: a}", DIAG_ERROR, DIAG_J005,
     "/grader/graders/a/type", "multi}", "cannot be in another", "bring its graders up"},
    {"{type: multi, graders: {a: 3}, calculate_output: a}", DIAG_ERROR, DIAG_J004,
     "/grader/graders/a", "3}", "must be a grader", NULL},
    {"{type: multi, graders: {a: {name: x}}, calculate_output: a}", DIAG_ERROR, DIAG_J003,
     "/grader/graders/a/type", "a: {name", "needs a 'type'", "string_check"},
    {"{type: multi, graders: {a: {type: strin_check}}, calculate_output: a}", DIAG_ERROR, DIAG_J007,
     "/grader/graders/a/type", "strin_check", "no grader has the type", "'string_check'?"},
    {"{type: multi, graders: {a: {type: string_check, operation: eq, input: '{{itm}}', "
     "reference: b}}, calculate_output: a}",
     DIAG_ERROR, DIAG_J007, "/grader/graders/a/input", "'{{itm}}", "itm", NULL},
    {"{type: multi, graders: {a: {type: string_check, operation: neq, input: a, reference: b}}, "
     "calculate_output: a}",
     DIAG_ERROR, DIAG_J005, "/grader/graders/a/operation", "neq", "neq", "takes ne"},
    {"{type: multi, graders: {a: {type: string_check, operation: eq, input: a, reference: b, "
     "pass_threshold: 0.5}}, calculate_output: a}",
     DIAG_WARNING, DIAG_J009, "/grader/graders/a/pass_threshold", "0.5}", "no effect", "GR-7"},
    {"{type: multi, graders: {a: {type: string_check, name: s, operation: eq, input: a, "
     "reference: b}, b: {type: string_check, name: s, operation: ne, input: a, reference: b}}, "
     "calculate_output: a * b}",
     DIAG_WARNING, DIAG_J009, "/grader/graders/b/name", "s, operation: ne", "both called", "own"},
};

START_TEST(test_a_fault_in_a_multi_is_told_in_its_place)
{
    struct diags list = {0};
    struct job *job = NULL;
    struct grader *g = opened(told[_i].spec, &job, &list);
    ck_assert_int_eq(g == NULL, told[_i].severity == DIAG_ERROR);
    const struct diag *d = NULL;
    for (size_t i = 0; i < list.n && !d; i++) {
        if (list.at[i].code == told[_i].code && strstr(list.at[i].text, told[_i].text))
            d = &list.at[i];
    }
    ck_assert_msg(d != NULL, "%s: %s", told[_i].spec, list.n ? list.at[0].text : "nothing");
    ck_assert_int_eq(d->severity, told[_i].severity);
    size_t len = strlen(told[_i].pointer);
    ck_assert_msg(strlen(d->pointer) >= len &&
                      strcmp(d->pointer + strlen(d->pointer) - len, told[_i].pointer) == 0,
                  "%s", d->pointer);
    const char *under = d->excerpt;
    for (size_t i = 1; i < d->caret; i++) /* columns are code points */
        under += text_sequence(under, strlen(under));
    ck_assert_msg(strncmp(under, told[_i].place, strlen(told[_i].place)) == 0, "%s", under);
    const char *fix = told[_i].fix ? told[_i].fix : "";
    ck_assert_msg(strstr(d->fix ? d->fix : "", fix) || strstr(d->text, fix), "%s",
                  d->fix ? d->fix : "");
    grader_free(g);
    job_free(job);
    diags_release(&list);
}
END_TEST

Suite *grader_suite(void)
{
    Suite *suite = suite_create("grader");
    TCase *tcase = tcase_create("string_check");
    tcase_add_loop_test(tcase, test_string_check, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_a_grader_with_a_fault_is_refused_in_its_place, 0,
                        COUNT_OF(refused));
    tcase_add_loop_test(tcase, test_what_is_doubtful_is_warned_of, 0, COUNT_OF(doubtful));
    tcase_add_test(tcase, test_a_grader_without_a_name_gets_the_same_one_each_time);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("multi");
    tcase_add_loop_test(tcase, test_multi, 0, COUNT_OF(multis));
    tcase_add_loop_test(tcase, test_a_fault_in_a_multi_is_told_in_its_place, 0, COUNT_OF(told));
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("text_similarity");
    tcase_add_loop_test(tcase, test_text_similarity, 0, COUNT_OF(similar));
    tcase_add_test(tcase, test_text_similarity_of_a_path_to_nowhere);
    tcase_add_test(tcase, test_meteor_without_wordnet_says_so);
    suite_add_tcase(suite, tcase);
    return suite;
}
