/* What a grade would be under other readings of what the service leaves open, and what is noted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grader/grader.h"
#include "grader/metric.h"
#include "grader/twice.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static const char item[] = "{\"answer\":\"x\",\"n\":1,\"none\":null,\"list\":[1]}";
static const char last[] =
    "{\"output_text\":\"two\",\"output_tools\":[\"b\"],"
    "\"choices\":[{\"message\":{\"content\":\"x\",\"tool_calls\":[\"b\"]}}]}";
static const char all[] =
    "{\"output_text\":\"two\",\"output_tools\":[\"a\",\"b\"],"
    "\"choices\":[{\"message\":{\"content\":\"x\",\"tool_calls\":[\"a\",\"b\"]}}]}";

#define SIMILAR(metric, input, reference)                                                  \
    "{type: text_similarity, name: g, evaluation_metric: " metric ", input: '" input "', " \
    "reference: '" reference "'}"
#define EQUAL(input, reference) \
    "{type: string_check, operation: eq, input: '" input "', reference: '" reference "'}"

enum { NO_READING = -1 };

static const struct row {
    const char *name;
    const char *spec, *simulation;
    double reward;
    int reading; /* the one looked at; NO_READING: there is none at all */
    double other;
    unsigned notes;
} rows[] = {
    {"WRatio, and ratio beside it (GAP-32)",
     SIMILAR("fuzzy_match", "new york mets", "the wonderful new york mets"), "{}", 0.9,
     READING_FUZZY_MATCH * 4 + 1, 0.65, 0},
    {"the other way round by the switch",
     SIMILAR("fuzzy_match", "new york mets", "the wonderful new york mets"),
     "{grader_variants: {fuzzy_match: ratio}}", 0.65, READING_FUZZY_MATCH * 4, 0.9, 0},
    {"sacreBLEU parts a full stop from its word, NLTK after split() does not (GAP-33)",
     SIMILAR("bleu", "a b c d.", "a b c d ."), "{}", 1, READING_BLEU * 4 + 2, 0.30967873315877292,
     0},
    {"gleu of word_tokenize", SIMILAR("gleu", "this is a test", "this is a test!"), "{}", 0.6,
     READING_GLEU * 4 + 1, 5.0 / 7, 0},
    {"meteor without synonyms", SIMILAR("meteor", "sick kid", "ill child"), "{}", 0.9375,
     READING_METEOR * 4 + 1, 0, 0},
    {"rouge with stems", SIMILAR("rouge_1", "running shoes", "run shoe"), "{}", 0,
     READING_ROUGE * 4 + 1, 1, 0},
    {"rouge's precision", SIMILAR("rouge_1", "a b", "a"), "{}", 2.0 / 3, READING_ROUGE * 4 + 2, 0.5,
     0},
    {"rouge's recall", SIMILAR("rouge_l", "a b", "a"), "{grader_variants: {rouge: precision}}", 0.5,
     READING_ROUGE * 4 + 3, 1, 0},
    {"string_check has no variants", EQUAL("{{sample.output_text}}", "two"), "{}", 1, NO_READING, 0,
     0},
    {"unless it reads tool calls (GAP-28)", EQUAL("{{sample.output_tools[0]}}", "b"), "{}", 1,
     READING_OUTPUT_TOOLS * 4 + READING_ALL_TURNS, 0, 0},
    {"under the other reading too", EQUAL("{{sample.output_tools[0]}}", "b"), "{output_tools: all}",
     1, READING_OUTPUT_TOOLS * 4 + READING_LAST_TURN, 0, 0},
    {"a path that only one of them has",
     EQUAL("{{sample.output_tools[0]}}{{sample.choices[0].message.tool_calls[0]}}", "bb"), "{}", 1,
     READING_OUTPUT_TOOLS * 4 + READING_ALL_TURNS, 0, 0},
    {"choices as a whole hold them",
     SIMILAR("rouge_1", "{{sample.choices}}", "content message tool calls x b"), "{}", 1,
     READING_OUTPUT_TOOLS * 4 + READING_ALL_TURNS, 12.0 / 13, GRADE_NOTE_BIT_NOT_TEXT},
    {"the content of a message does not", EQUAL("{{sample.choices[0].message.content}}", "x"), "{}",
     1, NO_READING, 0, 0},
    {"a multi's formula is worked out under each",
     "{type: multi, graders: {a: " SIMILAR("rouge_1", "running shoes", "run shoe") ", b: " EQUAL(
         "{{sample.output_tools[0]}}", "b") "}, calculate_output: 0.25 * a + 0.5 * b}",
     "{}", 0.5, READING_ROUGE * 4 + 1, 0.75, 0},
    {"with the parts that do not have it as they are",
     "{type: multi, graders: {a: " SIMILAR("rouge_1", "running shoes", "run shoe") ", b: " EQUAL(
         "{{sample.output_tools[0]}}", "b") "}, calculate_output: a + b}",
     "{}", 1, READING_OUTPUT_TOOLS * 4 + READING_ALL_TURNS, 0, 0},
    {"and no finite result is invalid_grade there too",
     "{type: multi, graders: {a: " EQUAL("{{sample.output_tools[0]}}",
                                         "b") "}, "
                                              "calculate_output: 1 / a, invalid_grade: -3}",
     "{}", 1, READING_OUTPUT_TOOLS * 4 + READING_ALL_TURNS, -3, 0},
    {"a number in a template is noted (GAP-29)", EQUAL("{{item.n}}", "1"), "{}", 1, NO_READING, 0,
     GRADE_NOTE_BIT_NOT_TEXT},
    {"so are a list and a null (GAP-30)", EQUAL("{{item.list}}{{item.none}}", "[1]null"), "{}", 1,
     NO_READING, 0, GRADE_NOTE_BIT_NOT_TEXT | GRADE_NOTE_BIT_NOTHING},
    {"rouge sees nothing in other scripts", SIMILAR("rouge_l", "東京", "東京"), "{}", 0,
     READING_ROUGE * 4 + 3, 0, GRADE_NOTE_BIT_UNSEEN},
    {"an empty text is no such text", SIMILAR("rouge_l", " ", "a"), "{}", 0, READING_ROUGE * 4 + 3,
     0, 0},
    {"default_process takes all of it away", SIMILAR("fuzzy_match", "!!", "!!"), "{}", 0,
     READING_FUZZY_MATCH * 4 + 1, 1, GRADE_NOTE_BIT_UNSEEN},
    {"notes come up from a multi's parts",
     "{type: multi, graders: {a: " EQUAL("{{item.n}}", "1") "}, calculate_output: a}", "{}", 1,
     NO_READING, 0, GRADE_NOTE_BIT_NOT_TEXT},
};

