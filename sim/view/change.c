#include "sim/view/change.h"

#include <string.h>

#include "sim/base/num.h"
#include "sim/run/outcome.h"
#include "sim/view/columns.h"
#include "sim/view/grade.h"
#include "tools/kind.h"

enum { QUOTED_BYTES = 60 }; /* of a text that is named */

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static void add_quoted(struct buf *out, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    size_t n = columns_cut(text, len, QUOTED_BYTES);
    buf_json(out, text ? text : "", n);
    buf_text_add(out, n < len ? "..." : "");
}

static const json_t *field_of(const json_t *grader, const char *key)
{
    size_t i = 0;
    const json_t *field = NULL;
    json_array_foreach(json_object_get(grader, "fields"), i, field)
    {
        const char *name = text_of(field, "key");
        if (name && strcmp(name, key) == 0)
            return field;
    }
    return NULL;
}

/* --- By the type of the grader --------------------------------------------------------------- */

static void of_string_check(struct buf *out, const json_t *grader, double reward)
{
    static const struct {
        const char *operation, *needs, *fails;
    } words[] = {
        {"eq", "that is letter for letter ", "other than "},
        {"ne", "other than ", "that is letter for letter "},
        {"like", "with this in it: ", "without this in it: "},
        {"ilike", "with this in it, in whatever case: ", "without this in it, in whatever case: "},
    };
    const char *operation = text_of(grader, "operation");
    bool best = reward >= 1;
    buf_printf(out, "an input (%s) ", text_of(field_of(grader, "input"), "template"));
    for (size_t i = 0; operation && i < COUNT_OF(words); i++) {
        if (strcmp(operation, words[i].operation) == 0)
            buf_text_add(out, best ? words[i].fails : words[i].needs);
    }
    add_quoted(out, text_of(field_of(grader, "reference"), "text"));
    buf_text_add(out, best ? " gives 0; more than 1 there is not" : " gives 1");
}

static void of_text_similarity(struct buf *out, const json_t *grader, double reward)
{
    buf_printf(out, "an input (%s) %s ", text_of(field_of(grader, "input"), "template"),
               reward >= 1 ? "farther from" : "nearer to");
    add_quoted(out, text_of(field_of(grader, "reference"), "text"));
    buf_printf(out, ", as %s measures it%s", text_of(grader, "evaluation_metric"),
               reward >= 1 ? "; nearer it cannot be" : "");
}

static void of_python(struct buf *out, const json_t *grader, double reward)
{
    (void)grader;
    (void)reward;
    buf_text_add(out, "what grade(sample, item) returns for another answer; 'rftsim grade --sample "
                      "TEXT' tries one");
}

static void of_endpoint(struct buf *out, const json_t *grader, double reward)
{
    (void)reward;
    const char *url = text_of(grader, "url");
    buf_printf(out, "what %s answers to another sample; 'rftsim grade --sample TEXT' tries one",
               url ? url : "the endpoint");
}

static void of_score_model(struct buf *out, const json_t *grader, double reward)
{
    (void)reward;
    const char *stub = text_of(grader, "stub");
    buf_text_add(out, stub ? "a real model: the judge is a stub, which gives the same to all"
                           : "another number of the judge, whose reply stands above: what its "
                             "messages ask for decides");
}

static void of_label_model(struct buf *out, const json_t *grader, double reward)
{
    const char *label = text_of(grader, "label");
    if (text_of(grader, "stub")) {
        of_score_model(out, grader, reward);
        return;
    }
    buf_printf(out, "another label of the judge: %s",
               reward >= 1 ? "one that is not in passing_labels gives 0"
                           : "one of passing_labels gives 1");
    if (!label)
        return;
    buf_text_add(out, "; it said ");
    add_quoted(out, label);
}

static void add_grader(struct buf *out, const json_t *grader);

/* The worst of its parts is where to begin: what the formula makes of it stands above. */
static void of_multi(struct buf *out, const json_t *graders)
{
    const json_t *worst = NULL;
    double least = 0;
    bool alike = true;
    size_t n = json_array_size(graders);
    for (size_t i = 1; i < n; i++) {
        const json_t *part = json_array_get(graders, i);
        double reward = json_real_value(json_object_get(part, "reward"));
        alike = alike && (!worst || reward == least);
        if (!worst || reward < least) {
            worst = part;
            least = reward;
        }
    }
    if (!worst)
        return;
    char number[NUM_ROOM];
    num_json(number, least);
    if (alike)
        buf_printf(out, "%s, or another, as all gave %s: ", text_of(worst, "key"), number);
    else
        buf_printf(out, "%s, which gave the least (%s): ", text_of(worst, "key"), number);
    add_grader(out, worst);
}

