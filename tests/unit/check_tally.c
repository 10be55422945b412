#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/train/tally.h"
#include "sim/view/csv.h"
#include "sim/view/events.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

/* A wave written down as letters: 1 and 0 are graded rewards, c a cut one with reward 0, d lost to
 * a tool, p a policy's failure, x cancelled, - never started. */
static void fill(struct wave *w, const char *letters)
{
    wave_init(w, 1, strlen(letters));
    for (size_t i = 0; letters[i]; i++) {
        struct rollout_end *end = &w->ends[i];
        end->started = letters[i] != '-';
        end->answered = true;
        end->n_turns = 2;
        end->outcome = letters[i] == 'c'   ? OUTCOME_GRADED_CUT
                       : letters[i] == 'd' ? OUTCOME_DISCARDED_TOOL
                       : letters[i] == 'p' ? OUTCOME_POLICY_FAILED
                       : letters[i] == 'x' ? OUTCOME_CANCELLED
                                           : OUTCOME_GRADED;
        end->reward = letters[i] == '1';
        end->line = i + 1;
    }
}

static struct dataset *no_rows(void)
{
    const char *folder = getenv("TMPDIR");
    char *path = mem_printf("%s/rftsim-XXXXXX.jsonl", folder ? folder : "/tmp");
    int fd = mkstemps(path, 6);
    static const char row[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}\n";
    ck_assert_int_eq(write(fd, row, sizeof(row) - 1), (ssize_t)sizeof(row) - 1);
    close(fd);
    struct diags list = {0};
    struct err e = {0};
    struct dataset *d = NULL;
    ck_assert_int_eq(dataset_open(&d, path, &list, &e), ERR_OK);
    unlink(path);
    free(path);
    diags_release(&list);
    return d;
}

static const struct sums {
    const char *name;
    const char *ends;
    uint64_t n, n_graded;
    double mean;      /* -9: none */
    double penalised; /* -9: none */
} rows[] = {
    {"all graded", "1101", 4, 4, 0.75, 0.75},
    {"an ungraded rollout is -1 in the service's mean only (EV-4)", "11d", 3, 2, 1, 1.0 / 3},
    {"so is a policy's failure", "1p", 2, 1, 1, 0},
    {"a cut one counts as graded", "1c", 2, 2, 0.5, 0.5},
    {"a cancelled one counts nowhere", "1x-", 1, 1, 1, 1},
    {"nothing graded has no mean", "dd", 2, 0, -9, -1},
    {"nothing at all has neither", "x-", 0, 0, -9, -9},
};

START_TEST(test_means_over_how_many)
{
    const struct sums *row = &rows[_i];
    struct dataset *d = no_rows();
    struct wave w = {.dataset = d};
    struct tally t;
    fill(&w, row->ends);
    tally_init(&t, 0);
    tally_add_wave(&t, &w, 10);
    double mean = -9;
    double penalised = -9;
    tally_mean(&t, &mean);
    tally_penalised_mean(&t, &penalised);
    ck_assert_msg(t.n == row->n && t.n_graded == row->n_graded, "%s", row->name);
    ck_assert_msg(mean == row->mean && penalised == row->penalised, "%s: %g, %g", row->name, mean,
                  penalised);

    struct tally twice;
    tally_init(&twice, 0);
    tally_merge(&twice, &t);
    tally_merge(&twice, &t);
    ck_assert_uint_eq(twice.n, 2 * t.n);
    ck_assert(twice.reward_sum == 2 * t.reward_sum);
    tally_release(&twice);
    tally_release(&t);
    wave_release(&w);
    dataset_free(d);
}
END_TEST

