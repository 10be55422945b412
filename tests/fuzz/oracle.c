#include "tests/fuzz/oracle.h"

#include <jansson.h>
#include <string.h>

#include "sim/base/tape.h"

enum { FLAGS = JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL };

static const char *compare(const struct tape *t, size_t v, json_t *want);

static const char *compare_string(const struct tape *t, size_t v, json_t *want)
{
    struct buf got = {0};
    tape_string(t, v, &got);
    bool same = got.len == json_string_length(want) &&
                memcmp(buf_text(&got), json_string_value(want), got.len) == 0;
    buf_release(&got);
    return same ? NULL : "the bytes of a string";
}

static const char *compare_array(const struct tape *t, size_t v, json_t *want)
{
    if (tape_count(t, v) != json_array_size(want))
        return "the length of a list";
    size_t child = v + 1;
    for (size_t i = 0; i < json_array_size(want); i++, child = t->at[child].next) {
        const char *quarrel = compare(t, child, json_array_get(want, i));
        if (quarrel)
            return quarrel;
    }
    return child == t->at[v].next ? NULL : "where a list ends";
}

/* jansson keeps one of each key, the last. */
static const char *compare_object(const struct tape *t, size_t v, json_t *want)
{
    if (t->duplicate == TAPE_NONE ? tape_count(t, v) != json_object_size(want)
                                  : tape_count(t, v) < json_object_size(want))
        return "the size of an object";
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(want, key, value)
    {
        size_t found = tape_get(t, v, key);
        if (found == TAPE_NONE || !tape_is(t, found - 1, key))
            return "which keys an object has";
        const char *quarrel = compare(t, found, value);
        if (quarrel)
            return quarrel;
    }
    return NULL;
}

static const char *compare(const struct tape *t, size_t v, json_t *want)
{
    static const enum tape_kind kinds[] = {
        [JSON_OBJECT] = TAPE_OBJECT, [JSON_ARRAY] = TAPE_ARRAY, [JSON_STRING] = TAPE_STRING,
        [JSON_REAL] = TAPE_NUMBER,   [JSON_TRUE] = TAPE_TRUE,   [JSON_FALSE] = TAPE_FALSE,
        [JSON_NULL] = TAPE_NULL,
    };
    if (v >= t->n || tape_kind(t, v) != kinds[json_typeof(want)])
        return "the kind of a value";
    if (json_is_string(want))
        return compare_string(t, v, want);
    if (json_is_array(want))
        return compare_array(t, v, want);
    if (json_is_object(want))
        return compare_object(t, v, want);
    if (json_is_real(want) && tape_number(t, v) != json_real_value(want))
        return "a number";
    return NULL;
}

/* Compacting twice is compacting once, and changes no value. */
static const char *compare_compact(const struct tape *t, json_t *want)
{
    struct buf once = {0};
    struct buf twice = {0};
    struct tape again = {0};
    struct tape_fault fault;
    tape_compact(t, 0, &once);
    const char *quarrel = "whether the compact text is JSON";
    if (tape_scan(&again, once.at, once.len, &fault)) {
        tape_compact(&again, 0, &twice);
        quarrel =
            strcmp(once.at, twice.at) == 0 ? compare(&again, 0, want) : "what the compact text is";
    }
    tape_release(&again);
    buf_release(&once);
    buf_release(&twice);
    return quarrel;
}

static const char *compare_all(const struct tape *t, bool ok, const struct tape_fault *fault,
                               json_t *want, json_t *strict)
{
    if (!ok)
        return fault->offset > t->len || !fault->what ? "where the fault is"
               : want                                 ? "the tape rejects it"
                                                      : NULL;
    if (!want)
        return "the tape accepts it";
    if ((t->duplicate == TAPE_NONE) != (strict != NULL))
        return "whether a key stands twice";
    const char *quarrel = compare(t, 0, want);
    return quarrel ? quarrel : compare_compact(t, want);
}

const char *oracle_quarrel(const char *text, size_t len)
{
    struct tape t = {0};
    struct tape_fault fault = {0};
    bool ok = tape_scan(&t, text, len, &fault);
    const char *quarrel = NULL;
    if (memchr(text, '\0', len)) {
        /* jansson reads over some NUL bytes; no JSON text has one. */
        quarrel = ok ? "the tape accepts a NUL byte" : NULL;
    } else {
        json_t *want = json_loadb(text, len, FLAGS, NULL);
        json_t *strict = json_loadb(text, len, FLAGS | JSON_REJECT_DUPLICATES, NULL);
        quarrel = compare_all(&t, ok, &fault, want, strict);
        json_decref(want);
        json_decref(strict);
    }
    tape_release(&t);
    return quarrel;
}
