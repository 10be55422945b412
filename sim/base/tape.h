/* A JSON text as a tape: one entry a value, in the order of the text, over the caller's bytes.
 *
 *     {"a": [1, "x"]}
 *
 *     0 OBJECT next 5     2 ARRAY  next 5     4 STRING next 5
 *     1 STRING next 2     3 NUMBER next 4     (1 is the key "a")
 *
 * Strict RFC 8259, UTF-8 checked, one pass, no allocation per value: the array of entries is
 * reused from text to text. A child of an object is two entries, its key and its value. The tape
 * borrows the text, which must stay as it is while the tape is read. Strings are unescaped only
 * when asked for.
 *
 * Accepts what jansson accepts with JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
 * and rejects the rest (tests/unit/check_tape.c, tests/fuzz): lone surrogates, keys with \u0000 and
 * numbers that no double can hold are faults too, and so is a byte order mark. One difference:
 * jansson skips a NUL byte that follows a number or a word; here it is a fault. Why not jansson
 * itself: docs/ARCHITECTURE.md, "Two ways to read JSON".
 * A value that text after text carries can be remembered (tape_remember): it is then known by its
 * bytes, and its entries are copied instead of made again.
 * Threads: a tape belongs to one thread at a time; reading a finished one is pure.
 */
#ifndef SIM_BASE_TAPE_H
#define SIM_BASE_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sim/base/buf.h"

enum {
    TAPE_MAX_DEPTH = 2048,       /* jansson's own bound; a value in 2048 lists is one too deep */
    TAPE_MAX_BYTES = 1073741824, /* offsets are 32 bits wide; 1 GiB leaves room for entry counts */
    TAPE_KNOWN_BYTES = 262144,   /* a longer value is not remembered */
};

enum tape_kind {
    TAPE_NULL,
    TAPE_FALSE,
    TAPE_TRUE,
    TAPE_NUMBER,
    TAPE_STRING,
    TAPE_ARRAY,
    TAPE_OBJECT,
};

struct tape_entry {
    uint8_t kind;    /* enum tape_kind */
    uint8_t escaped; /* STRING only: it holds a backslash */
    uint16_t hash;   /* keys only, and only without a backslash */
    uint32_t start;  /* offset of its first byte; of a string, the opening quote */
    uint32_t end;    /* offset after its last byte */
    uint32_t next;   /* index of the entry after this value and all it holds */
};

/* A list or an object that is known again. */
struct tape_known {
    struct buf text;       /* its bytes; empty: none is */
    uint64_t hash;         /* of these, hash_bytes() */
    struct tape_entry *at; /* owned; as if it were a text of its own */
    size_t n;
};

struct tape {
    const char *text; /* borrowed */
    size_t len;
    struct tape_entry *at; /* owned; at[0] is the whole value */
    size_t n;
    size_t room;
    size_t duplicate; /* index of the first key that its object has already had, or TAPE_NONE */
    size_t again;     /* index of the last value that was known, or TAPE_NONE */
    struct tape_known known; /* kept from text to text */
};

#define TAPE_NONE SIZE_MAX

/* Where and why a text is not JSON. */
struct tape_fault {
    size_t offset;    /* of the first byte that cannot stand there; len if the text just ends */
    const char *what; /* "expected ',' or '}'"; static storage */
};

/* Scan all of text[0..len). On false `f` is filled and the tape is empty. A zeroed tape is fine. */
NODISCARD bool tape_scan(struct tape *t, const char *text, size_t len, struct tape_fault *f);

void tape_release(struct tape *t);

/* Know the list or object at `v`, a member of the whole, again in the texts that follow, whatever
 * its key; the value remembered before is forgotten. Nothing is remembered if it is too long, or
 * if a key stands twice in the text. */
void tape_remember(struct tape *t, size_t v);

/* TAPE_NULL for TAPE_NONE. */
static inline enum tape_kind tape_kind(const struct tape *t, size_t v)
{
    return v < t->n ? (enum tape_kind)t->at[v].kind : TAPE_NULL;
}

/* Look-ups give the index of a value, or TAPE_NONE: no such key or index, or not that kind. When a
 * key stands twice the last one counts, as in most readers (RFC 8259, section 4). `v` may be
 * TAPE_NONE, so that look-ups chain. */
size_t tape_key(const struct tape *t, size_t v, const char *key, size_t key_len);
static inline size_t tape_get(const struct tape *t, size_t v, const char *key) /* up to the NUL */
{
    return tape_key(t, v, key, strlen(key));
}
size_t tape_index(const struct tape *t, size_t v, size_t i);
size_t tape_count(const struct tape *t, size_t v); /* members or elements; 0 for anything else */

const char *tape_kind_words(enum tape_kind kind); /* "a string", "null", ... */

/* Append the string at `v`, unescaped (so it may hold NUL), to `out`. `v` must be a STRING. */
void tape_string(const struct tape *t, size_t v, struct buf *out);

/* Whether the string at `v` is exactly `text`, in tape_is() up to its NUL, after unescaping. False
 * if it is not a string. */
bool tape_is_text(const struct tape *t, size_t v, const char *text, size_t len);
static inline bool tape_is(const struct tape *t, size_t v, const char *text)
{
    return tape_is_text(t, v, text, strlen(text));
}

/* Whether the string at `v`, which must be one, is empty or all spaces, tabs and line breaks. */
bool tape_is_blank(const struct tape *t, size_t v);

/* Whether two values are strings with the same bytes between their quotes. */
bool tape_is_same(const struct tape *t, size_t a, size_t b);

/* The NUMBER at `v` as the nearest double; always finite. */
double tape_number(const struct tape *t, size_t v);

/* The text of any value as it stands; the same without insignificant white space, without line
 * breaks, and with ", " and ": " as its only white space, as Python's json.dumps has it. */
const char *tape_text(const struct tape *t, size_t v, size_t *len);
void tape_compact(const struct tape *t, size_t v, struct buf *out);
void tape_line(const struct tape *t, size_t v, struct buf *out); /* as it stands, in one line */
void tape_spaced(const struct tape *t, size_t v, struct buf *out);

/* Append the JSON pointer (RFC 6901) of a value, "/messages/2/role"; of a key, that of its value.
 */
void tape_pointer(const struct tape *t, size_t v, struct buf *out);

/* Line and column of a byte, both from 1; columns count code points of the line. */
void tape_place(const char *text, size_t offset, size_t *line, size_t *col);

#endif
