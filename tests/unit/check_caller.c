/* Graders that call out, as far as they do not: their faults, their stubs, who they say they call.
 */
#include <stdlib.h>
#include <string.h>

#include "grader/grader.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/net/hosts.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

#define MODELS                                                                           \
    "{grader_models: {o3-mini: {base_url: 'http://127.0.0.1:1/v1'}, gpt-4o: {base_url: " \
    "'http://127.0.0.1:2/v1', api: responses}, stub: {stub: {score: 0.5}}}}"
#define INPUT "input: [{role: user, content: '{{sample.output_text}}'}]"

static struct grader *opened(const char *spec, const char *simulation,
                             const struct grader_context *context, struct job **job,
                             struct diags *list)
{
    struct err e = {0};
    struct grader *g = NULL;
    *job = fixture_job(spec, simulation, list);
    ck_assert_msg(*job != NULL, "%s: %s", spec, list->n ? list->at[0].text : "");
    if (grader_new(&g, *job, context, list, &e))
        ck_assert_ptr_null(g);
    return g;
}

static const struct {
    const char *spec;
    enum diag_severity severity;
    enum diag_code code;
    const char *pointer; /* the end of it */
    const char *text;
    const char *fix;
} told[] = {
#define ENDPOINT "{type: endpoint, name: g"
    {ENDPOINT "}", DIAG_ERROR, DIAG_J003, "/grader/url", "missing key 'url'", "in full"},
    {ENDPOINT ", url: 3}", DIAG_ERROR, DIAG_J004, "/url", "must be a string", NULL},
    {ENDPOINT ", url: 'ftp://h/x'}", DIAG_ERROR, DIAG_J005, "/url", "http or https", "in full"},
    {ENDPOINT ", url: 'http://h', rate_limit: 0}", DIAG_ERROR, DIAG_J005, "/rate_limit", "above 0",
     "GAP-26"},
    {ENDPOINT ", url: 'http://h', rate_limit: '50'}", DIAG_ERROR, DIAG_J004, "/rate_limit",
     "above 0", NULL},
    {ENDPOINT ", url: 'http://h', pass_threshold: high}", DIAG_ERROR, DIAG_J004, "/pass_threshold",
     "must be a number", NULL},
    {ENDPOINT ", url: 'http://h', headers: [1]}", DIAG_ERROR, DIAG_J004, "/headers",
     "headers must be an object", NULL},
    {ENDPOINT ", url: 'http://h', headers: {'a b': c}}", DIAG_ERROR, DIAG_J005, "/headers/a b",
     "cannot be the name of a header", NULL},
    {ENDPOINT ", url: 'http://h', timeout: 3}", DIAG_ERROR, DIAG_J002, "/timeout", "unknown key",
     NULL},

#define SCORE "{type: score_model, name: g"
    {SCORE ", " INPUT "}", DIAG_ERROR, DIAG_J003, "/model", "needs a 'model'", "o3-mini"},
    {SCORE ", model: 3, " INPUT "}", DIAG_ERROR, DIAG_J004, "/model", "needs a 'model'", NULL},
    {SCORE ", model: o3-2025-04-16, " INPUT "}", DIAG_ERROR, DIAG_J003, "/model",
     "grader_models does not say who answers for 'o3-2025-04-16'",
     "{o3-2025-04-16: {base_url: \"https://HOST/openai/v1\""},
    {SCORE ", model: stub, " INPUT "}", DIAG_WARNING, DIAG_J007, "/model",
     "no documentation lists the grader model 'stub'", "whoever grader_models names"},
    {SCORE ", model: o3-mini}", DIAG_ERROR, DIAG_J003, "/input", "list of messages", "role: user"},
    {SCORE ", model: o3-mini, input: hello}", DIAG_ERROR, DIAG_J004, "/input", "list of messages",
     NULL},
    {SCORE ", model: o3-mini, input: [hello]}", DIAG_ERROR, DIAG_J004, "/input/0",
     "must be an object", NULL},
    {SCORE ", model: o3-mini, input: [{content: x}]}", DIAG_ERROR, DIAG_J003, "/input/0/role",
     "needs a 'role'", "user, assistant"},
    {SCORE ", model: o3-mini, input: [{role: tool, content: x}]}", DIAG_ERROR, DIAG_J005,
     "/input/0/role", "needs a 'role'", NULL},
    {SCORE ", model: o3-mini, input: [{role: user}]}", DIAG_ERROR, DIAG_J003, "/input/0/content",
     "needs a 'content'", NULL},
    {SCORE ", model: o3-mini, input: [{role: user, content: x, name: y}]}", DIAG_ERROR, DIAG_J002,
     "/input/0/name", "in a grader's message", NULL},
    {SCORE ", model: o3-mini, input: [{role: user, content: x, type: msg}]}", DIAG_ERROR, DIAG_J005,
     "/input/0/type", "is message", NULL},
    {SCORE ", model: o3-mini, input: [{role: user, content: []}]}", DIAG_ERROR, DIAG_J005,
     "/input/0/content", "needs a part", NULL},
    {SCORE ", model: o3-mini, input: [{role: user, content: [{type: text, text: x}]}]}", DIAG_ERROR,
     DIAG_J005, "/input/0/content/0/type", "no part of a message", "input_text"},
    {SCORE ", model: o3-mini, input: [{role: user, content: [{type: input_text}]}]}", DIAG_ERROR,
     DIAG_J003, "/input/0/content/0/text", "needs a 'text'", NULL},
    {SCORE ", model: o3-mini, input: [{role: user, content: [a, '{{smaple.x}}']}]}", DIAG_ERROR,
     DIAG_J007, "/input/0/content/1", "", "{{sample.output_text}}"},
    {SCORE ", model: o3-mini, input: [{role: user, content: {type: input_image}}]}", DIAG_ERROR,
     DIAG_J003, "/input/0/content/image_url", "needs an 'image_url'", NULL},
    {SCORE ", model: gpt-4o, input: [{role: user, content: {type: input_audio}}]}", DIAG_ERROR,
     DIAG_J007, "/input/0/content", "takes no input_audio", "api: chat"},
    {SCORE ", model: o3-mini, range: [1, 0], " INPUT "}", DIAG_ERROR, DIAG_J005, "/range",
     "the lower first", "[0, 1]"},
    {SCORE ", model: o3-mini, range: [1], " INPUT "}", DIAG_ERROR, DIAG_J004, "/range",
     "two numbers", NULL},
    {SCORE ", model: o3-mini, sampling_params: 3, " INPUT "}", DIAG_ERROR, DIAG_J004,
     "/sampling_params", "must be an object", NULL},
    {SCORE ", model: o3-mini, sampling_params: {max_completion_tokens: 3}, " INPUT "}", DIAG_ERROR,
     DIAG_J002, "/sampling_params/max_completion_tokens", "unknown key",
     "'max_completions_tokens'?"},
    {SCORE ", model: o3-mini, sampling_params: {max_tokens: 0}, " INPUT "}", DIAG_ERROR, DIAG_J005,
     "/sampling_params/max_tokens", "whole number from 1", NULL},
    {SCORE ", model: o3-mini, sampling_params: {max_tokens: 1, max_completions_tokens: 1}, " INPUT
           "}",
     DIAG_ERROR, DIAG_J008, "/sampling_params/max_tokens", "given twice", NULL},
    {SCORE ", model: o3-mini, sampling_params: {seed: 1.5}, " INPUT "}", DIAG_ERROR, DIAG_J004,
     "/sampling_params/seed", "whole number", NULL},
    {SCORE ", model: o3-mini, sampling_params: {reasoning_effort: much}, " INPUT "}", DIAG_ERROR,
     DIAG_J005, "/sampling_params/reasoning_effort", "an effort", "low, medium"},
    {SCORE ", model: o3-mini, sampling_params: {temperature: 0}, " INPUT "}", DIAG_ERROR, DIAG_J005,
     "/sampling_params/temperature", "takes no temperature", "reasoning_effort"},
    {SCORE ", model: gpt-4o, sampling_params: {reasoning_effort: low}, " INPUT "}", DIAG_ERROR,
     DIAG_J005, "/sampling_params/reasoning_effort", "takes no reasoning_effort", "temperature"},
    {SCORE ", model: gpt-4o, sampling_params: {seed: 1}, " INPUT "}", DIAG_WARNING, DIAG_J009,
     "/sampling_params/seed", "the Responses API has no 'seed'", "api: chat"},
    {SCORE ", model: o3-mini, labels: [a], " INPUT "}", DIAG_ERROR, DIAG_J002, "/labels",
     "in a score_model", NULL},

#define LABEL(more) \
    "{type: multi, calculate_output: l, graders: {l: {type: label_model, name: g, " more "}}}"
    {"{type: label_model, model: o3-mini, labels: [a], passing_labels: [a], " INPUT "}", DIAG_ERROR,
     DIAG_J005, "/grader/type", "cannot be a job's grader", "multi"},
    {LABEL("model: o3-mini, passing_labels: [a], " INPUT), DIAG_ERROR, DIAG_J003, "/l/labels",
     "list of labels", NULL},
    {LABEL("model: o3-mini, labels: [a, a], passing_labels: [a], " INPUT), DIAG_ERROR, DIAG_J005,
     "/l/labels", "none twice", NULL},
    {LABEL("model: o3-mini, labels: [a, b], passing_labels: [a, c], " INPUT), DIAG_ERROR, DIAG_J005,
     "/l/passing_labels/1", "'c' is not one of the labels", NULL},
    {LABEL("model: stub, labels: [a, b], passing_labels: [a], " INPUT), DIAG_ERROR, DIAG_J005,
     "/l/model", "has no label", "{label: a}"},
};

