/* Whether a value fits a schema. */
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/job/schema_words.h"

struct test {
    const struct schema *schema;
    const struct tape *s; /* the schema's */
    const struct tape *t; /* the value's */
    struct schema_miss *why;
    size_t n_steps;
    unsigned depth;
    unsigned choosing; /* in an anyOf, what one branch misses is not worth telling */
    struct buf left;
    struct buf right;
};

PRINTF(3, 4)
static bool miss(struct test *x, size_t v, const char *fmt, ...)
{
    if (x->choosing)
        return false;
    x->why->at = v;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(x->why->text, sizeof(x->why->text), fmt, ap);
    va_end(ap);
    return false;
}

static bool fits(struct test *x, size_t schema, size_t v);

/* --- Equality -------------------------------------------------------------------------------- */

static bool same_text(struct test *x, const struct tape *a, size_t i, const struct tape *b,
                      size_t j)
{
    size_t n = 0;
    size_t m = 0;
    const char *left = schema_text(a, i, &x->left, &n);
    const char *right = schema_text(b, j, &x->right, &m);
    return n == m && memcmp(left, right, n) == 0;
}

static bool same(struct test *x, const struct tape *a, size_t i, const struct tape *b, size_t j);

static bool same_list(struct test *x, const struct tape *a, size_t i, const struct tape *b,
                      size_t j)
{
    size_t left = i + 1;
    size_t right = j + 1;
    while (left < a->at[i].next && right < b->at[j].next && same(x, a, left, b, right)) {
        left = a->at[left].next;
        right = b->at[right].next;
    }
    return left == a->at[i].next && right == b->at[j].next;
}

static bool same_object(struct test *x, const struct tape *a, size_t i, const struct tape *b,
                        size_t j)
{
    size_t n = tape_count(a, i);
    if (n != tape_count(b, j))
        return false;
    for (size_t k = i + 1; k < a->at[i].next; k = a->at[k + 1].next) {
        size_t len = 0;
        const char *key = schema_text(a, k, &x->left, &len);
        size_t other = tape_key(b, j, key, len);
        x->n_steps += n;
        if (other == TAPE_NONE || !same(x, a, k + 1, b, other))
            return false;
    }
    return true;
}

/* As JSON Schema has it: 1 and 1.0 are one value, the order of keys does not count. */
static bool same(struct test *x, const struct tape *a, size_t i, const struct tape *b, size_t j)
{
    enum tape_kind kind = tape_kind(a, i);
    if (kind != tape_kind(b, j) || ++x->n_steps > SCHEMA_MAX_STEPS)
        return false;
    switch (kind) {
    case TAPE_NULL:
    case TAPE_FALSE:
    case TAPE_TRUE:
        return true;
    case TAPE_NUMBER:
        return tape_number(a, i) == tape_number(b, j);
    case TAPE_STRING:
        return same_text(x, a, i, b, j);
    case TAPE_ARRAY:
        return same_list(x, a, i, b, j);
    case TAPE_OBJECT:
        return same_object(x, a, i, b, j);
    }
    return false;
}

/* --- One keyword each: `arg` is what it holds ------------------------------------------------ */

static bool fits_type(struct test *x, size_t schema, size_t arg, size_t v)
{
    (void)schema;
    if (schema_type_bits(x->s, arg) & schema_value_bits(x->t, v))
        return true;
    size_t len = 0;
    const char *text = tape_text(x->s, arg, &len);
    bool one = tape_kind(x->s, arg) == TAPE_STRING;
    return miss(x, v, "must be of type %.*s, found %s", (int)(one ? len - 2 : len),
                one ? text + 1 : text, tape_kind_words(tape_kind(x->t, v)));
}

static bool fits_const(struct test *x, size_t schema, size_t arg, size_t v)
{
    (void)schema;
    size_t len = 0;
    const char *text = tape_text(x->s, arg, &len);
    return same(x, x->s, arg, x->t, v) ||
           miss(x, v, "must be %.*s", (int)(len < 60 ? len : 60), text);
}

static bool fits_enum(struct test *x, size_t schema, size_t arg, size_t v)
{
    (void)schema;
    for (size_t c = arg + 1; c < x->s->at[arg].next; c = x->s->at[c].next) {
        if (same(x, x->s, c, x->t, v))
            return true;
    }
    return miss(x, v, "is none of the %zu values of the enum", tape_count(x->s, arg));
}

