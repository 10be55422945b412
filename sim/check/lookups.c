#include "sim/check/lookups.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/job/dataset.h"

/* --- what is looked up ----------------------------------------------------------------------- */

struct planner {
    struct lookup_plan *plan;
    const struct job *job;
    bool by_policy;
    bool compared;
};

/* What the service adds to a row (1.4) is not in the row's own text. */
static bool is_normalised(const struct template_path *p)
{
    static const char *const keys[] = {"messages", "tools", "parallel_tool_calls"};
    for (size_t i = 0; p->n_steps && p->steps[0].key && i < COUNT_OF(keys); i++) {
        if (strcmp(p->steps[0].key, keys[i]) == 0)
            return true;
    }
    return false;
}

static struct lookup *find_lookup(struct lookup_plan *p, const char *path, bool by_policy)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->at[i].by_policy == by_policy && strcmp(p->at[i].path.text, path) == 0)
            return &p->at[i];
    }
    return NULL;
}

/* Whether it is read already; then it counts there. */
static bool is_again(const struct planner *to, const char *path, bool may_default)
{
    struct lookup *known = find_lookup(to->plan, path, to->by_policy);
    if (!known)
        return false;
    known->n_more++;
    known->compared = known->compared || to->compared;
    known->may_default = known->may_default && may_default;
    return true;
}

static void add_path(const struct planner *to, const char *pointer,
                     const struct template_path *path)
{
    struct lookup_plan *plan = to->plan;
    if (is_again(to, path->text, false))
        return;
    const char *value = json_string_value(doc_value(to->job->doc->root, pointer));
    plan->at = mem_grow(plan->at, plan->n + 1, sizeof(*plan->at));
    plan->at[plan->n++] = (struct lookup){
        .path = *path,
        .pointer = mem_text(pointer),
        .value = value ? value : "",
        .from = value ? template_find(value, path->text) : 0,
        .len = strlen(path->text),
        .by_policy = to->by_policy,
        .compared = to->compared,
    };
    plan->normalises = plan->normalises || is_normalised(path);
}

/* Of a row: the roots of graders and of policies both begin with `item`. */
static void add_template(void *arg, const char *pointer, const struct template *t)
{
    for (size_t i = 0; i < t->n_parts; i++) {
        const struct template_path *path = &t->parts[i].path;
        if (!t->parts[i].literal && path->root == 0)
            add_path(arg, pointer, path);
    }
}

/* Whether the source asks somewhere whether the field is there: "x" in item. */
static bool is_asked_for(const struct grader_read *read)
{
    size_t len = strlen(read->field);
    for (const char *at = read->text; (at = strstr(at, read->field)); at++) {
        if (at == read->text || !strchr("\"'", at[-1]) || at[len] != at[-1])
            continue;
        const char *next = at + len + 1 + strspn(at + len + 1, " \t");
        if (strncmp(next, "not ", 4) == 0)
            next += 4;
        if (strncmp(next, "in item", 7) == 0 && !isalnum((unsigned char)next[7]) &&
            next[7] != '_' && next[7] != '[' && next[7] != '.')
            return true;
    }
    return false;
}

/* item.get("x") has a default, item["x"] has not. */
static bool has_default(const struct grader_read *read)
{
    size_t at = read->from;
    if (is_asked_for(read))
        return true;
    while (at && strchr("\"' \t\r\n", read->text[at - 1]))
        at--;
    return at && read->text[at - 1] == '(';
}

static void add_read(const struct planner *to, const struct grader_read *read)
{
    struct lookup_plan *plan = to->plan;
    char *text = mem_printf("item.%s", read->field);
    if (is_again(to, text, has_default(read))) {
        free(text);
        return;
    }
    struct template_step *step = mem_new(sizeof(*step));
    step->key = mem_text(read->field);
    plan->at = mem_grow(plan->at, plan->n + 1, sizeof(*plan->at));
    plan->at[plan->n++] = (struct lookup){
        .path = {.text = text, .steps = step, .n_steps = 1},
        .own = step,
        .pointer = mem_text(read->pointer),
        .value = read->text,
        .from = read->from,
        .len = read->len,
        .may_default = has_default(read),
    };
    plan->normalises = plan->normalises || is_normalised(&plan->at[plan->n - 1].path);
}

void lookup_plan_make(struct lookup_plan *p, const struct job *job, const struct grader *grader,
                      const struct policy *policy)
{
    size_t n_parts = 0;
    *p = (struct lookup_plan){0};
    if (grader)
        grader_parts(grader, &n_parts);
    for (size_t i = 0; grader && i <= n_parts; i++) {
        const struct grader *g = grader_at(grader, i);
        struct planner to = {.plan = p, .job = job, .compared = grader_compares(g)};
        grader_templates(g, add_template, &to);
        struct grader_reads reads = {0};
        grader_reads(g, &reads);
        for (size_t k = 0; k < reads.n; k++)
            add_read(&to, &reads.at[k]);
    }
    struct planner to = {.plan = p, .job = job, .by_policy = true};
    if (policy)
        policy_templates(policy, add_template, &to);
}

