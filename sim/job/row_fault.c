#include "sim/job/row_fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"

PRINTF(7, 0)
static struct diag *vfault(struct diags *list, enum diag_severity severity, enum diag_code code,
                           const struct row_line *line, size_t start, size_t end, const char *fmt,
                           va_list ap)
{
    if (!diags_keeps(list, code)) /* a place and an excerpt cost more than a row is worth */
        return diag_add(list, severity, code, line->file, line->line, 1, "%s", "");
    size_t lines = 0;
    size_t col = 0;
    size_t end_col = 0;
    tape_place(line->text, start, &lines, &col);
    tape_place(line->text, end, &lines, &end_col);
    char *text = mem_vprintf(fmt, ap);
    struct diag *d = diag_add(list, severity, code, line->file, line->line, col, "%s", text);
    if (end_col > col)
        d->span = end_col - col;
    diag_excerpt(d, line->text, line->len);
    free(text);
    return d;
}

struct diag *row_fault_at(struct diags *list, enum diag_severity severity, enum diag_code code,
                          const struct row_line *line, size_t start, size_t end, const char *fmt,
                          ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct diag *d = vfault(list, severity, code, line, start, end, fmt, ap);
    va_end(ap);
    return d;
}

static void set_pointer(struct diag *d, const struct tape *t, size_t v)
{
    struct buf pointer = {0};
    if (!*d->text) /* counted only */
        return;
    tape_pointer(t, v, &pointer);
    diag_pointer(d, "%s", buf_text(&pointer));
    buf_release(&pointer);
}

struct diag *row_fault(struct diags *list, enum diag_severity severity, enum diag_code code,
                       const struct row_line *line, const struct tape *t, size_t v, const char *fmt,
                       ...)
{
    const struct tape_entry *entry = &t->at[v];
    bool container = entry->kind == TAPE_ARRAY || entry->kind == TAPE_OBJECT;
    va_list ap;
    va_start(ap, fmt);
    struct diag *d = vfault(list, severity, code, line, entry->start,
                            container ? entry->start + 1 : entry->end, fmt, ap);
    va_end(ap);
    set_pointer(d, t, v);
    return d;
}

void row_fault_pointer(struct diag *d, const struct tape *t, size_t offset)
{
    size_t inner = 0;
    for (size_t v = 0; v < t->n && t->at[v].start <= offset; v++) {
        if (offset < t->at[v].end)
            inner = v;
    }
    set_pointer(d, t, inner);
}

struct row_shown row_shown(const struct tape *t, size_t v)
{
    struct row_shown s;
    enum tape_kind kind = tape_kind(t, v);
    if (kind == TAPE_ARRAY || kind == TAPE_OBJECT) {
        snprintf(s.text, sizeof(s.text), "%s", tape_kind_words(kind));
        return s;
    }
    size_t len = 0;
    const char *text = tape_text(t, v, &len);
    size_t cut = len;
    if (cut > ROW_SHOWN_BYTES) {
        cut = ROW_SHOWN_BYTES;
        while (cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80)
            cut--;
    }
    snprintf(s.text, sizeof(s.text), "%.*s%s", (int)cut, text, cut < len ? "..." : "");
    return s;
}
