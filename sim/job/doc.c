#include "sim/job/doc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/tape.h"
#include "sim/job/doc_build.h"

static const char *line_end(const struct doc *d, size_t offset)
{
    const char *end = memchr(d->text + offset, '\n', d->len - offset);
    if (!end)
        end = d->text + d->len;
    if (end > d->text + offset && end[-1] == '\r')
        end--;
    return end;
}

/* One that is only counted: to find its place would cost more, and there may be a million. */
static struct diag *counted(const struct doc *d, struct diags *list, enum diag_severity severity,
                            enum diag_code code)
{
    return diag_add(list, severity, code, d->path, 0, 0, "%s", "");
}

static struct diag *fault(const struct doc *d, struct diags *list, enum diag_severity severity,
                          enum diag_code code, const char *pointer, size_t start, size_t end,
                          const char *text)
{
    size_t line = 0;
    size_t col = 0;
    if (!diags_keeps(list, code))
        return counted(d, list, severity, code);
    if (start > d->len)
        start = d->len;
    tape_place(d->text, start, &line, &col);
    struct diag *f = diag_add(list, severity, code, d->path, line, col, "%s", text);
    diag_pointer(f, "%s", pointer);

    const char *stop = line_end(d, start);
    const char *first = d->text + start;
    while (first > d->text && first[-1] != '\n')
        first--;
    if (stop > first)
        diag_excerpt(f, first, (size_t)(stop - first));

    if (end > (size_t)(stop - d->text))
        end = (size_t)(stop - d->text);
    size_t columns = 0;
    for (size_t i = start; i < end; i++)
        columns += ((unsigned char)d->text[i] & 0xc0) != 0x80;
    f->span = columns ? columns : 1;
    return f;
}

struct diag *doc_fault_at(const struct doc *d, struct diags *list, enum diag_severity severity,
                          enum diag_code code, const char *pointer, size_t start, size_t end,
                          const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    struct diag *f = fault(d, list, severity, code, pointer, start, end, text);
    free(text);
    return f;
}

struct diag *doc_build_fault(struct doc_build *b, enum diag_code code, size_t start, size_t end,
                             const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    struct diag *f =
        fault(b->doc, b->list, DIAG_ERROR, code, buf_text(&b->pointer), start, end, text);
    free(text);
    return f;
}

/* Whether `key` is the token at[0..len) of a pointer, in which ~ and / are escaped. */
static bool is_token(const char *key, const char *at, size_t len)
{
    size_t i = 0;
    for (; i < len && *key; key++) {
        char c = at[i++];
        if (c == '~' && i < len)
            c = at[i++] == '1' ? '/' : '~';
        if (c != *key)
            return false;
    }
    return i == len && !*key;
}

/* The member or element of `parent` that a token names, or 0 (the root is nobody's child). */
static size_t child(const struct doc *d, size_t parent, const char *token, size_t len)
{
    size_t i = 0;
    for (size_t p = parent + 1; p < d->places[parent].next; p = d->places[p].next, i++) {
        char index[24];
        snprintf(index, sizeof(index), "%zu", i);
        if (is_token(d->places[p].key ? d->places[p].key : index, token, len))
            return p;
    }
    return 0;
}

/* The place a pointer names; false if it is that of a parent. */
static bool find_place(const struct doc *d, const char *pointer, size_t len, size_t *place)
{
    *place = 0;
    for (size_t i = 0; i < len;) {
        size_t n = strcspn(pointer + i + 1, "/");
        if (n > len - i - 1)
            n = len - i - 1;
        size_t next = child(d, *place, pointer + i + 1, n);
        if (!next)
            return false;
        *place = next;
        i += n + 1;
    }
    return true;
}

struct diag *doc_fault(const struct doc *d, struct diags *list, enum diag_severity severity,
                       enum diag_code code, const char *pointer, const char *fmt, ...)
{
    size_t start = 0;
    size_t end = 0;
    size_t len = strlen(pointer);
    if (!diags_keeps(list, code))
        return counted(d, list, severity, code);
    if (d->n_places) {
        size_t at = 0;
        bool key = !find_place(d, pointer, len, &at);
        if (key && len && pointer[len - 1] == '#')
            find_place(d, pointer, --len, &at);
        const struct doc_place *p = &d->places[at];
        key = key && p->key;
        start = key ? p->key_start : p->start;
        end = key ? p->key_end : p->end;
    }
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    char *shown = mem_slice(pointer, len);
    struct diag *f = fault(d, list, severity, code, shown, start, end, text);
    free(shown);
    free(text);
    return f;
}

/* --- Within a value -------------------------------------------------------------------------- */

static size_t space_at(const char *at, const char *end)
{
    const char *from = at;
    while (at < end && *at && strchr(" \t\r\n", *at))
        at++;
    return (size_t)(at - from);
}

/* Where value[from] stands if all of the value stands at at[..end), a run of white space being
 * like any other, since YAML folds lines; or NULL. */
