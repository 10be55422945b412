/* The policy `model`, as far as it is pure: its spec, what it asks, what it makes of an answer. The
 * rest is tests/contract/models.py. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/policy/model_request.h"
#include "sim/policy/model_turn.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

/* --- Answers ------------------------------------------------------------------------------------
 */

#define CHAT(message) "{\"choices\":[{\"message\":{" message "}}]}"
#define ENDED(finish, message) \
    "{\"choices\":[{\"finish_reason\":\"" finish "\",\"message\":{" message "}}]}"
#define CALL(id, name, arguments) \
    "{\"id\":" id ",\"function\":{\"name\":" name ",\"arguments\":" arguments "}}"
#define OUTPUT(items) "{\"output\":[" items "]}"
#define TEXT(text) \
    "{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":" text "}]}"
#define ITEM(id, name, arguments) \
    "{\"type\":\"function_call\",\"call_id\":" id ",\"name\":" name ",\"arguments\":" arguments "}"

static const struct answer_row {
    const char *name;
    const char *answer;
    bool responses;
    enum policy_turn_kind kind;
    const char *text; /* the answer, why it failed, or its calls: "name(arguments)name(...)" */
    const char *why;  /* it is no answer, for this reason */
    const char *said; /* NULL: nothing */
    const char *note; /* NULL: none */
    const char *beside;
    bool truncated;
} answers[] = {
    {"a text", CHAT("\"content\":\"So be it.\""), false, POLICY_ANSWER, "So be it.", .said = NULL},
    {"a text in parts",
     CHAT("\"content\":[{\"type\":\"text\",\"text\":\"So \"},{\"type\":\"text\",\"text\":\"be\"}]"),
     false, POLICY_ANSWER, "So be", .said = NULL},
    {"a text with a NUL", CHAT("\"content\":\"a\\u0000b\""), false, POLICY_ANSWER, "a",
     .said = NULL},
    {"nothing", CHAT("\"content\":null"), false, POLICY_ANSWER, "", .said = NULL},
    {"calls of null", CHAT("\"content\":\"x\",\"tool_calls\":null"), false, POLICY_ANSWER, "x",
     .said = NULL},
    {"no calls", ENDED("tool_calls", "\"content\":\"x\",\"tool_calls\":[]"), false, POLICY_ANSWER,
     "x", .said = NULL},
    {"a call",
     CHAT("\"content\":null,\"tool_calls\":[" CALL("\"c1\"", "\"f\"", "\"{\\\"a\\\": 1}\"") "]"),
     false, POLICY_CALLS, "f({\"a\": 1})",
     .said = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" CALL(
         "\"c1\"", "\"f\"", "\"{\\\"a\\\": 1}\"") "]}"},
    {"a call beside a text, with its thoughts",
     CHAT("\"reasoning\":\"\",\"reasoning_content\":\"Hm.\",\"content\":\"Wait.\",\"tool_calls\":"
          "[" CALL("\"c1\"", "\"f\"", "\"\"") "]"),
     false, POLICY_CALLS, "f()",
     .said = "{\"role\":\"assistant\",\"content\":\"Wait.\",\"reasoning_content\":\"Hm.\",\"tool_"
             "calls\":[" CALL("\"c1\"", "\"f\"", "\"\"") "]}",
     .beside = "Wait."},
    {"two calls, one without an id, one with an object",
     CHAT("\"tool_calls\":[" CALL("null", "\"f\"", "\"{\"") "," CALL("\"c2\"", "\"g\"",
                                                                     "{\"a\": [1]}") "]"),
     false, POLICY_CALLS, "f({)g({\"a\":[1]})",
     .said = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c00030000\","
             "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}," CALL(
                 "\"c2\"", "\"g\"", "{\"a\": [1]}") "]}"},
    {"a tool's full address",
     CHAT("\"tool_calls\":[" CALL("\"c1\"", "\"functions.f\"", "\"{}\"") "]"), false, POLICY_CALLS,
     "f({})",
     .said = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" CALL(
         "\"c1\"", "\"functions.f\"", "\"{}\"") "]}"},
    {"an address without a name",
     CHAT("\"tool_calls\":[" CALL("\"c1\"", "\"functions.\"", "null") "]"), false, POLICY_CALLS,
     "functions.()",
     .said = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" CALL(
         "\"c1\"", "\"functions.\"", "null") "]}"},
    {"a batch in one call",
     CHAT("\"tool_calls\":[" CALL("\"c1\"", "\"multi_tool_use.parallel\"", "\"{}\"") "]"), false,
     POLICY_MESSAGE, "multi_tool_use.parallel({})",
     .said = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" CALL(
         "\"c1\"", "\"multi_tool_use.parallel\"", "\"{}\"") "]}"},
    {"a refusal", CHAT("\"content\":null,\"refusal\":\"I will\\nnot.\""), false, POLICY_ANSWER, "",
     .note = "the model refuses: I will not."},
    {"an empty refusal is none", CHAT("\"content\":\"x\",\"refusal\":\"\""), false, POLICY_ANSWER,
     "x", .said = NULL},
    {"cut in its text", ENDED("length", "\"content\":\"So b\""), false, POLICY_ANSWER, "So b",
     .truncated = true},
    {"cut in its call", ENDED("length", "\"tool_calls\":[" CALL("\"c1\"", "\"f\"", "\"{\"") "]"),
     false, POLICY_ANSWER, "", .truncated = true},
    {"filtered", ENDED("content_filter", "\"content\":\"So b\""), false, POLICY_FAILED,
     "the server's content filter stopped the model", .said = NULL},
    {"no choices", "{\"choices\":[]}", false, POLICY_ANSWER, NULL,
     .why = "answered without choices[0].message"},
    {"a message that is none", "{\"choices\":[{\"message\":1}]}", false, POLICY_ANSWER, NULL,
     .why = "answered without choices[0].message"},
    {"broken off by the server", ENDED("error", "\"content\":\"So b\""), false, POLICY_ANSWER, NULL,
     .why = "broke the model's answer off (finish_reason)"},
    {"given up by the server", ENDED("abort", "\"content\":\"So b\""), false, POLICY_ANSWER, NULL,
     .why = "broke the model's answer off (finish_reason)"},
    {"cut at the model's length", ENDED("model_length", "\"content\":\"So b\""), false,
     POLICY_ANSWER, "So b", .truncated = true},
    {"a content that is none", CHAT("\"content\":{\"a\":1}"), false, POLICY_ANSWER, NULL,
     .why = "answered with a content that is no text"},
    {"calls that are no list", CHAT("\"tool_calls\":\"f\""), false, POLICY_ANSWER, NULL,
     .why = "answered with tool_calls that are no list"},
    {"a call of the old form",
     ENDED("function_call", "\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}"), false,
     POLICY_ANSWER, NULL, .why = "answered with function_call, which came before tool_calls"},
    {"a call without a name", CHAT("\"tool_calls\":[{\"id\":\"c1\"}]"), false, POLICY_ANSWER, NULL,
     .why = "answered with a tool call that has no name"},
    {"a call that is none", CHAT("\"tool_calls\":[1]"), false, POLICY_ANSWER, NULL,
     .why = "answered with a tool call that has no name"},
    {"a name with a NUL", CHAT("\"tool_calls\":[" CALL("\"c1\"", "\"f\\u0000\"", "null") "]"),
     false, POLICY_ANSWER, NULL, .why = "answered with a tool call whose name holds a NUL"},

    {"Responses: a text", OUTPUT("{\"type\":\"reasoning\"}," TEXT("\"So be it.\"")), true,
     POLICY_ANSWER, "So be it.", .said = NULL},
    {"Responses: nothing", OUTPUT(""), true, POLICY_ANSWER, "", .said = NULL},
    {"Responses: calls among other things",
     OUTPUT("{\"type\": \"reasoning\"}," ITEM("\"c1\"", "\"f\"", "\"{}\"") "," TEXT(
         "\"x\"") "," ITEM("\"\"", "\"g\"", "\"1\"")),
     true, POLICY_CALLS, "f({})g(1)",
     .said = "[{\"type\": \"reasoning\"}," ITEM("\"c1\"", "\"f\"", "\"{}\"") "," TEXT(
         "\"x\"") ",{\"call_id\":\"c00030003\",\"type\":\"function_call\",\"name\":\"g\","
                  "\"arguments\":\"1\"}]",
     .beside = "x"},
    {"Responses: a refusal",
     OUTPUT("{\"type\":\"message\",\"content\":[{\"type\":\"refusal\",\"refusal\":\"No.\"}]}"),
     true, POLICY_ANSWER, "", .note = "the model refuses: No."},
    {"Responses: cut",
     "{\"output\":[" TEXT(
         "\"So b\"") "],\"incomplete_details\":{\"reason\":\"max_output_tokens\"}}",
     true, POLICY_ANSWER, "So b", .truncated = true},
    {"Responses: filtered",
     "{\"output\":[],\"incomplete_details\":{\"reason\":\"content_filter\"}}", true, POLICY_FAILED,
     "the server's content filter stopped the model", .said = NULL},
    {"Responses: failed", "{\"status\":\"failed\",\"output\":[]}", true, POLICY_ANSWER, NULL,
     .why = "answered without an output"},
    {"Responses: an error", "{\"error\":{\"message\":\"x\"},\"output\":[]}", true, POLICY_ANSWER,
     NULL, .why = "answered without an output"},
    {"Responses: no error", "{\"error\":null,\"status\":\"completed\",\"output\":[]}", true,
     POLICY_ANSWER, "", .said = NULL},
    {"Responses: cancelled", "{\"status\":\"cancelled\",\"output\":[" TEXT("\"So b\"") "]}", true,
     POLICY_ANSWER, NULL, .why = "answered with a response that is not completed"},
    {"Responses: still being made", "{\"status\":\"queued\",\"output\":[]}", true, POLICY_ANSWER,
     NULL, .why = "answered with a response that is not completed"},
    {"Responses: incomplete, whyever", "{\"status\":\"incomplete\",\"output\":[" TEXT("\"x\"") "]}",
     true, POLICY_ANSWER, NULL, .why = "broke the model's answer off (incomplete_details)"},
    {"Responses: a text that is no part",
     OUTPUT("{\"type\":\"message\",\"content\":\"So be it.\"}"), true, POLICY_ANSWER, "So be it.",
     .said = NULL},
    {"Responses: a completion", CHAT("\"content\":\"x\""), true, POLICY_ANSWER, NULL,
     .why = "answered without an output"},
};