static struct grader *opened(const char *spec, const char *simulation, struct job **job)
{
    struct diags list = {0};
    struct err e = {0};
    struct grader *g = NULL;
    *job = fixture_job(spec, simulation, &list);
    ck_assert_msg(*job != NULL, "%s: %s", spec, list.n ? list.at[0].text : "");
    ck_assert_msg(grader_new(&g, *job, &(struct grader_context){0}, &list, &e) == ERR_OK, "%s: %s",
                  spec, list.n ? list.at[0].text : e.text);
    diags_release(&list);
    return g;
}

START_TEST(test_a_grade_and_another_reading_of_it)
{
    const struct row *row = &rows[_i];
    struct job *job = NULL;
    struct grader *g = opened(row->spec, row->simulation, &job);
    struct tape item_tape = fixture_tape(item);
    struct tape last_tape = fixture_tape(last);
    struct tape all_tape = fixture_tape(all);
    struct grader_input in = {.item = &item_tape, .sample = &last_tape, .other_sample = &all_tape};
    struct grade grade;
    for (int again = 0; again < 2; again++) /* the second time from memory */
        grader_grade(g, &in, &grade);
    ck_assert_msg(fabs(grade.reward - row->reward) < 1e-9, "%s: %.17g", row->name, grade.reward);
    ck_assert_msg(grade.notes == row->notes, "%s: notes %u", row->name, grade.notes);
    ck_assert_uint_eq(grade.readings, grader_readings(g));
    if (row->reading == NO_READING) {
        ck_assert_msg(!grade.readings, "%s: %x", row->name, grade.readings);
    } else {
        ck_assert_msg(grade.readings >> row->reading & 1, "%s: %x", row->name, grade.readings);
        ck_assert_msg(fabs(grade.other[row->reading] - row->other) < 1e-9, "%s: %.17g", row->name,
                      grade.other[row->reading]);
    }
    /* with the same sample under both readings, and with the other one not known */
    in.other_sample = in.sample;
    grader_grade(g, &in, &grade);
    int calls = reading_of(READING_OUTPUT_TOOLS, !job->sim.readings[READING_OUTPUT_TOOLS]);
    ck_assert(!(grade.readings >> calls & 1) || grade.other[calls] == grade.reward);
    in.other_sample = NULL;
    grader_grade(g, &in, &grade);
    ck_assert(!(grade.readings >> calls & 1));
    tape_release(&item_tape);
    tape_release(&last_tape);
    tape_release(&all_tape);
    grader_free(g);
    job_free(job);
}
END_TEST

