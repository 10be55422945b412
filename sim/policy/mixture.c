/* mixture: each rollout is another policy's, drawn by weight. A knob between two of them:
 *
 *     type: mixture
 *     policies:
 *       - {weight: 0.7, policy: {type: oracle}}
 *       - {weight: 0.3, policy: {type: random}}
 *
 * Weights are shares of their sum. Which policy plays is drawn once a rollout, of its stream: the
 * first ones take the low draws, so that more weight for the first turns rollouts to it and leaves
 * those that it has. Each gets a stream of its own.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/policy/kinds.h"

enum { MIXTURE_MOST = 100 };

struct part {
    double weight;
    struct policy *policy; /* owned */
};

struct mixture {
    struct part *parts; /* owned */
    size_t n;
    double sum;
    struct buf note;
};

struct reader {
    struct mixture *into;
    const struct policy_spec *spec;
    struct diags *list;
};

static struct diag *fault(const struct reader *r, enum diag_code code, const char *pointer,
                          const char *text)
{
    return doc_fault(r->spec->doc, r->list, DIAG_ERROR, code, pointer, "%s", text);
}

static double read_weight(const struct reader *r, const json_t *part, const char *pointer)
{
    const json_t *weight = json_object_get(part, "weight");
    double value = json_number_value(weight);
    char *at = mem_printf("%s/weight", pointer);
    if (!weight)
        diag_fix(fault(r, DIAG_J003, at, "a part of a mixture needs a weight"),
                 "add weight: 1; weights are shares of their sum");
    else if (!json_is_number(weight))
        diag_fix(fault(r, DIAG_J004, at, "a weight is a number"),
                 "write a number from 0; weights are shares of their sum");
    else if (!isfinite(value) || value < 0 || value > 1e9)
        diag_fix(fault(r, DIAG_J005, at, "a weight is from 0 to 1e9"),
                 "write a number from 0; weights are shares of their sum");
    free(at);
    return value;
}

static void read_part(const struct reader *r, const json_t *json, const char *pointer)
{
    static const char *const known[] = {"weight", "policy", NULL};
    struct err unused = {0};
    struct part *part = &r->into->parts[r->into->n++];
    char *at = mem_printf("%s/policy", pointer);
    struct policy_spec spec = *r->spec;
    spec.json = json_object_get(json, "policy");
    spec.pointer = at;
    doc_check_keys(spec.doc, r->list, json, pointer, known, "");
    part->weight = read_weight(r, json, pointer);
    r->into->sum += part->weight;
    if (!spec.json)
        diag_fix(fault(r, DIAG_J003, at, "a part of a mixture needs a policy"),
                 "add policy: {type: ...}");
    else if (policy_open(&part->policy, &spec, r->list, &unused))
        part->policy = NULL; /* its faults are told */
    else if (policy_spares(part->policy) & POLICY_SPARES_GRADER)
        diag_fix(fault(r, DIAG_J005, at,
                       "recorded scores and graded ones in one mixture would be one mean of two "
                       "things"),
                 "leave scores: recorded away, or play it alone");
    free(at);
}

/* "70 % oracle (answer guessed: ...), 30 % random" */
static void make_note(struct mixture *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const char *more = policy_note(s->parts[i].policy);
        char share[NUM_ROOM];
        num_shortest(share, round(s->parts[i].weight / s->sum * 1e4) / 1e2);
        buf_printf(&s->note, "%s%s %% %s", i ? ", " : "", share, policy_type(s->parts[i].policy));
        if (more)
            buf_printf(&s->note, " (%s)", more);
    }
}

static enum err_code mixture_open(void *self, const struct policy_spec *spec, struct diags *list,
                                  struct err *e)
{
    static const char *const known[] = {"type", "policies", NULL};
    struct mixture *s = self;
    struct reader r = {s, spec, list};
    size_t errors = list->n_errors;
    const json_t *parts = json_object_get(spec->json, "policies");
    size_t n = json_array_size(parts);
    struct buf at = {0};
    buf_printf(&at, "%s/policies", spec->pointer);
    doc_check_keys(spec->doc, list, spec->json, spec->pointer, known, "");
    if (!n || n > MIXTURE_MOST)
        diag_fix(fault(&r, parts ? DIAG_J004 : DIAG_J003, buf_text(&at),
                       "a mixture is a list of 1 to 100 policies with weights"),
                 "write policies: [{weight: 0.7, policy: {type: oracle}}, {weight: 0.3, policy: "
                 "{type: random}}]");
    else
        s->parts = mem_array(n, sizeof(*s->parts));
    for (size_t i = 0; s->parts && i < n; i++) {
        size_t up = at.len;
        doc_pointer_index(&at, i);
        read_part(&r, json_array_get(parts, i), buf_text(&at));
        buf_cut(&at, up);
    }
    if (list->n_errors == errors && s->sum <= 0)
        diag_fix(fault(&r, DIAG_J005, buf_text(&at), "all weights are 0, so nobody plays"),
                 "give one of them a weight above 0");
    buf_release(&at);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the policy has faults", spec->doc->path);
    assert(s->parts); /* none is a fault */
    make_note(s);
    return ERR_OK;
}

static size_t pick(const struct mixture *s, struct rng rng)
{
    rng_mix(&rng, 0);
    double at = rng_unit(&rng) * s->sum;
    size_t chosen = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->parts[i].weight <= 0)
            continue;
        chosen = i; /* the last stands in for what rounding leaves over */
        if (at < s->parts[i].weight)
            break;
        at -= s->parts[i].weight;
    }
    return chosen;
}

static void mixture_start(void *self, struct playing *x, const struct policy_view *view)
{
    struct mixture *s = self;
    size_t i = pick(s, view->rng);
    struct policy_view own = *view;
    rng_mix(&own.rng, i + 1);
    playing_pass(x, s->parts[i].policy, &own);
}

static void mixture_templates(const void *self, template_visit *visit, void *arg)
{
    const struct mixture *s = self;
    for (size_t i = 0; i < s->n; i++)
        policy_templates(s->parts[i].policy, visit, arg);
}

static void mixture_recordings(const void *self, recording_visit *visit, void *arg)
{
    const struct mixture *s = self;
    for (size_t i = 0; i < s->n; i++)
        policy_recordings(s->parts[i].policy, visit, arg);
}

/* What none of them asks for. */
static unsigned mixture_spares(const void *self)
{
    const struct mixture *s = self;
    unsigned all = POLICY_SPARES_TOOLS;
    for (size_t i = 0; i < s->n; i++)
        all &= policy_spares(s->parts[i].policy);
    return all;
}

static const char *mixture_note(const void *self)
{
    const struct mixture *s = self;
    return buf_text(&s->note);
}

static size_t mixture_descriptors(const void *self)
{
    const struct mixture *s = self;
    size_t sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += policy_descriptors(s->parts[i].policy);
    return sum;
}

static void mixture_close(void *self)
{
    struct mixture *s = self;
    for (size_t i = 0; i < s->n; i++)
        policy_free(s->parts[i].policy);
    free(s->parts);
    buf_release(&s->note);
}

const struct policy_ops policy_mixture = {
    .type = "mixture",
    .size = sizeof(struct mixture),
    .open = mixture_open,
    .start = mixture_start,
    .templates = mixture_templates,
    .note = mixture_note,
    .descriptors = mixture_descriptors,
    .recordings = mixture_recordings,
    .spares = mixture_spares,
    .close = mixture_close,
};