/* GAP-52: they are graded, and neither unresponsive (the sample has their call) nor an error. */
START_TEST(test_rollouts_that_addressed_a_call_wrongly_are_counted)
{
    struct dataset *d = no_rows();
    struct wave w = {.dataset = d};
    struct tally t;
    fill(&w, "010");
    w.ends[0].answered = w.ends[2].answered = false;
    w.ends[2].misaddressed = true;
    w.ends[2].why = mem_text("turn 1, a call");
    tally_init(&t, 0);
    tally_add_wave(&t, &w, 10);
    ck_assert_uint_eq(t.n_misaddressed, 1);
    ck_assert_uint_eq(t.n_unresponsive, 1);
    ck_assert_uint_eq(t.outcomes[OUTCOME_GRADED], 3);
    ck_assert_ptr_nonnull(strstr(t.misaddressed.text, ":3: turn 1, a call"));
    struct tally twice;
    tally_init(&twice, 0);
    tally_merge(&twice, &t);
    tally_merge(&twice, &t);
    ck_assert_uint_eq(twice.n_misaddressed, 2);
    ck_assert_str_eq(twice.misaddressed.text, t.misaddressed.text);
    tally_release(&twice);
    tally_release(&t);
    wave_release(&w);
    dataset_free(d);
}
END_TEST

/* A multi's graders are counted over graded rollouts only (EV-4), one by one. */
START_TEST(test_the_parts_of_a_grade_are_added_up_apart)
{
    struct dataset *d = no_rows();
    struct wave w = {.dataset = d};
    struct tally t;
    struct tally twice;
    fill(&w, "1d0");
    w.n_parts = 2;
    w.parts = mem_array(6, sizeof(*w.parts));
    w.parts[0] = (struct grade_part){.reward = 0.25, .ns = 1000000000};
    w.parts[2] = w.parts[3] = (struct grade_part){.reward = 9, .flags = GRADE_OTHER};
    w.parts[4] = (struct grade_part){.reward = 0.5, .ns = 500000000};
    w.parts[5] = (struct grade_part){.flags = GRADE_INVALID_VARIABLE | GRADE_OTHER};
    w.ends[2].grade_flags = GRADE_INVALID_VARIABLE | GRADE_OTHER;
    w.ends[2].why = mem_text("b: nowhere");
    tally_init(&t, 0);
    tally_init(&twice, 0);
    ck_assert_uint_eq(tally_grade(&t, 2).n, 0); /* nothing yet */
    tally_add_wave(&t, &w, 10);
    tally_merge(&twice, &t);
    tally_merge(&twice, &t);
    for (uint64_t k = 1; k <= 2; k++) {
        struct grade_tally whole = tally_grade(k == 1 ? &t : &twice, 0);
        struct grade_tally a = tally_grade(k == 1 ? &t : &twice, 1);
        struct grade_tally b = tally_grade(k == 1 ? &t : &twice, 2);
        double mean = 0;
        ck_assert(whole.n == 2 * k && a.n == 2 * k && b.n == 2 * k);
        ck_assert(grade_tally_mean(&a, &mean) && mean == 0.375);
        ck_assert(grade_tally_mean(&b, &mean) && mean == 0);
        ck_assert(a.n_flagged == 0 && b.n_flagged == k && whole.n_flagged == k);
        ck_assert(b.errors[GRADE_ERROR_OTHER] == k && b.errors[GRADE_ERROR_INVALID_VARIABLE] == k);
        ck_assert(a.seconds == 1.5 * (double)k);
    }
    tally_release(&twice);
    tally_release(&t);
    wave_release(&w);
    dataset_free(d);
}
END_TEST

