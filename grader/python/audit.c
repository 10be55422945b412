#include "grader/python/audit.h"

#include <stdlib.h>
#include <string.h>

#include "grader/python/sandbox.h"
#include "grader/python/script.h"
#include "sim/base/mem.h"
#include "sim/net/child.h"

enum {
    AUDIT_MS = 60000,
    AUDIT_MAX_BYTES = 4 << 20,
    AUDIT_MAX_FAULTS = 50,
};

static enum diag_code code_of(const char *name)
{
    static const enum diag_code codes[] = {DIAG_P001, DIAG_P002, DIAG_P003, DIAG_P004,
                                           DIAG_P005, DIAG_P006, DIAG_P007, DIAG_P008};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (strcmp(diag_name(codes[i]), name) == 0)
            return codes[i];
    }
    return DIAG_P001;
}

static void report(const struct grader_spec *spec, const struct grader_context *context,
                   const char *pointer, const char *source, size_t source_len, const json_t *fault,
                   struct diags *list)
{
    const char *code = NULL;
    const char *text = NULL;
    const char *fix = NULL;
    int error = 0;
    json_int_t at = 0;
    json_int_t len = 0;
    json_int_t line = 0;
    if (json_unpack((json_t *)(uintptr_t)fault, "{s:s, s:b, s:I, s:I, s:I, s:s, s:s}", "code",
                    &code, "error", &error, "at", &at, "len", &len, "line", &line, "text", &text,
                    "fix", &fix) ||
        at < 0 || (size_t)at > source_len)
        return;
    if (context->body_only && code_of(code) == DIAG_P005)
        error = false;
    struct diag *d = doc_fault_in(spec->job->doc, list, error ? DIAG_ERROR : DIAG_WARNING,
                                  code_of(code), pointer, source, (size_t)at, (size_t)len,
                                  "line %d of the source: %s", (int)line, text);
    if (*fix)
        diag_fix(d, "%s", fix);
}

static void keep_reads(struct audit *c, const char *pointer, const char *source, const json_t *told)
{
    const json_t *reads = json_object_get(told, "reads");
    size_t i = 0;
    json_t *read = NULL;
    c->reads = mem_array(json_array_size(reads), sizeof(*c->reads));
    json_array_foreach(reads, i, read)
    {
        c->reads[c->n_reads++] = (struct grader_read){
            .field = mem_text(json_string_value(json_object_get(read, "field"))),
            .pointer = mem_text(pointer),
            .text = source,
            .from = (size_t)json_integer_value(json_object_get(read, "at")),
            .len = (size_t)json_integer_value(json_object_get(read, "len")),
        };
    }
}

/* Python died of the source: nested too deep for its parser, most likely. */
static void report_unreadable(const struct grader_spec *spec, const char *pointer, int status,
                              struct diags *list)
{
    struct buf how = {0};
    child_fate(status, &how);
    doc_fault(spec->job->doc, list, DIAG_ERROR, DIAG_P001, pointer,
              "Python could not read the source to its end: %s", buf_text(&how));
    buf_release(&how);
}

static enum err_code no_python(const struct buf *said, int status, struct err *e)
{
    struct buf how = {0};
    child_fate(status, &how);
    err_set(e, ERR_IO, "the python grader needs %s, which does not run: %s: %.200s",
            sandbox_python(), buf_text(&how), buf_text(said));
    buf_release(&how);
    return err_fix(e, "apt-get install python3, or set RFTSIM_PYTHON to an interpreter");
}

enum err_code audit_source(struct audit *out, const struct grader_spec *spec,
                           const struct grader_context *context, const char *source, size_t len,
                           struct diags *list, struct err *e)
{
    struct sandbox s;
    struct buf input = {0};
    struct buf answer = {0};
    struct buf said = {0};
    int status = 0;
    enum err_code rc = sandbox_find(&s, JOB_SANDBOX_OFF, e);
    if (rc)
        return rc;
    s.argv[s.n_words] = script_audit;
    s.argv[s.n_words + 1] = NULL;
    buf_add(&input, source, len);
    rc = child_run(s.argv, &input, AUDIT_MAX_BYTES, AUDIT_MS, &answer, &said, &status, e);
    char *pointer = mem_printf("%s/source", spec->pointer);
    json_t *told = rc ? NULL : json_loadb(buf_text(&answer), answer.len, 0, NULL);
    const json_t *faults = json_object_get(told, "faults");
    if (!rc && !told && strstr(buf_text(&said), "env:"))
        rc = no_python(&said, status, e);
    else if (!rc && !told)
        report_unreadable(spec, pointer, status, list);
    for (size_t i = 0; i < json_array_size(faults) && i < AUDIT_MAX_FAULTS; i++)
        report(spec, context, pointer, source, len, json_array_get(faults, i), list);
    if (told)
        keep_reads(out, pointer, source, told);
    json_decref(told);
    free(pointer);
    buf_release(&input);
    buf_release(&answer);
    buf_release(&said);
    return rc;
}

void audit_release(struct audit *c)
{
    for (size_t i = 0; i < c->n_reads; i++) {
        free((char *)(uintptr_t)c->reads[i].field);
        free((char *)(uintptr_t)c->reads[i].pointer);
    }
    free(c->reads);
    *c = (struct audit){0};
}
