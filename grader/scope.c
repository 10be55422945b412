#include "grader/scope.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"

const char *const grader_roots[] = {"item", "sample", NULL};

/* NOLINTNEXTLINE(readability-non-const-parameter): the type is template_scope's */
static bool find(const void *arg, const struct template_path *path, size_t *n_taken,
                 struct template_value *out, struct template_fault *fault)
{
    (void)n_taken;
    (void)fault;
    const struct grader_input *in = arg;
    bool is_sample = strcmp(grader_roots[path->root], "sample") == 0;
    *out = (struct template_value){.tape = is_sample ? in->sample : in->item};
    return true;
}

struct diag *grader_fault(const struct grader_spec *spec, struct diags *list,
                          enum diag_severity severity, enum diag_code code, const char *key,
                          const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    char *pointer = mem_printf("%s%s%s", spec->pointer, key ? "/" : "", key ? key : "");
    struct diag *d = doc_fault(spec->job->doc, list, severity, code, pointer, "%s", text);
    free(pointer);
    free(text);
    return d;
}

void grader_single_braces(const struct template *t, const struct grader_spec *spec, const char *key,
                          struct diags *list)
{
    static const char *const begins[] = {"{item.", "{sample."};
    for (size_t i = 0; t && i < t->n_parts * COUNT_OF(begins); i++) {
        const char *literal = t->parts[i / COUNT_OF(begins)].literal;
        const char *at = literal ? strstr(literal, begins[i % COUNT_OF(begins)]) : NULL;
        if (!at)
            continue;
        size_t n = strcspn(at, "} \t\r\n");
        diag_fix(grader_fault(spec, list, DIAG_WARNING, DIAG_J009, key, "%.*s is no template",
                              (int)(n + (at[n] == '}')), at),
                 "a path stands in two braces: {%.*s}}", (int)n, at);
        return;
    }
}

void grader_field(struct template **out, const struct grader_spec *spec, const char *key,
                  struct diags *list)
{
    const json_t *value = json_object_get(spec->json, key);
    struct err e = {0};
    if (!value)
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J003, key, "missing key '%s'", key),
                 "%s: \"{{sample.output_text}}\", \"{{item.KEY}}\", or any text with such in it",
                 key);
    else if (!json_is_string(value))
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J004, key, "'%s' must be a string", key),
                 "put it in quotes");
    else if (template_parse(out, json_string_value(value), json_string_length(value), grader_roots,
                            &e))
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J007, key, "%s", e.text),
                 "templates are {{item.KEY}} and {{sample.output_text}}, with [0] for a list");
    grader_single_braces(*out, spec, key, list);
}

void grader_pass_threshold(const struct grader_spec *spec, struct diags *list)
{
    static const char key[] = "pass_threshold";
    const json_t *value = json_object_get(spec->json, key);
    const char *text = json_string_value(value);
    double number = 0;
    if (value && !json_is_number(value) && !json_is_null(value))
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J004, key, "'%s' must be a number", key),
                 text && num_parse(&number, text, strlen(text))
                     ? "write the number without quotes"
                     : "an item passes from this reward on: 0.5, say");
}

struct template_scope grader_scope(const struct grader_input *in)
{
    return (struct template_scope){.find = find, .arg = in};
}

static void note(struct grade *grade, enum grade_note n, const char *key, const char *path)
{
    if (!(grade->notes >> n & 1))
        grade->noted[n] = (struct grade_noted){key, path};
    grade->notes |= 1u << n;
}

/* Strings alone are written as anybody would write them (GAP-29, GAP-30). */
static void note_kinds(struct grade *grade, const char *key, const struct template_kinds *kinds)
{
    for (size_t kind = 0; kind < COUNT_OF(kinds->path); kind++) {
        if (kinds->path[kind] && kind != TAPE_STRING)
            note(grade, kind == TAPE_NULL ? GRADE_NOTE_NOTHING : GRADE_NOTE_NOT_TEXT, key,
                 kinds->path[kind]);
    }
}

bool grader_render(const struct template *t, const char *key, const struct grader_input *in,
                   struct buf *out, struct grade *grade)
{
    struct template_scope scope = grader_scope(in);
    struct template_fault fault;
    struct template_kinds kinds = {0};
    buf_clear(out);
    if (template_render(t, &scope, out, &kinds, &fault)) {
        note_kinds(grade, key, &kinds);
        return true;
    }
    grade->flags |= GRADE_INVALID_VARIABLE;
    snprintf(grade->why, sizeof(grade->why), "%s: {{%.60s}} resolves nowhere: %s", key, fault.path,
             fault.why);
    return false;
}

static bool is_key(const struct template_step *step, const char *key)
{
    return step->key && strcmp(step->key, key) == 0;
}

/* choices[N].message.tool_calls, and what holds it. */
static bool leads_to_calls(const struct template_path *p)
{
    static const char *const keys[] = {"choices", NULL, "message", "tool_calls"};
    for (size_t i = 0; i < p->n_steps && i < COUNT_OF(keys); i++) {
        if (keys[i] ? !is_key(&p->steps[i], keys[i]) : p->steps[i].key != NULL)
            return false;
    }
    return true;
}

bool grader_reads_calls(const struct template *t)
{
    for (size_t i = 0; i < t->n_parts; i++) {
        const struct template_path *p = &t->parts[i].path;
        if (t->parts[i].literal || strcmp(grader_roots[p->root], "sample") != 0)
            continue;
        if (leads_to_calls(p) || is_key(&p->steps[0], "output_tools"))
            return true;
    }
    return false;
}

unsigned grader_calls_readings(const struct grader_spec *spec)
{
    return reading_others(READING_OUTPUT_TOOLS, spec->job->sim.readings[READING_OUTPUT_TOOLS]);
}
