#include "sim/job/schema_words.h"

#include <math.h>
#include <string.h>

const struct schema_word_row schema_words[WORD_NONE] = {
#define X(word, name, holds, standing) [WORD_##word] = {name, HOLDS_##holds, STANDING_##standing},
    SCHEMA_WORDS(X)
#undef X
};

const char *const schema_types[SCHEMA_N_TYPES] = {
    "array", "boolean", "integer", "null", "number", "object", "string",
};

static int compare(const char *name, const char *key, size_t len)
{
    size_t n = strlen(name);
    int order = memcmp(name, key, n < len ? n : len);
    return order ? order : (n > len) - (n < len);
}

enum schema_word schema_word(const struct tape *t, size_t k)
{
    const struct tape_entry *entry = &t->at[k];
    if (entry->escaped)
        return WORD_NONE; /* nobody writes them so; told as unknown */
    size_t low = 0;
    size_t high = WORD_NONE;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(schema_words[middle].name, t->text + entry->start + 1,
                            entry->end - entry->start - 2);
        if (order == 0)
            return (enum schema_word)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return WORD_NONE;
}

bool schema_word_untested(enum schema_word word)
{
    return word != WORD_NONE && (schema_words[word].standing == STANDING_REFUSED ||
                                 word == WORD_PATTERN || word == WORD_FORMAT);
}

static unsigned type_bit(const struct tape *t, size_t v)
{
    for (unsigned i = 0; i < SCHEMA_N_TYPES; i++) {
        if (tape_is(t, v, schema_types[i]))
            return 1u << i;
    }
    return 0;
}

unsigned schema_type_bits(const struct tape *t, size_t types)
{
    if (tape_kind(t, types) != TAPE_ARRAY)
        return types == TAPE_NONE ? 0 : type_bit(t, types);
    unsigned bits = 0;
    for (size_t v = types + 1; v < t->at[types].next; v = t->at[v].next)
        bits |= type_bit(t, v);
    return bits;
}

unsigned schema_value_bits(const struct tape *t, size_t v)
{
    static const unsigned bits[] = {
        [TAPE_NULL] = TYPE_NULL,     [TAPE_FALSE] = TYPE_BOOLEAN, [TAPE_TRUE] = TYPE_BOOLEAN,
        [TAPE_NUMBER] = TYPE_NUMBER, [TAPE_STRING] = TYPE_STRING, [TAPE_ARRAY] = TYPE_ARRAY,
        [TAPE_OBJECT] = TYPE_OBJECT,
    };
    enum tape_kind kind = tape_kind(t, v);
    if (kind != TAPE_NUMBER)
        return bits[kind];
    double value = tape_number(t, v);
    return value == floor(value) ? TYPE_NUMBER | TYPE_INTEGER : TYPE_NUMBER;
}

const char *schema_text(const struct tape *t, size_t v, struct buf *scratch, size_t *len)
{
    const struct tape_entry *entry = &t->at[v];
    if (!entry->escaped) {
        *len = entry->end - entry->start - 2;
        return t->text + entry->start + 1;
    }
    buf_clear(scratch);
    tape_string(t, v, scratch);
    *len = scratch->len;
    return buf_text(scratch);
}

size_t schema_chars(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One token of a pointer in a URI (RFC 6901, section 6): %7E and ~0, ~1. */
static void decode_token(const char *at, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        char c = at[i];
        int high = c == '%' && i + 2 < len ? hex(at[i + 1]) : -1;
        int low = high >= 0 ? hex(at[i + 2]) : -1;
        if (low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        }
        buf_char(out, c);
    }
    size_t to = 0;
    for (size_t i = 0; i < out->len; i++) {
        char c = out->at[i];
        if (c == '~' && i + 1 < out->len && (out->at[i + 1] == '0' || out->at[i + 1] == '1'))
            c = out->at[++i] == '0' ? '~' : '/';
        out->at[to++] = c;
    }
    buf_cut(out, to);
}

static size_t child(const struct tape *t, size_t v, const struct buf *token)
{
    if (tape_kind(t, v) == TAPE_OBJECT)
        return tape_key(t, v, buf_text(token), token->len);
    size_t i = 0;
    if (!token->len || token->len > 9)
        return TAPE_NONE;
    for (size_t k = 0; k < token->len; k++) {
        if (token->at[k] < '0' || token->at[k] > '9')
            return TAPE_NONE;
        i = i * 10 + (size_t)(token->at[k] - '0');
    }
    return tape_index(t, v, i);
}

size_t schema_target(const struct schema *s, size_t ref)
{
    struct buf scratch = {0};
    struct buf token = {0};
    size_t len = 0;
    const char *text = schema_text(s->tape, ref, &scratch, &len);
    size_t at = len && *text == '#' && (len == 1 || text[1] == '/') ? s->root : TAPE_NONE;
    for (size_t i = 1; i < len && at != TAPE_NONE;) {
        const char *slash = memchr(text + i + 1, '/', len - i - 1);
        size_t end = slash ? (size_t)(slash - text) : len;
        buf_clear(&token);
        decode_token(text + i + 1, end - i - 1, &token);
        at = child(s->tape, at, &token);
        i = end;
    }
    buf_release(&token);
    buf_release(&scratch);
    return at;
}