static const char *read_text(struct model_turn *m, const struct answer_row *row)
{
    struct tape answer = fixture_tape(row->answer);
    const char *why =
        model_turn_read(m, &answer, row->responses ? JOB_API_RESPONSES : JOB_API_CHAT, 3);
    tape_release(&answer);
    return why;
}

/* What the turn says, as it stands in the table. */
static char *told(const struct policy_turn *t)
{
    struct buf out = {0};
    if (!t->n_calls)
        return mem_text(buf_text(&t->text));
    for (size_t i = 0; i < t->n_calls; i++)
        buf_printf(&out, "%s(%.*s)", t->calls[i].name, (int)t->calls[i].len,
                   buf_text(&t->text) + t->calls[i].from);
    return buf_take(&out);
}

START_TEST(test_what_an_answer_comes_to)
{
    const struct answer_row *row = &answers[_i];
    struct model_turn m = {0};
    for (int again = 0; again < 2; again++) { /* nothing is left of the one before */
        read_text(&m, &answers[(_i + 6) % (int)COUNT_OF(answers)]);
        const char *why = read_text(&m, row);
        ck_assert_pstr_eq(why, row->why);
        if (why)
            continue;
        char *text = told(&m.turn);
        ck_assert_msg(m.turn.kind == row->kind, "%s: %d", row->name, (int)m.turn.kind);
        ck_assert_msg(strcmp(text, row->text) == 0, "%s: %s", row->name, text);
        ck_assert_msg(strcmp(buf_text(&m.turn.said), row->said ? row->said : "") == 0, "%s: %s",
                      row->name, buf_text(&m.turn.said));
        ck_assert_msg(strcmp(buf_text(&m.turn.note), row->note ? row->note : "") == 0, "%s: %s",
                      row->name, buf_text(&m.turn.note));
        ck_assert_msg(m.turn.truncated == row->truncated, "%s", row->name);
        ck_assert_msg(strcmp(buf_text(&m.turn.beside), row->beside ? row->beside : "") == 0, "%s",
                      row->name);
        free(text);
    }
    model_turn_release(&m);
}
END_TEST

