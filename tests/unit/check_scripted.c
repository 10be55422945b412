#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/policy/policy.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static const char item[] = "{\"key\":7,\"name\":\"Ada \\\"A\\\"\",\"none\":null,\"list\":[]}";

static char found[] = "{\"items\":[{\"sku\":\"A-1\",\"price\":1.50}]}";
static char empty[] = "";
static char plain[] = "not found";
static char arguments[] = "{\"query\":\"x\"}";
static struct policy_call calls[] = {
    {.name = "search",
     .arguments = arguments,
     .arguments_len = sizeof(arguments) - 1,
     .output = found,
     .output_len = sizeof(found) - 1},
    {.name = "get",
     .arguments = arguments,
     .arguments_len = sizeof(arguments) - 1,
     .output = plain,
     .output_len = sizeof(plain) - 1},
    {.name = "none", .arguments = empty, .output = empty},
};
#define BEFORE "{answer: .}, {answer: .}, {answer: .}, "
/* The turns before: a batch of the first two, a batch of no calls, then the call with no arguments.
 */
static const struct policy_past turns[] = {{.from = 0, .n_calls = 2, .batch = true},
                                           {.from = 2, .n_calls = 0, .batch = true},
                                           {.from = 2, .n_calls = 1, .batch = false}};

static const struct row {
    const char *name;
    const char *turn; /* YAML of the fourth turn, after which it is asked */
    enum policy_turn_kind kind;
    const char *text; /* answer, arguments of all calls, or a part of why it failed */
} rows[] = {
    {"an answer is a template", "{answer: 'It is {{item.key}}, {{item.name}}'}", POLICY_ANSWER,
     "It is 7, Ada \"A\""},
    {"one template alone keeps the type",
     "{call: search, arguments: {n: '{{item.key}}', z: '{{item.none}}'}}", POLICY_CALLS,
     "{\"n\":7,\"z\":null}"},
    {"a template in a text becomes text", "{call: search, arguments: {q: 'n {{item.key}}'}}",
     POLICY_CALLS, "{\"q\":\"n 7\"}"},
    {"what is put in is escaped", "{call: search, arguments: {q: '<{{item.name}}>'}}", POLICY_CALLS,
     "{\"q\":\"<Ada \\\"A\\\">\"}"},
    {"numbers, lists and nesting stay",
     "{call: search, arguments: {top_k: 3, a: [1, {b: true}], e: {}}}", POLICY_CALLS,
     "{\"top_k\":3,\"a\":[1,{\"b\":true}],\"e\":{}}"},
    {"no arguments are empty arguments", "{call: search}", POLICY_CALLS, "{}"},
    {"arguments as a text are sent as they are",
     "{call: search, arguments: '{broken {{item.key}}'}", POLICY_CALLS, "{broken 7"},
    {"an output that is JSON can be walked", "{answer: '{{calls[0].output.items[0].sku}}'}",
     POLICY_ANSWER, "A-1"},
    {"and keeps its type", "{call: search, arguments: {p: '{{calls[0].output.items[0].price}}'}}",
     POLICY_CALLS, "{\"p\":1.50}"},
    {"an output as a whole is its text", "{answer: '{{calls[1].output}}'}", POLICY_ANSWER,
     "not found"},
    {"JSON too", "{answer: '{{calls[0].output}}'}", POLICY_ANSWER,
     "{\"items\":[{\"sku\":\"A-1\",\"price\":1.50}]}"},
    {"as an argument it is JSON", "{call: search, arguments: {o: '{{calls[0].output}}'}}",
     POLICY_CALLS, "{\"o\":{\"items\":[{\"sku\":\"A-1\",\"price\":1.50}]}}"},
    {"arguments and names can be read",
     "{answer: '{{calls[1].name}} {{calls[0].arguments.query}}'}", POLICY_ANSWER, "get x"},
    {"several calls are one turn", "{calls: [{call: a, arguments: {x: 1}}, {call: b}]}",
     POLICY_CALLS, "{\"x\":1}{}"},
    {"a missing field fails, with its place", "{answer: '{{item.nope}}'}", POLICY_FAILED,
     "{{item.nope}} resolves nowhere: item has no key 'nope' (/simulation/policy/turns/3/answer, "
     "turn 4)"},
    {"so does an empty list", "{call: search, arguments: {i: '{{item.list[0]}}'}}", POLICY_FAILED,
     "{{item.list[0]}} resolves nowhere: list has 0 elements "
     "(/simulation/policy/turns/3/arguments/i, turn 4)"},
    {"and a call that was not made", "{answer: '{{calls[3].output}}'}", POLICY_FAILED,
     "3 calls were made so far"},
    {"a turn's output is what the model gets of it, a batch's an array (3.7)",
     "{answer: '{{turns[0].output}}'}", POLICY_ANSWER,
     "[{\"items\":[{\"sku\":\"A-1\",\"price\":1.50}]}, \"not found\"]"},
    {"it can be walked", "{answer: '{{turns[0].output[0].items[0].sku}} {{turns[0].output[1]}}'}",
     POLICY_ANSWER, "A-1 not found"},
    {"as an argument it is JSON", "{call: search, arguments: {o: '{{turns[0].output[1]}}'}}",
     POLICY_CALLS, "{\"o\":\"not found\"}"},
    {"a batch of no calls has no outputs", "{answer: '{{turns[1].output}}'}", POLICY_ANSWER, "[]"},
    {"a single call's is its output, also when empty", "{answer: '<{{turns[2].output}}>'}",
     POLICY_ANSWER, "<>"},
    {"a turn that was not taken fails", "{answer: '{{turns[3].output}}'}", POLICY_FAILED,
     "3 turns were taken so far"},
    {"and what a turn does not have", "{answer: '{{turns[0].calls}}'}", POLICY_FAILED,
     "of a turn there is turns[0].output alone"},
    {"a recipient stands as it is", "{recipient: 'wrong.{{x}}', arguments: {q: '{{item.key}}'}}",
     POLICY_MESSAGE, "{\"q\":7}"},
    {"even an empty one", "{recipient: '', arguments: 'as {{item.key}} is'}", POLICY_MESSAGE,
     "as 7 is"},
    {"a batch as an object",
     "{recipient: multi_tool_use.parallel, arguments: {tool_uses: [{recipient_name: functions.a, "
     "parameters: {n: '{{item.key}}'}}]}}",
     POLICY_MESSAGE,
     "{\"tool_uses\":[{\"recipient_name\":\"functions.a\",\"parameters\":{\"n\":7}}]}"},
    {"empty arguments are sent empty", "{call: search, arguments: ''}", POLICY_CALLS, ""},
    {"and read as such", "{answer: '<{{calls[2].arguments}}>'}", POLICY_ANSWER, "<>"},
    {"arguments that are no JSON cannot be walked", "{answer: '{{calls[2].arguments.x}}'}",
     POLICY_FAILED,
     "{{calls[2].arguments.x}} resolves nowhere: arguments is text, not JSON "
     "(/simulation/policy/turns/3/answer, turn 4)"},
    {"and an output that is no JSON", "{answer: '{{calls[1].output.sku}}'}", POLICY_FAILED,
     "output is text, not JSON"},
};