static void add_grader(struct buf *out, const json_t *grader)
{
    static const struct {
        const char *type;
        void (*write)(struct buf *out, const json_t *grader, double reward);
    } types[] = {
        {"endpoint", of_endpoint},
        {"label_model", of_label_model},
        {"python", of_python},
        {"score_model", of_score_model},
        {"string_check", of_string_check},
        {"text_similarity", of_text_similarity},
    };
    const char *type = text_of(grader, "type");
    double reward = json_real_value(json_object_get(grader, "reward"));
    for (size_t i = 0; type && i < COUNT_OF(types); i++) {
        if (strcmp(types[i].type, type) == 0)
            types[i].write(out, grader, reward);
    }
}

/* --- By how it ended ------------------------------------------------------------------------- */

/* The first call that the rollout was thrown away for. */
static void of_lost_call(struct buf *out, const json_t *doc)
{
    size_t i = 0;
    size_t k = 0;
    const json_t *turn = NULL;
    const json_t *call = NULL;
    enum tool_kind kind;
    json_array_foreach(json_object_get(doc, "turns"), i, turn)
    {
        json_array_foreach(json_object_get(turn, "calls"), k, call)
        {
            if (!tool_kind_find(&kind, text_of(call, "kind")) || !tool_kind_loses(kind))
                continue;
            buf_printf(out, "an answer of %s: %s", text_of(call, "tool"), tool_kind_row(kind)->fix);
            return;
        }
    }
}

static bool is_misaddressed(const json_t *doc)
{
    const json_t *turns = json_object_get(doc, "turns");
    size_t n = json_array_size(turns);
    return n && json_object_get(json_array_get(turns, n - 1), "recipient");
}

static void of_threshold(struct buf *out, const json_t *doc)
{
    const json_t *threshold = json_object_get(doc, "pass_threshold");
    char number[NUM_ROOM];
    if (!threshold)
        return;
    double least = json_number_value(threshold);
    bool passes = json_real_value(json_object_get(doc, "reward")) >= least;
    buf_printf(out, "%s (pass_threshold is %s); ", passes ? "it passes" : "it does not pass",
               num_json(number, least));
}

static void of_error(struct buf *out, const json_t *grade, bool parses)
{
    static const struct {
        const char *begins, *words;
    } errors[] = {
        {"python_", "a source that gets past this: where it failed stands above"},
        {"model_", "a reply of the judge as it is asked for: what came stands above"},
    };
    const char *fix = grade_remedy(grade, parses);
    const char *first = json_string_value(json_array_get(json_object_get(grade, "errors"), 0));
    for (size_t i = 0; !fix && first && i < COUNT_OF(errors); i++) {
        if (strncmp(first, errors[i].begins, strlen(errors[i].begins)) == 0)
            fix = errors[i].words;
    }
    buf_text_add(out, fix ? fix : "a grade without the error");
}

static void of_grade(struct buf *out, const json_t *doc, bool cut, bool parses)
{
    const json_t *grade = json_object_get(doc, "grade");
    const json_t *graders = json_object_get(grade, "graders");
    if (json_is_null(grade)) { /* and there is a reward: it was recorded */
        buf_text_add(out, "scores: graded, so that the job's grader is asked: this reward is the "
                          "recorded one");
    } else if (is_misaddressed(doc)) {
        buf_text_add(out, "a call addressed to functions.NAME: this one ended the rollout, and its "
                          "empty answer was graded");
    } else if (json_array_size(json_object_get(grade, "errors"))) {
        of_error(out, grade, parses);
    } else if (cut) {
        buf_printf(out,
                   "an answer by turn %lld, or a higher max_episode_steps: what was graded is an "
                   "empty answer",
                   (long long)json_integer_value(json_object_get(doc, "max_episode_steps")));
    } else {
        of_threshold(out, doc);
        if (json_array_size(graders) > 1)
            of_multi(out, graders);
        else
            add_grader(out, json_array_get(graders, 0));
    }
}

void change_write(struct buf *out, const json_t *doc, bool parses)
{
    enum outcome outcome;
    const char *name = text_of(doc, "outcome");
    if (!name || !outcome_find(&outcome, name))
        return;
    switch (outcome) {
    case OUTCOME_GRADED:
    case OUTCOME_GRADED_CUT:
        of_grade(out, doc, outcome == OUTCOME_GRADED_CUT, parses);
        break;
    case OUTCOME_DISCARDED_TOOL:
        of_lost_call(out, doc);
        break;
    case OUTCOME_DISCARDED_GRADER:
        buf_text_add(out, "a grader that answers: what it asked gave none that counts");
        break;
    case OUTCOME_POLICY_FAILED:
        buf_text_add(out, "a policy that takes this turn: mend simulation.policy");
        break;
    case OUTCOME_CANCELLED:
        buf_text_add(out, "time: it was stopped");
        break;
    case OUTCOME_N:
        break;
    }
}
