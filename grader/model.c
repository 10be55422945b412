/* score_model and label_model: a judge, that is a model which is asked for a number or for one of
 * some labels (contract 4.5, 4.6).
 *
 * It is asked over chat completions or Responses at the base URL in simulation.grader_models, with
 * an output in the structure {"steps": [{"description", "conclusion"}], "result"}; reply.h has how
 * that is read. A number outside `range` is clamped, a label counts 1 if it passes, else 0. A judge
 * that refuses, comes to its token limit or says something else gives 0 and a flag (5.3). One that
 * cannot be sampled gives no grade: the rollout is discarded, since a reward of 0 would be the
 * infrastructure's, not the model's (ours; the service documents a flag only). 429, 5xx and broken
 * connections are tried again, after Retry-After if the answer has one; other 4xx and redirects are
 * not.
 *
 * With a `stub` in the place of a base URL nobody is asked, and that is said wherever the grader is
 * named.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/asking.h"
#include "grader/explain.h"
#include "grader/judge.h"
#include "grader/kinds.h"
#include "grader/prompt.h"
#include "grader/reply.h"
#include "grader/scope.h"
#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/base/secret.h"
#include "sim/model/server.h"

enum {
    MODEL_LABELS_MAX = 1000, /* ours */
};

struct model {
    struct asking asking;                 /* first: a task leads to it */
    const struct job_grader_model *judge; /* borrowed from the job */
    struct prompt prompt;
    struct reply_wants wants;
    double low, high;    /* range */
    const char **labels; /* owned; the texts are the job's */
    bool *passing;       /* owned, by label */
    char *note;          /* owned; of a stub */
    double stub;         /* its score */
    struct buf head;     /* the request up to its messages */
    struct buf tail;     /* and behind them; of a stub, room for the messages */
    struct grader_spent spent;
    struct reply reply; /* as last read */
    struct tape scratch, answer;
    struct buf text;
};

/* --- Reading the spec */

static void read_range(struct model *m, const struct grader_spec *spec, struct diags *list)
{
    const json_t *value = json_object_get(spec->json, "range");
    m->low = 0;
    m->high = 1;
    if (!value || json_is_null(value))
        return;
    const json_t *low = json_array_get(value, 0);
    const json_t *high = json_array_get(value, 1);
    m->low = json_number_value(low);
    m->high = json_number_value(high);
    bool two = json_array_size(value) == 2 && json_is_number(low) && json_is_number(high);
    if (!two || m->low >= m->high)
        diag_fix(grader_fault(spec, list, DIAG_ERROR, two ? DIAG_J005 : DIAG_J004, "range",
                              "'range' must be two numbers, the lower first"),
                 "range: [0, 1], which it is if it is left out");
}

/* The texts of a list of different labels; NULL after a fault. The caller's to free(). */
static const char **read_list(const struct grader_spec *spec, const char *key, size_t *n,
                              struct diags *list)
{
    const json_t *value = json_object_get(spec->json, key);
    *n = json_array_size(value);
    bool ok = *n > 0 && *n <= MODEL_LABELS_MAX;
    const char **texts = mem_array(*n, sizeof(*texts));
    for (size_t i = 0; ok && i < *n; i++) {
        texts[i] = json_string_value(json_array_get(value, i));
        ok = texts[i] && *texts[i];
        for (size_t k = 0; ok && k < i; k++)
            ok = strcmp(texts[k], texts[i]) != 0;
    }
    if (ok)
        return texts;
    diag_fix(grader_fault(spec, list, DIAG_ERROR, value ? DIAG_J005 : DIAG_J003, key,
                          "'%s' must be a list of labels, none twice", key),
             "%s: [good, bad]", key);
    free(texts);
    *n = 0;
    return NULL;
}

static void read_labels(struct model *m, const struct grader_spec *spec, struct diags *list)
{
    size_t n = 0;
    size_t n_passing = 0;
    m->labels = read_list(spec, "labels", &n, list);
    m->wants.labels = m->labels;
    m->wants.n_labels = n;
    m->passing = mem_array(n, sizeof(*m->passing));
    const char **passing = read_list(spec, "passing_labels", &n_passing, list);
    for (size_t i = 0; m->labels && i < n_passing; i++) {
        size_t k = 0;
        while (k < n && strcmp(m->labels[k], passing[i]) != 0)
            k++;
        if (k < n) {
            m->passing[k] = true;
            continue;
        }
        char *key = mem_printf("passing_labels/%zu", i);
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J005, key,
                              "'%s' is not one of the labels", passing[i]),
                 "passing_labels are some of labels");
        free(key);
    }
    free(passing);
}

static double clamped(const struct model *m, double score)
{
    return fmin(fmax(score, m->low), m->high);
}

