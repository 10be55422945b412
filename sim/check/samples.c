#include "sim/check/samples.h"

#include <stdlib.h>
#include <string.h>

#include "grader/scope.h"
#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/template.h"

/* A sample with one of everything there can be (4.2). A list of calls may have any length. */
static const char exemplar[] =
    "{\"output_text\":\"\",\"output_json\":null,\"output_tools\":[{\"id\":\"\",\"type\":"
    "\"function\",\"function\":{\"name\":\"\",\"arguments\":\"\"}}],\"choices\":[{\"index\":0,"
    "\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"\",\"type\":"
    "\"function\",\"function\":{\"name\":\"\",\"arguments\":\"\"}}]},\"finish_reason\":\"stop\"}],"
    "\"output_reasoning_summary\":null}";

/* One grader, looked at template by template. */
struct viewer {
    const struct job *job;
    const struct grader *grader;
    struct diags *list;
    bool has_calls;
    bool is_part; /* of a multi */
    json_t *sample;
    json_t *schema; /* borrowed: of response_format; NULL if there is none to go by */

    size_t n_templates;
    size_t n_sample; /* paths into the sample */
    size_t n_json;   /* of them into output_json */
    char *messages;  /* owned: the pointer of the first template that reads item.messages */
    char *text;      /* owned: of the first that is {{sample.output_text}} */
    bool told_calls;
};

static struct diag *fault(const struct viewer *v, enum diag_severity severity, enum diag_code code,
                          const char *pointer, const struct template_path *path, const char *text)
{
    const char *value = json_string_value(doc_value(v->job->doc->root, pointer));
    return doc_fault_in(v->job->doc, v->list, severity, code, pointer, value ? value : "",
                        value ? template_find(value, path->text) : 0, strlen(path->text), "%s %s",
                        path->text, text);
}

static bool is_step(const struct template_path *p, size_t i, const char *key)
{
    return i < p->n_steps && p->steps[i].key && strcmp(p->steps[i].key, key) == 0;
}

static void add_known(struct buf *out, struct nearest *near, json_t *object)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(object, key, value)
    {
        buf_printf(out, "%s%s", out->len ? ", " : "", key);
        nearest_try(near, key);
    }
}

static void unknown_key(const struct viewer *v, const char *pointer, const struct template_path *p,
                        const char *key, json_t *object, const char *text)
{
    struct nearest near = {.word = key};
    struct buf known = {0};
    add_known(&known, &near, object);
    struct diag *d = fault(v, DIAG_ERROR, DIAG_X002, pointer, p, text);
    if (near.name)
        diag_fix(d, "did you mean '%s'?", near.name);
    else
        diag_fix(d, "known there: %s", buf_text(&known));
    buf_release(&known);
}

/* Where a path leads in any sample; what is in output_json is check_answer's. */
static void check_path(const struct viewer *v, const char *pointer, const struct template_path *p)
{
    json_t *at = v->sample;
    bool calls = false; /* `at` is a list of calls */
    for (size_t i = 0; i < p->n_steps; i++) {
        const struct template_step *step = &p->steps[i];
        json_t *next = step->key ? json_object_get(at, step->key)
                                 : json_array_get(at, calls ? 0 : step->index);
        if (!next && step->key && json_is_object(at)) {
            unknown_key(v, pointer, p, step->key, at, "is nothing that a sample has");
            return;
        }
        if (!next) {
            diag_fix(fault(v, DIAG_ERROR, DIAG_X002, pointer, p, "leads nowhere in any sample"),
                     "output_text is a text, choices has one element (contract 4.2)");
            return;
        }
        calls = is_step(p, i, "output_tools") || is_step(p, i, "tool_calls");
        at = next;
        if (calls && !v->has_calls && i + 1 < p->n_steps) {
            diag_fix(fault(v, DIAG_ERROR, DIAG_X002, pointer, p,
                           "leads nowhere: neither job nor rows have tools to call"),
                     "give the job tools, or read sample.output_text");
            return;
        }
    }
}

/* Follow the path into the schema of the answers, as far as it can be told. */
static void check_answer(const struct viewer *v, const char *pointer, const struct template_path *p)
{
    json_t *at = v->schema;
    for (size_t i = 1; at && i < p->n_steps; i++) {
        const struct template_step *step = &p->steps[i];
        json_t *properties = json_object_get(at, "properties");
        if (!step->key) {
            at = json_object_get(at, "items");
            continue;
        }
        bool closed = json_is_object(properties) &&
                      json_is_false(json_object_get(at, "additionalProperties"));
        json_t *next = json_object_get(properties, step->key);
        if (!next && closed) {
            unknown_key(v, pointer, p, step->key, properties,
                        "is nothing that response_format lets an answer have");
            return;
        }
        at = next;
    }
}

