/* Whether something is a schema, and a strict one. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/job/schema_words.h"

enum {
    MAX_HOPS = 64, /* references that lead to references */
    MAX_STEPS = 1 << 30,
    SHOWN_BYTES = 40, /* of a name, in a message */
};

struct walk {
    const struct schema *schema;
    const struct tape *t;
    unsigned flags;
    void (*on_fault)(void *arg, const struct schema_fault *fault);
    void *arg;
    size_t n_warnings;
    size_t n_errors;
    size_t n_properties;
    size_t n_choices;
    size_t n_chars;
    size_t levels;  /* the most there are */
    size_t n_steps; /* in following references, at worst */
    struct buf scratch;
};

static bool is_strict(const struct walk *w)
{
    return w->flags & SCHEMA_STRICT;
}

PRINTF(3, 0)
static void vtell(struct walk *w, struct schema_fault fault, const char *fmt, va_list ap)
{
    vsnprintf(fault.text, sizeof(fault.text), fmt, ap);
    size_t *n = fault.severity == DIAG_ERROR ? &w->n_errors : &w->n_warnings;
    if ((*n)++ < SCHEMA_MAX_FAULTS) /* each for itself: no warning must hide an error */
        w->on_fault(w->arg, &fault);
}

PRINTF(6, 7)
static void tell(struct walk *w, enum diag_code code, enum diag_severity severity, size_t at,
                 const char *fix, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vtell(w, (struct schema_fault){.code = code, .severity = severity, .at = at, .fix = fix}, fmt,
          ap);
    va_end(ap);
}

PRINTF(5, 6)
static void tell_key(struct walk *w, enum diag_code code, enum diag_severity severity, size_t at,
                     const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vtell(w, (struct schema_fault){.code = code, .severity = severity, .at = at, .key = true}, fmt,
          ap);
    va_end(ap);
}

/* A scalar as it stands, cut; a container in words. */
struct shown {
    char text[SHOWN_BYTES + 4];
};

static struct shown shown(const struct walk *w, size_t v)
{
    struct shown s;
    enum tape_kind kind = tape_kind(w->t, v);
    size_t len = 0;
    const char *text = tape_text(w->t, v, &len);
    if (kind == TAPE_ARRAY || kind == TAPE_OBJECT) {
        snprintf(s.text, sizeof(s.text), "%s", tape_kind_words(kind));
        return s;
    }
    size_t cut = len < SHOWN_BYTES ? len : SHOWN_BYTES;
    while (cut < len && cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80)
        cut--;
    snprintf(s.text, sizeof(s.text), "%.*s%s", (int)cut, text, cut < len ? "..." : "");
    return s;
}

static void wrong(struct walk *w, enum schema_word word, size_t v, const char *wanted)
{
    tell(w, DIAG_S001, DIAG_ERROR, v, NULL, "\"%s\" must be %s, found %s", schema_words[word].name,
         wanted, shown(w, v).text);
}

static void walk_schema(struct walk *w, size_t v, size_t level);

/* --- What a keyword holds (S001) ------------------------------------------------------------- */

static void count_chars(struct walk *w, size_t v)
{
    size_t len = 0;
    const char *text = schema_text(w->t, v, &w->scratch, &len);
    w->n_chars += schema_chars(text, len);
}

static void walk_map(struct walk *w, enum schema_word word, size_t map, size_t level)
{
    if (tape_kind(w->t, map) != TAPE_OBJECT) {
        wrong(w, word, map, "an object, a schema for each name");
        return;
    }
    for (size_t k = map + 1; k < w->t->at[map].next; k = w->t->at[k + 1].next) {
        w->n_properties += word == WORD_PROPERTIES;
        count_chars(w, k);
        walk_schema(w, k + 1, word == WORD_PROPERTIES ? level : 0);
    }
}

static void walk_list(struct walk *w, enum schema_word word, size_t list, size_t level)
{
    if (tape_kind(w->t, list) != TAPE_ARRAY || !tape_count(w->t, list)) {
        wrong(w, word, list, "a list of at least one schema");
        return;
    }
    for (size_t v = list + 1; v < w->t->at[list].next; v = w->t->at[v].next)
        walk_schema(w, v, level);
}

