#include "sim/check/fields.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"

enum { ENOUGH_ROWS = 5 }; /* fewer that agree in a value say nothing */

/* --- One row --------------------------------------------------------------------------------- */

static enum field_key key_of(const char *name, size_t len)
{
    static const struct {
        const char *name;
        enum field_key key;
    } reserved[] = {
        {"messages", FIELD_MESSAGES},
        {"tools", FIELD_TOOLS},
        {"parallel_tool_calls", FIELD_PARALLEL},
    };
    for (size_t i = 0; i < COUNT_OF(reserved); i++) {
        if (strlen(reserved[i].name) == len && memcmp(reserved[i].name, name, len) == 0)
            return reserved[i].key;
    }
    return FIELD_FREE;
}

static bool is_named(const struct field *f, const char *name, size_t len)
{
    return f->len == len && (!len || memcmp(f->name, name, len) == 0);
}

static struct field *add_field(struct fields *f, const char *name, size_t len)
{
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 16;
        f->at = mem_grow(f->at, f->room, sizeof(*f->at));
    }
    struct field *field = &f->at[f->n++];
    *field = (struct field){
        .name = mem_slice(name, len),
        .len = len,
        .name_hash = hash_bytes(name, len) | 1,
        .key = key_of(name, len),
    };
    return field;
}

/* Rows mostly have their keys in the order of the row before: `*guess` is tried first. */
static struct field *find_field(struct fields *f, const char *name, size_t len, size_t *guess)
{
    for (size_t i = 0; i < f->n; i++, ++*guess) {
        if (*guess >= f->n)
            *guess = 0;
        if (is_named(&f->at[*guess], name, len))
            return &f->at[(*guess)++];
    }
    return NULL;
}

static void count_value(struct field *field, const struct tape *t, size_t v, size_t line)
{
    enum tape_kind kind = (enum tape_kind)t->at[v].kind;
    spot_add(&field->is[kind == TAPE_TRUE ? TAPE_FALSE : kind], line);
    if (kind == TAPE_STRING && tape_is_blank(t, v))
        spot_add(&field->blank, line);
    else if (kind >= TAPE_ARRAY && t->at[v].next == v + 1)
        spot_add(&field->hollow, line);
}

static void take_part(struct row_parts *out, const struct field *field, size_t v, uint64_t hash)
{
    switch (field->key) {
    case FIELD_FREE:
        break;
    case FIELD_MESSAGES:
        out->messages = v;
        out->messages_hash = hash;
        break;
    case FIELD_TOOLS:
        out->tools = v;
        break;
    case FIELD_PARALLEL:
        out->parallel = v;
        break;
    }
}

/* The fields that a row has not are found only when there are any. */
static void note_missing(struct fields *f, size_t line)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->at[i].row != f->n_rows && !f->at[i].missing)
            f->at[i].missing = line;
    }
}

static struct field *field_of(struct fields *f, const struct tape *t, size_t key, size_t *guess,
                              size_t line)
{
    const char *name = t->text + t->at[key].start + 1;
    size_t len = t->at[key].end - t->at[key].start - 2;
    struct field *field = find_field(f, name, len, guess);
    if (field)
        return field;
    if (f->n == FIELDS_MOST) {
        if (f->over.n == 0 || f->over.line != line)
            spot_add(&f->over, line);
        return NULL;
    }
    field = add_field(f, name, len);
    field->missing = f->n_rows > 1 ? f->first : 0;
    return field;
}

