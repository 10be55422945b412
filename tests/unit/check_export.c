#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/mem.h"
#include "sim/report/history.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

static struct history h;

static void close_it(void)
{
    history_release(&h);
    scratch_leave();
}

static void ck_opens(const char *path, const char *text)
{
    struct err e = {0};
    scratch_file(path, text);
    ck_assert_msg(history_open(&h, path, &e) == ERR_OK, "%s", e.text);
    ck_assert_int_eq(h.source, HISTORY_EXPORT);
    ck_assert_str_eq(h.path, path);
}

/* --- Rows, samples, rewards ------------------------------------------------------------------ */

#define UUID     "22415264-f1de-4c39-aafa-684abd2d55d8"
#define SAID(x)  "[{\"role\":\"assistant\",\"content\":" x ",\"tool_calls\":[]}]"
#define USER(x)  "\"messages\":[{\"name\":null,\"role\":\"user\",\"content\":\"" x "\"}]"
#define TRACE(x) "\"trace\":{\"type\":\"trace\",\"spans\":[" x "]}"
#define ITEM(status, score, row)                                             \
    "{\"id\":\"o\",\"status\":\"" status "\",\"results\":[{\"score\":" score \
    ",\"name\":\"the judge-" UUID                                            \
    "\"}],\"sample\":{\"output\":" SAID("\"yes\"") "},"                      \
                                                   "\"datasource_item\":{" row "," TRACE("") "}}"

/* Two rows of two samples; the second writes its row otherwise. */
static const char api[] =
    "{\"run_id\":\"r\",\"run_name\":\"Step "
    "15\",\"status\":\"completed\",\"total_items\":4,\"items\":[" ITEM("fail", "0.25", USER("b") ",\"n\":1") "," ITEM(
        "pass", "0.5",
        "\"n\": 1.0, " USER(
            "\\u0062")) ",\n" ITEM("pass", "1",
                                   USER("a") ",\"n\":1") "," ITEM("fail", "0",
                                                                  USER("a") ",\"n\":1") "]}\n";

#define LINE(number, passed, score, row)                                                         \
    "{\"data_source_idx\":" number ",\"item\":{" row                                             \
    "," TRACE("") "},\"sample\":{\"outputs\":" SAID(                                             \
        "\"yes\"") ",\"finish_reason\":\"stop\",\"sampled_model_name\":\"o4\"},"                 \
                   "\"grades\":{\"the judge-" UUID "\":" score "},\"passes\":{\"the judge-" UUID \
                   "\":" passed "}}\n"

/* The same as lines, last first. */
static const char download[] = "\xef\xbb\xbf" LINE("3", "false", "0", USER("a") ",\"n\":1")
    LINE("2", "true", "1", USER("a") ",\"n\":1") "\n" LINE("1", "true", "0.5", USER("b") ",\"n\":1")
        LINE("0", "false", "0.25", USER("b") ",\"n\":1");

static void ck_rollouts(void)
{
    static const struct history_rollout want[] = {
        {.row = 0, .sample = 0, .reward = 0.25, .verdict = EXPORT_FAILED},
        {.row = 0, .sample = 1, .reward = 0.5, .verdict = EXPORT_PASSED},
        {.row = 1, .sample = 0, .reward = 1, .verdict = EXPORT_PASSED},
        {.row = 1, .sample = 1, .reward = 0, .verdict = EXPORT_FAILED},
    };
    ck_assert_uint_eq(h.n_rollouts, COUNT_OF(want));
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        const struct history_rollout *r = &h.rollouts[i];
        ck_assert_uint_eq(r->row, want[i].row);
        ck_assert_uint_eq(r->sample, want[i].sample);
        ck_assert_double_eq(r->reward, want[i].reward);
        ck_assert_uint_eq(r->verdict, want[i].verdict);
        ck_assert_int_eq(r->outcome, OUTCOME_GRADED);
        ck_assert(r->answered && !r->why);
        ck_assert_int_eq(r->n_turns, -1); /* the trace is empty */
        ck_assert_int_eq(r->n_calls, -1);
        ck_assert(isnan(r->seconds));
    }
    ck_assert_uint_eq(h.files[WAVE_VALID].n_rows, 2);
    ck_assert_uint_eq(h.files[WAVE_VALID].rows[1].line, 2);
    ck_assert_uint_eq(h.files[WAVE_TRAIN].n_rows, 0);
    ck_assert_uint_eq(h.n_graders, 1);
    ck_assert_str_eq(h.graders[0].name, "the judge");
    ck_assert_uint_eq(h.n_waves, 1);
    ck_assert_int_eq(h.waves[0].phase, WAVE_VALID);
    ck_assert_uint_eq(h.waves[0].n, 4);
    ck_assert_uint_eq(h.waves[0].n_planned, 4);
    ck_assert_uint_eq(h.waves[0].n_samples, 2);
    ck_assert(h.waves[0].complete && isnan(h.waves[0].seconds));
    ck_assert_ptr_null(h.parts);
}

