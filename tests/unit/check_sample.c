#include <string.h>

#include "sim/base/cc.h"
#include "sim/job/reading.h"
#include "sim/run/sample.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static char a1[] = "{\"q\": \"x\"}";
static char a2[] = "{\"n\": [1, 2], \"e\": {}}";
static char empty[] = "";
static char a3[] = "{broken";
static struct policy_call calls[] = {
    {"first", "functions.first", a1, sizeof(a1) - 1, NULL, 0, NULL, false},
    {"second", "functions.second", a2, sizeof(a2) - 1, NULL, 0, NULL, false},
    {"third", "functions.third", a3, sizeof(a3) - 1, NULL, 0, NULL, false},
    {"find", "find", empty, 0, NULL, 0, NULL, false},
};

/* Contract 4.2: what the service recorded of a last turn with one call, and with several. */
static const struct row {
    const char *name;
    const char *answer;
    bool parse;
    size_t turn_from;
    size_t n_calls;
    bool batch;
    const char *json;
    const char *tools;
} rows[] = {
    {"no call", "hi \"you\"", false, 0, 0, false, "null", "[]"},
    {"one call keeps its bare name, its text and an empty id", "", false, 0, 1, false, "null",
     "[{\"id\":\"\",\"type\":\"function\",\"function\":{\"name\":\"first\",\"arguments\":\"{"
     "\\\"q\\\": "
     "\\\"x\\\"}\"}}]"},
    {"only the last turn's calls are there (GAP-28)", "x", false, 2, 3, false, "null",
     "[{\"id\":\"\",\"type\":\"function\",\"function\":{\"name\":\"third\",\"arguments\":\"{"
     "broken\"}}]"},
    {"several are numbered and keep their namespace", "x", false, 1, 3, true, "null",
     "[{\"id\":\"0\",\"type\":\"function\",\"function\":{\"name\":\"functions.second\","
     "\"arguments\":"
     "\"{\\\"n\\\": [1, 2], \\\"e\\\": {}}\"}},"
     "{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"functions.third\",\"arguments\":"
     "\"{broken\"}}]"},
    {"with a response_format an answer that is JSON is parsed", "{\"a\": [1]}", true, 0, 0, false,
     "{\"a\":[1]}", "[]"},
    {"and null if it is not", "{a", true, 0, 0, false, "null", "[]"},
    {"a batch of one is a batch", "", false, 0, 1, true, "null",
     "[{\"id\":\"0\",\"type\":\"function\",\"function\":{\"name\":\"functions.first\","
     "\"arguments\":\"{\\\"q\\\": \\\"x\\\"}\"}}]"},
    {"empty arguments stay empty, a wrong address as it was written", "", false, 3, 4, false,
     "null",
     "[{\"id\":\"\",\"type\":\"function\",\"function\":{\"name\":\"find\",\"arguments\":\"\"}}]"},
};

START_TEST(test_the_sample_of_a_rollout)
{
    const struct row *row = &rows[_i];
    struct rollout r = {
        .calls = calls, .n_calls = row->n_calls, .turn_from = row->turn_from, .batch = row->batch};
    buf_text_add(&r.answer, row->answer);
    struct tape scratch = {0};
    struct buf out = {0};
    sample_build(&r, row->parse, READING_LAST_TURN, &scratch, &out);

    struct tape t = fixture_tape(buf_text(&out));
    ck_assert_msg(tape_is(&t, tape_get(&t, 0, "output_text"), row->answer), "%s", row->name);
    size_t len = 0;
    const char *json = tape_text(&t, tape_get(&t, 0, "output_json"), &len);
    ck_assert_msg(len == strlen(row->json) && memcmp(json, row->json, len) == 0, "%s: %.*s",
                  row->name, (int)len, json);
    const char *tools = tape_text(&t, tape_get(&t, 0, "output_tools"), &len);
    ck_assert_msg(len == strlen(row->tools) && memcmp(tools, row->tools, len) == 0, "%s: %.*s",
                  row->name, (int)len, tools);
    size_t message = tape_get(&t, tape_index(&t, tape_get(&t, 0, "choices"), 0), "message");
    const char *again = tape_text(&t, tape_get(&t, message, "tool_calls"), &len);
    ck_assert_msg(len == strlen(row->tools) && memcmp(again, row->tools, len) == 0, "%s",
                  row->name);
    ck_assert(tape_is(&t, tape_get(&t, message, "content"), row->answer));
    buf_release(&r.answer);
    buf_release(&out);
    tape_release(&t);
    tape_release(&scratch);
}
END_TEST

