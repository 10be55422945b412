#include "sim/job/schema_draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/base/text.h"
#include "sim/job/schema_words.h"

enum {
    OPTIONAL_DEPTH = 6, /* deeper, only what is required: schemas that hold themselves end */
    MORE_ITEMS = 3,
    ITEM_TRIES = 8,        /* for an item unlike those before it */
    DIFFERENT_MOST = 1000, /* items that are told apart as they are drawn */
    SPAN = 100,            /* of numbers without bounds */
    CHARS_MOST = 10000,    /* of a minLength */
};

#define WHOLE_MOST 9007199254740992.0 /* 2^53: whole numbers that a double tells apart */

struct draw {
    const struct schema *schema;
    const struct tape *s;
    struct rng *rng;
    const struct schema_source *source;
    struct buf *out;
    size_t from; /* where the value begins in `out` */
    unsigned depth;
    struct buf text; /* a string being made */
};

static bool draw_value(struct draw *x, size_t v);

static bool coin(struct draw *x)
{
    return rng_below(x->rng, 2) == 0;
}

/* What the schema itself says of a value under a key; false if it is no number. */
static bool number_of(const struct draw *x, size_t v, const char *key, double *out)
{
    size_t at = tape_get(x->s, v, key);
    if (tape_kind(x->s, at) != TAPE_NUMBER)
        return false;
    *out = tape_number(x->s, at);
    return true;
}

static size_t count_of(const struct draw *x, size_t v, const char *key, size_t otherwise)
{
    double n = 0;
    if (!number_of(x, v, key, &n) || n < 0)
        return otherwise;
    return n < SCHEMA_DRAW_BYTES ? (size_t)n : SCHEMA_DRAW_BYTES;
}

/* --- numbers --------------------------------------------------------------------------------- */

struct range {
    double lo;
    double hi;
};

static struct range range_of(const struct draw *x, size_t v, bool whole)
{
    double lo = 0;
    double hi = 0;
    double edge = 0;
    bool has_lo = number_of(x, v, "minimum", &lo);
    bool has_hi = number_of(x, v, "maximum", &hi);
    if (number_of(x, v, "exclusiveMinimum", &edge) && (!has_lo || edge >= lo)) {
        lo = whole ? floor(edge) + 1 : edge;
        has_lo = true;
    }
    if (number_of(x, v, "exclusiveMaximum", &edge) && (!has_hi || edge <= hi)) {
        hi = whole ? ceil(edge) - 1 : edge;
        has_hi = true;
    }
    if (!has_lo)
        lo = has_hi && hi < SPAN ? hi - SPAN : 0;
    if (!has_lo && has_hi && hi >= 0)
        lo = 0;
    if (!has_hi)
        hi = lo + SPAN;
    return (struct range){whole ? ceil(lo) : lo, whole ? floor(hi) : hi};
}

static double within(struct draw *x, struct range r)
{
    double value = r.lo + rng_unit(x->rng) * (r.hi / 2 - r.lo / 2) * 2;
    return value < r.lo ? r.lo : value > r.hi ? r.hi : value;
}

/* A whole number, each as likely. */
static double whole_within(struct draw *x, struct range r)
{
    r.lo = fmax(r.lo, -WHOLE_MOST);
    r.hi = fmin(r.hi, WHOLE_MOST);
    double value = floor(r.lo + rng_unit(x->rng) * (r.hi - r.lo + 1));
    return value > r.hi ? r.hi : value;
}

static bool draw_number(struct draw *x, size_t v, bool whole)
{
    struct range r = range_of(x, v, whole);
    double step = 0;
    double value = 0;
    if (number_of(x, v, "multipleOf", &step) && step > 0)
        value = step * whole_within(x, (struct range){ceil(r.lo / step), floor(r.hi / step)});
    else if (whole)
        value = whole_within(x, r);
    else
        value = within(x, r);
    double rounded = round(value * 100) / 100; /* as people write them */
    if (!whole && step <= 0 && rounded >= r.lo && rounded <= r.hi)
        value = rounded;
    if (r.lo > r.hi || !isfinite(value))
        return false;
    char text[NUM_ROOM];
    if (value == floor(value) && fabs(value) <= WHOLE_MOST)
        buf_printf(x->out, "%.0f", value + 0.0); /* no -0 */
    else
        buf_text_add(x->out, num_json(text, value));
    return true;
}

