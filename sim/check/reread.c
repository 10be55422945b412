#include "sim/check/reread.h"

#include <unistd.h>

void reread_open(struct reread *r, const struct ledger_file *file)
{
    struct err e = {0};
    uint64_t bytes = 0;
    *r = (struct reread){.file = file, .fd = -1, .lines.chunk = 32 << 10};
    if (lines_open(&r->fd, &bytes, file->path, &e))
        r->fd = -1;
}

void reread_close(struct reread *r)
{
    if (r->fd >= 0)
        close(r->fd);
    lines_release(&r->lines);
    tape_release(&r->tape);
}

/* The last mark that is not behind the row. */
static size_t mark_before(const struct ledger *l, size_t row)
{
    size_t low = 0;
    size_t high = l->n_marks;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (l->marks[middle].row <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Rows are the lines that are JSON objects, as when they were added. */
static bool is_row(struct reread *r, const struct line *line)
{
    struct tape_fault f;
    return tape_scan(&r->tape, line->text, line->len, &f) && tape_kind(&r->tape, 0) == TAPE_OBJECT;
}

bool reread_row(struct reread *r, size_t row)
{
    const struct ledger *l = r->file->ledger;
    size_t i = mark_before(l, row);
    const struct ledger_mark *mark = &l->marks[i];
    bool is_last = i + 1 >= l->n_marks;
    uint64_t end = is_last ? UINT64_MAX : mark[1].offset;
    /* As many lines as rows: then each is one, and those before need not be scanned. */
    bool all_rows = !is_last && mark[1].line - mark->line == mark[1].row - mark->row;
    struct line line;
    struct err e = {0};
    bool have = true;
    size_t at = mark->row;
    if (r->fd < 0)
        return false;
    lines_init(&r->lines, r->fd, r->file->path, mark->offset, end);
    r->line = mark->line;
    for (; lines_next(&r->lines, &line, &have, &e) == ERR_OK && have; r->line++) {
        bool counts = (all_rows && at < row) || is_row(r, &line);
        if (counts && at++ == row)
            return true;
    }
    return false;
}

size_t reread_line(struct reread *r, size_t row)
{
    return reread_row(r, row) ? r->line : 0;
}
