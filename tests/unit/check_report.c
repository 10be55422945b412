#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/secret.h"
#include "sim/view/junit.h"
#include "sim/view/report.h"
#include "sim/view/report_json.h"
#include "sim/view/transcript.h"
#include "tests/unit/histories.h"
#include "tests/unit/suites.h"

/* A bit of everything, and things without end. */
static struct history full(void)
{
    struct history h = histories_run(
        "eval 0: 0 .5 1 | 0 0 0 | 1 .2 0 | 0 0 .4; step 1: 0 1 0 d | 0 0 0 0 | 2> c0 1 1 s0; "
        "step 2: 3> 1 1 1 1 | e0 1 d g; step 3: 0 0 1 d | 1 1 0 p; "
        "eval 3: 1 .5 1 | 1 0 1 | 1 1 1 | .4 .5 0; step 4: 1 1 0 1 | 0 0 0 1; step 5!: 1 x x");
    h.pass_threshold = 0.5;
    h.max_steps = 5;
    h.service_rollouts = 510;
    histories_add_tool(&h, "lookup_the_order_of_a_customer_by_address", WAVE_TRAIN, 40, 12,
                       TOOL_KIND_CLIENT_ERROR);
    histories_add_tool(&h, "refund", WAVE_TRAIN, 0, 900, TOOL_KIND_SERVER_ERROR);
    histories_add_tool(&h, "", WAVE_VALID, 0, 1, TOOL_KIND_UNKNOWN);
    for (size_t i = 0; i < h.n_rollouts; i++) {
        free(h.rollouts[i].why);
        h.rollouts[i].why =
            strdup("it \x1b[31mwent\nwrong <here> & there, at great length, in many "
                   "words that say little more than that it did go wrong");
    }
    return h;
}

static struct history one_step(void)
{
    struct history_step step = history_no_step;
    step.step = 1;
    step.train_mean = 0.5;
    return histories_results(&step, 1);
}

static struct history nothing(void)
{
    return histories_run("");
}

static struct history dead(void)
{
    return histories_run("eval 0: d d; step 1: d d; step 2!: d");
}

static struct history parts(void)
{
    static const char *const keys[] = {"looks", "is_right_to_the_letter", "c", "d", "e", "f"};
    static const double rewards[] = {1, 0, 0, 0, 0, 0, 0.5, 0.25, 0, 0, 0, 0};
    struct history h = histories_run("step 1: 1; step 2: 0");
    histories_add_parts(&h, COUNT_OF(keys), keys, rewards);
    return h;
}

static const struct source_row {
    const char *name;
    struct history (*make)(void);
    const char *has, *has_not; /* in the text; NULL: any */
} source_rows[] = {
    {"a run", full, "would this job have survived? no\n", "sub-scores"},
    {"a result file of which little is known", one_step, "result file", "signal"},
    {"parts", parts,
     "\nsub-scores         reward         looks is_right_t...             c             d"
     "             e\n"
     "  step 1           1.0000        1.0000        0.0000        0.0000        0.0000"
     "        0.0000\n"
     "  step 2           0.0000        0.5000        0.2500        0.0000        0.0000"
     "        0.0000\n"
     "  (5 of 6 graders; --json has all)\n",
     NULL},
    {"nothing graded", dead, "steps      1 of 2, 1 evaluation\n", NULL},
    {"nothing at all", nothing, "no rollout ended", "reward  "},
};

struct told {
    struct history h;
    struct facts f;
    struct verdict v;
    struct gates_result gates;
};

static void tell(struct told *t, struct history (*make)(void))
{
    struct gates gates = {0.9, 0.01, true};
    t->h = make();
    facts_make(&t->f, &t->h);
    verdict_make(&t->v, &t->f);
    gates_look(&t->gates, &gates, &t->f, &t->v);
}

static void told_release(struct told *t)
{
    gates_release(&t->gates);
    verdict_release(&t->v);
    facts_release(&t->f);
    history_release(&t->h);
}

START_TEST(test_the_text_fits_and_has_no_nan)
{
    const struct source_row *row = &source_rows[_i];
    struct told t;
    struct buf text = {0};
    tell(&t, row->make);
    report_write(&text, &t.f, &t.v);
    ck_assert_msg(!strcasestr(buf_text(&text), "nan"), "%s:\n%s", row->name, buf_text(&text));
    ck_assert_ptr_null(strchr(buf_text(&text), '\x1b'));
    for (char *line = text.at, *end; (end = strchr(line, '\n')); line = end + 1) {
        ck_assert_msg(end - line <= REPORT_COLUMNS, "%s: %.*s", row->name, (int)(end - line), line);
        ck_assert_msg(end == line || end[-1] != ' ', "%s: %.*s|", row->name, (int)(end - line),
                      line);
    }
    if (row->has)
        ck_assert_msg(strstr(buf_text(&text), row->has), "%s:\n%s", row->name, buf_text(&text));
    if (row->has_not)
        ck_assert_ptr_null(strstr(buf_text(&text), row->has_not));
    buf_release(&text);
    told_release(&t);
}
END_TEST

