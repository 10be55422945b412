#include "sim/base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

void buf_reserve(struct buf *b, size_t more)
{
    size_t need = b->len + more + 1;
    if (need <= b->room)
        return;
    size_t room = b->room ? b->room + b->room / 2 : 64;
    if (room < need)
        room = need;
    b->at = mem_grow(b->at, room, 1);
    b->at[b->len] = '\0';
    b->room = room;
    b->at[b->len] = '\0';
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
    buf_reserve(b, n);
    if (n)
        memcpy(b->at + b->len, bytes, n);
    b->len += n;
    b->at[b->len] = '\0';
}

void buf_text_add(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_char(struct buf *b, char c)
{
    buf_reserve(b, 1);
    b->at[b->len++] = c;
    b->at[b->len] = '\0';
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0)
        return;

    buf_reserve(b, (size_t)n);
    vsnprintf(b->at + b->len, (size_t)n + 1, fmt, ap);
    b->len += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

/* The two-character escape of `c`, or NULL if it has none. */
static const char *short_escape(unsigned char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

void buf_json(struct buf *b, const char *text, size_t n)
{
    buf_reserve(b, n + 2);
    buf_char(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(b, text + from, i - from);
        const char *escape = short_escape(c);
        if (escape)
            buf_add(b, escape, 2);
        else
            buf_printf(b, "\\u%04x", c);
        from = i + 1;
    }
    buf_add(b, text + from, n - from);
    buf_char(b, '"');
}

void buf_base64(struct buf *b, const void *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *from = bytes;
    buf_reserve(b, (n + 2) / 3 * 4);
    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i < 3 ? n - i : 3;
        unsigned group = (unsigned)from[i] << 16;
        group |= left > 1 ? (unsigned)from[i + 1] << 8 : 0;
        group |= left > 2 ? from[i + 2] : 0;
        for (size_t k = 0; k <= left; k++)
            buf_char(b, digits[group >> (18 - 6 * k) & 63]);
        buf_add(b, "==", 3 - left);
    }
}

const char *buf_text(const struct buf *b)
{
    return b->at ? b->at : "";
}

char *buf_take(struct buf *b)
{
    char *text = b->at ? b->at : mem_text("");
    *b = (struct buf){0};
    return text;
}

void buf_cut(struct buf *b, size_t len)
{
    assert(len <= b->len);
    b->len = len;
    if (b->at)
        b->at[len] = '\0';
}

void buf_clear(struct buf *b)
{
    buf_cut(b, 0);
}

void buf_release(struct buf *b)
{
    free(b->at);
    *b = (struct buf){0};
}