START_TEST(test_calls_have_a_limit)
{
    struct model_turn m = {0};
    for (size_t n = MODEL_CALLS_MAX; n <= MODEL_CALLS_MAX + 1; n++) {
        struct buf text = {0};
        buf_text_add(&text, "{\"choices\":[{\"message\":{\"tool_calls\":[");
        for (size_t i = 0; i < n; i++)
            buf_printf(&text, "%s{\"id\":\"c\",\"function\":{\"name\":\"f\"}}", i ? "," : "");
        buf_text_add(&text, "]}}]}");
        struct tape answer = fixture_tape(buf_text(&text));
        ck_assert_ptr_null(model_turn_read(&m, &answer, JOB_API_CHAT, 0));
        ck_assert_int_eq(m.turn.kind, n > MODEL_CALLS_MAX ? POLICY_FAILED : POLICY_CALLS);
        tape_release(&answer);
        buf_release(&text);
    }
    ck_assert_str_eq(buf_text(&m.turn.text),
                     "the model made 129 tool calls in one turn, and 128 are the most");
    model_turn_release(&m);
}
END_TEST

static const struct {
    const char *usage;
    bool responses;
    struct policy_tokens want;
} usages[] = {
    {"{\"prompt_tokens\":10,\"completion_tokens\":3,\"completion_tokens_details\":{\"reasoning_"
     "tokens\":2}}",
     false,
     {true, true, 10, 3, 2}},
    {"{\"prompt_tokens\":10,\"completion_tokens\":0}", false, {true, false, 10, 0, 0}},
    {"{\"input_tokens\":10,\"output_tokens\":3,\"output_tokens_details\":{\"reasoning_tokens\":0}}",
     true,
     {true, true, 10, 3, 0}},
    {"{\"input_tokens\":10,\"output_tokens\":3}", false, {false, false, 0, 0, 0}},
    {"{\"prompt_tokens\":10,\"completion_tokens\":-3}", false, {false, false, 10, 0, 0}},
    {"{\"completion_tokens\":\"3\"}", false, {false, false, 0, 0, 0}},
    {"null", false, {false, false, 0, 0, 0}},
};

