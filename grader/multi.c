/* multi: several graders under names, and a formula over their rewards (contract 4.8).
 *
 *     graders: {exact: {type: string_check, ...}, near: {...}}
 *     calculate_output: 0.9 * exact + 0.1 * near
 *
 * A part that errs counts 0 in the formula, which is worked out all the same, and its flags are the
 * whole's (GAP-11). A formula without a finite result is formula_parse_error, and the reward 0 or
 * `invalid_grade` (GAP-10, GAP-31).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "grader/formula.h"
#include "grader/kinds.h"
#include "grader/scope.h"
#include "sim/base/mem.h"
#include "sim/base/text.h"

enum { MULTI_MAX_GRADERS = 100 }; /* ours: each has a number in every rollout */

struct multi {
    size_t n;
    struct grader_part *at; /* owned; n of them */
    struct formula *formula;
    const char *formula_text; /* borrowed from the job */
    double invalid_grade;
    unsigned readings;        /* those of any part */
    struct multi_task *spare; /* owned; memory for the next grades */
};

/* One grade under way: that of each part. */
struct multi_task {
    struct multi *multi;
    struct grading *whole;
    struct multi_task *next;   /* while it is spare */
    size_t n_left;             /* parts under way */
    struct grade_part *graded; /* owned; as are the rest, one for each part */
    double *values;
    struct grading *parts;
};

/* The name that is most like a key that is none: "exact-match" is exact_match, "2nd" is _2nd. */
static char *name_like(const char *key)
{
    struct buf name = {0};
    if (!*key || (*key >= '0' && *key <= '9'))
        buf_char(&name, '_');
    size_t len = strlen(key);
    for (size_t i = 0; i < len;) {
        size_t n = text_sequence(key + i, len - i);
        bool fits = formula_is_name(key + i, 1) || (key[i] >= '0' && key[i] <= '9');
        if (fits)
            buf_char(&name, key[i]);
        else
            buf_char(&name, '_');
        i += n ? n : 1;
    }
    return buf_take(&name);
}

/* GAP-31: a key that the formula cannot say is refused before anything runs. */
static void check_name(const struct grader_spec *spec, const char *key, struct diags *list)
{
    struct buf at = {0};
    doc_pointer_key(&at, key);
    buf_char(&at, '#');
    char *where = mem_printf("graders%s", buf_text(&at));
    if (!formula_is_name(key, strlen(key))) {
        char *like = name_like(key);
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J005, where,
                              "'%s' cannot be a name in calculate_output", key),
                 "call it %s: names are letters, digits and _, and begin with no digit (GAP-31)",
                 like);
        free(like);
    } else if (formula_is_function(key, strlen(key))) {
        struct diag *d = grader_fault(spec, list, DIAG_WARNING, DIAG_J005, where,
                                      "a grader is called like the function %s()", key);
        diag_why(d, "rftsim tells the two apart by the bracket; the service may not");
        diag_fix(d, "call it otherwise");
    }
    free(where);
    buf_release(&at);
}

/* One part: `spec` is its own. It stays NULL if it has a fault. What is no fault of the job is the
 * first such in `e`. */
static void read_part(struct grader_part *part, const struct grader_spec *spec,
                      const struct grader_context *context, struct diags *list, struct err *e)
{
    const char *type = json_string_value(json_object_get(spec->json, "type"));
    struct err own = {0};
    if (!json_is_object(spec->json)) {
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J004, NULL, "'%s' must be a grader",
                              part->key),
                 "%s: {type: string_check, ...}", part->key);
        return;
    }
    if (type && strcmp(type, "multi") == 0) {
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J005, "type",
                              "a multi grader cannot be in another (MU-3)"),
                 "bring its graders up here, and its formula, in brackets, into this one");
        return;
    }
    if (json_object_get(spec->json, "pass_threshold"))
        diag_fix(grader_fault(spec, list, DIAG_WARNING, DIAG_J009, "pass_threshold",
                              "pass_threshold has no effect in a part of a multi grader (GR-7)"),
                 "take it away, or put it beside calculate_output");
    enum err_code rc = grader_open(&part->grader, spec, context, list, &own);
    if (rc && rc != ERR_JOB && !e->code) /* a bad job has been told in `list` */
        *e = own;
}