START_TEST(test_faults_are_told_in_their_place)
{
    struct diags list = {0};
    struct job *job = NULL;
    struct grader *g = opened(told[_i].spec, MODELS, &(struct grader_context){0}, &job, &list);
    ck_assert_msg((g == NULL) == (told[_i].severity == DIAG_ERROR), "%s", told[_i].spec);
    const struct diag *d = NULL;
    for (size_t i = 0; i < list.n; i++) {
        if (list.at[i].code == told[_i].code && strstr(list.at[i].text, told[_i].text))
            d = &list.at[i];
    }
    ck_assert_msg(d != NULL, "%s: %s", told[_i].spec, list.n ? list.at[0].text : "no fault");
    size_t len = strlen(d->pointer);
    size_t end = strlen(told[_i].pointer);
    ck_assert_msg(len >= end && strcmp(d->pointer + len - end, told[_i].pointer) == 0, "%s: at %s",
                  told[_i].spec, d->pointer);
    ck_assert_msg(d->severity == told[_i].severity, "%s", told[_i].spec);
    if (told[_i].fix)
        ck_assert_msg(d->fix && strstr(d->fix, told[_i].fix), "%s: %s", told[_i].spec,
                      d->fix ? d->fix : "");
    grader_free(g);
    job_free(job);
    diags_release(&list);
}
END_TEST