void lookup_plan_release(struct lookup_plan *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->at[i].own) {
            free(p->at[i].own->key);
            free(p->at[i].own);
            free(p->at[i].path.text);
        }
        free(p->at[i].pointer);
    }
    free(p->at);
    *p = (struct lookup_plan){0};
}

/* --- the rows -------------------------------------------------------------------------------- */

/* The key of the object at `v` that is most like `key`; the caller's, or NULL. */
static char *nearest_key(const struct tape *row, size_t v, const char *key)
{
    struct nearest near = {.word = key};
    struct buf keys = {0}; /* one after another, each with its NUL: `near` borrows */
    if (tape_kind(row, v) != TAPE_OBJECT)
        return NULL;
    for (size_t k = v + 1; k < row->at[v].next; k = row->at[k + 1].next) {
        tape_string(row, k, &keys);
        buf_char(&keys, '\0');
    }
    for (size_t at = 0; at < keys.len; at += strlen(keys.at + at) + 1)
        nearest_try(&near, keys.at + at);
    char *found = mem_text(near.name);
    buf_release(&keys);
    return found;
}

/* Why step `i` of the path leads nowhere from `v`. */
static char *why_missing(const struct tape *row, size_t v, const struct template_path *p, size_t i)
{
    const struct template_step *step = &p->steps[i];
    enum tape_kind kind = tape_kind(row, v);
    size_t n = tape_count(row, v);
    char *name = !i                    ? mem_text("the row")
                 : p->steps[i - 1].key ? mem_printf("'%s'", p->steps[i - 1].key)
                                       : mem_printf("element %zu", p->steps[i - 1].index);
    char *why = NULL;
    if (step->key && kind == TAPE_OBJECT)
        why = mem_printf("%s has no key '%s'", name, step->key);
    else if (!step->key && kind == TAPE_ARRAY)
        why = mem_printf("%s has %zu element%s", name, n, n == 1 ? "" : "s");
    else
        why = mem_printf("%s is %s, not %s", name, tape_kind_words(kind),
                         step->key ? "an object" : "a list");
    free(name);
    return why;
}

static void look_up(struct lookup_count *c, const struct template_path *p, const struct tape *row,
                    size_t line)
{
    size_t v = 0;
    for (size_t i = 0; i < p->n_steps; i++) {
        const struct template_step *step = &p->steps[i];
        size_t next = step->key ? tape_get(row, v, step->key) : tape_index(row, v, step->index);
        if (next == TAPE_NONE) {
            spot_add(&c->missing, line);
            if (!c->why) {
                c->why = why_missing(row, v, p, i);
                c->near = step->key ? nearest_key(row, v, step->key) : NULL;
            }
            return;
        }
        v = next;
    }
    enum tape_kind kind = tape_kind(row, v);
    if (kind == TAPE_NULL) {
        spot_add(&c->null, line);
    } else if (kind == TAPE_NUMBER) {
        spot_add(&c->number, line);
    } else if (kind != TAPE_STRING) {
        if (!c->other.n)
            c->kind = kind;
        spot_add(&c->other, line);
    }
}

void lookups_row(struct lookup_counts *c, const struct lookup_plan *p, const struct tape *row,
                 size_t line)
{
    struct tape_fault f;
    c->n_rows++;
    if (!p->n)
        return;
    struct lookup_count *at = spots_room(&c->of, p->n, sizeof(*at));
    if (p->normalises) {
        buf_clear(&c->row);
        row_normalise(row, &c->row);
        if (!tape_scan(&c->tape, buf_text(&c->row), c->row.len, &f))
            return;
        row = &c->tape;
    }
    for (size_t i = 0; i < p->n; i++)
        look_up(&at[i], &p->at[i].path, row, line);
}

static void take_text(char **into, char **from, bool wanted)
{
    if (wanted) {
        *into = *from;
        *from = NULL;
    }
    free(*from);
}

static void join_count(void *into, void *from, size_t n_before)
{
    struct lookup_count *a = into;
    struct lookup_count *b = from;
    bool first = !a->missing.n;
    take_text(&a->why, &b->why, first);
    take_text(&a->near, &b->near, first);
    if (!a->other.n)
        a->kind = b->kind;
    spot_join(&a->missing, &b->missing, n_before);
    spot_join(&a->null, &b->null, n_before);
    spot_join(&a->number, &b->number, n_before);
    spot_join(&a->other, &b->other, n_before);
    *b = (struct lookup_count){0};
}

void lookups_join(struct lookup_counts *whole, struct lookup_counts *block, size_t n_before)
{
    whole->n_rows += block->n_rows;
    block->n_rows = 0;
    spots_join(&whole->of, &block->of, sizeof(struct lookup_count), n_before, join_count);
}