START_TEST(test_items_are_put_into_rows_and_samples)
{
    ck_opens("Step_15.json", api);
    ck_rollouts();
    ck_assert_str_eq(h.title, "Step 15");
    ck_assert_int_eq(h.waves[0].step, 15);
    ck_assert_str_eq(h.state, "done");
    ck_assert_ptr_null(h.model);
    ck_assert_int_eq(h.rollouts[3].id, 4);
    char *place = history_place(&h, 3);
    ck_assert_str_eq(place, "Step_15.json:2");
    free(place);
}
END_TEST

START_TEST(test_a_download_says_the_same)
{
    ck_opens("down.jsonl", download);
    ck_rollouts();
    ck_assert_str_eq(h.title, "down.jsonl");
    ck_assert_int_eq(h.waves[0].step, -1);
    ck_assert_ptr_null(h.state);
    ck_assert_str_eq(h.model, "o4");
    ck_assert_int_eq(h.rollouts[3].id, 1); /* its line */
}
END_TEST

START_TEST(test_rows_have_the_digests_of_their_contents)
{
    struct history other;
    struct err e = {0};
    ck_opens("Step_15.json", api);
    scratch_file("down.jsonl", download);
    ck_assert_int_eq(history_open(&other, "down.jsonl", &e), ERR_OK);
    for (size_t i = 0; i < 2; i++)
        ck_assert(h.files[WAVE_VALID].rows[i].digest == other.files[WAVE_VALID].rows[i].digest);
    ck_assert(h.files[WAVE_VALID].rows[0].digest != h.files[WAVE_VALID].rows[1].digest);
    history_release(&other);
}
END_TEST

START_TEST(test_an_export_that_lacks_items_is_not_complete)
{
    ck_opens("s.json", "{\"run_name\":\"Run\",\"total_items\":3,\"items\":[" ITEM("pass", "1",
                                                                                  USER("a")) "]}");
    ck_assert_uint_eq(h.waves[0].n_planned, 3);
    ck_assert(!h.waves[0].complete);
    ck_assert_int_eq(h.waves[0].step, -1);
    ck_assert_str_eq(h.title, "Run");
}
END_TEST

/* --- Verdicts -------------------------------------------------------------------------------- */

START_TEST(test_verdicts_tell_where_the_threshold_is)
{
    double low = 0;
    double high = 0;
    ck_opens("Step_15.json", api);
    ck_assert(isnan(h.pass_threshold));
    ck_assert(history_threshold(&h, &low, &high));
    ck_assert_double_eq(low, 0.25);
    ck_assert_double_eq(high, 0.5);
    h.rollouts[0].reward = 0.5; /* failed with what another passed with */
    ck_assert(!history_threshold(&h, &low, &high));
    for (size_t i = 0; i < h.n_rollouts; i++)
        h.rollouts[i].verdict = EXPORT_PASSED;
    ck_assert(history_threshold(&h, &low, &high));
    ck_assert(isinf(low) && low < 0);
    ck_assert_double_eq(high, 0);
    for (size_t i = 0; i < h.n_rollouts; i++)
        h.rollouts[i].verdict = EXPORT_UNKNOWN;
    ck_assert(!history_threshold(&h, &low, &high));
}
END_TEST