/* What the stub answers; with labels, 1 or 0. */
static void read_stub(struct model *m, const struct grader_spec *spec, struct diags *list)
{
    const struct job_grader_model *judge = m->judge;
    char number[NUM_ROOM];
    if (!m->labels && judge->has_score) {
        m->stub = clamped(m, judge->score);
        m->note = mem_printf("a stub: no model is asked, every grade is %s",
                             num_shortest(number, m->stub));
        return;
    }
    for (size_t i = 0; m->labels && judge->label && i < m->wants.n_labels; i++) {
        if (strcmp(m->labels[i], judge->label) != 0)
            continue;
        m->stub = m->passing[i];
        m->note = mem_printf("a stub: no model is asked, every label is '%s'", judge->label);
        return;
    }
    diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J005, "model",
                          "the stub for '%s' in simulation.grader_models %s", judge->name,
                          !m->labels     ? "has no score"
                          : judge->label ? "has a label that is none of the labels"
                                         : "has no label"),
             m->labels ? "stub: {label: %s}" : "stub: {score: 0.5}%s",
             m->labels ? m->labels[0] : "");
}

/* What the answer must look like: as the service forces it (4.5). */
static void add_schema(const struct model *m, struct buf *out)
{
    buf_text_add(out,
                 "{\"type\":\"object\",\"properties\":{\"steps\":{\"type\":\"array\",\"items\":"
                 "{\"type\":\"object\",\"properties\":{\"description\":{\"type\":\"string\"},"
                 "\"conclusion\":{\"type\":\"string\"}},\"required\":[\"description\","
                 "\"conclusion\"],\"additionalProperties\":false}},\"result\":");
    if (!m->labels)
        buf_text_add(out, "{\"type\":\"number\"}");
    for (size_t i = 0; i < m->wants.n_labels; i++) {
        buf_text_add(out, i ? "," : "{\"type\":\"string\",\"enum\":[");
        buf_json(out, m->labels[i], strlen(m->labels[i]));
    }
    buf_text_add(out, m->labels ? "]}" : "");
    buf_text_add(out, "},\"required\":[\"steps\",\"result\"],\"additionalProperties\":false}");
}

/* What is the same of every request. */
static void make_request(struct model *m, const struct buf *params)
{
    bool chat = m->judge->api == JOB_API_CHAT;
    const char *name = m->judge->model ? m->judge->model : m->judge->name;
    buf_text_add(&m->head, "{\"model\":");
    buf_json(&m->head, name, strlen(name));
    buf_text_add(&m->head, chat ? ",\"messages\":" : ",\"input\":");
    buf_text_add(&m->tail, chat ? ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":"
                                  "{\"name\":\"grade\",\"strict\":true,\"schema\":"
                                : ",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":"
                                  "\"grade\",\"strict\":true,\"schema\":");
    add_schema(m, &m->tail);
    buf_text_add(&m->tail, "}}");
    buf_add(&m->tail, buf_text(params), params->len);
    buf_char(&m->tail, '}');
}

static enum ask_verdict read_answer(struct ask *a);

static void add_asker(struct model *m, const struct grader_spec *spec, const struct header *key,
                      const struct grader_context *context)
{
    const struct job_grader_model *judge = m->judge;
    char *url = model_url(judge->base_url, judge->api);
    char *who = mem_printf("the model '%s'", judge->name);
    char *caller = mem_printf("grader model '%s'", judge->name);
    struct buf pointer = {0};
    buf_text_add(&pointer, "/simulation/grader_models");
    doc_pointer_key(&pointer, judge->name);
    buf_text_add(&pointer, "/base_url");
    asking_open(&m->asking,
                &(struct asker_config){
                    .pointer = buf_text(&pointer),
                    .use = HOST_MODEL,
                    .caller = caller,
                    .who = who,
                    .written = judge->base_url,
                    .url = url,
                    .headers = key,
                    .n_headers = key != NULL,
                    .answer_max = MODEL_ANSWER_MAX,
                    .read = read_answer,
                },
                GRADE_MODEL_SERVER, spec->job, context);
    buf_release(&pointer);
    free(caller);
    free(who);
    free(url);
}

static void open_asker(struct model *m, const struct grader_spec *spec,
                       const struct grader_context *context)
{
    const char *given = m->judge->api_key;
    struct header key = model_key(m->judge->base_url, given ? given : "");
    add_asker(m, spec, given ? &key : NULL, context);
    free(key.name);
    free(key.value);
}

/* 4.6: neither the service's graders/run nor its jobs take one alone. */
static void check_place(const struct grader_spec *spec, struct diags *list)
{
    if (strcmp(spec->pointer, spec->job->grader_at) == 0)
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J005, "type",
                              "a label_model cannot be a job's grader (4.6)"),
                 "put it into a multi: {type: multi, graders: {label: {...}}, calculate_output: "
                 "label}");
}