/* Rewards under another reading: how many are far, how many the threshold parts, and the first. */
START_TEST(test_other_readings_are_compared_one_by_one)
{
    enum {
        RATIO = READING_FUZZY_MATCH * READING_WORDS + 1,
        ALL = READING_OUTPUT_TOOLS * READING_WORDS + 1
    };
    static const double under_ratio[] = {0.95, 9, 0.45, 0.2};
    struct dataset *d = no_rows();
    struct wave w = {.dataset = d, .pass_threshold = 0.5};
    struct tally t;
    struct tally twice;
    fill(&w, "1d01");
    w.ends[2].reward = 0.5; /* passes, and fails under the other by no more than 0.1 */
    w.readings = 1u << RATIO | 1u << ALL;
    w.n_others = 2;
    w.others = mem_array(8, sizeof(*w.others));
    for (size_t i = 0; i < 4; i++) {
        struct grade grade = {.readings = w.readings};
        grade.other[RATIO] = under_ratio[i];
        grade.other[ALL] = w.ends[i].reward;
        if (i == 3)
            grade.readings &= ~(1u << ALL); /* not known of this one */
        wave_note_others(&w, i, &grade);
    }
    tally_init(&t, 0);
    tally_init(&twice, 0);
    tally_add_wave(&t, &w, 10);
    tally_merge(&twice, &t);
    tally_merge(&twice, &t);
    for (uint64_t k = 1; k <= 2; k++) {
        const struct tally *sum = k == 1 ? &t : &twice;
        const struct reading_tally *r = &sum->readings[RATIO];
        ck_assert(r->n == 3 * k && r->n_far == k && r->n_across == 2 * k);
        ck_assert(r->largest == 0.8 && r->sum == (double)k * (0.95 + 0.45 + 0.2));
        ck_assert_ptr_nonnull(strstr(r->first.text, ":3: 0.5, and 0.45 under the other"));
        ck_assert(reading_tally_differs(r));
        ck_assert(sum->readings[ALL].n == 2 * k && !reading_tally_differs(&sum->readings[ALL]));
        ck_assert_uint_eq(sum->readings[0].n, 0);
    }
    tally_release(&twice);
    tally_release(&t);
    wave_release(&w);
    dataset_free(d);
}
END_TEST

START_TEST(test_notes_are_counted_with_their_first)
{
    struct dataset *d = no_rows();
    struct wave w = {.dataset = d};
    struct tally t;
    fill(&w, "1d01");
    for (size_t i = 1; i < 4; i++)
        w.ends[i].grade_notes = GRADE_NOTE_BIT_UNSEEN | GRADE_NOTE_BIT_NOTHING;
    w.ends[2].noted[GRADE_NOTE_NOTHING] = (struct grade_noted){"input", "item.answer"};
    w.ends[3].noted[GRADE_NOTE_NOTHING] = (struct grade_noted){"reference", "item.other"};
    tally_init(&t, 0);
    tally_add_wave(&t, &w, 10);
    tally_merge(&t, &t);
    ck_assert_uint_eq(t.notes[GRADE_NOTE_UNSEEN], 4);
    ck_assert_uint_eq(t.notes[GRADE_NOTE_NOT_TEXT], 0);
    ck_assert_ptr_nonnull(strstr(t.note_examples[GRADE_NOTE_UNSEEN].text, ":3: "));
    ck_assert_ptr_nonnull(
        strstr(t.note_examples[GRADE_NOTE_NOTHING].text, ":3: input: {{item.answer}}"));
    tally_release(&t);
    wave_release(&w);
    dataset_free(d);
}
END_TEST

/* The recorded step of section 13: 753 graded of 768, mean 0.11509561752988048, and 14 of 17 calls
 * successful. The service's file has 0.09331640625 and 0.17647058823529413 for it. */
START_TEST(test_the_recorded_step_comes_out_as_recorded)
{
    struct tally t;
    tally_init(&t, 1);
    t.n = 768;
    t.n_graded = 753;
    t.reward_sum = 753 * 0.11509561752988048;
    t.tools[0].n_ok = 14;
    t.tools[0].n_failed = 3;
    double value = 0;
    ck_assert(tally_penalised_mean(&t, &value));
    ck_assert(value - 0.09331640625 < 1e-15 && 0.09331640625 - value < 1e-15);
    ck_assert(tool_tally_error_rate(&t.tools[0], &value));
    ck_assert(value == 0.17647058823529413);
    tally_release(&t);
}
END_TEST

static char *read_back(const char *path)
{
    static char text[8192];
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    unlink(path);
    return text;
}

