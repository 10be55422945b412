#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/policy/policy.h"
#include "tests/unit/fixture.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

#define TOOLS                                                                                  \
    "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"search\",\"parameters\":{"     \
    "\"type\":\"object\",\"properties\":{\"query\":{\"type\":\"string\"},\"top_k\":{\"type\":" \
    "\"integer\"}}}}}]"
#define CALLS "\"calls\":[{\"name\":\"search\",\"arguments\":{\"query\":\"x\"}}]"

#define EQ(input, reference) \
    "{type: string_check, name: g, operation: eq, input: '" input "', reference: '" reference "'}"
#define OTHER EQ("{{sample.output_json.a}}", "{{item.deep.answer}}")

/* A job with this grader and policy, whose training file is one row. */
static struct job *make_job(const char *grader, const char *policy, const char *row)
{
    struct diags list = {0};
    struct err e = {0};
    struct job *job = NULL;
    char *text = mem_printf("model: o4-mini-2025-04-16\ntraining_file: t.jsonl\n"
                            "validation_file: t.jsonl\nmethod:\n  type: reinforcement\n"
                            "  reinforcement:\n    grader: %s\n"
                            "simulation: {policy: %s}\n",
                            grader, policy);
    scratch_file("t.jsonl", row);
    scratch_file("job.yaml", text);
    ck_assert_msg(job_load(&job, "job.yaml", &list, &e) == ERR_OK, "%s: %s", policy,
                  list.n ? list.at[0].text : e.text);
    diags_release(&list);
    free(text);
    return job;
}

static const struct row {
    const char *name;
    const char *policy; /* what follows "type: oracle" */
    const char *row;
    size_t turn;
    enum policy_turn_kind kind;
    const char *tool;
    const char *text; /* the answer, the arguments, or a part of why it failed */
} rows[] = {
    {"a field's name is its value", "calls: [], answer: sku", "{\"sku\":\"A-1\"}", 0, POLICY_ANSWER,
     "", "A-1"},
    {"a path leads into the row", "calls: [], answer: gold.sku", "{\"gold\":{\"sku\":7}}", 0,
     POLICY_ANSWER, "", "7"},
    {"a template is one", "calls: [], answer: 'It is {{item.sku}}'", "{\"sku\":\"A-1\"}", 0,
     POLICY_ANSWER, "", "It is A-1"},
    {"an object is answered as JSON", "calls: [], answer: {sku: '{{item.sku}}', n: 1}",
     "{\"sku\":\"A\\\"1\"}", 0, POLICY_ANSWER, "", "{\"sku\":\"A\\\"1\",\"n\":1}"},
    {"a row without the field fails, by name", "calls: [], answer: sku", "{\"ska\":1}", 0,
     POLICY_FAILED, "", "{{item.sku}} resolves nowhere: item has no key 'sku'"},
    {"calls come first", "calls: calls, answer: sku", "{\"sku\":\"A\"," CALLS "}", 0, POLICY_CALLS,
     "search", "{\"query\":\"x\"}"},
    {"then the answer", "calls: '{{item.calls}}', answer: sku", "{\"sku\":\"A\"," CALLS "}", 1,
     POLICY_ANSWER, "", "A"},
    {"arguments that are a text are sent as they stand", "calls: c, answer: c",
     "{\"c\":[{\"function\":{\"name\":\"search\",\"arguments\":\"{ \\\"q\\\": 1\"}}]}", 0,
     POLICY_CALLS, "search", "{ \"q\": 1"},
    {"other words for it", "calls: c, answer: c",
     "{\"c\":[{\"recipient_name\":\"functions.search\",\"parameters\":{\"q\":1}}]}", 0,
     POLICY_CALLS, "search", "{\"q\":1}"},
    {"a list may be in a text", "calls: c, answer: c",
     "{\"c\":\"[{\\\"tool\\\":\\\"search\\\",\\\"args\\\":{}}]\"}", 0, POLICY_CALLS, "search",
     "{}"},
    {"a name alone takes the row's fields of the tool's", "calls: c, answer: c",
     "{\"c\":[\"search\"],\"query\":\"a b\",\"other\":1," TOOLS "}", 0, POLICY_CALLS, "search",
     "{\"query\":\"a b\"}"},
    {"all of them", "calls: c, answer: c",
     "{\"c\":[\"search\"],\"query\":\"a\",\"top_k\":2," TOOLS "}", 0, POLICY_CALLS, "search",
     "{\"query\":\"a\",\"top_k\":2}"},
    {"and none without a schema", "calls: c, answer: c", "{\"c\":[\"search\"],\"query\":\"a\"}", 0,
     POLICY_CALLS, "search", "{}"},
    {"null is no call", "calls: c, answer: a", "{\"c\":null,\"a\":\"x\"}", 0, POLICY_ANSWER, "",
     "x"},
    {"so is an empty list", "calls: c, answer: a", "{\"c\":[],\"a\":\"x\"}", 0, POLICY_ANSWER, "",
     "x"},
    {"a number is no list", "calls: c, answer: a", "{\"c\":2,\"a\":\"x\"}", 0, POLICY_FAILED, "",
     "the expected calls are a number, not a list (/simulation/policy/calls)"},
    {"nor is a text", "calls: c, answer: a", "{\"c\":\"search\",\"a\":\"x\"}", 0, POLICY_FAILED, "",
     "the expected calls are a string, not a list"},
    {"a call has a name", "calls: c, answer: a", "{\"c\":[{\"call\":\"search\"}],\"a\":\"x\"}", 0,
     POLICY_FAILED, "", "expected call 1 has no name"},
};

