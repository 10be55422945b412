#include "sim/base/text.h"

#include <string.h>

#include <stdint.h>

/* The smallest value that needs n bytes; less is an overlong form. */
static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

size_t text_sequence(const char *text, size_t len)
{
    if (!len)
        return 0;
    unsigned char c = (unsigned char)text[0];
    if (c < 0x80)
        return 1;
    size_t n = c >= 0xf8 ? 0 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 0;
    if (!n || n > len)
        return 0;
    uint32_t value = c & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        unsigned char more = (unsigned char)text[i];
        if ((more & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (more & 0x3f);
    }
    if (value < smallest[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    return n;
}

size_t text_mark(const char *text, size_t len)
{
    return len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

void text_add_valid(struct buf *out, const char *text, size_t len)
{
    size_t from = 0;
    size_t i = 0;
    while (i < len) {
        size_t n = text_sequence(text + i, len - i);
        if (n) {
            i += n;
            continue;
        }
        buf_add(out, text + from, i - from);
        buf_text_add(out, "\xef\xbf\xbd");
        from = ++i;
    }
    buf_add(out, text + from, len - from);
}
