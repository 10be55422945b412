#include "sim/store/rows.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Before a row's values stand its length, all of it, in 4 bytes, and in one more what it is for. A
 * value is its type in a byte, and then: an int or a real, 8 bytes; a text or a blob, its length in
 * 4 bytes and its bytes. Most are small whole numbers: these are one byte, SMALL and more. */
enum { HEAD_BYTES = 5, SMALL = 16, SMALL_MOST = UINT8_MAX - SMALL };

void rows_end(struct rows *out)
{
    size_t n = out->bytes.len - out->begun;
    assert(n <= UINT32_MAX);
    uint32_t len = (uint32_t)n;
    if (n)
        memcpy(out->bytes.at + out->begun, &len, sizeof(len));
}

void rows_begin(struct rows *out, enum rows_for what)
{
    rows_end(out);
    out->begun = out->bytes.len;
    buf_add(&out->bytes, (const char[]){0, 0, 0, 0, (char)what}, HEAD_BYTES);
}

void rows_clear(struct rows *out)
{
    buf_clear(&out->bytes);
    out->begun = 0;
}

void rows_release(struct rows *out)
{
    buf_release(&out->bytes);
    out->begun = 0;
}

static void add(struct rows *out, int type, const void *head, size_t head_len, const void *more,
                size_t len)
{
    struct buf *b = &out->bytes;
    buf_reserve(b, 1 + head_len + len);
    char *at = b->at + b->len;
    *at = (char)type;
    memcpy(at + 1, head, head_len);
    if (len)
        memcpy(at + 1 + head_len, more, len);
    b->len += 1 + head_len + len;
    b->at[b->len] = '\0';
}

void rows_int(struct rows *out, int64_t value)
{
    if (value >= 0 && value <= SMALL_MOST)
        buf_char(&out->bytes, (char)(SMALL + value));
    else
        add(out, ROWS_INT, &value, sizeof(value), NULL, 0);
}

void rows_null(struct rows *out)
{
    buf_char(&out->bytes, ROWS_NULL);
}

void rows_real(struct rows *out, double value)
{
    static const double most = 9007199254740992.0; /* whole numbers up to here are all doubles */
    if (isnan(value))
        rows_null(out);
    else if (value == trunc(value) && fabs(value) < most && !(value == 0 && signbit(value)))
        rows_int(out, (int64_t)value); /* shorter in the database */
    else
        add(out, ROWS_REAL, &value, sizeof(value), NULL, 0);
}

static void add_bytes(struct rows *out, int type, const void *bytes, size_t n)
{
    assert(n <= INT32_MAX);
    uint32_t len = (uint32_t)n;
    if (bytes)
        add(out, type, &len, sizeof(len), bytes, n);
    else
        rows_null(out);
}

void rows_text(struct rows *out, const char *text, size_t len)
{
    add_bytes(out, ROWS_TEXT, text, len);
}

void rows_word(struct rows *out, const char *text)
{
    add_bytes(out, ROWS_TEXT, text, text ? strlen(text) : 0);
}

void rows_blob(struct rows *out, const void *bytes, size_t n)
{
    add_bytes(out, ROWS_BLOB, bytes, n);
}

enum rows_for rows_what(const char *at)
{
    return (enum rows_for)at[HEAD_BYTES - 1];
}

const char *rows_next(const char *at)
{
    uint32_t len;
    memcpy(&len, at, sizeof(len));
    return at + len;
}

static const char *take_bytes(struct rows_value *out, const char *at)
{
    uint32_t len;
    memcpy(&len, at, sizeof(len));
    out->len = (int)len;
    out->bytes = at + sizeof(len);
    return out->bytes + len;
}

/* Returns where the next one begins. */
static const char *take(struct rows_value *out, const char *at)
{
    uint8_t type = (uint8_t)*at++;
    if (type >= SMALL) {
        *out = (struct rows_value){.type = ROWS_INT, .integer = type - SMALL};
        return at;
    }
    out->type = type;
    switch (out->type) {
    case ROWS_NULL:
        break;
    case ROWS_INT:
    case ROWS_REAL:
        memcpy(&out->integer, at, sizeof(out->integer));
        return at + sizeof(out->integer);
    case ROWS_TEXT:
    case ROWS_BLOB:
        return take_bytes(out, at);
    }
    return at;
}

size_t rows_values(struct rows_value out[ROWS_VALUES], const char *at)
{
    const char *end = rows_next(at);
    size_t n = 0;
    for (at += HEAD_BYTES; at < end; n++) {
        assert(n < ROWS_VALUES);
        at = take(&out[n], at);
    }
    return n;
}