START_TEST(test_a_turn_says_what_its_row_says)
{
    const struct row *row = &rows[_i];
    struct diags list = {0};
    struct err e = {0};
    struct policy *p = NULL;
    char *simulation = mem_printf("{policy: {type: scripted, turns: [" BEFORE "%s]}}", row->turn);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, &list);
    ck_assert_msg(job != NULL, "%s: %s", row->name, list.n ? list.at[0].text : "");
    ck_assert_msg(policy_new(&p, job, &(struct policy_context){0}, &list, &e) == ERR_OK, "%s: %s",
                  row->name, list.n ? list.at[0].text : e.text);

    struct tape tape = fixture_tape(item);
    struct policy_view view = {
        .item = &tape, .calls = calls, .n_calls = COUNT_OF(calls), .turns = turns, .turn = 3};
    struct policy_turn turn = {0};
    for (int again = 0; again < 2; again++) { /* a turn's memory is used again */
        policy_take_turn(p, &view, &turn);
        ck_assert_msg(turn.kind == row->kind, "%s: %s", row->name, buf_text(&turn.text));
        if (row->kind == POLICY_FAILED)
            ck_assert_msg(strstr(buf_text(&turn.text), row->text) != NULL, "%s: %s", row->name,
                          buf_text(&turn.text));
        else
            ck_assert_str_eq(buf_text(&turn.text), row->text);
    }
    policy_turn_release(&turn);
    tape_release(&tape);
    policy_free(p);
    job_free(job);
    diags_release(&list);
    free(simulation);
}
END_TEST

