#include "sim/policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/policy/kinds.h"

struct policy {
    const struct policy_ops *ops;
    max_align_t self[]; /* ops->size bytes */
};

static const struct policy_ops *const kinds[] = {
    /* sorted by type */
    &policy_scripted,
};

static const struct policy_ops *find(const char *type)
{
    for (size_t i = 0; type && i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i]->type, type) == 0)
            return kinds[i];
    }
    return NULL;
}

static const struct policy_ops *ops_of(const struct job *job, struct diags *list)
{
    if (!job->sim.policy) {
        struct diag *d = doc_fault(job->doc, list, DIAG_ERROR, DIAG_J003, "/simulation/policy",
                                   "no policy: nothing stands in for the model");
        diag_fix(d, "add simulation.policy, such as {type: scripted, turns: [{answer: \"...\"}]}");
        return NULL;
    }
    const char *type = json_string_value(json_object_get(job->sim.policy, "type"));
    const struct policy_ops *ops = find(type);
    if (!ops) {
        struct diag *d =
            doc_fault(job->doc, list, DIAG_ERROR, DIAG_J007, JOB_POLICY_POINTER "/type",
                      "no policy is called '%s'", type ? type : "");
        diag_fix(d, "use type: scripted");
    }
    return ops;
}

enum err_code policy_new(struct policy **out, const struct job *job, struct diags *list,
                         struct err *e)
{
    const struct policy_ops *ops = ops_of(job, list);
    if (!ops)
        return err_set(e, ERR_JOB, "%s: the policy cannot be used", job->doc->path);
    struct policy *p = mem_new(sizeof(*p) + ops->size);
    p->ops = ops;
    enum err_code rc = ops->open(p->self, job, list, e);
    if (rc) {
        policy_free(p);
        return rc;
    }
    *out = p;
    return ERR_OK;
}

void policy_free(struct policy *p)
{
    if (!p)
        return;
    p->ops->close(p->self);
    free(p);
}

const char *policy_type(const struct policy *p)
{
    return p->ops->type;
}

void policy_templates(const struct policy *p, template_visit *visit, void *arg)
{
    if (p->ops->templates)
        p->ops->templates(p->self, visit, arg);
}

void policy_take_turn(struct policy *p, const struct policy_view *view, struct policy_turn *turn)
{
    policy_turn_clear(turn);
    p->ops->turn(p->self, view, turn);
}

void policy_turn_clear(struct policy_turn *t)
{
    buf_clear(&t->text);
    t->n_calls = 0;
    t->batch = false;
}

void policy_turn_release(struct policy_turn *t)
{
    buf_release(&t->text);
    free(t->calls);
    *t = (struct policy_turn){0};
}