static void set_done(struct grading *x)
{
    *(bool *)x->owner = true;
}

/* What a type that takes its time is graded by: here with one that does not. */
START_TEST(test_two_samples_are_graded_for_one_grade)
{
    struct job *job = NULL;
    struct grader *g = opened(EQUAL("{{sample.output_tools[0]}}", "b"), "{}", &job);
    struct tape item_tape = fixture_tape(item);
    struct tape last_tape = fixture_tape(last);
    struct tape all_tape = fixture_tape(all);
    bool done = false;
    json_t *facts = json_object();
    struct grading x = {.done = set_done, .owner = &done, .facts = facts};
    int calls = reading_of(READING_OUTPUT_TOOLS, READING_ALL_TURNS);
    x.grader = g; /* as grader_start() leaves it */
    x.readings = grader_readings(g);
    twice_start(
        g, &x,
        &(struct grader_input){.item = &item_tape, .sample = &last_tape, .other_sample = &all_tape},
        calls);
    ck_assert(done && !x.grader && !x.twice);
    ck_assert(x.out.reward == 1 && x.out.other[calls] == 0 && x.out.readings == 1u << calls);
    ck_assert_uint_eq(json_array_size(json_object_get(facts, "fields")), 2);
    const json_t *other = json_array_get(json_object_get(facts, "other_readings"), 0);
    ck_assert(json_real_value(json_object_get(other, "reward")) == 0);
    ck_assert_str_eq(json_string_value(json_object_get(other, "reading")), "all");
    json_decref(facts);
    tape_release(&item_tape);
    tape_release(&last_tape);
    tape_release(&all_tape);
    grader_free(g);
    job_free(job);
}
END_TEST

START_TEST(test_without_wordnet_there_is_nothing_to_compare)
{
    setenv("WNSEARCHDIR", "/nowhere", 1);
    struct job *job = NULL;
    struct grader *g = opened(SIMILAR("meteor", "sick kid", "ill child"), "{}", &job);
    unsetenv("WNSEARCHDIR");
    ck_assert_uint_eq(grader_readings(g), 0);
    grader_free(g);
    job_free(job);
}
END_TEST

/* The switch that chooses a reading is what it is told as. */
START_TEST(test_every_reading_has_a_name_and_a_switch)
{
    for (int s = 0; s < READING_N_SWITCHES; s++) {
        for (int w = 0; reading_words[s][w]; w++) {
            int r = reading_of((enum reading_switch)s, w);
            unsigned others = reading_others((enum reading_switch)s, w);
            ck_assert_str_eq(reading_word(r), reading_words[s][w]);
            ck_assert_ptr_nonnull(reading_switch(r));
            ck_assert(!(others >> r & 1) && others);
        }
    }
}
END_TEST