static void look_at_sample(struct viewer *v, const char *pointer, const struct template_path *p)
{
    v->n_sample++;
    if (is_step(p, 0, "output_json")) {
        v->n_json++;
        if (v->job->has_response_format)
            check_answer(v, pointer, p);
        else
            diag_fix(fault(v, DIAG_ERROR, DIAG_X003, pointer, p,
                           "is there only if the job has a response_format, and it has none"),
                     "add response_format: {type: json_schema, json_schema: {...}}, or read "
                     "sample.output_text");
        return;
    }
    check_path(v, pointer, p);
}

/* GAP-28; who chose the other reading knows. */
static void check_calls(struct viewer *v, const char *pointer)
{
    bool knows = v->job->sim.readings[READING_OUTPUT_TOOLS] == READING_ALL_TURNS;
    if (!v->job->n_tools || knows || v->told_calls)
        return;
    v->told_calls = true;
    diag_fix(doc_fault(v->job->doc, v->list, DIAG_WARNING, DIAG_X007, pointer,
                       "a sample has the calls of the last turn that made any, not all calls"),
             "grade what the calls led to, or let the answer name them; simulation.output_tools: "
             "all rehearses the other reading");
}

static void look_at(void *arg, const char *pointer, const struct template *t)
{
    struct viewer *v = arg;
    v->n_templates++;
    if (grader_reads_calls(t))
        check_calls(v, pointer);
    for (size_t i = 0; i < t->n_parts; i++) {
        const struct template_path *p = &t->parts[i].path;
        if (t->parts[i].literal)
            continue;
        if (p->root == 0 && is_step(p, 0, "messages") && !v->messages)
            v->messages = mem_text(pointer);
        if (p->root != 0)
            look_at_sample(v, pointer, p);
        if (p->root != 0 && is_step(p, 0, "output_text") && template_is_one_path(t) && !v->text)
            v->text = mem_text(pointer);
    }
}

/* EV-15 */
static void check_blind(const struct viewer *v)
{
    if (!v->n_templates || v->n_sample)
        return;
    const char *pointer = v->messages ? v->messages : grader_pointer(v->grader);
    struct diag *d =
        doc_fault(v->job->doc, v->list, DIAG_WARNING, DIAG_X006, pointer,
                  v->messages ? "the grader reads item.messages, and nothing of the sample"
                              : "the grader reads nothing of the sample");
    if (v->is_part) {
        diag_why(
            d, "it says the same of a row whatever the model does (EV-15); that is right only for "
               "a weight in calculate_output");
        diag_fix(d, "read {{sample.output_text}}, unless it is such a weight");
        return;
    }
    diag_fix(d, "the model's answer is {{sample.output_text}}; item is the row of the dataset");
}

/* With a response_format the answer is a JSON text, which no plain reference equals. */
static void check_format(const struct viewer *v)
{
    if (!v->job->has_response_format || v->n_json || !v->text || !grader_compares(v->grader))
        return;
    char *operation = mem_printf("%s/operation", grader_pointer(v->grader));
    const char *name = json_string_value(doc_value(v->job->doc->root, operation));
    free(operation);
    if (name && strstr(name, "like")) /* the JSON may well contain it */
        return;
    diag_fix(doc_fault(v->job->doc, v->list, DIAG_WARNING, DIAG_J025, v->text,
                       "with a response_format output_text is JSON, and is compared here whole"),
             "read a field of it: {{sample.output_json.KEY}}");
}

static json_t *schema_of(const struct job *job)
{
    json_t *format = doc_value(job->doc->root, "/method/reinforcement/response_format");
    json_t *nested = json_object_get(json_object_get(format, "json_schema"), "schema");
    return nested ? nested : json_object_get(format, "schema");
}

void samples_check(const struct grader *g, const struct job *job, bool has_calls,
                   struct diags *list)
{
    size_t n_parts = 0;
    json_t *sample = json_loads(exemplar, 0, NULL);
    grader_parts(g, &n_parts);
    for (size_t i = 0; i <= n_parts; i++) {
        struct viewer v = {
            .job = job,
            .grader = grader_at(g, i),
            .list = list,
            .has_calls = has_calls,
            .is_part = i > 0,
            .sample = sample,
            .schema = schema_of(job),
        };
        struct grader_reads reads = {0};
        grader_templates(v.grader, look_at, &v);
        grader_reads(v.grader, &reads);
        if (reads.output_tools)
            check_calls(&v, grader_pointer(v.grader));
        check_blind(&v);
        check_format(&v);
        free(v.messages);
        free(v.text);
    }
    json_decref(sample);
}
