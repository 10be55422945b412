#include "sim/view/sheet.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/base/text.h"

static void add_csv(struct buf *line, const struct buf *text)
{
    const char *at = buf_text(text);
    if (text->len && !memchr(at, ',', text->len) && !memchr(at, '"', text->len) &&
        !memchr(at, '\r', text->len) && !memchr(at, '\n', text->len)) {
        buf_add(line, at, text->len);
        return;
    }
    buf_char(line, '"');
    for (const char *end = at + text->len; at < end;) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        size_t n = (size_t)((quote ? quote + 1 : end) - at);
        buf_add(line, at, n);
        if (quote)
            buf_char(line, '"'); /* twice */
        at += n;
    }
    buf_char(line, '"');
}

static void add_text(struct sheet *s, const char *text, size_t len)
{
    buf_clear(&s->text);
    text_add_valid(&s->text, text, len);
    if (s->format == SHEET_CSV)
        add_csv(&s->line, &s->text);
    else
        buf_json(&s->line, buf_text(&s->text), s->text.len);
}

/* What stands before a cell. */
static void begin(struct sheet *s)
{
    assert(s->at < s->n_columns);
    const char *name = s->columns[s->at++];
    bool first = s->at == 1;
    if (s->format == SHEET_CSV) {
        if (!first)
            buf_char(&s->line, ',');
        return;
    }
    buf_char(&s->line, first ? '{' : ',');
    add_text(s, name, strlen(name));
    buf_char(&s->line, ':');
}

static enum err_code write_header(struct sheet *s, struct err *e)
{
    for (size_t i = 0; i < s->n_columns; i++)
        sheet_text(s, s->columns[i], strlen(s->columns[i]));
    return sheet_end_row(s, e);
}

enum err_code sheet_open(struct sheet *s, const struct stage *folder, enum sheet_format format,
                         const char *name, const char *const *columns, size_t n_columns,
                         struct err *e)
{
    *s = (struct sheet){.format = format, .columns = columns, .n_columns = n_columns};
    char *file = mem_printf("%s.%s", name, format == SHEET_CSV ? "csv" : "jsonl");
    enum err_code rc = stage_create(&s->file, folder, file, 0, e);
    free(file);
    return rc || format != SHEET_CSV ? rc : write_header(s, e);
}

void sheet_null(struct sheet *s)
{
    begin(s);
    if (s->format == SHEET_JSONL)
        buf_text_add(&s->line, "null");
}

void sheet_integer(struct sheet *s, int64_t value)
{
    begin(s);
    buf_printf(&s->line, "%" PRId64, value);
}

void sheet_real(struct sheet *s, double value)
{
    char text[NUM_ROOM];
    if (isnan(value)) {
        sheet_null(s);
        return;
    }
    begin(s);
    if (isfinite(value))
        buf_text_add(&s->line, num_json(text, value));
    else
        buf_text_add(&s->line, value > 0 ? "1e999" : "-1e999");
}

void sheet_text(struct sheet *s, const char *text, size_t len)
{
    begin(s);
    add_text(s, text, len);
}

enum err_code sheet_end_row(struct sheet *s, struct err *e)
{
    assert(s->at == s->n_columns);
    buf_text_add(&s->line, s->format == SHEET_CSV ? "\r\n" : "}\n");
    enum err_code rc = stage_write(&s->file, s->line.at, s->line.len, e);
    buf_clear(&s->line);
    s->at = 0;
    return rc;
}

enum err_code sheet_close(struct sheet *s, struct err *e)
{
    enum err_code rc = stage_finish(&s->file, e);
    buf_release(&s->line);
    buf_release(&s->text);
    return e->code ? e->code : rc;
}