START_TEST(test_further_criteria_are_parts)
{
    ck_opens(
        "two.jsonl",
        "{\"item\":{\"n\":1},\"grades\":{\"a\":0.5,\"b\":1},\"passes\":{\"a\":true,\"b\":false}}\n"
        "{\"item\":{\"n\":2},\"grades\":{\"b\":0.25,\"a\":0}}\n"
        "{\"item\":{\"n\":3},\"grades\":{\"a\":null,\"b\":0.75},\"passes\":{\"a\":true}}\n"
        "{\"item\":{\"n\":4},\"grades\":{\"a\":1}}\n");
    static const double rewards[] = {0.5, 0, NAN, 1};
    static const double parts[] = {1, 0.25, NAN, NAN};
    ck_assert_uint_eq(h.n_graders, 2);
    ck_assert_ptr_null(h.graders[0].key);
    ck_assert_str_eq(h.graders[1].key, "b");
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(isnan(h.rollouts[i].reward) ? -1 : h.rollouts[i].reward,
                            isnan(rewards[i]) ? -1 : rewards[i]);
        ck_assert_double_eq(isnan(h.parts[i]) ? -1 : h.parts[i], isnan(parts[i]) ? -1 : parts[i]);
    }
    ck_assert_uint_eq(h.rollouts[0].verdict, EXPORT_PASSED);
    ck_assert_uint_eq(h.rollouts[1].verdict, EXPORT_UNKNOWN);
    ck_assert_int_eq(h.rollouts[2].outcome, OUTCOME_DISCARDED_GRADER);
    ck_assert_uint_eq(h.rollouts[2].verdict, EXPORT_UNKNOWN); /* of what? */
}
END_TEST

/* --- Traces ---------------------------------------------------------------------------------- */

#define SPAN(from, to, data)                                                        \
    "{\"trace_id\":\"trace_1\",\"started_at\":\"2025-11-18T08:00:" from "+00:00\"," \
    "\"ended_at\":\"2025-11-18T08:00:" to "+00:00\",\"span_data\":{" data "},\"error\":null}"
#define GEN(from, to, text, recipient)                              \
    SPAN(from, to,                                                  \
         "\"type\":\"GENERATION\",\"output\":[{\"content\":\"" text \
         "\",\"recipient\":\"" recipient "\"}]")
#define CALL(from, to, name, input, output)                               \
    SPAN(from, to,                                                        \
         "\"type\":\"function\",\"name\":\"" name "\",\"input\":\"" input \
         "\",\"output\":\"" output "\"")
#define FIND                 GEN("01", "02", "{}", "functions.find")
#define FOUND                CALL("02", "04.5", "functions.find", "{}", "x")
#define ANSWER               GEN("05", "06", "ye", "all")
#define BATCH(input, output) CALL("02", "03", "multi_tool_use.parallel", input, output)
#define TURN                 FIND "," FOUND ","

