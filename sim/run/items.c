#include "sim/run/items.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"

bool items_is_document(const struct items *x)
{
    return x->text != NULL;
}

static enum err_code fail(struct items *x, size_t offset, const char *what, const char *fix,
                          struct err *e)
{
    const char *text = x->text ? x->json : x->line.text;
    size_t len = x->text ? x->len : x->line.len;
    size_t line = 0;
    size_t col = 0;
    tape_place(text, offset, &line, &col);
    struct diag *d = diag_add(x->list, DIAG_ERROR, DIAG_F003, x->path, x->text ? line : x->place,
                              col, "%s", what);
    const char *from = text + offset;
    while (from > text && from[-1] != '\n')
        from--;
    const char *end = memchr(from, '\n', len - (size_t)(from - text));
    diag_excerpt(d, from, end ? (size_t)(end - from) : len - (size_t)(from - text));
    if (fix)
        diag_fix(d, "%s", fix);
    return err_set(e, ERR_DATA, "%s: cannot %s", x->path, x->cannot);
}

enum err_code items_fail(struct items *x, size_t v, const char *what, const char *fix,
                         struct err *e)
{
    return fail(x, x->tape.at[v == TAPE_NONE ? 0 : v].start, what, fix, e);
}

/* Scan the next line that is not blank. */
static enum err_code next_line(struct items *x, bool *have, struct err *e)
{
    struct tape_fault fault;
    enum err_code rc = ERR_OK;
    do {
        rc = lines_next(&x->lines, &x->line, have, e);
        x->place++;
    } while (!rc && *have && x->line.blank);
    if (rc || !*have)
        return rc;
    x->offset = x->line.offset;
    if (x->line.too_long)
        return fail(x, 0, "a line of more than 64 MiB", NULL, e);
    if (!tape_scan(&x->tape, x->line.text, x->line.len, &fault))
        return fail(x, fault.offset, fault.what, NULL, e);
    return ERR_OK;
}

enum err_code items_next(struct items *x, size_t *v, bool *have, struct err *e)
{
    *v = 0;
    if (!x->text) {
        enum err_code rc = next_line(x, have, e);
        if (rc || !*have)
            return rc;
    } else {
        *have = x->next < x->end;
        if (!*have)
            return ERR_OK;
        *v = x->next;
        x->next = x->tape.at[*v].next;
        x->place++;
    }
    if (tape_kind(&x->tape, *v) != TAPE_OBJECT)
        return items_fail(x, *v, "not an object", NULL, e);
    return ERR_OK;
}

/* Whether the file is lines: if its first one is an object, and not all of a document. */
static enum err_code is_lines(struct items *x, bool *is, struct err *e)
{
    struct tape_fault fault;
    struct lines lines = {0};
    struct line line = {0};
    bool have = true;
    enum err_code rc = ERR_OK;
    lines_init(&lines, x->fd, x->path, 0, x->bytes);
    do {
        rc = lines_next(&lines, &line, &have, e);
    } while (!rc && have && line.blank);
    if (!rc && have)
        *is = !line.too_long && tape_scan(&x->tape, line.text, line.len, &fault) &&
              tape_get(&x->tape, 0, "items") == TAPE_NONE;
    lines_release(&lines);
    return rc;
}

static enum err_code open_document(struct items *x, struct err *e)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct tape_fault fault;
    enum err_code rc = file_read(&x->text, &x->len, x->path, ITEMS_MAX_BYTES, e);
    if (rc)
        return rc;
    x->json = x->text;
    if (strncmp(x->text, mark, strlen(mark)) == 0) {
        x->json += strlen(mark);
        x->len -= strlen(mark);
        x->offset = strlen(mark);
    }
    if (!tape_scan(&x->tape, x->json, x->len, &fault))
        return fail(x, fault.offset, fault.what, NULL, e);
    size_t items = tape_get(&x->tape, 0, "items");
    if (tape_kind(&x->tape, items) != TAPE_ARRAY)
        return items_fail(x, 0, "neither lines of JSON nor an export with a list 'items'", NULL, e);
    x->next = items + 1;
    x->end = x->tape.at[items].next;
    return ERR_OK;
}

enum err_code items_open(struct items *x, const char *path, const char *cannot, struct diags *list,
                         struct err *e)
{
    bool lines = false;
    *x = (struct items){.path = mem_text(path), .cannot = cannot, .list = list, .fd = -1};
    enum err_code rc = lines_open(&x->fd, &x->bytes, path, e);
    if (!rc)
        rc = is_lines(x, &lines, e);
    if (!rc && lines)
        lines_init(&x->lines, x->fd, x->path, 0, x->bytes);
    else if (!rc)
        rc = open_document(x, e);
    return rc;
}

void items_close(struct items *x)
{
    if (x->fd >= 0)
        close(x->fd);
    lines_release(&x->lines);
    tape_release(&x->tape);
    free(x->text);
    free(x->path);
}
