#include "sim/job/doc_build.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/base/tape.h"
#include "sim/job/doc_plain.h"

bool doc_enough_faults(const struct doc_build *b)
{
    return b->list->n_errors - b->n_errors >= DOC_MAX_FAULTS;
}

bool doc_down(struct doc_build *b, size_t start)
{
    if (b->depth == DOC_MAX_DEPTH) {
        doc_build_fault(b, DIAG_J001, start, start, "nested more than %d deep", DOC_MAX_DEPTH);
        return false;
    }
    b->depth++;
    return true;
}

void doc_up(struct doc_build *b)
{
    b->depth--;
}

size_t doc_place_open(struct doc_build *b, size_t start, size_t end)
{
    struct doc *d = b->doc;
    if (d->n_places == d->places_room) {
        d->places_room = d->places_room ? d->places_room * 2 : 64;
        d->places = mem_grow(d->places, d->places_room, sizeof(*d->places));
    }
    d->places[d->n_places] = (struct doc_place){
        .key = b->pending.key,
        .key_start = b->pending.start,
        .key_end = b->pending.end,
        .start = start,
        .end = end,
        .next = d->n_places + 1,
    };
    b->pending.key = NULL;
    return d->n_places++;
}

void doc_place_close(struct doc_build *b, size_t place)
{
    b->doc->places[place].next = b->doc->n_places;
}

/* The line on which `object` already has the key, or 0. */
static size_t line_of_key(const struct doc *d, size_t object, const char *key)
{
    for (size_t p = object + 1; p < d->n_places; p = d->places[p].next) {
        size_t line = 0;
        size_t col = 0;
        if (!d->places[p].key || strcmp(d->places[p].key, key) != 0)
            continue;
        tape_place(d->text, d->places[p].key_start, &line, &col);
        return line;
    }
    return 0;
}

bool doc_key(struct doc_build *b, const struct doc_pair *object, const char *key, size_t len,
             size_t start, size_t end)
{
    b->pending.key = mem_slice(key, len);
    b->pending.start = start;
    b->pending.end = end;
    doc_pointer_key(&b->pointer, b->pending.key);
    if (strlen(b->pending.key) != len) {
        doc_build_fault(b, DIAG_J001, start, end, "a key cannot hold a NUL character");
        return false;
    }
    if (json_object_get(object->source, b->pending.key)) {
        diag_fix(doc_build_fault(b, DIAG_J008, start, end, "'%s' is given twice", b->pending.key),
                 "keep one of the two; the first is on line %zu",
                 line_of_key(b->doc, object->place, b->pending.key));
        return false;
    }
    return true;
}

/* Point at the reference itself if the file shows it as it is (no escapes, no folding). */
static struct diag *ref_fault(struct doc_build *b, const struct env_ref *ref, size_t start,
                              size_t end, const char *text)
{
    const char *at = memmem(b->doc->text + start, end - start, ref->at, ref->len);
    if (at) {
        start = (size_t)(at - b->doc->text);
        end = start + ref->len;
    }
    return doc_build_fault(b, DIAG_J006, start, end, "%s", text);
}

/* An unset variable is told about where it is first used, not at each of seventeen tools. */
static void unset_fault(struct doc_build *b, const struct env_ref *ref, const char *name,
                        size_t start, size_t end)
{
    if (json_object_get(b->reported, name))
        return;
    json_object_set_new(b->reported, name, json_true());
    const char *how =
        getenv(name) ? "set, but empty" : "not set"; /* NOLINT(concurrency-mt-unsafe) */
    char *text = mem_printf("the variable %s is %s", name, how);
    diag_fix(ref_fault(b, ref, start, end, text),
             "export %s=... or put it in ./.env; or write ${%s:-default}, or $${ for a literal ${",
             name, name);
    free(text);
}

/* Append what the variable is worth; false after a fault. */
static bool expand_variable(struct doc_build *b, const struct env_ref *ref, struct buf *out,
                            size_t start, size_t end)
{
    char *name = mem_slice(ref->name, ref->name_len);
    char *fallback = ref->fallback ? mem_slice(ref->fallback, ref->fallback_len) : NULL;
    const char *value = env_value(&b->env, name);
    if (!value && !fallback)
        unset_fault(b, ref, name, start, end);
    if (value && !(fallback && strcmp(value, fallback) == 0)) {
        char *shown = mem_printf("${%s}", name);
        secret_add(value, shown);
        free(shown);
    }
    bool ok = value || fallback;
    if (ok)
        buf_text_add(out, value ? value : fallback);
    free(name);
    free(fallback);
    return ok;
}

/* Append text[0..len) with its references replaced; false after a fault. */
static bool expand(struct doc_build *b, const char *text, size_t len, struct buf *out, size_t start,
                   size_t end)
{
    bool ok = true;
    struct env_ref ref;
    const char *stop = text + len;
    while (env_next(&ref, text, (size_t)(stop - text))) {
        buf_add(out, text, (size_t)(ref.at - text));
        text = ref.at + ref.len;
        switch (ref.kind) {
        case ENV_LITERAL:
            buf_text_add(out, "${");
            break;
        case ENV_VARIABLE:
            ok = expand_variable(b, &ref, out, start, end) && ok;
            break;
        case ENV_MALFORMED:
            diag_fix(ref_fault(b, &ref, start, end, "this is not a variable"),
                     "write ${NAME} or ${NAME:-default}; for a literal ${ write $${");
            ok = false;
            break;
        }
    }
    buf_add(out, text, (size_t)(stop - text));
    return ok;
}

struct doc_pair doc_text(struct doc_build *b, const char *text, size_t len, bool plain,
                         size_t start, size_t end)
{
    struct env_ref ref;
    struct doc_pair pair = {0};
    struct buf out = {0};
    bool changed = env_next(&ref, text, len);
    bool ok = true;
    if (changed) {
        pair.source = json_stringn(text, len);
        ok = expand(b, text, len, &out, start, end);
        text = buf_text(&out);
        len = out.len;
    }
    if (ok) {
        pair.root = plain ? doc_plain(text, len) : json_stringn(text, len);
        if (!pair.root)
            doc_build_fault(b, DIAG_J005, start, end,
                            changed ? "the variable's value is not UTF-8, or a number JSON lacks"
                                    : "JSON has no such number");
    }
    if (!pair.root) {
        pair.root = json_null();
        b->doc->places[b->doc->n_places - 1].faulty = true;
        b->doc->n_faulty++;
    }
    if (!pair.source)
        pair.source = json_incref(pair.root);
    buf_release(&out);
    return pair;
}
