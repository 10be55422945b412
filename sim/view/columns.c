#include "sim/view/columns.h"

#include <utf8proc.h>

#include "sim/base/text.h"

/* The columns that the sequence at text[0] takes, and its bytes. */
static size_t width_at(const char *text, size_t len, size_t *bytes)
{
    utf8proc_int32_t c = 0;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &c);
    *bytes = n > 0 ? (size_t)n : 1;
    int width = n > 0 ? utf8proc_charwidth(c) : 1;
    return width > 0 ? (size_t)width : 0;
}

size_t columns_of(const char *text, size_t len)
{
    size_t columns = 0;
    size_t n = 0;
    for (size_t i = 0; i < len; i += n)
        columns += width_at(text + i, len - i, &n);
    return columns;
}

/* The longest beginning of text[0..n) that ends in `last` and is over half of it; 0: there is none.
 */
static size_t end_at(const char *text, size_t n, char last)
{
    size_t word = n;
    while (word > n / 2 && text[word - 1] != last)
        word--;
    return word > n / 2 ? word : 0;
}

size_t columns_line(const char *text, size_t len, size_t columns)
{
    size_t used = 0;
    size_t n = 0;
    size_t more = 0;
    for (; n < len; n += more) {
        used += width_at(text + n, len - n, &more);
        if (used > columns)
            break;
    }
    size_t words = n < len ? end_at(text, n, ' ') : n;
    size_t parts = words ? words : end_at(text, n, ','); /* JSON has no blanks */
    return parts ? parts : n;
}

void columns_fill(struct buf *out, size_t columns, size_t indent, const char *text, size_t len)
{
    for (size_t n = 0; len; text += n, len -= n) {
        n = columns_line(text, len, columns > indent ? columns - indent : 1);
        if (!n)
            n = len;
        size_t shown = n;
        while (n < len && shown && text[shown - 1] == ' ')
            shown--;
        buf_add(out, text, shown);
        if (n < len)
            buf_printf(out, "\n%*s", (int)indent, "");
    }
}

size_t columns_cut(const char *text, size_t len, size_t most)
{
    if (len <= most)
        return len;
    size_t n = 0;
    for (size_t more = 0; n < most; n += more) {
        more = text_sequence(text + n, len - n);
        if (!more || n + more > most)
            break;
    }
    return n;
}
