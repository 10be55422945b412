#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/view/change.h"
#include "tests/unit/suites.h"

/* ' stands for " in documents. */
#define GRADED(reward, grader)                                                          \
    "{'outcome': 'graded', 'reward': " reward ", 'turns': [], 'grade': {'errors': [], " \
    "'graders': [{'reward': " reward ", " grader "}]}}"
#define CHECK(operation)                                                                 \
    "'type': 'string_check', 'operation': '" operation "', 'fields': [{'key': 'input', " \
    "'template': '{{i}}', 'text': 'x'}, {'key': 'reference', 'template': 'r', 'text': "  \
    "'a\\u0022b'}]"

static const struct change_row {
    const char *name, *doc, *want;
} rows[] = {
    {"nothing is known", "{}", ""},
    {"a text that differs", GRADED("0.0", CHECK("eq")),
     "an input ({{i}}) that is letter for letter \"a\\\"b\" gives 1"},
    {"a text that does not", GRADED("1.0", CHECK("eq")),
     "an input ({{i}}) other than \"a\\\"b\" gives 0; more than 1 there is not"},
    {"the text that should not be", GRADED("0.0", CHECK("ne")),
     "an input ({{i}}) other than \"a\\\"b\" gives 1"},
    {"a text without it", GRADED("0.0", CHECK("like")),
     "an input ({{i}}) with this in it: \"a\\\"b\" gives 1"},
    {"a text with it in some case", GRADED("1.0", CHECK("ilike")),
     "an input ({{i}}) without this in it, in whatever case: \"a\\\"b\" gives 0; more than 1 there "
     "is not"},
    {"a long reference is cut",
     GRADED("0.0", "'type': 'text_similarity', 'evaluation_metric': 'bleu', 'fields': [{'key': "
                   "'input', 'template': 't'}, {'key': 'reference', 'text': "
                   "'0123456789012345678901234567890123456789012345678901234567890123456789'}]"),
     "an input (t) nearer to \"012345678901234567890123456789012345678901234567890123456789\"..., "
     "as bleu measures it"},
    {"an equal text",
     GRADED("1.0", "'type': 'text_similarity', 'evaluation_metric': 'bleu', 'fields': [{'key': "
                   "'input', 'template': 't'}, {'key': 'reference', 'text': 'r'}]"),
     "an input (t) farther from \"r\", as bleu measures it; nearer it cannot be"},
    {"Python", GRADED("0.5", "'type': 'python'"),
     "what grade(sample, item) returns for another answer; 'rftsim grade --sample TEXT' tries one"},
    {"an endpoint", GRADED("0.5", "'type': 'endpoint', 'url': 'http://h/g'"),
     "what http://h/g answers to another sample; 'rftsim grade --sample TEXT' tries one"},
    {"a judge's number", GRADED("0.5", "'type': 'score_model', 'reply': '0.5'"),
     "another number of the judge, whose reply stands above: what its messages ask for decides"},
    {"a judge's label", GRADED("0.0", "'type': 'label_model', 'label': 'bad'"),
     "another label of the judge: one of passing_labels gives 1; it said \"bad\""},
    {"a label that passes", GRADED("1.0", "'type': 'label_model', 'label': 'good'"),
     "another label of the judge: one that is not in passing_labels gives 0; it said \"good\""},
    {"a judge that is none", GRADED("1.0", "'type': 'label_model', 'stub': 's'"),
     "a real model: the judge is a stub, which gives the same to all"},
    {"the least of several",
     "{'outcome': 'graded', 'reward': 0.6, 'pass_threshold': 0.6, 'grade': {'errors': [], "
     "'graders': [{'type': 'multi', 'reward': 0.6}, {'key': 'a', 'type': 'python', 'reward': "
     "0.75}, {'key': 'b', 'type': 'python', 'reward': 0.5}]}}",
     "it passes (pass_threshold is 0.6); b, which gave the least (0.5): what grade(sample, item) "
     "returns for another answer; 'rftsim grade --sample TEXT' tries one"},
    {"under the threshold",
     "{'outcome': 'graded', 'reward': 0.5, 'pass_threshold': 0.6, 'grade': {'errors': [], "
     "'graders': [{'type': 'python', 'reward': 0.5}]}}",
     "it does not pass (pass_threshold is 0.6); what grade(sample, item) returns for another "
     "answer; 'rftsim grade --sample TEXT' tries one"},
    {"an error before all that",
     "{'outcome': 'graded_cut', 'reward': 0.0, 'grade': {'errors': ['invalid_variable_error'], "
     "'graders': [{'type': 'python', 'reward': 0.0}]}}",
     "correct the path in the grader, or give every row and answer what it leads to"},
    {"a path that needs a response_format",
     "{'outcome': 'graded', 'reward': 0.0, 'grade': {'errors': ['invalid_variable_error'], 'why': "
     "'input: {{sample.output_json.a}} resolves nowhere'}}",
     "output_json is null without a response_format in the job"},
    {"parts that are alike",
     "{'outcome': 'graded', 'reward': 0.5, 'grade': {'errors': [], 'graders': [{'type': 'multi', "
     "'reward': 0.5}, {'key': 'a', 'type': 'score_model', 'stub': 's', 'reward': 0.5}, {'key': "
     "'b', 'type': 'python', 'reward': 0.5}]}}",
     "a, or another, as all gave 0.5: a real model: the judge is a stub, which gives the same to "
     "all"},
    {"an error in Python",
     "{'outcome': 'graded', 'reward': 0.0, 'grade': {'errors': ['python_grader_runtime_error']}}",
     "a source that gets past this: where it failed stands above"},
    {"an error of a judge",
     "{'outcome': 'graded', 'reward': 0.0, 'grade': {'errors': ['model_grader_refusal_error']}}",
     "a reply of the judge as it is asked for: what came stands above"},
    {"an error without a remedy",
     "{'outcome': 'graded', 'reward': 0.0, 'grade': {'errors': ['other_error']}}",
     "a grade without the error"},
    {"the turns were too few", "{'outcome': 'graded_cut', 'max_episode_steps': 4, 'reward': 0.0}",
     "an answer by turn 4, or a higher max_episode_steps: what was graded is an empty answer"},
    {"addressed wrongly", "{'outcome': 'graded', 'turns': [{}, {'recipient': 'f'}]}",
     "a call addressed to functions.NAME: this one ended the rollout, and its empty answer was "
     "graded"},
    {"the call that was lost, not the one that failed before",
     "{'outcome': 'discarded_tool', 'turns': [{'calls': [{'tool': 'f', 'kind': 'http_4xx'}, "
     "{'tool': 'g', 'kind': 'refused'}]}]}",
     "an answer of g: start the endpoint, or correct the port"},
    {"no grade", "{'outcome': 'discarded_grader'}",
     "a grader that answers: what it asked gave none that counts"},
    {"no turn", "{'outcome': 'policy_failed'}",
     "a policy that takes this turn: mend simulation.policy"},
};

START_TEST(test_what_would_change_it)
{
    const struct change_row *row = &rows[_i];
    struct buf text = {0};
    char *json = strdup(row->doc);
    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_t *doc = json_loads(json, 0, NULL);
    ck_assert_msg(doc != NULL, "%s", row->name);
    change_write(&text, doc, false);
    ck_assert_msg(strcmp(buf_text(&text), row->want) == 0, "%s:\n%s", row->name, buf_text(&text));
    buf_release(&text);
    json_decref(doc);
    free(json);
}
END_TEST

Suite *change_suite(void)
{
    Suite *s = suite_create("change");
    TCase *t = tcase_create("change");
    tcase_add_loop_test(t, test_what_would_change_it, 0, COUNT_OF(rows));
    suite_add_tcase(s, t);
    return s;
}
