#include "sim/base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

static uint32_t value_of(const char *sequence, size_t len)
{
    uint32_t value = (unsigned char)sequence[0];
    if (len > 1)
        value &= 0x7fu >> len;
    for (size_t i = 1; i < len; i++)
        value = value << 6 | ((unsigned char)sequence[i] & 0x3f);
    return value;
}

unsigned text_columns(const char *sequence, size_t len)
{
    static const struct {
        uint32_t first;
        uint32_t last;
        unsigned columns;
    } blocks[] = {
        {0x0300, 0x036f, 0},   {0x1100, 0x115f, 2},   {0x1ab0, 0x1aff, 0},   {0x200b, 0x200f, 0},
        {0x20d0, 0x20ff, 0},   {0x2e80, 0x303e, 2},   {0x3041, 0xa4cf, 2},   {0xa960, 0xa97f, 2},
        {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0},   {0xfe30, 0xfe6f, 2},
        {0xfeff, 0xfeff, 0},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},   {0x1f300, 0x1f64f, 2},
        {0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
    };
    uint32_t value = len ? value_of(sequence, len) : 0;
    for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
        if (value >= blocks[i].first && value <= blocks[i].last)
            return blocks[i].columns;
    }
    return 1;
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

/* The same as in the pages that we write (sim/view/page/dom.js). */
static bool is_unseen(uint32_t value)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } blocks[] = {
        {0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
        {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb},
    };
    for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
        if (value >= blocks[i].first && value <= blocks[i].last)
            return true;
    }
    return false;
}

void text_add_visible(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0, n = 0; i < len; i += n ? n : 1) {
        n = text_sequence(text + i, len - i);
        if (!n)
            buf_text_add(out, "\xef\xbf\xbd");
        else if (text[i] == '\t')
            buf_char(out, ' ');
        else if (is_unseen(value_of(text + i, n)))
            buf_printf(out, "<U+%04X>", (unsigned)value_of(text + i, n));
        else
            buf_add(out, text + i, n);
    }
}

/* Whether it is the beginning of a sequence that goes on where the text ends. */
static bool is_broken_off(const char *text, size_t len)
{
    unsigned char c = (unsigned char)text[0];
    size_t wants = c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return false;
    }
    return c < 0xf5 && len < wants;
}

void text_one_line(char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len;) {
        size_t n = text_sequence(text + i, len - i);
        if (!n && is_broken_off(text + i, len - i)) {
            text[i] = '\0';
            return;
        }
        bool control = (unsigned char)text[i] < ' ' || text[i] == 0x7f;
        if (!n || control)
            text[i] = n ? ' ' : '?';
        i += n ? n : 1;
    }
}
