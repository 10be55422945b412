#include "sim/run/fixture.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/num.h"

/* One line while it is read. */
struct reading {
    struct fixtures *f;
    struct diags *list;
    struct tape tape;
    size_t start; /* of the line in the text */
    size_t len;
    size_t number; /* from 1 */
    bool bare;
};

/* A fault at a byte of the line. */
PRINTF(4, 5)
static struct diag *fault_at(struct reading *r, enum diag_code code, size_t offset, const char *fmt,
                             ...)
{
    const char *line = r->f->text + r->start;
    size_t one = 0;
    size_t col = 0;
    tape_place(line, offset, &one, &col);
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    struct diag *d = diag_add(r->list, DIAG_ERROR, code, r->f->path, r->number, col, "%s", text);
    diag_excerpt(d, line, r->len);
    free(text);
    return d;
}

/* --- Expectations ---------------------------------------------------------------------------- */

static void read_number(struct reading *r, size_t v, bool *has, double *out)
{
    *has = tape_kind(&r->tape, v) == TAPE_NUMBER;
    if (*has)
        *out = tape_number(&r->tape, v);
    else
        diag_fix(fault_at(r, DIAG_F002, r->tape.at[v].start, "not a number"),
                 "write a number without quotes");
}

static void read_error(struct reading *r, size_t v, unsigned *flags)
{
    struct buf name = {0};
    struct nearest near = {0};
    if (tape_kind(&r->tape, v) == TAPE_STRING)
        tape_string(&r->tape, v, &name);
    near.word = buf_text(&name);
    for (int i = 0; i < GRADE_N_ERRORS; i++) {
        const char *known = grade_error_name((enum grade_error)i);
        if (strcmp(known, buf_text(&name)) == 0) {
            *flags |= 1u << i;
            buf_release(&name);
            return;
        }
        nearest_try(&near, known);
    }
    struct diag *d =
        fault_at(r, DIAG_F002, r->tape.at[v].start, "no error is called '%s'", buf_text(&name));
    if (near.name)
        diag_fix(d, "did you mean '%s'?", near.name);
    else
        diag_fix(d, "names are those of metadata.errors, as invalid_variable_error");
    buf_release(&name);
}

static void read_errors(struct reading *r, size_t v, struct expectation *want)
{
    want->has_errors = tape_kind(&r->tape, v) == TAPE_ARRAY && tape_count(&r->tape, v) > 0;
    if (!want->has_errors)
        diag_fix(fault_at(r, DIAG_F002, r->tape.at[v].start, "'errors' is a list of names"),
                 "[\"invalid_variable_error\"], say; without it no error is expected");
    for (size_t i = 0; want->has_errors && i < tape_count(&r->tape, v); i++)
        read_error(r, tape_index(&r->tape, v, i), &want->errors);
}

static void read_member(struct reading *r, size_t key, struct expectation *want, bool *has_within)
{
    static const char *const known[] = {"reward", "within", "min", "max", "errors"};
    const struct tape *t = &r->tape;
    size_t value = key + 1;
    if (tape_is(t, key, "reward")) {
        read_number(r, value, &want->has_reward, &want->reward);
    } else if (tape_is(t, key, "within")) {
        read_number(r, value, has_within, &want->within);
    } else if (tape_is(t, key, "min")) {
        read_number(r, value, &want->has_min, &want->min);
    } else if (tape_is(t, key, "max")) {
        read_number(r, value, &want->has_max, &want->max);
    } else if (tape_is(t, key, "errors")) {
        read_errors(r, value, want);
    } else {
        struct buf name = {0};
        tape_string(t, key, &name);
        struct nearest near = {.word = buf_text(&name)};
        for (size_t i = 0; i < COUNT_OF(known); i++)
            nearest_try(&near, known[i]);
        struct diag *d = fault_at(r, DIAG_F002, t->at[key].start, "nothing is expected by '%s'",
                                  buf_text(&name));
        if (near.name)
            diag_fix(d, "did you mean '%s'?", near.name);
        else
            diag_fix(d, "known here: reward, within, min, max, errors");
        buf_release(&name);
    }
}

