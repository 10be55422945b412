#include "grader/grader.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "grader/kinds.h"
#include "grader/scope.h"
#include "grader/twice.h"
#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/rng.h"
#include "sim/base/text.h"
#include "sim/job/response_format.h"

struct grader {
    const struct grader_ops *ops;
    char *name;
    char *pointer;      /* of the spec in the job */
    const json_t *spec; /* borrowed from the job */
    unsigned readings;  /* see grader_readings() */
    int calls_reading;  /* that of output_tools which the job has not chosen */

    bool is_whole;                        /* the job's, not a part of another */
    const struct response_format *format; /* borrowed from the job; NULL: none, or a part */
    struct buf answer;                    /* the one being tested against it */
    struct tape scratch;

    max_align_t self[]; /* ops->size bytes */
};

static const struct grader_ops *const kinds[] = {
    /* sorted by type */
    &grader_endpoint,    &grader_label_model,  &grader_multi,           &grader_python,
    &grader_score_model, &grader_string_check, &grader_text_similarity,
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

const char *grade_note_id(enum grade_note note)
{
    static const char *const ids[] = {
#define X(name, id, words) id,
        GRADE_NOTES(X)
#undef X
    };
    return ids[note];
}

const char *grade_note_words(enum grade_note note)
{
    static const char *const all[] = {
#define X(name, id, words) words,
        GRADE_NOTES(X)
#undef X
    };
    return all[note];
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
    for (const char *c = spec->pointer + strlen(spec->job->grader_at); *c; c++)
        rng_mix(&r, (unsigned char)*c);
    return mem_printf("grader-%012llx", (unsigned long long)(rng_u64(&r) & 0xffffffffffff));
}

static void check_name(const struct grader_spec *spec, struct diags *list)
{
    const json_t *name = json_object_get(spec->json, "name");
    if (name && !json_is_string(name) && !json_is_null(name))
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J004, "name", "'name' must be a string"),
                 "put it in quotes, or leave it out");
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
    struct grader_spec spec = {job, job->grader, job->grader_at};
    enum err_code rc = grader_open(out, &spec, context, list, e);
    if (!rc) {
        (*out)->is_whole = true;
        (*out)->format = job->format;
    }
    return rc;
}

enum err_code grader_open(struct grader **out, const struct grader_spec *spec,
                          const struct grader_context *context, struct diags *list, struct err *e)
{
    size_t errors = list->n_errors;
    const char *type = json_string_value(json_object_get(spec->json, "type"));
    check_name(spec, list);
    const struct grader_ops *ops = find(type ? type : "");
    if (!ops)
        return refuse_type(spec, type ? type : "", list, e);
    struct grader *g = mem_new(sizeof(*g) + ops->size);
    g->ops = ops;
    g->name = name_of(spec);
    g->pointer = mem_text(spec->pointer);
    g->spec = spec->json;
    enum err_code rc = ops->open(g->self, spec, context, list, e);
    if (!rc && list->n_errors > errors && !context->body_only)
        rc = err_set(e, ERR_JOB, "%s: the grader has faults", spec->job->doc->path);
    if (rc) {
        grader_free(g);
        return rc;
    }
    g->readings = ops->readings ? ops->readings(g->self) : 0;
    g->calls_reading = reading_of(READING_OUTPUT_TOOLS,
                                  spec->job->sim.readings[READING_OUTPUT_TOOLS] == READING_LAST_TURN
                                      ? READING_ALL_TURNS
                                      : READING_LAST_TURN);
    *out = g;
    return ERR_OK;
}

void grader_free(struct grader *g)
{
    if (!g)
        return;
    g->ops->close(g->self);
    buf_release(&g->answer);
    tape_release(&g->scratch);
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

const char *grader_note(const struct grader *g)
{
    return g->ops->note ? g->ops->note(g->self) : NULL;
}

bool grader_calls(const struct grader *g)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(g, &n);
    bool calls = g->ops->calls && !grader_note(g);
    for (size_t i = 0; i < n; i++)
        calls = calls || grader_calls(parts[i].grader);
    return calls;
}

