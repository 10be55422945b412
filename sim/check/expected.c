#include "sim/check/expected.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/job/usual.h"

enum { COUNT_MOST = 1000000 }; /* a number of calls above it says as much */

void expected_plan_make(struct expected_plan *p, const struct job *job)
{
    *p = (struct expected_plan){.job = job, .named = job->sim.expected_tools != NULL};
    if (p->named)
        p->fields[p->n++] = job->sim.expected_tools;
    for (size_t i = 0; !p->named && i < USUAL_N_CALLS; i++)
        p->fields[p->n++] = usual_calls[i];
    for (size_t i = 0; i < p->n; i++) {
        p->lens[i] = strlen(p->fields[i]);
        p->lengths |= 1ull << (p->lens[i] % 64);
    }
}

/* --- the rows -------------------------------------------------------------------------------- */

static bool is_known(const struct job *job, const struct tape *row, size_t name)
{
    for (size_t i = 0; i < job->n_tools; i++) {
        if (job->tools[i].name && tape_is(row, name, job->tools[i].name))
            return true;
    }
    return false;
}

static void note_unknown(struct expected_field *f, const struct job *job, const struct tape *row,
                         size_t list, size_t line)
{
    for (size_t v = list + 1; job->n_tools && v < row->at[list].next; v = row->at[v].next) {
        size_t name = usual_call_name(row, v);
        if (tape_kind(row, name) != TAPE_STRING || is_known(job, row, name))
            continue;
        if (!f->unknown.n) {
            struct buf text = {0};
            tape_string(row, name, &text);
            f->name = mem_text(buf_text(&text));
            buf_release(&text);
        }
        spot_add(&f->unknown, line);
        return;
    }
}

/* Calls that the value stands for; false if it is nothing of that kind. */
static bool count_calls(size_t *n, const struct tape *row, size_t v)
{
    double number = 0;
    switch (tape_kind(row, v)) {
    case TAPE_ARRAY:
        *n = tape_count(row, v);
        return true;
    case TAPE_NUMBER:
        number = tape_number(row, v);
        *n = number > COUNT_MOST ? COUNT_MOST : (size_t)(number > 0 ? number : 0);
        return number >= 0;
    case TAPE_NULL:
    case TAPE_FALSE:
    case TAPE_TRUE:
    case TAPE_STRING:
    case TAPE_OBJECT:
        break;
    }
    return false;
}

/* Where the fields stand, in one walk over the row: of most rows' keys none is one of them. */
static void find_fields(size_t at[EXPECTED_FIELDS], const struct expected_plan *p,
                        const struct tape *row)
{
    for (size_t i = 0; i < p->n; i++)
        at[i] = TAPE_NONE;
    for (size_t key = 1; key < row->at[0].next; key = row->at[key + 1].next) {
        size_t len = row->at[key].end - row->at[key].start - 2;
        if (!row->at[key].escaped && !(p->lengths >> (len % 64) & 1))
            continue;
        for (size_t i = 0; i < p->n; i++) {
            if (tape_is_text(row, key, p->fields[i], p->lens[i]))
                at[i] = key + 1;
        }
    }
}

static void count_row(struct expected_field *f, const struct expected_plan *p,
                      const struct tape *row, size_t v, size_t line)
{
    size_t turns = (size_t)p->job->max_episode_steps;
    size_t n = 0;
    if (!count_calls(&n, row, v))
        return;
    f->n_rows++;
    if (!n)
        spot_add(&f->none, line);
    else if (n >= turns)
        spot_add(n == turns ? &f->as_many : &f->more, line);
    f->most = n > f->most ? n : f->most;
    f->possible += n < turns ? n : turns - 1; /* the last one is the answer */
    if (tape_kind(row, v) == TAPE_ARRAY)
        note_unknown(f, p->job, row, v, line);
}

void expected_row(struct expected *x, const struct expected_plan *p, const struct tape *row,
                  size_t line)
{
    size_t at[EXPECTED_FIELDS];
    find_fields(at, p, row);
    x->n_rows++;
    for (size_t i = 0; i < p->n; i++) {
        if (at[i] == TAPE_NONE)
            continue;
        struct expected_field *f = spots_room(&x->of, p->n, sizeof(*f));
        count_row(f + i, p, row, at[i], line);
    }
}

