/* python: the user's grade(sample, item), in warm processes (contract 4.7).
 *
 *     source: "def grade(sample, item):\n    return 1.0\n"
 *
 * The source is looked at before anything runs (python/audit.h), then run once in each worker of a
 * pool (python/crew.h), in a sandbox (python/sandbox.h). What goes wrong in it is
 * python_grader_runtime_error and reward 0 (PY-5, GAP-9, GAP-40). When there is no worker to be had
 * the grade is lost and python_grader_server_error: no reward comes of our own trouble.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "grader/kinds.h"
#include "grader/python/audit.h"
#include "grader/python/crew.h"
#include "grader/scope.h"
#include "sim/base/clock.h"

enum { SOURCE_MAX_BYTES = 256000 }; /* PY-2: 256 kB; the smaller reading */

struct python {
    struct audit audit;
    struct crew *crew; /* owned; NULL if it is only checked */
    int n_workers;     /* of the crew in each thread */
    bool inside;       /* bubblewrap */
    bool calls;        /* the source looks at the sample's tool calls (GAP-28) */
    unsigned readings; /* that of output_tools, if so */
};

static const char *read_source(const struct grader_spec *spec, size_t *len, struct diags *list)
{
    const json_t *source = json_object_get(spec->json, "source");
    *len = json_string_length(source);
    if (!source)
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J003, "source", "missing key 'source'"),
                 "source: the text of a Python program with def grade(sample, item): ...");
    else if (!json_is_string(source))
        diag_fix(
            grader_fault(spec, list, DIAG_ERROR, DIAG_J004, "source", "'source' must be a string"),
            "give the program as one text");
    else if (*len >= SOURCE_MAX_BYTES)
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J005, "source",
                              "the source has %zu bytes; the service takes less than 256 kB", *len),
                 "what is data in it may fit into the rows (PY-2)");
    else
        return json_string_value(source);
    return NULL;
}

static const char image_tag[] = "2025-05-08"; /* PY-3 */

static void warn_of_image(const struct grader_spec *spec, struct diags *list)
{
    struct diag *d = grader_fault(spec, list, DIAG_WARNING, DIAG_J007, "image_tag",
                                  "no image_tag is known but %s", image_tag);
    diag_why(d,
             "the service may refuse it, and which packages another image has is not known (PY-3)");
    diag_fix(d, "image_tag: \"%s\", or leave it out", image_tag);
}

static void check_rest(const struct grader_spec *spec, struct diags *list)
{
    static const char *const known[] = {"type",      "name",           "source",
                                        "image_tag", "pass_threshold", NULL};
    const json_t *tag = json_object_get(spec->json, "image_tag");
    doc_check_keys(spec->job->doc, list, spec->json, spec->pointer, known, " in a python grader");
    if (tag && !json_is_string(tag) && !json_is_null(tag))
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J004, "image_tag",
                              "'image_tag' must be a string"),
                 "image_tag: \"%s\"", image_tag);
    else if (json_is_string(tag) && strcmp(json_string_value(tag), image_tag) != 0)
        warn_of_image(spec, list);
    grader_pass_threshold(spec, list);
}

/* Once a job. */
static void warn_of_no_sandbox(const struct grader_spec *spec, const struct sandbox *s,
                               struct diags *list)
{
    if (spec->job->sim.sandbox == JOB_SANDBOX_OFF)
        return;
    for (size_t i = 0; i < list->n; i++) {
        if (list->at[i].code == DIAG_N003)
            return;
    }
    diag_fix(grader_fault(spec, list, DIAG_WARNING, DIAG_N003, "source",
                          "the grader's Python runs without bubblewrap: %s", s->why_not),
             "apt-get install bubblewrap, or say sandbox: off to hear no more of it");
}

static void start_crew(struct python *p, const struct grader_spec *spec,
                       const struct grader_context *context, const struct sandbox *s)
{
    const json_t *source = json_object_get(spec->json, "source");
    const struct job_simulation *sim = &spec->job->sim;
    p->crew = crew_new(&(struct crew_config){
        .engine = context->engine,
        .sandbox = *s,
        .source = json_string_value(source),
        .source_len = json_string_length(source),
        .n_workers = sim->grader_workers,
        .timeout_ms = sim->grader_timeout_ms,
    });
}