/* Every key that a number can stand under is there, and holds a finite number or null. */
static void check_value(const json_t *value, const char *key)
{
    size_t i = 0;
    const char *name = NULL;
    json_t *one = NULL;
    ck_assert_msg(value != NULL, "%s", key);
    if (json_is_real(value))
        ck_assert_msg(isfinite(json_real_value(value)), "%s", key);
    json_array_foreach(value, i, one) check_value(one, key);
    void *iter = json_object_iter((json_t *)(uintptr_t)value);
    for (; iter; iter = json_object_iter_next((json_t *)(uintptr_t)value, iter)) {
        name = json_object_iter_key(iter);
        check_value(json_object_iter_value(iter), name);
    }
}

START_TEST(test_the_object_holds_everything)
{
    static const char *const keys[] = {"type",     "version", "verdict", "gates",
                                       "outcomes", "curve",   "alarms",  "tools",
                                       "graders",  "picks",   "signal",  "training_rows"};
    const struct source_row *row = &source_rows[_i];
    struct told t;
    tell(&t, row->make);
    json_t *o = report_json(&t.f, &t.v, &t.gates);
    check_value(o, row->name);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        ck_assert_msg(json_object_get(o, keys[i]), "%s: %s", row->name, keys[i]);
    char *text = json_dumps(o, 0);
    ck_assert_ptr_nonnull(text);
    free(text);
    json_decref(o);
    told_release(&t);
}
END_TEST

START_TEST(test_a_case_for_each_rule_and_gate)
{
    const struct source_row *row = &source_rows[_i];
    struct told t;
    struct buf text = {0};
    size_t n_cases = 0;
    size_t n_failures = 0;
    size_t n_skipped = 0;
    tell(&t, row->make);
    junit_write(&text, &t.f, &t.v, &t.gates, true);
    for (const char *c = buf_text(&text); (c = strstr(c, "<testcase ")); c++)
        n_cases++;
    for (const char *c = buf_text(&text); (c = strstr(c, "<failure ")); c++)
        n_failures++;
    for (const char *c = buf_text(&text); (c = strstr(c, "<skipped ")); c++)
        n_skipped++;
    ck_assert_uint_eq(n_cases, VERDICT_N_RULES + 2);
    ck_assert_uint_eq(n_skipped, t.v.n_unchecked);
    ck_assert_uint_eq(n_failures, t.v.n_by[VERDICT_FATAL] + t.v.n_by[VERDICT_WARNING] +
                                      !t.gates.at[1].met + !t.gates.at[2].met);
    char *head = NULL;
    ck_assert_int_gt(asprintf(&head, "tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"",
                              n_cases, n_failures, n_skipped),
                     0);
    ck_assert_msg(strstr(buf_text(&text), head), "%s: %s", row->name, buf_text(&text));
    free(head);
    buf_release(&text);
    told_release(&t);
}
END_TEST

START_TEST(test_what_xml_cannot_hold_is_written_otherwise)
{
    struct told t;
    struct buf text = {0};
    tell(&t, nothing);
    free(t.h.path);
    t.h.path = strdup("a<b>&\"c'\x01\xff");
    junit_write(&text, &t.f, &t.v, &t.gates, false);
    ck_assert_ptr_nonnull(
        strstr(buf_text(&text), "name=\"a&lt;b&gt;&amp;&quot;c&apos; \xef\xbf\xbd\""));
    buf_release(&text);
    told_release(&t);
}
END_TEST