static void join_field(void *into, void *from, size_t n_before)
{
    struct expected_field *a = into;
    struct expected_field *b = from;
    if (!a->unknown.n) {
        a->name = b->name;
        b->name = NULL;
    }
    spot_join(&a->none, &b->none, n_before);
    spot_join(&a->as_many, &b->as_many, n_before);
    spot_join(&a->more, &b->more, n_before);
    spot_join(&a->unknown, &b->unknown, n_before);
    a->n_rows += b->n_rows;
    a->most = b->most > a->most ? b->most : a->most;
    a->possible += b->possible;
    free(b->name);
    *b = (struct expected_field){0};
}

void expected_join(struct expected *whole, struct expected *block, size_t n_before)
{
    whole->n_rows += block->n_rows;
    block->n_rows = 0;
    spots_join(&whole->of, &block->of, sizeof(struct expected_field), n_before, join_field);
}

void expected_release(struct expected *x)
{
    struct expected_field *at = x->of.at;
    for (size_t i = 0; at && i < x->of.n; i++)
        free(at[i].name);
    free(at);
    *x = (struct expected){0};
}

/* --- what is told ---------------------------------------------------------------------------- */

struct teller {
    const struct expected_plan *plan;
    const struct expected_of *files; /* two */
    struct diags *list;
    size_t field;  /* which is told of */
    size_t n_rows; /* of both files */
};

static const struct expected_field *field_of(const struct teller *t, size_t f, size_t i)
{
    const struct expected_of *file = &t->files[f];
    const struct expected_field *at = file->path ? file->counts->of.at : NULL;
    return at ? &at[i] : NULL;
}

static size_t rows_with(const struct teller *t, size_t i)
{
    const struct expected_field *a = field_of(t, 0, i);
    const struct expected_field *b = field_of(t, 1, i);
    return (a ? a->n_rows : 0) + (b ? b->n_rows : 0);
}

static struct spot none_of(const struct expected_field *f)
{
    return f->none;
}

static struct spot more_of(const struct expected_field *f)
{
    return f->more;
}

static struct spot unknown_of(const struct expected_field *f)
{
    return f->unknown;
}

static struct spot too_many_of(const struct expected_field *f)
{
    bool more_first = f->more.n && (!f->as_many.n || f->more.line < f->as_many.line);
    return (struct spot){f->as_many.n + f->more.n, more_first ? f->more.line : f->as_many.line};
}

/* Such rows of both files; where the first is. */
static size_t count(const struct teller *t, struct spot (*of)(const struct expected_field *f),
                    struct buf *where)
{
    size_t sum = 0;
    for (size_t f = 0; f < 2; f++) {
        const struct expected_field *field = field_of(t, f, t->field);
        struct spot here = field ? of(field) : (struct spot){0};
        if (here.n && !sum)
            buf_printf(where, "first: %s line %zu", t->files[f].path, here.line);
        sum += here.n;
    }
    return sum;
}

static size_t most_calls(const struct teller *t)
{
    size_t most = 0;
    for (size_t f = 0; f < 2; f++) {
        const struct expected_field *field = field_of(t, f, t->field);
        most = field && field->most > most ? field->most : most;
    }
    return most;
}

#define STEPS_POINTER "/method/reinforcement/max_episode_steps"

/* N calls, one a turn, and the answer: N + 1 turns. */
static void tell_too_many(const struct teller *t)
{
    const struct job *job = t->plan->job;
    size_t steps = (size_t)job->max_episode_steps;
    size_t most = most_calls(t);
    struct buf where = {0};
    struct buf more = {0};
    struct buf unused = {0};
    if (!job->n_tools || most < steps)
        return;
    size_t n = count(t, too_many_of, &where);
    size_t n_more = count(t, more_of, &unused);
    if (n_more && n_more < n)
        buf_printf(&more,
                   "; %zu of them expect %zu or more, too many even if the answer took no "
                   "turn",
                   n_more, steps + 1);
    bool given = doc_value(job->doc->root, STEPS_POINTER) != NULL;
    struct diag *d =
        doc_fault(job->doc, t->list, DIAG_WARNING, DIAG_X020, STEPS_POINTER,
                  "%zu of %zu rows expect %zu or more tool calls (%s; %s) and cannot finish, one "
                  "call a turn, with max_episode_steps %zu%s%s",
                  n, t->n_rows, steps, t->plan->fields[t->field], buf_text(&where), steps,
                  given ? "" : ", the default", buf_text(&more));
    diag_fix(d, "max_episode_steps: %zu or more: %zu calls and the answer", most + 1, most);
    buf_release(&where);
    buf_release(&more);
    buf_release(&unused);
}

