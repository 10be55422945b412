#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/tape.h"
#include "sim/job/doc_build.h"

struct json {
    struct tape tape;
    struct doc_build *b;
};

static bool value(struct json *j, size_t v, struct doc_pair *out);

static struct doc_pair text(struct json *j, size_t v)
{
    const struct tape_entry *entry = &j->tape.at[v];
    struct buf unescaped = {0};
    tape_string(&j->tape, v, &unescaped);
    struct doc_pair pair =
        doc_text(j->b, buf_text(&unescaped), unescaped.len, false, entry->start, entry->end);
    buf_release(&unescaped);
    return pair;
}

/* As jansson does: an integer if it looks like one and fits, else a real. */
static json_t *number(const struct json *j, size_t v)
{
    size_t len = 0;
    const char *digits = tape_text(&j->tape, v, &len);
    if (len < 24 && !memchr(digits, '.', len) && !memchr(digits, 'e', len) &&
        !memchr(digits, 'E', len)) {
        char copy[24] = {0};
        memcpy(copy, digits, len);
        errno = 0;
        long long whole = strtoll(copy, NULL, 10);
        if (!errno)
            return json_integer(whole);
    }
    return json_real(tape_number(&j->tape, v));
}

static struct doc_pair scalar(struct json *j, size_t v)
{
    json_t *root = NULL;
    switch (tape_kind(&j->tape, v)) {
    case TAPE_STRING:
        return text(j, v);
    case TAPE_NUMBER:
        root = number(j, v);
        break;
    case TAPE_TRUE:
        root = json_true();
        break;
    case TAPE_FALSE:
        root = json_false();
        break;
    case TAPE_NULL:
    case TAPE_ARRAY:
    case TAPE_OBJECT:
        root = json_null();
        break;
    }
    return (struct doc_pair){.root = root, .source = json_incref(root)};
}

static bool array(struct json *j, size_t v, struct doc_pair *out)
{
    out->root = json_array();
    out->source = json_array();
    size_t up = j->b->pointer.len;
    bool ok = true;
    size_t n = 0;
    for (size_t i = v + 1; ok && i < j->tape.at[v].next; i = j->tape.at[i].next) {
        struct doc_pair item = {0};
        doc_pointer_index(&j->b->pointer, n++);
        ok = value(j, i, &item);
        buf_cut(&j->b->pointer, up);
        json_array_append_new(out->root, item.root);
        json_array_append_new(out->source, item.source);
    }
    return ok;
}

static bool object(struct json *j, size_t v, struct doc_pair *out)
{
    out->root = json_object();
    out->source = json_object();
    size_t up = j->b->pointer.len;
    bool ok = true;
    for (size_t i = v + 1; ok && i < j->tape.at[v].next; i = j->tape.at[i + 1].next) {
        const struct tape_entry *entry = &j->tape.at[i];
        struct buf key = {0};
        struct doc_pair item = {0};
        tape_string(&j->tape, i, &key);
        bool keep = doc_key(j->b, out, buf_text(&key), key.len, entry->start, entry->end);
        ok = value(j, i + 1, &item);
        buf_cut(&j->b->pointer, up);
        if (ok && keep) {
            json_object_set(out->root, buf_text(&key), item.root);
            json_object_set(out->source, buf_text(&key), item.source);
        }
        json_decref(item.root);
        json_decref(item.source);
        buf_release(&key);
    }
    return ok;
}

static bool value(struct json *j, size_t v, struct doc_pair *out)
{
    const struct tape_entry *entry = &j->tape.at[v];
    if (doc_enough_faults(j->b))
        return false;
    if (entry->kind != TAPE_ARRAY && entry->kind != TAPE_OBJECT) {
        doc_place_open(j->b, entry->start, entry->end);
        *out = scalar(j, v);
        return true;
    }
    if (!doc_down(j->b, entry->start))
        return false;
    size_t place = doc_place_open(j->b, entry->start, entry->start + 1);
    out->place = place;
    bool ok = entry->kind == TAPE_OBJECT ? object(j, v, out) : array(j, v, out);
    doc_place_close(j->b, place);
    doc_up(j->b);
    return ok;
}

/* The last byte before `at` that is not white space, or NUL. */
static char before(const struct doc *d, size_t at)
{
    while (at > 0 && strchr(" \t\r\n", d->text[at - 1]))
        at--;
    if (at == 0)
        return '\0';
    return d->text[at - 1];
}

static void syntax_fault(struct doc_build *b, const struct tape_fault *fault, bool by_name)
{
    const struct doc *d = b->doc;
    size_t at = fault->offset;
    char found = d->text[at]; /* NUL at the end */
    struct diag *f = doc_build_fault(b, DIAG_J001, at, at, "%s", fault->what);
    if (before(d, at) == ',' && (found == '}' || found == ']'))
        diag_fix(f, "drop the comma before it");
    else if (found == '\'')
        diag_fix(f, "JSON has double quotes only");
    else if (found == '/' || found == '#')
        diag_fix(f, "JSON has no comments; YAML has, after a #");
    else if (!by_name)
        diag_fix(f, "the file begins with '{' and is read as JSON; YAML begins with a key");
}

bool doc_build_json(struct doc_build *b, bool by_name)
{
    struct json j = {.b = b};
    struct tape_fault fault = {0};
    struct doc_pair root = {0};
    bool ok = tape_scan(&j.tape, b->doc->text, b->doc->len, &fault);
    if (!ok)
        syntax_fault(b, &fault, by_name);
    else
        ok = value(&j, 0, &root);
    b->doc->root = root.root;
    b->doc->source = root.source;
    tape_release(&j.tape);
    return ok;
}
