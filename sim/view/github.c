#include "sim/view/github.h"

#include <string.h>

/* A message ends at a newline, a property at a comma or colon as well. */
static void add_escaped(struct buf *out, const char *text, const char *ends)
{
    for (const char *c = text; *c; c++) {
        if (strchr(ends, *c))
            buf_printf(out, "%%%02X", (unsigned char)*c);
        else
            buf_char(out, *c);
    }
}

static void add_message(struct buf *out, const char *text)
{
    add_escaped(out, text, "%\r\n");
}

static void add_property(struct buf *out, const char *text)
{
    add_escaped(out, text, "%\r\n:,");
}

static void begin(struct buf *out, const char *command, const char *file)
{
    buf_printf(out, "::%s file=", command);
    add_property(out, file);
}

static void end(struct buf *out, enum diag_code code)
{
    buf_printf(out, ",title=%s ", diag_name(code));
    add_property(out, diag_code_row(code)->title);
    buf_text_add(out, "::");
}

static void add_one(struct buf *out, const struct diag *d)
{
    begin(out, diag_severity_name(d->severity), d->file);
    if (d->line)
        buf_printf(out, ",line=%zu,col=%zu,endColumn=%zu", d->line, d->col,
                   d->col + (d->span ? d->span : 1));
    end(out, d->code);
    add_message(out, d->text);
    add_message(out, "\nfix: ");
    add_message(out, diag_fix_of(d));
    buf_char(out, '\n');
}

void github_write(struct buf *out, const struct check *c)
{
    const struct diags *list = NULL;
    for (size_t i = 0; (list = check_list(c, i)); i++) {
        size_t kept[DIAG_N_CODES] = {0};
        for (size_t k = 0; k < list->n; k++) {
            add_one(out, &list->at[k]);
            kept[list->at[k].code]++;
        }
        for (int k = 0; k < DIAG_N_CODES; k++) {
            if (list->counts[k] <= kept[k])
                continue;
            begin(out, "notice", list->at[0].file);
            end(out, (enum diag_code)k);
            buf_printf(out, "%zu more are not shown\n", list->counts[k] - kept[k]);
        }
    }
    buf_printf(out, "%s: errors %zu, warnings %zu\n", c->path, check_errors(c), check_warnings(c));
}