static enum err_code open(void *self, const struct grader_spec *spec,
                          const struct grader_context *context, struct diags *list, struct err *e)
{
    struct python *p = self;
    struct sandbox s;
    size_t errors = list->n_errors;
    size_t len = 0;
    p->n_workers = spec->job->sim.grader_workers;
    const char *source = read_source(spec, &len, list);
    check_rest(spec, list);
    enum err_code rc = sandbox_find(&s, spec->job->sim.sandbox, e);
    if (!rc && source && !context->checked)
        rc = audit_source(&p->audit, spec, context, source, len, list, e);
    if (rc)
        return rc;
    if (!source || (list->n_errors > errors && !context->body_only))
        return err_set(e, ERR_JOB, "%s: the grader has faults", spec->job->doc->path);
    p->inside = s.inside;
    p->calls = strstr(source, "output_tools") || strstr(source, "tool_calls");
    p->readings = p->calls ? grader_calls_readings(spec) : 0;
    if (!s.inside && !context->checked)
        warn_of_no_sandbox(spec, &s, list);
    if (context->engine)
        start_crew(p, spec, context, &s);
    return ERR_OK;
}

static void add_text(json_t *facts, const json_t *rest, const char *key)
{
    const json_t *text = json_object_get(rest, key);
    if (json_is_string(text))
        explain_text(facts, key, json_string_value(text), json_string_length(text));
}

static void add_facts(json_t *facts, const struct crew_answer *a, double ms)
{
    json_int_t cut = json_integer_value(json_object_get(a->rest, "cut"));
    add_text(facts, a->rest, "printed");
    if (cut > 0)
        json_object_set_new(facts, "printed_cut", json_integer(cut));
    if (a->said && *a->said)
        explain_text(facts, "written", a->said, strlen(a->said));
    add_text(facts, a->rest, "traceback");
    add_text(facts, a->rest, "value");
    json_object_set_new(facts, "ms", json_real(round(ms * 1000) / 1000));
}

static void on_answer(void *owner, const struct crew_answer *a)
{
    struct grading *x = owner;
    struct grade *out = &x->out;
    x->task = NULL;
    if (a->fate == CREW_GRADED) {
        out->reward = a->reward;
        out->notes = a->boolean ? GRADE_NOTE_BIT_BOOLEAN : 0;
    } else {
        out->flags = a->fate == CREW_FAULT ? GRADE_PYTHON_RUNTIME : GRADE_PYTHON_SERVER;
        out->lost = a->fate == CREW_LOST;
        snprintf(out->why, sizeof(out->why), "%s", a->why);
    }
    if (x->facts)
        add_facts(x->facts, a, (double)(clock_ns() - x->started_ns) * 1e-6);
    grading_done(x);
}

static void start(void *self, struct grading *x, const struct grader_input *in)
{
    const struct python *p = self;
    if (x->facts)
        explain_text(x->facts, "sandbox", p->inside ? "bubblewrap" : "limits",
                     p->inside ? strlen("bubblewrap") : strlen("limits"));
    crew_start(&x->task, p->crew,
               &(struct crew_order){.item = in->item,
                                    .sample = in->sample,
                                    .told = x->facts != NULL,
                                    .done = on_answer,
                                    .owner = x});
}

static void stop(void *self, struct grading *x)
{
    (void)self;
    if (x->task)
        crew_stop(x->task);
    x->task = NULL;
}

static void close(void *self)
{
    struct python *p = self;
    crew_free(p->crew);
    audit_release(&p->audit);
}

static void reads(const void *self, struct grader_reads *out)
{
    const struct python *p = self;
    *out = (struct grader_reads){p->audit.reads, p->audit.n_reads, p->calls};
}

static unsigned readings(const void *self)
{
    const struct python *p = self;
    return p->readings;
}

/* Of each worker three pipes' ends, and what tells of its end. */
static size_t descriptors(const void *self)
{
    enum { OF_WORKER = 4 };
    const struct python *p = self;
    return (size_t)p->n_workers * OF_WORKER;
}

const struct grader_ops grader_python = {
    .type = "python",
    .size = sizeof(struct python),
    .open = open,
    .start = start,
    .stop = stop,
    .close = close,
    .reads = reads,
    .descriptors = descriptors,
    .readings = readings,
};