/* Metrics name graders by type and name: two with the same would be one column twice. */
static void check_alike(const struct multi *m, size_t i, const struct grader_spec *spec,
                        struct diags *list)
{
    const struct grader *g = m->at[i].grader;
    for (size_t k = 0; g && k < i; k++) {
        const struct grader *other = m->at[k].grader;
        if (!other || strcmp(grader_type(g), grader_type(other)) != 0 ||
            strcmp(grader_name(g), grader_name(other)) != 0)
            continue;
        diag_fix(grader_fault(spec, list, DIAG_WARNING, DIAG_J009, "name",
                              "'%s' and '%s' are both called %s/%s: results.csv cannot tell them "
                              "apart",
                              m->at[k].key, m->at[i].key, grader_type(g), grader_name(g)),
                 "give each a name of its own");
        return;
    }
}

static void read_parts(struct multi *m, const struct grader_spec *spec,
                       const struct grader_context *context, json_t *graders, struct diags *list,
                       struct err *e)
{
    const char *key = NULL;
    json_t *value = NULL;
    struct buf pointer = {0};
    buf_printf(&pointer, "%s/graders", spec->pointer);
    size_t up = pointer.len;
    json_object_foreach(graders, key, value)
    {
        size_t i = m->n++;
        m->at[i].key = mem_text(key);
        check_name(spec, key, list);
        doc_pointer_key(&pointer, key);
        struct grader_spec part = {spec->job, value, buf_text(&pointer)};
        read_part(&m->at[i], &part, context, list, e);
        check_alike(m, i, &part, list);
        buf_cut(&pointer, up);
    }
    buf_release(&pointer);
}

/* MU-1. False if there is no object of graders whose names the formula could have. */
static bool read_graders(struct multi *m, const struct grader_spec *spec,
                         const struct grader_context *context, struct diags *list, struct err *e)
{
    static const char shape[] = "write graders: {NAME: {type: ...}, ...}; calculate_output then "
                                "uses the NAMEs (MU-1, MU-2)";
    json_t *graders = json_object_get(spec->json, "graders");
    size_t n = json_object_size(graders);
    struct diag *d = NULL;
    if (!graders)
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J003, "graders", "missing key 'graders'");
    else if (json_is_array(graders))
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J004, "graders",
                         "'graders' is a list, and its graders have no names");
    else if (!json_is_object(graders))
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J004, "graders",
                         "'graders' must be an object of graders by name");
    else if (json_is_string(json_object_get(graders, "type")))
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J004, "graders",
                         "'graders' is one grader, not an object of graders by name");
    else if (!n)
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J005, "graders", "there is no grader in it");
    if (d) {
        diag_fix(d, "%s", shape);
        return false;
    }
    if (n > MULTI_MAX_GRADERS) {
        grader_fault(spec, list, DIAG_ERROR, DIAG_J005, "graders",
                     "%zu graders; at most %d are taken here", n, MULTI_MAX_GRADERS);
        return false;
    }
    m->at = mem_array(n, sizeof(*m->at));
    read_parts(m, spec, context, graders, list, e);
    for (size_t i = 0; i < m->n; i++) {
        if (!formula_is_name(m->at[i].key, strlen(m->at[i].key)))
            return false;
    }
    return true;
}

static void compile(struct multi *m, const struct grader_spec *spec, const json_t *value,
                    struct diags *list)
{
    const char **names = mem_array(m->n, sizeof(*names));
    for (size_t i = 0; i < m->n; i++)
        names[i] = m->at[i].key;
    const char *text = json_string_value(value);
    struct formula_fault fault;
    m->formula_text = text;
    if (!formula_parse(&m->formula, text, json_string_length(value), names, m->n, &fault)) {
        char *pointer = mem_printf("%s/calculate_output", spec->pointer);
        struct diag *d =
            doc_fault_in(spec->job->doc, list, DIAG_ERROR, DIAG_J005, pointer, text, fault.at,
                         fault.len, "character %zu: %s", fault.at + 1, fault.why);
        if (*fault.fix)
            diag_fix(d, "%s", fault.fix);
        free(pointer);
    }
    free(names);
}

static void warn_unused(const struct multi *m, const struct grader_spec *spec, struct diags *list)
{
    for (size_t i = 0; m->formula && i < m->n; i++) {
        if (formula_uses(m->formula, i))
            continue;
        char *where = mem_printf("graders/%s#", m->at[i].key);
        diag_fix(grader_fault(spec, list, DIAG_WARNING, DIAG_J009, where,
                              "'%s' grades every rollout, and calculate_output does not use it",
                              m->at[i].key),
                 "bring it into the formula, or take it away");
        free(where);
    }
}