/* What both kinds have. */
static void read_common(struct model *m, const struct grader_spec *spec,
                        const struct grader_context *context, struct buf *params,
                        struct diags *list)
{
    m->judge = judge_find(spec, context, m->labels ? "label: good" : "score: 0.5", list);
    m->wants.api = m->judge ? m->judge->api : JOB_API_CHAT;
    m->spent.model = m->judge ? m->judge->name : "";
    prompt_read(&m->prompt, spec, m->wants.api, list);
    judge_params(spec, m->wants.api, params, list);
    grader_pass_threshold(spec, list);
}

/* Once the spec is read: `errors` is how many there were before it. */
static enum err_code make_ready(struct model *m, const struct grader_spec *spec,
                                const struct grader_context *context, size_t errors,
                                struct diags *list, struct err *e)
{
    struct buf params = {0};
    read_common(m, spec, context, &params, list);
    bool ok = list->n_errors == errors;
    if (ok && !m->judge) {
        assert(context->body_only);
    } else if (ok && !m->judge->base_url) {
        read_stub(m, spec, list);
        ok = m->note != NULL;
    } else if (ok) {
        make_request(m, &params);
        open_asker(m, spec, context);
    }
    buf_release(&params);
    return ok ? ERR_OK : err_set(e, ERR_JOB, "%s: the grader has faults", spec->job->doc->path);
}

static enum err_code open_score(void *self, const struct grader_spec *spec,
                                const struct grader_context *context, struct diags *list,
                                struct err *e)
{
    static const char *const known[] = {
        "type", "name", "model", "input", "range", "sampling_params", "pass_threshold", NULL};
    size_t errors = list->n_errors;
    doc_check_keys(spec->job->doc, list, spec->json, spec->pointer, known, " in a score_model");
    read_range(self, spec, list);
    return make_ready(self, spec, context, errors, list, e);
}

static enum err_code open_label(void *self, const struct grader_spec *spec,
                                const struct grader_context *context, struct diags *list,
                                struct err *e)
{
    static const char *const known[] = {
        "type",           "name",           "model",           "input", "labels",
        "passing_labels", "pass_threshold", "sampling_params", NULL};
    size_t errors = list->n_errors;
    check_place(spec, list);
    doc_check_keys(spec->job->doc, list, spec->json, spec->pointer, known, " in a label_model");
    read_labels(self, spec, list);
    return make_ready(self, spec, context, errors, list, e);
}

/* --- Reading an answer */

static void flag(struct ask *a, enum grade_flag flag, const char *what, const char *said)
{
    struct grade *out = &asking_of(a)->out;
    struct buf text = {0};
    buf_text_add(&text, said);
    if (text.len)
        secret_blot(text.at, text.len);
    out->reward = 0;
    out->flags |= flag;
    snprintf(out->why, sizeof(out->why), "%s %s%s%s", a->asker->who, what, *said ? ": " : "",
             buf_text(&text));
    buf_release(&text);
}

/* No answer to read, or one with an error. */
static enum ask_verdict read_failure(struct ask *a, struct model *m)
{
    enum ask_verdict verdict = model_read_failure(a, &m->answer);
    if (verdict == ASK_SETTLED)
        flag(a, GRADE_MODEL_REFUSAL, "was kept from answering by the content filter", a->said);
    return verdict;
}

static void tell_reply(const struct model *m, json_t *facts)
{
    const struct reply *r = &m->reply;
    char number[NUM_ROOM];
    if (r->answer.model.len)
        explain_text(facts, "sampled_model_name", buf_text(&r->answer.model), r->answer.model.len);
    explain_text(facts, "reply", buf_text(r->text), r->text->len);
    if (r->kind == REPLY_RESULT && m->labels)
        explain_text(facts, "label", m->labels[r->label], strlen(m->labels[r->label]));
    else if (r->kind == REPLY_RESULT)
        json_object_set_new(facts, "result", json_string(num_shortest(number, r->number)));
    if (r->kind == REPLY_RESULT && r->searched)
        json_object_set_new(facts, "read_as",
                            json_string(m->labels
                                            ? "the reply is not the JSON asked for: all of it "
                                              "is the label"
                                            : "the reply is not the JSON asked for: the "
                                              "object or the first number in it counts"));
    if (r->kind == REPLY_RESULT && !m->labels && clamped(m, r->number) != r->number)
        json_object_set_new(facts, "clamped_to",
                            json_string(num_shortest(number, clamped(m, r->number))));
    json_object_set_new(
        facts, "token_usage",
        json_pack("{s:I, s:I, s:I, s:I}", "prompt_tokens", (json_int_t)r->tokens.prompt,
                  "completion_tokens", (json_int_t)r->tokens.completion, "total_tokens",
                  (json_int_t)r->tokens.total, "cached_tokens", (json_int_t)r->tokens.cached));
}