static const struct {
    const char *name;
    const char *spans;
    const char *said; /* as JSON */
    const char *score;
    int turns, tool_turns, calls, failed;
    enum outcome outcome;
    bool answered;
    double seconds;
    int64_t bytes;
    const char *why; /* a part of it */
} traces[] = {
    {"an answer", ANSWER, "\"ye\"", "1", 1, 0, 0, 0, OUTCOME_GRADED, true, 1, 2, NULL},
    {"a call and an answer", TURN ANSWER, "\"ye\"", "1", 2, 1, 1, 0, OUTCOME_GRADED, true, 5, 4,
     NULL},
    {"an answer that is empty", TURN ANSWER, "\"\"", "0", 2, 1, 1, 0, OUTCOME_GRADED, false, 5, 4,
     NULL},
    {"it ends with a call", FIND "," FOUND, "\"\"", "0", 1, 1, 1, 0, OUTCOME_GRADED, false, 3.5, 2,
     "does not say why"},
    {"nine turns that called", TURN TURN TURN TURN TURN TURN TURN TURN FIND "," FOUND, "\"\"", "0",
     9, 9, 9, 0, OUTCOME_GRADED_CUT, false, 3.5, 18, "default of 10"},
    {"nine turns and an answer", TURN TURN TURN TURN TURN TURN TURN TURN TURN ANSWER, "\"ye\"", "0",
     10, 9, 9, 0, OUTCOME_GRADED, true, 5, 20, NULL},
    {"a batch",
     FIND "," BATCH("{\\\"tool_uses\\\":[{\\\"recipient_name\\\":\\\"functions.find\\\","
                    "\\\"parameters\\\":{}},{\\\"recipient_name\\\":\\\"functions.get\\\","
                    "\\\"parameters\\\":{}}]}",
                    "[\\\"x\\\", {\\\"y\\\": 1}]") "," ANSWER,
     "\"ye\"", "1", 2, 1, 2, 0, OUTCOME_GRADED, true, 5, 4, NULL},
    {"a batch without the namespace",
     FIND "," BATCH("{}", "content_type='system_error' name='MultiToolParseError' text='call to "
                          "\\\"find\\\" missing namespace or name'") "," ANSWER,
     "\"ye\"", "1", 2, 1, 1, 1, OUTCOME_GRADED, true, 5, 4, NULL},
    {"a batch that is none", FIND "," BATCH("{}", "2 validation errors for _MultiToolCallParam"),
     "\"\"", "0", 1, 1, 1, 1, OUTCOME_GRADED, false, 2, 2, "does not say why"},
    {"a tool's address without the namespace", GEN("01", "02", "{}", "find"), "\"\"", "0", 1, 0, 0,
     0, OUTCOME_GRADED, false, 1, 2, "addressed to 'find'"},
    {"no score", TURN ANSWER, "\"ye\"", "null", 2, 1, 1, 0, OUTCOME_DISCARDED_GRADER, true, 5, 4,
     "no score"},
    {"no score after a call", FIND "," FOUND, "null", "null", 1, 1, 1, 0, OUTCOME_DISCARDED_TOOL,
     false, 3.5, 2, "ends with a call"},
    {"a blocked answer", TURN ANSWER,
     "\"This model sample has been blocked because it violates OpenAI's safety policies.\"", "1", 2,
     1, 1, 0, OUTCOME_GRADED, true, 5, 4, "blocked"},
};

static void open_trace(const char *spans, const char *said, const char *score)
{
    char *text = mem_printf("{\"item\":{\"messages\":[],\"n\":2,\"trace\":{\"spans\":[%s]}},"
                            "\"sample\":{\"outputs\":[{\"role\":\"assistant\",\"content\":%s}],"
                            "\"sampled_model_name\":\"\"},"
                            "\"grades\":{\"g\":%s}}\n",
                            spans, said, score);
    ck_opens("one.jsonl", text);
    free(text);
}

START_TEST(test_a_trace_is_read_as_its_row_says)
{
    open_trace(traces[_i].spans, traces[_i].said, traces[_i].score);
    const struct history_rollout *r = &h.rollouts[0];
    const char *name = traces[_i].name;
    ck_assert_msg(r->n_turns == traces[_i].turns, "%s: %d turns", name, r->n_turns);
    ck_assert_msg(r->n_tool_turns == traces[_i].tool_turns, "%s: %d", name, r->n_tool_turns);
    ck_assert_msg(r->n_calls == traces[_i].calls, "%s: %d calls", name, r->n_calls);
    ck_assert_msg(r->n_failed == traces[_i].failed, "%s: %d failed", name, r->n_failed);
    ck_assert_msg(r->outcome == traces[_i].outcome, "%s: %s", name, outcome_name(r->outcome));
    ck_assert_msg(r->answered == traces[_i].answered, "%s", name);
    ck_assert_msg(fabs(r->seconds - traces[_i].seconds) < 1e-9, "%s: %g s", name, r->seconds);
    ck_assert_msg(r->bytes == traces[_i].bytes, "%s: %lld", name, (long long)r->bytes);
    ck_assert_msg(traces[_i].why ? r->why && strstr(r->why, traces[_i].why) : !r->why, "%s: %s",
                  name, r->why);
}
END_TEST

