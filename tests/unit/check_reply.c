/* What judges say, in many shapes. */
#include <string.h>

#include "grader/reply.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static const char *const labels[] = {"good", "bad one"};

/* A content in a completion; what is not plain is given as the whole answer. */
#define CHAT(content)         "{\"choices\":[{\"message\":{\"content\":" content "}}]}"
#define PART(type, key, text) "{\"type\":\"" type "\",\"" key "\":" text "}"
#define OUTPUT(parts)         "{\"output\":[{\"type\":\"message\",\"content\":[" parts "]}]}"

static const struct row {
    const char *name;
    const char *answer;
    bool label;     /* one of the labels is wanted */
    bool responses; /* not chat completions */
    enum reply_kind kind;
    double number; /* or the label's index */
    bool searched;
    const char *why; /* or the text, unless it is a result */
} rows[] = {
    {"the structure", CHAT("\"{\\\"steps\\\":[],\\\"result\\\":0.25}\""), false, false,
     REPLY_RESULT, 0.25, false, NULL},
    {"a whole number", CHAT("\"{\\\"result\\\":-3}\""), false, false, REPLY_RESULT, -3, false,
     NULL},
    {"white space around it", CHAT("\" \\n{\\\"result\\\":1} \""), false, false, REPLY_RESULT, 1,
     false, NULL},
    {"the last of two results", CHAT("\"{\\\"result\\\":1,\\\"result\\\":2}\""), false, false,
     REPLY_RESULT, 2, false, NULL},
    {"a fenced block", CHAT("\"```json\\n{\\\"result\\\": 0.5}\\n```\""), false, false,
     REPLY_RESULT, 0.5, true, NULL},
    {"a number in prose", CHAT("\"Score: 7/10\""), false, false, REPLY_RESULT, 7, true, NULL},
    {"a bare number", CHAT("\"0.75\""), false, false, REPLY_RESULT, 0.75, true, NULL},
    {"a negative one", CHAT("\"it is -1.5.\""), false, false, REPLY_RESULT, -1.5, true, NULL},
    {"one with zeros before it", CHAT("\"007.5\""), false, false, REPLY_RESULT, 7.5, true, NULL},
    {"not a digit in a word", CHAT("\"gpt4 says v1.2 of x_3, and 0.5\""), false, false,
     REPLY_RESULT, 0.5, true, NULL},
    {"prose without a number", CHAT("\"Good.\""), false, false, REPLY_UNPARSED, 0, true,
     "said no number"},
    {"nothing", CHAT("\" \""), false, false, REPLY_UNPARSED, 0, true, "said nothing"},
    {"a content of null", CHAT("null"), false, false, REPLY_UNPARSED, 0, true, "said nothing"},
    {"a result that is a text", CHAT("\"{\\\"result\\\":\\\"0.5\\\"}\""), false, false,
     REPLY_UNPARSED, 0, false, "not a number"},
    {"a result that is true", CHAT("\"{\\\"result\\\":true}\""), false, false, REPLY_UNPARSED, 0,
     false, "not a number"},
    {"no result, though a number is there", CHAT("\"{\\\"score\\\":1}\""), false, false,
     REPLY_UNPARSED, 0, false, "gave no \"result\""},
    {"a content in parts",
     CHAT("[" PART("text", "text", "\"{\\\"result\\\"\"") "," PART("text", "text", "\":1}\"") "]"),
     false, false, REPLY_RESULT, 1, false, NULL},
    {"a refusal", "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I will not.\"}}]}",
     false, false, REPLY_REFUSAL, 0, false, "I will not."},
    {"an empty refusal is none",
     "{\"choices\":[{\"message\":{\"content\":\"{\\\"result\\\":1}\",\"refusal\":\"\"}}]}", false,
     false, REPLY_RESULT, 1, false, NULL},
    {"the content filter",
     "{\"choices\":[{\"finish_reason\":\"content_filter\",\"message\":{\"content\":\"0.5\"}}]}",
     false, false, REPLY_REFUSAL, 0, false, "content filter"},
    {"cut at its limit, though a number is there",
     "{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":\"{\\\"steps\\\":[1\"}}]"
     "}",
     false, false, REPLY_CUT, 0, false, NULL},
    {"no choice", "{\"choices\":[]}", false, false, REPLY_NONE, 0, false, "choices[0].message"},
    {"a message that is a text", "{\"choices\":[{\"message\":\"1\"}]}", false, false, REPLY_NONE, 0,
     false, "choices[0].message"},
    {"an answer to something else", "{\"score\":1}", false, false, REPLY_NONE, 0, false,
     "choices[0].message"},

    {"a label", CHAT("\"{\\\"result\\\":\\\"bad one\\\"}\""), true, false, REPLY_RESULT, 1, false,
     NULL},
    {"a label alone", CHAT("\" good\\n\""), true, false, REPLY_RESULT, 0, true, NULL},
    {"another case is another label", CHAT("\"{\\\"result\\\":\\\"Good\\\"}\""), true, false,
     REPLY_UNPARSED, 0, false, "none of the labels"},
    {"a label in prose is not looked for", CHAT("\"it is good\""), true, false, REPLY_UNPARSED, 0,
     true, "none of the labels"},
    {"a number for a label", CHAT("\"{\\\"result\\\":0}\""), true, false, REPLY_UNPARSED, 0, false,
     "no label"},

    {"Responses: the structure", OUTPUT(PART("output_text", "text", "\"{\\\"result\\\":0.5}\"")),
     false, true, REPLY_RESULT, 0.5, false, NULL},
    {"Responses: behind its reasoning",
     "{\"output\":[{\"type\":\"reasoning\",\"content\":[" PART(
         "output_text", "text",
         "\"9\"") "]},{\"type\":\"message\",\"content\":[" PART("output_text", "text",
                                                                "\"{\\\"result\\\":0.5}\"") "]}]}",
     false, true, REPLY_RESULT, 0.5, false, NULL},
    {"Responses: a refusal", OUTPUT(PART("refusal", "refusal", "\"No.\"")), false, true,
     REPLY_REFUSAL, 0, false, "No."},
    {"Responses: cut at its limit",
     "{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"},"
     "\"output\":[]}",
     false, true, REPLY_CUT, 0, false, NULL},
    {"Responses: the content filter",
     "{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"content_filter\"},\"output\":"
     "[]}",
     false, true, REPLY_REFUSAL, 0, false, "content filter"},
    {"Responses: failed", "{\"status\":\"failed\",\"output\":[]}", false, true, REPLY_NONE, 0,
     false, "without an output"},
    {"Responses: no output", CHAT("\"1\""), false, true, REPLY_NONE, 0, false, "without an output"},
    {"Responses: nothing in it", "{\"output\":[]}", false, true, REPLY_UNPARSED, 0, true,
     "said nothing"},
};

