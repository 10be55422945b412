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
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
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

    /* While none was answered, turns that failed wait here: if the run ends for it, their rollouts
     * are still to be made when it is resumed. */
    struct ask *kept, *kept_last;
    unsigned n_asked;  /* on their way */
    struct timer idle; /* none is on its way, so that nothing comes which could tell */
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

static void tell_hopeless(struct model *s, const struct ask *a)
{
    struct err e = {0};
    struct buf why = {0};
    struct buf url = {0};
    int status = a->x.req.status;
    ask_why(a, &why);
    secret_mask(&url, s->spec.url, strlen(s->spec.url)); /* before it is cut */
    err_set(&e, ERR_NET, "stopped: %s%s", is_of_all(status) ? "" : "no turn was answered, last ",
            buf_text(&why));
    if (status == 401 || status == 403)
        err_fix(&e, "is it the right key? api_key goes into Authorization: Bearer, or api-key for "
                    "Azure; anything else into 'headers'; then run the job again");
    else if (is_of_all(status))
        err_fix(&e, "is there a model '%s', and is it asked at %s? then run the job again",
                s->spec.model, buf_text(&url));
    else
        err_fix(&e, "see what the server says, correct simulation.policy, and run the job again");
    s->context.hopeless(s->context.arg, &e);
    buf_release(&why);
    buf_release(&url);
}

/* The memory is given back first: the next turn may begin in playing_done(). */
static void hand_on(struct ask *a)
{
    struct model *s = (struct model *)a->asker;
    struct playing *x = a->owner;
    if (a->fault) {
        struct buf why = {0};
        ask_why(a, &why);
        policy_turn_fail(&s->turn.turn, "%s", buf_text(&why));
        buf_release(&why);
    }
    x->task = NULL;
    ask_give_back(a);
    playing_done(x, &s->turn.turn);
}

/* --- Turns that failed while none was answered */

static void keep(struct model *s, struct ask *a)
{
    a->next = NULL;
    *(s->kept ? &s->kept_last->next : &s->kept) = a;
    s->kept_last = a;
}

/* False: it is none of them, of which there are no more than rollouts at once. */
static bool take_kept(struct model *s, const struct ask *a)
{
    struct ask *before = NULL;
    for (struct ask *k = s->kept; k; before = k, k = k->next) {
        if (k != a)
            continue;
        *(before ? &before->next : &s->kept) = k->next;
        if (s->kept_last == k)
            s->kept_last = before;
        return true;
    }
    return false;
}

/* The oldest fails. Another turn may begin with that. */
static void hand_on_kept(struct model *s)
{
    struct ask *a = s->kept;
    take_kept(s, a);
    hand_on(a);
}

static void on_idle(struct timer *t)
{
    struct model *s = (struct model *)((char *)t - offsetof(struct model, idle));
    while (s->kept && !s->n_asked && !s->hopeless)
        hand_on_kept(s);
}

/* One turn less is on its way. */
static void come(struct model *s)
{
    if (--s->n_asked == 0 && s->kept && !s->hopeless)
        engine_after(s->context.engine, &s->idle, 0);
}

static void on_done(struct ask *a)
{
    struct model *s = (struct model *)a->asker;
    if (a->fault && (!s->answered || s->hopeless)) {
        bool all = is_of_all(a->x.req.status) || ++s->n_failed >= MODEL_PATIENCE;
        keep(s, a);
        if (all && !s->hopeless) {
            s->hopeless = true;
            tell_hopeless(s, a);
        }
        come(s);
        return;
    }
    s->answered = true;
    come(s);
    hand_on(a);
    while (s->kept && !s->hopeless)
        hand_on_kept(s);
}

/* --- Turns */

static void model_start(void *self, struct playing *x, const struct policy_view *view)
{
    struct model *s = self;
    struct ask *a = ask_begin(&s->asker, x);
    a->tag = view->turn;
    x->task = a;
    model_request_write(&s->request, view, &a->body);
    s->n_asked++;
    ask_send(a);
}

static void model_stop(void *self, struct playing *x)
{
    struct model *s = self;
    bool kept = take_kept(s, x->task);
    ask_stop(x->task);
    x->task = NULL;
    if (!kept)
        come(s);
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
    assert(!spec->context->engine || spec->context->hopeless);
    s->context = *spec->context;
    s->idle.fire = on_idle;
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
    if (s->context.engine)
        engine_cancel_timer(s->context.engine, &s->idle);
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
