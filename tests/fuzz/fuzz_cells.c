/* Any bytes as CSV: the reader ends, its cells stand in order inside the text, and what it read,
 * written again with every cell in quotes, is read as the same cells. */
#include <string.h>

#include "sim/base/cells.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

/* Read all of it. Every cell goes to `out` in quotes; returns whether there was no fault. */
static bool rewrite(const char *text, size_t len, struct buf *out)
{
    struct cells c;
    struct cells_fault f = {0};
    bool have = true;
    bool ok = true;
    size_t last = 0;
    cells_init(&c, text, len);
    while ((ok = cells_next(&c, &have, &f)) && have) {
        must(c.n > 0, "a line has a cell");
        for (size_t i = 0; i < c.n; i++) {
            const char *cell = cells_text(&c, i);
            must(strlen(cell) == c.at[i].len, "a cell holds no NUL");
            must(c.at[i].offset >= last && c.at[i].offset <= len, "cells stand in order");
            last = c.at[i].offset;
            buf_text_add(out, i ? ",\"" : "\"");
            for (; *cell; cell++) {
                if (*cell == '"')
                    buf_char(out, '"');
                buf_char(out, *cell);
            }
            buf_char(out, '"');
        }
        buf_text_add(out, "\r\n");
    }
    must(ok || (f.what && f.offset <= len), "a fault has a place and words");
    cells_release(&c);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = {0};
    struct buf twice = {0};
    rewrite((const char *)data, size, &once);
    must(rewrite(buf_text(&once), once.len, &twice), "what was written can be read");
    must(once.len == twice.len && memcmp(buf_text(&once), buf_text(&twice), once.len) == 0,
         "and says the same");
    buf_release(&once);
    buf_release(&twice);
    return 0;
}