static const struct transcript_row {
    const char *name;
    const char *doc;
    const char *text;
} transcript_rows[] = {
    {"nothing is known", "{}", ""},
    {"a call with its attempts",
     "{'turns': [{'text': null, 'calls': [{'tool': 'f', 'arguments': '{}', 'output': 'x', 'kind': "
     "'ok', 'attempts': [{'status': 503, 'fault': 'http_5xx'}, {'status': 200}]}]}]}",
     "turn 1\n"
     "  >         f {}\n"
     "    attempt   1: HTTP 503, http_5xx\n"
     "    attempt   2: HTTP 200\n"
     "  <         x\n"},
    {"one attempt is not told, a failure is",
     "{'turns': [{'calls': [{'tool': 'f', 'kind': 'timeout', 'attempts': [{'status': 0}]}]}]}",
     "turn 1\n"
     "  >         f\n"
     "  ! failed  timeout\n"},
    {"the grade with its parts",
     "{'answer': 'a', 'outcome': 'graded', 'grade': {'name': 'g', 'reward': 0.5, 'errors': [], "
     "'parts': [{'key': 'k', 'reward': 0, 'errors': ['other_error']}]}}",
     "answer    a\n"
     "outcome   graded\n"
     "grader    g\n"
     "reward    0.5\n"
     "  k         0\n"
     "            [\"other_error\"]\n"},
    {"control characters stand by their names, lines stay", "{'answer': 'a\\u001b[1m\\nb'}",
     "answer    a<U+001B>[1m\n"
     "          b\n"},
    {"a call that was not made, as it was addressed",
     "{'turns': [{'kind': 'misaddressed', 'recipient': 'f', 'text': '{}', 'calls': []}]}",
     "turn 1\n"
     "  >         f {}\n"
     "  ! failed  not made: addressed wrongly; the rollout ends here (GAP-52)\n"},
};

/* Of turns alone, with what went over the wire, 60 columns wide. */
static const struct transcript_row wire_rows[] = {
    {"the last attempt, if it was the only one",
     "{'turns': [{'left': 2, 'calls': [{'tool': 'f', 'arguments': '{}', 'output': 'x', 'kind': "
     "'ok', 'status': 200, 'n_attempts': 1, 'latency_s': 0.0125, 'words': 'the endpoint\\u0027s', "
     "'warnings': ['w']}]}]}",
     "turn 1, 2 left\n"
     "  >         f {}\n"
     "  wire      HTTP 200 in 12.50 ms\n"
     "  <         x\n"
     "  words     the endpoint's\n"
     "  warning   w\n"},
    {"each attempt, if there were several",
     "{'turns': [{'left': 0, 'calls': [{'tool': 'f', 'output': 'x', 'kind': 'ok', 'status': 200, "
     "'n_attempts': 2, 'latency_s': 0.001, 'attempts': [{'status': 0, 'fault': 'refused', "
     "'latency_s': 0.002}, {'status': 200, 'fault': 'ok', 'latency_s': 0.001}]}]}]}",
     "turn 1, 0 left\n"
     "  >         f\n"
     "    attempt   1: no answer in 2.00 ms, refused\n"
     "    attempt   2: HTTP 200 in 1.00 ms, ok\n"
     "  <         x\n"},
    {"nothing, and why",
     "{'turns': [{'calls': [{'tool': 'f', 'kind': 'unknown_tool', 'n_attempts': 0}, "
     "{'tool': 'g', 'kind': 'ok', 'status': 204, 'n_attempts': 1}]}]}",
     "turn 1, 2 calls in parallel\n"
     "  >         f\n"
     "  wire      nothing was sent\n"
     "  ! failed  unknown_tool: not sent: the job has no tool of\n"
     "            this name; the model is shown it as the tool's\n"
     "            result, and the rollout goes on\n"
     "  >         g\n"
     "  wire      HTTP 204\n"},
    {"what a learner drew from, the likeliest first, equals in their order, the rest counted",
     "{'turns': [{'state': 'start', 'drawn': 'b', 'text': 'x', 'chances': [{'action': 'a', "
     "'chance': 0.05}, {'action': 'b', 'chance': 0.1}, {'action': 'c', 'chance': 0.3}, {'action': "
     "'d', 'chance': 0.1}, {'action': 'e', 'chance': 0.1}, {'action': 'f', 'chance': 0.1}, "
     "{'action': 'g', 'chance': 0.1}, {'action': 'h', 'chance': 0.1}, {'action': 'i', 'chance': "
     "0.05}]}]}",
     "turn 1\n"
     "  state     start\n"
     "  draws     b, from c 30.0 %, b 10.0 %, d 10.0 %, e 10.0 %,\n"
     "            f 10.0 %, g 10.0 %, h 10.0 %, a 5.0 % and 1 more\n"
     "  answers   x\n"},
    {"an answer, and calls that were meant",
     "{'turns': [{'text': 'a', 'calls': []}, {'dropped': [{'tool': 'f', 'arguments': '{}'}]}, "
     "{'failed': 'why'}]}",
     "turn 1\n"
     "  answers   a\n"
     "turn 2\n"
     "  >         f {}\n"
     "  ! dropped not made: it was the last turn\n"
     "            (max_episode_steps)\n"
     "turn 3\n"
     "  ! failed  why\n"},
    {"a text wider than the screen is broken, an ideograph takes two columns",
     "{'turns': [{'text': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'}, "
     "{'text': "
     "'\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34"
     "\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34\\u6c34'}"
     "]}",
     "turn 1\n"
     "  answers   xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
     "            xx\n"
     "turn 2\n"
     "  answers   水水水水水水水水水水水水水水水水水水水水水水水水\n"
     "            水\n"},
};