START_TEST(test_tokens_are_those_that_are_told)
{
    struct model_turn m = {0};
    char *text =
        mem_printf("{\"choices\":[{\"message\":{}}],\"output\":[],\"usage\":%s}", usages[_i].usage);
    struct answer_row row = {.answer = text, .responses = usages[_i].responses};
    const struct policy_tokens *got = &m.turn.tokens;
    const struct policy_tokens *want = &usages[_i].want;
    ck_assert_ptr_null(read_text(&m, &row));
    ck_assert_msg(got->told == want->told && got->reasoning_told == want->reasoning_told &&
                      got->prompt == want->prompt && got->completion == want->completion &&
                      got->reasoning == want->reasoning,
                  "%s", text);
    model_turn_release(&m);
    free(text);
}
END_TEST

/* --- Requests -----------------------------------------------------------------------------------
 */

#define USER             "{\"name\":null,\"role\":\"user\",\"content\":\"Hi\"}"
#define ROW(tools, more) "{\"messages\":[" USER "],\"tools\":" tools more ",\"secret\":\"S-1\"}"
#define TOOL(name)       "{\"type\":\"function\",\"function\":{\"name\":\"" name "\",\"strict\":false}}"
#define HEAD             "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}"
#define INPUT            "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":\"Hi\"}"