static const struct {
    const char *name;
    const char *spec;
    const char *stub;
    double reward;
    unsigned flags;
    const char *note; /* a part of it */
} stubs[] = {
    {"its score", SCORE ", model: m, " INPUT "}", "{score: 0.5}", 0.5, 0, "every grade is 0.5"},
    {"which is clamped", SCORE ", model: m, range: [1, 2], " INPUT "}", "{score: 0.5}", 1, 0,
     "every grade is 1"},
    {"a path to nowhere is one all the same",
     SCORE ", model: m, input: [{role: user, content: '{{item.nope}}'}]}", "{score: 0.5}", 0,
     GRADE_INVALID_VARIABLE, "every grade is 0.5"},
    {"a label that passes", LABEL("model: m, labels: [a, b], passing_labels: [b], " INPUT),
     "{label: b}", 1, 0, "every label is 'b'"},
    {"one that does not", LABEL("model: m, labels: [a, b], passing_labels: [b], " INPUT),
     "{label: a}", 0, 0, "every label is 'a'"},
};

START_TEST(test_a_stub_grades_without_a_model)
{
    struct diags list = {0};
    struct job *job = NULL;
    struct hosts hosts = {0};
    char *simulation = mem_printf("{grader_models: {m: {stub: %s}}}", stubs[_i].stub);
    struct grader *g =
        opened(stubs[_i].spec, simulation, &(struct grader_context){.hosts = &hosts}, &job, &list);
    ck_assert_msg(g != NULL, "%s: %s", stubs[_i].name, list.n ? list.at[0].text : "");
    size_t n = 0;
    const struct grader_part *parts = grader_parts(g, &n);
    const struct grader *judge = n ? parts[0].grader : g;
    struct tape item = fixture_tape("{}");
    struct tape sample = fixture_tape("{\"output_text\":\"x\"}");
    struct grade grade;
    for (int again = 0; again < 2; again++)
        grader_grade(g, &(struct grader_input){.item = &item, .sample = &sample}, &grade);
    ck_assert_msg(grade.reward == stubs[_i].reward && grade.flags == stubs[_i].flags && !grade.lost,
                  "%s: %g, %s", stubs[_i].name, grade.reward, grade.why);
    ck_assert_msg(strstr(grader_note(judge), stubs[_i].note) != NULL, "%s", grader_note(judge));
    struct grader_spent spent;
    ck_assert(!grader_spent(judge, &spent));
    ck_assert_uint_eq(hosts.n, 0);
    tape_release(&item);
    tape_release(&sample);
    grader_free(g);
    hosts_release(&hosts);
    job_free(job);
    free(simulation);
    diags_release(&list);
}
END_TEST