/* GAP-48 */
START_TEST(test_an_answer_that_was_cut_off_says_so)
{
    for (int truncated = 0; truncated < 2; truncated++) {
        struct rollout r = {.truncated = truncated};
        struct tape scratch = {0};
        struct buf out = {0};
        sample_build(&r, false, READING_LAST_TURN, &scratch, &out);
        struct tape t = fixture_tape(buf_text(&out));
        size_t choice = tape_index(&t, tape_get(&t, 0, "choices"), 0);
        ck_assert(
            tape_is(&t, tape_get(&t, choice, "finish_reason"), truncated ? "length" : "stop"));
        tape_release(&t);
        tape_release(&scratch);
        buf_release(&out);
    }
}
END_TEST

/* GAP-28, the other reading: every call, in the form that its own turn had. */
START_TEST(test_all_turns)
{
    struct policy_past turns[] = {{.from = 0, .n_calls = 1, .batch = false},
                                  {.from = 1, .n_calls = 0, .batch = true},
                                  {.from = 1, .n_calls = 2, .batch = true},
                                  {.from = 3, .n_calls = 1, .batch = false}};
    struct rollout r = {.calls = calls, .n_calls = 4, .turns = turns, .n_turns = 5, .turn_from = 3};
    struct tape scratch = {0};
    struct buf out = {0};
    ck_assert(sample_has_readings(&r));
    sample_build(&r, false, READING_ALL_TURNS, &scratch, &out);
    struct tape t = fixture_tape(buf_text(&out));
    static const struct {
        const char *id, *name;
    } want[] = {{"", "first"}, {"0", "functions.second"}, {"1", "functions.third"}, {"", "find"}};
    size_t list = tape_get(&t, 0, "output_tools");
    ck_assert_uint_eq(tape_count(&t, list), COUNT_OF(want));
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        size_t call = tape_index(&t, list, i);
        ck_assert(tape_is(&t, tape_get(&t, call, "id"), want[i].id));
        ck_assert(tape_is(&t, tape_get(&t, tape_get(&t, call, "function"), "name"), want[i].name));
    }
    r.turn_from = 0;
    ck_assert(!sample_has_readings(&r));
    buf_release(&out);
    tape_release(&t);
    tape_release(&scratch);
}
END_TEST

START_TEST(test_the_sample_of_an_answer)
{
    struct tape scratch = {0};
    struct buf out = {0};
    sample_of_answer("[1, 2]", 6, true, &scratch, &out);
    ck_assert_str_eq(buf_text(&out),
                     "{\"output_text\":\"[1, 2]\",\"output_json\":[1,2],\"output_tools\":[],"
                     "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                     "\"content\":\"[1, 2]\",\"tool_calls\":[]},\"finish_reason\":\"stop\"}],"
                     "\"output_reasoning_summary\":null}");
    buf_release(&out);
    tape_release(&scratch);
}
END_TEST

Suite *sample_suite(void)
{
    Suite *suite = suite_create("sample");
    TCase *tcase = tcase_create("sample");
    tcase_add_loop_test(tcase, test_the_sample_of_a_rollout, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_an_answer_that_was_cut_off_says_so);
    tcase_add_test(tcase, test_all_turns);
    tcase_add_test(tcase, test_the_sample_of_an_answer);
    suite_add_tcase(suite, tcase);
    return suite;
}