static bool fits_any(struct test *x, size_t schema, size_t arg, size_t v)
{
    (void)schema;
    bool found = false;
    x->choosing++;
    for (size_t c = arg + 1; !found && c < x->s->at[arg].next; c = x->s->at[c].next)
        found = fits(x, c, v);
    x->choosing--;
    return found || miss(x, v, "fits none of the %zu schemas of anyOf", tape_count(x->s, arg));
}

static bool fits_ref(struct test *x, size_t schema, size_t arg, size_t v)
{
    (void)schema;
    size_t target = schema_target(x->schema, arg);
    return target == TAPE_NONE || fits(x, target, v); /* told of */
}

static bool fits_required(struct test *x, size_t schema, size_t arg, size_t v)
{
    (void)schema;
    if (tape_kind(x->t, v) != TAPE_OBJECT)
        return true;
    for (size_t name = arg + 1; name < x->s->at[arg].next; name = x->s->at[name].next) {
        size_t len = 0;
        const char *text = schema_text(x->s, name, &x->left, &len);
        x->n_steps += 1 + tape_count(x->t, v) / 16;
        if (tape_key(x->t, v, text, len) == TAPE_NONE)
            return miss(x, v, "lacks \"%.*s\"", (int)(len < 80 ? len : 80), text);
    }
    return true;
}

/* Of a key given twice the last counts, as everywhere. */
static bool fits_properties(struct test *x, size_t schema, size_t arg, size_t v)
{
    (void)schema;
    if (tape_kind(x->t, v) != TAPE_OBJECT)
        return true;
    for (size_t k = arg + 1; k < x->s->at[arg].next; k = x->s->at[k + 1].next) {
        size_t len = 0;
        const char *name = schema_text(x->s, k, &x->left, &len);
        size_t value = tape_key(x->t, v, name, len);
        x->n_steps += 1 + tape_count(x->t, v) / 16;
        if (value != TAPE_NONE && !fits(x, k + 1, value))
            return false;
    }
    return true;
}

static bool fits_additional(struct test *x, size_t schema, size_t arg, size_t v)
{
    if (tape_kind(x->t, v) != TAPE_OBJECT ||
        tape_get(x->s, schema, "patternProperties") != TAPE_NONE) /* told of */
        return true;
    size_t properties = tape_get(x->s, schema, "properties");
    for (size_t k = v + 1; k < x->t->at[v].next; k = x->t->at[k + 1].next) {
        size_t len = 0;
        const char *name = schema_text(x->t, k, &x->left, &len);
        x->n_steps += 1 + tape_count(x->s, properties) / 16;
        if (tape_key(x->s, properties, name, len) != TAPE_NONE)
            continue;
        if (tape_kind(x->s, arg) == TAPE_FALSE)
            return miss(x, v, "has \"%.*s\", which is no property of it",
                        (int)(len < 80 ? len : 80), name);
        if (!fits(x, arg, k + 1))
            return false;
    }
    return true;
}

static bool fits_items(struct test *x, size_t schema, size_t arg, size_t v)
{
    if (tape_kind(x->t, v) != TAPE_ARRAY || tape_kind(x->s, arg) == TAPE_ARRAY ||
        tape_get(x->s, schema, "prefixItems") != TAPE_NONE) /* told of */
        return true;
    for (size_t i = v + 1; i < x->t->at[v].next; i = x->t->at[i].next) {
        if (!fits(x, arg, i))
            return false;
    }
    return true;
}

static bool fits_unique(struct test *x, size_t schema, size_t arg, size_t v)
{
    (void)schema;
    if (tape_kind(x->s, arg) != TAPE_TRUE || tape_kind(x->t, v) != TAPE_ARRAY)
        return true;
    for (size_t i = v + 1; i < x->t->at[v].next; i = x->t->at[i].next) {
        for (size_t j = x->t->at[i].next; j < x->t->at[v].next; j = x->t->at[j].next) {
            if (same(x, x->t, i, x->t, j))
                return miss(x, j, "stands in the list twice");
        }
    }
    return true;
}

static bool fits_multiple(struct test *x, size_t schema, size_t arg, size_t v)
{
    (void)schema;
    if (tape_kind(x->t, v) != TAPE_NUMBER)
        return true;
    double n = tape_number(x->t, v) / tape_number(x->s, arg);
    bool whole = isfinite(n) && fabs(n - round(n)) <= 4 * DBL_EPSILON * fabs(n);
    return whole || miss(x, v, "is no multiple of %g", tape_number(x->s, arg));
}

/* Numbers have bounds, and so has how much there is of other values. */
struct bound {
    enum tape_kind of; /* TAPE_NULL: the keyword is no bound */
    bool low;          /* at least, not at most */
    bool open;         /* the bound itself is out */
    const char *what;
};