/* What would hold a thread up is not measured: the grade is lost, which is no reward. */
START_TEST(test_texts_that_take_too_long)
{
    struct job *job = NULL;
    struct grader *g =
        opened(SIMILAR("fuzzy_match", "{{sample.output_text}}", "{{item.a}}"), "{}", &job);
    char *long_text = mem_array(300001, 1);
    memset(long_text, 'a', 300000);
    char *sample_json = mem_printf("{\"output_text\":\"%s\"}", long_text);
    long_text[0] = 'b';
    long_text[299999] = 'c';
    char *item_json = mem_printf("{\"a\":\"%s\"}", long_text);
    struct tape sample_tape = fixture_tape(sample_json);
    struct tape item_tape = fixture_tape(item_json);
    struct grade grade;
    grader_grade(g, &(struct grader_input){.item = &item_tape, .sample = &sample_tape}, &grade);
    ck_assert(grade.lost && grade.reward == 0 && !grade.flags);
    ck_assert_msg(strstr(grade.why, "300000 and 300000 characters") != NULL, "%s", grade.why);
    tape_release(&sample_tape);
    tape_release(&item_tape);
    free(long_text);
    free(sample_json);
    free(item_json);
    grader_free(g);
    job_free(job);
}
END_TEST

static const struct {
    const char *metric;
    size_t n_input, n_reference;
    bool bounded;
} lengths[] = {
    {"fuzzy_match", 100000, 100000, true}, {"fuzzy_match", 200000, 200000, false},
    {"fuzzy_match", 100000, 40000, false}, /* windows */
    {"fuzzy_match", 1000000, 1000, true},  {"rouge_l", 500000, 500000, true},
    {"rouge_l", 1000000, 1000000, false},  {"rouge_2", 1000000, 1000000, true},
};

START_TEST(test_which_texts_are_too_long)
{
    enum { MOST = 1000000 };
    uint32_t *text = mem_array(MOST, sizeof(*text));
    for (size_t i = 0; i < MOST; i++)
        text[i] = 'a';
    struct span input = {text, lengths[_i].n_input};
    struct span reference = {text, lengths[_i].n_reference};
    ck_assert_int_eq(metric_is_bounded(metric_find(lengths[_i].metric), input, reference),
                     lengths[_i].bounded);
    free(text);
}
END_TEST

/* What counts is what default_process leaves: 120,000 and 40,000 of 150,000. */
START_TEST(test_space_at_the_ends_does_not_hide_a_long_window)
{
    enum { N = 150000 };
    uint32_t *text = mem_array((size_t)2 * N, sizeof(*text));
    for (size_t i = 0; i < (size_t)2 * N; i++)
        text[i] = i < 120000 || (i >= N && i < N + 40000) ? 'a' : ' ';
    ck_assert(!metric_is_bounded(metric_find("fuzzy_match"), (struct span){text, N},
                                 (struct span){text + N, N}));
    free(text);
}
END_TEST

Suite *reading_suite(void)
{
    Suite *suite = suite_create("reading");
    TCase *tcase = tcase_create("reading");
    tcase_add_loop_test(tcase, test_a_grade_and_another_reading_of_it, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_two_samples_are_graded_for_one_grade);
    tcase_add_test(tcase, test_without_wordnet_there_is_nothing_to_compare);
    tcase_add_test(tcase, test_every_reading_has_a_name_and_a_switch);
    tcase_add_test(tcase, test_texts_that_take_too_long);
    tcase_add_loop_test(tcase, test_which_texts_are_too_long, 0, COUNT_OF(lengths));
    tcase_add_test(tcase, test_space_at_the_ends_does_not_hide_a_long_window);
    suite_add_tcase(suite, tcase);
    return suite;
}
