#include "sim/job/dataset.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"
#include "sim/job/lines.h"
#include "sim/job/row_check.h"

struct place {
    uint64_t offset; /* in the file */
    uint64_t hash;   /* of the bytes */
    size_t len;
    size_t line;
};

struct dataset {
    char *path; /* owned; as given */
    int fd;     /* owned */
    struct place *rows;
    size_t n;
    size_t room;
};

/* --- Opening --------------------------------------------------------------------------------- */

struct opening {
    struct dataset *d;
    struct diags *list;
    struct tape tape;
    size_t line;        /* the number of lines so far */
    size_t n_faulty;    /* rows */
    size_t n_blank;     /* lines */
    size_t first_blank; /* line */
};

static void add_row(struct dataset *d, const struct line *line, size_t number)
{
    if (d->n == d->room) {
        d->room = d->room ? d->room * 2 : 64;
        d->rows = mem_grow(d->rows, d->room, sizeof(*d->rows));
    }
    d->rows[d->n++] =
        (struct place){line->offset, hash_bytes(line->text, line->len), line->len, number};
}

static void take_row(struct opening *o, const struct line *line)
{
    if (line->too_long) {
        o->n_faulty++;
        return;
    }
    struct row_line row = {o->d->path, o->line, line->text, line->len};
    if (row_check(&o->tape, &row, o->n_faulty < DATASET_MAX_FAULTY ? o->list : NULL))
        o->n_faulty++;
    else
        add_row(o->d, line, o->line);
    if (!line->ended) {
        size_t at = 0;
        size_t col = 0;
        tape_place(line->text, line->len, &at, &col);
        struct diag *d = diag_add(o->list, DIAG_WARNING, DIAG_D012, o->d->path, o->line, col,
                                  "the last line does not end in a newline");
        diag_fix(d, "end the file with a newline");
    }
}

static enum err_code read_rows(struct opening *o, struct err *e)
{
    struct lines lines = {0};
    struct line line;
    bool have = true;
    lines_init(&lines, o->d->fd, o->d->path, 0, UINT64_MAX);
    enum err_code rc = lines_next(&lines, &line, &have, e);
    while (rc == ERR_OK && have) {
        o->line++;
        if (o->n_faulty < DATASET_MAX_FAULTY)
            row_check_line(&line, o->d->path, o->line, o->list);
        if (!line.blank) {
            take_row(o, &line);
        } else if (o->n_blank++ == 0) {
            o->first_blank = o->line;
        }
        rc = lines_next(&lines, &line, &have, e);
    }
    lines_release(&lines);
    return rc;
}

/* What can be said only at the end of the file. */
static enum err_code conclude(struct opening *o, struct err *e)
{
    const char *path = o->d->path;
    size_t n_rows = o->d->n + o->n_faulty;
    if (n_rows == 0) {
        struct diag *d = diag_add(o->list, DIAG_ERROR, DIAG_D009, path, 0, 0,
                                  o->line ? "only blank lines" : "the file is empty");
        diag_fix(d, "write at least one row, an object with \"messages\", on a line of its own");
        return err_set(e, ERR_DATA, "%s: no rows", path);
    }
    if (o->n_blank) {
        struct diag *d = diag_add(
            o->list, DIAG_WARNING, DIAG_D011, path, o->first_blank, 1,
            o->n_blank == 1 ? "a blank line" : "%zu blank lines, the first here", o->n_blank);
        diag_fix(d, "remove blank lines");
    }
    if (!o->n_faulty)
        return ERR_OK;
    err_set(e, ERR_DATA, "%s: %zu of %zu rows %s faulty", path, o->n_faulty, n_rows,
            o->n_faulty == 1 ? "is" : "are");
    if (o->n_faulty > DATASET_MAX_FAULTY)
        err_fix(e, "the first %d faulty rows are listed; mend those and look again",
                DATASET_MAX_FAULTY);
    return ERR_DATA;
}

enum err_code dataset_open(struct dataset **out, const char *path, struct diags *list,
                           struct err *e)
{
    struct dataset *d = mem_new(sizeof(*d));
    struct opening o = {.d = d, .list = list};
    uint64_t bytes = 0;
    d->path = mem_text(path);
    enum err_code rc = lines_open(&d->fd, &bytes, path, e);
    if (rc == ERR_OK)
        rc = read_rows(&o, e);
    if (rc == ERR_OK)
        rc = conclude(&o, e);
    tape_release(&o.tape);
    if (rc == ERR_OK)
        *out = d;
    else
        dataset_free(d);
    return rc;
}

void dataset_free(struct dataset *d)
{
    if (!d)
        return;
    if (d->fd >= 0)
        close(d->fd);
    free(d->path);
    free(d->rows);
    free(d);
}

size_t dataset_count(const struct dataset *d)
{
    return d->n;
}

const char *dataset_path(const struct dataset *d)
{
    return d->path;
}

size_t dataset_line(const struct dataset *d, size_t number)
{
    assert(number < d->n);
    return d->rows[number].line;
}

bool dataset_find(const struct dataset *d, size_t line, size_t *number)
{
    size_t from = 0;
    size_t to = d->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (d->rows[middle].line < line)
            from = middle + 1;
        else
            to = middle;
    }
    *number = from;
    return from < d->n && d->rows[from].line == line;
}

/* --- Rows ------------------------------------------------------------------------------------ */

static enum err_code fail_changed(const struct dataset *d, const struct place *at, struct err *e)
{
    err_set(e, ERR_DATA, "%s:%zu: the file has changed while it was in use", d->path, at->line);
    return err_fix(e, "leave the file alone during a run; to change it, write a new one");
}

static enum err_code read_row(const struct dataset *d, const struct place *at, char *text,
                              struct err *e)
{
    size_t got = 0;
    while (got < at->len) {
        ssize_t n = pread(d->fd, text + got, at->len - got, (off_t)(at->offset + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_sys(e, d->path);
        if (n == 0)
            return fail_changed(d, at, e);
        got += (size_t)n;
    }
    return hash_bytes(text, at->len) == at->hash ? ERR_OK : fail_changed(d, at, e);
}

enum err_code dataset_row(const struct dataset *d, size_t number, struct row *out, struct err *e)
{
    assert(number < d->n);
    const struct place *at = &d->rows[number];
    struct tape_fault f;
    struct buf item = {0};
    *out = (struct row){.number = number, .line = at->line};
    char *text = mem_new(at->len);
    enum err_code rc = read_row(d, at, text, e);
    if (rc != ERR_OK)
        goto out;
    if (!tape_scan(&out->tape, text, at->len, &f)) { /* other bytes with the same hash */
        rc = fail_changed(d, at, e);
        goto out;
    }
    row_normalise(&out->tape, &item);
    out->item_len = item.len;
    out->item = buf_take(&item);
    bool ok = tape_scan(&out->tape, out->item, out->item_len, &f);
    assert(ok);

out:
    free(text);
    if (rc != ERR_OK)
        row_release(out);
    return rc;
}

void row_release(struct row *row)
{
    if (!row)
        return;
    tape_release(&row->tape);
    free(row->item);
    *row = (struct row){0};
}
