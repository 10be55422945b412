#include "sim/view/fixtures.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "sim/base/mem.h"
#include "sim/view/grade.h"
#include "sim/view/json.h"

enum { VERSION = 1 };

static const struct {
    const char *name;
    const char *what;
} wanted_kinds[] = {
    {"full", "an answer that deserves the highest reward"},
    {"zero", "one that deserves none"},
    {"malformed", "one that is not what the grader expects: empty, or no JSON"},
};

static const char *const verdict_names[] = {
    [FIXTURE_HOLDS] = "holds",
    [FIXTURE_DIFFERS] = "differs",
    [FIXTURE_UNSTABLE] = "unstable",
    [FIXTURE_LOST] = "lost",
};

void fixtures_report_release(struct fixtures_report *r)
{
    free(r->kinds);
    *r = (struct fixtures_report){0};
}

static struct fixtures_kind *kind_named(struct fixtures_report *r, const char *name)
{
    for (size_t i = 0; i < r->n_kinds; i++) {
        if (strcmp(r->kinds[i].name, name) == 0)
            return &r->kinds[i];
    }
    r->kinds = mem_grow(r->kinds, r->n_kinds + 1, sizeof(*r->kinds));
    r->kinds[r->n_kinds] = (struct fixtures_kind){.name = name};
    return &r->kinds[r->n_kinds++];
}

void fixtures_report_add(struct fixtures_report *r, size_t i, enum fixture_verdict verdict,
                         bool updated)
{
    const char *name = r->fixtures->at[i].kind;
    struct fixtures_kind *kind = kind_named(r, name ? name : "");
    bool held = verdict == FIXTURE_HOLDS;
    kind->n_held += held;
    kind->n_failed += !held;
    r->n_held += held;
    r->n_failed += !held;
    r->n_updated += updated;
}

/* What was wanted, or why that cannot be told, and what came. */
static void add_problem(struct buf *out, const struct fixture *x, const struct grade grades[2],
                        enum fixture_verdict verdict)
{
    if (verdict == FIXTURE_DIFFERS) {
        buf_text_add(out, "expected ");
        fixture_wanted(x, out);
        buf_text_add(out, ", came ");
        fixture_came(&grades[0], out);
    } else if (verdict == FIXTURE_UNSTABLE) {
        buf_text_add(out, "the same answer graded twice got ");
        fixture_came(&grades[0], out);
        buf_text_add(out, ", then ");
        fixture_came(&grades[1], out);
    } else if (verdict == FIXTURE_LOST) {
        buf_text_add(out, "could not be graded: ");
        fixture_came(&grades[grades[0].lost ? 0 : 1], out);
    }
}

void fixtures_text(struct buf *out, const struct fixtures *f, size_t i,
                   const struct grade grades[2], enum fixture_verdict verdict)
{
    const struct fixture *x = &f->at[i];
    if (verdict == FIXTURE_HOLDS)
        return;
    buf_printf(out, "%s:%zu: ", f->path, x->line);
    if (x->kind)
        buf_printf(out, "%s: ", x->kind);
    if (x->name)
        buf_printf(out, "%s: ", x->name);
    add_problem(out, x, grades, verdict);
    buf_char(out, '\n');
}

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text && *text)
        explain_text(o, key, text, strlen(text));
    else
        json_object_set_new(o, key, json_null());
}

void fixtures_json(struct buf *out, const struct fixtures *f, size_t i,
                   const struct grade grades[2], enum fixture_verdict verdict)
{
    const struct fixture *x = &f->at[i];
    struct buf problem = {0};
    add_problem(&problem, x, grades, verdict);
    json_t *o = json_pack("{s:s, s:i, s:s, s:I}", "type", "fixture", "version", VERSION, "file",
                          f->path, "line", (json_int_t)x->line);
    set_text(o, "name", x->name);
    set_text(o, "kind", x->kind);
    json_object_set_new(o, "verdict", json_string(verdict_names[verdict]));
    json_object_set_new(o, "reward", grades[0].lost ? json_null() : json_real(grades[0].reward));
    json_object_set_new(o, "errors", json_errors(grades[0].flags));
    set_text(o, "problem", buf_text(&problem));
    json_line(out, o);
    buf_release(&problem);
}

void fixtures_summary_text(struct buf *out, const struct fixtures_report *r)
{
    buf_text_add(out, r->n_failed ? "\n" : "");
    buf_printf(out, "%-14s %7s %7s\n", "kind", "held", "failed");
    for (size_t i = 0; i < r->n_kinds; i++) {
        const struct fixtures_kind *k = &r->kinds[i];
        buf_printf(out, "%-14s %7zu %7zu\n", *k->name ? k->name : "(none)", k->n_held, k->n_failed);
    }
    buf_printf(out, "%-14s %7zu %7zu\n", "all", r->n_held, r->n_failed);
    grade_stubs(out, r->grader);
    if (r->n_updated)
        buf_printf(out, "%zu line%s of %s written anew\n", r->n_updated,
                   r->n_updated == 1 ? "" : "s", r->fixtures->path);
}

static bool has_kind(const struct fixtures_report *r, const char *name)
{
    for (size_t i = 0; i < r->n_kinds; i++) {
        if (strcmp(r->kinds[i].name, name) == 0)
            return true;
    }
    return false;
}

void fixtures_summary_json(struct buf *out, const struct fixtures_report *r)
{
    json_t *kinds = json_object();
    json_t *missing = json_array();
    for (size_t i = 0; i < r->n_kinds; i++)
        json_object_set_new(kinds, r->kinds[i].name,
                            json_pack("{s:I, s:I}", "held", (json_int_t)r->kinds[i].n_held,
                                      "failed", (json_int_t)r->kinds[i].n_failed));
    for (size_t i = 0; i < COUNT_OF(wanted_kinds); i++) {
        if (!has_kind(r, wanted_kinds[i].name))
            json_array_append_new(missing, json_string(wanted_kinds[i].name));
    }
    json_line(out, json_pack("{s:s, s:i, s:s, s:I, s:I, s:I, s:o, s:o, s:o}", "type", "fixtures",
                             "version", VERSION, "file", r->fixtures->path, "held",
                             (json_int_t)r->n_held, "failed", (json_int_t)r->n_failed, "updated",
                             (json_int_t)r->n_updated, "kinds", kinds, "missing_kinds", missing,
                             "grader_notes", json_grader_notes(r->grader)));
}

void fixtures_missing(struct buf *out, const struct fixtures_report *r)
{
    for (size_t i = 0; i < COUNT_OF(wanted_kinds); i++) {
        if (!has_kind(r, wanted_kinds[i].name))
            buf_printf(out, "%s: note: no fixture has the kind %s, %s\n", r->fixtures->path,
                       wanted_kinds[i].name, wanted_kinds[i].what);
    }
}