static const char *stands_at(const char *at, const char *end, const char *value, size_t from)
{
    const char *found = NULL;
    const char *stop = value + strlen(value);
    stop -= stop > value && stop[-1] == '\n'; /* that of a block scalar need not be there */
    for (const char *v = value; v < stop;) {
        size_t n = space_at(v, stop);
        size_t skip = space_at(at, end);
        if (at == end || (n ? !skip : *v != *at))
            return NULL;
        size_t step = n ? n : 1;
        if ((size_t)(v - value) <= from && (size_t)(v - value) + step > from)
            found = at;
        v += step;
        at += n ? skip : 1;
    }
    return found;
}

static unsigned hex4(const char *at)
{
    char digits[5] = {at[0], at[1], at[2], at[3]};
    return strspn(digits, "0123456789abcdefABCDEF") == 4 ? (unsigned)strtoul(digits, NULL, 16) : 0;
}

/* How many bytes at `at`, in double quotes, stand for how many bytes of text; 0 for an escape that
 * JSON has not. */
static size_t escape_at(const char *at, const char *end, size_t *meant)
{
    *meant = 1;
    if (*at != '\\')
        return 1;
    if (end - at < 2 || (at[1] != 'u' && !strchr("\"\\/bfnrt", at[1])))
        return 0;
    if (at[1] != 'u')
        return 2;
    unsigned point = end - at < 6 ? 0 : hex4(at + 2);
    bool pair = point >= 0xd800 && point < 0xdc00 && end - at >= 12 && at[6] == '\\';
    *meant = pair ? 4 : point >= 0x800 ? 3 : point >= 0x80 ? 2 : 1;
    return !point ? 0 : pair ? 12 : 6;
}

/* The same for the inside of double quotes, at[..end): bytes from..to of a text of `len`. */
static const char *stands_quoted(const char *at, const char *end, size_t len, size_t from,
                                 size_t to, const char **stop)
{
    const char *found = NULL;
    size_t n = 0;
    size_t meant = 0;
    for (; at < end; n += meant) {
        size_t step = escape_at(at, end, &meant);
        if (!step || *at == '\n' || (*at == '$' && end - at > 1 && at[1] == '{'))
            return NULL; /* nothing that is read as it stands */
        if (n <= from)
            found = at;
        at += step;
        if (n < to)
            *stop = at;
    }
    return n == len ? found : NULL;
}

/* Where it is written, if the file shows it: first and last+1 of its bytes; false if not. */
static bool find_in(const struct doc *d, const struct doc_place *place, const char *value,
                    size_t from, size_t len, size_t *start, size_t *stop)
{
    const char *at = d->text + place->start;
    const char *end = d->text + place->end;
    const char *found = NULL;
    const char *last = NULL;
    if (at < end && *at == '"')
        found = stands_quoted(at + 1, end - 1, strlen(value), from, from + len, &last);
    if (!found && at < end) {
        if (*at == '|' || *at == '>') { /* a block begins on the next line */
            while (at < end && *at != '\n')
                at++;
            at += *value && strchr(" \t\n", *value) ? 0 : space_at(at, end);
        } else if (*at == '"' || *at == '\'') {
            at++;
        }
        found = stands_at(at, end, value, from);
        last = found ? found + len : NULL;
    }
    if (!found)
        return false;
    *start = (size_t)(found - d->text);
    *stop = (size_t)(last - d->text);
    return true;
}

struct diag *doc_fault_in(const struct doc *d, struct diags *list, enum diag_severity severity,
                          enum diag_code code, const char *pointer, const char *value, size_t from,
                          size_t len, const char *fmt, ...)
{
    if (!diags_keeps(list, code))
        return counted(d, list, severity, code);
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    size_t place = 0;
    size_t start = 0;
    size_t stop = 0;
    struct diag *f = NULL;
    if (d->n_places && find_place(d, pointer, strlen(pointer), &place) &&
        find_in(d, &d->places[place], value, from, len, &start, &stop))
        f = fault(d, list, severity, code, pointer, start, stop, text);
    else
        f = doc_fault(d, list, severity, code, pointer, "%s", text);
    free(text);
    return f;
}

/* The key or index that a pointer begins with, unescaped; the rest of the pointer. */
static const char *first_step(struct buf *step, const char *pointer)
{
    const char *at = pointer + 1;
    buf_clear(step);
    for (; *at && *at != '/'; at++) {
        if (at[0] == '~' && (at[1] == '0' || at[1] == '1'))
            buf_char(step, *++at == '0' ? '~' : '/');
        else
            buf_char(step, *at);
    }
    return at;
}

json_t *doc_value(json_t *tree, const char *pointer)
{
    struct buf step = {0};
    json_t *at = tree;
    while (at && *pointer == '/') {
        pointer = first_step(&step, pointer);
        bool is_index = step.len && strspn(buf_text(&step), "0123456789") == step.len;
        if (!json_is_array(at))
            at = json_object_get(at, buf_text(&step));
        else
            at = is_index ? json_array_get(at, strtoul(buf_text(&step), NULL, 10)) : NULL;
    }
    buf_release(&step);
    return at;
}