/* What is wrong with the members together; NULL if nothing is. */
static const char *contradiction(const struct expectation *want, bool has_within)
{
    bool range = want->has_min || want->has_max;
    if (!range && !want->has_reward && !want->has_errors)
        return "there is nothing in it";
    if (range && want->has_reward)
        return "a reward, and a range for it as well";
    if (has_within && (!want->has_reward || want->within < 0))
        return "'within' is how far from 'reward' it may be, 0 or more";
    if (want->has_min && want->has_max && want->min > want->max)
        return "'min' is above 'max'";
    return NULL;
}

static void read_expectation(struct reading *r, size_t v, struct expectation *want)
{
    static const char shape[] =
        "{\"reward\": 1}, {\"min\": 0.2, \"max\": 0.4} or {\"errors\": [...]}";
    const struct tape *t = &r->tape;
    size_t n_errors = r->list->n_errors;
    bool has_within = false;
    const char *wrong = NULL;
    if (tape_kind(t, v) != TAPE_OBJECT) {
        wrong = "'expect' is an object";
    } else {
        for (size_t key = v + 1; key < t->at[v].next; key = t->at[key + 1].next)
            read_member(r, key, want, &has_within);
        wrong = contradiction(want, has_within);
    }
    if (wrong && r->list->n_errors == n_errors)
        diag_fix(fault_at(r, DIAG_F002, t->at[v].start, "%s", wrong), "%s", shape);
}

/* --- Lines ----------------------------------------------------------------------------------- */

static struct fixture_span span_of(const struct reading *r, size_t v)
{
    const struct tape_entry *at = &r->tape.at[v];
    return (struct fixture_span){r->start + at->start, r->start + at->end};
}

static char *read_text(struct reading *r, const char *key)
{
    struct buf text = {0};
    size_t v = tape_get(&r->tape, 0, key);
    if (v == TAPE_NONE || tape_kind(&r->tape, v) == TAPE_NULL)
        return NULL;
    if (tape_kind(&r->tape, v) == TAPE_STRING)
        tape_string(&r->tape, v, &text);
    else
        diag_fix(fault_at(r, DIAG_F001, r->tape.at[v].start, "'%s' must be a string", key),
                 "put it in quotes");
    return text.len ? buf_take(&text) : NULL;
}

static void read_sample(struct reading *r, struct fixture *x)
{
    const struct tape *t = &r->tape;
    size_t v = tape_get(t, 0, "sample");
    x->is_whole = tape_kind(t, v) == TAPE_OBJECT;
    if (v == TAPE_NONE)
        diag_fix(fault_at(r, DIAG_F001, t->at[0].start, "there is no 'sample'"),
                 "\"sample\": \"the answer\", which may be empty");
    else if (!x->is_whole && tape_kind(t, v) != TAPE_STRING)
        diag_fix(fault_at(r, DIAG_F001, t->at[v].start, "'sample' is %s",
                          tape_kind_words(tape_kind(t, v))),
                 "an answer is a string; a whole sample an object with output_text");
    else if (x->is_whole && tape_get(t, v, "output_text") == TAPE_NONE)
        diag_fix(fault_at(r, DIAG_F001, t->at[v].start, "this sample has no output_text"),
                 "give it one, or the answer alone as a string");
    else
        x->sample = span_of(r, v);
}

static void read_item(struct reading *r, struct fixture *x)
{
    size_t v = tape_get(&r->tape, 0, "item");
    if (v == TAPE_NONE)
        return;
    x->item = span_of(r, v);
    if (tape_kind(&r->tape, v) != TAPE_OBJECT)
        diag_fix(fault_at(r, DIAG_F001, r->tape.at[v].start, "'item' is %s, not an object",
                          tape_kind_words(tape_kind(&r->tape, v))),
                 "an item is a row of the training file, or what the grader reads of one");
}

static void read_expect(struct reading *r, struct fixture *x)
{
    const struct tape *t = &r->tape;
    size_t v = tape_get(t, 0, "expect");
    if (v != TAPE_NONE) {
        x->expect = span_of(r, v);
        read_expectation(r, v, &x->want);
        return;
    }
    x->expect.start = r->start + t->at[0].end - 1; /* before the closing brace */
    if (!r->bare)
        diag_fix(fault_at(r, DIAG_F001, t->at[0].start, "there is no 'expect'"),
                 "say what grade it must get, or let --update write the one that it gets");
}