static void read_formula(struct multi *m, const struct grader_spec *spec, bool named,
                         struct diags *list)
{
    static const char key[] = "calculate_output";
    const json_t *value = json_object_get(spec->json, key);
    struct diag *d = NULL;
    if (!value)
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J003, key, "missing key '%s'", key);
    else if (!json_is_string(value))
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J004, key, "'%s' must be a string", key);
    if (d)
        diag_fix(d, "a formula over the graders' names, as in \"0.9 * exact + 0.1 * near\"");
    else if (named)
        compile(m, spec, value, list);
    warn_unused(m, spec, list);
}

static void read_invalid_grade(struct multi *m, const struct grader_spec *spec, struct diags *list)
{
    static const char key[] = "invalid_grade";
    const json_t *value = json_object_get(spec->json, key);
    if (!value || json_is_null(value))
        return;
    if (!json_is_number(value)) {
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J004, key, "'%s' must be a number", key),
                 "write a number without quotes, or take it away");
        return;
    }
    m->invalid_grade = json_number_value(value);
    struct diag *d = grader_fault(spec, list, DIAG_WARNING, DIAG_J009, key,
                                  "the service takes invalid_grade, and its echo of the job drops "
                                  "it");
    diag_why(d, "rftsim uses it where calculate_output has no finite result; what the service does "
                "is not documented (GAP-10)");
    diag_fix(d, "do not count on it: let calculate_output be finite for all rewards");
}

static enum err_code open(void *self, const struct grader_spec *spec,
                          const struct grader_context *context, struct diags *list, struct err *e)
{
    static const char *const known[] = {
        "type", "name", "calculate_output", "graders", "invalid_grade", "pass_threshold", NULL};
    struct multi *m = self;
    size_t errors = list->n_errors;
    doc_check_keys(spec->job->doc, list, spec->json, spec->pointer, known, " in a multi grader");
    bool named = read_graders(m, spec, context, list, e);
    read_formula(m, spec, named, list);
    read_invalid_grade(m, spec, list);
    grader_pass_threshold(spec, list);
    if (e->code)
        return e->code;
    bool whole = m->formula != NULL;
    for (size_t i = 0; i < m->n; i++) {
        whole = whole && m->at[i].grader;
        m->readings |= m->at[i].grader ? grader_readings(m->at[i].grader) : 0;
    }
    if (list->n_errors > errors && !(context->body_only && whole))
        return err_set(e, ERR_JOB, "%s: the grader has faults", spec->job->doc->path);
    return ERR_OK;
}

/* Append a reason, if there is room for it. */
PRINTF(2, 3) static void add_reason(struct grade *out, const char *fmt, ...)
{
    size_t len = strlen(out->why);
    if (len && len + 2 < sizeof(out->why)) {
        memcpy(out->why + len, "; ", 3);
        len += 2;
    }
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(out->why + len, sizeof(out->why) - len, fmt, ap);
    va_end(ap);
}

static struct multi_task *task_take(struct multi *m)
{
    struct multi_task *t = m->spare;
    if (t) {
        m->spare = t->next;
        return t;
    }
    t = mem_new(sizeof(*t));
    t->multi = m;
    t->graded = mem_array(m->n, sizeof(*t->graded));
    t->values = mem_array(m->n, sizeof(*t->values));
    t->parts = mem_array(m->n, sizeof(*t->parts));
    return t;
}

static void task_give(struct multi_task *t)
{
    for (size_t i = 0; i < t->multi->n; i++) {
        json_decref(t->parts[i].facts);
        t->parts[i].facts = NULL;
    }
    t->next = t->multi->spare;
    t->multi->spare = t;
}

static void task_free(struct multi_task *t)
{
    free(t->graded);
    free(t->values);
    free(t->parts);
    free(t);
}

static void add_notes(struct grade *out, const struct grade *part)
{
    for (int i = 0; i < GRADE_N_NOTES; i++) {
        if (part->notes & ~out->notes & 1u << i)
            out->noted[i] = part->noted[i];
    }
    out->notes |= part->notes;
}

/* What the parts said, in their order, whichever came first. */
static void gather(struct multi_task *t, struct grade *out)
{
    const struct multi *m = t->multi;
    for (size_t i = 0; i < m->n; i++) {
        const struct grade *part = &t->parts[i].out;
        t->graded[i] = (struct grade_part){part->reward, part->flags, part->ns};
        t->values[i] = part->reward;
        out->flags |= part->flags;
        add_notes(out, part);
        out->lost = out->lost || part->lost;
        grade_tokens_add(&out->tokens, &part->tokens);
        if (part->flags || part->lost)
            add_reason(out, "%s: %s", m->at[i].key, part->why);
    }
    out->parts = t->graded;
}