bool doc_faulty(const struct doc *d, const char *pointer)
{
    size_t at = 0;
    return d->n_faulty && find_place(d, pointer, strlen(pointer), &at) && d->places[at].faulty;
}

void doc_pointer_key(struct buf *pointer, const char *key)
{
    buf_char(pointer, '/');
    for (const char *c = key; *c; c++) {
        if (*c == '~')
            buf_text_add(pointer, "~0");
        else if (*c == '/')
            buf_text_add(pointer, "~1");
        else
            buf_char(pointer, *c);
    }
}

enum diag_severity doc_unknown_severity(const struct diags *list, const char *pointer)
{
    bool ours = strncmp(pointer, "/simulation", strlen("/simulation")) == 0;
    return list->unknown_pass && !ours ? DIAG_WARNING : DIAG_ERROR;
}

void doc_unknown_why(struct diag *d)
{
    if (d->severity == DIAG_WARNING)
        diag_why(d, "nothing reads it here; whether Azure refuses it is not known (GAP-41)");
}

static void unknown_key(const struct doc *d, struct diags *list, const char *pointer,
                        const char *key, const char *const *known, const char *where)
{
    struct buf at = {0};
    struct buf names = {0};
    struct nearest near = {.word = key};
    enum diag_severity severity = doc_unknown_severity(list, pointer);
    if (!list->most_each && list->counts[DIAG_J002] >= DOC_MAX_FAULTS)
        return;
    if (!diags_keeps(list, DIAG_J002)) {
        counted(d, list, severity, DIAG_J002);
        return;
    }
    for (size_t i = 0; known[i]; i++) {
        nearest_try(&near, known[i]);
        buf_printf(&names, "%s%s", i ? ", " : "", known[i]);
    }
    buf_text_add(&at, pointer);
    doc_pointer_key(&at, key);
    buf_char(&at, '#');
    struct diag *fault =
        doc_fault(d, list, severity, DIAG_J002, buf_text(&at), "unknown key '%s'%s", key, where);
    doc_unknown_why(fault);
    if (near.name)
        diag_fix(fault, "did you mean '%s'?", near.name);
    else
        diag_fix(fault, "take it away; known here: %s", buf_text(&names));
    buf_release(&at);
    buf_release(&names);
}

bool doc_check_keys(const struct doc *d, struct diags *list, const json_t *object,
                    const char *pointer, const char *const *known, const char *where)
{
    bool fine = true;
    const char *key = NULL;
    const json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        size_t i = 0;
        while (known[i] && strcmp(key, known[i]) != 0)
            i++;
        if (!known[i])
            unknown_key(d, list, pointer, key, known, where);
        fine = fine && (known[i] || doc_unknown_severity(list, pointer) == DIAG_WARNING);
    }
    return fine;
}

void doc_pointer_index(struct buf *pointer, size_t i)
{
    buf_printf(pointer, "/%zu", i);
}

/* Read the text, less a byte order mark. */
static enum err_code read_text(struct doc *d, size_t most, struct err *e)
{
    enum err_code rc = file_read(&d->text, &d->len, d->path, most, e);
    if (!rc && d->len >= 3 && memcmp(d->text, "\xef\xbb\xbf", 3) == 0) {
        d->len -= 3;
        memmove(d->text, d->text + 3, d->len + 1);
    }
    return rc;
}

static bool named_json(const char *path)
{
    size_t len = strlen(path);
    return len >= 5 && strcasecmp(path + len - 5, ".json") == 0;
}

static bool build(struct doc_build *b)
{
    const struct doc *d = b->doc;
    bool by_name = named_json(d->path);
    if (by_name || d->text[strspn(d->text, " \t\r\n")] == '{')
        return doc_build_json(b, by_name);
    return doc_build_yaml(b);
}

enum err_code doc_load(struct doc **out, const char *path, struct diags *list, struct err *e)
{
    return doc_load_large(out, path, DOC_MAX_BYTES, list, e);
}

enum err_code doc_load_large(struct doc **out, const char *path, size_t most, struct diags *list,
                             struct err *e)
{
    struct doc *d = mem_new(sizeof(*d));
    d->path = mem_text(path);
    struct doc_build b = {.doc = d, .list = list, .n_before = list->n, .n_errors = list->n_errors};
    b.reported = json_object();
    bool whole = false;

    enum err_code rc = read_text(d, most, e);
    if (!rc && memmem(d->text, d->len, "${", 2))
        rc = env_load(&b.env, ".env", e);
    if (rc)
        goto out;
    whole = build(&b);
    if (list->n > b.n_before) {
        size_t n = list->n - b.n_before;
        rc = err_set(e, ERR_JOB, "%s: %zu fault%s", path, n, n == 1 ? "" : "s");
    }
out:
    free(b.pending.key);
    buf_release(&b.pointer);
    json_decref(b.reported);
    env_release(&b.env);
    if (whole)
        *out = d;
    else
        doc_free(d);
    return rc;
}

void doc_free(struct doc *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->n_places; i++)
        free(d->places[i].key);
    free(d->places);
    json_decref(d->root);
    json_decref(d->source);
    free(d->path);
    free(d->text);
    free(d);
}
