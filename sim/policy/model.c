/* model: a model itself, asked over HTTP as any OpenAI-compatible server takes it.
 *
 *     type: model
 *     url: http://127.0.0.1:8080/v1   or all of it, with .../chat/completions or .../responses
 *     api: chat                       or responses; as the URL ends, else chat
 *     model: qwen3-8b                 default: the job's
 *     api_key: "${KEY}"               Authorization: Bearer KEY; to Azure, api-key: KEY
 *     headers: {X-Team: "..."}
 *     parameters: {temperature: 0.7}  sent as they are
 *     developer_role: system          what "developer" is sent as, for templates without it
 *     attempts: 6                     requests of a turn in all
 *     backoff_ms: 1000                before the second; doubled before each further one
 *     timeout_ms: 600000              of one attempt
 *     max_qps: 5                      requests a second, in all threads
 *
 * model_request.h has what is asked, model_turn.h what becomes of the answer. 429, 5xx, broken
 * connections and answers that are none are tried again, after Retry-After if the answer has one;
 * other 4xx and redirects are not. A turn that was not answered fails its rollout (policy_failed),
 * with the server's words. What will fail every rollout ends the run: a key, URL or model that the
 * server does not take, or MODEL_PATIENCE turns in a row of which not one was answered.
 */
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/model/server.h"
#include "sim/policy/kinds.h"
#include "sim/policy/model_request.h"
#include "sim/policy/model_turn.h"

enum { MODEL_PATIENCE = 16 };

struct model {
    struct asker asker; /* first: an ask leads to it */
    struct model_spec spec;
    struct model_request request;
    struct model_turn turn;
    struct tape scratch;
    struct policy_context context;
    char *note;
    bool answered;     /* a turn was, in this thread */
    unsigned n_failed; /* turns, while none was */
    bool hopeless;     /* that was said */
};

/* --- Answers */

static enum ask_verdict read_answer(struct ask *a)
{
    struct model *s = (struct model *)a->asker;
    enum job_model_api api = (enum job_model_api)s->spec.api;
    enum ask_verdict verdict = ask_read_object(a, &s->scratch);
    if (verdict == ASK_SETTLED) {
        a->fault = model_turn_read(&s->turn, &s->scratch, api, a->tag);
        if (a->fault)
            model_note_said(a, &s->scratch); /* some tell of an error with 200 */
        return a->fault ? ASK_FAILED : ASK_SETTLED;
    }
    verdict = model_read_failure(a, &s->scratch);
    if (verdict == ASK_SETTLED)
        policy_turn_fail(&s->turn.turn, "the server's content filter did not let the request pass");
    return verdict;
}

/* Statuses that say something of key, URL or model, not of what was asked. */
static bool is_of_all(int status)
{
    return status == 401 || status == 403 || status == 404 || status == 405 ||
           (status >= 300 && status < 400);
}

static void tell_hopeless(struct model *s, const struct ask *a, const char *why)
{
    struct err e = {0};
    int status = a->x.req.status;
    s->hopeless = true;
    if (!s->context.hopeless)
        return;
    err_set(&e, ERR_NET, "stopped: %s%s", is_of_all(status) ? "" : "no turn was answered, last ",
            why);
    if (status == 401 || status == 403)
        err_fix(&e, "is it the right key? api_key goes into Authorization: Bearer, or api-key for "
                    "Azure; anything else into 'headers'; then run the job again");
    else if (is_of_all(status))
        err_fix(&e, "is there a model '%s', and is it asked at %s? then run the job again",
                s->spec.model, s->spec.url);
    else
        err_fix(&e, "see what the server says, correct simulation.policy, and run the job again");
    s->context.hopeless(s->context.arg, &e);
}

/* Given up: the rollout fails, and if it looks as if all would, the run ends. */
static void fail(struct model *s, const struct ask *a)
{
    struct buf why = {0};
    ask_why(a, &why);
    s->n_failed++;
    bool all = is_of_all(a->x.req.status) || s->n_failed >= MODEL_PATIENCE;
    if (!s->answered && !s->hopeless && all)
        tell_hopeless(s, a, buf_text(&why));
    policy_turn_fail(&s->turn.turn, "%s", buf_text(&why));
    buf_release(&why);
}

/* The memory is given back first: the next turn may begin in playing_done(). */
static void on_done(struct ask *a)
{
    struct model *s = (struct model *)a->asker;
    struct playing *x = a->owner;
    if (a->fault)
        fail(s, a);
    else
        s->answered = true;
    x->task = NULL;
    ask_give_back(a);
    playing_done(x, &s->turn.turn);
}

/* --- Turns */

static void model_start(void *self, struct playing *x, const struct policy_view *view)
{
    struct model *s = self;
    struct ask *a = ask_begin(&s->asker, x);
    a->tag = view->turn;
    x->task = a;
    model_request_write(&s->request, view, &a->body);
    ask_send(a);
}

static void model_stop(void *self, struct playing *x)
{
    (void)self;
    ask_stop(x->task);
    x->task = NULL;
}

/* --- The spec */

/* With the key behind the spec's own headers. */
static void open_asker(struct model *s, const struct policy_spec *spec)
{
    const struct model_spec *m = &s->spec;
    struct header *headers = mem_array(m->headers.n + 1, sizeof(*headers));
    struct header key = model_key(m->url, m->api_key ? m->api_key : "");
    size_t n = m->headers.n;
    for (size_t i = 0; i < n; i++)
        headers[i] = m->headers.at[i];
    if (m->api_key)
        headers[n++] = key;
    char *pointer = mem_printf("%s/url", spec->pointer);
    char *who = mem_printf("the model '%s'", m->model);
    asker_open(&s->asker,
               &(struct asker_config){
                   .pointer = pointer,
                   .use = HOST_POLICY,
                   .caller = who,
                   .who = who,
                   .written = m->written,
                   .url = m->url,
                   .headers = headers,
                   .n_headers = n,
                   .max_qps = m->max_qps,
                   .retry = {m->attempts, m->backoff_ms},
                   .timeout_ms = m->timeout_ms,
                   .answer_max = MODEL_ANSWER_MAX,
                   .read = read_answer,
                   .done = on_done,
               },
               s->context.hosts, s->context.wire);
    free(pointer);
    free(who);
    free(key.name);
    free(key.value);
    free(headers);
}

static enum err_code model_open(void *self, const struct policy_spec *spec, struct diags *list,
                                struct err *e)
{
    struct model *s = self;
    size_t errors = list->n_errors;
    s->context = *spec->context;
    model_spec_read(&s->spec, spec, list);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the policy has faults", spec->doc->path);
    model_request_init(&s->request, spec->job, &s->spec);
    s->note = mem_printf("%s, over %s: no stub, so a run is not the same twice", s->spec.model,
                         s->spec.api == JOB_API_CHAT ? "chat completions" : "Responses");
    open_asker(s, spec);
    return ERR_OK;
}

static const char *model_note(const void *self)
{
    const struct model *s = self;
    return s->note;
}

static void model_close(void *self)
{
    struct model *s = self;
    asker_close(&s->asker);
    model_spec_release(&s->spec);
    model_request_release(&s->request);
    model_turn_release(&s->turn);
    tape_release(&s->scratch);
    free(s->note);
}

const struct policy_ops policy_model = {
    .type = "model",
    .size = sizeof(struct model),
    .open = model_open,
    .start = model_start,
    .stop = model_stop,
    .note = model_note,
    .close = model_close,
};