static void check_type(struct walk *w, size_t v)
{
    size_t first = tape_kind(w->t, v) == TAPE_ARRAY ? v + 1 : v;
    size_t end = w->t->at[v].next;
    if (first == end)
        wrong(w, WORD_TYPE, v, "the name of a type, or a list of them");
    for (size_t one = first; one < end; one = w->t->at[one].next) {
        if (tape_kind(w->t, one) == TAPE_STRING && schema_type_bits(w->t, one))
            continue;
        size_t len = 0;
        bool text = tape_kind(w->t, one) == TAPE_STRING;
        const char *quoted = tape_text(w->t, one, &len);
        char *word = mem_slice(quoted + text, text ? len - 2 : len);
        struct nearest near = {.word = word};
        for (size_t i = 0; text && i < SCHEMA_N_TYPES; i++)
            nearest_try(&near, schema_types[i]);
        char fix[64];
        snprintf(fix, sizeof(fix), "did you mean \"%s\"?", near.name ? near.name : "");
        tell(w, DIAG_S001, DIAG_ERROR, one,
             near.name ? fix : "use string, number, integer, boolean, object, array or null",
             "%s is not a type", shown(w, one).text);
        free(word);
    }
}

static void check_enum(struct walk *w, size_t list)
{
    if (tape_kind(w->t, list) != TAPE_ARRAY) {
        wrong(w, WORD_ENUM, list, "a list of values");
        return;
    }
    size_t n = 0;
    size_t before = w->n_chars;
    for (size_t v = list + 1; v < w->t->at[list].next; v = w->t->at[v].next, n++) {
        if (tape_kind(w->t, v) == TAPE_STRING)
            count_chars(w, v);
    }
    w->n_choices += n;
    size_t n_chars = w->n_chars - before;
    if (!n)
        tell(w, DIAG_S011, DIAG_ERROR, list, "name the values, or drop the enum",
             "an enum without values: nothing fits it");
    else if (is_strict(w) && n > SCHEMA_MANY_CHOICES && n_chars > SCHEMA_MANY_CHARS)
        tell(w, DIAG_S008, DIAG_ERROR, list, NULL,
             "an enum of %zu values and %zu characters; with more than %d values it has at most %d",
             n, n_chars, SCHEMA_MANY_CHOICES, SCHEMA_MANY_CHARS);
}

static void check_names(struct walk *w, enum schema_word word, size_t list)
{
    bool fine = tape_kind(w->t, list) == TAPE_ARRAY;
    for (size_t v = list + 1; fine && v < w->t->at[list].next; v = w->t->at[v].next)
        fine = tape_kind(w->t, v) == TAPE_STRING;
    if (fine)
        return;
    enum tape_kind kind = tape_kind(w->t, list);
    tell(w, DIAG_S001, DIAG_ERROR, list,
         kind == TAPE_TRUE || kind == TAPE_FALSE
             ? "list the names of required properties in the object that has them"
             : NULL,
         "\"%s\" must be a list of names, found %s", schema_words[word].name, shown(w, list).text);
}

/* Through references that lead to references, as long as each schema is nothing else. */
static bool goes_in_circles(struct walk *w, size_t ref)
{
    for (int i = 0; i < MAX_HOPS && ref != TAPE_NONE; i++) {
        w->n_steps += w->t->at[w->schema->root].next - w->schema->root;
        ref = tape_get(w->t, schema_target(w->schema, ref), "$ref");
        if (ref != TAPE_NONE && tape_kind(w->t, ref) != TAPE_STRING)
            return false; /* told where it stands */
    }
    return ref != TAPE_NONE;
}

static void check_ref(struct walk *w, size_t v)
{
    if (tape_kind(w->t, v) != TAPE_STRING) {
        wrong(w, WORD_REF, v, "a string");
        return;
    }
    if (w->n_steps > MAX_STEPS) {
        tell(w, DIAG_S008, DIAG_ERROR, v, NULL, "more references than are followed");
        return;
    }
    size_t len = 0;
    const char *text = schema_text(w->t, v, &w->scratch, &len);
    bool pointer = len && *text == '#' && (len == 1 || text[1] == '/');
    size_t target = schema_target(w->schema, v);
    static const char fix[] = "refer to \"#\", or to \"#/$defs/NAME\" with the schema in \"$defs\"";
    if (!pointer)
        tell(w, DIAG_S002, is_strict(w) ? DIAG_ERROR : DIAG_WARNING, v, fix,
             "a reference out of the schema: %s", shown(w, v).text);
    else if (target == TAPE_NONE)
        tell(w, DIAG_S002, DIAG_ERROR, v, fix, "nothing stands at %s", shown(w, v).text);
    else if (goes_in_circles(w, v))
        tell(w, DIAG_S002, DIAG_ERROR, v, fix, "%s leads back to itself", shown(w, v).text);
}

