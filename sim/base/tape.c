#include "sim/base/tape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "sim/base/mem.h"

/* While a container is open its entry is the scanner's stack: `next` is the container around it
 * and `end` counts its members. Both get their meaning when it is closed. */
#define NO_ENTRY UINT32_MAX

enum { SMALL_OBJECT = 16 }; /* keys that are compared pair by pair */

struct scan {
    struct tape *tape;
    const unsigned char *text;
    const unsigned char *end;
    uint32_t open; /* the innermost open container, or NO_ENTRY */
    size_t depth;  /* containers open */
    bool nul;      /* the last string with escapes held \u0000 */
    struct tape_fault *fault;
};

/* Every step takes the place it starts at and returns the place after what it read; NULL means
 * that the fault is filled. */
typedef const unsigned char *place;

static place fail(struct scan *s, place at, const char *what)
{
    *s->fault = (struct tape_fault){(size_t)(at - s->text), what};
    return NULL;
}

/* The byte at `at`; NUL, which stands nowhere in JSON, at the end. */
static inline unsigned char peek(const struct scan *s, place at)
{
    return at < s->end ? *at : '\0';
}

static inline place skip_space(const struct scan *s, place at)
{
    while (at < s->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at;
}

static inline bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static void make_room(struct tape *t, size_t n)
{
    if (t->room - t->n >= n)
        return;
    t->room = t->room * 2 + n + 64;
    t->at = mem_grow(t->at, t->room, sizeof(*t->at));
}

static inline struct tape_entry *push(struct scan *s, enum tape_kind kind, place start, place end)
{
    struct tape *t = s->tape;
    if (t->n == t->room)
        make_room(t, 1);
    struct tape_entry *entry = &t->at[t->n++];
    *entry = (struct tape_entry){
        .kind = (uint8_t)kind,
        .start = (uint32_t)(start - s->text),
        .end = (uint32_t)(end - s->text),
        .next = (uint32_t)t->n,
    };
    return entry;
}

/* --- Strings --------------------------------------------------------------------------------- */

/* The next byte that needs a look: a quote, a backslash, a control character or one above 0x7f.
 * The vector loops stop at the first block that has one. */
#ifdef __SSE2__
static inline place plain_blocks(place at, place end)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, slash));
        /* Signed, so that what is above 0x7f is less than a space too. */
        ends = _mm_or_si128(ends, _mm_cmplt_epi8(bytes, space));
        unsigned mask = (unsigned)_mm_movemask_epi8(ends);
        if (mask)
            return at + __builtin_ctz(mask);
    }
    return at;
}
#else
static inline uint64_t has_zero(uint64_t x)
{
    return (x - 0x0101010101010101u) & ~x & 0x8080808080808080u;
}

static inline place plain_blocks(place at, place end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t x;
        memcpy(&x, at, sizeof(x));
        uint64_t low = (x - 0x2020202020202020u) & ~x & 0x8080808080808080u;
        if (low | (x & 0x8080808080808080u) | has_zero(x ^ 0x2222222222222222u) |
            has_zero(x ^ 0x5c5c5c5c5c5c5c5cu))
            break;
    }
    return at;
}
#endif

static inline bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static inline place skip_plain(place at, place end)
{
    at = plain_blocks(at, end);
    while (at < end && is_plain(*at))
        at++;
    return at;
}

/* RFC 3629, section 4: the bytes that may follow each lead byte. */
static inline bool is_tail(const struct scan *s, place at, unsigned char low, unsigned char high)
{
    return at < s->end && *at >= low && *at <= high;
}

/* One sequence above 0x7f: no overlong forms, no surrogates, nothing above U+10FFFF. */
static inline place skip_utf8(struct scan *s, place at)
{
    unsigned char c = *at;
    if (c >= 0xc2 && c <= 0xdf) {
        if (is_tail(s, at + 1, 0x80, 0xbf))
            return at + 2;
    } else if (c >= 0xe0 && c <= 0xef) {
        unsigned char low = c == 0xe0 ? 0xa0 : 0x80;
        unsigned char high = c == 0xed ? 0x9f : 0xbf;
        if (is_tail(s, at + 1, low, high) && is_tail(s, at + 2, 0x80, 0xbf))
            return at + 3;
    } else if (c >= 0xf0 && c <= 0xf4) {
        unsigned char low = c == 0xf0 ? 0x90 : 0x80;
        unsigned char high = c == 0xf4 ? 0x8f : 0xbf;
        if (is_tail(s, at + 1, low, high) && is_tail(s, at + 2, 0x80, 0xbf) &&
            is_tail(s, at + 3, 0x80, 0xbf))
            return at + 4;
    }
    return fail(s, at, "this is not UTF-8");
}