bool grader_spent(const struct grader *g, struct grader_spent *out)
{
    if (!g->ops->spent || grader_note(g))
        return false;
    g->ops->spent(g->self, out);
    return true;
}

void grade_tokens_add(struct grade_tokens *sum, const struct grade_tokens *more)
{
    sum->prompt += more->prompt;
    sum->completion += more->completion;
    sum->total += more->total;
    sum->cached += more->cached;
}

const struct grader_part *grader_parts(const struct grader *g, size_t *n)
{
    *n = 0;
    return g->ops->parts ? g->ops->parts(g->self, n) : NULL;
}

unsigned grader_readings(const struct grader *g)
{
    return g->readings;
}

bool grader_reads_calls_otherwise(const struct grader *g)
{
    return g->readings >> g->calls_reading & 1;
}

size_t grader_descriptors(const struct grader *g)
{
    size_t n_parts = 0;
    size_t sum = 0;
    grader_parts(g, &n_parts);
    for (size_t i = 0; i <= n_parts; i++) {
        const struct grader *x = grader_at(g, i);
        sum += x->ops->descriptors ? x->ops->descriptors(x->self) : 0;
    }
    return sum;
}

bool grader_is_asked_once(const struct grader *g)
{
    return g->ops->asked_once && g->ops->asked_once(g->self);
}

const struct grader *grader_at(const struct grader *g, size_t i)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(g, &n);
    return i ? parts[i - 1].grader : g;
}

void grader_reads(const struct grader *g, struct grader_reads *out)
{
    *out = (struct grader_reads){0};
    if (g->ops->reads)
        g->ops->reads(g->self, out);
}

static void begin_facts(const struct grader *g, json_t *facts)
{
    json_object_set_new(facts, "type", json_string(g->ops->type));
    json_object_set_new(facts, "name", json_string(g->name));
    json_object_set_new(facts, "fields", json_array());
}

static json_t *others_of(const struct grade *grade)
{
    json_t *list = json_array();
    for (int r = 0; r < READINGS; r++) {
        if (!grade->lost && grade->readings >> r & 1)
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:f}", "switch", reading_switch(r),
                                            "reading", reading_word(r), "reward", grade->other[r]));
    }
    return list;
}

static json_t *notes_of(const struct grade *grade)
{
    json_t *list = json_array();
    for (int i = 0; i < GRADE_N_NOTES; i++) {
        if (grade->notes >> i & 1)
            json_array_append_new(list, json_string(grade_note_id((enum grade_note)i)));
    }
    return list;
}

static void end_facts(const struct grade *grade, json_t *facts)
{
    json_t *errors = json_array();
    for (int i = 0; i < GRADE_N_ERRORS; i++) {
        if (grade->flags >> i & 1)
            json_array_append_new(errors, json_string(grade_error_name((enum grade_error)i)));
    }
    json_object_set_new(facts, "reward", grade->lost ? json_null() : json_real(grade->reward));
    json_object_set_new(facts, "errors", errors);
    json_object_set_new(facts, "lost", json_boolean(grade->lost));
    json_object_set_new(facts, "seconds", json_real((double)grade->ns * 1e-9));
    if (*grade->why)
        explain_text(facts, "why", grade->why, strlen(grade->why));
    else
        json_object_set_new(facts, "why", json_null());
    json_object_set_new(facts, "other_readings", others_of(grade));
    json_object_set_new(facts, "notes", notes_of(grade));
}

/* Whether to ask twice: once for each sample. */
static bool is_otherwise(const struct grader *g, const struct grader_input *in)
{
    return in->other_sample && in->other_sample != in->sample && grader_reads_calls_otherwise(g) &&
           !g->ops->parts;
}

/* The same grade of the sample under the other reading of output_tools. */
static void grade_otherwise(struct grader *g, const struct grader_input *in, struct grade *out)
{
    int reading = g->calls_reading;
    struct grader_input otherwise = *in;
    struct grade other = {0};
    otherwise.sample = in->other_sample;
    g->ops->grade(g->self, &otherwise, &other);
    out->other[reading] = other.reward;
    out->readings |= 1u << reading;
}