START_TEST(test_a_job_that_may_go_on_longer_does_not_cut_at_ten)
{
    char *text =
        mem_printf("{\"item\":{\"n\":1,\"trace\":{\"spans\":[%s]}},\"grades\":{\"g\":0}}\n"
                   "{\"item\":{\"n\":1,\"trace\":{\"spans\":[%s]}},\"grades\":{\"g\":0}}\n",
                   TURN TURN TURN TURN TURN TURN TURN TURN FIND "," FOUND,
                   TURN TURN TURN TURN TURN TURN TURN TURN TURN TURN TURN ANSWER);
    ck_opens("two.jsonl", text);
    ck_assert_int_eq(h.rollouts[0].outcome, OUTCOME_GRADED);
    free(text);
}
END_TEST

START_TEST(test_calls_are_counted_by_tool)
{
    ck_opens("one.jsonl",
             "{\"item\":{\"tools\":[{\"function\":{\"name\":\"never\"}},{\"function\":{\"name\":"
             "\"find\"}}],\"trace\":{\"spans\":[" TURN TURN
                 BATCH("{}", "call missing namespace or name") "," BATCH(
                     "{\\\"tool_uses\\\":[{\\\"recipient_name\\\":\\\"functions.get\\\","
                     "\\\"parameters\\\":{}},{\\\"recipient_name\\\":\\\"functions.find\\\","
                     "\\\"parameters\\\":{}}]}",
                     "[\\\"abc\\\", \\\"\\\"]") "]}},\"grades\":{}}\n");
    static const char *const names[] = {"never", "find", "get", ""};
    static const uint64_t ok[] = {0, 3, 1, 0};
    static const uint64_t timed[] = {0, 2, 0, 0}; /* of a batch only all of it was timed */
    static const double bytes[] = {0, 2, 3, 30};
    ck_assert_uint_eq(h.n_tools, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct history_tool_sums *sums = &h.tools[i].of[WAVE_VALID];
        ck_assert_str_eq(h.tools[i].name, names[i]);
        ck_assert_uint_eq(sums->n_ok, ok[i]);
        ck_assert_uint_eq(sums->kinds[TOOL_KIND_FINE], ok[i]);
        ck_assert_uint_eq(sums->n_failed, i == 3);
        ck_assert_uint_eq(sums->latency.n, timed[i]);
        ck_assert_double_eq(sums->output_bytes, bytes[i]);
        ck_assert_uint_eq(sums->first_failed, i == 3 ? 0 : SIZE_MAX);
    }
    ck_assert_uint_eq(h.tools[3].of[WAVE_VALID].kinds[TOOL_KIND_NO_NAMESPACE], 1);
    double p50 = (double)hist_quantile(&h.tools[1].of[WAVE_VALID].latency, 0.5) * 1e-9;
    ck_assert_double_eq_tol(p50, 2.5, 2.5 / 64);
}
END_TEST

START_TEST(test_the_wave_lasts_from_the_first_span_to_the_last)
{
    ck_opens("two.jsonl",
             "{\"item\":{\"n\":1,\"trace\":{\"spans\":[" FIND "]}},\"grades\":{}}\n"
             "{\"item\":{\"n\":2,\"trace\":{\"spans\":[" ANSWER "]}},\"grades\":{}}\n");
    ck_assert_double_eq_tol(h.waves[0].seconds, 5, 1e-9);
    ck_assert_str_eq(h.started_at, "2025-11-18T08:00:01.0000000Z");
}
END_TEST

/* --- Transcripts ----------------------------------------------------------------------------- */