static int hex_digit(unsigned char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static place skip_hex4(struct scan *s, place at, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, at++) {
        int digit = hex_digit(peek(s, at));
        if (digit < 0)
            return fail(s, at, "expected four hexadecimal digits after \\u");
        *unit = *unit << 4 | (unsigned)digit;
    }
    return at;
}

/* "\uXXXX", or the two of a surrogate pair. */
static place skip_unicode(struct scan *s, place slash)
{
    static const char lone[] = "half of a surrogate pair stands alone";
    unsigned unit = 0;
    place at = skip_hex4(s, slash + 2, &unit);
    if (!at)
        return NULL;
    s->nul |= unit == 0;
    if (unit < 0xd800 || unit > 0xdfff)
        return at;
    if (unit >= 0xdc00 || peek(s, at) != '\\' || peek(s, at + 1) != 'u')
        return fail(s, slash, lone);
    at = skip_hex4(s, at + 2, &unit);
    if (!at)
        return NULL;
    return unit >= 0xdc00 && unit <= 0xdfff ? at : fail(s, slash, lone);
}

static inline place skip_escape(struct scan *s, place slash)
{
    static const bool simple[256] = {
        ['"'] = true, ['\\'] = true, ['/'] = true, ['b'] = true,
        ['f'] = true, ['n'] = true,  ['r'] = true, ['t'] = true,
    };
    unsigned char c = peek(s, slash + 1);
    if (simple[c])
        return slash + 2;
    if (c == 'u')
        return skip_unicode(s, slash);
    return fail(s, slash + 1, "expected one of \"\\/bfnrtu after a backslash");
}

static inline place skip_string(struct scan *s, place quote)
{
    struct tape_entry *entry = push(s, TAPE_STRING, quote, quote);
    place at = quote + 1;
    for (;;) {
        at = skip_plain(at, s->end);
        unsigned char c = peek(s, at);
        if (c == '"')
            break;
        if (c == '\\') {
            entry->escaped = 1;
            at = skip_escape(s, at);
        } else if (c >= 0x80) {
            do { /* letters of other scripts come in runs */
                at = skip_utf8(s, at);
            } while (at && peek(s, at) >= 0x80);
        } else if (at == s->end) {
            return fail(s, at, "the text ends inside a string");
        } else {
            return fail(s, at, "a control character in a string must be escaped");
        }
        if (!at)
            return NULL;
    }
    entry->end = (uint32_t)(at + 1 - s->text);
    return at + 1;
}

/* --- Numbers and words ----------------------------------------------------------------------- */

static inline place skip_digits(const struct scan *s, place at)
{
    while (at < s->end && is_digit(*at))
        at++;
    return at;
}

static inline place skip_number(struct scan *s, place start)
{
    static const char digit[] = "expected a digit";
    place first = start + (*start == '-');
    place at = skip_digits(s, first);
    if (at == first)
        return fail(s, at, digit);
    if (*first == '0' && at > first + 1)
        return fail(s, first + 1, "a number does not start with 0 and another digit");
    bool large = at - first > 200;
    if (peek(s, at) == '.') {
        first = at + 1;
        at = skip_digits(s, first);
        if (at == first)
            return fail(s, at, digit);
    }
    if ((peek(s, at) | 0x20) == 'e') {
        first = at + 1;
        first += peek(s, first) == '+' || peek(s, first) == '-';
        at = skip_digits(s, first);
        if (at == first)
            return fail(s, at, digit);
        large |= at - first > 2;
    }
    push(s, TAPE_NUMBER, start, at);
    /* Up to 200 digits and an exponent of two are less than 1e308, whatever they are. */
    if (large && isinf(tape_number(s->tape, s->tape->n - 1)))
        return fail(s, start, "the number is too large for a double");
    return at;
}

static place skip_word(struct scan *s, place start, enum tape_kind kind, const char *word,
                       const char *what)
{
    place at = start;
    for (; *word; word++, at++) {
        if (peek(s, at) != (unsigned char)*word)
            return fail(s, at, what);
    }
    push(s, kind, start, at);
    return at;
}

/* What people write who think of another language. */
static place fail_value(struct scan *s, place at)
{
    if (at == s->end)
        return fail(s, at, "the text ends where a value must stand");
    switch (*at) {
    case '\'':
        return fail(s, at, "expected a value; strings stand in double quotes");
    case 'T':
    case 'F':
        return fail(s, at, "expected a value; true and false are in lower case");
    case 'N':
    case 'I':
        return fail(s, at, "expected a value; None, NaN and Infinity are not JSON, null is");
    case ']':
    case '}':
    case ',':
        return fail(s, at, "expected a value; is there a comma too many?");
    case 0xef:
        return fail(s, at, "expected a value, not a byte order mark");
    default:
        return fail(s, at, "expected a value");
    }
}

/* --- Keys ------------------------------------------------------------------------------------ */

