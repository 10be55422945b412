/* What is done with a finished tape; tape.c makes it. */
#include "sim/base/tape.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"

void tape_remember(struct tape *t, size_t v)
{
    struct tape_known *known = &t->known;
    const struct tape_entry *whole = &t->at[v];
    assert(whole->kind == TAPE_ARRAY || whole->kind == TAPE_OBJECT);
    buf_clear(&known->text);
    if (whole->end - whole->start > TAPE_KNOWN_BYTES || t->duplicate != TAPE_NONE)
        return;
    buf_add(&known->text, t->text + whole->start, whole->end - whole->start);
    known->hash = hash_bytes(known->text.at, known->text.len);
    known->n = whole->next - v;
    known->at = mem_grow(known->at, known->n, sizeof(*known->at));
    for (size_t i = 0; i < known->n; i++) {
        known->at[i] = t->at[v + i];
        known->at[i].start -= whole->start;
        known->at[i].end -= whole->start;
        known->at[i].next -= (uint32_t)v;
    }
}

/* Of four hexadecimal digits, which the scanner has checked. */
static unsigned hex4(const unsigned char *at)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (at[i] <= '9' ? at[i] - (unsigned)'0' : (at[i] | 0x20u) - 'a' + 10);
    return value;
}

/* The escape at `*at` as UTF-8 in `out`; the number of bytes. Moves `*at` past it. */
static size_t decode_escape(const unsigned char **at, char out[4])
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    const unsigned char *c = *at + 1;
    if (*c != 'u') {
        *at += 2;
        out[0] = to[strchr(from, *c) - from];
        return 1;
    }
    uint32_t point = hex4(c + 1);
    *at += 6;
    if (point >= 0xd800 && point <= 0xdbff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (hex4(*at + 2) - 0xdc00);
        *at += 6;
    }
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)(lead[n] | point);
    return n;
}

static bool is_escaped_text(const struct tape *t, size_t v, const char *text, size_t len)
{
    const struct tape_entry *entry = &t->at[v];
    const unsigned char *from = (const unsigned char *)t->text + entry->start + 1;
    const unsigned char *end = (const unsigned char *)t->text + entry->end - 1;
    while (from < end) {
        char piece[4] = {(char)*from};
        size_t n = 1;
        if (*from == '\\')
            n = decode_escape(&from, piece);
        else
            from++;
        if (n > len || memcmp(piece, text, n) != 0)
            return false;
        text += n;
        len -= n;
    }
    return len == 0;
}

/* Most differ in their length or their first byte. */
static inline bool is_text(const struct tape *t, size_t v, const char *text, size_t len)
{
    const struct tape_entry *entry = &t->at[v];
    if (entry->escaped)
        return is_escaped_text(t, v, text, len);
    const char *at = t->text + entry->start + 1;
    return entry->end - entry->start - 2 == len &&
           (!len || (*at == *text && memcmp(at, text, len) == 0));
}

size_t tape_key(const struct tape *t, size_t v, const char *key, size_t key_len)
{
    if (tape_kind(t, v) != TAPE_OBJECT)
        return TAPE_NONE;
    size_t found = TAPE_NONE;
    for (size_t k = v + 1; k < t->at[v].next; k = t->at[k + 1].next) {
        if (is_text(t, k, key, key_len))
            found = k + 1;
    }
    return found;
}

size_t tape_index(const struct tape *t, size_t v, size_t i)
{
    if (tape_kind(t, v) != TAPE_ARRAY)
        return TAPE_NONE;
    size_t child = v + 1;
    for (; child < t->at[v].next; child = t->at[child].next) {
        if (i-- == 0)
            return child;
    }
    return TAPE_NONE;
}

size_t tape_count(const struct tape *t, size_t v)
{
    enum tape_kind kind = tape_kind(t, v);
    if (kind != TAPE_ARRAY && kind != TAPE_OBJECT)
        return 0;
    size_t n = 0;
    for (size_t child = v + 1; child < t->at[v].next; n++)
        child = t->at[child + (kind == TAPE_OBJECT)].next;
    return n;
}

const char *tape_kind_words(enum tape_kind kind)
{
    static const char *const words[] = {
        [TAPE_NULL] = "null",        [TAPE_FALSE] = "false",     [TAPE_TRUE] = "true",
        [TAPE_NUMBER] = "a number",  [TAPE_STRING] = "a string", [TAPE_ARRAY] = "a list",
        [TAPE_OBJECT] = "an object",
    };
    return words[kind];
}

void tape_string(const struct tape *t, size_t v, struct buf *out)
{
    const struct tape_entry *entry = &t->at[v];
    const unsigned char *at = (const unsigned char *)t->text + entry->start + 1;
    const unsigned char *end = (const unsigned char *)t->text + entry->end - 1;
    buf_reserve(out, (size_t)(end - at)); /* unescaping never makes text longer */
    while (at < end) {
        const unsigned char *slash = entry->escaped ? memchr(at, '\\', (size_t)(end - at)) : NULL;
        buf_add(out, at, (size_t)((slash ? slash : end) - at));
        if (!slash)
            break;
        char piece[4];
        size_t n = decode_escape(&slash, piece);
        buf_add(out, piece, n);
        at = slash;
    }
}

