/* string_check: 1 if the input compares as asked with the reference, else 0 (contract 4.3).
 *
 * eq and ne compare bytes; like and ilike ask whether the input contains the reference. Nothing
 * is trimmed, % is a character like any other, and an empty reference is contained in every input.
 * ilike folds the case of ASCII letters; how the service folds others is not known.
 */
#include <string.h>

#include "grader/explain.h"
#include "grader/kinds.h"
#include "grader/scope.h"

enum operation { OPERATION_EQ, OPERATION_NE, OPERATION_LIKE, OPERATION_ILIKE };

static const char *const operations[] = {
    [OPERATION_EQ] = "eq",
    [OPERATION_NE] = "ne",
    [OPERATION_LIKE] = "like",
    [OPERATION_ILIKE] = "ilike",
};

struct string_check {
    enum operation operation;
    struct template *input;
    struct template *reference;
    struct buf input_text; /* as last rendered */
    struct buf reference_text;
    unsigned readings;
};

static void read_operation(struct string_check *s, const struct grader_spec *spec,
                           struct diags *list)
{
    static const char key[] = "operation";
    const json_t *value = json_object_get(spec->json, key);
    const char *name = json_string_value(value);
    if (!name) {
        diag_fix(grader_fault(spec, list, DIAG_ERROR, value ? DIAG_J004 : DIAG_J003, key,
                              value ? "'operation' must be a string" : "missing key 'operation'"),
                 "write operation: eq, ne, like or ilike");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        if (strcmp(name, operations[i]) == 0) {
            s->operation = (enum operation)i;
            return;
        }
    }
    struct diag *d = grader_fault(spec, list, DIAG_ERROR, DIAG_J005, key,
                                  "no string_check operation is called '%s'", name);
    diag_fix(d, strcmp(name, "neq") == 0 ? "the guide's text says neq, the service takes ne"
                                         : "use eq, ne, like or ilike");
}

static enum err_code open(void *self, const struct grader_spec *spec,
                          const struct grader_context *context, struct diags *list, struct err *e)
{
    (void)context;
    static const char *const known[] = {"type",      "name",           "input", "reference",
                                        "operation", "pass_threshold", NULL};
    struct string_check *s = self;
    size_t errors = list->n_errors;
    doc_check_keys(spec->job->doc, list, spec->json, spec->pointer, known,
                   " in a string_check grader");
    read_operation(s, spec, list);
    grader_field(&s->input, spec, "input", list);
    grader_field(&s->reference, spec, "reference", list);
    grader_pass_threshold(spec, list);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the grader has faults", spec->job->doc->path);
    if (grader_reads_calls(s->input) || grader_reads_calls(s->reference))
        s->readings = grader_calls_readings(spec);
    return ERR_OK;
}

static unsigned readings(const void *self)
{
    const struct string_check *s = self;
    return s->readings;
}

static unsigned char folded(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool contains_folded(const struct buf *text, const struct buf *part)
{
    for (size_t i = 0; i + part->len <= text->len; i++) {
        size_t n = 0;
        while (n < part->len && folded(text->at[i + n]) == folded(part->at[n]))
            n++;
        if (n == part->len)
            return true;
    }
    return false;
}

static bool is_equal(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && memcmp(buf_text(a), buf_text(b), a->len) == 0;
}

static bool matches(const struct string_check *s)
{
    const struct buf *text = &s->input_text;
    const struct buf *part = &s->reference_text;
    switch (s->operation) {
    case OPERATION_EQ:
        return is_equal(text, part);
    case OPERATION_NE:
        return !is_equal(text, part);
    case OPERATION_LIKE:
        return memmem(buf_text(text), text->len, buf_text(part), part->len) != NULL;
    case OPERATION_ILIKE:
        return contains_folded(text, part);
    }
    return false;
}

static void grade(void *self, const struct grader_input *in, struct grade *out)
{
    struct string_check *s = self;
    if (grader_render(s->input, "input", in, &s->input_text, out) &&
        grader_render(s->reference, "reference", in, &s->reference_text, out))
        out->reward = matches(s) ? 1 : 0;
}

static void templates(const void *self, template_visit *visit, void *arg)
{
    const struct string_check *s = self;
    visit(arg, "input", s->input);
    visit(arg, "reference", s->reference);
}

static void bounds(const void *self, double *low, double *high)
{
    (void)self;
    *low = 0;
    *high = 1;
}

static void explain(void *self, const json_t *spec, const struct grader_input *in, json_t *facts)
{
    const struct string_check *s = self;
    explain_field(facts, spec, "input", s->input, in);
    explain_field(facts, spec, "reference", s->reference, in);
    explain_setting(facts, spec, "operation");
}

static void close(void *self)
{
    struct string_check *s = self;
    template_free(s->input);
    template_free(s->reference);
    buf_release(&s->input_text);
    buf_release(&s->reference_text);
}

const struct grader_ops grader_string_check = {
    .type = "string_check",
    .size = sizeof(struct string_check),
    .open = open,
    .grade = grade,
    .close = close,
    .templates = templates,
    .compares = true,
    .bounds = bounds,
    .readings = readings,
    .explain = explain,
};