START_TEST(test_a_script_that_ends_without_an_answer)
{
    struct diags list = {0};
    struct err e = {0};
    struct policy *p = NULL;
    struct job *job =
        fixture_job(FIXTURE_GRADER, "{policy: {type: scripted, turns: [{call: search}]}}", &list);
    ck_assert_int_eq(policy_new(&p, job, &(struct policy_context){0}, &list, &e), ERR_OK);
    struct tape tape = fixture_tape(item);
    struct policy_view view = {.item = &tape, .turn = 1};
    struct policy_turn turn = {0};
    policy_take_turn(p, &view, &turn);
    ck_assert_int_eq(turn.kind, POLICY_FAILED);
    ck_assert_str_eq(buf_text(&turn.text), "the script has 1 turn and no answer in the last");
    policy_turn_release(&turn);
    tape_release(&tape);
    policy_free(p);
    job_free(job);
    diags_release(&list);
}
END_TEST

static const struct {
    const char *policy;
    enum diag_code code;
    const char *pointer;
} refused[] = {
    {"{type: scripted}", DIAG_J003, "/simulation/policy/turns"},
    {"{type: scripted, turns: []}", DIAG_J003, "/simulation/policy/turns"},
    {"{type: scripted, trun: 1, turns: [{answer: x}]}", DIAG_J002, "/simulation/policy/trun"},
    {"{type: scripted, turns: [{anwser: x}]}", DIAG_J002, "/simulation/policy/turns/0/anwser"},
    {"{type: scripted, turns: [{answer: 3}]}", DIAG_J004, "/simulation/policy/turns/0/answer"},
    {"{type: scripted, turns: [{call: a, arguments: 3}]}", DIAG_J004,
     "/simulation/policy/turns/0/arguments"},
    {"{type: scripted, turns: [{call: a, arguments: {q: '{{itm.x}}'}}]}", DIAG_J007,
     "/simulation/policy/turns/0/arguments/q"},
    {"{type: scripted, turns: [{calls: [{call: a}, {arguments: {}}]}]}", DIAG_J007,
     "/simulation/policy/turns/0/calls/1"},
    {"{type: scripted, turns: [{call: a, recipient: functions.a}]}", DIAG_J007,
     "/simulation/policy/turns/0/recipient"},
    {"{type: scripted, turns: [{recipient: 3}]}", DIAG_J004,
     "/simulation/policy/turns/0/recipient"},
    {"{type: scripted, turns: [{recipient: null}]}", DIAG_J004,
     "/simulation/policy/turns/0/recipient"},
    {"{type: scripted, turns: [{recipient: \"functions.a\\0b\"}]}", DIAG_J004,
     "/simulation/policy/turns/0/recipient"},
    {"{type: scripted, turns: [{recipient: all, arguments: x}]}", DIAG_J007,
     "/simulation/policy/turns/0/recipient"},
    {"{type: scripted, turns: [{recipient: a, argument: {}}]}", DIAG_J002,
     "/simulation/policy/turns/0/argument"},
    {"{type: scripted, turns: [{recipient: a, arguments: []}]}", DIAG_J004,
     "/simulation/policy/turns/0/arguments"},
    {"{type: scripted, turns: [{recipeint: a}]}", DIAG_J002,
     "/simulation/policy/turns/0/recipeint"},
    {"{type: scripted, turns: [{calls: [{recipient: a}]}]}", DIAG_J002,
     "/simulation/policy/turns/0/calls/0/recipient"},
    {"{type: scribted}", DIAG_J007, "/simulation/policy/type"},
};

START_TEST(test_a_script_with_a_fault_is_refused_in_its_place)
{
    struct diags list = {0};
    char *simulation = mem_printf("{policy: %s}", refused[_i].policy);
    struct job *job = fixture_job(FIXTURE_GRADER, simulation, &list);
    ck_assert_ptr_nonnull(job);
    fixture_policy_refused(job, refused[_i].code, refused[_i].pointer, "");
    job_free(job);
    diags_release(&list);
    free(simulation);
}
END_TEST

Suite *scripted_suite(void)
{
    Suite *suite = suite_create("scripted");
    TCase *tcase = tcase_create("scripted");
    tcase_add_loop_test(tcase, test_a_turn_says_what_its_row_says, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_a_script_that_ends_without_an_answer);
    tcase_add_loop_test(tcase, test_a_script_with_a_fault_is_refused_in_its_place, 0,
                        COUNT_OF(refused));
    suite_add_tcase(suite, tcase);
    return suite;
}