void fields_row(struct fields *f, const struct tape *row, size_t line, struct row_parts *out)
{
    *out = (struct row_parts){TAPE_NONE, TAPE_NONE, TAPE_NONE, 0, 0};
    size_t guess = 0;
    size_t n_seen = 0;
    size_t n_free = 0;
    if (!f->n_rows++)
        f->first = line;
    for (size_t key = 1; key < row->n; key = row->at[key + 1].next) {
        size_t v = key + 1;
        size_t len = row->at[v].end - row->at[v].start;
        uint64_t hash =
            v == row->again ? row->known.hash : hash_bytes(row->text + row->at[v].start, len);
        struct field *field = field_of(f, row, key, &guess, line);
        if (!field || field->row == f->n_rows) /* no room, or given twice */
            continue;
        field->row = f->n_rows;
        if (!field->n_rows++)
            field->value = hash;
        field->varies |= field->value != hash;
        n_seen++;
        n_free += field->key == FIELD_FREE;
        out->hash += hash_mix(hash, field->name_hash);
        count_value(field, row, v, line);
        take_part(out, field, v, hash);
        if (f->measure)
            spread_add(&field->bytes, len);
    }
    if (n_seen < f->n)
        note_missing(f, line);
    if (!n_free)
        spot_add(&f->bare, line);
}

/* --- Blocks joined ---------------------------------------------------------------------------- */

static void join_field(struct fields *whole, struct field *from, size_t n_before)
{
    size_t guess = 0;
    struct field *into = find_field(whole, from->name, from->len, &guess);
    size_t missing = from->missing ? from->missing + n_before : 0;
    if (!into && whole->n == FIELDS_MOST) {
        spot_join(&whole->over, &(struct spot){from->n_rows, from->missing}, n_before);
        return;
    }
    if (!into) {
        into = add_field(whole, from->name, from->len);
        into->value = from->value;
        missing = whole->n_rows ? whole->first : missing;
    }
    if (!into->missing)
        into->missing = missing;
    into->varies |= from->varies || into->value != from->value;
    into->n_rows += from->n_rows;
    for (size_t i = 0; i < COUNT_OF(into->is); i++)
        spot_join(&into->is[i], &from->is[i], n_before);
    spot_join(&into->blank, &from->blank, n_before);
    spot_join(&into->hollow, &from->hollow, n_before);
    spread_join(&into->bytes, &from->bytes);
    into->row = 1; /* met in this block */
}

static void empty(struct fields *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->at[i].name);
        spread_release(&f->at[i].bytes);
    }
    *f = (struct fields){.at = f->at, .room = f->room, .measure = f->measure};
}

void fields_join(struct fields *whole, struct fields *block, size_t n_before)
{
    if (!block->n_rows)
        return;
    for (size_t i = 0; i < whole->n; i++)
        whole->at[i].row = 0;
    for (size_t i = 0; i < block->n; i++)
        join_field(whole, &block->at[i], n_before);
    for (size_t i = 0; i < whole->n; i++) {
        if (!whole->at[i].row && !whole->at[i].missing)
            whole->at[i].missing = block->first + n_before;
    }
    if (!whole->n_rows)
        whole->first = block->first + n_before;
    whole->n_rows += block->n_rows;
    spot_join(&whole->bare, &block->bare, n_before);
    spot_join(&whole->over, &block->over, n_before);
    empty(block);
}

void fields_release(struct fields *f)
{
    empty(f);
    free(f->at);
    *f = (struct fields){0};
}

/* --- What holds for the file ----------------------------------------------------------------- */

struct verdict {
    const struct fields *fields;
    const struct field *field;
    const char *path;
    struct diags *found;
};

PRINTF(4, 5)
static void tell(const struct verdict *v, enum diag_code code, size_t line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    diag_fix(diag_add(v->found, DIAG_WARNING, code, v->path, line, 1, "%s", text), "%s",
             diag_code_row(code)->fix);
    free(text);
}

/* What follows a name in a template or in a grader's source, so that it is this name. */
static bool ends_name(const char *at, bool quoted)
{
    if (quoted)
        return *at == '\'' || *at == '"';
    return *at != '_' && !isalnum((unsigned char)*at);
}