/* The document of a row, in which ' stands for ". */
static json_t *read_document(const struct transcript_row *row)
{
    char *json = strdup(row->doc);
    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_t *doc = json_loads(json, 0, NULL);
    ck_assert_msg(doc != NULL, "%s", row->name);
    free(json);
    return doc;
}

START_TEST(test_a_rollout_is_told_turn_by_turn)
{
    const struct transcript_row *row = &transcript_rows[_i];
    struct buf text = {0};
    json_t *doc = read_document(row);
    transcript_write(&text, doc);
    ck_assert_msg(strcmp(buf_text(&text), row->text) == 0, "%s:\n%s", row->name, buf_text(&text));
    buf_release(&text);
    json_decref(doc);
}
END_TEST

START_TEST(test_what_went_over_the_wire_is_told)
{
    const struct transcript_row *row = &wire_rows[_i];
    struct buf text = {0};
    json_t *doc = read_document(row);
    transcript_turns(&(struct transcript_page){&text, 60, 200, true}, doc);
    ck_assert_msg(strcmp(buf_text(&text), row->text) == 0, "%s:\n%s", row->name, buf_text(&text));
    buf_release(&text);
    json_decref(doc);
}
END_TEST

START_TEST(test_nothing_ends_at_a_nul)
{
    struct buf text = {0};
    json_t *doc = json_pack("{s:[{s:s%, s:[{s:s, s:s%, s:s%}]}]}", "turns", "text", "a\0b",
                            (size_t)3, "calls", "tool", "t", "arguments", "c\0d", (size_t)3,
                            "output", "e\0f", (size_t)3);
    transcript_turns(&(struct transcript_page){&text, 60, 80, false}, doc);
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "a<U+0000>b"));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "t c<U+0000>d"));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "e<U+0000>f"));
    buf_release(&text);
    json_decref(doc);
}
END_TEST

START_TEST(test_a_secret_is_masked_before_a_text_is_cut)
{
    struct buf text = {0};
    json_t *doc = json_pack("{s:[{s:s}]}", "turns", "text", "key sesame-open-1234 and more");
    secret_add("sesame-open-1234", "${KEY}");
    transcript_turns(&(struct transcript_page){&text, 60, 8, true}, doc);
    secret_forget();
    ck_assert_str_eq(buf_text(&text),
                     "turn 1\n  answers   key ${KE\n            (11 more bytes)\n");
    buf_release(&text);
    json_decref(doc);
}
END_TEST

START_TEST(test_a_long_text_is_cut_and_that_is_said)
{
    struct buf text = {0};
    char *long_text = malloc(5001);
    memset(long_text, 'x', 5000);
    long_text[5000] = '\0';
    json_t *doc = json_pack("{s:s}", "answer", long_text);
    transcript_write(&text, doc);
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "(3800 more bytes)"));
    buf_release(&text);
    json_decref(doc);
    free(long_text);
}
END_TEST

Suite *report_suite(void)
{
    Suite *s = suite_create("report");
    TCase *t = tcase_create("report");
    tcase_add_loop_test(t, test_the_text_fits_and_has_no_nan, 0, COUNT_OF(source_rows));
    tcase_add_loop_test(t, test_the_object_holds_everything, 0, COUNT_OF(source_rows));
    tcase_add_loop_test(t, test_a_case_for_each_rule_and_gate, 0, COUNT_OF(source_rows));
    tcase_add_test(t, test_what_xml_cannot_hold_is_written_otherwise);
    tcase_add_loop_test(t, test_a_rollout_is_told_turn_by_turn, 0, COUNT_OF(transcript_rows));
    tcase_add_loop_test(t, test_what_went_over_the_wire_is_told, 0, COUNT_OF(wire_rows));
    tcase_add_test(t, test_nothing_ends_at_a_nul);
    tcase_add_test(t, test_a_secret_is_masked_before_a_text_is_cut);
    tcase_add_test(t, test_a_long_text_is_cut_and_that_is_said);
    suite_add_tcase(s, t);
    return s;
}