static const struct bound bounds[WORD_NONE] = {
    [WORD_MINIMUM] = {TAPE_NUMBER, true, false, "be at least"},
    [WORD_MAXIMUM] = {TAPE_NUMBER, false, false, "be at most"},
    [WORD_EXCLUSIVE_MINIMUM] = {TAPE_NUMBER, true, true, "be above"},
    [WORD_EXCLUSIVE_MAXIMUM] = {TAPE_NUMBER, false, true, "be below"},
    [WORD_MIN_LENGTH] = {TAPE_STRING, true, false, "have characters: at least"},
    [WORD_MAX_LENGTH] = {TAPE_STRING, false, false, "have characters: at most"},
    [WORD_MIN_ITEMS] = {TAPE_ARRAY, true, false, "have items: at least"},
    [WORD_MAX_ITEMS] = {TAPE_ARRAY, false, false, "have items: at most"},
    [WORD_MIN_PROPERTIES] = {TAPE_OBJECT, true, false, "have properties: at least"},
    [WORD_MAX_PROPERTIES] = {TAPE_OBJECT, false, false, "have properties: at most"},
};

static double measure(struct test *x, size_t v)
{
    if (tape_kind(x->t, v) == TAPE_NUMBER)
        return tape_number(x->t, v);
    if (tape_kind(x->t, v) != TAPE_STRING)
        return (double)tape_count(x->t, v);
    size_t len = 0;
    const char *text = schema_text(x->t, v, &x->left, &len);
    return (double)schema_chars(text, len);
}

static bool fits_bound(struct test *x, const struct bound *b, size_t arg, size_t v)
{
    if (tape_kind(x->t, v) != b->of)
        return true;
    double n = measure(x, v);
    double bound = tape_number(x->s, arg);
    bool within = b->open ? n != bound : true;
    within = within && (b->low ? n >= bound : n <= bound);
    return within || miss(x, v, "must %s %g, found %g", b->what, bound, n);
}

/* --- All of them ----------------------------------------------------------------------------- */

/* What is not here says nothing about values, or is passed over (schema_word_untested). */
static bool (*const keywords[WORD_NONE])(struct test *x, size_t schema, size_t arg, size_t v) = {
    [WORD_TYPE] = fits_type,
    [WORD_CONST] = fits_const,
    [WORD_ENUM] = fits_enum,
    [WORD_ANY_OF] = fits_any,
    [WORD_REF] = fits_ref,
    [WORD_REQUIRED] = fits_required,
    [WORD_PROPERTIES] = fits_properties,
    [WORD_ADDITIONAL] = fits_additional,
    [WORD_ITEMS] = fits_items,
    [WORD_UNIQUE_ITEMS] = fits_unique,
    [WORD_MULTIPLE_OF] = fits_multiple,
};

static bool fits_all(struct test *x, size_t schema, size_t v)
{
    for (size_t k = schema + 1; k < x->s->at[schema].next; k = x->s->at[k + 1].next) {
        enum schema_word word = schema_word(x->s, k);
        if (word == WORD_NONE)
            continue;
        bool fine = !keywords[word] || keywords[word](x, schema, k + 1, v);
        if (fine && bounds[word].of != TAPE_NULL)
            fine = fits_bound(x, &bounds[word], k + 1, v);
        if (!fine)
            return false;
    }
    return true;
}

static bool fits(struct test *x, size_t schema, size_t v)
{
    if (tape_kind(x->s, schema) == TAPE_FALSE)
        return miss(x, v, "must not be there");
    if (tape_kind(x->s, schema) != TAPE_OBJECT)
        return true;
    if (x->depth >= SCHEMA_MAX_DEPTH)
        return miss(x, v, "is nested too deep to be tested");
    if (++x->n_steps > SCHEMA_MAX_STEPS)
        return miss(x, v, "is too much to be tested");
    x->depth++;
    bool fine = fits_all(x, schema, v);
    x->depth--;
    return fine;
}

bool schema_fits(const struct schema *s, const struct tape *t, size_t v, struct schema_miss *why)
{
    struct test x = {.schema = s, .s = s->tape, .t = t, .why = why};
    bool fine = fits(&x, s->root, v);
    if (x.n_steps > SCHEMA_MAX_STEPS) { /* an equality may have been given up */
        fine = false;
        why->at = v;
        snprintf(why->text, sizeof(why->text), "is too much to be tested");
    }
    buf_release(&x.left);
    buf_release(&x.right);
    return fine;
}