/* `item.NAME`, `['NAME']`, `get('NAME'`. */
static bool reads(const char *text, const struct field *f)
{
    for (const char *at = text; (at = strstr(at, f->name)); at++) {
        size_t before = (size_t)(at - text);
        bool quoted = before >= 2 && strchr("'\"", at[-1]) && strchr("[(", at[-2]);
        bool dotted = before >= 5 && memcmp(at - 5, "item.", 5) == 0;
        if ((quoted || dotted) && ends_name(at + f->len, quoted))
            return true;
    }
    return false;
}

/* Of a field that the grader reads the paths that lead nowhere are told (X001). */
static void conclude_missing(const struct verdict *v, const char *read)
{
    size_t n = v->fields->n_rows - v->field->n_rows;
    if (n && !(read && reads(read, v->field)))
        tell(v, DIAG_D035, v->field->missing,
             "the field \"%s\" is missing in %zu of %zu rows; this is the first", v->field->name, n,
             v->fields->n_rows);
}

static void conclude_types(const struct verdict *v)
{
    enum tape_kind most = TAPE_NULL;
    enum tape_kind odd = TAPE_NULL;
    const struct spot *is = v->field->is;
    for (enum tape_kind k = TAPE_FALSE; k <= TAPE_OBJECT; k++) {
        if (is[k].n > (most == TAPE_NULL ? 0 : is[most].n))
            most = k;
    }
    for (enum tape_kind k = TAPE_FALSE; k <= TAPE_OBJECT; k++) {
        if (k != most && is[k].n && (odd == TAPE_NULL || is[k].line < is[odd].line))
            odd = k;
    }
    if (odd == TAPE_NULL)
        return;
    tell(v, DIAG_D036, is[odd].line,
         "the field \"%s\" is %s in %zu of %zu rows and %s in %zu; this is the first of those",
         v->field->name, most == TAPE_FALSE ? "true or false" : tape_kind_words(most), is[most].n,
         v->fields->n_rows, odd == TAPE_FALSE ? "true or false" : tape_kind_words(odd), is[odd].n);
}

/* An empty list may well be a value, unless it is the only one. */
static void conclude_empty(const struct verdict *v)
{
    const struct field *f = v->field;
    struct spot none = f->is[TAPE_NULL];
    const char *what = f->blank.n ? (none.n ? "empty or null" : "empty") : "null";
    if (f->blank.n && (!none.n || f->blank.line < none.line))
        none.line = f->blank.line;
    none.n += f->blank.n;
    if (!none.n && f->hollow.n == f->n_rows) {
        none = f->hollow;
        what = f->is[TAPE_ARRAY].n ? "an empty list" : "an empty object";
    }
    if (none.n)
        tell(v, DIAG_D037, none.line,
             "the field \"%s\" is %s in %zu of %zu rows; this is the first", f->name, what, none.n,
             v->fields->n_rows);
}

static void conclude_same(const struct verdict *v, const char *read)
{
    const struct field *f = v->field;
    bool empty_anyway = f->blank.n + f->hollow.n + f->is[TAPE_NULL].n == f->n_rows;
    if (f->varies || f->n_rows < ENOUGH_ROWS || f->n_rows < v->fields->n_rows || empty_anyway)
        return;
    if (read && reads(read, f))
        tell(v, DIAG_D038, v->fields->first,
             "the field \"%s\", which the grader reads, is the same in all %zu rows", f->name,
             f->n_rows);
}

void fields_conclude(const struct fields *f, const char *path, const char *read,
                     struct diags *found)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct verdict v = {f, &f->at[i], path, found};
        if (f->at[i].key != FIELD_FREE)
            continue;
        conclude_missing(&v, read);
        conclude_types(&v);
        conclude_empty(&v);
        conclude_same(&v, read);
    }
    if (f->n_rows && f->bare.n == f->n_rows)
        tell(&(struct verdict){f, NULL, path, found}, DIAG_D039, f->first,
             "no row has a field beside messages and tools");
}