void lookups_release(struct lookup_counts *c)
{
    struct lookup_count *at = c->of.at;
    for (size_t i = 0; at && i < c->of.n; i++) {
        free(at[i].why);
        free(at[i].near);
    }
    free(at);
    tape_release(&c->tape);
    buf_release(&c->row);
    *c = (struct lookup_counts){0};
}

/* --- what is told ---------------------------------------------------------------------------- */

struct teller {
    const struct lookup_plan *plan;
    const struct job *job;
    const struct lookups_of *files; /* two */
    struct diags *list;
};

static const struct lookup_count *count_of(const struct lookups_of *file, size_t i)
{
    const struct lookup_count *at = file->path ? file->counts->of.at : NULL;
    return at ? &at[i] : NULL;
}

/* "10 of 10 rows of a.jsonl (first: line 1) and 3 of 5 rows of b.jsonl (first: line 2)" */
static void add_share(struct buf *out, const struct lookups_of *file, struct spot share)
{
    if (share.n)
        buf_printf(out, "%s%zu of %zu rows of %s (first: line %zu)", out->len ? " and " : "",
                   share.n, file->counts->n_rows, file->path, share.line);
}

static struct diag *fault(const struct teller *t, const struct lookup *l,
                          enum diag_severity severity, enum diag_code code, const char *what,
                          const struct buf *shares)
{
    struct buf more = {0};
    if (l->n_more)
        buf_printf(&more, "; it is read in %zu more place%s", l->n_more, l->n_more == 1 ? "" : "s");
    struct diag *d =
        doc_fault_in(t->job->doc, t->list, severity, code, l->pointer, l->value, l->from, l->len,
                     "%s %s in %s%s", l->path.text, what, buf_text(shares), buf_text(&more));
    buf_release(&more);
    return d;
}

static void tell_missing(const struct teller *t, size_t i)
{
    const struct lookup *l = &t->plan->at[i];
    const struct lookup_count *first = NULL;
    struct buf shares = {0};
    bool whole_file = false;
    for (size_t f = 0; f < 2; f++) {
        const struct lookup_count *c = count_of(&t->files[f], i);
        if (!c || !c->missing.n)
            continue;
        first = first ? first : c;
        whole_file = whole_file || c->missing.n == t->files[f].counts->n_rows;
        add_share(&shares, &t->files[f], c->missing);
    }
    if (first) {
        bool is_error = whole_file && !l->by_policy && !l->may_default;
        struct diag *d = fault(t, l, is_error ? DIAG_ERROR : DIAG_WARNING,
                               l->by_policy ? DIAG_X008 : DIAG_X001, "is missing", &shares);
        if (first->near)
            diag_fix(d, "%s; did you mean '%s'?", first->why, first->near);
        else
            diag_fix(d, "%s; add it to every row, or read what is there", first->why);
    }
    buf_release(&shares);
}

static void tell_null(const struct teller *t, size_t i)
{
    const struct lookup *l = &t->plan->at[i];
    struct buf shares = {0};
    for (size_t f = 0; f < 2; f++) {
        const struct lookup_count *c = count_of(&t->files[f], i);
        if (c)
            add_share(&shares, &t->files[f], c->null);
    }
    if (shares.len && !l->by_policy && !l->own)
        fault(t, l, DIAG_WARNING, DIAG_X004, "is null", &shares);
    buf_release(&shares);
}

/* What is no string in a template. Numbers count only where they are compared: a reader of the text
 * takes them for what they are. */
static void tell_other(const struct teller *t, size_t i)
{
    const struct lookup *l = &t->plan->at[i];
    enum tape_kind kind = TAPE_NULL;
    struct buf shares = {0};
    for (size_t f = 0; f < 2; f++) {
        const struct lookup_count *c = count_of(&t->files[f], i);
        struct spot share = c ? c->other : (struct spot){0};
        bool number_first =
            c && l->compared && c->number.n && (!share.n || c->number.line < share.line);
        if (c && l->compared)
            share.n += c->number.n;
        if (!share.n)
            continue;
        if (number_first)
            share.line = c->number.line;
        if (kind == TAPE_NULL)
            kind = number_first ? TAPE_NUMBER : c->kind;
        add_share(&shares, &t->files[f], share);
    }
    if (shares.len && !l->by_policy && !l->own) {
        char *what = mem_printf(l->compared ? "is compared as text and is %s"
                                            : "is put into a text and is %s",
                                tape_kind_words(kind));
        fault(t, l, DIAG_WARNING, DIAG_X005, what, &shares);
        free(what);
    }
    buf_release(&shares);
}

void lookups_tell(const struct lookup_plan *p, const struct job *job,
                  const struct lookups_of files[2], struct diags *list)
{
    struct teller t = {p, job, files, list};
    for (size_t i = 0; i < p->n; i++) {
        tell_missing(&t, i);
        tell_null(&t, i);
        tell_other(&t, i);
    }
}
