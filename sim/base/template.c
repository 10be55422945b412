#include "sim/base/template.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"

/* The text being parsed and where we are in it. */
struct cursor {
    const char *start, *at, *end;
};

static size_t column(const struct cursor *c)
{
    return (size_t)(c->at - c->start) + 1;
}

static void skip_space(struct cursor *c)
{
    while (c->at < c->end && strchr(" \t\r\n", *c->at))
        c->at++;
}

static const char *find_pair(const char *from, const char *end, char brace)
{
    for (; from + 1 < end; from++) {
        if (from[0] == brace && from[1] == brace)
            return from;
    }
    return NULL;
}

static size_t word_length(const struct cursor *c)
{
    size_t n = 0;
    while (c->at + n < c->end && !strchr(".[]{} \t\r\n", c->at[n]))
        n++;
    return n;
}

static struct template_step *add_step(struct template_path *p)
{
    p->steps = mem_grow(p->steps, p->n_steps + 1, sizeof(*p->steps));
    struct template_step *s = &p->steps[p->n_steps++];
    *s = (struct template_step){0};
    return s;
}

static enum err_code parse_root(struct template_path *p, struct cursor *c, const char *const *roots,
                                struct err *e)
{
    size_t n = word_length(c);
    for (size_t i = 0; roots[i]; i++) {
        if (strlen(roots[i]) == n && memcmp(roots[i], c->at, n) == 0) {
            p->root = i;
            c->at += n;
            return ERR_OK;
        }
    }
    struct buf known = {0};
    for (size_t i = 0; roots[i]; i++)
        buf_printf(&known, "%s%s", i == 0 ? "" : roots[i + 1] ? ", " : " or ", roots[i]);
    enum err_code rc =
        err_set(e, ERR_JOB, "column %zu: '%.*s' is not a name that templates know: %s", column(c),
                (int)(n < 40 ? n : 40), c->at, buf_text(&known));
    buf_release(&known);
    return rc;
}

static enum err_code parse_index(struct template_path *p, struct cursor *c, struct err *e)
{
    size_t value = 0;
    const char *digits = ++c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9' && value < 100000000)
        value = value * 10 + (size_t)(*c->at++ - '0');
    if (c->at == digits || c->at == c->end || *c->at != ']')
        return err_set(e, ERR_JOB, "column %zu: expected [digits]", column(c));
    c->at++;
    add_step(p)->index = value;
    return ERR_OK;
}

static enum err_code parse_key(struct template_path *p, struct cursor *c, struct err *e)
{
    c->at++;
    size_t n = word_length(c);
    if (n == 0)
        return err_set(e, ERR_JOB, "column %zu: expected a key after '.'", column(c));
    add_step(p)->key = mem_slice(c->at, n);
    c->at += n;
    return ERR_OK;
}

static enum err_code parse_path(struct template_path *p, struct cursor *c, const char *const *roots,
                                struct err *e)
{
    skip_space(c);
    const char *from = c->at;
    enum err_code rc = parse_root(p, c, roots, e);
    while (!rc && c->at < c->end && (*c->at == '.' || *c->at == '['))
        rc = *c->at == '.' ? parse_key(p, c, e) : parse_index(p, c, e);
    if (rc)
        return rc;
    p->text = mem_slice(from, (size_t)(c->at - from));
    skip_space(c);
    if (c->at < c->end)
        return err_set(e, ERR_JOB, "column %zu: unexpected '%c' in a template", column(c), *c->at);
    return ERR_OK;
}

static struct template_part *add_part(struct template *t)
{
    t->parts = mem_grow(t->parts, t->n_parts + 1, sizeof(*t->parts));
    struct template_part *part = &t->parts[t->n_parts++];
    *part = (struct template_part){0};
    return part;
}

static void add_literal(struct template *t, const char *text, size_t len)
{
    if (!len)
        return;
    struct template_part *part = add_part(t);
    part->literal = mem_slice(text, len);
    part->literal_len = len;
}

enum err_code template_parse(struct template **out, const char *text, size_t len,
                             const char *const *roots, struct err *e)
{
    struct template *t = mem_new(sizeof(*t));
    const char *end = text + len;
    enum err_code rc = ERR_OK;
    const char *at = text;
    for (const char *open = NULL; !rc && (open = find_pair(at, end, '{'));) {
        add_literal(t, at, (size_t)(open - at));
        const char *close = find_pair(open, end, '}');
        struct cursor c = {text, open, end};
        if (!close) {
            rc = err_set(e, ERR_JOB, "column %zu: '{{' without '}}'", column(&c));
            break;
        }
        c.at = open + 2;
        c.end = close;
        rc = parse_path(&add_part(t)->path, &c, roots, e);
        at = close + 2;
    }
    if (rc) {
        template_free(t);
        return rc;
    }
    add_literal(t, at, (size_t)(end - at));
    *out = t;
    return ERR_OK;
}

static void path_release(struct template_path *p)
{
    for (size_t i = 0; i < p->n_steps; i++)
        free(p->steps[i].key);
    free(p->steps);
    free(p->text);
}

void template_free(struct template *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_parts; i++) {
        free(t->parts[i].literal);
        path_release(&t->parts[i].path);
    }
    free(t->parts);
    free(t);
}

bool template_has_paths(const struct template *t)
{
    for (size_t i = 0; i < t->n_parts; i++) {
        if (!t->parts[i].literal)
            return true;
    }
    return false;
}