static void tell_none(const struct teller *t)
{
    struct buf where = {0};
    size_t n = count(t, none_of, &where);
    if (n && t->plan->job->n_tools && n < rows_with(t, t->field))
        diag_fix(doc_fault(t->plan->job->doc, t->list, DIAG_WARNING, DIAG_X021,
                           JOB_TOOLS_POINTER "#", "%zu of %zu rows expect no tool call (%s; %s)", n,
                           t->n_rows, t->plan->fields[t->field], buf_text(&where)),
                 "see that the grader rewards an answer without a call there");
    buf_release(&where);
}

static void tell_unknown(const struct teller *t)
{
    struct buf where = {0};
    size_t n = count(t, unknown_of, &where);
    const struct expected_field *first = field_of(t, 0, t->field);
    if (!first || !first->name)
        first = field_of(t, 1, t->field);
    if (n) {
        const struct job *job = t->plan->job;
        const char *name = first->name;
        struct nearest near = {.word = name};
        for (size_t i = 0; i < job->n_tools; i++)
            nearest_try(&near, job->tools[i].name ? job->tools[i].name : "");
        struct diag *d =
            doc_fault(job->doc, t->list, DIAG_WARNING, DIAG_X022, JOB_TOOLS_POINTER "#",
                      "%zu of %zu rows expect a tool that the job has not, such as '%s' (%s; %s)",
                      n, t->n_rows, name, t->plan->fields[t->field], buf_text(&where));
        if (near.name)
            diag_fix(d, "did you mean '%s'?", near.name);
    }
    buf_release(&where);
}

/* Of the field that most rows have. */
static struct teller teller_of(const struct expected_plan *p, const struct expected_of files[2])
{
    struct teller t = {.plan = p, .files = files};
    for (size_t f = 0; f < 2; f++)
        t.n_rows += files[f].path ? files[f].counts->n_rows : 0;
    for (size_t i = 1; i < p->n; i++)
        t.field = rows_with(&t, i) > rows_with(&t, t.field) ? i : t.field;
    return t;
}

struct expected_sum expected_sum(const struct expected_plan *p, const struct expected_of files[2])
{
    struct teller t = teller_of(p, files);
    struct expected_sum sum = {.n_rows = rows_with(&t, t.field), .n_all = t.n_rows};
    for (size_t f = 0; f < 2; f++) {
        const struct expected_field *field = field_of(&t, f, t.field);
        struct spot over = field ? too_many_of(field) : (struct spot){0};
        sum.mean[f] =
            field && field->n_rows ? (double)field->possible / (double)field->n_rows : NAN;
        if (over.n && !sum.path) {
            sum.path = files[f].path;
            sum.line = over.line;
        }
        sum.n_too_many += over.n;
    }
    sum.most = most_calls(&t);
    sum.field = sum.n_rows ? p->fields[t.field] : NULL;
    return sum;
}

void expected_tell(const struct expected_plan *p, const struct expected_of files[2],
                   struct diags *list)
{
    struct teller t = teller_of(p, files);
    t.list = list;
    if (!t.n_rows)
        return;
    if (!rows_with(&t, t.field)) {
        if (p->named)
            diag_fix(doc_fault(p->job->doc, list, DIAG_WARNING, DIAG_X023,
                               "/simulation/expected_tools",
                               "no row says in '%s' how many tools it expects", p->fields[t.field]),
                     "name a field that holds a list of tools, or a number");
        return;
    }
    tell_too_many(&t);
    tell_none(&t);
    tell_unknown(&t);
}