static enum ask_verdict take_reply(struct ask *a, struct model *m)
{
    struct grade *out = &asking_of(a)->out;
    const struct reply *r = &m->reply;
    if (r->kind == REPLY_NONE) {
        a->fault = r->why;
        model_note_said(a, &m->answer);
        return ASK_FAILED;
    }
    out->tokens = r->tokens;
    grade_tokens_add(&m->spent.tokens, &r->tokens);
    m->spent.n_grades++;
    if (asking_of(a)->facts)
        tell_reply(m, asking_of(a)->facts);
    switch (r->kind) {
    case REPLY_RESULT:
        out->reward = m->labels ? m->passing[r->label] : clamped(m, r->number);
        break;
    case REPLY_REFUSAL:
        flag(a, GRADE_MODEL_REFUSAL, "refuses", buf_text(r->text));
        break;
    case REPLY_CUT:
        flag(a, GRADE_MODEL_MAX_TOKENS, "came to its token limit before its result", "");
        break;
    case REPLY_UNPARSED:
        flag(a, GRADE_MODEL_PARSE, r->why, buf_text(r->text));
        break;
    case REPLY_NONE:
        break;
    }
    return ASK_SETTLED;
}

static enum ask_verdict read_answer(struct ask *a)
{
    struct model *m = (struct model *)a->asker;
    if (ask_read_object(a, &m->answer) != ASK_SETTLED)
        return read_failure(a, m);
    reply_read(&m->reply, &m->wants, &m->answer, &m->scratch);
    return take_reply(a, m);
}

/* --- Grading */

/* Nobody is asked; what would be asked is made all the same, so that its faults show. */
static void start_stub(struct model *m, struct grading *x, const struct grader_input *in)
{
    buf_clear(&m->tail);
    if (prompt_render(&m->prompt, in, &m->text, &m->tail, &x->out))
        x->out.reward = m->stub;
    if (x->facts)
        explain_text(x->facts, "stub", m->note, strlen(m->note));
    grading_done(x);
}

static void start(void *self, struct grading *x, const struct grader_input *in)
{
    struct model *m = self;
    if (x->facts) {
        explain_text(x->facts, "model", m->judge->name, strlen(m->judge->name));
        prompt_explain(&m->prompt, in, x->facts);
    }
    if (m->note) {
        start_stub(m, x, in);
        return;
    }
    struct ask *a = asking_begin(&m->asking, x);
    buf_add(&a->body, m->head.at, m->head.len);
    if (!prompt_render(&m->prompt, in, &m->text, &a->body, &x->out)) {
        asking_refuse(a);
        return;
    }
    buf_add(&a->body, m->tail.at, m->tail.len);
    ask_send(a);
}

static void stop(void *self, struct grading *x)
{
    (void)self;
    asking_stop(x);
}

static void close(void *self)
{
    struct model *m = self;
    asking_close(&m->asking);
    prompt_release(&m->prompt);
    reply_release(&m->reply);
    free(m->labels);
    free(m->passing);
    free(m->note);
    buf_release(&m->head);
    buf_release(&m->tail);
    buf_release(&m->text);
    tape_release(&m->scratch);
    tape_release(&m->answer);
}

static const char *note(const void *self)
{
    const struct model *m = self;
    return m->note;
}

static void spent(const void *self, struct grader_spent *out)
{
    const struct model *m = self;
    *out = m->spent;
}

/* A judge costs money; a stub hears nothing. */
static bool asked_once(const void *self)
{
    const struct model *m = self;
    return !m->note && prompt_reads_calls(&m->prompt);
}

static void templates(const void *self, template_visit *visit, void *arg)
{
    const struct model *m = self;
    prompt_templates(&m->prompt, visit, arg);
}

static void score_bounds(const void *self, double *low, double *high)
{
    const struct model *m = self;
    *low = m->low;
    *high = m->high;
}

static void label_bounds(const void *self, double *low, double *high)
{
    (void)self;
    *low = 0;
    *high = 1;
}

const struct grader_ops grader_score_model = {
    .type = "score_model",
    .size = sizeof(struct model),
    .open = open_score,
    .start = start,
    .stop = stop,
    .close = close,
    .templates = templates,
    .bounds = score_bounds,
    .calls = true,
    .asked_once = asked_once,
    .note = note,
    .spent = spent,
};

const struct grader_ops grader_label_model = {
    .type = "label_model",
    .size = sizeof(struct model),
    .open = open_label,
    .start = start,
    .stop = stop,
    .close = close,
    .templates = templates,
    .bounds = label_bounds,
    .calls = true,
    .asked_once = asked_once,
    .note = note,
    .spent = spent,
};