static void ck_transcript(size_t i, const char *want)
{
    struct err e = {0};
    json_t *got = NULL;
    json_t *wanted = json_loads(want, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(wanted);
    ck_assert_msg(history_transcript(&h, i, &got, &e) == ERR_OK, "%s", e.text);
    char *text = json_dumps(got, JSON_SORT_KEYS);
    char *wanted_text = json_dumps(wanted, JSON_SORT_KEYS);
    ck_assert_str_eq(text, wanted_text);
    free(text);
    free(wanted_text);
    json_decref(got);
    json_decref(wanted);
}

START_TEST(test_a_transcript_has_the_turns_and_their_calls)
{
    open_trace(TURN BATCH("{\\\"tool_uses\\\":[{\\\"recipient_name\\\":\\\"functions.get\\\","
                          "\\\"parameters\\\":{\\\"a\\\":1}},{\\\"recipient_name\\\":"
                          "\\\"functions.get\\\",\\\"parameters\\\":{}}]}",
                          "[\\\"abc\\\", [1, 2]]") "," ANSWER,
               "\"yes\"", "0.5");
    ck_transcript(0,
                  "{\"id\":1,\"phase\":\"valid\",\"row\":0,\"line\":1,\"sample\":0,"
                  "\"trace_id\":\"trace_1\",\"outcome\":\"graded\",\"reward\":0.5,\"seconds\":5.0,"
                  "\"messages\":[],\"turns\":[{\"text\":null,\"calls\":["
                  "{\"tool\":\"find\",\"arguments\":\"{}\",\"output\":\"x\",\"kind\":\"ok\","
                  "\"latency_s\":2.5}]}," /* the batch is another turn, though its GEN is missing */
                  "{\"text\":null,\"calls\":["
                  "{\"tool\":\"get\",\"arguments\":\"{\\\"a\\\": 1}\",\"output\":\"abc\","
                  "\"kind\":\"ok\"},"
                  "{\"tool\":\"get\",\"arguments\":\"{}\",\"output\":\"[1,2]\",\"kind\":\"ok\"}]},"
                  "{\"text\":\"ye\",\"calls\":[]}],\"answer\":\"yes\","
                  "\"grade\":{\"name\":\"g\",\"reward\":0.5}}");
}
END_TEST

START_TEST(test_each_rollout_has_its_own_transcript)
{
    ck_opens("Step_15.json", api);
    ck_transcript(2, "{\"id\":3,\"phase\":\"valid\",\"step\":15,\"row\":1,\"line\":2,\"sample\":0,"
                     "\"outcome\":\"graded\",\"reward\":1.0,\"messages\":[{\"name\":null,"
                     "\"role\":\"user\",\"content\":\"a\"}],\"answer\":\"yes\","
                     "\"grade\":{\"name\":\"the judge\",\"reward\":1.0,\"passed\":true}}");
    history_release(&h);
    ck_opens("down.jsonl", download);
    ck_transcript(1, "{\"id\":4,\"phase\":\"valid\",\"row\":0,\"line\":1,\"sample\":1,"
                     "\"outcome\":\"graded\",\"reward\":0.5,\"messages\":[{\"name\":null,"
                     "\"role\":\"user\",\"content\":\"b\"}],\"answer\":\"yes\","
                     "\"grade\":{\"name\":\"the judge\",\"reward\":0.5,\"passed\":true}}");
}
END_TEST

START_TEST(test_a_blocked_answer_is_in_the_trace)
{
    struct err e = {0};
    json_t *doc = NULL;
    open_trace(TURN ANSWER,
               "\"This model sample has been blocked because it violates OpenAI's safety "
               "policies.\"",
               "1");
    ck_assert_int_eq(history_transcript(&h, 0, &doc, &e), ERR_OK);
    ck_assert_str_eq(json_string_value(json_object_get(doc, "answer")), "ye");
    json_decref(doc);
}
END_TEST

START_TEST(test_a_file_that_changes_under_a_history_is_noticed)
{
    struct err e = {0};
    json_t *doc = NULL;
    ck_opens("Step_15.json", api);
    ck_assert_int_eq(truncate("Step_15.json", 300), 0);
    ck_assert_int_eq(history_transcript(&h, 3, &doc, &e), ERR_DATA);
    ck_assert_str_eq(e.text, "Step_15.json: has become shorter since it was opened");
    err_clear(&e);
    scratch_file("Step_15.json", "");
    char *other = mem_printf("%*s", (int)strlen(api), "");
    scratch_file("Step_15.json", other);
    ck_assert_int_eq(history_transcript(&h, 3, &doc, &e), ERR_DATA);
    ck_assert_str_eq(e.text, "Step_15.json: has changed since it was opened");
    free(other);
}
END_TEST

/* --- Files ----------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    const char *want; /* how the message begins */
} faults[] = {
    {"{\"items\":[{\"datasource_item\":{}}", "x:1:33: expected ',' or ']'"},
    {"{\n\"items\": 3}", "x:1:1: neither lines of JSON nor an export"},
    {"{\"items\":[]}", "x: has no items"},
    {"{\"items\":[\n{\"datasource_item\":{}},\n 3]}", "x:3:2: not an object"},
    {"{\"items\":[\n{\"datasource_item\":[]}]}", "x:2:20: the row is not an object"},
    {"{\"item\":{}}\n{\"itme\":{}}\n", "x:2:1: not an item of an evaluation's export"},
    {"{\"item\":{}}\n\n{\"item\":{},}\n", "x:3:12: "},
    {"{\"type\":\"rollout\"}\n", "x:1:1: a rollout of our own"},
};