/* --- strings --------------------------------------------------------------------------------- */

static const char *format_example(const struct draw *x, size_t v)
{
    static const struct {
        const char *format, *text;
    } rows[] = {
        {"date", "2026-01-15"},          {"date-time", "2026-01-15T09:30:00Z"},
        {"time", "09:30:00Z"},           {"email", "someone@example.com"},
        {"uri", "https://example.com/"}, {"uuid", "3f2b8c1e-7a64-4d0f-9b3a-5c6d7e8f9a0b"},
        {"ipv4", "192.0.2.1"},
    };
    size_t format = tape_get(x->s, v, "format");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (tape_is(x->s, format, rows[i].format))
            return rows[i].text;
    }
    return NULL;
}

/* Bytes of the first `n` code points. */
static size_t prefix(const char *text, size_t len, size_t n)
{
    size_t at = 0;
    for (; n && at < len; n--) {
        size_t bytes = text_sequence(text + at, len - at);
        at += bytes ? bytes : 1;
    }
    return at < len ? at : len;
}

static bool draw_string(struct draw *x, size_t v)
{
    size_t least = count_of(x, v, "minLength", 0);
    size_t most = count_of(x, v, "maxLength", SCHEMA_DRAW_BYTES);
    const char *example = format_example(x, v);
    if (least > CHARS_MOST)
        return false;
    buf_clear(&x->text);
    if (example)
        buf_text_add(&x->text, example);
    else
        x->source->text(x->source->arg, x->rng, &x->text);
    while (!example && schema_chars(buf_text(&x->text), x->text.len) < least) {
        size_t before = x->text.len;
        if (before)
            buf_char(&x->text, ' ');
        x->source->text(x->source->arg, x->rng, &x->text);
        if (x->text.len <= before + 1) /* there are no words */
            buf_char(&x->text, 'x');
    }
    buf_cut(&x->text, prefix(buf_text(&x->text), x->text.len, most));
    buf_json(x->out, buf_text(&x->text), x->text.len);
    return true;
}

/* --- lists and objects ----------------------------------------------------------------------- */

/* Items of a list that must differ: where each ends in `out`, the first entry being where the list
 * begins. Told apart by their bytes; what those miss is left to the next try. */
struct ends {
    size_t *at; /* owned */
    size_t n;
};

static bool is_twice(const struct draw *x, const struct ends *ends)
{
    const char *last = x->out->at + ends->at[ends->n - 1] + 1; /* behind '[' or ',' */
    size_t len = x->out->len - ends->at[ends->n - 1] - 1;
    for (size_t i = 0; i + 1 < ends->n; i++) {
        if (ends->at[i + 1] - ends->at[i] - 1 == len &&
            memcmp(x->out->at + ends->at[i] + 1, last, len) == 0)
            return true;
    }
    return false;
}

/* Append item `i`, and what stands before it; of a list whose ends are kept, one that is unlike the
 * others. False, with nothing appended: there is none to be had. */
static bool draw_item(struct draw *x, size_t items, size_t i, struct ends *ends)
{
    size_t from = x->out->len;
    bool tuple = tape_kind(x->s, items) == TAPE_ARRAY; /* in the drafts up to 7 */
    size_t schema = tuple ? tape_index(x->s, items, i) : items;
    if (ends->at)
        ends->at[ends->n++] = from;
    for (int tries = 0; tries < ITEM_TRIES; tries++) {
        buf_cut(x->out, from);
        buf_char(x->out, i ? ',' : '[');
        if (!draw_value(x, schema))
            break;
        if (!ends->at || !is_twice(x, ends))
            return true;
    }
    buf_cut(x->out, from);
    return false;
}