/* Of the length and the first and last eight bytes: only there to tell most keys apart quickly. */
static inline uint16_t key_hash(const unsigned char *key, size_t len)
{
    uint64_t head = 0;
    uint64_t tail = 0;
    if (len >= 8) {
        memcpy(&head, key, 8);
        memcpy(&tail, key + len - 8, 8);
    } else {
        for (size_t i = 0; i < len; i++)
            head = head << 8 | key[i];
    }
    uint64_t mixed = (head ^ (tail << 23 | tail >> 41) ^ len) * 0x9e3779b97f4a7c15u;
    return (uint16_t)(mixed >> 48);
}

/* From before a key to before its value. */
static inline place skip_key(struct scan *s, place at)
{
    at = skip_space(s, at);
    if (peek(s, at) != '"')
        return fail(s, at,
                    peek(s, at) == '}' ? "expected a key; is there a comma too many?"
                                       : "expected a key in double quotes");
    place quote = at;
    s->nul = false;
    at = skip_string(s, quote);
    if (!at)
        return NULL;
    struct tape *t = s->tape;
    struct tape_entry *entry = &t->at[t->n - 1];
    if (!entry->escaped)
        entry->hash = key_hash(quote + 1, (size_t)(at - quote) - 2);
    else if (s->nul)
        return fail(s, quote, "a key with \\u0000 in it");
    t->at[s->open].end++;
    at = skip_space(s, at);
    return peek(s, at) == ':' ? at + 1 : fail(s, at, "expected ':'");
}

/* Could two keys of a closed object be the same? Never says no wrongly. */
static bool small_may_repeat(const struct tape *t, size_t object, size_t n)
{
    uint32_t tags[SMALL_OBJECT];
    size_t key = object + 1;
    for (size_t i = 0; i < n; i++, key = t->at[key + 1].next) {
        const struct tape_entry *entry = &t->at[key];
        if (entry->escaped)
            return true;
        tags[i] = (uint32_t)entry->hash << 16 | (uint16_t)(entry->end - entry->start);
        for (size_t j = 0; j < i; j++) {
            if (tags[j] == tags[i])
                return true;
        }
    }
    return false;
}

static bool large_may_repeat(const struct tape *t, size_t object, size_t n)
{
    uint64_t seen[64] = {0};
    size_t key = object + 1;
    for (size_t i = 0; i < n; i++, key = t->at[key + 1].next) {
        const struct tape_entry *entry = &t->at[key];
        uint64_t bit = 1ull << (entry->hash & 63);
        uint64_t *word = &seen[entry->hash >> 10];
        if (entry->escaped || *word & bit)
            return true;
        *word |= bit;
    }
    return false;
}

static inline bool may_repeat(const struct tape *t, size_t object, size_t n)
{
    return n <= SMALL_OBJECT ? small_may_repeat(t, object, n) : large_may_repeat(t, object, n);
}

struct key {
    const char *at; /* unescaped */
    size_t len;
    size_t index; /* of its entry */
};

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left;
    const struct key *b = right;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    int order = a->len ? memcmp(a->at, b->at, a->len) : 0;
    if (order)
        return order;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void list_keys(const struct tape *t, size_t object, size_t n, struct key *keys,
                      struct buf *unescaped)
{
    size_t key = object + 1;
    for (size_t i = 0; i < n; i++, key = t->at[key + 1].next) {
        const struct tape_entry *entry = &t->at[key];
        keys[i] = (struct key){t->text + entry->start + 1, entry->end - entry->start - 2, key};
        if (entry->escaped) {
            size_t from = unescaped->len;
            tape_string(t, key, unescaped);
            keys[i].at = unescaped->at + from;
            keys[i].len = unescaped->len - from;
        }
    }
}

/* Sorting, not hashing: a hostile text cannot make it slow. */
static void find_repeats(struct tape *t, size_t object, size_t n)
{
    struct buf unescaped = {0};
    buf_reserve(&unescaped, t->at[object].end - t->at[object].start); /* so that it never moves */
    struct key *keys = mem_array(n, sizeof(*keys));
    list_keys(t, object, n, keys, &unescaped);
    qsort(keys, n, sizeof(*keys), compare_keys);
    for (size_t i = 1; i < n; i++) {
        if (keys[i].len == keys[i - 1].len &&
            (!keys[i].len || memcmp(keys[i].at, keys[i - 1].at, keys[i].len) == 0) &&
            keys[i].index < t->duplicate)
            t->duplicate = keys[i].index;
    }
    free(keys);
    buf_release(&unescaped);
}

/* --- Containers ------------------------------------------------------------------------------ */

static inline place open_container(struct scan *s, place at, enum tape_kind kind)
{
    struct tape_entry *entry = push(s, kind, at, at);
    entry->next = s->open;
    entry->end = 0;
    s->open = (uint32_t)s->tape->n - 1;
    s->depth++;
    return skip_space(s, at + 1);
}