static void calculate(const struct multi_task *t, struct grade *out)
{
    const struct multi *m = t->multi;
    struct formula_fault fault;
    if (formula_eval(&out->reward, m->formula, t->values, &fault))
        return;
    out->reward = m->invalid_grade;
    out->flags |= GRADE_FORMULA;
    add_reason(out, "calculate_output, character %zu: %s", fault.at + 1, fault.why);
}

/* The formula once for each reading that a part can be told under; the others keep their reward. */
static void calculate_others(const struct multi_task *t, struct grade *out)
{
    const struct multi *m = t->multi;
    for (int r = 0; r < READINGS; r++) {
        if (!(t->whole->readings >> r & 1))
            continue;
        for (size_t i = 0; i < m->n; i++) {
            const struct grade *part = &t->parts[i].out;
            t->values[i] = part->readings >> r & 1 ? part->other[r] : part->reward;
        }
        struct formula_fault fault;
        if (!formula_eval(&out->other[r], m->formula, t->values, &fault))
            out->other[r] = m->invalid_grade;
        out->readings |= 1u << r;
    }
}

static void tell(const struct multi_task *t, json_t *facts)
{
    const struct multi *m = t->multi;
    struct buf text = {0};
    json_t *graders = json_array();
    for (size_t i = 0; i < m->n; i++)
        json_array_append(graders, t->parts[i].facts);
    json_object_set_new(facts, "graders", graders);
    explain_text(facts, "calculate_output", m->formula_text, strlen(m->formula_text));
    formula_show(&text, m->formula, m->formula_text, t->values);
    explain_text(facts, "with_numbers", buf_text(&text), text.len);
    buf_release(&text);
}

static void on_part(struct grading *part)
{
    struct multi_task *t = part->owner;
    if (--t->n_left > 0)
        return;
    struct grading *whole = t->whole;
    calculate_others(t, &whole->out);
    gather(t, &whole->out); /* and with it the values of the reading that counts */
    if (!whole->out.lost)
        calculate(t, &whole->out);
    if (whole->facts)
        tell(t, whole->facts);
    grading_done(whole);
    task_give(t);
}

static void start(void *self, struct grading *x, const struct grader_input *in)
{
    struct multi *m = self;
    struct multi_task *t = task_take(m);
    x->task = t;
    t->whole = x;
    t->n_left = m->n;
    for (size_t i = 0; i < m->n; i++) {
        struct grading *part = &t->parts[i];
        part->done = on_part;
        part->owner = t;
        if (x->facts)
            part->facts = json_pack("{s:s}", "key", m->at[i].key);
        grader_start(m->at[i].grader, part, in);
    }
}

static void stop(void *self, struct grading *x)
{
    struct multi *m = self;
    struct multi_task *t = x->task;
    for (size_t i = 0; i < m->n; i++)
        grader_stop(&t->parts[i]);
    task_give(t);
}

static void close(void *self)
{
    struct multi *m = self;
    for (size_t i = 0; i < m->n; i++) {
        grader_free(m->at[i].grader);
        free(m->at[i].key);
    }
    free(m->at);
    for (struct multi_task *t = m->spare, *next = NULL; t; t = next) {
        next = t->next;
        task_free(t);
    }
    formula_free(m->formula);
}

static unsigned readings(const void *self)
{
    const struct multi *m = self;
    return m->readings;
}

static const struct grader_part *parts(const void *self, size_t *n)
{
    const struct multi *m = self;
    *n = m->n;
    return m->at;
}

static void bounds(const void *self, double *low, double *high)
{
    const struct multi *m = self;
    double *lows = mem_array(m->n, sizeof(*lows));
    double *highs = mem_array(m->n, sizeof(*highs));
    for (size_t i = 0; i < m->n; i++)
        grader_bounds(m->at[i].grader, &lows[i], &highs[i]);
    formula_bounds(m->formula, lows, highs, low, high);
    free(lows);
    free(highs);
}

const struct grader_ops grader_multi = {
    .type = "multi",
    .size = sizeof(struct multi),
    .open = open,
    .start = start,
    .stop = stop,
    .close = close,
    .parts = parts,
    .bounds = bounds,
    .readings = readings,
};
