#include "grader/text/unicode.h"

#include <utf8proc.h>

#include "sim/base/text.h"

static uint32_t decode_one(const char *text, size_t n)
{
    uint32_t c = (unsigned char)text[0];
    if (n > 1)
        c &= 0x7fu >> n;
    for (size_t i = 1; i < n; i++)
        c = c << 6 | ((unsigned char)text[i] & 0x3f);
    return c;
}

void unicode_decode(struct seq *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = text_sequence(text + i, len - i);
        seq_push(out, n ? decode_one(text + i, n) : 0xfffd);
        i += n ? n : 1;
    }
}

bool unicode_is_space(uint32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f);
    return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool unicode_is_word(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    utf8proc_category_t class = utf8proc_category((utf8proc_int32_t)c);
    return (class >= UTF8PROC_CATEGORY_LU && class <= UTF8PROC_CATEGORY_LO) ||
           (class >= UTF8PROC_CATEGORY_ND && class <= UTF8PROC_CATEGORY_NO);
}

uint32_t unicode_lower(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}

void unicode_lower_all(struct seq *text)
{
    for (size_t i = 0; i < text->n; i++)
        text->at[i] = unicode_lower(text->at[i]);
}