/* The same numbers must stand in the file, in the event's data and in its message. */
START_TEST(test_a_step_reads_the_same_everywhere)
{
    struct diags list = {0};
    struct err e = {0};
    struct grader *grader = NULL;
    struct job *job = fixture_job(FIXTURE_GRADER, "{}", &list);
    ck_assert_int_eq(grader_new(&grader, job, &(struct grader_context){0}, &list, &e), ERR_OK);
    struct dataset *d = no_rows();
    struct wave w = {.dataset = d};
    struct tally t;
    fill(&w, "11d");
    tally_init(&t, 1);
    tally_add_wave(&t, &w, 10);
    struct step_report report = {.step = 3, .total_steps = 7, .train = &t, .valid = NULL};

    const char *folder = getenv("TMPDIR");
    char *csv_path = mem_printf("%s/rftsim-%d.csv", folder ? folder : "/tmp", (int)getpid());
    char *events_path = mem_printf("%s/rftsim-%d.jsonl", folder ? folder : "/tmp", (int)getpid());
    struct csv csv;
    struct events events;
    csv_init(&csv, csv_path, job, grader);
    ck_assert_int_eq(csv_create(&csv, &e), ERR_OK);
    ck_assert_int_eq(csv_step(&csv, &report, &e), ERR_OK);
    csv_close(&csv);
    ck_assert_int_eq(events_open(&events, events_path, grader, &e), ERR_OK);
    ck_assert_int_eq(events_step(&events, &report, &e), ERR_OK);
    events_close(&events);

    const char *text = read_back(csv_path);
    ck_assert_ptr_nonnull(
        strstr(text, "\n3,0.3333333333333333,,,,0,,,,,0,,0,0,,0,2,0,2,0,2,,,,,,,1,,"));
    text = read_back(events_path);
    ck_assert_ptr_nonnull(strstr(text, "\"message\":\"Step 3/7 , train mean reward=0.33\""));
    ck_assert_ptr_nonnull(
        strstr(text, "\"step\":3,\"total_steps\":7,\"train_mean_reward\":0.333333"));
    ck_assert_ptr_nonnull(strstr(text, "\"scores\":{\"train_reward_mean\":0.333333"));
    ck_assert_ptr_nonnull(strstr(text, "\"type\":\"string_check\",\"train_reward_mean\":1.0}"));
    ck_assert_ptr_null(strstr(text, "\"valid_"));
    free(csv_path);
    free(events_path);
    tally_release(&t);
    wave_release(&w);
    dataset_free(d);
    grader_free(grader);
    job_free(job);
    diags_release(&list);
}
END_TEST

START_TEST(test_tokens_are_means_over_turns_that_told)
{
    struct dataset *d = no_rows();
    struct wave w = {.dataset = d};
    struct tally t;
    struct tally sum;
    double mean = 0;
    fill(&w, "11d");
    w.ends[0].tokens = (struct tokens){
        .n_turns = 2, .n_reasoning = 1, .completion = 50, .reasoning = 9, .prompt = 7};
    w.ends[2].tokens = (struct tokens){.n_turns = 1, .completion = 10, .prompt = 8};
    tally_init(&t, 0);
    tally_init(&sum, 0);
    ck_assert(!tokens_completion_mean(&t.tokens, &mean)); /* a stub's */
    ck_assert(!tokens_reasoning_mean(&t.tokens, &mean));
    tally_add_wave(&t, &w, 10);
    tally_merge(&sum, &t);
    ck_assert(tokens_completion_mean(&sum.tokens, &mean));
    ck_assert(mean == 20);
    ck_assert(tokens_reasoning_mean(&sum.tokens, &mean));
    ck_assert(mean == 9);
    ck_assert_int_eq(sum.tokens.prompt, 15);
    tally_release(&t);
    tally_release(&sum);
    wave_release(&w);
    dataset_free(d);
}
END_TEST

Suite *tally_suite(void)
{
    Suite *suite = suite_create("tally");
    TCase *tcase = tcase_create("tally");
    tcase_add_loop_test(tcase, test_means_over_how_many, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_rollouts_that_addressed_a_call_wrongly_are_counted);
    tcase_add_test(tcase, test_other_readings_are_compared_one_by_one);
    tcase_add_test(tcase, test_notes_are_counted_with_their_first);
    tcase_add_test(tcase, test_the_parts_of_a_grade_are_added_up_apart);
    tcase_add_test(tcase, test_the_recorded_step_comes_out_as_recorded);
    tcase_add_test(tcase, test_a_step_reads_the_same_everywhere);
    tcase_add_test(tcase, test_tokens_are_means_over_turns_that_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