/* "items" as the drafts up to 7 had it: a schema for each place in the list. */
static void walk_tuple(struct walk *w, size_t list, size_t level)
{
    if (is_strict(w))
        tell(w, DIAG_S006, DIAG_ERROR, list, "give one schema for all items",
             "a list of schemas in \"items\" is not allowed in a strict schema");
    else if (w->flags & SCHEMA_TESTED)
        tell(w, DIAG_S014, DIAG_WARNING, list, NULL,
             "answers are not tested against a list of schemas in \"items\" here");
    walk_list(w, WORD_ITEMS, list, level);
}

/* As large as a double tells one whole number from the next. */
static bool is_count(const struct walk *w, size_t v)
{
    double number = tape_kind(w->t, v) == TAPE_NUMBER ? tape_number(w->t, v) : -1;
    return number >= 0 && number <= 0x1p53 && number == floor(number);
}

static void check_value(struct walk *w, enum schema_word word, size_t v, size_t level)
{
    enum tape_kind kind = tape_kind(w->t, v);
    switch (schema_words[word].holds) {
    case HOLDS_ANYTHING:
        break;
    case HOLDS_TEXT:
        if (kind != TAPE_STRING)
            wrong(w, word, v, "a string");
        break;
    case HOLDS_FLAG:
        if (kind != TAPE_TRUE && kind != TAPE_FALSE)
            wrong(w, word, v, "true or false");
        break;
    case HOLDS_NUMBER:
        if (kind != TAPE_NUMBER)
            wrong(w, word, v, "a number");
        break;
    case HOLDS_POSITIVE:
        if (kind != TAPE_NUMBER || tape_number(w->t, v) <= 0)
            wrong(w, word, v, "a number above 0");
        break;
    case HOLDS_COUNT:
        if (!is_count(w, v))
            wrong(w, word, v, "a whole number from 0");
        break;
    case HOLDS_NAMES:
        check_names(w, word, v);
        break;
    case HOLDS_VALUES:
        check_enum(w, v);
        break;
    case HOLDS_TYPES:
        check_type(w, v);
        break;
    case HOLDS_REFERENCE:
        check_ref(w, v);
        break;
    case HOLDS_SCHEMA:
        walk_schema(w, v, level);
        break;
    case HOLDS_SCHEMA_LIST:
        walk_list(w, word, v, level);
        break;
    case HOLDS_SCHEMA_OR_LIST:
        if (kind == TAPE_ARRAY)
            walk_tuple(w, v, level);
        else
            walk_schema(w, v, level);
        break;
    case HOLDS_SCHEMA_MAP:
        walk_map(w, word, v, level);
        break;
    }
}

/* --- The strict subset ----------------------------------------------------------------------- */

static void check_standing(struct walk *w, enum schema_word word, size_t k)
{
    const char *name = schema_words[word].name;
    switch (schema_words[word].standing) {
    case STANDING_FINE:
        break;
    case STANDING_TUNED:
        tell_key(w, DIAG_S007, DIAG_WARNING, k,
                 "\"%s\" is not for fine-tuned models in a strict schema%s", name,
                 schema_word_untested(word) && (w->flags & SCHEMA_TESTED)
                     ? ", and answers are not tested against it here"
                     : "");
        break;
    case STANDING_REFUSED:
        tell_key(w, DIAG_S006, DIAG_ERROR, k, "\"%s\" is not allowed in a strict schema", name);
        break;
    case STANDING_UNSAID:
        tell_key(w, DIAG_S006, DIAG_WARNING, k,
                 "no list of what strict schemas may have names \"%s\"", name);
        break;
    }
}

static void check_word(struct walk *w, size_t k, size_t level)
{
    enum schema_word word = schema_word(w->t, k);
    if (word == WORD_NONE) {
        if (is_strict(w))
            tell_key(w, DIAG_S006, DIAG_WARNING, k,
                     "no list of what strict schemas may have names %s", shown(w, k).text);
        return;
    }
    if (is_strict(w))
        check_standing(w, word, k);
    else if ((w->flags & SCHEMA_TESTED) && schema_word_untested(word))
        tell_key(w, DIAG_S014, DIAG_WARNING, k, "answers are not tested against \"%s\" here",
                 schema_words[word].name);
    bool closes = is_strict(w) && word == WORD_ADDITIONAL; /* told with its object */
    if (!closes && !(is_strict(w) && schema_words[word].standing == STANDING_REFUSED))
        check_value(w, word, k + 1, level);
}