/* A judge that two parts ask is one user of its host, and a job that is opened again has no more.
 */
START_TEST(test_hosts_are_made_known_once)
{
    static const char spec[] =
        "{type: multi, calculate_output: a + b + c, graders: {a: " SCORE ", model: o3-mini, " INPUT
        "}, b: {type: score_model, name: h, model: o3-mini, " INPUT
        "}, c: {type: endpoint, name: e, url: 'http://127.0.0.1:1/grade', rate_limit: 5}}}";
    struct diags list = {0};
    struct job *job = NULL;
    struct hosts hosts = {.max_qps = 9};
    for (int again = 0; again < 2; again++) {
        struct grader *g =
            opened(spec, MODELS, &(struct grader_context){.hosts = &hosts}, &job, &list);
        ck_assert_msg(g != NULL, "%s", list.n ? list.at[0].text : "");
        ck_assert_uint_eq(hosts.n, 1);
        ck_assert_uint_eq(hosts.n_users, 2);
        ck_assert_uint_eq(hosts.at[0]->n_users[HOST_MODEL], 1);
        ck_assert_uint_eq(hosts.at[0]->n_users[HOST_GRADER], 1);
        ck_assert_str_eq(hosts_first_user(&hosts, 0)->who, "grader model 'o3-mini'");
        ck_assert_str_eq(hosts.users[0]->pointer, "/simulation/grader_models/o3-mini/base_url");
        ck_assert_int_eq(hosts.users[0]->rate.interval_ns, 0);
        ck_assert_int_eq(hosts.users[1]->rate.interval_ns, 200000000);
        ck_assert_int_eq(hosts.at[0]->rate.interval_ns, 111111111);
        grader_free(g);
        if (again)
            hosts_release(&hosts); /* it borrows URLs of the first job */
        else
            hosts.at[0]->url = hosts.users[0]->url = hosts.users[1]->url = "";
        job_free(job);
        diags_release(&list);
    }
}
END_TEST

Suite *caller_suite(void)
{
    Suite *suite = suite_create("caller");
    TCase *tc = tcase_create("caller");
    tcase_add_loop_test(tc, test_faults_are_told_in_their_place, 0, (int)COUNT_OF(told));
    tcase_add_loop_test(tc, test_a_stub_grades_without_a_model, 0, (int)COUNT_OF(stubs));
    tcase_add_test(tc, test_hosts_are_made_known_once);
    suite_add_tcase(suite, tc);
    return suite;
}