static inline place close_container(struct scan *s, place at)
{
    struct tape *t = s->tape;
    uint32_t closed = s->open;
    struct tape_entry *entry = &t->at[closed];
    uint32_t n_keys = entry->end;
    s->open = entry->next;
    s->depth--;
    entry->end = (uint32_t)(at + 1 - s->text);
    entry->next = (uint32_t)t->n;
    if (n_keys > 1 && may_repeat(t, closed, n_keys))
        find_repeats(t, closed, n_keys);
    return at + 1;
}

/* --- A value known from before ---------------------------------------------------------------- */

/* Brackets say where a container ends, so the same bytes are the same value. Only at the depth
 * that it was remembered at: deeper it might be nested too deeply. */
static inline bool is_known(const struct scan *s, place at)
{
    const struct buf *known = &s->tape->known.text;
    return s->depth == 1 && known->len && (size_t)(s->end - at) >= known->len &&
           memcmp(at, known->at, known->len) == 0;
}

static place take_known(struct scan *s, place at)
{
    struct tape *t = s->tape;
    const struct tape_known *known = &t->known;
    uint32_t start = (uint32_t)(at - s->text);
    uint32_t first = (uint32_t)t->n;
    make_room(t, known->n);
    for (size_t i = 0; i < known->n; i++) {
        struct tape_entry *entry = &t->at[first + i];
        *entry = known->at[i];
        entry->start += start;
        entry->end += start;
        entry->next += first;
    }
    t->n += known->n;
    t->again = first;
    return at + known->text.len;
}

/* --- Values ----------------------------------------------------------------------------------- */

/* From before a value to after it, or to after the first scalar, or empty container, in it. */
static inline place skip_value(struct scan *s, place at)
{
    for (;;) {
        at = skip_space(s, at);
        if (s->depth >= TAPE_MAX_DEPTH)
            return fail(s, at, "lists and objects are nested too deeply");
        switch (peek(s, at)) {
        case '"':
            return skip_string(s, at);
        case '{':
            if (is_known(s, at))
                return take_known(s, at);
            at = open_container(s, at, TAPE_OBJECT);
            if (peek(s, at) == '}')
                return close_container(s, at);
            at = skip_key(s, at);
            if (!at)
                return NULL;
            break;
        case '[':
            if (is_known(s, at))
                return take_known(s, at);
            at = open_container(s, at, TAPE_ARRAY);
            if (peek(s, at) == ']')
                return close_container(s, at);
            break;
        case 't':
            return skip_word(s, at, TAPE_TRUE, "true", "expected true");
        case 'f':
            return skip_word(s, at, TAPE_FALSE, "false", "expected false");
        case 'n':
            return skip_word(s, at, TAPE_NULL, "null", "expected null");
        case '-':
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9':
            return skip_number(s, at);
        default:
            return fail_value(s, at);
        }
    }
}

/* From after a value to before the next one; to after the whole once everything is closed. */
static inline place skip_to_next(struct scan *s, place at)
{
    while (s->open != NO_ENTRY) {
        bool object = s->tape->at[s->open].kind == TAPE_OBJECT;
        at = skip_space(s, at);
        unsigned char c = peek(s, at);
        if (c == ',')
            return object ? skip_key(s, at + 1) : at + 1;
        if (c != (object ? '}' : ']'))
            return fail(s, at, object ? "expected ',' or '}'" : "expected ',' or ']'");
        at = close_container(s, at);
    }
    return at;
}

static bool scan(struct scan *s)
{
    if (s->end - s->text > TAPE_MAX_BYTES)
        return fail(s, s->text + TAPE_MAX_BYTES, "the text is longer than 1 GiB");
    place at = s->text;
    do {
        at = skip_value(s, at);
        if (at)
            at = skip_to_next(s, at);
    } while (at && s->open != NO_ENTRY);
    if (!at)
        return false;
    at = skip_space(s, at);
    return at == s->end || fail(s, at, "expected nothing more after the value");
}

bool tape_scan(struct tape *t, const char *text, size_t len, struct tape_fault *f)
{
    const unsigned char *bytes = (const unsigned char *)(text ? text : "");
    t->text = (const char *)bytes;
    t->len = len;
    t->n = 0;
    t->duplicate = TAPE_NONE;
    t->again = TAPE_NONE;
    struct scan s = {.tape = t, .text = bytes, .end = bytes + len, .open = NO_ENTRY, .fault = f};
    if (scan(&s))
        return true;
    t->n = 0;
    t->duplicate = TAPE_NONE;
    t->again = TAPE_NONE;
    return false;
}

void tape_release(struct tape *t)
{
    if (!t)
        return;
    free(t->at);
    free(t->known.at);
    buf_release(&t->known.text);
    *t = (struct tape){0};
}