static void read_one(struct reply *r, const struct row *row)
{
    struct tape scratch = {0};
    struct tape answer = fixture_tape(row->answer);
    struct reply_wants wants = {.api = row->responses ? JOB_API_RESPONSES : JOB_API_CHAT,
                                .labels = row->label ? labels : NULL,
                                .n_labels = row->label ? COUNT_OF(labels) : 0};
    reply_read(r, &wants, &answer, &scratch);
    tape_release(&answer);
    tape_release(&scratch);
}

START_TEST(test_reply)
{
    const struct row *row = &rows[_i];
    struct reply r = {0};
    for (int again = 0; again < 2; again++) { /* nothing is left of the one before */
        read_one(&r, &rows[(_i + 7) % (int)COUNT_OF(rows)]);
        read_one(&r, row);
    }
    ck_assert_msg(r.kind == row->kind, "%s: %d, %s", row->name, (int)r.kind, r.why);
    ck_assert_msg(r.searched == row->searched, "%s: searched %d", row->name, r.searched);
    if (r.kind == REPLY_RESULT)
        ck_assert_msg((row->label ? (double)r.label : r.number) == row->number, "%s: %g, %zu",
                      row->name, r.number, r.label);
    else if (row->why)
        ck_assert_msg(strstr(r.kind == REPLY_REFUSAL ? buf_text(r.text) : r.why, row->why) != NULL,
                      "%s: %s, %s", row->name, r.why, buf_text(r.text));
    reply_release(&r);
}
END_TEST

static const struct {
    const char *usage;
    bool responses;
    struct grade_tokens tokens;
} usages[] = {
    {"{\"prompt_tokens\":10,\"completion_tokens\":3,\"total_tokens\":13,"
     "\"prompt_tokens_details\":{\"cached_tokens\":8}}",
     false,
     {10, 3, 13, 8}},
    {"{\"input_tokens\":10,\"output_tokens\":3,\"total_tokens\":13,"
     "\"input_tokens_details\":{\"cached_tokens\":8}}",
     true,
     {10, 3, 13, 8}},
    {"{\"prompt_tokens\":-1,\"completion_tokens\":1e300,\"total_tokens\":\"9\"}", false, {0}},
    {"null", false, {0}},
};

START_TEST(test_tokens)
{
    struct reply r = {0};
    char *answer = mem_printf("{\"model\":\"judge-1\",\"usage\":%s}", usages[_i].usage);
    read_one(&r, &(struct row){.answer = answer, .responses = usages[_i].responses});
    const struct grade_tokens *want = &usages[_i].tokens;
    ck_assert_int_eq(r.tokens.prompt, want->prompt);
    ck_assert_int_eq(r.tokens.completion, want->completion);
    ck_assert_int_eq(r.tokens.total, want->total);
    ck_assert_int_eq(r.tokens.cached, want->cached);
    ck_assert_str_eq(buf_text(&r.answer.model), "judge-1");
    reply_release(&r);
    free(answer);
}
END_TEST

Suite *reply_suite(void)
{
    Suite *suite = suite_create("reply");
    TCase *tc = tcase_create("reply");
    tcase_add_loop_test(tc, test_reply, 0, (int)COUNT_OF(rows));
    tcase_add_loop_test(tc, test_tokens, 0, (int)COUNT_OF(usages));
    suite_add_tcase(suite, tc);
    return suite;
}