static bool has_name(struct walk *w, size_t list, size_t key)
{
    size_t len = 0;
    const char *name = schema_text(w->t, key, &w->scratch, &len);
    for (size_t v = list + 1; list != TAPE_NONE && v < w->t->at[list].next; v = w->t->at[v].next) {
        struct buf other = {0};
        size_t n = 0;
        const char *text =
            tape_kind(w->t, v) == TAPE_STRING ? schema_text(w->t, v, &other, &n) : NULL;
        bool same = text && n == len && memcmp(text, name, n) == 0;
        buf_release(&other);
        if (same)
            return true;
    }
    return false;
}

/* Each property must be named as required. */
static void check_required(struct walk *w, size_t properties, size_t required)
{
    size_t n = 0;
    size_t first = TAPE_NONE;
    for (size_t k = properties + 1; k < w->t->at[properties].next; k = w->t->at[k + 1].next) {
        if (has_name(w, required, k))
            continue;
        first = n++ ? first : k;
    }
    if (n == 1)
        tell_key(w, DIAG_S005, DIAG_ERROR, first, "%s is not in \"required\"",
                 shown(w, first).text);
    else if (n)
        tell_key(w, DIAG_S005, DIAG_ERROR, first, "%s and %zu more are not in \"required\"",
                 shown(w, first).text, n - 1);
}

/* What is required of a closed object must be a property of it. */
static void check_surplus(struct walk *w, size_t properties, size_t required)
{
    if (tape_kind(w->t, required) != TAPE_ARRAY)
        return;
    for (size_t v = required + 1; v < w->t->at[required].next; v = w->t->at[v].next) {
        if (tape_kind(w->t, v) != TAPE_STRING)
            continue;
        size_t len = 0;
        const char *name = schema_text(w->t, v, &w->scratch, &len);
        if (tape_key(w->t, properties, name, len) == TAPE_NONE)
            tell(w, DIAG_S011, DIAG_ERROR, v, "declare the property, or do not require it",
                 "%s is required, but no property may have that name", shown(w, v).text);
    }
}

static void check_object(struct walk *w, size_t v)
{
    size_t properties = tape_get(w->t, v, "properties");
    size_t required = tape_get(w->t, v, "required");
    size_t additional = tape_get(w->t, v, "additionalProperties");
    bool closed = tape_kind(w->t, additional) == TAPE_FALSE;
    if (tape_kind(w->t, properties) != TAPE_OBJECT)
        properties = TAPE_NONE;
    bool compared = tape_count(w->t, properties) <= SCHEMA_MAX_PROPERTIES &&
                    tape_count(w->t, required) <= SCHEMA_MAX_PROPERTIES;
    if (is_strict(w) && !closed)
        tell(w, DIAG_S004, DIAG_ERROR, additional == TAPE_NONE ? v : additional, NULL,
             "an object without \"additionalProperties\": false");
    if (is_strict(w) && properties != TAPE_NONE && compared)
        check_required(w, properties,
                       tape_kind(w->t, required) == TAPE_ARRAY ? required : TAPE_NONE);
    if (closed && compared && tape_get(w->t, v, "patternProperties") == TAPE_NONE)
        check_surplus(w, properties, required);
}

/* A value of an enum, or a const, that the type beside it rules out. */
static void check_choices(struct walk *w, size_t v, unsigned bits)
{
    size_t list = tape_get(w->t, v, "enum");
    size_t only = tape_get(w->t, v, "const");
    if (only != TAPE_NONE && !(schema_value_bits(w->t, only) & bits))
        tell(w, DIAG_S011, DIAG_ERROR, only, NULL, "%s is not of the type beside it: nothing fits",
             shown(w, only).text);
    if (tape_kind(w->t, list) != TAPE_ARRAY)
        return;
    for (size_t c = list + 1; c < w->t->at[list].next; c = w->t->at[c].next) {
        if (schema_value_bits(w->t, c) & bits)
            continue;
        tell(w, DIAG_S011, DIAG_WARNING, c, "correct the type, or the value",
             "the value %s is not of the type beside its enum", shown(w, c).text);
        return;
    }
}