static bool draw_list(struct draw *x, size_t v)
{
    size_t items = tape_get(x->s, v, "items");
    size_t least = count_of(x, v, "minItems", 0);
    size_t most = count_of(x, v, "maxItems", SIZE_MAX);
    size_t more = x->depth < OPTIONAL_DEPTH ? MORE_ITEMS : 0;
    struct ends ends = {0};
    if (least > most)
        return false;
    more = more > most - least ? most - least : more;
    size_t n = least + rng_below(x->rng, more + 1);
    if (tape_kind(x->s, tape_get(x->s, v, "uniqueItems")) == TAPE_TRUE && n <= DIFFERENT_MOST)
        ends.at = mem_array(n + 1, sizeof(*ends.at));
    size_t i = 0;
    while (i < n && draw_item(x, items, i, &ends))
        i++;
    buf_text_add(x->out, i ? "]" : "[]");
    free(ends.at);
    return i >= least; /* where no more were to be had, enough all the same */
}

static bool is_required(const struct draw *x, size_t required, size_t key)
{
    if (tape_kind(x->s, required) != TAPE_ARRAY)
        return false;
    for (size_t i = required + 1; i < x->s->at[required].next; i = x->s->at[i].next) {
        if (tape_is_same(x->s, i, key))
            return true;
    }
    return false;
}

static bool draw_property(struct draw *x, bool first, size_t key, size_t schema)
{
    size_t len = 0;
    const char *text = tape_text(x->s, key, &len);
    if (!first)
        buf_char(x->out, ',');
    buf_add(x->out, text, len);
    buf_char(x->out, ':');
    return draw_value(x, schema);
}

static bool draw_object(struct draw *x, size_t v)
{
    size_t properties = tape_get(x->s, v, "properties");
    size_t required = tape_get(x->s, v, "required");
    bool has = tape_kind(x->s, properties) == TAPE_OBJECT;
    bool names = tape_kind(x->s, required) == TAPE_ARRAY;
    bool first = true;
    buf_char(x->out, '{');
    for (size_t k = properties + 1; has && k < x->s->at[properties].next;
         k = x->s->at[k + 1].next) {
        if (!is_required(x, required, k) && (x->depth >= OPTIONAL_DEPTH || coin(x)))
            continue;
        if (!draw_property(x, first, k, k + 1))
            return false;
        first = false;
    }
    for (size_t i = required + 1; names && i < x->s->at[required].next; i = x->s->at[i].next) {
        size_t len = 0;
        const char *name = schema_text(x->s, i, &x->text, &len);
        if (has && tape_key(x->s, properties, name, len) != TAPE_NONE)
            continue; /* drawn above */
        if (!draw_property(x, first, i, tape_get(x->s, v, "additionalProperties")))
            return false;
        first = false;
    }
    buf_char(x->out, '}');
    return true;
}

/* --- any value ------------------------------------------------------------------------------- */

/* One of the values, or schemas, of a list; TAPE_NONE if it has none. */
static size_t one_of(struct draw *x, size_t list)
{
    size_t n = tape_kind(x->s, list) == TAPE_ARRAY ? tape_count(x->s, list) : 0;
    return n ? tape_index(x->s, list, rng_below(x->rng, n)) : TAPE_NONE;
}

/* What the keywords speak of, where there is no "type". */
static unsigned bits_meant(const struct draw *x, size_t v)
{
    static const struct {
        const char *key;
        unsigned bit;
    } rows[] = {
        {"properties", TYPE_OBJECT}, {"required", TYPE_OBJECT}, {"items", TYPE_ARRAY},
        {"minItems", TYPE_ARRAY},    {"minimum", TYPE_NUMBER},  {"maximum", TYPE_NUMBER},
        {"multipleOf", TYPE_NUMBER},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (tape_get(x->s, v, rows[i].key) != TAPE_NONE)
            return rows[i].bit;
    }
    return TYPE_STRING;
}