START_TEST(test_a_turn_is_what_the_row_expects)
{
    const struct row *row = &rows[_i];
    struct diags list = {0};
    struct err e = {0};
    struct policy *p = NULL;
    char *policy = mem_printf("{type: oracle, %s}", row->policy);
    struct job *job = make_job(OTHER, policy, row->row);
    ck_assert_msg(policy_new(&p, job, &(struct policy_context){0}, &list, &e) == ERR_OK, "%s: %s",
                  row->name, list.n ? list.at[0].text : e.text);
    ck_assert_msg(!policy_note(p), "%s: nothing was guessed", row->name);
    struct tape tape = fixture_tape(row->row);
    struct policy_view view = {.item = &tape, .turn = row->turn};
    struct policy_turn turn = {0};
    for (int again = 0; again < 2; again++) { /* a turn's memory is used again */
        policy_take_turn(p, &view, &turn);
        ck_assert_msg(turn.kind == row->kind, "%s: %s", row->name, buf_text(&turn.text));
        if (row->kind == POLICY_FAILED)
            ck_assert_msg(strstr(buf_text(&turn.text), row->text) != NULL, "%s: %s", row->name,
                          buf_text(&turn.text));
        else
            ck_assert_msg(strcmp(buf_text(&turn.text), row->text) == 0, "%s: %s", row->name,
                          buf_text(&turn.text));
        ck_assert_uint_eq(turn.n_calls, row->kind == POLICY_CALLS);
        if (turn.n_calls)
            ck_assert_str_eq(turn.calls[0].name, row->tool);
    }
    policy_turn_release(&turn);
    tape_release(&tape);
    policy_free(p);
    job_free(job);
    diags_release(&list);
    free(policy);
}
END_TEST

#define BY_GRADER  "answer guessed from the grader's reference: {{item.deep.answer}}"
#define BY_ROW     "answer guessed from the first training row: "
#define CALLS_FROM "calls guessed from the first training row: "
#define NO_CALLS   "no calls: the first training row has no field that is known to list them"
static const struct {
    const char *name, *grader, *policy, *row, *note;
} guesses[] = {
    {"what the grader compares the answer with",
     EQ("{{sample.output_text}}", "{{item.deep.answer}}"), "{type: oracle}", "{\"answer\":\"no\"}",
     BY_GRADER "; " NO_CALLS},
    {"on whichever side it stands", EQ("{{item.deep.answer}}", "{{ sample.output_text }}"),
     "{type: oracle}", "{}", BY_GRADER "; " NO_CALLS},
    {"in a multi too",
     "{type: multi, name: m, calculate_output: a, graders: {a: " EQ("{{sample.output_text}}",
                                                                    "{{item.deep.answer}}") "}}",
     "{type: oracle}", "{}", BY_GRADER "; " NO_CALLS},
    {"but not what it must not be",
     "{type: string_check, name: g, operation: ne, input: '{{sample.output_text}}', reference: "
     "'{{item.deep.answer}}'}",
     "{type: oracle}", "{\"answer\":\"x\"}", BY_ROW "{{item.answer}}; " NO_CALLS},
    {"else a usual name", OTHER, "{type: oracle}", "{\"x\":1,\"target\":2,\"ground_truth\":3}",
     BY_ROW "{{item.ground_truth}}; " NO_CALLS},
    {"blank lines are no rows", OTHER, "{type: oracle}", "\n  \n{\"answer\":3}",
     BY_ROW "{{item.answer}}; " NO_CALLS},
    {"what is said is not guessed", OTHER, "{type: oracle, answer: x}",
     "{\"answer\":1,\"expected_tools\":[\"search\"]}", CALLS_FROM "{{item.expected_tools}}"},
    {"calls with arguments before names alone", OTHER, "{type: oracle, answer: x}",
     "{\"expected_tools\":[\"search\"],\"gold_tool_calls\":[{\"name\":\"search\",\"arguments\":{}}"
     "]}",
     CALLS_FROM "{{item.gold_tool_calls}}"},
    {"a number of calls is not a list of them", OTHER, "{type: oracle, answer: x}",
     "{\"expected_tools\":3}", NO_CALLS},
    {"simulation.expected_tools is the field", OTHER,
     "{type: oracle, answer: x}, expected_tools: mine",
     "{\"expected_tools\":[\"a\"],\"mine\":[\"b\"]}", CALLS_FROM "{{item.mine}}"},
};

