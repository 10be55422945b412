#include "sim/policy/policy.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/policy/kinds.h"

struct policy {
    const struct policy_ops *ops;
    max_align_t self[]; /* ops->size bytes */
};

static const struct policy_ops *const kinds[] = {
    /* sorted by type */
    &policy_command, &policy_learner, &policy_mixture, &policy_model,
    &policy_oracle,  &policy_random,  &policy_replay,  &policy_scripted,
};

static const struct policy_ops *find(const char *type)
{
    for (size_t i = 0; type && i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i]->type, type) == 0)
            return kinds[i];
    }
    return NULL;
}

/* "command, learner, mixture, ... or scripted" */
static void add_types(struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        buf_printf(out, "%s%s",
                   i == 0                    ? ""
                   : i + 1 < COUNT_OF(kinds) ? ", "
                                             : " or ",
                   kinds[i]->type);
}

static const struct policy_ops *ops_of(const struct policy_spec *spec, struct diags *list)
{
    const char *type = json_string_value(json_object_get(spec->json, "type"));
    const struct policy_ops *ops = find(type);
    if (!ops) {
        struct nearest near = {.word = type ? type : ""};
        for (size_t i = 0; i < COUNT_OF(kinds); i++)
            nearest_try(&near, kinds[i]->type);
        struct buf types = {0};
        add_types(&types);
        char *at = mem_printf("%s/type", spec->pointer);
        struct diag *d = doc_fault(spec->doc, list, DIAG_ERROR, DIAG_J007, at,
                                   "no policy is called '%s'", type ? type : "");
        if (near.name)
            diag_fix(d, "did you mean '%s'?", near.name);
        else
            diag_fix(d, "use type: %s", buf_text(&types));
        free(at);
        buf_release(&types);
    }
    return ops;
}

enum err_code policy_open(struct policy **out, const struct policy_spec *spec, struct diags *list,
                          struct err *e)
{
    const struct policy_ops *ops = ops_of(spec, list);
    if (!ops)
        return err_set(e, ERR_JOB, "%s: the policy cannot be used", spec->doc->path);
    struct policy *p = mem_new(sizeof(*p) + ops->size);
    p->ops = ops;
    enum err_code rc = ops->open(p->self, spec, list, e);
    if (rc) {
        policy_free(p);
        return rc;
    }
    *out = p;
    return ERR_OK;
}

enum err_code policy_new(struct policy **out, const struct job *job,
                         const struct policy_context *context, struct diags *list, struct err *e)
{
    struct policy_spec spec = {
        .job = job,
        .doc = job->policy_doc ? job->policy_doc : job->doc,
        .json = job->sim.policy,
        .pointer = job->policy_doc ? JOB_CHECKPOINT_POINTER : JOB_POLICY_POINTER,
        .context = context,
    };
    if (spec.json)
        return policy_open(out, &spec, list, e);
    struct diag *d = doc_fault(job->doc, list, DIAG_ERROR, DIAG_J003, "/simulation/policy",
                               "no policy: nothing stands in for the model");
    diag_fix(d, "add simulation.policy, such as {type: scripted, turns: [{answer: \"...\"}]}");
    return err_set(e, ERR_JOB, "%s: the policy cannot be used", job->doc->path);
}

void policy_free(struct policy *p)
{
    if (!p)
        return;
    p->ops->close(p->self);
    free(p);
}

void *policy_self(const struct policy *p, const struct policy_ops *ops)
{
    return p->ops == ops ? (void *)(uintptr_t)p->self : NULL;
}

const char *policy_type(const struct policy *p)
{
    return p->ops->type;
}

const char *policy_note(const struct policy *p)
{
    return p->ops->note ? p->ops->note(p->self) : NULL;
}

void policy_templates(const struct policy *p, template_visit *visit, void *arg)
{
    if (p->ops->templates)
        p->ops->templates(p->self, visit, arg);
}

size_t policy_descriptors(const struct policy *p)
{
    return p->ops->descriptors ? p->ops->descriptors(p->self) : 0;
}

void policy_recordings(const struct policy *p, recording_visit *visit, void *arg)
{
    if (p->ops->recordings)
        p->ops->recordings(p->self, visit, arg);
}

unsigned policy_spares(const struct policy *p)
{
    return p->ops->spares ? p->ops->spares(p->self) : 0;
}

void playing_pass(struct playing *x, struct policy *to, const struct policy_view *view)
{
    x->policy = to;
    if (to->ops->start) {
        to->ops->start(to->self, x, view);
        return;
    }
    policy_turn_clear(x->room);
    to->ops->turn(to->self, view, x->room);
    playing_done(x, x->room);
}

void policy_start(struct policy *p, struct playing *x, const struct policy_view *view)
{
    assert(!x->policy);
    x->task = NULL;
    x->turn = NULL;
    playing_pass(x, p, view);
}

void policy_stop(struct playing *x)
{
    struct policy *p = x->policy;
    x->policy = NULL;
    if (p)
        p->ops->stop(p->self, x);
}

void playing_done(struct playing *x, const struct policy_turn *turn)
{
    assert(x->policy);
    x->policy = NULL;
    x->turn = turn;
    x->done(x);
}

static void nobody_waits(struct playing *x)
{
    (void)x;
}

void policy_take_turn(struct policy *p, const struct policy_view *view, struct policy_turn *turn)
{
    struct playing x = {.done = nobody_waits, .room = turn};
    policy_start(p, &x, view);
    assert(x.turn == turn); /* it asks nobody */
}

struct diag *policy_fault(const struct policy_spec *spec, struct diags *list, enum diag_code code,
                          const char *key, const char *text)
{
    char *at = mem_printf("%s/%s", spec->pointer, key);
    struct diag *d = doc_fault(spec->doc, list, DIAG_ERROR, code, at, "%s", text);
    free(at);
    return d;
}

void policy_turn_fail(struct policy_turn *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *why = mem_vprintf(fmt, ap);
    va_end(ap);
    policy_turn_clear(t);
    t->kind = POLICY_FAILED;
    buf_text_add(&t->text, why);
    free(why);
}

void policy_turn_call(struct policy_turn *t, const char *name, size_t from)
{
    if (t->n_calls == t->room) {
        t->room = t->room ? t->room * 2 : 4;
        t->calls = mem_grow(t->calls, t->room, sizeof(*t->calls));
    }
    t->calls[t->n_calls++] =
        (struct policy_turn_call){.name = name, .from = from, .len = t->text.len - from};
}

void policy_turn_clear(struct policy_turn *t)
{
    buf_clear(&t->text);
    buf_clear(&t->note);
    buf_clear(&t->said);
    buf_clear(&t->beside);
    t->n_calls = 0;
    t->batch = false;
    t->truncated = false;
    t->tokens = (struct policy_tokens){0};
    t->recorded = NULL;
    t->n_recorded = 0;
    t->plays = false;
    t->scored = NULL;
    t->choice = 0;
}

void policy_turn_release(struct policy_turn *t)
{
    buf_release(&t->text);
    buf_release(&t->note);
    buf_release(&t->said);
    buf_release(&t->beside);
    free(t->calls);
    *t = (struct policy_turn){0};
}