static void check_together(struct walk *w, size_t v)
{
    static const char *const kinds[] = {"type", "anyOf", "$ref", "enum", "const"};
    size_t type = tape_get(w->t, v, "type");
    unsigned bits = schema_type_bits(w->t, type);
    bool said = false;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        said = said || tape_get(w->t, v, kinds[i]) != TAPE_NONE;
    if (is_strict(w) && !said)
        tell(w, DIAG_S009, DIAG_ERROR, v, NULL, "neither \"type\" nor \"anyOf\" nor \"$ref\"");
    if (is_strict(w) && tape_get(w->t, v, "$ref") != TAPE_NONE && tape_count(w->t, v) > 1)
        tell(w, DIAG_S006, DIAG_WARNING, v, "leave \"$ref\" alone in its object",
             "\"$ref\" beside other keywords, which strict schemas have been refused for");
    if ((bits & TYPE_OBJECT) || tape_get(w->t, v, "properties") != TAPE_NONE)
        check_object(w, v);
    if ((bits & TYPE_ARRAY) && tape_get(w->t, v, "items") == TAPE_NONE &&
        tape_get(w->t, v, "prefixItems") == TAPE_NONE)
        tell(w, DIAG_S010, is_strict(w) ? DIAG_ERROR : DIAG_WARNING, v, NULL,
             "a list without \"items\"");
    if (bits)
        check_choices(w, v, bits);
}

static void walk_schema(struct walk *w, size_t v, size_t level)
{
    enum tape_kind kind = tape_kind(w->t, v);
    if (kind == TAPE_TRUE || kind == TAPE_FALSE) {
        if (is_strict(w))
            tell(w, DIAG_S009, DIAG_ERROR, v, NULL, "a schema that is only %s",
                 kind == TAPE_TRUE ? "true" : "false");
        return;
    }
    if (kind != TAPE_OBJECT) {
        tell(w, DIAG_S001, DIAG_ERROR, v, NULL, "a schema must be an object, found %s",
             shown(w, v).text);
        return;
    }
    level += tape_get(w->t, v, "properties") != TAPE_NONE;
    w->levels = level > w->levels ? level : w->levels;
    for (size_t k = v + 1; k < w->t->at[v].next; k = w->t->at[k + 1].next)
        check_word(w, k, level);
    size_t only = tape_get(w->t, v, "const");
    if (only != TAPE_NONE && tape_kind(w->t, only) == TAPE_STRING)
        count_chars(w, only);
    check_together(w, v);
}

/* --- The whole ------------------------------------------------------------------------------- */

static void check_root(struct walk *w, size_t root)
{
    if (tape_kind(w->t, root) != TAPE_OBJECT)
        return; /* told */
    size_t type = tape_get(w->t, root, "type");
    size_t any = tape_get(w->t, root, "anyOf");
    enum diag_severity severity = is_strict(w) ? DIAG_ERROR : DIAG_WARNING;
    if (type == TAPE_NONE)
        tell(w, DIAG_S003, severity, root, NULL, "no \"type\": \"object\" at the root");
    else if (!tape_is(w->t, type, "object"))
        tell(w, DIAG_S003, severity, type, NULL,
             "the type at the root must be \"object\", found %s", shown(w, type).text);
    if (is_strict(w) && any != TAPE_NONE)
        tell(w, DIAG_S003, DIAG_ERROR, any, "put the anyOf into a property of the root",
             "anyOf at the root");
}

static void check_size(struct walk *w)
{
    const struct {
        size_t n;
        size_t most;
        size_t azure; /* 0: nothing else is published */
        const char *what;
    } sizes[] = {
        {w->n_properties, SCHEMA_MAX_PROPERTIES, SCHEMA_AZURE_PROPERTIES, "properties in all"},
        {w->levels, SCHEMA_MAX_LEVELS, SCHEMA_AZURE_LEVELS, "levels of objects"},
        {w->n_choices, SCHEMA_MAX_CHOICES, 0, "enum values in all"},
        {w->n_chars, SCHEMA_MAX_CHARS, 0, "characters of names and values"},
    };
    size_t root = w->schema->root;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        if (sizes[i].n > sizes[i].most)
            tell(w, DIAG_S008, DIAG_ERROR, root, NULL, "%zu %s, of at most %zu", sizes[i].n,
                 sizes[i].what, sizes[i].most);
        else if (sizes[i].azure && sizes[i].n > sizes[i].azure)
            tell(w, DIAG_S008, DIAG_WARNING, root, NULL,
                 "%zu %s: OpenAI's page allows %zu, Azure's %zu", sizes[i].n, sizes[i].what,
                 sizes[i].most, sizes[i].azure);
    }
}

size_t schema_check(const struct schema *s, unsigned flags,
                    void (*on_fault)(void *arg, const struct schema_fault *fault), void *arg)
{
    struct walk w = {.schema = s, .t = s->tape, .flags = flags, .on_fault = on_fault, .arg = arg};
    walk_schema(&w, s->root, 0);
    if (flags & (SCHEMA_STRICT | SCHEMA_PARAMETERS))
        check_root(&w, s->root);
    if (is_strict(&w))
        check_size(&w);
    buf_release(&w.scratch);
    return w.n_errors;
}