START_TEST(test_a_guess_is_said)
{
    struct diags list = {0};
    struct err e = {0};
    struct policy *p = NULL;
    struct job *job = make_job(guesses[_i].grader, guesses[_i].policy, guesses[_i].row);
    ck_assert_msg(policy_new(&p, job, &(struct policy_context){0}, &list, &e) == ERR_OK, "%s: %s",
                  guesses[_i].name, list.n ? list.at[0].text : e.text);
    ck_assert_msg(policy_note(p) && strcmp(policy_note(p), guesses[_i].note) == 0, "%s: %s",
                  guesses[_i].name, policy_note(p) ? policy_note(p) : "nothing");
    policy_free(p);
    job_free(job);
    diags_release(&list);
}
END_TEST

static const struct {
    const char *policy;
    enum diag_code code;
    const char *pointer;
    const char *fix; /* a part */
} refused[] = {
    {"{type: oracle}", DIAG_J003, "/simulation/policy/answer",
     "add answer: FIELD, one of query, sku"},
    {"{type: oracle, anwser: sku, answer: sku}", DIAG_J002, "/simulation/policy/anwser", "answer"},
    {"{type: oracle, answer: 3}", DIAG_J004, "/simulation/policy/answer", "name the field"},
    {"{type: oracle, answer: ''}", DIAG_J004, "/simulation/policy/answer", "name the field"},
    {"{type: oracle, answer: '{{itm.x}}'}", DIAG_J007, "/simulation/policy/answer", "templates"},
    {"{type: oracle, answer: {a: '{{itm.x}}'}}", DIAG_J007, "/simulation/policy/answer/a",
     "templates"},
    {"{type: oracle, answer: sku, calls: 3}", DIAG_J004, "/simulation/policy/calls", "scripted"},
    {"{type: oracle, answer: sku, calls: [{call: a}]}", DIAG_J004, "/simulation/policy/calls",
     "scripted"},
    {"{type: oracle, answer: sku, calls: 'x {{item.a}}'}", DIAG_J007, "/simulation/policy/calls",
     "{{item.FIELD}}"},
    {"{type: oracle, answer: sku, calls: '{{calls[0].output}}'}", DIAG_J007,
     "/simulation/policy/calls", "{{item.FIELD}}"},
    {"{type: orakle}", DIAG_J007, "/simulation/policy/type", "did you mean 'oracle'?"},
};

START_TEST(test_a_fault_has_its_place_and_fix)
{
    struct job *job =
        make_job(OTHER, refused[_i].policy, "{\"messages\":[],\"query\":\"q\",\"sku\":\"s\"}");
    fixture_policy_refused(job, refused[_i].code, refused[_i].pointer, refused[_i].fix);
    job_free(job);
}
END_TEST

Suite *oracle_suite(void)
{
    Suite *suite = suite_create("oracle");
    TCase *tcase = tcase_create("oracle");
    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    tcase_add_loop_test(tcase, test_a_turn_is_what_the_row_expects, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_a_guess_is_said, 0, COUNT_OF(guesses));
    tcase_add_loop_test(tcase, test_a_fault_has_its_place_and_fix, 0, COUNT_OF(refused));
    suite_add_tcase(suite, tcase);
    return suite;
}