static void read_fixture(struct reading *r)
{
    struct tape_fault fault;
    struct fixtures *f = r->f;
    struct tape *t = &r->tape;
    if (!tape_scan(t, f->text + r->start, r->len, &fault)) {
        fault_at(r, DIAG_F001, fault.offset, "%s", fault.what);
        return;
    }
    if (tape_kind(t, 0) != TAPE_OBJECT || t->duplicate != TAPE_NONE) {
        bool object = tape_kind(t, 0) == TAPE_OBJECT;
        fault_at(r, DIAG_F001, t->at[object ? t->duplicate : 0].start, "%s",
                 object ? "this key was given before" : "not an object");
        return;
    }
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 64;
        f->at = mem_grow(f->at, f->room, sizeof(*f->at));
    }
    struct fixture *x = &f->at[f->n++];
    *x = (struct fixture){.line = r->number};
    x->name = read_text(r, "name");
    x->kind = read_text(r, "kind");
    read_item(r, x);
    read_sample(r, x);
    read_expect(r, x);
}

static bool is_blank(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && strchr(" \t\r", text[i]))
        i++;
    return i == len;
}

enum err_code fixtures_load(struct fixtures *f, const char *path, bool bare, struct diags *list,
                            struct err *e)
{
    enum { MOST_FAULTS = 100 };
    f->path = path;
    enum err_code rc = file_read(&f->text, &f->len, path, FIXTURES_MAX_BYTES, e);
    if (rc)
        return rc;
    struct reading r = {.f = f, .list = list, .bare = bare};
    size_t before = list->n_errors;
    if (f->len >= 3 && memcmp(f->text, "\xef\xbb\xbf", 3) == 0)
        r.start = 3;
    for (; r.start < f->len && list->n_errors - before < MOST_FAULTS; r.start += r.len + 1) {
        const char *line = f->text + r.start;
        const char *end = memchr(line, '\n', f->len - r.start);
        r.len = end ? (size_t)(end - line) : f->len - r.start;
        r.number++;
        if (!is_blank(line, r.len))
            read_fixture(&r);
    }
    tape_release(&r.tape);
    size_t n = list->n_errors - before;
    if (n)
        return err_set(e, ERR_DATA, "%s: %zu fault%s", path, n, n == 1 ? "" : "s");
    if (!f->n) {
        err_set(e, ERR_DATA, "%s: no fixture in it", path);
        return err_fix(e, "write one JSON object a line; rftsim grade --help shows one");
    }
    return ERR_OK;
}

void fixtures_release(struct fixtures *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->at[i].name);
        free(f->at[i].kind);
    }
    free(f->at);
    free(f->text);
    *f = (struct fixtures){0};
}

/* --- Grading --------------------------------------------------------------------------------- */

static void scan(struct tape *t, const struct fixtures *f, struct fixture_span at)
{
    struct tape_fault fault;
    (void)!tape_scan(t, f->text + at.start, at.end - at.start, &fault); /* it was, in its line */
}

void fixture_input(const struct fixtures *f, size_t i, const struct job *job, struct input *out)
{
    static const char nothing[] = "{}";
    const struct fixture *x = &f->at[i];
    struct tape_fault fault;
    input_clear(out);
    if (x->item.end)
        scan(&out->item_tape, f, x->item);
    else
        (void)!tape_scan(&out->item_tape, nothing, strlen(nothing), &fault);
    input_add_item(job, &out->item_tape, &out->item);
    if (x->is_whole) {
        buf_add(&out->sample, f->text + x->sample.start, x->sample.end - x->sample.start);
        return;
    }
    struct buf answer = {0};
    scan(&out->sample_tape, f, x->sample);
    tape_string(&out->sample_tape, 0, &answer);
    input_add_answer(job, buf_text(&answer), answer.len, &out->sample);
    buf_release(&answer);
}