static bool draw_of_type(struct draw *x, size_t v, unsigned bits)
{
    unsigned chosen = 0;
    size_t n = 0;
    for (unsigned bit = 1; bit < 1u << SCHEMA_N_TYPES; bit <<= 1)
        n += (bits & bit) != 0;
    size_t skip = n ? rng_below(x->rng, n) : 0;
    for (unsigned bit = 1; bit < 1u << SCHEMA_N_TYPES; bit <<= 1) {
        if ((bits & bit) && skip-- == 0)
            chosen = bit;
    }
    switch (chosen) {
    case TYPE_ARRAY:
        return draw_list(x, v);
    case TYPE_OBJECT:
        return draw_object(x, v);
    case TYPE_INTEGER:
    case TYPE_NUMBER:
        return draw_number(x, v, chosen == TYPE_INTEGER);
    case TYPE_BOOLEAN:
        buf_text_add(x->out, coin(x) ? "true" : "false");
        return true;
    case TYPE_NULL:
        buf_text_add(x->out, "null");
        return true;
    default:
        return draw_string(x, v);
    }
}

static bool draw_schema(struct draw *x, size_t v)
{
    size_t ref = tape_get(x->s, v, "$ref");
    size_t value = tape_get(x->s, v, "const");
    size_t type = tape_get(x->s, v, "type");
    if (ref != TAPE_NONE) {
        size_t target = schema_target(x->schema, ref);
        return target != TAPE_NONE && draw_value(x, target);
    }
    if (value == TAPE_NONE)
        value = one_of(x, tape_get(x->s, v, "enum"));
    if (value != TAPE_NONE) {
        tape_compact(x->s, value, x->out);
        return true;
    }
    if (type != TAPE_NONE) /* what anyOf adds to it is left to the next try */
        return draw_of_type(x, v, schema_type_bits(x->s, type));
    size_t branch = one_of(x, tape_get(x->s, v, "anyOf"));
    if (branch == TAPE_NONE)
        branch = one_of(x, tape_get(x->s, v, "oneOf"));
    return branch != TAPE_NONE ? draw_value(x, branch) : draw_of_type(x, v, bits_meant(x, v));
}

/* `v` may be TAPE_NONE: any value will do. */
static bool draw_value(struct draw *x, size_t v)
{
    if (x->depth >= SCHEMA_DRAW_DEPTH || x->out->len - x->from > SCHEMA_DRAW_BYTES)
        return false;
    x->depth++;
    bool drawn = tape_kind(x->s, v) == TAPE_OBJECT                   ? draw_schema(x, v)
                 : v == TAPE_NONE || tape_kind(x->s, v) == TAPE_TRUE ? draw_string(x, TAPE_NONE)
                                                                     : false;
    x->depth--;
    return drawn;
}

/* --- tries ----------------------------------------------------------------------------------- */

static void note_fault(void *arg, const struct schema_fault *fault)
{
    char *why = arg;
    if (fault->severity == DIAG_ERROR && !*why)
        snprintf(why, SCHEMA_WHY_ROOM, "its schema is at fault: %s", fault->text);
}

bool schema_draw(const struct schema *s, struct rng *rng, const struct schema_source *source,
                 struct buf *out, char why[SCHEMA_WHY_ROOM])
{
    struct draw x = {
        .schema = s, .s = s->tape, .rng = rng, .source = source, .out = out, .from = out->len};
    struct tape drawn = {0};
    struct tape_fault fault;
    struct schema_miss miss = {.text = "it asks for too much, or holds itself"};
    bool fits = false;
    *why = '\0';
    if (schema_check(s, 0, note_fault, why))
        return false;
    for (int i = 0; i < SCHEMA_DRAW_TRIES && !fits; i++) {
        buf_cut(out, x.from);
        fits = draw_value(&x, s->root) &&
               tape_scan(&drawn, out->at + x.from, out->len - x.from, &fault) &&
               schema_fits(s, &drawn, 0, &miss);
    }
    if (!fits) {
        buf_cut(out, x.from);
        snprintf(why, SCHEMA_WHY_ROOM, "nothing drawn in %d tries fits its schema: %s",
                 SCHEMA_DRAW_TRIES, miss.text);
    }
    tape_release(&drawn);
    buf_release(&x.text);
    return fits;
}