START_TEST(test_a_fault_has_its_place)
{
    struct err e = {0};
    scratch_file("x", faults[_i].text);
    ck_assert_int_eq(history_open(&h, "x", &e), ERR_DATA);
    ck_assert_msg(strncmp(e.text, faults[_i].want, strlen(faults[_i].want)) == 0, "%s", e.text);
}
END_TEST

START_TEST(test_a_file_is_what_it_begins_with)
{
    struct err e = {0};
    ck_opens("results.csv", api);
    history_release(&h);
    scratch_file("Step_1.json", "step,train_mean_reward\n1,0.5\n");
    ck_assert_int_eq(history_open(&h, "Step_1.json", &e), ERR_OK);
    ck_assert_int_eq(h.source, HISTORY_RESULTS);
    history_release(&h);
    ck_assert_int_eq(history_open(&h, "nowhere", &e), ERR_IO);
    err_clear(&e);
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    ck_assert_int_eq(history_open(&h, "pipe", &e), ERR_IO); /* and it does not wait */
}
END_TEST

Suite *export_suite(void)
{
    Suite *suite = suite_create("export");
    TCase *tcase = tcase_create("export");
    tcase_add_checked_fixture(tcase, scratch_enter, close_it);
    tcase_add_test(tcase, test_items_are_put_into_rows_and_samples);
    tcase_add_test(tcase, test_a_download_says_the_same);
    tcase_add_test(tcase, test_rows_have_the_digests_of_their_contents);
    tcase_add_test(tcase, test_an_export_that_lacks_items_is_not_complete);
    tcase_add_test(tcase, test_verdicts_tell_where_the_threshold_is);
    tcase_add_test(tcase, test_further_criteria_are_parts);
    tcase_add_loop_test(tcase, test_a_trace_is_read_as_its_row_says, 0, COUNT_OF(traces));
    tcase_add_test(tcase, test_a_job_that_may_go_on_longer_does_not_cut_at_ten);
    tcase_add_test(tcase, test_calls_are_counted_by_tool);
    tcase_add_test(tcase, test_the_wave_lasts_from_the_first_span_to_the_last);
    tcase_add_test(tcase, test_a_transcript_has_the_turns_and_their_calls);
    tcase_add_test(tcase, test_each_rollout_has_its_own_transcript);
    tcase_add_test(tcase, test_a_blocked_answer_is_in_the_trace);
    tcase_add_test(tcase, test_a_file_that_changes_under_a_history_is_noticed);
    tcase_add_loop_test(tcase, test_a_fault_has_its_place, 0, COUNT_OF(faults));
    tcase_add_test(tcase, test_a_file_is_what_it_begins_with);
    suite_add_tcase(suite, tcase);
    return suite;
}
