#include "grader/grader.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "grader/kinds.h"
#include "grader/scope.h"
#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/rng.h"

struct grader {
    const struct grader_ops *ops;
    char *name;
    char *pointer;      /* of the spec in the job */
    const json_t *spec; /* borrowed from the job */
    max_align_t self[]; /* ops->size bytes */
};

static const struct grader_ops *const kinds[] = {
    /* sorted by type */
    &grader_multi,
    &grader_string_check,
    &grader_text_similarity,
};

const char *grade_error_name(enum grade_error error)
{
    static const char *const names[] = {
#define X(name, words) words,
        GRADE_ERRORS(X)
#undef X
    };
    return names[error];
}

static const struct grader_ops *find(const char *type)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i]->type, type) == 0)
            return kinds[i];
    }
    return NULL;
}

/* The service names an unnamed grader with twelve random hex digits (EV-11); ours come from the
 * grader's own text, so that the columns of a result file are the same from run to run. */
static char *name_of(const struct grader_spec *spec)
{
    const char *given = json_string_value(json_object_get(spec->json, "name"));
    if (given && *given)
        return mem_text(given);
    char *text = json_dumps(spec->json, JSON_COMPACT);
    struct rng r = rng_seed(0);
    for (const char *c = text; *c; c++)
        rng_mix(&r, (unsigned char)*c);
    free(text);
    /* so that parts that are written alike have columns of their own */
    for (const char *c = spec->pointer + strlen(JOB_GRADER_POINTER); *c; c++)
        rng_mix(&r, (unsigned char)*c);
    return mem_printf("grader-%012llx", (unsigned long long)(rng_u64(&r) & 0xffffffffffff));
}

/* What `type` may be, for a message: "a, b and c". */
static enum err_code refuse_type(const struct grader_spec *spec, const char *type,
                                 struct diags *list, struct err *e)
{
    struct buf known = {0};
    struct nearest near = {.word = type};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        buf_printf(&known, "%s%s",
                   i == 0                    ? ""
                   : i + 1 < COUNT_OF(kinds) ? ", "
                                             : " and ",
                   kinds[i]->type);
        nearest_try(&near, kinds[i]->type);
    }
    struct diag *d =
        *type ? grader_fault(spec, list, DIAG_ERROR, DIAG_J007, "type",
                             "no grader has the type '%s'", type)
              : grader_fault(spec, list, DIAG_ERROR, DIAG_J003, "type", "a grader needs a 'type'");
    if (*type && near.name)
        diag_fix(d, "did you mean '%s'?", near.name);
    else
        diag_fix(d, "this version grades with %s only", buf_text(&known));
    buf_release(&known);
    return err_set(e, ERR_JOB, "%s: the grader cannot be used", spec->job->doc->path);
}

enum err_code grader_new(struct grader **out, const struct job *job,
                         const struct grader_context *context, struct diags *list, struct err *e)
{
    struct grader_spec spec = {job, job->grader, JOB_GRADER_POINTER};
    return grader_open(out, &spec, context, list, e);
}

enum err_code grader_open(struct grader **out, const struct grader_spec *spec,
                          const struct grader_context *context, struct diags *list, struct err *e)
{
    const char *type = json_string_value(json_object_get(spec->json, "type"));
    const struct grader_ops *ops = find(type ? type : "");
    if (!ops)
        return refuse_type(spec, type ? type : "", list, e);
    struct grader *g = mem_new(sizeof(*g) + ops->size);
    g->ops = ops;
    g->name = name_of(spec);
    g->pointer = mem_text(spec->pointer);
    g->spec = spec->json;
    enum err_code rc = ops->open(g->self, spec, context, list, e);
    if (rc) {
        grader_free(g);
        return rc;
    }
    *out = g;
    return ERR_OK;
}

void grader_free(struct grader *g)
{
    if (!g)
        return;
    g->ops->close(g->self);
    free(g->name);
    free(g->pointer);
    free(g);
}

const char *grader_type(const struct grader *g)
{
    return g->ops->type;
}

const char *grader_name(const struct grader *g)
{
    return g->name;
}

const char *grader_pointer(const struct grader *g)
{
    return g->pointer;
}

struct visit {
    const char *pointer;
    template_visit *visit;
    void *arg;
};

static void visit_key(void *arg, const char *key, const struct template *t)
{
    const struct visit *v = arg;
    char *pointer = mem_printf("%s/%s", v->pointer, key);
    v->visit(v->arg, pointer, t);
    free(pointer);
}

void grader_templates(const struct grader *g, template_visit *visit, void *arg)
{
    struct visit v = {g->pointer, visit, arg};
    if (g->ops->templates)
        g->ops->templates(g->self, visit_key, &v);
}

bool grader_compares(const struct grader *g)
{
    return g->ops->compares;
}

void grader_bounds(const struct grader *g, double *low, double *high)
{
    *low = -INFINITY;
    *high = INFINITY;
    if (g->ops->bounds)
        g->ops->bounds(g->self, low, high);
}

const struct grader_part *grader_parts(const struct grader *g, size_t *n)
{
    *n = 0;
    return g->ops->parts ? g->ops->parts(g->self, n) : NULL;
}

const struct grader *grader_at(const struct grader *g, size_t i)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(g, &n);
    return i ? parts[i - 1].grader : g;
}

static void begin_facts(const struct grader *g, json_t *facts)
{
    json_object_set_new(facts, "type", json_string(g->ops->type));
    json_object_set_new(facts, "name", json_string(g->name));
    json_object_set_new(facts, "fields", json_array());
}

static void end_facts(const struct grade *grade, json_t *facts)
{
    json_t *errors = json_array();
    for (int i = 0; i < GRADE_N_ERRORS; i++) {
        if (grade->flags >> i & 1)
            json_array_append_new(errors, json_string(grade_error_name((enum grade_error)i)));
    }
    json_object_set_new(facts, "reward", json_real(grade->reward));
    json_object_set_new(facts, "errors", errors);
    if (*grade->why)
        explain_text(facts, "why", grade->why, strlen(grade->why));
    else
        json_object_set_new(facts, "why", json_null());
}

void grader_start(struct grader *g, struct grading *x, const struct grader_input *in)
{
    assert(!x->grader);
    x->grader = g;
    x->out = (struct grade){0};
    x->task = NULL;
    x->started_ns = clock_ns();
    if (x->facts)
        begin_facts(g, x->facts);
    if (g->ops->start) {
        g->ops->start(g->self, x, in);
        return;
    }
    g->ops->grade(g->self, in, &x->out);
    if (x->facts && g->ops->explain)
        g->ops->explain(g->self, g->spec, in, x->facts);
    grading_done(x);
}

void grading_done(struct grading *x)
{
    assert(x->grader);
    x->grader = NULL;
    x->out.ns = clock_ns() - x->started_ns;
    if (x->facts)
        end_facts(&x->out, x->facts);
    x->done(x);
}

void grader_stop(struct grading *x)
{
    struct grader *g = x->grader;
    x->grader = NULL;
    if (g)
        g->ops->stop(g->self, x);
}

static void copy_out(struct grading *x)
{
    *(struct grade *)x->owner = x->out;
}

void grader_grade(struct grader *g, const struct grader_input *in, struct grade *out)
{
    struct grading x = {.done = copy_out, .owner = out};
    grader_start(g, &x, in);
    assert(!x.grader); /* it does not call out */
}