bool tape_is_text(const struct tape *t, size_t v, const char *text, size_t len)
{
    return tape_kind(t, v) == TAPE_STRING && is_text(t, v, text, len);
}

bool tape_is_blank(const struct tape *t, size_t v)
{
    const char *at = t->text + t->at[v].start + 1;
    const char *end = t->text + t->at[v].end - 1;
    while (at < end && (*at == ' ' || (*at == '\\' && strchr("nrt", at[1]))))
        at += *at == ' ' ? 1 : 2;
    return at == end;
}

bool tape_is_same(const struct tape *t, size_t a, size_t b)
{
    size_t n = 0;
    size_t m = 0;
    if (tape_kind(t, a) != TAPE_STRING || tape_kind(t, b) != TAPE_STRING)
        return false;
    const char *x = tape_text(t, a, &n);
    const char *y = tape_text(t, b, &m);
    return n == m && memcmp(x, y, n) == 0;
}

static double number_value(const char *text, size_t len)
{
    char small[64];
    char *copy = len < sizeof(small) ? small : mem_new(len + 1);
    memcpy(copy, text, len);
    copy[len] = '\0';
    double value = strtod(copy, NULL);
    if (copy != small)
        free(copy);
    return value;
}

double tape_number(const struct tape *t, size_t v)
{
    const struct tape_entry *entry = &t->at[v];
    return number_value(t->text + entry->start, entry->end - entry->start);
}

const char *tape_text(const struct tape *t, size_t v, size_t *len)
{
    *len = t->at[v].end - t->at[v].start;
    return t->text + t->at[v].start;
}

/* Between two values stand only brackets, commas, colons and white space. */
static void add_marks(struct buf *out, const char *at, const char *end, bool spaced)
{
    for (; at < end; at++) {
        if ((unsigned char)*at > ' ')
            buf_char(out, *at);
        if (spaced && (*at == ',' || *at == ':'))
            buf_char(out, ' ');
    }
}

static void add_value(const struct tape *t, size_t v, bool spaced, struct buf *out)
{
    const char *at = t->text + t->at[v].start;
    for (size_t i = v; i < t->at[v].next; i++) {
        const struct tape_entry *entry = &t->at[i];
        if (entry->kind == TAPE_ARRAY || entry->kind == TAPE_OBJECT)
            continue;
        add_marks(out, at, t->text + entry->start, spaced);
        buf_add(out, t->text + entry->start, entry->end - entry->start);
        at = t->text + entry->end;
    }
    add_marks(out, at, t->text + t->at[v].end, spaced);
}

void tape_compact(const struct tape *t, size_t v, struct buf *out)
{
    add_value(t, v, false, out);
}

/* Outside of strings, where a space is as good, they can stand alone. */
void tape_line(const struct tape *t, size_t v, struct buf *out)
{
    size_t len = 0;
    const char *text = tape_text(t, v, &len);
    size_t from = out->len;
    buf_add(out, text, len);
    for (char *at = out->at + from; (at = memchr(at, '\n', (size_t)(out->at + out->len - at)));)
        *at = ' ';
    for (char *at = out->at + from; (at = memchr(at, '\r', (size_t)(out->at + out->len - at)));)
        *at = ' ';
}

void tape_spaced(const struct tape *t, size_t v, struct buf *out)
{
    add_value(t, v, true, out);
}

static void add_step(const struct tape *t, size_t key, struct buf *out)
{
    struct buf name = {0};
    tape_string(t, key, &name);
    buf_char(out, '/');
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == '~')
            buf_text_add(out, "~0");
        else if (name.at[i] == '/')
            buf_text_add(out, "~1");
        else
            buf_char(out, name.at[i]);
    }
    buf_release(&name);
}

void tape_pointer(const struct tape *t, size_t v, struct buf *out)
{
    size_t around = 0;
    while (v > around && v < t->at[around].next) {
        bool object = t->at[around].kind == TAPE_OBJECT;
        size_t child = around + 1;
        size_t i = 0;
        for (; t->at[child + object].next <= v; i++)
            child = t->at[child + object].next;
        if (object)
            add_step(t, child, out);
        else
            buf_printf(out, "/%zu", i);
        around = child + object;
    }
}

void tape_place(const char *text, size_t offset, size_t *line, size_t *col)
{
    size_t lines = 1;
    size_t cols = 1;
    for (size_t i = 0; i < offset; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n') {
            lines++;
            cols = 1;
        } else {
            cols += (c & 0xc0) != 0x80; /* the other bytes of a sequence are no column */
        }
    }
    *line = lines;
    *col = cols;
}
