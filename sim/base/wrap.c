#include "sim/base/wrap.h"

#include <stdbool.h>
#include <string.h>

static void new_line(struct buf *out, size_t indent)
{
    buf_printf(out, "\n%*s", (int)indent, "");
}

void wrap_within(struct buf *out, size_t columns, size_t col, size_t indent, const char *text)
{
    bool first = true; /* on its line: no space before it */
    while (*text) {
        size_t len = strcspn(text, " \n");
        size_t need = len + !first;
        if (len && !first && col + need > columns) {
            new_line(out, indent);
            col = indent;
            first = true;
        }
        if (len) {
            if (!first)
                buf_char(out, ' ');
            buf_add(out, text, len);
            col += len + !first;
            first = false;
        }
        text += len;
        if (*text == '\n' && text[1]) {
            new_line(out, indent);
            col = indent;
            first = true;
        }
        text += *text != '\0';
    }
    buf_char(out, '\n');
}

void wrap_add(struct buf *out, size_t col, size_t indent, const char *text)
{
    wrap_within(out, WRAP_COLUMNS, col, indent, text);
}