/* A reading under which nothing was done otherwise has the same reward. */
static void complete(struct grade *out, unsigned readings)
{
    for (int r = 0; r < READINGS; r++) {
        if ((readings & ~out->readings) >> r & 1)
            out->other[r] = out->reward;
    }
    out->readings = readings;
}

/* GAP-36. Why not is kept until the grade is there: the grader is asked all the same, as one was in
 * the recording of an empty answer (4.2), and its own errors count too. */
static void test_answer(struct grader *g, struct grading *x, const struct grader_input *in)
{
    if (!g->format)
        return;
    struct buf why = {0};
    size_t text = tape_get(in->sample, 0, "output_text");
    buf_clear(&g->answer);
    if (tape_kind(in->sample, text) == TAPE_STRING)
        tape_string(in->sample, text, &g->answer);
    if (!response_format_fits(g->format, buf_text(&g->answer), g->answer.len, &g->scratch, &why))
        snprintf(x->misfit, sizeof(x->misfit), "%s", buf_text(&why));
    buf_release(&why);
}

/* An error like any other: 0 with a flag (GAP-9). It goes before what is said already. */
PRINTF(3, 4)
static void add_error(struct grade *out, enum grade_flag flag, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *what = mem_vprintf(fmt, ap);
    va_end(ap);
    char *why = mem_printf("%s%s%s", what, *out->why ? "; " : "", out->why);
    snprintf(out->why, sizeof(out->why), "%s", why);
    free(why);
    free(what);
    out->flags |= flag;
    out->reward = 0;
    memset(out->other, 0, sizeof(out->other)); /* it is the same answer under every reading */
}

/* Whether the model came to its token limit in the midst of the answer. The grader is asked all the
 * same, as for an answer that does not fit. */
static bool is_truncated(const struct grader_input *in)
{
    size_t choice = tape_index(in->sample, tape_get(in->sample, 0, "choices"), 0);
    return tape_is(in->sample, tape_get(in->sample, choice, "finish_reason"), "length");
}

void grader_start(struct grader *g, struct grading *x, const struct grader_input *in)
{
    assert(!x->grader);
    x->grader = g;
    x->out = (struct grade){0};
    x->task = NULL;
    *x->misfit = '\0';
    x->truncated = false;
    x->readings = g->readings;
    if (!in->other_sample)
        x->readings &= ~(1u << g->calls_reading);
    x->started_ns = clock_ns();
    if (g->ops->start && is_otherwise(g, in)) {
        twice_start(g, x, in, g->calls_reading);
        return;
    }
    if (x->facts)
        begin_facts(g, x->facts);
    test_answer(g, x, in);
    x->truncated = g->is_whole && is_truncated(in);
    if (g->ops->start) {
        g->ops->start(g->self, x, in);
        return;
    }
    g->ops->grade(g->self, in, &x->out);
    if (is_otherwise(g, in))
        grade_otherwise(g, in, &x->out);
    if (x->facts && g->ops->explain)
        g->ops->explain(g->self, g->spec, in, x->facts);
    grading_done(x);
}

void grading_done(struct grading *x)
{
    assert(x->grader);
    complete(&x->out, x->readings);
    x->grader = NULL;
    x->out.ns = clock_ns() - x->started_ns;
    if (*x->misfit && !x->out.lost)
        add_error(&x->out, GRADE_SAMPLE_PARSE,
                  "the answer is not what response_format asks for: %s", x->misfit);
    if (x->truncated && !x->out.lost)
        add_error(&x->out, GRADE_TRUNCATED,
                  "the answer was cut off at the model's token limit (GAP-48)");
    text_one_line(x->out.why); /* it may hold what somebody said, cut to fit */
    if (x->facts)
        end_facts(&x->out, x->facts);
    x->done(x);
}

void grader_stop(struct grading *x)
{
    struct grader *g = x->grader;
    x->grader = NULL;
    if (x->twice)
        twice_stop(x);
    else if (g)
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