bool template_is_one_path(const struct template *t)
{
    return t->n_parts == 1 && !t->parts[0].literal;
}

/* The name of the value that the steps before `i` led to, for messages. */
static void name_of(char out[64], const struct template_path *p, size_t i)
{
    if (i == 0)
        snprintf(out, 64, "%.*s", (int)strcspn(p->text, ".["), p->text);
    else if (p->steps[i - 1].key)
        snprintf(out, 64, "%s", p->steps[i - 1].key);
    else
        snprintf(out, 64, "element %zu", p->steps[i - 1].index);
}

/* Why step `i` leads nowhere from `v`. */
static void say_missing(struct template_fault *fault, const struct template_path *p, size_t i,
                        const struct template_value *v)
{
    const struct template_step *step = &p->steps[i];
    char where[64];
    name_of(where, p, i);
    if (!v->tape) {
        snprintf(fault->why, sizeof(fault->why), "%s is text, not JSON", where);
        return;
    }
    enum tape_kind kind = tape_kind(v->tape, v->at);
    size_t n = tape_count(v->tape, v->at);
    if (step->key && kind == TAPE_OBJECT)
        snprintf(fault->why, sizeof(fault->why), "%s has no key '%s'", where, step->key);
    else if (!step->key && kind == TAPE_ARRAY)
        snprintf(fault->why, sizeof(fault->why), "%s has %zu element%s", where, n,
                 n == 1 ? "" : "s");
    else
        snprintf(fault->why, sizeof(fault->why), "%s is %s, not %s", where, tape_kind_words(kind),
                 step->key ? "an object" : "a list");
}

/* How much of the path its root and first n steps are. */
static size_t length_of(const struct template_path *p, size_t n)
{
    size_t len = strcspn(p->text, ".[");
    while (n-- > 0)
        len += 1 + strcspn(p->text + len + 1, ".[");
    return len;
}

static bool resolve(const struct template_path *p, const struct template_scope *scope,
                    struct template_value *v, struct template_fault *fault)
{
    size_t taken = 0;
    fault->path = p->text;
    fault->reached = 0;
    fault->why[0] = '\0';
    if (!scope->find(scope->arg, p, &taken, v, fault))
        return false;
    for (size_t i = taken; i < p->n_steps; i++) {
        const struct template_step *step = &p->steps[i];
        size_t next = !v->tape    ? TAPE_NONE
                      : step->key ? tape_get(v->tape, v->at, step->key)
                                  : tape_index(v->tape, v->at, step->index);
        if (next == TAPE_NONE) {
            say_missing(fault, p, i, v);
            fault->reached = length_of(p, i);
            return false;
        }
        v->at = next;
        v->text = NULL;
    }
    return true;
}

/* An integer is its own shortest text, and may have more digits than a double holds. */
static void add_number(const struct tape *t, size_t v, struct buf *out)
{
    char number[NUM_ROOM];
    size_t len = 0;
    const char *text = tape_text(t, v, &len);
    bool whole = !memchr(text, '.', len) && !memchr(text, 'e', len) && !memchr(text, 'E', len);
    double value = tape_number(t, v);
    if (whole && value != 0)
        buf_add(out, text, len);
    else
        buf_text_add(out, num_json(number, value));
}

/* GAP-29 */
static void add_value(const struct template_value *v, struct buf *out)
{
    if (v->text) {
        buf_add(out, v->text, v->text_len);
        return;
    }
    switch (tape_kind(v->tape, v->at)) {
    case TAPE_STRING:
        tape_string(v->tape, v->at, out);
        return;
    case TAPE_NUMBER:
        add_number(v->tape, v->at, out);
        return;
    case TAPE_NULL:
    case TAPE_FALSE:
    case TAPE_TRUE:
    case TAPE_ARRAY:
    case TAPE_OBJECT:
        tape_compact(v->tape, v->at, out);
        return;
    }
}

bool template_render(const struct template *t, const struct template_scope *scope, struct buf *out,
                     struct template_kinds *kinds, struct template_fault *fault)
{
    for (size_t i = 0; i < t->n_parts; i++) {
        const struct template_part *part = &t->parts[i];
        struct template_value v = {0};
        if (part->literal) {
            buf_add(out, part->literal, part->literal_len);
            continue;
        }
        if (!resolve(&part->path, scope, &v, fault))
            return false;
        add_value(&v, out);
        enum tape_kind kind = v.tape ? tape_kind(v.tape, v.at) : TAPE_STRING;
        if (kinds && !kinds->path[kind])
            kinds->path[kind] = part->path.text;
    }
    return true;
}

bool template_render_json(const struct template *t, const struct template_scope *scope,
                          struct buf *out, struct template_fault *fault)
{
    assert(template_is_one_path(t));
    struct template_value v = {0};
    if (!resolve(&t->parts[0].path, scope, &v, fault))
        return false;
    if (v.tape)
        tape_compact(v.tape, v.at, out);
    else
        buf_json(out, v.text, v.text_len);
    return true;
}

size_t template_find(const char *text, const char *path)
{
    size_t len = strlen(path);
    for (const char *at = strstr(text, path); at; at = strstr(at + 1, path)) {
        bool begins = at > text && strchr("{ \t\r\n", at[-1]);
        if (begins && at[len] && strchr("} \t\r\n", at[len]))
            return (size_t)(at - text);
    }
    return 0;
}