static bool meets(const struct expectation *want, const struct grade *g)
{
    double off = g->reward > want->reward ? g->reward - want->reward : want->reward - g->reward;
    return g->flags == want->errors && (!want->has_reward || off <= want->within) &&
           (!want->has_min || g->reward >= want->min) && (!want->has_max || g->reward <= want->max);
}

enum fixture_verdict fixture_judge(const struct fixture *f, const struct grade grades[2])
{
    const struct grade *a = &grades[0];
    const struct grade *b = &grades[1];
    if (a->lost || b->lost)
        return FIXTURE_LOST;
    if (a->flags != b->flags || a->reward != b->reward)
        return FIXTURE_UNSTABLE;
    bool given = f->want.has_reward || f->want.has_min || f->want.has_max || f->want.has_errors;
    return given && meets(&f->want, a) ? FIXTURE_HOLDS : FIXTURE_DIFFERS;
}

/* --- Words ----------------------------------------------------------------------------------- */

static void add_number(struct buf *out, const char *before, double value)
{
    char number[NUM_ROOM];
    buf_printf(out, "%s%s%s", out->len ? " " : "", before, num_json(number, value));
}

static void add_flags(struct buf *out, unsigned flags, const char *between)
{
    for (int i = 0; flags; i++, flags >>= 1) {
        if (flags & 1)
            buf_printf(out, "%s%s", grade_error_name((enum grade_error)i),
                       flags >> 1 ? between : "");
    }
}

void fixture_wanted(const struct fixture *f, struct buf *out)
{
    const struct expectation *want = &f->want;
    size_t start = out->len;
    struct buf text = {0};
    if (want->has_reward)
        add_number(&text, "reward ", want->reward);
    if (want->within > 0)
        add_number(&text, "within ", want->within);
    if (want->has_min)
        add_number(&text, "reward at least ", want->min);
    if (want->has_max)
        add_number(&text, want->has_min ? "and at most " : "reward at most ", want->max);
    if (want->has_errors) {
        buf_text_add(&text, text.len ? " with " : "");
        add_flags(&text, want->errors, ", ");
    }
    buf_add(out, buf_text(&text), text.len);
    if (out->len == start)
        buf_text_add(out, "nothing yet");
    buf_release(&text);
}

void fixture_came(const struct grade *grade, struct buf *out)
{
    char number[NUM_ROOM];
    if (grade->lost)
        buf_text_add(out, "no grade");
    else
        buf_printf(out, "reward %s", num_json(number, grade->reward));
    if (grade->flags) {
        buf_text_add(out, " with ");
        add_flags(out, grade->flags, ", ");
    }
    if (*grade->why)
        buf_printf(out, " (%s)", grade->why);
}

/* --- Writing --------------------------------------------------------------------------------- */

static void add_expectation(struct buf *out, const struct fixture *x, const struct grade *g)
{
    char number[NUM_ROOM];
    bool has_reward = !g->flags || g->reward != 0;
    buf_char(out, '{');
    if (has_reward)
        buf_printf(out, "\"reward\": %s", num_json(number, g->reward));
    if (has_reward && x->want.within > 0)
        buf_printf(out, ", \"within\": %s", num_json(number, x->want.within));
    if (g->flags) {
        buf_printf(out, "%s\"errors\": [\"", has_reward ? ", " : "");
        add_flags(out, g->flags, "\", \"");
        buf_text_add(out, "\"]");
    }
    buf_char(out, '}');
}

void fixtures_rewrite(const struct fixtures *f, const struct grade *grades, const bool *update,
                      struct buf *out)
{
    size_t from = 0;
    for (size_t i = 0; i < f->n; i++) {
        const struct fixture *x = &f->at[i];
        if (!update[i])
            continue;
        buf_add(out, f->text + from, x->expect.start - from);
        from = x->expect.end ? x->expect.end : x->expect.start;
        if (!x->expect.end) /* a fixture has a sample, so that something stands before it */
            buf_text_add(out, ", \"expect\": ");
        add_expectation(out, x, &grades[2 * i]);
    }
    buf_add(out, f->text + from, f->len - from);
}