static char arguments[] = "{\"q\": 1}";
static char out_1[] = "{\"n\":1}";
static char out_2[] = "two \"2\"";
static const struct policy_call past_calls[] = {
    {.name = "f", .arguments = arguments, .output = out_1, .output_len = sizeof(out_1) - 1},
    {.name = "g", .arguments = arguments, .output = out_2, .output_len = sizeof(out_2) - 1},
};

static char said_one[] = "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\"}]}";
static char said_two[] = "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\"},{\"id\":\"b\"}]}";
static char items_two[] =
    "[{\"type\":\"reasoning\"},{\"type\":\"function_call\",\"call_id\":\"a\"},"
    "{\"type\":\"function_call\",\"call_id\":\"b\"}]";

static const struct request_row {
    const char *name;
    const char *spec; /* behind type, url and model */
    const char *row;
    const char *want;
    struct policy_past turns[2];
    size_t n_turns;
} requests[] = {
    {"no seed if parameters say so", "parameters: {seed: null}", ROW("[]", ""), HEAD "]}",
     .n_turns = 0},
    {"parameters as they are, in their order",
     "parameters: {top_p: 0.1, seed: 7, stop: [a, {b: null}], max_tokens: 5}", ROW("[]", ""),
     HEAD "],\"top_p\":0.1,\"seed\":7,\"stop\":[\"a\",{\"b\":null}],\"max_tokens\":5}",
     .n_turns = 0},
    {"tools that both have, in the row's order; the job's is search", "parameters: {seed: null}",
     ROW("[" TOOL("other") "," TOOL("search") "]", ""), HEAD "],\"tools\":[" TOOL("search") "]}",
     .n_turns = 0},
    {"parallel calls only if the row forbids them, and beside tools", "parameters: {seed: null}",
     ROW("[" TOOL("search") "]", ",\"parallel_tool_calls\":false"),
     HEAD "],\"tools\":[" TOOL("search") "],\"parallel_tool_calls\":false}", .n_turns = 0},
    {"not without tools", "parameters: {seed: null}", ROW("[]", ",\"parallel_tool_calls\":false"),
     HEAD "]}", .n_turns = 0},
    {"nor if parameters have it", "parameters: {seed: null, parallel_tool_calls: true}",
     ROW("[" TOOL("search") "]", ",\"parallel_tool_calls\":false"),
     HEAD "],\"tools\":[" TOOL("search") "],\"parallel_tool_calls\":true}", .n_turns = 0},
    {"a tool in the form of Responses", "parameters: {seed: null}",
     ROW("[{\"type\":\"function\",\"name\":\"search\"}]", ""),
     HEAD "],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
          "\"search\"}}]}",
     .n_turns = 0},
    {"Responses: one of chat completions", "api: responses", ROW("[" TOOL("search") "]", ""),
     INPUT "],\"tools\":[{\"type\":\"function\",\"name\":\"search\",\"strict\":false}]}",
     .n_turns = 0},
    {"two calls of a turn",
     "parameters: {seed: null}",
     ROW("[]", ""),
     HEAD ",{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\"},{\"id\":\"b\"}]},"
          "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"{\\\"n\\\":1}\"},"
          "{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"two \\\"2\\\"\"}]}",
     {{.n_calls = 2, .batch = true, .said = said_two, .said_len = sizeof(said_two) - 1}},
     1},
    {"a batch in one call",
     "parameters: {seed: null}",
     ROW("[]", ""),
     HEAD ",{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\"}]},"
          "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"[{\\\"n\\\":1}, \\\"two "
          "\\\\\\\"2\\\\\\\"\\\"]\"}]}",
     {{.n_calls = 2, .batch = true, .said = said_one, .said_len = sizeof(said_one) - 1}},
     1},
    {"a batch of none, then a call",
     "parameters: {seed: null}",
     ROW("[]", ""),
     HEAD ",{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\"}]},"
          "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"[]\"},"
          "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\"}]},"
          "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"{\\\"n\\\":1}\"}]}",
     {{.batch = true, .said = said_one, .said_len = sizeof(said_one) - 1},
      {.n_calls = 1, .said = said_one, .said_len = sizeof(said_one) - 1}},
     2},
    {"Responses: two calls of a turn",
     "api: responses",
     ROW("[]", ""),
     INPUT ",{\"type\":\"reasoning\"},{\"type\":\"function_call\",\"call_id\":\"a\"},"
           "{\"type\":\"function_call\",\"call_id\":\"b\"},"
           "{\"type\":\"function_call_output\",\"call_id\":\"a\",\"output\":\"{\\\"n\\\":1}\"},"
           "{\"type\":\"function_call_output\",\"call_id\":\"b\",\"output\":\"two \\\"2\\\"\"}]}",
     {{.n_calls = 2, .batch = true, .said = items_two, .said_len = sizeof(items_two) - 1}},
     1},
};

/* The job and spec of a policy; both are there if it has no faults. */
static struct job *open_spec(struct model_spec *spec, const char *more, struct diags *list)
{
    char *simulation =
        mem_printf("{policy: {type: model, model: m%s%s%s}}",
                   strstr(more, "url:") ? "" : ", url: 'http://h:1/v1'", *more ? ", " : "", more);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, list);
    ck_assert_ptr_nonnull(job);
    model_spec_read(
        spec,
        &(struct policy_spec){
            .job = job, .doc = job->doc, .json = job->sim.policy, .pointer = JOB_POLICY_POINTER},
        list);
    free(simulation);
    return job;
}

START_TEST(test_what_is_asked)
{
    const struct request_row *row = &requests[_i];
    struct diags list = {0};
    struct model_spec spec = {0};
    struct model_request request = {0};
    struct buf out = {0};
    struct job *job = open_spec(&spec, row->spec, &list);
    ck_assert_uint_eq(list.n, 0);
    struct tape item = fixture_tape(row->row);
    model_request_init(&request, job, &spec);
    model_request_write(&request,
                        &(struct policy_view){.item = &item,
                                              .calls = past_calls,
                                              .n_calls = COUNT_OF(past_calls),
                                              .turns = row->turns,
                                              .turn = row->n_turns},
                        &out);
    ck_assert_msg(strcmp(buf_text(&out), row->want) == 0, "%s: %s", row->name, buf_text(&out));
    model_request_release(&request);
    model_spec_release(&spec);
    tape_release(&item);
    buf_release(&out);
    job_free(job);
    diags_release(&list);
}
END_TEST

/* --- The spec -----------------------------------------------------------------------------------
 */

static const struct {
    const char *spec;
    const char *url;
    enum job_model_api api;
} urls[] = {
    {"", "http://h:1/v1/chat/completions", JOB_API_CHAT},
    {"url: 'http://h/v1/'", "http://h/v1/chat/completions", JOB_API_CHAT},
    {"url: 'http://h'", "http://h/chat/completions", JOB_API_CHAT},
    {"url: 'http://h/v1', api: responses", "http://h/v1/responses", JOB_API_RESPONSES},
    {"url: 'http://h/v1/chat/completions'", "http://h/v1/chat/completions", JOB_API_CHAT},
    {"url: 'http://h/v1/responses', api: responses", "http://h/v1/responses", JOB_API_RESPONSES},
    {"url: 'https://h/openai/v1/responses?api-version=preview'",
     "https://h/openai/v1/responses?api-version=preview", JOB_API_RESPONSES},
    {"url: 'https://h/openai/deployments/d?api-version=1'",
     "https://h/openai/deployments/d/chat/completions?api-version=1", JOB_API_CHAT},
    {"url: 'https://h/openai/deployments/d/?api-version=a/b'",
     "https://h/openai/deployments/d/chat/completions?api-version=a/b", JOB_API_CHAT},
    {"url: 'https://h/my/responses/v1'", "https://h/my/responses/v1/chat/completions",
     JOB_API_CHAT},
};

START_TEST(test_where_it_is_asked)
{
    struct diags list = {0};
    struct model_spec spec = {0};
    struct job *job = open_spec(&spec, urls[_i].spec, &list);
    ck_assert_uint_eq(list.n, 0);
    ck_assert_str_eq(spec.url, urls[_i].url);
    ck_assert_int_eq(spec.api, (int)urls[_i].api);
    model_spec_release(&spec);
    job_free(job);
}
END_TEST

static const struct {
    const char *spec; /* the whole of it, behind the type */
    enum diag_code code;
    const char *at; /* in the policy */
    const char *fix;
} faults[] = {
    {"", DIAG_J003, "/url", "url: http://"},
    {"url: ''", DIAG_J005, "/url", "write a value"},
    {"url: 'h:1/v1'", DIAG_J005, "/url", "what stands before /chat/completions"},
    {"url: 'http://h/v1#x'", DIAG_J005, "/url", "what stands before /chat/completions"},
    {"url: 'http://h/v1/responses', api: chat", DIAG_J005, "/api", "take 'api' away"},
    {"url: 'http://h/v1', api: completions", DIAG_J005, "/api", ""},
    {"url: 'http://h/v1', key: x", DIAG_J002, "/key", "api_key"},
    {"url: 'http://h/v1', attempts: 11", DIAG_J005, "/attempts", ""},
    {"url: 'http://h/v1', max_qps: 0", DIAG_J005, "/max_qps", ""},
    {"url: 'http://h/v1', timeout_ms: '5'", DIAG_J004, "/timeout_ms", "without quotes"},
    {"url: 'http://h/v1', parameters: [x]", DIAG_J004, "/parameters", ""},
    {"url: 'http://h/v1', parameters: {n: 2}", DIAG_J005, "/parameters/n", "one answer a turn"},
    {"url: 'http://h/v1', headers: {A B: x}", DIAG_J005, "/headers", ""},
    {"url: 'http://h/v1', api_key: x, headers: {AUTHORIZATION: y}", DIAG_J008, "/api_key",
     "keep one"},
    {"url: 'https://x.azure.com/v1', api_key: x, headers: {api-key: y}", DIAG_J008, "/api_key",
     "keep one"},
};

START_TEST(test_faults_in_the_spec)
{
    struct diags list = {0};
    char *simulation =
        mem_printf("{policy: {type: model%s%s}}", *faults[_i].spec ? ", " : "", faults[_i].spec);
    char *pointer = mem_printf(JOB_POLICY_POINTER "%s", faults[_i].at);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, &list);
    ck_assert_msg(job != NULL, "%s", simulation);
    fixture_policy_refused(job, faults[_i].code, pointer, faults[_i].fix);
    job_free(job);
    free(pointer);
    free(simulation);
    diags_release(&list);
}
END_TEST

Suite *model_suite(void)
{
    Suite *suite = suite_create("model");
    TCase *tc = tcase_create("model");
    tcase_add_loop_test(tc, test_what_an_answer_comes_to, 0, (int)COUNT_OF(answers));
    tcase_add_test(tc, test_calls_have_a_limit);
    tcase_add_loop_test(tc, test_tokens_are_those_that_are_told, 0, (int)COUNT_OF(usages));
    tcase_add_loop_test(tc, test_what_is_asked, 0, (int)COUNT_OF(requests));
    tcase_add_loop_test(tc, test_where_it_is_asked, 0, (int)COUNT_OF(urls));
    tcase_add_loop_test(tc, test_faults_in_the_spec, 0, (int)COUNT_OF(faults));
    suite_add_tcase(suite, tc);
    return suite;
}
